// SPDX-License-Identifier: MIT
// A file system in memory that remembers every change and what was brought to stable storage when.
#ifndef STET_TESTS_SUPPORT_MEMORY_DISK_HPP
#define STET_TESTS_SUPPORT_MEMORY_DISK_HPP

#include "support/disk_image.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

/// One thing that changed, as small as a disk may keep or lose it: a rename is two, a write as many as it has blocks.
struct disk_change {
    enum class what : std::uint8_t {
        name,  ///< a name of the folder leads to `target` from now on, or to nothing
        data,  ///< a block of the file
        size,  ///< of the file
        mode,  ///< of the file
        synced ///< the file or folder is on stable storage as it is now
    };
    what          kind;
    std::size_t   call;          ///< number of the call that made it, from 1
    inode         owner;         ///< the folder or file
    inode         target = 0;    ///< 0 for no entry
    std::string   text{};        ///< the name, or the bytes
    std::uint64_t number = 0;    ///< where the bytes begin; the size; the mode
    bool          grows = false; ///< data or size of a write past the end of the file
};

/// A disk that a save can use as its file system. What is open stays open whatever happens to its name.
class memory_disk {
public:
    explicit memory_disk(disk_image image) : before_(image), now_(std::move(image))
    {
        calls_.context = this;
        calls_.open_folder = made<&memory_disk::open_folder, stet::file_handle, const char*, stet::links>;
        calls_.make_folder = made<&memory_disk::make_folder, stet::file_handle, const char*>;
        calls_.inspect =
            made<&memory_disk::inspect, stet::file_handle, const char*, stet::links, stet::entry_facts&>;
        calls_.read_link = made<&memory_disk::read_link, stet::file_handle, const char*, char*, std::size_t>;
        calls_.list = made<&memory_disk::list, stet::file_handle, stet::detail::entry_callback>;
        calls_.create_file = made<&memory_disk::create_file, stet::file_handle, const char*, std::uint32_t>;
        calls_.set_mode = made<&memory_disk::set_mode, stet::file_handle, std::uint32_t>;
        calls_.preallocate = made<&memory_disk::preallocate, stet::file_handle, std::uint64_t>;
        calls_.write = made<&memory_disk::write, stet::file_handle, const void*, std::size_t>;
        calls_.lock_file = made<&memory_disk::lock_file, stet::file_handle, const char*, stet::entry_facts&>;
        calls_.unlock_file = made<&memory_disk::unlock_file, stet::file_handle>;
        calls_.sync = made<&memory_disk::sync, stet::file_handle>;
        calls_.close = made<&memory_disk::close, stet::file_handle>;
        calls_.move =
            made<&memory_disk::move, stet::file_handle, const char*, const char*, stet::existing_file>;
        calls_.exchange = made<&memory_disk::exchange, stet::file_handle, const char*, const char*>;
        calls_.remove = made<&memory_disk::remove, stet::file_handle, const char*>;
        calls_.open_file =
            made<&memory_disk::open_file, stet::file_handle, const char*, stet::detail::file_use>;
        calls_.read_at = made<&memory_disk::read_at, stet::file_handle, std::uint64_t, void*, std::size_t>;
        calls_.paths = stet::path_style::posix;
        calls_.letters = stet::name_case::sensitive;
    }
    memory_disk(const memory_disk&) = delete;
    memory_disk& operator=(const memory_disk&) = delete;
    ~memory_disk() = default;

    const stet::file_system& calls() const noexcept { return calls_; }

    void lack_exchange() noexcept { calls_.exchange = nullptr; }
    void lack_locks() noexcept { calls_.lock_file = nullptr; }
    void lack_preallocate() noexcept { allocates_ = false; }
    /// A write at a place, and clones, which a disk need not have.
    void offer_write_at() noexcept
    {
        calls_.write_at =
            made<&memory_disk::put_at, stet::file_handle, std::uint64_t, const void*, std::size_t>;
    }
    void offer_clone() noexcept
    {
        calls_.clone = made<&memory_disk::clone, stet::file_handle, std::uint64_t, stet::file_handle,
                            std::uint64_t, std::uint64_t>;
    }
    /// As large as what the disk writes whole.
    void write_blocks_of(std::size_t size) noexcept { block_size_ = size; }
    void use_paths(stet::path_style style) noexcept { calls_.paths = style; }

