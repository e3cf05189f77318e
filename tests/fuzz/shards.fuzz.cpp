// SPDX-License-Identifier: MIT
// The input is an index of a set and, read as bytes, tensors to split.
#include "few_blocks.hpp"
#include "fuzz_target.hpp"

#include <stet/shards/index.hpp>
#include <stet/shards/sharding.hpp>
#include <stet/vocabulary/message.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shards = stet::shards;

using fuzz::expect;
using fuzz::few_blocks;

namespace {

stet::allocator memory_of(few_blocks& memory)
{
    return {.context = &memory, .allocate = few_blocks::allocate, .deallocate = few_blocks::deallocate};
}

/// Whether a name stays below the folder it is looked up from, by the rules of every system.
bool stays_below(std::string_view name)
{
    if (name.empty() || name[0] == '/' || name[0] == '\\' || !name.ends_with(".safetensors"))
        return false;
    std::string part;
    for (const char c : std::string(name) + '/') {
        if (c != '/' && c != '\\') {
            part += c;
            continue;
        }
        if (part == ".." || part.find('\0') != std::string::npos)
            return false;
        part.clear();
    }
    return name.size() < 2 || name[1] != ':';
}

void check_index(std::string_view text, std::uint64_t blocks)
{
    const auto read = shards::read_index(text, "index");
    few_blocks memory{.left = blocks};
    {
        const auto again = shards::read_index(text, "index", memory_of(memory));
        const bool is_short = !again && again.error().code == stet::errc::out_of_memory;
        expect(is_short ? memory.left == 0 : static_cast<bool>(again) == static_cast<bool>(read),
               "short of memory the verdict is the same or none");
    }
    expect(memory.live == 0, "all memory is given back");
    if (!read) {
        expect(!stet::message(read.error()).empty(), "an error is a line");
        return;
    }
    std::vector<bool> is_mentioned(read->files().size(), false);
    for (const shards::mapped_name& tensor : read->tensors()) {
        expect(tensor.file < read->files().size(), "every tensor has a file");
        expect(read->file_of(tensor.name) == tensor.file, "a tensor is found, and stands there once");
        is_mentioned[tensor.file] = true;
    }
    for (std::size_t i = 0; i < is_mentioned.size(); ++i) {
        expect(is_mentioned[i], "a file is there for a tensor");
        expect(stays_below(read->files()[i]), "no file leads elsewhere");
    }
}

struct made_up_tensors {
    std::vector<std::string>          names{};
    std::vector<shards::sized_tensor> tensors{};
    std::int64_t                      limit = 0;

    made_up_tensors(const std::uint8_t* data, std::size_t size)
    {
        if (size > 0)
            limit = std::int64_t{data[0]} - 20;
        for (std::size_t i = 1; i + 1 < size && i < 400; i += 2)
            names.push_back(std::string(1, static_cast<char>('a' + data[i + 1] / 64)) + std::to_string(i));
        for (std::size_t i = 0; i < names.size(); ++i) {
            const unsigned bytes = data[2 * i + 1] / 4U;
            const unsigned kind = data[2 * i + 2];
            tensors.push_back({.name = names[i],
                               .bytes = bytes,
                               .elements = 1,
                               .storage = kind % 4 == 0 ? kind / 8U : shards::sized_tensor::own_storage});
        }
    }
};

/// Three of four tensors are in a group by their first letter.
std::string_view group_of(std::string_view name)
{
    return name[0] == 'a' ? std::string_view() : name.substr(0, 1);
}

void check_split(const made_up_tensors& made, bool has_groups)
{
    const auto files =
        shards::split(made.tensors, {.limit = made.limit, .group = has_groups ? group_of : nullptr});
    expect(static_cast<bool>(files), "what is small can be split");
    std::vector<std::size_t> file_of(made.tensors.size(), SIZE_MAX);
    for (std::size_t file = 0; file < files->size(); ++file) {
        expect(!(*files)[file].empty(), "no file is empty");
        for (const std::uint32_t tensor : (*files)[file]) {
            expect(file_of[tensor] == SIZE_MAX, "a tensor lies in one file");
            file_of[tensor] = file;
        }
    }
    std::uint64_t              total = 0;
    std::vector<std::uint64_t> bytes(files->size(), 0);
    std::vector<std::size_t>   units(files->size(), 0); // that may not be parted
    for (std::size_t i = 0; i < made.tensors.size(); ++i) {
        expect(file_of[i] != SIZE_MAX, "no tensor is left out");
        bool counts = true;
        bool begins = true;
        for (std::size_t before = 0; before < i; ++before) {
            const shards::sized_tensor& one = made.tensors[before];
            const shards::sized_tensor& other = made.tensors[i];
            const bool                  is_tied = one.storage == other.storage && one.bytes == other.bytes &&
                                 one.storage != shards::sized_tensor::own_storage;
            const bool is_grouped = has_groups && !group_of(one.name).empty() && one.name[0] == other.name[0];
            expect(!(is_tied || is_grouped) || file_of[before] == file_of[i],
                   "what is tied or of one group lies in one file");
            counts = counts && !is_tied;
            begins = begins && !is_tied && !is_grouped;
        }
        bytes[file_of[i]] += counts ? made.tensors[i].bytes : 0;
        total += counts ? made.tensors[i].bytes : 0;
        units[file_of[i]] += begins ? 1U : 0U;
    }
    expect(total == files->total_size(), "each storage counts once");
    for (std::size_t file = 0; file < files->size() && !has_groups; ++file) {
        const bool fits = made.limit >= 0 && bytes[file] <= static_cast<std::uint64_t>(made.limit);
        expect(fits || units[file] == 1, "what is larger than the limit is alone");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_index(text, fuzz::chosen(data, size, 12));
    static_cast<void>(shards::parse_size(text));
    const made_up_tensors made(data, size);
    check_split(made, false);
    check_split(made, true);
    return 0;
}
