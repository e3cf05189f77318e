// SPDX-License-Identifier: MIT
// One step of a save or a load, to be counted by benchmarks/instructions/run. All that the step needs is done before
// it in every run, so that a run of no step can be taken off.
//   driver STEP COUNT    STEP: nothing plan encode decode write
#include "support/checkpoint_names.hpp"

#include <stet/read/read_header.hpp>
#include <stet/save/write.hpp>
#include <stet/sink/sinks.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

/// Ends the program where a step fails: a failure would count too few instructions.
void require(bool done, const char* step)
{
    if (done)
        return;
    std::fprintf(stderr, "%s failed\n", step);
    std::exit(1);
}

} // namespace

int main(int count_of_arguments, char** arguments)
{
    require(count_of_arguments == 3, "driver STEP COUNT:");
    const std::string_view step = arguments[1];
    const auto             count = static_cast<std::size_t>(std::strtoul(arguments[2], nullptr, 10));

    const benchmarks::state_dict dict = benchmarks::shuffled_names(count);
    const stet::model_only       checkpoint{.model = dict};
    const auto                   plan = stet::make_plan(checkpoint, benchmarks::unprefixed{});
    require(bool(plan), "plan");
    const auto header = stet::make_header(*plan);
    require(bool(header), "header");
    std::vector<std::byte> block(std::size_t{1} << 20U);
    std::vector<std::byte> file(static_cast<std::size_t>(header->file_size()));
    stet::span_sink        kept(file);
    require(bool(stet::write(*header, kept, {.staging = block})), "write");

    if (step == "plan") {
        require(bool(stet::make_plan(checkpoint, benchmarks::unprefixed{})), "plan");
    } else if (step == "encode") {
        stet::span_sink   again(file);
        stet::staged_sink out(again, block);
        const auto        encoded = stet::make_header(*plan);
        require(encoded && encoded->write(out) && out.flush(), "encode");
    } else if (step == "decode") {
        require(bool(stet::read_header(file, file.size())), "decode");
    } else if (step == "write") {
        stet::span_sink again(file);
        require(bool(stet::write(*header, again, {.staging = block})), "write");
    } else {
        require(step == "nothing", "a step of that name");
    }
    return 0;
}
