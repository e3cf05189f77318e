// SPDX-License-Identifier: MIT
#include "../../file/file_system.hpp"
#include "../../header/header.hpp"
#include "../../plan/impl/member.hpp"
#include "../../plan/plan.hpp"
#include "../../sink/sinks.hpp"
#include "../../vocabulary/impl/json_string.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/sort_range.hpp"
#include "../../vocabulary/impl/words.hpp"
#include "../edit_options.hpp"
#include "next_header.hpp"
#include "next_metadata.hpp"

#include <array>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE::detail {

/// Bytes in memory of just that size.
class exact_memory {
public:
    explicit exact_memory(std::span<std::byte> to) noexcept : to_(to) {}

    result<void> write(bytes data) noexcept
    {
        STET_ASSERT(data.size() <= to_.size() - at_, "stet: a header is as long as it was measured");
        if (!data.empty())
            std::memcpy(to_.data() + at_, data.data(), data.size());
        at_ += data.size();
        return {};
    }

private:
    std::span<std::byte> to_;
    std::size_t          at_ = 0;
};

// ---- names ------------------------------------------------------------------------------------------------

/// The positions of names, sorted by name.
inline result<growing_array<std::uint32_t>> sorted_names(array_view<const std::string_view> names,
                                                         const allocator&                   memory)
{
    growing_array<std::uint32_t> sorted(memory);
    if (!sorted.resize(names.size()))
        return out_of_memory(names.size() * sizeof(std::uint32_t));
    for (std::size_t i = 0; i < names.size(); ++i)
        sorted[i] = static_cast<std::uint32_t>(i);
    sort_range(sorted.view(), [&names](std::uint32_t a, std::uint32_t b) { return names[a] < names[b]; });
    return sorted;
}

/// One tensor's new name, if it can bear it.
inline result<void> rename_one(growing_array<std::string_view>& names, const checkpoint_header& old,
                               const edit::renaming& wanted)
{
    const auto position = old.position_of(wanted.from);
    if (!position)
        return error{.code = errc::no_such_tensor}.about(wanted.from);
    if (wanted.to == "__metadata__")
        return error{.code = errc::reserved_name}.about(wanted.to);
    if (!inspect_json_string(wanted.to).well_formed)
        return error{.code = errc::invalid_utf8}.about(wanted.to);
    names[*position] = wanted.to;
    return {};
}

/// The names the tensors are to have, in the order of the data.
inline result<growing_array<std::string_view>> next_names(const checkpoint_header&         old,
                                                          array_view<const edit::renaming> wanted,
                                                          const allocator&                 memory)
{
    growing_array<std::string_view> names(memory);
    if (!names.resize(old.size()))
        return out_of_memory(old.size() * sizeof(std::string_view));
    for (std::size_t i = 0; i < old.size(); ++i)
        names[i] = old[i].name;
    for (const edit::renaming& one : wanted) {
        if (auto renamed = rename_one(names, old, one); !renamed)
            return renamed.error();
    }
    if (wanted.empty())
        return names;
    const auto sorted = sorted_names(names.view(), memory);
    if (!sorted)
        return sorted.error();
    for (std::size_t i = 1; i < sorted->size(); ++i) {
        if (names[(*sorted)[i]] == names[(*sorted)[i - 1]])
            return error{.code = errc::duplicate_name}.about(names[(*sorted)[i]]).with("file", "renaming");
    }
    return names;
}

inline bool has_other_names(const checkpoint_header& old, array_view<const std::string_view> names) noexcept
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (old[i].name != names[i])
            return true;
    }
    return false;
}

/// Whether the reference writer would put the tensors one after the other as before.
inline result<bool> keeps_reference_order(const checkpoint_header&           old,
                                          array_view<const std::string_view> names, const allocator& memory)
{
    const auto sorted = [&](auto name_of) -> result<growing_array<std::uint32_t>> {
        growing_array<std::uint32_t> order(memory);
        if (!order.resize(old.size()))
            return out_of_memory(old.size() * sizeof(std::uint32_t));
        for (std::size_t i = 0; i < old.size(); ++i)
            order[i] = static_cast<std::uint32_t>(i);
        sort_range(order.view(), [&](std::uint32_t a, std::uint32_t b) {
            const dtype one = old[a].type;
            const dtype other = old[b].type;
            return one != other ? one > other : name_of(a) < name_of(b);
        });
        return order;
    };
    const auto before = sorted([&](std::uint32_t i) { return old[i].name; });
    const auto after = sorted([&](std::uint32_t i) { return names[i]; });
    if (!before || !after)
        return before ? after.error() : before.error();
    for (std::size_t i = 0; i < before->size(); ++i) {
        if ((*before)[i] != (*after)[i])
            return false;
    }
    return true;
}

// ---- the header -------------------------------------------------------------------------------------------

