// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/json.hpp"
#include "support/short_memory.hpp"

#include <stet/diffs/diff.hpp>
#include <stet/save/save.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <clocale>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using stet::dtype;
using stet::diffs::block_of;
using stet::diffs::outcome;

namespace {

/// A file in memory.
class file {
public:
    void put(const std::string& name, const std::vector<float>& values, const stet::extents& shape)
    {
        floats_[name] = values;
        dict_[name] = *stet::view_of(floats_[name], shape);
    }
    void put(const std::string& name, const std::vector<float>& values)
    {
        put(name, values, {values.size()});
    }
    void put_bytes(const std::string& name, dtype type, const std::vector<std::byte>& bytes,
                   const stet::extents& shape)
    {
        bytes_[name] = bytes;
        dict_[name] = *stet::view_of(type, shape, bytes_[name]);
    }

    stet::checkpoint_view view()
    {
        content_.clear();
        REQUIRE(stet::save(dict_, stet::append_sink{content_}, {.empty = stet::empty_components::allow}));
        auto read = stet::read_checkpoint(content_);
        REQUIRE(read);
        return *std::move(read);
    }

private:
    std::map<std::string, std::vector<float>>     floats_{};
    std::map<std::string, std::vector<std::byte>> bytes_{};
    std::map<std::string, stet::tensor_view>      dict_{};
    std::vector<std::byte>                        content_{};
};

std::string json_of(const stet::diffs::comparison& found)
{
    std::vector<std::byte> text;
    stet::append_sink      into(text);
    REQUIRE(stet::diffs::write_json(found, into));
    return {reinterpret_cast<const char*>(text.data()), text.size()};
}

} // namespace

TEST_CASE("a file equals itself")
{
    file one;
    one.put("a.0.weight", {1, 2, 3});
    one.put("a.0.bias", {NAN});
    const auto view = one.view();
    const auto found = stet::diffs::compare(view, view);
    REQUIRE(found);
    CHECK(found->is_equal());
    CHECK(found->all().count(outcome::equal_bytes) == 2);
    CHECK(found->blocks().size() == 1);
    file       none;
    const auto empty = none.view();
    CHECK(stet::diffs::compare(empty, empty)->is_equal());
    CHECK_FALSE(stet::diffs::compare(empty, view)->is_equal());
}

TEST_CASE("each tensor is told apart by what the two files make of it")
{
    file one, other;
    one.put("a.0.same", {1, 2});
    other.put("a.0.same", {1, 2});
    one.put("a.0.signs", {0.0F, NAN});
    other.put("a.0.signs", {-0.0F, -NAN});
    one.put("a.0.wider", {1, 2.5F});
    other.put_bytes("a.0.wider", dtype::f16, {std::byte{0}, std::byte{0x3C}, std::byte{0}, std::byte{0x41}},
                    {2});
    one.put("a.1.apart", {1, 2, 3, 4});
    other.put("a.1.apart", {1, 2.5F, 3, 2});
    one.put("a.1.shape", {1, 2, 3, 4}, {2, 2});
    other.put("a.1.shape", {1, 2, 3, 4}, {4});
    one.put_bytes("b.packed", dtype::f4, {std::byte{1}}, {2});
    other.put_bytes("b.packed", dtype::f4, {std::byte{2}}, {2});
    one.put("b.gone", {7, 8, 9});
    other.put("c.new", {5});
    one.put("old.name", {10, 11, 12});
    other.put("d.name", {10, 11, 12});
    one.put("empty.before", {});
    other.put("empty.after", {});

    const auto first = one.view();
    const auto second = other.view();
    const auto found = stet::diffs::compare(first, second);
    REQUIRE(found);
    std::map<std::string, std::string> seen;
    for (const stet::diffs::entry& each : found->entries())
        seen[std::string(each.name)] = name(each.what);
    const std::map<std::string, std::string> expected{
        {"a.0.same", "equal_bytes"},    {"a.0.signs", "equal_values"}, {"a.0.wider", "equal_values"},
        {"a.1.apart", "different"},     {"a.1.shape", "other_shape"},  {"b.packed", "not_measured"},
        {"b.gone", "only_first"},       {"c.new", "only_second"},      {"old.name", "renamed"},
        {"empty.before", "only_first"}, {"empty.after", "only_second"}};
    CHECK(seen == expected);
    CHECK(found->entries().size() == expected.size());
    for (const stet::diffs::entry& each : found->entries()) {
        if (each.what == outcome::renamed)
            CHECK(each.other_name == "d.name");
        if (each.name == "a.1.apart") {
            CHECK(each.apart.elements == 4);
            CHECK(each.apart.differing == 2);
            CHECK(!(each.apart.largest < 2 || each.apart.largest > 2));
            CHECK(!(each.apart.mean() < 0.625 || each.apart.mean() > 0.625));
        }
    }
    const auto without = stet::diffs::compare(first, second, {.finds_renamed = false});
    CHECK(without->all().count(outcome::renamed) == 0);
    CHECK(without->all().count(outcome::only_second) == found->all().count(outcome::only_second) + 1);
}

TEST_CASE("a name belongs to its first numbered part, or to what stands before its last point")
{
    CHECK(block_of("model.diffusion_model.input_blocks.3.1.proj.weight") ==
          "model.diffusion_model.input_blocks.3");
    CHECK(block_of("double_blocks.17.img_mlp.0.bias") == "double_blocks.17");
    CHECK(block_of("layers.7") == "layers.7");
    CHECK(block_of("12.weight") == "12");
    CHECK(block_of("model2.conv1x1.weight") == "model2.conv1x1");
    CHECK(block_of("vae.quant_conv.weight") == "vae.quant_conv");
    CHECK(block_of("a.1b.c") == "a.1b");
    CHECK(block_of("norm") == "");
    CHECK(block_of("") == "");
    CHECK(block_of("..") == ".");
}

