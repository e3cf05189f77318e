// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_IMPL_HALVES_HPP
#define STET_WRITERS_IMPL_HALVES_HPP

#include "../../save/write.hpp"
#include "../../vocabulary/config.hpp"

#include <cstdint>

namespace STET_NAMESPACE::detail {

/// The two parts of a file: up to a byte of the data, and from there.
struct halves {
    tensor_run first{}, second{};
};

/// Cuts as close below `goal` as can be, in bytes of the data: inside a packed tensor where the file has an aligned
/// place, else before the tensor.
halves cut(const header& head, std::uint64_t goal) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "halves.ipp"
#endif

#endif