/// The old file's tensors, where they lie and in their order, under their new names.
inline result<plan> plan_of(const checkpoint_header& old, array_view<const std::string_view> names,
                            const allocator& memory)
{
    growing_array<record>        records(memory);
    growing_array<std::uint64_t> axes(memory);
    if (!records.reserve(old.size()))
        return out_of_memory(old.size() * sizeof(record));
    std::uint64_t members_size = old.empty() ? 0 : old.size() - 1; // the commas
    for (std::size_t i = 0; i < old.size(); ++i) {
        const stored_tensor tensor = old[i];
        const record        placed{.name = {.stem = names[i]},
                                   .begin = tensor.begin,
                                   .size = tensor.size(),
                                   .first_axis = static_cast<std::uint32_t>(axes.size()),
                                   .rank = static_cast<std::uint32_t>(tensor.shape.size()),
                                   .escaped_size =
                                static_cast<std::uint32_t>(inspect_json_string(names[i]).escaped_size),
                                   .type = tensor.type};
        if (!records.push(placed) || !axes.append({tensor.shape.data(), tensor.shape.size()}))
            return out_of_memory((axes.size() + tensor.shape.size()) * sizeof(std::uint64_t));
        members_size += member_size(placed, tensor.shape);
    }
    return plan(std::move(records), std::move(axes), change_log(memory), {}, {}, members_size, 8);
}

/// The size a header is to have, of header::size(): that of the old one where it fits into that.
/// errors: header_too_large
inline result<std::uint64_t> next_size(const header& head, std::uint64_t old_size,
                                       std::uint64_t room) noexcept
{
    const auto rounded = [](std::uint64_t size, std::uint64_t to) { return (size + to - 1) / to * to; };
    const std::uint64_t text_end = header::length_field + head.text_size();
    if (text_end <= old_size)
        return old_size;
    if (room > max_header_size) // no sum beyond 2^64
        return error{.code = errc::header_too_large, .expected = max_header_size, .actual = room};
    const std::uint64_t needed = text_end + room;
    const std::uint64_t in_steps = old_size + rounded(needed - old_size, clone_alignment);
    const std::uint64_t aligned = rounded(needed, 8);
    constexpr auto      most = header::length_field + max_header_size;
    const auto          size = old_size % 8 == 0 && in_steps <= most ? in_steps : aligned;
    if (size > most)
        return error{.code = errc::header_too_large,
                     .expected = max_header_size,
                     .actual = size - header::length_field};
    return size;
}

inline result<growing_array<std::byte>> spell(const header& head, const allocator& memory)
{
    growing_array<std::byte> all(memory);
    if (!all.resize(memory_size(head.size())))
        return out_of_memory(head.size());
    exact_memory                to({all.data(), all.size()});
    std::array<std::byte, 4096> block;
    staged_sink                 staged(to, block);
    if (auto written = head.write(staged); !written)
        return written.error();
    if (auto flushed = staged.flush(); !flushed)
        return flushed.error();
    return all;
}

inline bool is_same_header(array_view<const std::byte> all, const checkpoint_header& old) noexcept
{
    const std::string_view text = old.text();
    return all.size() == text.size() + header::length_field &&
           (text.empty() || std::memcmp(all.data() + header::length_field, text.data(), text.size()) == 0);
}

STET_INLINE result<next_header> spell_next_header(const checkpoint_header& old, const edit::changes& wanted,
                                                  std::uint64_t room, const allocator& memory)
{
    const auto names = next_names(old, wanted.rename, memory);
    if (!names)
        return names.error();
    const auto tensors = plan_of(old, names->view(), memory);
    if (!tensors)
        return tensors.error();
    next_metadata metadata(old, wanted, memory);
    if (auto prepared = metadata.prepare(); !prepared)
        return prepared.error();
    const bool  renames = has_other_names(old, names->view());
    lost_truths lost{.legacy_hash = renames || metadata.changes_training()};
    if (renames) {
        const auto keeps = keeps_reference_order(old, names->view(), memory);
        if (!keeps)
            return keeps.error();
        lost.model_hash = !*keeps;
    }
    next_header next{.all = growing_array<std::byte>(memory)};
    for (;;) {
        if (auto made = metadata.make(lost, next.dropped); !made)
            return made.error();
        auto head = make_header(*tensors, metadata.view());
        if (!head)
            return head.error();
        const auto size = next_size(*head, old.data_begin(), room);
        if (!size)
            return size.error();
        head->resize(*size);
        auto all = spell(*head, memory);
        if (!all)
            return all.error();
        next.all = *std::move(all);
        next.text_size = head->text_size();
        if (lost.manifest || !old.metadata(edit::c2pa_key) || is_same_header(next.all.view(), old))
            return next;
        lost.manifest = true; // for something has changed
    }
}

STET_INLINE result<next_header> fill_header(const checkpoint_header& old, std::string_view key,
                                            std::string_view text, const allocator& memory)
{
    const auto place = edit::find_slot(old, key);
    if (!place)
        return place.error();
    const json_string_facts facts = inspect_json_string(text);
    if (!facts.well_formed || facts.escaped_size != text.size())
        return error{.code = errc::invalid_metadata_value}.about(key).with(
            "UTF-8 without quotes, backslashes and control characters");
    if (text.size() != place->length)
        return error{.code = errc::slot_size_mismatch, .expected = place->length, .actual = text.size()}
            .about(key);
    const std::string_view                      header_text = old.text();
    next_header                                 next{.all = growing_array<std::byte>(memory)};
    std::array<std::byte, header::length_field> length{};
    store_word(length.data(), header_text.size());
    const bytes all = bytes_of(header_text.data(), header_text.size());
    if (!next.all.reserve(memory_size(old.data_begin())) || !next.all.append(length) ||
        !next.all.append({all.data(), all.size()}))
        return out_of_memory(old.data_begin());
    std::memcpy(next.all.data() + place->start, text.data(), text.size());
    next.text_size = header_text.find_last_not_of(" \t\r\n") + 1;
    return next;
}

} // namespace STET_NAMESPACE::detail
