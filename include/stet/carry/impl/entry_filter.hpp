// SPDX-License-Identifier: MIT
#ifndef STET_CARRY_IMPL_ENTRY_FILTER_HPP
#define STET_CARRY_IMPL_ENTRY_FILTER_HPP

#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"
#include "../carried.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace STET_NAMESPACE::detail {

/// Goes through a file's metadata entry by entry and says what becomes of each.
/// lifetime: borrows the report; what is kept borrows the texts
class entry_filter {
public:
    using kept_entries = std::vector<std::pair<std::string_view, std::string_view>>;

    entry_filter(const carry::carry_options& options, carry::passed_on& report) noexcept
        : options_(&options), report_(&report)
    {
    }

    /// Whether the entry goes along.
    bool takes(std::string_view key)
    {
        switch (carry::kind_of(key, options_->rules)) {
        case carry::entry_kind::data_digest:
            return options_->data_is_same || noted(report_->dropped_digests, key);
        case carry::entry_kind::file_digest:
            return noted(report_->dropped_digests, key);
        case carry::entry_kind::whole_file:
            return options_->keeps_whole_file || noted(report_->left_out, key);
        case carry::entry_kind::unknown:
            return !noted(report_->unknown, key);
        case carry::entry_kind::meaning:
            break;
        }
        return true;
    }

    /// Collects those that go along, but for a key that is seen to otherwise.
    result<void> take(const metadata_view& source, std::string_view but = {})
    {
        kept_.clear();
        return source.each([&](std::string_view key, std::string_view text) -> result<void> {
            if ((but.empty() || key != but) && takes(key))
                kept_.emplace_back(key, text);
            return {};
        });
    }

    const kept_entries& kept() const noexcept { return kept_; }

private:
    /// Names a key once, and is false.
    static bool noted(std::vector<std::string>& in, std::string_view key)
    {
        if (in.empty() || in.back() != key)
            in.emplace_back(key);
        return false;
    }

    const carry::carry_options* options_;
    carry::passed_on*           report_;
    kept_entries                kept_{};
};

} // namespace STET_NAMESPACE::detail

#endif
