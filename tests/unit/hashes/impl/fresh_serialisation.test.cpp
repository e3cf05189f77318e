// SPDX-License-Identifier: MIT
#include "support/digest_samples.hpp"
#include "support/failure.hpp"
#include "support/sha256.hpp"
#include "support/short_memory.hpp"

#include <stet/hashes/hash_checkpoint.hpp>
#include <stet/hashes/impl/fresh_serialisation.hpp>
#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hashes = stet::hashes;

using stet::detail::fresh_serialisation;

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 0> no_entries{};

struct sample {
    std::vector<std::byte>                   memory = support::sample_text(100);
    std::map<std::string, stet::tensor_view> dict{};

    sample()
    {
        dict["a"] = *stet::view_of(stet::dtype::u8, {5}, stet::bytes(memory).first(5));
        dict["b"] = *stet::view_of(stet::dtype::f32, {4}, stet::bytes(memory).first(16));
        dict["c"] = *stet::view_of(stet::dtype::f16, {32}, stet::bytes(memory).first(64));
    }

    std::string file(const stet::sink_options& options = {}) const
    {
        std::string       bytes;
        stet::append_sink end(bytes);
        REQUIRE(stet::save(dict, end, options));
        return bytes;
    }
};

std::string written(const stet::header& head)
{
    std::string       bytes;
    stet::append_sink end(bytes);
    REQUIRE(stet::write(head, end));
    return bytes;
}

} // namespace

TEST_CASE("of the metadata only what begins with ss_ is kept, and an object stands there even if it is empty")
{
    const sample of;
    const auto   plan = stet::make_plan(of.dict);
    REQUIRE(plan);
    fresh_serialisation none{stet::heap()};
    REQUIRE(none.keep("format", "pt"));
    REQUIRE(none.keep("sshs_model_hash", "x"));
    REQUIRE(none.keep("SS_a", "x"));
    REQUIRE(none.serialise(*plan));
    CHECK(written(none.head()) == of.file({.metadata = no_entries}));
    fresh_serialisation some{stet::heap()};
    REQUIRE(some.keep("ss_", "1"));
    REQUIRE(some.keep("format", "pt"));
    REQUIRE(some.keep("ss_a", "2"));
    REQUIRE(some.serialise(*plan));
    CHECK(written(some.head()) == of.file({.metadata = {{"ss_", "1"}, {"ss_a", "2"}}}));
}

TEST_CASE("tensors stand in the reference's order, whatever theirs is")
{
    const sample of;
    const auto   expected = of.file({.metadata = no_entries});
    for (const stet::file_order order :
         {stet::reference_order, stet::aligned_order<64>, stet::aligned_order<4096>})
    {
        const auto plan = stet::make_plan(of.dict, {.order = order});
        REQUIRE(plan);
        fresh_serialisation fresh{stet::heap()};
        REQUIRE(fresh.serialise(*plan));
        CHECK(written(fresh.head()) == expected);
        hashes::digest model;
        hashes::digest legacy;
        REQUIRE(fresh.hash(model, legacy));
        CHECK(hashes::digits_of(model).view() == support::sha256(expected.substr(expected.size() - 85)));
        CHECK(model.covers == 85);
        CHECK(legacy.covers == 0);
    }
}

TEST_CASE("whether tensors stand in the reference's order is told from plan and file")
{
    const sample of;
    for (const stet::file_order order : {stet::reference_order, stet::aligned_order<64>}) {
        const bool        is_reference = order.data_alignment == 8;
        const auto        plan = stet::make_plan(of.dict, {.order = order});
        const std::string file = of.file({.order = order});
        const auto        head = stet::read_header(std::as_bytes(std::span(file)), file.size());
        REQUIRE((plan && head));
        CHECK(stet::detail::is_in_reference_order(*plan) == is_reference);
        CHECK(stet::detail::is_in_reference_order(*head) == is_reference);
    }
}

TEST_CASE("names are compared as wholes, wherever they are cut")
{
    using stet::placed_name;
    using stet::detail::compare_names;
    const std::array<placed_name, 4> cuts{
        placed_name{.prefix = "ab", .stem = "c"}, placed_name{.stem = "abc"},
        placed_name{.prefix = "abc", .stem = ""}, placed_name{.prefix = "a", .stem = "bc"}};
    for (const placed_name& a : cuts) {
        for (const placed_name& b : cuts)
            CHECK(compare_names(a, b) == 0);
        CHECK(compare_names(a, {.stem = "abd"}) < 0);
        CHECK(compare_names(a, {.stem = "ab"}) > 0);
        CHECK(compare_names(a, {.prefix = "ab", .stem = "cd"}) < 0);
        CHECK(compare_names({}, a) < 0);
        CHECK(compare_names({.stem = "\x7F"}, {.stem = "\xC3\xA9"}) < 0); // as bytes
    }
}

TEST_CASE("a serialisation without memory says so")
{
    const sample of;
    const auto   plan = stet::make_plan(of.dict, {.order = stet::aligned_order<64>});
    REQUIRE(plan);
    const std::size_t needed = support::allocations_needed([&](const stet::allocator& memory) {
        fresh_serialisation fresh(memory);
        return support::failure(fresh.keep("ss_a", "1"));
    });
    CHECK(needed == 1);
}
