// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_JSON_TEXT_HPP
#define STET_VOCABULARY_IMPL_JSON_TEXT_HPP

#include "../config.hpp"
#include "growing_array.hpp"

#include <cstddef>
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
    [[nodiscard]] bool make_room(std::size_t count) noexcept;

    // Into the room made.
    void put(char c) noexcept { characters_[size_++] = c; }
    void put(std::string_view text) noexcept;

    std::size_t      size() const noexcept { return size_; }
    std::string_view view() const noexcept { return {characters_.data(), size_}; }

    json_text finished() && noexcept;

private:
    growing_array<char> characters_; // as many as there is room for
    std::size_t         size_ = 0;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "json_text.ipp"
#endif

#endif
