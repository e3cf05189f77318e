// SPDX-License-Identifier: MIT
#include "../../vocabulary/error.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/sort_range.hpp"
#include "../../vocabulary/impl/words.hpp"
#include "../read_header.hpp"
#include "file_beginnings.hpp"

#include <utility>

namespace STET_NAMESPACE {

STET_INLINE result<std::uint64_t> header_extent(std::span<const std::byte> first,
                                                std::uint64_t              file_size) noexcept
{
    constexpr std::uint64_t length_size = 8;
    if (file_size < length_size)
        return error{.code = errc::header_too_small, .expected = length_size, .actual = file_size};
    if (first.size() < length_size)
        return error{.code = errc::more_bytes_needed, .expected = length_size, .actual = first.size()};
    const std::uint64_t length = detail::load_word(first.data());
    if (length > max_header_size)
        return error{.code = errc::header_length_too_large, .expected = max_header_size, .actual = length}
            .with(detail::other_format(first));
    if (length > file_size - length_size)
        return error{
            .code = errc::invalid_header_length, .expected = length_size + length, .actual = file_size};
    return length_size + length;
}

namespace detail {

STET_INLINE header_check::header_check(std::string_view text, const read_options& options) noexcept
    : header_(options.allocator), options_(options)
{
    header_.index_.text = text;
    header_.index_.seed = header_.names_.seed();
}

STET_INLINE result<checkpoint_header> header_check::run(std::uint64_t file_size) noexcept
{
    const std::string_view text = header_.index_.text;
    if (text.empty())
        return error{.code = errc::invalid_header_json}.with(
            "the file begins with zeros; it was not written, or not downloaded, to its end");
    if (const std::size_t valid = utf8_prefix(text); valid != text.size())
        return error{.code = errc::invalid_header_utf8, .actual = 8 + std::uint64_t{valid}};
    header_parser parser(header_.index_, options_);
    if (auto parsed = parser.parse(); !parsed)
        return parsed.error();
    if (auto distinct = make_distinct(parser); !distinct)
        return distinct.error();
    if (auto valid = validate(); !valid)
        return of_repeated(valid.error());
    // The last end is known to be below 2^64 only; so compare without adding to it.
    const std::uint64_t held = file_size - header_.data_begin();
    const std::uint64_t described = header_.data_size();
    if (held != described && !(options_.allow_trailing_bytes && held > described)) {
        const std::uint64_t room = UINT64_MAX - header_.data_begin();
        return of_repeated({.code = errc::incomplete_data,
                            .expected = described > room ? UINT64_MAX : header_.data_begin() + described,
                            .actual = file_size});
    }
    if (options_.strict && parser.discouraged() != nullptr)
        return parser.flaw_error(errc::forbidden_by_format, *parser.discouraged());
    return std::move(header_);
}

STET_INLINE result<void> header_check::make_distinct(header_parser& parser) noexcept
{
    if (!distinct_keys(parser) || !distinct_names(parser))
        return detail::out_of_memory(header_.index_.text.size());
    return {};
}

STET_INLINE bool header_check::distinct_names(header_parser& parser) noexcept
{
    growing_array<indexed_tensor>& tensors = header_.index_.tensors;
    bool                           repeats = false;
    const bool                     built = enter_names([&](std::uint32_t gone, std::uint32_t kept) {
        repeats = true;
        if (repeated_.size == 0)
            repeated_ = tensors[kept].name;
        parser.discourage("a tensor's name is given twice", tensors[kept].position & ~dropped_bit,
                                              &tensors[kept].name);
        tensors[gone].position |= dropped_bit;
    });
    if (!built)
        return false;
    if (repeats)
        remove_dropped(tensors, [](const indexed_tensor& one) { return one.position; });
    const auto by_offsets = [](const indexed_tensor& left, const indexed_tensor& right) {
        if (left.begin != right.begin)
            return left.begin < right.begin;
        return left.end != right.end ? left.end < right.end : left.position < right.position;
    };
    bool is_sorted = true;
    for (std::size_t i = 1; i < tensors.size() && is_sorted; ++i)
        is_sorted = !by_offsets(tensors[i], tensors[i - 1]);
    if (!is_sorted)
        sort_range(tensors.view(), by_offsets);
    return (is_sorted && !repeats) || enter_names([](std::uint32_t, std::uint32_t) {});
}

STET_INLINE bool header_check::distinct_keys(header_parser& parser) noexcept
{
    growing_array<indexed_metadata>& metadata = header_.index_.metadata;
    bool                             repeats = false;
    const bool                       built = enter_keys([&](std::uint32_t gone, std::uint32_t kept) {
        repeats = true;
        parser.discourage("a metadata key is given twice", metadata[kept].position, &metadata[kept].key);
        metadata[gone].value.size |= dropped_bit;
    });
    if (!built || !repeats)
        return built;
    remove_dropped(metadata, [](const indexed_metadata& one) { return one.value.size; });
    return enter_keys([](std::uint32_t, std::uint32_t) {});
}

STET_INLINE result<void> header_check::validate() const noexcept
{
    const header_index& index = header_.index_;
    std::uint64_t       running = 0;
    for (const indexed_tensor& tensor : index.tensors) {
        const bool is_gap = tensor.begin > running && options_.allow_gaps && repeated_.size == 0;
        const bool is_misplaced = tensor.begin != running && !is_gap;
        if (is_misplaced || tensor.end < tensor.begin)
            return named({.code = errc::invalid_offset,
                          .expected = running,
                          .actual = is_misplaced ? tensor.begin : tensor.end},
                         tensor);
        running = tensor.end;
        std::uint64_t bits = 1;
        bool          overflows = false;
        for (std::uint32_t axis = 0; axis < tensor.rank && !overflows; ++axis)
            overflows = !multiply(bits, index.axes[tensor.first_axis + axis]);
        if (overflows || !multiply(bits, bit_width(tensor.type)))
            return named({.code = errc::shape_overflow, .actual = 8 + std::uint64_t{tensor.position}},
                         tensor);
        if (bits % 8 != 0)
            return named({.code = errc::partial_byte, .actual = bits}, tensor);
        if (tensor.end - tensor.begin != bits / 8)
            return named({.code = errc::tensor_info_mismatch,
                          .expected = bits / 8,
                          .actual = tensor.end - tensor.begin},
                         tensor);
    }
    return {};
}

STET_INLINE error header_check::of_repeated(const error& e) const noexcept
{
    const bool is_of_places = e.code == errc::invalid_offset || e.code == errc::incomplete_data;
    return repeated_.size != 0 && is_of_places ? e.with(header_.index_.view(repeated_)) : e;
}

STET_INLINE error header_check::named(const error& unnamed, const indexed_tensor& tensor) const noexcept
{
    return unnamed.about(header_.index_.view(tensor.name));
}

} // namespace detail

STET_INLINE result<checkpoint_header> read_header(std::span<const std::byte> first STET_LIFETIME_BOUND,
                                                  std::uint64_t                    file_size,
                                                  const read_options&              options) noexcept
{
    const auto extent = header_extent(first, file_size);
    if (!extent)
        return extent.error();
    if (*extent > first.size())
        return error{.code = errc::more_bytes_needed, .expected = *extent, .actual = first.size()};
    const auto           size = detail::memory_size(*extent) - 8;
    const auto* const    from = reinterpret_cast<const char*>(first.data()) + 8;
    detail::header_check checked(std::string_view(from, size), options);
    return checked.run(file_size);
}

} // namespace STET_NAMESPACE
