// SPDX-License-Identifier: MIT
// With CUDA's standard library for the host, the mdspan that C++20 compilers take.
#include "saved.hpp"

#include <stet/interop/mdspan.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cuda/std/array>
#include <cuda/std/mdspan>
#include <map>
#include <string>
#include <vector>

using libraries::saved;
using libraries::tensor;
using libraries::values;

namespace {

using any_matrix = cuda::std::dextents<std::size_t, 2>;

/// The elements in row-major order, by the mdspan's own indices.
template <class Matrix>
std::vector<float> logical(const Matrix& matrix)
{
    std::vector<float> all;
    for (std::size_t i = 0; i < matrix.extent(0); ++i)
        for (std::size_t j = 0; j < matrix.extent(1); ++j)
            all.push_back(matrix(i, j));
    return all;
}

} // namespace

TEST_CASE("an mdspan of each standard layout is written as it is seen")
{
    std::vector<float> numbers(30);
    for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = static_cast<float>(i);
    using strided = cuda::std::mdspan<float, any_matrix, cuda::std::layout_stride>;
    const cuda::std::mdspan<float, any_matrix>                               right(numbers.data(), 5, 6);
    const cuda::std::mdspan<const float, any_matrix, cuda::std::layout_left> left(numbers.data(), 5, 6);
    const strided                                                            every_other(numbers.data() + 1,
                                                                                         cuda::std::layout_stride::mapping<any_matrix>(
                                  any_matrix(3, 4), cuda::std::array<std::size_t, 2>{2, 7}));
    const cuda::std::mdspan<float, cuda::std::extents<int, 5, 6>>            fixed(numbers.data());
    const cuda::std::mdspan<float, cuda::std::extents<int>>                  scalar(numbers.data() + 3);
    std::map<std::string, stet::result<stet::tensor_view>>                   dict;
    dict.insert_or_assign("right", stet::view_of(right));
    dict.insert_or_assign("left", stet::view_of(left));
    dict.insert_or_assign("every_other", stet::view_of(every_other));
    dict.insert_or_assign("fixed", stet::view_of(fixed));
    dict.insert_or_assign("scalar", stet::view_of(scalar));
    const auto file = saved(dict);
    CHECK(tensor(file, "right").shape == std::vector<std::size_t>{5, 6});
    CHECK(values<float>(file, "right") == numbers);
    CHECK(values<float>(file, "left") == logical(left));
    CHECK(tensor(file, "every_other").shape == std::vector<std::size_t>{3, 4});
    CHECK(values<float>(file, "every_other") == logical(every_other));
    CHECK(values<float>(file, "fixed") == numbers);
    CHECK(tensor(file, "scalar").shape.empty());
    CHECK(values<float>(file, "scalar") == std::vector<float>{3});
}
