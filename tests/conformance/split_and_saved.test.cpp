// SPDX-License-Identifier: MIT
// ComfyUI's own files, read, split by their family's layout and saved by the same layout, are the same files again.
#include "support/comfy_case.hpp"
#include "support/poured.hpp"
#include "support/recorded_cases.hpp"
#include "support/sha256.hpp"
#include "support/text_bytes.hpp"
#include "support/unnamed_family.hpp"

#include <stet/read.hpp>
#include <stet/split/split.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using support::golden_tensor;
using support::json_value;

using described = std::map<std::string, std::string>;

/// What is compared of a tensor: dtype, shape, and a hash of its bytes.
std::string line(stet::dtype type, const std::vector<std::uint64_t>& shape, const std::string& digest)
{
    std::string text(name(type));
    for (const std::uint64_t axis : shape)
        text += ' ' + std::to_string(axis);
    return text + ": " + digest;
}

described content(const stet::checkpoint_view& file)
{
    described tensors;
    for (const auto [name, tensor] : file) {
        std::vector<std::uint64_t> shape;
        for (std::size_t axis = 0; axis < tensor.shape.size(); ++axis)
            shape.push_back(tensor.shape[axis]);
        tensors.emplace(name, line(tensor.type, shape, support::sha256(support::poured(tensor))));
    }
    return tensors;
}

template <class Role>
stet::component<Role> part(const stet::split_part& tensors)
{
    return tensors.empty() ? stet::component<Role>(stet::no_entries) : stet::component<Role>(tensors);
}

/// What belongs to no component, under the names in the file.
using rest = std::vector<std::pair<std::string, stet::tensor_view>>;

rest rest_of(const stet::split_checkpoint& split)
{
    rest       all;
    const auto add = [&all](const stet::split_part& tensors, const std::string& prefix) {
        for (const stet::named_tensor& entry : tensors)
            all.emplace_back(prefix + std::string(entry.name), entry.tensor);
    };
    add(split.extra, "");
    add(split.leftover, "");
    add(split.seconds_start, "conditioner.conditioners.seconds_start.");
    add(split.seconds_total, "conditioner.conditioners.seconds_total.");
    return all;
}

/// Little-endian, as every file has it.
float number(stet::bytes data)
{
    std::uint32_t word = 0;
    for (std::size_t i = data.size(); i-- > 0;)
        word = word << 8U | std::to_integer<std::uint32_t>(data[i]);
    return std::bit_cast<float>(word);
}

std::optional<float> scalar(const stet::split_part& tensors, std::string_view name)
{
    for (const stet::named_tensor& entry : tensors) {
        if (entry.name == name && entry.tensor.type == stet::dtype::f32 && entry.tensor.size == sizeof(float))
            return number(entry.tensor.packed());
    }
    return std::nullopt;
}

/// What the marker tensors of the file say; the ones that a save writes by itself leave `others`. A family of another
/// type does not write `v_pred`.
template <class Layout>
stet::prediction told_by(const stet::split_part& markers, rest& others)
{
    const auto is_there = [&](std::string_view name) {
        return std::any_of(others.begin(), others.end(),
                           [name](const auto& entry) { return entry.first == name; });
    };
    const auto drop = [&](std::string_view name) {
        std::erase_if(others, [name](const auto& entry) { return entry.first == name; });
    };
    stet::prediction told;
    if (is_there("v_pred") &&
        (!Layout::type.is_fixed || Layout::type.usual == stet::model_type::v_prediction))
    {
        told.type = stet::model_type::v_prediction;
        told.zero_terminal_snr = is_there("ztsnr");
        drop("v_pred");
        drop("ztsnr");
    }
    const auto largest = scalar(markers, "edm_vpred.sigma_max");
    const auto smallest = scalar(markers, "edm_vpred.sigma_min");
    if (largest && smallest) {
        told.sigmas = {.largest = *largest, .smallest = *smallest};
        drop("edm_vpred.sigma_max");
        drop("edm_vpred.sigma_min");
    }
    return told;
}

