// SPDX-License-Identifier: MIT
#include <stet/comfyui/impl/python_path.hpp>

#include <catch2/catch_test_macros.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

using stet::path_style;
using stet::detail::python_path::drive_size;
using stet::detail::python_path::find_separator;
using stet::detail::python_path::is_inside;
using stet::detail::python_path::is_rooted;
using stet::detail::python_path::is_same;
using stet::detail::python_path::is_separator;
using stet::detail::python_path::joined;
using stet::detail::python_path::normalized;
using stet::detail::python_path::separator;
using stet::detail::python_path::split;
using stet::detail::python_path::with_own_separators;

static_assert(is_separator('/', path_style::posix) && is_separator('/', path_style::windows));
static_assert(!is_separator('\\', path_style::posix) && is_separator('\\', path_style::windows));
static_assert(separator(path_style::posix) == '/' && separator(path_style::windows) == '\\');
static_assert(find_separator("a\\b/c", path_style::posix) == 3 &&
              find_separator("a\\b/c", path_style::windows) == 1);
static_assert(find_separator("a/b", path_style::posix, 2) == std::string_view::npos);

namespace {

using texts = std::pair<std::string_view, std::string_view>;

void check_normalized(path_style style, std::initializer_list<texts> rows)
{
    for (const auto& [path, normal] : rows) {
        CAPTURE(path);
        CHECK(normalized(path, style) == normal);
        CHECK(normalized(normal, style) == normal);
    }
}

/// A path with what split makes of it.
struct split_row {
    std::string_view path, folder, name;
};

void check_split(path_style style, std::initializer_list<split_row> rows)
{
    for (const auto& [path, folder, name] : rows) {
        CAPTURE(path);
        CHECK(split(path, style) == texts{folder, name});
    }
}

void check_joined(path_style style, std::string_view base, std::initializer_list<texts> rows)
{
    for (const auto& [path, whole] : rows) {
        CAPTURE(path);
        CHECK(joined(base, path, style) == whole);
    }
}

} // namespace

TEST_CASE("a normalized path has no empty part, no dot and no part taken back")
{
    check_normalized(path_style::posix, {{"a//b/./M", "a/b/M"},
                                         {"a/../M", "M"},
                                         {"a/b/../../x/M", "x/M"},
                                         {"M/", "M"},
                                         {"sub/M/.", "sub/M"},
                                         {"", "."},
                                         {".", "."},
                                         {"a/..", "."},
                                         {"./M", "M"},
                                         {"a\\..\\b", "a\\..\\b"},
                                         {" / x", " / x"}});
}

TEST_CASE("parts that lead above the start stay, those above the root go")
{
    check_normalized(path_style::posix, {{"..", ".."},
                                         {"../M", "../M"},
                                         {"../../M", "../../M"},
                                         {"a/../../M", "../M"},
                                         {"../a/../b", "../b"},
                                         {"/..", "/"},
                                         {"/../M", "/M"},
                                         {"/a/../../M", "/M"}});
}

TEST_CASE("two slashes in front stay, more become one")
{
    check_normalized(path_style::posix, {{"/", "/"},
                                         {"//", "//"},
                                         {"///", "/"},
                                         {"//x//y", "//x/y"},
                                         {"///x", "/x"},
                                         {"//..", "//"},
                                         {"//x/..", "//"}});
}

TEST_CASE("on windows both slashes separate and the drive stays in front")
{
    check_normalized(path_style::windows, {{"checkpoints/x\\M", "checkpoints\\x\\M"},
                                           {"C:/a/./b//c", "C:\\a\\b\\c"},
                                           {"C:\\..\\x", "C:\\x"},
                                           {"C:..", "C:.."},
                                           {"C:.", "C:"},
                                           {"C:a\\..\\b", "C:b"},
                                           {"\\..\\x", "\\x"},
                                           {"//srv/share/x/..", "\\\\srv\\share\\"},
                                           {"\\\\srv\\share\\..\\x", "\\\\srv\\share\\x"},
                                           {"\\\\?\\C:\\x\\..\\y", "\\\\?\\C:\\y"},
                                           {"a/..", "."}});
}

TEST_CASE("a drive is a letter and a colon, or a server's share")
{
    for (const auto& [path, drive] :
         {texts{"C:", "C:"}, texts{"c:x", "c:"}, texts{"C:\\x", "C:"}, texts{"x", ""}, texts{"\\x", ""},
          texts{"\\\\srv\\share\\x", "\\\\srv\\share"}, texts{"//srv/share", "//srv/share"},
          texts{"\\\\srv", "\\\\srv"}, texts{"\\\\?\\C:\\x", "\\\\?\\C:"},
          texts{"\\\\?\\unc\\s\\h\\x", "\\\\?\\unc\\s\\h"}, texts{"\xC3\xA9:x", "\xC3\xA9:"}})
    {
        CAPTURE(path);
        CHECK(path.substr(0, drive_size(path, path_style::windows)) == drive);
        CHECK(drive_size(path, path_style::posix) == 0);
    }
}

TEST_CASE("a path is rooted when it starts at the top of its drive")
{
    CHECK(is_rooted("/x", path_style::posix));
    CHECK_FALSE(is_rooted("x/", path_style::posix));
    CHECK_FALSE(is_rooted("", path_style::posix));
    CHECK_FALSE(is_rooted("\\x", path_style::posix));
    for (const std::string_view path : {"C:\\", "C:/x", "\\x", "\\\\srv\\share\\"}) {
        CAPTURE(path);
        CHECK(is_rooted(path, path_style::windows));
    }
    for (const std::string_view path : {"C:", "C:x", "x", "\\\\srv\\share"}) {
        CAPTURE(path);
        CHECK_FALSE(is_rooted(path, path_style::windows));
    }
    CHECK_FALSE(is_rooted(std::string_view("C:\\").substr(0, 2), path_style::windows));
}

