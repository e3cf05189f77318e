// SPDX-License-Identifier: MIT
#ifndef STET_CARRY_IMPL_PART_JOINER_HPP
#define STET_CARRY_IMPL_PART_JOINER_HPP

#include "../../header/header.hpp"
#include "../../state/component.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"
#include "../carried.hpp"
#include "component_names.hpp"
#include "layer_texts.hpp"
#include "merged_entries.hpp"

#include <optional>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Joins the metadata of the files that a checkpoint's components come from.
/// lifetime: borrows options and report
class part_joiner {
public:
    part_joiner(const carry::carry_options& options, carry::carried& report) noexcept;

    /// A component's dict, the metadata of its file, and how the layout names its keys.
    result<void> add(const metadata_view& source, const any_dict& dict, const naming& names);

    /// Sets the report's metadata.
    /// own: entries that are there whatever the files say
    result<void> finish(const metadata_view& own);

private:
    /// Refuses a contradiction, in strict conduct, and names layers of unknown formats.
    result<void> look_at(const any_dict& dict, const std::optional<std::string_view>& layers);

    result<void> add_layers(std::string_view text, const any_dict& dict, const naming& names);

    const carry::carry_options* options_;
    carry::carried*             report_;
    merged_entries              merged_{};
    layer_text                  layers_;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "part_joiner.ipp"
#endif

#endif
