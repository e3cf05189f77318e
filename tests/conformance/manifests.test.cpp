// SPDX-License-Identifier: MIT
// Tensor lists of well-known models before and after ComfyUI saved them: the plan must agree.
#include <stet/stet.hpp>

#include "support/json.hpp"
#include "support/test_data.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace {

/// What a manifest says of a tensor. Planning looks at nothing else, so there are no bytes behind it.
struct listed_tensor {
    std::string                name;
    stet::dtype                type = stet::dtype::u8;
    std::vector<std::uint64_t> shape{};

    friend bool operator<(const listed_tensor& a, const listed_tensor& b) noexcept
    {
        return std::tie(a.name, a.type, a.shape) < std::tie(b.name, b.type, b.shape);
    }
};
using tensor_list = std::vector<listed_tensor>;

} // namespace

template <>
struct stet::entry_traits<listed_tensor> {
    static constexpr std::string_view     name(const listed_tensor& entry) noexcept { return entry.name; }
    static constexpr const listed_tensor& tensor(const listed_tensor& entry) noexcept { return entry; }
};

template <>
struct stet::tensor_traits<listed_tensor> {
    static result<tensor_view> view(const listed_tensor& tensor) noexcept
    {
        return produced_view(tensor.type, tensor.shape, tensor,
                             [](const listed_tensor&, sink_ref) -> result<void> { return {}; });
    }
};

namespace {

struct manifest {
    std::string layout;
    std::string node;
    tensor_list model;
    tensor_list text_encoder;
    tensor_list vision_encoder;
    tensor_list vae;
    tensor_list saved;
};

/// The part of a checkpoint that only gets prefixes whatever the family.
struct model_and_vae {
    stet::component<stet::role::model> model;
    stet::component<stet::role::vae>   vae;

