// SPDX-License-Identifier: MIT
// The folder of recorded data as a whole: that it is there, and that nothing in it goes unread without a word.
#include "support/test_data.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

constexpr std::array<std::string_view, 7> comfy_files{"README.md",       "checkpoints.json", "filenames.json",
                                                      "json_dumps.json", "layouts.json",     "split.json",
                                                      "text_rules.json"};
constexpr std::array<std::string_view, 6> folders{"beyond",    "bugs",      "comfy",
                                                  "manifests", "quantised", "vectors"};

/// Names of what lies in a folder of the data; none where it is no folder.
std::vector<std::string> entries_of(std::string_view relative)
{
    std::vector<std::string>            names;
    std::error_code                     failed;
    std::filesystem::directory_iterator entry(support::test_data(relative), failed);
    for (; !failed && entry != std::filesystem::directory_iterator(); entry.increment(failed))
        names.push_back(entry->path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

template <class Known>
bool holds(const Known& known, std::string_view name)
{
    return std::find(known.begin(), known.end(), name) != known.end();
}

void say_unread(const std::string& relative)
{
    std::printf("%s: no test reads it\n", relative.c_str());
    std::fflush(stdout);
}

} // namespace

TEST_CASE("the folder of recorded data holds some, and what no test reads is said")
{
    const std::vector<std::string> all = entries_of("");
    if (all.empty()) {
        FAIL_CHECK(support::test_data("").string() << " is no folder of test data, or holds nothing");
        return;
    }
    for (const std::string& name : all) {
        if (!holds(folders, name))
            say_unread(name);
    }
    for (const std::string& name : entries_of("comfy")) {
        if (!holds(comfy_files, name))
            say_unread("comfy/" + name);
    }
    for (const std::string_view folder : {"comfy", "vectors"}) {
        if (support::has_test_data(folder) && entries_of(folder).empty())
            FAIL_CHECK(folder << " holds no case");
    }
    SUCCEED();
}
