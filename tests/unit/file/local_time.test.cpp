// SPDX-License-Identifier: MIT
#include <stet/file/native_file_system.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <ctime>
#include <string>

namespace {

std::string shown(std::time_t moment)
{
    std::string       text(64, '\0');
    const std::size_t size =
        std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", std::localtime(&moment));
    text.resize(size);
    return text;
}

} // namespace

TEST_CASE("the local time is what the system's calendar shows now")
{
    const std::time_t before = std::time(nullptr);
    const auto        now = stet::local_time();
    const std::time_t after = std::time(nullptr);

    REQUIRE(now);
    const std::string ours = stet::expand_placeholders("%date:yyyy-MM-dd hh:mm:ss%", {.time = now});
    bool              is_now = false;
    for (std::time_t moment = before; moment <= after; ++moment)
        is_now = is_now || shown(moment) == ours;
    CAPTURE(ours, shown(before));
    CHECK(is_now);
}
