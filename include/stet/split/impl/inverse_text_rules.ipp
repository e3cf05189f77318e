// SPDX-License-Identifier: MIT
#include "../inverse_text_rules.hpp"
#include "openclip_inverse.hpp"
#include "rounded.hpp"

#include <cstddef>
#include <cstring>

namespace STET_NAMESPACE {

STET_INLINE result<void> inverse_of<text_rules::sd1>::invert(splitting& work, ordered_dict& out)
{
    if (auto done = lacks_text_model(work) ? put_text_model_in(work) : result<void>(); !done)
        return done;
    if (auto done = round_position_ids(work); !done)
        return done;
    return work.take("cond_stage_model.", "clip_l.", out);
}

STET_INLINE bool inverse_of<text_rules::sd1>::lacks_text_model(const splitting& work) noexcept
{
    for (const ordered_dict::entry& entry : work.rest.entries()) {
        if (work.is_strict() && entry.is_present &&
            ordered_dict::begins_with(entry.name, "cond_stage_model.transformer.text_model."))
            return false;
    }
    return true;
}

STET_INLINE result<void> inverse_of<text_rules::sd1>::put_text_model_in(splitting& work)
{
    const std::size_t count = work.rest.entries().size();
    for (std::size_t i = 0; i < count; ++i) {
        const ordered_dict::entry entry = work.rest.entries()[i];
        if (!entry.is_present || !ordered_dict::begins_with(entry.name, transformer))
            continue;
        const auto name = ordered_dict::without_beginning(entry.name, 0, work.own());
        if (!name)
            return name.error();
        if (name->substr(transformer.size()).starts_with(text_model))
            continue;
        const auto longer = with_text_model(*name, work.own());
        if (!longer)
            return longer.error();
        if (auto renamed = work.rename(work.rest, entry.name, {.stem = *longer}); !renamed)
            return renamed.error();
    }
    return {};
}

STET_INLINE result<std::string_view> inverse_of<text_rules::sd1>::with_text_model(std::string_view name,
                                                                                  detail::arena&   texts)
{
    std::size_t times = 0;
    for (std::size_t at = name.find(transformer); at != std::string_view::npos;
         at = name.find(transformer, at + transformer.size()))
        ++times;
    char* const text = texts.text(name.size() + times * text_model.size());
    if (text == nullptr)
        return splitting::exhausted();
    std::size_t size = 0;
    const auto  append = [&](std::string_view piece) {
        std::memcpy(text + size, piece.data(), piece.size());
        size += piece.size();
    };
    for (; times != 0; --times) {
        const std::size_t end = name.find(transformer) + transformer.size();
        append(name.substr(0, end));
        append(text_model);
        name = name.substr(end);
    }
    append(name);
    return std::string_view(text, size);
}

STET_INLINE result<void> inverse_of<text_rules::sd1>::round_position_ids(splitting& work)
{
    constexpr placed_name name{.stem = "cond_stage_model.transformer.text_model.embeddings.position_ids"};
    const ordered_dict::entry* const found = work.rest.find(name);
    if (found == nullptr || found->tensor->type != dtype::f32)
        return {};
    const detail::rounded* const kept = work.own().keep(detail::rounded(*found->tensor));
    if (kept == nullptr)
        return splitting::exhausted();
    const tensor_view* const view = work.own().keep(kept->view());
    if (view == nullptr)
        return splitting::exhausted();
    const auto shared = work.rest.share(name, *view);
    return shared ? work.log(change::kind::replaced, name) : result<void>(shared.error());
}

STET_INLINE result<void> inverse_of<text_rules::sd2>::invert(splitting& work, ordered_dict& out)
{
    for (const std::string_view prefix : prefixes) {
        if (auto taken = work.take(prefix, "clip_h.", out); !taken)
            return taken;
    }
    return detail::text_from_openclip(work, out,
                                      {.openclip = "clip_h.",
                                       .encoder = "clip_h.transformer.text_model.",
                                       .projection = "clip_h.transformer.text_projection.weight",
                                       .layers = 32});
}

namespace detail {

STET_INLINE result<void> clip_g_from_openclip(splitting& work, ordered_dict& out)
{
    return text_from_openclip(work, out,
                              {.openclip = "clip_g.",
                               .encoder = "clip_g.transformer.text_model.",
                               .projection = "clip_g.transformer.text_projection.weight",
                               .layers = 32});
}

} // namespace detail

STET_INLINE result<void> inverse_of<text_rules::sdxl_refiner>::invert(splitting& work, ordered_dict& out)
{
    if (auto taken = work.take(prefixes[0], "clip_g.", out); !taken)
        return taken;
    return detail::clip_g_from_openclip(work, out);
}

STET_INLINE result<void> inverse_of<text_rules::sdxl>::invert(splitting& work, ordered_dict& out)
{
    if (auto taken = work.take(prefixes[0], "clip_l.transformer.text_model", out); !taken)
        return taken;
    if (auto taken = work.take(prefixes[1], "clip_g.", out); !taken)
        return taken;
    return detail::clip_g_from_openclip(work, out);
}

namespace detail {

STET_INLINE result<void> turn_cascade_projection(splitting& work, ordered_dict& out)
{
    return detail::openclip_inverse(work, out,
                                    {.openclip = "clip_g.",
                                     .encoder = "clip_g.",
                                     .projection = "clip_g.transformer.text_projection.weight",
                                     .layers = 0})
        .turn_projection("text_projection");
}

} // namespace detail

} // namespace STET_NAMESPACE
