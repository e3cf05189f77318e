// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/processor.hpp"
#include "../../vocabulary/impl/words.hpp"
#include "crc32_words.hpp"

#include <array>

#if (defined(__x86_64__) && defined(__GNUC__)) || defined(_M_X64)
#define STET_CRC32_X86
#endif

namespace STET_NAMESPACE::detail {

inline constexpr std::size_t crc32_slices = 16;

using crc32_tables = std::array<std::array<std::uint32_t, 256>, crc32_slices>;

/// For each byte what it makes of the value, when 0 to 15 bytes follow it.
constexpr crc32_tables make_crc32_tables() noexcept
{
    crc32_tables tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t value = byte;
        for (int bit = 0; bit < 8; ++bit)
            value = value >> 1U ^ ((value & 1U) != 0 ? crc32_polynomial : 0U);
        tables[0][byte] = value;
    }
    for (std::size_t slice = 1; slice < tables.size(); ++slice) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t before = tables[slice - 1][byte];
            tables[slice][byte] = before >> 8U ^ tables[0][before & 0xFFU];
        }
    }
    return tables;
}

inline constexpr crc32_tables crc32_of_bytes = make_crc32_tables();

/// What eight bytes make of the value, when `after` bytes follow them.
inline std::uint32_t crc32_of_word(std::uint64_t word, std::size_t after) noexcept
{
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 8; ++i)
        value ^= crc32_of_bytes[after + 7 - i][memory_size(word >> (8 * i) & 0xFFU)];
    return value;
}

STET_INLINE std::uint32_t crc32_plain(std::uint32_t remainder, const std::byte* data,
                                      std::size_t size) noexcept
{
    for (; size >= 16; size -= 16, data += 16)
        remainder = crc32_of_word(load_word(data) ^ remainder, 8) ^ crc32_of_word(load_word(data + 8), 0);
    for (; size != 0; --size, ++data)
        remainder =
            remainder >> 8U ^ crc32_of_bytes[0][(remainder ^ std::to_integer<std::uint32_t>(*data)) & 0xFFU];
    return remainder;
}

#if defined(STET_CRC32_X86)

#if defined(__GNUC__)
#define STET_CRC32_TARGET __attribute__((__target__("pclmul,sse2")))
#define STET_CRC32_STEP STET_CRC32_TARGET __attribute__((__always_inline__)) inline
#else
#define STET_CRC32_TARGET
#define STET_CRC32_STEP inline
#endif

STET_CRC32_STEP __m128i crc32_load(const void* from) noexcept
{
    return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

/// What sixteen bytes come to where `next` stands. powers: by how far that is
STET_CRC32_STEP __m128i crc32_fold(__m128i bytes, __m128i powers, __m128i next) noexcept
{
    const __m128i folded =
        _mm_xor_si128(_mm_clmulepi64_si128(bytes, powers, 0x00), _mm_clmulepi64_si128(bytes, powers, 0x11));
    return _mm_xor_si128(folded, next);
}

/// source: Gopal and others, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction"
STET_CRC32_TARGET inline std::uint32_t crc32_x86(std::uint32_t remainder, const std::byte* data,
                                                 std::size_t size) noexcept
{
    if (size < 64)
        return crc32_plain(remainder, data, size);
    const __m128i by_64 = _mm_set_epi64x(0x01C6E41596, 0x0154442BD4); // x^(512 - 32) and x^(512 + 32)
    const __m128i by_16 = _mm_set_epi64x(0x00CCAA009E, 0x01751997D0); // x^(128 - 32) and x^(128 + 32)
    __m128i       a = _mm_xor_si128(crc32_load(data), _mm_cvtsi32_si128(static_cast<int>(remainder)));
    __m128i       b = crc32_load(data + 16);
    __m128i       c = crc32_load(data + 32);
    __m128i       d = crc32_load(data + 48);
    for (data += 64, size -= 64; size >= 64; data += 64, size -= 64) {
        a = crc32_fold(a, by_64, crc32_load(data));
        b = crc32_fold(b, by_64, crc32_load(data + 16));
        c = crc32_fold(c, by_64, crc32_load(data + 32));
        d = crc32_fold(d, by_64, crc32_load(data + 48));
    }
    a = crc32_fold(crc32_fold(crc32_fold(a, by_16, b), by_16, c), by_16, d);
    for (; size >= 16; data += 16, size -= 16)
        a = crc32_fold(a, by_16, crc32_load(data));
    std::array<std::byte, 16> last;
    _mm_storeu_si128(static_cast<__m128i*>(static_cast<void*>(last.data())), a);
    return crc32_plain(crc32_plain(0, last.data(), last.size()), data, size);
}

#undef STET_CRC32_TARGET
#undef STET_CRC32_STEP
#undef STET_CRC32_X86

STET_INLINE crc32_function crc32_native() noexcept
{
    return processor().pclmul ? crc32_x86 : nullptr;
}

#else

STET_INLINE crc32_function crc32_native() noexcept
{
    return nullptr;
}

#endif

STET_INLINE std::uint32_t crc32_after(std::uint32_t value, const std::byte* data, std::size_t size) noexcept
{
    const crc32_function native = crc32_native();
    return ~(native != nullptr ? native(~value, data, size) : crc32_plain(~value, data, size));
}

/// The product of two polynomials, reduced.
constexpr std::uint32_t crc32_product(std::uint32_t a, std::uint32_t b) noexcept
{
    std::uint32_t product = 0;
    for (; a != 0; a <<= 1U) {
        if ((a >> 31U) != 0)
            product ^= b;
        b = b >> 1U ^ ((b & 1U) != 0 ? crc32_polynomial : 0U);
    }
    return product;
}

STET_INLINE std::uint32_t crc32_shifted(std::uint32_t value, std::uint64_t count) noexcept
{
    std::uint32_t power = 0x00800000; // x^8, then its squares
    for (; count != 0; count >>= 1U) {
        if ((count & 1U) != 0)
            value = crc32_product(power, value);
        power = crc32_product(power, power);
    }
    return value;
}

} // namespace STET_NAMESPACE::detail
