// SPDX-License-Identifier: MIT
// The input is a choice of a text encoder's layout, and its tensors, see damaged_file.hpp. What is placed must make a
// file that is read again, and in strict conduct holds every byte that was not left out by name.
#include "damaged_file.hpp"
#include "few_blocks.hpp"
#include "fuzz_target.hpp"

#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using fuzz::expect;
using fuzz::few_blocks;

namespace {

using dict = std::vector<std::pair<std::string, stet::tensor_view>>;

/// A checkpoint of a text encoder alone.
stet::result<stet::plan> planned(unsigned choice, const dict& text, const stet::plan_options& options)
{
    namespace layouts = stet::layouts;
    const stet::full given{.model = stet::no_entries, .text_encoder = text, .vae = stet::no_entries};
    switch (choice % 4) {
    case 0:
        return stet::make_plan(given, layouts::sd1{}, options);
    case 1:
        return stet::make_plan(given, layouts::sd2{}, options);
    case 2:
        return stet::make_plan(given, layouts::sdxl{}, options);
    default:
        return stet::make_plan(given, layouts::sdxl_refiner{}, options);
    }
}

std::string outcome(const stet::result<stet::plan>& plan)
{
    return plan ? "none" : stet::message(plan.error());
}

void check_file(const stet::plan& plan)
{
    const auto head = stet::make_header(plan);
    expect(static_cast<bool>(head), "what was placed has a header");
    std::string       text;
    stet::append_sink out(text);
    expect(static_cast<bool>(stet::write(*head, out)), "what was placed is written");
    const auto again = stet::read_checkpoint(std::as_bytes(std::span(text)), {.strict = true});
    expect(static_cast<bool>(again), "what was written is read");
    expect(again->size() == plan.records().size(), "no tensor is lost");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const fuzz::fields           input(data, size);
    const auto                   tensors = fuzz::tensors_of(input.all);
    const std::vector<std::byte> content(4096);
    dict                         text;
    for (const fuzz::made_tensor& made : tensors) {
        const auto view =
            stet::view_of(made.type, stet::extents(made.shape), stet::bytes(content).first(made.bytes()));
        expect(static_cast<bool>(view), "a tensor that was made is one");
        text.emplace_back(made.name, *view);
    }
    const bool         is_strict = (input.choice & 4U) != 0;
    stet::plan_options options{.strictness =
                                   is_strict ? stet::strictness::strict : stet::strictness::as_comfyui,
                               .empty = stet::empty_components::allow};
    const auto         plan = planned(input.choice, text, options);
    if (plan)
        check_file(*plan);
    else
        expect(!stet::message(plan.error()).empty(), "an error is a line");

    few_blocks memory{.left = fuzz::chosen(data, size, 24)};
    {
        options.allocator = {
            .context = &memory, .allocate = few_blocks::allocate, .deallocate = few_blocks::deallocate};
        const auto again = planned(input.choice, text, options);
        const bool ran_out = !again && again.error().code == stet::errc::out_of_memory;
        expect(ran_out ? memory.left == 0 : outcome(again) == outcome(plan),
               "short of memory, the outcome is the same or says so");
    }
    expect(memory.live == 0, "all memory is given back");
    return 0;
}
