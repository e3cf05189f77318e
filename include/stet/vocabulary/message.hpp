// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_MESSAGE_HPP
#define STET_VOCABULARY_MESSAGE_HPP

#include "config.hpp"
#include "error.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace STET_NAMESPACE {

namespace detail {

/// One sentence a code. %s subject in quotes, %1 and %2 the parties, %e expected, %a actual, %o the system's error
/// number. Indexed by the code.
struct sentence {
    errc             code;
    std::string_view name;
    std::string_view text;
};

inline constexpr std::array<sentence, errc_count> sentences{{
    {errc::tensor_size_mismatch, "tensor_size_mismatch",
     "tensor %s: %a bytes given, its dtype and shape need %e"},
    {errc::tensor_size_overflow, "tensor_size_overflow",
     "tensor %s: its dtype and shape need 2^61 bytes or more, which no file can hold"},
    {errc::negative_dimension, "negative_dimension", "tensor %s: a dimension of its shape is negative"},
    {errc::borrowed_axes_expired, "borrowed_axes_expired",
     "tensor %s: its %a axes came from a temporary; beyond %e axes keep the array alive until the save returns"},
    {errc::partial_byte, "partial_byte",
     "tensor %s: %a bits do not fill whole bytes; F4 needs an even count, F6 a multiple of four"},
    {errc::strides_rank_mismatch, "strides_rank_mismatch",
     "tensor %s: %a strides given for %e axes; give one stride for each axis"},
    {errc::outside_storage, "outside_storage",
     "tensor %s: the strides reach element %a of a storage of %e elements"},
    {errc::sub_byte_strides, "sub_byte_strides",
     "tensor %s: 4- and 6-bit elements cannot be strided; pack them first"},
    {errc::no_such_axis, "no_such_axis", "tensor %s: axis or index %a asked for, there are %e"},
    {errc::too_many_axes, "too_many_axes",
     "tensor %s: %a axes; a view of up to %e can be transposed or sliced"},
    {errc::not_in_memory, "not_in_memory",
     "tensor %s: it is produced while it is written, so it cannot be transposed or sliced; "
     "read it into memory first"},
    {errc::stack_mismatch, "stack_mismatch",
     "tensor %s: part %a of the stack has another dtype or trailing shape than part 0"},
    {errc::stack_of_scalars, "stack_of_scalars",
     "tensor %s: a stack needs at least one part, each with at least one axis"},
    {errc::produced_size_mismatch, "produced_size_mismatch",
     "tensor %s: %a bytes produced, its dtype and shape need %e"},
    {errc::missing_tensor, "missing_tensor", "tensor %s: the pointer to it is null"},
    {errc::duplicate_name, "duplicate_name",
     "tensor %s is placed twice: by the %1 and by the %2; rename or leave out one of them"},
    {errc::reserved_name, "reserved_name",
     "tensor %s: the format keeps the name '__metadata__' for metadata; rename the tensor"},
    {errc::invalid_utf8, "invalid_utf8", "tensor %s: the name is not UTF-8"},
    {errc::file_size_overflow, "file_size_overflow",
     "tensor %s: with it the tensors pass 2^63 bytes, which no file can hold"},
    {errc::header_too_large, "header_too_large",
     "the header needs at least %a bytes, the format allows %e; use fewer tensors, "
     "shorter names or less metadata"},
    {errc::invalid_metadata_utf8, "invalid_metadata_utf8", "metadata %s: key or value is not UTF-8"},
    {errc::duplicate_metadata_key, "duplicate_metadata_key", "metadata %s is given twice; keep one of them"},
    {errc::out_of_memory, "out_of_memory", "the allocator gave no memory for %e bytes"},
    {errc::sink_full, "sink_full", "%e bytes are to be written, the memory given holds %a"},
    {errc::sink_refused, "sink_refused", "the sink refused %e bytes (its code: %o)"},
    {errc::cancelled, "cancelled", "cancelled at tensor %s after %a of %e bytes; nothing was kept"},
    {errc::invalid_file_name, "invalid_file_name",
     "%s names no file; give a name such as 'checkpoints/ComfyUI' without control characters"},
    {errc::outside_root, "outside_root", "%s lies outside the output folder; use a path below it"},
    {errc::counter_exhausted, "counter_exhausted",
     "%s: the folder's numbers reach %a, none is left; move old files away"},
    {errc::folder_missing, "folder_missing", "%s: the folder does not exist; create it first"},
    {errc::name_taken, "name_taken", "%s exists already; choose another name or ask to replace it"},
    {errc::not_a_regular_file, "not_a_regular_file", "%s is no regular file; choose another path"},
    {errc::permission_denied, "permission_denied", "%s: permission denied"},
    {errc::read_only_file_system, "read_only_file_system", "%s: the file system is read-only"},
    {errc::disk_full, "disk_full", "%s: no space or quota left for %e bytes"},
    {errc::file_too_large, "file_too_large", "%s: %e bytes are more than the system allows in one file"},
    {errc::file_name_too_long, "file_name_too_long", "%s: the name is too long for the file system"},
    {errc::too_many_open_files, "too_many_open_files", "%s: no file descriptor is left"},
    {errc::too_many_links, "too_many_links", "%s: symbolic links lead to each other"},
    {errc::io_failure, "io_failure", "%s: the system reports error %o"},
    {errc::missing_qkv, "missing_qkv", "attention layer %s has no %1%2; q, k and v are saved as one tensor"},
    {errc::projection_rank, "projection_rank", "tensor %s: a text projection has two axes, this one has %a"},
    {errc::name_collision, "name_collision",
     "tensor %s: two keys of one component are saved under this name; rename or leave out one of them"},
    {errc::foreign_key, "foreign_key",
     "tensor %s is no key this layout knows; it would be lost, leave it out or save as ComfyUI does"},
    {errc::quantised_companion, "quantised_companion",
     "tensor %s: a quantised encoder cannot be saved under OpenCLIP names; dequantise it first"},
    {errc::position_ids_mismatch, "position_ids_mismatch",
     "tensor %s: this layout writes %e position ids as I64, the ones given differ; leave them out, they are added"},
    {errc::empty_component, "empty_component",
     "component %s has no tensors; pass stet::no_entries to save without it"},
    {errc::contradictory_prediction, "contradictory_prediction", "the prediction contradicts itself: %s"},
    {errc::invalid_json, "invalid_json", "JSON text %s: Python's json module refuses what stands at byte %a"},
    {errc::json_too_deep, "json_too_deep",
     "JSON text %s: at byte %a more than %e lists and objects lie in each other, which Python refuses"},
    {errc::metadata_too_large, "metadata_too_large",
     "metadata %s: %a bytes, at most %e are allowed; shorten it"},
    {errc::missing_metadata_key, "missing_metadata_key", "metadata %s is required here; give it a value"},
    {errc::invalid_metadata_value, "invalid_metadata_value", "metadata %s must be %1"},
    {errc::output_folder_not_absolute, "output_folder_not_absolute",
     "%s is no absolute path; ComfyUI's rule needs one for the output folder"},
    {errc::uneven_qkv, "uneven_qkv",
     "tensor %s: its %a rows are those of q, k and v together and must divide by three"},
    {errc::unusable_marker, "unusable_marker", "marker tensor %s must hold %1"},
    {errc::header_too_small, "header_too_small",
     "the file holds %a bytes, a checkpoint starts with the %e of its header's length"},
    {errc::header_length_too_large, "header_length_too_large",
     "the file claims a header of %a bytes, the format allows %e; it is no safetensors file or damaged"},
    {errc::invalid_header_length, "invalid_header_length",
     "with its header the file needs at least %e bytes, it holds %a; it is cut short or no safetensors file"},
    {errc::invalid_header_utf8, "invalid_header_utf8", "the header is not UTF-8 at byte %a of the file"},
    {errc::invalid_header_json, "invalid_header_json", "header member %s, byte %a of the file: %1"},
    {errc::invalid_offset, "invalid_offset", "tensor %s: its data should begin at %e, data_offsets say %a"},
    {errc::shape_overflow, "shape_overflow",
     "tensor %s, byte %a of the file: its dtype and shape need 2^61 bytes or more"},
    {errc::tensor_info_mismatch, "tensor_info_mismatch",
     "tensor %s: data_offsets hold %a bytes, its dtype and shape need %e"},
    {errc::incomplete_data, "incomplete_data", "the header describes a file of %e bytes, it holds %a"},
    {errc::more_bytes_needed, "more_bytes_needed",
     "the header needs the first %e bytes of the file, %a were given"},
    {errc::forbidden_by_format, "forbidden_by_format",
     "header member %s, byte %a of the file: %1, which the format's text forbids"},
    {errc::source_refused, "source_refused",
     "%e bytes could not be read at byte %a of the file (the source's code: %o)"},
    {errc::file_missing, "file_missing", "%s: no such file"},
    {errc::file_in_use, "file_in_use",
     "%s is in use and cannot be replaced; first close its mapping or what else has it open, here or in another program"},
    {errc::part_file_lost, "part_file_lost",
     "%s: its unfinished file was removed or renamed while it was being written; save again"},
}};

/// Appends to a buffer and counts on past its end.
class message_writer {
public:
    constexpr message_writer(char* buffer, std::size_t capacity) noexcept
        : buffer_(buffer), capacity_(capacity)
    {
    }

