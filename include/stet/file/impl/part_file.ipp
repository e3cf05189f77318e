// SPDX-License-Identifier: MIT
#include "../part_file.hpp"

#include <cerrno>
#include <utility>

namespace STET_NAMESPACE {

STET_INLINE result<part_file> part_file::create(const folder& in, std::string name, std::string path,
                                                const std::string& replaces)
{
    const file_system&                 calls = in.calls();
    std::optional<detail::file_access> replaced;
    if (!replaces.empty()) {
        auto found = detail::file_access::of(in, replaces, path);
        if (!found)
            return found.error();
        replaced = *std::move(found);
    }
    constexpr std::uint32_t everybody = 0666;
    const std::uint32_t     mode = replaced ? detail::private_mode : everybody;
    const auto              created =
        detail::retried([&] { return calls.create_file(calls.context, in.handle(), name.c_str(), mode); });
    if (created.error != 0)
        return detail::os_error(created.error, detail::system_step::create, path);
    part_file part(in, std::move(name), std::move(path), static_cast<file_handle>(created.value));
    part.replaced_ = std::move(replaced);
    if (auto locked = part.lock(in); !locked)
        return locked.error();
    return part;
}

STET_INLINE part_file::part_file(part_file&& other) noexcept
    : calls_(other.calls_), folder_(other.folder_), name_(std::move(other.name_)),
      path_(std::move(other.path_)), size_(other.size_), handle_(std::exchange(other.handle_, no_handle)),
      is_named_(std::exchange(other.is_named_, false)), is_closed_(other.is_closed_), own_(other.own_),
      lock_(std::move(other.lock_)), replaced_(std::move(other.replaced_)), keeps_access_(other.keeps_access_)
{
}

STET_INLINE part_file::~part_file()
{
    entry_facts named;
    // While it is open: the index of a file that is gone may soon be another saver's.
    const int found = is_named_ ? look_at_name(named).error : ENOENT;
    if (handle_ != no_handle)
        calls_->close(calls_->context, handle_);
    // A name that is gone may be another saver's by the time it is removed.
    if (found == 0 ? detail::is_same_entry(own_, named) : found != ENOENT)
        remove(name_);
}

STET_INLINE result<void> part_file::rename(std::string name, std::string path)
{
    if (auto named = still_named(); !named)
        return named;
    if (auto moved = give_name(name, existing_file::refuse); !moved)
        return moved.error().about(path);
    name_ = std::move(name);
    path_ = std::move(path);
    return {};
}

STET_INLINE result<void> part_file::preallocate(std::uint64_t size)
{
    size_ = size;
    if (calls_->preallocate == nullptr)
        return {};
    const auto reserved =
        detail::retried([&] { return calls_->preallocate(calls_->context, handle_, size); });
    if (detail::is_not_offered(reserved.error) || reserved.error == EPERM || reserved.error == ENODEV)
        return {};
    return checked(reserved, detail::system_step::set_size);
}

STET_INLINE result<void> part_file::write(bytes data)
{
    return write_all(
        data, [&](bytes left) { return calls_->write(calls_->context, handle_, left.data(), left.size()); });
}

STET_INLINE result<void> part_file::write_at(std::uint64_t offset, bytes data) const
{
    return write_all(data, [&](bytes left) {
        return calls_->write_at(calls_->context, handle_, offset + (data.size() - left.size()), left.data(),
                                left.size());
    });
}

STET_INLINE bool part_file::clone(file_handle from, std::uint64_t from_offset, std::uint64_t offset,
                                  std::uint64_t size) const
{
    if (calls_->clone == nullptr)
        return false;
    const auto cloned = detail::retried(
        [&] { return calls_->clone(calls_->context, from, from_offset, handle_, offset, size); });
    return cloned.error == 0;
}

STET_INLINE result<void> part_file::checked(os_result returned, detail::system_step step,
                                            std::uint64_t piece) const
{
    if (returned.error == 0)
        return {};
    error failed = detail::os_error(returned.error, step, path_);
    failed.expected = size_ < piece ? piece : size_;
    return failed;
}

STET_INLINE os_result part_file::open_direct() const
{
    constexpr os_result none{.value = no_handle, .error = ENOTSUP};
    if (calls_->open_direct == nullptr || calls_->write_at == nullptr)
        return none;
    const auto opened =
        detail::retried([&] { return calls_->open_direct(calls_->context, folder_, name_.c_str()); });
    if (opened.error != 0)
        return {.value = no_handle, .error = opened.error};
    const auto  direct = static_cast<file_handle>(opened.value);
    entry_facts named;
    if (look_at(direct, named).error == 0 && detail::is_same_entry(own_, named))
        return opened;
    calls_->close(calls_->context, direct);
    return none;
}

STET_INLINE result<void> part_file::publish(const folder& in, const std::string& final_name,
                                            existing_file existing, durability lasting)
{
    // Else another saver's unfinished file might appear under the final name.
    if (auto named = still_named(); !named)
        return named;
    if (existing == existing_file::replace) {
        if (auto taken = take_access(in, final_name); !taken)
            return taken;
    }
    if (auto closed = close(lasting); !closed)
        return closed;
    auto published = lasting == durability::none         ? move(final_name, existing)
                     : existing == existing_file::refuse ? take_free(in, final_name)
                                                         : replace(in, final_name);
    if (!is_named_)
        lock_.release();
    return published;
}

STET_INLINE result<void> part_file::publish_over(const folder& in, const std::string& final_name,
                                                 const entry_facts& only, detail::file_lock held,
                                                 durability lasting)
{
    if (auto named = still_named(); !named)
        return named;
    entry_facts found;
    const auto  looked = in.inspect(final_name, links::refuse, found);
    if (looked.error != 0 && looked.error != ENOENT)
        return checked(looked, detail::system_step::inspect);
    if (found.kind != entry_kind::file || !detail::is_same_entry(found, only))
        return error{.code = errc::file_changed}.about(path_);
    if (auto taken = take_access(in, final_name); !taken)
        return taken;
    if (auto closed = close(lasting); !closed)
        return closed;
    // Nobody who asks for the old file's lock gets it meanwhile.
    auto replaced = lasting == durability::none ? move(final_name, existing_file::replace)
                                                : replace_only(in, final_name, only, std::move(held));
    if (!is_named_)
        lock_.release();
    return replaced;
}

STET_INLINE part_file::part_file(const folder& in, std::string name, std::string path,
                                 file_handle handle) noexcept
    : calls_(&in.calls()), folder_(in.handle()), name_(std::move(name)), path_(std::move(path)),
      handle_(handle), is_named_(true)
{
}

STET_INLINE os_result part_file::look_at(file_handle file, entry_facts& facts) const
{
    return detail::retried([&] { return calls_->inspect(calls_->context, file, "", links::follow, facts); });
}

STET_INLINE result<void> part_file::lock(const folder& in)
{
    auto locked = detail::file_lock::take(in, name_, path_);
    if (locked) {
        lock_ = *std::move(locked);
    } else if (locked.error().os_code == EBUSY) {
        is_named_ = false; // whoever was quicker sees to it
        return lost(EBUSY);
    }
    if (auto looked = checked(look_at(handle_, own_), detail::system_step::inspect); !looked)
        return looked;
    return still_named();
}

STET_INLINE os_result part_file::look_at_name(entry_facts& named) const
{
    return detail::retried(
        [&] { return calls_->inspect(calls_->context, folder_, name_.c_str(), links::refuse, named); });
}

STET_INLINE result<void> part_file::still_named() const
{
    entry_facts named;
    const auto  found = look_at_name(named);
    if (found.error == ENOENT || (found.error == 0 && !detail::is_same_entry(own_, named)))
        return lost(ENOENT);
    return checked(found, detail::system_step::inspect);
}

STET_INLINE error part_file::lost(int os_code) const
{
    return error{.code = errc::part_file_lost, .os_code = os_code}.about(path_);
}

STET_INLINE result<void> part_file::take_access(const folder& in, const std::string& final_name)
{
    auto found = detail::file_access::of(in, final_name, path_);
    if (!found)
        return found.error();
    if (*found)
        replaced_ = *std::move(found);
    if (!replaced_)
        return {};
    const auto given = replaced_->give(*calls_, handle_, path_);
    if (!given)
        return given.error();
    keeps_access_ = *given;
    return {};
}

STET_INLINE result<void> part_file::close(durability lasting)
{
    if (is_closed_)
        return {};
    if (auto synced = lasting == durability::full ? sync() : result<void>(); !synced)
        return synced;
    // Closing again after EINTR could close another thread's file.
    const auto closed = calls_->close(calls_->context, std::exchange(handle_, no_handle));
    is_closed_ = closed.error == 0 || closed.error == EINTR;
    return is_closed_ ? result<void>() : checked(closed, detail::system_step::close);
}

STET_INLINE result<void> part_file::give_name(const std::string& name, existing_file existing) const
{
    const auto given = detail::retried(
        [&] { return calls_->move(calls_->context, folder_, name_.c_str(), name.c_str(), existing); });
    if (given.error == ENOENT)
        return lost(ENOENT);
    if (detail::is_not_offered(given.error))
        return error{.code = errc::rename_not_offered, .os_code = given.error}.about(path_);
    return checked(given, detail::system_step::rename);
}

STET_INLINE result<void> part_file::move(const std::string& final_name, existing_file existing)
{
    auto moved = give_name(final_name, existing);
    is_named_ = !moved;
    if (moved)
        lock_.unlock();
    return moved;
}

STET_INLINE result<void> part_file::take_free(const folder& in, const std::string& final_name)
{
    if (auto moved = move(final_name, existing_file::refuse); !moved)
        return moved;
    auto synced = in.sync(path_);
    if (!synced)
        leave_free(in, final_name);
    return synced;
}

STET_INLINE void part_file::leave_free(const folder& in, const std::string& final_name)
{
    auto own =
        detail::file_lock::of_name(in, final_name, path_); // meanwhile no other saver replaces the file
    entry_facts named;
    const auto  found = in.inspect(final_name, links::refuse, named);
    if (found.error != 0 || !detail::is_same_entry(own_, named))
        return;
    const auto rename = [&](const std::string& from, const std::string& to) {
        return detail::retried([&] {
            return calls_->move(calls_->context, folder_, from.c_str(), to.c_str(), existing_file::refuse);
        });
    };
    // Not removed at once: of what was renamed one can see whether it was the right file.
    const auto renamed = rename(final_name, name_);
    if (renamed.error == EEXIST && own && own->is_held())
        remove(final_name); // another saver has begun under the part file's name
    if (renamed.error != 0)
        return;
    is_named_ = look_at_name(named).error != 0 || detail::is_same_entry(own_, named);
    if (!is_named_)
        rename(name_, final_name); // another program was quicker, with no regard to locks
    else if (own)
        lock_ = *std::move(own);
}

STET_INLINE os_result part_file::remove(const std::string& name) const
{
    return detail::retried([&] { return calls_->remove(calls_->context, folder_, name.c_str()); });
}

} // namespace STET_NAMESPACE
