// SPDX-License-Identifier: MIT
#ifndef STET_CARRY_CARRIED_HPP
#define STET_CARRY_CARRIED_HPP

#include "../header/header.hpp"
#include "../header/metadata.hpp"
#include "../layout/layout.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace STET_NAMESPACE {

/// Nothing loses its meaning when tensors move to another file: what becomes of the metadata that came with them.
namespace carry {

/// What a metadata entry of a file is to another file that is made from it.
enum class entry_kind : std::uint8_t {
    meaning,     ///< says how the tensors are to be read: goes where they go
    whole_file,  ///< describes the file as a whole, such as its title or the workflow that made it
    data_digest, ///< of the tensors' bytes in their order
    file_digest, ///< of the header, too
    unknown,     ///< goes along, and is named
};

/// What entries of a key are, or of all keys that begin so.
struct entry_rule {
    std::string_view key;                        ///< the key, or how keys begin
    entry_kind       kind = entry_kind::unknown; ///< what such entries are
    bool             is_beginning = false;       ///< whether `key` is only the beginning
};

} // namespace carry

namespace detail {

/// The metadata that is found in checkpoints; the first rule that fits counts.
/// source: ComfyUI 0.33.0 for what it reads, ModelSpec 1.0.1, sd-scripts for ss_ and sshs_, C2PA
inline constexpr std::array<carry::entry_rule, 22> entry_rules{{
    {"_quantization_metadata", carry::entry_kind::meaning},
    {"config", carry::entry_kind::meaning},
    {"format", carry::entry_kind::meaning},
    {"is_512", carry::entry_kind::meaning},
    {"model_version", carry::entry_kind::meaning},
    {"modelspec.prediction_type", carry::entry_kind::meaning},
    {"modelspec.predict_key", carry::entry_kind::meaning},
    {"ss_", carry::entry_kind::meaning, true},
    {"modelspec.hash_", carry::entry_kind::data_digest, true},
    {"sshs_model_hash", carry::entry_kind::data_digest},
    {"sshs_legacy_hash", carry::entry_kind::file_digest},
    {"sshs_", carry::entry_kind::file_digest, true},
    {"c2pa:manifest", carry::entry_kind::file_digest},
    {"modelspec.", carry::entry_kind::whole_file, true},
    {"prompt", carry::entry_kind::whole_file},
    {"workflow", carry::entry_kind::whole_file},
    {"parameters", carry::entry_kind::whole_file},
    {"title", carry::entry_kind::whole_file},
    {"description", carry::entry_kind::whole_file},
    {"author", carry::entry_kind::whole_file},
    {"license", carry::entry_kind::whole_file},
    {"__spacer", carry::entry_kind::whole_file},
}};

constexpr bool rule_fits(const carry::entry_rule& rule, std::string_view key) noexcept
{
    return rule.is_beginning ? key.starts_with(rule.key) : key == rule.key;
}

} // namespace detail

namespace carry {

/// What entries of a key are, by the first rule that fits, your own before those known here.
constexpr entry_kind kind_of(std::string_view key, array_view<const entry_rule> own = {}) noexcept
{
    for (const entry_rule& rule : own) {
        if (detail::rule_fits(rule, key))
            return rule.kind;
    }
    for (const entry_rule& rule : detail::entry_rules) {
        if (detail::rule_fits(rule, key))
            return rule.kind;
    }
    return entry_kind::unknown;
}

/// How metadata is carried: own rules, what is kept, what is refused.
struct carry_options {
    array_view<const entry_rule> rules{}; ///< your own, looked through before those known
    bool keeps_whole_file = true;         ///< false: what describes the whole file is left out
    bool data_is_same = false; ///< every byte after the header, in the same order: its digests still hold
    stet::strictness strictness = stet::strictness::strict; ///< whether a contradiction is refused
    stet::allocator  allocator = heap();                    ///< of what is needed on the way
};

/// What a new file gets of another's metadata, and what it does not. Texts are owned.
struct passed_on {
    metadata_list            metadata{};        ///< ordered by key
    std::vector<std::string> dropped_digests{}; ///< keys of digests that hold no longer
    std::vector<std::string> left_out{};        ///< keys that describe the whole file, if they are not kept
    std::vector<std::string> unknown{};         ///< keys that nobody here knows; kept
};

/// What became of the metadata of one file or several, besides what is in it.
struct carried : passed_on {
    std::vector<std::string>
        unplaced_layers{}; ///< names in `_quantization_metadata` that fit no weight; dropped
    std::vector<std::string>
        unknown_formats{};                ///< layers of a format that nobody here knows; carried as they are
    std::vector<std::string> differing{}; ///< keys of which two files have different texts; the first stands
    std::vector<std::string> unusable{};  ///< keys whose texts say nothing that could be carried; dropped
};

} // namespace carry

} // namespace STET_NAMESPACE

#endif
