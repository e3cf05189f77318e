// SPDX-License-Identifier: MIT
// Says what two checkpoints have in common: by component and block, then tensor by tensor.
#include "answer.hpp"
#include "comparison_picture.hpp"
#include "component.hpp"
#include "family_layout.hpp"
#include "picture_file.hpp"
#include "refusal.hpp"
#include "subcommand.hpp"

#include <stet/diff.hpp>
#include <stet/read/mapped_file.hpp>
#include <stet/sink/sinks.hpp>
#include <stet/vocabulary/message.hpp>

#include <cstddef>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using example::number_text;
using stet::diffs::outcome;

constexpr std::string_view program = "stet diff";

/// 0 where the files are equal, 1 where they differ, as other programs of that name have it.
constexpr int they_differ = 1;
constexpr int trouble = 2;

std::string sentence(const stet::diffs::entry& one)
{
    switch (one.what) {
    case outcome::equal_bytes:
        break;
    case outcome::equal_values:
        return "equal values in other bytes";
    case outcome::different:
        return std::to_string(one.apart.differing) + " of " + std::to_string(one.apart.elements) +
               (one.apart.elements == 1 ? " number" : " numbers") +
               (one.apart.differing == 1 ? " differs, by " : " differ, by ") +
               number_text(one.apart.largest) + " at most, " + number_text(one.apart.mean()) + " on average";
    case outcome::not_measured:
        return "other bytes";
    case outcome::other_shape:
        return "another shape";
    case outcome::only_first:
        return "only in the first file";
    case outcome::only_second:
        return "only in the second file";
    case outcome::renamed:
        return "called " + stet::readable(one.other_name) + " in the second file";
    }
    return "equal";
}

/// "3 equal, 1 different, 2 renamed"
std::string counts(const stet::diffs::block& of)
{
    std::string text;
    for (std::size_t i = 0; i < stet::diffs::outcome_count; ++i) {
        if (of.tensors[i] == 0)
            continue;
        std::string word(name(static_cast<outcome>(i)));
        for (char& each : word)
            each = each == '_' ? ' ' : each;
        text += (text.empty() ? "" : ", ") + std::to_string(of.tensors[i]) + ' ' +
                (static_cast<outcome>(i) == outcome::equal_bytes ? "equal" : word);
    }
    return text.empty() ? "no tensors" : text;
}

bool is_equal(const stet::diffs::block& of)
{
    for (std::size_t i = 1; i < stet::diffs::outcome_count; ++i) {
        if (of.tensors[i] != 0)
            return false;
    }
    return true;
}

void print(const stet::diffs::comparison& found, bool lists_all)
{
    std::cout << counts(found.all()) << '\n';
    if (found.is_equal())
        return;
    std::cout << '\n';
    for (const stet::diffs::block& one : found.blocks()) {
        if (is_equal(one))
            continue;
        std::cout << "    " << (one.name.empty() ? "top level" : stet::readable(one.name));
        if (!one.component.empty())
            std::cout << " (" << one.component << ')';
        std::cout << ": " << counts(one);
        if (one.apart.differing != 0)
            std::cout << "; by " << number_text(one.apart.largest) << " at most, "
                      << number_text(one.apart.mean()) << " on average";
        std::cout << '\n';
    }
    constexpr std::size_t few = 20;
    std::size_t           left = lists_all ? found.entries().size() : few;
    std::size_t           unlisted = 0;
    std::cout << '\n';
    for (const stet::diffs::entry& one : found.entries()) {
        if (one.what == outcome::equal_bytes)
            continue;
        if (left == 0) {
            ++unlisted;
            continue;
        }
        --left;
        std::cout << "    " << stet::readable(one.name) << ": " << sentence(one) << '\n';
    }
    if (unlisted != 0)
        std::cout << "    and " << unlisted << " more, see --all\n";
}

struct request {
    bool                  lists_all = false;
    example::picture_file picture{};
    example::answer       answer{program};

    int fail(std::string_view why) const
    {
        answer.fail(why);
        return trouble;
    }
};

/// Returns the exit status.
int draw(const request& asked, const std::string& first, const std::string& second,
         const stet::diffs::comparison& found)
{
    const std::string complaint = asked.picture.save(
        example::comparison_picture(
            {example::file_name(first) + " and " + example::file_name(second), counts(found.all()), found}),
        counts(found.all()));
    if (!complaint.empty())
        return asked.fail(complaint);
    return found.is_equal() ? 0 : they_differ;
}

int diff(const request& asked, const std::string& first_path, const std::string& second_path)
{
    const bool draws = asked.picture.is_wanted(
        program, {first_path, second_path}, {{"--json", asked.answer.is_json()}, {"--all", asked.lists_all}});
    if (const std::string obstacle = draws ? asked.picture.obstacle() : std::string(); !obstacle.empty())
        return asked.fail(obstacle);
    const auto first = stet::mapped_checkpoint::open(first_path.c_str());
    if (!first)
        return asked.fail(example::told_of_file(first_path, first.error()));
    const auto second = stet::mapped_checkpoint::open(second_path.c_str());
    if (!second)
        return asked.fail(example::told_of_file(second_path, second.error()));

    // The component of each name, where the first file's names tell its layout.
    const example::detected_layout detected = example::detect(first->header());
    const auto                     component = [&](std::string_view name) {
        if (!detected.layout)
            return std::string_view();
        return example::name_of(example::membership_of(name, detected.layout->rules).of);
    };
    const auto found = stet::diffs::compare(*first, *second, {.component = component});
    if (!found)
        return asked.fail(stet::message(found.error()));
    if (draws)
        return draw(asked, first_path, second_path, *found);
    if (asked.answer.is_json()) {
        std::vector<std::byte> text;
        stet::append_sink      into(text);
        if (const auto written = stet::diffs::write_json(*found, into); !written)
            return asked.fail(stet::message(written.error()));
        std::cout << std::string_view(reinterpret_cast<const char*>(text.data()), text.size()) << '\n';
    } else {
        print(*found, asked.lists_all);
    }
    return found->is_equal() ? 0 : they_differ;
}

} // namespace

example::subcommand example::diff_command()
{
    const auto          asked = std::make_shared<request>();
    example::subcommand command{
        .line = {.name = program,
                 .purpose = "Says what two safetensors files have in common.",
                 .words = "FIRST SECOND",
                 .fewest = 2,
                 .most = 2,
                 .options = {{"--all", "", "list every tensor that differs", &asked->lists_all}},
                 .samples = {{"stet diff old.safetensors new.safetensors",
                              "what changed, by component and block"},
                             {"stet diff --json old.safetensors new.safetensors", "the same for programs"},
                             {"stet diff --svg changes.svg old.safetensors new.safetensors",
                              "the same as a picture, for a browser"}},
                 .notes =
                     "--svg draws a bar for each block: how much of its bytes is equal, different or in one "
                     "file alone; and how far its numbers are apart, from the mean of the differences to the "
                     "largest.",
                 .status = "0 every tensor is equal, 1 one is not, 2 something is wrong"},
        .run = [asked](const std::vector<std::string>& words) { return diff(*asked, words[0], words[1]); },
        .trouble = trouble};
    asked->picture.describe(command.line.options);
    asked->answer.describe(command.line.options);
    return command;
}
