// SPDX-License-Identifier: MIT
// The file that kohya's trainer would write of a checkpoint, whose hashes it calls those of the model.
#ifndef STET_HASHES_IMPL_FRESH_SERIALISATION_HPP
#define STET_HASHES_IMPL_FRESH_SERIALISATION_HPP

#include "../../header/header.hpp"
#include "../../read/checkpoint_header.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/arena.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "file_hasher.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Names as bytes, wherever they are cut. returns: less than, equal to or greater than 0
int compare_names(placed_name a, placed_name b) noexcept;

/// Whether tensors stand as the reference puts them: wider types first, names ascending in each, nothing between them.
bool is_in_reference_order(const plan& tensors) noexcept;
bool is_in_reference_order(const checkpoint_header& file) noexcept;

/// An entry of metadata that is borrowed, as a metadata_view sees it.
struct borrowed_entry {
    std::string_view first{};
    std::string_view second{};
};

/// All tensors in the reference's order, and of the metadata the keys that begin with `ss_`, an empty object if there are
/// none. The order of keys is theirs by chance and ours by name: it matters only where the header has 1 MiB.
/// lifetime: borrows tensors and texts
/// source: kohya's sd-scripts, precalculate_safetensors_hashes
class fresh_serialisation {
public:
    explicit fresh_serialisation(const allocator& memory) noexcept : kept_(memory), names_(memory) {}
    fresh_serialisation(const fresh_serialisation&) = delete;
    fresh_serialisation& operator=(const fresh_serialisation&) = delete;
    ~fresh_serialisation() = default;

    /// Keeps an entry of the metadata if it counts.
    /// errors: out_of_memory
    result<void> keep(std::string_view key, std::string_view text) noexcept;

    /// The tensors of a plan, after the metadata.
    /// errors: those of make_plan and make_header
    result<void> serialise(const plan& tensors);

    /// The same of a plan in the reference's order that is to be kept here.
    result<void> serialise_own(plan tensors);

    const header& head() const noexcept { return *head_; }

    /// Tells the hasher of a file in the reference's order what this one's header is.
    result<void> prepare(file_hasher& hasher) const;

    /// Hashes this file, in a pass over all tensors.
    /// errors: the producers'; out_of_memory
    result<void> hash(hashes::digest& model, hashes::digest& legacy) const;

private:
    /// The tensors of a plan as one of the reference's order.
    result<plan> reordered(const plan& tensors);

    growing_array<borrowed_entry> kept_;
    arena                         names_;
    std::optional<plan>           own_{};
    std::optional<header>         head_{};
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "fresh_serialisation.ipp"
#endif

#endif
