// SPDX-License-Identifier: MIT
#include "processor.hpp"

#include <cstdint>

#if defined(__x86_64__) || defined(__i386__) || defined(_M_X64) || defined(_M_IX86)
#define STET_ASKS_X86
#if defined(__GNUC__)
#include <cpuid.h>
#else
#include <intrin.h>
#endif
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

namespace STET_NAMESPACE::detail {

#if defined(STET_ASKS_X86)

/// What CPUID answers, leaf by leaf; zeros for a leaf it has not.
struct cpuid_answer {
    std::uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
};

inline cpuid_answer ask_cpuid(std::uint32_t leaf) noexcept
{
    cpuid_answer answer;
#if defined(__GNUC__)
    if (__get_cpuid_count(leaf, 0, &answer.eax, &answer.ebx, &answer.ecx, &answer.edx) == 0)
        return {};
#else
    int registers[4] = {};
    __cpuid(registers, 0);
    if (static_cast<std::uint32_t>(registers[0]) < leaf)
        return {};
    __cpuidex(registers, static_cast<int>(leaf), 0);
    answer = {static_cast<std::uint32_t>(registers[0]), static_cast<std::uint32_t>(registers[1]),
              static_cast<std::uint32_t>(registers[2]), static_cast<std::uint32_t>(registers[3])};
#endif
    return answer;
}

/// Whether the system keeps 32-byte registers when it switches threads.
inline bool keeps_wide_registers() noexcept
{
#if defined(__GNUC__)
    std::uint32_t low = 0, high = 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & 6U) == 6U;
#else
    return (_xgetbv(0) & 6U) == 6U;
#endif
}

STET_INLINE processor_features ask_processor() noexcept
{
    const cpuid_answer first = ask_cpuid(1);
    const cpuid_answer seventh = ask_cpuid(7);
    const auto         has = [](std::uint32_t word, unsigned bit) { return (word >> bit & 1U) != 0; };
    const bool         is_wide = has(first.ecx, 27) && has(first.ecx, 28) && keeps_wide_registers();
    return {.pclmul = has(first.ecx, 1),
            .ssse3 = has(first.ecx, 9),
            .sse41 = has(first.ecx, 19),
            .sha = has(seventh.ebx, 29),
            .avx2 = is_wide && has(seventh.ebx, 5),
            .f16c = is_wide && has(first.ecx, 29)};
}

#elif defined(__aarch64__) && defined(__linux__)

STET_INLINE processor_features ask_processor() noexcept
{
    const unsigned long features = getauxval(AT_HWCAP); // bits 5 and 6 are HWCAP_SHA1 and HWCAP_SHA2
    return {.arm_sha1 = (features & 0x20U) != 0, .arm_sha2 = (features & 0x40U) != 0};
}

#elif defined(__aarch64__) && defined(__APPLE__)

STET_INLINE processor_features ask_processor() noexcept
{
    return {.arm_sha1 = true, .arm_sha2 = true}; // every one of them has it
}

#else

STET_INLINE processor_features ask_processor() noexcept
{
    return {};
}

#endif

STET_INLINE const processor_features& processor() noexcept
{
    static const processor_features features = ask_processor();
    return features;
}

} // namespace STET_NAMESPACE::detail

#undef STET_ASKS_X86
