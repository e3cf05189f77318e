// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_ERROR_HPP
#define STET_VOCABULARY_ERROR_HPP

#include "config.hpp"
#include "impl/error_texts.hpp"
#include "impl/system_step.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE {

/// Every way a call can fail. The number of a code never changes; new codes are added at the end.
enum class errc : std::uint8_t {
    // tensor
    tensor_size_mismatch = 1, ///< the bytes given are not the bytes that dtype and shape need
    tensor_size_overflow,     ///< dtype and shape need 2^61 bytes or more
    negative_dimension,       ///< a signed dimension below zero
    borrowed_axes_expired,    ///< more than eight axes given by a temporary
    partial_byte,             ///< 4- or 6-bit elements that do not fill whole bytes
    strides_rank_mismatch,    ///< not one stride for each axis
    outside_storage,          ///< a strided view reaches past its storage
    sub_byte_strides,         ///< strides on 4- or 6-bit elements
    no_such_axis,             ///< an axis or a range that the tensor does not have
    too_many_axes,            ///< more axes than a view can rearrange or an adapter takes over
    not_in_memory,            ///< a produced tensor asked to be transposed or sliced
    stack_mismatch,           ///< tensors stacked that differ in dtype or trailing shape
    stack_of_scalars,         ///< a stack of nothing, or of tensors without a first axis
    produced_size_mismatch,   ///< a producer delivered another number of bytes than promised
    missing_tensor,           ///< a null pointer in a state dict, or an entry that nothing was assigned to
    // plan and header
    duplicate_name,         ///< two tensors under one name
    reserved_name,          ///< a tensor named __metadata__
    invalid_utf8,           ///< a tensor name that is not UTF-8
    file_size_overflow,     ///< the tensors together pass 2^63 bytes
    header_too_large,       ///< the header passes 100,000,000 bytes
    invalid_metadata_utf8,  ///< a metadata key or value that is not UTF-8
    duplicate_metadata_key, ///< two metadata entries under one key
    // memory and sinks
    out_of_memory, ///< the allocator gave nothing or, with an os_code, the system
    sink_full,     ///< the memory given is smaller than the file
    sink_refused,  ///< the caller's callback reported a failure
    cancelled,     ///< the progress callback asked to stop
    // names
    invalid_file_name, ///< a prefix or path that names no file
    outside_root,      ///< the file would lie outside the output folder
    counter_exhausted, ///< no number is left
    // files
    folder_missing,        ///< the folder to write into does not exist
    name_taken,            ///< something of that name exists
    not_a_regular_file,    ///< a folder, device or pipe in the file's place
    permission_denied,     ///< the system refuses access
    read_only_file_system, ///< nothing can be written there
    disk_full,             ///< no space or quota left
    file_too_large,        ///< the system limits the size of a file
    file_name_too_long,    ///< the system limits the length of a name
    too_many_open_files,   ///< the process or the system has no descriptor left
    too_many_links,        ///< symbolic links that lead to each other
    io_failure,            ///< any other failure of the system, see os_code
    // rearranging and composing
    missing_qkv,           ///< an attention layer without all of q, k and v
    projection_rank,       ///< a text projection that is no matrix
    name_collision,        ///< two keys that a text encoder's rule gives one name
    foreign_key,           ///< a key that a text encoder's rule would drop
    quantised_companion,   ///< of a quantised layer that would lose its meaning; the rule is the first party
    position_ids_mismatch, ///< position ids of another type or length than the layout writes
    empty_component,       ///< a state dict without an entry
    contradictory_prediction, ///< a prediction that contradicts itself or its family
    // metadata
    invalid_json,               ///< a text that Python's json module refuses
    json_too_deep,              ///< lists and objects inside each other, more than Python takes
    metadata_too_large,         ///< metadata beyond the limit given
    missing_metadata_key,       ///< a key without which the metadata breaks the rules it claims to follow
    invalid_metadata_value,     ///< a metadata value of a form its key does not allow
    output_folder_not_absolute, ///< ComfyUI 0.8 takes no relative output folder
    // splitting
    uneven_qkv,      ///< a fused q, k and v whose rows do not divide by three
    unusable_marker, ///< a marker tensor that does not hold what its name says
    // reading
    header_too_small,        ///< a file of less than the eight bytes of a header's length
    header_length_too_large, ///< a header that claims more than 100,000,000 bytes
    invalid_header_length,   ///< a header that claims to pass the end of the file
    invalid_header_utf8,     ///< a header that is not UTF-8
    invalid_header_json,     ///< a header that is no JSON object of tensors and metadata
    invalid_offset, ///< a tensor that does not begin where the one before it ends, or ends before it begins
    shape_overflow, ///< a shape of 2^61 bytes or more on the way to its product
    tensor_info_mismatch, ///< data_offsets that do not hold what dtype and shape need
    incomplete_data,      ///< a file longer or shorter than its header describes
    more_bytes_needed,    ///< the header goes on past the bytes given
    forbidden_by_format,  ///< what only the reference reads, refused on request
    source_refused,       ///< the caller's callback could not read
    file_missing,         ///< no file of that name
    file_in_use,          ///< the file to replace is open or mapped, and the system does not let it go
    part_file_lost,       ///< somebody removed the file while it was being written
    // tensors of other libraries
    unknown_element_type, ///< elements for which the format has no dtype
    device_memory,        ///< a tensor in the memory of a device, which the processor does not read
    irregular_layout,     ///< elements that lie as no strides can say
    // reading numbers
    no_such_tensor,     ///< the file has no tensor of that name
    not_convertible,    ///< elements of a dtype that are not read as numbers of that type
    value_does_not_fit, ///< an element whose value the type asked for does not hold
    // placing, writers
    prefixed_key,    ///< a key that begins with the prefix its layout is going to put before it
    invalid_setting, ///< a setting that cannot be
    // file systems that lack a call, and links
    sync_not_offered,   ///< the file system cannot bring a file to stable storage
    rename_not_offered, ///< the file system cannot give a file another name
    untrusted_link,     ///< another user's link in a folder that everyone may write to
    // quantised layers
    unreadable_layer, ///< a quantised layer whose tensors do not fit together
    not_quantisable,  ///< a tensor that a quantised format cannot hold
    // reading and filling by plan
    plan_too_large,  ///< a read plan of more requests or pieces than it may have
    filled_twice,    ///< bytes of a file that two writers fill
    unfilled_tensor, ///< a file to be published of whose tensors one lacks bytes
    outside_data,    ///< bytes filled that belong to no tensor
    // editing
    file_changed,        ///< another program replaced the file while it was being edited
    editing_not_offered, ///< the file system table cannot open a file that exists
    missing_slot,        ///< metadata that nothing can be filled into
    slot_size_mismatch,  ///< a text of another size than the slot it is to fill
    unusable_undo_file,  ///< the undo file of an edit that was cut short does not fit its file
    // sets of files, hashes
    invalid_size,          ///< a text that is no size of a file
    infinite_size,         ///< a size that is no finite number
    invalid_shard_pattern, ///< a pattern that gives no names of shards
    set_in_use,            ///< another save of the same set of files is under way
    invalid_index,         ///< an index that does not say in which file each tensor lies
    index_too_large,       ///< an index beyond the limit of its readers
    untrusted_shard_name,  ///< a file name in an index that leads elsewhere, or names no checkpoint
    unknown_shard_format,  ///< a shard whose metadata says that it is neither torch's nor MLX's
    map_mismatch,          ///< a tensor that lies in another file than the index says
    unmapped_tensor,       ///< a tensor that the index does not mention
    missing_from_set,      ///< a tensor that the index mentions and no file holds
    size_mismatch,         ///< a set whose tensors have other bytes together than its index says
    unexpected_tensor,     ///< a tensor of a set that nobody asked for
    set_changed,           ///< a set that was saved again and again while it was being opened
    hash_comes_late,       ///< a header that records a hash of what comes after it, where nobody can go back
    // merging, components
    merge_shapes_differ, ///< a tensor that has another shape in each file
    not_mergeable,       ///< a tensor that cannot be mixed as it is asked for
    no_common_tensor,    ///< files that have no name in common
    nothing_to_merge,    ///< files of whose common tensors none is mixed or chosen by a ratio
    not_finite_result,   ///< a merged tensor with infinities or NaN that were not there before
    invalid_ratio,       ///< a ratio or multiplier that cannot be
    meaningless_ratio,   ///< a ratio of a component that the first file does not have
    foreign_prefix, ///< a key that begins with what a whole checkpoint, or another family, puts before its keys
};

