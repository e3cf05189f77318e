// SPDX-License-Identifier: MIT
#include <stet/interop/system_error.hpp>
#include <stet/vocabulary/impl/errc_count.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <system_error>
#include <utility>

using stet::errc;
using stet::error;

static_assert(std::is_error_code_enum_v<stet::errc>);
static_assert(noexcept(make_error_code(errc::disk_full)) && noexcept(error_code(error{})));

TEST_CASE("a code becomes a std::error_code of the library's category")
{
    const std::error_code code = errc::disk_full;
    CHECK(code);
    CHECK(code.value() == static_cast<int>(errc::disk_full));
    CHECK(code.category() == stet::error_category());
    CHECK(std::string(code.category().name()) == "stet");
    CHECK(code == errc::disk_full);
    CHECK(code != errc::io_failure);
    CHECK_FALSE(std::error_code(errc{}));
}

TEST_CASE("the message of a std::error_code is the code's name")
{
    for (std::size_t i = 1; i <= stet::detail::errc_count; ++i) {
        const auto code = static_cast<errc>(i);
        CHECK(std::error_code(code).message() == name(code));
    }
    CHECK(std::error_code(0, stet::error_category()).message() == "no error");
    CHECK(std::error_code(static_cast<int>(stet::detail::errc_count) + 1, stet::error_category()).message() ==
          "no error");
    CHECK(std::error_code(257, stet::error_category()).message() == "no error");
    CHECK(std::error_code(-255, stet::error_category()).message() == "no error");
}

TEST_CASE("an error gives its code")
{
    CHECK(error_code(error{.code = errc::name_taken}.about("a file")) == errc::name_taken);
}

TEST_CASE("codes with a portable meaning equal it, and no other code does")
{
    constexpr std::array<std::pair<errc, std::errc>, 20> meanings{{
        {errc::out_of_memory, std::errc::not_enough_memory},
        {errc::cancelled, std::errc::operation_canceled},
        {errc::folder_missing, std::errc::no_such_file_or_directory},
        {errc::file_missing, std::errc::no_such_file_or_directory},
        {errc::name_taken, std::errc::file_exists},
        {errc::permission_denied, std::errc::permission_denied},
        {errc::read_only_file_system, std::errc::read_only_file_system},
        {errc::disk_full, std::errc::no_space_on_device},
        {errc::file_too_large, std::errc::file_too_large},
        {errc::file_name_too_long, std::errc::filename_too_long},
        {errc::too_many_open_files, std::errc::too_many_files_open},
        {errc::too_many_links, std::errc::too_many_symbolic_link_levels},
        {errc::io_failure, std::errc::io_error},
        {errc::file_in_use, std::errc::device_or_resource_busy},
        {errc::part_file_lost, std::errc::no_such_file_or_directory},
        {errc::sync_not_offered, std::errc::operation_not_supported},
        {errc::rename_not_offered, std::errc::operation_not_supported},
        {errc::untrusted_link, std::errc::permission_denied},
        {errc::editing_not_offered, std::errc::operation_not_supported},
        {errc::set_in_use, std::errc::device_or_resource_busy},
    }};
    for (std::size_t i = 1; i <= stet::detail::errc_count; ++i) {
        const auto            ours = static_cast<errc>(i);
        const std::error_code code = ours;
        const auto* const     found = std::find_if(meanings.begin(), meanings.end(),
                                                   [ours](const auto& meaning) { return meaning.first == ours; });
        const bool            is_portable = found != meanings.end();
        INFO(stet::name(ours));
        CHECK((code.default_error_condition().category() == std::generic_category()) == is_portable);
        for (const auto& meaning : meanings)
            CHECK((code == meaning.second) == (is_portable && found->second == meaning.second));
    }
}
