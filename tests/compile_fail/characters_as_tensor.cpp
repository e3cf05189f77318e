// SPDX-License-Identifier: MIT
// char has no dtype: whether it is signed differs between machines.
// expect-first: stet: view_of takes elements that lie side by side and whose type has a dtype; give the type a stet::scalar_traits, or write view_of(dtype, shape, pointer, bytes)
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
