// SPDX-License-Identifier: MIT
#include "../../file/impl/set_target.hpp"
#include "../../header/header.hpp"
#include "../../header/metadata.hpp"
#include "../../save/save.hpp"
#include "../../tensor/sizes.hpp"
#include "../../vocabulary/impl/name_table.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/sort_range.hpp"
#include "../save_shards.hpp"

#include <bit>
#include <cstring>
#include <span>
#include <utility>

namespace STET_NAMESPACE::detail {

/// A tensor of a set, under its name in the file.
struct set_entry {
    std::string_view name{};
    tensor_view      tensor{};
};

/// One save of a set. Everything is made and checked before anything on the disk changes.
class set_save {
public:
    set_save(const plan& tensors, const any_dict& dict, std::string_view path,
             const shards::save_set_options& options)
        : tensors_(tensors), dict_(dict), path_(path), options_(options), texts_(options.file.allocator),
          order_(options.file.allocator), entries_(options.file.allocator), counted_(options.file.allocator)
    {
    }

    result<shards::saved_set> run()
    {
        if (auto usable = accept(options_.file.writer); !usable)
            return usable.error();
        const auto names = shards::file_names::of(options_.names);
        if (!names)
            return names.error();
        if (!list() || (options_.tied == shards::tied_names::first && !drop_tied()))
            return out_of_memory(tensors_.records().size() * sizeof(set_entry));
        const auto files = shards::split(
            counted_.view(),
            {.limit = options_.limit, .group = options_.group, .allocator = options_.file.allocator});
        if (!files)
            return files.error();
        made_.folder = path_;
        made_.total_size = files->total_size();
        made_.total_parameters = files->total_parameters();
        made_.components = tensors_.components();
        auto changes = tensors_.kept_changes();
        if (!changes)
            return changes.error();
        made_.changes = *std::move(changes);
        if (files->empty())
            return std::move(made_);
        if (auto made = make_headers(*files, *names); !made)
            return made.error();
        return write(*files, *names);
    }

private:
    bool has_index(const shards::sharding& files) const noexcept
    {
        return files.is_sharded() || options_.dialect == shards::dialect::torch;
    }

    // ---- what there is to save ----

    /// The name in one piece; false when the allocator gave nothing.
    bool join(const placed_name& name, std::string_view& joined) noexcept
    {
        joined = name.prefix.empty() ? name.stem : name.prefix;
        if (name.prefix.empty() || name.stem.empty())
            return true;
        char* const text = texts_.text(name.size());
        if (text == nullptr)
            return false;
        std::memcpy(text, name.prefix.data(), name.prefix.size());
        std::memcpy(text + name.prefix.size(), name.stem.data(), name.stem.size());
        joined = {text, name.size()};
        return true;
    }

    /// Records in the dict's order, and what the dict does not have after them in the plan's.
    bool put_in_order()
    {
        const auto          records = tensors_.records();
        name_table          known(options_.file.allocator);
        growing_array<bool> is_placed(options_.file.allocator);
        if (!known.reserve(records.size()) || !is_placed.resize(records.size()))
            return false;
        const auto name_at = [&records](std::uint32_t i) -> const placed_name& { return records[i].name; };
        for (std::uint32_t i = 0; i < records.size(); ++i) {
            is_placed[i] = false;
            const placed_name& name = records[i].name;
            if (dict_.is_given() && !known.insert(name, known.hash(name.prefix, name.stem), i, name_at))
                return false;
        }
        const auto place = [&](std::uint32_t i) {
            return std::exchange(is_placed[i], true) || order_.push(i);
        };
        const auto visited =
            dict_.each([&](std::string_view key, const result<tensor_view>&) -> result<void> {
                const std::uint32_t found = known.find(placed_name{.stem = key}, known.hash(key), name_at);
                return found == name_table::none || place(found) ? result<void>() : out_of_memory(0);
            });
        for (std::uint32_t i = 0; visited && i < records.size(); ++i) {
            if (!place(i))
                return false;
        }
        return static_cast<bool>(visited);
    }

    /// What the same memory under several names has in common: its address. All tensors of no bytes have none.
    static std::uint64_t storage_of(const record& placed) noexcept
    {
        if (placed.size == 0)
            return 0;
        return placed.pour == nullptr ? std::uint64_t{std::bit_cast<std::uintptr_t>(placed.data)}
                                      : shards::sized_tensor::own_storage;
    }

