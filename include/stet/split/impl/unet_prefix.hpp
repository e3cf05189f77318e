// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_IMPL_UNET_PREFIX_HPP
#define STET_SPLIT_IMPL_UNET_PREFIX_HPP

#include "../../state/state_dict.hpp"
#include "../../vocabulary/config.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Finds the prefix of the diffusion model by its names, as ComfyUI's loader does.
/// source: ComfyUI 0.33.0, model_detection.py, unet_prefix_from_state_dict
class unet_prefix_count {
public:
    /// A name counts for the first prefix it begins with.
    constexpr void add(std::string_view name) noexcept
    {
        for (std::size_t i = 0; i < bare_pairs.size(); ++i) {
            for (std::size_t of = 0; of < 2; ++of) {
                const std::string_view sign = bare_pairs[i][of];
                if (sign.ends_with('.') ? name.starts_with(sign) : name == sign)
                    bare_seen_[i][of] = true;
            }
        }
        for (std::size_t i = 0; i < prefixes.size(); ++i) {
            if (name.starts_with(prefixes[i])) {
                ++counts_[i];
                return;
            }
        }
    }

    /// None at all where both names of a pair tell that the file is nothing but the model, else the counted one.
    constexpr std::string_view prefix() const noexcept
    {
        for (const auto& seen : bare_seen_) {
            if (seen[0] && seen[1])
                return {};
        }
        return counted();
    }

    /// The prefix of most names if there are more than five of them, the earlier one of equals; else "model."
    constexpr std::string_view counted() const noexcept
    {
        std::size_t most = 0;
        for (std::size_t i = 1; i < counts_.size(); ++i) {
            if (counts_[i] > counts_[most])
                most = i;
        }
        return counts_[most] > too_few ? prefixes[most] : std::string_view("model.");
    }

private:
    static constexpr std::array<std::string_view, 3> prefixes{"model.diffusion_model.", "model.model.",
                                                              "net."};
    static constexpr std::uint64_t                   too_few = 5;

    /// SAM 3 and SenseNova U1.5, whose own files have no prefix. A sign that ends with a dot begins a name, another
    /// is one.
    static constexpr std::array<std::array<std::string_view, 2>, 2> bare_pairs{
        {{"detector.", "tracker."},
         {"fm_modules.vision_model_mot_gen.embeddings.patch_embedding.weight",
          "language_model.model.layers.0.self_attn.q_proj_mot_gen.weight"}}};

    std::array<std::uint64_t, prefixes.size()>         counts_{};
    std::array<std::array<bool, 2>, bare_pairs.size()> bare_seen_{};
};

/// The prefix of a state dict's diffusion model by its names.
template <state_dict Dict>
std::string_view unet_prefix(const Dict& dict)
{
    unet_prefix_count count;
    for (const auto& entry : dict)
        count.add(std::string_view(entry_traits<detail::entry_of<Dict>>::name(entry)));
    return count.prefix();
}

} // namespace STET_NAMESPACE::detail

#endif
