// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/failure.hpp"

#include <stet/tensor/numbers.hpp>
#include <stet/tensor/strided.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <limits>
#include <span>
#include <string>
#include <vector>

using stet::dtype;
using stet::each_number;
using stet::to_numbers;

namespace {

template <class Number>
stet::tensor_view view_of(const std::vector<Number>& values)
{
    return *stet::view_of(values, {values.size()});
}

/// Bytes as a tensor of that dtype.
template <std::size_t Size>
stet::tensor_view bytes_as(dtype type, const std::array<std::uint8_t, Size>& raw)
{
    return *stet::view_of(type, {Size}, raw.data(), raw.size());
}

template <class Number>
std::string outcome(const stet::tensor_view& tensor)
{
    const auto read = to_numbers<Number>(tensor);
    return read ? "none" : stet::message(read.error().about("w"));
}

constexpr float infinity = std::numeric_limits<float>::infinity();

} // namespace

TEST_CASE("numbers of a tensor become a vector or any other container")
{
    const std::vector<float> given{1, -2.5F, 0.25F};
    const std::vector<float> same = *to_numbers<float>(view_of(given));
    CHECK(same == given);
    const std::deque<double> wider = *to_numbers<double>(view_of(given));
    CHECK(wider == std::deque<double>{1, -2.5, 0.25});
    const auto own = to_numbers<float>(view_of(given));
    REQUIRE(own);
    CHECK(own->size() == 3);
    CHECK(std::vector<float>{(*own)[1]} == std::vector<float>{given[1]});
    CHECK_FALSE(own->empty());
    CHECK(own->data() == own->begin());
}

TEST_CASE("numbers are read into the caller's memory, of exactly the tensor's size")
{
    const std::vector<std::uint16_t> halves{0x3C00, 0xC100};
    const auto                       tensor = *stet::view_of(dtype::f16, {2}, halves.data(), 4);
    std::array<float, 2>             to{};
    REQUIRE(to_numbers(tensor, std::span<float>(to)));
    if constexpr (std::endian::native == std::endian::little)
        CHECK(to == std::array<float, 2>{1, -2.5F});
    std::array<float, 3> longer{};
    const auto           read = to_numbers(tensor, std::span<float>(longer));
    REQUIRE_FALSE(read);
    CHECK(read.error().code == stet::errc::tensor_size_mismatch);
    CHECK(read.error().expected == 8);
    CHECK(read.error().actual == 12);
    CHECK_FALSE(to_numbers(tensor, std::span<float>(to).first(1)));
}

TEST_CASE("F64 becomes the nearest float, ties to even, and infinity beyond the largest")
{
    const std::vector<double> given{1 + 0x1p-24, 1 + 0x3p-24, 1 + 0x1.000001p-24, -1e300, 3.4e38,
                                    0x1p-149,    0x1p-151};
    const std::vector<float>  read = *to_numbers<float>(view_of(given));
    CHECK(read == std::vector<float>{1, 1 + 0x1p-22F, 1 + 0x1p-23F, -infinity, 3.4e38F, 0x1p-149F, 0});
}

