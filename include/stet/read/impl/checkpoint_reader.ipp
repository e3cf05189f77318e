// SPDX-License-Identifier: MIT

#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../checkpoint_reader.hpp"
#include "../read_header.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace STET_NAMESPACE {

STET_INLINE result<void> checkpoint_reader::read(const stored_tensor& tensor, std::span<std::byte> to) const
{
    return read(tensor, {.offset = 0, .size = tensor.size()}, to);
}

STET_INLINE result<void> checkpoint_reader::read(const stored_tensor& tensor, const detail::stored_part& part,
                                                 std::span<std::byte> to) const
{
    if (part.offset > tensor.size() || part.size > tensor.size() - part.offset)
        return error{.code = errc::no_such_axis, .expected = tensor.size(), .actual = part.offset + part.size}
            .about(tensor.name);
    if (part.size != to.size())
        return error{.code = errc::tensor_size_mismatch, .expected = part.size, .actual = to.size()}.about(
            tensor.name);
    if (to.empty())
        return {};
    if (auto filled = source_[0].read(header_.offset_in_file(tensor) + part.offset, to); !filled) {
        const error& failed = filled.error();
        return failed.subject().empty() ? failed.about(tensor.name) : failed;
    }
    return {};
}

STET_INLINE file_tensor checkpoint_reader::operator[](std::size_t position) const noexcept STET_LIFETIME_BOUND
{
    const stored_tensor stored = header_[position];
    return {{.type = stored.type,
             .shape = extents(stored.shape),
             .size = stored.size(),
             .data = &places_[position],
             .pour = pour_place},
            stored.name};
}

STET_INLINE std::optional<file_tensor> checkpoint_reader::find(std::string_view name) const noexcept
    STET_LIFETIME_BOUND
{
    const auto position = header_.position_of(name);
    return position ? std::optional((*this)[*position]) : std::nullopt;
}

STET_INLINE found_tensor
checkpoint_reader::operator[](std::string_view name) const noexcept STET_LIFETIME_BOUND
{
    const auto position = header_.position_of(name);
    return position ? found_tensor((*this)[*position])
                    : found_tensor(error{.code = errc::no_such_tensor}.about(name));
}

STET_INLINE checkpoint_reader::entry checkpoint_reader::entry_at(std::size_t position) const noexcept
{
    const file_tensor tensor = (*this)[position];
    return {.name = tensor.name, .tensor = tensor};
}

STET_INLINE result<void> checkpoint_reader::pour_place(const tensor_view& tensor, sink_ref destination)
{
    constexpr std::size_t       most = std::size_t{8} << 20U;
    std::array<std::byte, 8192> own;
    const auto&                 from = *static_cast<const place*>(tensor.data);
    for (std::uint64_t done = 0; done < tensor.size;) {
        const std::uint64_t left = tensor.size - done;
        const std::size_t   wanted = left < most ? static_cast<std::size_t>(left) : most;
        const auto          lent = destination.lend(wanted);
        if (!lent)
            return lent.error();
        const std::span<std::byte> room = lent->empty() ? std::span<std::byte>(own) : *lent;
        const auto                 piece = room.first(room.size() < wanted ? room.size() : wanted);
        if (auto filled = from.source->read(from.offset + done, piece); !filled)
            return filled;
        if (auto written = destination.write(piece); !written)
            return written;
        done += piece.size();
    }
    return {};
}

STET_INLINE checkpoint_reader::checkpoint_reader(const allocator&                 memory,
                                                 detail::growing_array<std::byte> head,
                                                 checkpoint_header                header) noexcept
    : source_(memory), places_(memory), head_(std::move(head)), header_(std::move(header))
{
}

STET_INLINE bool checkpoint_reader::keep_places(source_ref source) noexcept
{
    if (!source_.push(source) || !places_.resize(header_.size()))
        return false;
    for (std::size_t i = 0; i < places_.size(); ++i)
        places_[i] = {.source = source_.data(), .offset = header_.offset_in_file(header_[i])};
    return true;
}

STET_INLINE result<checkpoint_reader> open_checkpoint(source_ref source   STET_LIFETIME_BOUND,
                                                      const read_options& options)
{
    const std::uint64_t      file_size = source.size();
    std::array<std::byte, 8> length{};
    if (file_size >= length.size()) {
        if (auto filled = source.read(0, length); !filled)
            return filled.error();
    }
    const auto extent = header_extent(length, file_size);
    if (!extent)
        return extent.error();
    detail::growing_array<std::byte> head(options.allocator);
    if (!head.resize(detail::memory_size(*extent)))
        return detail::out_of_memory(*extent);
    const std::span<std::byte> all(head.data(), head.size());
    for (std::size_t i = 0; i < length.size(); ++i)
        all[i] = length[i];
    if (all.size() > length.size()) {
        if (auto filled = source.read(length.size(), all.subspan(length.size())); !filled)
            return filled.error();
    }
    auto header = read_header(all, file_size, options);
    if (!header)
        return header.error();
    checkpoint_reader reader(options.allocator, std::move(head), *std::move(header));
    if (!reader.keep_places(source))
        return detail::out_of_memory(reader.size() * sizeof(checkpoint_reader::place));
    return result<checkpoint_reader>(std::move(reader));
}

namespace detail {

/// Collects what is poured into an array that has room for it.
struct collecting_sink {
    growing_array<std::byte>* to;

    result<void> write(bytes data)
    {
        static_cast<void>(to->append({data.data(), data.size()}));
        return {};
    }
};

} // namespace detail

STET_INLINE result<bytes> tensor_reader::next(std::size_t count)
{
    if (count > left())
        return error{.code = errc::tensor_size_mismatch, .expected = at_ + count, .actual = tensor_.size};
    if (tensor_.pour == checkpoint_reader::pour_place) {
        if (!block_.resize(count))
            return detail::out_of_memory(count);
        const std::span<std::byte> to(block_.data(), count);
        const auto&                place = *static_cast<const checkpoint_reader::place*>(tensor_.data);
        if (auto read = place.source->read(place.offset + at_, to); !read)
            return read.error();
        at_ += count;
        return bytes(to);
    }
    if (!tensor_.is_packed()) {
        if (auto collected = collect(); !collected)
            return collected.error();
    }
    const auto from = detail::memory_size(at_);
    at_ += count;
    return tensor_.packed().subspan(from, count);
}

/// From here on the tensor is one in memory.
STET_INLINE result<void> tensor_reader::collect()
{
    block_.clear();
    if (tensor_.size > SIZE_MAX || !block_.reserve(detail::memory_size(tensor_.size)))
        return detail::out_of_memory(tensor_.size);
    detail::collecting_sink collecting{&block_};
    if (auto poured = pour(tensor_, collecting); !poured)
        return poured;
    tensor_.data = block_.data();
    tensor_.pour = nullptr;
    tensor_.strides = {};
    return {};
}

} // namespace STET_NAMESPACE
