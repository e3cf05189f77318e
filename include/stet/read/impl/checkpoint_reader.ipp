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
    if (auto filled = source_.read(header_.offset_in_file(tensor) + part.offset, to); !filled) {
        const error& failed = filled.error();
        return failed.subject().empty() ? failed.about(tensor.name) : failed;
    }
    return {};
}

STET_INLINE checkpoint_reader::checkpoint_reader(source_ref source, detail::growing_array<std::byte> head,
                                                 checkpoint_header header) noexcept
    : source_(source), head_(std::move(head)), header_(std::move(header))
{
}

STET_INLINE result<checkpoint_reader> open_checkpoint(source_ref source, const read_options& options)
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
    return checkpoint_reader(source, std::move(head), *std::move(header));
}

} // namespace STET_NAMESPACE
