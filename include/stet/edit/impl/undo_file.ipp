// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/text_hash.hpp"
#include "../../vocabulary/impl/words.hpp"
#include "undo_file.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE::detail {

/// What an undo file's name has more than its file's.
inline const char* undo_ending() noexcept
{
    return ".stet-undo";
}

// An undo file is a row of words, least byte first: a mark, the size of the file, its header's length, where the range
// begins, its size, then the old bytes, the new ones, and two hashes of all that under two seeds.
inline constexpr std::uint64_t undo_mark = 0x316F646E75746573; // "setundo1"
inline constexpr std::size_t   undo_words = 5;
inline constexpr std::size_t   undo_frame = (undo_words + 2) * 8;

inline std::string_view characters_of(bytes data) noexcept
{
    return {reinterpret_cast<const char*>(data.data()), data.size()};
}

inline std::array<std::uint64_t, 2> undo_hashes(bytes data) noexcept
{
    return {text_hash(characters_of(data), undo_mark), text_hash(characters_of(data), ~undo_mark)};
}

inline result<growing_array<std::byte>> undo_content(const held_file& file, const changed_range& range,
                                                     const allocator& memory)
{
    const std::size_t        size = range.before.size();
    growing_array<std::byte> content(memory);
    const auto               put = [&content](std::uint64_t word) {
        std::array<std::byte, 8> one{};
        store_word(one.data(), word);
        return content.append(one);
    };
    bool has_room = content.reserve(undo_frame + 2 * size) && put(undo_mark) && put(file.size()) &&
                    put(range.header_length) && put(range.offset) && put(size);
    for (const bytes part : {range.before, range.after})
        has_room = has_room && content.append({part.data(), part.size()});
    for (const std::uint64_t hash : undo_hashes({content.data(), content.size()}))
        has_room = has_room && put(hash);
    if (!has_room)
        return out_of_memory(undo_frame + 2 * size);
    return content;
}

/// What an undo file holds; an empty range when it is none, or not whole.
/// lifetime: borrows the content
inline changed_range undo_range(bytes content, std::uint64_t& file_size) noexcept
{
    if (content.size() < undo_frame || load_word(content.data()) != undo_mark)
        return {};
    const std::size_t   room = content.size() - undo_frame;
    const std::uint64_t size = load_word(content.data() + 32);
    if (room % 2 != 0 || size != room / 2)
        return {};
    const std::byte* const end = content.data() + undo_words * 8 + room;
    const auto             hashes = undo_hashes({content.data(), undo_words * 8 + room});
    if (load_word(end) != hashes[0] || load_word(end + 8) != hashes[1])
        return {};
    file_size = load_word(content.data() + 8);
    const bytes both = content.subspan(undo_words * 8, room);
    return {.header_length = load_word(content.data() + 16),
            .offset = load_word(content.data() + 24),
            .before = both.first(room / 2),
            .after = both.subspan(room / 2)};
}

inline result<void> patch(const held_file& file, std::uint64_t offset, bytes data, durability lasting)
{
    auto written = file.write(offset, data);
    return written && lasting == durability::full ? file.sync() : written;
}

inline result<void> remove_undo(const held_file& file)
{
    const std::string name = file.name() + undo_ending();
    const auto        removed =
        retried([&] { return file.calls().remove(file.calls().context, file.in().handle(), name.c_str()); });
    if (removed.error != 0 && removed.error != ENOENT) // somebody cleaned up
        return os_error(removed.error, system_step::remove, file.path());
    return {}; // one that a loss of power brings back fits the file as it is, and is removed by who finds it
}

