// SPDX-License-Identifier: MIT
// A shape that is not made of integers.
// expect-gcc: could not convert
// expect-clang: no matching constructor for initialization of
#include <stet/tensor/axes.hpp>

int main()
{
#ifdef STET_BREAK
    const stet::extents shape = {2.0, 3.0};
#else
    const stet::extents shape = {2, 3};
#endif
    return static_cast<int>(shape.size()) - 2;
}
