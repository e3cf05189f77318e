// SPDX-License-Identifier: MIT
#ifndef STET_COMFYUI_COMFYUI_COUNTER_HPP
#define STET_COMFYUI_COMFYUI_COUNTER_HPP

#include "comfyui_name.hpp"
#include "impl/python_int.hpp"
#include "impl/python_path.hpp"

#include <optional>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE {

/// The number that ComfyUI gives the next file of a place, from the names in its folder: the largest plus
/// one, which may be negative or of any size, or 1. No I/O: show it the names one by one, of files, folders
/// and whatever else is there, as bytes. ComfyUI's numbers can meet files that exist.
/// On windows letters of ASCII alone count in either case; ComfyUI knows those of other scripts, too.
/// lifetime: borrows the place
class comfyui_counter {
public:
    explicit comfyui_counter(const comfyui_place& place) noexcept : place_(&place) {}
    explicit comfyui_counter(const comfyui_place&&) = delete;

    void see(std::string_view entry)
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

    detail::python_int next() const { return largest_.value_or(detail::python_int()).successor(); }

private:
    const comfyui_place*      place_;
    std::optional<detail::python_int> largest_{};
};

} // namespace STET_NAMESPACE

#endif
