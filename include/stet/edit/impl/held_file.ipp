// SPDX-License-Identifier: MIT
#include "held_file.hpp"

#include <cerrno>
#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE result<held_file> held_file::take(const file_system& calls, const std::string& path, file_use use)
{
    if (calls.open_file == nullptr || calls.read_at == nullptr)
        return error{.code = errc::editing_not_offered}.about(path);
    auto where = exact_target::resolve(calls, path);
    if (!where)
        return where.error();
    held_file     held(*std::move(where), path);
    constexpr int most_tries = 100;
    for (int tries = 0; tries < most_tries; ++tries) {
        const auto opened = held.open(use);
        if (!opened)
            return opened.error();
        if (*opened)
            return held;
        held.close();
    }
    return error{.code = errc::file_changed}.about(path);
}

STET_INLINE held_file::held_file(held_file&& other) noexcept
    : in_(std::move(other.in_)), name_(std::move(other.name_)), in_path_(std::move(other.in_path_)),
      path_(std::move(other.path_)), handle_(std::exchange(other.handle_, no_handle)), facts_(other.facts_),
      lock_(std::move(other.lock_))
{
}

STET_INLINE held_file::held_file(exact_target::place where, std::string path) noexcept
    : in_(std::move(where.in)), name_(std::move(where.name)), in_path_(std::move(where.in_path)),
      path_(std::move(path))
{
}

STET_INLINE result<bool> held_file::open(file_use use)
{
    const auto failed = [this](int os_code, system_step step) {
        error found = os_error(os_code, step, path_);
        if (os_code == ENOENT)
            found.code = errc::file_missing;
        return found;
    };
    entry_facts named;
    if (const auto found = in_.inspect(name_, links::refuse, named); found.error != 0)
        return failed(found.error, system_step::inspect);
    if (named.kind != entry_kind::file)
        return error{.code = errc::not_a_regular_file}.about(path_);
    auto locked = file_lock::of_name(in_, name_, path_);
    if (!locked)
        return failed(locked.error().os_code, system_step::lock);
    lock_ = *std::move(locked);
    const auto opened =
        retried([&] { return calls().open_file(calls().context, in_.handle(), name_.c_str(), use); });
    if (is_not_offered(opened.error))
        return error{.code = errc::editing_not_offered, .os_code = opened.error}.about(path_);
    if (opened.error != 0)
        return failed(opened.error, system_step::open);
    handle_ = static_cast<file_handle>(opened.value);
    const auto looked =
        retried([&] { return calls().inspect(calls().context, handle_, "", links::follow, facts_); });
    if (looked.error != 0)
        return failed(looked.error, system_step::inspect);
    if (facts_.kind != entry_kind::file)
        return error{.code = errc::not_a_regular_file}.about(path_);
    if (const auto found = in_.inspect(name_, links::refuse, named); found.error != 0)
        return failed(found.error, system_step::inspect);
    return is_same_entry(facts_, named) && (!lock_.is_held() || is_same_entry(facts_, lock_.facts()));
}

STET_INLINE void held_file::close() noexcept
{
    if (handle_ != no_handle)
        calls().close(calls().context, std::exchange(handle_, no_handle));
    lock_.release();
}

STET_INLINE result<void> held_file::read(std::uint64_t offset, std::span<std::byte> buffer) const
{
    const std::uint64_t wanted = offset + buffer.size();
    while (!buffer.empty()) {
        const auto got = retried(
            [&] { return calls().read_at(calls().context, handle_, offset, buffer.data(), buffer.size()); });
        if (got.error != 0)
            return os_error(got.error, system_step::read, path_);
        if (got.value < 0 || static_cast<std::uint64_t>(got.value) > buffer.size())
            return os_error(EIO, system_step::read, path_);
        if (got.value == 0)
            return error{.code = errc::incomplete_data, .expected = wanted, .actual = offset}.about(path_);
        buffer = buffer.subspan(static_cast<std::size_t>(got.value));
        offset += static_cast<std::uint64_t>(got.value);
    }
    return {};
}

STET_INLINE result<void> held_file::write(std::uint64_t offset, bytes data) const
{
    if (calls().write_at == nullptr)
        return error{.code = errc::editing_not_offered}.about(path_);
    while (!data.empty()) {
        const auto taken = retried(
            [&] { return calls().write_at(calls().context, handle_, offset, data.data(), data.size()); });
        if (taken.error != 0)
            return os_error(taken.error, system_step::write, path_);
        if (taken.value <= 0 || static_cast<std::uint64_t>(taken.value) > data.size())
            return os_error(EIO, system_step::write, path_);
        data = data.subspan(static_cast<std::size_t>(taken.value));
        offset += static_cast<std::uint64_t>(taken.value);
    }
    return {};
}

STET_INLINE result<void> held_file::sync() const
{
    const auto synced = retried([&] { return calls().sync(calls().context, handle_); });
    if (is_not_offered(synced.error))
        return error{.code = errc::sync_not_offered, .os_code = synced.error}.about(path_);
    if (synced.error != 0)
        return os_error(synced.error, system_step::sync, path_);
    return {};
}

STET_INLINE result<void> held_file::still_named() const
{
    entry_facts named;
    const auto  found = in_.inspect(name_, links::refuse, named);
    if (found.error == ENOENT || (found.error == 0 && !is_same_entry(facts_, named)))
        return error{.code = errc::file_changed}.about(path_);
    if (found.error != 0)
        return os_error(found.error, system_step::inspect, path_);
    return {};
}

STET_INLINE result<exact_target> held_file::beside() const
{
    auto in = in_.again(path_);
    if (!in)
        return in.error();
    return exact_target::take({.in = *std::move(in), .name = name_, .in_path = in_path_}, path_,
                              existing_file::replace);
}

STET_INLINE result<void> held_file::replace_by(exact_target& next, durability lasting)
{
    if (calls().exchange == nullptr) { // some systems replace no file that is open
        close();
        return next.publish_over(facts_, {}, lasting);
    }
    return next.publish_over(facts_, std::move(lock_), lasting);
}

} // namespace STET_NAMESPACE::detail
