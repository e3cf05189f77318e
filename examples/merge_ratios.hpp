// SPDX-License-Identifier: MIT
// Which share of the first file each tensor of a merge gets.
#ifndef EXAMPLE_MERGE_RATIOS_HPP
#define EXAMPLE_MERGE_RATIOS_HPP

#include "family_layout.hpp"

#include <stet/stet.hpp>

#include <optional>
#include <string_view>

namespace example {

struct ratios {
    std::optional<double> all{};
    std::optional<double> input{};
    std::optional<double> middle{};
    std::optional<double> out{};
    std::optional<double> text_encoder{};
    std::optional<double> vision_encoder{};
    std::optional<double> vae{};

    double usual() const { return all.value_or(0.5); }
    bool   any_of_model() const { return input || middle || out; }
    bool   any_of_component() const { return any_of_model() || text_encoder || vision_encoder || vae; }

    /// source: ComfyUI's ModelMergeBlocks: a name's beginning decides, what has none of the three goes with the input
    double of_model(std::string_view key) const
    {
        if (key.starts_with("middle"))
            return middle.value_or(usual());
        if (key.starts_with("out"))
            return out.value_or(usual());
        return input.value_or(usual());
    }
};

/// source: ComfyUI's CLIPMergeSimple: these stay as they are
inline bool is_kept_text_tensor(std::string_view name)
{
    return name.ends_with(".position_ids") || name.ends_with(".logit_scale");
}

/// Tells the ratio by the component that a name belongs to.
class ratio_finder {
public:
    ratio_finder(const ratios& given, const stet::checkpoint_header& header) : given_(given)
    {
        const detected_layout detected = detect(header);
        layout_ = detected.layout;
        is_in_doubt_ = !detected.layout && !detected.names.empty();
        for (const stet::stored_tensor tensor : header)
            has_[index_of(membership_of(tensor.name).of)] = true;
        has_[index_of(component::extra)] = false;
        has_components_ = std::find(has_.begin(), has_.end(), true) != has_.end();
    }

    double of(std::string_view name) const
    {
        const membership member = membership_of(name);
        if (!has_components_)
            return is_in_doubt_ ? given_.usual() : given_.of_model(name);
        switch (member.of) {
        case component::model:
            return given_.of_model(name.substr(member.prefix));
        case component::text_encoder:
            return is_kept_text_tensor(name) ? 1 : given_.text_encoder.value_or(given_.usual());
        case component::vision_encoder:
            return given_.vision_encoder.value_or(given_.usual());
        case component::vae:
            return given_.vae.value_or(given_.usual());
        case component::seconds_start:
        case component::seconds_total:
            return given_.usual();
        case component::extra:
            break;
        }
        return 1; // noise schedules and the like, which ComfyUI's nodes leave alone, too
    }

    /// An option that speaks of a component the file does not have, or nothing.
    std::string_view meaningless_option() const
    {
        if (is_in_doubt_ && given_.any_of_component())
            return "ratios of components: its names fit layouts that contradict each other";
        if (given_.any_of_model() && has_components_ && !has(component::model))
            return "--input, --middle and --out: it has no diffusion model";
        if (given_.text_encoder && !has(component::text_encoder))
            return "--text-encoder: it has none, as far as names tell";
        if (given_.vision_encoder && !has(component::vision_encoder))
            return "--vision-encoder: it has none, as far as names tell";
        if (given_.vae && !has(component::vae))
            return "--vae: it has none, as far as names tell";
        return {};
    }

private:
    membership membership_of(std::string_view name) const
    {
        return layout_ ? example::membership_of(name, layout_->rules) : membership();
    }

    bool has(component which) const { return has_[index_of(which)]; }

    ratios                            given_;
    std::optional<layout_facts>       layout_{};
    std::array<bool, component_count> has_{};
    bool                              has_components_ = false;
    bool                              is_in_doubt_ = false;
};

} // namespace example

#endif
