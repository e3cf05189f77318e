// SPDX-License-Identifier: MIT
// char has no dtype: whether it is signed differs between machines.
// expect-gcc: no matching function for call to 'view_of(
// expect-clang: no matching function for call to 'view_of'
#include <stet/tensor/tensor_view.hpp>

#include <vector>

int main()
{
#ifdef STET_BREAK
    using element = char;
#else
    using element = signed char;
#endif
    const std::vector<element> values(3);
    return stet::view_of(values, {3}) ? 0 : 1;
}
