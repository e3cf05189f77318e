// SPDX-License-Identifier: MIT
// A set of files mapped into memory. Not part of stet.hpp.
#ifndef STET_SHARDS_MAPPED_SET_HPP
#define STET_SHARDS_MAPPED_SET_HPP

#include "../read/checkpoint_view.hpp"
#include "../read/mapped_file.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/impl/name_table.hpp"
#include "index.hpp"
#include "sharding.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace STET_NAMESPACE::shards {

/// What a set has to keep to.
enum class set_rules : std::uint8_t {
    strict, ///< its index tells the truth: every tensor lies where it says, none besides, and as many bytes as it says
    as_hub, ///< the hub's loader takes it: what the files hold counts, whatever the index says of it
};

/// How a set is opened.
struct open_set_options {
    set_rules          rules = set_rules::strict; ///< what is refused
    name_pattern       names{};                   ///< of the index and the single file in a folder
    stet::read_options read{};                    ///< of each file; its allocator is used for the set as well
};

/// A set of files with their headers read, as one: a range of names and tensors, file by file in the order in which the
/// index first mentions them, in each in the order of its data; and a state dict. The tensors are mapped into memory.
/// lifetime: owns mappings and headers; tensors borrow from it, wherever it is moved
class mapped_set {
public:
    using entry = file_entry;
    using iterator = detail::position_iterator<mapped_set, entry>;

    /// Opens a folder with an index or, without one, a single file; or the index or a single file itself, which end in
    /// `.json` and `.safetensors`. A set that is saved anew meanwhile is opened as it was or as it is, never a mix.
    /// path:   UTF-8 on Windows
    /// errors: folder_missing, file_missing and the others of mapped_checkpoint::open, those of read_index; set_changed.
    ///         As hub: unknown_shard_format. Strict: map_mismatch, unmapped_tensor and missing_from_set with the tensor
    ///         as subject and the files as parties; duplicate_name; size_mismatch
    /// source: huggingface_hub 2.4, load_torch_model; where several files hold a tensor of one name, the one that is
    ///         mentioned last counts
    static result<mapped_set> open(const std::string& path, const open_set_options& options = {});

    std::size_t size() const noexcept { return places_.size(); }
    bool        empty() const noexcept { return places_.empty(); }
    iterator    begin() const noexcept STET_LIFETIME_BOUND { return {*this, 0}; }
    iterator    end() const noexcept STET_LIFETIME_BOUND { return {*this, size()}; }

    /// The tensor of that name, or no_such_tensor: `set["a.weight"].to<float>()`.
    found_tensor operator[](std::string_view name) const noexcept STET_LIFETIME_BOUND;

    /// The tensor at a position.
    file_tensor operator[](std::size_t position) const noexcept STET_LIFETIME_BOUND;

    /// The tensor of that name, if there is one.
    std::optional<file_tensor> find(std::string_view name) const noexcept STET_LIFETIME_BOUND;

    bool contains(std::string_view name) const noexcept { return position_of(name).has_value(); }

    /// Its place among the tensors, or nothing.
    std::optional<std::size_t> position_of(std::string_view name) const noexcept;

    /// The files, in the order in which the index mentions them.
    array_view<const mapped_checkpoint> files() const noexcept STET_LIFETIME_BOUND { return files_; }

    /// A file's name, as the index has it.
    std::string_view file_name(std::size_t file) const noexcept STET_LIFETIME_BOUND { return names_[file]; }

    /// Position of the file that a tensor lies in.
    std::size_t file_of(std::size_t position) const noexcept { return places_[position].file; }

    /// What the index says; nothing where there is none.
    const std::optional<set_index>& index() const noexcept STET_LIFETIME_BOUND { return index_; }

    /// Whether the set holds these tensors and no others, as a model that is loaded from it asks.
    /// errors: no_such_tensor; unexpected_tensor with the file as party; out_of_memory
    result<void> holds_exactly(array_view<const std::string_view> names) const;

private:
    friend iterator;

    struct place {
        std::uint32_t file;
        std::uint32_t position; ///< in the file
    };

    explicit mapped_set(const allocator& memory) noexcept : places_(memory), texts_(memory), table_(memory) {}

    /// Opens what an index mentions, or one file.
    static result<mapped_set> open_once(const std::string& folder, const std::string& index,
                                        const std::string& single, const open_set_options& options);

    static result<std::string> read_text(const detail::readable_file& file, const std::string& path);

    result<void> add(std::string name, const std::string& folder, const open_set_options& options);
    result<void> list(const open_set_options& options);
    result<void> agree_with_index() const;
    result<void> agree_in_size(const std::string& path, const allocator& memory) const;
    entry        entry_at(std::size_t position) const noexcept;

    std::vector<mapped_checkpoint>          files_{};
    std::vector<std::string>                names_{};
    std::optional<set_index>                index_{};
    detail::growing_array<place>            places_;
    detail::growing_array<std::string_view> texts_; ///< the tensors' names
    detail::name_table                      table_;
};

} // namespace STET_NAMESPACE::shards

#if STET_BODIES
#include "impl/mapped_set.ipp"
#endif

#endif
