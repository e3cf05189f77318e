// SPDX-License-Identifier: MIT
// std::error_code for those who use it. Not part of stet.hpp.
#ifndef STET_INTEROP_SYSTEM_ERROR_HPP
#define STET_INTEROP_SYSTEM_ERROR_HPP

#include "../vocabulary/impl/errc_count.hpp"
#include "../vocabulary/message.hpp"

#include <array>
#include <string>
#include <system_error>

namespace STET_NAMESPACE {

namespace detail {

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wweak-vtables" // a header has no other place for it
#endif
class error_category final : public std::error_category {
public:
    const char* name() const noexcept override { return "stet"; }
    std::string message(int code) const override
    {
        // Without a subject and figures a sentence would say less than the code's name.
        const bool known = code > 0 && code <= static_cast<int>(errc_count);
        return std::string(stet::name(known ? static_cast<errc>(code) : errc{}));
    }
    std::error_condition default_error_condition(int code) const noexcept override
    {
        struct meaning {
            errc      code;
            std::errc condition;
        };
        constexpr std::array<meaning, 20> meanings{{
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
            {errc::out_of_memory, std::errc::not_enough_memory},
            {errc::cancelled, std::errc::operation_canceled},
            {errc::io_failure, std::errc::io_error},
            {errc::file_in_use, std::errc::device_or_resource_busy},
            {errc::part_file_lost, std::errc::no_such_file_or_directory},
            {errc::sync_not_offered, std::errc::operation_not_supported},
            {errc::rename_not_offered, std::errc::operation_not_supported},
            {errc::untrusted_link, std::errc::permission_denied},
            {errc::editing_not_offered, std::errc::operation_not_supported},
            {errc::set_in_use, std::errc::device_or_resource_busy},
        }};
        for (const meaning& known : meanings) {
            if (static_cast<int>(known.code) == code)
                return known.condition;
        }
        return {code, *this};
    }
};
#if defined(__clang__)
#pragma clang diagnostic pop
#endif

} // namespace detail

/// The category of the codes of errc; its name is "stet".
inline const std::error_category& error_category() noexcept
{
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wexit-time-destructors" // std::error_category has no other kind
#endif
    static const detail::error_category category;
#if defined(__clang__)
#pragma clang diagnostic pop
#endif
    return category;
}

/// Found by std::error_code when it is made from an errc.
inline std::error_code make_error_code(errc code) noexcept
{
    return {static_cast<int>(code), error_category()};
}

/// The code of an error; its subject and figures do not fit in.
inline std::error_code error_code(const error& e) noexcept
{
    return make_error_code(e.code);
}

} // namespace STET_NAMESPACE

template <>
struct std::is_error_code_enum<stet::errc> : std::true_type {};

#endif
