// SPDX-License-Identifier: MIT
#include "support/base64.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

TEST_CASE("data of every length goes to Base64 and comes back, and what is no Base64 gives nothing")
{
    CHECK(support::to_base64("") == "");
    CHECK(support::to_base64("f") == "Zg==");
    CHECK(support::to_base64("fo") == "Zm8=");
    CHECK(support::to_base64("foo") == "Zm9v");
    CHECK(support::to_base64("\xFF\xFE\xFD") == "//79");
    std::string data;
    for (int i = 0; i < 100; ++i) {
        CHECK(support::from_base64(support::to_base64(data)) == data);
        data += static_cast<char>(i * 37);
    }
    for (const std::string_view wrong : {"Zg=", "Zg", "Zm9v=", "Zh==", "Z m8", "=", "Zm9v\n"}) {
        CAPTURE(wrong);
        CHECK_FALSE(support::from_base64(wrong));
    }
}
