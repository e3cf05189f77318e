// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_ERROR_TEXTS_HPP
#define STET_VOCABULARY_IMPL_ERROR_TEXTS_HPP

#include "utf8.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// The texts of an error in one piece of memory: two parties, and the subject in what they leave. A text that is too
/// long is cut to "..." and its tail: names and paths differ at their ends.
class error_texts {
public:
    static constexpr std::size_t capacity = 165;       // with it an error takes 192 bytes
    static constexpr std::size_t longest_parties = 96; // of the two together
    static constexpr std::size_t longest_second = 48;

    constexpr std::string_view first() const noexcept { return {characters_.data(), first_}; }
    constexpr std::string_view second() const noexcept { return {characters_.data() + first_, second_}; }
    constexpr std::string_view subject() const noexcept
    {
        return {characters_.data() + first_ + second_, subject_};
    }

    /// Keeps `head` followed by `tail`. Neither lies in these texts.
    constexpr void set_subject(std::string_view head, std::string_view tail) noexcept
    {
        subject_ = put(std::size_t{first_} + second_, head, tail, capacity);
    }

    /// Neither lies in these texts.
    constexpr void set_parties(std::string_view first, std::string_view second) noexcept
    {
        const error_texts before = *this;
        const std::size_t second_most = second.size() < longest_second ? second.size() : longest_second;
        first_ = put(0, first, {}, longest_parties - second_most);
        second_ = put(first_, second, {}, first_ + longest_second);
        set_subject(before.subject(), {});
    }

private:
    /// Puts both between two offsets. returns: how many bytes they take
    constexpr std::uint8_t put(std::size_t begin, std::string_view head, std::string_view tail,
                               std::size_t end) noexcept
    {
        std::size_t at = begin;
        const auto  append = [&](std::string_view text) {
            for (const char c : text)
                characters_[at++] = c;
        };
        if (head.size() + tail.size() > end - begin) {
            append("...");
            const std::size_t room = end - at;
            const std::size_t head_room = room > tail.size() ? room - tail.size() : 0;
            const std::size_t tail_room = room < tail.size() ? room : tail.size();
            head.remove_prefix(detail::next_character(head, head.size() - head_room));
            tail.remove_prefix(detail::next_character(tail, tail.size() - tail_room));
        }
        append(head);
        append(tail);
        return static_cast<std::uint8_t>(at - begin);
    }

    std::uint8_t               first_ = 0; ///< sizes
    std::uint8_t               second_ = 0;
    std::uint8_t               subject_ = 0;
    std::array<char, capacity> characters_{};
};

} // namespace STET_NAMESPACE::detail

#endif
