// SPDX-License-Identifier: MIT
// What ComfyUI's loader made of recorded checkpoints: components, leftovers, prefixes, values and prediction types.
#include "support/comfy_case.hpp"
#include "support/golden_tensor.hpp"
#include "support/poured.hpp"
#include "support/test_data.hpp"
#include "support/unnamed_family.hpp"

#include <stet/split/model_type.hpp>
#include <stet/split/split.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
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
        for (const json_value& name : *names.elements())
            keys.push_back(*name.string());
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

names_and_sources traced(const stet::detail::split_part& part, const traced_dict& dict,
                         std::string_view prefix = {})
{
    names_and_sources found;
    for (const stet::detail::named_tensor& entry : part)
        found.emplace_back(std::string(prefix) + std::string(entry.name), dict.source(entry.tensor));
    return found;
}

names_and_sources recorded(const json_value* component)
{
    names_and_sources expected;
    if (component == nullptr || component->find("keys") == nullptr)
        return expected;
    const auto& keys = *component->find("keys")->elements();
    const auto& sources = *component->find("from")->elements();
    for (std::size_t i = 0; i < keys.size(); ++i)
        expected.emplace_back(*keys[i].string(), *sources[i].integer());
    return expected;
}

std::vector<std::string> strings(const json_value* list)
{
    std::vector<std::string> texts;
    for (const json_value& text : *list->elements())
        texts.push_back(*text.string());
    return texts;
}

std::vector<std::string> names_of(const stet::detail::split_part& part)
{
    std::vector<std::string> names;
    for (const stet::detail::named_tensor& entry : part)
        names.emplace_back(entry.name);
    return names;
}

/// Calls `check(family{})` for the family of a case, which knows no name.
template <class Check>
void with_family(const json_value& given, Check check)
{
    const std::string* const name = given.find("family")->string();
    REQUIRE(name != nullptr);
    CHECK(stet::visit_family(*name, [&]<class Family>(Family) { check(support::unnamed<Family>{}); }));
}

/// Strict conduct loses nothing: every tensor of the file is in some part, or it refuses where ComfyUI loses one.
template <class Family>
void check_strict(const traced_dict& dict, bool wants_vision, bool is_lossless)
{
    const auto split = stet::split<Family>(dict.entries, {.wants_vision = wants_vision});
    INFO((split ? std::string() : stet::message(split.error())));
    REQUIRE(static_cast<bool>(split) == is_lossless);
    if (!split) {
        CHECK(split.error().code == stet::errc::name_collision);
        return;
    }
    std::map<std::uint64_t, int> times;
    for (const stet::detail::split_part* part :
         {&split->model, &split->text_encoder, &split->vae, &split->vision_encoder, &split->seconds_start,
          &split->seconds_total, &split->extra, &split->leftover})
    {
        for (const stet::detail::named_tensor& entry : *part)
            ++times[dict.source(entry.tensor)];
    }
    CHECK(times.size() == dict.keys.size());
    for (const auto& [source, count] : times) {
        INFO(dict.keys[source]);
        CHECK((count == 1 || count == 3));
    }
}

void check_case(const json_value& given)
{
    const traced_dict dict(*given.find("input"));
    const bool        wants_vision = given.find("vision_wanted")->boolean().value_or(false);
    with_family(given, [&]<class Family>(Family) {
        const auto split = stet::split<Family>(
            dict.entries, {.strictness = stet::strictness::as_comfyui, .wants_vision = wants_vision});
        INFO((split ? std::string() : stet::message(split.error())));
        REQUIRE(split);
        const json_value& output = *given.find("output");
        CHECK(split->model_prefix == *given.find("unet_prefix")->string());
        CHECK(traced(split->model, dict) == recorded(output.find("model")));
        CHECK(traced(split->text_encoder, dict) == recorded(output.find("clip")));
        CHECK(traced(split->vae, dict) == recorded(output.find("vae")));
        CHECK(traced(split->vision_encoder, dict) == recorded(output.find("clip_vision")));
        names_and_sources conditioners =
            traced(split->seconds_start, dict, "conditioner.conditioners.seconds_start.");
        for (auto& one : traced(split->seconds_total, dict, "conditioner.conditioners.seconds_total."))
            conditioners.push_back(std::move(one));
        CHECK(conditioners == recorded(output.find("extra")));
        CHECK(names_of(split->leftover) == strings(output.find("leftover")));
        CHECK(split->extra.empty());
        check_strict<Family>(dict, wants_vision, split->changes().empty());
    });
}

