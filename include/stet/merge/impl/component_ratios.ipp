// SPDX-License-Identifier: MIT
#include "../../split/detect_layout.hpp"
#include "component_ratios.hpp"

#include <cmath>
#include <cstdio>

namespace STET_NAMESPACE::detail {

/// A number as an error says it.
struct ratio_text {
    explicit ratio_text(double value) noexcept
    {
        const int count = std::snprintf(text.data(), text.size(), "%.6g", value);
        size = count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    std::string_view view() const noexcept { return {text.data(), size}; }

    std::array<char, 32> text{};
    std::size_t          size = 0;
};

/// The ratios under the names that errors call them by.
struct named_ratio {
    std::string_view      name;
    std::optional<double> merging::ratios::*ratio;
};
inline constexpr std::array<named_ratio, 7> every_ratio{{{"ratio", &merging::ratios::all},
                                                         {"input", &merging::ratios::input},
                                                         {"middle", &merging::ratios::middle},
                                                         {"out", &merging::ratios::out},
                                                         {"text-encoder", &merging::ratios::text_encoder},
                                                         {"vision-encoder", &merging::ratios::vision_encoder},
                                                         {"vae", &merging::ratios::vae}}};

STET_INLINE result<component_ratios> component_ratios::of(const merging::recipe&                    how,
                                                          array_view<const quantised::named_tensor> tensors)
{
    if (auto sound = look_at(how); !sound)
        return sound.error();
    component_ratios made(how);
    made.detect(tensors);
    if (auto sound = made.look_for_components(); !sound)
        return sound.error();
    return made;
}

STET_INLINE result<void> component_ratios::look_at(const merging::recipe& how)
{
    const bool is_weighted = how.formula == merging::formula::weighted;
    for (const named_ratio& one : every_ratio) {
        const std::optional<double>& ratio = how.ratios.*one.ratio;
        if (!ratio)
            continue;
        if (!(*ratio >= 0 && *ratio <= 1))
            return error{.code = errc::invalid_ratio}
                .with(ratio_text(*ratio).view(), "lie between 0 and 1")
                .about(one.name);
        if (!is_weighted && *ratio < 1)
            return error{.code = errc::invalid_ratio}
                .with(ratio_text(*ratio).view(), "be 1 where files are added or subtracted")
                .about(one.name);
    }
    if (!std::isfinite(how.multiplier))
        return error{.code = errc::invalid_ratio}
            .with(ratio_text(how.multiplier).view(), "be a finite number")
            .about("multiplier");
    return {};
}

/// The component with the longest prefix that the name begins with.
STET_INLINE component_ratios::membership component_ratios::membership_of(std::string_view   name,
                                                                         const split_rules& rules) noexcept
{
    membership found;
    const auto offer = [&](merged_part part, const std::optional<std::string_view>& prefix) {
        if (prefix && prefix->size() > found.prefix && name.starts_with(*prefix))
            found = {.part = part, .prefix = prefix->size()};
    };
    offer(merged_part::model, rules.model);
    offer(merged_part::vae, rules.vae);
    offer(merged_part::vision_encoder, rules.vision);
    offer(merged_part::conditioner, rules.seconds_start);
    offer(merged_part::conditioner, rules.seconds_total);
    for (const std::string_view prefix : rules.text)
        offer(merged_part::text_encoder, prefix);
    return found;
}

/// Finds the layouts that the names allow. They count if all of them give each tensor to the same component.
STET_INLINE void component_ratios::detect(array_view<const quantised::named_tensor> tensors) noexcept
{
    layout_detection detection;
    for (const quantised::named_tensor& one : tensors)
        detection.add(one.name);
    const layout_candidates candidates = detection.candidates();
    for (std::size_t i = 0; i < known_rules.size(); ++i) {
        if (!candidates.contains(static_cast<known_layout>(i)))
            continue;
        if (!rules_)
            rules_ = known_rules[i];
        for (const quantised::named_tensor& one : tensors)
            is_in_doubt_ =
                is_in_doubt_ || membership_of(one.name, *rules_) != membership_of(one.name, known_rules[i]);
    }
    if (is_in_doubt_)
        rules_.reset();
    if (!rules_)
        return;
    for (const quantised::named_tensor& one : tensors) {
        const merged_part part = membership_of(one.name, *rules_).part;
        has_[static_cast<std::size_t>(part)] = true;
        has_components_ = has_components_ || part != merged_part::extra;
    }
}

STET_INLINE result<void> component_ratios::look_for_components() const
{
    const auto refused = [](std::string_view part,
                            std::string_view why = "it has none, as far as names tell") {
        return error{.code = errc::meaningless_ratio}.with(part, why);
    };
    const bool any_of_model = given_.input || given_.middle || given_.out;
    if (is_in_doubt_ && (any_of_model || given_.text_encoder || given_.vision_encoder || given_.vae))
        return refused("a component", "its names fit layouts that contradict each other");
    if (any_of_model && has_components_ && !has(merged_part::model))
        return refused("the diffusion model");
    if (given_.text_encoder && !has(merged_part::text_encoder))
        return refused("the text encoder");
    if (given_.vision_encoder && !has(merged_part::vision_encoder))
        return refused("the vision encoder");
    if (given_.vae && !has(merged_part::vae))
        return refused("the vae");
    return {};
}

STET_INLINE double component_ratios::share(const std::optional<double>& own) const noexcept
{
    return own.value_or(given_.all.value_or(0.5));
}

/// source: ComfyUI's ModelMergeBlocks: a name's beginning decides, what has none of the three goes with the input
STET_INLINE double component_ratios::of_model(std::string_view key) const noexcept
{
    if (key.starts_with("middle"))
        return share(given_.middle);
    return key.starts_with("out") ? share(given_.out) : share(given_.input);
}

STET_INLINE std::optional<double> component_ratios::of(std::string_view name) const noexcept
{
    if (!has_components_)
        return is_in_doubt_ ? share({}) : of_model(name);
    // What ComfyUI adds and subtracts are diffusion models and text encoders.
    const bool has_all =
        formula_ == merging::formula::weighted || formula_ == merging::formula::add_difference;
    const membership member = membership_of(name, *rules_);
    switch (member.part) {
    case merged_part::model:
        return of_model(name.substr(member.prefix));
    case merged_part::text_encoder: // source: ComfyUI's CLIPMergeSimple: these stay as they are
        if (name.ends_with(".position_ids") || name.ends_with(".logit_scale"))
            return std::nullopt;
        return share(given_.text_encoder);
    case merged_part::vision_encoder:
        return has_all ? std::optional(share(given_.vision_encoder)) : std::nullopt;
    case merged_part::vae:
        return has_all ? std::optional(share(given_.vae)) : std::nullopt;
    case merged_part::conditioner:
        return has_all ? std::optional(share({})) : std::nullopt;
    case merged_part::extra:
        break;
    }
    return std::nullopt; // noise schedules and the like, which ComfyUI's nodes leave alone, too
}

} // namespace STET_NAMESPACE::detail
