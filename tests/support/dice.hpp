// SPDX-License-Identifier: MIT
// Random numbers that are the same on every machine and in every run.
#ifndef STET_TESTS_SUPPORT_DICE_HPP
#define STET_TESTS_SUPPORT_DICE_HPP

#include <cstdint>

namespace support {

/// SplitMix64.
class dice {
public:
    explicit constexpr dice(std::uint64_t seed) noexcept : state_(seed) {}

    constexpr std::uint64_t next() noexcept
    {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
        return mixed ^ (mixed >> 31U);
    }

    /// 0 to `count` - 1.
    constexpr std::uint64_t below(std::uint64_t count) noexcept { return next() % count; }

    /// `low` to `high`, both included.
    constexpr std::int64_t between(std::int64_t low, std::int64_t high) noexcept
    {
        return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
    }

private:
    std::uint64_t state_;
};

} // namespace support

#endif
