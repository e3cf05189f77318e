// SPDX-License-Identifier: MIT
#include "block_check.hpp"
#include "component_prefix.hpp"
#include "marker_check.hpp"
#include "tensor_check.hpp"
#include "validator.hpp"

#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE bool name_set::contains(std::string_view name) const noexcept
{
    return table_.find(name, table_.hash(name), [this](std::uint32_t i) { return names_[i]; }) !=
           name_table::none;
}

STET_INLINE bool name_set::add(std::string_view name) noexcept
{
    if (contains(name))
        return true;
    const auto at = static_cast<std::uint32_t>(names_.size());
    return names_.push(name) &&
           table_.insert(name, table_.hash(name), at, [this](std::uint32_t i) { return names_[i]; });
}

STET_INLINE validator::validator(const quantised::layers& layers, std::optional<std::string_view> metadata,
                                 array_view<const quantised::format> own, bool values,
                                 const allocator& memory) noexcept
    : layers_(layers), metadata_text_(metadata), own_(own), values_(values), memory_(memory),
      out_(layers.tensors(), memory), entries_(memory), old_(memory), roots_(memory), joined_(memory)
{
}

STET_INLINE result<quantised::findings> validator::run() &&
{
    if (auto read = metadata_.read(metadata_text_, memory_); !read)
        return read.error();
    if (!prepare())
        return detail::out_of_memory(layers_.tensors().size());
    check_metadata();
    check_flags();
    check_types();
    for (const layer& one : layers_) {
        if (out_.has_failed())
            break;
        check_layer(one);
    }
    return std::move(out_).finished();
}

// ---- the file ---------------------------------------------------------------------------------------------

STET_INLINE bool validator::prepare()
{
    if (!entries_.resize(layers_.size()) || !old_.read(layers_.tensors(), layers_.old_flags()))
        return false;
    for (std::uint32_t& entry : entries_)
        entry = no_json;
    if (metadata_.state() == quantised::metadata_state::sound) {
        for (const json_member one : metadata_.layers().members()) {
            if (const layer* const named = layers_.find(one.name))
                entries_[static_cast<std::size_t>(named - layers_.begin())] = one.value.position();
        }
    }
    for (const quantised::named_tensor& one : layers_.tensors()) {
        if (split_group_name(one.name).part != group_part::weight)
            continue;
        has_components_ = has_components_ || !component_prefix(one.name).empty();
        if (!roots_.add(name_root(one.name)))
            return false;
    }
    return true;
}

STET_INLINE bool validator::lies_among_weights(const layer& one) const noexcept
{
    return roots_.contains(name_root(one.name)) || (roots_.size() > 1 && !has_components_);
}

STET_INLINE void validator::check_metadata()
{
    if (metadata_.state() == quantised::metadata_state::no_json)
        say(rule::metadata_json, severity::error, {}, "JSON in '_quantization_metadata'", "none");
    if (metadata_.state() == quantised::metadata_state::no_layers)
        say(rule::metadata_layers, severity::error, {}, "an object 'layers' in '_quantization_metadata'",
            "none");
    for (const std::string_view name : layers_.unplaced())
        say(rule::metadata_layer_unknown, severity::error, {}, "the name of a layer that has a weight", name);
}

STET_INLINE void validator::check_flags()
{
    for (const quantised::old_flag& flag : layers_.old_flags()) {
        if (!old_.is_loaded(flag.position))
            out_.say(rule::old_flag_prefix, severity::error, {}, flag.position,
                     "the prefix of the model or of a text encoder", flag.prefix);
        else if (layers_.metadata() != quantised::metadata_state::absent && !is_of_text_encoder(flag.prefix))
            out_.say(rule::old_and_metadata, severity::error, {}, flag.position,
                     "no '_quantization_metadata'", "both, so that 'scale_weight' is not read");
    }
}

