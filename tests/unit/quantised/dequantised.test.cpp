// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/little_endian.hpp"
#include "support/piece_sink.hpp"
#include "support/poured.hpp"
#include "support/short_memory.hpp"

#include <stet/quantised/dequantised.hpp>
#include <stet/read/checkpoint_view.hpp>
#include <stet/save/save.hpp>
#include <stet/sink/sinks.hpp>
#include <stet/tensor/numbers.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using stet::dtype;
using stet::extents;
using stet::quantised::dequantised;
using stet::quantised::dequantised_model;

namespace {

/// A dict that owns its tensors.
class dict {
public:
    dict() = default;
    dict(const dict&) = delete;
    dict& operator=(const dict&) = delete;

    dict& put(const std::string& name, dtype type, const extents& shape, std::string content)
    {
        contents_.push_back(std::move(content));
        const auto view = stet::view_of(type, shape, support::as_bytes(contents_.back()));
        REQUIRE(view);
        tensors.insert_or_assign(name, *view);
        return *this;
    }
    dict& put(const std::string& name, const extents& shape, const std::vector<float>& numbers)
    {
        return put(name, dtype::f32, shape, support::little_endian(numbers));
    }
    dict& mark(const std::string& layer, const std::string& marker)
    {
        return put(layer + ".comfy_quant", dtype::u8, {marker.size()}, marker);
    }

    std::map<std::string, stet::tensor_view> tensors{};

private:
    std::deque<std::string> contents_{};
};

void put_float8(dict& to, const std::string& layer)
{
    to.put(layer + ".weight", dtype::f8_e4m3, {1, 3}, "\x38\xC0\x3C"); // 1, -2, 1.5
    to.put(layer + ".weight_scale", {}, {0.5F}).mark(layer, R"({"format": "float8_e4m3fn"})");
}

stet::quantised::layers layers_of(const dict& from)
{
    auto found = stet::quantised::find_layers(from.tensors);
    REQUIRE(found);
    return *std::move(found);
}

std::vector<std::string> names_of(const dequantised_model& model)
{
    std::vector<std::string> names;
    for (const auto& [name, tensor] : model)
        names.emplace_back(name);
    return names;
}

} // namespace

static_assert(stet::tensor_like<dequantised>);
static_assert(stet::state_dict<dequantised_model>);
static_assert(stet::state_dict<std::map<std::string, dequantised>>);

TEST_CASE("a layer's weight is a tensor of its values")
{
    dict file;
    put_float8(file, "a");
    const auto found = layers_of(file);
    const auto values = dequantised::of(found, found[0], dtype::bf16);
    REQUIRE(values);
    CHECK(values->type() == dtype::bf16);
    CHECK(values->shape() == extents{1, 3});
    const auto view = stet::view_of(*values);
    REQUIRE(view);
    CHECK(view->size == 6);
    const std::vector<float> numbers = *stet::to_numbers<float>(*view);
    CHECK(numbers == std::vector<float>{0.5F, -1.0F, 0.75F});
    CHECK(support::poured(*view) == support::poured(*view)); // as often as one likes
    const auto copy = *values;
    CHECK(support::poured(stet::view_of(copy)) == support::poured(*view));
}

TEST_CASE("rows and columns that were padded are cut off where the shape is given")
{
    dict file;
    file.put("a.weight", dtype::u8, {16, 8}, std::string(128, '\x22'));
    file.put("a.weight_scale", dtype::f8_e4m3, {128, 4}, std::string(512, '\x38'));
    file.put("a.weight_scale_2", {}, {3}).mark("a", R"({"format": "nvfp4"})");
    const auto whole = layers_of(file);
    CHECK(dequantised::of(whole, whole[0], dtype::f32)->shape() == extents{16, 16});
    const std::vector<stet::quantised::known_shape> shapes{{.layer = "a", .rows = 3, .columns = 5}};
    const auto found = stet::quantised::find_layers(file.tensors, {.shapes = shapes});
    REQUIRE(found);
    const auto values = dequantised::of(*found, (*found)[0], dtype::f32);
    REQUIRE(values);
    CHECK(values->shape() == extents{3, 5});
    const std::vector<float> numbers = *stet::to_numbers<float>(*values->view());
    CHECK(numbers == std::vector<float>(15, 3));
}

