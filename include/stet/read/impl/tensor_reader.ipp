// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../tensor_reader.hpp"

namespace STET_NAMESPACE {

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
