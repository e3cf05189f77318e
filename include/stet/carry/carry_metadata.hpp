// SPDX-License-Identifier: MIT
#ifndef STET_CARRY_CARRY_METADATA_HPP
#define STET_CARRY_CARRY_METADATA_HPP

#include "../families/rearrangement.hpp"
#include "../header/metadata.hpp"
#include "../layout/layout.hpp"
#include "../read/checkpoint_header.hpp"
#include "../split/split.hpp"
#include "../state/checkpoint.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "carried.hpp"
#include "impl/component_names.hpp"
#include "impl/part_joiner.hpp"

#include <concepts>
#include <span>

namespace STET_NAMESPACE::carry {

/// A file's metadata as a list, to be passed on.
metadata_list metadata_of(const checkpoint_header& header);

/// The metadata of a checkpoint whose components come from files with metadata of their own: entries by a rule for each
/// key, layer names in `_quantization_metadata` renamed as the layout renames their weights, the files' layers joined.
/// sources: one for each of Kind::fields, in their order; those left out have none
/// own:     entries that are there whatever the files say
/// errors:  those of pass_on and of the layout's rule; in strict conduct quantised_companion where a layer's marker and
///          the metadata say different things, or a model has the older form (`scaled_fp8`) beside layers of the metadata,
///          where no loader reads it; invalid_metadata_value for an entry that no loader could read
template <checkpoint_kind Kind, class Layout>
result<carried> compose(const Kind& checkpoint, const Layout& layout, std::span<const metadata_view> sources,
                        const metadata_view& own = {}, const carry_options& options = {})
{
    carried             said;
    detail::part_joiner joiner(options, said);
    const auto          joined =
        each_component(checkpoint, [&]<class Role>(const component<Role>& dict, Role, std::size_t index) {
            const metadata_view source = index < sources.size() ? sources[index] : metadata_view();
            constexpr bool is_text = std::same_as<Role, role::text_encoder>;
            return dict.is_given() ? joiner.add(source, dict, detail::names_by<Layout, Role>(layout), is_text)
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

#if STET_BODIES
#include "impl/carry_metadata.ipp"
#endif

#endif
