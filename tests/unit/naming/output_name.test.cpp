// SPDX-License-Identifier: MIT
#include <stet/naming/output_name.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

using namespace std::string_view_literals;
using stet::errc;
using stet::parse_output_name;
using stet::path_style;

namespace {

struct accepted {
    std::string_view prefix;
    std::string_view folder;
    std::string_view stem;
};

struct refused {
    std::string_view prefix;
    errc             code;
};

void check_accepted(const accepted& row, path_style style)
{
    CAPTURE(row.prefix);
    const auto name = parse_output_name(row.prefix, style);
    REQUIRE(name);
    CHECK(name->folder == row.folder);
    CHECK(name->stem == row.stem);
}

void check_refused(const refused& row, path_style style)
{
    CAPTURE(row.prefix);
    const auto name = parse_output_name(row.prefix, style);
    REQUIRE_FALSE(name);
    CHECK(name.error().code == row.code);
    CHECK(name.error().subject() == row.prefix);
}

constexpr path_style both_styles[] = {path_style::posix, path_style::windows};

} // namespace

TEST_CASE("a prefix is a folder and a stem")
{
    for (const path_style style : both_styles) {
        for (const accepted& row : {
                 accepted{"ComfyUI", "", "ComfyUI"},
                 accepted{"checkpoints/ComfyUI", "checkpoints", "ComfyUI"},
                 accepted{"a/b/c/M", "a/b/c", "M"},
                 accepted{"ComfyUI.v1.2", "", "ComfyUI.v1.2"},
                 accepted{"ComfyUI.safetensors", "", "ComfyUI.safetensors"},
                 accepted{".hidden", "", ".hidden"},
                 accepted{"...x", "", "...x"},
                 accepted{" x", "", " x"},
                 accepted{"ComfyUI_", "", "ComfyUI_"},
                 accepted{"\xE6\x97\xA5\xE6\x9C\xAC/\xC3\xA9", "\xE6\x97\xA5\xE6\x9C\xAC", "\xC3\xA9"},
                 accepted{"~/x", "~", "x"},
                 accepted{"$HOME", "", "$HOME"},
             })
            check_accepted(row, style);
    }
}

TEST_CASE("a prefix is normalised by its text alone")
{
    for (const path_style style : both_styles) {
        for (const accepted& row : {
                 accepted{"a//b/./ComfyUI", "a/b", "ComfyUI"},
                 accepted{"./ComfyUI", "", "ComfyUI"},
                 accepted{"a/../ComfyUI", "", "ComfyUI"},
                 accepted{"a/b/../../x/ComfyUI", "x", "ComfyUI"},
                 accepted{"a/../b/../c/M", "c", "M"},
                 accepted{"ComfyUI/", "", "ComfyUI"},
                 accepted{"sub/ComfyUI/", "sub", "ComfyUI"},
                 accepted{"sub/ComfyUI///", "sub", "ComfyUI"},
                 accepted{"sub/ComfyUI/.", "sub", "ComfyUI"},
                 accepted{"sub/AB/..", "", "sub"},
             })
            check_accepted(row, style);
    }
}

TEST_CASE("a prefix that leaves the root is refused")
{
    for (const path_style style : both_styles) {
        for (const std::string_view prefix :
             {"/", "/ComfyUI", "//x/y", "/elsewhere/ComfyUI", "..", "../ComfyUI", "../out/ComfyUI",
              "a/../../M", "a/b/../../../a/b/M", "./../M", "a/../.."})
            check_refused({prefix, errc::outside_root}, style);
    }
}

TEST_CASE("a prefix that names no file is refused")
{
    for (const path_style style : both_styles) {
        for (const std::string_view prefix :
             {""sv, "."sv, "./."sv, "a/.."sv, "a/../"sv, "a\0b"sv, "\0"sv, "ComfyUI\0"sv, "a\nb"sv,
              "a\tb/x"sv, "x\x1F"sv, "x\x7F"sv, "\x01/M"sv, "\xFF"sv, "a/\xC3"sv, "\xED\xA0\x80"sv,
              "\xC0\xAF"sv})
            check_refused({prefix, errc::invalid_file_name}, style);
    }
}

