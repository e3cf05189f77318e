// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/merge_sample.hpp"
#include "support/short_memory.hpp"

#include <stet/header/metadata.hpp>
#include <stet/merge/merged_model.hpp>
#include <stet/read/checkpoint_view.hpp>
#include <stet/save/save.hpp>
#include <stet/sink/sinks.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using stet::dtype;
using stet::merging::formula;
using stet::merging::merge;
using stet::merging::merged_model;
using stet::merging::outcome;
using support::merge_sample;

static_assert(stet::state_dict<merged_model>);

namespace {

struct stored {
    std::vector<std::byte>              bytes{};
    stet::result<stet::checkpoint_view> view = stet::error{};
};

/// A dict as a file in memory.
template <class Dict>
stored file_of(const Dict& dict, const stet::metadata_list& metadata = {})
{
    stored file;
    REQUIRE(stet::save(dict, stet::append_sink{file.bytes}, {.metadata = metadata}));
    file.view = stet::read_checkpoint(std::span<const std::byte>(file.bytes));
    REQUIRE(file.view);
    return file;
}

std::vector<float> numbers_in(const stored& file, std::string_view name)
{
    return *(*file.view)[name].to<float>();
}

} // namespace

TEST_CASE("a merge is a state dict that is made while it is saved")
{
    merge_sample a;
    merge_sample b;
    a.put("w", {1, 2}).put("only a", {7});
    b.put("w", {3, 6}).put("only b", {8});
    const auto merged = merge(a.tensors, b.tensors, {.ratios = {.all = 0.25}});
    REQUIRE(merged);
    CHECK(merged->size() == 2);
    CHECK_FALSE(merged->empty());
    CHECK((*merged)[0].name == "only a");
    const auto file = file_of(*merged);
    CHECK(numbers_in(file, "w") == std::vector<float>{2.5F, 5});
    CHECK(numbers_in(file, "only a") == std::vector<float>{7});
    CHECK(merged->count(outcome::merged) == 1);
    CHECK(merged->count(outcome::only_first) == 1);
    CHECK(merged->count(outcome::only_second) == 1);
    CHECK(merged->decisions().size() == 3);
    CHECK(merged->predictions().first.empty());
    CHECK_FALSE(merged->quantisation());
}

TEST_CASE("a merge may move, and lives without the recipe")
{
    merge_sample a;
    merge_sample b;
    a.put_float8("q", "\x38\x40", 2).mark("q");
    b.put_float8("q", "\x38\x40", 4).mark("q");
    auto made = merge(a.tensors, b.tensors, {.requantise = true});
    REQUIRE(made);
    const merged_model moved = *std::move(made);
    const auto         found = stet::quantised::find_layers(moved);
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    const auto values = stet::quantised::dequantised::of(*found, (*found)[0], dtype::f32);
    REQUIRE(values);
    const std::vector<float> numbers = *stet::to_numbers<float>(*values->view());
    CHECK(numbers == std::vector<float>{3, 6});
}

TEST_CASE("three files are merged by a difference, two by anything else")
{
    merge_sample a;
    merge_sample b;
    merge_sample c;
    a.put("w", {1, 2});
    b.put("w", {5, 6});
    c.put("w", {3, 2});
    const auto merged =
        merge(a.tensors, b.tensors, c.tensors, {.formula = formula::add_difference, .multiplier = 0.5});
    REQUIRE(merged);
    CHECK(support::numbers_in_merge(*merged, "w") == std::vector<float>{2, 4});
    CHECK(support::failure(merge(a.tensors, b.tensors, c.tensors, {})) == "invalid_ratio");
    const auto two = merge(a.tensors, b.tensors, {.formula = formula::add_difference});
    REQUIRE_FALSE(two);
    CHECK(stet::message(two.error()) ==
          "'number of files' is two; it must be three where a difference is added, else two");
}

