// SPDX-License-Identifier: MIT
// The system's file calls with a fault wherever a test wants one.
#ifndef STET_TESTS_SUPPORT_FAULTY_FILE_SYSTEM_HPP
#define STET_TESTS_SUPPORT_FAULTY_FILE_SYSTEM_HPP

#include <stet/file/file_system.hpp>
#include <stet/file/native_file_system.hpp>
#include <stet/vocabulary/borrowed.hpp>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace support {

enum class file_call : std::uint8_t {
    open_folder,
    make_folder,
    inspect,
    read_link,
    list,
    create_file,
    set_mode,
    preallocate,
    write,
    sync,
    close,
    move,
    exchange,
    remove,
    write_at,
    open_direct,
    clone,
    lock_file,
    unlock_file,
    set_owner,
    read_acl,
    write_acl,
    user,
    open_file,
    read_at,
};

inline constexpr std::array<std::string_view, 25> file_call_names{
    "open_folder", "make_folder", "inspect",   "read_link", "list",        "create_file", "set_mode",
    "preallocate", "write",       "sync",      "close",     "move",        "exchange",    "remove",
    "write_at",    "open_direct", "clone",     "lock_file", "unlock_file", "set_owner",   "read_acl",
    "write_acl",   "user",        "open_file", "read_at"};

/// A file system that passes every call on to the system, counts it, and lets it fail where it was told to.
/// May be used by several threads once it is set up.
class faulty_file_system {
public:
    faulty_file_system() noexcept : calls_(stet::native_file_system())
    {
        calls_.context = this;
        calls_.open_folder = passed<file_call::open_folder, &stet::file_system::open_folder>;
        calls_.make_folder = passed<file_call::make_folder, &stet::file_system::make_folder>;
        calls_.inspect = passed<file_call::inspect, &stet::file_system::inspect>;
        calls_.read_link = passed<file_call::read_link, &stet::file_system::read_link>;
        calls_.list = passed<file_call::list, &stet::file_system::list>;
        calls_.create_file = passed<file_call::create_file, &stet::file_system::create_file>;
        calls_.set_mode = passed<file_call::set_mode, &stet::file_system::set_mode>;
        calls_.preallocate = passed<file_call::preallocate, &stet::file_system::preallocate>;
        calls_.write = write;
        calls_.sync = passed<file_call::sync, &stet::file_system::sync>;
        calls_.close = passed<file_call::close, &stet::file_system::close>;
        calls_.move = passed<file_call::move, &stet::file_system::move>;
        if (calls_.exchange != nullptr)
            calls_.exchange = passed<file_call::exchange, &stet::file_system::exchange>;
        calls_.remove = passed<file_call::remove, &stet::file_system::remove>;
        if (calls_.write_at != nullptr)
            calls_.write_at = write_at;
        if (calls_.open_direct != nullptr)
            calls_.open_direct = passed<file_call::open_direct, &stet::file_system::open_direct>;
        if (calls_.clone != nullptr)
            calls_.clone = passed<file_call::clone, &stet::file_system::clone>;
        if (calls_.lock_file != nullptr)
            calls_.lock_file = passed<file_call::lock_file, &stet::file_system::lock_file>;
        if (calls_.unlock_file != nullptr)
            calls_.unlock_file = passed<file_call::unlock_file, &stet::file_system::unlock_file>;
        if (calls_.set_owner != nullptr)
            calls_.set_owner = passed<file_call::set_owner, &stet::file_system::set_owner>;
        if (calls_.read_acl != nullptr)
            calls_.read_acl = passed<file_call::read_acl, &stet::file_system::read_acl>;
        if (calls_.write_acl != nullptr)
            calls_.write_acl = passed<file_call::write_acl, &stet::file_system::write_acl>;
        if (calls_.user != nullptr)
            calls_.user = passed<file_call::user, &stet::file_system::user>;
        if (calls_.open_file != nullptr)
            calls_.open_file = passed<file_call::open_file, &stet::file_system::open_file>;
        if (calls_.read_at != nullptr)
            calls_.read_at = passed<file_call::read_at, &stet::file_system::read_at>;
    }
    faulty_file_system(const faulty_file_system&) = delete;
    faulty_file_system& operator=(const faulty_file_system&) = delete;
    ~faulty_file_system() = default;

    const stet::file_system& calls() const noexcept { return calls_; }

    /// The n-th call from now on, counted from 1, fails with this errno; later ones do not.
    void fail(std::size_t nth, int os_code) noexcept { fail(nth, nth, os_code); }

    /// Two calls fail, and no others.
    void fail(std::size_t nth, std::size_t other, int os_code) noexcept
    {
        fails_at_ = {total_ + nth, total_ + other};
        os_code_ = os_code;
        failed_.reset();
    }

    /// The n-th call of this kind from now on fails.
    void fail(file_call kind, std::size_t nth, int os_code) noexcept
    {
        const std::size_t number = counts_[index(kind)] + nth;
        kind_faults_[index(kind)] = {.first = number, .last = number, .os_code = os_code};
    }

