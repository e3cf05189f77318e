// SPDX-License-Identifier: MIT
#ifndef STET_CARRY_COMFYUI_COMPONENT_HPP
#define STET_CARRY_COMFYUI_COMPONENT_HPP

#include "../quantised/find_layers.hpp"
#include "../split/split_checkpoint.hpp"
#include "../state/component.hpp"
#include "../vocabulary/allocator.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/arena.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE {

namespace detail {

class layer_keeper;

} // namespace detail

namespace carry {

/// A component as ComfyUI keeps it once it has loaded it, and so saves it: a state dict.
/// - every quantised layer has a marker, in ComfyUI's own words, and none is described by metadata or by older names
/// - scales have the types that ComfyUI gives them: fp8's are F32, block scales held as U8 F8_E4M3 or F8_E8M0
/// - all other tensors are as they were: whatever type ComfyUI computes in, this does not change one to it
/// source:   ComfyUI 0.33.0, measured
/// lifetime: borrows the dict's names and tensors, owns those it made
class comfyui_component {
public:
    const named_tensor* begin() const noexcept STET_LIFETIME_BOUND { return entries_.begin(); }
    const named_tensor* end() const noexcept STET_LIFETIME_BOUND { return entries_.end(); }
    std::size_t         size() const noexcept { return entries_.size(); }
    bool                empty() const noexcept { return entries_.empty(); }

private:
    friend class detail::layer_keeper;

    explicit comfyui_component(const allocator& memory) noexcept : entries_(memory), own_(memory) {}

    detail::growing_array<named_tensor> entries_;
    detail::arena                       own_;
};

/// metadata: what the component's file has as `_quantization_metadata`
/// errors:   those of find_layers and of reading small scales; out_of_memory
result<comfyui_component> as_comfyui_keeps(const detail::any_dict&         dict,
                                           std::optional<std::string_view> metadata,
                                           const allocator&                memory = heap());

/// The same of a state dict; a file that was read brings its own metadata.
template <state_dict Dict>
result<comfyui_component> as_comfyui_keeps(const Dict& dict                STET_LIFETIME_BOUND,
                                           std::optional<std::string_view> metadata = {},
                                           const allocator&                memory = heap())
{
    const quantised::find_options known =
        detail::with_metadata(dict, quantised::find_options{.metadata = metadata});
    return as_comfyui_keeps(component<role::extra>(dict), known.metadata, memory);
}

/// The tensors as they are, but the block scales of mxfp8 layers as U8, bit for bit. ComfyUI writes them as F8_E8M0,
/// which the faster of its two readers does not know. What as_comfyui_keeps gave may be put in, and must stay.
/// errors: those of find_layers; out_of_memory
/// source: ComfyUI 0.33.0, measured
result<comfyui_component> with_u8_scales(const detail::any_dict&         dict,
                                         std::optional<std::string_view> metadata,
                                         const allocator&                memory = heap());

/// The same of a state dict; a file that was read brings its own metadata.
template <state_dict Dict>
result<comfyui_component> with_u8_scales(const Dict& dict                STET_LIFETIME_BOUND,
                                         std::optional<std::string_view> metadata = {},
                                         const allocator&                memory = heap())
{
    const quantised::find_options known =
        detail::with_metadata(dict, quantised::find_options{.metadata = metadata});
    return with_u8_scales(component<role::extra>(dict), known.metadata, memory);
}

} // namespace carry

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/comfyui_component.ipp"
#endif

#endif
