// SPDX-License-Identifier: MIT
#include <stet/tensor/impl/number_conversion.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>

using stet::dtype;
using stet::detail::conversions;
using stet::detail::element_kind;
using stet::detail::is_held;

static_assert(is_held<std::int8_t>(std::int64_t{-128}) && !is_held<std::int8_t>(std::int64_t{-129}) &&
              is_held<std::int8_t>(std::uint64_t{127}) && !is_held<std::int8_t>(std::uint64_t{128}));
static_assert(!is_held<std::uint64_t>(std::int8_t{-1}) && is_held<std::uint64_t>(INT64_MAX) &&
              !is_held<std::int64_t>(UINT64_MAX) && is_held<std::int64_t>(INT64_MIN));
static_assert(is_held<bool>(std::int8_t{1}) && !is_held<bool>(std::int8_t{-1}) && !is_held<bool>(2U));
static_assert(is_held<float>(INT64_MIN) && !is_held<float>(INT64_MAX) && is_held<float>(0) &&
              is_held<float>(std::uint64_t{0xFFFFFF} << 40U) && !is_held<float>(std::uint64_t{0x1FFFFFF}));
static_assert(is_held<double>(std::uint64_t{0x1FFFFFFFFFFFFF}) &&
              !is_held<double>(std::uint64_t{0x3FFFFFFFFFFFFF}));

TEST_CASE("every dtype of whole bytes has a kind, and numbers of that kind to be read as")
{
    for (std::size_t i = 0; i < stet::detail::dtype_count; ++i) {
        const auto type = static_cast<dtype>(i);
        const auto kind = stet::detail::kind_of(type);
        CAPTURE(stet::name(type));
        CHECK((kind == element_kind::none) == (stet::is_sub_byte(type) || type == dtype::c64));
        CHECK((conversions<float>[i] != nullptr) == (kind != element_kind::none));
        CHECK((conversions<double>[i] != nullptr) == (kind != element_kind::none));
        const bool is_whole = kind == element_kind::integer || kind == element_kind::boolean;
        CHECK((conversions<std::int16_t>[i] != nullptr) == is_whole);
        CHECK((conversions<bool>[i] != nullptr) == is_whole);
        CHECK((conversions<std::byte>[i] != nullptr) == (type == dtype::u8));
    }
}
