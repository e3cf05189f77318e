// SPDX-License-Identifier: MIT
#include "support/cut_tensor.hpp"
#include "support/failure.hpp"
#include "support/little_endian.hpp"
#include "support/piece_sink.hpp"
#include "support/poured.hpp"
#include "support/short_memory.hpp"

#include <stet/quantised/dequantised.hpp>
#include <stet/quantised/encoded.hpp>
#include <stet/tensor/numbers.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using stet::dtype;
using stet::extents;
using stet::quantised::encoded;
using stet::quantised::style;
namespace formats = stet::quantised::formats;

namespace {

/// Numbers of all sizes, a row of zeros among them.
std::string numbers(std::size_t rows, std::size_t columns)
{
    std::vector<float> all(rows * columns);
    for (std::size_t i = columns; i < all.size(); ++i)
        all[i] = (static_cast<float>(i * 37 % 101) - 50.0F) / 64.0F;
    return support::little_endian(all);
}

const std::string& content()
{
    static const std::string& kept = *new std::string(numbers(5, 64)); // never destroyed
    return kept;
}

stet::tensor_view values()
{
    return *stet::view_of(dtype::f32, {5, 64}, support::as_bytes(content()));
}

std::vector<std::string> list_of(const encoded& layer)
{
    std::vector<std::string> list;
    for (const auto& [name, tensor] : layer) {
        std::string entry = std::string(name) + " " + std::string(stet::name(tensor.type));
        for (const auto axis : tensor.shape)
            entry += " " + std::to_string(axis);
        list.push_back(entry);
    }
    return list;
}

using texts = std::vector<std::string>;

/// A style with a rotation of 16.
style rotated(const stet::quantised::format& format)
{
    return {.format = &format, .settings = {.convrot = true, .convrot_groupsize = 16}};
}

std::vector<style> every_style()
{
    auto six = rotated(formats::asym_w4a8_int8);
    six.bits = 6;
    auto integers = rotated(formats::asym_w4a8_int8);
    integers.has_codebook = false;
    return {{.format = &formats::float8_e4m3fn},
            {.format = &formats::float8_e5m2},
            {.format = &formats::nvfp4},
            {.format = &formats::mxfp8},
            {.format = &formats::int8_tensorwise},
            {.format = &formats::int8_tensorwise, .has_row_scales = true},
            rotated(formats::int8_tensorwise),
            rotated(formats::convrot_w4a4),
            rotated(formats::asym_w4a8_int8),
            integers,
            six};
}

/// The values that a layer stands for.
std::vector<float> read_back(const encoded& layer)
{
    const std::vector<stet::quantised::known_shape> shapes{{.layer = "a", .rows = 5, .columns = 64}};
    const auto found = stet::quantised::find_layers(layer, {.shapes = shapes});
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    const auto made = stet::quantised::dequantised::of(*found, (*found)[0], dtype::f32);
    REQUIRE(made);
    return *stet::to_numbers<float>(*made->view());
}

/// Why a tensor of these numbers is refused, or "none".
std::string refusal(const std::vector<float>& all, const style& how)
{
    const std::string numbers_as_stored = support::little_endian(all);
    const auto        made = encoded::of(
        "a", *stet::view_of(dtype::f32, {1, all.size()}, support::as_bytes(numbers_as_stored)), how);
    if (made)
        return "none";
    CHECK(made.error().code == stet::errc::not_quantisable);
    CHECK(made.error().subject() == "a.weight");
    return std::string(made.error().second_party());
}

} // namespace

static_assert(stet::state_dict<encoded>);

