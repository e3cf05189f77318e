// SPDX-License-Identifier: MIT
#include "support/poured.hpp"

#include <stet/carry/impl/e4m3_codes.hpp>
#include <stet/tensor/produced.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

using stet::float_from_f8;
using stet::detail::e4m3_of_e5m2;

static_assert(e4m3_of_e5m2(0x3C) == 0x38 && e4m3_of_e5m2(0xBC) == 0xB8); // 1 and -1
static_assert(e4m3_of_e5m2(0x00) == 0x00 && e4m3_of_e5m2(0x80) == 0x80); // zeros keep their sign
static_assert(e4m3_of_e5m2(0x7B) == 0x7E && e4m3_of_e5m2(0xFC) == 0xFE); // too large, infinite
static_assert(e4m3_of_e5m2(0x7D) == 0x7F && e4m3_of_e5m2(0xFF) == 0xFF); // NaN
static_assert(e4m3_of_e5m2(0x14) == 0x00);                               // 2^-10, between 0 and 2^-9: to even

TEST_CASE("no F8_E4M3 number is closer to one of F8_E5M2 than the one it becomes")
{
    for (unsigned code = 0; code < 256; ++code) {
        const auto  from = static_cast<std::uint8_t>(code);
        const float number = float_from_f8(stet::dtype::f8_e5m2, from);
        const float turned = float_from_f8(stet::dtype::f8_e4m3, e4m3_of_e5m2(from));
        CAPTURE(code);
        CHECK(std::isnan(number) == std::isnan(turned));
        if (std::isnan(number) || std::isinf(number))
            continue;
        for (unsigned other = 0; other < 256; ++other) {
            const float near_by = float_from_f8(stet::dtype::f8_e4m3, static_cast<std::uint8_t>(other));
            if (!std::isnan(near_by))
                CHECK(std::abs(number - turned) <= std::abs(number - near_by));
        }
        CHECK(std::signbit(number) == std::signbit(turned));
    }
}

TEST_CASE("a tensor of any length is turned code by code")
{
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{512}, std::size_t{1300}}) {
        const std::string codes(size, '\x3C');
        const auto        view = stet::view_of(stet::dtype::f8_e5m2, {size}, std::as_bytes(std::span(codes)));
        REQUIRE(view);
        const stet::detail::recoded turned(*view);
        const auto                  produced = stet::produced_view(
            stet::dtype::f8_e4m3, {size}, turned,
            [](const stet::detail::recoded& one, stet::sink_ref to) { return one.write(to); });
        REQUIRE(produced);
        CHECK(support::poured(*produced) == std::string(size, '\x38'));
    }
}
