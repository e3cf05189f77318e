// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/merge_sample.hpp"
#include "support/short_memory.hpp"

#include <stet/merge/impl/pour_mixture.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using stet::dtype;
using stet::detail::blend;
using stet::detail::mixture;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float no_number = std::numeric_limits<float>::quiet_NaN();

/// A mixture of F32 rows that it owns.
struct owned_mixture {
    explicit owned_mixture(blend how, const std::vector<std::vector<float>>& rows, dtype type = dtype::f32)
    {
        for (std::size_t i = 0; i < 3; ++i) {
            const std::string name(1, static_cast<char>('a' + i));
            sample.put(name, rows[i < rows.size() ? i : rows.size() - 1]);
            mixed.of[i].tensor = sample.tensors.at(name);
        }
        mixed.how = how;
        mixed.type = type;
        mixed.shape = mixed.of[0].tensor.shape;
        mixed.size = mixed.shape[0];
        mixed.run = mixed.size;
        mixed.said = &said;
        said.name = "w";
    }

    std::vector<float> numbers() const
    {
        const auto view = stet::detail::view_of_mixture(mixed);
        REQUIRE(view);
        const auto read = stet::to_numbers<float>(*view);
        REQUIRE(read);
        return *read;
    }

    support::merge_sample   sample{};
    stet::merging::decision said{};
    mixture                 mixed{};
};

} // namespace

TEST_CASE("numbers are mixed as the blend says, each step rounded")
{
    owned_mixture weighted(blend::weighted, {{1, 3, -0.0F}, {5, 1, -0.0F}});
    weighted.mixed.x = 0.25F;
    weighted.mixed.y = 0.75F;
    CHECK(weighted.numbers() == std::vector<float>{4, 1.5F, 0});

    owned_mixture difference(blend::difference, {{1, 1}, {5, 2}, {3, 6}});
    difference.mixed.x = 0.5F;
    CHECK(difference.numbers() == std::vector<float>{2, -1});

    CHECK(owned_mixture(blend::first, {{1, 2}, {3, 4}}).numbers() == std::vector<float>{1, 2});
    CHECK(owned_mixture(blend::second, {{infinity, no_number}, {3, 4}}).numbers() ==
          std::vector<float>{3, 4});

    // 1 + 2^-12 squared has a bit that a fused sum would keep.
    const float   step = 1 + 0x1p-12F;
    owned_mixture rounded(blend::weighted, {{step}, {-(1 + 0x1p-11F)}});
    rounded.mixed.x = step;
    CHECK(rounded.numbers() == std::vector<float>{0});
}

TEST_CASE("many blocks are mixed like one, at any size around a block")
{
    for (const std::size_t size : {0U, 1U, 16383U, 16384U, 16385U, 50000U}) {
        std::vector<float> a(size);
        std::vector<float> b(size);
        std::vector<float> wanted(size);
        for (std::size_t i = 0; i < size; ++i) {
            a[i] = static_cast<float>(i);
            b[i] = static_cast<float>(i % 7);
            wanted[i] = a[i] * 0.5F + b[i] * 0.5F;
        }
        owned_mixture mixed(blend::weighted, {a, b});
        mixed.mixed.x = mixed.mixed.y = 0.5F;
        CHECK(mixed.numbers() == wanted);
    }
}

TEST_CASE("some of a row may stay the first's")
{
    owned_mixture wide(blend::weighted, {{1, 2, 3, 4, 5, 6}, {10, 20}});
    wide.mixed.x = 0;
    wide.mixed.run = 1;
    wide.mixed.skip = 2;
    CHECK(wide.numbers() == std::vector<float>{10, 2, 3, 20, 5, 6});
    wide.mixed.how = blend::second;
    CHECK(wide.numbers() == std::vector<float>{10, 2, 3, 20, 5, 6});
}

TEST_CASE("what becomes infinite or NaN is counted, and refused unless it is allowed")
{
    owned_mixture mixed(
        blend::weighted,
        {{70000, 3e38F, infinity, infinity, no_number, 1}, {70000, 3e38F, 1, -infinity, 1, 2}}, dtype::f16);
    CHECK(support::poured(stet::detail::view_of_mixture(mixed.mixed)) == "failed: not_finite_result");
    support::piece_sink sink;
    const auto          refused = stet::detail::pour_mixture(mixed.mixed, sink);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().subject() == "w");
    CHECK(refused.error().actual == 3);
    mixed.mixed.keep_not_finite = true;
    CHECK(mixed.numbers().size() == 6);
    CHECK(mixed.said.numbers.became_infinite == 2);
    CHECK(mixed.said.numbers.became_nan == 1);
    CHECK(mixed.said.numbers.passed_on == 2);
    mixed.mixed.type = dtype::f32; // 70000 fits
    CHECK(mixed.numbers()[0] == 140000);
    CHECK(mixed.said.numbers.became_infinite == 1);

    owned_mixture taken(blend::second, {{no_number}, {infinity}}); // what has no part does not count
    CHECK(taken.numbers() == std::vector<float>{infinity});
    CHECK(taken.said.numbers.passed_on == 1);
}

TEST_CASE("bytes of another type are compared while the first's are written")
{
    owned_mixture same(blend::compared, {{1, 2}, {1, 2}});
    CHECK(same.numbers() == std::vector<float>{1, 2});
    CHECK_FALSE(same.said.differs);
    owned_mixture other(blend::compared, {{1, 2}, {1, 3}});
    CHECK(other.numbers() == std::vector<float>{1, 2});
    CHECK(other.said.differs);
    owned_mixture typed(blend::compared, {{1, 2}, {1, 2}});
    typed.mixed.of[1].tensor.type = dtype::i32;
    CHECK(typed.numbers() == std::vector<float>{1, 2});
    CHECK(typed.said.differs);
}

TEST_CASE("a sink that fails and memory that runs out are errors")
{
    owned_mixture mixed(blend::weighted, {{1}, {2}});
    for (const blend how : {blend::weighted, blend::compared}) {
        mixed.mixed.how = how;
        support::piece_sink sink{.fails_at = 0};
        CHECK(support::failure(stet::detail::pour_mixture(mixed.mixed, sink)) == "sink_refused");
    }
    mixed.mixed.how = blend::weighted;
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              mixed.mixed.memory = memory;
              support::piece_sink taking;
              return support::failure(stet::detail::pour_mixture(mixed.mixed, taking));
          }) == 2);
}
