// SPDX-License-Identifier: MIT
#include "../../naming/output_name.hpp"
#include "../../vocabulary/impl/decimal.hpp"
#include "../../vocabulary/impl/json_document.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/sort_range.hpp"
#include "../../vocabulary/impl/utf8.hpp"
#include "../index.hpp"

#include <cstring>
#include <utility>

// ---- writing ----------------------------------------------------------------------------------------------

namespace STET_NAMESPACE::detail {

/// An entry of an index' metadata: a text or, without one, a number.
struct index_entry {
    std::string_view key{};
    std::string_view text{};
    std::uint64_t    number = 0;
    bool             is_number = false;
};

/// Writes an index as json.dumps(..., indent=2) does. Functions return false when the allocator gave nothing.
class index_writer {
public:
    index_writer(array_view<const shards::sized_tensor> tensors, const shards::sharding& files,
                 const shards::file_names& names, const shards::index_options& options) noexcept
        : tensors_(tensors), files_(files), names_(names), options_(options),
          is_sorted_(options.dialect == shards::dialect::diffusers ||
                     options.dialect == shards::dialect::transformers),
          out_(options.allocator), entries_(options.allocator), order_(options.allocator),
          file_of_(options.allocator)
    {
    }

    result<json_text> run()
    {
        for (const shards::sized_tensor& tensor : tensors_) {
            if (!is_utf8(tensor.name))
                return error{.code = errc::invalid_utf8}.about(tensor.name);
        }
        // The visit below takes for granted what this one checks.
        if (const auto checked = sorted_entries(options_.metadata, options_.allocator); !checked)
            return checked.error();
        const bool is_done = collect() && arrange() && put("{\n  \"metadata\": {") && put_entries() &&
                             put("\n  },\n  \"weight_map\": {") && put_map() && put("}\n}") &&
                             (!is_sorted_ || put("\n"));
        if (!is_done)
            return out_of_memory(out_.size());
        return std::move(out_).finished();
    }

private:
    bool put(std::string_view text) noexcept
    {
        if (!out_.make_room(text.size()))
            return false;
        out_.put(text);
        return true;
    }

    /// `"key": ` on a line of its own, after what stands before it.
    bool put_key(std::string_view key, bool is_first) noexcept
    {
        return put(is_first ? "\n    " : ",\n    ") && put_json_string(out_, key, json_letters::ascii) &&
               put(": ");
    }

    bool add(const index_entry& entry) noexcept
    {
        for (std::size_t i = 0; i < own_; ++i) {
            if (entries_[i].key == entry.key) {
                entries_[i] = entry;
                return true;
            }
        }
        return entries_.push(entry);
    }

    bool collect() noexcept
    {
        if (options_.dialect == shards::dialect::transformers &&
            !add({.key = "total_parameters", .number = files_.total_parameters(), .is_number = true}))
            return false;
        if (!add({.key = "total_size", .number = files_.total_size(), .is_number = true}))
            return false;
        own_ = entries_.size();
        const auto visited =
            options_.metadata.each([this](std::string_view key, std::string_view text) -> result<void> {
                return add({.key = key, .text = text}) ? result<void>() : out_of_memory(0);
            });
        if (is_sorted_)
            sort_range(entries_.view(),
                       [](const index_entry& a, const index_entry& b) { return a.key < b.key; });
        return static_cast<bool>(visited);
    }

    bool put_entries() noexcept
    {
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            const index_entry& entry = entries_[i];
            const bool         is_put = put_key(entry.key, i == 0) &&
                                (entry.is_number ? put(decimal(entry.number).view())
                                                 : put_json_string(out_, entry.text, json_letters::ascii));
            if (!is_put)
                return false;
        }
        return true;
    }

    /// The order of the map, and the file of each tensor.
    bool arrange() noexcept
    {
        if (!order_.append(files_.order()) || !file_of_.resize(tensors_.size()))
            return false;
        for (std::size_t file = 0; file < files_.size(); ++file) {
            for (const std::uint32_t i : files_[file])
                file_of_[i] = static_cast<std::uint32_t>(file);
        }
        if (options_.dialect == shards::dialect::torch)
            sort_range(order_.view(), [](std::uint32_t a, std::uint32_t b) { return a < b; });
        if (is_sorted_)
            sort_range(order_.view(), [this](std::uint32_t a, std::uint32_t b) {
                return tensors_[a].name < tensors_[b].name;
            });
        return true;
    }

    bool put_map()
    {
        std::string   name;
        std::uint32_t last = UINT32_MAX;
        for (std::size_t i = 0; i < order_.size(); ++i) {
            const std::uint32_t tensor = order_[i];
            if (file_of_[tensor] != last) {
                last = file_of_[tensor];
                name = names_.shard(std::uint64_t{last} + 1, files_.size());
            }
            if (!put_key(tensors_[tensor].name, i == 0) || !put_json_string(out_, name, json_letters::ascii))
                return false;
        }
        return order_.empty() || put("\n  ");
    }

