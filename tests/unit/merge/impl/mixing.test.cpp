// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/merge_sample.hpp"

#include <stet/merge/impl/mixing.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <utility>
#include <vector>

using stet::dtype;
using stet::detail::mixing;
using stet::detail::operand_reader;

TEST_CASE("numbers of every type that is mixed are read as floats, in order")
{
    support::merge_sample sample;
    sample.put("f16", dtype::f16, {3}, std::string("\x00\x3C\x00\xC0\x00\x38", 6)); // 1, -2, 0.5
    sample.put("bf16", dtype::bf16, {3}, std::string("\x80\x3F\x00\xC0\x00\x3F", 6));
    sample.put("f32", {1, -2, 0.5F});
    sample.put("f8", dtype::f8_e4m3, {3}, "\x38\xC0\x30");
    for (const auto& [name, tensor] : sample.tensors) {
        operand_reader     reader({.tensor = tensor}, stet::heap());
        std::vector<float> numbers(3);
        REQUIRE(reader.read(numbers.data(), 2));
        REQUIRE(reader.read(numbers.data() + 2, 1));
        CHECK(numbers == std::vector<float>{1, -2, 0.5F});
        CHECK(support::failure(reader.read(numbers.data(), 1)) == "tensor_size_mismatch");
    }
}

TEST_CASE("a quantised layer is read as the numbers it stands for")
{
    support::merge_sample sample;
    sample.put_float8("a", "\x38\xC0\x30", 4).mark("a");
    auto found = stet::quantised::find_layers(sample.tensors);
    REQUIRE(found);
    const auto values = stet::quantised::dequantised::of(*found, (*found)[0], dtype::f32);
    REQUIRE(values);
    operand_reader     reader({.tensor = {}, .layer = &*values}, stet::heap());
    std::vector<float> numbers(3);
    REQUIRE(reader.read(numbers.data(), 3));
    CHECK(numbers == std::vector<float>{4, -8, 2});
}

TEST_CASE("what has no part in a mixture is not read")
{
    support::merge_sample sample;
    sample.put("a", {1, 2}).put("none", {});
    stet::detail::mixture mixed{.how = stet::detail::blend::second, .size = 2};
    mixed.of[0].tensor = mixed.of[2].tensor = sample.tensors.at("none");
    mixed.of[1].tensor = sample.tensors.at("a");
    mixing work(mixed);
    REQUIRE(work.prepare());
    support::piece_sink sink;
    REQUIRE(work.write(2, true, sink));
    CHECK(support::numbers_in<float>(sink.joined()) == std::vector<float>{1, 2});
    mixed.how = stet::detail::blend::weighted;
    CHECK(support::failure(mixing(mixed).prepare()) == "none");
    mixing reading(mixed);
    REQUIRE(reading.prepare());
    CHECK(support::failure(reading.write(2, true, sink)) == "tensor_size_mismatch");
}
