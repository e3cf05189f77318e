// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_MESSAGE_HPP
#define STET_VOCABULARY_MESSAGE_HPP

#include "config.hpp"
#include "error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace STET_NAMESPACE {

/// The code's own name, for logs: "duplicate_name".
std::string_view name(errc code) noexcept;

/// The error as one readable line, without a final full stop or line break. Names and paths are shown as `readable`
/// shows them.
std::string message(const error& e);

/// Writes the message into the caller's memory, cut where it does not fit.
/// returns: bytes of the whole message; no terminating NUL is written
std::size_t write_message(const error& e, char* buffer, std::size_t capacity) noexcept;

/// A text from a file as a person and a terminal can take it. Controls, what breaks a line or turns the direction of
/// writing, and bytes that are no UTF-8 stand in hexadecimal.
std::string readable(std::string_view text);

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/message.ipp"
#endif

#endif
