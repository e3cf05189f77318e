// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/little_endian.hpp"
#include "support/poured.hpp"

#include <stet/families/impl/torch_concat.hpp>
#include <stet/tensor/views.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {

using stet::dtype;
using stet::tensor_view;
using stet::detail::torch_concat;

static_assert(std::is_trivially_copyable_v<torch_concat>);

/// Values in a dtype of their own.
struct holder {
    dtype                      type;
    std::vector<std::uint64_t> shape;
    std::string                content{};

    tensor_view view() const { return *stet::view_of(type, shape, bytes()); }
    stet::bytes bytes() const { return std::as_bytes(std::span(content)); }
};

template <class Scalar>
holder of(std::vector<std::uint64_t> shape, const std::vector<Scalar>& values,
          dtype type = stet::dtype_of<Scalar>)
{
    return {.type = type, .shape = std::move(shape), .content = support::little_endian(values)};
}

template <class Scalar>
std::vector<Scalar> values_of(const tensor_view& tensor)
{
    return support::numbers_in<Scalar>(support::poured(tensor));
}

std::vector<std::uint64_t> shape_of(const tensor_view& tensor)
{
    std::vector<std::uint64_t> shape;
    for (std::size_t i = 0; i < tensor.shape.size(); ++i)
        shape.push_back(tensor.shape[i]);
    return shape;
}

std::string refusal(const holder& q, const holder& k, const holder& v)
{
    return std::string(support::failure(torch_concat::of({q.view(), k.view(), v.view()})));
}

/// What one element of one dtype becomes in another.
template <class To, class From>
To converted(From value, dtype to = stet::dtype_of<To>, dtype from = stet::dtype_of<From>)
{
    const holder q = of<To>({1}, {To{}}, to);
    const holder k = of<From>({1}, {value}, from);
    const auto   joined = torch_concat::of({q.view(), k.view(), q.view()});
    REQUIRE(joined);
    const auto all = values_of<To>(joined->view());
    REQUIRE(all.size() == 3);
    return all[1];
}

