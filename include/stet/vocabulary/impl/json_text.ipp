// SPDX-License-Identifier: MIT
#include "json_text.hpp"

#include <cstdint>
#include <cstring>

namespace STET_NAMESPACE::detail {

STET_INLINE bool json_text_builder::make_room(std::size_t count) noexcept
{
    const std::size_t capacity = characters_.size();
    if (capacity - size_ >= count)
        return true;
    if (count > SIZE_MAX - size_)
        return false;
    const std::size_t half_again = capacity + capacity / 2;
    const std::size_t needed = size_ + count;
    return characters_.resize(half_again > needed ? half_again : needed);
}

STET_INLINE void json_text_builder::put(std::string_view text) noexcept
{
    if (!text.empty())
        std::memcpy(characters_.data() + size_, text.data(), text.size());
    size_ += text.size();
}

STET_INLINE json_text json_text_builder::finished() && noexcept
{
    static_cast<void>(characters_.resize(size_)); // not more than there is
    return json_text(std::move(characters_));
}

} // namespace STET_NAMESPACE::detail
