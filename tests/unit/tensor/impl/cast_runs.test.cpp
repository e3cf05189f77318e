// SPDX-License-Identifier: MIT
#include "support/dice.hpp"

#include <stet/tensor/impl/cast_runs.hpp>
#include <stet/vocabulary/impl/processor.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

using stet::dtype;
using stet::casts::too_large;
using stet::detail::cast_tally;
using stet::detail::cast_way;
using stet::detail::element_caster;

constexpr std::array<dtype, 8> all_cast{dtype::f64,         dtype::f32,        dtype::f16,
                                        dtype::bf16,        dtype::f8_e5m2,    dtype::f8_e4m3,
                                        dtype::f8_e4m3fnuz, dtype::f8_e5m2fnuz};

/// The ways that this processor has, but the plain one.
std::vector<cast_way> vector_ways()
{
    std::vector<cast_way> ways{cast_way::vectors_of_16};
    if (stet::detail::processor().avx2)
        ways.push_back(cast_way::vectors_of_32);
    return ways;
}

/// Random codes with many near the limits of the narrower types.
std::vector<std::byte> codes_of(dtype type, std::size_t count)
{
    const std::size_t      width = stet::element_size(type);
    std::vector<std::byte> codes(count * width);
    support::dice          dice(7);
    for (std::size_t i = 0; i < count; ++i) {
        std::uint64_t code = dice.next();
        if (type == dtype::f32 && i % 2 == 0)
            code = (code & 0x8000'0FFFU) | (dice.next() & 0x00F0'0000U) |
                   static_cast<std::uint64_t>(dice.between(95, 145)) << 23U;
        if (type == dtype::f64 && i % 2 == 0)
            code = (code & 0x8000'0000'1FFF'FFFFU) | static_cast<std::uint64_t>(dice.between(860, 1160))
                                                         << 52U;
        for (std::size_t k = 0; k < width; ++k)
            codes[i * width + k] = static_cast<std::byte>(code >> (8 * k));
    }
    return codes;
}

struct outcome {
    std::vector<std::byte> made{};
    cast_tally             tally{};
};

outcome cast_by(cast_way way, dtype from, dtype to, const std::vector<std::byte>& codes, too_large beyond)
{
    const std::size_t count = codes.size() / stet::element_size(from);
    outcome           result;
    result.made.resize(count * stet::element_size(to));
    result.tally = element_caster(from, to, beyond, way).cast(codes.data(), count, result.made.data());
    return result;
}

} // namespace

TEST_CASE("vectors make of numbers what is made of them one by one, and count the same")
{
    for (const dtype from : all_cast) {
        const std::vector<std::byte> codes = codes_of(from, 70'000);
        for (const dtype to : all_cast) {
            for (const too_large beyond : {too_large::saturates, too_large::becomes_nan}) {
                const outcome plain = cast_by(cast_way::plain, from, to, codes, beyond);
                for (const cast_way way : vector_ways()) {
                    CAPTURE(stet::name(from), stet::name(to), static_cast<int>(way),
                            static_cast<int>(beyond));
                    const outcome wide = cast_by(way, from, to, codes, beyond);
                    CHECK(wide.made == plain.made);
                    CHECK(wide.tally.beyond == plain.tally.beyond);
                    CHECK(wide.tally.not_finite == plain.tally.not_finite);
                }
            }
        }
    }
}

TEST_CASE("a cast begins and ends anywhere and touches nothing else")
{
    for (const cast_way way : {cast_way::plain, cast_way::vectors_of_16, stet::detail::best_cast_way()}) {
        for (const dtype to : all_cast) {
            const std::vector<std::byte> codes = codes_of(dtype::f32, 100);
            const std::vector<std::byte> whole =
                cast_by(way, dtype::f32, to, codes, too_large::saturates).made;
            const std::size_t width = stet::element_size(to);
            for (std::size_t count = 0; count < 40; ++count) {
                std::vector<std::byte> from(1 + count * 4);
                std::memcpy(from.data() + 1, codes.data(), count * 4);
                std::vector<std::byte> target(count * width + 2, std::byte{0xA5});
                element_caster(dtype::f32, to, too_large::saturates, way)
                    .cast(from.data() + 1, count, target.data() + 1);
                CAPTURE(stet::name(to), count, static_cast<int>(way));
                CHECK(std::memcmp(target.data() + 1, whole.data(), count * width) == 0);
                CHECK((target.front() == std::byte{0xA5} && target.back() == std::byte{0xA5}));
            }
        }
    }
}

TEST_CASE("there is a run between F32 and each other dtype that is cast")
{
    for (const dtype other : all_cast) {
        CAPTURE(stet::name(other));
        CHECK((stet::detail::run_to_f32(other, cast_way::plain) != nullptr) == (other != dtype::f32));
        CHECK((stet::detail::run_from_f32(other, too_large::saturates, cast_way::plain) != nullptr) ==
              (other != dtype::f32));
    }
    CHECK(stet::detail::run_to_f32(dtype::f8_e8m0, cast_way::plain) == nullptr);
    CHECK(stet::detail::run_from_f32(dtype::i32, too_large::saturates, cast_way::vectors_of_32) == nullptr);
}