    constexpr void put(char c) noexcept
    {
        if (size_ < capacity_)
            buffer_[size_] = c;
        ++size_;
    }
    constexpr void put(std::string_view text) noexcept
    {
        for (const char c : text)
            put(c);
    }
    /// Decimal with thousands separators.
    constexpr void put_number(std::uint64_t value) noexcept
    {
        std::array<char, 20> digits{};
        std::size_t          count = 0;
        do {
            digits[count++] = static_cast<char>('0' + value % 10);
            value /= 10;
        } while (value != 0);
        while (count-- > 0) {
            put(digits[count]);
            if (count != 0 && count % 3 == 0)
                put(',');
        }
    }
    constexpr void put_signed(int value) noexcept
    {
        const auto wide = static_cast<std::int64_t>(value);
        if (wide < 0)
            put('-');
        put_number(static_cast<std::uint64_t>(wide < 0 ? -wide : wide));
    }
    /// In quotes; what a terminal should not see as an escape in hexadecimal.
    constexpr void put_quoted(std::string_view text) noexcept
    {
        const bool readable = is_utf8(text);
        put('\'');
        for (std::size_t i = 0; i < text.size(); ++i) {
            const auto code = static_cast<unsigned char>(text[i]);
            if (code == 0xC2 && readable && static_cast<unsigned char>(text[i + 1]) < 0xA0) {
                // U+0080 to U+009F are controls as well.
                put_hexadecimal(code);
                put_hexadecimal(static_cast<unsigned char>(text[++i]));
            } else if (code >= 0x20 && code != 0x7F && (code < 0x80 || readable)) {
                put(text[i]);
            } else {
                put_hexadecimal(code);
            }
        }
        put('\'');
    }
    constexpr std::size_t size() const noexcept { return size_; }

private:
    constexpr void put_hexadecimal(unsigned char code) noexcept
    {
        constexpr std::string_view hex = "0123456789abcdef";
        put("\\x");
        put(hex[code >> 4U]);
        put(hex[code & 0xFU]);
    }

