// SPDX-License-Identifier: MIT
#ifndef STET_EDIT_IMPL_NEXT_METADATA_HPP
#define STET_EDIT_IMPL_NEXT_METADATA_HPP

#include "../../header/header.hpp"
#include "../../read/checkpoint_header.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/error.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/result.hpp"
#include "../edit_options.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace STET_NAMESPACE::detail {

/// What a file's metadata says and an edit makes untrue. The tensors keep their bytes, so that ModelSpec's digest of all
/// bytes after the header stays true.
struct lost_truths {
    bool manifest = false;    ///< C2PA's, which binds every byte
    bool model_hash = false;  ///< sd-scripts', over the data in the reference writer's order
    bool legacy_hash = false; ///< sd-scripts', over names, its own metadata and data

    /// Whether an entry may stay. A manifest's slot that is only reserved says nothing yet.
    bool may_stay(const stored_metadata& entry) const noexcept;
};

/// The metadata that a file is to have.
/// lifetime: borrows the old header and the changes
class next_metadata {
public:
    next_metadata(const checkpoint_header& old, const edit::changes& wanted,
                  const allocator& memory) noexcept;

    /// To be called first.
    /// errors: invalid_metadata_utf8, duplicate_metadata_key, out_of_memory
    result<void> prepare();

    /// Whether metadata that sd-scripts hashes becomes another one.
    bool changes_training() const noexcept;

    /// Makes the metadata anew. dropped: the keys of what was there and must not stay
    /// errors: the dict's, out_of_memory
    result<void> make(const lost_truths& lost, std::vector<std::string>& dropped);

    /// lifetime: borrows this
    metadata_view view() const noexcept;

private:
    /// An entry of a dict of metadata that owns neither key nor text.
    struct entry {
        std::string_view first{};
        std::string_view second{};
    };

    bool         is_set(std::string_view key) const noexcept;
    bool         is_removed(std::string_view key) const noexcept;
    result<void> add(std::string_view key, std::string_view text) noexcept;

    const checkpoint_header*        old_;
    const edit::changes*            wanted_;
    growing_array<metadata_entry>   set_;     ///< sorted
    growing_array<std::string_view> removed_; ///< sorted
    growing_array<entry>            entries_;
    bool                            is_present_ = false;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "next_metadata.ipp"
#endif

#endif
