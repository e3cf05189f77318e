// SPDX-License-Identifier: MIT
#include "openclip_inverse.hpp"

#include <charconv>
#include <cstring>

namespace STET_NAMESPACE::detail {

STET_INLINE short_name& short_name::operator<<(std::string_view piece) noexcept
{
    std::memcpy(text_.data() + size_, piece.data(), piece.size());
    size_ += piece.size();
    return *this;
}

STET_INLINE short_name& short_name::operator<<(std::uint32_t number) noexcept
{
    size_ = static_cast<std::size_t>(
        std::to_chars(text_.data() + size_, text_.data() + text_.size(), number).ptr - text_.data());
    return *this;
}

STET_INLINE std::string_view short_name::kept(arena& texts) const noexcept
{
    char* const text = texts.text(size_);
    if (text == nullptr)
        return {};
    std::memcpy(text, text_.data(), size_);
    return {text, size_};
}

STET_INLINE openclip_inverse::openclip_inverse(splitting& work, ordered_dict& dict,
                                               const openclip_place& place) noexcept
    : work_(&work), dict_(&dict), place_(place)
{
}

STET_INLINE result<void> openclip_inverse::rename_all(std::span<const openclip_name> names)
{
    for (const openclip_name& name : names) {
        const auto renamed = work_->rename(*dict_, {.prefix = place_.openclip, .stem = name.openclip},
                                           {.prefix = place_.encoder, .stem = name.internal});
        if (!renamed)
            return renamed.error();
    }
    return {};
}

STET_INLINE result<void> openclip_inverse::rename_layers()
{
    bool has_layer = true;
    for (std::uint32_t layer = 0; layer < place_.layers || (has_layer && work_->is_strict()); ++layer) {
        has_layer = false;
        for (const openclip_name& name : inverse_layer_names) {
            for (const std::string_view kind : {".weight", ".bias"}) {
                if (auto renamed = rename_in_layer(layer, name, kind, has_layer); !renamed)
                    return renamed;
            }
        }
        for (const std::string_view kind : {"weight", "bias"}) {
            if (auto split = split_attention(layer, kind, has_layer); !split)
                return split;
        }
    }
    return {};
}

STET_INLINE result<void> openclip_inverse::turn_projection(std::string_view short_name)
{
    const placed_name                from{.prefix = place_.openclip, .stem = short_name};
    const ordered_dict::entry* const found = dict_->find(from);
    if (found == nullptr)
        return {};
    const auto turned = turned_back(*found->tensor, work_->own(), work_->memory());
    if (!turned)
        return turned.error().about(from.prefix, from.stem);
    dict_->remove(from);
    return work_->set(*dict_, {.stem = place_.projection}, *turned);
}

STET_INLINE result<void> openclip_inverse::rename_in_layer(std::uint32_t layer, const openclip_name& name,
                                                           std::string_view kind, bool& has_layer)
{
    short_name from;
    from << "transformer.resblocks." << layer << "." << name.openclip << kind;
    const placed_name placed{.prefix = place_.openclip, .stem = from.view()};
    if (dict_->find(placed) == nullptr)
        return {};
    has_layer = true;
    short_name to;
    to << "encoder.layers." << layer << "." << name.internal << kind;
    const std::string_view kept = to.kept(work_->own());
    if (kept.empty())
        return splitting::exhausted();
    const auto renamed = work_->rename(*dict_, placed, {.prefix = place_.encoder, .stem = kept});
    return renamed ? result<void>() : result<void>(renamed.error());
}

STET_INLINE result<void> openclip_inverse::split_attention(std::uint32_t layer, std::string_view kind,
                                                           bool& has_layer)
{
    short_name from;
    from << "transformer.resblocks." << layer << attention << kind;
    const placed_name                placed{.prefix = place_.openclip, .stem = from.view()};
    const ordered_dict::entry* const found = dict_->find(placed);
    if (found == nullptr)
        return {};
    has_layer = true;
    const tensor_view fused = *found->tensor;
    if (fused.shape.empty())
        return error{.code = errc::no_such_axis}.about(placed.prefix, placed.stem);
    const std::uint64_t rows = fused.shape[0] / 3;
    if (work_->is_strict() && rows * 3 != fused.shape[0])
        return error{.code = errc::uneven_qkv, .expected = 3, .actual = fused.shape[0]}.about(placed.prefix,
                                                                                              placed.stem);
    dict_->remove(placed);
    std::uint64_t begin = 0;
    for (const std::string_view part : {"q", "k", "v"}) {
        const auto view = rows_of(fused, begin, begin + rows, work_->own());
        begin += rows;
        if (!view)
            return view.error().about(placed.prefix, placed.stem);
        short_name to;
        to << "encoder.layers." << layer << ".self_attn." << part << "_proj." << kind;
        const std::string_view kept = to.kept(work_->own());
        if (kept.empty())
            return splitting::exhausted();
        if (auto set = work_->set(*dict_, {.prefix = place_.encoder, .stem = kept}, *view); !set)
            return set;
    }
    return {};
}

STET_INLINE result<void> text_from_openclip(splitting& work, ordered_dict& dict, const openclip_place& place)
{
    detail::openclip_inverse inverse(work, dict, place);
    if (auto done = inverse.rename_all(detail::inverse_names); !done)
        return done;
    if (auto done = inverse.rename_layers(); !done)
        return done;
    // A projection with a module's name was never turned.
    const auto renamed = work.rename(dict, {.prefix = place.openclip, .stem = "text_projection.weight"},
                                     {.stem = place.projection});
    return renamed ? inverse.turn_projection("text_projection") : result<void>(renamed.error());
}

STET_INLINE result<void> vision_from_openclip(splitting& work, ordered_dict& dict, std::string_view prefix)
{
    detail::openclip_inverse inverse(work, dict,
                                     {.openclip = prefix,
                                      .encoder = "vision_model.",
                                      .projection = "visual_projection.weight",
                                      .layers = 48});
    if (auto done = inverse.rename_all(detail::inverse_vision_names); !done)
        return done;
    if (auto done = inverse.turn_projection("proj"); !done)
        return done;
    if (auto done = inverse.rename_all(detail::inverse_names); !done)
        return done;
    return inverse.rename_layers();
}

STET_INLINE bool has_openclip_vision(const ordered_dict& dict, std::string_view prefix) noexcept
{
    return dict.find({.prefix = prefix, .stem = "transformer.resblocks.0.attn.in_proj_weight"}) != nullptr;
}

} // namespace STET_NAMESPACE::detail
