// SPDX-License-Identifier: MIT
// A matrix without the header that explains it.
// expect-first: stet: include what explains this type before: <stet/interop/eigen.hpp>, mdspan.hpp, opencv.hpp or xtensor.hpp beside it, or a stet::tensor_traits of your own; an expression or a type without memory needs to be evaluated first
#ifndef STET_BREAK
#include <stet/interop/eigen.hpp>
#endif
#include "../support/foreign_tensors.hpp"

#include <stet/tensor/tensor_like.hpp>

#include <span>

int main()
{
    const float                        values[6]{};
    const foreign::eigen_matrix<float> matrix{values, 2, 3, 1, 2};
#ifdef STET_BREAK
    const auto view = stet::view_of(matrix);
#else
    const auto view = stet::view_of(matrix);
#endif
    return view ? 0 : 1;
}
