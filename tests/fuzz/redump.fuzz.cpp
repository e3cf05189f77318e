// SPDX-License-Identifier: MIT
// The input is a JSON text. What comes out must be text that comes out unchanged.
#include "few_blocks.hpp"
#include "fuzz_target.hpp"

#include <stet/comfyui/comfyui_target.hpp>
#include <stet/vocabulary/impl/json_reader.hpp>
#include <stet/vocabulary/message.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using fuzz::expect;
using fuzz::few_blocks;

namespace {

/// Calls `put` with each character and whether it stands in a string.
template <class Put>
void each_character(std::string_view json, Put put)
{
    bool is_in_string = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        if (json[i] == '"' && !is_in_string) {
            is_in_string = true;
        } else if (json[i] == '\\' && is_in_string) {
            put(json[i++], true);
        } else if (json[i] == '"') {
            put('"', true);
            is_in_string = false;
            continue;
        }
        put(json[i], is_in_string);
    }
}

bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// Without white space between what belongs together.
std::string compact(std::string_view json)
{
    std::string text;
    each_character(json, [&](char c, bool is_in_string) {
        if (is_in_string || !is_space(c))
            text += c;
    });
    return text;
}

/// With white space wherever it may stand.
std::string spread(std::string_view json)
{
    std::string text = "\r\n\t ";
    each_character(json, [&](char c, bool is_in_string) {
        const bool is_mark = !is_in_string && std::string_view("{}[],:").find(c) != std::string_view::npos;
        if (is_mark)
            text += "\n ";
        text += c;
        if (is_mark)
            text += "\t\r";
    });
    return text + ' ';
}

std::string redumped(std::string_view json, const char* fact)
{
    const auto again = stet::comfyui::redump_json(json);
    expect(static_cast<bool>(again), fact);
    return std::string(again->view());
}

/// Lists and objects balance, and nothing but ASCII without control characters is left.
void check_form(std::string_view json)
{
    expect(std::all_of(json.begin(), json.end(), [](char c) { return c >= ' ' && c < 0x7F; }),
           "what comes out is printable ASCII");
    std::string open;
    std::size_t deepest = 0;
    each_character(json, [&](char c, bool is_in_string) {
        if (is_in_string)
            return;
        if (c == '{' || c == '[')
            open += c;
        if (c == '}' || c == ']') {
            expect(!open.empty() && open.back() == (c == '}' ? '{' : '['), "what ends has begun");
            open.pop_back();
        }
        deepest = std::max(deepest, open.size());
    });
    expect(open.empty(), "what begins ends");
    expect(deepest <= stet::detail::most_json_levels, "no more levels come out than are taken");
}

void check_refusal(const stet::error& failed, std::string_view json)
{
    expect(failed.code == stet::errc::invalid_json || failed.code == stet::errc::json_too_deep,
           "a text is invalid or too deep");
    expect(failed.actual <= json.size(), "the place lies in the text");
    expect(!stet::message(failed).empty(), "an error is a line");
}

void check_memory(std::string_view json, std::uint64_t blocks,
                  const stet::result<stet::detail::json_text>& whole)
{
    few_blocks memory{.left = blocks};
    {
        const auto again = stet::comfyui::redump_json(
            json,
            {.context = &memory, .allocate = few_blocks::allocate, .deallocate = few_blocks::deallocate});
        if (!again && again.error().code == stet::errc::out_of_memory)
            expect(memory.left == 0, "memory is only missing when there is none");
        else if (again)
            expect(whole && again->view() == whole->view(), "short of memory, the text is the same or none");
        else
            expect(!whole && again.error().code == whole.error().code, "or the same error");
    }
    expect(memory.live == 0, "all memory is given back");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view json(reinterpret_cast<const char*>(data), size);
    const auto             first = stet::comfyui::redump_json(json);
    check_memory(json, fuzz::chosen(data, size, 10), first);
    if (!first) {
        check_refusal(first.error(), json);
        return 0;
    }
    const std::string_view text = first->view();
    check_form(text);
    expect(redumped(text, "what comes out goes in") == text, "what comes out comes out unchanged");
    expect(redumped(compact(text), "white space may be missing") == text, "nothing depends on white space");
    expect(redumped(spread(text), "white space may be anywhere") == text, "nothing depends on more of it");
    const auto inner = stet::comfyui::redump_json("[" + std::string(json) + "]");
    expect(inner ? inner->view() == "[" + std::string(text) + "]"
                 : inner.error().code == stet::errc::json_too_deep,
           "an element is written as it is alone");
    return 0;
}
