// SPDX-License-Identifier: MIT
#include "support/quantised_sample.hpp"

#include <stet/quantised/impl/layer_finder.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>

using stet::detail::code_bits_of;
using stet::detail::is_telling_side;
using stet::quantised::no_tensor;

namespace {

stet::result<stet::detail::layer_set> found_in(const std::vector<stet::quantised::named_tensor>& tensors)
{
    return stet::detail::layer_finder({}, {}, {}, stet::heap())
        .run(stet::array_view<const stet::quantised::named_tensor>(tensors));
}

} // namespace

TEST_CASE("what a format needs tells of a quantised layer, what activations need does not")
{
    for (const std::string_view name : {"weight_scale", "weight_scale_2", "weight_s_rel", "weight_s_channel",
                                        "weight_codebook", "weight_zeros"})
        CHECK(is_telling_side(name, {}));
    for (const std::string_view name :
         {"input_scale", "pre_quant_scale", "weight_scale_inv", "weight_g", "weight", ""})
        CHECK_FALSE(is_telling_side(name, {}));
}

TEST_CASE("six bits are told by groups that fit no four")
{
    const auto& two_widths = stet::quantised::formats::asym_w4a8_int8;
    CHECK(code_bits_of(two_widths, 48, 4, 16) == 6);
    CHECK(code_bits_of(two_widths, 32, 4, 16) == 4);
    CHECK(code_bits_of(two_widths, 33, 4, 16) == 4);
    CHECK(code_bits_of(two_widths, 48, 4, 0) == 4);
    CHECK(code_bits_of(two_widths, 48, UINT64_MAX, 16) == 4);
    CHECK(code_bits_of(stet::quantised::formats::awq_w4a16, 48, 4, 16) == 4);
    CHECK(code_bits_of(stet::quantised::formats::mxfp8, 48, 4, 16) == 8);
}

TEST_CASE("every tensor has one owner, and companions lie side by side")
{
    support::quantised_sample sample;
    for (const std::string_view format : support::marked_formats) {
        auto one = support::sound_sample(format);
        for (auto& tensor : one.tensors()) {
            tensor.name = std::string(format) + "." + tensor.name;
            sample.tensors().insert(sample.tensors().begin(), tensor); // mixed
        }
    }
    const auto tensors = sample.named();
    const auto found = found_in(tensors);
    REQUIRE(found);
    CHECK(found->layers.size() == std::size(support::marked_formats));
    std::size_t owned = 0;
    for (const std::uint32_t owner : found->owners)
        owned += owner == no_tensor ? 0U : 1U;
    std::size_t counted = 0;
    for (const stet::quantised::layer& one : found->layers) {
        counted += one.companions.size() + 1 + (one.bias == no_tensor ? 0U : 1U);
        CHECK(one.format != nullptr);
    }
    CHECK(owned == counted);
    CHECK(owned == tensors.size() - found->layers.size()); // without the norms
}

TEST_CASE("of a name that is given twice the last weight counts")
{
    auto sample = support::sound_sample("mxfp8");
    sample.tensors().push_back(sample.tensors().front());
    const auto tensors = sample.named();
    const auto found = found_in(tensors);
    REQUIRE(found);
    REQUIRE(found->layers.size() == 1);
    CHECK(found->layers[0].weight == tensors.size() - 1);
    CHECK(found->layers[0].companions.size() == 2);
}

TEST_CASE("a marker that cannot be read is an error with its name")
{
    auto       sample = support::sound_sample("mxfp8");
    auto       tensors = sample.named();
    const auto marker = std::string(support::sample_layer) + ".comfy_quant";
    for (auto& one : tensors) {
        if (one.name == marker)
            one.tensor.pour = [](const stet::tensor_view&, stet::sink_ref) -> stet::result<void> {
                return stet::error{.code = stet::errc::source_refused};
            };
    }
    const auto found = found_in(tensors);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == stet::errc::source_refused);
    CHECK(found.error().subject() == marker);
}