/// A family of one type is saved as that; who else has sigmas is of the type they are usual for.
template <class Layout>
stet::prediction consistent_with(stet::prediction told)
{
    if (Layout::type.is_fixed)
        told.type = Layout::type.usual;
    else if (told.sigmas && told.type == stet::model_type::eps)
        told.type = stet::model_type::v_prediction_edm;
    return told;
}

/// Whether strict conduct would add sigmas that the file does not have: a user's patch of the sampling took them away.
template <class Layout>
bool lacks_sigmas(const stet::prediction& told)
{
    return Layout::type.is_fixed && stet::detail::has_sigmas(Layout::type.usual) && !told.sigmas;
}

template <class Layout>
stet::result<std::string> split_and_saved(const stet::checkpoint_view& file)
{
    const auto split = stet::split<Layout>(file);
    if (!split)
        return split.error();
    rest                     others = rest_of(*split);
    const stet::prediction   told = told_by<Layout>(split->extra, others);
    const support::all_parts again{.model = part<stet::role::model>(split->model),
                                   .text_encoder = part<stet::role::text_encoder>(split->text_encoder),
                                   .vae = part<stet::role::vae>(split->vae),
                                   .vision_encoder = part<stet::role::vision_encoder>(split->vision_encoder),
                                   .extra = others};
    const auto               save_as = [&](const stet::prediction& predicts, stet::strictness how) {
        std::string       saved;
        stet::append_sink out(saved);
        const auto done = stet::save(again, Layout{}, out, {.prediction = predicts, .strictness = how});
        return done ? stet::result<std::string>(std::move(saved)) : stet::result<std::string>(done.error());
    };
    if (!lacks_sigmas<Layout>(told)) {
        auto strictly = save_as(consistent_with<Layout>(told), stet::strictness::strict);
        if (strictly || strictly.error().code != stet::errc::contradictory_prediction)
            return strictly;
    }
    // Markers that contradict the family, of a sampling object that a user has replaced, are saved as ComfyUI does.
    return save_as(told, stet::strictness::as_comfyui);
}

struct same_names {
    static stet::placed_name place(stet::role::model, std::string_view key) noexcept { return {.stem = key}; }
};

std::string file_of(const support::golden_dict& tensors)
{
    std::string       file;
    stet::append_sink out(file);
    const auto        saved = stet::save(stet::model_only{.model = tensors}, same_names{}, out,
                                         {.empty = stet::empty_components::allow});
    INFO((saved ? std::string() : stet::message(saved.error())));
    CHECK(saved);
    return file;
}

/// Whether a vision encoder lies under the prefix with the names its makers gave it.
bool has_openclip_names(const stet::checkpoint_view& file, std::string_view prefix)
{
    const std::string beginning = std::string(prefix) + "transformer.resblocks.";
    return std::any_of(file.header().begin(), file.header().end(),
                       [&](const stet::stored_tensor& tensor) { return tensor.name.starts_with(beginning); });
}

template <class Family>
stet::result<std::string> saved_by_family(const stet::checkpoint_view& file)
{
    using as_given = support::as_nodes_use<Family>;
    if constexpr (stet::places<Family, stet::role::vision_encoder>) {
        if (has_openclip_names(file, Family::place(stet::role::vision_encoder{}, "").prefix))
            return split_and_saved<stet::with_openclip_vision<Family>>(file);
    }
    return split_and_saved<as_given>(file);
}

template <class Family>
stet::result<stet::plan> planned_as_comfyui(const support::all_parts& parts)
{
    return stet::make_plan(parts, support::as_nodes_use<Family>{}, stet::plan_options::as_comfyui());
}

/// What depends on the family, so that the rest is compiled once.
struct family_calls {
    stet::result<std::string> (*saved)(const stet::checkpoint_view& file);
    stet::result<stet::plan> (*planned)(const support::all_parts& parts);
};

