// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/poured.hpp"

#include <stet/split/impl/tensor_parts.hpp>
#include <stet/tensor/views.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace {

constexpr std::array<std::uint8_t, 12> values{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

/// The values, written in pieces that fit no row.
stet::result<stet::tensor_view> produced(const stet::extents& shape)
{
    return stet::produced_view(
        stet::dtype::u8, shape, values, [](const auto& all, stet::sink_ref to) -> stet::result<void> {
            const stet::bytes bytes = std::as_bytes(std::span(all));
            for (std::size_t i = 0; i < bytes.size(); i += 5) {
                if (auto written = to.write(bytes.subspan(i, bytes.size() - i < 5 ? bytes.size() - i : 5));
                    !written)
                    return written;
            }
            return {};
        });
}

} // namespace

TEST_CASE("rows of a tensor in memory are a view of it")
{
    stet::detail::arena own(stet::heap());
    const auto          whole = stet::view_of(values, {6, 2});
    REQUIRE(whole);
    const auto rows = stet::detail::rows_of(*whole, 2, 4, own);
    REQUIRE(rows);
    CHECK(rows->is_packed());
    CHECK(rows->data == &values[4]);
    CHECK(rows->shape[0] == 2);
    CHECK(rows->size == 4);
}

TEST_CASE("rows of a produced tensor are those of one in memory")
{
    stet::detail::arena own(stet::heap());
    const auto          whole = stet::view_of(values, {6, 2});
    const auto          made = produced({6, 2});
    REQUIRE((whole && made));
    for (std::uint64_t begin = 0; begin <= 6; ++begin) {
        for (std::uint64_t end = begin; end <= 6; ++end) {
            const auto rows = stet::detail::rows_of(*made, begin, end, own);
            REQUIRE(rows);
            CHECK(rows->shape[0] == end - begin);
            CHECK(support::poured(*rows) == support::poured(stet::detail::rows_of(*whole, begin, end, own)));
        }
    }
}

TEST_CASE("rows of 4-bit elements are cut where bytes end")
{
    constexpr std::array<std::byte, 6> packed{};
    stet::detail::arena                own(stet::heap());
    const auto                         even = stet::view_of(stet::dtype::f4, {3, 4}, packed);
    REQUIRE(even);
    const auto rows = stet::detail::rows_of(*even, 1, 2, own);
    REQUIRE(rows);
    CHECK(rows->size == 2);
    const auto odd = stet::view_of(stet::dtype::f4, {12}, packed);
    REQUIRE(odd);
    CHECK(stet::detail::rows_of(*odd, 1, 4, own).error().code == stet::errc::partial_byte);
}

TEST_CASE("rows that a tensor does not have are refused")
{
    stet::detail::arena own(stet::heap());
    const auto          whole = stet::view_of(values, {6, 2});
    const auto          made = produced({12});
    REQUIRE((whole && made));
    CHECK(stet::detail::rows_of(*whole, 5, 7, own).error().code == stet::errc::no_such_axis);
    CHECK(stet::detail::rows_of(*made, 5, 13, own).error().code == stet::errc::no_such_axis);
    CHECK(stet::detail::rows_of(*made, 5, 4, own).error().code == stet::errc::no_such_axis);
    const auto scalar = stet::view_of(std::span(values).first<1>(), {});
    REQUIRE(scalar);
    CHECK(stet::detail::rows_of(*scalar, 0, 0, own).error().code == stet::errc::no_such_axis);
}

