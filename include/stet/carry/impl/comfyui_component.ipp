// SPDX-License-Identifier: MIT
#include "../../tensor/casts.hpp"
#include "../../tensor/numbers.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/sort_range.hpp"
#include "../../vocabulary/impl/sorted_range.hpp"
#include "../carry_metadata.hpp"
#include "kept_marker.hpp"

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>

namespace STET_NAMESPACE {

namespace detail {

/// Goes through a component's tensors and keeps each as ComfyUI does.
class layer_keeper {
public:
    layer_keeper(const quantised::layers& found, const allocator& memory) noexcept
        : found_(&found), names_(memory), kept_(memory)
    {
    }

    result<carry::comfyui_component> run()
    {
        // By position: what a companion is called after its layer's name.
        if (!names_.resize(found_->tensors().size()))
            return out_of_memory(found_->tensors().size() * sizeof(std::string_view));
        for (std::string_view& name : names_)
            name = {};
        for (const quantised::layer& layer : *found_) {
            for (const quantised::companion& one : layer.companions)
                names_[one.position] = one.name;
        }
        if (auto noted = note_old_flags(); !noted)
            return noted.error();
        for (std::uint32_t i = 0; i < found_->tensors().size(); ++i) {
            if (auto kept = keep(i); !kept)
                return kept.error();
        }
        for (const quantised::layer& layer : *found_) {
            if (auto added = is_marked(layer) ? add_marker(layer) : result<void>(); !added)
                return added.error();
        }
        return std::move(kept_);
    }

    /// Changes nothing but the dtype of mxfp8's scales.
    result<carry::comfyui_component> run_with_u8_scales()
    {
        for (std::uint32_t i = 0; i < found_->tensors().size(); ++i) {
            tensor_view                   view = found_->tensors()[i].tensor;
            const quantised::layer* const layer = found_->layer_of(i);
            if (view.type == dtype::f8_e8m0 && layer != nullptr && layer->format != nullptr &&
                layer->format->arithmetic == quantised::arithmetic::mxfp8 &&
                layer->position_of("weight_scale") == i)
                view.type = dtype::u8;
            if (auto added = add(found_->tensors()[i].name, view); !added)
                return added.error();
        }
        return std::move(kept_);
    }

private:
    static constexpr std::string_view old_flag_name = "scaled_fp8";

    /// Whether ComfyUI reads a description of the layer, and writes it again.
    static bool is_marked(const quantised::layer& layer) noexcept
    {
        using quantised::described_by;
        return layer.format != nullptr && layer.weight != quantised::no_tensor &&
               (layer.described_by == described_by::marker || layer.described_by == described_by::metadata ||
                layer.described_by == described_by::both || layer.described_by == described_by::old_names);
    }

    /// Notes the flags whose layers get markers instead.
    result<void> note_old_flags()
    {
        growing_array<std::string_view> old(names_.memory());
        for (const quantised::layer& layer : *found_) {
            if (layer.described_by == quantised::described_by::old_names && !old.push(layer.name))
                return out_of_memory(sizeof(std::string_view));
        }
        heap_sort(old.view(), [](std::string_view a, std::string_view b) { return a < b; });
        for (const quantised::old_flag& flag : found_->old_flags()) {
            if (any_starts_with(old.view(), flag.prefix))
                names_[flag.position] = old_flag_name;
        }
        return {};
    }

    result<void> add(std::string_view name, const tensor_view& tensor)
    {
        return kept_.entries_.push({.name = name, .tensor = tensor}) ? result<void>()
                                                                     : out_of_memory(sizeof(named_tensor));
    }

    /// `<layer>.<end>`, owned.
    result<std::string_view> named(std::string_view layer, std::string_view end)
    {
        char* const text = kept_.own_.text(layer.size() + 1 + end.size());
        if (text == nullptr)
            return out_of_memory(layer.size() + 1 + end.size());
        std::memcpy(text, layer.data(), layer.size());
        text[layer.size()] = '.';
        std::memcpy(text + layer.size() + 1, end.data(), end.size());
        return std::string_view(text, layer.size() + 1 + end.size());
    }

    result<void> keep(std::uint32_t position)
    {
        const quantised::named_tensor& tensor = found_->tensors()[position];
        const quantised::layer* const  layer = found_->layer_of(position);
        if (layer == nullptr)
            return names_[position] == old_flag_name ? result<void>() : add(tensor.name, tensor.tensor);
        if (!is_marked(*layer))
            return add(tensor.name, tensor.tensor);
        if (position == layer->weight)
            return keep_weight(*layer, tensor);
        const std::string_view end = names_[position];
        if (end == quantised::marker_name)
            return {};
        const bool is_old = layer->described_by == quantised::described_by::old_names;
        if (is_old && end == "scale_weight")
            return keep_scale(*layer, "weight_scale", tensor);
        if (is_old && end == "scale_input")
            return keep_input_scale(*layer, tensor);
        return end.empty() ? add(tensor.name, tensor.tensor) : keep_scale(*layer, end, tensor);
    }

