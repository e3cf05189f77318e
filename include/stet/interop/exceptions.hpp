// SPDX-License-Identifier: MIT
// Exceptions for those who want them. Not part of stet.hpp.
#ifndef STET_INTEROP_EXCEPTIONS_HPP
#define STET_INTEROP_EXCEPTIONS_HPP

#include "../vocabulary/message.hpp"
#include "../vocabulary/result.hpp"

#include <stdexcept>
#include <utility>

namespace STET_NAMESPACE {

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wweak-vtables" // a header has no other place for it
#endif
/// An error as an exception; what() is its message.
class save_error : public std::runtime_error {
public:
    /// `what()` is the error's sentence.
    explicit save_error(const stet::error& e) : std::runtime_error(message(e)), error_(e) {}

    /// The error itself.
    const stet::error& error() const noexcept { return error_; }

private:
    stet::error error_;
};
#if defined(__clang__)
#pragma clang diagnostic pop
#endif

/// The value, or the error thrown as save_error.
template <class Value>
Value or_throw(result<Value> outcome)
{
    if (!outcome)
        throw save_error(outcome.error());
    return *std::move(outcome);
}

/// Nothing, or the error thrown as save_error.
inline void or_throw(const result<void>& outcome)
{
    if (!outcome)
        throw save_error(outcome.error());
}

} // namespace STET_NAMESPACE

#endif
