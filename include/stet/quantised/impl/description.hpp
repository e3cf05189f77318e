// SPDX-License-Identifier: MIT
// What a marker, or an entry of the metadata, says of a layer.
#ifndef STET_QUANTISED_IMPL_DESCRIPTION_HPP
#define STET_QUANTISED_IMPL_DESCRIPTION_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/json_document.hpp"
#include "../layer.hpp"
#include "formats.hpp"
#include "rules.hpp"

#include <optional>
#include <string_view>

namespace STET_NAMESPACE::detail {

struct description {
    const quantised::format* format = nullptr; ///< null where it is missing or unknown
    std::string_view         format_name{};    ///< borrows the document
    quantised::settings      settings{};
};

/// Something to say about a description. lifetime: borrows the document
struct description_note {
    quantised::rule     rule;
    quantised::severity severity;
    std::string_view    member;   ///< of the object, or empty
    std::string_view    expected; ///< a few words
    std::string_view    found;
};

using note_receiver = function_ref<void(const description_note&)>;

/// The row of that name: of one's own, then of those known; null for none.
const quantised::format* find_format(std::string_view name, array_view<const quantised::format> own) noexcept;

/// The type of a value, in words.
std::string_view kind_name(json_kind kind) noexcept;

/// Reads a description. Whatever is wrong with it, what is left makes sense.
/// own:    formats besides those known
/// report: told what is wrong; may be empty
description describe(const json_item& value, array_view<const quantised::format> own, note_receiver report);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "description.ipp"
#endif

#endif
