// SPDX-License-Identifier: MIT
// More axes in a braced list than are copied.
// expect: stet: a braced list holds at most eight axes; put longer ones into an array that outlives the save
#include <stet/tensor/axes.hpp>

int main()
{
#ifdef STET_BREAK
    const stet::extents shape = {1, 1, 1, 1, 1, 1, 1, 1, 1};
#else
    const stet::extents shape = {1, 1, 1, 1, 1, 1, 1, 1};
#endif
    return static_cast<int>(shape.size()) - 8;
}
