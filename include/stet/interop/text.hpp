// SPDX-License-Identifier: MIT
// Errors, their codes and dtypes for std::ostream and, where the standard library has it, std::format. Not part of
// stet.hpp.
#ifndef STET_INTEROP_TEXT_HPP
#define STET_INTEROP_TEXT_HPP

#include "../tensor/dtype.hpp"
#include "../vocabulary/message.hpp"

#include <ostream>
#include <string_view>
#include <version>

#if defined(__cpp_lib_format)
#include <format>
#endif

namespace STET_NAMESPACE {

/// The message.
inline std::ostream& operator<<(std::ostream& out, const error& e)
{
    return out << message(e);
}

/// The code's own name: "duplicate_name".
inline std::ostream& operator<<(std::ostream& out, errc code)
{
    return out << name(code);
}

/// As a header spells it: "BF16".
inline std::ostream& operator<<(std::ostream& out, dtype type)
{
    return out << name(type);
}

} // namespace STET_NAMESPACE

#if defined(__cpp_lib_format)

// The format takes width, fill and precision as that of a text does: `{:>8}`.

/// The message.
template <>
struct std::formatter<stet::error> : std::formatter<std::string_view> {
    template <class Context>
    auto format(const stet::error& e, Context& context) const
    {
        return std::formatter<std::string_view>::format(stet::message(e), context);
    }
};

/// The code's own name.
template <>
struct std::formatter<stet::errc> : std::formatter<std::string_view> {
    template <class Context>
    auto format(stet::errc code, Context& context) const
    {
        return std::formatter<std::string_view>::format(stet::name(code), context);
    }
};

/// As a header spells it.
template <>
struct std::formatter<stet::dtype> : std::formatter<std::string_view> {
    template <class Context>
    auto format(stet::dtype type, Context& context) const
    {
        return std::formatter<std::string_view>::format(stet::name(type), context);
    }
};

#endif

#endif
