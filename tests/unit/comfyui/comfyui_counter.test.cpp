// SPDX-License-Identifier: MIT
#include <stet/comfyui/comfyui_name.hpp>

#include <catch2/catch_test_macros.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace comfyui = stet::comfyui;
using stet::path_style;
using stet::comfyui::naming_rule;

static_assert(!std::is_constructible_v<comfyui::counter, comfyui::place>, "a temporary place would be gone");

namespace {

std::string next_after(std::initializer_list<std::string_view> entries, const comfyui::place& place)
{
    comfyui::counter numbers(place);
    for (const std::string_view entry : entries)
        numbers.see(entry);
    return numbers.next().text();
}

std::string next_after(std::initializer_list<std::string_view> entries, std::string_view stem = "M")
{
    return next_after(entries, {.stem = std::string(stem), .paths = path_style::posix});
}

std::string next_by_later_rule(std::initializer_list<std::string_view> entries)
{
    return next_after(entries, {.stem = "M", .rule = naming_rule::comfyui_2026, .paths = path_style::posix});
}

} // namespace

TEST_CASE("ComfyUI's first number is one")
{
    CHECK(next_after({}) == "1");
    CHECK(next_after({"M", "M00005_.x", ".M_00002_.x", "m_00005_.x", "other_9_"}) == "1");
    CHECK(next_after({std::string_view("M_5_").substr(0, 1)}) == "1");
}

TEST_CASE("ComfyUI's next number is the largest plus one, whatever the order and the extension")
{
    CHECK(next_after({"M_00001_.safetensors", "M_00007_.safetensors", "M_00003_.png"}) == "8");
    CHECK(next_after({"M_00007_.png", "M_00003_.safetensors"}) == "8");
    CHECK(next_after({"M_00002_.safetensors.tmp"}) == "3");
    CHECK(next_after({"M_00002_.part"}) == "3");
    CHECK(next_after({"M_12"}) == "13");
    CHECK(next_after({"M_12_foo"}) == "13");
    CHECK(next_after({"M_99999_.x"}) == "100000");
}

TEST_CASE("the number ends at the next underscore")
{
    CHECK(next_after({"M_1_000_x"}) == "2");
    CHECK(next_after({"M__5_"}) == "1");
    CHECK(next_after({"M_foo_00009_.x"}) == "1");
    CHECK(next_after({"M__00003_.x", "M_00009_.x"}, "M_") == "4");
    CHECK(next_after({"M_00001_.safetensors"}, "M_00001") == "1");
}

TEST_CASE("what is no number counts as zero")
{
    for (const std::string_view entry : {"M_", "M__", "M_x", "M_0x10_", "M_1e3_", "M_1.5_",
                                         "M_00001.safetensors", "M_\xC2\xB2_x", "M_\xFF_", "M_7\xFF"})
    {
        CAPTURE(entry);
        CHECK(next_after({entry}) == "1");
        CHECK(next_after({entry, "M_-5_"}) == "1");
    }
}

TEST_CASE("negative numbers count when there is nothing else")
{
    CHECK(next_after({"M_-3_x"}) == "-2");
    CHECK(next_after({"M_-1_x"}) == "0");
    CHECK(next_after({"M_-5_", "M_-2_"}) == "-1");
    CHECK(next_after({"M_-5_", "M_0_"}) == "1");
}

TEST_CASE("numbers are read as Python reads them")
{
    CHECK(next_after({"M_+5_x"}) == "6");
    CHECK(next_after({"M_ 7 _x"}) == "8");
    CHECK(next_after({"M_\t8\n_x"}) == "9");
    CHECK(next_after({"M_\xD9\xA3\xD9\xA4_x"}) == "35");
    CHECK(next_after({"M_18446744073709551616_.x", "M_5_"}) == "18446744073709551617");
    CHECK(next_after({"M_00002_\xFF"}) == "3");
}

TEST_CASE("a stem of any characters is met letter by letter")
{
    CHECK(next_after({"\xE6\x97\xA5_00003_x", "\xE6\x97\xA5\xE6\x9C\xAC_00009_x"}, "\xE6\x97\xA5") == "4");
    CHECK(next_after({"\xC3\xA9_00003_"}, "e\xCC\x81") == "1");
    CHECK(next_after({"\xFF_00003_"}, "\xFF") == "4");
    CHECK(next_after({"_3_", "M_9_"}, "") == "4");
    CHECK(next_after({"._7_x"}, ".") == "8");
}

TEST_CASE("a place that sees no entries always has number one")
{
    const comfyui::place place{.stem = "M", .sees_entries = false, .paths = path_style::posix};
    CHECK(next_after({"M_00002_.x", "M_-7_", "M_"}, place) == "1");
}

TEST_CASE("by the later rule the number ends at a dot, too")
{
    CHECK(next_by_later_rule({"M_00005.safetensors"}) == "6");
    CHECK(next_by_later_rule({"M_5."}) == "6");
    CHECK(next_by_later_rule({"M_1.5_"}) == "2");
    CHECK(next_by_later_rule({"M_00007_.safetensors"}) == "8");
    CHECK(next_by_later_rule({"M_.5_"}) == "1");
    CHECK(next_by_later_rule({"M_00007_2.part"}) == "8");
    CHECK(next_after({"M.x_3_"},
                     {.stem = "M.x", .rule = naming_rule::comfyui_2026, .paths = path_style::posix}) == "4");
}

TEST_CASE("on windows the case of ASCII letters makes no difference")
{
    const comfyui::place place{.stem = "ComfyUI", .paths = path_style::windows};
    CHECK(next_after({"comfyui_00005_.x"}, place) == "6");
    CHECK(next_after({"comfyux_00005_.x"}, place) == "1");
}
