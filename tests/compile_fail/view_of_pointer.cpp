// SPDX-License-Identifier: MIT
// A pointer, which does not say how many elements there are.
// expect-first: stet: a pointer does not say how many elements it leads to; write view_of(std::span(pointer, count), shape)
#include <stet/tensor/tensor_view.hpp>

#include <span>
#include <vector>

int main()
{
    const std::vector<float> values(12);
#ifdef STET_BREAK
    const auto view = stet::view_of(values.data(), {3, 4});
#else
    const auto view = stet::view_of(std::span(values.data(), values.size()), {3, 4});
#endif
    return view ? 0 : 1;
}
