// SPDX-License-Identifier: MIT
// The outcome of a call as a word that a failed check prints.
#ifndef STET_TESTS_SUPPORT_FAILURE_HPP
#define STET_TESTS_SUPPORT_FAILURE_HPP

#include <stet/vocabulary/message.hpp>
#include <stet/vocabulary/result.hpp>

#include <string_view>

namespace support {

/// The name of the code that a call failed with, or "none".
template <class Value>
std::string_view failure(const stet::result<Value>& outcome) noexcept
{
    return outcome ? std::string_view("none") : stet::name(outcome.error().code);
}

} // namespace support

#endif
