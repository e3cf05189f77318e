// SPDX-License-Identifier: MIT
#ifndef STET_SAVE_SAVE_HPP
#define STET_SAVE_SAVE_HPP

#include "../file/exact_target.hpp"
#include "../file/native_file_system.hpp"
#include "../file/numbered_target.hpp"
#include "../naming/placeholders.hpp"
#include "../vocabulary/config.hpp"
#include "file_writer.hpp"
#include "write.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE {

/// Saves under the next free number: root "output" and prefix "checkpoints/ComfyUI" give
/// `output/checkpoints/ComfyUI_00001_.safetensors`. Missing folders are created. Never over anything that exists.
/// Paths are UTF-8 on every system.
struct numbered {
    std::string_view root;     ///< the output folder; the file never lies outside it
    std::string_view prefix;   ///< folder and beginning of the name; may hold fields such as %year%
    placeholders     fields{}; ///< what the fields stand for; without a time, now
};

/// Saves under exactly this path. A link is followed; the folder must exist.
struct exact_path {
    std::string_view path; ///< UTF-8 on every system
    existing_file    existing = existing_file::refuse;
};

/// The name a numbered save has claimed, known before the header is written.
struct claimed_name {
    std::string_view path; ///< of the file as it will be
    std::string_view stem; ///< "ComfyUI"
    std::optional<std::uint64_t>
                     number; ///< 7; none where ComfyUI's rules give one that is negative or beyond 64 bits
    std::string_view digits; ///< "7", whatever the number
};

/// Gives the metadata once the name is known, because it may mention it. What it gives must outlive the save.
using metadata_callback = function_ref<metadata_view(const claimed_name&)>;

struct save_options {
    metadata_view                   metadata{};
    metadata_callback               metadata_for{}; ///< instead of `metadata`, for a numbered save
    stet::durability                durability = stet::durability::full;
    file_order                      order = reference_order; ///< this and the next four: as in plan_options
    std::optional<stet::prediction> prediction{};
    stet::strictness                strictness = stet::strictness::strict;
    duplicate_names                 duplicates = duplicate_names::refuse;
    empty_components                empty = empty_components::refuse;
    progress_callback               progress{};
    std::span<std::byte>            staging{};          ///< as in write_options
    prefetch_function               prefetch = nullptr; ///< as in write_options
    file_writer                     writer{}; ///< another way to write the same bytes, see parallel/
    stet::allocator                 allocator = heap();
    const stet::file_system*        file_system = &native_file_system();
};

/// What a save to a file wrote.
struct saved_checkpoint {
    std::string                  path{};
    std::optional<std::uint64_t> number{};  ///< none for an exact path, or where it does not fit
    std::uint64_t                bytes = 0; ///< of the whole file
    std::uint64_t     header_bytes = 0; ///< of the header; some programs give up early, see exceeded_ceilings
    component_reports components{};
    change_log        changes{
        heap()}; ///< what was left out, added or replaced; of a plan saved as one, see the plan
};

namespace detail {

/// Header and tensors into the part file, then its final name.
template <class Target>
result<saved_checkpoint> write_and_publish(Target& target, const header& head, const save_options& options,
                                           std::optional<std::uint64_t> number)
{
    const file_writer way = options.writer;
    if (!way.shares_space) {
        if (auto allocated = target.file().preallocate(head.file_size()); !allocated)
            return allocated.error();
    }
    const auto written = way.write != nullptr ? way.write(way.settings, head, target.file(), options)
                                              : write(head, target.file(), write_part(options));
    if (!written)
        return written.error();
    if (auto published = target.publish(options.durability); !published)
        return published.error();
    return saved_checkpoint{.path = target.file().path(),
                            .number = number,
                            .bytes = head.file_size(),
                            .header_bytes = head.size() - header::length_field,
                            .components = head.tensors().components()};
}

} // namespace detail

/// Saves a plan to one kind of target; a kind of your own brings an overload of its own, in its own namespace.
result<saved_checkpoint> save_plan(const plan& tensors, const exact_path& where, const save_options& options);

namespace detail {

result<output_name> expanded_name(const numbered& where, const file_system& calls);

} // namespace detail

result<saved_checkpoint> save_plan(const plan& tensors, const numbered& where, const save_options& options);

/// A place a plan can be saved to: one with a save_plan.
template <class Target>
concept save_target = requires(const plan& tensors, const Target& where, const save_options& options) {
    {
        save_plan(tensors, where, options)
    } -> std::same_as<result<saved_checkpoint>>;
};

/// Saves a plan made before: on another thread, say, while the tensors stay as they are.
/// errors: those of make_header, write and the target; no file is left behind then
template <save_target Target>
result<saved_checkpoint> save(const plan& tensors, const Target& where, const save_options& options = {})
{
    return save_plan(tensors, where, options);
}

/// Saves a checkpoint in one call: names, checks, number, header, tensors, publication.
/// where:  numbered{...} or exact_path{...}
/// errors: those of make_plan, make_header, write and the target. Whatever fails, no file is left behind and an
///         existing one stays as it was; a folder created for it stays
template <checkpoint_kind Kind, class Layout, save_target Target>
result<saved_checkpoint> save(const Kind& checkpoint, const Layout& layout, const Target& where,
                              const save_options& options = {})
{
    auto tensors = make_plan(checkpoint, layout, detail::plan_part(options));
    if (!tensors)
        return tensors.error();
    auto saved = save_plan(*tensors, where, options);
    if (saved)
        saved->changes = (*std::move(tensors)).take_changes();
    return saved;
}

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/save.ipp"
#endif

#endif
