// SPDX-License-Identifier: MIT
// Writes a checkpoint into memory: into a vector that grows, and into a block whose size is asked for first.
#include "size_in_memory.hpp"

#include <stet/stet.hpp>

#include <array>
#include <cstddef>
#include <iostream>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

int main()
{
    const std::array<float, 6> weight{1, 2, 3, 4, 5, 6};
    const std::array<float, 3> bias{7, 8, 9};
    const auto                 weight_view = stet::view_of(weight, {2, 3});
    const auto                 bias_view = stet::view_of(bias, {3});
    if (!weight_view || !bias_view)
        return 1;
    const std::map<std::string, stet::tensor_view> model{{"weight", *weight_view}, {"bias", *bias_view}};
    const std::map<std::string, std::string>       metadata{{"format", "pt"}};
    const stet::model_only                         checkpoint{.model = model};

    // In one call, into any container of bytes.
    std::vector<std::byte> grown;
    stet::append_sink      into_grown(grown);
    const auto written = stet::save(checkpoint, stet::layouts::generic{}, into_grown, {.metadata = metadata});
    if (!written) {
        std::cerr << stet::message(written.error()) << '\n';
        return 1;
    }
    std::cout << "vector: " << grown.size() << " bytes\n";

    // Step by step: the header knows the size of the file, so the block is exactly as large as needed.
    const auto plan = stet::make_plan(checkpoint, stet::layouts::generic{});
    if (!plan) {
        std::cerr << stet::message(plan.error()) << '\n';
        return 1;
    }
    const auto header = stet::make_header(*plan, metadata);
    if (!header) {
        std::cerr << stet::message(header.error()) << '\n';
        return 1;
    }
    const auto      size = example::size_in_memory(header->file_size());
    const auto      block = std::make_unique<std::byte[]>(size);
    stet::span_sink into_block(std::span(block.get(), size));
    if (const auto filled = stet::write(*header, into_block); !filled) {
        std::cerr << stet::message(filled.error()) << '\n';
        return 1;
    }
    std::cout << "block: " << into_block.size() << " bytes, of which the header is\n"
              << std::string_view(reinterpret_cast<const char*>(block.get()) + 8, header->size() - 8) << '\n';

    // A block too small is never overrun.
    stet::span_sink too_small(std::span(block.get(), size / 2));
    const auto      refused = stet::write(*header, too_small);
    if (refused)
        return 1;
    std::cout << "refused: " << stet::message(refused.error()) << '\n';
}
