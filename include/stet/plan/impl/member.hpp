// SPDX-License-Identifier: MIT
#ifndef STET_PLAN_IMPL_MEMBER_HPP
#define STET_PLAN_IMPL_MEMBER_HPP

#include "../../vocabulary/impl/decimal.hpp"
#include "../../vocabulary/impl/json_string.hpp"
#include "../plan.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace STET_NAMESPACE {

namespace detail {

/// Spells one tensor's entry of the header: `"w":{"dtype":"F16","shape":[2,3],"data_offsets":[0,12]}`. What measures
/// a header and what writes it both do it with this, so that they cannot disagree.
/// out:    takes `put(std::string_view)`, `put(std::uint64_t)` for a number in decimal, and `put_name(const record&)`
/// source: safetensors 0.8, as its writer serialises TensorInfo
template <class Out>
constexpr void spell_member(Out& out, const record& placed, std::span<const std::uint64_t> shape)
{
    out.put(std::string_view("\""));
    out.put_name(placed);
    out.put(std::string_view(R"(":{"dtype":")"));
    out.put(name(placed.type));
    out.put(std::string_view(R"(","shape":[)"));
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        if (axis != 0)
            out.put(std::string_view(","));
        out.put(shape[axis]);
    }
    out.put(std::string_view(R"(],"data_offsets":[)"));
    out.put(placed.begin);
    out.put(std::string_view(","));
    out.put(placed.end());
    out.put(std::string_view("]}"));
}

/// Takes what is spelled and keeps its size in bytes.
class spelled_size {
public:
    constexpr void put(std::string_view text) noexcept { size_ += text.size(); }
    constexpr void put(std::uint64_t number) noexcept { size_ += decimal_width(number); }
    constexpr void put_name(const record& placed) noexcept { size_ += placed.escaped_size; }
    void put_escaped(std::string_view text) noexcept { size_ += inspect_json_string(text).escaped_size; }

    constexpr std::uint64_t size() const noexcept { return size_; }

private:
    std::uint64_t size_ = 0;
};

/// Bytes of one tensor's entry.
constexpr std::uint64_t member_size(const record& placed, std::span<const std::uint64_t> shape)
{
    spelled_size measured;
    spell_member(measured, placed, shape);
    return measured.size();
}

} // namespace detail

} // namespace STET_NAMESPACE

#endif
