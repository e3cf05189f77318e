// SPDX-License-Identifier: MIT
#include "../../tensor/dtype.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../read_plan.hpp"
#include "best_cuts.hpp"
#include "box_runs.hpp"

#include <array>
#include <bit>
#include <utility>

namespace STET_NAMESPACE::detail {

/// Below that no sum of offsets and lengths passes 64 bits.
inline constexpr std::uint64_t largest_planned_file = std::uint64_t{1} << 61U;

/// Makes one read_plan: runs of bytes, then runs of blocks, then requests, then the pieces of each.
/// lifetime: borrows what is wanted and the rules
class read_planner {
public:
    read_planner(array_view<const read_plans::wanted> all, std::uint64_t file_size,
                 const read_plans::rules& under) noexcept;

    result<read_plans::read_plan> run() && noexcept;

private:
    /// Bytes wanted, side by side in the file and in their destination.
    struct byte_run {
        std::uint64_t offset = 0;
        std::uint64_t size = 0;
        std::uint64_t place = 0;
        std::size_t   wanted = 0;

        constexpr std::uint64_t end() const noexcept { return offset + size; }
    };

    result<void> rules_are_usable() const noexcept;

    error too_large() const noexcept;

    result<void> collect_runs() noexcept;

    result<void> add_runs(std::size_t wanted) noexcept;

    /// By offset; those of one offset stay in the order in which they are wanted.
    result<void> sort_runs() noexcept;

    /// Counts the bytes wanted and joins the blocks they lie in.
    result<void> join_blocks() noexcept;

    /// Requests of the blocks between gaps that no request may span.
    result<void> make_requests() noexcept;

    result<void> add_requests(array_view<const block_run> group) noexcept;

    /// How many pieces a run has in the requests from the first one on that it reaches.
    /// counting: called with each of those requests and the piece's ends
    template <class Count>
    void visit_requests(const byte_run& run, std::size_t first, Count counting) noexcept;

    result<void> make_pieces() noexcept;

    void mark_direct() noexcept;

