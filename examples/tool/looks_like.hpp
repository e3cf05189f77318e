// SPDX-License-Identifier: MIT
// What a file is that cannot be read as a checkpoint: another format, or one of ours that is damaged, and how.
#ifndef EXAMPLE_LOOKS_LIKE_HPP
#define EXAMPLE_LOOKS_LIKE_HPP

#include "../size_in_memory.hpp"
#include "opened_source.hpp"
#include "readable.hpp"

#include <stet/read/byte_source.hpp>
#include <stet/read/checkpoint_reader.hpp>
#include <stet/read/read_header.hpp>
#include <stet/vocabulary/message.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace example {

namespace look {

/// The first bytes of a file as text, which may hold anything; fewer where they cannot be read.
inline std::string beginning(stet::source_ref file, std::uint64_t most)
{
    std::string text(size_in_memory(std::min(file.size(), most)), '\0');
    if (!file.read(0, std::as_writable_bytes(std::span(text))))
        text.clear();
    return text;
}

inline std::uint64_t number_at(std::string_view text, std::size_t offset, std::size_t bytes)
{
    std::uint64_t number = 0;
    for (std::size_t i = bytes; i-- > 0 && offset + bytes <= text.size();)
        number = number << 8U | static_cast<unsigned char>(text[offset + i]);
    return number;
}

inline std::string lower_case(std::string_view text)
{
    std::string lowered(text);
    for (char& c : lowered)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lowered;
}

inline std::string_view without_blanks_before(std::string_view text)
{
    if (text.starts_with("\xEF\xBB\xBF")) // a byte order mark
        text.remove_prefix(3);
    const std::size_t at = text.find_first_not_of(" \t\r\n");
    return text.substr(at == std::string_view::npos ? text.size() : at);
}

/// Bytes that formats begin with, and what to say of a file that has them.
struct beginning_of {
    std::string_view bytes;
    std::string_view what;
};

inline constexpr std::string_view from_torch =
    "; load it with torch.load(path, weights_only=True) and save it with safetensors.torch.save_file";

inline constexpr std::array<beginning_of, 15> formats{{
    {std::string_view("\x89HDF\r\n\x1a\n"), "an HDF5 file, such as Keras saves"},
    {std::string_view("\x93NUMPY"), "a NumPy array (.npy)"},
    {std::string_view("\x1f\x8b"), "a gzip archive; unpack it first"},
    {std::string_view("\x28\xb5\x2f\xfd"), "a Zstandard archive; unpack it first"},
    {std::string_view("7z\xbc\xaf\x27\x1c"), "a 7z archive; unpack it first"},
    {std::string_view("Rar!"), "a RAR archive; unpack it first"},
    {std::string_view("\xfd"
                      "7zXZ"),
     "an xz archive; unpack it first"},
    {std::string_view("\x89PNG"), "a PNG image"},
    {std::string_view("\xff\xd8\xff"), "a JPEG image"},
    {std::string_view("RIFF"), "a RIFF file, such as a WebP image"},
    {std::string_view("%PDF"), "a PDF document"},
    {std::string_view("\x7f"
                      "ELF"),
     "a program (ELF)"},
    {std::string_view("ggml"), "a model in GGML's old format"},
    {std::string_view("lmgg"), "a model in GGML's old format"},
    {std::string_view("tjgg"), "a model in GGML's old format"},
}};

/// A zip archive, by the name of the first file in it.
inline std::string zip_archive(std::string_view text)
{
    const std::string_view first =
        text.size() < 30 ? std::string_view() : text.substr(30, size_in_memory(number_at(text, 26, 2)));
    if (first.ends_with("data.pkl") || first.ends_with("/.format_version"))
        return "a PyTorch checkpoint (a zip archive with a pickle)" + std::string(from_torch);
    if (first.ends_with(".npy"))
        return "a NumPy archive (.npz)";
    return "a zip archive; unpack it first";
}

/// The pointer that stands where Git LFS has not put the file yet.
inline std::string lfs_pointer(std::string_view text)
{
    const std::size_t at = text.find("\nsize ");
    std::string       said = "a Git LFS pointer, not the file itself";
    if (at != std::string_view::npos)
        said += ", which has " +
                grouped(std::strtoull(std::string(text.substr(at + 6, 20)).c_str(), nullptr, 10)) + " bytes";
    return said + "; fetch it with git lfs pull";
}

inline std::string web_page(std::string_view text)
{
    const std::string lowered = lower_case(text);
    const std::size_t begin = lowered.find("<title>");
    const std::size_t end = lowered.find("</title>");
    std::string       said = "an HTML page";
    if (begin != std::string::npos && end != std::string::npos && end > begin + 7 && end - begin < 100)
        said += ", " + quoted(without_blanks_before(text.substr(begin + 7, end - begin - 7)));
    return said + "; the download ended at a page instead of the file, perhaps one to log in at";
}

inline std::string json(std::string_view text)
{
    if (text.find("\"weight_map\"") != std::string_view::npos)
        return "the index of a set of shards; 'stet join' makes one file of the set";
    if (text.find("\"data_offsets\"") != std::string_view::npos)
        return "the header of a safetensors file without the eight bytes of its length before it";
    return "JSON text, such as a configuration";
}

/// Whether a text is nothing but characters and line breaks; its last character may be cut.
inline bool is_plain(std::string_view text)
{
    while (!text.empty()) {
        const std::size_t size = character_size(text);
        if (size == 0)
            return text.size() < 4 && static_cast<unsigned char>(text[0]) >= 0xC2;
        const char c = text[0];
        if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t')
            return false;
        text.remove_prefix(size);
    }
    return true;
}

/// Texts of several kinds, or nothing.
inline std::string text_of_a_kind(std::string_view text)
{
    const std::string_view begun = without_blanks_before(text);
    const std::string      lowered = lower_case(begun.substr(0, 64));
    if (begun.starts_with("version https://git-lfs.github.com/spec/"))
        return lfs_pointer(begun);
    if (lowered.starts_with("<!doctype html") || lowered.starts_with("<html"))
        return web_page(begun);
    if (lowered.starts_with("<?xml"))
        return "an XML document, perhaps a server's refusal";
    if (begun.starts_with('{') || begun.starts_with('['))
        return json(begun);
    return is_plain(text.substr(0, 512)) ? "plain text" : "";
}

} // namespace look

