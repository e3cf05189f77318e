// SPDX-License-Identifier: MIT
// A sink that remembers every piece it was given and can be told to fail; bytes as text, for printing.
#ifndef STET_TESTS_SUPPORT_PIECE_SINK_HPP
#define STET_TESTS_SUPPORT_PIECE_SINK_HPP

#include <stet/sink/sink.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace support {

inline stet::bytes as_bytes(std::string_view text) noexcept
{
    return std::as_bytes(std::span(text));
}

inline std::string as_text(stet::bytes data)
{
    return {reinterpret_cast<const char*>(data.data()), data.size()};
}

struct piece_sink {
    static constexpr int failure_code = 77;

    std::size_t              fails_at = SIZE_MAX; ///< index of the write that fails
    bool                     recovers = false;    ///< whether the writes after it succeed
    std::vector<std::string> pieces{};
    std::vector<const void*> addresses{}; ///< where each piece lay
    std::size_t              calls = 0;   ///< writes, failed ones included

    stet::result<void> write(stet::bytes data)
    {
        const std::size_t index = calls++;
        if (index == fails_at || (index > fails_at && !recovers))
            return stet::error{.code = stet::errc::sink_refused, .os_code = failure_code};
        pieces.push_back(as_text(data));
        addresses.push_back(data.data());
        return {};
    }

    std::string joined() const
    {
        std::string all;
        for (const std::string& piece : pieces)
            all += piece;
        return all;
    }
};

} // namespace support

#endif
