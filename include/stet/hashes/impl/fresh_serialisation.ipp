// SPDX-License-Identifier: MIT
#include "../../plan/make_plan.hpp"
#include "../../save/write.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "fresh_serialisation.hpp"

#include <array>
#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE int compare_names(placed_name a, placed_name b) noexcept
{
    for (;;) {
        if (a.prefix.empty())
            a = {.prefix = a.stem, .stem = {}};
        if (b.prefix.empty())
            b = {.prefix = b.stem, .stem = {}};
        const std::size_t count = smaller_size(a.prefix.size(), b.prefix.size());
        if (count == 0)
            return static_cast<int>(!a.prefix.empty()) - static_cast<int>(!b.prefix.empty());
        if (const int order = a.prefix.substr(0, count).compare(b.prefix.substr(0, count)); order != 0)
            return order;
        a.prefix.remove_prefix(count);
        b.prefix.remove_prefix(count);
    }
}

/// Whether what stands first belongs before the other.
inline bool stands_before(dtype first_type, const placed_name& first, dtype type,
                          const placed_name& name) noexcept
{
    const std::uint8_t first_group = reference_order.group(first_type, 0);
    const std::uint8_t group = reference_order.group(type, 0);
    return first_group != group ? first_group > group : compare_names(first, name) < 0;
}

STET_INLINE bool is_in_reference_order(const plan& tensors) noexcept
{
    const array_view<const record> all = tensors.records();
    for (std::size_t i = 1; i < all.size(); ++i) {
        if (!stands_before(all[i - 1].type, all[i - 1].name, all[i].type, all[i].name))
            return false;
    }
    return true;
}

STET_INLINE bool is_in_reference_order(const checkpoint_header& file) noexcept
{
    for (std::size_t i = 1; i < file.size(); ++i) {
        const stored_tensor first = file[i - 1];
        const stored_tensor next = file[i];
        if (first.end != next.begin ||
            !stands_before(first.type, {.stem = first.name}, next.type, {.stem = next.name}))
            return false;
    }
    return file.empty() || file[0].begin == 0;
}

STET_INLINE result<void> fresh_serialisation::keep(std::string_view key, std::string_view text) noexcept
{
    if (key.starts_with("ss_") && !kept_.push({.first = key, .second = text}))
        return out_of_memory(sizeof(borrowed_entry));
    return {};
}

STET_INLINE result<void> fresh_serialisation::serialise(const plan& tensors)
{
    if (tensors.data_alignment() != reference_order.data_alignment || !is_in_reference_order(tensors)) {
        auto ordered = reordered(tensors);
        return ordered ? serialise_own(*std::move(ordered)) : result<void>(ordered.error());
    }
    auto head = make_header(tensors, kept_);
    if (!head)
        return head.error();
    head_.emplace(*std::move(head));
    return {};
}

STET_INLINE result<void> fresh_serialisation::serialise_own(plan tensors)
{
    own_.emplace(std::move(tensors));
    auto head = make_header(*own_, kept_);
    if (!head)
        return head.error();
    head_.emplace(*std::move(head));
    return {};
}

/// Hands a header's bytes to a hasher.
class fresh_header_sink {
public:
    explicit fresh_header_sink(file_hasher& to) noexcept : to_(&to) {}

    result<void> write(bytes piece)
    {
        to_->fresh_header(at_, piece);
        at_ += piece.size();
        return {};
    }

private:
    file_hasher*  to_;
    std::uint64_t at_ = 0;
};

STET_INLINE result<void> fresh_serialisation::prepare(file_hasher& hasher) const
{
    if (head_->size() <= window_begin)
        return {};
    std::array<std::byte, 4096> block;
    fresh_header_sink           sink(hasher);
    staged_sink                 out(sink, block);
    auto                        written = head_->write(out);
    return written ? out.flush() : written;
}

/// Takes a whole file.
class fresh_file_sink {
public:
    fresh_file_sink(std::uint64_t header_size, const allocator& memory) noexcept
        : header_size_(header_size), legacy_(memory)
    {
    }

    result<void> reserve() noexcept { return legacy_.reserve(); }

    result<void> write(bytes piece)
    {
        legacy_.take(at_, piece);
        const std::uint64_t left = header_size_ > at_ ? header_size_ - at_ : 0;
        at_ += piece.size();
        if (left < piece.size())
            data_.update(piece.subspan(memory_size(left)));
        return {};
    }

    hashes::digest model() const noexcept
    {
        return {.bytes = data_.finish(), .covers = at_ - header_size_, .is_known = true};
    }
    hashes::digest legacy() const noexcept { return legacy_.finish(); }

private:
    std::uint64_t  header_size_;
    std::uint64_t  at_ = 0;
    hashes::sha256 data_{};
    file_window    legacy_;
};

STET_INLINE result<void> fresh_serialisation::hash(hashes::digest& model, hashes::digest& legacy) const
{
    fresh_file_sink sink(head_->size(), head_->tensors().memory());
    if (auto reserved = sink.reserve(); !reserved)
        return reserved;
    if (auto written = write(*head_, sink); !written)
        return written;
    model = sink.model();
    legacy = sink.legacy();
    return {};
}

/// A tensor of a plan under its name in one piece.
struct named_view {
    std::string_view first{};
    tensor_view      second{};
};

STET_INLINE result<plan> fresh_serialisation::reordered(const plan& tensors)
{
    growing_array<named_view> all(tensors.memory());
    for (const record& placed : tensors.records()) {
        char* const text = names_.text(placed.name.size());
        if (text == nullptr ||
            !all.push({.first = {text, placed.name.size()}, .second = tensors.tensor(placed)}))
            return out_of_memory(placed.name.size() + sizeof(named_view));
        placed.name.prefix.copy(text, placed.name.prefix.size());
        placed.name.stem.copy(text + placed.name.prefix.size(), placed.name.stem.size());
    }
    auto ordered = make_plan(all, {.empty = empty_components::allow, .allocator = tensors.memory()});
    return ordered; // borrows names and tensors, which stay, not the list
}

} // namespace STET_NAMESPACE::detail
