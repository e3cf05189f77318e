// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_ROW_ENCODER_HPP
#define STET_QUANTISED_IMPL_ROW_ENCODER_HPP

#include "../../sink/sink.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/result.hpp"
#include "asym_rules.hpp"
#include "code_rules.hpp"
#include "encoding.hpp"
#include "value_block.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// Makes the codes of values that come in order, or the scales of their blocks, and writes them.
class row_encoder {
public:
    row_encoder(const encoding& one, sink_ref destination) noexcept;

    /// errors: out_of_memory
    result<void> prepare();

    /// Takes values of the rule `bytes`, which need no rows. Changes them.
    /// errors: the sink's; out_of_memory
    result<void> put_bytes(float* values, std::size_t count);

    /// Takes a row of any other rule. Changes it.
    /// errors: the sink's; out_of_memory
    result<void> put_row(float* values);

    /// Takes a row, of which the scales of blocks or groups are written.
    /// errors: the sink's; out_of_memory
    result<void> put_scales(const float* values);

    /// Writes the codes, or the scales, of rows that only fill up, and what is left.
    /// errors: the sink's; out_of_memory
    result<void> finish_codes();
    result<void> finish_scales();

private:
    void         make_codes(float* values) noexcept;
    void         make_asym_row(const float* values) noexcept;
    result<void> write(const std::byte* from, std::uint64_t count);
    result<void> write_tiles();

    const encoding&             one_;
    value_block                 out_;
    growing_array<std::byte>    made_; ///< the codes of a row, or the scales of a row or of a row of tiles
    growing_array<std::uint8_t> asym_codes_; ///< of a row, one a byte
    asym_levels                 table_{};
    std::uint64_t               at_ = 0; ///< values or rows so far
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "row_encoder.ipp"
#endif

#endif