TEST_CASE("a path is split at its last separator")
{
    check_split(path_style::posix, {{"a/b/M", "a/b", "M"},
                                    {"M", "", "M"},
                                    {"M/", "M", ""},
                                    {"a//M", "a", "M"},
                                    {"/M", "/", "M"},
                                    {"//M", "//", "M"},
                                    {"/", "/", ""},
                                    {"//", "//", ""},
                                    {"", "", ""},
                                    {"a\\M", "", "a\\M"},
                                    {std::string_view("//M").substr(2), "", "M"}});
    check_split(path_style::windows, {{"a\\b/M", "a\\b", "M"},
                                      {"C:M", "C:", "M"},
                                      {"C:\\M", "C:\\", "M"},
                                      {"C:", "C:", ""},
                                      {"\\\\srv\\share\\M", "\\\\srv\\share\\", "M"},
                                      {"\\\\srv\\share", "\\\\srv\\share", ""}});
}

TEST_CASE("a path is joined to another unless it has a root")
{
    check_joined(path_style::posix, "/out",
                 {{"a/b", "/out/a/b"},
                  {"", "/out/"},
                  {"..", "/out/.."},
                  {"/x", "/x"},
                  {"//x", "//x"},
                  {"C:x", "/out/C:x"}});
    check_joined(path_style::posix, "/", {{"a", "/a"}, {"", "/"}});
    check_joined(path_style::posix, "", {{"a", "a"}, {"", ""}});
    check_joined(path_style::posix, "out/", {{"a", "out/a"}});
}

TEST_CASE("on windows a path joined keeps the drive unless it has another")
{
    check_joined(path_style::windows, "C:\\out",
                 {{"a", "C:\\out\\a"},
                  {"", "C:\\out\\"},
                  {"\\x", "C:\\x"},
                  {"c:x", "c:\\out\\x"},
                  {"C:\\x", "C:\\x"},
                  {"D:x", "D:x"},
                  {"\\\\srv\\share\\x", "\\\\srv\\share\\x"}});
    check_joined(path_style::windows, "C:", {{"x", "C:x"}});
    check_joined(path_style::windows, "C:/", {{"x", "C:/x"}});
    check_joined(path_style::windows, "\\\\srv\\share", {{"x", "\\\\srv\\share\\x"}});
    check_joined(path_style::windows, "\\\\srv\\share\\a", {{"x", "\\\\srv\\share\\a\\x"}});
}

TEST_CASE("a path is inside another when it has its parts in front")
{
    for (const std::string_view path : {"/out", "/out/a", "/out/a/b", "//out/a"}) {
        CAPTURE(path);
        CHECK(is_inside("/out", path, path_style::posix));
        CHECK(is_inside("/", path, path_style::posix));
    }
    for (const std::string_view path : {"/", "/out2", "/ou", "/x/out", "out", "/Out", "."}) {
        CAPTURE(path);
        CHECK_FALSE(is_inside("/out", path, path_style::posix));
    }
    CHECK(is_inside("//out", "/out/a", path_style::posix));
}

TEST_CASE("a relative path is inside another that starts where it does")
{
    CHECK(is_inside(".", ".", path_style::posix));
    CHECK(is_inside(".", "a", path_style::posix));
    CHECK(is_inside("out", "out/a", path_style::posix));
    CHECK(is_inside("..", "../a", path_style::posix));
    CHECK_FALSE(is_inside(".", "..", path_style::posix));
    CHECK_FALSE(is_inside(".", "../a", path_style::posix));
    CHECK_FALSE(is_inside("..", "../..", path_style::posix));
    CHECK_FALSE(is_inside("..", "../../a", path_style::posix));
    CHECK_FALSE(is_inside("out", ".", path_style::posix));
    CHECK(is_inside(".", "..a", path_style::posix));
}

TEST_CASE("on windows a path on another drive is not inside, and case makes no difference")
{
    CHECK(is_inside("C:\\out", "c:\\OUT\\a", path_style::windows));
    CHECK(is_inside("C:\\", "C:\\a", path_style::windows));
    CHECK(is_inside("\\\\srv\\share\\", "\\\\SRV\\share\\a", path_style::windows));
    CHECK_FALSE(is_inside("C:\\out", "D:\\out\\a", path_style::windows));
    CHECK_FALSE(is_inside("C:\\out", "C:out\\a", path_style::windows));
    CHECK_FALSE(is_inside("C:\\out", "\\out\\a", path_style::windows));
    CHECK_FALSE(is_inside("C:\\out", "C:\\out2", path_style::windows));
}

TEST_CASE("names are the same letter by letter, on windows whatever the case in ASCII")
{
    CHECK(is_same("Ab", "Ab", path_style::posix));
    CHECK_FALSE(is_same("Ab", "ab", path_style::posix));
    CHECK(is_same("Ab", "aB", path_style::windows));
    CHECK_FALSE(is_same("Ab", "Abc", path_style::windows));
    CHECK_FALSE(is_same("\xC3\x89", "\xC3\xA9", path_style::windows));
    CHECK(with_own_separators("a/b\\c", path_style::windows) == "a\\b\\c");
    CHECK(with_own_separators("a/b\\c", path_style::posix) == "a/b\\c");
}
