// SPDX-License-Identifier: MIT
// `scaled_fp8`, the form before markers: which of these flags a loader finds, and which layers each speaks of.
#ifndef STET_QUANTISED_IMPL_OLD_FORM_HPP
#define STET_QUANTISED_IMPL_OLD_FORM_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../layer.hpp"

#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// A flag that a loader finds.
struct loaded_flag {
    std::string_view prefix;
    std::uint32_t    position;
    bool             is_of_text_encoder; ///< of one in a checkpoint: read beside metadata too
};

class old_form {
public:
    explicit old_form(const allocator& memory) noexcept : flags_(memory), loaded_(memory) {}

    /// False when the allocator gave nothing.
    [[nodiscard]] bool read(array_view<const quantised::named_tensor> tensors,
                            array_view<const quantised::old_flag>     flags) noexcept;

    /// Whether a loader finds the flag at that position.
    bool is_loaded(std::uint32_t position) const noexcept;

    /// The flag that speaks of a layer, or null.
    const loaded_flag* flag_of(std::string_view layer) const noexcept;

    array_view<const loaded_flag> flags() const noexcept { return flags_.view(); }

private:
    growing_array<loaded_flag>   flags_;  ///< by prefix; none begins with another
    growing_array<std::uint32_t> loaded_; ///< positions of all that a loader finds, sorted
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "old_form.ipp"
#endif

#endif