/// may_differ: names that ComfyUI itself does not give back, and the ones it gives instead
void check_file(const family_calls& family, const std::string& file,
                const std::set<std::string>& may_differ = {})
{
    const auto read = stet::read_checkpoint(support::as_bytes(file));
    const auto saved = read ? family.saved(*read) : stet::result<std::string>(read.error());
    INFO((saved ? std::string() : stet::message(saved.error())));
    CHECK(saved);
    if (!saved)
        return;
    const auto again = stet::read_checkpoint(support::as_bytes(*saved));
    CHECK(again);
    if (!again)
        return;
    described before = content(*read);
    described after = content(*again);
    for (const std::string& name : may_differ) {
        before.erase(name);
        after.erase(name);
    }
    CHECK(before == after);
}

/// The tensors that a save adds by itself, as ComfyUI writes them; of other names, one whose bytes tell its index.
golden_tensor tensor_named(std::string_view name, std::size_t index)
{
    golden_tensor tensor{.name = std::string(name), .type = stet::dtype::f32};
    if (name.ends_with(".position_ids")) {
        tensor.type = stet::dtype::i64;
        tensor.shape = {1, 77};
        for (std::size_t i = 0; i < std::size_t{77} * 8; ++i)
            tensor.bytes.push_back(static_cast<std::byte>(i % 8 == 0 ? i / 8 : 0));
    } else if (name == "v_pred" || name == "ztsnr") {
        tensor.shape = {0};
    } else if (name.starts_with("edm_vpred.")) {
        tensor.bytes.assign({std::byte{0}, std::byte{0}, std::byte{0x80}, std::byte{0x3F}});
    } else {
        tensor.shape = {6, 2}; // two axes and rows that divide by three, so that every rule can be applied
        for (std::size_t i = 0; i < 24; ++i)
            tensor.bytes.push_back(static_cast<std::byte>(i % 2 == 0 ? index : index >> 8U));
        for (std::size_t i = 0; i < 24; ++i)
            tensor.bytes.push_back(static_cast<std::byte>(i));
    }
    return tensor;
}

support::golden_dict tensors_named(std::span<const json_value> names)
{
    support::golden_dict dict;
    for (const json_value& name : names)
        dict.push_back(tensor_named(name.text(), dict.size()));
    return dict;
}

/// Calls `check` with each case and its family's calls; returns how many there were.
template <class Check>
std::size_t each_case(const json_value& data, Check check)
{
    std::size_t count = 0;
    for (const json_value& given : data.at("cases").items()) {
        INFO(given.at("id").text());
        support::with_family(given.at("family").text(), [&]<class Family>(Family) {
            using unnamed = support::unnamed<Family>;
            check(given,
                  family_calls{.saved = saved_by_family<unnamed>, .planned = planned_as_comfyui<unnamed>});
        });
        ++count;
    }
    return count;
}

/// Whether ComfyUI's loader gives two tensors of a recorded checkpoint one name, so that one of them is gone.
bool loses_tensors(const json_value& given)
{
    const json_value&       output = given.at("output");
    std::set<std::uint64_t> sources;
    for (const char* const part : {"model", "clip", "vae", "clip_vision", "extra"}) {
        for (const json_value& source : output.at(part).at("from").items())
            sources.insert(source.integer().value_or(0));
    }
    return sources.size() + output.at("leftover").items().size() < given.at("input").items().size();
}

/// What ComfyUI's own loader and saver together would make of a recorded checkpoint's names.
std::set<std::string> names_from_comfyui(const family_calls& family, const json_value& output)
{
    const auto component = [&](std::string_view name) {
        const auto& keys = output.at(name).at("keys");
        return keys.items().empty() ? std::optional<support::golden_dict>() : tensors_named(keys.items());
    };
    const support::case_dicts dicts{.model = component("model"),
                                    .text_encoder = component("clip"),
                                    .vae = component("vae"),
                                    .vision_encoder = component("clip_vision"),
                                    .extra = component("extra")};
    const auto                plan = family.planned(dicts.parts());
    INFO((plan ? std::string() : stet::message(plan.error())));
    CHECK(plan);
    std::set<std::string> names;
    if (!plan)
        return names;
    for (const stet::record& record : plan->records())
        names.insert(record.name.text());
    return names;
}

} // namespace