    /// Every call of this kind fails.
    void fail_each(file_call kind, int os_code) noexcept
    {
        kind_faults_[index(kind)] = {.first = 0, .last = SIZE_MAX, .os_code = os_code};
    }

    /// The first, third, fifth... call that may be interrupted fails with EINTR.
    void interrupt_every_other() noexcept { interrupts_ = true; }

    /// No write, wherever to, takes more than this many bytes.
    void shorten_writes(std::size_t most) noexcept { most_written_ = most; }

    /// What every write says it took, whatever it took.
    void claim_written(std::int64_t count) noexcept { claimed_ = count; }

    /// Syncs succeed and do nothing, for tests that make thousands.
    void skip_syncs() noexcept { skips_syncs_ = true; }

    /// Called before each call of one kind.
    /// lifetime: borrows the action
    template <class Action>
    void before(file_call kind, Action& action) noexcept
    {
        watched_ = kind;
        action_ = action;
    }

    /// Called before the n-th call from now on.
    /// lifetime: borrows the action
    template <class Action>
    void before_nth(std::size_t nth, Action& action) noexcept
    {
        watched_call_ = total_ + nth;
        action_at_ = action;
    }

    std::size_t count() const noexcept { return total_; }
    std::size_t count(file_call kind) const noexcept { return counts_[index(kind)]; }

    /// The kind of call that fail() made fail last.
    std::optional<file_call> failed() const noexcept { return failed_; }

private:
    struct kind_fault {
        std::size_t first = 1;
        std::size_t last = 0;
        int         os_code = 0;
    };

    static constexpr std::size_t index(file_call kind) noexcept { return static_cast<std::size_t>(kind); }

    /// The errno this call is to fail with, or 0.
    int next(file_call kind)
    {
        if (action_ && kind == watched_)
            action_();
        const std::size_t number = ++total_;
        if (action_at_ && number == watched_call_)
            action_at_();
        const std::size_t of_kind = ++counts_[index(kind)];
        const kind_fault& fault = kind_faults_[index(kind)];
        if (of_kind >= fault.first && of_kind <= fault.last)
            return fault.os_code;
        if (number == fails_at_[0] || number == fails_at_[1]) {
            failed_ = kind;
            return os_code_;
        }
        // An interrupted close has closed all the same and is not repeated: it would be the last of its kind.
        if (interrupts_ && kind != file_call::close && ++interruptible_ % 2 == 1)
            return EINTR;
        return 0;
    }

    template <file_call Kind, auto Member, class... Arguments>
    static stet::os_result passed(void* context, Arguments... arguments)
    {
        auto&     self = *static_cast<faulty_file_system*>(context);
        const int fault = self.next(Kind);
        if (fault != 0 && Kind != file_call::close)
            return {.value = -1, .error = fault};
        if (Kind == file_call::sync && self.skips_syncs_)
            return {};
        const stet::os_result returned =
            (stet::native_file_system().*Member)(stet::native_file_system().context, arguments...);
        // A handle is gone even when closing it fails.
        return fault == 0 ? returned : stet::os_result{.value = -1, .error = fault};
    }

    static stet::os_result write(void* context, stet::file_handle file, const void* data, std::size_t size)
    {
        auto& self = *static_cast<faulty_file_system*>(context);
        if (const int fault = self.next(file_call::write); fault != 0)
            return {.value = -1, .error = fault};
        if (self.claimed_)
            return {.value = *self.claimed_, .error = 0};
        return stet::native_file_system().write(stet::native_file_system().context, file, data,
                                                size < self.most_written_ ? size : self.most_written_);
    }

    static stet::os_result write_at(void* context, stet::file_handle file, std::uint64_t offset,
                                    const void* data, std::size_t size)
    {
        auto& self = *static_cast<faulty_file_system*>(context);
        if (const int fault = self.next(file_call::write_at); fault != 0)
            return {.value = -1, .error = fault};
        if (self.claimed_)
            return {.value = *self.claimed_, .error = 0};
        return stet::native_file_system().write_at(stet::native_file_system().context, file, offset, data,
                                                   size < self.most_written_ ? size : self.most_written_);
    }

    stet::file_system                                            calls_;
    std::atomic<std::size_t>                                     total_ = 0;
    std::array<std::atomic<std::size_t>, file_call_names.size()> counts_{};
    std::array<kind_fault, file_call_names.size()>               kind_faults_{};
    std::array<std::size_t, 2>                                   fails_at_{};
    int                                                          os_code_ = 0;
    std::optional<file_call>                                     failed_{};
    std::atomic<std::size_t>                                     interruptible_ = 0;
    bool                                                         interrupts_ = false;
    bool                                                         skips_syncs_ = false;
    std::size_t                                                  most_written_ = SIZE_MAX;
    std::optional<std::int64_t>                                  claimed_{};
    file_call                                                    watched_{};
    stet::function_ref<void()>                                   action_{};
    std::size_t                                                  watched_call_ = 0;
    stet::function_ref<void()>                                   action_at_{};
};

} // namespace support

#endif
