// SPDX-License-Identifier: MIT
#ifndef STET_CARRY_IMPL_LAYER_TEXTS_HPP
#define STET_CARRY_IMPL_LAYER_TEXTS_HPP

#include "../../header/header.hpp"
#include "../../layout/layout.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/json_document.hpp"
#include "../../vocabulary/impl/json_text.hpp"
#include "../../vocabulary/result.hpp"
#include "../carried.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// The metadata entry that describes quantised layers, and what follows a layer's name in that of its weight.
inline constexpr std::string_view layers_key = "_quantization_metadata";
inline constexpr std::string_view weight_end = ".weight";

/// The text of a file's entry; of one given twice the last.
std::optional<std::string_view> layers_entry(const metadata_view& source);

/// Goes through the layers of such an entry in their order.
/// errors: invalid_metadata_value where it is no JSON object with an object `layers`; those of `visit`; out_of_memory
result<void> each_layer(std::string_view text, const allocator& memory,
                        function_ref<result<void>(std::string_view layer, const json_item& says)> visit);

/// The text of such an entry, written layer by layer.
class layer_text {
public:
    explicit layer_text(const allocator& memory) noexcept : memory_(memory), out_(memory) {}

    /// Adds what is said of a layer, whose weight has the name.
    /// errors: out_of_memory
    result<void> add(const placed_name& weight, const json_item& says);

    bool empty() const noexcept { return out_.size() == 0; }

    /// The whole text.
    std::string finished() const;

private:
    allocator         memory_;
    json_text_builder out_;
};

/// What is done about an entry that no loader could read: in strict conduct it is an error, else it goes and is named.
result<void> about_unusable(const result<void>& done, const carry::carry_options& options,
                            carry::carried& report);

/// Whether a weight of that name has a layer that is named after it.
constexpr bool is_weight_name(const placed_name& name) noexcept
{
    return name.stem.ends_with(weight_end) ||
           (name.prefix.ends_with('.') && name.stem == weight_end.substr(1));
}

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "layer_texts.ipp"
#endif

#endif
