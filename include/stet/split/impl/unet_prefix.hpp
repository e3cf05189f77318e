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

/// Finds the prefix of the diffusion model by counting names, as ComfyUI's loader does: the prefix of most names if
/// there are more than five of them, the earlier one of equals; else "model."
/// source: ComfyUI 0.8.0, model_detection.py, unet_prefix_from_state_dict
class unet_prefix_count {
public:
    /// A name counts for the first prefix it begins with.
    constexpr void add(std::string_view name) noexcept
    {
        for (std::size_t i = 0; i < prefixes.size(); ++i) {
            if (name.starts_with(prefixes[i])) {
                ++counts_[i];
                return;
            }
        }
    }

    constexpr std::string_view prefix() const noexcept
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

    std::array<std::uint64_t, prefixes.size()> counts_{};
};

/// The prefix of a state dict's diffusion model by that count.
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
