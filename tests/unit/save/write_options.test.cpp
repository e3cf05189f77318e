// SPDX-License-Identifier: MIT
#include <stet/save/write_options.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string>
#include <type_traits>

namespace {

static_assert(std::is_aggregate_v<stet::progress> && std::is_trivially_copyable_v<stet::progress>);
static_assert(std::is_same_v<decltype(stet::progress::bytes_done), std::uint64_t> &&
              std::is_same_v<decltype(stet::progress::bytes_total), std::uint64_t>);

} // namespace

TEST_CASE("a progress callback may be left out")
{
    CHECK_FALSE(static_cast<bool>(stet::progress_callback{}));
}

TEST_CASE("a progress callback is told how far the save is and answers whether to go on")
{
    std::string seen;
    const auto  until_half = [&](const stet::progress& now) {
        seen += now.tensor.text() + ";";
        return now.bytes_done * 2 < now.bytes_total;
    };
    const stet::progress_callback callback = until_half;

    CHECK(callback({.bytes_done = 49, .bytes_total = 100, .tensor = {.prefix = "vae.", .stem = "a"}}));
    CHECK_FALSE(callback({.bytes_done = 50, .bytes_total = 100, .tensor = {.stem = "b"}}));
    CHECK(seen == "vae.a;b;");
}
