// SPDX-License-Identifier: MIT
#include "../../save/impl/publish.ipp"
#include "../../sink/sinks.hpp"
#include "../../tensor/sizes.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/os_error.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/sorted_range.hpp"
#include "../../vocabulary/impl/staging_block.hpp"
#include "../unfilled_file.hpp"

#include <cerrno>
#include <utility>

namespace STET_NAMESPACE {

STET_INLINE result<tensor_view> filling::to_come(dtype type, const extents& shape) noexcept
{
    const auto size = byte_count(type, shape);
    if (!size)
        return size.error();
    return tensor_view{.type = type,
                       .shape = shape,
                       .size = *size,
                       .pour = [](const tensor_view&, sink_ref) -> result<void> {
                           return error{.code = errc::missing_tensor};
                       }};
}

STET_INLINE result<filling::unfilled_file> filling::unfilled_file::open(const plan&       layout,
                                                                        const exact_path& where,
                                                                        const options&    given)
{
    return open_under(layout, given, [&] {
        return exact_target::take(*given.file_system, std::string(where.path), where.existing);
    });
}

STET_INLINE result<filling::unfilled_file> filling::unfilled_file::open_numbered(const plan&     layout,
                                                                                 const numbered& where,
                                                                                 const options&  given)
{
    const auto name = detail::expanded_name(where, *given.file_system);
    if (!name)
        return name.error();
    return open_under(layout, given, [&] {
        return numbered_target::take(*given.file_system, std::string(where.root), *name, given.durability);
    });
}

template <class Take>
result<filling::unfilled_file> filling::unfilled_file::open_under(const plan& layout, const options& given,
                                                                  Take take)
{
    const auto head = make_header(layout, given.metadata);
    if (!head)
        return head.error();
    auto changes = layout.kept_changes();
    if (!changes)
        return changes.error();
    auto target = take();
    if (!target)
        return target.error();
    unfilled_file opened(*std::move(target), *head, given);
    opened.changes_ = *std::move(changes);
    part_file& part = opened.part();
    if (!part.is_positional())
        return detail::os_error(ENOTSUP, detail::system_step::write, part.path());
    if (auto kept = opened.keep_places(*head); !kept)
        return kept.error();
    if (auto reserved = part.preallocate(head->file_size()); !reserved)
        return reserved.error();
    if (auto written = opened.write_header(*head); !written)
        return written.error();
    return opened;
}

STET_INLINE filling::unfilled_file::unfilled_file(any_target target, const header& head, const options& given)
    : target_(std::move(target)), handle_(part().handle()), durability_(given.durability),
      data_begin_(head.size()), file_size_(head.file_size()), components_(head.tensors().components()),
      places_(given.allocator), names_(given.allocator), positions_(given.allocator),
      filled_(given.twice, given.allocator)
{
}

STET_INLINE filling::unfilled_file::unfilled_file(unfilled_file&& other) noexcept
    : target_(std::move(other.target_)), handle_(other.handle_), durability_(other.durability_),
      data_begin_(other.data_begin_), file_size_(other.file_size_), components_(other.components_),
      changes_(std::move(other.changes_)), places_(std::move(other.places_)), names_(std::move(other.names_)),
      positions_(std::move(other.positions_)), filled_(std::move(other.filled_)), is_lost_(other.is_lost_)
{
}

STET_INLINE result<void> filling::unfilled_file::keep_places(const header& head) noexcept
{
    const std::size_t count = head.tensors().records().size();
    if (!places_.reserve(count) || !positions_.reserve(count))
        return detail::out_of_memory(count * sizeof(entry));
    const auto name_at = [this](std::uint32_t position) { return (*this)[position].name; };
    for (const record& each : head) {
        const entry kept{.offset = head.offset_in_file(each),
                         .size = each.size,
                         .name_begin = names_.size(),
                         .name_size = each.name.size()};
        const auto  put = [this](std::string_view text) {
            return names_.append(array_view<const char>(text.data(), text.size()));
        };
        if (!put(each.name.prefix) || !put(each.name.stem) || !places_.push(kept))
            return detail::out_of_memory(names_.size() + kept.name_size);
        const auto             position = static_cast<std::uint32_t>(places_.size() - 1);
        const std::string_view name = name_at(position);
        if (!positions_.insert(name, positions_.hash(name), position, name_at))
            return detail::out_of_memory(count * sizeof(entry));
    }
    return {};
}

STET_INLINE result<void> filling::unfilled_file::write_header(const header& head)
{
    constexpr std::uint64_t most = std::uint64_t{1} << 20U;
    auto block = detail::staging_block::make(detail::memory_size(head.size() < most ? head.size() : most),
                                             places_.memory());
    if (!block)
        return block.error();
    staged_sink out(part(), block->bytes());
    if (auto written = head.write(out); !written)
        return written;
    return out.flush();
}

STET_INLINE part_file& filling::unfilled_file::part() noexcept
{
    return std::visit([](auto& target) -> part_file& { return target.file(); }, target_);
}

STET_INLINE std::string filling::unfilled_file::part_path() const
{
    return std::visit([](const auto& target) { return target.part_path(); }, target_);
}

STET_INLINE std::optional<std::uint64_t> filling::unfilled_file::number() const noexcept
{
    const auto* const target = std::get_if<numbered_target>(&target_);
    return target != nullptr ? std::optional(target->number()) : std::nullopt;
}

STET_INLINE filling::place filling::unfilled_file::operator[](std::size_t position) const noexcept
{
    const entry& own = places_[position];
    return {.name = {names_.data() + own.name_begin, own.name_size}, .offset = own.offset, .size = own.size};
}

STET_INLINE std::optional<filling::place> filling::unfilled_file::find(std::string_view name) const noexcept
{
    const auto          name_at = [this](std::uint32_t position) { return (*this)[position].name; };
    const std::uint32_t position = positions_.find(name, positions_.hash(name), name_at);
    if (position == detail::name_table::none)
        return std::nullopt;
    return (*this)[position];
}

STET_INLINE filling::place filling::unfilled_file::place_at(std::uint64_t byte) const noexcept
{
    return (*this)[detail::count_before(
        places_.view(), [&](const entry& tensor) { return tensor.offset + tensor.size <= byte; })];
}

STET_INLINE error filling::unfilled_file::about_tensor(const error& e) const noexcept
{
    return e.code == errc::filled_twice ? e.about(place_at(e.actual).name) : e;
}

STET_INLINE result<void> filling::unfilled_file::claim(interval claimed)
{
    const std::lock_guard<std::mutex> guard(mutex_);
    if (auto added = filled_.add(claimed); !added)
        return about_tensor(added.error());
    return {};
}

STET_INLINE result<void> filling::unfilled_file::fill(const place& of, std::uint64_t at, bytes data)
{
    if (at > of.size || data.size() > of.size - at)
        return error{
            .code = errc::no_such_axis, .expected = of.size, .actual = at > of.size ? at : at + data.size()}
            .about(of.name);
    if (of.offset > file_size_ || at > file_size_ - of.offset)
        return outside(of.offset > file_size_ ? of.offset : at, "end", file_size_);
    const interval claimed{.begin = of.offset + at, .end = of.offset + at + data.size()};
    if (auto inside = lies_inside(claimed); !inside)
        return inside;
    if (auto owned = claim(claimed); !owned)
        return owned;
    // An exception of the file system's own calls leaves the bytes missing, too.
    struct unclaimed {
        unfilled_file* from;
        interval       claimed;

        ~unclaimed()
        {
            if (from == nullptr)
                return;
            const std::lock_guard<std::mutex> guard(from->mutex_);
            from->is_lost_ = !from->filled_.remove(claimed) || from->is_lost_;
        }
    } undo{this, claimed};
    auto written = part().write_at(claimed.begin, data);
    if (written)
        undo.from = nullptr;
    return written;
}

STET_INLINE result<void> filling::unfilled_file::note(interval written)
{
    if (auto inside = lies_inside(written); !inside)
        return inside;
    return claim(written);
}

STET_INLINE error filling::unfilled_file::outside(std::uint64_t byte, std::string_view verb,
                                                  std::uint64_t bound) noexcept
{
    return error{.code = errc::outside_data, .expected = bound, .actual = byte}.with(verb).about(
        part().path());
}

STET_INLINE result<void> filling::unfilled_file::lies_inside(interval piece) noexcept
{
    if (piece.begin >= piece.end)
        return {};
    if (piece.begin < data_begin_)
        return outside(piece.begin, "begin", data_begin_);
    if (piece.end > file_size_)
        return outside(piece.end - 1, "end", file_size_);
    return {};
}

STET_INLINE result<void> filling::unfilled_file::appear()
{
    auto* const target = std::get_if<numbered_target>(&target_);
    if (target == nullptr)
        return std::visit([this](auto& exact) { return exact.publish(durability_); }, target_);
    bool       has_number = true; // the one it was opened with
    const auto next = [&]() -> result<numbered_target*> {
        if (auto taken = std::exchange(has_number, false) ? result<void>() : target->take_next(); !taken)
            return taken.error();
        return target;
    };
    return detail::with_free_name(next, [&](numbered_target* under) { return under->publish(durability_); });
}

STET_INLINE result<saved_checkpoint> filling::unfilled_file::publish()
{
    if (is_lost_)
        return error{.code = errc::out_of_memory};
    const auto missing = filled_.first_missing({.begin = data_begin_, .end = file_size_});
    if (!missing)
        return missing.error();
    if (*missing) {
        const place of = place_at((*missing)->begin);
        const auto  own = filled_.first_missing({.begin = (*missing)->begin, .end = of.end()});
        if (!own)
            return own.error();
        const std::uint64_t end = *own ? (*own)->end : of.end();
        return error{
            .code = errc::unfilled_tensor, .expected = end - (*missing)->begin, .actual = (*missing)->begin}
            .about(of.name);
    }
    if (auto published = appear(); !published)
        return published.error();
    return saved_checkpoint{.path = part().path(),
                            .number = number(),
                            .bytes = file_size_,
                            .header_bytes = data_begin_ - header::length_field,
                            .keeps_access = part().keeps_access(),
                            .components = components_,
                            .changes = std::move(changes_)};
}

} // namespace STET_NAMESPACE
