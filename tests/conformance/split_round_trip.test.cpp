// SPDX-License-Identifier: MIT
// Saving and splitting undo each other: what make_plan places, split gives back, for every layout and for the tensor
// lists of well-known models.
#include "support/comfy_case.hpp"
#include "support/json.hpp"
#include "support/manifests.hpp"
#include "support/poured.hpp"
#include "support/recorded_cases.hpp"
#include "support/unnamed_family.hpp"

#include <stet/split/detect_layout.hpp>
#include <stet/split/split.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

/// A tensor of floats, or one without bytes where a list says nothing of them.
struct sample_tensor {
    stet::dtype                type = stet::dtype::f32;
    std::vector<std::uint64_t> shape{};
    std::vector<float>         values{};
};
using sample_dict = std::map<std::string, sample_tensor>;

} // namespace

template <>
struct stet::tensor_traits<sample_tensor> {
    static result<tensor_view> view(const sample_tensor& tensor) noexcept
    {
        if (!tensor.values.empty())
            return view_of(tensor.values, tensor.shape);
        const auto size = byte_count(tensor.type, tensor.shape);
        return size ? result<tensor_view>(
                          tensor_view{.type = tensor.type, .shape = tensor.shape, .size = *size})
                    : result<tensor_view>(size.error());
    }
};

namespace {

/// Adds tensors, no two of them with the same values.
class sampler {
public:
    void add(sample_dict& to, const std::string& name, std::vector<std::uint64_t> shape)
    {
        std::uint64_t count = 1;
        for (const std::uint64_t axis : shape)
            count *= axis;
        sample_tensor tensor{.shape = std::move(shape)};
        for (; count != 0; --count)
            tensor.values.push_back(next_++);
        to.emplace(name, std::move(tensor));
    }

    /// A text encoder of CLIP's make.
    void add_clip(sample_dict& to, const std::string& name, int layers)
    {
        const std::string model = name + ".transformer.text_model.";
        add(to, name + ".logit_scale", {});
        add(to, name + ".transformer.text_projection.weight", {2, 3});
        add(to, model + "embeddings.token_embedding.weight", {4, 2});
        add(to, model + "embeddings.position_embedding.weight", {5, 2});
        add_layers(to, model + "encoder.layers.", layers);
        for (const char* const kind : {"weight", "bias"})
            add(to, model + "final_layer_norm." + kind, {2});
    }

    void add_vision(sample_dict& to, int layers)
    {
        const std::string model = "vision_model.";
        add(to, "visual_projection.weight", {2, 3});
        add(to, model + "embeddings.class_embedding", {2});
        add(to, model + "embeddings.patch_embedding.weight", {2, 3, 1, 1});
        add(to, model + "embeddings.position_embedding.weight", {5, 2});
        add_layers(to, model + "encoder.layers.", layers);
        for (const char* const kind : {"weight", "bias"}) {
            add(to, model + "pre_layrnorm." + kind, {2});
            add(to, model + "post_layernorm." + kind, {2});
        }
    }

private:
    void add_layers(sample_dict& to, const std::string& prefix, int layers)
    {
        for (int layer = 0; layer < layers; ++layer) {
            const std::string name = prefix + std::to_string(layer) + ".";
            for (const char* const part :
                 {"layer_norm1", "layer_norm2", "mlp.fc1", "mlp.fc2", "self_attn.out_proj",
                  "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"})
            {
                add(to, name + part + ".weight", {2, 2});
                add(to, name + part + ".bias", {2});
            }
        }
    }

    float next_ = 0;
};

/// Whether a part is the dict, tensor for tensor; bytes are compared where there are any.
void check_same(const stet::split_part& part, const sample_dict& expected)
{
    CHECK(part.size() == expected.size());
    for (const stet::named_tensor& entry : part) {
        INFO(entry.name);
        const auto found = expected.find(std::string(entry.name));
        REQUIRE(found != expected.end());
        const sample_tensor& wanted = found->second;
        CHECK(entry.tensor.type == wanted.type);
        std::vector<std::uint64_t> shape;
        for (std::size_t axis = 0; axis < entry.tensor.shape.size(); ++axis)
            shape.push_back(entry.tensor.shape[axis]);
        CHECK(shape == wanted.shape);
        if (!wanted.values.empty())
            CHECK(support::poured(entry.tensor) ==
                  support::poured(stet::tensor_traits<sample_tensor>::view(wanted)));
    }
}

struct components {
    sample_dict model{};
    sample_dict text_encoder{};
    sample_dict vae{};
    sample_dict vision_encoder{};