    array_view<const read_plans::wanted> all_;
    std::uint64_t                        file_size_;
    const read_plans::rules*             rules_;
    growing_array<byte_run>              runs_;
    growing_array<block_run>             blocks_;
    growing_array<block_run>             requests_;
    best_cuts                            cuts_;
    read_plans::read_plan                plan_;
};

inline read_planner::read_planner(array_view<const read_plans::wanted> all, std::uint64_t file_size,
                                  const read_plans::rules& under) noexcept
    : all_(all), file_size_(file_size), rules_(&under), runs_(under.allocator), blocks_(under.allocator),
      requests_(under.allocator), cuts_(under.allocator), plan_(under)
{
}

inline result<read_plans::read_plan> read_planner::run() && noexcept
{
    if (auto usable = rules_are_usable(); !usable)
        return usable.error();
    if (auto collected = collect_runs(); !collected)
        return collected.error();
    if (auto sorted = sort_runs(); !sorted)
        return sorted.error();
    if (auto joined = join_blocks(); !joined)
        return joined.error();
    if (auto made = make_requests(); !made)
        return made.error();
    if (auto made = make_pieces(); !made)
        return made.error();
    mark_direct();
    return std::move(plan_);
}

inline result<void> read_planner::rules_are_usable() const noexcept
{
    const auto unusable = [](std::string_view setting, std::uint64_t value, std::string_view wanted) {
        return error{.code = errc::invalid_setting, .actual = value}.with(wanted).about(setting);
    };
    if (file_size_ >= largest_planned_file)
        return unusable("file_size", file_size_, "below 2^61");
    if (rules_->alignment == 0 || rules_->alignment > largest_planned_file)
        return unusable("alignment", rules_->alignment, "from 1 to 2^61");
    if (!std::has_single_bit(rules_->memory_alignment))
        return unusable("memory_alignment", rules_->memory_alignment, "a power of two");
    if (rules_->max_request % rules_->alignment != 0)
        return unusable("max_request", rules_->max_request, "a multiple of the alignment, or 0");
    return {};
}

inline error read_planner::too_large() const noexcept
{
    return error{.code = errc::plan_too_large, .expected = rules_->most};
}

inline result<void> read_planner::collect_runs() noexcept
{
    if (all_.size() > rules_->most)
        return too_large();
    if (!runs_.reserve(all_.size()))
        return out_of_memory(all_.size() * sizeof(byte_run));
    for (std::size_t i = 0; i < all_.size(); ++i) {
        if (auto added = add_runs(i); !added)
            return added;
    }
    return {};
}

inline result<void> read_planner::add_runs(std::size_t wanted) noexcept
{
    const read_plans::wanted& one = all_[wanted];
    const auto                runs = runs_of(one);
    if (!runs)
        return runs.error();
    const std::uint64_t size = runs->size * runs->count;
    if (!one.to.empty() && one.to.size() != size)
        return error{.code = errc::tensor_size_mismatch, .expected = size, .actual = one.to.size()}.about(
            one.name);
    if (runs->count > rules_->most - runs_.size())
        return too_large();
    if (one.offset > file_size_)
        return error{.code = errc::incomplete_data, .expected = one.offset, .actual = file_size_}.about(
            one.name);
    box_walk walk(rules_->allocator);
    if (!walk.begin(one, *runs))
        return out_of_memory(one.shape.size());
    for (std::uint64_t i = 0; i < runs->count; ++i, walk.next()) {
        const byte_run run{
            .offset = walk.offset(), .size = runs->size, .place = i * runs->size, .wanted = wanted};
        if (run.end() > file_size_)
            return error{.code = errc::incomplete_data, .expected = run.end(), .actual = file_size_}.about(
                one.name);
        if (!runs_.push(run))
            return out_of_memory(runs_.size() * sizeof run);
    }
    return {};
}

inline result<void> read_planner::sort_runs() noexcept
{
    std::uint64_t largest = 0;
    bool          is_sorted = true;
    for (const byte_run& run : runs_) {
        is_sorted = is_sorted && run.offset >= largest;
        largest = run.offset > largest ? run.offset : largest;
    }
    if (is_sorted)
        return {};
    growing_array<byte_run> other(rules_->allocator);
    if (!other.resize(runs_.size()))
        return out_of_memory(runs_.size() * sizeof(byte_run));
    // Byte by byte, lowest first: a tenth of what it takes to compare.
    for (unsigned shift = 0; shift < 64 && largest >> shift != 0; shift += 8) {
        std::array<std::size_t, 256> places{};
        for (const byte_run& run : runs_)
            ++places[run.offset >> shift & 0xFFU];
        std::size_t before = 0;
        for (std::size_t& place : places)
            place = std::exchange(before, before + place);
        for (const byte_run& run : runs_)
            other[places[run.offset >> shift & 0xFFU]++] = run;
        std::swap(runs_, other);
    }
    return {};
}

inline result<void> read_planner::join_blocks() noexcept
{
    const std::uint64_t alignment = rules_->alignment;
    std::uint64_t       reached = 0;
    if (!blocks_.reserve(runs_.size()))
        return out_of_memory(runs_.size() * sizeof(block_run));
    for (const byte_run& run : runs_) {
        const std::uint64_t unseen = run.offset < reached ? reached : run.offset;
        if (run.end() > unseen) {
            plan_.wanted_ += run.end() - unseen;
            reached = run.end();
        }
        const block_run now{.begin = run.offset / alignment, .end = (run.end() - 1) / alignment + 1};
        if (!blocks_.empty() && now.begin <= blocks_[blocks_.size() - 1].end) {
            block_run& last = blocks_[blocks_.size() - 1];
            last.end = now.end > last.end ? now.end : last.end;
        } else if (!blocks_.push(now)) {
            return out_of_memory(runs_.size() * sizeof now);
        }
    }
    return {};
}

inline result<void> read_planner::make_requests() noexcept
{
    const std::uint64_t widest = rules_->max_gap / rules_->alignment;
    std::size_t         first = 0;
    for (std::size_t i = 1; i <= blocks_.size(); ++i) {
        if (i < blocks_.size() && blocks_[i].begin - blocks_[i - 1].end <= widest)
            continue;
        if (auto added = add_requests(array_view<const block_run>(blocks_.view()).subspan(first, i - first));
            !added)
            return added;
        first = i;
    }
    if (!plan_.requests_.resize(requests_.size()))
        return out_of_memory(requests_.size() * sizeof(read_plans::request));
    for (std::size_t i = 0; i < requests_.size(); ++i) {
        const std::uint64_t begin = requests_[i].begin * rules_->alignment;
        const std::uint64_t end = requests_[i].end * rules_->alignment;
        const std::uint64_t size = (end < file_size_ ? end : file_size_) - begin;
        plan_.requests_[i] = {.offset = begin, .size = size};
        plan_.read_ += size;
    }
    return {};
}

inline result<void> read_planner::add_requests(array_view<const block_run> group) noexcept
{
    const std::uint64_t whole = group.back().end - group[0].begin;
    const std::uint64_t most = rules_->max_request / rules_->alignment;
    const std::uint64_t longest = most == 0 || most > whole ? whole : most;
    if (cuts_.count(group, longest) > rules_->most - requests_.size())
        return too_large();
    return cuts_.append(group, longest, requests_) ? result<void>()
                                                   : out_of_memory(group.size() * sizeof(block_run));
}

template <class Count>
void read_planner::visit_requests(const byte_run& run, std::size_t first, Count counting) noexcept
{
    for (std::size_t i = first; i < plan_.requests_.size() && plan_.requests_[i].offset < run.end(); ++i) {
        const read_plans::request& reaching = plan_.requests_[i];
        const std::uint64_t        begin = run.offset < reaching.offset ? reaching.offset : run.offset;
        const std::uint64_t        end = run.end() < reaching.end() ? run.end() : reaching.end();
        if (!counting(i, begin, end))
            return;
    }
}

inline result<void> read_planner::make_pieces() noexcept
{
    // A run may reach into several requests, and a later one begin before it ends: so pieces are counted first.
    std::size_t count = 0;
    std::size_t first = 0;
    for (const byte_run& run : runs_) {
        while (plan_.requests_[first].end() <= run.offset)
            ++first;
        visit_requests(run, first, [&](std::size_t i, std::uint64_t, std::uint64_t) {
            ++plan_.requests_[i].pieces;
            return ++count <= rules_->most;
        });
        if (count > rules_->most)
            return too_large();
    }
    if (!plan_.pieces_.resize(count))
        return out_of_memory(count * sizeof(read_plans::piece));
    std::size_t placed = 0;
    for (read_plans::request& each : plan_.requests_) {
        each.first_piece = placed;
        placed += each.pieces;
        each.pieces = 0;
    }
    first = 0;
    for (const byte_run& run : runs_) {
        while (plan_.requests_[first].end() <= run.offset)
            ++first;
        visit_requests(run, first, [&](std::size_t i, std::uint64_t begin, std::uint64_t end) {
            read_plans::request& into = plan_.requests_[i];
            plan_.pieces_[into.first_piece + into.pieces++] = {.offset = begin,
                                                               .size = end - begin,
                                                               .place = run.place + (begin - run.offset),
                                                               .wanted = run.wanted};
            return true;
        });
    }
    return {};
}

inline void read_planner::mark_direct() noexcept
{
    for (read_plans::request& each : plan_.requests_) {
        const read_plans::piece& first = plan_.pieces_[each.first_piece];
        const std::byte* const   memory = all_[first.wanted].to.data();
        each.is_direct =
            each.pieces == 1 && first.size == each.size && memory != nullptr &&
            (reinterpret_cast<std::uintptr_t>(memory) + first.place) % rules_->memory_alignment == 0;
    }
}

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::read_plans {

STET_INLINE wanted whole(const checkpoint_header& header, const stored_tensor& tensor) noexcept
{
    return {.name = tensor.name,
            .offset = header.offset_in_file(tensor),
            .element_bits = bit_width(tensor.type),
            .shape = tensor.shape};
}

STET_INLINE result<std::uint64_t> size_of(const wanted& one) noexcept
{
    const auto runs = detail::runs_of(one);
    if (!runs)
        return runs.error();
    return runs->size * runs->count;
}

STET_INLINE result<read_plan> make_read_plan(array_view<const wanted> all, std::uint64_t file_size,
                                             const rules& under) noexcept
{
    return detail::read_planner(all, file_size, under).run();
}

} // namespace STET_NAMESPACE::read_plans
