// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_MARKER_TEXT_HPP
#define STET_QUANTISED_IMPL_MARKER_TEXT_HPP

#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/result.hpp"

#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// How the bytes of a JSON text are to be taken.
enum class json_encoding : std::uint8_t { utf8, utf8_with_mark, utf16_be, utf16_le, utf32_be, utf32_le };

/// What Python's json.loads takes bytes for.
/// source: CPython 3.11, Lib/json/__init__.py, detect_encoding
json_encoding detect_encoding(std::string_view bytes) noexcept;

/// The text of a marker as UTF-8, in which halves of surrogate pairs take three bytes each.
class marker_text {
public:
    /// errors: invalid_json for bytes that are no text; out_of_memory
    static result<marker_text> decode(growing_array<char> bytes) noexcept;

    /// lifetime: borrows this object
    std::string_view view() const noexcept { return {all_.data() + skipped_, all_.size() - skipped_}; }

    /// UTF-8 without a byte order mark, as ComfyUI writes it.
    bool is_plain() const noexcept { return encoding_ == json_encoding::utf8; }

private:
    marker_text(growing_array<char> all, std::size_t skipped, json_encoding encoding) noexcept;

    growing_array<char> all_;
    std::size_t         skipped_; ///< a mark
    json_encoding       encoding_;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "marker_text.ipp"
#endif

#endif