TEST_CASE("a layer has the tensors of its format")
{
    const auto made = [](const style& how) { return list_of(*encoded::of("a", values(), how)); };
    const auto styles = every_style();
    CHECK(made(styles[0]) == texts{"a.weight F8_E4M3 5 64", "a.weight_scale F32", "a.comfy_quant U8 27"});
    CHECK(made(styles[1])[0] == "a.weight F8_E5M2 5 64");
    CHECK(made(styles[2]) == texts{"a.weight U8 16 32", "a.weight_scale F8_E4M3 128 4",
                                   "a.weight_scale_2 F32", "a.comfy_quant U8 19"});
    CHECK(made(styles[3]) ==
          texts{"a.weight F8_E4M3 32 64", "a.weight_scale F8_E8M0 128 4", "a.comfy_quant U8 19"});
    CHECK(made(styles[4]) == texts{"a.weight I8 5 64", "a.weight_scale F32", "a.comfy_quant U8 29"});
    CHECK(made(styles[5])[1] == "a.weight_scale F32 5 1");
    CHECK(made(styles[6])[1] == "a.weight_scale F32 5 1");
    CHECK(made(styles[7]) == texts{"a.weight I8 5 32", "a.weight_scale F32 5", "a.comfy_quant U8 51"});
    CHECK(made(styles[8]) == texts{"a.weight I8 5 32", "a.weight_s_rel F8_E4M3 5 4",
                                   "a.weight_s_channel F32 5", "a.weight_codebook F32 16",
                                   "a.comfy_quant U8 71"});
    CHECK(made(styles[9]).size() == 4);
    CHECK(made(styles[10])[0] == "a.weight I8 5 48");
}

TEST_CASE("names stand alone without a layer's, and the marker can go into the metadata instead")
{
    const auto made = encoded::of(
        "", values(), {.format = &formats::mxfp8, .block_scales = dtype::u8, .has_marker = false});
    REQUIRE(made);
    CHECK(list_of(*made) == texts{"weight F8_E4M3 32 64", "weight_scale U8 128 4"});
    CHECK(made->marker() == R"({"format": "mxfp8"})");
    CHECK(made->size() == 2);
    CHECK_FALSE(made->empty());
    CHECK((*made)[1].name == "weight_scale");
}

TEST_CASE("a layer stands for values near those it was made of, zeros for zeros")
{
    constexpr std::array<double, 11> lost_at_most{0.03, 0.06, 0.12, 0.03, 0.01, 0.01,
                                                  0.01, 0.12, 0.12, 0.12, 0.03};
    const auto                       styles = every_style();
    const auto                       original = support::numbers_in<float>(content());
    for (std::size_t i = 0; i < styles.size(); ++i) {
        INFO(i);
        auto made = encoded::of("a", values(), styles[i]);
        REQUIRE(made);
        const encoded layer = *std::move(made); // what its tensors borrow comes along
        const auto    read = read_back(layer);
        REQUIRE(read.size() == original.size());
        double lost = 0;
        double all = 0;
        for (std::size_t k = 0; k < read.size(); ++k) {
            lost += std::pow(static_cast<double>(read[k] - original[k]), 2);
            all += std::pow(static_cast<double>(original[k]), 2);
        }
        CHECK(std::sqrt(lost / all) < lost_at_most[i]);
        CHECK(std::vector<float>(read.begin(), read.begin() + 64) == std::vector<float>(64));
    }
}

TEST_CASE("what was made is made again of what it stands for, in the same style")
{
    for (const style& how : every_style()) {
        const auto first = encoded::of("a", values(), how);
        REQUIRE(first);
        const std::vector<stet::quantised::known_shape> shapes{{.layer = "a", .rows = 5, .columns = 64}};
        const auto found = stet::quantised::find_layers(*first, {.shapes = shapes});
        REQUIRE(found);
        const style same = stet::quantised::style_of(*found, (*found)[0]);
        CHECK(same.format == how.format);
        const auto decoded = stet::quantised::dequantised::of(*found, (*found)[0], dtype::f32);
        REQUIRE(decoded);
        const auto second = encoded::of("a", *decoded->view(), same);
        REQUIRE(second);
        CHECK(list_of(*second) == list_of(*first));
        CHECK(second->marker() == first->marker());
    }
}

TEST_CASE("a given scale is used as it is")
{
    const auto made = encoded::of("a", values(), {.format = &formats::int8_tensorwise, .scale = 0.5F});
    REQUIRE(made);
    const std::vector<float> scale = *stet::to_numbers<float>((*made)[1].tensor);
    CHECK(scale == std::vector<float>{0.5F});
    for (const float wrong :
         {0.0F, -1.0F, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()})
        CHECK(refusal({1, 2}, {.format = &formats::nvfp4, .scale = wrong}) ==
              "is given a scale that is not above 0");
}

