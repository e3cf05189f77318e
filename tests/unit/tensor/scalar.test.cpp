// SPDX-License-Identifier: MIT
#include <stet/tensor/dtype.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <bit>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <string>

using stet::dtype;
using stet::dtype_of;
using stet::scalar;

namespace scalar_test {

/// A half type of a user's.
struct half {
    std::uint16_t bits;
};

/// Told to be a dtype of another width.
struct too_wide {
    std::uint32_t bits;
};

/// An object that has to be copied by its own code is no element.
struct not_plain {
    not_plain(const not_plain& other) : bits(other.bits) {}
    not_plain&    operator=(const not_plain&) = delete;
    std::uint16_t bits;
};

/// A user's complex type, with the names of std::complex.
class phasor {
public:
    using value_type = float;
    constexpr phasor(float real, float imag) : real_(real), imag_(imag) {}
    constexpr float real() const { return real_; }
    constexpr float imag() const { return imag_; }

private:
    float real_;
    float imag_;
};

struct point {
    float x, y;
};

enum class colour : std::uint8_t { red };

} // namespace scalar_test

using scalar_test::half;
using scalar_test::not_plain;
using scalar_test::phasor;
using scalar_test::too_wide;

template <>
struct stet::scalar_traits<half> {
    static constexpr stet::dtype type = stet::dtype::f16;
};
template <>
struct stet::scalar_traits<too_wide> {
    static constexpr stet::dtype type = stet::dtype::bf16;
};
template <>
struct stet::scalar_traits<not_plain> {
    static constexpr stet::dtype type = stet::dtype::f16;
};

static_assert(dtype_of<bool> == dtype::boolean);
static_assert(dtype_of<std::byte> == dtype::u8);
static_assert(dtype_of<std::uint8_t> == dtype::u8 && dtype_of<std::int8_t> == dtype::i8);
static_assert(dtype_of<std::uint16_t> == dtype::u16 && dtype_of<std::int16_t> == dtype::i16);
static_assert(dtype_of<std::uint32_t> == dtype::u32 && dtype_of<std::int32_t> == dtype::i32);
static_assert(dtype_of<std::uint64_t> == dtype::u64 && dtype_of<std::int64_t> == dtype::i64);
static_assert(dtype_of<float> == dtype::f32 && dtype_of<double> == dtype::f64);

// Of two integers of one width both have a dtype, whichever of them the fixed-width names stand for.
static_assert(dtype_of<long long> == dtype::i64 && dtype_of<unsigned long long> == dtype::u64);
static_assert(dtype_of<long> == (sizeof(long) == 8 ? dtype::i64 : dtype::i32));
static_assert(dtype_of<unsigned long> == (sizeof(long) == 8 ? dtype::u64 : dtype::u32));
static_assert(dtype_of<int> == dtype::i32 && dtype_of<unsigned> == dtype::u32);
static_assert(dtype_of<signed char> == dtype::i8 && dtype_of<unsigned char> == dtype::u8);

static_assert(dtype_of<std::complex<float>> == dtype::c64);
static_assert(dtype_of<phasor> == dtype::c64, "recognised by its shape");
static_assert(dtype_of<half> == dtype::f16);

static_assert(!scalar<char> && !scalar<wchar_t>, "their signedness or size differs between machines");
static_assert(!scalar<char8_t> && !scalar<char16_t> && !scalar<char32_t>);
static_assert(!scalar<long double> && !scalar<std::complex<double>> && !scalar<std::complex<long double>>);
static_assert(!scalar<scalar_test::point> && !scalar<scalar_test::colour> && !scalar<std::string> &&
              !scalar<void> && !scalar<float*>);
static_assert(!scalar<too_wide>, "a dtype of another width");
static_assert(!scalar<not_plain>);
static_assert(!scalar<const float> && !scalar<float&>, "the type itself, without decoration");
#ifdef __SIZEOF_INT128__
__extension__ typedef __int128 wide_integer;
static_assert(!scalar<wide_integer>, "the format has no integer of 128 bits");
#endif

TEST_CASE("a scalar has the width of its dtype")
{
    CHECK(element_size(dtype_of<bool>) == sizeof(bool));
    CHECK(element_size(dtype_of<half>) == sizeof(half));
    CHECK(element_size(dtype_of<long>) == sizeof(long));
    CHECK(element_size(dtype_of<std::complex<float>>) == sizeof(std::complex<float>));
}

TEST_CASE("a complex number is two floats, the real part first")
{
    using two_floats = std::array<std::uint32_t, 2>;
    const two_floats expected{std::bit_cast<std::uint32_t>(1.5F), std::bit_cast<std::uint32_t>(-2.0F)};

    CHECK(std::bit_cast<two_floats>(std::complex<float>(1.5F, -2.0F)) == expected);
    CHECK(std::bit_cast<two_floats>(phasor(1.5F, -2.0F)) == expected);
    CHECK(std::bit_cast<std::uint32_t>(phasor(1.5F, -2.0F).real()) == expected[0]);
    CHECK(std::bit_cast<std::uint32_t>(phasor(1.5F, -2.0F).imag()) == expected[1]);
}
