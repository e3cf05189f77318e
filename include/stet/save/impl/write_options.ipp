// SPDX-License-Identifier: MIT
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../write_options.hpp"

namespace STET_NAMESPACE {

STET_INLINE result<void> hashes::tensor_digests::reserve(std::size_t count, std::size_t name_bytes) noexcept
{
    if (list_.reserve(count) && names_.reserve(name_bytes))
        return {};
    return detail::out_of_memory(count * sizeof(tensor_digest) + name_bytes);
}

STET_INLINE void hashes::tensor_digests::add(std::string_view prefix, std::string_view stem,
                                             const digest& sha256) noexcept
{
    const std::size_t begin = names_.size();
    const bool        has_room =
        names_.append(array_view<const char>(prefix.data(), prefix.size())) &&
        names_.append(array_view<const char>(stem.data(), stem.size())) &&
        list_.push({.name = {names_.data() + begin, prefix.size() + stem.size()}, .sha256 = sha256});
    STET_ASSERT(has_room, "stet: what was counted has room");
    static_cast<void>(has_room);
}

} // namespace STET_NAMESPACE