void check_prefix(const json_value& given)
{
    const traced_dict dict(*given.find("input"));
    CHECK(stet::detail::unet_prefix(dict.entries) == *given.find("prefix")->string());
}

void check_tensors(const stet::detail::split_part& part, const golden_dict& expected)
{
    REQUIRE(part.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
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
stet::detail::split_part part_of(const stet::detail::ordered_dict& dict, stet::detail::splitting& work)
{
    stet::detail::split_part part(stet::heap());
    CHECK(part.assign(dict, work.own()));
    return part;
}

void check_values(const json_value& given)
{
    const auto input = support::parse_golden_dict(given.find("input"));
    REQUIRE(input);
    const auto expected = support::parse_golden_dict(given.find("output"));
    REQUIRE(expected);
    stet::change_log        log(stet::heap());
    stet::detail::splitting work(log, stet::strictness::as_comfyui);
    for (const golden_tensor& tensor : *input) {
        const auto view = stet::tensor_traits<golden_tensor>::view(tensor);
        REQUIRE(view);
        REQUIRE(work.rest.set({.stem = tensor.name}, *view));
    }
    if (*given.find("op")->string() == "vision") {
        const auto renamed = stet::rename_vision(work, *given.find("prefix")->string());
        INFO((renamed ? std::string() : stet::message(renamed.error())));
        REQUIRE(renamed);
        check_tensors(part_of(work.rest, work), *expected);
        return;
    }
    with_family(given, [&]<class Family>(Family) {
        stet::detail::ordered_dict text(stet::heap());
        const auto                 taken = stet::detail::rules_of<Family>().take_text(work, text);
        INFO((taken ? std::string() : stet::message(taken.error())));
        REQUIRE(taken);
        check_tensors(part_of(text, work), *expected);
        CHECK(names_of(part_of(work.rest, work)) == strings(given.find("leftover")));
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
    REQUIRE(input);
    with_family(given, [&]<class Family>(Family) {
        const auto derived =
            stet::derive_prediction<Family>(*input, {.prefix = *given.find("prefix")->string(),
                                                     .in_channels = given.find("in_channels")->integer()});
        INFO((derived ? std::string() : stet::message(derived.error())));
        REQUIRE(derived);
        REQUIRE(*derived);
        const stet::derived_prediction& found = **derived;
        const json_value&               settings = *given.find("settings");
        CHECK(found.type == support::model_type_named(*given.find("model_type")->string()));
        CHECK(found.zero_terminal_snr == (settings.find("zsnr") != nullptr));
        CHECK(same(found.sigma_data, setting(settings, "sigma_data")));
        CHECK(same(found.sigma_max, setting(settings, "sigma_max")));
        CHECK(same(found.sigma_min, setting(settings, "sigma_min")));
    });
}

} // namespace

TEST_CASE("checkpoints are split as ComfyUI's loader splits them")
{
    if (!support::found_test_data("comfy/split.json"))
        return;
    const auto text = support::file_content(support::test_data("comfy/split.json"));
    REQUIRE(text);
    const auto data = support::parse_json(*text);
    REQUIRE(data);
    std::size_t count = 0;
    const auto  run = [&](std::string_view array, void (*check)(const json_value&)) {
        const json_value* const cases = data->find(array);
        REQUIRE(cases != nullptr);
        for (const json_value& given : *cases->elements()) {
            INFO(*given.find("id")->string());
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
