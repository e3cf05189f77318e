// SPDX-License-Identifier: MIT
// The input is a choice of rules, one character, and behind it fields that a byte 0xFF separates: a prefix, an output
// folder, and the names in the folder. No name may leave the folder; numbers must come back as they were given.
#include "fuzz_target.hpp"

#include <stet/comfyui/comfyui_name.hpp>
#include <stet/comfyui/impl/python_int.hpp>
#include <stet/file/impl/windows_paths.hpp>
#include <stet/naming/output_name.hpp>
#include <stet/vocabulary/impl/utf8.hpp>
#include <stet/vocabulary/message.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using fuzz::expect;

namespace {

struct choice {
    stet::path_style           paths;
    stet::name_case            letters;
    stet::comfyui::naming_rule rule;
    stet::placeholders         values;
    std::string                prefix{};
    std::string                output_dir{};
    std::vector<std::string>   entries{};
};

choice parse(std::string_view input)
{
    const unsigned bits = input.empty() ? 0 : static_cast<unsigned char>(input[0]);
    choice         chosen{.paths = (bits & 1U) != 0 ? stet::path_style::windows : stet::path_style::posix,
                          .letters = (bits & 2U) != 0 ? stet::name_case::insensitive : stet::name_case::sensitive,
                          .rule = (bits & 4U) != 0 ? stet::comfyui::naming_rule::comfyui_2026
                                                   : stet::comfyui::naming_rule::comfyui_0_8,
                          .values = {.width = 640, .height = 480}};
    if ((bits & 8U) != 0)
        chosen.values.time = stet::calendar_time{2026, 1, 2, 3, 4, 5};
    input.remove_prefix(input.empty() ? 0 : 1);
    for (std::size_t field = 0;; ++field) {
        const std::string_view text = input.substr(0, input.find('\xFF'));
        if (field == 0)
            chosen.prefix = text;
        else if (field == 1)
            chosen.output_dir = text;
        else
            chosen.entries.emplace_back(text);
        if (text.size() == input.size())
            return chosen;
        input.remove_prefix(text.size() + 1);
    }
}

std::size_t control_characters(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }));
}

/// A name that means one entry of a folder, and no more, to a system of that kind.
void check_part(std::string_view part, stet::path_style paths)
{
    expect(!part.empty() && part != "." && part != "..", "a part names an entry");
    expect(part.find('/') == std::string_view::npos, "a part is one part");
    expect(control_characters(part) == 0, "no control character and no NUL comes through");
    expect(stet::detail::is_utf8(part), "a part is UTF-8");
    if (paths != stet::path_style::windows)
        return;
    expect(part.find_first_of("\\:<>\"|?*") == std::string_view::npos, "Windows would read it otherwise");
    expect(part.back() != '.' && part.back() != ' ', "Windows would cut it off");
}

void check_output_name(std::string_view prefix, stet::path_style paths)
{
    const auto name = stet::parse_output_name(prefix, paths);
    if (!name) {
        expect(!stet::message(name.error()).empty(), "an error is a line");
        return;
    }
    check_part(name->stem, paths);
    for (std::size_t at = 0; !name->folder.empty() && at <= name->folder.size();) {
        const std::size_t end = std::min(name->folder.find('/', at), name->folder.size());
        check_part(std::string_view(name->folder).substr(at, end - at), paths);
        at = end + 1;
    }
    const std::string joined = name->folder.empty() ? name->stem : name->folder + '/' + name->stem;
    const auto        again = stet::parse_output_name(joined, paths);
    expect(again && again->folder == name->folder && again->stem == name->stem, "a name stays what it is");
    expect(joined.size() <= prefix.size(), "nothing is added");
    if (paths == stet::path_style::windows)
        expect(static_cast<bool>(stet::parse_output_name(joined, stet::path_style::posix)),
               "what Windows takes, every system takes");
}

void check_placeholders(const choice& given)
{
    const std::string text = stet::expand_placeholders(given.prefix, given.values);
    expect(control_characters(text) <= control_characters(given.prefix), "no control character is added");
    expect(stet::detail::is_utf8(text) || !stet::detail::is_utf8(given.prefix), "UTF-8 stays UTF-8");
    if (given.prefix.find('%') == std::string::npos)
        expect(text == given.prefix, "without fields nothing is replaced");
    stet::placeholders later = given.values;
    later.time = stet::calendar_time{1999, 12, 31, 23, 59, 58};
    stet::placeholders timeless = given.values;
    timeless.time.reset();
    if (!stet::detail::mentions_time(given.prefix))
        expect(stet::expand_placeholders(given.prefix, later) ==
                   stet::expand_placeholders(given.prefix, timeless),
               "a prefix that needs no time does not change with it");
    check_output_name(text, given.paths);
}

void check_number(const choice& given, std::uint64_t number)
{
    for (const std::string_view extension : {stet::checkpoint_extension, stet::part_extension}) {
        const std::string name = stet::numbered_name(given.prefix, number, extension);
        expect(stet::detail::number_taken(name, given.prefix, given.letters) == number,
               "a number comes back");
        expect(name.size() >= given.prefix.size() + 7 + extension.size(), "it has five digits at least");
        stet::counter next(given.prefix, given.letters);
        next.see(name);
        const auto after = next.next();
        expect(number == UINT64_MAX ? !after : after && *after == number + 1, "the next number is one more");
    }
}

