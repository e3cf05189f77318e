// SPDX-License-Identifier: MIT
// A project's own configuration of the library: an assertion that is counted instead of ending the program.
#ifndef STET_TESTS_SUPPORT_COUNTED_ASSERT_HPP
#define STET_TESTS_SUPPORT_COUNTED_ASSERT_HPP

#include <string_view>

namespace support {

struct assertions {
    int              held = 0;
    int              failed = 0;
    std::string_view last_text{};

    constexpr void count(bool holds, std::string_view text)
    {
        ++(holds ? held : failed);
        last_text = text;
    }
};

} // namespace support

// Each use has an object `counted` in reach.
#define STET_ASSERT(condition, text) counted.count((condition), (text))

#endif
