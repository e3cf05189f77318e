// SPDX-License-Identifier: MIT

#include "../model.hpp"

namespace STET_NAMESPACE {

namespace detail {

STET_INLINE result<void> consistent(const prediction& described) noexcept
{
    const error contradiction{.code = errc::contradictory_prediction};
    if (described.zero_terminal_snr && described.type != model_type::v_prediction)
        return contradiction.about("zero terminal SNR without v prediction");
    if (described.sigmas.has_value() != has_sigmas(described.type))
        return contradiction.about(described.sigmas ? "sigmas without a continuous model type"
                                                    : "a continuous model type without its two sigmas");
    if (described.sigmas) {
        const auto [largest, smallest] = *described.sigmas;
        constexpr float largest_float = 3.402823466e38F;
        if (!(smallest > 0 && largest > smallest && largest <= largest_float))
            return contradiction.about("sigmas that are not finite, positive and in order");
    }
    return {};
}

} // namespace detail

} // namespace STET_NAMESPACE
