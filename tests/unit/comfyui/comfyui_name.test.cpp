// SPDX-License-Identifier: MIT
#include <stet/comfyui/comfyui_name.hpp>

#include <catch2/catch_test_macros.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace comfyui = stet::comfyui;
using stet::errc;
using stet::path_style;
using stet::result;
using stet::comfyui::naming_rule;
using stet::detail::python_int;

namespace {

comfyui::request request(std::string_view prefix, std::string_view output_dir = "/out",
                         naming_rule rule = naming_rule::comfyui_0_8)
{
    return {.prefix = prefix, .output_dir = output_dir, .rule = rule, .paths = path_style::posix};
}

comfyui::request windows_request(std::string_view prefix, std::string_view output_dir = "C:\\out")
{
    return {.prefix = prefix, .output_dir = output_dir, .paths = path_style::windows};
}

std::optional<errc> failure(const comfyui::request& asked)
{
    const auto place = comfyui::resolve(asked);
    return place ? std::optional<errc>() : place.error().code;
}

struct row {
    std::string_view prefix, folder, stem, subfolder;
};

void check_places(std::initializer_list<row> rows, comfyui::request asked)
{
    for (const auto& [prefix, folder, stem, subfolder] : rows) {
        CAPTURE(prefix);
        asked.prefix = prefix;
        const auto place = comfyui::resolve(asked);
        REQUIRE(place);
        CHECK(place->folder == folder);
        CHECK(place->stem == stem);
        CHECK(place->subfolder == subfolder);
        CHECK(place->prefix_out == prefix);
    }
}

/// The prefix with its fields replaced, at 13:07:09 on 5 November 2026.
std::string expanded(std::string_view prefix, unsigned year = 2026)
{
    auto asked = request(prefix);
    asked.fields = {
        .time =
            stet::calendar_time{.year = year, .month = 11, .day = 5, .hour = 13, .minute = 7, .second = 9},
        .width = 512,
        .height = 768};
    return stet::comfyui::split_prefix(asked).prefix_out;
}

} // namespace

TEST_CASE("a prefix is a folder below the output folder and a stem")
{
    check_places({{"ComfyUI", "/out/", "ComfyUI", ""},
                  {"checkpoints/ComfyUI", "/out/checkpoints", "ComfyUI", "checkpoints"},
                  {"a//b/./M", "/out/a/b", "M", "a/b"},
                  {"a/b/../../x/M", "/out/x", "M", "x"},
                  {"", "/out/", ".", ""},
                  {"abc/..", "/out/", ".", ""},
                  {"..", "/out/", "..", ""},
                  {"a\\b", "/out/", "a\\b", ""},
                  {" x ", "/out/", " x ", ""},
                  {"\xE6\x97\xA5\xE6\x9C\xAC/\xFF", "/out/\xE6\x97\xA5\xE6\x9C\xAC", "\xFF",
                   "\xE6\x97\xA5\xE6\x9C\xAC"}},
                 request({}));
}

TEST_CASE("a prefix may leave the output folder by its text if it comes back")
{
    check_places({{"../out/M", "/out/../out", "M", "../out"},
                  {"x/../../out/M", "/out/../out", "M", "../out"},
                  {"/out/abs/M", "/out/abs", "M", "/out/abs"},
                  {"//out/M", "//out", "M", "//out"}},
                 request({}));
    check_places(
        {{"M", "/", "M", ""}, {"/", "/", "", "/"}, {"//", "//", "", "//"}, {"../M", "/..", "M", ".."}},
        request({}, "/"));
}

TEST_CASE("a prefix that leads out of the output folder is refused")
{
    for (const std::string_view prefix :
         {"../M", "../out", "../out2/M", "/M", "/", "//", "//x/y", "/elsewhere/M", "a/../../M"})
    {
        CAPTURE(prefix);
        const auto place = comfyui::resolve(request(prefix));
        REQUIRE_FALSE(place);
        CHECK(place.error().code == errc::outside_root);
    }
    CHECK(comfyui::resolve(request("../out2/M")).error().subject() == "/out/../out2");
}

TEST_CASE("an output folder that is not spelled normalized holds nothing in 0.8")
{
    for (const std::string_view output_dir : {"/out/", "/x/../out", "/out/.", "//out", "//", "/..", "/a//b"})
    {
        CAPTURE(output_dir);
        CHECK(failure(request("M", output_dir)) == errc::outside_root);
    }
}

