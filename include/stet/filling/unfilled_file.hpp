// SPDX-License-Identifier: MIT
// A file whose bytes come later. Not part of stet.hpp: it may be used by several threads.
#ifndef STET_FILLING_UNFILLED_FILE_HPP
#define STET_FILLING_UNFILLED_FILE_HPP

#include "../file/exact_target.hpp"
#include "../save/save.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/impl/name_table.hpp"
#include "../vocabulary/result.hpp"
#include "coverage.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace STET_NAMESPACE::filling {

/// A tensor of which only the type and the shape are known yet, for the dict that a plan is made of. Saved the usual
/// way it is an error, missing_tensor.
/// errors: those of byte_count
result<tensor_view> to_come(dtype type, const extents& shape) noexcept;

/// What the header holds, and what publishing promises.
struct options {
    metadata_view            metadata{};
    stet::durability         durability = stet::durability::full;
    overlaps                 twice = overlaps::refuse; ///< what happens to bytes that are filled twice
    stet::allocator          allocator = heap();
    const stet::file_system* file_system = &native_file_system(); ///< lifetime: borrowed
};

/// Where a tensor's bytes belong. lifetime: borrows from the file
struct place {
    std::string_view name{};     ///< of the tensor
    std::uint64_t    offset = 0; ///< in the file
    std::uint64_t    size = 0;   ///< bytes, packed and little-endian

    constexpr std::uint64_t end() const noexcept { return offset + size; }
};

/// A file with its header and with space for all its tensors, under a name no reader takes for a checkpoint; removed on
/// destruction unless it was published. Its layout comes from the plan alone: equal plans give equal places, so that
/// those who fill it need not ask.
/// Threads fill it by fill(); processes and machines by whatever writes to part_path(), and one of them tells note()
/// what is there. A file is published by the process that opened it; where that dies nothing appears, and what it
/// leaves remove_abandoned_exact or remove_abandoned_numbered removes.
/// lifetime: borrows the file system. A child made by fork that does not exec must not destroy it
class unfilled_file {
public:
    /// Writes the header and sets space aside, so that a full disk shows now.
    /// layout: a plan of tensors that are to_come, or of any; its data is not looked at
    /// errors: those of make_header and exact_target::take; the system's. Nothing is left then
    static result<unfilled_file> open(const plan& layout, const exact_path& where, const options& given = {});

    /// The same under the next free number, `numbered{"output", "checkpoints/ComfyUI"}`: never over a file that exists,
    /// also where many open one at once. Where a program that takes numbers without a lock takes this one before
    /// publish(), the file gets the next one that is free then.
    /// errors: those of make_header and numbered_target::take; the system's. Nothing is left then but folders
    template <std::same_as<numbered> Place>
    static result<unfilled_file> open(const plan& layout, const Place& where, const options& given = {})
    {
        return open_numbered(layout, where, given);
    }

    /// Only while no other thread uses it.
    unfilled_file(unfilled_file&& other) noexcept;
    unfilled_file& operator=(unfilled_file&&) = delete;
    ~unfilled_file() = default;

    std::size_t size() const noexcept { return places_.size(); } ///< how many tensors

    /// A tensor's place, in the order of the file.
    place operator[](std::size_t position) const noexcept STET_LIFETIME_BOUND;

    /// The place of the tensor of that name, if there is one.
    std::optional<place> find(std::string_view name) const noexcept STET_LIFETIME_BOUND;

    std::uint64_t data_begin() const noexcept { return data_begin_; } ///< bytes before the first tensor
    /// Bytes of the whole file.
    std::uint64_t file_size() const noexcept { return file_size_; }

    /// The number it has so far; none for an exact path.
    std::optional<std::uint64_t> number() const noexcept;

    /// Where to write until it is published.
    std::string part_path() const;
    /// The open file, as the file system's calls take it.
    file_handle handle() const noexcept { return handle_; }

    /// Writes bytes to a tensor; several threads may at once.
    /// at:     bytes from the tensor's first one on
    /// errors: no_such_axis for bytes beyond the tensor; outside_data for a place of your own that is none of this file's;
    ///         filled_twice, before anything is written; out_of_memory; the system's, after which the bytes count as
    ///         missing
    result<void> fill(const place& of, std::uint64_t at, bytes data);

    /// Takes bytes for filled that somebody else has written; several threads may at once.
    /// errors: outside_data; filled_twice; out_of_memory
    result<void> note(interval written);

    /// Makes the file appear under its name, whole, once every byte is there. Call it when all that fill it have ended;
    /// those on other machines bring their bytes to stable storage first (MPI_File_sync, fsync).
    /// errors: unfilled_tensor about the first tensor that lacks bytes: how many, and from which byte of the file on;
    ///         the file can be filled further then. Those of exact_target::publish and numbered_target::take_next
    result<saved_checkpoint> publish();

private:
    /// A tensor's place, with its name in names_.
    struct entry {
        std::uint64_t offset = 0;
        std::uint64_t size = 0;
        std::size_t   name_begin = 0;
        std::size_t   name_size = 0;
    };

    using any_target = std::variant<exact_target, numbered_target>;

    unfilled_file(any_target target, const header& head, const options& given);

    static result<unfilled_file> open_numbered(const plan& layout, const numbered& where,
                                               const options& given);

    /// take: gives the target, when header and texts are ready
    template <class Take>
    static result<unfilled_file> open_under(const plan& layout, const options& given, Take take);

    part_file& part() noexcept;

    /// errors: outside_data
    result<void> lies_inside(interval piece) noexcept;
    error        outside(std::uint64_t byte, std::string_view verb, std::uint64_t bound) noexcept;

    /// Gives the file its name: the first free one, if it has a number.
    result<void> appear();

    /// errors: out_of_memory
    result<void> keep_places(const header& head) noexcept;

    result<void> write_header(const header& head);

    /// The tensor that a byte of the data belongs to.
    place place_at(std::uint64_t byte) const noexcept;

    /// The same error, about the tensor that the byte in `actual` belongs to.
    error about_tensor(const error& e) const noexcept;

    result<void> claim(interval claimed);

    any_target                   target_;
    file_handle                  handle_;
    stet::durability             durability_;
    std::uint64_t                data_begin_;
    std::uint64_t                file_size_;
    component_reports            components_;
    change_log                   changes_{heap()};
    detail::growing_array<entry> places_;
    detail::growing_array<char>  names_;
    detail::name_table           positions_;
    std::mutex                   mutex_{};
    coverage                     filled_;
    bool                         is_lost_ = false; ///< filled_ has bytes whose writing failed
};

} // namespace STET_NAMESPACE::filling

#if STET_BODIES
#include "impl/unfilled_file.ipp"
#endif

#endif
