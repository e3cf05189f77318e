// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_FINDINGS_HPP
#define STET_QUANTISED_IMPL_FINDINGS_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/arena.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "rules.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE::quantised {

/// Something that verify says of a file.
/// lifetime: borrows from its `findings`
struct finding {
    quantised::rule     rule{};
    quantised::severity severity{};
    std::string_view    layer{};    ///< empty: about the file's header
    std::string_view    tensor{};   ///< the one at fault, if it is one
    std::string_view    expected{}; ///< in words, dtypes and shapes as a header spells them
    std::string_view    found{};
};

/// What verify found: a range of `finding`, the file's own first, then layer by layer.
class findings {
public:
    explicit findings(const allocator& memory) noexcept : all_(memory), texts_(memory) {}

    std::size_t    size() const noexcept { return all_.size(); }
    bool           empty() const noexcept { return all_.empty(); }
    const finding* begin() const noexcept STET_LIFETIME_BOUND { return all_.begin(); }
    const finding* end() const noexcept STET_LIFETIME_BOUND { return all_.end(); }
    const finding& operator[](std::size_t i) const noexcept STET_LIFETIME_BOUND { return all_[i]; }

    std::size_t count(quantised::severity severity) const noexcept
    {
        std::size_t counted = 0;
        for (const finding& one : all_)
            counted += one.severity == severity ? 1U : 0U;
        return counted;
    }

    /// Whether ComfyUI would fail, or compute other numbers than the file's writer meant.
    bool has_errors() const noexcept { return count(quantised::severity::error) != 0; }

    /// Adds one, with texts of its own. False when the allocator gave nothing.
    [[nodiscard]] bool add(const finding& one) noexcept;

private:
    bool keep(std::string_view& text) noexcept;

    detail::growing_array<finding> all_;
    detail::arena                  texts_;
};

} // namespace STET_NAMESPACE::quantised

#if STET_BODIES
#include "findings.ipp"
#endif

#endif
