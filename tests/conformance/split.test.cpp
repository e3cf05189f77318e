// SPDX-License-Identifier: MIT
// What ComfyUI's loader made of recorded checkpoints: components, leftovers, prefixes, values and prediction types.
#include "support/comfy_case.hpp"
#include "support/golden_tensor.hpp"
#include "support/poured.hpp"
#include "support/recorded_cases.hpp"
#include "support/unnamed_family.hpp"

#include <stet/split/impl/split_run.hpp>
#include <stet/split/impl/unet_prefix.hpp>
#include <stet/split/model_type.hpp>
#include <stet/split/split.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using support::golden_dict;
using support::golden_tensor;
using support::json_value;

using names_and_sources = std::vector<std::pair<std::string, std::uint64_t>>;

/// A dict whose tensors show where they come from: each has three rows of its own memory.
struct traced_dict {
    explicit traced_dict(const json_value& names)
    {
        for (const json_value& name : names.items())
            keys.emplace_back(name.text());
        memory.resize(keys.size() * size);
        for (std::size_t i = 0; i < keys.size(); ++i)
            entries.emplace_back(keys[i], *stet::view_of(stet::dtype::u8, {3, 2},
                                                         stet::bytes(memory).subspan(i * size, size)));
    }

    /// The entry a tensor's memory belongs to.
    std::uint64_t source(const stet::tensor_view& tensor) const
    {
        const auto* const at = static_cast<const std::byte*>(tensor.data);
        return static_cast<std::uint64_t>(at - memory.data()) / size;
    }

    static constexpr std::size_t                                size = 6;
    std::vector<std::string>                                    keys{};
    std::vector<std::byte>                                      memory{};
    std::vector<std::pair<std::string_view, stet::tensor_view>> entries{};
};

names_and_sources traced(const stet::split_part& part, const traced_dict& dict, std::string_view prefix = {})
{
    names_and_sources found;
    for (const stet::named_tensor& entry : part)
        found.emplace_back(std::string(prefix) + std::string(entry.name), dict.source(entry.tensor));
    return found;
}

/// Of a component that the loader did not look for: nothing.
names_and_sources recorded(const json_value& component)
{
    names_and_sources expected;
    const auto        keys = component.at("keys").items();
    const auto        sources = component.at("from").items();
    CHECK(keys.size() == sources.size());
    for (std::size_t i = 0; i < keys.size() && i < sources.size(); ++i)
        expected.emplace_back(keys[i].text(), sources[i].integer().value_or(0));
    return expected;
}

std::vector<std::string> strings(const json_value& list)
{
    std::vector<std::string> texts;
    for (const json_value& text : list.items())
        texts.emplace_back(text.text());
    return texts;
}

std::vector<std::string> names_of(const stet::split_part& part)
{
    std::vector<std::string> names;
    for (const stet::named_tensor& entry : part)
        names.emplace_back(entry.name);
    return names;
}

/// Calls `check(family{})` for the family of a case, which knows no name.
template <class Check>
void with_family(const json_value& given, Check check)
{
    support::with_family(given.at("family").text(),
                         [&]<class Family>(Family) { check(support::unnamed<Family>{}); });
}

/// Strict conduct loses nothing: every tensor of the file is in some part, or it refuses where ComfyUI loses one.
template <class Family>
void check_strict(const traced_dict& dict, bool wants_vision, bool is_lossless)
{
    const auto split = stet::split<Family>(dict.entries, {.wants_vision = wants_vision});
    INFO((split ? std::string() : stet::message(split.error())));
    CHECK(static_cast<bool>(split) == is_lossless);
    if (!split) {
        CHECK(split.error().code == stet::errc::name_collision);
        return;
    }
    std::map<std::uint64_t, int> times;
    for (const stet::split_part* part :
         {&split->model, &split->text_encoder, &split->vae, &split->vision_encoder, &split->seconds_start,
          &split->seconds_total, &split->extra, &split->leftover})
    {
        for (const stet::named_tensor& entry : *part)
            ++times[dict.source(entry.tensor)];
    }
    CHECK(times.size() == dict.keys.size());
    for (const auto& [source, count] : times) {
        INFO(dict.keys[source]);
        CHECK((count == 1 || count == 3));
    }
}

