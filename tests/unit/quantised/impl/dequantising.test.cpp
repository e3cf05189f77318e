// SPDX-License-Identifier: MIT
#include "support/cut_tensor.hpp"
#include "support/failure.hpp"
#include "support/piece_sink.hpp"
#include "support/short_memory.hpp"
#include "support/stored_layers.hpp"

#include <stet/quantised/impl/dequantising.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>

using stet::dtype;
using stet::detail::pour_values;
using stet::detail::stored_values;
using stet::detail::value_rule;

namespace {

std::string values_of(const stored_values& layer, dtype wanted)
{
    support::piece_sink sink;
    const auto          poured = pour_values(layer, wanted, sink, stet::heap());
    return poured ? sink.joined() : "failed: " + std::string(support::failure(poured));
}

/// The same layer whose tensors all come in pieces.
struct cut_layer {
    cut_layer(const stored_values& of, std::size_t piece)
        : weight(of.weight, piece), scale(of.scale, piece), second_scale(of.second_scale, piece),
          zeros(of.zeros, piece), levels(of.levels, piece), layer(of)
    {
        layer.weight = weight.view();
        const auto cut = [](stet::tensor_view& tensor, const support::cut_tensor& as) {
            if (tensor.data != nullptr)
                tensor = as.view();
        };
        cut(layer.scale, scale);
        cut(layer.second_scale, second_scale);
        cut(layer.zeros, zeros);
        cut(layer.levels, levels);
    }
    cut_layer(const cut_layer&) = delete;
    cut_layer& operator=(const cut_layer&) = delete;

    support::cut_tensor weight, scale, second_scale, zeros, levels;
    stored_values       layer;
};

} // namespace

TEST_CASE("values are the same wherever the codes were cut and whatever the sink lends")
{
    for (const value_rule rule : support::all_value_rules) {
        support::stored_layer one(rule);
        fill(one);
        for (const dtype wanted : {dtype::f32, dtype::f16, dtype::bf16}) {
            const std::string values = values_of(one.layer, wanted);
            CHECK(values.size() == value_count(one.layer) * element_size(wanted));
            for (const std::size_t piece : {1U, 7U, 31U, 1000U})
                CHECK(values_of(cut_layer(one.layer, piece).layer, wanted) == values);
            support::lending_sink lending(4100);
            REQUIRE(pour_values(one.layer, wanted, lending, stet::heap()));
            CHECK(lending.all == values);
        }
    }
}

TEST_CASE("memory that is refused is an error, and none is kept")
{
    for (const value_rule rule : support::all_value_rules) {
        support::stored_layer one(rule);
        fill(one);
        const cut_layer cut(one.layer, 7);
        CHECK(support::allocations_needed([&](const stet::allocator& memory) {
                  support::piece_sink sink;
                  return support::failure(pour_values(cut.layer, dtype::bf16, sink, memory));
              }) > 0);
    }
}

TEST_CASE("a sink that refuses ends it")
{
    for (const value_rule rule : support::all_value_rules) {
        support::stored_layer one(rule);
        fill(one);
        support::piece_sink sink{.fails_at = 0};
        CHECK(support::failure(pour_values(one.layer, dtype::f16, sink, stet::heap())) == "sink_refused");
    }
}

TEST_CASE("a layer without values writes none")
{
    support::stored_layer one(value_rule::nvfp4);
    fill(one);
    one.layer.rows = 0;
    CHECK(values_of(one.layer, dtype::f32).empty());
}
