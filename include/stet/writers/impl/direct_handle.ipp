// SPDX-License-Identifier: MIT
#include "direct_handle.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE direct_handle::direct_handle(const part_file& file)
    : calls_(&file.calls()), opened_(file.open_direct())
{
}

STET_INLINE direct_handle::~direct_handle()
{
    if (is_open())
        calls_->close(calls_->context, value());
}

} // namespace STET_NAMESPACE::detail