/// What went wrong, about what, what was expected and what was found. Trivially copyable: failing allocates nothing.
struct error {
    errc                code{};       ///< which failure
    detail::system_step step{};       ///< what the system was asked to do; none elsewhere
    int                 os_code = 0;  ///< errno, where the system was asked; else 0
    std::uint64_t       expected = 0; ///< bytes, a count, a limit: what the code speaks of
    std::uint64_t       actual = 0;   ///< what was found instead
    detail::error_texts texts{};      ///< of subject() and the parties

    /// Name of a tensor, metadata key or path; the tail of one beyond 165 bytes, of 69 where there are parties.
    /// lifetime: that of the error
    constexpr std::string_view subject() const noexcept { return texts.subject(); }
    /// The two that claim one name; or the form a value needs and nothing. Up to 96 bytes together.
    /// lifetime: that of the error
    constexpr std::string_view first_party() const noexcept { return texts.first(); }
    constexpr std::string_view second_party() const noexcept { return texts.second(); }

    /// The same error, said of the thing named by the two pieces together.
    STET_COLD constexpr error about(std::string_view head, std::string_view tail = {}) const noexcept
    {
        error named = *this;
        named.texts.set_subject(head, tail);
        return named;
    }

    /// The same error with other parties.
    STET_COLD constexpr error with(std::string_view first, std::string_view second = {}) const noexcept
    {
        error named = *this;
        named.texts.set_parties(first, second);
        return named;
    }
};

/// The largest header that the format allows, in bytes, padding included: none larger is written or read.
/// source: safetensors 0.8, MAX_HEADER_SIZE
inline constexpr std::uint64_t max_header_size = 100'000'000;

} // namespace STET_NAMESPACE

#endif
