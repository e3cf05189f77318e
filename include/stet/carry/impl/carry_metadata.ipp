// SPDX-License-Identifier: MIT
#include "../../split/splitting.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../carry_metadata.hpp"
#include "entry_filter.hpp"
#include "stand_ins.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace STET_NAMESPACE {

STET_INLINE metadata_list carry::metadata_of(const checkpoint_header& header)
{
    metadata_list entries;
    entries.reserve(header.metadata_size());
    for (std::size_t i = 0; i < header.metadata_size(); ++i)
        entries.emplace_back(header.metadata(i).key, header.metadata(i).value);
    return entries;
}

namespace detail {

inline constexpr std::size_t split_part_count = 8;

/// The same part of what a split gave, and of the metadata.
inline std::array<const split_part*, split_part_count> parts_of(const split_checkpoint& all) noexcept
{
    return {&all.model,         &all.text_encoder,  &all.vae,   &all.vision_encoder,
            &all.seconds_start, &all.seconds_total, &all.extra, &all.leftover};
}
inline std::array<metadata_list*, split_part_count> parts_of(carry::split_metadata& all) noexcept
{
    return {&all.model,         &all.text_encoder,  &all.vae,   &all.vision_encoder,
            &all.seconds_start, &all.seconds_total, &all.extra, &all.leftover};
}

/// Splits stand-ins for a checkpoint's tensors, and takes each layer to the part that has its weight.
class layer_splitter {
public:
    layer_splitter(const split_rules& rules, const split_options& how, const allocator& memory) noexcept
        : rules_(&rules), how_(&how), names_(memory), tensors_(memory), parts_(memory)
    {
    }

    result<void> run(const any_dict& dict, std::string_view text, const carry::carry_options& options,
                     carry::split_metadata& out)
    {
        if (auto collected = names_.collect(dict); !collected)
            return collected;
        growing_array<named_tensor> entries(names_.memory());
        if (!tensors_.make(names_.keys().size()) || !parts_.resize(names_.keys().size()) ||
            !entries.reserve(names_.keys().size()))
            return out_of_memory(names_.keys().size() * sizeof(named_tensor));
        for (std::size_t i = 0; i < names_.keys().size(); ++i)
            static_cast<void>(
                entries.push({.name = names_.keys()[i].key, .tensor = tensors_[i]})); // has room
        const auto stand_in_dict = entries.view();
        const auto split = stet::split_by(*rules_, component<role::extra>(stand_in_dict), *how_);
        if (!split)
            return split.error();
        note_names(*split);
        return write(text, options, out);
    }

private:
    void note_names(const split_checkpoint& split)
    {
        const auto all = parts_of(split);
        for (std::size_t part = 0; part < all.size(); ++part) {
            for (const named_tensor& entry : *all[part]) {
                const std::uint32_t which = tensors_.which(entry.tensor);
                if (which == stand_ins::none)
                    continue;
                names_.keys()[which].name = placed_name{.stem = entry.name};
                parts_[which] = static_cast<std::uint8_t>(part);
            }
        }
    }

    result<void> write(std::string_view text, const carry::carry_options& options, carry::split_metadata& out)
    {
        const allocator&                         memory = names_.memory();
        std::array<layer_text, split_part_count> texts{
            layer_text(memory), layer_text(memory), layer_text(memory), layer_text(memory),
            layer_text(memory), layer_text(memory), layer_text(memory), layer_text(memory)};
        const auto written = each_layer(
            text, options.allocator, [&](std::string_view layer, const json_item& says) -> result<void> {
                const key_name* const weight = names_.find(layer, weight_end);
                if (weight == nullptr || !weight->name || !is_weight_name(*weight->name)) {
                    out.unplaced_layers.emplace_back(layer);
                    return {};
                }
                return texts[parts_[static_cast<std::size_t>(weight - names_.keys().begin())]].add(
                    *weight->name, says);
            });
        if (!written)
            return written;
        const auto all = parts_of(out);
        for (std::size_t part = 0; part < all.size(); ++part) {
            if (!texts[part].empty())
                set_metadata(*all[part], layers_key, texts[part].finished());
        }
        return {};
    }

    const split_rules*          rules_;
    const split_options*        how_;
    component_names             names_;
    stand_ins                   tensors_;
    growing_array<std::uint8_t> parts_; ///< by key: the part it went to
};

} // namespace detail

STET_INLINE result<carry::split_metadata> carry::split_by(const split_rules&            rules,
                                                          const component<role::extra>& dict,
                                                          const metadata_view&          source,
                                                          const split_options&          how,
                                                          const carry_options&          options)
{
    split_metadata       said;
    detail::entry_filter filter(options, said);
    if (auto taken = filter.take(source, detail::layers_key); !taken)
        return taken.error();
    detail::merged_entries merged;
    if (auto added = merged.add(filter.kept()); !added)
        return added.error();
    said.metadata = merged.entries();
    for (metadata_list* const part : detail::parts_of(said))
        *part = said.metadata;
    if (const auto layers = detail::layers_entry(source)) {
        detail::layer_splitter splitter(rules, how, options.allocator);
        const auto done = detail::about_unusable(splitter.run(dict, *layers, options, said), options, said);
        if (!done)
            return done.error();
    }
    return said;
}

} // namespace STET_NAMESPACE
