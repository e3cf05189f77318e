// SPDX-License-Identifier: MIT
#include <stet/naming/output_name.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

using stet::name_case;
using stet::numbered_name;
using stet::detail::number_taken;

static_assert(stet::part_extension.size() < stet::checkpoint_extension.size(),
              "a name that fits with the checkpoint's extension fits with the part file's");

TEST_CASE("a number has five digits, and more where it needs them")
{
    struct row {
        std::uint64_t    number;
        std::string_view name;
    };
    for (const row& given : {row{0, "M_00000_.x"}, row{1, "M_00001_.x"}, row{7, "M_00007_.x"},
                             row{10, "M_00010_.x"}, row{99'999, "M_99999_.x"}, row{100'000, "M_100000_.x"},
                             row{UINT64_MAX, "M_18446744073709551615_.x"}})
        CHECK(numbered_name("M", given.number, ".x") == given.name);
}

TEST_CASE("a numbered name keeps its stem as it is")
{
    CHECK(numbered_name("ComfyUI", 7, stet::checkpoint_extension) == "ComfyUI_00007_.safetensors");
    CHECK(numbered_name("ComfyUI", 7, stet::part_extension) == "ComfyUI_00007_.part");
    CHECK(numbered_name("ComfyUI_", 7, stet::checkpoint_extension) == "ComfyUI__00007_.safetensors");
    CHECK(numbered_name("v1.2", 7, "") == "v1.2_00007_");
    CHECK(numbered_name("\xC3\xA9 x", 7, "") == "\xC3\xA9 x_00007_");
}

namespace {

/// A folder's entry and the number it takes from the stem "ComfyUI".
struct taken {
    std::string_view             entry;
    std::optional<std::uint64_t> number;
};

constexpr taken table[] = {
    // what was saved, whatever its extension
    {"ComfyUI_00001_.safetensors", 1},
    {"ComfyUI_00007_.safetensors", 7},
    {"ComfyUI_00003_.png", 3},
    {"ComfyUI_00004_.ckpt", 4},
    {"ComfyUI_00009_", 9},
    // what is being saved, here or elsewhere
    {"ComfyUI_00003_.part", 3},
    {"ComfyUI_00002_.safetensors.tmp", 2},
    // without the second underscore
    {"ComfyUI_00005.safetensors", 5},
    {"ComfyUI_12", 12},
    {"ComfyUI_12.png", 12},
    {"ComfyUI_7", 7},
    // the number ends at its underscore
    {"ComfyUI_12_foo", 12},
    {"ComfyUI_0", 0},
    {"ComfyUI_1_000_x", 1},
    // any count of digits
    {"ComfyUI_99999_.x", 99'999},
    {"ComfyUI_100000_.x", 100'000},
    {"ComfyUI_000000000000000000000000000012_.x", 12},
    {"ComfyUI_18446744073709551614_.x", UINT64_MAX - 1},
    {"ComfyUI_18446744073709551615_.x", UINT64_MAX},
    // beyond 64 bits nothing is given out
    {"ComfyUI_18446744073709551616_.x", std::nullopt},
    {"ComfyUI_18446744073709551620_.x", std::nullopt},
    {"ComfyUI_99999999999999999999999999999999_.x", std::nullopt},
    // no number
    {"", std::nullopt},
    {"ComfyUI", std::nullopt},
    {"ComfyUI_", std::nullopt},
    {"ComfyUI_.safetensors", std::nullopt},
    {"ComfyUI__5_", std::nullopt},
    {"ComfyUI_foo_00009_.x", std::nullopt},
    {"ComfyUI_5x_.safetensors", std::nullopt},
    {"ComfyUI_5-6.x", std::nullopt},
    {"ComfyUI_0x10_.x", std::nullopt},
    {"ComfyUI_1e3_.x", std::nullopt},
    {"ComfyUI_+5_x", std::nullopt},
    {"ComfyUI_-3_x", std::nullopt},
    {"ComfyUI_ 7 _x", std::nullopt},
    {"ComfyUI_\xD9\xA3_x", std::nullopt}, // an Arabic digit
    // another stem
    {"ComfyUI00005_.x", std::nullopt},
    {".ComfyUI_00002_.x", std::nullopt},
    {"comfyui_00005_.x", std::nullopt},
    {"ComfyUI2_00005_.x", std::nullopt},
    {"ComfyU_00005_.x", std::nullopt},
    {"MyComfyUI_00005_.x", std::nullopt},
    {"ComfyUI-00005_.x", std::nullopt},
};

bool agrees(const taken& row)
{
    return number_taken(row.entry, "ComfyUI") == row.number;
}

} // namespace

TEST_CASE("an entry takes the number between the stem and the next underscore, point or end")
{
    for (const taken& row : table) {
        CAPTURE(row.entry);
        CHECK(agrees(row));
    }
}

TEST_CASE("the number zero is a number")
{
    CHECK(number_taken("ComfyUI_00000_.x", "ComfyUI") == 0U);
}

TEST_CASE("one stem may begin with another")
{
    CHECK(number_taken("ComfyUI__00003_.x", "ComfyUI_") == 3U);
    CHECK_FALSE(number_taken("ComfyUI_00009_.x", "ComfyUI_"));
    CHECK_FALSE(number_taken("ComfyUI__00003_.x", "ComfyUI"));
    CHECK_FALSE(number_taken("ComfyUI_00001_.safetensors", "ComfyUI_00001"));
    CHECK(number_taken("ComfyUI_00001_00004_.safetensors", "ComfyUI_00001") == 4U);
    CHECK(number_taken("ComfyUI.safetensors_00004_.safetensors", "ComfyUI.safetensors") == 4U);
    CHECK(number_taken("\xE6\x97\xA5_00003_x", "\xE6\x97\xA5") == 3U);
    CHECK_FALSE(number_taken("\xE6\x97\xA5\xE6\x9C\xAC_00009_x", "\xE6\x97\xA5"));
}

TEST_CASE("bytes that are no UTF-8 in an entry do no harm")
{
    CHECK(number_taken("M_00002_\xFF", "M") == 2U);
    CHECK_FALSE(number_taken("M_\xFF_", "M"));
}

TEST_CASE("where the file system does not tell A from a, neither does the number")
{
    CHECK(number_taken("comfyui_00005_.x", "ComfyUI", name_case::insensitive) == 5U);
    CHECK(number_taken("COMFYUI_00005_.X", "comfyui", name_case::insensitive) == 5U);
    CHECK_FALSE(number_taken("c_mfyui_00005_.x", "ComfyUI", name_case::insensitive));
    // '[' and '{' differ by the same bit as letters do.
    CHECK_FALSE(number_taken("{_00005_.x", "[", name_case::insensitive));
    CHECK_FALSE(number_taken("@_00005_.x", "`", name_case::insensitive));
}

TEST_CASE("every name given out takes its own number")
{
    for (const std::uint64_t number :
         {std::uint64_t{1}, std::uint64_t{99'999}, std::uint64_t{100'000}, UINT64_MAX})
    {
        for (const std::string_view stem : {"ComfyUI", "a_b", "x_1", "_", "00001"}) {
            CAPTURE(number, stem);
            CHECK(number_taken(numbered_name(stem, number, stet::checkpoint_extension), stem) == number);
            CHECK(number_taken(numbered_name(stem, number, stet::part_extension), stem) == number);
        }
    }
}
