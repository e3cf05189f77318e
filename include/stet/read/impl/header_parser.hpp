// SPDX-License-Identifier: MIT
#ifndef STET_READ_IMPL_HEADER_PARSER_HPP
#define STET_READ_IMPL_HEADER_PARSER_HPP

#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"
#include "../checkpoint_header.hpp"
#include "header_index.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Turns a header's text into an index in one pass, with the reference's verdict on what is a header and what is not.
/// Its order of precedence as well: a syntax error anywhere or unfit metadata comes before an unfit tensor, an unfit
/// tensor before what stands behind the object.
/// source: safetensors 0.8, HashMetadata and TensorInfo as serde 1.0 derives and serde_json 1.0 reads them
class header_parser {
public:
    /// index: empty, with its text set to UTF-8
    header_parser(header_index& index, const read_options& options) noexcept;

    /// errors: invalid_header_json, out_of_memory
    result<void> parse() noexcept;

    /// The first thing that the reference reads although the format's text forbids it; null when there is none.
    const header_flaw* discouraged() const noexcept;

    /// Remembers one that lies outside the text's grammar, unless an earlier one is known.
    void discourage(std::string_view reason, std::size_t at, const indexed_text* member = nullptr) noexcept;

    /// The flaw as an error: its place in the file, what is wrong, in which member.
    error flaw_error(errc code, const header_flaw& flaw) const noexcept;

private:
    /// The fields of a tensor and what was seen of them.
    struct fields {
        indexed_tensor tensor{};
        bool           has_dtype = false, has_shape = false, has_offsets = false;
    };

    // ---- members of the header ---------------------------------------------------------------------------

    bool member() noexcept;

    bool metadata(std::size_t position) noexcept;

    bool tensor(std::size_t position, std::string_view name) noexcept;

    bool object_form(fields& found) noexcept;

    using word_room = std::array<char, 72>; // twelve characters, the longest word known, as escapes

    /// What a string stands for, or as it is written if it is longer than every known word.
    static std::string_view word(const json_string_piece& piece, word_room& room) noexcept;

    bool field(fields& found, std::string_view name, std::size_t position) noexcept;

    /// Dtype, shape and data_offsets, in this order.
    bool array_form(fields& found) noexcept;

    // ---- fields of a tensor: what is JSON but unfit is remembered and passed over ------------------------

    bool unfit_value(std::string_view reason, std::size_t position) noexcept;

    bool dtype_field(fields& found) noexcept;

    /// Asks dtype_named for last_type_, unless that is it already: neighbours have the same type.
    bool is_dtype(std::string_view spelled) noexcept;

    bool shape_field(fields& found) noexcept;

    bool offsets_field(fields& found) noexcept;

    bool natural(std::uint64_t& value) noexcept;

    // ---- behind the object -------------------------------------------------------------------------------

    bool padding() noexcept;

    // ---- what went wrong ---------------------------------------------------------------------------------

    void unfit(std::string_view reason, std::size_t at) noexcept;

    bool exhausted() noexcept;

    error refused(std::string_view reason) noexcept;

    error failure() const noexcept;

    static header_flaw flaw(std::string_view reason, std::size_t at, const indexed_text* member) noexcept;

    header_index&       index_;
    const read_options& options_;
    json_cursor         cursor_;
    indexed_text        member_{};
    header_flaw         unfit_{};
    header_flaw         discouraged_{};
    dtype               last_type_ = dtype::f32;
    bool                is_in_member_ = false;
    bool                seen_metadata_ = false;
    bool                out_of_memory_ = false;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "header_parser.ipp"
#endif

#endif
