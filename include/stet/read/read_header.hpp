// SPDX-License-Identifier: MIT
#ifndef STET_READ_READ_HEADER_HPP
#define STET_READ_READ_HEADER_HPP

#include "../tensor/axes.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "checkpoint_header.hpp"
#include "impl/header_parser.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace STET_NAMESPACE {

/// How many bytes at the start of a file hold its header: the eight of its length and the header itself.
/// first:  at least the first eight bytes of the file, if it has as many
/// errors: header_too_small; header_length_too_large; invalid_header_length; more_bytes_needed when fewer than eight
///         bytes are given
result<std::uint64_t> header_extent(std::span<const std::byte> first, std::uint64_t file_size) noexcept;

namespace detail {

/// Builds a checkpoint_header, check by check in the reference's order.
/// source: safetensors 0.8, SafeTensors::read_metadata and Metadata::validate
class header_check {
public:
    header_check(std::string_view text, const read_options& options) noexcept;

    result<checkpoint_header> run(std::uint64_t file_size) noexcept;

private:
    static constexpr std::uint32_t dropped_bit = 0x80000000U; // above every size and position in a header

    /// Enters names and keys into their tables, drops what a later one replaces, and puts the tensors into the order of
    /// their data.
    result<void> make_distinct(header_parser& parser) noexcept;

    bool distinct_names(header_parser& parser) noexcept;

    template <class Repeated>
    bool enter_names(Repeated repeated) noexcept
    {
        const header_index& index = header_.index_;
        return enter(
            header_.names_, index.tensors.size(),
            [&index](std::uint32_t i) { return index.view(index.tensors[i].name); },
            [&index](std::uint32_t i, std::string_view) { return index.tensors[i].hash; }, repeated);
    }

    bool distinct_keys(header_parser& parser) noexcept;

    template <class Repeated>
    bool enter_keys(Repeated repeated) noexcept
    {
        const header_index& index = header_.index_;
        const name_table&   keys = header_.keys_;
        return enter(
            header_.keys_, index.metadata.size(),
            [&index](std::uint32_t i) { return index.view(index.metadata[i].key); },
            [&keys](std::uint32_t, std::string_view key) { return keys.hash(key); }, repeated);
    }

    /// Of two that are equal the later one stays, and `repeated` is called with the position that goes and the one that
    /// stays. False when the allocator gave nothing.
    template <class NameAt, class HashAt, class Repeated>
    static bool enter(name_table& into, std::size_t count, NameAt name_at, HashAt hash_at,
                      Repeated repeated) noexcept
    {
        into.clear();
        if (!into.reserve(count))
            return false;
        for (std::uint32_t i = 0; i < count; ++i) {
            const std::string_view name = name_at(i);
            std::uint32_t          earlier = name_table::none;
            if (!into.set(name, hash_at(i, name), i, earlier, name_at))
                return false;
            if (earlier != name_table::none)
                repeated(earlier, i);
        }
        return true;
    }

    template <class Element, class Mark>
    static void remove_dropped(growing_array<Element>& all, Mark mark) noexcept
    {
        std::size_t kept = 0;
        for (const Element& one : all) {
            if ((mark(one) & dropped_bit) == 0)
                all[kept++] = one;
        }
        static_cast<void>(all.resize(kept)); // shrinks
    }

    /// Every tensor begins where the one before it ends, or behind that where gaps are allowed, and holds exactly what
    /// its dtype and shape need.
    result<void> validate() const noexcept;

    /// False when the product passes 2^64.
    static constexpr bool multiply(std::uint64_t& product, std::uint64_t factor) noexcept
    {
        // A product of two halves needs no division to be known to fit.
        if ((product | factor) >> 32U != 0 && factor != 0 && product > UINT64_MAX / factor)
            return false;
        product *= factor;
        return true;
    }

    error named(const error& unnamed, const indexed_tensor& tensor) const noexcept;

    /// Where data is missing or left over because one of two tensors of a name fell away, the error says of which name.
    error of_repeated(const error& e) const noexcept;

    checkpoint_header   header_;
    indexed_text        repeated_{}; ///< a name given twice
    const read_options& options_;
};

} // namespace detail

/// Reads and checks a header, of a file that may lie elsewhere: no tensor's data is looked at.
/// first:     bytes from the start of the file, at least header_extent of them; more are ignored
/// file_size: bytes of the whole file
/// errors:    those of header_extent; more_bytes_needed with the count needed in `expected`; invalid_header_utf8,
///            invalid_header_json and forbidden_by_format with the place in the file in `actual`, what is wrong there
///            as first party and the tensor or metadata key as subject; invalid_offset, shape_overflow,
///            partial_byte and tensor_info_mismatch with the tensor as subject, expected and actual as bytes (bits for
///            partial_byte; for shape_overflow the place of the tensor's name in the file); incomplete_data;
///            out_of_memory
/// lifetime:  the result borrows `first`
result<checkpoint_header> read_header(std::span<const std::byte> first STET_LIFETIME_BOUND,
                                      std::uint64_t file_size, const read_options& options = {}) noexcept;

/// A span of a temporary container would dangle; so name it first.
template <class Container>
requires(!std::is_lvalue_reference_v<Container> && !detail::is_span<std::remove_cvref_t<Container>> &&
         std::convertible_to<Container, std::span<const std::byte>>)
result<checkpoint_header> read_header(Container&& first, std::uint64_t file_size,
                                      const read_options& options = {}) = delete;

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/read_header.ipp"
#endif

#endif
