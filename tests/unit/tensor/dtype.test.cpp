// SPDX-License-Identifier: MIT
#include <stet/tensor/dtype.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

using stet::dtype;
using stet::dtype_named;

static_assert(sizeof(dtype) == 1 && std::is_enum_v<dtype>);
static_assert(name(dtype::bf16) == "BF16" && bit_width(dtype::f6_e2m3) == 6 && element_size(dtype::c64) == 8);
static_assert(dtype_named("F16") == dtype::f16);
static_assert(!dtype_named("f16"));

namespace {

struct known {
    dtype            type;
    std::string_view name;
    unsigned         bits;
};

/// The reference's types, in the order it ranks them.
/// source: safetensors 0.8, enum Dtype
constexpr std::array<known, 22> all_known{{
    {dtype::boolean, "BOOL", 8},
    {dtype::f4, "F4", 4},
    {dtype::f6_e2m3, "F6_E2M3", 6},
    {dtype::f6_e3m2, "F6_E3M2", 6},
    {dtype::u8, "U8", 8},
    {dtype::i8, "I8", 8},
    {dtype::f8_e5m2, "F8_E5M2", 8},
    {dtype::f8_e4m3, "F8_E4M3", 8},
    {dtype::f8_e8m0, "F8_E8M0", 8},
    {dtype::f8_e4m3fnuz, "F8_E4M3FNUZ", 8},
    {dtype::f8_e5m2fnuz, "F8_E5M2FNUZ", 8},
    {dtype::i16, "I16", 16},
    {dtype::u16, "U16", 16},
    {dtype::f16, "F16", 16},
    {dtype::bf16, "BF16", 16},
    {dtype::i32, "I32", 32},
    {dtype::u32, "U32", 32},
    {dtype::f32, "F32", 32},
    {dtype::c64, "C64", 64},
    {dtype::f64, "F64", 64},
    {dtype::i64, "I64", 64},
    {dtype::u64, "U64", 64},
}};

static_assert(stet::detail::dtype_count == all_known.size());

} // namespace

TEST_CASE("every dtype has the reference's rank, name and width")
{
    for (std::size_t rank = 0; rank < all_known.size(); ++rank) {
        const known& expected = all_known[rank];
        CHECK(static_cast<std::size_t>(expected.type) == rank);
        CHECK(name(expected.type) == expected.name);
        CHECK(bit_width(expected.type) == expected.bits);
        CHECK(info(expected.type).name == expected.name);
        CHECK(info(expected.type).bits == expected.bits);
        CHECK(is_sub_byte(expected.type) == (expected.bits < 8));
        if (expected.bits >= 8)
            CHECK(element_size(expected.type) * 8 == expected.bits);
    }
}

TEST_CASE("the reference ranks wider types higher")
{
    CHECK(std::is_sorted(all_known.begin() + 1, all_known.end(), [](const known& a, const known& b) {
        return bit_width(a.type) < bit_width(b.type);
    }));
}

TEST_CASE("a dtype is found by its exact name only")
{
    for (const known& expected : all_known) {
        const std::string spelled(expected.name);
        CHECK(dtype_named(spelled) == expected.type);
        CHECK_FALSE(dtype_named(spelled + " "));
        CHECK_FALSE(dtype_named(" " + spelled));
        CHECK_FALSE(dtype_named(spelled.substr(0, spelled.size() - 1)));
    }
    for (const std::string_view unknown :
         {"", "f32", "F", "F128", "C128", "I4", "U4", "F8_E4M3FN", "Bool", "bf16"})
        CHECK_FALSE(dtype_named(unknown));
}
