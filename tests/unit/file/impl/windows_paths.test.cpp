// SPDX-License-Identifier: MIT
#include <stet/file/impl/windows_paths.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace windows = stet::detail::windows;

namespace {

std::string character(char32_t code)
{
    std::string text(4, ' ');
    text.resize(stet::detail::encode_character(code, text.data()));
    return text;
}

std::wstring units(std::string_view text)
{
    return windows::utf16(text).value_or(L"not UTF-8");
}

constexpr char32_t first_of_length[] = {0x00, 0x80, 0x800, 0x10000};
constexpr char32_t last_of_length[] = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF};

} // namespace

TEST_CASE("UTF-8 becomes UTF-16, with a pair of surrogates above the first plane")
{
    CHECK(units("").empty());
    CHECK(units("ComfyUI_00001_") == L"ComfyUI_00001_");
    CHECK(units("\xC3\xA4") == L"\xE4");
    CHECK(units("\xE6\xA8\xA1\xE5\x9E\x8B") == L"\x6A21\x578B");
    CHECK(units("\xF0\x9F\x98\x80!") == std::wstring(L"\xD83D\xDE00") + L'!');
}

TEST_CASE("the first and the last character of every length survive the way to UTF-16 and back")
{
    for (std::size_t i = 0; i < 4; ++i) {
        for (const char32_t code : {first_of_length[i], last_of_length[i]}) {
            const std::string text = character(code);
            CHECK(text.size() == i + 1);
            CHECK(units(text).size() == (code < 0x10000 ? 1U : 2U));
            CHECK(windows::utf8(units(text)) == text);
        }
    }
}

TEST_CASE("every character of the first plane has the units UTF-16 gives it")
{
    bool all_right = true;
    for (char32_t code = 1; code < 0x10000; ++code) {
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        const std::string text = character(code);
        all_right = all_right && units(text) == std::wstring(1, static_cast<wchar_t>(code));
    }
    CHECK(all_right);
}

TEST_CASE("text that is not UTF-8 becomes nothing")
{
    CHECK_FALSE(windows::utf16("\xFF"));
    CHECK_FALSE(windows::utf16("a\xC3"));
    CHECK_FALSE(windows::utf16("\xED\xA0\xBD\xED\xB8\x80")); // surrogates, each for itself
    CHECK_FALSE(windows::utf16("\xC0\xAF"));                 // an overlong '/'
}

TEST_CASE("a lone surrogate in a name becomes the replacement character, and nothing else is lost")
{
    CHECK(windows::utf8(L"a\xD83D") == "a\xEF\xBF\xBD");
    CHECK(windows::utf8(std::wstring(L"\xD83D") + L'b') == "\xEF\xBF\xBD"
                                                           "b");
    CHECK(windows::utf8(L"\xDE00\xD83D") == "\xEF\xBF\xBD\xEF\xBF\xBD");
    CHECK(windows::utf8(L"\xD83D\xD83D\xDE00") == "\xEF\xBF\xBD\xF0\x9F\x98\x80");
}

TEST_CASE("a path from a drive, a server or a root does not start from a folder")
{
    STATIC_CHECK(windows::stands_alone(L"C:\\a"));
    STATIC_CHECK(windows::stands_alone(L"C:a"));
    STATIC_CHECK(windows::stands_alone(L"\\a"));
    STATIC_CHECK(windows::stands_alone(L"/a"));
    STATIC_CHECK(windows::stands_alone(L"\\\\server\\share"));
    STATIC_CHECK_FALSE(windows::stands_alone(L""));
    STATIC_CHECK_FALSE(windows::stands_alone(L"a"));
    STATIC_CHECK_FALSE(windows::stands_alone(L"a\\b"));
    STATIC_CHECK_FALSE(windows::stands_alone(L".."));
}

TEST_CASE("a full path is marked as one without limit")
{
    CHECK(windows::without_limit(L"C:\\a\\b") == L"\\\\?\\C:\\a\\b");
    CHECK(windows::without_limit(L"\\\\server\\share\\a") == L"\\\\?\\UNC\\server\\share\\a");
}

TEST_CASE("a path marked already, or of a device, stays as it is")
{
    for (const wchar_t* const path :
         {L"\\\\?\\C:\\a", L"\\\\?\\UNC\\server\\share", L"\\\\.\\NUL", L"\\??\\C:\\a"})
        CHECK(windows::without_limit(path) == path);
}

TEST_CASE("the top of a path is what no folder holds")
{
    const auto top = [](std::wstring_view path) { return path.substr(0, windows::top_length(path)); };
    CHECK(top(L"\\\\?\\C:\\") == L"\\\\?\\C:\\");
    CHECK(top(L"\\\\?\\C:\\a\\b") == L"\\\\?\\C:\\");
    CHECK(top(L"\\\\?\\UNC\\server\\share") == L"\\\\?\\UNC\\server\\share");
    CHECK(top(L"\\\\?\\UNC\\server\\share\\a") == L"\\\\?\\UNC\\server\\share\\");
    CHECK(top(L"\\\\?\\Volume{1}\\a") == L"\\\\?\\Volume{1}\\");
}

