// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "read_steps.hpp"

#include <cstring>

namespace STET_NAMESPACE::detail {

STET_INLINE read_steps::read_steps(const read_plans::read_plan&         plan,
                                   array_view<const read_plans::wanted> all,
                                   std::uint64_t                        least_direct) noexcept
    : plan_(&plan), all_(all), least_direct_(plan.alignment() == 1 ? least_direct : 0)
{
}

STET_INLINE read_step read_steps::next(const read_plans::request& of, std::size_t piece) const noexcept
{
    if (least_direct_ == 0 || of.is_direct)
        return {.offset = of.offset,
                .size = of.size,
                .first_piece = of.first_piece,
                .pieces = of.pieces,
                .is_direct = of.is_direct};
    const auto               pieces = plan_->pieces(of);
    const read_plans::piece& first = pieces[piece];
    read_step                step{
                       .offset = first.offset, .size = first.size, .first_piece = of.first_piece + piece, .pieces = 1};
    if (first.size >= least_direct_) {
        step.is_direct = true;
        return step;
    }
    for (std::size_t i = piece + 1; i < pieces.size(); ++i) {
        const std::uint64_t end = pieces[i].offset + pieces[i].size;
        if (pieces[i].size >= least_direct_ || end - step.offset > gathered)
            break;
        step.size = end - step.offset > step.size ? end - step.offset : step.size;
        ++step.pieces;
    }
    return step;
}

STET_INLINE result<std::uint64_t> read_steps::most_staged() const noexcept
{
    std::uint64_t most = 0;
    for (const read_plans::request& each : plan_->requests()) {
        for (const read_plans::piece& piece : plan_->pieces(each)) {
            const std::size_t given = piece.wanted < all_.size() ? all_[piece.wanted].to.size() : 0;
            if (piece.place + piece.size > given)
                return error{
                    .code = errc::tensor_size_mismatch, .expected = piece.place + piece.size, .actual = given}
                    .about(piece.wanted < all_.size() ? all_[piece.wanted].name : std::string_view());
        }
        for (std::size_t i = 0; i < each.pieces;) {
            const read_step step = next(each, i);
            most = step.is_direct || step.size < most ? most : step.size;
            i += step.pieces;
        }
    }
    return most;
}

STET_INLINE std::byte* read_steps::place_of(const read_plans::piece& piece) const noexcept
{
    return all_[piece.wanted].to.data() + memory_size(piece.place);
}

STET_INLINE std::span<std::byte> read_steps::destination(const read_step& step) const noexcept
{
    return {place_of(plan_->piece_at(step.first_piece)), memory_size(step.size)};
}

STET_INLINE void read_steps::deliver(const read_step& step, std::span<const std::byte> read) const noexcept
{
    for (std::size_t i = 0; i < step.pieces; ++i) {
        const read_plans::piece& piece = plan_->piece_at(step.first_piece + i);
        std::memcpy(place_of(piece), read.data() + memory_size(piece.offset - step.offset),
                    memory_size(piece.size));
    }
}

STET_INLINE error read_steps::about(const read_step& step, const error& e) const noexcept
{
    return e.subject().empty() ? e.about(all_[plan_->piece_at(step.first_piece).wanted].name) : e;
}

} // namespace STET_NAMESPACE::detail
