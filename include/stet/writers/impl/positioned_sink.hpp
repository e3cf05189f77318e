// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_IMPL_POSITIONED_SINK_HPP
#define STET_WRITERS_IMPL_POSITIONED_SINK_HPP

#include "../../file/part_file.hpp"
#include "../../vocabulary/config.hpp"

#include <cstdint>

namespace STET_NAMESPACE::detail {

/// Writes into a part of a file, one piece after the other, while other threads write elsewhere in it. A sink.
/// lifetime: borrows the file
class positioned_sink {
public:
    /// file:   one that is_positional()
    /// offset: of its first piece in the file, in bytes
    positioned_sink(const part_file& file, std::uint64_t offset) noexcept : file_(&file), offset_(offset) {}

    /// errors: those of part_file::write_at
    result<void> write(bytes data);

    /// Leaves out bytes that come from elsewhere.
    void skip(std::uint64_t size) noexcept { offset_ += size; }

private:
    const part_file* file_;
    std::uint64_t    offset_;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "positioned_sink.ipp"
#endif

#endif
