// SPDX-License-Identifier: MIT
// Sets of files to save over each other, and the question which one a folder shows.
#ifndef STET_TESTS_SUPPORT_SAVED_SETS_HPP
#define STET_TESTS_SUPPORT_SAVED_SETS_HPP

#include "support/json.hpp"
#include "support/memory_disk.hpp"

#include <stet/shards/save_shards.hpp>
#include <stet/tensor/tensor_view.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

/// Files of a folder by their names.
using set_files = std::map<std::string, std::string>;

/// Some tensors and how they are saved.
class sample_set {
public:
    /// count: of tensors
    /// apart: each in a file of its own, else all in one
    sample_set(unsigned seed, std::size_t count, bool apart) : seed_(std::to_string(seed)), apart_(apart)
    {
        for (std::size_t i = 0; i < count; ++i)
            bytes_.emplace_back(size, static_cast<std::uint8_t>(seed * 16 + i));
        for (std::size_t i = 0; i < count; ++i)
            dict_.emplace_back("t" + std::to_string(i), *stet::view_of(bytes_[i], {size}));
    }
    sample_set(const sample_set&) = delete;
    sample_set& operator=(const sample_set&) = delete;
    ~sample_set() = default;

    /// The seed stands in the index or, of a set of one file, in that.
    stet::result<stet::shards::saved_set> save(
        std::string_view folder, stet::save_options file,
        stet::existing_file existing = stet::existing_file::replace) const
    {
        const std::array<std::pair<std::string, std::string>, 1> metadata{{{"seed", seed_}}};
        file.metadata = metadata;
        return stet::shards::save(dict_, folder,
                                  {.limit = apart_ ? std::int64_t{size} : std::int64_t{100} * size,
                                   .existing = existing,
                                   .file = file});
    }

    /// What a folder holds that had nothing before.
    set_files files() const
    {
        memory_disk disk{disk_image()};
        static_cast<void>(save("/set", {.file_system = &disk.calls()}));
        set_files all;
        if (const stored_entry* const folder = disk.now().find("set")) {
            for (const auto& [name, number] : folder->names)
                all[name] = disk.now().entries.at(number).content();
        }
        return all;
    }

    static constexpr std::uint32_t size = 300;

private:
    std::string                                            seed_;
    bool                                                   apart_;
    std::vector<std::vector<std::uint8_t>>                 bytes_{};
    std::vector<std::pair<std::string, stet::tensor_view>> dict_{};
};

/// Which set a reader finds.
enum class shown_set : std::uint8_t { none, old_one, new_one, broken };

inline constexpr std::string_view set_index_name = "model.safetensors.index.json";
inline constexpr std::string_view set_single_name = "model.safetensors";

/// Whether a folder holds all of these files just so, besides others.
inline bool holds_files(const set_files& folder, const set_files& wanted)
{
    for (const auto& [name, content] : wanted) {
        const auto found = folder.find(name);
        if (found == folder.end() || found->second != content)
            return false;
    }
    return !wanted.empty();
}

/// What a reader that looks for the index first finds.
inline shown_set by_index(const set_files& folder, const set_files& before, const set_files& after)
{
    const auto index = folder.find(std::string(set_index_name));
    const auto single = folder.find(std::string(set_single_name));
    if (index == folder.end() && single == folder.end())
        return shown_set::none;
    const std::string_view entry = index != folder.end() ? set_index_name : set_single_name;
    const auto             has_entry = [&](const set_files& of) {
        const auto found = of.find(std::string(entry));
        return found != of.end() && found->second == folder.at(std::string(entry));
    };
    if (has_entry(after) && holds_files(folder, after))
        return shown_set::new_one;
    return has_entry(before) && holds_files(folder, before) ? shown_set::old_one : shown_set::broken;
}

/// Whether shards of both sets lie there and nothing says which belong together.
inline bool is_mixed(const set_files& folder, const set_files& before, const set_files& after)
{
    if (folder.count(std::string(set_index_name)) != 0 || folder.count(std::string(set_single_name)) != 0)
        return false;
    bool has_old = false;
    bool has_new = false;
    for (const auto& [name, content] : folder) {
        if (!name.ends_with(".safetensors"))
            continue;
        const auto old_file = before.find(name);
        const auto new_file = after.find(name);
        const bool is_old = old_file != before.end() && old_file->second == content;
        const bool is_new = new_file != after.end() && new_file->second == content;
        if (!is_old && !is_new)
            return true; // nobody's
        has_old = has_old || is_old;
        has_new = has_new || is_new;
    }
    return has_old && has_new;
}

/// A set that is saved over another, or over what there was.
struct set_scene {
    std::string_view name;
    std::size_t      old_count; ///< of tensors; 0 for no old set
    bool             old_apart;
    bool             old_index; ///< else the old shards lie there without one
    std::size_t      new_count;
    bool             new_apart;

    /// Whether a new shard has an old one's name.
    constexpr bool meets() const noexcept { return old_apart && new_apart && old_count == new_count; }

    set_files before() const
    {
        if (old_count == 0)
            return {};
        set_files files = sample_set(old_seed, old_count, old_apart).files();
        if (!old_index)
            files.erase(std::string(set_index_name));
        return files;
    }
    set_files after() const { return sample_set(new_seed, new_count, new_apart).files(); }

    static constexpr unsigned old_seed = 1;
    static constexpr unsigned new_seed = 2;
};

inline constexpr std::array<set_scene, 8> set_scenes{{
    {"nothing, then several", 0, false, false, 3, true},
    {"nothing, then one", 0, false, false, 2, false},
    {"several, then more", 2, true, true, 3, true},
    {"several, then as many", 3, true, true, 3, true},
    {"several without an index, then as many", 3, true, false, 3, true},
    {"one, then several", 2, false, true, 3, true},
    {"several, then one", 3, true, true, 2, false},
    {"one, then one", 2, false, true, 3, false},
}};

} // namespace support

#endif
