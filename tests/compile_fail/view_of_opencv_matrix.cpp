// SPDX-License-Identifier: MIT
// A matrix of OpenCV's, whose rows may lie apart.
// expect-first: stet: this has rows, columns or strides of its own, and a shape beside them can contradict them; write view_of(tensor) with the header of its library, such as <stet/interop/eigen.hpp>, or give view_of a std::span of elements that lie row-major
#include "../support/foreign_tensors.hpp"

#include <stet/tensor/tensor_view.hpp>

#include <span>

int main()
{
    unsigned char                values[6]{};
    const foreign::opencv_matrix matrix{values, 2, 2, 3, {2, 3}, {3, 1}, 0, 1, 1};
#ifdef STET_BREAK
    const auto view = stet::view_of(matrix, {2, 3});
#else
    const auto view = stet::view_of(std::span(matrix.data, 6), {2, 3});
#endif
    return view ? 0 : 1;
}