TEST_CASE("separators at the end go, but for that of a top")
{
    CHECK(windows::without_last_separators(L"\\\\?\\C:\\a\\") == L"\\\\?\\C:\\a");
    CHECK(windows::without_last_separators(L"\\\\?\\C:\\a\\\\") == L"\\\\?\\C:\\a");
    CHECK(windows::without_last_separators(L"\\\\?\\C:\\a") == L"\\\\?\\C:\\a");
    CHECK(windows::without_last_separators(L"\\\\?\\C:\\") == L"\\\\?\\C:\\");
    CHECK(windows::without_last_separators(L"\\\\?\\UNC\\server\\share\\") == L"\\\\?\\UNC\\server\\share\\");
}

TEST_CASE("a name is appended to a folder")
{
    CHECK(windows::below(L"\\\\?\\C:\\a", L"b.part") == L"\\\\?\\C:\\a\\b.part");
    CHECK(windows::below(L"\\\\?\\C:\\", L"b") == L"\\\\?\\C:\\b");
    CHECK(windows::below(L"\\\\?\\C:\\a", L"b/c\\d") == L"\\\\?\\C:\\a\\b\\c\\d");
}

TEST_CASE("empty parts and a dot stay in the folder")
{
    CHECK(windows::below(L"\\\\?\\C:\\a", L"") == L"\\\\?\\C:\\a");
    CHECK(windows::below(L"\\\\?\\C:\\a", L".") == L"\\\\?\\C:\\a");
    CHECK(windows::below(L"\\\\?\\C:\\a", L".//b/.") == L"\\\\?\\C:\\a\\b");
}

TEST_CASE("two dots climb one up and never past the top")
{
    CHECK(windows::below(L"\\\\?\\C:\\a\\b", L"..") == L"\\\\?\\C:\\a");
    CHECK(windows::below(L"\\\\?\\C:\\a", L"..") == L"\\\\?\\C:\\");
    CHECK(windows::below(L"\\\\?\\C:\\", L"..") == L"\\\\?\\C:\\");
    CHECK(windows::below(L"\\\\?\\UNC\\server\\share\\a", L"..") == L"\\\\?\\UNC\\server\\share\\");
    CHECK(windows::below(L"\\\\?\\UNC\\server\\share", L"..") == L"\\\\?\\UNC\\server\\share");
    CHECK(windows::below(L"\\\\?\\C:\\a", L"../../../b") == L"\\\\?\\C:\\b");
}

TEST_CASE("a name that Windows would take for something else has no use in a folder")
{
    CHECK(windows::name_error("model.safetensors") == 0);
    CHECK(windows::name_error("\xE6\xA8\xA1\xE5\x9E\x8B") == 0);
    for (const std::string_view name : {"NUL", "con.part", "a:b", "a.", "a ", "a?", "a*", "a\tb"})
        CHECK(windows::name_error(name) == EINVAL);
    CHECK(windows::name_error("a\xFF") == EILSEQ);
}

TEST_CASE("the length of a name is counted in UTF-16")
{
    std::string name;
    for (int i = 0; i < 255; ++i)
        name += "\xE6\xA8\xA1";
    CHECK(windows::name_error(name) == 0);
    CHECK(windows::name_error(name + "a") == ENAMETOOLONG);
    std::string astral;
    for (int i = 0; i < 128; ++i)
        astral += "\xF0\x9F\x98\x80";
    CHECK(windows::name_error(astral) == ENAMETOOLONG);
}

TEST_CASE("two paths are one but for ASCII case and a separator at the end")
{
    STATIC_CHECK(windows::is_same_path(L"\\\\?\\C:\\Out", L"\\\\?\\c:\\oUT\\"));
    STATIC_CHECK_FALSE(windows::is_same_path(L"\\\\?\\C:\\out", L"\\\\?\\C:\\out\\a"));
    STATIC_CHECK_FALSE(windows::is_same_path(L"\\\\?\\C:\\outa", L"\\\\?\\C:\\outb"));
    STATIC_CHECK_FALSE(windows::is_same_path(L"\xC4", L"\xE4"));
}

TEST_CASE("a name of more than 255 units is found anywhere in a path")
{
    using stet::detail::windows::has_long_name;
    const std::wstring longest(255, L'n');
    CHECK_FALSE(has_long_name(L""));
    CHECK_FALSE(has_long_name(L"\\\\?\\C:\\" + longest + L"\\" + longest));
    CHECK(has_long_name(L"\\\\?\\C:\\" + longest + L"n\\a"));
    CHECK(has_long_name(L"\\\\?\\C:\\a\\n" + longest));
}

TEST_CASE("a high surrogate before what is no low one is replaced alone")
{
    CHECK(windows::utf8(std::wstring{static_cast<wchar_t>(0xD83D), static_cast<wchar_t>(0xE000)}) ==
          "\xEF\xBF\xBD\xEE\x80\x80");
}
