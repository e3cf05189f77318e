// SPDX-License-Identifier: MIT
#include "header_index.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE header_index::header_index(const allocator& memory) noexcept
    : unescaped(memory), tensors(memory), axes(memory), metadata(memory)
{
}

STET_INLINE std::string_view header_index::view(indexed_text piece) const noexcept
{
    constexpr std::uint32_t flag = 0x80000000U;
    const char* const       from = (piece.at & flag) != 0 ? unescaped.data() : text.data();
    return piece.size == 0 ? std::string_view() : std::string_view(from + (piece.at & ~flag), piece.size);
}

STET_INLINE bool header_index::keep(const json_string_piece& piece, indexed_text& kept) noexcept
{
    const auto written_size = static_cast<std::uint32_t>(piece.written.size());
    if (!piece.has_escapes) {
        const auto at = static_cast<std::uint32_t>(piece.written.data() - text.data());
        kept = {.at = at, .size = written_size};
        return true;
    }
    const std::size_t before = unescaped.size();
    // Room ahead, so that a header full of escapes does not copy itself each time.
    if (written_size > room_ - before) {
        const std::size_t wanted = before + before / 2 + written_size + 256;
        if (!unescaped.reserve(wanted))
            return false;
        room_ = wanted;
    }
    if (!unescaped.resize(before + written_size))
        return false;
    const std::size_t size = unescape(piece.written, unescaped.data() + before);
    static_cast<void>(unescaped.resize(before + size)); // shrinks
    kept = {.at = static_cast<std::uint32_t>(before) | 0x80000000U, .size = static_cast<std::uint32_t>(size)};
    return true;
}

} // namespace STET_NAMESPACE::detail
