// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_VALIDATOR_HPP
#define STET_QUANTISED_IMPL_VALIDATOR_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/name_table.hpp"
#include "../../vocabulary/result.hpp"
#include "../find_layers.hpp"
#include "finding_writer.hpp"
#include "layer_finder.hpp"
#include "old_form.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Names, each once. lifetime: borrows them
class name_set {
public:
    explicit name_set(const allocator& memory) noexcept : names_(memory), table_(memory) {}

    bool contains(std::string_view name) const noexcept;

    /// False when the allocator gave nothing.
    [[nodiscard]] bool add(std::string_view name) noexcept;

private:
    growing_array<std::string_view> names_;
    name_table                      table_;
};

/// Holds the layers of a file against the rules.
/// lifetime: borrows the layers
class validator {
public:
    validator(const quantised::layers& layers, std::optional<std::string_view> metadata,
              array_view<const quantised::format> own, bool values, const allocator& memory) noexcept;

    /// errors: out_of_memory; those of reading tensors
    result<quantised::findings> run() &&;

private:
    using layer = quantised::layer;
    using rule = quantised::rule;
    using severity = quantised::severity;

    // ---- the file ----

    bool prepare();
    void check_metadata();
    void check_flags();
    void check_types();

    // ---- a layer ----

    void check_layer(const layer& one);
    bool is_left_without_weight(const layer& one);
    void check_undescribed(const layer& one);
    void check_plain(const layer& one);
    void check_described(const layer& one);

    /// Whether the flag's old names are converted when the file is loaded.
    bool is_converted(const loaded_flag& flag) const noexcept
    {
        return layers_.metadata() == quantised::metadata_state::absent || flag.is_of_text_encoder;
    }

    void say(rule about, severity severe, std::string_view layer_name, std::string_view expected,
             std::string_view found) noexcept
    {
        out_.say(about, severe, layer_name, quantised::no_tensor, expected, found);
    }

    const quantised::layers&            layers_;
    std::optional<std::string_view>     metadata_text_;
    array_view<const quantised::format> own_;
    bool                                values_;
    allocator                           memory_;
    finding_writer                      out_;
    metadata_layers                     metadata_{};
    growing_array<std::uint32_t>        entries_; ///< by layer: where its description stands, or no_json
    old_form                            old_;
    name_set                            roots_;  ///< of the weights' names
    name_set                            joined_; ///< layers of OpenCLIP that were named
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "validator.ipp"
#endif

#endif