TEST_CASE("rows cannot be cut out of what has none, too many axes or a size beyond 64 bits")
{
    const auto made = produced({12});
    REQUIRE(made);
    for (const auto& [begin, end] : {std::pair{13, 13}, {5, 13}, {5, 4}}) {
        const auto refused = stet::detail::produced_rows::of(*made, std::uint64_t(begin), std::uint64_t(end));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == stet::errc::no_such_axis);
        CHECK(refused.error().expected == 12);
        CHECK(refused.error().actual == std::uint64_t(begin > end ? begin : end));
    }
    stet::tensor_view scalar = *made;
    scalar.shape = {};
    CHECK(stet::detail::produced_rows::of(scalar, 0, 0).error().code == stet::errc::no_such_axis);
    constexpr std::array<std::int64_t, stet::detail::kept_axes + 1> many{1};
    stet::tensor_view                                               deep = *made;
    deep.shape = many;
    CHECK(stet::detail::produced_rows::of(deep, 0, 1).error().code == stet::errc::too_many_axes);
    CHECK(stet::detail::produced_rows::of(deep, 0, 1).error().actual == stet::detail::kept_axes + 1);
    // Three elements of four bits end inside a byte, above the rows or with them.
    stet::tensor_view packed = *made;
    packed.type = stet::dtype::f4;
    packed.shape = {4, 3};
    CHECK(stet::detail::produced_rows::of(packed, 1, 3).error().code == stet::errc::partial_byte);
    CHECK(stet::detail::produced_rows::of(packed, 2, 3).error().code == stet::errc::partial_byte);
    CHECK(stet::detail::produced_rows::of(packed, 2, 4));
}

TEST_CASE("rows and turned tensors that are made while written need memory")
{
    const auto made = produced({3, 4});
    REQUIRE(made);
    support::counting_heap heap;
    heap.fail_from(0);
    stet::detail::arena own(heap.allocator());
    CHECK(stet::detail::rows_of(*made, 0, 1, own).error().code == stet::errc::out_of_memory);
    CHECK(stet::detail::turned_back(*made, own, stet::heap()).error().code == stet::errc::out_of_memory);
}

TEST_CASE("a tensor is turned back whether it lies in memory or is produced")
{
    stet::detail::arena own(stet::heap());
    const auto          whole = stet::view_of(values, {3, 4});
    const auto          made = produced({3, 4});
    REQUIRE((whole && made));
    const auto turned = stet::detail::turned_back(*whole, own, stet::heap());
    const auto collected = stet::detail::turned_back(*made, own, stet::heap());
    REQUIRE((turned && collected));
    CHECK(turned->data == values.data());
    CHECK(turned->shape[0] == 4);
    CHECK(support::poured(*turned) == std::string("\0\4\10\1\5\11\2\6\12\3\7\13", 12));
    CHECK(support::poured(*collected) == support::poured(*turned));
}

TEST_CASE("a vector is not turned")
{
    stet::detail::arena own(stet::heap());
    const auto          vector = stet::view_of(values, {12});
    REQUIRE(vector);
    const auto turned = stet::detail::turned_back(*vector, own, stet::heap());
    REQUIRE_FALSE(turned);
    CHECK(turned.error().code == stet::errc::projection_rank);
    CHECK(turned.error().actual == 1);
}

TEST_CASE("rows of produced 4-bit elements are cut where bytes end, and such tensors are not turned")
{
    stet::detail::arena own(stet::heap());
    const auto          packed = stet::view_of(stet::dtype::f4, {8, 3}, std::as_bytes(std::span(values)));
    const auto          made =
        stet::produced_view(stet::dtype::f4, {8, 3}, values, [](const auto& all, stet::sink_ref to) {
            return to.write(std::as_bytes(std::span(all)));
        });
    REQUIRE((packed && made));
    const auto rows = stet::detail::rows_of(*made, 2, 4, own);
    REQUIRE(rows);
    CHECK(support::poured(*rows) == support::poured(stet::detail::rows_of(*packed, 2, 4, own)));
    CHECK(stet::detail::rows_of(*made, 1, 2, own).error().code == stet::errc::partial_byte);
    CHECK(stet::detail::turned_back(*packed, own, stet::heap()).error().code == stet::errc::sub_byte_strides);
    CHECK(stet::detail::turned_back(*made, own, stet::heap()).error().code == stet::errc::sub_byte_strides);
}
