// SPDX-License-Identifier: MIT
#include "../../sink/sinks.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../casts.hpp"
#include "cast_runs.hpp"
#include "number_conversion.hpp"
#include "number_sink.hpp"

#include <array>

namespace STET_NAMESPACE::detail {

/// Casts the packed elements that it is given, cut anywhere, into memory that the destination lends or a block of its
/// own, and passes them on.
class casting_sink {
public:
    casting_sink(dtype from, dtype to, casts::too_large beyond, sink_ref destination) noexcept
        : caster_(from, to, beyond), carry_(element_size(from)), from_width_(element_size(from)),
          to_width_(element_size(to)), destination_(destination)
    {
    }

    result<void> write(bytes data)
    {
        return carry_.feed(data,
                           [this](const std::byte* from, std::size_t count) { return put(from, count); });
    }

    casts::counts met() const noexcept { return {.clipped = met_.beyond, .not_finite = met_.not_finite}; }

private:
    result<void> put(const std::byte* from, std::size_t count)
    {
        while (count != 0) {
            const std::size_t wanted = smaller_size(count, most_lent / to_width_) * to_width_;
            const auto        lent = destination_.lend(wanted);
            if (!lent)
                return lent.error();
            const std::span<std::byte> room =
                lent->size() < smaller_size(wanted, own_.size()) ? std::span<std::byte>(own_) : *lent;
            const std::size_t now = smaller_size(wanted, room.size()) / to_width_;
            const cast_tally  met = caster_.cast(from, now, room.data());
            met_.beyond += met.beyond;
            met_.not_finite += met.not_finite;
            if (auto written = destination_.write(room.first(now * to_width_)); !written)
                return written;
            from += now * from_width_;
            count -= now;
        }
        return {};
    }

    static constexpr std::size_t most_lent = std::size_t{1} << 20U;

    element_caster              caster_;
    element_carry               carry_;
    std::size_t                 from_width_;
    std::size_t                 to_width_;
    sink_ref                    destination_;
    cast_tally                  met_{};
    std::array<std::byte, 8192> own_;
};

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::casts {

STET_INLINE result<counts> convert(dtype from, bytes source, dtype to, std::span<std::byte> target,
                                   too_large beyond) noexcept
{
    if (!is_cast(from) || !is_cast(to))
        return detail::conversion_error(from, to);
    const std::size_t from_width = element_size(from), to_width = element_size(to);
    const std::size_t count = source.size() / from_width;
    if (source.size() % from_width != 0 || target.size() / to_width != count || target.size() % to_width != 0)
        return error{.code = errc::tensor_size_mismatch,
                     .expected = std::uint64_t{count} * to_width,
                     .actual = target.size()};
    const auto met = detail::element_caster(from, to, beyond).cast(source.data(), count, target.data());
    return counts{.clipped = met.beyond, .not_finite = met.not_finite};
}

STET_INLINE result<counts> pour(const tensor_view& tensor, dtype to, sink_ref destination, too_large beyond)
{
    if (!is_cast(tensor.type) || !is_cast(to))
        return detail::conversion_error(tensor.type, to);
    if (auto sound = tensor.soundness(); !sound)
        return sound.error();
    detail::casting_sink casting(tensor.type, to, beyond, destination);
    if (auto poured = pour(tensor, casting); !poured)
        return poured.error();
    return casting.met();
}

STET_INLINE result<counts> load_into(const tensor_view& tensor, dtype as, std::span<std::byte> memory,
                                     too_large beyond)
{
    const bool is_itself = tensor.type == as;
    if (!is_itself && (!is_cast(tensor.type) || !is_cast(as)))
        return detail::conversion_error(tensor.type, as);
    if (auto sound = tensor.soundness(); !sound)
        return sound.error();
    const auto needed = byte_count(as, tensor.shape);
    if (!needed)
        return needed.error();
    if (*needed != memory.size())
        return error{.code = errc::tensor_size_mismatch, .expected = *needed, .actual = memory.size()};
    span_sink filling(memory);
    if (!is_itself)
        return pour(tensor, as, filling, beyond);
    if (auto poured = pour(tensor, filling); !poured)
        return poured.error();
    return counts{};
}

STET_INLINE result<tensor_view> view::as_tensor() const noexcept STET_LIFETIME_BOUND
{
    if (!tensor_)
        return tensor_;
    if (!is_cast(tensor_->type) || !is_cast(to_))
        return detail::conversion_error(tensor_->type, to_);
    if (auto sound = tensor_->soundness(); !sound)
        return sound.error();
    const auto size = byte_count(to_, tensor_->shape);
    if (!size)
        return size.error();
    return tensor_view{.type = to_, .shape = tensor_->shape, .size = *size, .data = this, .pour = pour_cast};
}

STET_INLINE result<void> view::pour_cast(const tensor_view& cast, sink_ref destination)
{
    const auto& seen = *static_cast<const view*>(cast.data);
    const auto  met = pour(*seen.tensor_, seen.to_, destination, seen.beyond_);
    return met ? result<void>() : result<void>(met.error());
}

} // namespace STET_NAMESPACE::casts
