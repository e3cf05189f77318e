// SPDX-License-Identifier: MIT
// A tensor of Eigen's, column-major unless its type says otherwise.
// expect-first: stet: this has rows, columns or strides of its own, and a shape beside them can contradict them; write view_of(tensor) with the header of its library, such as <stet/interop/eigen.hpp>, or give view_of a std::span of elements that lie row-major
#include "../support/foreign_tensors.hpp"

#include <stet/tensor/tensor_view.hpp>

#include <span>

int main()
{
    const float                              values[6]{};
    const foreign::eigen_tensor<float, 3, 0> tensor{values, {1, 2, 3}};
#ifdef STET_BREAK
    const auto view = stet::view_of(tensor, {1, 2, 3});
#else
    const auto view = stet::view_of(std::span(tensor.data(), 6), {3, 2, 1});
#endif
    return view ? 0 : 1;
}
