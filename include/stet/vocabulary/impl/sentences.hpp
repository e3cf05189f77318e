// SPDX-License-Identifier: MIT
// What an error says, in words.
#ifndef STET_VOCABULARY_IMPL_SENTENCES_HPP
#define STET_VOCABULARY_IMPL_SENTENCES_HPP

#include "../error.hpp"
#include "errc_count.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// One sentence a code. Its fields:
///     %s  the subject in quotes
///     %t  "tensor" and the subject; %h "header member", %j "JSON text"; other words where there is no subject
///     %1  the first party, %2 the second
///     %c  what the system was asked to do
///     %e  expected, %a actual, %o the system's error number; `%e[byte|bytes]` the number and the word that goes with it
struct sentence {
    std::string_view name; ///< of the code
    std::string_view text;
};

/// In the order of the codes.
inline constexpr std::array<sentence, errc_count> sentences{{
    {"tensor_size_mismatch", "%t: %a[byte|bytes] given, its dtype and shape need %e"},
    {"tensor_size_overflow", "%t: its dtype and shape need 2^61 bytes or more, which no file can hold"},
    {"negative_dimension", "%t: a dimension of its shape is negative"},
    {"borrowed_axes_expired",
     "%t: its %a axes came from a temporary; beyond %e axes keep the array alive until the save returns"},
    {"partial_byte",
     "%t: %a[bit does|bits do] not fill whole bytes; F4 needs an even count, F6 a multiple of four"},
    {"strides_rank_mismatch",
     "%t: %a[stride|strides] given for %e[axis|axes]; give one stride for each axis"},
    {"outside_storage", "%t: the strides reach element %a of a storage of %e[element|elements]"},
    {"sub_byte_strides", "%t: 4- and 6-bit elements cannot be strided; pack them first"},
    {"no_such_axis", "%t: axis or index %a asked for, it has %e"},
    {"too_many_axes", "%t: %a axes; up to %e can be transposed, sliced or taken over from another library"},
    {"not_in_memory", "%t: it is produced while it is written, so it cannot be transposed or sliced; "
                      "read it into memory first"},
    {"stack_mismatch", "%t: part %a of the stack has another dtype or trailing shape than part 0"},
    {"stack_of_scalars", "%t: a stack needs at least one part, each with at least one axis"},
    {"produced_size_mismatch", "%t: %a[byte|bytes] produced, its dtype and shape need %e"},
    {"missing_tensor", "%t: there is none; its pointer is null, or no view was assigned to its entry"},
    {"duplicate_name", "%t is placed twice: by the %1 and by the %2; rename or leave out one of them"},
    {"reserved_name", "%t: the format keeps the name '__metadata__' for metadata; rename the tensor"},
    {"invalid_utf8", "%t: the name is not UTF-8"},
    {"file_size_overflow", "%t: with it the tensors pass 2^63 bytes, which no file can hold"},
    {"header_too_large", "the header needs at least %a bytes, the format allows %e; use fewer tensors, "
                         "shorter names or less metadata"},
    {"invalid_metadata_utf8", "metadata %s: key or value is not UTF-8"},
    {"duplicate_metadata_key", "metadata %s is given twice; keep one of them"},
    {"out_of_memory", "the allocator gave no memory for %e[byte|bytes]; free some and try again"},
    {"sink_full", "%e[byte is|bytes are] to be written, the memory given holds %a"},
    {"sink_refused", "the sink refused %e[byte|bytes] (its code: %o)"},
    {"cancelled", "cancelled at %t after %a of %e[byte|bytes]; nothing was kept"},
    {"invalid_file_name",
     "%s names no file; give a name such as 'checkpoints/ComfyUI' without control characters"},
    {"outside_root", "%s lies outside the output folder; use a path below it"},
    {"counter_exhausted", "%s: the folder's numbers reach %a, none is left; move old files away"},
    {"folder_missing", "%s: there is no such folder; create it first"},
    {"name_taken", "%s exists already; choose another name, or replace it by existing_file::replace"},
    {"not_a_regular_file", "%s is no regular file; choose another path"},
    {"permission_denied", "%s: permission denied"},
    {"read_only_file_system", "%s: the file system is read-only"},
    {"disk_full", "%s: no space or quota left for %e[byte|bytes]"},
    {"file_too_large", "%s: %e[byte is|bytes are] more than the system allows in one file"},
    {"file_name_too_long", "%s: the name is too long for the file system"},
    {"too_many_open_files", "%s: no file descriptor is left"},
    {"too_many_links", "%s: symbolic links lead to each other"},
    {"io_failure", "%s: cannot %c (the system's error: %o)"},
    {"missing_qkv", "attention layer %s has no %1%2; q, k and v are saved as one tensor"},
    {"projection_rank", "%t: a text projection has two axes, this one has %a"},
    {"name_collision",
     "%t: two keys of one component are saved under this name; rename or leave out one of them"},
    {"foreign_key", "%t is no key this layout knows; it would be lost, leave it out or save as ComfyUI does"},
    {"quantised_companion",
     "%t: a quantised encoder cannot be saved under OpenCLIP names; dequantise it first"},
    {"position_ids_mismatch",
     "%t: this layout writes %e position ids as I64, the ones given differ; leave them out, they are added"},
    {"empty_component", "component %s has no tensors; pass stet::no_entries to save without it"},
    {"contradictory_prediction", "the prediction contradicts itself: %s"},
    {"invalid_json", "%j: Python's json module refuses what stands at byte %a"},
    {"json_too_deep",
     "%j: at byte %a more than %e lists and objects lie in each other, which Python refuses"},
    {"metadata_too_large", "metadata %s: %a[byte|bytes], at most %e[is|are] allowed; shorten it"},
    {"missing_metadata_key", "metadata %s is required here; give it a value"},
    {"invalid_metadata_value", "metadata %s must be %1"},
    {"output_folder_not_absolute", "%s is no absolute path; ComfyUI's rule needs one for the output folder"},
    {"uneven_qkv", "%t: its %a[row is that|rows are those] of q, k and v together and must divide by three"},
    {"unusable_marker", "marker tensor %s must hold %1"},
    {"header_too_small",
     "the file holds %a[byte|bytes], a checkpoint starts with the %e of its header's length"},
    {"header_length_too_large",
     "the file claims a header of %a bytes, the format allows %e; it is no safetensors file or damaged"},
    {"invalid_header_length",
     "with its header the file needs at least %e bytes, it holds %a; it is cut short or no safetensors file"},
    {"invalid_header_utf8", "the header is not UTF-8 at byte %a of the file"},
    {"invalid_header_json", "%h, byte %a of the file: %1"},
    {"invalid_offset", "%t: its data should begin at %e, data_offsets say %a"},
    {"shape_overflow", "%t, byte %a of the file: its dtype and shape need 2^61 bytes or more"},
    {"tensor_info_mismatch", "%t: data_offsets hold %a[byte|bytes], its dtype and shape need %e"},
    {"incomplete_data", "the header describes a file of %e bytes, it holds %a"},
    {"more_bytes_needed", "the header needs the first %e bytes of the file, %a[was|were] given"},
    {"forbidden_by_format", "%h, byte %a of the file: %1, which the format's text forbids"},
    {"source_refused", "%e[byte|bytes] could not be read at byte %a of the file (the source's code: %o)"},
    {"file_missing", "%s: no such file"},
    {"file_in_use",
     "%s is in use and cannot be replaced; first close its mapping or what else has it open, here or in another program"},
    {"part_file_lost",
     "%s: its unfinished file was removed or renamed while it was being written; save again"},
    {"unknown_element_type",
     "%t: the format has no dtype for its elements of %a[bit|bits] (type code %e of its library); convert them first"},
    {"device_memory",
     "%t: it lies in the memory of a device (of type %a); give a function that reads it back, or copy it first"},
    {"irregular_layout",
     "%t: no strides describe how its elements lie; copy it into a row-major tensor first"},
    {"no_such_tensor", "the file has no tensor %s"},
    {"not_convertible",
     "%t: elements of dtype %1 are not read as %2; read the dtype's own type, or its bytes"},
    {"value_does_not_fit", "%t: element %a is %1, which %2 does not hold; read it as a wider type"},
    {"prefixed_key", "key %s begins with '%1' already, which the layout puts before it; take it off the key, "
                     "save the dict without a layout, or save as ComfyUI does"},
    {"invalid_setting", "the setting %s is %a; it must be %1"},
    {"sync_not_offered",
     "%s: the file system cannot bring a file to stable storage (its error: %o); save with durability::none, which "
     "does not wait for that, or to another folder"},
    {"rename_not_offered",
     "%s: the file system cannot rename a file (its error: %o), so none can appear there whole; save to another "
     "folder and copy the file"},
    {"untrusted_link",
     "%s leads through another user's link in a folder that everyone may write to; give the path that the link "
     "names"},
    {"unreadable_layer",
     "quantised layer %s: its %1 %2, so its values cannot be read; verify the file to see all that is wrong with it"},
    {"not_quantisable", "%t cannot be stored as %1: it %2; choose another format or other settings for it"},
    {"plan_too_large",
     "the read plan has more than %e[request or piece|requests or pieces]; want fewer rows, allow longer requests, or "
     "raise the limit"},
    {"filled_twice",
     "%t: byte %a of the file is filled a second time; let one writer fill it, or allow overlaps"},
    {"unfilled_tensor",
     "%t: %e of its bytes, from byte %a of the file on, were never filled; fill them before it is published"},
    {"outside_data",
     "%s: byte %a was to be filled, but its tensors %1 at byte %e; use the offsets of its places"},
    {"file_changed",
     "%s was replaced by another program while it was being edited, and nothing was changed; edit it again"},
    {"editing_not_offered",
     "%s: its file system does not open a file that exists; read it, and save what was read under another name"},
    {"missing_slot",
     "metadata %s is no slot to fill: %1; save the file with a text of the size that is needed there"},
    {"slot_size_mismatch",
     "metadata %s: the slot holds %e[byte|bytes], %a given; give exactly as many as it holds"},
    {"unusable_undo_file",
     "%s: an edit was cut short, and its undo file, which ends in .stet-undo, %1; see whether the file is whole and "
     "remove the undo file"},
    {"invalid_size",
     "%s is no size; write a number and KB, MB, GB or TB, such as '5GB' or '1.5GB', or give a number of bytes"},
    {"infinite_size", "%s is no finite size; give a large one, such as '1000TB', for one file"},
    {"invalid_shard_pattern",
     "%s gives no names of shards; write a file name with '{suffix}' in it, such as 'model{suffix}.safetensors'"},
    {"set_in_use",
     "%s: another save of this set of files is under way; wait for it, or save to another folder"},
    {"invalid_index", "%s is no index of a set: %1"},
    {"index_too_large", "%s: an index of %a bytes, readers take %e; use fewer tensors or shorter names"},
    {"untrusted_shard_name",
     "%s, which the index names as a file, %1; a shard lies below the index' folder and is a .safetensors file"},
    {"unknown_shard_format",
     "%s has %1 in its metadata; readers of sets take format 'pt' or 'mlx', or no metadata at all"},
    {"map_mismatch", "%t lies in %2, the index says %1; write the index anew"},
    {"unmapped_tensor", "%t lies in %1, the index does not mention it; write the index anew"},
    {"missing_from_set", "%t should lie in %1 by the index, no file holds it; fetch the set again"},
    {"size_mismatch",
     "%s: by the index the tensors have %e[byte|bytes] together, they have %a; write the index anew"},
    {"unexpected_tensor", "%t lies in %1, the model has none of that name"},
    {"set_changed", "%s: the set was saved anew each time it was opened; open it again when it is saved"},
    {"hash_comes_late",
     "the header is to record a hash of the tensors, and is written before them where nothing can be written again; "
     "set may_hash_first, or save to a file"},
    {"merge_shapes_differ",
     "%t: its shape is %1 in the first file and %2 in the second; only equal shapes can be merged"},
    {"not_mergeable", "%t cannot be merged: it %1%2"},
    {"no_common_tensor",
     "the files have no tensor in common: names begin with %1 in the first and with %2 in the second; bring them under "
     "the same prefixes first"},
    {"nothing_to_merge",
     "there is nothing to merge: of %a[tensor|tensors] that the files have in common none is F32, F16 or BF16 and "
     "free to be mixed; choose other files or ratios"},
    {"not_finite_result",
     "%t: %a[number has|numbers have] become infinite or NaN by merging; ask for a wider dtype such as F32, or allow "
     "them"},
    {"invalid_ratio", "%s is %1; it must %2"},
    {"meaningless_ratio", "the first file gives no meaning to a ratio of %1: %2; leave it out"},
    {"foreign_prefix",
     "key %s begins with '%1.', which a whole checkpoint puts before its keys; take it off the component's keys, or "
     "save as ComfyUI does"},
}};