STET_INLINE void validator::check_types()
{
    constexpr quantised::dtype_set unread{dtype::f4,      dtype::f6_e2m3,     dtype::f6_e3m2,
                                          dtype::f8_e8m0, dtype::f8_e4m3fnuz, dtype::f8_e5m2fnuz};
    for (std::uint32_t i = 0; i < layers_.tensors().size(); ++i) {
        const dtype type = layers_.tensors()[i].tensor.type;
        if (!unread.contains(type))
            continue;
        const layer* const owner = layers_.layer_of(i);
        out_.say(rule::comfyui_dtype, severity::warning, owner == nullptr ? std::string_view() : owner->name,
                 i, "a dtype that ComfyUI's own reader knows", name(type));
    }
}

// ---- a layer ----------------------------------------------------------------------------------------------

STET_INLINE void validator::check_layer(const layer& one)
{
    using quantised::described_by;
    switch (one.described_by) {
    case described_by::bitsandbytes:
        return check_blocks(one, out_, memory_);
    case described_by::dtype:
        return check_plain(one);
    case described_by::nothing:
        return check_undescribed(one);
    case described_by::marker:
    case described_by::metadata:
    case described_by::both:
    case described_by::old_names:
        return check_described(one);
    }
}

/// Whether its codes were joined with those of its neighbours under OpenCLIP names, which is said once.
STET_INLINE bool validator::is_left_without_weight(const layer& one)
{
    const std::string_view joined = joined_attention(one.name);
    if (joined.empty() || one.weight != quantised::no_tensor || !is_of_openclip(one.name))
        return false;
    if (!joined_.contains(joined))
        say(rule::text_encoder_openclip, severity::error, joined, "q, k and v under scales of their own",
            "codes that were joined");
    if (!joined_.add(joined))
        out_.fail(detail::out_of_memory(joined.size()));
    return true;
}

STET_INLINE void validator::check_undescribed(const layer& one)
{
    if (is_left_without_weight(one))
        return;
    bool is_old = false;
    bool is_new = false;
    for (const quantised::companion& each : one.companions) {
        is_old = is_old || each.name == "scale_weight";
        is_new = is_new || is_telling_side(each.name, own_);
    }
    if (one.weight == quantised::no_tensor) {
        say(rule::side_tensor_orphan, severity::error, one.name, "a weight beside the side tensors", "none");
        return;
    }
    if (is_new)
        say(rule::marker_missing, severity::error, one.name, "a marker 'comfy_quant' beside the side tensors",
            "none");
    if (is_old && old_.flag_of(one.name) == nullptr)
        say(rule::old_scale_without_flag, severity::error, one.name, "a tensor 'scaled_fp8' that is read",
            "none");
    tensor_check::check_strangers(one, own_, out_);
}

STET_INLINE void validator::check_plain(const layer& one)
{
    const loaded_flag* const flag = old_.flag_of(one.name);
    if (flag != nullptr && is_converted(*flag))
        say(rule::old_scale_missing, severity::warning, one.name, "a tensor 'scale_weight'", "none");
    out_.say(rule::plain_fp8, severity::info, one.name, one.weight, "a scale, or codes that are the numbers",
             name(out_.tensor(one.weight).type));
    tensor_check::check_strangers(one, own_, out_);
}

STET_INLINE void validator::check_described(const layer& one)
{
    if (is_left_without_weight(one))
        return;
    if (is_of_openclip(one.name))
        say(rule::text_encoder_openclip, severity::error, one.name, "names that a loader reads scales under",
            "those of OpenCLIP");
    else if (is_of_clip(one.name))
        say(rule::clip_not_read, severity::error, one.name, "a text encoder whose loader reads markers",
            "CLIP");
    if (one.weight == quantised::no_tensor && !lies_among_weights(one)) {
        say(rule::side_tensor_orphan, severity::error, one.name, "the prefix of the weights", "another");
        return;
    }
    const std::uint32_t at = entries_[static_cast<std::size_t>(&one - layers_.begin())];
    if (one.described_by != quantised::described_by::old_names)
        check_description(one, at == no_json ? std::nullopt : std::optional(metadata_.at(at)), own_, out_,
                          memory_);
    if (one.weight == quantised::no_tensor)
        say(rule::weight_missing, severity::error, one.name, "a weight beside what describes it", "none");
    else if (one.format != nullptr)
        tensor_check(one, own_, values_, out_, memory_).run();
}

} // namespace STET_NAMESPACE::detail
