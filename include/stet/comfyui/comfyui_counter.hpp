// SPDX-License-Identifier: MIT
#ifndef STET_COMFYUI_COMFYUI_COUNTER_HPP
#define STET_COMFYUI_COMFYUI_COUNTER_HPP

#include "../vocabulary/config.hpp"
#include "comfyui_name.hpp"
#include "impl/python_int.hpp"

#include <optional>
#include <string_view>

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

    void see(std::string_view entry);

    detail::python_int next() const { return largest_.value_or(detail::python_int()).successor(); }

private:
    const comfyui_place*              place_;
    std::optional<detail::python_int> largest_{};
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/comfyui_counter.ipp"
#endif

#endif
