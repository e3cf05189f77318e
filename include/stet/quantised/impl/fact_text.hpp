// SPDX-License-Identifier: MIT
// Dtypes, shapes and numbers as findings show them.
#ifndef STET_QUANTISED_IMPL_FACT_TEXT_HPP
#define STET_QUANTISED_IMPL_FACT_TEXT_HPP

#include "../../tensor/axes.hpp"
#include "../../tensor/dtype.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/decimal.hpp"
#include "dtype_set.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// A short text in memory of its own; what does not fit is left out.
class fact_text {
public:
    constexpr fact_text() noexcept = default;
    explicit constexpr fact_text(std::string_view text) noexcept { put(text); }

    constexpr fact_text& put(std::string_view text) noexcept
    {
        for (const char c : text) {
            if (size_ < characters_.size())
                characters_[size_++] = c;
        }
        return *this;
    }
    constexpr fact_text& put(std::uint64_t number) noexcept { return put(decimal(number).view()); }

    /// `[16, 4]`
    constexpr fact_text& put_shape(const extents& shape) noexcept
    {
        put("[");
        for (std::size_t i = 0; i < shape.size(); ++i) {
            if (i != 0)
                put(", ");
            put(shape[i]);
        }
        return put("]");
    }

    /// `F32, F16`
    constexpr fact_text& put(const quantised::dtype_set& types) noexcept
    {
        bool is_first = true;
        for (std::size_t i = 0; i < dtype_count; ++i) {
            const auto type = static_cast<dtype>(i);
            if (!types.contains(type))
                continue;
            put(is_first ? "" : " or ").put(name(type));
            is_first = false;
        }
        return *this;
    }

    constexpr std::string_view view() const noexcept { return {characters_.data(), size_}; }

private:
    std::array<char, 200> characters_{};
    std::size_t           size_ = 0;
};

/// `[16, 4]`
constexpr fact_text shape_text(const extents& shape) noexcept
{
    return fact_text().put_shape(shape);
}

} // namespace STET_NAMESPACE::detail

#endif
