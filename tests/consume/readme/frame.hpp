// SPDX-License-Identifier: MIT
// What the fragments of the pages are read with: the headers, and what a program that contains them has besides.
#ifndef STET_TESTS_CONSUME_README_FRAME_HPP
#define STET_TESTS_CONSUME_README_FRAME_HPP

#include <stet/read.hpp>
#include <stet/split.hpp>
#include <stet/stet.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

inline const std::vector<float> weight(320 * 4, 0.5F);

namespace engine {

/// A tensor class that a project has already.
struct tensor {
    static stet::extents                          shape() { return {2, 3}; }
    static std::array<std::int64_t, 2>            strides() { return {3, 1}; }
    static std::span<const std::byte>             bytes() { return std::as_bytes(std::span(storage)); }
    static constexpr std::array<std::uint16_t, 6> storage{};
};

} // namespace engine

#endif