TEST_CASE("blocks sum up their tensors, and have the component that they are told")
{
    file one, other;
    for (const char* const name :
         {"m.blocks.0.a", "m.blocks.0.b", "m.blocks.1.a", "m.norm", "v.x", "v.y.z", "v.zz"})
    {
        one.put(name, {1, 2, 3});
        other.put(name, std::string_view(name).ends_with('a') ? std::vector<float>{1, 2, 4}
                                                              : std::vector<float>{1, 2, 3});
    }
    int        asked = 0;
    const auto component = [&](std::string_view name) {
        ++asked;
        return name.starts_with("m.") ? std::string_view("model") : std::string_view("vae");
    };
    const auto first = one.view();
    const auto second = other.view();
    const auto found = stet::diffs::compare(first, second, {.component = component});
    REQUIRE(found);
    REQUIRE(found->blocks().size() == 5);
    CHECK(asked == 5);
    const std::array<std::string_view, 5> names{"m.blocks.0", "m.blocks.1", "m", "v", "v.y"};
    for (std::size_t i = 0; i < 5; ++i) {
        CHECK(found->blocks()[i].name == names[i]);
        CHECK(found->blocks()[i].component == (i < 3 ? "model" : "vae"));
    }
    CHECK(found->blocks()[0].count(outcome::different) == 1);
    CHECK(found->blocks()[0].count(outcome::equal_bytes) == 1);
    CHECK(found->blocks()[3].count(outcome::equal_bytes) == 2);
    CHECK(found->all().count(outcome::different) == 2);
    CHECK(found->all().apart.differing == 2);
    for (const stet::diffs::entry& each : found->entries())
        CHECK(found->blocks()[each.block].name == block_of(each.name));
}

TEST_CASE("large tensors are compared where they differ, block by block")
{
    std::vector<float> values(100'000, 0.5F), others = values;
    others[4'095] = 0.75F;
    others[4'096] = 0.25F;
    others[99'999] = 3;
    file one, other;
    one.put("w", values);
    other.put("w", others);
    const auto first = one.view();
    const auto second = other.view();
    const auto found = stet::diffs::compare(first, second);
    REQUIRE(found);
    const auto& apart = found->entries()[0].apart;
    CHECK(apart.elements == 100'000);
    CHECK(apart.differing == 3);
    CHECK(!(apart.largest < 2.5 || apart.largest > 2.5));
    CHECK(!(apart.sum < 3 || apart.sum > 3));
}

TEST_CASE("the JSON text is JSON and says what the comparison says, in any locale")
{
    file one, other;
    one.put("a.0.w", {1, 2});
    other.put("a.0.w", {1, 2.5F});
    one.put("a.1.w", {1});
    other.put("a.1.w", {INFINITY});
    one.put("quote\"d", {7});
    other.put("ö", {7});
    one.put("same", {1});
    other.put("same", {1});
    const auto first = one.view();
    const auto second = other.view();
    const auto found = stet::diffs::compare(
        first, second, {.component = [](std::string_view) { return std::string_view("m\\odel"); }});
    REQUIRE(found);
    const std::string text = json_of(*found);
    const auto        parsed = support::parse_json(text);
    REQUIRE(parsed);
    CHECK(parsed->at("equal").boolean() == false);
    CHECK(parsed->at("different").integer() == 2U);
    CHECK(parsed->at("renamed").integer() == 1U);
    CHECK(parsed->at("blocks").items().size() == 3);
    CHECK(parsed->at("blocks").items()[0].at("component").text() == "m\\odel");
    REQUIRE(parsed->at("tensors").items().size() == 3);
    const auto& apart = parsed->at("tensors").items()[0];
    CHECK(apart.at("name").text() == "a.0.w");
    CHECK(apart.at("outcome").text() == "different");
    CHECK(apart.at("dtypes").items()[1].text() == "F32");
    CHECK(apart.at("bytes").integer() == 8U);
    CHECK(std::abs(apart.at("largest").number().value() - 0.5) < 1e-9);
    CHECK(std::abs(apart.at("mean").number().value() - 0.25) < 1e-9);
    CHECK(parsed->at("tensors").items()[1].at("infinite").integer() == 1U);
    CHECK(parsed->at("tensors").items()[2].at("other_name").text() == "ö");
    for (const char* const locale : {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8"}) {
        if (std::setlocale(LC_NUMERIC, locale) != nullptr)
            CHECK(json_of(*found) == text);
    }
    std::setlocale(LC_NUMERIC, "C");
}

TEST_CASE("a sink that fails ends the JSON text")
{
    file one;
    one.put("a", {1});
    file       none;
    const auto first = one.view();
    const auto second = none.view();
    const auto found = stet::diffs::compare(first, second);
    REQUIRE(found);
    std::array<std::byte, 50> few{};
    stet::span_sink           into(few);
    CHECK(support::failure(stet::diffs::write_json(*found, into)) == "sink_full");
}

TEST_CASE("a comparison that has no memory gives all of it back")
{
    file one, other;
    one.put("a.0.w", {1, 2});
    one.put("b", {1, 2, 3});
    other.put("a.0.w", {1, 3});
    other.put("c", {1, 2, 3});
    const auto first = one.view();
    const auto second = other.view();
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              return support::failure(stet::diffs::compare(first, second, {.allocator = memory}));
          }) > 3);
}
