// SPDX-License-Identifier: MIT
// The Windows calls behind a save: the C runtime's and a few of the system's. Elsewhere this header is empty.
#ifndef STET_FILE_IMPL_WINDOWS_FILE_SYSTEM_HPP
#define STET_FILE_IMPL_WINDOWS_FILE_SYSTEM_HPP

#include "../file_system.hpp"

#if defined(_WIN32)

#include "windows_calls.hpp"
#include "windows_errors.hpp"
#include "windows_paths.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <direct.h>
#include <fcntl.h>
#include <io.h>
#include <new>
#include <share.h>
#include <string>
#include <sys/stat.h>
#include <utility>

namespace STET_NAMESPACE::detail {

namespace windows {

inline constexpr unsigned long no_attributes = 0xFFFFFFFF;
inline constexpr unsigned long read_only_attribute = 0x1, folder_attribute = 0x10, reparse_attribute = 0x400;

inline bool is_marked_as_link(unsigned long attributes) noexcept
{
    return attributes != no_attributes && (attributes & reparse_attribute) != 0;
}

/// Files that a cloud holds are marked, too, but lie where they seem to.
inline bool leads_elsewhere(const std::wstring& path, unsigned long attributes)
{
    if (!is_marked_as_link(attributes))
        return false;
    const opened_entry behind(path, access::nothing);
    return behind.error() != 0 || !is_same_path(place_of(behind).path, path);
}

/// Finds out where a folder lies that was opened by a path. With links::refuse that must be where the path
/// says, if perhaps by another name: names have a short form, too.
inline int settle(held_folder& folder, const std::wstring& path, bool has_parent, links treatment)
{
    // Looked at after opening, so that nothing put there meanwhile goes unnoticed.
    const bool is_marked = is_marked_as_link(GetFileAttributesW(path.c_str()));
    place      lies = place_of(folder.entry);
    if (lies.error != 0) {
        folder.path = path;
        return has_parent && is_marked ? ELOOP : 0; // who knows where it leads
    }
    folder.path = std::move(lies.path);
    if (treatment == links::follow || is_same_path(folder.path, path))
        return 0;
    const bool is_beside = is_same_path(below(folder.path, L".."), below(path, L".."));
    return is_beside && !is_marked ? 0 : ELOOP;
}

inline os_result open_folder(void*, file_handle parent, const char* path, links treatment)
{
    const place at = place_in(parent, path);
    if (at.error != 0)
        return failed(at.error);
    opened_entry entry(at.path, access::list);
    if (entry.error() != 0)
        return failed(entry.error());
    file_information seen{};
    if (const int error = look_at(entry, seen); error != 0)
        return failed(error);
    if ((seen.attributes & folder_attribute) == 0)
        return failed(ENOTDIR);
    auto* const folder = new (std::nothrow) held_folder{.entry = std::move(entry)};
    if (folder == nullptr)
        return failed(ENOMEM);
    if (const int error = settle(*folder, at.path, parent != no_handle, treatment); error != 0) {
        delete folder;
        return failed(error);
    }
    return {.value = handle_of(folder), .error = 0};
}

inline os_result make_folder(void*, file_handle parent, const char* path)
{
    const place at = place_in(parent, path);
    return at.error != 0 ? failed(at.error) : runtime_result([&at] { return _wmkdir(at.path.c_str()); });
}

inline entry_kind kind_of(unsigned long attributes) noexcept
{
    return (attributes & folder_attribute) != 0 ? entry_kind::folder : entry_kind::file;
}

/// What is known of an open file or folder. Of a file no device and index, as they are not told by its name.
inline os_result inspect_itself(file_handle folder, entry_facts& facts)
{
    if (is_descriptor(folder)) {
        const std::int64_t size = _filelengthi64(descriptor_of(folder));
        facts = {
            .kind = entry_kind::file, .mode = 0666, .size = size < 0 ? 0 : static_cast<std::uint64_t>(size)};
        return {};
    }
    file_information seen{};
    if (const int error = look_at(folder_of(folder)->entry, seen); error != 0)
        return failed(error);
    facts = {.kind = kind_of(seen.attributes),
             .mode = 0777,
             .device = seen.volume,
             .index = std::uint64_t{seen.index_high} << 32U | seen.index_low,
             .modified = modified(seen)};
    // Without indices all folders of a file system would seem to be one.
    return facts.index == 0 ? failed(ENOTSUP) : os_result{};
}

/// Of an entry no device and index, which not every drive keeps: nobody can replace a file open for writing.
inline os_result inspect(void*, file_handle folder, const char* name, links treatment, entry_facts& facts)
{
    if (*name == '\0')
        return inspect_itself(folder, facts);
    const place at = place_in(folder, name);
    if (at.error != 0)
        return failed(at.error);
    const unsigned long attributes = GetFileAttributesW(at.path.c_str());
    if (attributes == no_attributes)
        return last_failure();
    const bool is_link = treatment == links::refuse && leads_elsewhere(at.path, attributes);
    facts = {.kind = is_link ? entry_kind::link : kind_of(attributes), .mode = 0666};
    file_information   seen{};
    const opened_entry entry(at.path, access::nothing);
    if (facts.kind == entry_kind::file && entry.error() == 0 && look_at(entry, seen) == 0)
        facts.modified = modified(seen);
    return {};
}

/// The target is where the link leads in the end.
inline os_result read_link(void*, file_handle folder, const char* name, char* buffer, std::size_t capacity)
{
    const place at = place_in(folder, name);
    if (at.error != 0)
        return failed(at.error);
    const opened_entry behind(at.path, access::nothing);
    if (behind.error() != 0)
        return failed(behind.error());
    const place target = place_of(behind);
    if (target.error != 0)
        return failed(target.error);
    const std::string text = utf8(target.path);
    if (utf16(text) != target.path)
        return failed(EILSEQ); // a name that UTF-8 cannot tell
    std::memcpy(buffer, text.data(), text.size() < capacity ? text.size() : capacity);
    return {.value = static_cast<std::int64_t>(text.size()), .error = 0};
}

/// Closes a search, whether or not the one who looks at what it finds throws.
class search_end {
public:
    explicit search_end(std::intptr_t search) noexcept : search_(search) {}
    search_end(const search_end&) = delete;
    search_end& operator=(const search_end&) = delete;
    ~search_end() { _findclose(search_); }

private:
    std::intptr_t search_;
};

inline os_result list(void*, file_handle folder, entry_callback see)
{
    place all = place_in(folder, "");
    if (all.error != 0)
        return failed(all.error);
    all.path = below(std::move(all.path), L"*");
    _wfinddata64_t entry{};
    // Not every runtime's search returns the same type.
    auto search = _wfindfirst64(all.path.c_str(), &entry);
    if (search == -1)
        return errno == ENOENT ? os_result{} : failed(errno); // the top of a drive may be empty
    const search_end closed_last(search);
    do {
        const std::wstring_view name(static_cast<const wchar_t*>(entry.name));
        if (name != L"." && name != L"..")
            see(utf8(name));
    } while (_wfindnext64(search, &entry) == 0);
    const int end = errno;
    return end == ENOENT ? os_result{} : failed(end);
}

inline os_result create_file(void*, file_handle folder, const char* name, std::uint32_t)
{
    const place at = place_in(folder, name);
    if (at.error != 0)
        return failed(at.error);
    constexpr int how = _O_CREAT | _O_EXCL | _O_WRONLY | _O_BINARY | _O_NOINHERIT | _O_SEQUENTIAL;
    os_result     created = runtime_result([&at] {
        int file = -1;
        return _wsopen_s(&file, at.path.c_str(), how, _SH_DENYWR, _S_IREAD | _S_IWRITE) == 0 ? file : -1;
    });
    if (created.error == 0)
        created.value = handle_of(static_cast<int>(created.value));
    return created;
}

inline os_result set_mode(void*, file_handle, std::uint32_t) noexcept
{
    return {}; // as inspect tells it: there is none
}

/// Setting the end of a file takes the space, on Windows' own file systems, and writes nothing.
inline os_result preallocate(void*, file_handle file, std::uint64_t size)
{
    if (size > static_cast<std::uint64_t>(INT64_MAX))
        return failed(EFBIG);
    const int  own = descriptor_of(file);
    const auto go_to = [own](std::int64_t where) {
        return runtime_result([own, where] { return _lseeki64(own, where, SEEK_SET); });
    };
    if (const os_result gone = go_to(static_cast<std::int64_t>(size)); gone.error != 0)
        return gone;
    const auto      raw = reinterpret_cast<void*>(_get_osfhandle(own));
    const os_result ended = SetEndOfFile(raw) != 0 ? os_result{} : last_failure();
    const os_result returned = go_to(0);
    return ended.error != 0 ? ended : returned;
}

inline constexpr std::size_t largest_write = std::size_t{1} << 26U; // servers have refused larger ones

inline os_result write(void*, file_handle file, const void* data, std::size_t size)
{
    const int          own = descriptor_of(file);
    const writing_turn turn(own);
    return runtime_result([own, data, size] {
        return _write(own, data, static_cast<unsigned>(size < largest_write ? size : largest_write));
    });
}

inline os_result write_at(void*, file_handle file, std::uint64_t offset, const void* data, std::size_t size)
{
    const int          own = descriptor_of(file);
    const auto         raw = reinterpret_cast<void*>(_get_osfhandle(own));
    const writing_turn turn(own);
    const std::int64_t before = _lseeki64(own, 0, SEEK_CUR);
    const os_result    written = write_to(raw, offset, data, size < largest_write ? size : largest_write);
    return before < 0 || _lseeki64(own, before, SEEK_SET) == before ? written : failed(EIO);
}

/// Besides, a file open for writing is not shared for removal; but it has to be closed to be given its name.
inline os_result lock_file(void*, file_handle folder, const char* name, entry_facts& facts)
{
    const place at = place_in(folder, name);
    if (at.error != 0)
        return failed(at.error);
    constexpr unsigned long to_read = 0x80000000, share_all = 7, open_existing = 3, no_link = 0x00200000;
    void* const             opened =
        CreateFileW(at.path.c_str(), to_read, share_all, nullptr, open_existing, no_link, nullptr);
    if (reinterpret_cast<std::intptr_t>(opened) == -1)
        return last_failure();
    // One byte past all data: what is locked cannot be read or written by others.
    constexpr unsigned long lock_violation = 33;
    file_information        seen{};
    int                     error = 0;
    if (LockFile(opened, 0xFFFFFFFE, 0x7FFFFFFF, 1, 0) == 0) {
        const unsigned long code = GetLastError();
        error = code == lock_violation ? EBUSY : errno_of(code);
    } else {
        error = look_at(opened, seen);
    }
    const int own = error != 0 ? -1
                               : _open_osfhandle(reinterpret_cast<std::intptr_t>(opened),
                                                 _O_RDONLY | _O_BINARY | _O_NOINHERIT);
    if (own < 0) {
        CloseHandle(opened);
        return failed(error != 0 ? error : EMFILE);
    }
    const bool is_link =
        (seen.attributes & reparse_attribute) != 0 && leads_elsewhere(at.path, seen.attributes);
    facts = {.kind = is_link ? entry_kind::link : kind_of(seen.attributes),
             .mode = 0666,
             .modified = modified(seen)};
    return {.value = handle_of(own), .error = 0};
}

inline os_result sync(void*, file_handle handle)
{
    if (!is_descriptor(handle))
        return failed(ENOTSUP); // a folder's entries are in the file system's journal
    return runtime_result([handle] { return _commit(descriptor_of(handle)); });
}

inline os_result close(void*, file_handle handle)
{
    if (is_descriptor(handle))
        return runtime_result([handle] { return _close(descriptor_of(handle)); });
    delete folder_of(handle);
    return {};
}

/// Whether nothing but its being open or mapped can keep a file from being removed.
inline bool may_remove(const std::wstring& path) noexcept
{
    const opened_entry entry(path, access::remove);
    return entry.error() == 0 || entry.is_held_elsewhere();
}

inline os_result move(void*, file_handle folder, const char* from, const char* to, existing_file existing)
{
    const place old_place = place_in(folder, from);
    const place new_place = place_in(folder, to);
    if (old_place.error != 0 || new_place.error != 0)
        return failed(old_place.error != 0 ? old_place.error : new_place.error);
    const unsigned long attributes = GetFileAttributesW(new_place.path.c_str());
    if (attributes != no_attributes && (attributes & (read_only_attribute | folder_attribute)) != 0)
        return failed(existing == existing_file::refuse ? EEXIST : EACCES); // without waiting
    constexpr unsigned long replace = 1, write_through = 8;
    const unsigned long     how = write_through | (existing == existing_file::replace ? replace : 0);
    const os_result         returned = patient([&] {
        const int moved = MoveFileExW(old_place.path.c_str(), new_place.path.c_str(), how);
        return moved != 0 ? os_result{} : last_failure();
    });
    const bool              is_in_use =
        returned.error == EACCES && may_remove(old_place.path) && may_remove(new_place.path);
    return is_in_use ? failed(EBUSY) : returned;
}

inline os_result remove(void*, file_handle folder, const char* name)
{
    const place at = place_in(folder, name);
    if (at.error != 0)
        return failed(at.error);
    return patient([&at] { return runtime_result([&at] { return _wunlink(at.path.c_str()); }); });
}

/// What is opened to be changed is not shared for removal, so that nobody puts another file in its place meanwhile.
inline os_result open_file(void*, file_handle folder, const char* name, file_use use)
{
    const place at = place_in(folder, name);
    if (at.error != 0)
        return failed(at.error);
    constexpr unsigned long read = 0x80000000, write = 0x40000000, open_existing = 3;
    const bool              is_changed = use == file_use::change;
    void* const opened = CreateFileW(at.path.c_str(), is_changed ? read | write : read, is_changed ? 3 : 7,
                                     nullptr, open_existing, 0, nullptr);
    if (reinterpret_cast<std::intptr_t>(opened) == -1)
        return last_failure();
    const int own = _open_osfhandle(reinterpret_cast<std::intptr_t>(opened),
                                    (is_changed ? _O_RDWR : _O_RDONLY) | _O_BINARY | _O_NOINHERIT);
    if (own < 0) {
        CloseHandle(opened);
        return failed(EMFILE);
    }
    return {.value = handle_of(own), .error = 0};
}

inline os_result read_at(void*, file_handle file, std::uint64_t offset, void* buffer, std::size_t size)
{
    constexpr std::size_t largest = std::size_t{1} << 30U;
    const auto            raw = reinterpret_cast<void*>(_get_osfhandle(descriptor_of(file)));
    return read_from(raw, offset, buffer, size < largest ? size : largest);
}

} // namespace windows

/// The system's own calls.
constexpr file_system native_calls() noexcept
{
    namespace calls = detail::windows;
    return {.context = nullptr,
            .open_folder = calls::open_folder,
            .make_folder = calls::make_folder,
            .inspect = calls::inspect,
            .read_link = calls::read_link,
            .list = calls::list,
            .create_file = calls::create_file,
            .set_mode = calls::set_mode,
            .preallocate = calls::preallocate,
            .write = calls::write,
            .write_at = calls::write_at,
            .lock_file = calls::lock_file,
            .sync = calls::sync,
            .close = calls::close,
            .move = calls::move,
            .exchange = nullptr,
            .remove = calls::remove,
            .open_file = calls::open_file,
            .read_at = calls::read_at,
            .paths = path_style::windows,
            .letters = name_case::insensitive};
}

} // namespace STET_NAMESPACE::detail

#endif

#endif