/// What another format the bytes at a file's beginning are of, in words for "it looks like ..."; nothing if none is
/// known.
inline std::string looks_like(std::string_view text)
{
    if (text.starts_with("PK\x03\x04"))
        return look::zip_archive(text);
    if (text.size() > 2 && text[0] == '\x80' && text[1] >= 2 && text[1] <= 5 && text[2] != '\0')
        return "a pickle, as older PyTorch saves; it can run code of others when it is loaded" +
               std::string(look::from_torch);
    if (text.starts_with("GGUF"))
        return "a GGUF model (version " + std::to_string(look::number_at(text, 4, 4)) + ", " +
               counted(look::number_at(text, 8, 8), "tensor") + "), which llama.cpp and its kin read";
    if (text.size() > 262 && text.substr(257, 5) == "ustar")
        return "a tar archive; unpack it first";
    for (const look::beginning_of& one : look::formats) {
        if (text.starts_with(one.bytes))
            return std::string(one.what);
    }
    return look::text_of_a_kind(text);
}

namespace look {

/// Whether a file begins as ours do: a length the format allows, then an object.
inline bool begins_as_checkpoint(std::string_view text)
{
    return text.size() > 8 && number_at(text, 0, 8) <= stet::max_header_size &&
           without_blanks_before(text.substr(8)).starts_with('{');
}

/// The names of the tensors that do not lie in a file whole.
struct lost_tensors {
    std::string              cut{};
    std::vector<std::string> missing{};
};

inline lost_tensors lost_in(const stet::checkpoint_header& header, std::uint64_t file_size)
{
    lost_tensors lost;
    for (const stet::stored_tensor tensor : header) {
        const std::uint64_t begin = header.offset_in_file(tensor);
        if (begin + tensor.size() <= file_size || tensor.size() == 0)
            continue;
        if (begin < file_size)
            lost.cut = tensor.name;
        else
            lost.missing.emplace_back(tensor.name);
    }
    return lost;
}

/// ", tensor 'a' is cut, 2 tensors are missing: 'b', 'c'"
inline std::string in_words(const lost_tensors& lost)
{
    constexpr std::size_t most = 3;
    std::string           said = lost.cut.empty() ? "" : ", tensor " + quoted(lost.cut) + " is cut";
    const std::size_t     count = lost.missing.size();
    if (count == 0)
        return said;
    said += ", " + counted(count, "tensor") + (count == 1 ? " is missing: " : " are missing: ");
    for (std::size_t i = 0; i < std::min(count, most); ++i)
        said += (i == 0 ? "" : ", ") + quoted(lost.missing[i]);
    return count > most ? said + " and " + grouped(count - most) + " more" : said;
}

/// A file that has fewer bytes than its header describes.
inline std::string cut_short(std::string_view path, stet::source_ref file, const stet::error& refused)
{
    const std::string short_by =
        quoted(path) + " is cut short by " + counted(refused.expected - refused.actual, "byte") +
        ": it holds " + grouped(refused.actual) + ", its header describes " + grouped(refused.expected);
    const std::string head = beginning(file, 8 + number_at(beginning(file, 8), 0, 8));
    const auto        header =
        stet::read_header(std::as_bytes(std::span(head)), refused.expected, {.allow_nul_padding = true});
    return short_by + (header ? in_words(lost_in(*header, refused.actual)) : "") + "; fetch it again";
}

/// What makes a sound file of one that only --lenient reads.
inline constexpr std::string_view repaired_by = "; stet edit --lenient ";

/// Bytes that no tensor has, between those that some have or before them.
inline std::uint64_t gaps_in(const stet::checkpoint_header& header)
{
    std::uint64_t gaps = header.data_size();
    for (const stet::stored_tensor tensor : header)
        gaps -= tensor.size();
    return gaps;
}

/// A file that goes on after its last tensor.
inline std::string too_long(std::string_view path, stet::source_ref file, const stet::error& refused)
{
    const std::uint64_t    more = refused.actual - refused.expected;
    std::vector<std::byte> tail(size_in_memory(std::min<std::uint64_t>(more, 65536)));
    const bool             are_zeros =
        tail.size() == more && file.read(refused.expected, tail) &&
        std::all_of(tail.begin(), tail.end(), [](std::byte one) { return one == std::byte{0}; });
    return quoted(path) + " goes on after its last tensor: " + counted(more, "byte") +
           (are_zeros ? " of zeros" : "") + (more == 1 ? " that belongs" : " that belong") + " to none" +
           std::string(repaired_by) + "takes " + (more == 1 ? "it" : "them") + " out";
}

/// A file that begins as ours do and cannot be read.
inline std::string damaged(std::string_view path, stet::source_ref file, const stet::error& refused)
{
    const std::string about = quoted(path) + ": ";
    const auto        lenient = stet::open_checkpoint(file, lenience(true));
    if (!lenient)
        return about + stet::message(refused);
    if (const std::uint64_t gaps = gaps_in(lenient->header()); gaps != 0)
        return quoted(path) + " has gaps between its tensors: " + counted(gaps, "byte") +
               (gaps == 1 ? " that belongs" : " that belong") + " to none" + std::string(repaired_by) +
               "takes " + (gaps == 1 ? "it" : "them") + " out";
    return about + "its header is padded with zeros, which the format forbids" + std::string(repaired_by) +
           "puts blanks there";
}

} // namespace look

