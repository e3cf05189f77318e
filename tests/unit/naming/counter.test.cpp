// SPDX-License-Identifier: MIT
#include <stet/naming/output_name.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace {

std::uint64_t next_after(std::initializer_list<std::string_view> entries, std::string_view stem = "ComfyUI",
                         stet::name_case letters = stet::name_case::sensitive)
{
    stet::counter numbers(stem, letters);
    for (const std::string_view entry : entries)
        numbers.see(entry);
    const auto next = numbers.next();
    return next ? *next : 0;
}

} // namespace

TEST_CASE("the first number is one")
{
    CHECK(next_after({}) == 1);
    CHECK(next_after({"other_00009_.safetensors", "ComfyUI", "notes.txt"}) == 1);
    CHECK(next_after({"ComfyUI_00000_.safetensors"}) == 1);
}

TEST_CASE("the next number is the largest taken plus one, whatever the order and the extension")
{
    CHECK(next_after({"ComfyUI_00001_.safetensors", "ComfyUI_00007_.safetensors", "ComfyUI_00003_.png"}) ==
          8);
    CHECK(next_after({"ComfyUI_00007_.png", "ComfyUI_00003_.safetensors"}) == 8);
    CHECK(next_after({"ComfyUI_00002_.part"}) == 3);
    CHECK(next_after({"ComfyUI_00005.safetensors", "ComfyUI_12"}) == 13);
    CHECK(next_after({"ComfyUI_99999_.x"}) == 100'000);
}

TEST_CASE("gaps are not filled")
{
    CHECK(next_after({"ComfyUI_00001_.safetensors", "ComfyUI_00009_.safetensors"}) == 10);
}

TEST_CASE("numbers of other stems do not count")
{
    CHECK(next_after({"ComfyUI__00003_.x", "ComfyUI_00009_.x"}, "ComfyUI_") == 4);
    CHECK(next_after({"comfyui_00005_.x"}) == 1);
    CHECK(next_after({"comfyui_00005_.x"}, "ComfyUI", stet::name_case::insensitive) == 6);
}

TEST_CASE("a number beyond 64 bits does not hide the others")
{
    CHECK(next_after({"ComfyUI_18446744073709551616_.x", "ComfyUI_00004_.x"}) == 5);
}

TEST_CASE("after the last number there is none")
{
    stet::counter numbers("ComfyUI");
    numbers.see("ComfyUI_18446744073709551614_.x");
    CHECK(*numbers.next() == UINT64_MAX);

    numbers.see("ComfyUI_18446744073709551615_.x");
    const auto next = numbers.next();
    REQUIRE_FALSE(next);
    CHECK(next.error().code == stet::errc::counter_exhausted);
    CHECK(next.error().actual == UINT64_MAX);
    CHECK(next.error().subject() == "ComfyUI");
}
