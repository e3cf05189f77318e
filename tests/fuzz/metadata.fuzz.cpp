// SPDX-License-Identifier: MIT
// The input is a choice, and keys and texts in turn, of a file and of one's own. What is passed on must be in a header, and
// come back from it.
#include "damaged_file.hpp"
#include "fuzz_target.hpp"

#include <stet/carry.hpp>
#include <stet/metadata.hpp>
#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using fuzz::expect;

namespace {

using texts = std::vector<std::pair<std::string_view, std::string_view>>;

/// Whether an entry stays behind: a digest that holds no longer.
bool is_dropped(std::string_view key)
{
    const auto kind = stet::carry::kind_of(key);
    return kind == stet::carry::entry_kind::data_digest || kind == stet::carry::entry_kind::file_digest;
}

bool is_sound(const texts& given, bool skips_digests)
{
    std::map<std::string_view, int> keys;
    for (const auto& [key, text] : given) {
        if (skips_digests && is_dropped(key))
            continue;
        if (!stet::detail::is_utf8(key) || !stet::detail::is_utf8(text) || keys[key]++ != 0)
            return false;
    }
    return true;
}

void check_merged(const texts& source, const texts& own, const stet::metadata_list& merged)
{
    std::map<std::string_view, std::string_view> expected;
    for (const auto& [key, text] : source) {
        if (!is_dropped(key))
            expected[key] = text;
    }
    for (const auto& [key, text] : own)
        expected[key] = text;
    expect(merged.size() == expected.size(), "every key is there once");
    std::size_t at = 0;
    for (const auto& [key, text] : expected) {
        const auto& entry = merged[at++];
        expect(entry.first == key && entry.second == text, "one's own text wins, in the order of the keys");
    }
    const auto again = stet::carry::pass_on(merged, own);
    expect(again && again->metadata.size() >= own.size(), "what was passed on is passed on again");
}

void check_file(const stet::metadata_list& merged)
{
    const auto plan = stet::make_plan(stet::model_only{.model = stet::no_entries}, stet::layouts::generic{},
                                      {.empty = stet::empty_components::allow});
    expect(static_cast<bool>(plan), "nothing can be planned");
    const auto head = stet::make_header(*plan, merged);
    expect(static_cast<bool>(head), "merged metadata has a header");
    std::string       file;
    stet::append_sink out(file);
    expect(static_cast<bool>(stet::write(*head, out)), "it is written");
    const auto read = stet::read_checkpoint(std::as_bytes(std::span(file)), {.strict = true});
    expect(static_cast<bool>(read), "it is read");
    expect(read->header().metadata_size() == merged.size(), "no entry is lost");
    for (const auto& entry : merged)
        expect(read->header().metadata(entry.first) == entry.second, "a text comes back");
}

void check_model_spec(const fuzz::fields& input)
{
    const auto field = [&](std::size_t i) {
        return std::string(i < input.all.size() ? input.all[i] : std::string_view());
    };
    stet::model_spec model{.architecture = field(0), .implementation = field(1), .title = field(2)};
    model.category = static_cast<stet::model_category>(input.choice % 3);
    if ((input.choice & 4U) != 0)
        model.resolution = {1024, 768};
    model.data_format = field(3);
    model.date = field(4);
    model.hash_sha256 = field(5);
    model.thumbnail = field(6);
    model.prediction_type = field(7);
    model.language = {field(8), field(9)};
    model.format_type = field(10);
    model.tags = {field(11)};
    const auto texts_of = stet::model_spec_metadata(model);
    if (!texts_of) {
        expect(!stet::message(texts_of.error()).empty(), "an error is a line");
        return;
    }
    for (const auto& [key, text] : *texts_of)
        expect(key.starts_with("modelspec.") && stet::detail::is_utf8(text) && !text.empty(),
               "an entry is sound");
    static_cast<void>(stet::missing_recommended(model));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const fuzz::fields input(data, size);
    check_model_spec(input);
    texts       source, own;
    std::size_t at = 0;
    for (; at + 1 < input.all.size(); at += 2)
        ((at / 2 + input.choice) % 2 == 0 ? source : own).emplace_back(input.all[at], input.all[at + 1]);
    const auto passed_on = stet::carry::pass_on(source, own);
    expect(static_cast<bool>(passed_on) == (is_sound(source, true) && is_sound(own, false)),
           "sound dicts are passed on, others refused");
    if (passed_on) {
        check_merged(source, own, passed_on->metadata);
        check_file(passed_on->metadata);
    } else {
        expect(!stet::message(passed_on.error()).empty(), "an error is a line");
    }
    return 0;
}
