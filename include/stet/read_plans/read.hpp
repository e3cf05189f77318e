// SPDX-License-Identifier: MIT
// Carries a read plan out. Not part of read.hpp: it may start jobs.
#ifndef STET_READ_PLANS_READ_HPP
#define STET_READ_PLANS_READ_HPP

#include "../read/byte_source.hpp"
#include "../read/mapped_file.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "../writers/executor.hpp"
#include "read_plan.hpp"

#include <cstdint>

namespace STET_NAMESPACE::read_plans {

/// Who reads, and how much at a time.
struct reading {
    executor jobs{};           ///< reads beside the calling thread; empty: that one alone
    unsigned workers = 1;      ///< jobs that are given to it
    unsigned kernel_depth = 0; ///< reads under way in Linux' io_uring, at most 256; 0: it is not asked for
    /// Pieces of that many bytes or more are read by themselves, straight into their destination, and smaller ones up
    /// to a mebibyte at a time: more reads than the plan has requests, but no copy. For sources where a read costs little,
    /// and an alignment of 1. 0: each request is one read.
    std::uint64_t   least_direct = 0;
    stet::allocator allocator = heap(); ///< of what is read on the way to several destinations
};

/// Reads what a plan says, each request by one thread at a time.
/// all:    what the plan was made of, with destinations
/// source: called on the threads that read, at several places at once; may throw on the calling thread alone
/// memory: for each thread as many bytes as the largest read that is not direct
/// errors: tensor_size_mismatch for a destination of another size; out_of_memory; the source's, about a tensor that the
///         read was for. Of several failures that of the lowest request that was tried; what is read stays
result<void> read(const read_plan& plan, array_view<const wanted> all, source_ref source,
                  const reading& how = {});

/// The same of a file on disk: by the kernel's queue where it is asked for and this system offers one, else as above.
/// A read that the kernel's queue refuses or cuts short is made again by a call.
/// memory: for each read under way as many bytes as the largest that is not direct
result<void> read(const read_plan& plan, array_view<const wanted> all, const file_source& file,
                  const reading& how);

} // namespace STET_NAMESPACE::read_plans

#if STET_BODIES
#include "impl/read.ipp"
#endif

#endif