    support::all_parts parts() const
    {
        return {.model = part<stet::role::model>(model),
                .text_encoder = part<stet::role::text_encoder>(text_encoder),
                .vae = part<stet::role::vae>(vae),
                .vision_encoder = part<stet::role::vision_encoder>(vision_encoder),
                .extra = stet::no_entries};
    }

private:
    template <class Role>
    static stet::component<Role> part(const sample_dict& dict)
    {
        return dict.empty() ? stet::component<Role>(stet::no_entries) : stet::component<Role>(dict);
    }
};

/// What a plan puts into the file.
struct planned_file {
    explicit planned_file(const stet::plan& plan)
    {
        for (const stet::record& record : plan.records())
            tensors.emplace(record.name.text(), plan.tensor(record));
    }
    std::map<std::string, stet::tensor_view> tensors{};
};

/// What saving drops or adds by design.
template <class Layout>
sample_dict after_saving(sample_dict text)
{
    constexpr bool is_sd1 = std::derived_from<Layout, stet::layouts::sd1>;
    constexpr bool is_sdxl = std::derived_from<Layout, stet::layouts::sdxl>;
    if (is_sd1 || is_sdxl) {
        text.erase("clip_l.logit_scale");
        text.erase("clip_l.transformer.text_projection.weight");
    }
    if (is_sdxl)
        text["clip_l.transformer.text_model.embeddings.position_ids"] = {.type = stet::dtype::i64,
                                                                         .shape = {1, 77}};
    return text;
}

template <class Layout>
void check_round_trip(const components& given)
{
    const auto plan = stet::make_plan(given.parts(), Layout{}, {.empty = stet::empty_components::allow});
    INFO((plan ? std::string() : stet::message(plan.error())));
    REQUIRE(plan);
    const planned_file file(*plan);
    const auto         split = stet::split<Layout>(file.tensors);
    INFO((split ? std::string() : stet::message(split.error())));
    REQUIRE(split);
    check_same(split->model, given.model);
    check_same(split->vae, given.vae);
    check_same(split->vision_encoder, given.vision_encoder);
    check_same(split->text_encoder,
               given.text_encoder.empty() ? sample_dict() : after_saving<Layout>(given.text_encoder));
    CHECK(split->leftover.empty());
    for (const stet::named_tensor& marker : split->extra)
        CHECK((marker.name == "v_pred" || marker.name.starts_with("edm_vpred.")));
}

template <class Layout>
components sample_components()
{
    components given;
    sampler    samples;
    for (int i = 0; i < 8; ++i)
        samples.add(given.model, "blocks." + std::to_string(i) + ".attn.in_proj_weight", {3, 2});
    samples.add(given.vae, "decoder.conv_in.weight", {2, 1, 3, 3});
    samples.add(given.vae, "encoder.conv_in.weight", {2, 1, 3, 3});
    if constexpr (stet::detail::has_text_rule<Layout>) {
        using rule = stet::detail::text_rule_of<Layout>;
        if constexpr (std::same_as<rule, stet::text_rules::sd2>)
            samples.add_clip(given.text_encoder, "clip_h", 2);
        if constexpr (std::same_as<rule, stet::text_rules::sdxl> ||
                      std::same_as<rule, stet::text_rules::sdxl_refiner>)
            samples.add_clip(given.text_encoder, "clip_g", 34); // more layers than ComfyUI turns back
        if constexpr (std::same_as<rule, stet::text_rules::sdxl> || std::same_as<rule, stet::text_rules::sd1>)
            samples.add_clip(given.text_encoder, "clip_l", 2);
    } else {
        samples.add_clip(given.text_encoder, "clip_l", 1);
        samples.add(given.text_encoder, "t5xxl.transformer.shared.weight", {3, 2});
        samples.add(given.text_encoder, "spiece_model", {7});
    }
    samples.add_vision(given.vision_encoder, 3);
    return given;
}

sample_dict listed(const support::json_value& list)
{
    sample_dict dict;
    for (const auto& [name, type, shape] : support::parse_list(list))
        dict.emplace(name, sample_tensor{.type = type, .shape = shape, .values = {}});
    return dict;
}

} // namespace

TEST_CASE("a checkpoint of every layout splits into the components it was made of")
{
    std::size_t count = 0;
    const auto  check = [&]<class Layout>(Layout) {
        INFO("layout " << count);
        const components given = sample_components<Layout>();
        check_round_trip<support::as_nodes_use<Layout>>(given);
        if constexpr (stet::places<Layout, stet::role::vision_encoder>) {
            if constexpr (stet::layout_for<stet::with_openclip_vision<Layout>, support::all_parts>)
                check_round_trip<stet::with_openclip_vision<Layout>>(given);
        }
        ++count;
    };
    stet::layout_candidates all;
    for (std::size_t i = 0; i < stet::detail::known_layout_count; ++i)
        all.add(static_cast<stet::known_layout>(i));
    all.each(check);
    CHECK(count == stet::detail::known_layout_count);
}

TEST_CASE("Stable Audio's conditioners come back by their roles")
{
    using layout = stet::families::stable_audio;
    components  given = sample_components<layout>();
    sampler     samples;
    sample_dict start;
    sample_dict total;
    samples.add(start, "embedder.embedding.0.weights", {4});
    samples.add(total, "embedder.embedding.1.weight", {2, 3});
    const stet::stable_audio checkpoint{.model = given.model,
                                        .text_encoder = given.text_encoder,
                                        .vae = given.vae,
                                        .seconds_start = start,
                                        .seconds_total = total};
    const auto               plan = stet::make_plan(checkpoint, layout{});
    REQUIRE(plan);
    const planned_file file(*plan);
    const auto         split = stet::split<layout>(file.tensors);
    REQUIRE(split);
    check_same(split->seconds_start, start);
    check_same(split->seconds_total, total);
    CHECK(split->extra.size() == 2);
    CHECK(split->leftover.empty());
}

TEST_CASE("checkpoints of well-known models split into the components they were made of")
{
    const std::size_t count = support::each_manifest([](const support::json_value& manifest) {
        const support::json_value& parts = manifest.at("components");
        const components           given{.model = listed(parts.at("model")),
                                         .text_encoder = listed(parts.at("clip")),
                                         .vae = listed(parts.at("vae")),
                                         .vision_encoder = listed(parts.at("clip_vision"))};
        support::with_family(manifest.at("family").text(), [&]<class Family>(Family) {
            check_round_trip<support::as_nodes_use<support::unnamed<Family>>>(given);
        });
    });
    if (count != 0)
        support::report_cases("manifests/split", count);
}
