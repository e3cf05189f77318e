// SPDX-License-Identifier: MIT
#include "support/little_endian.hpp"

#include <stet/families/families.hpp>
#include <stet/split/model_type.hpp>
#include <stet/tensor/views.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace families = stet::families;
using stet::model_type;

using dict = std::vector<std::pair<std::string_view, stet::tensor_view>>;

template <class Range>
stet::tensor_view view(const Range& values, const stet::extents& shape)
{
    return *stet::view_of(values, shape);
}

constexpr std::array<float, 2> numbers{120.5F, 0.002F};
stet::tensor_view              none()
{
    return view(std::span(numbers).first<0>(), {0});
}
stet::tensor_view largest()
{
    return view(std::span(numbers).first<1>(), {});
}
stet::tensor_view smallest()
{
    return view(std::span(numbers).last<1>(), {1});
}

constexpr std::string_view bias = "model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias";
constexpr std::string_view first = "model.diffusion_model.input_blocks.0.0.weight";

template <class Family>
stet::derived_prediction derived(const dict& given, const stet::derive_options& options = {})
{
    const auto found = stet::derive_prediction<Family>(given, options);
    REQUIRE(found);
    REQUIRE(*found);
    return **found;
}

bool is(const std::optional<double>& found, double expected)
{
    return found && !(*found < expected) && !(expected < *found);
}

/// The type of an SD2 model whose bias holds these two numbers.
template <class Number>
model_type type_by_bias(stet::dtype type, std::array<Number, 2> values)
{
    const std::string content = support::little_endian(values);
    const auto        tensor = stet::view_of(type, {2}, std::as_bytes(std::span(content)));
    REQUIRE(tensor);
    return derived<families::sd20>({{bias, *tensor}}, {.in_channels = 4}).type;
}

} // namespace

TEST_CASE("a family of one type has it whatever the file holds")
{
    CHECK(derived<families::flux>({{"v_pred", none()}}).type == model_type::flux);
    CHECK(derived<families::lotus_d>({}).type == model_type::img_to_img);
    const auto unknown = stet::derive_prediction<families::kandinsky6>(dict{});
    REQUIRE(unknown);
    CHECK_FALSE(*unknown);
}

TEST_CASE("Stable Diffusion XL is known by its markers, the strongest first")
{
    CHECK(derived<families::sdxl>({}).type == model_type::eps);
    CHECK(derived<families::sdxl>({{"ztsnr", none()}}).type == model_type::eps);
    const auto v = derived<families::ssd1b>({{"ztsnr", none()}, {"v_pred", none()}});
    CHECK(v.type == model_type::v_prediction);
    CHECK(v.zero_terminal_snr);
    const auto edm_v = derived<families::sdxl>(
        {{"v_pred", none()}, {"edm_vpred.sigma_min", smallest()}, {"edm_vpred.sigma_max", largest()}});
    CHECK(edm_v.type == model_type::v_prediction_edm);
    CHECK(is(edm_v.sigma_max, 120.5));
    CHECK(is(edm_v.sigma_min, static_cast<double>(0.002F)));
    CHECK_FALSE(edm_v.sigma_data);
    const auto edm = derived<families::sdxl>(
        {{"edm_vpred.sigma_max", largest()}, {"edm_std", none()}, {"edm_mean", none()}});
    CHECK(edm.type == model_type::edm);
    CHECK(is(edm.sigma_data, 0.5));
    CHECK(is(edm.sigma_max, 80.0));
    CHECK(is(edm.sigma_min, 0.002));
    CHECK(derived<families::sdxl>({{"edm_mean", none()}}).type == model_type::eps);
}

TEST_CASE("a sigma is one number, of any type that holds one")
{
    constexpr std::array<double, 1> f64{700};
    const std::string               half("\x00\x55", 2);  // 80
    const std::string               brain("\xA0\x42", 2); // 80
    for (const auto& [tensor, expected] :
         {std::pair{view(f64, {}), 700.0},
          std::pair{*stet::view_of(stet::dtype::f16, {}, std::as_bytes(std::span(half))), 80.0},
          std::pair{*stet::view_of(stet::dtype::bf16, {}, std::as_bytes(std::span(brain))), 80.0}})
        CHECK(is(derived<families::sdxl>({{"edm_vpred.sigma_max", tensor}}).sigma_max, expected));
    const std::string pieces = support::little_endian(numbers);
    const auto        made = stet::produced_view(
        stet::dtype::f32, {}, pieces, [](const std::string& all, stet::sink_ref to) -> stet::result<void> {
            const stet::bytes bytes = std::as_bytes(std::span(all));
            if (auto one = to.write(bytes.first(1)); !one)
                return one;
            return to.write(bytes.subspan(1, 3));
        });
    REQUIRE(made);
    CHECK(is(derived<families::sdxl>({{"edm_vpred.sigma_max", *made}}).sigma_max, 120.5));
}

TEST_CASE("a sigma that is not one number is refused")
{
    const std::array<std::byte, 8> raw{};
    const stet::bytes              one_byte = stet::bytes(raw).first(1);
    for (const auto& tensor : {view(numbers, {2}), none(), *stet::view_of(stet::dtype::c64, {}, raw),
                               *stet::view_of(stet::dtype::f4, {2}, one_byte)})
    {
        const auto found = stet::derive_prediction<families::sdxl>(dict{{"edm_vpred.sigma_max", tensor}});
        REQUIRE_FALSE(found);
        CHECK(found.error().code == stet::errc::unusable_marker);
        CHECK(found.error().subject() == "edm_vpred.sigma_max");
    }
}

