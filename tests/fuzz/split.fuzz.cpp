// SPDX-License-Identifier: MIT
// The input is a choice of a layout and of how to split, edits that damage the file, and its tensors, see
// damaged_file.hpp. What is split must be sound, and in strict conduct lose no byte.
#include "damaged_file.hpp"
#include "few_blocks.hpp"
#include "fuzz_target.hpp"

#include <stet/read.hpp>
#include <stet/sink/sinks.hpp>
#include <stet/split.hpp>
#include <stet/tensor/sizes.hpp>
#include <stet/vocabulary/message.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>

using fuzz::expect;
using fuzz::few_blocks;

namespace {

using split_result = stet::result<stet::split_checkpoint>;

split_result split_as(unsigned choice, const stet::checkpoint_view& file, const stet::split_options& options)
{
    namespace layouts = stet::layouts;
    switch (choice % 8) {
    case 0:
        return stet::split<layouts::sd1>(file, options);
    case 1:
        return stet::split<layouts::sd2>(file, options);
    case 2:
        return stet::split<layouts::sdxl>(file, options);
    case 3:
        return stet::split<layouts::sdxl_refiner>(file, options);
    case 4:
        return stet::split<layouts::cascade_c>(file, options);
    case 5:
        return stet::split<layouts::sd2_unclip>(file, options);
    case 6:
        return stet::split<layouts::svd>(file, options);
    default:
        return stet::split<layouts::generic>(file, options);
    }
}

std::uint64_t check_part(const stet::split_part& part)
{
    std::set<std::string_view> names;
    for (const stet::named_tensor& entry : part) {
        expect(names.insert(entry.name).second, "a component has every name once");
        expect(stet::detail::is_utf8(entry.name), "a name stays UTF-8");
        stet::counting_sink counted;
        expect(static_cast<bool>(stet::pour(entry.tensor, counted)),
               "a tensor of a file in memory is written");
        expect(counted.size() == entry.tensor.size, "a tensor has the bytes it says");
        const auto needed = stet::byte_count(entry.tensor.type, entry.tensor.shape);
        expect(needed && *needed == entry.tensor.size, "a tensor has the bytes its shape needs");
    }
    return part.byte_size();
}

void check_split(const stet::split_checkpoint& split, std::uint64_t bytes, bool is_strict)
{
    std::uint64_t in_all = 0;
    for (const auto* const part : {&split.model, &split.text_encoder, &split.vae, &split.vision_encoder,
                                   &split.seconds_start, &split.seconds_total, &split.extra, &split.leftover})
        in_all += check_part(*part);
    if (is_strict && split.changes().empty())
        expect(in_all == bytes, "no byte is lost or doubled");
}

std::string outcome(const split_result& split)
{
    return split ? "none" : stet::message(split.error());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const fuzz::fields input(data, size);
    auto               fields = input.all;
    std::string_view   edits;
    if (!fields.empty()) {
        edits = fields.front();
        fields.erase(fields.begin());
    }
    std::string file = fuzz::file_of(fuzz::tensors_of(fields));
    fuzz::damage(file, edits);
    const auto view = stet::read_checkpoint(std::as_bytes(std::span(file)));
    if (!view) {
        expect(!stet::message(view.error()).empty(), "an error is a line");
        expect(!edits.empty(), "a file that is not damaged is read");
        return 0;
    }
    const bool          is_strict = (input.choice & 8U) != 0;
    stet::split_options options{.strictness =
                                    is_strict ? stet::strictness::strict : stet::strictness::as_comfyui,
                                .wants_vision = (input.choice & 16U) != 0};
    const auto          split = split_as(input.choice, *view, options);
    if (split)
        check_split(*split, view->header().data_size(), is_strict);
    else
        expect(!stet::message(split.error()).empty(), "an error is a line");

    few_blocks memory{.left = fuzz::chosen(data, size, 24)};
    {
        options.allocator = {
            .context = &memory, .allocate = few_blocks::allocate, .deallocate = few_blocks::deallocate};
        const auto again = split_as(input.choice, *view, options);
        const bool ran_out = !again && again.error().code == stet::errc::out_of_memory;
        expect(ran_out ? memory.left == 0 : outcome(again) == outcome(split),
               "short of memory, the outcome is the same or says so");
    }
    expect(memory.live == 0, "all memory is given back");
    return 0;
}
