// SPDX-License-Identifier: MIT
// What ComfyUI's text-encoder rules made of recorded dicts: keys, order, dtypes, shapes, values and refusals.
#include "support/golden_tensor.hpp"
#include "support/poured.hpp"
#include "support/recorded_cases.hpp"

#include <stet/families/rearrangement.hpp>
#include <stet/families/text_rule.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using support::golden_dict;
using support::golden_tensor;
using support::json_value;

/// What a case asks for: a rule by name, a prefix, or pairs to rename one after the other.
struct asked_rule {
    std::string                                      name;
    std::string                                      prefix;
    std::vector<std::pair<std::string, std::string>> renames;
};

stet::result<void> apply(const asked_rule& rule, stet::rearrangement& work)
{
    if (rule.name == "sd1")
        return stet::text_rules::sd1::apply(work);
    if (rule.name == "sd2")
        return stet::text_rules::sd2::apply(work);
    if (rule.name == "sdxl")
        return stet::text_rules::sdxl::apply(work);
    if (rule.name == "refiner")
        return stet::text_rules::sdxl_refiner::apply(work);
    if (rule.name == "plain")
        return work.rename_prefix("", rule.prefix);
    for (const auto& [from, to] : rule.renames) {
        if (auto renamed = work.rename_prefix(from, to); !renamed)
            return renamed;
    }
    return {};
}

/// The rule over a dict, in the way asked for.
stet::result<void> run(const asked_rule& rule, const golden_dict& input, stet::rearrangement& work)
{
    for (const golden_tensor& tensor : input) {
        const auto view = stet::tensor_traits<golden_tensor>::view(tensor);
        if (!view)
            return view.error();
        if (auto set = work.set_new(work.dict, {.stem = tensor.name}, *view); !set)
            return set;
    }
    return apply(rule, work);
}

std::string error_name(stet::errc code)
{
    switch (static_cast<int>(code)) {
    case static_cast<int>(stet::errc::missing_qkv):
        return "missing_qkv";
    case static_cast<int>(stet::errc::projection_rank):
        return "projection_rank";
    case static_cast<int>(stet::errc::stack_mismatch):
        return "concat_shape";
    case static_cast<int>(stet::errc::stack_of_scalars):
        return "concat_rank";
    default:
        return std::string(stet::name(code));
    }
}

void check_output(const stet::ordered_dict& dict, const golden_dict& expected)
{
    std::size_t at = 0;
    for (const stet::ordered_dict::entry& entry : dict.entries()) {
        if (!entry.is_present)
            continue;
        if (at == expected.size()) {
            FAIL_CHECK(entry.name.text() << " is one tensor too many");
            return;
        }
        const golden_tensor&     wanted = expected[at++];
        const stet::tensor_view& tensor = dict.tensor(entry);
        INFO(wanted.name);
        CHECK(entry.name.text() == wanted.name);
        CHECK(tensor.type == wanted.type);
        CHECK(std::vector<std::uint64_t>(wanted.shape) == [&] {
            std::vector<std::uint64_t> shape;
            for (std::size_t i = 0; i < tensor.shape.size(); ++i)
                shape.push_back(tensor.shape[i]);
            return shape;
        }());
        CHECK(support::poured(tensor) ==
              std::string(reinterpret_cast<const char*>(wanted.bytes.data()), wanted.bytes.size()));
    }
    CHECK(at == expected.size());
}

/// Codes with which strict conduct refuses what ComfyUI does.
bool is_strictness(stet::errc code)
{
    using stet::errc;
    return code == errc::name_collision || code == errc::foreign_key || code == errc::foreign_prefix ||
           code == errc::quantised_companion || code == errc::position_ids_mismatch ||
           code == errc::stack_mismatch || code == errc::missing_qkv || code == errc::projection_rank ||
           code == errc::stack_of_scalars;
}

/// What must be true of a case whatever its rule: strict conduct gives the same dict, or refuses for a stated reason
/// something that ComfyUI loses, overwrites or distorts.
void check_strict(const asked_rule& rule, const golden_dict& input, const golden_dict& expected,
                  bool was_lossless)
{
    stet::change_log    log(stet::heap());
    stet::rearrangement work(log, 0, stet::strictness::strict);
    const auto          done = run(rule, input, work);
    if (done) {
        check_output(work.dict, expected);
        CHECK(was_lossless);
        return;
    }
    INFO(stet::message(done.error()));
    CHECK(is_strictness(done.error().code));
}

