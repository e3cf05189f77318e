// SPDX-License-Identifier: MIT
// The input is a file. It is read in every mode; what is accepted must be sound and survive being saved again.
#include "few_blocks.hpp"
#include "fuzz_target.hpp"

#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using fuzz::expect;
using fuzz::few_blocks;

namespace {

using bytes = std::span<const std::byte>;

bool same(const stet::stored_tensor& a, const stet::stored_tensor& b)
{
    return a.name == b.name && a.type == b.type && a.begin == b.begin && a.end == b.end &&
           std::equal(a.shape.begin(), a.shape.end(), b.shape.begin(), b.shape.end());
}

bool same(const stet::checkpoint_header& a, const stet::checkpoint_header& b)
{
    if (a.size() != b.size() || a.has_metadata() != b.has_metadata() ||
        a.metadata_size() != b.metadata_size() || a.text() != b.text())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (!same(a[i], b[i]))
            return false;
    }
    for (std::size_t i = 0; i < a.metadata_size(); ++i) {
        if (a.metadata(i).key != b.metadata(i).key || a.metadata(i).value != b.metadata(i).value)
            return false;
    }
    return true;
}

bool same(const stet::error& a, const stet::error& b)
{
    return a.code == b.code && a.os_code == b.os_code && a.expected == b.expected && a.actual == b.actual &&
           a.subject() == b.subject();
}

/// Whether both were refused for the same reason, or both accepted with the same content.
bool same(const stet::result<stet::checkpoint_header>& a, const stet::result<stet::checkpoint_header>& b)
{
    if (static_cast<bool>(a) != static_cast<bool>(b))
        return false;
    return a ? same(*a, *b) : same(a.error(), b.error());
}

__extension__ using wide = unsigned __int128;

/// Bits of a tensor, computed apart from the library; nothing when they pass 2^64.
std::optional<std::uint64_t> bits_of(const stet::stored_tensor& tensor)
{
    wide bits = 1;
    for (const std::uint64_t axis : tensor.shape) {
        bits *= axis;
        if (bits > UINT64_MAX)
            return std::nullopt;
    }
    bits *= stet::bit_width(tensor.type);
    return bits > UINT64_MAX ? std::nullopt : std::optional(static_cast<std::uint64_t>(bits));
}

void check_rows(const stet::stored_tensor& tensor)
{
    if (tensor.shape.empty()) {
        expect(!stet::detail::rows(tensor, 0, 0), "a scalar has no rows");
        return;
    }
    const std::uint64_t count = tensor.shape[0];
    const auto          all = stet::detail::rows(tensor, 0, count);
    expect(all && *all == stet::detail::stored_part{.offset = 0, .size = tensor.size()},
           "all rows are the tensor");
    if (count != UINT64_MAX)
        expect(!stet::detail::rows(tensor, 0, count + 1), "there is no row behind the last");
    const auto first = stet::detail::rows(tensor, 0, count / 2);
    const auto second = stet::detail::rows(tensor, count / 2, count);
    expect(static_cast<bool>(first) == static_cast<bool>(second), "two halves are cut, or none");
    if (first && second)
        expect(first->size == second->offset || tensor.size() == 0, "the second half follows the first");
    if (first && second)
        expect(first->size + second->size == tensor.size(), "two halves are the tensor");
}

/// Offsets inside the file and in order, sizes as dtype and shape say, every name found.
void check_tensors(const stet::checkpoint_header& header, std::uint64_t file_size)
{
    std::uint64_t running = 0;
    for (std::size_t i = 0; i < header.size(); ++i) {
        const stet::stored_tensor tensor = header[i];
        expect(tensor.begin == running && tensor.end >= tensor.begin, "each begins where the last one ends");
        running = tensor.end;
        expect(bits_of(tensor) == tensor.size() * 8, "a tensor has the bytes its dtype and shape need");
        expect(stet::detail::is_utf8(tensor.name) && tensor.name != "__metadata__",
               "a name is UTF-8, not reserved");
        expect(header.position_of(tensor.name) == i, "every name is found, at one place");
        const std::uint64_t place = header.offset_in_file(tensor);
        expect(place % header.alignment(tensor) == 0, "a tensor lies at a multiple of its alignment");
        check_rows(tensor);
    }
    expect(header.data_size() == running, "the data ends with the last tensor");
    expect(header.data_begin() <= file_size && running <= file_size - header.data_begin(),
           "all data lies in the file");
    const auto sorted = header.by_name();
    expect(sorted.size() == header.size(), "the list by name holds every tensor");
    for (std::size_t i = 1; i < sorted.size(); ++i)
        expect(header[sorted[i - 1]].name < header[sorted[i]].name, "names are sorted and distinct");
}

