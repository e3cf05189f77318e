// SPDX-License-Identifier: MIT
#include "../../file/exact_target.hpp"
#include "../../header/header.hpp"
#include "../../read/checkpoint_reader.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../edit.hpp"
#include "held_file.hpp"
#include "next_header.hpp"
#include "replacement.hpp"
#include "undo_file.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace STET_NAMESPACE::detail {

/// Takes a file of which no edit is left half done.
inline result<held_file> take_sound(const std::string& path, file_use use, const edit::options& how)
{
    constexpr int most_tries = 3;
    for (int tries = 1;; ++tries) {
        auto held = held_file::take(*how.file_system, path, use);
        if (!held)
            return held;
        const auto is_left = has_undo_file(*held);
        if (!is_left)
            return is_left.error();
        if (!*is_left)
            return held;
        if (tries == most_tries)
            return error{.code = errc::file_in_use}.about(path);
        held = error{}; // its lock goes
        if (auto cleared = edit::recover(path, how); !cleared)
            return cleared.error();
    }
}

/// The range from the first byte that changes to the last.
inline changed_range range_between(const checkpoint_header& old, bytes next) noexcept
{
    const std::string_view text = old.text();
    const bytes            before = bytes_of(text.data(), text.size());
    const bytes            after = next.subspan(header::length_field);
    std::size_t            first = 0;
    std::size_t            last = before.size();
    while (first < last && before[first] == after[first])
        ++first;
    while (last > first && before[last - 1] == after[last - 1])
        --last;
    return {.header_length = text.size(),
            .offset = header::length_field + first,
            .before = before.subspan(first, last - first),
            .after = after.subspan(first, last - first)};
}

inline result<edit::done> change_in_place(const held_file& file, const changed_range& range,
                                          const edit::options& how)
{
    const std::uint64_t last = range.offset + range.before.size() - 1;
    const bool          is_one_sector = range.offset / sector_size == last / sector_size;
    auto                changed = is_one_sector ? change_at_once(file, range, how.durability)
                                                : change_with_undo(file, range, how.durability, how.allocator);
    if (!changed)
        return changed.error();
    // That it cannot be looked at is no failure of an edit that is done.
    if (const auto named = file.still_named(); !named && named.error().code == errc::file_changed)
        return named.error();
    return is_one_sector ? edit::done::one_sector : edit::done::with_undo;
}

/// Where tensors lie in the file, as many in a range as lie one behind the other.
/// errors: out_of_memory
inline result<growing_array<byte_range>> tensor_ranges(const checkpoint_header& old, const allocator& memory)
{
    growing_array<byte_range> ranges(memory);
    for (const stored_tensor tensor : old) {
        const std::uint64_t begin = old.offset_in_file(tensor);
        if (ranges.empty() || ranges[ranges.size() - 1].end != begin) {
            if (!ranges.push({.begin = begin, .end = begin}))
                return out_of_memory(ranges.size() * sizeof(byte_range));
        }
        ranges[ranges.size() - 1].end += tensor.size();
    }
    return ranges;
}

/// Another file in the place of the old one, or somewhere else.
inline result<edit::done> change_whole(held_file& file, const checkpoint_header& old, bytes head,
                                       const edit::options& how, bool& keeps_access)
{
    const auto kept = tensor_ranges(old, how.allocator);
    if (!kept)
        return kept.error();
    const bool is_copy = !how.copy_to.empty();
    auto       next = is_copy ? exact_target::take(*how.file_system, std::string(how.copy_to), how.existing)
                              : file.beside();
    if (!next)
        return next.error();
    const auto shares = write_replacement(file, kept->view(), head, next->file(), how);
    if (!shares)
        return shares.error();
    auto published = is_copy ? next->publish(how.durability) : file.replace_by(*next, how.durability);
    if (!published)
        return published.error();
    keeps_access = next->file().keeps_access();
    return *shares ? edit::done::cloned : edit::done::copied;
}

inline result<edit::edited> give_header(held_file& file, const checkpoint_header& old, next_header next,
                                        const edit::options& how)
{
    const bytes         head(next.all.data(), next.all.size());
    const std::uint64_t begin = old.data_begin();
    edit::edited        now{.bytes = head.size() + (file.size() - begin),
                            .header_bytes = head.size() - header::length_field,
                            .has_moved = head.size() != begin,
                            .repaired = flaws_in(old, file.size()),
                            .dropped = std::move(next.dropped)};
    const std::uint64_t gone = now.repaired.trailing_bytes + now.repaired.gap_bytes;
    now.bytes -= gone;
    now.room = now.header_bytes - next.text_size;
    const changed_range range = now.has_moved ? changed_range{} : range_between(old, head);
    const bool          is_same = !now.has_moved && range.before.empty() && gone == 0;
    if (is_same && how.copy_to.empty())
        return now;
    const bool is_in_place = how.way == edit::way::in_place && how.copy_to.empty() && !now.has_moved &&
                             gone == 0 && how.file_system->write_at != nullptr && can_have_undo_file(file);
    const auto what = is_in_place ? change_in_place(file, range, how)
                                  : change_whole(file, old, head, how, now.keeps_access);
    if (!what)
        return what.error();
    now.done = *what;
    now.has_moved = now.has_moved || now.repaired.gap_bytes != 0;
    return now;
}

/// Opens the file, has its next header made, and gives it that.
/// make: callable with the old header and the file's size, returns result<next_header>
template <class Make>
result<edit::edited> edit_file(const std::string& path, const edit::options& how, bool is_lenient, Make make)
{
    const bool may_change =
        how.way == edit::way::in_place && how.copy_to.empty() && how.file_system->write_at != nullptr;
    auto file = take_sound(path, may_change ? file_use::change : file_use::read, how);
    if (!file)
        return file.error();
    const auto reader = open_checkpoint(*file, {.allow_trailing_bytes = is_lenient,
                                                .allow_nul_padding = is_lenient,
                                                .allow_gaps = is_lenient,
                                                .allocator = how.allocator});
    if (!reader)
        return reader.error().subject().empty() ? reader.error().about(path) : reader.error();
    auto next = make(reader->header(), file->size());
    return next ? give_header(*file, reader->header(), *std::move(next), how)
                : result<edit::edited>(next.error());
}

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::edit {

STET_INLINE result<edited> apply(const std::string& path, const changes& wanted, const options& how)
{
    return detail::edit_file(path, how, how.lenient, [&](const checkpoint_header& old, std::uint64_t size) {
        return detail::spell_next_header(old, wanted, detail::flaws_in(old, size), how.header_room,
                                         how.allocator);
    });
}

STET_INLINE result<edited> fill(const std::string& path, std::string_view key, std::string_view text,
                                const options& how)
{
    return detail::edit_file(path, how, false, [&](const checkpoint_header& old, std::uint64_t) {
        return detail::fill_header(old, key, text, how.allocator);
    });
}

STET_INLINE result<bool> recover(const std::string& path, const options& how)
{
    const auto file = detail::held_file::take(*how.file_system, path, detail::file_use::change);
    if (!file)
        return file.error();
    const auto is_left = detail::has_undo_file(*file);
    if (!is_left || !*is_left)
        return is_left;
    auto undone = detail::undo(*file, how.durability, how.allocator);
    return undone ? result<bool>(true) : undone.error();
}

} // namespace STET_NAMESPACE::edit