TEST_CASE("a relative output folder is refused in 0.8, whatever the prefix")
{
    for (const std::string_view output_dir : {"out", "", ".", "./out"}) {
        CAPTURE(output_dir);
        CHECK(failure(request("M", output_dir)) == errc::output_folder_not_absolute);
        CHECK(failure(request("../../M", output_dir)) == errc::output_folder_not_absolute);
    }
    CHECK(comfyui::resolve(request("M", "out")).error().subject() == "out");
}

TEST_CASE("the later rule takes any spelling of the output folder")
{
    for (const std::string_view output_dir : {"/out", "/out/", "/x/../out", "//out", "out", ".", "../out"}) {
        CAPTURE(output_dir);
        CHECK_FALSE(failure(request("a/M", output_dir, naming_rule::comfyui_2026)));
        CHECK(failure(request("../a/M", output_dir, naming_rule::comfyui_2026)) == errc::outside_root);
    }
    CHECK(comfyui::resolve(request("M", "out", naming_rule::comfyui_2026))->folder == "out/");
}

TEST_CASE("only the later rule refuses a NUL in the folder")
{
    const std::string_view in_folder("a\0b/M", 5);
    const std::string_view in_stem("M\0", 2);
    CHECK_FALSE(failure(request(in_folder)));
    CHECK_FALSE(failure(request(in_stem)));
    CHECK(failure(request(in_folder, "/out", naming_rule::comfyui_2026)) == errc::invalid_file_name);
    CHECK_FALSE(failure(request(in_stem, "/out", naming_rule::comfyui_2026)));
}

TEST_CASE("the later rule compares the folders that the caller's disk leads to")
{
    std::vector<std::string> asked;
    const auto               resolve = [&asked](const std::string& path) -> result<std::string> {
        asked.push_back(path);
        if (path == "output")
            return std::string("/data/out");
        if (path == "output/link")
            return std::string("/elsewhere");
        if (path == "output/inner")
            return std::string("/data/out/a");
        return stet::error{.code = errc::too_many_links}.about(path);
    };
    const auto code = [&](std::string_view prefix) {
        const auto place = comfyui::resolve(request(prefix, "output", naming_rule::comfyui_2026), resolve);
        return place ? std::optional<errc>() : place.error().code;
    };
    CHECK_FALSE(code("inner/M"));
    CHECK(asked == std::vector<std::string>{"output", "output/inner"});
    CHECK(code("link/M") == errc::outside_root);
    CHECK(code("loop/M") == errc::too_many_links);
    CHECK(code(std::string_view("a\0/M", 4)) == errc::invalid_file_name);
}

TEST_CASE("0.8 does not ask where links lead")
{
    const auto resolve = [](const std::string& path) -> result<std::string> {
        return stet::error{.code = errc::too_many_links}.about(path);
    };
    const auto place = comfyui::resolve(request("link/M"), resolve);
    REQUIRE(place);
    CHECK(place->folder == "/out/link");
}

TEST_CASE("fields of the prefix are replaced one after the other")
{
    CHECK(expanded("%width%x%height%") == "512x768");
    CHECK(expanded("%year%/%month%-%day%") == "2026/11-05");
    CHECK(expanded("%hour%%minute%%second%") == "130709");
    CHECK(expanded("%year%", 987) == "987");
    CHECK(expanded("%%width%%") == "%512%");
    CHECK(expanded("%height%width%") == "%height512");
    CHECK(expanded("%width%height%") == "512height%");
    CHECK(expanded("%width%%width%") == "512512");
    for (const std::string_view prefix : {"%WIDTH%", "%date%", "%date:yyyy%", "100%", "%", "%%"}) {
        CAPTURE(prefix);
        CHECK(expanded(prefix) == prefix);
    }
}

TEST_CASE("without a time the fields of time stay in a ComfyUI prefix")
{
    CHECK(comfyui::resolve(request("%width%/%year%"))->prefix_out == "0/%year%");
}

TEST_CASE("a folder may come from a field")
{
    auto asked = request("%year%/%month%");
    asked.fields.time =
        stet::calendar_time{.year = 2026, .month = 3, .day = 1, .hour = 0, .minute = 0, .second = 0};
    const auto place = comfyui::resolve(asked);
    REQUIRE(place);
    CHECK(place->folder == "/out/2026");
    CHECK(place->stem == "03");
    CHECK(place->prefix_out == "2026/03");
}

