// C++23, assertions that end the program.
#include <cstdlib>

#define STET_ASSERT(condition, text) ((condition) ? static_cast<void>(0) : std::abort())

#include <stet/stet.hpp>

int stet_odr_second();

int stet_odr_second()
{
    return STET_VERSION;
}
