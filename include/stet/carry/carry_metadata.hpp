// SPDX-License-Identifier: MIT
#ifndef STET_CARRY_CARRY_METADATA_HPP
#define STET_CARRY_CARRY_METADATA_HPP

#include "../families/rearrangement.hpp"
#include "../header/header.hpp"
#include "../layout/layout.hpp"
#include "../quantised/find_layers.hpp"
#include "../read/checkpoint_header.hpp"
#include "../split/split.hpp"
#include "../split/splitting.hpp"
#include "../state/checkpoint.hpp"
#include "../state/component.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/arena.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"
#include "carried.hpp"
#include "impl/component_names.hpp"
#include "impl/part_joiner.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace STET_NAMESPACE::carry {

/// The metadata of a file that was read for a new one, by a rule for each key, under entries of one's own: these are
/// there whatever the rules say, and a digest among them is taken for right.
/// errors: invalid_metadata_utf8, duplicate_metadata_key, out_of_memory
result<passed_on> pass_on(const metadata_view& source, const metadata_view& own = {},
                          const carry_options& options = {});

/// A file's metadata as a list, to be passed on.
metadata_list metadata_of(const checkpoint_header& header);

/// The metadata of a checkpoint whose components come from files with metadata of their own: entries by a rule for each
/// key, layer names in `_quantization_metadata` renamed as the layout renames their weights, the files' layers joined.
/// sources: one for each of Kind::fields, in their order; those left out have none
/// own:     entries that are there whatever the files say
/// errors:  those of pass_on and of the layout's rule; in strict conduct quantised_companion where a layer's marker and
///          the metadata say different things, invalid_metadata_value for an entry that no loader could read
template <checkpoint_kind Kind, class Layout>
result<carried> compose(const Kind& checkpoint, const Layout& layout, std::span<const metadata_view> sources,
                        const metadata_view& own = {}, const carry_options& options = {})
{
    carried             said;
    detail::part_joiner joiner(options, said);
    const auto          joined =
        each_component(checkpoint, [&]<class Role>(const component<Role>& dict, Role, std::size_t index) {
            const metadata_view source = index < sources.size() ? sources[index] : metadata_view();
            return dict.is_given() ? joiner.add(source, dict, detail::names_by<Layout, Role>(layout))
                                   : result<void>();
        });
    if (!joined)
        return joined.error();
    if (auto finished = joiner.finish(own); !finished)
        return finished.error();
    return said;
}

/// The metadata of the parts of a checkpoint, each with the layers whose weights it has, under their names there.
struct split_metadata : carried {
    metadata_list model;
    metadata_list text_encoder;
    metadata_list vae;
    metadata_list vision_encoder;
    metadata_list seconds_start;
    metadata_list seconds_total;
    metadata_list extra;
    metadata_list leftover;
};

/// Splits a checkpoint's metadata as split_by splits its tensors. `metadata` of the result is what each part has
/// besides its layers.
/// source: of the checkpoint
/// errors: those of split_by and pass_on; in strict conduct invalid_metadata_value for an entry that no loader could read
result<split_metadata> split_by(const split_rules& rules, const component<role::extra>& dict,
                                const metadata_view& source, const split_options& how = {},
                                const carry_options& options = {});

/// The same by a layout or family.
template <class Layout, state_dict Dict>
result<split_metadata> split(const Dict& dict, const metadata_view& source, const split_options& how = {},
                             const carry_options& options = {})
{
    static constexpr split_rules rules = rules_of<Layout>();
    return split_by(rules, component<role::extra>(dict), source, how, options);
}

} // namespace STET_NAMESPACE::carry

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
#include "impl/carry_metadata.ipp"
#include "impl/comfyui_component.ipp"
#include "impl/pass_on.ipp"
#endif

#endif