TEST_CASE("a file that cannot be merged is told, the first of several")
{
    merge_sample a;
    a.put("w", {1});
    using list = std::vector<std::pair<std::string, stet::tensor_view>>;
    const auto twice = [&](const char* name) {
        return list{{name, a.tensors.at("w")}, {name, a.tensors.at("w")}};
    };
    const list good{{"w", a.tensors.at("w")}};
    const auto subject = [](const stet::result<merged_model>& made) {
        REQUIRE(support::failure(made) == "duplicate_name");
        return std::string(made.error().subject());
    };
    const stet::merging::recipe difference{.formula = formula::add_difference};
    CHECK(subject(merge(good, twice("y"))) == "y");
    CHECK(subject(merge(twice("x"), twice("y"))) == "x");
    CHECK(subject(merge(good, good, twice("z"), difference)) == "z");
    CHECK(subject(merge(good, twice("y"), twice("z"), difference)) == "y");
    CHECK(subject(merge(twice("x"), twice("y"), twice("z"), difference)) == "x");
}

TEST_CASE("only floats of 16 bits and more can be asked for")
{
    merge_sample a;
    a.put("w", {1});
    CHECK(support::failure(merge(a.tensors, a.tensors, {.type = dtype::f8_e4m3})) == "not_convertible");
    CHECK(support::failure(merge(a.tensors, a.tensors, {.type = dtype::i64})) == "not_convertible");
}

TEST_CASE("files bring their metadata: layers are described anew, predictions compared")
{
    merge_sample a;
    merge_sample b;
    a.put_float8("q", "\x38\x40", 2).put_float8("r", "\x38", 2).put("w", {1});
    b.put_float8("q", "\x38\x40", 4).put_float8("r", "\x38", 1).put("w", {2}).put("v_pred", {});
    const std::string layers =
        R"({"format_version": "1.0", "layers": {"q": {"format": "float8_e4m3fn"}, "r": {"format": "float8_e4m3fn"}}})";
    const auto first =
        file_of(a.tensors, {{"_quantization_metadata", layers}, {"modelspec.predict_key", "epsilon"}});
    const auto second = file_of(b.tensors, {{"_quantization_metadata", layers}});
    const auto plain = merge(*first.view, *second.view, {.type = dtype::f32});
    REQUIRE(plain);
    CHECK(support::names_in(*plain) == "w q.weight r.weight");
    CHECK(support::numbers_in_merge(*plain, "q.weight") == std::vector<float>{3, 6});
    CHECK_FALSE(plain->quantisation());
    CHECK(plain->predictions().first == "epsilon");
    CHECK(plain->predictions().second == "v");

    const auto again = merge(*first.view, *second.view, {.requantise = true});
    REQUIRE(again);
    CHECK(again->quantisation() == layers);
    CHECK(support::names_in(*again).find("comfy_quant") == std::string::npos);

    const auto taken = merge(*first.view, *second.view, {.ratios = {.all = 0}});
    REQUIRE(taken);
    CHECK(taken->quantisation() == layers);
    CHECK(support::poured(support::tensor_in(*taken, "q.weight_scale")) ==
          support::poured(b.tensors.at("q.weight_scale")));
}

TEST_CASE("numbers of all tensors are summed")
{
    merge_sample a;
    merge_sample b;
    a.put("v", {3e38F}).put("w", {3e38F, 1});
    b.put("v", {3e38F}).put("w", {3e38F, 1});
    const auto merged = merge(a.tensors, b.tensors, {.formula = formula::add, .keep_not_finite = true});
    REQUIRE(merged);
    CHECK(merged->numbers().became_infinite == 0); // nothing was written yet
    const auto file = file_of(*merged);
    CHECK(merged->numbers().became_infinite == 2);
    CHECK(merged->numbers().became_nan == 0);
    std::vector<std::byte> bytes;
    const auto             refusing = merge(a.tensors, b.tensors, {.formula = formula::add});
    REQUIRE(refusing);
    CHECK(support::failure(stet::save(*refusing, stet::append_sink{bytes})) == "not_finite_result");
}

TEST_CASE("a merge without memory is an error, and what was taken is given back")
{
    merge_sample a;
    merge_sample b;
    a.put_float8("q", "\x38\x40", 2).mark("q").put("w", {1});
    b.put_float8("q", "\x38\x40", 4).mark("q").put("w", {2});
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              return support::failure(merge(a.tensors, b.tensors, {.requantise = true}, memory));
          }) > 10);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              return support::failure(merge(a.tensors, b.tensors, {.type = dtype::f16}, memory));
          }) > 10);
}
