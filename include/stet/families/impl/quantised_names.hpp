// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_IMPL_QUANTISED_NAMES_HPP
#define STET_FAMILIES_IMPL_QUANTISED_NAMES_HPP

#include "../../layout/layout.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/error.hpp"
#include "../../vocabulary/impl/companion_names.hpp"

#include <string_view>

namespace STET_NAMESPACE::detail {

constexpr bool is_quantised_companion(std::string_view key) noexcept
{
    return !companion_of(key).empty();
}

/// A quantised layer would lose its meaning.
/// rule: why, as validators call it: `text-encoder-openclip`, `clip-not-read`, `metadata-conflict`
constexpr error lost_layer(const placed_name& key, std::string_view rule) noexcept
{
    return error{.code = errc::quantised_companion}.with(rule).about(key.prefix, key.stem);
}

} // namespace STET_NAMESPACE::detail

#endif
