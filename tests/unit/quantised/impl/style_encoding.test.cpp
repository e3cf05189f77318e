// SPDX-License-Identifier: MIT
#include <stet/quantised/impl/formats.hpp>
#include <stet/quantised/impl/style_encoding.hpp>
#include <stet/tensor/sizes.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <string>

using stet::dtype;
using stet::extents;
using stet::detail::encoding;
using stet::detail::encoding_of;
using stet::detail::encoding_wish;
using stet::detail::has_row_scales;
using stet::detail::value_rule;
namespace formats = stet::quantised::formats;

namespace {

constexpr std::array<float, 4096> memory{};

stet::tensor_view values(const extents& shape)
{
    return *stet::view_of(dtype::f32, shape, memory.data(), *stet::element_count(shape) * 4);
}

struct wish {
    stet::quantised::settings settings{};
    bool                      has_row_scales = false;
    unsigned                  bits = 4;
    bool                      has_codebook = true;
};

stet::result<encoding> encoded(const stet::quantised::format& format, const extents& shape,
                               const wish& how = {})
{
    return encoding_of(values(shape), {.format = &format,
                                       .settings = &how.settings,
                                       .has_row_scales = how.has_row_scales,
                                       .has_codebook = how.has_codebook,
                                       .bits = how.bits});
}

/// Why it is not possible, or "none".
std::string fault(const stet::quantised::format& format, const extents& shape, const wish& how = {})
{
    const auto made = encoded(format, shape, how);
    if (made)
        return "none";
    CHECK(made.error().code == stet::errc::not_quantisable);
    CHECK(made.error().first_party() == format.name);
    return std::string(made.error().second_party());
}

} // namespace

TEST_CASE("codes of floats and bytes take tensors of any shape")
{
    CHECK(encoded(formats::float8_e4m3fn, {2, 3, 4})->codes == dtype::f8_e4m3);
    CHECK(encoded(formats::float8_e5m2, {})->codes == dtype::f8_e5m2);
    CHECK(encoded(formats::float8_e5m2, {2, 3, 4})->columns == 24);
    CHECK(encoded(formats::int8_tensorwise, {7})->codes == dtype::i8);
    CHECK(encoded(formats::int8_tensorwise, {6, 4}, {.has_row_scales = true})->columns == 4);
    CHECK(fault(formats::int8_tensorwise, {7}, {.has_row_scales = true}) == "has not two axes");
}

TEST_CASE("what lies in tiles is padded")
{
    const auto four = encoded(formats::nvfp4, {7, 33});
    REQUIRE(four);
    CHECK(four->stored_rows == 16);
    CHECK(four->stored_columns == 48);
    const auto eight = encoded(formats::mxfp8, {32, 33});
    REQUIRE(eight);
    CHECK(eight->stored_rows == 32);
    CHECK(eight->stored_columns == 64);
    CHECK(fault(formats::nvfp4, {2, 3, 4}) == "has not two axes");
    CHECK(fault(formats::mxfp8, {3}) == "has not two axes");
}

TEST_CASE("a rotation divides the columns")
{
    const wish by_16{.settings = {.convrot = true, .convrot_groupsize = 16}};
    CHECK(encoded(formats::int8_tensorwise, {3, 32}, by_16)->rule == value_rule::rotated_bytes);
    CHECK(encoded(formats::convrot_w4a4, {3, 32}, by_16)->rotation == 16);
    CHECK(encoded(formats::asym_w4a8_int8, {3, 32}, by_16)->group == 16);
    for (const auto* const format :
         {&formats::int8_tensorwise, &formats::convrot_w4a4, &formats::asym_w4a8_int8})
    {
        CHECK(fault(*format, {3, 40}, by_16) == "has columns that the rotation does not divide");
        CHECK(fault(*format, {3, 32}, {.settings = {.convrot = true, .convrot_groupsize = 8}}) ==
              "has columns that the rotation does not divide");
        CHECK(fault(*format, {32}, by_16) == "has not two axes");
    }
}

TEST_CASE("groups of levels divide the columns")
{
    const auto with = [](std::uint64_t group, unsigned bits) {
        return wish{.settings = {.convrot_groupsize = 16, .group_size = group}, .bits = bits};
    };
    constexpr auto no_groups = "has columns that its groups do not divide";
    CHECK(encoded(formats::asym_w4a8_int8, {2, 48}, with(8, 4))->group == 8);
    CHECK(encoded(formats::asym_w4a8_int8, {2, 48}, with(48, 4))->has_levels);
    CHECK_FALSE(encoded(formats::asym_w4a8_int8, {2, 64}, with(16, 6))->has_levels);
    CHECK(fault(formats::asym_w4a8_int8, {2, 48}, with(32, 4)) == no_groups);
    CHECK(fault(formats::asym_w4a8_int8, {2, 48}, with(12, 4)) == no_groups);
    CHECK(fault(formats::asym_w4a8_int8, {2, 48}, with(2, 4)) == no_groups);
    CHECK(fault(formats::asym_w4a8_int8, {2, 48}, with(16, 6)) == no_groups);
    CHECK(fault(formats::asym_w4a8_int8, {2, 64}, with(8, 6)) == no_groups);
    CHECK(fault(formats::asym_w4a8_int8, {2, 64}, with(16, 5)) == "can have codes of 4 or 6 bits only");
}

TEST_CASE("formats without a rule, and types that are no values, are refused")
{
    for (const auto* const format : {&formats::awq_w4a16, &formats::bnb_nf4, &formats::plain_fp8})
        CHECK(fault(*format, {4, 64}) == "has no rule by which it would be made so");
    const stet::quantised::settings settings;
    const encoding_wish             how{.format = &formats::nvfp4, .settings = &settings};
    auto                            tensor = values({4});
    tensor.type = dtype::i32;
    CHECK(encoding_of(tensor, how).error().code == stet::errc::not_convertible);
    tensor = values({4});
    tensor.size = 8;
    CHECK(encoding_of(tensor, how).error().code == stet::errc::tensor_size_mismatch);
    tensor = values({4});
    tensor.data = nullptr;
    CHECK(encoding_of(tensor, how).error().code == stet::errc::missing_tensor);
}

TEST_CASE("rows have scales of their own where they are rotated, or where that is wanted of bytes")
{
    CHECK(has_row_scales({.rule = value_rule::rotated_bytes}, false));
    CHECK(has_row_scales({.rule = value_rule::convrot_w4a4}, false));
    CHECK(has_row_scales({.rule = value_rule::asym_w4a8}, false));
    CHECK(has_row_scales({.codes = dtype::i8}, true));
    CHECK_FALSE(has_row_scales({.codes = dtype::i8}, false));
    CHECK_FALSE(has_row_scales({.codes = dtype::f8_e4m3}, true));
    CHECK_FALSE(has_row_scales({.rule = value_rule::nvfp4}, true));
}
