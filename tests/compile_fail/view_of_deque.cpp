// SPDX-License-Identifier: MIT
// Elements that do not lie side by side.
// expect-first: stet: view_of takes elements that lie side by side and whose type has a dtype; give the type a stet::scalar_traits, or write view_of(dtype, shape, pointer, bytes)
#include <stet/tensor/tensor_view.hpp>

#include <deque>
#include <vector>

int main()
{
#ifdef STET_BREAK
    const std::deque<float> values(3);
#else
    const std::vector<float> values(3);
#endif
    return stet::view_of(values, {3}) ? 0 : 1;
}
