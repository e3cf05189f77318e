// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/sort_range.hpp"
#include "../checkpoint_header.hpp"

#include <bit>

namespace STET_NAMESPACE {

STET_INLINE stored_tensor checkpoint_header::operator[](std::size_t position) const noexcept
{
    STET_ASSERT(position < size(), "stet: a tensor beyond the last was asked for");
    const detail::indexed_tensor& found = index_.tensors[position];
    return {.name = index_.view(found.name),
            .type = found.type,
            .shape = {index_.axes.data() + found.first_axis, found.rank},
            .begin = found.begin,
            .end = found.end};
}

STET_INLINE std::optional<stored_tensor> checkpoint_header::find(std::string_view name) const noexcept
{
    const auto position = position_of(name);
    return position ? std::optional((*this)[*position]) : std::nullopt;
}

STET_INLINE std::optional<std::size_t> checkpoint_header::position_of(std::string_view name) const noexcept
{
    const std::uint32_t found = names_.find(name, names_.hash(name), [this](std::uint32_t position) {
        return index_.view(index_.tensors[position].name);
    });
    return found == detail::name_table::none ? std::nullopt : std::optional<std::size_t>(found);
}

STET_INLINE detail::growing_array<std::uint32_t> checkpoint_header::by_name() const noexcept
{
    detail::growing_array<std::uint32_t> positions(index_.tensors.memory());
    if (!positions.resize(size()))
        return positions;
    for (std::size_t i = 0; i < positions.size(); ++i)
        positions[i] = static_cast<std::uint32_t>(i);
    detail::sort_range(positions.view(), [this](std::uint32_t left, std::uint32_t right) {
        return index_.view(index_.tensors[left].name) < index_.view(index_.tensors[right].name);
    });
    return positions;
}

STET_INLINE stored_metadata checkpoint_header::metadata(std::size_t position) const noexcept
{
    STET_ASSERT(position < metadata_size(), "stet: a metadata entry beyond the last was asked for");
    const detail::indexed_metadata& found = index_.metadata[position];
    return {.key = index_.view(found.key), .value = index_.view(found.value)};
}

STET_INLINE std::optional<std::string_view> checkpoint_header::metadata(std::string_view key) const noexcept
{
    const std::uint32_t found = keys_.find(key, keys_.hash(key), [this](std::uint32_t position) {
        return index_.view(index_.metadata[position].key);
    });
    return found == detail::name_table::none ? std::nullopt
                                             : std::optional(index_.view(index_.metadata[found].value));
}

STET_INLINE std::uint64_t checkpoint_header::offset_in_file(const stored_tensor& tensor) const noexcept
{
    return data_begin() + tensor.begin;
}

STET_INLINE std::size_t checkpoint_header::alignment(const stored_tensor& tensor) const noexcept
{
    constexpr unsigned most = 12;
    const auto         zeros = static_cast<unsigned>(std::countr_zero(offset_in_file(tensor)));
    return std::size_t{1} << (zeros < most ? zeros : most);
}

STET_INLINE checkpoint_header::checkpoint_header(const allocator& memory) noexcept
    : index_(memory), names_(memory), keys_(memory)
{
}

} // namespace STET_NAMESPACE
