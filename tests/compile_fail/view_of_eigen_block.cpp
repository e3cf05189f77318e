// SPDX-License-Identifier: MIT
// A named block, whose elements do not even lie side by side.
// expect-first: stet: this has rows, columns or strides of its own, and a shape beside them can contradict them; write view_of(tensor) with the header of its library, such as <stet/interop/eigen.hpp>, or give view_of a std::span of elements that lie row-major
#include "../support/foreign_tensors.hpp"

#include <stet/tensor/tensor_view.hpp>

#include <span>

int main()
{
    const float                                      values[20]{};
    const foreign::eigen_matrix<float, false, false> block{values, 2, 3, 1, 5};
#ifdef STET_BREAK
    const auto view = stet::view_of(block, {2, 3});
#else
    const auto view = stet::view_of(std::span(block.data(), 2), {2});
#endif
    return view ? 0 : 1;
}
