// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "tensor_bytes.hpp"

#include <cstdint>
#include <utility>

namespace STET_NAMESPACE::detail {

/// Keeps what is poured, in room made before.
class byte_collector {
public:
    explicit byte_collector(growing_array<char>& all) noexcept : all_(&all) {}

    result<void> write(bytes data) noexcept
    {
        const array_view<const char> added(reinterpret_cast<const char*>(data.data()), data.size());
        return all_->append(added) ? result<void>() : detail::out_of_memory(all_->size() + data.size());
    }

private:
    growing_array<char>* all_;
};

STET_INLINE result<growing_array<char>> tensor_bytes(const tensor_view& tensor, const allocator& memory)
{
    growing_array<char> all(memory);
    if (tensor.size > SIZE_MAX || !all.reserve(static_cast<std::size_t>(tensor.size)))
        return detail::out_of_memory(tensor.size);
    byte_collector collector(all);
    if (auto poured = pour(tensor, collector); !poured)
        return poured.error();
    return all;
}

} // namespace STET_NAMESPACE::detail