/// The sentence of an error whose code is one; another one than usual where it was the system that failed, or where
/// nobody knows how many bytes were wanted.
constexpr std::string_view sentence_of(const error& e) noexcept
{
    const bool is_of_system = e.os_code != 0;
    const bool has_size = e.expected != 0;
    if (e.code == errc::out_of_memory && is_of_system)
        return "%s: cannot %c, for the system has no memory left (its error: %o); close other programs and try again";
    if (e.code == errc::out_of_memory && !has_size)
        return "the allocator gave no memory; free some and try again";
    if (e.code == errc::cancelled && e.subject().empty()) // an edit copies bytes, whosever they are
        return "cancelled after %a of %e[byte|bytes]; nothing was kept";
    if (e.code == errc::disk_full && !has_size)
        return "%s: no space or quota left";
    if (e.code == errc::file_too_large && !has_size)
        return "%s: more bytes than the system allows in one file";
    // A file's fault is named as it is, not by what came of it, where the one party that is given says it.
    const bool has_party = !e.first_party().empty() && e.second_party().empty();
    if (e.code == errc::quantised_companion && has_party && e.first_party() == "clip-not-read")
        return "%t belongs to a quantised layer of a CLIP text encoder, which no loader reads (%1); dequantise it "
               "first, or save as ComfyUI does";
    if (e.code == errc::quantised_companion && has_party && e.first_party() == "metadata-conflict")
        return "layer %s: its marker and the metadata say different things (%1); remove the one that is wrong";
    if (e.code == errc::quantised_companion && has_party && e.first_party() == "old-and-metadata")
        return "%t: beside '_quantization_metadata' no loader reads this older form (%1); give its layers markers";
    if (e.code == errc::outside_root && has_party)
        return "%s leads out of the output folder by a link; use a folder without one, or save below the folder that "
               "it leads to";
    if (e.code == errc::outside_storage && e.actual == UINT64_MAX) // no element that a number names
        return "%t: the strides reach outside a storage of %e[element|elements]";
    if (e.code == errc::duplicate_name && e.first_party() == e.second_party())
        return "%t is placed twice, both times by the %1; rename or leave out one of the two";
    if (e.code == errc::foreign_key && has_party)
        return "%t lacks the name of its encoder, without which no loader finds it; put that before every key of it, "
               "such as '%1'";
    if (e.code == errc::header_length_too_large && has_party)
        return "the file is no safetensors file, it begins as %1";
    if (e.code == errc::invalid_offset && has_party)
        return "the header names tensor '%1' twice, and of two the later counts: the data of %t should begin at %e, "
               "data_offsets say %a; give each tensor a name of its own";
    if (e.code == errc::incomplete_data && has_party)
        return "the header names tensor '%1' twice, and of two the later counts: it describes a file of %e bytes, "
               "the file holds %a; give each tensor a name of its own";
    return detail::sentences[static_cast<std::size_t>(e.code) - 1].text;
}

} // namespace STET_NAMESPACE::detail

#endif
