// SPDX-License-Identifier: MIT
// The conformance data: where it lies, and the report of how much of it was run.
#ifndef STET_TESTS_SUPPORT_TEST_DATA_HPP
#define STET_TESTS_SUPPORT_TEST_DATA_HPP

#include "support/files.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace support {

/// A file or folder of the data, which lies in the folder STET_TEST_DATA names, else in tests/data.
inline std::filesystem::path test_data(std::string_view relative)
{
    const char* const named = std::getenv("STET_TEST_DATA");
    if (named != nullptr && *named != '\0')
        return std::filesystem::path(named) / relative;
    return std::filesystem::path(__FILE__).parent_path().parent_path() / "data" / relative;
}

/// Whether that part of the data is there.
inline bool has_test_data(std::string_view relative)
{
    std::error_code ignored;
    return std::filesystem::exists(test_data(relative), ignored);
}

/// The same, for the test that reports the part: prints that it is absent, so that no report hides it.
inline bool found_test_data(std::string_view relative)
{
    if (has_test_data(relative))
        return true;
    std::printf("%s: absent\n", std::string(relative).c_str());
    std::fflush(stdout);
    return false;
}

/// Prints `vectors/write: 50 cases`; data that is there and holds no case is a failure.
inline void report_cases(std::string_view relative, std::size_t count)
{
    std::printf("%s: %zu cases\n", std::string(relative).c_str(), count);
    std::fflush(stdout);
    if (count == 0)
        FAIL_CHECK(relative << " holds no case");
    else
        SUCCEED();
}

} // namespace support

#endif