    /// The older names say E4M3 whatever the weight is.
    result<void> keep_weight(const quantised::layer& layer, const quantised::named_tensor& tensor)
    {
        if (layer.described_by != quantised::described_by::old_names || tensor.tensor.type != dtype::f8_e5m2)
            return add(tensor.name, tensor.tensor);
        const casts::view* const turned = kept_.own_.keep(casts::view(tensor.tensor, dtype::f8_e4m3));
        if (turned == nullptr)
            return out_of_memory(sizeof(casts::view));
        const auto view = turned->as_tensor();
        return view ? add(tensor.name, *view) : result<void>(view.error());
    }

    result<void> keep_scale(const quantised::layer& layer, std::string_view end,
                            const quantised::named_tensor& tensor)
    {
        using quantised::arithmetic;
        const arithmetic how = layer.format->arithmetic;
        tensor_view      view = tensor.tensor;
        const bool       is_narrow = view.type == dtype::f16 || view.type == dtype::bf16;
        const bool       is_wide_scale = (how == arithmetic::float8 && end == "weight_scale") ||
                                   (how == arithmetic::nvfp4 && end == "weight_scale_2");
        if (is_narrow && is_wide_scale) {
            const auto widened = widen(view);
            if (!widened)
                return widened.error();
            view = *widened;
        }
        const bool holds_e4m3 = (how == arithmetic::nvfp4 && end == "weight_scale") ||
                                (how == arithmetic::int4_int8 && end == "weight_s_rel");
        if (view.type == dtype::u8 && holds_e4m3)
            view.type = dtype::f8_e4m3;
        if (view.type == dtype::u8 && how == arithmetic::mxfp8 && end == "weight_scale")
            view.type = dtype::f8_e8m0;
        if (tensor.name.ends_with(end))
            return add(tensor.name, view);
        const auto renamed = named(layer.name, end);
        return renamed ? add(*renamed, view) : result<void>(renamed.error());
    }

    /// One of exactly 1 says nothing.
    result<void> keep_input_scale(const quantised::layer& layer, const quantised::named_tensor& tensor)
    {
        bool       says_nothing = tensor.tensor.size != 0;
        const auto read = each_number<float>(tensor.tensor, [&](float number) {
            says_nothing = says_nothing && !(number < 1) && !(number > 1) && number == number;
        });
        if (!read)
            return read.error().about(tensor.name);
        return says_nothing ? result<void>() : keep_scale(layer, "input_scale", tensor);
    }

    /// The numbers as F32, which holds them all.
    result<tensor_view> widen(const tensor_view& tensor)
    {
        const std::size_t count = memory_size(tensor.size / element_size(tensor.type));
        auto* const       numbers = static_cast<float*>(kept_.own_.allocate(count * sizeof(float)));
        if (numbers == nullptr)
            return out_of_memory(count * sizeof(float));
        if (auto read = to_numbers(tensor, std::span<float>(numbers, count)); !read)
            return read.error();
        return view_of(std::span<const float>(numbers, count), tensor.shape);
    }

    result<void> add_marker(const quantised::layer& layer)
    {
        const std::string text = kept_marker(layer);
        char* const       own = kept_.own_.text(text.size());
        if (own == nullptr)
            return out_of_memory(text.size());
        std::memcpy(own, text.data(), text.size());
        const auto name = named(layer.name, quantised::marker_name);
        if (!name)
            return name.error();
        const auto view =
            view_of(dtype::u8, {text.size()}, std::as_bytes(std::span<const char>(own, text.size())));
        return view ? add(*name, *view) : result<void>(view.error());
    }

    const quantised::layers*        found_;
    growing_array<std::string_view> names_;
    carry::comfyui_component        kept_;
};

} // namespace detail

STET_INLINE result<carry::comfyui_component> carry::as_comfyui_keeps(const detail::any_dict&         dict,
                                                                     std::optional<std::string_view> metadata,
                                                                     const allocator&                memory)
{
    const auto tensors = detail::list_tensors(dict, memory);
    if (!tensors)
        return tensors.error();
    const auto found = quantised::find_layers(tensors->view(), {.metadata = metadata, .allocator = memory});
    return found ? detail::layer_keeper(*found, memory).run() : result<comfyui_component>(found.error());
}

STET_INLINE result<carry::comfyui_component> carry::with_u8_scales(const detail::any_dict&         dict,
                                                                   std::optional<std::string_view> metadata,
                                                                   const allocator&                memory)
{
    const auto tensors = detail::list_tensors(dict, memory);
    if (!tensors)
        return tensors.error();
    const auto found = quantised::find_layers(tensors->view(), {.metadata = metadata, .allocator = memory});
    return found ? detail::layer_keeper(*found, memory).run_with_u8_scales()
                 : result<comfyui_component>(found.error());
}

} // namespace STET_NAMESPACE
