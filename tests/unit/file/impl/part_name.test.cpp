// SPDX-License-Identifier: MIT
#include <stet/file/impl/part_name.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string>
#include <string_view>

using stet::detail::exact_part_name;
using stet::detail::is_exact_part;
using stet::detail::is_numbered_part;

TEST_CASE("an exact path's part file has its name and the attempt's number from the second on")
{
    CHECK(exact_part_name("model.safetensors", 1) == "model.safetensors.part");
    CHECK(exact_part_name("model.safetensors", 2) == "model.safetensors.2.part");
    CHECK(exact_part_name("model", 100'000) == "model.100000.part");
}

TEST_CASE("the part file of a name as long as a system allows is cut, and never inside a character")
{
    const std::string longest(255, 'x');
    CHECK(exact_part_name(longest, 1) == std::string(239, 'x') + ".part");
    CHECK(exact_part_name(longest, 100'000).size() <= 255);
    CHECK(exact_part_name(std::string(239, 'x'), 1) == std::string(239, 'x') + ".part");
    const std::string wide = std::string(238, 'x') + "\xE2\x82\xAC" + "end";
    CHECK(exact_part_name(wide, 1) == std::string(238, 'x') + ".part");
}

TEST_CASE("every part file of an exact path is recognised")
{
    for (const std::string& name : {std::string("model.safetensors"), std::string("m"), std::string("a.2"),
                                    std::string(255, 'x'), std::string(238, 'x') + "\xE2\x82\xAC"})
    {
        for (const std::uint64_t attempt : {1U, 2U, 9U, 10U, 11U, 12'345U, 99'999U, 100'000U}) {
            CAPTURE(name, attempt);
            CHECK(is_exact_part(exact_part_name(name, attempt), name));
        }
    }
}

TEST_CASE("what is not written for an exact path is not taken for its part file")
{
    for (const std::string_view entry :
         {"", "m", ".part", "m.par", "m.part2", "mm.part", "m..part", "m.1.part", "m.0.part", "m.02.part",
          "m.2", "m.2x.part", "m2.part", "m.2.3.part", "m.1234567.part", "m.-2.part", "M.part", "xm.part",
          "m.part.part"})
    {
        CAPTURE(entry);
        CHECK_FALSE(is_exact_part(entry, "m"));
    }
    // Shorter than the name and the extension together: they must not overlap.
    CHECK_FALSE(is_exact_part("m.part", "m.part"));
}

TEST_CASE("every part file of a numbered save is recognised")
{
    for (const std::uint64_t number :
         {std::uint64_t{1}, std::uint64_t{99'999}, std::uint64_t{100'000}, UINT64_MAX})
    {
        for (const std::string_view stem : {"ComfyUI", "", "a_b", "x_00001_"})
            CHECK(is_numbered_part(stet::numbered_name(stem, number, stet::part_extension)));
    }
    CHECK(is_numbered_part("ComfyUI_00007_2.part"));
    CHECK(is_numbered_part("ComfyUI_00007_999.part"));
}

TEST_CASE("what no numbered save writes is not taken for its part file")
{
    for (const std::string_view entry : {"",
                                         ".part",
                                         "_.part",
                                         "__.part",
                                         "00007_.part",
                                         "M_7_.part",
                                         "M_0007_.part",
                                         "M_000007_.part",
                                         "M_00007.part",
                                         "M_00007_.safetensors",
                                         "M_00007_.Part",
                                         "M_00007_.part.bak",
                                         "M_00007_x.part",
                                         "M_00007_0.part",
                                         "M_00007_1.part",
                                         "M_00007_02.part",
                                         "M_0000x_.part",
                                         "M00007_.part",
                                         "M_-0001_.part",
                                         "M_00007_.safetensors.part",
                                         "model.safetensors.part"})
    {
        CAPTURE(entry);
        CHECK_FALSE(is_numbered_part(entry));
    }
}

TEST_CASE("of a long name that has no character's beginning nothing is left")
{
    CHECK(stet::detail::exact_part_stem(std::string(300, '\x80')).empty());
    CHECK(stet::detail::exact_part_stem(std::string(10, '\x80')).size() == 10);
}
