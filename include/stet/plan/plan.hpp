// SPDX-License-Identifier: MIT
#ifndef STET_PLAN_PLAN_HPP
#define STET_PLAN_PLAN_HPP

#include "../layout/layout.hpp"
#include "../state/model.hpp"
#include "../tensor/tensor_view.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/error.hpp"
#include "../vocabulary/impl/growing_array.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE::casts {

struct casting;

} // namespace STET_NAMESPACE::casts

namespace STET_NAMESPACE {

/// One tensor's place in the file. Plain data; its axes stand in the plan that owns it.
struct record {
    placed_name   name{};                  ///< in the file
    std::uint64_t begin = 0;               ///< bytes from the start of the data
    std::uint64_t size = 0;                ///< bytes
    const void*   data = nullptr;          ///< as in tensor_view
    pour_function pour = nullptr;          ///< as in tensor_view
    std::uint32_t first_axis = 0;          ///< where the plan keeps shape and, after it, strides
    std::uint32_t rank = 0;                ///< how many axes
    std::uint32_t escaped_size = 0;        ///< bytes the name takes in the header, without quotes
    dtype         type = dtype::u8;        ///< in the file
    std::uint8_t  component = 0;           ///< index of the checkpoint's field it came from
    bool          has_strides : 1 = false; ///< whether elements lie as strides say
    bool          is_renamed : 1 = false;  ///< saved under another name than its key
    bool          is_cast : 1 = false;     ///< from another dtype, while it is written

    constexpr std::uint64_t end() const noexcept { return begin + size; }
};

/// What happens when two tensors have one name.
enum class duplicate_names : std::uint8_t {
    refuse,     ///< an error names both
    later_wins, ///< the one placed later is saved, as in ComfyUI, and the other reported
};

namespace detail {

/// How many components one kind of checkpoint may have.
inline constexpr std::size_t max_components = 8;

struct collected;

/// A tensor of a plan before its cast; shape and strides are those of the record.
struct cast_source {
    const void*      data = nullptr; ///< as in tensor_view
    pour_function    pour = nullptr; ///< as in tensor_view
    std::uint64_t    size = 0;       ///< bytes
    std::uint32_t    change = 0;     ///< its index in the plan's log
    dtype            type = dtype::f32;
    casts::too_large beyond = casts::too_large::saturates;
};

/// How tensors are cast, where anything is: nobody else has to know it.
struct casting_calls {
    pour_function pour;        ///< of a tensor whose data is such a source
    std::size_t   source_size; ///< of a type of its own that begins with a cast_source
    cast_source* (*place)(void* at);
    void (*count)(const cast_source& of, change& in); ///< what its last pour met
    /// Gives tensors the dtype that a save is to write.
    result<void> (*cast)(const collected& from, const casts::casting& wanted,
                         array_view<const std::uint32_t> by_name);
};

} // namespace detail

/// What one component brings into the file.
struct component_report {
    std::string_view role{};       ///< as the role spells its name
    std::uint64_t    tensors = 0;  ///< of the component
    std::uint64_t    bytes = 0;    ///< of tensor data
    std::uint64_t    renamed = 0;  ///< of its tensors, those saved under another name than their key
    std::uint64_t    left_out = 0; ///< keys that are not saved
    std::uint64_t    added = 0;    ///< tensors the layout or the prediction brought in
    std::uint64_t    replaced = 0; ///< tensors whose name another took
    std::uint64_t    cast = 0;     ///< of its tensors, those written as another dtype
};

/// One report a component, in the order of the checkpoint's fields.
class component_reports {
public:
    constexpr const component_report* begin() const noexcept { return reports_.data(); }
    constexpr const component_report* end() const noexcept { return reports_.data() + size_; }
    constexpr std::size_t             size() const noexcept { return size_; }
    constexpr const component_report& operator[](std::size_t i) const noexcept { return reports_[i]; }

    constexpr component_report& operator[](std::size_t i) noexcept { return reports_[i]; }

    /// The last report, after a fresh one was added for the role.
    constexpr component_report& add(std::string_view role) noexcept
    {
        STET_ASSERT(size_ < detail::max_components, "stet: a checkpoint has at most eight components");
        reports_[size_] = {.role = role};
        return reports_[size_++];
    }
    /// The last component's.
    constexpr component_report& last() noexcept { return reports_[size_ - 1]; }

private:
    std::array<component_report, detail::max_components> reports_{};
    std::size_t                                          size_ = 0;
};

/// Every tensor's place in the file: named, ordered, checked. Made by make_plan.
/// lifetime: owns its records, borrows names and data from the dicts it was made from
class plan {
public:
    /// Made by make_plan.
    plan(detail::growing_array<record> records, detail::growing_array<std::uint64_t> axes, change_log log,
         component_reports components, const model_description& model, std::uint64_t members_size,
         std::uint32_t data_alignment, const detail::casting_calls* casting = nullptr) noexcept;

    /// In file order.
    array_view<const record> records() const noexcept { return records_.view(); }

    /// The shape of a record of this plan.
    /// lifetime: borrows the plan
    std::span<const std::uint64_t> shape(const record& of) const noexcept;

    /// A record's tensor as it is written: as it was given, or cast.
    /// lifetime: borrows the plan beyond eight axes
    tensor_view tensor(const record& of) const noexcept;

    /// Bytes of all tensors together: the file without its header.
    std::uint64_t data_size() const noexcept;

    /// Bytes of the header's members with the commas between them, without metadata and braces.
    std::uint64_t members_size() const noexcept { return members_size_; }

    /// What the first tensor's position in the file is a multiple of.
    std::uint32_t data_alignment() const noexcept { return data_alignment_; }

    /// What each component gave.
    const component_reports& components() const noexcept { return components_; }

    /// What the checkpoint records of its model, for its metadata to say the same.
    const model_description& model() const noexcept { return model_; }

    /// What was left out, added, replaced or cast.
    array_view<const change> changes() const noexcept { return log_.changes.view(); }

    /// The same with texts of its own, to keep when plan and dicts go.
    /// errors: out_of_memory
    result<change_log> kept_changes() const noexcept;

    /// Puts down in what was kept what the casts met when the plan was last written.
    void count_casts(change_log& kept) const noexcept;

    /// Where its memory comes from.
    const allocator& memory() const noexcept { return records_.memory(); }

private:
    detail::growing_array<record>        records_;
    detail::growing_array<std::uint64_t> axes_;
    change_log                           log_;
    component_reports                    components_;
    model_description                    model_;
    std::uint64_t                        members_size_;
    std::uint32_t                        data_alignment_;
    const detail::casting_calls*         casting_; ///< null where nothing is cast
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/plan.ipp"
#endif

#endif
