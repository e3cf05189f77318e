// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_IMPL_DIRECT_HANDLE_HPP
#define STET_WRITERS_IMPL_DIRECT_HANDLE_HPP

#include "../../file/part_file.hpp"
#include "../../vocabulary/config.hpp"

namespace STET_NAMESPACE::detail {

/// A part file's second handle, for writes past the system's cache.
/// lifetime: borrows the file's calls
class direct_handle {
public:
    explicit direct_handle(const part_file& file);
    direct_handle(const direct_handle&) = delete;
    direct_handle& operator=(const direct_handle&) = delete;
    ~direct_handle();

    bool        is_open() const noexcept { return opened_.error == 0; }
    file_handle value() const noexcept { return static_cast<file_handle>(opened_.value); }

private:
    const file_system* calls_;
    os_result          opened_;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "direct_handle.ipp"
#endif

#endif
