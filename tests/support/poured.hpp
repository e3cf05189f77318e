// SPDX-License-Identifier: MIT
// The bytes a tensor writes.
#ifndef STET_TESTS_SUPPORT_POURED_HPP
#define STET_TESTS_SUPPORT_POURED_HPP

#include "support/piece_sink.hpp"

#include <stet/tensor/tensor_view.hpp>
#include <stet/vocabulary/message.hpp>

#include <string>

namespace support {

/// All bytes of the tensor, or "failed: " and the name of the error.
inline std::string poured(const stet::tensor_view& tensor)
{
    piece_sink destination;
    if (const auto written = stet::pour(tensor, destination); !written)
        return "failed: " + std::string(stet::name(written.error().code));
    return destination.joined();
}

/// The same of a result, so that a view that could not be made is seen in the check that needs it.
inline std::string poured(const stet::result<stet::tensor_view>& tensor)
{
    return tensor ? poured(*tensor) : "failed: " + std::string(stet::name(tensor.error().code));
}

} // namespace support

#endif
