// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_VISION_LAYOUTS_HPP
#define STET_FAMILIES_VISION_LAYOUTS_HPP

#include "../layout/layout.hpp"
#include "../layout/placed_name.hpp"
#include "../state/role.hpp"
#include "impl/openclip_conversion.hpp"

#include <concepts>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE {

/// A layout without a place for a vision encoder, made to save one as ComfyUI's ImageOnlyCheckpointSave does: under
/// its own keys, where no loader looks for it.
template <class Layout>
struct with_unprefixed_vision : Layout {
    using Layout::place;

    static constexpr placed_name place(role::vision_encoder, std::string_view key) noexcept
    {
        return {.stem = key};
    }
};

/// A layout that saves the vision encoder under the original OpenCLIP names, which ComfyUI and the models' own code
/// read, instead of ComfyUI's internal ones, which only ComfyUI reads.
template <class Layout>
struct with_openclip_vision : Layout {
    template <class Role>
    requires(std::same_as<Role, role::vision_encoder> ? places<Layout, Role> : rearranges<Layout, Role>)
    static result<void> rearrange(Role role, rearrangement& work)
    {
        if constexpr (std::same_as<Role, role::vision_encoder>) {
            auto converted = detail::to_openclip(detail::openclip_vision, work, "");
            if (!converted)
                return converted.error();
            work.dict = *std::move(converted);
            return work.rename_prefix("", Layout::place(role, "").prefix);
        } else {
            return Layout::rearrange(role, work);
        }
    }
};

} // namespace STET_NAMESPACE

#endif
