// SPDX-License-Identifier: MIT
#include "positioned_sink.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE result<void> positioned_sink::write(bytes data)
{
    auto written = file_->write_at(offset_, data);
    offset_ += data.size();
    return written;
}

} // namespace STET_NAMESPACE::detail