TEST_CASE("other types, and layers that cannot be read, are refused by name")
{
    dict file;
    put_float8(file, "a");
    const auto found = layers_of(file);
    const auto doubles = dequantised::of(found, found[0], dtype::f64);
    CHECK(support::failure(doubles) == "not_convertible");
    CHECK(doubles.error().subject() == "a");
    CHECK(doubles.error().second_party() == "F64");

    file.tensors.erase("a.weight_scale");
    const auto damaged = layers_of(file);
    const auto values = dequantised::of(damaged, damaged[0], dtype::f32);
    CHECK(support::failure(values) == "unreadable_layer");
    CHECK(values.error().subject() == "a");
    CHECK(values.error().first_party() == "weight_scale");

    file.mark("a", R"({"format": "of_tomorrow"})");
    const auto unknown = layers_of(file);
    CHECK(support::failure(dequantised::of(unknown, unknown[0], dtype::f64)) == "not_convertible");
    CHECK(support::failure(dequantised::of(unknown, unknown[0], dtype::f32)) == "unreadable_layer");
}

TEST_CASE("a model is saved without quantisation in one call")
{
    dict file;
    put_float8(file, "a");
    file.put("a.bias", {1}, {7}).put("a.input_scale", {}, {1}).put("norm", {2}, {1, 2});
    file.put("b.weight", dtype::f8_e5m2, {2}, "\x3C\x40"); // plain
    const auto found = layers_of(file);
    auto       made = dequantised_model::of(found, dtype::f32);
    REQUIRE(made);
    const dequantised_model model = *std::move(made); // what its tensors borrow comes along
    CHECK(names_of(model) == std::vector<std::string>{"a.bias", "a.weight", "b.weight", "norm"});
    CHECK(model.size() == 4);
    CHECK_FALSE(model.empty());
    CHECK(model[0].name == "a.bias");

    std::vector<std::byte> bytes;
    REQUIRE(stet::save(model, stet::append_sink{bytes}));
    const auto read = stet::read_checkpoint(std::span<const std::byte>(bytes));
    REQUIRE(read);
    CHECK(read->size() == 4);
    const std::vector<float> weight = *(*read)["a.weight"].to<float>();
    CHECK(weight == std::vector<float>{0.5F, -1.0F, 0.75F});
    const std::vector<float> plain = *(*read)["b.weight"].to<float>();
    CHECK(plain == std::vector<float>{1, 2});
    const std::vector<float> norm = *(*read)["norm"].to<float>();
    CHECK(norm == std::vector<float>{1, 2});
}

TEST_CASE("the flag of the older form goes with its scales")
{
    dict file;
    file.put("m.scaled_fp8", dtype::f8_e4m3, {2}, std::string(2, '\0'));
    file.put("m.a.weight", dtype::f8_e4m3, {1, 1}, "\x38").put("m.a.scale_weight", {}, {2});
    file.put("m.a.scale_input", {}, {1});
    const auto model = dequantised_model::of(layers_of(file), dtype::f16);
    REQUIRE(model);
    REQUIRE(names_of(*model) == std::vector<std::string>{"m.a.weight"});
    const std::vector<float> numbers = *stet::to_numbers<float>((*model)[0].tensor);
    CHECK(numbers == std::vector<float>{2});
}

TEST_CASE("a model with a layer that cannot be plain is none")
{
    dict file;
    file.put("a.weight", dtype::u8, {16, 8}, std::string(128, '\x22'));
    file.put("a.weight_scale", dtype::f8_e4m3, {128, 4}, std::string(512, '\x38'));
    file.put("a.weight_scale_2", {}, {3}).mark("a", R"({"format": "nvfp4"})");
    file.put("a.pre_quant_scale", {16}, std::vector<float>(16, 2));
    const auto scaled = dequantised_model::of(layers_of(file), dtype::f32);
    CHECK(support::failure(scaled) == "unreadable_layer");
    CHECK(scaled.error().first_party() == "pre_quant_scale");
    file.tensors.erase("a.pre_quant_scale");
    CHECK(dequantised_model::of(layers_of(file), dtype::f32));
    file.tensors.erase("a.weight_scale");
    CHECK(support::failure(dequantised_model::of(layers_of(file), dtype::f32)) == "unreadable_layer");
    CHECK(support::failure(dequantised_model::of(layers_of(file), dtype::i8)) == "not_convertible");
}

TEST_CASE("a model needs memory for its lists")
{
    dict file;
    put_float8(file, "a");
    const auto found = layers_of(file);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              return support::failure(dequantised_model::of(found, dtype::f32, memory));
          }) == 2);
}
