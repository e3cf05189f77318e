// SPDX-License-Identifier: MIT
// What may be left on a disk when the power fails, after ALICE (OSDI 2014) and CrashMonkey (OSDI 2018).
#ifndef STET_TESTS_SUPPORT_POWER_LOSS_HPP
#define STET_TESTS_SUPPORT_POWER_LOSS_HPP

#include "support/dice.hpp"
#include "support/disk_image.hpp"
#include "support/memory_disk.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace support {

enum class disk_order : std::uint8_t {
    /// Whatever was not synced may be lost, each change for itself: either half of a rename, any block of a write, a
    /// size without its data and data without its size. A sync settles the one file or folder and nothing else.
    none,
    /// A journal, such as ext4's with data=ordered: calls that change names, modes and allocated sizes last in their
    /// order, and a sync settles all before the last change of what is synced. Blocks appended to a file come later,
    /// in order, with their size; blocks written into space set aside come in any order.
    journal
};

/// Makes the states that a power failure after some call may leave.
class power_loss {
public:
    /// calls:    the power fails after this many
    /// lifetime: borrows the disk
    power_loss(const memory_disk& disk, std::size_t calls, disk_order order)
        : disk_(&disk), calls_(calls), order_(order)
    {
        for (const disk_change& change : disk.changes()) {
            if (change.call > calls)
                break;
            ++made_;
            if (change.kind == disk_change::what::synced)
                settle(change.owner);
        }
    }

    /// Calls `check(image)` with every state when they are few, else with some of them: all lost, none lost, one lost,
    /// one kept, and as many at random as `most` says.
    /// returns: how many there were
    template <class Check>
    std::size_t for_each_state(std::size_t most, Check check) const
    {
        std::size_t count = 0;
        if (order_ == disk_order::none)
            return with_names_until(0, most, check);
        const std::size_t journaled = last_journaled();
        std::size_t       seen = SIZE_MAX;
        for (std::size_t last = journaled; last <= calls_; ++last) {
            const std::size_t reaches = changes_until(last);
            if (reaches == seen)
                continue; // that call changed nothing
            seen = reaches;
            count += with_names_until(last, most, check);
        }
        return count;
    }

private:
    const std::vector<disk_change>& changes() const noexcept { return disk_->changes(); }

    void settle(inode owner)
    {
        for (std::size_t i = 0; i + 1 < made_; ++i) {
            if (changes()[i].owner == owner)
                settled_.insert(i);
        }
    }

    std::size_t changes_until(std::size_t call) const
    {
        std::size_t count = 0;
        while (count < made_ && changes()[count].call <= call)
            ++count;
        return count;
    }

    /// The last call whose change a sync has brought to the journal.
    std::size_t last_journaled() const
    {
        std::size_t last = 0;
        for (const std::size_t i : settled_)
            last = (std::max)(last, changes()[i].call);
        return last;
    }

    bool is_journaled(const disk_change& change) const noexcept
    {
        return order_ == disk_order::journal && change.kind != disk_change::what::data && !change.grows;
    }

    template <class Check>
    std::size_t with_names_until(std::size_t last, std::size_t most, Check& check) const
    {
        std::vector<bool>        kept(made_, false);
        std::vector<std::size_t> open; // changes whose fate is not known
        for (std::size_t i = 0; i < made_; ++i) {
            const disk_change& change = changes()[i];
            if (change.kind == disk_change::what::synced)
                continue;
            if (settled_.count(i) != 0 || is_journaled(change))
                kept[i] = settled_.count(i) != 0 || change.call <= last;
            else
                open.push_back(i);
        }
        std::size_t count = 0;
        const auto  try_with = [&](auto is_kept) {
            for (std::size_t bit = 0; bit < open.size(); ++bit)
                kept[open[bit]] = is_kept(bit);
            check(image_with(kept, count % 2 == 0 ? '\0' : '\x5A'));
            ++count;
        };
        constexpr std::size_t few = 10;
        if (open.size() <= few) {
            for (std::size_t mask = 0; mask < std::size_t{1} << open.size(); ++mask)
                try_with([mask](std::size_t bit) { return (mask >> bit & 1U) != 0; });
            return count;
        }
        for (const bool all : {false, true}) {
            try_with([all](std::size_t) { return all; });
            for (std::size_t one = 0; one < open.size(); ++one)
                try_with([all, one](std::size_t bit) { return all != (bit == one); });
        }
        dice random(made_ * 1000 + last);
        while (count < most) {
            // Sometimes most is kept, sometimes most is lost.
            const std::uint64_t keeps = 1 + random.below(7);
            try_with([&](std::size_t) { return random.below(8) < keeps; });
        }
        return count;
    }

    disk_image image_with(const std::vector<bool>& kept, char unwritten) const
    {
        disk_image      image = disk_->before();
        std::set<inode> torn; // appended blocks behind a lost one are lost in a journal
        for (std::size_t i = 0; i < made_; ++i) {
            const disk_change& change = changes()[i];
            if (change.grows && order_ == disk_order::journal && settled_.count(i) == 0) {
                if (!kept[i])
                    torn.insert(change.owner);
                if (torn.count(change.owner) != 0)
                    continue;
            }
            if (change.kind == disk_change::what::synced || !kept[i])
                continue;
            apply(image, change, unwritten);
        }
        return image;
    }

    /// An entry that the disk did not have before.
    stored_entry& entry(disk_image& image, inode number, char unwritten) const
    {
        const auto known = image.entries.find(number);
        if (known != image.entries.end())
            return known->second;
        const stored_entry& now = disk_->now().entries.at(number);
        stored_entry        fresh{.kind = now.kind, .names = {}, .above = now.above};
        // A journal never shows what lay there before.
        fresh.unwritten = order_ == disk_order::none ? unwritten : '\0';
        return image.entries.emplace(number, std::move(fresh)).first->second;
    }

    void apply(disk_image& image, const disk_change& change, char unwritten) const
    {
        stored_entry& of = entry(image, change.owner, unwritten);
        switch (change.kind) {
        case disk_change::what::name:
            if (change.target == 0) {
                of.names.erase(change.text);
            } else {
                of.names[change.text] = change.target;
                entry(image, change.target, unwritten);
            }
            break;
        case disk_change::what::data:
            if (of.bytes.size() < change.number + change.text.size())
                of.bytes.resize(change.number + change.text.size(), of.unwritten);
            of.bytes.replace(change.number, change.text.size(), change.text);
            break;
        case disk_change::what::size:
            of.size = change.number;
            break;
        case disk_change::what::mode:
            of.mode = static_cast<std::uint32_t>(change.number);
            break;
        case disk_change::what::synced:
            break;
        }
    }

    const memory_disk*    disk_;
    std::size_t           calls_;
    disk_order            order_;
    std::size_t           made_ = 0; ///< changes until the power fails
    std::set<std::size_t> settled_{};
};

} // namespace support

#endif
