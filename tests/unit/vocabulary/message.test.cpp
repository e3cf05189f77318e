// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/errc_count.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using stet::errc;
using stet::error;
using stet::message;
using stet::write_message;

namespace {

struct sentence {
    errc             code;
    std::string_view name;
    std::string_view text;
};

/// What is said about the error that example() makes.
constexpr std::array<sentence, 116> sentences{{
    {errc::tensor_size_mismatch, "tensor_size_mismatch",
     "tensor 'a.b': 9,216 bytes given, its dtype and shape need 1,234,567"},
    {errc::tensor_size_overflow, "tensor_size_overflow",
     "tensor 'a.b': its dtype and shape need 2^61 bytes or more, which no file can hold"},
    {errc::negative_dimension, "negative_dimension", "tensor 'a.b': a dimension of its shape is negative"},
    {errc::borrowed_axes_expired, "borrowed_axes_expired",
     "tensor 'a.b': its 9,216 axes came from a temporary; beyond 1,234,567 axes keep the array "
     "alive until the save returns"},
    {errc::partial_byte, "partial_byte",
     "tensor 'a.b': 9,216 bits do not fill whole bytes; F4 needs an even count, F6 a multiple of four"},
    {errc::strides_rank_mismatch, "strides_rank_mismatch",
     "tensor 'a.b': 9,216 strides given for 1,234,567 axes; give one stride for each axis"},
    {errc::outside_storage, "outside_storage",
     "tensor 'a.b': the strides reach element 9,216 of a storage of 1,234,567 elements"},
    {errc::sub_byte_strides, "sub_byte_strides",
     "tensor 'a.b': 4- and 6-bit elements cannot be strided; pack them first"},
    {errc::no_such_axis, "no_such_axis", "tensor 'a.b': axis or index 9,216 asked for, it has 1,234,567"},
    {errc::too_many_axes, "too_many_axes",
     "tensor 'a.b': 9,216 axes; up to 1,234,567 can be transposed, sliced or taken over from another library"},
    {errc::not_in_memory, "not_in_memory",
     "tensor 'a.b': it is produced while it is written, so it cannot be transposed or sliced; "
     "read it into memory first"},
    {errc::stack_mismatch, "stack_mismatch",
     "tensor 'a.b': part 9,216 of the stack has another dtype or trailing shape than part 0"},
    {errc::stack_of_scalars, "stack_of_scalars",
     "tensor 'a.b': a stack needs at least one part, each with at least one axis"},
    {errc::produced_size_mismatch, "produced_size_mismatch",
     "tensor 'a.b': 9,216 bytes produced, its dtype and shape need 1,234,567"},
    {errc::missing_tensor, "missing_tensor",
     "tensor 'a.b': there is none; its pointer is null, or no view was assigned to its entry"},
    {errc::duplicate_name, "duplicate_name",
     "tensor 'a.b' is placed twice: by the model and by the vae; rename or leave out one of them"},
    {errc::reserved_name, "reserved_name",
     "tensor 'a.b': the format keeps the name '__metadata__' for metadata; rename the tensor"},
    {errc::invalid_utf8, "invalid_utf8", "tensor 'a.b': the name is not UTF-8"},
    {errc::file_size_overflow, "file_size_overflow",
     "tensor 'a.b': with it the tensors pass 2^63 bytes, which no file can hold"},
    {errc::header_too_large, "header_too_large",
     "the header needs at least 9,216 bytes, the format allows 1,234,567; use fewer tensors, "
     "shorter names or less metadata"},
    {errc::invalid_metadata_utf8, "invalid_metadata_utf8", "metadata 'a.b': key or value is not UTF-8"},
    {errc::duplicate_metadata_key, "duplicate_metadata_key",
     "metadata 'a.b' is given twice; keep one of them"},
    {errc::out_of_memory, "out_of_memory",
     "'a.b': cannot read or write it, for the system has no memory left (its error: 13); close other programs and try again"},
    {errc::sink_full, "sink_full", "1,234,567 bytes are to be written, the memory given holds 9,216"},
    {errc::sink_refused, "sink_refused", "the sink refused 1,234,567 bytes (its code: 13)"},
    {errc::cancelled, "cancelled",
     "cancelled at tensor 'a.b' after 9,216 of 1,234,567 bytes; nothing was kept"},
    {errc::invalid_file_name, "invalid_file_name",
     "'a.b' names no file; give a name such as 'checkpoints/ComfyUI' without control characters"},
    {errc::outside_root, "outside_root", "'a.b' lies outside the output folder; use a path below it"},
    {errc::counter_exhausted, "counter_exhausted",
     "'a.b': the folder's numbers reach 9,216, none is left; move old files away"},
    {errc::folder_missing, "folder_missing", "'a.b': there is no such folder; create it first"},
    {errc::name_taken, "name_taken",
     "'a.b' exists already; choose another name, or replace it by existing_file::replace"},
    {errc::not_a_regular_file, "not_a_regular_file", "'a.b' is no regular file; choose another path"},
    {errc::permission_denied, "permission_denied", "'a.b': permission denied"},
    {errc::read_only_file_system, "read_only_file_system", "'a.b': the file system is read-only"},
    {errc::disk_full, "disk_full", "'a.b': no space or quota left for 1,234,567 bytes"},
    {errc::file_too_large, "file_too_large",
     "'a.b': 1,234,567 bytes are more than the system allows in one file"},
    {errc::file_name_too_long, "file_name_too_long", "'a.b': the name is too long for the file system"},
    {errc::too_many_open_files, "too_many_open_files", "'a.b': no file descriptor is left"},
    {errc::too_many_links, "too_many_links", "'a.b': symbolic links lead to each other"},
    {errc::io_failure, "io_failure", "'a.b': cannot read or write it (the system's error: 13)"},
    {errc::missing_qkv, "missing_qkv",
     "attention layer 'a.b' has no modelvae; q, k and v are saved as one tensor"},
    {errc::projection_rank, "projection_rank",
     "tensor 'a.b': a text projection has two axes, this one has 9,216"},
    {errc::name_collision, "name_collision",
     "tensor 'a.b': two keys of one component are saved under this name; "
     "rename or leave out one of them"},
    {errc::foreign_key, "foreign_key",
     "tensor 'a.b' is no key this layout knows; it would be lost, leave it out or save as ComfyUI does"},
    {errc::quantised_companion, "quantised_companion",
     "tensor 'a.b': a quantised encoder cannot be saved under OpenCLIP names; dequantise it first"},
    {errc::position_ids_mismatch, "position_ids_mismatch",
     "tensor 'a.b': this layout writes 1,234,567 position ids as I64, the ones given differ; leave "
     "them out, they are added"},
    {errc::empty_component, "empty_component",
     "component 'a.b' has no tensors; pass stet::no_entries to save without it"},
    {errc::contradictory_prediction, "contradictory_prediction", "the prediction contradicts itself: 'a.b'"},
    {errc::invalid_json, "invalid_json",
     "JSON text 'a.b': Python's json module refuses what stands at byte 9,216"},
    {errc::json_too_deep, "json_too_deep",
     "JSON text 'a.b': at byte 9,216 more than 1,234,567 lists and objects lie in each other, which Python refuses"},
    {errc::metadata_too_large, "metadata_too_large",
     "metadata 'a.b': 9,216 bytes, at most 1,234,567 are allowed; shorten it"},
    {errc::missing_metadata_key, "missing_metadata_key", "metadata 'a.b' is required here; give it a value"},
    {errc::invalid_metadata_value, "invalid_metadata_value", "metadata 'a.b' must be model"},
    {errc::output_folder_not_absolute, "output_folder_not_absolute",
     "'a.b' is no absolute path; ComfyUI's rule needs one for the output folder"},
    {errc::uneven_qkv, "uneven_qkv",
     "tensor 'a.b': its 9,216 rows are those of q, k and v together and must divide by three"},
    {errc::unusable_marker, "unusable_marker", "marker tensor 'a.b' must hold model"},
    {errc::header_too_small, "header_too_small",
     "the file holds 9,216 bytes, a checkpoint starts with the 1,234,567 of its header's length"},
    {errc::header_length_too_large, "header_length_too_large",
     "the file claims a header of 9,216 bytes, the format allows 1,234,567; it is no safetensors file or damaged"},
    {errc::invalid_header_length, "invalid_header_length",
     "with its header the file needs at least 1,234,567 bytes, it holds 9,216; it is cut short or no safetensors "
     "file"},
    {errc::invalid_header_utf8, "invalid_header_utf8", "the header is not UTF-8 at byte 9,216 of the file"},
    {errc::invalid_header_json, "invalid_header_json", "header member 'a.b', byte 9,216 of the file: model"},
    {errc::invalid_offset, "invalid_offset",
     "tensor 'a.b': its data should begin at 1,234,567, data_offsets say 9,216"},
    {errc::shape_overflow, "shape_overflow",
     "tensor 'a.b', byte 9,216 of the file: its dtype and shape need 2^61 bytes or more"},
    {errc::tensor_info_mismatch, "tensor_info_mismatch",
     "tensor 'a.b': data_offsets hold 9,216 bytes, its dtype and shape need 1,234,567"},
    {errc::incomplete_data, "incomplete_data",
     "the header describes a file of 1,234,567 bytes, it holds 9,216"},
    {errc::more_bytes_needed, "more_bytes_needed",
     "the header needs the first 1,234,567 bytes of the file, 9,216 were given"},
    {errc::forbidden_by_format, "forbidden_by_format",
     "header member 'a.b', byte 9,216 of the file: model, which the format's text forbids"},
    {errc::source_refused, "source_refused",
     "1,234,567 bytes could not be read at byte 9,216 of the file (the source's code: 13)"},
    {errc::file_missing, "file_missing", "'a.b': no such file"},
    {errc::file_in_use, "file_in_use",
     "'a.b' is in use and cannot be replaced; first close its mapping or what else has it open, here or in "
     "another program"},
    {errc::part_file_lost, "part_file_lost",
     "'a.b': its unfinished file was removed or renamed while it was being written; save again"},
    {errc::unknown_element_type, "unknown_element_type",
     "tensor 'a.b': the format has no dtype for its elements of 9,216 bits (type code 1,234,567 of its library); "
     "convert them first"},
    {errc::device_memory, "device_memory",
     "tensor 'a.b': it lies in the memory of a device (of type 9,216); give a function that reads it back, or copy it "
     "first"},
    {errc::irregular_layout, "irregular_layout",
     "tensor 'a.b': no strides describe how its elements lie; copy it into a row-major tensor first"},
    {errc::no_such_tensor, "no_such_tensor", "the file has no tensor 'a.b'"},
    {errc::not_convertible, "not_convertible",
     "tensor 'a.b': elements of dtype model are not read as vae; read the dtype's own type, or its bytes"},
    {errc::value_does_not_fit, "value_does_not_fit",
     "tensor 'a.b': element 9,216 is model, which vae does not hold; read it as a wider type"},
    {errc::prefixed_key, "prefixed_key",
     "key 'a.b' begins with 'model' already, which the layout puts before it; take it off the key, "
     "save the dict without a layout, or save as ComfyUI does"},
    {errc::invalid_setting, "invalid_setting", "the setting 'a.b' is 9,216; it must be model"},
    {errc::sync_not_offered, "sync_not_offered",
     "'a.b': the file system cannot bring a file to stable storage (its error: 13); save with durability::none, which "
     "does not wait for that, or to another folder"},
    {errc::rename_not_offered, "rename_not_offered",
     "'a.b': the file system cannot rename a file (its error: 13), so none can appear there whole; save to another "
     "folder and copy the file"},
    {errc::untrusted_link, "untrusted_link",
     "'a.b' leads through another user's link in a folder that everyone may write to; give the path that the link "
     "names"},
    {errc::unreadable_layer, "unreadable_layer",
     "quantised layer 'a.b': its model vae, so its values cannot be read; verify the file to see all that is wrong "
     "with it"},
    {errc::not_quantisable, "not_quantisable",
     "tensor 'a.b' cannot be stored as model: it vae; choose another format or other settings for it"},
    {errc::plan_too_large, "plan_too_large",
     "the read plan has more than 1,234,567 requests or pieces; want fewer rows, allow longer requests, or raise the "
     "limit"},
    {errc::filled_twice, "filled_twice",
     "tensor 'a.b': byte 9,216 of the file is filled a second time; let one writer fill it, or allow overlaps"},
    {errc::unfilled_tensor, "unfilled_tensor",
     "tensor 'a.b': 1,234,567 of its bytes, from byte 9,216 of the file on, were never filled; fill them before it is "
     "published"},
    {errc::outside_data, "outside_data",
     "'a.b': byte 9,216 was to be filled, but its tensors model at byte 1,234,567; use the offsets of its places"},
    {errc::file_changed, "file_changed",
     "'a.b' was replaced by another program while it was being edited, and nothing was changed; edit it again"},
    {errc::editing_not_offered, "editing_not_offered",
     "'a.b': its file system does not open a file that exists; read it, and save what was read under another name"},
    {errc::missing_slot, "missing_slot",
     "metadata 'a.b' is no slot to fill: model; save the file with a text of the size that is needed there"},
    {errc::slot_size_mismatch, "slot_size_mismatch",
     "metadata 'a.b': the slot holds 1,234,567 bytes, 9,216 given; give exactly as many as it holds"},
    {errc::unusable_undo_file, "unusable_undo_file",
     "'a.b': an edit was cut short, and its undo file, which ends in .stet-undo, model; see whether the file is whole "
     "and remove the undo file"},
    {errc::invalid_size, "invalid_size",
     "'a.b' is no size; write a number and KB, MB, GB or TB, such as '5GB' or '1.5GB', or give a number of bytes"},
    {errc::infinite_size, "infinite_size",
     "'a.b' is no finite size; give a large one, such as '1000TB', for one file"},
    {errc::invalid_shard_pattern, "invalid_shard_pattern",
     "'a.b' gives no names of shards; write a file name with '{suffix}' in it, such as 'model{suffix}.safetensors'"},
    {errc::set_in_use, "set_in_use",
     "'a.b': another save of this set of files is under way; wait for it, or save to another folder"},
    {errc::invalid_index, "invalid_index", "'a.b' is no index of a set: model"},
    {errc::index_too_large, "index_too_large",
     "'a.b': an index of 9,216 bytes, readers take 1,234,567; use fewer tensors or shorter names"},
    {errc::untrusted_shard_name, "untrusted_shard_name",
     "'a.b', which the index names as a file, model; a shard lies below the index' folder and is a .safetensors file"},
    {errc::unknown_shard_format, "unknown_shard_format",
     "'a.b' has model in its metadata; readers of sets take format 'pt' or 'mlx', or no metadata at all"},
    {errc::map_mismatch, "map_mismatch",
     "tensor 'a.b' lies in vae, the index says model; write the index anew"},
    {errc::unmapped_tensor, "unmapped_tensor",
     "tensor 'a.b' lies in model, the index does not mention it; write the index anew"},
    {errc::missing_from_set, "missing_from_set",
     "tensor 'a.b' should lie in model by the index, no file holds it; fetch the set again"},
    {errc::size_mismatch, "size_mismatch",
     "'a.b': by the index the tensors have 1,234,567 bytes together, they have 9,216; write the index anew"},
    {errc::unexpected_tensor, "unexpected_tensor",
     "tensor 'a.b' lies in model, the model has none of that name"},
    {errc::set_changed, "set_changed",
     "'a.b': the set was saved anew each time it was opened; open it again when it is saved"},
    {errc::hash_comes_late, "hash_comes_late",
     "the header is to record a hash of the tensors, and is written before them where nothing can be written again; "
     "set may_hash_first, or save to a file"},
    {errc::merge_shapes_differ, "merge_shapes_differ",
     "tensor 'a.b': its shape is model in the first file and vae in the second; only equal shapes can be merged"},
    {errc::not_mergeable, "not_mergeable", "tensor 'a.b' cannot be merged: it modelvae"},
    {errc::no_common_tensor, "no_common_tensor",
     "the files have no tensor in common: names begin with model in the first and with vae in the second; bring them "
     "under the same prefixes first"},
    {errc::nothing_to_merge, "nothing_to_merge",
     "there is nothing to merge: of 9,216 tensors that the files have in common none is F32, F16 or BF16 and free to be "
     "mixed; choose other files or ratios"},
    {errc::not_finite_result, "not_finite_result",
     "tensor 'a.b': 9,216 numbers have become infinite or NaN by merging; ask for a wider dtype such as F32, or allow "
     "them"},
    {errc::invalid_ratio, "invalid_ratio", "'a.b' is model; it must vae"},
    {errc::meaningless_ratio, "meaningless_ratio",
     "the first file gives no meaning to a ratio of model: vae; leave it out"},
    {errc::foreign_prefix, "foreign_prefix",
     "key 'a.b' begins with 'model.', which a whole checkpoint puts before its keys; take it off the component's keys, "
     "or save as ComfyUI does"},
}};

static_assert(sentences.size() == stet::detail::errc_count, "a new code needs its sentence here");

error example(errc code)
{
    return error{.code = code, .os_code = 13, .expected = 1'234'567, .actual = 9'216}
        .with("model", "vae")
        .about("a.b");
}

std::string quoted(std::string_view subject)
{
    constexpr std::string_view rest = ": permission denied";
    std::string                text = message(error{.code = errc::permission_denied}.about(subject));
    REQUIRE(text.ends_with(rest));
    text.resize(text.size() - rest.size());
    return text;
}

std::string number(std::uint64_t value)
{
    constexpr std::string_view before = "the allocator gave no memory for ";
    constexpr std::string_view after = " bytes; free some and try again";
    const std::string          text = message(error{.code = errc::out_of_memory, .expected = value});
    REQUIRE(text.size() > before.size() + after.size());
    return text.substr(before.size(), text.size() - before.size() - after.size());
}

std::string system_number(int value)
{
    constexpr std::string_view before = "'': cannot read or write it (the system's error: ";
    const std::string          text = message(error{.code = errc::io_failure, .os_code = value});
    REQUIRE(text.starts_with(before));
    REQUIRE(text.ends_with(')'));
    return text.substr(before.size(), text.size() - before.size() - 1);
}

} // namespace

TEST_CASE("every code has its name and its sentence")
{
    for (std::size_t i = 0; i < sentences.size(); ++i) {
        CHECK(static_cast<std::size_t>(sentences[i].code) == i + 1);
        CHECK(name(sentences[i].code) == sentences[i].name);
        CHECK(message(example(sentences[i].code)) == sentences[i].text);
    }
}

TEST_CASE("every sentence is one line, starts in lower case and ends without a full stop")
{
    for (std::size_t code = 1; code <= stet::detail::errc_count; ++code) {
        const std::string text = message(example(static_cast<errc>(code)));
        REQUIRE_FALSE(text.empty());
        CHECK(text.find('\n') == std::string::npos);
        CHECK(text.find('%') == std::string::npos);
        CHECK(text.back() != '.');
        CHECK((text.starts_with("JSON ") || text.front() < 'A' || text.front() > 'Z'));
    }
}

TEST_CASE("no error is called so")
{
    CHECK(name(errc{}) == "no error");
    CHECK(name(static_cast<errc>(stet::detail::errc_count + 1)) == "no error");
    CHECK(message(error{}) == "no error");
    CHECK(message(error{.code = static_cast<errc>(255)}) == "no error");
}

TEST_CASE("the tail of a long subject is shown")
{
    const std::string text = quoted(std::string(400, 'p') + ".weight");
    CHECK(text == "'..." + std::string(155, 'p') + ".weight'");
}

TEST_CASE("a long subject is shown from the start of a character on")
{
    std::string subject = "a";
    while (subject.size() < 300)
        subject += "\xE6\xB8\x85";
    const std::string text = quoted(subject);

    CHECK(text.size() > 160);
    CHECK(stet::detail::is_utf8(text));
    CHECK(text.starts_with("'...\xE6\xB8\x85"));
    CHECK(text.ends_with("\xE6\xB8\x85'"));
}

TEST_CASE("control characters of a subject are shown in hexadecimal")
{
    CHECK(quoted("a\nb\x1B[2J\x7F") == "'a\\x0ab\\x1b[2J\\x7f'");
    CHECK(quoted(std::string_view("\0", 1)) == "'\\x00'");
    CHECK(quoted("\x1F\x20~") == "'\\x1f ~'");
    CHECK(quoted("\xC2\x80 \xC2\x9B"
                 "2J \xC2\x9F") == "'\\xc2\\x80 \\xc2\\x9b2J \\xc2\\x9f'");
}

TEST_CASE("what is readable of a subject is shown as it is")
{
    CHECK(quoted("") == "''");
    CHECK(quoted("it's 100% \"so\"\\") == "'it's 100% \"so\"\\'");
    CHECK(quoted("\xC2\xA0 \xC3\xA9 \xE6\xB8\x85 \xF0\x9F\x98\x80") ==
          "'\xC2\xA0 \xC3\xA9 \xE6\xB8\x85 \xF0\x9F\x98\x80'");
}

TEST_CASE("of a subject that is not UTF-8 the bytes at fault are shown in hexadecimal")
{
    CHECK(quoted("a\xC3\xA9\xFF") == "'a\xC3\xA9\\xff'");
    CHECK(quoted("\xC2") == "'\\xc2'");
    CHECK(quoted("\xE2\x80") == "'\\xe2\\x80'");
    CHECK(quoted("\xED\xA0\x80.weight") == "'\\xed\\xa0\\x80.weight'");
}

TEST_CASE("what turns the direction of writing or breaks the line is shown in hexadecimal")
{
    CHECK(quoted("model\xE2\x80\xAE.bin\xE2\x80\xAC") == "'model\\xe2\\x80\\xae.bin\\xe2\\x80\\xac'");
    CHECK(quoted("a\xE2\x80\xA8 b\xE2\x80\xA9") == "'a\\xe2\\x80\\xa8 b\\xe2\\x80\\xa9'");
    CHECK(quoted("\xD8\x9C\xE2\x80\x8E\xE2\x80\x8F") == "'\\xd8\\x9c\\xe2\\x80\\x8e\\xe2\\x80\\x8f'");
    CHECK(quoted("\xE2\x81\xA6\xE2\x81\xA9") == "'\\xe2\\x81\\xa6\\xe2\\x81\\xa9'");
}

TEST_CASE("what a party is called is escaped as names are")
{
    const std::string text =
        message(error{.code = errc::duplicate_name}.with("mo\x1B[2Jdel", "\xE2\x80\xAEvae").about("a"));
    CHECK(text == "tensor 'a' is placed twice: by the mo\\x1b[2Jdel and by the \\xe2\\x80\\xaevae; "
                  "rename or leave out one of them");
    CHECK(message(error{.code = errc::invalid_metadata_value}.with("a\nb").about("k")) ==
          "metadata 'k' must be a\\x0ab");
}

TEST_CASE("no hostile name gets a control, a turn or a broken character into a message")
{
    for (std::size_t code = 1; code <= stet::detail::errc_count; ++code) {
        const error hostile = error{.code = static_cast<errc>(code)}
                                  .with("\x1B]0;\x07\xFF", "\xE2\x80\xAE\xC2\x9B")
                                  .about("\xE2\x80\xA8\xE2\x81\xA7\x7F", "\xD8\x9C\xF0\x9F");
        const std::string text = message(hostile);
        CHECK(stet::readable(text) == text);
    }
}

TEST_CASE("a text is readable outside of messages, too")
{
    CHECK(stet::readable("") == "");
    CHECK(stet::readable("\xE6\xB8\x85 it's") == "\xE6\xB8\x85 it's");
    CHECK(stet::readable("a\x1B[31m\xFF") == "a\\x1b[31m\\xff");
}

TEST_CASE("a tensor, a header or a text without a name is spoken of in other words")
{
    CHECK(message(error{.code = errc::tensor_size_mismatch, .expected = 48, .actual = 24}) ==
          "an unnamed tensor: 24 bytes given, its dtype and shape need 48");
    CHECK(message(error{.code = errc::cancelled, .expected = 48, .actual = 24}) ==
          "cancelled after 24 of 48 bytes; nothing was kept");
    CHECK(message(error{.code = errc::invalid_header_json, .actual = 9}.with("a colon is missing")) ==
          "the header, byte 9 of the file: a colon is missing");
    CHECK(message(error{.code = errc::invalid_json, .actual = 9}) ==
          "the JSON text: Python's json module refuses what stands at byte 9");
    for (std::size_t code = 1; code <= stet::detail::errc_count; ++code) {
        const std::string text = message(error{.code = static_cast<errc>(code)});
        INFO(text);
        CHECK((text.find("''") == std::string::npos || text.starts_with("''") ||
               text.starts_with("metadata") || text.starts_with("component") || text.starts_with("marker") ||
               text.starts_with("attention") || text.starts_with("the setting") ||
               text.starts_with("the prediction") || text.starts_with("the file has no tensor") ||
               text.starts_with("quantised layer") || text.starts_with("key")));
    }
}

TEST_CASE("one thing is spoken of in the singular")
{
    const auto one = [](errc code) {
        return message(error{.code = code, .expected = 1, .actual = 1}.about("a"));
    };
    CHECK(one(errc::tensor_size_mismatch) == "tensor 'a': 1 byte given, its dtype and shape need 1");
    CHECK(one(errc::partial_byte) ==
          "tensor 'a': 1 bit does not fill whole bytes; F4 needs an even count, F6 a multiple of four");
    CHECK(one(errc::strides_rank_mismatch) ==
          "tensor 'a': 1 stride given for 1 axis; give one stride for each axis");
    CHECK(one(errc::outside_storage) == "tensor 'a': the strides reach element 1 of a storage of 1 element");
    CHECK(one(errc::produced_size_mismatch) == "tensor 'a': 1 byte produced, its dtype and shape need 1");
    CHECK(one(errc::out_of_memory) == "the allocator gave no memory for 1 byte; free some and try again");
    CHECK(one(errc::sink_full) == "1 byte is to be written, the memory given holds 1");
    CHECK(one(errc::sink_refused) == "the sink refused 1 byte (its code: 0)");
    CHECK(one(errc::cancelled) == "cancelled at tensor 'a' after 1 of 1 byte; nothing was kept");
    CHECK(one(errc::disk_full) == "'a': no space or quota left for 1 byte");
    CHECK(one(errc::file_too_large) == "'a': 1 byte is more than the system allows in one file");
    CHECK(one(errc::metadata_too_large) == "metadata 'a': 1 byte, at most 1 is allowed; shorten it");
    CHECK(one(errc::uneven_qkv) ==
          "tensor 'a': its 1 row is that of q, k and v together and must divide by three");
    CHECK(one(errc::header_too_small) ==
          "the file holds 1 byte, a checkpoint starts with the 1 of its header's length");
    CHECK(one(errc::tensor_info_mismatch) ==
          "tensor 'a': data_offsets hold 1 byte, its dtype and shape need 1");
    CHECK(one(errc::more_bytes_needed) == "the header needs the first 1 bytes of the file, 1 was given");
    CHECK(one(errc::source_refused) ==
          "1 byte could not be read at byte 1 of the file (the source's code: 0)");
}

TEST_CASE("an error of the system says what it was asked for")
{
    error failed{.code = errc::io_failure, .step = stet::detail::system_step::sync, .os_code = 5};
    CHECK(message(failed.about("out/a.safetensors")) ==
          "'out/a.safetensors': cannot bring it to stable storage (the system's error: 5)");
    failed.code = errc::out_of_memory;
    CHECK(message(failed.about("out/a.safetensors")) ==
          "'out/a.safetensors': cannot bring it to stable storage, for the system has no memory left "
          "(its error: 5); close other programs and try again");
}

TEST_CASE("a system without memory is told from an allocator without")
{
    CHECK(
        message(error{.code = errc::out_of_memory, .os_code = 12}.about("out/a.safetensors")) ==
        "'out/a.safetensors': cannot read or write it, for the system has no memory left (its error: 12); close other programs and try again");
    CHECK(message(error{.code = errc::out_of_memory, .expected = 7}) ==
          "the allocator gave no memory for 7 bytes; free some and try again");
    CHECK(message(error{.code = errc::out_of_memory}) ==
          "the allocator gave no memory; free some and try again");
}

TEST_CASE("where nobody knows how many bytes it was, no number is given")
{
    CHECK(message(error{.code = errc::disk_full, .os_code = 28}.about("a")) == "'a': no space or quota left");
    CHECK(message(error{.code = errc::file_too_large, .os_code = 27}.about("a")) ==
          "'a': more bytes than the system allows in one file");
}

TEST_CASE("a percent sign in a subject is no field")
{
    CHECK(message(error{.code = errc::name_taken}.about("%a%e%s")) ==
          "'%a%e%s' exists already; choose another name, or replace it by existing_file::replace");
}

TEST_CASE("numbers have thousands separators")
{
    CHECK(number(2) == "2");
    CHECK(number(999) == "999");
    CHECK(number(1'000) == "1,000");
    CHECK(number(12'345) == "12,345");
    CHECK(number(123'456) == "123,456");
    CHECK(number(100'000'000) == "100,000,000");
    CHECK(number(UINT64_MAX) == "18,446,744,073,709,551,615");
}

TEST_CASE("the system's number keeps its sign")
{
    CHECK(system_number(28) == "28");
    CHECK(system_number(-1) == "-1");
    CHECK(system_number(INT_MAX) == "2,147,483,647");
    CHECK(system_number(INT_MIN) == "-2,147,483,648");
}

TEST_CASE("a sentence is cut at the end of a short buffer, its whole length is returned")
{
    const error       e = example(errc::duplicate_name);
    const std::string whole = message(e);
    for (std::size_t capacity = 0; capacity <= whole.size() + 2; ++capacity) {
        std::vector<char> buffer(whole.size() + 3, '#');
        const std::size_t size = write_message(e, buffer.data(), capacity);
        const std::size_t shown = capacity < whole.size() ? capacity : whole.size();

        CHECK(size == whole.size());
        CHECK(std::string_view(buffer.data(), shown) == whole.substr(0, shown));
        CHECK(std::string_view(buffer.data() + shown, buffer.size() - shown) ==
              std::string(buffer.size() - shown, '#'));
    }
}

TEST_CASE("the length of a sentence is known without a buffer")
{
    const error e = example(errc::header_too_large);
    CHECK(write_message(e, nullptr, 0) == message(e).size());
}

TEST_CASE("a fault is named as it is where it is known")
{
    CHECK(
        message(error{.code = errc::foreign_key}.with("t5xxl.transformer.").about("a.b")) ==
        "tensor 'a.b' lacks the name of its encoder, without which no loader finds it; put that before every key of "
        "it, such as 't5xxl.transformer.'");
    CHECK(
        message(error{.code = errc::outside_root}.with("link").about("out/a")) ==
        "'out/a' leads out of the output folder by a link; use a folder without one, or save below the folder that "
        "it leads to");
    CHECK(message(error{.code = errc::outside_storage, .expected = 4, .actual = UINT64_MAX}.about("a.b")) ==
          "tensor 'a.b': the strides reach outside a storage of 4 elements");
    CHECK(message(error{.code = errc::duplicate_name}.with("model", "model").about("a.b")) ==
          "tensor 'a.b' is placed twice, both times by the model; rename or leave out one of the two");
    CHECK(message(error{.code = errc::header_length_too_large}.with("a zip archive does")) ==
          "the file is no safetensors file, it begins as a zip archive does");
    CHECK(message(error{.code = errc::invalid_offset, .expected = 8, .actual = 4}.with("c.d").about("a.b")) ==
          "the header names tensor 'c.d' twice, and of two the later counts: the data of tensor 'a.b' should "
          "begin at 8, data_offsets say 4; give each tensor a name of its own");
    CHECK(
        message(error{.code = errc::incomplete_data, .expected = 8, .actual = 4}.with("c.d")) ==
        "the header names tensor 'c.d' twice, and of two the later counts: it describes a file of 8 bytes, the "
        "file holds 4; give each tensor a name of its own");
}