using floats = std::vector<float>;
using shape = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("parts that fit are joined row by row")
{
    const holder q = of<float>({1, 2}, {1, 2});
    const holder k = of<float>({2, 2}, {3, 4, 5, 6});
    const holder v = of<float>({1, 2}, {7, 8});
    const auto   joined = torch_concat::of({q.view(), k.view(), v.view()});

    REQUIRE(joined);
    CHECK(shape_of(joined->view()) == shape{4, 2});
    CHECK(joined->view().type == dtype::f32);
    CHECK(joined->view().size == 32);
    CHECK(values_of<float>(joined->view()) == floats{1, 2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("axes of one element and missing ones are repeated to q's rows")
{
    const holder q = of<float>({1, 3}, {1, 2, 3});
    const auto   all = [&](const holder& k) {
        const auto joined = torch_concat::of({q.view(), k.view(), q.view()});
        return joined ? values_of<float>(joined->view()) : floats{};
    };
    CHECK(all(of<float>({2, 1}, {8, 9})) == floats{1, 2, 3, 8, 8, 8, 9, 9, 9, 1, 2, 3});
    CHECK(all(of<float>({3}, {7, 8, 9})) == floats{1, 2, 3, 7, 8, 9, 7, 8, 9, 7, 8, 9, 1, 2, 3});
    CHECK(all(of<float>({1}, {9})) == floats{1, 2, 3, 9, 9, 9, 1, 2, 3});
    CHECK(all(of<float>({1, 1, 3}, {7, 8, 9})) == floats{1, 2, 3, 7, 8, 9, 1, 2, 3});
    CHECK(all(of<float>({0, 3}, {})) == floats{1, 2, 3, 1, 2, 3});

    // A turned k is repeated along its own strides.
    const holder k = of<float>({1, 2}, {8, 9});
    const auto   turned = stet::transposed(k.view());
    REQUIRE(turned);
    const auto joined = torch_concat::of({q.view(), *turned, q.view()});
    REQUIRE(joined);
    CHECK(shape_of(joined->view()) == shape{4, 3});
    CHECK(values_of<float>(joined->view()) == floats{1, 2, 3, 8, 8, 8, 9, 9, 9, 1, 2, 3});
}

TEST_CASE("parts that cannot be repeated to q's rows are refused")
{
    const holder q = of<float>({1, 3}, {1, 2, 3});
    CHECK(refusal(q, of<float>({1, 2}, {1, 2}), q) == "stack_mismatch");
    CHECK(refusal(q, q, of<float>({1, 4}, {1, 2, 3, 4})) == "stack_mismatch");
    CHECK(refusal(q, of<float>({2}, {1, 2}), q) == "stack_mismatch");
    CHECK(refusal(q, of<float>({2, 1, 3}, {1, 2, 3, 4, 5, 6}), q) == "stack_mismatch");
    CHECK(refusal(q, of<float>({}, {1}), q) == "stack_of_scalars");
    CHECK(refusal(of<float>({}, {1}), q, q) == "stack_of_scalars");
    const holder deep = of<float>({1, 1, 1, 1, 1, 1, 1, 1, 1}, {1});
    CHECK(refusal(deep, deep, deep) == "too_many_axes");
}

TEST_CASE("the rows of the parts together must be a number")
{
    const holder endless{.type = dtype::f32, .shape = {std::uint64_t{1} << 63U, 0}};
    CHECK(refusal(endless, endless, endless) == "tensor_size_overflow");
}

TEST_CASE("parts that are produced while they are written cannot be repeated")
{
    const holder q = of<float>({1, 1}, {1});
    const auto   produced =
        stet::produced_view(dtype::f32, {1, 1}, q,
                            [](const holder& from, stet::sink_ref out) { return out.write(from.bytes()); });
    REQUIRE(produced);
    CHECK(support::failure(torch_concat::of({q.view(), *produced, q.view()})) == "not_in_memory");
}

TEST_CASE("q's dtype is that of all")
{
    const holder q = of<std::uint16_t>({1, 2}, {0x3C00, 0x4000}, dtype::f16);
    const holder k = of<float>({1, 2}, {3, -0.1F});
    const holder v = of<double>({1, 2}, {5, 1e9});
    const auto   joined = torch_concat::of({q.view(), k.view(), v.view()});

    REQUIRE(joined);
    CHECK(joined->view().type == dtype::f16);
    CHECK(joined->view().size == 12);
    CHECK(values_of<std::uint16_t>(joined->view()) ==
          std::vector<std::uint16_t>{0x3C00, 0x4000, 0x4200, 0xAE66, 0x4500, 0x7C00});
}

TEST_CASE("elements are converted as torch does it")
{
    CHECK(std::bit_cast<std::uint32_t>(converted<float>(std::uint16_t{0x3C01}, dtype::f32, dtype::f16)) ==
          0x3F802000U);
    CHECK(std::bit_cast<std::uint32_t>(converted<float>(std::uint16_t{0x3F81}, dtype::f32, dtype::bf16)) ==
          0x3F810000U);
    CHECK(std::bit_cast<std::uint32_t>(converted<float>(0.1)) == 0x3DCCCCCDU);
    CHECK(converted<std::uint16_t>(std::int64_t{2049}, dtype::f16) == 0x6800); // 2048, the even one
    CHECK(converted<std::uint16_t>(1.0F + 0x1p-8F, dtype::bf16) == 0x3F80);
    // Through float: the double itself would be rounded up.
    CHECK(converted<std::uint16_t>(1.0 + 0x1p-8 + 0x1p-40, dtype::bf16) == 0x3F80);
    CHECK(converted<std::int64_t>(-2.9) == -2);
    CHECK(converted<std::int32_t>(7.99F) == 7);
    CHECK(converted<std::int16_t>(std::int64_t{70'000}) == 4464);
    CHECK(converted<std::int8_t>(std::int32_t{-3}) == -3);
    CHECK(converted<std::uint8_t>(std::int16_t{-1}) == 255);
    CHECK(converted<std::int64_t>(std::int64_t{INT64_MAX}) == INT64_MAX);
    CHECK(converted<std::int64_t>(std::uint8_t{200}) == 200);
    CHECK(converted<std::int16_t>(std::int8_t{-128}) == -128);
    CHECK(std::bit_cast<std::uint64_t>(converted<double>(std::int64_t{(1LL << 53) + 1})) ==
          0x4340000000000000U);
    CHECK(converted<std::uint8_t>(0.5F, dtype::boolean) == 1);
    CHECK(converted<std::uint8_t>(-0.0F, dtype::boolean) == 0);
    CHECK(converted<std::uint8_t>(std::numeric_limits<float>::quiet_NaN(), dtype::boolean) == 1);
    CHECK(converted<std::uint8_t>(std::int64_t{256}, dtype::boolean) == 1);
    CHECK(converted<std::int64_t>(std::uint8_t{1}, dtype::i64, dtype::boolean) == 1);
}

TEST_CASE("a number that no integer is near to becomes the least one")
{
    CHECK(converted<std::int64_t>(std::numeric_limits<double>::quiet_NaN()) == INT64_MIN);
    CHECK(converted<std::int64_t>(std::numeric_limits<float>::infinity()) == INT64_MIN);
    CHECK(converted<std::int64_t>(9223372036854775808.0) == INT64_MIN);
    CHECK(converted<std::int64_t>(-9223372036854775808.0) == INT64_MIN);
    CHECK(converted<std::int64_t>(9223372036854774784.0) == 9223372036854774784);
}

TEST_CASE("dtypes that torch does not convert here are refused unless they agree")
{
    const holder f8 = of<std::uint8_t>({1, 2}, {1, 2}, dtype::f8_e4m3);
    const holder f8_row = of<std::uint8_t>({1, 1}, {3}, dtype::f8_e4m3);
    const holder f32 = of<float>({1, 2}, {1, 2});
    const holder complex{.type = dtype::c64, .shape = {1, 2}, .content = std::string(16, '\0')};
    for (const dtype type : {dtype::u16, dtype::u32, dtype::u64}) {
        const holder unsigned_part{
            .type = type, .shape = {1, 2}, .content = std::string(2 * element_size(type), '\0')};
        CHECK(refusal(f32, unsigned_part, f32) == "stack_mismatch");
        CHECK(refusal(unsigned_part, f32, f32) == "stack_mismatch");
    }
    CHECK(refusal(f32, f8, f32) == "stack_mismatch");
    CHECK(refusal(f8, f32, f8) == "stack_mismatch");
    CHECK(refusal(f32, complex, f32) == "stack_mismatch");
    const auto joined = torch_concat::of({f8.view(), f8_row.view(), f8.view()});
    REQUIRE(joined);
    CHECK(support::poured(joined->view()) == "\1\2\3\3\1\2");
}

TEST_CASE("the bytes are read when they are written")
{
    holder     q = of<float>({1}, {1});
    holder     k = of<double>({1}, {2});
    const auto joined = torch_concat::of({q.view(), k.view(), q.view()});
    REQUIRE(joined);
    support::little_endian(floats{4}).copy(q.content.data(), sizeof(float));
    support::little_endian(std::vector<double>{5}).copy(k.content.data(), sizeof(double));

    CHECK(values_of<float>(joined->view()) == floats{4, 5, 4});
}

TEST_CASE("a sink that fails ends the writing of converted parts")
{
    const holder q = of<float>({1}, {1});
    const holder k = of<double>({3}, {2, 3, 4});
    const auto   joined = torch_concat::of({q.view(), k.view(), q.view()});
    REQUIRE(joined);
    for (std::size_t fails_at = 0; fails_at < 5; ++fails_at) {
        support::piece_sink failing{.fails_at = fails_at};
        CHECK(support::failure(stet::pour(joined->view(), failing)) == "sink_refused");
        CHECK(failing.pieces.size() == fails_at);
    }
}

TEST_CASE("parts that grow beyond all bounds when they are repeated or joined are refused")
{
    const auto u8 = [](const stet::extents& axes, std::uint64_t size) {
        static constexpr std::byte none{};
        return tensor_view{.type = dtype::u8, .shape = axes, .size = size, .data = &none};
    };
    constexpr std::uint64_t many = std::uint64_t{1} << 40U;
    const tensor_view       wide = u8({1, many}, many);
    CHECK(support::failure(torch_concat::of({wide, u8({many, 1}, many), wide})) == "tensor_size_overflow");
    constexpr std::uint64_t most = std::uint64_t{1} << 60U;
    const tensor_view       largest = u8({most}, most);
    CHECK(support::failure(torch_concat::of({largest, largest, largest})) == "tensor_size_overflow");
}
