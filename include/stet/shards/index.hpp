// SPDX-License-Identifier: MIT
#ifndef STET_SHARDS_INDEX_HPP
#define STET_SHARDS_INDEX_HPP

#include "../header/header.hpp"
#include "../read/checkpoint_header.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/arena.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/impl/json_text.hpp"
#include "../vocabulary/impl/name_table.hpp"
#include "../vocabulary/result.hpp"
#include "sharding.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE::shards {

/// Which library's index is written. They say the same.
enum class dialect : std::uint8_t {
    hub,          ///< in the files' order, no newline at the end
    diffusers,    ///< sorted by name, a newline at the end
    transformers, ///< as diffusers, with the number of parameters
    torch, ///< torch's distributed checkpoints: in the order given, no newline; a single file has an index, too
};

/// How an index is written.
struct index_options {
    shards::dialect dialect = dialect::hub; ///< whose words it has
    /// Entries beside those of the dialect; an entry of the same key stands for that one. Of all libraries only the hub's
    /// writes the user's metadata here.
    metadata_view   metadata{};
    stet::allocator allocator = heap();
};

/// The index of a set, as the library of the dialect writes it, byte by byte: ASCII, what is not is escaped.
/// tensors: those that `files` was made from
/// errors:  invalid_utf8 for a name; invalid_metadata_utf8, duplicate_metadata_key; out_of_memory
/// source:  huggingface_hub 2.4, diffusers, transformers, torch 2.15; Python's json.dumps with indent=2
result<detail::json_text> index_text(array_view<const sized_tensor> tensors, const sharding& files,
                                     const file_names& names, const index_options& options = {});

/// Readers refuse a larger index, in bytes.
/// source: huggingface_hub 2.4
inline constexpr std::uint64_t max_index_size = 10 * 1024 * 1024;

/// A tensor's place by an index. lifetime: borrows from the index
struct mapped_name {
    std::string_view name{};   ///< of the tensor
    std::uint32_t    file = 0; ///< position in set_index::files()
};

/// What an index says, checked by itself, not against files.
/// lifetime: owns its texts
class set_index {
public:
    /// In the index' order.
    array_view<const mapped_name> tensors() const noexcept { return tensors_.view(); }

    /// The files' names, relative to the index' folder with '/' or '\' between folders, in the order in which they are
    /// mentioned first.
    array_view<const std::string_view> files() const noexcept { return files_.view(); }

    /// `total_size` of its metadata, where that is a whole number.
    std::optional<std::uint64_t> total_size() const noexcept { return total_size_; }

    /// The texts of its metadata, in its order.
    array_view<const stored_metadata> metadata() const noexcept { return metadata_.view(); }

    /// The file that a tensor lies in by this index, by its position; nothing for a tensor it does not mention.
    std::optional<std::uint32_t> file_of(std::string_view name) const noexcept;

private:
    friend result<set_index> read_index(std::string_view text, std::string_view path,
                                        const allocator& memory);

    explicit set_index(const allocator& memory) noexcept
        : texts_(memory), tensors_(memory), files_(memory), metadata_(memory), names_(memory)
    {
    }

    /// A text of its own; false when the allocator gave nothing.
    bool keep(std::string_view text, std::string_view& kept) noexcept;

    bool add_metadata(std::string_view key, std::string_view text) noexcept;

    /// errors: untrusted_shard_name; out_of_memory
    result<void> add(std::string_view name, std::string_view file, detail::name_table& known);

    detail::arena                           texts_;
    detail::growing_array<mapped_name>      tensors_;
    detail::growing_array<std::string_view> files_;
    detail::growing_array<stored_metadata>  metadata_;
    detail::name_table                      names_; ///< of tensors
    std::optional<std::uint64_t>            total_size_{};
};

/// Reads an index as the hub's loader does: JSON by Python's rules, at most max_index_size bytes; an object whose
/// `weight_map` maps tensors to names of files. A file's name is looked at as a Windows path on every system: no drive, no
/// root, no `..`, and it ends in `.safetensors`.
/// path:   what errors speak of
/// errors: index_too_large; invalid_json, json_too_deep; invalid_index; untrusted_shard_name; out_of_memory
/// source: huggingface_hub 2.4
result<set_index> read_index(std::string_view text, std::string_view path = {},
                             const allocator& memory = heap());

} // namespace STET_NAMESPACE::shards

#if STET_BODIES
#include "impl/index.ipp"
#endif

#endif
