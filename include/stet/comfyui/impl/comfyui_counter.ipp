// SPDX-License-Identifier: MIT
#include "../comfyui_counter.hpp"
#include "python_path.hpp"

#include <utility>

namespace STET_NAMESPACE {

STET_INLINE void comfyui_counter::see(std::string_view entry)
{
    const std::string_view stem = place_->stem;
    if (!place_->sees_entries || entry.size() <= stem.size() || entry[stem.size()] != '_' ||
        !detail::python_path::is_same(entry.substr(0, stem.size()), stem, place_->paths))
        return;
    std::string_view text = entry.substr(stem.size() + 1);
    if (place_->rule == naming_rule::comfyui_2026)
        text = text.substr(0, text.find('.'));
    text = text.substr(0, text.find('_'));
    // What is no number counts as 0, which is more than a negative one.
    detail::python_int number = detail::python_int::parse(text).value_or(detail::python_int());
    if (largest_ < number) // as is nothing
        largest_ = std::move(number);
}

} // namespace STET_NAMESPACE
