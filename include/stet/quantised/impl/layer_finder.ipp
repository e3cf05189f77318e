// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "block_state.hpp"
#include "formats.hpp"
#include "layer_finder.hpp"
#include "marker_text.hpp"
#include "stored_shape.hpp"
#include "tensor_bytes.hpp"

#include <cstring>
#include <utility>

namespace STET_NAMESPACE::detail {

// ---- names ------------------------------------------------------------------------------------------------

STET_INLINE bool is_telling_side(std::string_view member, array_view<const quantised::format> own) noexcept
{
    const auto has = [member](const quantised::format& format) {
        for (const quantised::side_tensor& side : format.side_tensors) {
            if (side.name == member)
                return true;
        }
        return false;
    };
    if (member == "input_scale" || member == "pre_quant_scale")
        return false;
    for (const quantised::format& format : own) {
        if (has(format))
            return true;
    }
    for (const quantised::format* const format : marker_formats) {
        if (has(*format))
            return true;
    }
    return false;
}

STET_INLINE layer_finder::layer_finder(std::optional<std::string_view>          metadata,
                                       array_view<const quantised::format>      own,
                                       array_view<const quantised::known_shape> shapes,
                                       const allocator&                         memory) noexcept
    : metadata_text_(metadata), own_(own), known_shapes_(shapes), set_(memory), groups_(memory),
      group_table_(memory), shape_table_(memory), old_(memory)
{
}

STET_INLINE result<layer_set> layer_finder::run(array_view<const quantised::named_tensor> tensors) &&
{
    const allocator memory = groups_.memory();
    if (!set_.tensors.append(tensors) || !set_.owners.resize(tensors.size()) || !group_names())
        return detail::out_of_memory(tensors.size() * sizeof(quantised::named_tensor));
    if (auto read = metadata_.read(metadata_text_, memory); !read)
        return read.error();
    set_.metadata = metadata_.state();
    if (!take_metadata() || !make_layers() || !name_layers() || !list_shapes() ||
        !old_.read(set_.tensors.view(), set_.flags.view()))
        return detail::out_of_memory(groups_.size() * sizeof(quantised::layer));
    for (const group& one : groups_) {
        if (one.layer == quantised::no_tensor)
            continue;
        quantised::layer& layer = set_.layers[one.layer];
        if (auto described = describe(layer, one.entry); !described)
            return described.error();
        name_companions(layer);
        find_shape(layer);
    }
    return std::move(set_);
}

STET_INLINE bool layer_finder::group_names() noexcept
{
    for (std::uint32_t i = 0; i < set_.tensors.size(); ++i) {
        const std::string_view whole = set_.tensors[i].name;
        group_name             name = split_group_name(whole);
        set_.owners[i] = quantised::no_tensor;
        if (name.part == group_part::none && !name.layer.empty() && is_telling_side(name.member, own_))
            name.part = group_part::side;
        if (name.part == group_part::flag) {
            if (!set_.flags.push(
                    {.prefix = whole.substr(0, whole.size() - name.member.size()), .position = i}))
                return false;
        } else if (name.part != group_part::none && !add(i, name)) {
            return false;
        }
    }
    return true;
}

STET_INLINE bool layer_finder::add(std::uint32_t position, const group_name& name) noexcept
{
    const auto          name_at = [this](std::uint32_t i) { return groups_[i].name; };
    const std::uint32_t hash = group_table_.hash(name.layer);
    std::uint32_t       at = group_table_.find(name.layer, hash, name_at);
    if (at == name_table::none) {
        at = static_cast<std::uint32_t>(groups_.size());
        if (!groups_.push({.name = name.layer}) || !group_table_.insert(name.layer, hash, at, name_at))
            return false;
    }
    group& in = groups_[at];
    set_.owners[position] = at;
    const dtype type = tensor_at(position).type;
    if (name.part == group_part::weight) {
        in.weight = position;
        in.is_quantised = in.is_quantised || type == dtype::f8_e4m3 || type == dtype::f8_e5m2;
    } else if (name.part == group_part::bias) {
        in.bias = position;
    } else {
        ++in.companions;
        in.is_quantised =
            in.is_quantised || name.part != group_part::side || is_telling_side(name.member, own_);
    }
    return true;
}

STET_INLINE bool layer_finder::take_metadata() noexcept
{
    if (metadata_.state() != quantised::metadata_state::sound)
        return true;
    const auto name_at = [this](std::uint32_t i) { return groups_[i].name; };
    for (const json_member one : metadata_.layers().members()) {
        const std::uint32_t at = group_table_.find(one.name, group_table_.hash(one.name), name_at);
        if (at != name_table::none) {
            groups_[at].entry = one.value.position();
            groups_[at].is_quantised = true;
            if (groups_[at].weight != quantised::no_tensor)
                continue;
        }
        char* const kept = set_.texts.text(one.name.size());
        if (kept == nullptr)
            return false;
        if (!one.name.empty())
            std::memcpy(kept, one.name.data(), one.name.size());
        if (!set_.unplaced.push({kept, one.name.size()}))
            return false;
    }
    return true;
}

STET_INLINE bool layer_finder::make_layers() noexcept
{
    std::uint32_t count = 0;
    for (group& one : groups_) {
        if (!one.is_quantised)
            continue;
        one.layer = static_cast<std::uint32_t>(set_.layers.size());
        if (!set_.layers.push({.name = one.name, .weight = one.weight, .bias = one.bias}))
            return false;
        one.first = count;
        count += std::exchange(one.companions, 0);
    }
    if (!set_.companions.resize(count))
        return false;
    place_companions();
    return true;
}

STET_INLINE void layer_finder::place_companions() noexcept
{
    for (std::uint32_t i = 0; i < set_.tensors.size(); ++i) {
        std::uint32_t& owner = set_.owners[i];
        if (owner == quantised::no_tensor)
            continue;
        group& in = groups_[owner];
        owner = in.layer;
        const std::string_view name = set_.tensors[i].name.substr(in.name.size() + 1);
        if (in.layer != quantised::no_tensor && name != "weight" && name != "bias")
            set_.companions[in.first + in.companions++] = {.name = name, .position = i};
    }
    for (const group& one : groups_) {
        if (one.layer != quantised::no_tensor)
            set_.layers[one.layer].companions =
                array_view<const quantised::companion>(set_.companions.data() + one.first, one.companions);
    }
}

STET_INLINE bool layer_finder::name_layers() noexcept
{
    const auto name_at = [this](std::uint32_t i) { return set_.layers[i].name; };
    for (std::uint32_t i = 0; i < set_.layers.size(); ++i) {
        const std::string_view name = set_.layers[i].name;
        if (!set_.names.insert(name, set_.names.hash(name), i, name_at))
            return false;
    }
    return true;
}

// ---- what is said of a layer ------------------------------------------------------------------------------

STET_INLINE result<void> layer_finder::describe(quantised::layer& one, std::uint32_t entry)
{
    const bool               has_marker = one.position_of("comfy_quant") != quantised::no_tensor;
    const loaded_flag* const flag = old_.flag_of(one.name);
    const bool is_old = flag != nullptr && one.position_of("scale_weight") != quantised::no_tensor &&
                        (set_.metadata == quantised::metadata_state::absent || flag->is_of_text_encoder);
    if (entry != no_json) {
        one.described_by = has_marker ? quantised::described_by::both : quantised::described_by::metadata;
        return take(one, detail::describe(metadata_.at(entry), own_, {})) ? result<void>()
                                                                          : detail::out_of_memory(0);
    }
    if (is_old) {
        one.described_by = quantised::described_by::old_names;
        one.format = &quantised::formats::float8_e4m3fn;
        const auto elements = element_count(tensor_at(flag->position).shape);
        one.settings.full_precision_matrix_mult = elements && *elements == 2;
    } else if (has_marker) {
        one.described_by = quantised::described_by::marker;
        if (auto read = read_marker(one); !read)
            return read;
    } else if (block_companions_of(one).is_any()) {
        one.described_by = quantised::described_by::bitsandbytes;
        if (auto read = read_blocks(one); !read)
            return read;
    } else if (!is_told_by_side(one) && one.weight != quantised::no_tensor &&
               quantised::formats::plain_fp8.weight_types.contains(tensor_at(one.weight).type))
    {
        one.described_by = quantised::described_by::dtype;
        one.format = &quantised::formats::plain_fp8;
    }
    if (one.format != nullptr)
        one.format_name = one.format->name;
    return {};
}

STET_INLINE bool layer_finder::is_told_by_side(const quantised::layer& one) const noexcept
{
    for (const quantised::companion& side : one.companions) {
        if (side.name == "scale_weight" || is_telling_side(side.name, own_))
            return true;
    }
    return false;
}

STET_INLINE result<void> layer_finder::read_marker(quantised::layer& one)
{
    const tensor_view& marker = tensor_at(one.position_of("comfy_quant"));
    if (marker.size > largest_marker)
        return {};
    auto read = tensor_bytes(marker, groups_.memory());
    if (!read)
        return read.error().about(one.name, ".comfy_quant");
    const auto text = marker_text::decode(std::move(*read));
    if (!text)
        return text.error().code == errc::out_of_memory ? result<void>(text.error()) : result<void>();
    const auto json = read_json(text->view(), groups_.memory(), json_bytes::utf8_and_surrogates);
    if (!json)
        return json.error().code == errc::out_of_memory ? result<void>(json.error()) : result<void>();
    return take(one, detail::describe(json->root(), own_, {})) ? result<void>() : detail::out_of_memory(0);
}

STET_INLINE result<void> layer_finder::read_blocks(quantised::layer& one)
{
    const block_companions found = block_companions_of(one);
    const std::string_view type = found.quant_type;
    if (found.state == quantised::no_tensor || tensor_at(found.state).size > largest_marker)
        return {};
    const auto read = tensor_bytes(tensor_at(found.state), groups_.memory());
    if (!read)
        return read.error().about(set_.tensors[found.state].name);
    const auto json = read_json({read->data(), read->size()}, groups_.memory());
    if (!json)
        return json.error().code == errc::out_of_memory ? result<void>(json.error()) : result<void>();
    if (type == "nf4")
        one.format = &quantised::formats::bnb_nf4;
    else if (type == "fp4")
        one.format = &quantised::formats::bnb_fp4;
    const block_state_reading state =
        read_block_state(json->root(), type, found.is_nested(set_.tensors.view()));
    one.blocks = state.state;
    if (state.wrong.empty())
        one.shape.whole = state.shape;
    return {};
}

STET_INLINE bool layer_finder::take(quantised::layer& one, const description& said) noexcept
{
    one.format = said.format;
    one.settings = said.settings;
    one.format_name = said.format_name;
    if (said.format != nullptr) {
        one.format_name = said.format->name;
    } else if (!said.format_name.empty()) {
        char* const kept = set_.texts.text(said.format_name.size());
        if (kept == nullptr)
            return false;
        std::memcpy(kept, said.format_name.data(), said.format_name.size());
        one.format_name = {kept, said.format_name.size()};
    }
    return true;
}

STET_INLINE void layer_finder::name_companions(quantised::layer& one) noexcept
{
    if (one.format == nullptr)
        return;
    const bool is_old = one.described_by == quantised::described_by::old_names;
    const auto first = static_cast<std::size_t>(one.companions.data() - set_.companions.data());
    for (std::size_t i = first; i < first + one.companions.size(); ++i) {
        quantised::companion& each = set_.companions[i];
        std::string_view      name = each.name;
        if (is_old && name == "scale_weight")
            name = "weight_scale";
        else if (is_old && name == "scale_input")
            name = "input_scale";
        for (const quantised::side_tensor& side : one.format->side_tensors) {
            if (side.name == name)
                each.meaning = &side;
        }
    }
}

// ---- shapes -----------------------------------------------------------------------------------------------

STET_INLINE bool layer_finder::list_shapes() noexcept
{
    const auto name_at = [this](std::uint32_t i) { return known_shapes_[i].layer; };
    for (std::uint32_t i = 0; i < known_shapes_.size(); ++i) {
        std::uint32_t          earlier = 0;
        const std::string_view name = known_shapes_[i].layer;
        if (!shape_table_.set(name, shape_table_.hash(name), i, earlier, name_at))
            return false;
    }
    return true;
}

STET_INLINE unsigned code_bits_of(const quantised::format& format, std::uint64_t stored_columns,
                                  std::uint64_t groups, std::uint64_t group_size) noexcept
{
    const bool has_two_widths = format.arithmetic == quantised::arithmetic::int4_int8;
    if (!has_two_widths || groups > longest_axis || stored_columns > longest_axis || group_size == 0 ||
        groups > longest_axis / group_size)
        return format.code_bits;
    return groups * group_size * 6 == stored_columns * 8 ? 6 : format.code_bits;
}

STET_INLINE void layer_finder::find_shape(quantised::layer& one) const noexcept
{
    const std::uint32_t told = shape_table_.find(one.name, shape_table_.hash(one.name),
                                                 [this](std::uint32_t i) { return known_shapes_[i].layer; });
    if (one.weight != quantised::no_tensor && one.format != nullptr)
        find_padded_shape(one);
    if (told != name_table::none) {
        one.shape.rows = known_shapes_[told].rows;
        one.shape.columns = known_shapes_[told].columns;
    }
}

STET_INLINE void layer_finder::find_padded_shape(quantised::layer& one) const noexcept
{
    const quantised::format& format = *one.format;
    if (format.arithmetic == quantised::arithmetic::bitsandbytes ||
        format.arithmetic == quantised::arithmetic::plain)
    {
        if (format.arithmetic == quantised::arithmetic::plain)
            one.shape.whole = tensor_at(one.weight).shape;
        if (one.shape.whole.size() == 2) {
            one.shape.rows = one.shape.whole[0];
            one.shape.columns = one.shape.whole[1];
        }
        return;
    }
    const extents&      weight = tensor_at(one.weight).shape;
    const std::uint32_t relative = one.position_of("weight_s_rel");
    const extents       groups = relative == quantised::no_tensor ? extents() : tensor_at(relative).shape;
    if (weight.empty())
        return;
    const unsigned bits =
        code_bits_of(format, weight[weight.size() - 1], groups.empty() ? 0 : groups[groups.size() - 1],
                     one.settings.group_size);
    const auto stored = stored_shape_of(weight, bits);
    if (!stored)
        return;
    if (stored->is_bank)
        one.shape.experts = stored->experts;
    if (format.padding == 1) {
        one.shape.rows = stored->rows;
        one.shape.columns = stored->columns;
        return;
    }
    if (one.bias != quantised::no_tensor && !tensor_at(one.bias).shape.empty()) {
        const extents&      bias = tensor_at(one.bias).shape;
        const std::uint64_t length = bias[bias.size() - 1];
        if (length == stored->rows ||
            (length <= longest_axis && rounded_up(length, format.padding) == stored->rows))
            one.shape.rows = length;
    } else if (stored->rows % format.padding != 0) {
        one.shape.rows = stored->rows; // not padded, or it would be a multiple
    }
    const std::uint32_t before = one.position_of("pre_quant_scale");
    if (before == quantised::no_tensor || tensor_at(before).shape.size() != 1)
        return;
    const std::uint64_t length = tensor_at(before).shape[0];
    if (length <= longest_axis && rounded_up(length, format.padding) == stored->columns)
        one.shape.columns = length;
}

} // namespace STET_NAMESPACE::detail