    /// The n-th call from the first, counted from 1, fails and does nothing.
    void fail(std::size_t nth) noexcept { fails_at_ = nth; }

    /// Called before the n-th call.
    /// lifetime: borrows the action
    template <class Action>
    void before_nth(std::size_t nth, Action& action) noexcept
    {
        watched_ = nth;
        action_ = action;
    }

    const disk_image&               before() const noexcept { return before_; }
    const disk_image&               now() const noexcept { return now_; }
    const std::vector<disk_change>& changes() const noexcept { return changes_; }
    std::size_t                     count() const noexcept { return count_; } ///< of calls

private:
    struct handle {
        inode       of = 0;
        std::size_t position = 0;
        bool        has_locked = false;
    };

    struct found {
        inode       folder = 0; ///< that of the last part
        std::string name{};
        inode       entry = 0; ///< 0 when the last part is missing
        int         error = 0;
    };

    static constexpr stet::os_result failed(int code) noexcept { return {.value = -1, .error = code}; }

    template <auto Member, class... Arguments>
    static stet::os_result made(void* context, Arguments... arguments)
    {
        auto& self = *static_cast<memory_disk*>(context);
        if (self.count_ + 1 == self.watched_) {
            self.watched_ = 0; // the action's own calls come first
            self.action_();
        }
        ++self.count_;
        return self.count_ == self.fails_at_ ? failed(EIO) : (self.*Member)(arguments...);
    }

    void note(disk_change change)
    {
        change.call = count_;
        changes_.push_back(std::move(change));
    }

    stored_entry& entry(inode number) { return now_.entries.at(number); }
    handle&       at(stet::file_handle which) { return handles_.at(static_cast<std::size_t>(which)); }
    inode start(stet::file_handle parent) { return parent == stet::no_handle ? top_folder : at(parent).of; }

    stet::os_result opened(inode number)
    {
        handles_.push_back({.of = number});
        return {.value = static_cast<std::int64_t>(handles_.size() - 1), .error = 0};
    }

    found look_up(inode folder, std::string_view path, stet::links last, int links_left = 40)
    {
        if (path.starts_with('/'))
            folder = top_folder;
        found at{.folder = folder, .name = ".", .entry = folder};
        while (!path.empty()) {
            const std::size_t end = std::min(path.find('/'), path.size());
            const std::string part(path.substr(0, end));
            path.remove_prefix(std::min(end + 1, path.size()));
            if (part.empty() || part == ".")
                continue;
            if (at.entry == 0)
                return {.error = ENOENT};
            const stored_entry& in = entry(at.entry);
            if (in.kind != stet::entry_kind::folder)
                return {.error = ENOTDIR};
            const auto named = in.names.find(part);
            at = {.folder = at.entry, .name = part, .entry = named == in.names.end() ? 0 : named->second};
            if (part == "..")
                at.entry = in.above;
            const bool is_link = at.entry != 0 && entry(at.entry).kind == stet::entry_kind::link;
            if (!is_link || (path.empty() && last == stet::links::refuse))
                continue;
            if (links_left == 0)
                return {.error = ELOOP};
            at = look_up(at.folder, entry(at.entry).bytes, stet::links::follow, links_left - 1);
            if (at.error != 0)
                return at;
        }
        return at;
    }

    stet::os_result open_folder(stet::file_handle parent, const char* path, stet::links treatment)
    {
        const found at = look_up(start(parent), path, treatment);
        if (at.error != 0 || at.entry == 0)
            return failed(at.error != 0 ? at.error : ENOENT);
        if (entry(at.entry).kind == stet::entry_kind::link)
            return failed(ELOOP);
        return entry(at.entry).kind == stet::entry_kind::folder ? opened(at.entry) : failed(ENOTDIR);
    }

    inode add(const found& at, stored_entry added)
    {
        const inode number = now_.next_inode();
        now_.entries.emplace(number, std::move(added));
        set_name(at.folder, at.name, number);
        return number;
    }

    void set_name(inode folder, const std::string& name, inode target)
    {
        if (target == 0)
            entry(folder).names.erase(name);
        else
            entry(folder).names[name] = target;
        note({.kind = disk_change::what::name, .call = 0, .owner = folder, .target = target, .text = name});
    }