TEST_CASE("integers are read as every type that holds them, else the first that does not fit is named")
{
    const std::vector<std::int64_t> wide{0, 127, -128, 255, -129, 65'536};
    CHECK(outcome<std::int8_t>(view_of(wide)) ==
          "tensor 'w': element 3 is 255, which I8 does not hold; read it as a wider type");
    CHECK(outcome<std::uint8_t>(view_of(wide)) ==
          "tensor 'w': element 2 is -128, which U8 does not hold; read it as a wider type");
    CHECK(outcome<std::uint16_t>(view_of(std::vector<std::int64_t>{65'535, 65'536})) ==
          "tensor 'w': element 1 is 65536, which U16 does not hold; read it as a wider type");
    const std::vector<std::int16_t> narrow =
        *to_numbers<std::int16_t>(view_of(std::vector<std::int64_t>{0, 127, -129}));
    CHECK(narrow == std::vector<std::int16_t>{0, 127, -129});
    const std::vector<std::uint64_t> huge{UINT64_MAX, std::uint64_t{1} << 63U};
    CHECK(outcome<std::int64_t>(view_of(huge)) ==
          "tensor 'w': element 0 is 18446744073709551615, which I64 does not hold; read it as a wider type");
    CHECK(outcome<std::uint64_t>(view_of(std::vector<std::int64_t>{INT64_MIN})) ==
          "tensor 'w': element 0 is -9223372036854775808, which U64 does not hold; read it as a wider type");
    CHECK(outcome<std::uint64_t>(view_of(std::vector<std::int8_t>{5, -1})) ==
          "tensor 'w': element 1 is -1, which U64 does not hold; read it as a wider type");
    const std::vector<std::int64_t> wider =
        *to_numbers<std::int64_t>(view_of(std::vector<std::uint32_t>{UINT32_MAX}));
    CHECK(wider == std::vector<std::int64_t>{UINT32_MAX});
}

TEST_CASE("integers are read as floating numbers where these hold them exactly")
{
    const std::vector<std::int32_t> held{0, 16'777'216, -16'777'216, 33'554'432, INT32_MIN};
    const std::vector<float>        read = *to_numbers<float>(view_of(held));
    CHECK(read == std::vector<float>{0, 0x1p24F, -0x1p24F, 0x1p25F, -0x1p31F});
    CHECK(outcome<float>(view_of(std::vector<std::int32_t>{1, 16'777'217})) ==
          "tensor 'w': element 1 is 16777217, which F32 does not hold; read it as a wider type");
    CHECK(outcome<float>(view_of(std::vector<std::int32_t>{-16'777'217})) ==
          "tensor 'w': element 0 is -16777217, which F32 does not hold; read it as a wider type");
    CHECK(outcome<double>(view_of(std::vector<std::int32_t>{16'777'217, INT32_MAX})) == "none");
    CHECK(outcome<double>(view_of(std::vector<std::uint64_t>{UINT64_MAX})) ==
          "tensor 'w': element 0 is 18446744073709551615, which F64 does not hold; read it as a wider type");
    CHECK(outcome<double>(view_of(std::vector<std::int64_t>{INT64_MIN, std::int64_t{1} << 53U})) == "none");
}

TEST_CASE("booleans are 0 and 1, every other byte is true, and only 0 and 1 become booleans")
{
    constexpr std::array<std::uint8_t, 4> raw{0, 1, 2, 255};
    const auto                            flags = bytes_as(dtype::boolean, raw);
    const std::vector<float>              reals = *to_numbers<float>(flags);
    const std::vector<std::int8_t>        bytes = *to_numbers<std::int8_t>(flags);
    CHECK(reals == std::vector<float>{0, 1, 1, 1});
    CHECK(bytes == std::vector<std::int8_t>{0, 1, 1, 1});
    std::array<bool, 4> held{};
    REQUIRE(to_numbers(flags, std::span<bool>(held)));
    CHECK(held == std::array<bool, 4>{false, true, true, true});
    std::array<bool, 2>                   few{};
    constexpr std::array<std::uint8_t, 2> bits{1, 0};
    REQUIRE(to_numbers(bytes_as(dtype::u8, bits), std::span<bool>(few)));
    CHECK(few == std::array<bool, 2>{true, false});
    constexpr std::array<std::uint8_t, 2> beyond{1, 2};
    CHECK(outcome<bool>(bytes_as(dtype::u8, beyond)) ==
          "tensor 'w': element 1 is 2, which BOOL does not hold; read it as a wider type");
}

TEST_CASE("what is no number of that kind is refused before anything is read")
{
    CHECK(outcome<std::int32_t>(view_of(std::vector<float>{1})) ==
          "tensor 'w': elements of dtype F32 are not read as I32; read the dtype's own type, or its bytes");
    CHECK(outcome<float>(*stet::view_of(dtype::f4, {4}, "ab", 2)) ==
          "tensor 'w': elements of dtype F4 are not read as F32; read the dtype's own type, or its bytes");
    const std::vector<std::complex<float>> pair{{1, 2}};
    CHECK(outcome<double>(view_of(pair)) ==
          "tensor 'w': elements of dtype C64 are not read as F64; read the dtype's own type, or its bytes");
    std::array<float, 1> to{};
    CHECK(support::failure(to_numbers(view_of(pair), std::span<float>(to))) == "not_convertible");
    CHECK(support::failure(each_number<float>(view_of(pair), [](float) {})) == "not_convertible");
}

TEST_CASE("a type's own dtype is read as it is")
{
    const std::vector<std::complex<float>> given{{1, 2}, {-3, 4}};
    const std::vector<std::complex<float>> read = *to_numbers<std::complex<float>>(view_of(given));
    CHECK(read == given);
    const std::vector<std::byte> raw{std::byte{1}, std::byte{200}};
    const std::vector<std::byte> same = *to_numbers<std::byte>(view_of(raw));
    CHECK(same == raw);
}

TEST_CASE("a tensor that is produced in odd pieces is put together again")
{
    struct pieces {
        static stet::result<void> pour(const stet::tensor_view& tensor, stet::sink_ref to)
        {
            const auto* const from = static_cast<const std::byte*>(tensor.data);
            std::size_t       step = 1;
            for (std::size_t at = 0; at < tensor.size; at += step, step = step % 7 + 1) {
                step = std::min<std::size_t>(step, tensor.size - at);
                if (auto written = to.write({from + at, step}); !written)
                    return written;
            }
            return {};
        }
    };
    std::vector<double> given(100);
    for (std::size_t i = 0; i < given.size(); ++i)
        given[i] = static_cast<double>(i) / 8 - 3;
    auto tensor = view_of(given);
    if constexpr (std::endian::native == std::endian::little) {
        tensor.pour = pieces::pour;
        const std::vector<double> read = *to_numbers<double>(tensor);
        CHECK(read == given);
        std::vector<double> passed;
        REQUIRE(each_number<double>(tensor, [&](double one) { passed.push_back(one); }));
        CHECK(passed == given);
    }
}

TEST_CASE("a strided tensor is read in its own order")
{
    const std::vector<std::int16_t> grid{1, 2, 3, 4, 5, 6};
    const auto                      turned = stet::strided_view(grid, {3, 2}, {1, 3});
    REQUIRE(turned);
    const std::vector<float> read = *to_numbers<float>(*turned);
    CHECK(read == std::vector<float>{1, 4, 2, 5, 3, 6});
}

TEST_CASE("numbers are passed on one by one until one does not fit")
{
    std::vector<std::int32_t> given(150, 7);
    given[130] = -1;
    std::size_t passed = 0;
    const auto  done =
        each_number<std::uint8_t>(view_of(given), [&](std::uint8_t one) { passed += one == 7 ? 1U : 0U; });
    REQUIRE_FALSE(done);
    CHECK(done.error().actual == 130);
    CHECK(passed == 130);
}

TEST_CASE("an exhausted allocator is reported, and a tensor without elements needs none")
{
    support::counting_heap heap;
    heap.fail_from(0);
    const std::vector<float> given{1};
    CHECK(support::failure(to_numbers<float>(view_of(given), heap.allocator())) == "out_of_memory");
    const std::vector<float> none;
    const auto               read = to_numbers<double>(view_of(none), heap.allocator());
    REQUIRE(read);
    CHECK(read->empty());
}
