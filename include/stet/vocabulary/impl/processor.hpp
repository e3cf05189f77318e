// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_PROCESSOR_HPP
#define STET_VOCABULARY_IMPL_PROCESSOR_HPP

#include "../config.hpp"

namespace STET_NAMESPACE::detail {

/// What the processor has beyond what every program of its kind may use, and the system lets programs use.
struct processor_features {
    bool pclmul = false; ///< products without carries
    bool ssse3 = false;
    bool sse41 = false;
    bool sha = false; ///< SHA-1 and SHA-256 of x86
    bool avx2 = false;
    bool f16c = false;
    bool arm_sha1 = false; ///< of ARMv8's cryptography extension
    bool arm_sha2 = false; ///< SHA-256 of the same
};

/// Asks the processor; all false where nobody knows how to ask.
processor_features ask_processor() noexcept;

/// The same, asked once a program.
const processor_features& processor() noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "processor.ipp"
#endif

#endif
