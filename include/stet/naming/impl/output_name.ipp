// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/utf8.hpp"
#include "../output_name.hpp"

namespace STET_NAMESPACE {

STET_INLINE result<output_name> parse_output_name(std::string_view prefix, path_style style)
{
    const std::string_view separators = style == path_style::windows ? "/\\" : "/";
    const bool             has_drive = style == path_style::windows && prefix.size() > 1 && prefix[1] == ':';
    if (has_drive || prefix.find_first_of(separators) == 0)
        return error{.code = errc::outside_root}.about(prefix);
    if (!detail::is_utf8(prefix))
        return error{.code = errc::invalid_file_name}.about(prefix);

    std::string path; // parts with '/' between them
    for (std::size_t at = 0; at < prefix.size();) {
        const std::size_t      found = prefix.find_first_of(separators, at);
        const std::size_t      end = found == std::string_view::npos ? prefix.size() : found;
        const std::string_view part = prefix.substr(at, end - at);
        at = end + 1;
        if (part.empty() || part == ".")
            continue;
        if (part == "..") {
            if (path.empty())
                return error{.code = errc::outside_root}.about(prefix);
            const std::size_t parent = path.rfind('/');
            path.resize(parent == std::string::npos ? 0 : parent);
            continue;
        }
        if (!detail::is_allowed(part, style))
            return error{.code = errc::invalid_file_name}.about(prefix);
        if (!path.empty())
            path += '/';
        path += part;
    }
    if (path.empty())
        return error{.code = errc::invalid_file_name}.about(prefix);
    const std::size_t last = path.rfind('/');
    if (last == std::string::npos)
        return output_name{.folder = {}, .stem = path};
    return output_name{.folder = path.substr(0, last), .stem = path.substr(last + 1)};
}

} // namespace STET_NAMESPACE