/// Writes the undo file, or leaves none.
inline result<void> write_undo(const held_file& file, bytes content, durability lasting)
{
    const file_system& calls = file.calls();
    const std::string  name = file.name() + undo_ending();
    // It holds what the file holds, which perhaps not everybody may read.
    const auto created = retried(
        [&] { return calls.create_file(calls.context, file.in().handle(), name.c_str(), private_mode); });
    if (created.error == EEXIST) // where nothing can be locked, another edit's
        return os_error(EBUSY, system_step::create, file.path());
    if (created.error != 0)
        return os_error(created.error, system_step::create, file.path());
    const auto   handle = static_cast<file_handle>(created.value);
    result<void> written;
    while (!content.empty() && written) {
        const auto taken =
            retried([&] { return calls.write(calls.context, handle, content.data(), content.size()); });
        const bool is_sound = taken.error != 0 ||
                              (taken.value > 0 && static_cast<std::uint64_t>(taken.value) <= content.size());
        if (taken.error != 0 || !is_sound)
            written = os_error(is_sound ? taken.error : EIO, system_step::write, file.path());
        else
            content = content.subspan(static_cast<std::size_t>(taken.value));
    }
    if (written && lasting == durability::full) {
        const auto synced = retried([&] { return calls.sync(calls.context, handle); });
        if (synced.error != 0)
            written = is_not_offered(synced.error)
                          ? error{.code = errc::sync_not_offered, .os_code = synced.error}.about(file.path())
                          : os_error(synced.error, system_step::sync, file.path());
    }
    const auto closed = calls.close(calls.context, handle);
    if (written && closed.error != 0 && closed.error != EINTR)
        written = os_error(closed.error, system_step::close, file.path());
    if (written && lasting == durability::full)
        written = file.in().sync(file.path());
    if (!written)
        static_cast<void>(remove_undo(file));
    return written;
}

STET_INLINE bool can_have_undo_file(const held_file& file) noexcept
{
    constexpr std::size_t longest = 255;
    return file.name().size() + std::strlen(undo_ending()) <= longest;
}

STET_INLINE result<void> change_at_once(const held_file& file, const changed_range& range, durability lasting)
{
    auto changed = patch(file, range.offset, range.after, lasting);
    if (!changed)
        static_cast<void>(patch(file, range.offset, range.before, lasting));
    return changed;
}

STET_INLINE result<void> change_with_undo(const held_file& file, const changed_range& range,
                                          durability lasting, const allocator& memory)
{
    const auto content = undo_content(file, range, memory);
    if (!content)
        return content.error();
    if (auto written = write_undo(file, {content->data(), content->size()}, lasting); !written)
        return written;
    auto changed = patch(file, range.offset, range.after, lasting);
    if (changed)
        changed = remove_undo(file);
    if (!changed && patch(file, range.offset, range.before, lasting))
        static_cast<void>(remove_undo(file)); // it does no harm: what it holds is there
    return changed;
}

STET_INLINE result<bool> has_undo_file(const held_file& file)
{
    if (!can_have_undo_file(file))
        return false;
    entry_facts facts;
    const auto  found = file.in().inspect(file.name() + undo_ending(), links::refuse, facts);
    if (found.error == ENOENT || found.error == ENAMETOOLONG)
        return false;
    return found.error == 0 ? result<bool>(true) : os_error(found.error, system_step::inspect, file.path());
}

/// The undo file, opened to be read, closed in the end.
class open_undo {
public:
    explicit open_undo(const held_file& file) : file_(&file)
    {
        const std::string name = file.name() + undo_ending();
        const auto        opened = retried([&] {
            return calls().open_file(calls().context, file.in().handle(), name.c_str(), file_use::read);
        });
        error_ = opened.error;
        if (opened.error == 0)
            handle_ = static_cast<file_handle>(opened.value);
    }
    open_undo(const open_undo&) = delete;
    open_undo& operator=(const open_undo&) = delete;
    ~open_undo()
    {
        if (handle_ != no_handle)
            calls().close(calls().context, handle_);
    }

