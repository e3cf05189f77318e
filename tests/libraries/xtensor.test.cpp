// SPDX-License-Identifier: MIT
#include "saved.hpp"

#include <stet/interop/xtensor.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xfixed.hpp>
#include <xtensor/xmanipulation.hpp>
#include <xtensor/xstrided_view.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

using libraries::saved;
using libraries::tensor;
using libraries::values;
using stet::view_of;

static_assert(!stet::tensor_like<decltype(xt::xarray<float>() + 1.0F)>, "a sum that nobody has formed yet");

namespace {

/// The elements in row-major order, by xtensor's own iterators.
template <class Tensor>
auto logical(const Tensor& tensor)
{
    using element = typename Tensor::value_type;
    return std::vector<element>(tensor.template begin<xt::layout_type::row_major>(),
                                tensor.template end<xt::layout_type::row_major>());
}

} // namespace

TEST_CASE("a map of xtensor's arrays is a state dict, whatever their layout")
{
    using array = xt::xarray<float, xt::layout_type::dynamic>;
    std::map<std::string, array> dict;
    for (const auto layout : {xt::layout_type::row_major, xt::layout_type::column_major}) {
        array made(std::vector<std::size_t>{5, 7, 3}, layout);
        float number = 0;
        for (std::size_t i = 0; i < 5; ++i)
            for (std::size_t j = 0; j < 7; ++j)
                for (std::size_t k = 0; k < 3; ++k)
                    made(i, j, k) = number++;
        dict.emplace(layout == xt::layout_type::row_major ? "rows" : "columns", made);
    }
    const auto         file = saved(dict);
    std::vector<float> expected(105);
    for (std::size_t i = 0; i < expected.size(); ++i)
        expected[i] = static_cast<float>(i);
    for (const char* const name : {"rows", "columns"}) {
        CHECK(tensor(file, name).shape == std::vector<std::size_t>{5, 7, 3});
        CHECK(values<float>(file, name) == expected);
    }
}

TEST_CASE("xtensor's views, fixed tensors and adaptors are written as they are seen")
{
    xt::xarray<std::int32_t> whole = xt::arange<std::int32_t>(60).reshape({3, 4, 5});
    const xt::xtensor<std::int32_t, 2, xt::layout_type::column_major> columns = xt::view(whole, 1);
    const xt::xtensor_fixed<std::int32_t, xt::xshape<2, 3>>           fixed{{1, 2, 3}, {4, 5, 6}};
    std::vector<std::int32_t>                                         own(6, 3);
    const auto adapted = xt::adapt(own, std::array<std::size_t, 2>{3, 2});
    const auto view = xt::view(whole, xt::range(1, 3), 2, xt::range(0, 5, 2));
    const auto strided = xt::strided_view(whole, {xt::all(), xt::range(3, 0, -1), 4});
    const auto turned = xt::transpose(whole, {2, 0, 1});
    const auto widened = xt::view(whole, 0, xt::newaxis(), xt::all(), xt::range(1, 3));
    std::map<std::string, stet::result<stet::tensor_view>> dict;
    const auto put = [&](const char* name, const stet::result<stet::tensor_view>& seen) {
        dict.insert_or_assign(name, seen);
    };
    put("columns", view_of(columns));
    put("fixed", view_of(fixed));
    put("adapted", view_of(adapted));
    put("view", view_of(view));
    put("strided", view_of(strided));
    put("turned", view_of(turned));
    put("widened", view_of(widened));
    const auto file = saved(dict);
    CHECK(tensor(file, "columns").dtype == "I32");
    CHECK(tensor(file, "columns").shape == std::vector<std::size_t>{4, 5});
    CHECK(values<std::int32_t>(file, "columns") == logical(columns));
    CHECK(values<std::int32_t>(file, "fixed") == logical(fixed));
    CHECK(values<std::int32_t>(file, "adapted") == own);
    CHECK(tensor(file, "view").shape == std::vector<std::size_t>{2, 3});
    CHECK(values<std::int32_t>(file, "view") == std::vector<std::int32_t>{30, 32, 34, 50, 52, 54});
    CHECK(tensor(file, "strided").shape == std::vector<std::size_t>{3, 3});
    CHECK(values<std::int32_t>(file, "strided") == logical(strided));
    CHECK(tensor(file, "turned").shape == std::vector<std::size_t>{5, 3, 4});
    CHECK(values<std::int32_t>(file, "turned") == logical(turned));
    CHECK(tensor(file, "widened").shape == std::vector<std::size_t>{1, 4, 2});
    CHECK(values<std::int32_t>(file, "widened") == logical(widened));
}