/// With gaps.
void check_apart(const stet::checkpoint_header& header, std::uint64_t file_size)
{
    std::uint64_t running = 0;
    for (const stet::stored_tensor tensor : header) {
        expect(tensor.begin >= running && tensor.end >= tensor.begin, "none begins before the last one ends");
        running = tensor.end;
        expect(bits_of(tensor) == tensor.size() * 8, "a tensor has the bytes its dtype and shape need");
    }
    expect(running <= file_size - header.data_begin(), "all data lies in the file");
}

void check_metadata(const stet::checkpoint_header& header)
{
    expect(header.has_metadata() || header.metadata_size() == 0, "entries need metadata");
    for (std::size_t i = 0; i < header.metadata_size(); ++i) {
        const auto entry = header.metadata(i);
        expect(stet::detail::is_utf8(entry.key) && stet::detail::is_utf8(entry.value), "metadata is UTF-8");
        const auto found = header.metadata(entry.key);
        expect(found && found->data() == entry.value.data(), "every key is found, once");
    }
}

struct same_names {
    static stet::placed_name place(stet::role::model, std::string_view key) noexcept { return {.stem = key}; }
};

std::string saved_again(const stet::checkpoint_view& file)
{
    const auto&                                                header = file.header();
    std::vector<std::pair<std::string_view, std::string_view>> metadata;
    for (std::size_t i = 0; i < header.metadata_size(); ++i)
        metadata.emplace_back(header.metadata(i).key, header.metadata(i).value);
    const auto plan = stet::make_plan(stet::model_only{.model = file}, same_names{},
                                      {.empty = stet::empty_components::allow});
    expect(static_cast<bool>(plan), "what was read can be planned");
    const auto head = stet::make_header(*plan, header.has_metadata() ? stet::metadata_view(metadata)
                                                                     : stet::metadata_view());
    expect(static_cast<bool>(head), "what was read has a header again");
    std::string       text;
    stet::append_sink out(text);
    expect(static_cast<bool>(stet::write(*head, out)), "what was read can be written");
    return text;
}

void check_saving(const stet::checkpoint_view& file)
{
    const std::string text = saved_again(file);
    const bool        has_large =
        std::any_of(file.header().begin(), file.header().end(), [](const stet::stored_tensor& tensor) {
            return std::any_of(tensor.shape.begin(), tensor.shape.end(),
                               [](std::uint64_t axis) { return axis >> 48U != 0; });
        });
    const auto again = stet::read_checkpoint(std::as_bytes(std::span(text)), {.strict = !has_large});
    expect(static_cast<bool>(again), "what was written is read, by the format's text as well");
    expect(again->size() == file.size(), "no tensor is lost");
    expect(again->header().metadata_size() == file.header().metadata_size(), "no metadata is lost");
    for (const stet::stored_tensor tensor : file.header()) {
        const auto found = again->header().find(tensor.name);
        expect(found && found->type == tensor.type && found->size() == tensor.size() &&
                   std::equal(found->shape.begin(), found->shape.end(), tensor.shape.begin(),
                              tensor.shape.end()),
               "a tensor keeps name, dtype and shape");
        const bytes before = file.data(tensor);
        const bytes after = again->data(*found);
        expect(std::equal(before.begin(), before.end(), after.begin(), after.end()), "its bytes are kept");
    }
    for (std::size_t i = 0; i < file.header().metadata_size(); ++i) {
        const auto entry = file.header().metadata(i);
        expect(again->header().metadata(entry.key) == entry.value, "metadata is kept");
    }
    expect(saved_again(*again) == text, "saved twice, the file is the same");
}

