// SPDX-License-Identifier: MIT
#ifndef STET_MERGE_IMPL_COMPONENT_RATIOS_HPP
#define STET_MERGE_IMPL_COMPONENT_RATIOS_HPP

#include "../../quantised/layer.hpp"
#include "../../split/split_rules.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"
#include "../recipe.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// The part of a checkpoint that a tensor belongs to; `extra` is what belongs to none of the others.
enum class merged_part : std::uint8_t { model, text_encoder, vision_encoder, vae, conditioner, extra };

/// Tells the ratio of a name by the component it belongs to.
class component_ratios {
public:
    /// errors: invalid_ratio, meaningless_ratio
    static result<component_ratios> of(const merging::recipe&                    how,
                                       array_view<const quantised::named_tensor> tensors);

    /// The share of the first file; nothing for what stays the first file's, whatever the ratios say.
    /// Of formulas that are not weighted: 1 for a part that is left as it is, else 0.5.
    std::optional<double> of(std::string_view name) const noexcept;

private:
    struct membership {
        merged_part part = merged_part::extra;
        std::size_t prefix = 0;

        friend constexpr bool operator==(const membership&, const membership&) = default;
    };

    explicit component_ratios(const merging::recipe& how) noexcept : formula_(how.formula), given_(how.ratios)
    {
    }

    static membership   membership_of(std::string_view name, const split_rules& rules) noexcept;
    static result<void> look_at(const merging::recipe& how);
    void                detect(array_view<const quantised::named_tensor> tensors) noexcept;
    result<void>        look_for_components() const;
    double              share(const std::optional<double>& own) const noexcept;
    double              of_model(std::string_view key) const noexcept;
    bool                has(merged_part part) const noexcept { return has_[static_cast<std::size_t>(part)]; }

    merging::formula           formula_;
    merging::ratios            given_;
    std::optional<split_rules> rules_{};
    std::array<bool, 6>        has_{};
    bool                       has_components_ = false;
    bool                       is_in_doubt_ = false;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "component_ratios.ipp"
#endif

#endif
