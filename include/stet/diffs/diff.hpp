// SPDX-License-Identifier: MIT
#ifndef STET_DIFFS_DIFF_HPP
#define STET_DIFFS_DIFF_HPP

#include "../read/checkpoint_view.hpp"
#include "../sink/sink.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

class diff_builder;

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::diffs {

/// What two files make of one tensor.
enum class outcome : std::uint8_t {
    equal_bytes,  ///< the same dtype, shape and bytes
    equal_values, ///< other bytes or another dtype, but the same numbers: +0 is -0, a NaN is a NaN
    different,    ///< other numbers, see difference
    not_measured, ///< other bytes that are not compared as numbers: F4 and F6, one of them complex, integers too large
    other_shape,
    only_first,
    only_second,
    renamed, ///< the same dtype, shape and bytes under another name
};

inline constexpr std::size_t outcome_count = 8; ///< how many outcomes there are

/// "equal_bytes" and so on, as write_json spells them.
std::string_view name(outcome what) noexcept;

/// How far the numbers of two tensors are apart. Differences of F32, F16 and BF16 are rounded to floats.
struct difference {
    std::uint64_t elements = 0;  ///< of a complex dtype two a number
    std::uint64_t differing = 0; ///< how many are not equal
    std::uint64_t infinite =
        0;              ///< of those, the pairs that no number tells apart: a NaN or an infinity is in one
    double largest = 0; ///< of all finite differences
    double sum = 0;     ///< of their magnitudes

    /// The mean of the differences, by amount; 0 where nothing was compared.
    constexpr double mean() const noexcept
    {
        const std::uint64_t measured = elements - infinite;
        return measured == 0 ? 0 : sum / static_cast<double>(measured);
    }

    /// Takes in those of other tensors.
    constexpr void add(const difference& other) noexcept
    {
        elements += other.elements;
        differing += other.differing;
        infinite += other.infinite;
        largest = other.largest > largest ? other.largest : largest;
        sum += other.sum;
    }
};

/// One tensor. lifetime: borrows from the headers of both files
struct entry {
    std::string_view name{};                      ///< in the second file where that alone has it
    std::string_view other_name{};                ///< in the second file, where it is renamed
    outcome          what = outcome::equal_bytes; ///< what the two have in common
    dtype            first_type = dtype::u8;      ///< in the first file
    dtype            second_type = dtype::u8;     ///< in the second file
    std::uint64_t    bytes = 0;                   ///< in the first file that has it
    std::size_t      block = 0;                   ///< position among the blocks
    difference       apart{};                     ///< where what is equal_values or different
};

/// Tensors that belong together. lifetime: borrows from the headers, and from what told the component
struct block {
    std::string_view                         name{};      ///< see block_of
    std::string_view                         component{}; ///< empty where nobody told
    std::array<std::uint64_t, outcome_count> tensors{};   ///< by outcome
    difference                               apart{};     ///< of all values in it

    /// How many tensors had that outcome.
    constexpr std::uint64_t count(outcome what) const noexcept
    {
        return tensors[static_cast<std::size_t>(what)];
    }
};

/// The block that a name belongs to: the name up to its first part that is a number, as in `double_blocks.7`; without
/// one up to its last point.
std::string_view block_of(std::string_view name) noexcept;

/// What is compared, and how long one looks.
struct options {
    /// The component that a name belongs to; without it all have none. Called once for each block, with its first name.
    function_ref<std::string_view(std::string_view name)> component{};
    /// Whether a tensor with another name and equal bytes is looked for.
    bool            finds_renamed = true;
    stet::allocator allocator = heap();
};

/// What two files have in common, and what not. Made by compare. lifetime: borrows from both files
class comparison {
public:
    /// By name, byte by byte; what only the second file has among them.
    array_view<const entry> entries() const noexcept { return entries_.view(); }

    /// In the order of their first entries.
    array_view<const block> blocks() const noexcept { return blocks_.view(); }

    /// All together, as one block without a name.
    const block& all() const noexcept { return all_; }

    /// Whether every tensor is there twice with the same bytes.
    bool is_equal() const noexcept { return all_.count(outcome::equal_bytes) == entries_.size(); }

private:
    friend class detail::diff_builder;

    explicit comparison(const allocator& memory) noexcept : entries_(memory), blocks_(memory) {}

    detail::growing_array<entry> entries_;
    detail::growing_array<block> blocks_;
    block                        all_{};
};

/// Compares two files tensor by tensor, at the pace of memory where bytes are equal.
/// Looks at every byte of the tensors that both have, of which renamed ones are found by a part of their bytes, then by
/// all of them; each byte at most three times, whoever made the files.
/// errors: out_of_memory
result<comparison> compare(const checkpoint_view& first, const checkpoint_view& second,
                           const options& given = {});

/// Writes a comparison as JSON in one line: counts by outcome, blocks with what is in them, and every tensor whose
/// bytes are not equal.
/// errors: the sink's
result<void> write_json(const comparison& of, sink_ref destination);

} // namespace STET_NAMESPACE::diffs

#if STET_BODIES
#include "impl/diff.ipp"
#endif

#endif
