// SPDX-License-Identifier: MIT
// Saves over a file of which one call fails, the first, the second and so on.
#ifndef STET_TESTS_SUPPORT_FAILING_REPLACEMENT_HPP
#define STET_TESTS_SUPPORT_FAILING_REPLACEMENT_HPP

#include "support/faulty_file_system.hpp"
#include "support/open_descriptors.hpp"
#include "support/scratch_directory.hpp"

#include <stet/file/file_system.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <string>

namespace support {

/// Fails the calls 1, 1 + step ... of a save, each in a folder of its own at that place, until a save has fewer calls. The
/// old file is intact then or the new one whole, with nothing beside it; no descriptor stays open; the error is the system's.
/// expected: the new file
/// save:     called with a path and a table of calls; returns a result
/// look:     called with the result of each save of which a call failed
/// Returns how many calls were failed.
template <class Save, class Look>
std::size_t fail_replacements(const std::filesystem::path& place, const std::string& expected, int os_code,
                              std::size_t step, Save save, Look look)
{
    std::size_t faults = 0;
    for (std::size_t nth = 1;; nth += step) {
        const scratch_directory here(place);
        here.put("x", "the old file");
        const std::size_t  open_before = open_descriptors();
        faulty_file_system faulty;
        faulty.skip_syncs();
        faulty.fail(nth, os_code);
        const std::string path = here / "x";
        const auto        saved = save(path, faulty.calls());
        CAPTURE(os_code, nth);
        CHECK(open_descriptors() == open_before);
        CHECK(here.entries().size() == 1);
        CHECK(here.content("x") == (saved ? expected : "the old file"));
        if (!faulty.failed()) {
            CHECK(saved);
            return faults;
        }
        ++faults;
        if (!saved)
            CHECK(saved.error().os_code == os_code);
        if (os_code == EINTR)
            CHECK(saved);
        look(saved);
    }
}

} // namespace support

#endif
