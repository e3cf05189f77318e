// SPDX-License-Identifier: MIT
// Strides beside the matrix's own.
// expect-first: stet: this has rows, columns or strides of its own, and those beside them can contradict them; write view_of(tensor) with the header of its library, such as <stet/interop/eigen.hpp>, or give strided_view a std::span of its memory
#include "../support/foreign_tensors.hpp"

#include <stet/tensor/strided.hpp>

#include <span>

int main()
{
    const float                        values[6]{};
    const foreign::eigen_matrix<float> matrix{values, 2, 3, 1, 2};
#ifdef STET_BREAK
    const auto view = stet::strided_view(matrix, {2, 3}, {1, 2});
#else
    const auto view = stet::strided_view(std::span(matrix.data(), 6), {2, 3}, {1, 2});
#endif
    return view ? 0 : 1;
}
