// SPDX-License-Identifier: MIT
#include "../../naming/output_name.hpp"
#include "../../vocabulary/impl/sort_range.hpp"
#include "../exact_target.hpp"
#include "part_name.hpp"
#include "set_target.hpp"

#include <cerrno>
#include <cstdint>
#include <utility>

namespace STET_NAMESPACE::detail {

inline void sort_names(std::vector<std::string>& names)
{
    std::vector<const std::string*> order;
    order.reserve(names.size());
    for (const std::string& name : names)
        order.push_back(&name);
    sort_range(array_view<const std::string*>(order.data(), order.size()),
               [](const std::string* one, const std::string* other) { return *one < *other; });
    std::vector<std::string> sorted;
    sorted.reserve(names.size());
    for (const std::string* const name : order)
        sorted.push_back(*name);
    names = std::move(sorted);
}

inline bool has_name(const std::vector<std::string>& names, std::string_view name) noexcept
{
    for (const std::string& one : names) {
        if (one == name)
            return true;
    }
    return false;
}

inline result<std::vector<std::string>> names_in(const folder& in, const std::string& path,
                                                 set_member_test wanted)
{
    const file_system&       calls = in.calls();
    std::vector<std::string> names;
    const auto               listed = retried([&] {
        names.clear();
        return calls.list(calls.context, in.handle(), [&](std::string_view entry) {
            if (wanted(entry))
                names.emplace_back(entry);
        });
    });
    if (listed.error != 0)
        return os_error(listed.error, system_step::list_folder, path);
    sort_names(names);
    return names;
}

STET_INLINE set_target::set_target(folder in, std::string path, std::string index, set_member_test is_member,
                                   existing_file existing) noexcept
    : in_(std::move(in)), path_(std::move(path)), index_name_(std::move(index)), is_member_(is_member),
      existing_(existing)
{
}

STET_INLINE result<set_target> set_target::take(const file_system& calls, const std::string& path,
                                                const std::string& index, set_member_test is_member,
                                                existing_file existing, durability lasting)
{
    if (path.empty() || path.find('\0') != std::string::npos)
        return error{.code = errc::invalid_file_name}.about(path);
    auto in = folder::create(calls, path, lasting);
    if (!in)
        return in.error();
    set_target target(*std::move(in), path, index, is_member, existing);
    const auto found = target.members();
    if (!found)
        return found.error();
    if (auto accepted = target.accept(*found); !accepted)
        return accepted.error();
    if (!found->empty())
        target.access_of_ = found->front();
    auto lock = target.create(index);
    if (!lock)
        return lock.error();
    target.index_.emplace(*std::move(lock));
    if (auto alone = target.be_alone(); !alone)
        return alone.error();
    return target;
}

STET_INLINE result<part_file*> set_target::add(const std::string& name)
{
    auto part = create(name);
    if (!part)
        return part.error();
    files_.push_back({.name = name, .part = *std::move(part), .own = {}});
    return &files_.back().part;
}

STET_INLINE bool set_target::keeps_access() const noexcept
{
    bool keeps = index_->keeps_access();
    for (const file& one : files_)
        keeps = keeps && one.part.keeps_access();
    return keeps;
}

// ---- the folder -------------------------------------------------------------------------------------------

STET_INLINE std::string set_target::path_of(std::string_view name) const
{
    std::string path = path_;
    if (!path.ends_with('/'))
        path += '/';
    path += name;
    return path;
}

STET_INLINE result<std::vector<std::string>> set_target::members() const
{
    return names_in(in_, path_, is_member_);
}

STET_INLINE result<void> set_target::accept(const std::vector<std::string>& found) const
{
    for (const std::string& name : found) {
        entry_facts facts;
        const auto  looked = in_.inspect(name, links::refuse, facts);
        if (looked.error == ENOENT)
            continue; // gone meanwhile
        if (looked.error != 0)
            return os_error(looked.error, system_step::inspect, path_of(name));
        if (existing_ == existing_file::refuse)
            return error{.code = errc::name_taken}.about(path_of(name));
        if (facts.kind != entry_kind::file && facts.kind != entry_kind::link)
            return error{.code = errc::not_a_regular_file}.about(path_of(name));
    }
    return {};
}

STET_INLINE result<void> set_target::be_alone() const
{
    const std::string& index = index_name_;
    const auto         parts = names_in(
        in_, path_, [&index](std::string_view entry) { return detail::is_exact_part(entry, index); });
    if (!parts)
        return parts.error();
    for (const std::string& name : *parts) {
        if (name == index_->name())
            continue;
        const auto lock = file_lock::take(in_, name, index_->path());
        if (!lock && lock.error().os_code == EBUSY)
            return error{.code = errc::set_in_use}.about(path_);
    }
    return {};
}

STET_INLINE result<part_file> set_target::create(const std::string& name) const
{
    entry_facts facts;
    const bool  is_there = in_.inspect(name, links::refuse, facts).error == 0;
    return exact_target::create_part(in_, name, path_of(name), is_there ? name : access_of_);
}

STET_INLINE bool set_target::is_new(std::string_view name) const noexcept
{
    for (const file& one : files_) {
        if (one.name == name)
            return true;
    }
    return false;
}

STET_INLINE bool set_target::leads_to(const std::string& name, const entry_facts& own) const
{
    entry_facts named;
    return in_.inspect(name, links::refuse, named).error == 0 && is_same_entry(own, named);
}

STET_INLINE os_result set_target::remove(const std::string& name) const
{
    const file_system& calls = in_.calls();
    return retried([&] { return calls.remove(calls.context, in_.handle(), name.c_str()); });
}

STET_INLINE os_result set_target::rename(const std::string& from, const std::string& to) const
{
    const file_system& calls = in_.calls();
    return retried([&] {
        return calls.move(calls.context, in_.handle(), from.c_str(), to.c_str(), existing_file::refuse);
    });
}

STET_INLINE result<void> set_target::settle(durability lasting) const
{
    return lasting == durability::full ? in_.sync(path_) : result<void>();
}

// ---- publishing -------------------------------------------------------------------------------------------

STET_INLINE result<replaced_set> set_target::publish(bool has_index, durability lasting)
{
    const auto found = members();
    if (!found)
        return found.error();
    if (auto accepted = accept(*found); !accepted)
        return accepted.error();
    result<void> published = has_index ? publish_index(*found, lasting) : publish_files(lasting);
    if (published)
        return remove_old(*found, has_index, lasting);
    // A single file that replaced another one has undone by itself what could be.
    if (has_index || files_.empty() || !has_name(*found, files_.front().name))
        undo(lasting);
    return published.error();
}

STET_INLINE result<void> set_target::publish_index(const std::vector<std::string>& found, durability lasting)
{
    if (auto cleared = clear_names(found, lasting); !cleared)
        return cleared;
    if (auto published = publish_files(lasting); !published)
        return published;
    entry_facts own;
    const auto  looked = in_.inspect(index_->name(), links::refuse, own);
    auto        published = index_->publish(in_, index_name_, existing_, lasting);
    if (!published && looked.error == 0 && leads_to(index_name_, own)) {
        files_.clear(); // the set is whole: nothing of it is undone
        aside_.clear();
    }
    return published;
}

STET_INLINE result<void> set_target::publish_files(durability lasting)
{
    for (file& one : files_) {
        const auto looked = in_.inspect(one.part.name(), links::refuse, one.own);
        if (looked.error != 0)
            return os_error(looked.error, system_step::inspect, one.part.path());
        if (auto published = one.part.publish(in_, one.name, existing_, lasting); !published)
            return published;
        one.is_published = true;
    }
    return {};
}

STET_INLINE result<void> set_target::clear_names(const std::vector<std::string>& found, durability lasting)
{
    bool meets = false;
    for (const std::string& name : found)
        meets = meets || is_new(name);
    if (!meets)
        return {};
    if (has_name(found, index_name_)) {
        if (auto put = put_away(index_name_); !put)
            return put;
        // Else a disk might keep what comes now and lose this.
        if (auto settled = settle(lasting); !settled)
            return settled;
    }
    for (const std::string& name : found) {
        if (!is_new(name))
            continue;
        if (auto put = put_away(name); !put)
            return put;
    }
    return settle(lasting);
}

STET_INLINE result<void> set_target::put_away(const std::string& name)
{
    const std::string path = path_of(name);
    auto              lock = file_lock::take(in_, name, path);
    const int         os_code = lock ? 0 : lock.error().os_code;
    if (os_code == ENOENT)
        return {}; // gone meanwhile
    if (os_code == EBUSY)
        return lock.error();
    constexpr std::uint64_t most_attempts = 100'000;
    for (std::uint64_t attempt = 1;; ++attempt) {
        std::string aside = detail::exact_part_name(name, attempt);
        const auto  moved = rename(name, aside);
        if (moved.error == EEXIST && attempt < most_attempts)
            continue;
        if (moved.error == ENOENT)
            return {};
        if (is_not_offered(moved.error))
            return error{.code = errc::rename_not_offered, .os_code = moved.error}.about(path);
        if (moved.error != 0)
            return os_error(moved.error, system_step::rename, path);
        aside_.push_back(
            {.name = name, .aside = std::move(aside), .lock = lock ? *std::move(lock) : file_lock()});
        return {};
    }
}

STET_INLINE void set_target::undo(durability lasting)
{
    // The index may have had its name for a moment. A disk must not keep that and lose the files it leads to.
    if (!settle(lasting))
        return;
    // Whatever else of this fails, what can be done is done; but no old file may meet a new one.
    bool is_clear = true;
    for (const file& one : files_) {
        if (!one.is_published && one.own.index == 0)
            continue;
        entry_facts named;
        const auto  looked = in_.inspect(one.name, links::refuse, named);
        const bool  is_gone = looked.error == ENOENT || (looked.error == 0 && !is_same_entry(one.own, named));
        if (!is_gone && (looked.error != 0 || remove(one.name).error != 0))
            is_clear = false;
    }
    is_clear = is_clear && (aside_.empty() || settle(lasting));
    while (is_clear && !aside_.empty()) {
        const put_aside& last = aside_.back();
        if (last.name == index_name_ && !settle(lasting))
            return;
        if (rename(last.aside, last.name).error != 0)
            return;
        aside_.pop_back();
    }
    static_cast<void>(settle(lasting));
}

STET_INLINE replaced_set set_target::remove_old(const std::vector<std::string>& before, bool has_index,
                                                durability lasting)
{
    replaced_set old;
    const auto   drop = [&](const std::string& name) {
        const auto removed = remove(name);
        if (removed.error == 0)
            old.removed.push_back(name);
        else if (removed.error != ENOENT)
            old.left.push_back(name);
    };
    auto found = members();
    if (!found)
        found = before;
    // The old index of a set that has none now goes first, and for good: it leads readers to what goes next.
    bool goes_on = true;
    if (!has_index && has_name(*found, index_name_)) {
        drop(index_name_);
        goes_on = old.left.empty() && settle(lasting);
    }
    for (const std::string& name : *found) {
        if (name == index_name_ || is_new(name))
            continue;
        if (goes_on)
            drop(name);
        else
            old.left.push_back(name);
    }
    for (const put_aside& one : aside_) {
        if (const auto removed = remove(one.aside); removed.error != 0 && removed.error != ENOENT)
            old.left.push_back(one.aside);
    }
    aside_.clear();
    static_cast<void>(settle(lasting)); // the set lasts already
    return old;
}

// ---- what killed savers left ------------------------------------------------------------------------------

/// Whether an entry has a name that exact_part_name gives a file of the set.
inline bool is_part_of_set(std::string_view entry, set_member_test is_member)
{
    if (!entry.ends_with(part_extension))
        return false;
    entry.remove_suffix(part_extension.size());
    if (is_member(entry))
        return true;
    const std::string_view digits = take_last_digits(entry);
    if (!is_attempt(digits) || !entry.ends_with('.'))
        return false;
    entry.remove_suffix(1);
    return is_member(entry);
}

STET_INLINE result<abandoned_parts> remove_abandoned_set(const std::string& path, set_member_test is_member,
                                                         const abandoned_options& options)
{
    const auto in = folder::open(*options.file_system, path);
    if (!in)
        return in.error();
    return part_search(*in, path, options).run([is_member](std::string_view entry) {
        return is_part_of_set(entry, is_member);
    });
}

} // namespace STET_NAMESPACE::detail
