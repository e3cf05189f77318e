// SPDX-License-Identifier: MIT
#include "../../file/folder.hpp"
#include "../../file/impl/readable_file.hpp"
#include "../../file/native_file_system.hpp"
#include "../../naming/output_name.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/sort_range.hpp"
#include "../mapped_set.hpp"

#include <cerrno>
#include <span>
#include <utility>

namespace STET_NAMESPACE::detail {

/// What tells one file of a name from the next one.
struct file_identity {
    bool        is_there = false;
    entry_facts facts{};

    friend bool operator==(const file_identity& one, const file_identity& other) noexcept
    {
        return one.is_there == other.is_there && one.facts.device == other.facts.device &&
               one.facts.index == other.facts.index && one.facts.modified == other.facts.modified;
    }
};

inline result<file_identity> identity_of(const std::string& folder_path, const std::string& name)
{
    const auto in = folder::open(native_file_system(), folder_path);
    if (!in)
        return opening_error(in.error().os_code, folder_path);
    file_identity found;
    const auto    looked = in->inspect(name, links::follow, found.facts);
    if (looked.error != 0 && looked.error != ENOENT)
        return opening_error(looked.error, name);
    found.is_there = looked.error == 0;
    return found;
}

inline std::string path_in(const std::string& folder_path, std::string_view name)
{
    std::string path = folder_path;
    if (!path.ends_with('/'))
        path += '/';
    return path += name;
}

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::shards {

// ---- opening ----------------------------------------------------------------------------------------------

STET_INLINE result<mapped_set> mapped_set::open(const std::string& path, const open_set_options& options)
{
    const auto names = file_names::of(options.names);
    if (!names)
        return names.error();
    if (path.empty() || path.find('\0') != std::string::npos)
        return error{.code = errc::invalid_file_name}.about(path);
    std::string folder_path = path;
    std::string index = names->index();
    std::string single = names->single();
    if (path.ends_with(".json") || path.ends_with(checkpoint_extension)) {
        auto [above, name] = folder::split(path);
        if (path.ends_with(checkpoint_extension))
            return open_once(above, std::string(), name, options);
        folder_path = std::move(above);
        index = std::move(name);
        single.clear();
    }
    constexpr int most_attempts = 100;
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        const auto before = detail::identity_of(folder_path, index);
        if (!before)
            return before.error();
        auto opened = open_once(folder_path, before->is_there ? index : std::string(), single, options);
        // The old index goes before old files meet new ones, and the new one comes after: if it is the same now, so are
        // the files.
        const auto after = detail::identity_of(folder_path, index);
        if (after && *before == *after)
            return opened;
    }
    return error{.code = errc::set_changed}.about(path);
}

STET_INLINE result<mapped_set> mapped_set::open_once(const std::string& folder_path, const std::string& index,
                                                     const std::string&      single,
                                                     const open_set_options& options)
{
    mapped_set opened(options.read.allocator);
    const auto path = detail::path_in(folder_path, index);
    if (!index.empty()) {
        // Held open until all files are: no later index can be taken for this one.
        const auto file = detail::readable_file::open(path.c_str());
        if (!file)
            return file.error();
        const auto text = read_text(*file, path);
        if (!text)
            return text.error();
        auto read = read_index(*text, path, options.read.allocator);
        if (!read)
            return read.error();
        opened.index_ = *std::move(read);
        for (const std::string_view name : opened.index_->files()) {
            if (auto added = opened.add(std::string(name), folder_path, options); !added)
                return added.error();
        }
    } else if (single.empty()) {
        return error{.code = errc::file_missing}.about(path);
    } else if (auto added = opened.add(single, folder_path, options); !added) {
        return added.error();
    }
    if (auto listed = opened.list(options); !listed)
        return listed.error();
    if (options.rules == set_rules::strict && opened.index_) {
        if (auto agrees = opened.agree_with_index(); !agrees)
            return agrees.error();
        if (auto agrees = opened.agree_in_size(path, options.read.allocator); !agrees)
            return agrees.error();
    }
    return opened;
}

STET_INLINE result<std::string> mapped_set::read_text(const detail::readable_file& file,
                                                      const std::string&           path)
{
    if (file.size() > max_index_size)
        return error{.code = errc::index_too_large, .expected = max_index_size, .actual = file.size()}.about(
            path);
    std::string text(detail::memory_size(file.size()), '\0');
    if (auto read = file.read(0, std::as_writable_bytes(std::span(text))); !read)
        return read.error();
    return text;
}

STET_INLINE result<void> mapped_set::add(std::string name, const std::string& folder_path,
                                         const open_set_options& options)
{
    std::string path = detail::path_in(folder_path, name);
    if constexpr (native_paths == path_style::posix) {
        // On every system a '\' parts folders here.
        for (std::size_t i = path.size() - name.size(); i < path.size(); ++i)
            path[i] = path[i] == '\\' ? '/' : path[i];
    }
    auto file = mapped_checkpoint::open(path.c_str(), options.read);
    if (!file) {
        const error& failed = file.error();
        return failed.subject().empty() ? failed.about(path) : failed;
    }
    if (options.rules == set_rules::as_hub && file->header().has_metadata()) {
        const auto format = file->header().metadata("format");
        if (!format)
            return error{.code = errc::unknown_shard_format}.with("no format").about(path);
        if (*format != "pt" && *format != "mlx")
            return error{.code = errc::unknown_shard_format}
                .with("format '" + std::string(*format) + "'")
                .about(path);
    }
    files_.push_back(*std::move(file));
    names_.push_back(std::move(name));
    return {};
}

/// Enters all tensors; of two of one name the later one stays, or is an error.
STET_INLINE result<void> mapped_set::list(const open_set_options& options)
{
    std::size_t count = 0;
    for (const mapped_checkpoint& file : files_)
        count += file.size();
    if (count >= detail::name_table::none || !places_.reserve(count) || !texts_.reserve(count) ||
        !table_.reserve(count))
        return detail::out_of_memory(count * sizeof(place));
    const auto name_at = [this](std::uint32_t i) { return texts_[i]; };
    for (std::uint32_t file = 0; file < files_.size(); ++file) {
        const checkpoint_header& header = files_[file].header();
        for (std::uint32_t i = 0; i < header.size(); ++i) {
            const std::string_view name = header[i].name;
            const std::uint32_t    hash = table_.hash(name);
            const place            here{.file = file, .position = i};
            const std::uint32_t    known = table_.find(name, hash, name_at);
            if (known != detail::name_table::none) {
                if (options.rules == set_rules::strict)
                    return error{.code = errc::duplicate_name}
                        .with("file " + names_[places_[known].file], "file " + names_[file])
                        .about(name);
                places_[known] = here;
                texts_[known] = name;
                continue;
            }
            const auto at = static_cast<std::uint32_t>(places_.size());
            if (!places_.push(here) || !texts_.push(name) || !table_.insert(name, hash, at, name_at))
                return detail::out_of_memory(count * sizeof(place));
        }
    }
    return {};
}

// ---- what the index says ----------------------------------------------------------------------------------

STET_INLINE result<void> mapped_set::agree_with_index() const
{
    for (std::size_t i = 0; i < size(); ++i) {
        const auto said = index_->file_of(texts_[i]);
        const auto file = places_[i].file;
        if (!said)
            return error{.code = errc::unmapped_tensor}.with(names_[file]).about(texts_[i]);
        if (*said != file)
            return error{.code = errc::map_mismatch}.with(names_[*said], names_[file]).about(texts_[i]);
    }
    if (index_->tensors().size() == size())
        return {}; // each of them was found
    for (const mapped_name& mapped : index_->tensors()) {
        if (!contains(mapped.name))
            return error{.code = errc::missing_from_set}.with(names_[mapped.file]).about(mapped.name);
    }
    return {};
}

/// The size that an index gives has tied tensors once; those that could be tied lie in one file and are of one type and
/// size.
STET_INLINE result<void> mapped_set::agree_in_size(const std::string& path, const allocator& memory) const
{
    const auto said = index_->total_size();
    if (!said)
        return {};
    std::uint64_t most = 0;
    for (const place& at : places_)
        most += files_[at.file].header()[at.position].size();
    if (*said == most)
        return {};
    struct kind {
        std::uint64_t size;
        std::uint32_t file;
        dtype         type;
    };
    detail::growing_array<kind> kinds(memory);
    if (!kinds.reserve(size()))
        return detail::out_of_memory(size() * sizeof(kind));
    for (const place& at : places_) {
        const stored_tensor tensor = files_[at.file].header()[at.position];
        static_cast<void>(kinds.push({.size = tensor.size(), .file = at.file, .type = tensor.type}));
    }
    detail::sort_range(kinds.view(), [](const kind& a, const kind& b) {
        if (a.file != b.file)
            return a.file < b.file;
        return a.size != b.size ? a.size < b.size : a.type < b.type;
    });
    std::uint64_t least = most;
    for (std::size_t i = 1; i < kinds.size(); ++i) {
        const kind& one = kinds[i - 1];
        if (one.file == kinds[i].file && one.size == kinds[i].size && one.type == kinds[i].type)
            least -= one.size;
    }
    if (*said < least || *said > most)
        return error{.code = errc::size_mismatch, .expected = *said, .actual = most}.about(path);
    return {};
}

STET_INLINE result<void> mapped_set::holds_exactly(array_view<const std::string_view> names) const
{
    detail::growing_array<bool> is_wanted(places_.memory());
    if (!is_wanted.resize(size()))
        return detail::out_of_memory(size());
    for (bool& one : is_wanted)
        one = false;
    for (const std::string_view name : names) {
        const auto found = position_of(name);
        if (!found)
            return error{.code = errc::no_such_tensor}.about(name);
        is_wanted[*found] = true;
    }
    for (std::size_t i = 0; i < size(); ++i) {
        if (!is_wanted[i])
            return error{.code = errc::unexpected_tensor}.with(names_[places_[i].file]).about(texts_[i]);
    }
    return {};
}

// ---- the tensors ------------------------------------------------------------------------------------------

STET_INLINE std::optional<std::size_t> mapped_set::position_of(std::string_view name) const noexcept
{
    const std::uint32_t found =
        table_.find(name, table_.hash(name), [this](std::uint32_t i) { return texts_[i]; });
    return found == detail::name_table::none ? std::nullopt : std::optional(std::size_t{found});
}

STET_INLINE file_tensor mapped_set::operator[](std::size_t position) const noexcept STET_LIFETIME_BOUND
{
    const place at = places_[position];
    return files_[at.file][std::size_t{at.position}];
}

STET_INLINE std::optional<file_tensor> mapped_set::find(std::string_view name) const noexcept
    STET_LIFETIME_BOUND
{
    const auto position = position_of(name);
    return position ? std::optional((*this)[*position]) : std::nullopt;
}

STET_INLINE found_tensor mapped_set::operator[](std::string_view name) const noexcept STET_LIFETIME_BOUND
{
    const auto position = position_of(name);
    return position ? found_tensor((*this)[*position])
                    : found_tensor(error{.code = errc::no_such_tensor}.about(name));
}

STET_INLINE mapped_set::entry mapped_set::entry_at(std::size_t position) const noexcept
{
    const file_tensor tensor = (*this)[position];
    return {.name = tensor.name, .tensor = tensor};
}

} // namespace STET_NAMESPACE::shards