TEST_CASE("entries are seen when the prefix ends in as many characters as the stem has")
{
    const auto sees = [](std::string_view prefix) { return comfyui::resolve(request(prefix))->sees_entries; };
    for (const std::string_view prefix : {"M", "a/M", "a/.", "ab/x/..", ".", "..", "\xC3\xA9/.", "/out/M"}) {
        CAPTURE(prefix);
        CHECK(sees(prefix));
    }
    for (const std::string_view prefix :
         {"M/", "sub/ComfyUI/", "sub/ComfyUI/.", "sub/AB/..", "", "abc/..", "\xC3\xA9z/.", "\xFFz/."})
    {
        CAPTURE(prefix);
        CHECK_FALSE(sees(prefix));
    }
}

TEST_CASE("on windows both slashes separate, drives count and case does not")
{
    check_places({{"checkpoints\\M", "C:\\out\\checkpoints", "M", "checkpoints"},
                  {"checkpoints/M", "C:\\out\\checkpoints", "M", "checkpoints"},
                  {"C:\\out\\M", "C:\\out", "M", "C:\\out"},
                  {"c:\\OUT\\a\\M", "c:\\OUT\\a", "M", "c:\\OUT\\a"},
                  {"C:M", "C:\\out\\", "M", "C:"}},
                 windows_request({}));
    for (const std::string_view prefix :
         {"D:\\x\\M", "D:x\\M", "a:b", "\\\\srv\\share\\M", "\\x\\M", "..\\M", "C:\\out2\\M"})
    {
        CAPTURE(prefix);
        CHECK(failure(windows_request(prefix)) == errc::outside_root);
    }
    for (const std::string_view output_dir : {"out", "C:out", "\\out", "C:", ""}) {
        CAPTURE(output_dir);
        CHECK(failure(windows_request("M", output_dir)) == errc::output_folder_not_absolute);
    }
    for (const std::string_view output_dir : {"C:/out", "C:\\out\\", "C:\\x\\..\\out"}) {
        CAPTURE(output_dir);
        CHECK(failure(windows_request("M", output_dir)) == errc::outside_root);
    }
}

TEST_CASE("the place remembers the rule it was found by")
{
    const auto place = comfyui::resolve(request("M", "/out", naming_rule::comfyui_2026));
    REQUIRE(place);
    CHECK(place->rule == naming_rule::comfyui_2026);
    CHECK(place->paths == path_style::posix);
}

TEST_CASE("what is inside by text may be relative")
{
    const comfyui::place place =
        stet::comfyui::split_prefix(request("a/M", "out", naming_rule::comfyui_2026));
    CHECK(stet::detail::is_inside_by_text(place, "out"));
    CHECK(stet::detail::is_inside_by_text(place, "./out/"));
    CHECK_FALSE(stet::detail::is_inside_by_text(place, "/out"));
    CHECK_FALSE(stet::detail::is_inside_by_text(place, "out2"));
}

TEST_CASE("a file's number takes five characters or more, its sign among them")
{
    const auto named = [](std::string_view number) {
        return stet::comfyui::file_name("M", python_int::parse(number).value_or(python_int()));
    };
    CHECK(named("7") == "M_00007_.safetensors");
    CHECK(named("100000") == "M_100000_.safetensors");
    CHECK(named("-2") == "M_-0002_.safetensors");
    CHECK(named("0") == "M_00000_.safetensors");
    CHECK(named("18446744073709551617") == "M_18446744073709551617_.safetensors");
    CHECK(stet::comfyui::file_name("", python_int(), ".part") == "_00000_.part");
}

TEST_CASE("an output folder that leads nowhere is refused before the prefix is looked at")
{
    int        asked = 0;
    const auto resolve = [&asked](const std::string& path) -> result<std::string> {
        ++asked;
        return stet::error{.code = errc::too_many_links}.about(path);
    };
    const auto place = comfyui::resolve(request("M", "loop", naming_rule::comfyui_2026), resolve);
    REQUIRE_FALSE(place);
    CHECK(place.error().code == errc::too_many_links);
    CHECK(place.error().subject() == "loop");
    CHECK(asked == 1);
}