/// Why a file cannot be read as a checkpoint, in a sentence that names it: what it looks like, or what it lacks.
/// refused: what reading its header came to
inline std::string why_unreadable(std::string_view path, stet::source_ref file, const stet::error& refused)
{
    const std::string text = look::beginning(file, 4096);
    if (file.size() == 0)
        return quoted(path) + " is empty; fetch or save it again";
    const bool has_repeated_name = !refused.first_party().empty();
    if (refused.code == stet::errc::incomplete_data && !has_repeated_name)
        return refused.expected > refused.actual ? look::cut_short(path, file, refused)
                                                 : look::too_long(path, file, refused);
    if (look::begins_as_checkpoint(text)) {
        if (refused.code == stet::errc::invalid_header_length)
            return quoted(path) + " is cut short in its header, which ends at byte " +
                   grouped(refused.expected) + "; it holds " + grouped(refused.actual) + "; fetch it again";
        return look::damaged(path, file, refused);
    }
    if (!text.empty() && text.find_first_not_of('\0') == std::string::npos)
        return quoted(path) + " is no safetensors file: its first " + counted(text.size(), "byte") +
               (text.size() == 1 ? " is zero" : " are zeros") +
               ", as in a download that was never filled; fetch it again";
    const std::string like = looks_like(text);
    return like.empty() ? quoted(path) + ": " + stet::message(refused)
                        : quoted(path) + " is no safetensors file; it looks like " + like;
}

} // namespace example

#endif
