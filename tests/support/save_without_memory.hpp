// SPDX-License-Identifier: MIT
// A save by any writer, each time with one allocation more to be had.
#ifndef STET_TESTS_SUPPORT_SAVE_WITHOUT_MEMORY_HPP
#define STET_TESTS_SUPPORT_SAVE_WITHOUT_MEMORY_HPP

#include "support/failure.hpp"
#include "support/mixed_checkpoint.hpp"
#include "support/scratch_directory.hpp"
#include "support/short_memory.hpp"

#include <stet/save/save.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>

namespace support {

/// Checks as allocations_needed does, and that a save for which memory runs out leaves nothing in its folder.
inline std::size_t allocations_of_save(const stet::file_writer& writer)
{
    const mixed_checkpoint  sample;
    const scratch_directory here;
    return allocations_needed([&](const stet::allocator& memory) {
        const auto saved = sample.save(stet::exact_path{here / "x"}, {.writer = writer, .allocator = memory});
        CHECK((saved || here.entries().empty()));
        return failure(saved);
    });
}

} // namespace support

#endif
