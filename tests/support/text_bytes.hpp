// SPDX-License-Identifier: MIT
// A text as bytes; bytes as a text, which a failed check prints.
#ifndef STET_TESTS_SUPPORT_TEXT_BYTES_HPP
#define STET_TESTS_SUPPORT_TEXT_BYTES_HPP

#include <stet/sink/sink.hpp>

#include <span>
#include <string>
#include <string_view>

namespace support {

/// lifetime: borrows the text
inline stet::bytes as_bytes(std::string_view text) noexcept
{
    return std::as_bytes(std::span(text));
}

inline std::string as_text(stet::bytes data)
{
    return {reinterpret_cast<const char*>(data.data()), data.size()};
}

} // namespace support

#endif
