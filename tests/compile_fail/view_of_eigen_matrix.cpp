// SPDX-License-Identifier: MIT
// A column-major matrix, whose elements a shape would put in the wrong places.
// expect-first: stet: this has rows, columns or strides of its own, and a shape beside them can contradict them; write view_of(tensor) with the header of its library, such as <stet/interop/eigen.hpp>, or give view_of a std::span of elements that lie row-major
#include "../support/foreign_tensors.hpp"

#include <stet/tensor/tensor_view.hpp>

#include <span>

int main()
{
    const float                        values[6]{};
    const foreign::eigen_matrix<float> matrix{values, 2, 3, 1, 2};
#ifdef STET_BREAK
    const auto view = stet::view_of(matrix, {2, 3});
#else
    const auto view = stet::view_of(std::span(matrix.data(), 6), {3, 2});
#endif
    return view ? 0 : 1;
}
