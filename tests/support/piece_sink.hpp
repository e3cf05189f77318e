// SPDX-License-Identifier: MIT
// A sink that remembers every piece it was given and can be told to fail.
#ifndef STET_TESTS_SUPPORT_PIECE_SINK_HPP
#define STET_TESTS_SUPPORT_PIECE_SINK_HPP

#include "support/text_bytes.hpp"

#include <stet/sink/sink.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace support {

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
