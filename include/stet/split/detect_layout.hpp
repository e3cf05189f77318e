// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_DETECT_LAYOUT_HPP
#define STET_SPLIT_DETECT_LAYOUT_HPP

#include "../vocabulary/config.hpp"
#include "impl/unet_prefix.hpp"
#include "split_rules.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace STET_NAMESPACE {

/// The layouts that are told apart, by their names in the namespace layouts.
enum class known_layout : std::uint8_t {
    generic,
    base_default,
    sd3,
    hunyuan_video,
    stable_audio,
    stable_audio3,
    trellis2,
    sam3,
    cascade_b,
    cascade_c,
    svd,
    sv3d,
    zero123,
    hunyuan3d,
    sd1,
    sd2,
    sd2_unclip,
    sdxl,
    sdxl_refiner,
};

namespace detail {

template <class... Layouts>
struct layout_list {
    static constexpr std::size_t size = sizeof...(Layouts);
};

/// In the order of known_layout.
using known_layouts =
    layout_list<layouts::generic, layouts::base_default, layouts::sd3, layouts::hunyuan_video,
                layouts::stable_audio, layouts::stable_audio3, layouts::trellis2, layouts::sam3,
                layouts::cascade_b, layouts::cascade_c, layouts::svd, layouts::sv3d, layouts::zero123,
                layouts::hunyuan3d, layouts::sd1, layouts::sd2, layouts::sd2_unclip, layouts::sdxl,
                layouts::sdxl_refiner>;

inline constexpr std::size_t known_layout_count = known_layouts::size;
static_assert(static_cast<std::size_t>(known_layout::sdxl_refiner) + 1 == known_layout_count);

inline constexpr std::array<split_rules, known_layout_count> known_rules =
    []<class... Layout>(layout_list<Layout...>) {
        return std::array<split_rules, known_layout_count>{rules_of<Layout>()...};
    }(known_layouts{});

/// Where text encoders lie, in the order in which one looks for them, and in which layouts they lie there.
struct text_place {
    std::string_view            prefix;
    std::array<known_layout, 8> layouts;
    std::size_t                 count;
};

inline constexpr std::array<text_place, 9> text_places{{
    {"text_encoders.",
     {known_layout::generic, known_layout::sd3, known_layout::hunyuan_video, known_layout::stable_audio,
      known_layout::stable_audio3},
     5},
    {"text_encoder.", {known_layout::cascade_b, known_layout::cascade_c}, 2},
    {"detector.backbone.language_backbone.", {known_layout::sam3}, 1},
    {"conditioner.embedders.1.model.", {known_layout::sdxl}, 1},
    {"conditioner.embedders.0.transformer.", {known_layout::sdxl}, 1},
    // Stable Diffusion 2 as its makers' newer code saves it, or the refiner: only shapes tell.
    {"conditioner.embedders.0.model.",
     {known_layout::sdxl_refiner, known_layout::sd2, known_layout::sd2_unclip},
     3},
    {"cond_stage_model.model.", {known_layout::sd2, known_layout::sd2_unclip}, 2},
    {"cond_stage_model.transformer.", {known_layout::sd1}, 1},
    {"cond_stage_model.",
     {known_layout::base_default, known_layout::trellis2, known_layout::svd, known_layout::sv3d,
      known_layout::zero123, known_layout::hunyuan3d},
     6},
}};

} // namespace detail

/// The layouts a file may have, as far as names tell.
class layout_candidates {
public:
    /// Whether it is among them.
    constexpr bool contains(known_layout layout) const noexcept
    {
        return (bits_ >> static_cast<unsigned>(layout) & 1U) != 0;
    }
    /// Adds it.
    constexpr void add(known_layout layout) noexcept { bits_ |= 1U << static_cast<unsigned>(layout); }

    constexpr std::size_t size() const noexcept
    {
        std::size_t count = 0;
        for (std::uint32_t left = bits_; left != 0; left &= left - 1)
            ++count;
        return count;
    }

    /// The layout, if there is no doubt.
    constexpr std::optional<known_layout> only() const noexcept
    {
        if (size() != 1)
            return std::nullopt;
        std::uint8_t at = 0;
        while ((bits_ >> at & 1U) == 0)
            ++at;
        return static_cast<known_layout>(at);
    }

    /// Calls `visit(layout{})` for each, with the layout's own type.
    /// visit: generic callable
    template <class Visit>
    constexpr void each(Visit&& visit) const
    {
        [&]<class... Layout>(detail::layout_list<Layout...>) {
            std::uint8_t at = 0;
            const auto   visit_next = [&]<class One>(One layout) {
                if (contains(static_cast<known_layout>(at++)))
                    static_cast<void>(visit(layout));
            };
            (visit_next(Layout{}), ...);
        }(detail::known_layouts{});
    }

private:
    std::uint32_t bits_ = 0;
};

/// Gathers what a file's names say about its layout. A part that the file does not have rules nothing out.
class layout_detection {
public:
    /// Takes note of a tensor's name.
    void add(std::string_view name) noexcept;

    /// Every layout the names allow; none if they fit no known layout.
    layout_candidates candidates() const noexcept;

private:
    using seen = std::array<bool, detail::known_layout_count>;

    static bool begins(std::string_view name, const std::optional<std::string_view>& prefix) noexcept;

    /// The counted prefix, or, in a file with few keys, any prefix that occurs.
    bool fits_model(std::size_t layout) const noexcept;

    static bool has_any(const seen& parts) noexcept;

    static bool fits_one_of(const seen& parts, std::size_t layout) noexcept;

    bool fits_text(std::size_t layout) const noexcept;

    /// Stable Audio's two releases differ in one conditioner.
    bool fits_conditioners(std::size_t layout) const noexcept;

    detail::unet_prefix_count                    unet_;
    seen                                         seen_model_{};
    seen                                         seen_vae_{};
    seen                                         seen_vision_{};
    std::array<bool, detail::text_places.size()> seen_text_{};
    bool                                         is_vision_name_ = false;
    bool                                         has_seconds_start_ = false;
};

/// The layouts a state dict may have, as far as its names tell: several where only shapes would.
template <state_dict Dict>
layout_candidates detect_layout(const Dict& dict)
{
    layout_detection detection;
    for (const auto& entry : dict)
        detection.add(std::string_view(entry_traits<detail::entry_of<Dict>>::name(entry)));
    return detection.candidates();
}

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/detect_layout.ipp"
#endif

#endif