// ---- other ways to read the same file ---------------------------------------------------------------------

/// Only the beginning is at hand.
void check_prefixes(bytes file, const stet::read_options& options, std::uint64_t cut,
                    const stet::result<stet::checkpoint_header>& whole)
{
    const auto          extent = stet::header_extent(file, file.size());
    const std::uint64_t needed = extent ? *extent : file.size();
    for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{8}, cut, needed}) {
        if (size > file.size())
            continue;
        const std::vector<std::byte> copy(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
        const bytes                  prefix(copy);
        const auto                   read = stet::read_header(prefix, file.size(), options);
        if (!read && read.error().code == stet::errc::more_bytes_needed) {
            const std::uint64_t wanted = size < 8 ? 8 : needed;
            expect(read.error().expected == wanted && read.error().actual == size && size < wanted,
                   "as many bytes are asked for as the header has");
            continue;
        }
        expect(size >= needed || !extent || file.size() < 8, "no verdict on a header that was not seen");
        expect(same(read, whole), "the header alone gives the same verdict");
    }
}

/// What a C function gives the bytes of.
struct asked_bytes {
    bytes       file{};
    std::size_t calls = 0;
    std::size_t fails_at = SIZE_MAX;

    static int fill(void* context, std::uint64_t offset, void* buffer, std::size_t size)
    {
        auto& self = *static_cast<asked_bytes*>(context);
        if (self.calls++ == self.fails_at)
            return 5;
        expect(offset <= self.file.size() && size <= self.file.size() - offset, "only the file is read");
        if (size != 0)
            std::memcpy(buffer, self.file.data() + offset, size);
        return 0;
    }
};

void check_source(bytes file, const stet::read_options& options,
                  const stet::result<stet::checkpoint_header>& whole)
{
    asked_bytes           given{.file = file};
    stet::callback_source source(asked_bytes::fill, &given, file.size());
    const auto            opened = stet::open_checkpoint(source, options);
    expect(given.calls <= 2, "a header takes two reads");
    expect(static_cast<bool>(opened) == static_cast<bool>(whole), "a source gives the same verdict");
    if (!opened) {
        expect(same(opened.error(), whole.error()), "a source gives the same error");
        return;
    }
    expect(same(opened->header(), *whole), "a source gives the same header");
    for (const stet::stored_tensor tensor : opened->header()) {
        std::vector<std::byte> data(stet::detail::memory_size(tensor.size()));
        expect(static_cast<bool>(opened->read(tensor, data)), "a tensor is read");
        expect(data.empty() || std::memcmp(data.data(), file.data() + opened->header().offset_in_file(tensor),
                                           data.size()) == 0,
               "its bytes are the file's");
    }
    for (std::size_t fails_at = 0; fails_at < 2; ++fails_at) {
        asked_bytes           failing{.file = file, .fails_at = fails_at};
        stet::callback_source refusing(asked_bytes::fill, &failing, file.size());
        const auto            refused = stet::open_checkpoint(refusing, options);
        expect(refused || refused.error().code == stet::errc::source_refused, "its failure is passed on");
    }
}

void check_memory(bytes file, std::uint64_t blocks, const stet::result<stet::checkpoint_header>& whole)
{
    few_blocks memory{.left = blocks};
    {
        const auto read = stet::read_header(file, file.size(),
                                            {.allocator = {.context = &memory,
                                                           .allocate = few_blocks::allocate,
                                                           .deallocate = few_blocks::deallocate}});
        if (read || read.error().code != stet::errc::out_of_memory)
            expect(same(read, whole), "short of memory, the verdict is the same or none");
        else
            expect(memory.left == 0, "memory is only missing when there is none");
    }
    expect(memory.live == 0, "all memory is given back");
}

// ---- the modes --------------------------------------------------------------------------------------------

