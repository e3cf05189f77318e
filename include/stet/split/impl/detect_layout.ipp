// SPDX-License-Identifier: MIT
#include "../detect_layout.hpp"

namespace STET_NAMESPACE {

STET_INLINE void layout_detection::add(std::string_view name) noexcept
{
    unet_.add(name);
    for (std::size_t i = 0; i < detail::known_layout_count; ++i) {
        const split_rules& rules = detail::known_rules[i];
        seen_model_[i] = seen_model_[i] || begins(name, rules.model);
        seen_vae_[i] = seen_vae_[i] || begins(name, rules.vae);
        const bool is_vision = begins(name, rules.vision);
        seen_vision_[i] = seen_vision_[i] || is_vision;
        is_vision_name_ = is_vision_name_ || is_vision;
        has_seconds_start_ = has_seconds_start_ || begins(name, rules.seconds_start);
    }
    // A vision encoder's prefix may begin as a text encoder's does.
    const bool is_vision = is_vision_name_;
    is_vision_name_ = false;
    for (std::size_t i = 0; i < detail::text_places.size() && !is_vision; ++i)
        seen_text_[i] = seen_text_[i] || name.starts_with(detail::text_places[i].prefix);
}

STET_INLINE layout_candidates layout_detection::candidates() const noexcept
{
    layout_candidates found;
    for (std::size_t i = 0; i < detail::known_layout_count; ++i) {
        if (fits_model(i) && fits_one_of(seen_vae_, i) && fits_one_of(seen_vision_, i) && fits_text(i) &&
            fits_conditioners(i))
            found.add(static_cast<known_layout>(i));
    }
    return found;
}

STET_INLINE bool layout_detection::begins(std::string_view                       name,
                                          const std::optional<std::string_view>& prefix) noexcept
{
    return prefix && !prefix->empty() && name.starts_with(*prefix);
}

STET_INLINE bool layout_detection::fits_model(std::size_t layout) const noexcept
{
    const std::string_view counted = unet_.counted();
    const std::string_view own = detail::known_rules[layout].model.value_or("");
    if (counted != "model.")
        return own == counted;
    for (std::size_t i = 0; i < seen_model_.size(); ++i) {
        const std::string_view other = detail::known_rules[i].model.value_or("");
        if (seen_model_[i] && other.size() > own.size()) // "model." is a part of the other two
            return false;
    }
    return seen_model_[layout] || !has_any(seen_model_);
}

STET_INLINE bool layout_detection::has_any(const seen& parts) noexcept
{
    for (const bool one : parts) {
        if (one)
            return true;
    }
    return false;
}

STET_INLINE bool layout_detection::fits_one_of(const seen& parts, std::size_t layout) noexcept
{
    return parts[layout] || !has_any(parts);
}

STET_INLINE bool layout_detection::fits_text(std::size_t layout) const noexcept
{
    for (std::size_t i = 0; i < seen_text_.size(); ++i) {
        if (!seen_text_[i])
            continue;
        for (std::size_t k = 0; k < detail::text_places[i].count; ++k) {
            if (detail::text_places[i].layouts[k] == static_cast<known_layout>(layout))
                return true;
        }
        return false;
    }
    return true;
}

STET_INLINE bool layout_detection::fits_conditioners(std::size_t layout) const noexcept
{
    return !has_seconds_start_ || detail::known_rules[layout].seconds_start.has_value();
}

} // namespace STET_NAMESPACE
