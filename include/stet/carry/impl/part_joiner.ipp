// SPDX-License-Identifier: MIT
#include "../../quantised/verify.hpp"
#include "../../vocabulary/impl/companion_names.hpp"
#include "entry_filter.hpp"
#include "part_joiner.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace STET_NAMESPACE::detail {

/// Each name once, in order.
inline void name_once(std::vector<std::string>& names)
{
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
}

STET_INLINE part_joiner::part_joiner(const carry::carry_options& options, carry::carried& report) noexcept
    : options_(&options), report_(&report), layers_(options.allocator)
{
}

STET_INLINE result<void> part_joiner::add(const metadata_view& source, const any_dict& dict,
                                          const naming& names, bool is_text_encoder)
{
    entry_filter filter(*options_, *report_);
    if (auto taken = filter.take(source, layers_key); !taken)
        return taken;
    if (auto added = merged_.add(filter.kept()); !added)
        return added;
    const auto layers = layers_entry(source);
    if (auto sound = look_at(dict, layers, is_text_encoder); !sound)
        return sound;
    return layers ? about_unusable(add_layers(*layers, dict, names), *options_, *report_) : result<void>();
}

STET_INLINE result<void> part_joiner::look_at(const any_dict&                        dict,
                                              const std::optional<std::string_view>& layers,
                                              bool                                   is_text_encoder)
{
    const auto tensors = list_tensors(dict, options_->allocator);
    if (!tensors)
        return tensors.error();
    for (const quantised::named_tensor& one : *tensors) {
        if (!is_text_encoder && companion_of(one.name) == "scaled_fp8")
            old_flag_ = one.name;
    }
    const auto found = (quantised::verify)(
        tensors->view(), {.metadata = layers, .values = false, .allocator = options_->allocator});
    if (!found)
        return found.error();
    for (const quantised::finding& one : *found) {
        if (one.rule == quantised::rule::marker_format_unknown)
            report_->unknown_formats.emplace_back(one.layer);
        if (one.rule == quantised::rule::metadata_conflict && options_->strictness == strictness::strict)
            return error{.code = errc::quantised_companion}.with(name(one.rule)).about(one.layer);
    }
    return {};
}

STET_INLINE result<void> part_joiner::add_layers(std::string_view text, const any_dict& dict,
                                                 const naming& names)
{
    component_names known(options_->allocator);
    if (auto collected = known.collect(dict); !collected)
        return collected;
    if (auto named = names.name_all(names.layout, known); !named)
        return named;
    return each_layer(text, options_->allocator,
                      [&](std::string_view layer, const json_item& says) -> result<void> {
                          const key_name* const weight = known.find(layer, weight_end);
                          if (weight == nullptr || !weight->name || !is_weight_name(*weight->name)) {
                              report_->unplaced_layers.emplace_back(layer);
                              return {};
                          }
                          return layers_.add(*weight->name, says);
                      });
}

STET_INLINE result<void> part_joiner::finish(const metadata_view& own)
{
    if (!layers_.empty()) {
        if (!old_flag_.empty() && options_->strictness == strictness::strict)
            return error{.code = errc::quantised_companion}
                .with(name(quantised::rule::old_and_metadata))
                .about(old_flag_);
        const metadata_list layers{{std::string(layers_key), layers_.finished()}};
        if (auto added = merged_.add(layers); !added)
            return added;
    }
    if (auto added = merged_.put_over(own); !added)
        return added;
    report_->metadata = merged_.entries();
    report_->differing = merged_.differing();
    for (std::vector<std::string>* const names :
         {&report_->dropped_digests, &report_->left_out, &report_->unknown, &report_->differing})
        name_once(*names);
    return {};
}

} // namespace STET_NAMESPACE::detail