void check_error(const stet::error& failed, bool is_strict)
{
    const std::string text = stet::message(failed);
    expect(!text.empty() && stet::detail::is_utf8(text), "an error is a readable line");
    expect(std::none_of(text.begin(), text.end(),
                        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }),
           "no control character reaches the terminal");
    expect(is_strict || failed.code != stet::errc::forbidden_by_format, "only strictness speaks of the text");
}

/// What one mode accepts and another does not, when only leniency or strictness differs.
void check_between_modes(bytes file, const std::array<stet::result<stet::checkpoint_header>, 8>& read)
{
    for (std::size_t mode = 0; mode < read.size(); ++mode) {
        for (const std::size_t leniency : {std::size_t{2}, std::size_t{4}}) {
            if (read[mode])
                expect(same(read[mode], read[mode | leniency]), "leniency changes nothing that is accepted");
        }
        const auto& usual = read[mode & ~std::size_t{1}];
        const auto& strictly = read[mode | 1U];
        if (strictly)
            expect(same(strictly, usual), "what is read strictly is read");
        else if (strictly.error().code == stet::errc::forbidden_by_format)
            expect(static_cast<bool>(usual), "the text forbids what is otherwise sound");
        else
            expect(!usual && same(strictly.error(), usual.error()), "strictness hides no other error");
    }
    if (read[2] && !read[0]) {
        const bytes whole = file.first(stet::detail::memory_size(read[2]->data_begin()) +
                                       stet::detail::memory_size(read[2]->data_size()));
        expect(read[0].error().code == stet::errc::incomplete_data && whole.size() < file.size() &&
                   same(stet::read_header(whole, whole.size()), read[2]),
               "without its trailing bytes the file is sound");
    }
    if (read[4] && !read[0]) {
        std::vector<std::byte> padded(file.begin(), file.end());
        for (std::size_t i = stet::detail::memory_size(read[4]->data_begin()); i-- > 8;) {
            const auto c = std::to_integer<char>(padded[i]);
            if (c == '\0')
                padded[i] = std::byte{' '};
            else if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
                break;
        }
        expect(static_cast<bool>(stet::read_header(padded, padded.size())), "padded with spaces it is sound");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const bytes file = std::as_bytes(std::span(data, size));
    const auto  read_in_mode = [&](std::size_t mode) {
        return stet::read_header(file, size,
                                  {.strict = (mode & 1U) != 0,
                                   .allow_trailing_bytes = (mode & 2U) != 0,
                                   .allow_nul_padding = (mode & 4U) != 0});
    };
    const std::array<stet::result<stet::checkpoint_header>, 8> read{
        read_in_mode(0), read_in_mode(1), read_in_mode(2), read_in_mode(3),
        read_in_mode(4), read_in_mode(5), read_in_mode(6), read_in_mode(7)};
    check_between_modes(file, read);
    for (std::size_t mode = 0; mode < read.size(); ++mode) {
        if (read[mode]) {
            check_tensors(*read[mode], size);
            check_metadata(*read[mode]);
        } else {
            check_error(read[mode].error(), (mode & 1U) != 0);
        }
    }
    const auto with_gaps = stet::read_header(
        file, size, {.allow_trailing_bytes = true, .allow_nul_padding = true, .allow_gaps = true});
    expect(!read[6] || (with_gaps && same(*with_gaps, *read[6])),
           "gaps allowed change nothing where there are none");
    if (with_gaps && !read[6])
        check_apart(*with_gaps, size);
    const std::size_t        mode = fuzz::chosen(data, size, 8);
    const stet::read_options options{.strict = (mode & 1U) != 0,
                                     .allow_trailing_bytes = (mode & 2U) != 0,
                                     .allow_nul_padding = (mode & 4U) != 0};
    check_prefixes(file, options, fuzz::chosen(data, size, size + 1), read[mode]);
    check_source(file, options, read[mode]);
    check_memory(file, fuzz::chosen(data, size, 12), read[0]);
    if (read[6]) {
        const auto whole =
            stet::read_checkpoint(file, {.allow_trailing_bytes = true, .allow_nul_padding = true});
        expect(whole && same(whole->header(), *read[6]), "the whole file is read like its header");
        check_saving(*whole);
    }
    return 0;
}