    bool list()
    {
        if (!put_in_order() || !entries_.reserve(order_.size()) || !counted_.reserve(order_.size()))
            return false;
        for (const std::uint32_t i : order_) {
            const record&    placed = tensors_.records()[i];
            std::string_view name;
            if (!join(placed.name, name))
                return false;
            const auto elements = element_count(tensors_.shape(placed));
            const bool is_listed = entries_.push({.name = name, .tensor = tensors_.tensor(placed)}) &&
                                   counted_.push({.name = name,
                                                  .bytes = placed.size,
                                                  .elements = elements ? *elements : 0,
                                                  .storage = storage_of(placed)});
            if (!is_listed)
                return false;
        }
        return true;
    }

    /// Tensors of one storage, as positions among those sorted by storage and name.
    struct tied_group {
        std::uint32_t first; ///< of its tensors in the list
        std::uint32_t begin;
        std::uint32_t end;
    };

    /// What can be tied, tied tensors side by side, by name.
    bool sort_by_storage(growing_array<std::uint32_t>& sorted) const
    {
        for (std::uint32_t i = 0; i < counted_.size(); ++i) {
            const bool has_own = counted_[i].storage == shards::sized_tensor::own_storage;
            if (counted_[i].bytes != 0 && !has_own && !sorted.push(i))
                return false;
        }
        sort_range(sorted.view(), [this](std::uint32_t a, std::uint32_t b) {
            const shards::sized_tensor& one = counted_[a];
            const shards::sized_tensor& other = counted_[b];
            if (one.storage != other.storage)
                return one.storage < other.storage;
            return one.bytes != other.bytes ? one.bytes < other.bytes : one.name < other.name;
        });
        return true;
    }

    /// Keeps of each storage the name that sorts first. The others go into the metadata, group by group in the order in
    /// which these begin.
    bool drop_tied()
    {
        growing_array<std::uint32_t> sorted(options_.file.allocator);
        growing_array<tied_group>    groups(options_.file.allocator);
        growing_array<bool>          is_dropped(options_.file.allocator);
        if (!is_dropped.resize(counted_.size()) || !sort_by_storage(sorted))
            return false;
        for (bool& one : is_dropped)
            one = false;
        for (std::uint32_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
            const shards::sized_tensor& kept = counted_[sorted[begin]];
            std::uint32_t               first = sorted[begin];
            for (end = begin; end < sorted.size(); ++end) {
                const shards::sized_tensor& one = counted_[sorted[end]];
                if (one.storage != kept.storage || one.bytes != kept.bytes)
                    break;
                first = sorted[end] < first ? sorted[end] : first;
                is_dropped[sorted[end]] = end != begin;
            }
            if (end - begin > 1 && !groups.push({.first = first, .begin = begin, .end = end}))
                return false;
        }
        sort_range(groups.view(), [](const tied_group& a, const tied_group& b) { return a.first < b.first; });
        for (const tied_group& group : groups) {
            for (std::uint32_t i = group.begin + 1; i < group.end; ++i)
                aliases_.emplace_back(counted_[sorted[i]].name, counted_[sorted[group.begin]].name);
        }
        keep_but(is_dropped);
        return true;
    }

    void keep_but(const growing_array<bool>& is_dropped) noexcept
    {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < counted_.size(); ++i) {
            if (is_dropped[i])
                continue;
            counted_[kept] = counted_[i];
            entries_[kept++] = entries_[i];
        }
        static_cast<void>(counted_.resize(kept)); // shrinks
        static_cast<void>(entries_.resize(kept));
    }

    // ---- what the files hold ----

    /// The caller's metadata, and after them which tied tensors were dropped.
    result<void> list_given()
    {
        const metadata_view metadata = options_.file.metadata;
        if (const auto checked = sorted_entries(metadata, options_.file.allocator); !checked)
            return checked.error();
        // The index, in which they may stand, describes the layers of all files.
        if (options_.file.strictness == strictness::strict) {
            if (auto sound = metadata.fits(tensors_); !sound)
                return sound;
        }
        auto listed = metadata.each([this](std::string_view key, std::string_view text) -> result<void> {
            given_.emplace_back(key, text);
            return {};
        });
        for (std::size_t i = 0, count = given_.size(); listed && i < aliases_.size(); ++i) {
            bool is_given = false;
            for (std::size_t known = 0; known < count; ++known)
                is_given = is_given || given_[known].first == aliases_[i].first;
            if (!is_given)
                given_.push_back(std::move(aliases_[i]));
        }
        return listed;
    }

    /// What stands in each file.
    void list_metadata(bool is_sharded)
    {
        if (!options_.format.empty())
            metadata_.emplace_back("format", options_.format);
        for (const auto& [key, text] : given_) {
            if (!is_sharded)
                set_metadata(metadata_, key, text);
        }
    }