    char*       buffer_;
    std::size_t capacity_;
    std::size_t size_ = 0;
};

constexpr void put_field(message_writer& out, char field, const error& e) noexcept
{
    switch (field) {
    case 's':
        out.put_quoted(e.subject());
        break;
    case '1':
        out.put(e.first_party());
        break;
    case '2':
        out.put(e.second_party());
        break;
    case 'e':
        out.put_number(e.expected);
        break;
    case 'a':
        out.put_number(e.actual);
        break;
    default:
        out.put_signed(e.os_code);
        break;
    }
}

} // namespace detail

/// The code's own name, for logs: "duplicate_name".
constexpr std::string_view name(errc code) noexcept
{
    const auto index = static_cast<std::size_t>(code) - 1;
    return index < errc_count ? detail::sentences[index].name : std::string_view("no error");
}

/// Writes the sentence into the caller's memory, cut where it does not fit.
/// returns: bytes of the whole sentence; no terminating NUL is written
constexpr std::size_t write_message(const error& e, char* buffer, std::size_t capacity) noexcept
{
    detail::message_writer out(buffer, capacity);
    const auto             index = static_cast<std::size_t>(e.code) - 1;
    if (index >= errc_count) {
        out.put("no error");
        return out.size();
    }
    const std::string_view text = detail::sentences[index].text;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%')
            detail::put_field(out, text[++i], e);
        else
            out.put(text[i]);
    }
    return out.size();
}

/// The error as one readable line, without a final full stop or line break.
std::string message(const error& e);

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/message.ipp"
#endif

#endif