    static constexpr auto fields = std::tuple{&model_and_vae::model, &model_and_vae::vae};
};

std::optional<tensor_list> parse_list(const support::json_value* from)
{
    if (from == nullptr || from->elements() == nullptr)
        return std::nullopt;
    tensor_list list;
    for (const support::json_value& entry : *from->elements()) {
        const auto* const fields = entry.elements();
        if (fields == nullptr || fields->size() != 3 || (*fields)[0].string() == nullptr ||
            (*fields)[1].string() == nullptr || (*fields)[2].elements() == nullptr)
            return std::nullopt;
        const auto type = stet::dtype_named(*(*fields)[1].string());
        if (!type)
            return std::nullopt;
        listed_tensor tensor{.name = *(*fields)[0].string(), .type = *type};
        for (const support::json_value& axis : *(*fields)[2].elements()) {
            if (!axis.integer())
                return std::nullopt;
            tensor.shape.push_back(*axis.integer());
        }
        list.push_back(std::move(tensor));
    }
    return list;
}

std::optional<manifest> parse_manifest(std::string_view text)
{
    const auto root = support::parse_json(text);
    if (!root)
        return std::nullopt;
    const auto* const layout = root->find("layout");
    const auto* const node = root->find("node");
    const auto* const components = root->find("components");
    auto              saved = parse_list(root->find("saved"));
    if (layout == nullptr || layout->string() == nullptr || node == nullptr || node->string() == nullptr ||
        components == nullptr || components->members() == nullptr || !saved)
        return std::nullopt;

    manifest parsed{.layout = *layout->string(),
                    .node = *node->string(),
                    .model = {},
                    .text_encoder = {},
                    .vision_encoder = {},
                    .vae = {},
                    .saved = *std::move(saved)};
    for (const support::json_member& component : *components->members()) {
        auto list = parse_list(&component.value);
        if (!list)
            return std::nullopt;
        if (component.key == "model")
            parsed.model = *std::move(list);
        else if (component.key == "clip")
            parsed.text_encoder = *std::move(list);
        else if (component.key == "clip_vision")
            parsed.vision_encoder = *std::move(list);
        else if (component.key == "vae")
            parsed.vae = *std::move(list);
        else
            return std::nullopt;
    }
    return parsed;
}

/// What ComfyUI adds to a file beside the components' tensors.
tensor_list markers(const tensor_list& saved)
{
    tensor_list found;
    for (const listed_tensor& tensor : saved) {
        if (tensor.name == "v_pred" || tensor.name == "ztsnr" || tensor.name == "edm_vpred.sigma_max" ||
            tensor.name == "edm_vpred.sigma_min")
            found.push_back(tensor);
    }
    return found;
}

tensor_list sorted(tensor_list list)
{
    std::sort(list.begin(), list.end());
    return list;
}

/// Calls with the layout of that name; false when there is none.
template <class Use>
bool with_layout(std::string_view name, const Use& use)
{
    namespace layouts = stet::layouts;
    const auto is = [&](std::string_view known, const auto& layout) {
        if (name == known)
            use(layout);
        return name == known;
    };
    return is("sd1", layouts::sd1{}) || is("generic", layouts::generic{}) ||
           is("base_default", layouts::base_default{}) || is("sd3", layouts::sd3{}) ||
           is("hunyuan_video", layouts::hunyuan_video{}) || is("stable_audio", layouts::stable_audio{}) ||
           is("cascade_b", layouts::cascade_b{}) || is("cascade_c", layouts::cascade_c{}) ||
           is("svd", layouts::svd{}) || is("sv3d", layouts::sv3d{}) || is("zero123", layouts::zero123{}) ||
           is("hunyuan3d", layouts::hunyuan3d{});
}

/// Layouts whose text encoders take more than a prefix.
bool rearranges_text(std::string_view layout)
{
    return layout == "sd2" || layout == "sd2_unclip" || layout == "sdxl" || layout == "sdxl_refiner";
}

template <class Kind, class Layout>
void check_plan(const Kind& checkpoint, const Layout& layout, const tensor_list& expected)
{
    const auto plan = stet::make_plan(checkpoint, layout);
    INFO((plan ? std::string() : stet::message(plan.error())));
    REQUIRE(plan);

    tensor_list   placed;
    std::uint64_t size = 0;
    for (const stet::record& record : plan->records()) {
        const auto shape = plan->shape(record);
        placed.push_back(
            {.name = record.name.text(), .type = record.type, .shape = {shape.begin(), shape.end()}});
        size += record.size;
    }
    CHECK(plan->data_size() == size);
    placed = sorted(std::move(placed));

    tensor_list missing;
    tensor_list unexpected;
    const auto  wanted = sorted(expected);
    std::set_difference(wanted.begin(), wanted.end(), placed.begin(), placed.end(),
                        std::back_inserter(missing));
    std::set_difference(placed.begin(), placed.end(), wanted.begin(), wanted.end(),
                        std::back_inserter(unexpected));
    INFO("first missing: " << (missing.empty() ? std::string() : missing[0].name) << ", first unexpected: "
                           << (unexpected.empty() ? std::string() : unexpected[0].name));
    CHECK(missing.empty());
    CHECK(unexpected.empty());
    CHECK(placed.size() == expected.size());
}

void check_model_and_vae(const manifest& given)
{
    tensor_list expected;
    std::copy_if(given.saved.begin(), given.saved.end(), std::back_inserter(expected),
                 [](const listed_tensor& tensor) {
                     return tensor.name.starts_with("model.diffusion_model.") ||
                            tensor.name.starts_with("first_stage_model.");
                 });
    CHECK(expected.size() == given.model.size() + given.vae.size());
    check_plan(model_and_vae{.model = given.model, .vae = given.vae}, stet::layouts::base_default{},
               expected);
}

void check_full(const manifest& given)
{
    const tensor_list extra = markers(given.saved);
    const stet::full  checkpoint{
         .model = given.model, .text_encoder = given.text_encoder, .vae = given.vae, .extra = extra};
    CHECK(
        with_layout(given.layout, [&](const auto& layout) { check_plan(checkpoint, layout, given.saved); }));
}

void check_image_only(const manifest& given)
{
    const tensor_list      extra = markers(given.saved);
    const stet::image_only checkpoint{
        .model = given.model, .vision_encoder = given.vision_encoder, .vae = given.vae, .extra = extra};
    bool       has_vision = false;
    const bool known = with_layout(given.layout, [&]<class Layout>(const Layout& layout) {
        if constexpr (stet::layout_for<Layout, stet::image_only>) {
            has_vision = true;
            check_plan(checkpoint, layout, given.saved);
        }
    });
    CHECK(known);
    CHECK(has_vision);
}

} // namespace

TEST_CASE("well-known models are placed as ComfyUI places them")
{
    if (!support::found_test_data("manifests"))
        return;
    std::size_t count = 0;
    for (const auto& path : support::files_in(support::test_data("manifests"), ".json")) {
        INFO(path.filename().string());
        const auto text = support::file_content(path);
        REQUIRE(text);
        const auto given = parse_manifest(*text);
        REQUIRE(given);
        ++count;
        if (rearranges_text(given->layout))
            check_model_and_vae(*given);
        else if (given->node == "CheckpointSave")
            check_full(*given);
        else if (given->node == "ImageOnlyCheckpointSave")
            check_image_only(*given);
        else
            FAIL_CHECK("unknown node " << given->node);
    }
    support::report_cases("manifests", count);
}