    stet::os_result make_folder(stet::file_handle parent, const char* path)
    {
        const found at = look_up(start(parent), path, stet::links::refuse);
        if (at.error != 0 || at.entry != 0)
            return failed(at.error != 0 ? at.error : EEXIST);
        add(at, {.kind = stet::entry_kind::folder, .mode = 0755, .names = {}, .above = at.folder});
        return {};
    }

    stet::entry_facts facts_of(inode number)
    {
        const stored_entry& of = entry(number);
        return {.kind = of.kind,
                .mode = of.mode,
                .device = 1,
                .index = number,
                .modified = of.modified,
                .size = of.size};
    }

    stet::os_result inspect(stet::file_handle folder, const char* name, stet::links treatment,
                            stet::entry_facts& facts)
    {
        const found at = look_up(start(folder), name, treatment);
        if (at.error != 0 || at.entry == 0)
            return failed(at.error != 0 ? at.error : ENOENT);
        facts = facts_of(at.entry);
        return {};
    }

    stet::os_result read_link(stet::file_handle folder, const char* name, char* buffer, std::size_t capacity)
    {
        const found at = look_up(start(folder), name, stet::links::refuse);
        if (at.error != 0 || at.entry == 0 || entry(at.entry).kind != stet::entry_kind::link)
            return failed(EINVAL);
        const std::string& target = entry(at.entry).bytes;
        target.copy(buffer, capacity);
        return {.value = static_cast<std::int64_t>(target.size()), .error = 0};
    }

    stet::os_result list(stet::file_handle folder, stet::detail::entry_callback see)
    {
        for (const auto& [name, number] : entry(start(folder)).names)
            see(name);
        return {};
    }

    stet::os_result create_file(stet::file_handle folder, const char* name, std::uint32_t mode)
    {
        const found at = look_up(start(folder), name, stet::links::refuse);
        if (at.error != 0 || at.entry != 0)
            return failed(at.error != 0 ? at.error : EEXIST);
        return opened(add(at, {.mode = mode & ~std::uint32_t{022}}));
    }

    stet::os_result set_mode(stet::file_handle file, std::uint32_t mode)
    {
        entry(at(file).of).mode = mode;
        note({.kind = disk_change::what::mode, .call = 0, .owner = at(file).of, .number = mode});
        return {};
    }

    stet::os_result preallocate(stet::file_handle file, std::uint64_t size)
    {
        if (!allocates_)
            return failed(ENOTSUP);
        stored_entry& of = entry(at(file).of);
        of.size = (std::max)(of.size, std::size_t{size});
        note({.kind = disk_change::what::size, .call = 0, .owner = at(file).of, .number = of.size});
        return {};
    }

    stet::os_result write(stet::file_handle file, const void* data, std::size_t size)
    {
        handle& from = at(file);
        write_at(from.of, from.position, {static_cast<const char*>(data), size});
        from.position += size;
        return {.value = static_cast<std::int64_t>(size), .error = 0};
    }

    void write_at(inode file, std::size_t position, std::string_view data)
    {
        stored_entry& of = entry(file);
        while (!data.empty()) {
            const std::size_t      room = block_size_ - position % block_size_;
            const std::string_view piece = data.substr(0, room);
            const std::size_t      end = position + piece.size();
            const bool             grows = end > of.size;
            of.bytes.resize((std::max)(of.bytes.size(), end));
            of.bytes.replace(position, piece.size(), piece);
            note({.kind = disk_change::what::data,
                  .call = 0,
                  .owner = file,
                  .text = std::string(piece),
                  .number = position,
                  .grows = grows});
            if (grows) {
                of.size = end;
                note({.kind = disk_change::what::size,
                      .call = 0,
                      .owner = file,
                      .number = end,
                      .grows = true});
            }
            position = end;
            data.remove_prefix(piece.size());
        }
    }

    stet::os_result open_file(stet::file_handle folder, const char* name, stet::detail::file_use)
    {
        const found of = look_up(start(folder), name, stet::links::refuse);
        if (of.error != 0 || of.entry == 0)
            return failed(of.error != 0 ? of.error : ENOENT);
        return entry(of.entry).kind == stet::entry_kind::link ? failed(ELOOP) : opened(of.entry);
    }