    array_view<const shards::sized_tensor> tensors_;
    const shards::sharding&                files_;
    const shards::file_names&              names_;
    const shards::index_options&           options_;
    bool                                   is_sorted_;
    json_text_builder                      out_;
    growing_array<index_entry>             entries_;
    std::size_t                            own_ = 0; ///< entries that come first and are the dialect's
    growing_array<std::uint32_t>           order_;
    growing_array<std::uint32_t>           file_of_;
};

// ---- reading ----------------------------------------------------------------------------------------------

/// What is wrong with a file's name in an index, or nothing.
/// source: huggingface_hub 2.4, which takes it for a PureWindowsPath
constexpr std::string_view flaw_of_shard_name(std::string_view name) noexcept
{
    const auto is_separator = [](char c) { return c == '/' || c == '\\'; };
    if (!is_utf8(name) || name.find('\0') != std::string_view::npos)
        return "is no text that a file can be called";
    if (!name.empty() && is_separator(name[0]))
        return "begins at a root";
    const std::size_t first = name.empty() ? 0 : decode_character(name).size;
    if (name.size() > first && name[first] == ':')
        return "begins with a drive";
    for (std::size_t begin = 0, end = 0; begin <= name.size(); begin = end + 1) {
        for (end = begin; end < name.size() && !is_separator(name[end]);)
            ++end;
        if (name.substr(begin, end - begin) == "..")
            return "climbs out of a folder";
    }
    return name.ends_with(checkpoint_extension) ? "" : "does not end in .safetensors";
}

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::shards {

STET_INLINE result<detail::json_text> index_text(array_view<const sized_tensor> tensors,
                                                 const sharding& files, const file_names& names,
                                                 const index_options& options)
{
    return detail::index_writer(tensors, files, names, options).run();
}

STET_INLINE std::optional<std::uint32_t> set_index::file_of(std::string_view name) const noexcept
{
    const std::uint32_t found =
        names_.find(name, names_.hash(name), [this](std::uint32_t i) { return tensors_[i].name; });
    return found == detail::name_table::none ? std::nullopt : std::optional(tensors_[found].file);
}

STET_INLINE bool set_index::keep(std::string_view text, std::string_view& kept) noexcept
{
    char* const copy = texts_.text(text.size());
    if (copy == nullptr)
        return false;
    if (!text.empty())
        std::memcpy(copy, text.data(), text.size());
    kept = {copy, text.size()};
    return true;
}

STET_INLINE bool set_index::add_metadata(std::string_view key, std::string_view text) noexcept
{
    stored_metadata entry;
    return keep(key, entry.key) && keep(text, entry.value) && metadata_.push(entry);
}

STET_INLINE result<void> set_index::add(std::string_view name, std::string_view file,
                                        detail::name_table& known)
{
    const auto          file_at = [this](std::uint32_t i) { return files_[i]; };
    const std::uint32_t file_hash = known.hash(file);
    std::string_view    kept;
    std::uint32_t       position = known.find(file, file_hash, file_at);
    if (position == detail::name_table::none) {
        if (const std::string_view flaw = detail::flaw_of_shard_name(file); !flaw.empty())
            return error{.code = errc::untrusted_shard_name}.with(flaw).about(file);
        position = static_cast<std::uint32_t>(files_.size());
        if (!keep(file, kept) || !files_.push(kept) || !known.insert(kept, file_hash, position, file_at))
            return detail::out_of_memory(file.size());
    }
    const auto name_at = [this](std::uint32_t i) { return tensors_[i].name; };
    const auto at = static_cast<std::uint32_t>(tensors_.size());
    const bool is_added = keep(name, kept) && tensors_.push({.name = kept, .file = position}) &&
                          names_.insert(kept, names_.hash(kept), at, name_at);
    return is_added ? result<void>() : detail::out_of_memory(name.size());
}

STET_INLINE result<set_index> read_index(std::string_view text, std::string_view path,
                                         const allocator& memory)
{
    if (text.size() > max_index_size)
        return error{.code = errc::index_too_large, .expected = max_index_size, .actual = text.size()}.about(
            path);
    const auto document = detail::read_json(text, memory);
    if (!document)
        return document.error().about(path);
    const error invalid = error{.code = errc::invalid_index}.about(path);
    const auto  root = document->root();
    if (!root.is_object())
        return invalid.with("it is no JSON object");
    const auto map = root.find("weight_map");
    if (!map || !map->is_object())
        return invalid.with("it has no object 'weight_map' of tensors and files");
    set_index read(memory);
    for (const detail::json_member one : map->members()) {
        if (!one.value.is_text())
            return invalid.with("it maps a tensor to something that is no text");
    }
    detail::name_table known(memory);
    for (const detail::json_member one : map->members()) {
        if (auto added = read.add(one.name, one.value.text(), known); !added)
            return added.error();
    }
    const auto metadata = root.find("metadata");
    if (!metadata || !metadata->is_object())
        return read;
    for (const detail::json_member one : metadata->members()) {
        if (one.name == "total_size")
            read.total_size_ = one.value.natural();
        if (one.value.is_text() && !read.add_metadata(one.name, one.value.text()))
            return detail::out_of_memory(one.value.text().size());
    }
    return read;
}

} // namespace STET_NAMESPACE::shards