TEST_CASE("a sigma may be an 8-bit float, as every other number")
{
    const std::array<std::byte, 1> code{std::byte{0x7E}};
    const auto                     sigma = *stet::view_of(stet::dtype::f8_e4m3, {}, code);
    CHECK(is(derived<families::sdxl>({{"edm_vpred.sigma_max", sigma}}).sigma_max, 448));
}

TEST_CASE("Stable Diffusion 2 is known by the spread of one bias, if it has four channels")
{
    constexpr std::array<float, 2> spread{0, 0.2F};
    const stet::tensor_view        wide = view(spread, {2});
    CHECK(derived<families::sd20>({{bias, wide}}, {.in_channels = 4}).type == model_type::v_prediction);
    CHECK(derived<families::sd20>({{bias, wide}}, {.in_channels = 9}).type == model_type::eps);
    CHECK(derived<families::sd20>({}, {.in_channels = 4}).type == model_type::eps);
    CHECK(derived<families::sd20>({{bias, wide}}).type == model_type::eps);
    CHECK(derived<families::sd21_unclip_h>({{bias, wide}}, {.prefix = "net.", .in_channels = 4}).type ==
          model_type::eps);
    // The channels can be read off the first convolution.
    constexpr std::array<float, 36> weights{};
    CHECK(derived<families::sd20>({{bias, wide}, {first, view(weights, {1, 4, 3, 3})}}).type ==
          model_type::v_prediction);
    CHECK(derived<families::sd20>({{bias, wide}, {first, view(weights, {4, 1, 3, 3})}}).type ==
          model_type::eps);
    CHECK(derived<families::sd20>({{bias, none()}}, {.in_channels = 4}).type == model_type::eps);
}

TEST_CASE("the spread is compared in the precision of the bias")
{
    // Half of the distance is the deviation; the numbers are neighbours, but for F64.
    CHECK(type_by_bias<std::uint32_t>(stet::dtype::f32, {0, 0x3E3851EB}) == model_type::eps);
    CHECK(type_by_bias<std::uint32_t>(stet::dtype::f32, {0, 0x3E3851EC}) == model_type::v_prediction);
    CHECK(type_by_bias<double>(stet::dtype::f64, {0, 0.17999}) == model_type::eps);
    CHECK(type_by_bias<double>(stet::dtype::f64, {0, 0.18001}) == model_type::v_prediction);
    CHECK(type_by_bias<std::uint16_t>(stet::dtype::f16, {0, 0x31C2}) == model_type::eps);
    CHECK(type_by_bias<std::uint16_t>(stet::dtype::f16, {0, 0x31C3}) == model_type::v_prediction);
    CHECK(type_by_bias<std::uint16_t>(stet::dtype::bf16, {0, 0x3E38}) == model_type::eps);
    CHECK(type_by_bias<std::uint16_t>(stet::dtype::bf16, {0, 0x3E39}) == model_type::v_prediction);
}

TEST_CASE("a sigma may be an integer")
{
    constexpr std::array<std::int64_t, 1> eighty{80};
    CHECK(is(derived<families::sdxl>({{"edm_vpred.sigma_max", view(eighty, {})}}).sigma_max, 80.0));
}

TEST_CASE("a marker that cannot be read is refused by its name")
{
    const auto failing = stet::produced_view(stet::dtype::f32, {}, numbers,
                                             [](const auto&, stet::sink_ref) -> stet::result<void> {
                                                 return stet::error{.code = stet::errc::sink_refused};
                                             });
    REQUIRE(failing);
    const auto unread = stet::derive_prediction<families::sdxl>(dict{{"edm_vpred.sigma_max", *failing}});
    REQUIRE_FALSE(unread);
    CHECK(unread.error().code == stet::errc::sink_refused);
    CHECK(unread.error().subject() == "edm_vpred.sigma_max");

    const auto two = stet::derive_prediction<families::sdxl>(
        dict{{"edm_vpred.sigma_max", largest()}, {"edm_vpred.sigma_min", view(numbers, {2})}});
    REQUIRE_FALSE(two);
    CHECK(two.error().code == stet::errc::unusable_marker);
    CHECK(two.error().subject() == "edm_vpred.sigma_min");

    const std::vector<std::pair<std::string_view, const stet::tensor_view*>> missing{{"v_pred", nullptr}};
    const auto none_there = stet::derive_prediction<families::sdxl>(missing);
    REQUIRE_FALSE(none_there);
    CHECK(none_there.error().code == stet::errc::missing_tensor);
    CHECK(none_there.error().subject() == "v_pred");
}

TEST_CASE("Stable Diffusion 2's bias must hold numbers, and its first convolution have channels")
{
    constexpr std::array<std::byte, 8> raw{};
    const auto                         complex = stet::view_of(stet::dtype::c64, {}, raw);
    REQUIRE(complex);
    const auto found = stet::derive_prediction<families::sd20>(dict{{bias, *complex}}, {.in_channels = 4});
    REQUIRE_FALSE(found);
    CHECK(found.error().code == stet::errc::unusable_marker);
    constexpr std::array<float, 2> spread{0, 0.2F};
    constexpr std::array<float, 4> vector{};
    CHECK(derived<families::sd20>({{bias, view(spread, {2})}, {first, view(vector, {4})}}).type ==
          model_type::eps);
}