TEST_CASE("on posix a backslash and what windows forbids are ordinary")
{
    for (const accepted& row : {
             accepted{"a\\b", "", "a\\b"},
             accepted{"..\\x", "", "..\\x"},
             accepted{"C:\\x", "", "C:\\x"},
             accepted{"a:b", "", "a:b"},
             accepted{"NUL", "", "NUL"},
             accepted{"con/aux", "con", "aux"},
             accepted{"x.", "", "x."},
             accepted{"x ", "", "x "},
             accepted{"...", "", "..."},
             accepted{"<>\"|?*", "", "<>\"|?*"},
         })
        check_accepted(row, path_style::posix);
}

TEST_CASE("on windows a backslash separates, too")
{
    for (const accepted& row : {
             accepted{"checkpoints\\ComfyUI", "checkpoints", "ComfyUI"},
             accepted{"a\\b/c\\M", "a/b/c", "M"},
             accepted{"a\\\\.\\M\\", "a", "M"},
             accepted{"a\\..\\M", "", "M"},
         })
        check_accepted(row, path_style::windows);
    for (const std::string_view prefix :
         {"\\x\\M", "\\\\srv\\share\\M", "..\\M", "a\\..\\..\\M", "\\\\?\\C:\\M"})
        check_refused({prefix, errc::outside_root}, path_style::windows);
}

TEST_CASE("on windows a drive is outside and a colon names no file")
{
    for (const std::string_view prefix : {"C:\\out\\M", "D:x\\M", "c:", "a:b", "1:x"})
        check_refused({prefix, errc::outside_root}, path_style::windows);
    for (const std::string_view prefix : {"file:stream", "a/C:/M", "sub\\b:c", "MM::$DATA"})
        check_refused({prefix, errc::invalid_file_name}, path_style::windows);
}

TEST_CASE("on windows a part that the system would change or take for a device is refused")
{
    for (const std::string_view prefix : {"x.",          "x ",
                                          "a./M",        "a /M",
                                          "...",         "a/...",
                                          ". ",          ".. ",
                                          "CON",         "con",
                                          "Prn",         "aux",
                                          "NUL",         "nul.txt",
                                          "NUL.tar.gz",  "nul/M",
                                          "a/CON/b",     "COM0",
                                          "com1",        "COM9.x",
                                          "lpt3",        "CONIN$",
                                          "conout$",     "NUL .txt",
                                          "COM\xC2\xB9", "LPT\xC2\xB2.x",
                                          "com\xC2\xB3", "a<b",
                                          "a>b",         "a\"b",
                                          "a|b",         "a?b",
                                          "a*b"})
        check_refused({prefix, errc::invalid_file_name}, path_style::windows);
    for (const accepted& row : {
             accepted{"CONSOLE", "", "CONSOLE"},
             accepted{"COM", "", "COM"},
             accepted{"COM10", "", "COM10"},
             accepted{"COMx", "", "COMx"},
             accepted{"COM\xC2\xA9", "", "COM\xC2\xA9"},
             accepted{"LPT", "", "LPT"},
             accepted{"xCOM1", "", "xCOM1"},
             accepted{"nul_1", "", "nul_1"},
             accepted{".nul", "", ".nul"},
             accepted{"null/M", "null", "M"},
         })
        check_accepted(row, path_style::windows);
}

TEST_CASE("the native style is the system's own")
{
#if defined(_WIN32)
    STATIC_REQUIRE(stet::native_paths == path_style::windows);
#else
    STATIC_REQUIRE(stet::native_paths == path_style::posix);
#endif
    CHECK(parse_output_name("a\\b")->stem == (stet::native_paths == path_style::windows ? "b" : "a\\b"));
}

TEST_CASE("a name that only begins as a device's does is a name")
{
    using stet::detail::is_device_name;
    for (const std::string_view device : {"con", "Nul", "com1", "LPT9", "com0", "aux.txt", "prn  "})
        CHECK(is_device_name(device));
    for (const std::string_view name :
         {"{on", "con!", "com!", "com:", "COM", "com10", "lpt", "conx", "co", "abc1"})
        CHECK_FALSE(is_device_name(name));
}
