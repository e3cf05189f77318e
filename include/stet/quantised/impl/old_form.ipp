// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/sorted_range.hpp"
#include "component_prefix.hpp"
#include "group_name.hpp"
#include "old_form.hpp"

#include <algorithm>

namespace STET_NAMESPACE::detail {

/// Names of weights, sorted, and whether they are those of a checkpoint with components.
class sorted_weights {
public:
    explicit sorted_weights(const allocator& memory) noexcept : names_(memory) {}

    [[nodiscard]] bool read(array_view<const quantised::named_tensor> tensors) noexcept
    {
        for (const quantised::named_tensor& one : tensors) {
            has_components_ = has_components_ || !component_prefix(one.name).empty();
            if (split_group_name(one.name).part == group_part::weight && !names_.push(one.name))
                return false;
        }
        std::sort(names_.begin(), names_.end());
        return true;
    }

    bool has_components() const noexcept { return has_components_; }

    bool any_under(std::string_view prefix) const noexcept { return any_starts_with(names_.view(), prefix); }

private:
    growing_array<std::string_view> names_;
    bool                            has_components_ = false;
};

/// source: ComfyUI 0.33.0: the diffusion model's prefix is known, a text encoder's flag may have any
inline bool is_loaded_flag(std::string_view prefix, const sorted_weights& weights) noexcept
{
    if (prefix.empty())
        return !weights.has_components();
    if (!weights.any_under(prefix))
        return false;
    return !weights.has_components() || prefix == prefix_among(model_prefixes, prefix) ||
           is_of_text_encoder(prefix);
}

STET_INLINE bool old_form::read(array_view<const quantised::named_tensor> tensors,
                                array_view<const quantised::old_flag>     flags) noexcept
{
    if (flags.empty())
        return true;
    sorted_weights weights(flags_.memory());
    if (!weights.read(tensors))
        return false;
    for (const quantised::old_flag& flag : flags) {
        if (!is_loaded_flag(flag.prefix, weights))
            continue;
        if (!loaded_.push(flag.position) ||
            !flags_.push({.prefix = flag.prefix,
                          .position = flag.position,
                          .is_of_text_encoder = is_of_text_encoder(flag.prefix)}))
            return false;
    }
    std::sort(loaded_.begin(), loaded_.end());
    std::sort(flags_.begin(), flags_.end(), [](const loaded_flag& a, const loaded_flag& b) {
        const int compared = a.prefix.compare(b.prefix);
        return compared != 0 ? compared < 0 : a.position < b.position;
    });
    // Of flags within each other the outer one speaks of all.
    std::size_t kept = 0;
    for (const loaded_flag& flag : flags_) {
        if (kept == 0 || !flag.prefix.starts_with(flags_[kept - 1].prefix))
            flags_[kept++] = flag;
    }
    return flags_.resize(kept);
}

STET_INLINE bool old_form::is_loaded(std::uint32_t position) const noexcept
{
    return std::binary_search(loaded_.begin(), loaded_.end(), position);
}

STET_INLINE const loaded_flag* old_form::flag_of(std::string_view layer) const noexcept
{
    const loaded_flag* const after =
        std::upper_bound(flags_.begin(), flags_.end(), layer,
                         [](std::string_view name, const loaded_flag& flag) { return name < flag.prefix; });
    if (after == flags_.begin() || !layer.starts_with((after - 1)->prefix))
        return nullptr;
    return after - 1;
}

} // namespace STET_NAMESPACE::detail