    /// All that it holds; nothing when that is more than one can hold.
    result<growing_array<std::byte>> content(const allocator& memory) const
    {
        if (error_ != 0)
            return error_ == ELOOP ? unusable("is a link")
                                   : os_error(error_, system_step::open, file_->path());
        entry_facts facts;
        const auto  looked =
            retried([&] { return calls().inspect(calls().context, handle_, "", links::follow, facts); });
        if (looked.error != 0)
            return os_error(looked.error, system_step::inspect, file_->path());
        if (facts.kind != entry_kind::file)
            return unusable("is no regular file");
        // Who may write into the folder may not thereby write into the file.
        if (calls().user != nullptr && facts.owner != file_->facts().owner) {
            const auto user = retried([&] { return calls().user(calls().context); });
            if (user.error != 0)
                return os_error(user.error, system_step::know_user, file_->path());
            if (static_cast<std::uint64_t>(user.value) != facts.owner)
                return unusable("is another user's");
        }
        growing_array<std::byte> read(memory);
        if (facts.size > undo_frame + 2 * max_header_size)
            return read;
        if (!read.resize(memory_size(facts.size)))
            return out_of_memory(facts.size);
        return fill({read.data(), read.size()}, read);
    }

    error unusable(std::string_view why) const
    {
        return error{.code = errc::unusable_undo_file}.about(file_->path()).with(why);
    }

private:
    const file_system& calls() const noexcept { return file_->calls(); }

    result<growing_array<std::byte>> fill(std::span<std::byte> buffer, growing_array<std::byte>& read) const
    {
        for (std::uint64_t at = 0; !buffer.empty();) {
            const auto got = retried(
                [&] { return calls().read_at(calls().context, handle_, at, buffer.data(), buffer.size()); });
            if (got.error != 0)
                return os_error(got.error, system_step::read, file_->path());
            if (got.value <= 0 || static_cast<std::uint64_t>(got.value) > buffer.size())
                return os_error(EIO, system_step::read, file_->path());
            buffer = buffer.subspan(static_cast<std::size_t>(got.value));
            at += static_cast<std::uint64_t>(got.value);
        }
        return std::move(read);
    }

    const held_file* file_;
    file_handle      handle_ = no_handle;
    int              error_ = 0;
};

/// How a range of a file compares with what it was and was to become.
enum class range_state : std::uint8_t { one_of_both, mixture, another };

inline range_state state_of(bytes now, const changed_range& range) noexcept
{
    bool is_before = true;
    bool is_after = true;
    for (std::size_t i = 0; i < now.size(); ++i) {
        const bool is_old = now[i] == range.before[i];
        const bool is_new = now[i] == range.after[i];
        if (!is_old && !is_new)
            return range_state::another;
        is_before = is_before && is_old;
        is_after = is_after && is_new;
    }
    return is_before || is_after ? range_state::one_of_both : range_state::mixture;
}

STET_INLINE result<void> undo(const held_file& file, durability lasting, const allocator& memory)
{
    const open_undo opened(file);
    const auto      content = opened.content(memory);
    if (!content)
        return content.error();
    std::uint64_t            file_size = 0;
    const changed_range      range = undo_range({content->data(), content->size()}, file_size);
    std::array<std::byte, 8> length{};
    constexpr std::uint64_t  length_field = 8;
    // One that is not whole was not there yet when the file was touched; one of another file has served its time.
    if (range.before.empty() || file_size != file.size())
        return remove_undo(file);
    if (auto read = file.read(0, length); !read)
        return read;
    const std::uint64_t end = length_field + range.header_length;
    if (load_word(length.data()) != range.header_length || range.offset < length_field ||
        range.header_length > max_header_size || range.offset > end ||
        range.before.size() > end - range.offset)
        return remove_undo(file);
    growing_array<std::byte> now(memory);
    if (!now.resize(range.before.size()))
        return out_of_memory(range.before.size());
    if (auto read = file.read(range.offset, {now.data(), now.size()}); !read)
        return read;
    const range_state state = state_of({now.data(), now.size()}, range);
    if (state == range_state::another)
        return opened.unusable("does not fit it");
    if (state == range_state::mixture) {
        if (auto written = patch(file, range.offset, range.before, lasting); !written)
            return written;
    }
    return remove_undo(file);
}

} // namespace STET_NAMESPACE::detail