/// What the loader of 0.8.0 did not look for a text encoder in, a later one does: there the text encoder's tensors are
/// what 0.8.0 left over, in the order of the file.
template <class Family>
void check_text_and_leftover(const stet::split_checkpoint& split, const traced_dict& dict,
                             const json_value& output)
{
    if (!output.at("clip").is_null() || split.text_encoder.empty()) {
        CHECK(traced(split.text_encoder, dict) == recorded(output.at("clip")));
        CHECK(names_of(split.leftover) == strings(output.at("leftover")));
        return;
    }
    std::multiset<std::string> found;
    for (const auto& [name, source] : traced(split.text_encoder, dict))
        found.insert(dict.keys[source]);
    for (const std::string& name : names_of(split.leftover))
        found.insert(name);
    const std::vector<std::string> expected = strings(output.at("leftover"));
    CHECK(stet::detail::comfyui_reads_text<Family>);
    CHECK(found == std::multiset<std::string>(expected.begin(), expected.end()));
}

void check_case(const json_value& given)
{
    const traced_dict dict(given.at("input"));
    const bool        wants_vision = given.at("vision_wanted").boolean().value_or(false);
    with_family(given, [&]<class Family>(Family) {
        const auto split = stet::split<Family>(
            dict.entries, {.strictness = stet::strictness::as_comfyui, .wants_vision = wants_vision});
        INFO((split ? std::string() : stet::message(split.error())));
        CHECK(split);
        if (!split)
            return;
        const json_value& output = given.at("output");
        CHECK(split->model_prefix == given.at("unet_prefix").text());
        CHECK(traced(split->model, dict) == recorded(output.at("model")));
        CHECK(traced(split->vae, dict) == recorded(output.at("vae")));
        CHECK(traced(split->vision_encoder, dict) == recorded(output.at("clip_vision")));
        check_text_and_leftover<Family>(*split, dict, output);
        names_and_sources conditioners =
            traced(split->seconds_start, dict, "conditioner.conditioners.seconds_start.");
        for (auto& one : traced(split->seconds_total, dict, "conditioner.conditioners.seconds_total."))
            conditioners.push_back(std::move(one));
        CHECK(conditioners == recorded(output.at("extra")));
        CHECK(split->extra.empty());
        check_strict<Family>(dict, wants_vision, split->changes().empty());
    });
}

void check_prefix(const json_value& given)
{
    const traced_dict dict(given.at("input"));
    CHECK(stet::detail::unet_prefix(dict.entries) == given.at("prefix").text());
}

void check_tensors(const stet::split_part& part, const golden_dict& expected)
{
    CHECK(part.size() == expected.size());
    for (std::size_t i = 0; i < expected.size() && i < part.size(); ++i) {
        const golden_tensor&     wanted = expected[i];
        const stet::tensor_view& tensor = part[i].tensor;
        INFO(wanted.name);
        CHECK(part[i].name == wanted.name);
        CHECK(tensor.type == wanted.type);
        std::vector<std::uint64_t> shape;
        for (std::size_t axis = 0; axis < tensor.shape.size(); ++axis)
            shape.push_back(tensor.shape[axis]);
        CHECK(shape == wanted.shape);
        CHECK(support::poured(tensor) ==
              std::string(reinterpret_cast<const char*>(wanted.bytes.data()), wanted.bytes.size()));
    }
}

/// A whole dict after the step under test, as a part.
stet::split_part part_of(const stet::ordered_dict& dict, stet::splitting& work)
{
    stet::split_part part(stet::heap());
    CHECK(part.assign(dict, work.own()));
    return part;
}

