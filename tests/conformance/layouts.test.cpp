// SPDX-License-Identifier: MIT
// Where ComfyUI's families put every key: prefixes of all families, and whole key lists of recorded checkpoints.
#include "support/comfy_case.hpp"
#include "support/poured.hpp"
#include "support/recorded_cases.hpp"
#include "support/test_data.hpp"
#include "support/unnamed_family.hpp"

#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace {

using support::json_value;

template <class Layout, class Role>
std::string prefix_of()
{
    if constexpr (requires { Layout::place(Role{}, ""); })
        return std::string(Layout::place(Role{}, "").prefix);
    else
        return "none";
}

/// The family's line: its prefixes, its text rule, its model type.
template <class Family>
void check_family(const json_value& line)
{
    CHECK(prefix_of<Family, stet::role::model>() == *support::text_of(line, "unet_prefix"));
    CHECK(prefix_of<Family, stet::role::vae>() == *support::text_of(line, "vae_prefix"));
    CHECK(prefix_of<Family, stet::role::vision_encoder>() ==
          support::text_of(line, "vision_prefix").value_or("none"));
    const std::string rule = *support::text_of(line, "text_rule");
    if (rule == "plain") {
        CHECK(prefix_of<Family, stet::role::text_encoder>() ==
              support::text_of(line, "text_prefix").value_or("none"));
        CHECK_FALSE(stet::rearranges<Family, stet::role::text_encoder>);
    } else {
        CHECK(stet::rearranges<Family, stet::role::text_encoder>);
    }
    const auto usual = support::model_type_named(*support::text_of(line, "default_model_type"));
    CHECK(Family::type.is_known);
    CHECK(usual == Family::type.usual);
}

/// A key's tensor of four floats, each of which tells the component, the key's index and its own place.
support::golden_tensor telling_tensor(const std::string& name, char letter, std::size_t index)
{
    support::golden_tensor tensor{.name = name, .type = stet::dtype::f32, .shape = {2, 2}};
    for (unsigned place = 0; place < 4; ++place) {
        for (const std::size_t byte :
             {static_cast<std::size_t>(letter), index & 0xFFU, index >> 8U, std::size_t{place}})
            tensor.bytes.push_back(static_cast<std::byte>(byte));
    }
    return tensor;
}

std::optional<support::golden_dict> telling_dict(const json_value* keys, char letter)
{
    if (keys == nullptr || keys->elements() == nullptr)
        return std::nullopt;
    support::golden_dict dict;
    for (const json_value& key : *keys->elements())
        dict.push_back(telling_tensor(*key.string(), letter, dict.size()));
    return dict;
}

support::case_dicts telling_dicts(const json_value& input)
{
    return {.model = telling_dict(input.find("model"), 'm'),
            .text_encoder = telling_dict(input.find("clip"), 'c'),
            .vae = telling_dict(input.find("vae"), 'v'),
            .vision_encoder = telling_dict(input.find("clip_vision"), 'i'),
            .extra = telling_dict(input.find("extra"), 'x')};
}

/// Read off the bytes: "m3", "c9T" with axes exchanged, "c3+c5+c7" joined, or "new".
std::string source_of(const stet::tensor_view& tensor)
{
    if (tensor.type != stet::dtype::f32 || tensor.size == 0)
        return "new";
    const std::string bytes = support::poured(tensor);
    std::string       source;
    for (std::size_t at = 0; at + 16 <= bytes.size(); at += 16) {
        const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[at + i]); };
        source += source.empty() ? "" : "+";
        source += bytes[at];
        source += std::to_string(byte(1) + 256U * byte(2));
        source += byte(7) == 2 ? "T" : "";
    }
    return source;
}

template <class Family>
void check_case(const json_value& given, stet::model_type type)
{
    const support::case_dicts dicts = telling_dicts(*given.find("input"));
    auto                      options = stet::plan_options::as_comfyui();
    options.prediction = stet::prediction{.type = type};
    const auto plan = stet::make_plan(dicts.parts(), support::as_nodes_use<Family>{}, options);
    INFO((plan ? std::string() : stet::message(plan.error())));
    CHECK(plan);
    if (!plan)
        return;
    std::map<std::string, std::string> placed;
    for (const stet::record& record : plan->records())
        placed.emplace(record.name.text(), source_of(plan->tensor(record)));
    std::map<std::string, std::string> expected;
    const auto                         names = given.at("output").items();
    const auto                         sources = given.at("from").items();
    CHECK(names.size() == sources.size());
    for (std::size_t i = 0; i < names.size() && i < sources.size(); ++i)
        expected.emplace(names[i].text(), sources[i].text());
    CHECK(placed == expected);
}

} // namespace

TEST_CASE("every family has ComfyUI's prefixes and rule, and recorded key lists come out alike")
{
    const auto family = support::data_shape::object({{"family", support::a_text()},
                                                     {"unet_prefix", support::a_text()},
                                                     {"vae_prefix", support::a_text()},
                                                     {"text_rule", support::a_text()},
                                                     {"text_prefix", support::a_text().or_null()},
                                                     {"vision_prefix", support::a_text().or_null()},
                                                     {"default_model_type", support::a_model_type()}});
    const auto data =
        support::read_cases("comfy/layouts.json", {{"families", family}, {"cases", support::layout_case()}});
    if (!data)
        return;
    std::size_t count = 0;
    for (const json_value& line : data->at("families").items()) {
        INFO(line.at("family").text());
        support::with_family(line.at("family").text(),
                             [&]<class Family>(Family) { check_family<Family>(line); });
        ++count;
    }
    for (const json_value& given : data->at("cases").items()) {
        INFO(given.at("id").text());
        const stet::model_type type = support::model_type_named(given.at("model_type").text()).value();
        support::with_family(given.at("family").text(), [&]<class Family>(Family) {
            check_case<support::unnamed<Family>>(given, type);
        });
        ++count;
    }
    support::report_cases("comfy/layouts", count);
}