TEST_CASE("numbers that no scale can reach are refused, before anything is written")
{
    constexpr float    infinity = std::numeric_limits<float>::infinity();
    constexpr float    not_a_number = std::numeric_limits<float>::quiet_NaN();
    std::vector<float> all(16, 1);
    all[5] = infinity;
    for (const auto* const format :
         {&formats::float8_e4m3fn, &formats::nvfp4, &formats::mxfp8, &formats::int8_tensorwise})
        CHECK(refusal(all, {.format = format}) == "holds an infinity");
    CHECK(refusal(all, rotated(formats::convrot_w4a4)) == "holds numbers that are not finite");
    CHECK(refusal(all, {.format = &formats::int8_tensorwise, .has_row_scales = true}) ==
          "holds numbers that are not finite");
    CHECK(refusal(all, {.format = &formats::int8_tensorwise, .scale = 1.0F}) == "none"); // it becomes 127
    CHECK(refusal(all, {.format = &formats::float8_e5m2, .scale = 1.0F}) == "none");
    all[5] = not_a_number;
    for (const auto* const format :
         {&formats::float8_e5m2, &formats::nvfp4, &formats::mxfp8, &formats::int8_tensorwise})
        CHECK(refusal(all, {.format = format}) == "holds NaN");
    CHECK(refusal(all, rotated(formats::asym_w4a8_int8)) == "holds numbers that are not finite");
    CHECK(refusal(all, {.format = &formats::nvfp4, .scale = 1.0F}) == "holds NaN");
    CHECK(refusal(all, {.format = &formats::float8_e4m3fn, .scale = 1.0F}) == "none"); // it stays one
    CHECK(refusal(all, {.format = &formats::awq_w4a16}) == "has no rule by which it would be made so");
}

TEST_CASE("a tensor of zeros has zeros, under the scale 1 where another would make NaN of them")
{
    const std::string zeros(64 * 4, '\0');
    const auto        tensor = *stet::view_of(dtype::f32, {1, 64}, support::as_bytes(zeros));
    for (const auto* const format : {&formats::float8_e4m3fn, &formats::float8_e5m2, &formats::nvfp4}) {
        const auto made = encoded::of("", tensor, {.format = format});
        REQUIRE(made);
        const auto& scale = (*made)[format == &formats::nvfp4 ? 2 : 1].tensor;
        CHECK(support::poured(scale) == support::little_endian(std::vector<float>{1}));
        CHECK(support::poured((*made)[0].tensor).find_first_not_of('\0') == std::string::npos);
    }
}

TEST_CASE("values that are read piece by piece give the same layer")
{
    for (const style& how : every_style()) {
        const support::cut_tensor cut(values(), 99);
        const auto                whole = encoded::of("a", values(), how);
        const auto                pieces = encoded::of("a", cut.view(), how);
        REQUIRE(whole);
        REQUIRE(pieces);
        for (std::size_t i = 0; i < whole->size(); ++i)
            CHECK((support::poured((*whole)[i].tensor) == support::poured((*pieces)[i].tensor)));
    }
}

TEST_CASE("memory that is refused, and tensors that cannot be read, are errors")
{
    for (const style& how : every_style()) {
        CHECK(support::allocations_needed([&](const stet::allocator& memory) {
                  return support::failure(encoded::of("a", values(), how, memory));
              }) > 3);
    }
    const auto whole = values();
    const auto wrong =
        stet::produced_view(dtype::f32, {2, 16}, whole, [](const stet::tensor_view&, stet::sink_ref) {
            return stet::result<void>(stet::error{.code = stet::errc::source_refused});
        });
    CHECK(support::failure(encoded::of("a", *wrong, {})) == "source_refused");
    CHECK(support::failure(encoded::of("a", *wrong, rotated(formats::convrot_w4a4))) == "source_refused");
    const auto other = encoded::of("", *stet::view_of(dtype::u8, {1}, "x", 1), {});
    CHECK(support::failure(other) == "not_convertible");
    CHECK(other.error().subject() == "weight");
}