    result<void> make_headers(const shards::sharding& files, const shards::file_names& names)
    {
        if (auto listed = list_given(); !listed)
            return listed;
        if (has_index(files)) {
            const auto text = shards::index_text(
                counted_.view(), files, names,
                {.dialect = options_.dialect, .metadata = given_, .allocator = options_.file.allocator});
            if (!text)
                return text.error();
            if (const std::uint64_t size = text->view().size(); size > shards::max_index_size)
                return error{
                    .code = errc::index_too_large, .expected = shards::max_index_size, .actual = size}
                    .about(names.index());
            index_ = text->view();
            made_.index = names.index();
        }
        list_metadata(has_index(files));
        const bool          is_bare = metadata_.empty() && !options_.file.metadata.is_present();
        const metadata_view metadata = is_bare ? metadata_view() : metadata_view(metadata_);
        plan_options        planned = plan_part(options_.file);
        planned.prediction.reset(); // it is among the tensors
        plans_.reserve(files.size());
        headers_.reserve(files.size());
        for (std::size_t file = 0; file < files.size(); ++file) {
            std::vector<set_entry> entries;
            entries.reserve(files[file].size());
            for (const std::uint32_t i : files[file])
                entries.push_back(entries_[i]);
            auto made = make_plan(entries, planned);
            if (!made)
                return made.error();
            plans_.push_back(*std::move(made));
            auto head = header_of(plans_.back(), metadata, options_.file);
            if (!head)
                return head.error();
            if (auto usable = accept(request_of(options_.file), *head); !usable)
                return usable.error();
            total_ += head->file_size();
            made_.files.push_back(
                {.name = has_index(files) ? names.shard(file + 1, files.size()) : names.single(),
                 .bytes = head->file_size(),
                 .header_bytes = head->size() - header::length_field,
                 .tensors = files[file].size()});
            headers_.push_back(*std::move(head));
        }
        return {};
    }

    // ---- the disk ----

    result<shards::saved_set> write(const shards::sharding& files, const shards::file_names& names)
    {
        const auto       is_member = [&names](std::string_view name) { return names.is_member(name); };
        const durability lasting = options_.file.durability;
        auto target = set_target::take(*options_.file.file_system, path_, names.index(), is_member,
                                       options_.existing, lasting);
        if (!target)
            return target.error();
        std::uint64_t done = 0;
        std::uint64_t to_come = total_; // of the files after this one
        save_options  file = options_.file;
        const auto    report = [&](const progress& of_file) {
            return options_.file.progress({.bytes_done = done + of_file.bytes_done,
                                              .bytes_total = done + of_file.bytes_total + to_come,
                                              .tensor = of_file.tensor});
        };
        if (file.progress)
            file.progress = report;
        for (std::size_t i = 0; i < headers_.size(); ++i) {
            shards::saved_shard& made = made_.files[i];
            const auto           part = target->add(made.name);
            if (!part)
                return part.error();
            to_come -= headers_[i].file_size();
            auto written = write_hashed(headers_[i], **part, file);
            if (!written)
                return written.error();
            made.bytes = written->bytes;
            made.header_bytes = written->header_bytes;
            made.hashes = std::move(written->hashes);
            done += written->bytes;
        }
        if (has_index(files)) {
            if (auto written = target->index_file().write(std::as_bytes(std::span(index_))); !written)
                return written.error();
        }
        auto replaced = target->publish(has_index(files), lasting);
        if (!replaced)
            return replaced.error();
        made_.removed = std::move(replaced->removed);
        made_.left = std::move(replaced->left);
        made_.keeps_access = target->keeps_access();
        return std::move(made_);
    }

    const plan&                         tensors_;
    const any_dict&                     dict_;
    std::string                         path_;
    const shards::save_set_options&     options_;
    arena                               texts_;
    growing_array<std::uint32_t>        order_; ///< records
    growing_array<set_entry>            entries_;
    growing_array<shards::sized_tensor> counted_;    ///< as the entries
    metadata_list                       metadata_{}; ///< of each file
    metadata_list       aliases_{}; ///< tied tensors that are dropped, and what they stand for
    metadata_list       given_{};
    std::string         index_{};
    std::vector<plan>   plans_{};
    std::vector<header> headers_{};
    std::uint64_t       total_ = 0; ///< bytes of all files
    shards::saved_set   made_{};
};

STET_INLINE result<shards::saved_set> save_set(const plan& tensors, const any_dict& dict,
                                               std::string_view                folder_path,
                                               const shards::save_set_options& options)
{
    return set_save(tensors, dict, folder_path, options).run();
}

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::shards {

STET_INLINE result<abandoned_parts> remove_abandoned(const std::string&       folder_path,
                                                     const name_pattern&      names,
                                                     const abandoned_options& options)
{
    const auto known = file_names::of(names);
    if (!known)
        return known.error();
    return detail::remove_abandoned_set(
        folder_path, [&known](std::string_view name) { return known->is_member(name); }, options);
}

} // namespace STET_NAMESPACE::shards
