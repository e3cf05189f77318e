// SPDX-License-Identifier: MIT
#include "../../tensor/views.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "mixing.hpp"
#include "pour_mixture.hpp"

#include <cstring>

namespace STET_NAMESPACE::detail {

STET_INLINE result<tensor_view> view_of_mixture(const mixture& mixed) noexcept
{
    return produced_view(mixed.type, mixed.shape, mixed, [](const mixture& one, sink_ref destination) {
        return pour_mixture(one, destination);
    });
}

/// The first operand's bytes.
inline result<void> pour_compared(const mixture& mixed, sink_ref destination)
{
    constexpr std::uint64_t block = 1U << 16U;
    const tensor_view&      a = mixed.of[0].tensor;
    const tensor_view&      b = mixed.of[1].tensor;
    bool                    is_equal = a.type == b.type && a.size == b.size;
    tensor_reader           first(a, mixed.memory);
    tensor_reader           second(b, mixed.memory);
    while (first.left() != 0) {
        const std::size_t count = memory_size(smaller_size(block, first.left()));
        const auto        piece = first.next(count);
        if (!piece)
            return piece.error();
        if (is_equal) {
            const auto other = second.next(count);
            if (!other)
                return other.error();
            is_equal = std::memcmp(piece->data(), other->data(), count) == 0;
        }
        if (auto written = destination.write(*piece); !written)
            return written;
    }
    if (mixed.said != nullptr)
        mixed.said->differs = !is_equal;
    return {};
}

STET_INLINE result<void> pour_mixture(const mixture& mixed, sink_ref destination)
{
    if (mixed.how == blend::compared)
        return pour_compared(mixed, destination);
    mixing work(mixed);
    if (auto prepared = work.prepare(); !prepared)
        return prepared;
    std::uint64_t left = mixed.size;
    while (left != 0) {
        for (const bool is_mixed : {true, false}) {
            std::uint64_t run = smaller_size(is_mixed ? mixed.run : mixed.skip, left);
            left -= run;
            while (run != 0) {
                const auto count = memory_size(smaller_size(run, std::uint64_t{mixing::block}));
                if (auto written = work.write(count, is_mixed, destination); !written)
                    return written;
                run -= count;
            }
        }
    }
    if (mixed.said != nullptr)
        mixed.said->numbers = work.numbers();
    const std::uint64_t became = work.numbers().became_infinite + work.numbers().became_nan;
    if (became != 0 && !mixed.keep_not_finite)
        return error{.code = errc::not_finite_result, .actual = became}.about(
            mixed.said != nullptr ? mixed.said->name : std::string_view());
    return {};
}

} // namespace STET_NAMESPACE::detail