TEST_CASE("files that ComfyUI's nodes saved are the same after they were split and saved")
{
    const auto data = support::read_cases("comfy/checkpoints.json", {{"cases", support::checkpoint_case()}});
    if (!data)
        return;
    std::size_t       refused = 0;
    const std::size_t count = each_case(*data, [&](const json_value& given, const family_calls& family) {
        auto tensors = support::parse_golden_dict(given.at("output").find("tensors"));
        if (!tensors) { // ComfyUI wrote nothing
            ++refused;
            return;
        }
        for (golden_tensor& tensor : *tensors) {
            if (tensor.sha256.empty())
                continue;
            // Of a large tensor only the hash is recorded: the ids are known, other bytes are as good as any.
            const golden_tensor ids = tensor_named(".position_ids", 0);
            if (tensor.name.ends_with(".position_ids") && tensor.shape == ids.shape) {
                tensor.bytes = ids.bytes;
                CHECK(support::sha256({reinterpret_cast<const char*>(tensor.bytes.data()),
                                       tensor.bytes.size()}) == tensor.sha256);
            } else {
                const auto size = stet::byte_count(tensor.type, tensor.shape);
                CHECK(size);
                tensor.bytes.resize(size ? *size : 0, std::byte{'s'});
            }
        }
        check_file(family, file_of(*tensors));
    });
    std::printf("comfy/checkpoints: ComfyUI wrote no file in %zu cases\n", refused);
    support::report_cases("comfy/checkpoints, split and saved", count);
}

TEST_CASE("names that ComfyUI's nodes gave come back from split and save")
{
    const auto data = support::read_cases("comfy/layouts.json", {{"cases", support::layout_case()}});
    if (!data)
        return;
    const std::size_t count = each_case(*data, [](const json_value& given, const family_calls& family) {
        check_file(family, file_of(tensors_named(given.at("output").items())));
    });
    support::report_cases("comfy/layouts, split and saved", count);
}

TEST_CASE("files that ComfyUI's loader split come back, but for names it does not keep itself")
{
    const auto data = support::read_cases("comfy/split.json", {{"cases", support::split_case()}});
    if (!data)
        return;
    std::size_t       kept = 0;
    std::size_t       all = 0;
    std::size_t       refused = 0;
    const std::size_t count = each_case(*data, [&](const json_value& given, const family_calls& family) {
        const auto        input = given.at("input").items();
        const std::string file = file_of(tensors_named(input));
        if (loses_tensors(given)) {
            const auto read = stet::read_checkpoint(support::as_bytes(file));
            const auto saved = read ? family.saved(*read) : stet::result<std::string>(read.error());
            CHECK((saved ? "saved" : stet::name(saved.error().code)) == "name_collision");
            ++refused;
            return;
        }
        std::set<std::string> may_differ;
        const auto            from_comfyui = names_from_comfyui(family, given.at("output"));
        std::set<std::string> given_names;
        for (const json_value& name : input)
            given_names.emplace(name.text());
        // What ComfyUI leaves over is not renamed, so there is no reason for it to differ.
        for (const json_value& name : given.at("output").at("leftover").items())
            given_names.erase(std::string(name.text()));
        std::set_symmetric_difference(given_names.begin(), given_names.end(), from_comfyui.begin(),
                                      from_comfyui.end(), std::inserter(may_differ, may_differ.end()));
        check_file(family, file, may_differ);
        all += input.size();
        kept +=
            static_cast<std::size_t>(std::count_if(input.begin(), input.end(), [&](const json_value& name) {
                return !may_differ.contains(std::string(name.text()));
            }));
    });
    std::printf("comfy/split: %zu of %zu names come back, %zu files are refused as ComfyUI loses a tensor\n",
                kept, all, refused);
    support::report_cases("comfy/split, split and saved", count);
}