void check_counter(const choice& given)
{
    stet::counter numbers(given.prefix, given.letters);
    for (const std::string& entry : given.entries)
        numbers.see(entry);
    const auto next = numbers.next();
    if (!next) {
        expect(next.error().code == stet::errc::counter_exhausted, "numbers run out, nothing else happens");
        return;
    }
    expect(*next != 0, "numbers begin with 1");
    for (const std::string& entry : given.entries) {
        const auto taken = stet::detail::number_taken(entry, given.prefix, given.letters);
        expect(!taken || *taken < *next, "the next number is larger than all");
        for (const std::string_view extension : {stet::checkpoint_extension, stet::part_extension})
            expect(entry != stet::numbered_name(given.prefix, *next, extension), "no name is given twice");
    }
    check_number(given, *next);
}

// ---- ComfyUI's rules --------------------------------------------------------------------------------------

/// A path's parts with "." and ".." taken away; those that climb above the top are counted.
std::vector<std::string> resolved(std::string_view path, stet::path_style paths)
{
    const std::string_view   separators = paths == stet::path_style::windows ? "/\\" : "/";
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= path.size();) {
        const std::size_t      end = std::min(path.find_first_of(separators, at), path.size());
        const std::string_view part = path.substr(at, end - at);
        at = end + 1;
        if (part == ".." && !parts.empty())
            parts.pop_back();
        else if (!part.empty() && part != "." && part != "..")
            parts.emplace_back(part);
    }
    return parts;
}

void check_comfyui(const choice& given)
{
    const auto place = stet::comfyui::resolve({.prefix = given.prefix,
                                               .output_dir = given.output_dir,
                                               .fields = given.values,
                                               .rule = given.rule,
                                               .paths = given.paths});
    if (!place) {
        expect(!stet::message(place.error()).empty(), "an error is a line");
        return;
    }
    // Windows compares without case and knows drives; what a root is to it, its own tests say.
    if (given.paths == stet::path_style::posix && given.output_dir.starts_with('/')) {
        const auto root = resolved(given.output_dir, given.paths);
        const auto folder = resolved(place->folder, given.paths);
        expect(folder.size() >= root.size() && std::equal(root.begin(), root.end(), folder.begin()),
               "the folder lies in the output folder");
    }
    if (given.rule == stet::comfyui::naming_rule::comfyui_2026)
        expect(place->folder.find('\0') == std::string::npos, "a folder that is looked up holds no NUL");
    expect(place->stem.find('/') == std::string::npos, "a stem is one part");
    stet::comfyui::counter numbers(*place);
    for (const std::string& entry : given.entries)
        numbers.see(entry);
    const stet::detail::python_int number = numbers.next();
    const std::string              name = stet::comfyui::file_name(place->stem, number);
    expect(name.starts_with(place->stem + '_') && name.ends_with("_.safetensors"), "a name has its form");
    stet::comfyui::counter again(*place);
    again.see(name);
    const auto expected = place->sees_entries ? std::max(number, stet::detail::python_int()).successor()
                                              : stet::detail::python_int().successor();
    if (number >= stet::detail::python_int())
        expect(again.next() == expected, "the number of a name that was given comes back");
}

void check_integer(std::string_view text)
{
    const auto number = stet::detail::python_int::parse(text);
    if (!number)
        return;
    const std::string plain = number->text();
    expect(stet::detail::python_int::parse(plain) == number, "a number comes back from its text");
    expect(stet::detail::python_int::parse("  +" + plain + "\n").has_value() == !plain.starts_with('-'),
           "one sign is enough");
    expect(*number < number->successor(), "a successor is larger");
    expect(stet::detail::python_int::parse(number->padded(9)) == number && number->padded(9).size() >= 9,
           "padding changes no number");
    const auto value = number->value();
    const auto next = number->successor().value();
    expect(!value || !next || *next - 1 == *value, "a successor is one more");
    expect(!value || std::to_string(*value) == plain, "64 bits hold the same number");
}

void check_utf16(std::string_view text)
{
    const auto units = stet::detail::windows::utf16(text);
    expect(units.has_value() == stet::detail::is_utf8(text), "UTF-8 has a UTF-16 form, nothing else has");
    if (units)
        expect(stet::detail::windows::utf8(*units) == text, "from there it comes back");
}

void check_windows_path(std::string_view folder, std::string_view path)
{
    namespace windows = stet::detail::windows;
    const auto top = windows::utf16(folder);
    const auto inner = windows::utf16(path);
    if (!top || !inner)
        return;
    const std::wstring root = windows::without_limit(L"C:\\" + *top);
    const std::wstring below = windows::below(root, *inner);
    expect(below.substr(0, 7) == L"\\\\?\\C:\\", "a path never leaves its drive");
    const auto name = stet::parse_output_name(path, stet::path_style::windows);
    if (name && root.back() != L'\\')
        expect(below.starts_with(root + L'\\'), "a name that is allowed lies in its folder");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const choice given = parse({reinterpret_cast<const char*>(data), size});
    check_output_name(given.prefix, given.paths);
    check_placeholders(given);
    check_counter(given);
    check_number(given, fuzz::chosen(data, size, UINT64_MAX));
    check_number(given, UINT64_MAX);
    check_comfyui(given);
    for (const std::string& entry : given.entries) {
        check_integer(entry);
        const auto end = entry.find('_');
        check_integer(end == std::string::npos ? entry : entry.substr(end + 1));
    }
    check_utf16(given.prefix);
    check_windows_path(given.output_dir, given.prefix);
    return 0;
}