    stet::os_result read_at(stet::file_handle file, std::uint64_t offset, void* buffer, std::size_t size)
    {
        const std::string content = entry(at(file).of).content();
        if (offset >= content.size())
            return {};
        return {.value = static_cast<std::int64_t>(content.copy(static_cast<char*>(buffer), size, offset)),
                .error = 0};
    }

    stet::os_result put_at(stet::file_handle file, std::uint64_t offset, const void* data, std::size_t size)
    {
        write_at(at(file).of, offset, {static_cast<const char*>(data), size});
        return {.value = static_cast<std::int64_t>(size), .error = 0};
    }

    stet::os_result clone(stet::file_handle from, std::uint64_t from_offset, stet::file_handle to,
                          std::uint64_t to_offset, std::uint64_t size)
    {
        const std::string content = entry(at(from).of).content();
        if (from_offset % stet::clone_alignment != 0 || to_offset % stet::clone_alignment != 0 ||
            size % stet::clone_alignment != 0 || size == 0 || from_offset + size > content.size())
            return failed(EINVAL);
        write_at(at(to).of, to_offset, content.substr(from_offset, size));
        return {};
    }

    stet::os_result sync(stet::file_handle which)
    {
        note({.kind = disk_change::what::synced, .call = 0, .owner = at(which).of});
        return {};
    }

    stet::os_result lock_file(stet::file_handle folder, const char* name, stet::entry_facts& facts)
    {
        const found of = look_up(start(folder), name, stet::links::refuse);
        if (of.error != 0 || of.entry == 0)
            return failed(of.error != 0 ? of.error : ENOENT);
        if (entry(of.entry).kind != stet::entry_kind::file)
            return failed(ELOOP);
        for (const handle& other : handles_) {
            if (other.has_locked && other.of == of.entry)
                return failed(EBUSY);
        }
        facts = facts_of(of.entry);
        const stet::os_result locked = opened(of.entry);
        handles_.back().has_locked = true;
        return locked;
    }

    stet::os_result unlock_file(stet::file_handle which)
    {
        at(which).has_locked = false;
        return {};
    }

    stet::os_result close(stet::file_handle which)
    {
        at(which).has_locked = false;
        return {};
    }

    stet::os_result move(stet::file_handle folder, const char* from, const char* to,
                         stet::existing_file existing)
    {
        const found source = look_up(start(folder), from, stet::links::refuse);
        const found target = look_up(start(folder), to, stet::links::refuse);
        if (source.entry == 0 || (target.entry != 0 && existing == stet::existing_file::refuse))
            return failed(source.entry == 0 ? ENOENT : EEXIST);
        if (target.entry != 0 && entry(target.entry).kind == stet::entry_kind::folder)
            return failed(EISDIR);
        set_name(target.folder, target.name, source.entry);
        set_name(source.folder, source.name, 0);
        return {};
    }

    stet::os_result exchange(stet::file_handle folder, const char* one, const char* other)
    {
        const found first = look_up(start(folder), one, stet::links::refuse);
        const found second = look_up(start(folder), other, stet::links::refuse);
        if (first.entry == 0 || second.entry == 0)
            return failed(ENOENT);
        set_name(first.folder, first.name, second.entry);
        set_name(second.folder, second.name, first.entry);
        return {};
    }

    stet::os_result remove(stet::file_handle folder, const char* name)
    {
        const found at = look_up(start(folder), name, stet::links::refuse);
        if (at.entry == 0)
            return failed(ENOENT);
        if (entry(at.entry).kind == stet::entry_kind::folder)
            return failed(EISDIR);
        set_name(at.folder, at.name, 0);
        return {};
    }

    disk_image                 before_;
    disk_image                 now_;
    stet::file_system          calls_{};
    std::vector<handle>        handles_{};
    std::vector<disk_change>   changes_{};
    std::size_t                count_ = 0;
    std::size_t                fails_at_ = 0;
    std::size_t                watched_ = 0;
    stet::function_ref<void()> action_{};
    bool                       allocates_ = true;
    std::size_t                block_size_ = 256; ///< a write reaches the disk in pieces of this size
};

} // namespace support

#endif