void check_values(const json_value& given)
{
    const auto       input = support::parse_golden_dict(given.find("input"));
    const auto       expected = support::parse_golden_dict(given.find("output"));
    stet::change_log log(stet::heap());
    stet::splitting  work(log, stet::strictness::as_comfyui);
    for (const golden_tensor& tensor : input.value()) {
        const auto view = stet::tensor_traits<golden_tensor>::view(tensor);
        REQUIRE(view);
        REQUIRE(work.rest.set({.stem = tensor.name}, *view));
    }
    if (given.at("op").text() == "vision") {
        const auto renamed = stet::detail::rename_vision(work, given.at("prefix").text());
        INFO((renamed ? std::string() : stet::message(renamed.error())));
        CHECK(renamed);
        check_tensors(part_of(work.rest, work), expected.value());
        return;
    }
    with_family(given, [&]<class Family>(Family) {
        stet::ordered_dict text(stet::heap());
        const auto         taken = stet::rules_of<Family>().take_text(work, text);
        INFO((taken ? std::string() : stet::message(taken.error())));
        CHECK(taken);
        check_tensors(part_of(text, work), expected.value());
        CHECK(names_of(part_of(work.rest, work)) == strings(given.at("leftover")));
    });
}

std::optional<double> setting(const json_value& settings, std::string_view name)
{
    const json_value* const found = settings.find(name);
    return found == nullptr ? std::nullopt : found->number();
}

bool same(const std::optional<double>& a, const std::optional<double>& b)
{
    return a.has_value() == b.has_value() && (!a || !(*a < *b || *b < *a));
}

void check_model_type(const json_value& given)
{
    const auto input = support::parse_golden_dict(given.find("input"));
    with_family(given, [&]<class Family>(Family) {
        const auto derived = stet::derive_prediction<Family>(
            input.value(),
            {.prefix = given.at("prefix").text(), .in_channels = given.at("in_channels").integer()});
        INFO((derived ? std::string() : stet::message(derived.error())));
        CHECK((derived && *derived));
        if (!derived || !*derived)
            return;
        const stet::derived_prediction& found = **derived;
        const json_value&               settings = given.at("settings");
        CHECK(found.type == support::model_type_named(given.at("model_type").text()));
        CHECK(found.zero_terminal_snr == (settings.find("zsnr") != nullptr));
        CHECK(same(found.sigma_data, setting(settings, "sigma_data")));
        CHECK(same(found.sigma_max, setting(settings, "sigma_max")));
        CHECK(same(found.sigma_min, setting(settings, "sigma_min")));
    });
}

} // namespace

TEST_CASE("checkpoints are split as ComfyUI's loader splits them")
{
    using support::a_text, support::tensors, support::texts, support::data_shape;
    const auto prefix = data_shape::object({{"id", a_text()}, {"input", texts()}, {"prefix", a_text()}});
    const auto is_value = [](const json_value& value) {
        const bool is_text = value.at("op").text() == "text" && value.at("family").string() != nullptr &&
                             value.at("leftover").elements() != nullptr;
        return is_text || (value.at("op").text() == "vision" && value.at("prefix").string() != nullptr);
    };
    const auto value = data_shape::object({{"id", a_text()}, {"input", tensors()}, {"output", tensors()}});
    const data_shape operation("of op 'text' with family and leftover, or of op 'vision' with prefix",
                               is_value);
    const auto       type = data_shape::object({{"id", a_text()},
                                                {"family", a_text()},
                                                {"in_channels", support::a_count()},
                                                {"prefix", a_text()},
                                                {"input", tensors()},
                                                {"model_type", support::a_model_type()},
                                                {"settings", support::an_object()}});
    const auto       data = support::read_cases("comfy/split.json", {{"cases", support::split_case()},
                                                                     {"unet_prefix", prefix},
                                                                     {"values", operation},
                                                                     {"values", value},
                                                                     {"model_type", type}});
    if (!data)
        return;
    std::size_t count = 0;
    const auto  run = [&](std::string_view array, void (*check)(const json_value&)) {
        for (const json_value& given : data->at(array).items()) {
            INFO(given.at("id").text());
            check(given);
            ++count;
        }
    };
    run("cases", check_case);
    run("unet_prefix", check_prefix);
    run("values", check_values);
    run("model_type", check_model_type);
    support::report_cases("comfy/split", count);
}