asked_rule parse_rule(const json_value& given)
{
    asked_rule rule{.name = std::string(given.at("rule").text()),
                    .prefix = std::string(given.at("prefix").text()),
                    .renames = {}};
    for (const json_value& pair : given.at("replace").items())
        rule.renames.emplace_back(pair.items()[0].text(), pair.items()[1].text());
    return rule;
}

/// What both kinds of cases have.
std::vector<support::shaped_member> rule_members()
{
    using support::a_text, support::data_shape;
    const auto is_rule = [](const json_value& value) {
        for (const std::string_view known : {"sd1", "sd2", "sdxl", "refiner", "plain", "rename"}) {
            if (value.text() == known)
                return true;
        }
        return false;
    };
    return {{"id", a_text()},
            {"rule", {"sd1, sd2, sdxl, refiner, plain or rename", is_rule}},
            {"prefix?", a_text()},
            {"replace?", data_shape::list_of(data_shape::list_of(a_text(), 2))}};
}

void check_case(const json_value& given)
{
    const asked_rule        rule = parse_rule(given);
    const auto              input = support::parse_golden_dict(given.find("input"));
    stet::change_log        log(stet::heap());
    stet::rearrangement     work(log, 0, stet::strictness::as_comfyui);
    const auto              done = run(rule, *input, work);
    const json_value* const refused = given.find("error");
    if (refused != nullptr) {
        CHECK((done ? "saved" : error_name(done.error().code)) == refused->text());
        stet::change_log    strict_log(stet::heap());
        stet::rearrangement strictly(strict_log, 0, stet::strictness::strict);
        CHECK_FALSE(run(rule, *input, strictly));
        return;
    }
    INFO((done ? std::string() : stet::message(done.error())));
    CHECK(done);
    const auto expected = support::parse_golden_dict(given.find("output"));
    if (!expected)
        FAIL_CHECK("the case has neither output nor error");
    if (!done || !expected)
        return;
    check_output(work.dict, *expected);
    bool was_lossless = true;
    for (const stet::change& change : log.changes) {
        const bool by_rule = change.name.text() == "clip_l.logit_scale" ||
                             change.name.text() == "clip_l.transformer.text_projection.weight" ||
                             change.name.text() == "clip_g.transformer.text_model.embeddings.position_ids" ||
                             change.name.text() == "clip_l.transformer.text_model.embeddings.position_ids";
        was_lossless = was_lossless && (change.what == stet::change::kind::added || by_rule);
    }
    check_strict(rule, *input, *expected, was_lossless);
}

/// The names of full-size encoders, with a tensor behind each that fits wherever the rule looks.
void check_key_list(const json_value& given)
{
    const std::vector<std::byte> memory(16);
    const asked_rule             rule = parse_rule(given);
    golden_dict                  input;
    for (const json_value& key : given.at("input").items())
        input.push_back(
            {.name = std::string(key.text()), .type = stet::dtype::f32, .shape = {2, 2}, .bytes = memory});
    for (const auto how : {stet::strictness::strict, stet::strictness::as_comfyui}) {
        stet::change_log    log(stet::heap());
        stet::rearrangement work(log, 0, how);
        const auto          done = run(rule, input, work);
        INFO((done ? std::string() : stet::message(done.error())));
        CHECK(done);
        std::vector<std::string> names;
        for (const stet::ordered_dict::entry& entry : work.dict.entries()) {
            if (entry.is_present)
                names.push_back(entry.name.text());
        }
        std::vector<std::string> expected;
        for (const json_value& key : given.at("output").items())
            expected.emplace_back(key.text());
        CHECK(names == expected);
    }
}

} // namespace

TEST_CASE("text encoders are renamed as ComfyUI renames them")
{
    auto one = rule_members();
    auto list = rule_members();
    one.push_back({"input", support::tensors()});
    one.push_back({"output?", support::tensors()});
    one.push_back({"error?", support::a_text()});
    list.push_back({"input", support::texts()});
    list.push_back({"output", support::texts()});
    using support::data_shape;
    const auto data = support::read_cases("comfy/text_rules.json", {{"cases", data_shape::object(one)},
                                                                    {"key_lists", data_shape::object(list)}});
    if (!data)
        return;
    std::size_t count = 0;
    for (const json_value& given : data->at("cases").items()) {
        INFO(given.at("id").text());
        check_case(given);
        ++count;
    }
    for (const json_value& given : data->at("key_lists").items()) {
        INFO(given.at("id").text());
        check_key_list(given);
        ++count;
    }
    support::report_cases("comfy/text_rules", count);
}
