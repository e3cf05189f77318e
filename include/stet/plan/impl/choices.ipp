// SPDX-License-Identifier: MIT
#include "../choices.hpp"
#include "choosing.hpp" // what a predicate brings along

#include <array>
#include <cstddef>

namespace STET_NAMESPACE {

namespace detail {

/// The parts of a name between its dots, the first one first.
class name_parts {
public:
    explicit name_parts(const placed_name& name) noexcept : name_(&name) { find_end(); }

    bool is_last() const noexcept { return end_ == name_->size(); }

    void next() noexcept
    {
        begin_ = end_ + 1;
        find_end();
    }

    bool is(std::string_view text) const noexcept { return end_ - begin_ == text.size() && ends_with(text); }

    bool ends_with(std::string_view text) const noexcept
    {
        if (end_ - begin_ < text.size())
            return false;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if ((*name_)[end_ - text.size() + i] != text[i])
                return false;
        }
        return true;
    }

    template <std::size_t Count>
    bool is_one_of(const std::array<std::string_view, Count>& texts) const noexcept
    {
        for (const std::string_view text : texts) {
            if (is(text))
                return true;
        }
        return false;
    }

private:
    void find_end() noexcept
    {
        end_ = begin_;
        while (end_ < name_->size() && (*name_)[end_] != '.')
            ++end_;
    }

    const placed_name* name_;
    std::size_t        begin_ = 0;
    std::size_t        end_ = 0;
};

inline name_parts last_part(const placed_name& name) noexcept
{
    name_parts part(name);
    while (!part.is_last())
        part.next();
    return part;
}

} // namespace detail

STET_INLINE bool selection::matches(const placed_name& name, std::string_view pattern) noexcept
{
    std::size_t at = 0, in_pattern = 0;
    std::size_t after_star = std::string_view::npos, tried = 0; // the last `*`, and how far it reaches
    while (at < name.size()) {
        const bool is_left = in_pattern < pattern.size();
        if (is_left && pattern[in_pattern] == '*') {
            after_star = ++in_pattern;
            tried = at;
        } else if (is_left && (pattern[in_pattern] == '?' || pattern[in_pattern] == name[at])) {
            ++in_pattern;
            ++at;
        } else if (after_star != std::string_view::npos) {
            in_pattern = after_star;
            at = ++tried;
        } else {
            return false;
        }
    }
    while (in_pattern < pattern.size() && pattern[in_pattern] == '*')
        ++in_pattern;
    return in_pattern == pattern.size();
}

STET_INLINE bool selection::ema_copies(const tensor& asked) noexcept
{
    for (detail::name_parts part(asked.name); !part.is_last(); part.next()) {
        if (part.is("ema") || part.is("ema_model") || part.ends_with("_ema"))
            return true;
    }
    return false;
}

STET_INLINE bool selection::optimizer_state(const tensor& asked) noexcept
{
    constexpr std::array<std::string_view, 7> modules{"optimizer",        "optimizers",   "optimizer_state",
                                                      "optimizer_states", "lr_scheduler", "lr_schedulers",
                                                      "grad_scaler"};
    constexpr std::array<std::string_view, 4> members{"exp_avg", "exp_avg_sq", "max_exp_avg_sq",
                                                      "momentum_buffer"};
    for (detail::name_parts part(asked.name); !part.is_last(); part.next()) {
        if (part.is_one_of(modules))
            return true;
    }
    return detail::last_part(asked.name).is_one_of(members);
}

STET_INLINE bool selection::training_scalars(const tensor& asked) noexcept
{
    constexpr std::array<std::string_view, 3> counters{"global_step", "epoch", "iteration"};
    for (const std::uint64_t axis : asked.shape) {
        if (axis != 1)
            return false;
    }
    return detail::last_part(asked.name).is_one_of(counters);
}

STET_INLINE bool selection::position_ids(const tensor& asked) noexcept
{
    return detail::last_part(asked.name).is("position_ids");
}

STET_INLINE const casts::rule& casts::casting::rule_for(const selection::tensor& asked) const
{
    const auto fits = [&](const rule& each) {
        return (each.role.empty() || each.role == asked.role) && selection::matches(asked.name, each.names) &&
               (!each.where || each.where(asked));
    };
    for (const rule& each : rules) {
        if (fits(each))
            return each;
    }
    return others;
}

} // namespace STET_NAMESPACE
