// SPDX-License-Identifier: MIT
// State dicts with the names and shapes of a real model. Their values are made up while they are written, so
// that even a model of many gigabytes takes no memory.
#ifndef EXAMPLE_MANIFEST_HPP
#define EXAMPLE_MANIFEST_HPP

#include "size_in_memory.hpp"

#include <stet/tensor/tensor_like.hpp>
#include <stet/tensor/views.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace example {

using byte_block = std::vector<std::byte>;

/// A tensor whose bytes are those of a block, over and over, from some place in it on.
struct tensor {
    stet::dtype                       type{};
    std::vector<std::uint64_t>        shape{};
    std::uint64_t                     size = 0;  ///< bytes
    std::uint64_t                     start = 0; ///< in the block
    std::shared_ptr<const byte_block> block{};

    stet::result<void> write(stet::sink_ref destination) const
    {
        std::size_t at = size_in_memory(start);
        for (std::uint64_t left = size; left != 0;) {
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, block->size() - at));
            if (auto written = destination.write(std::span(*block).subspan(at, count)); !written)
                return written;
            left -= count;
            at = 0;
        }
        return {};
    }
};

using state_dict = std::map<std::string, tensor>;

struct manifest {
    state_dict model{}, text_encoder{}, vision_encoder{}, vae{};
};

/// Small finite numbers, whichever float type one reads them as: random sign and fraction, fixed exponent.
/// state: where the sequence starts
inline byte_block random_weights(std::size_t size, std::uint32_t state)
{
    byte_block block(size);
    for (std::size_t i = 0; i + 1 < size; i += 2) {
        state = state * 1664525U + 1013904223U;
        const std::uint32_t half = (state >> 16U & 0x83FFU) | 0x2000U;
        block[i] = static_cast<std::byte>(half & 0xFFU);
        block[i + 1] = static_cast<std::byte>(half >> 8U);
    }
    return block;
}

/// Reads lines of component, dtype, name and dimensions. Unless `full_size`, every dimension above eight
/// shrinks to its sixteenth. Says what is wrong and returns nothing if it cannot.
inline std::optional<manifest> read_manifest(const std::string& path, bool full_size, std::uint32_t seed)
{
    std::ifstream file(path);
    if (!file) {
        std::cerr << path << ": cannot be read; give its folder with --data\n";
        return std::nullopt;
    }
    constexpr std::size_t block_size = std::size_t{1} << 20U;
    const auto            block = std::make_shared<const byte_block>(random_weights(block_size, seed));
    manifest              read;
    std::uint64_t         written = 0;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with('#'))
            continue;
        std::istringstream words(line);
        std::string        component, dtype_name, name;
        words >> component >> dtype_name >> name;
        state_dict* const dict = component == "model"            ? &read.model
                                 : component == "text_encoder"   ? &read.text_encoder
                                 : component == "vision_encoder" ? &read.vision_encoder
                                 : component == "vae"            ? &read.vae
                                                                 : nullptr;
        const auto        type = stet::dtype_named(dtype_name);
        tensor            described{.type = type.value_or(stet::dtype::u8), .block = block};
        for (std::uint64_t dimension = 0; words >> dimension;)
            described.shape.push_back(full_size || dimension <= 8 ? dimension
                                                                  : dimension / 16 + (dimension < 16));
        const auto size = stet::byte_count(described.type, described.shape);
        if (dict == nullptr || !type || !words.eof() || !size) {
            std::cerr << path << ": cannot make sense of '" << line << "'\n";
            return std::nullopt;
        }
        described.size = *size;
        described.start = written % block_size;
        written += *size;
        dict->insert_or_assign(name, std::move(described));
    }
    return read;
}

} // namespace example

template <>
struct stet::tensor_traits<example::tensor> {
    static stet::result<stet::tensor_view> view(const example::tensor& tensor) noexcept
    {
        return stet::produced_view(tensor.type, tensor.shape, tensor,
                                   [](const example::tensor& t, stet::sink_ref to) { return t.write(to); });
    }
};

#endif
