// SPDX-License-Identifier: MIT
// Files to be read, put together from a header's text and data.
#ifndef STET_TESTS_SUPPORT_STORED_FILE_HPP
#define STET_TESTS_SUPPORT_STORED_FILE_HPP

#include <cstdint>
#include <string>
#include <string_view>

namespace support {

/// The header's length in eight bytes, the header, the data.
inline std::string stored_file(std::string_view header, std::string_view data = {})
{
    std::string file;
    for (unsigned i = 0; i < 8; ++i)
        file += static_cast<char>(std::uint64_t{header.size()} >> (8 * i) & 0xFFU);
    return file.append(header).append(data);
}

} // namespace support

#endif
