// SPDX-License-Identifier: MIT
#include <stet/split/impl/unet_prefix.hpp>

#include <catch2/catch_test_macros.hpp>

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace {

constexpr std::string_view prefix_after(std::initializer_list<std::pair<std::string_view, int>> names)
{
    stet::detail::unet_prefix_count count;
    for (const auto& [name, times] : names) {
        for (int i = 0; i < times; ++i)
            count.add(name);
    }
    return count.prefix();
}

// Five are too few, six are enough.
static_assert(prefix_after({}) == "model.");
static_assert(prefix_after({{"model.diffusion_model.a", 5}}) == "model.");
static_assert(prefix_after({{"model.diffusion_model.a", 6}}) == "model.diffusion_model.");
// Most names win; among equals the order of the list.
static_assert(prefix_after({{"model.diffusion_model.a", 6}, {"net.a", 7}}) == "net.");
static_assert(prefix_after({{"net.a", 6}, {"model.model.a", 6}}) == "model.model.");
static_assert(prefix_after({{"model.model.a", 6}, {"model.diffusion_model.a", 6}}) ==
              "model.diffusion_model.");
// Others do not count, and the dot belongs to the prefix.
static_assert(prefix_after({{"model.a", 9}, {"vae.a", 9}, {"network.a", 9}, {"model.diffusion_modelx", 9}}) ==
              "model.");
// Files that are nothing but the model have none, whatever else is in them; one name of a pair is not enough.
static_assert(prefix_after({{"detector.a", 1}, {"tracker.a", 1}}).empty());
static_assert(prefix_after({{"model.diffusion_model.a", 9}, {"tracker.a", 1}, {"detector.a", 1}}).empty());
static_assert(prefix_after({{"detector.a", 9}}) == "model.");
static_assert(prefix_after({{"tracker.a", 9}, {"detectors.a", 9}}) == "model.");
constexpr std::string_view sensenova_vision =
    "fm_modules.vision_model_mot_gen.embeddings.patch_embedding.weight";
constexpr std::string_view sensenova_language =
    "language_model.model.layers.0.self_attn.q_proj_mot_gen.weight";
static_assert(prefix_after({{sensenova_vision, 1}, {sensenova_language, 1}}).empty());
static_assert(prefix_after({{sensenova_vision, 1}, {"language_model.model.layers.0", 1}}) == "model.");
static_assert(prefix_after({{sensenova_vision, 1}, {"detector.a", 1}}) == "model.");

} // namespace

TEST_CASE("a dict's diffusion model is found by the count of its names")
{
    std::map<std::string, stet::tensor_view> dict;
    for (int i = 0; i < 6; ++i)
        dict.emplace("model.model." + std::to_string(i), stet::tensor_view{});
    CHECK(stet::detail::unet_prefix(dict) == "model.model.");
    dict.erase("model.model.0");
    CHECK(stet::detail::unet_prefix(dict) == "model.");
}
