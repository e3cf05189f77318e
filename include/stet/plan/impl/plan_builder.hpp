// SPDX-License-Identifier: MIT
#ifndef STET_PLAN_IMPL_PLAN_BUILDER_HPP
#define STET_PLAN_IMPL_PLAN_BUILDER_HPP

#include "../../vocabulary/config.hpp"
#include "../order.hpp"
#include "../plan.hpp"
#include "choosing.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

struct json_string_facts;
struct name_clash;

/// Collects placed tensors and turns them into a plan; make_plan drives it. Refuses what a file could not hold.
class plan_builder {
public:
    explicit plan_builder(const allocator& memory) noexcept : records_(memory), axes_(memory), log_(memory) {}

    /// The tensors added from here on belong to this role.
    void begin_component(std::string_view role) noexcept { components_.add(role); }

    /// The same for tensors that a save has itself, which no choice of its caller touches.
    void begin_markers(std::string_view role) noexcept
    {
        begin_component(role);
        markers_ = present();
    }

    /// Makes room for that many more tensors, of four axes each; what is missing is found out when they are added.
    void expect(std::size_t count) noexcept;

    /// A key the layout has no use for.
    /// errors: out_of_memory
    result<void> leave_out(std::string_view key) noexcept;

    /// Something that happened to a tensor of the present component.
    /// errors: out_of_memory
    result<void> log(change::kind what, const placed_name& name) noexcept;

    /// The tensor added last has another name than its key.
    void count_renamed() noexcept
    {
        ++components_.last().renamed;
        records_[records_.size() - 1].is_renamed = true;
    }

    /// How many tensors were added so far, of all components.
    std::size_t records_so_far() const noexcept { return records_.size(); }

    /// What ComfyUI's renaming does to keys that bear their prefix already: it renames one key after the other in one
    /// dict, so that a key whose new name is that of a key still to come takes its place, and is renamed once more in
    /// its stead. The other is lost.
    /// from:   the first record of the present component
    /// errors: out_of_memory
    result<void> rename_again(std::size_t from) noexcept;

    /// How many tensors the present component has so far.
    std::uint64_t tensors_so_far() const noexcept { return components_[present()].tensors; }

    /// The index of the present component.
    std::uint8_t present() const noexcept { return static_cast<std::uint8_t>(components_.size() - 1); }

    /// Whether a tensor of that name was added; looks at all of them.
    bool holds(const placed_name& name) const noexcept;

    /// What the checkpoint records of its model.
    void describe(const model_description& model) noexcept { model_ = model; }

    /// What the plan will own.
    change_log& owned() noexcept { return log_; }

    /// errors: the tensor's own, invalid_utf8, reserved_name, tensor_size_mismatch, strides_rank_mismatch,
    ///         header_too_large, out_of_memory
    result<void> add(const placed_name& name, const result<tensor_view>& tensor) noexcept;

    /// errors: duplicate_name, file_size_overflow, header_too_large, out_of_memory; those of select and cast
    result<plan> finish(const file_order& order, duplicate_names duplicates = duplicate_names::refuse,
                        const choices& wanted = {}) &&;

private:
    collected all() noexcept
    {
        return {
            .records = records_, .axes = axes_, .log = log_, .components = components_, .markers = markers_};
    }

    /// Of records of one name only the last stays.
    result<void> drop_earlier(const growing_array<name_clash>& clashes) noexcept;

    void count_changes() noexcept;

    static error header_too_large(std::uint64_t size) noexcept;

    /// Of what many names in a row begin with, looked at once.
    json_string_facts inspect_prefix(std::string_view prefix) noexcept;

    result<void> add_checked(const placed_name& name, const tensor_view& tensor,
                             std::uint64_t escaped_size) noexcept;

    /// Puts the records into the file's order: highest group first, names ascending inside a group, without those that
    /// were dropped. In place: most of a plan's time goes into touching memory that was not touched before.
    /// False when the allocator gave nothing.
    bool arrange(const file_order& order, const growing_array<std::uint32_t>& by_name,
                 std::size_t dropped) noexcept;

    /// Round by round: a place is emptied, and each empty place filled with the record that belongs there.
    void move_to_places(growing_array<std::uint32_t>& coming) noexcept;

    error duplicate(const name_clash& clash) const noexcept;

    growing_array<record>        records_;
    growing_array<std::uint64_t> axes_;
    change_log                   log_;
    component_reports            components_;
    model_description            model_{};
    std::size_t                  markers_ = max_components;
    std::uint64_t                least_header_size_ = 2;
    std::string_view             last_prefix_{};
    std::uint64_t                last_prefix_escaped_ = 0; ///< bytes of last_prefix_ in a header
    bool                         last_prefix_is_utf8_ = true;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "plan_builder.ipp"
#endif

#endif
