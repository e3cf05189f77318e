// SPDX-License-Identifier: MIT
// What the fuzz targets have in common: the function a fuzzer calls, and facts that must hold for every input.
#ifndef STET_TESTS_FUZZ_FUZZ_TARGET_HPP
#define STET_TESTS_FUZZ_FUZZ_TARGET_HPP

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

/// Tries one input; returns 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

/// Ends the program when the fact does not hold, so that the fuzzer, or the replay, keeps the input.
inline void expect(bool fact, const char* text)
{
    if (fact)
        return;
    std::fprintf(stderr, "does not hold: %s\n", text);
    std::abort();
}

/// A number that follows from the input, to choose by.
inline std::uint64_t chosen(const std::uint8_t* data, std::size_t size, std::uint64_t below)
{
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (std::size_t i = 0; i < size; ++i)
        hash = (hash ^ data[i]) * 0x100000001B3U;
    return (hash >> 7U) % below;
}

} // namespace fuzz

#endif
