// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/message_writer.hpp>

#include <array>
#include <string_view>

using stet::detail::message_writer;

static_assert(
    [] {
        std::array<char, 4> buffer{'#', '#', '#', '#'};
        message_writer      out(buffer.data(), 3);
        out.put("ab");
        out.put_number(1'234);
        return out.size() == 7 && std::string_view(buffer.data(), 4) == "ab1#";
    }(),
    "counts on past the end and writes nothing there");
static_assert([] {
    std::array<char, 32> buffer{};
    message_writer       out(buffer.data(), buffer.size());
    out.put_signed(-2'000);
    out.put(' ');
    out.put_quoted("a\n");
    return std::string_view(buffer.data(), out.size()) == "-2,000 'a\\x0a'";
}());
