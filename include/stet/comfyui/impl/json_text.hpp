// SPDX-License-Identifier: MIT
#ifndef STET_COMFYUI_IMPL_JSON_TEXT_HPP
#define STET_COMFYUI_IMPL_JSON_TEXT_HPP

#include "../../vocabulary/impl/growing_array.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE::detail {

/// A JSON text that owns its characters.
class json_text {
public:
    explicit json_text(growing_array<char> characters) noexcept : characters_(std::move(characters)) {}

    /// lifetime: borrows this object; a temporary one does not compile
    std::string_view view() const& noexcept { return {characters_.data(), characters_.size()}; }
    std::string_view view() const&& = delete;

private:
    growing_array<char> characters_;
};

/// A text written piece by piece, into room that is made before.
class json_text_builder {
public:
    explicit json_text_builder(const allocator& memory) noexcept : characters_(memory) {}

    /// False when the allocator gave nothing; the text is unchanged then.
    [[nodiscard]] bool make_room(std::size_t count) noexcept
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

    // Into the room made.
    void put(char c) noexcept { characters_[size_++] = c; }
    void put(std::string_view text) noexcept
    {
        if (!text.empty())
            std::memcpy(characters_.data() + size_, text.data(), text.size());
        size_ += text.size();
    }

    std::size_t      size() const noexcept { return size_; }
    std::string_view view() const noexcept { return {characters_.data(), size_}; }

    json_text finished() && noexcept
    {
        static_cast<void>(characters_.resize(size_)); // not more than there is
        return json_text(std::move(characters_));
    }

private:
    growing_array<char> characters_; // as many as there is room for
    std::size_t         size_ = 0;
};

} // namespace STET_NAMESPACE::detail

#endif
