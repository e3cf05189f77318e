// Macros that system headers, engines and test frameworks are known to leave behind. The standard headers come
// first: they, too, would not survive these.
#include "standard_headers.hpp"

#ifdef __clang__
#pragma clang diagnostic ignored "-Wunused-macros" // that they go unused is the test
#endif

#undef min
#undef max
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define near
#define far
#define small char
#define interface struct
#define check(x) hostile x
#define verify(x) hostile x
#define ensure(x) hostile x
#define T 1
#define I 1
#define OUT
#define IN
#define ERROR 0
#define DELETE 0x00010000L
#define OPTIONAL
#undef TRUE
#undef FALSE
#define TRUE 1
#define FALSE 0
#define BOOL int
#define None 0L
#define Status int
#define Success 0
#define Bool int
#define emit
#define signals public
#define slots
#define foreach for
#define cold __attribute__((cold))
#define noinline __attribute__((noinline))

#include <stet/all.hpp>
#include <stet/interop/dlpack.hpp>
#include <stet/interop/eigen.hpp>
#include <stet/interop/mdspan.hpp>
#include <stet/interop/opencv.hpp>
#include <stet/interop/xtensor.hpp>
