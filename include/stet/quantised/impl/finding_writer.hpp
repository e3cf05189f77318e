// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_FINDING_WRITER_HPP
#define STET_QUANTISED_IMPL_FINDING_WRITER_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/result.hpp"
#include "../layer.hpp"
#include "fact_text.hpp"
#include "findings.hpp"

#include <cstdint>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE::detail {

/// Takes what the checks of one file find, and remembers the first failure.
/// lifetime: borrows the tensors
class finding_writer {
public:
    finding_writer(array_view<const quantised::named_tensor> tensors, const allocator& memory) noexcept
        : tensors_(tensors), all_(memory)
    {
    }

    /// position: of the tensor at fault, or no_tensor
    void say(quantised::rule rule, quantised::severity severity, std::string_view layer,
             std::uint32_t position, std::string_view expected, std::string_view found) noexcept
    {
        const std::string_view tensor = position == quantised::no_tensor ? "" : tensors_[position].name;
        if (!all_.add({.rule = rule,
                       .severity = severity,
                       .layer = layer,
                       .tensor = tensor,
                       .expected = expected,
                       .found = found}))
            fail(detail::out_of_memory(sizeof(quantised::finding)));
    }

    void fail(const error& problem) noexcept
    {
        if (outcome_)
            outcome_ = problem;
    }

    bool has_failed() const noexcept { return !outcome_; }

    const tensor_view& tensor(std::uint32_t position) const noexcept { return tensors_[position].tensor; }
    std::string_view   name(std::uint32_t position) const noexcept { return tensors_[position].name; }
    array_view<const quantised::named_tensor> tensors() const noexcept { return tensors_; }

    result<quantised::findings> finished() && noexcept
    {
        if (!outcome_)
            return outcome_.error();
        return std::move(all_);
    }

private:
    array_view<const quantised::named_tensor> tensors_;
    quantised::findings                       all_;
    result<void>                              outcome_{};
};

} // namespace STET_NAMESPACE::detail

#endif
