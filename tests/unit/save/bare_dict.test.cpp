// SPDX-License-Identifier: MIT
// The first calls anyone tries: a state dict and a path, a state dict and memory.
#include "support/parsed_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <stet/families/families.hpp>
#include <stet/save/save.hpp>
#include <stet/sink/sinks.hpp>
#include <stet/tensor/views.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

using stet::errc;
using support::scratch_directory;

namespace {

constexpr std::array<float, 6> weights{1, 2, 3, 4, 5, 6};
constexpr std::array<float, 2> offsets{7, 8};

using tensor_map = std::map<std::string, stet::tensor_view>;
using pairs = std::vector<std::pair<std::string, std::string>>;

tensor_map two_tensors()
{
    return {{"a.weight", *stet::view_of(weights, {2, 3})}, {"a.bias", *stet::view_of(offsets, {2})}};
}

/// Names and sizes of what a file holds.
std::string names_in(const std::string& file)
{
    const auto parsed = support::parse_checkpoint(file);
    REQUIRE(parsed);
    std::string names;
    for (const support::parsed_tensor& tensor : parsed->tensors)
        names += tensor.name + " " + std::to_string(tensor.bytes.size()) + ";";
    return names;
}

std::optional<pairs> metadata_in(const std::string& file)
{
    const auto parsed = support::parse_checkpoint(file);
    return parsed ? parsed->metadata : std::nullopt;
}

std::string text_of(const std::vector<std::byte>& bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

constexpr std::string_view both = "a.bias 8;a.weight 24;";

/// A dict of a user's own.
struct layer {
    std::string               key;
    const std::vector<float>* values;
};

} // namespace

template <>
struct stet::entry_traits<layer> {
    static std::string_view    name(const layer& entry) noexcept { return entry.key; }
    static result<tensor_view> tensor(const layer& entry) noexcept
    {
        return view_of(*entry.values, {entry.values->size()});
    }
};

TEST_CASE("a state dict is saved under its own names, wherever the path is written down")
{
    const scratch_directory here;
    const tensor_map        dict = two_tensors();
    const std::string       named = here / "named";
    const std::string       shown = here / "shown";

    const auto saved = stet::save(dict, stet::exact_path{here / "exact"});
    REQUIRE(saved);
    CHECK(saved->path == here / "exact");
    CHECK_FALSE(saved->number);
    CHECK(saved->bytes == here.content("exact").size());
    REQUIRE(saved->components.size() == 1);
    CHECK(saved->components[0].role == "dict");
    CHECK(saved->components[0].tensors == 2);
    CHECK(saved->components[0].renamed == 0);
    CHECK(names_in(here.content("exact")) == both);

    REQUIRE(stet::save(dict, named));
    REQUIRE(stet::save(dict, named.c_str(), {.durability = stet::durability::none}).error().code ==
            errc::name_taken);
    REQUIRE(stet::save(dict, std::string_view(shown)));
    REQUIRE(stet::save(dict, here / "temporary"));
    for (const std::string_view name : {"named", "shown", "temporary"})
        CHECK(here.content(std::string(name)) == here.content("exact"));
}

TEST_CASE("a bare path refuses a file that exists, and an empty one names none")
{
    const scratch_directory here;
    const tensor_map        dict = two_tensors();
    here.put("model.safetensors", "old");

    const auto refused = stet::save(dict, here / "model.safetensors");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::name_taken);
    CHECK(here.content("model.safetensors") == "old");
    CHECK(stet::save(dict, stet::exact_path{here / "model.safetensors", stet::existing_file::replace}));
    CHECK(names_in(here.content("model.safetensors")) == both);

    CHECK(stet::save(dict, "").error().code == errc::invalid_file_name);
    CHECK(here.entries().size() == 1);
}

TEST_CASE("a state dict takes the next number as a checkpoint does")
{
    const scratch_directory here;
    const auto saved = stet::save(two_tensors(), stet::numbered{.root = here.path(), .prefix = "loras/mine"});
    REQUIRE(saved);
    CHECK(saved->number == 1);
    CHECK(names_in(here.content("loras/mine_00001_.safetensors")) == both);
}

TEST_CASE("metadata may be written where the save is called")
{
    const scratch_directory here;
    const std::string       title = "a title that is too long to be stored inside of a string";
    REQUIRE(stet::save(two_tensors(), here / "x",
                       {.metadata = {{"format", "pt"}, {"title", title}, {"more", title + "!"}}}));
    CHECK(metadata_in(here.content("x")) == pairs{{"format", "pt"}, {"more", title + "!"}, {"title", title}});

    REQUIRE(stet::save(two_tensors(), here / "y", {.metadata = {}}));
    CHECK_FALSE(metadata_in(here.content("y")));

    CHECK(stet::save(two_tensors(), here / "z", {.metadata = {{"k", "1"}, {"k", "2"}}}).error().code ==
          errc::duplicate_metadata_key);
    CHECK(here.entries().size() == 2);
}

TEST_CASE(
    "any state dict will do: maps, vectors of pairs, entries of one's own, results, an empty one on request")
{
    const tensor_map dict = two_tensors();
    std::string      expected;
    REQUIRE(stet::save(dict, stet::append_sink{expected}));
    const auto as_saved = [&](const auto& other) {
        std::vector<std::byte> bytes;
        REQUIRE(stet::save(other, bytes));
        return text_of(bytes);
    };
    CHECK(as_saved(std::unordered_map<std::string, stet::tensor_view>(dict.begin(), dict.end())) == expected);
    CHECK(as_saved(std::vector<std::pair<std::string_view, stet::tensor_view>>(dict.begin(), dict.end())) ==
          expected);
    CHECK(as_saved(std::map<std::string, stet::result<stet::tensor_view>>(dict.begin(), dict.end())) ==
          expected);

    const std::vector<float> values{7, 8};
    CHECK(names_in(as_saved(std::vector<layer>{{.key = "mine", .values = &values}})) == "mine 8;");

    std::vector<std::byte> bytes;
    const auto             refused = stet::save(tensor_map{}, bytes);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::empty_component);
    CHECK(stet::save(tensor_map{}, bytes, {.empty = stet::empty_components::allow}));
    CHECK(stet::save(stet::no_entries, bytes));
}

TEST_CASE("one name twice in a dict is refused, and the sentence names it")
{
    const stet::tensor_view                                      one = *stet::view_of(offsets, {2});
    const std::vector<std::pair<std::string, stet::tensor_view>> dict{{"w", one}, {"w", one}};
    std::vector<std::byte>                                       bytes;
    const auto                                                   refused = stet::save(dict, bytes);
    REQUIRE_FALSE(refused);
    CHECK(stet::message(refused.error()) ==
          "tensor 'w' is placed twice, both times by the dict; rename or leave out one of the two");
    CHECK(bytes.empty());
}

TEST_CASE("a plan of a dict is saved to a path, to memory, and to a sink that is only passing by")
{
    const scratch_directory here;
    const tensor_map        dict = two_tensors();
    const auto              plan = stet::make_plan(dict, {.order = stet::aligned_order<64>});
    REQUIRE(plan);
    REQUIRE(stet::save(*plan, here / "x"));
    std::vector<std::byte> bytes;
    const auto             written = stet::save(*plan, bytes);
    REQUIRE(written);
    CHECK(text_of(bytes) == here.content("x"));
    CHECK(written->bytes == bytes.size());
    CHECK(stet::save(*plan, stet::counting_sink{})->bytes == bytes.size());
}

TEST_CASE("a checkpoint goes to a bare path, a temporary sink or a vector as well")
{
    const scratch_directory here;
    const tensor_map        dict = two_tensors();
    const stet::model_only  checkpoint{.model = dict};
    const std::string       folder = here.path();
    int                     calls = 0;
    REQUIRE(stet::save(checkpoint, stet::families::flux{}, folder + "/x"));
    REQUIRE(stet::save(checkpoint, stet::families::flux{}, stet::exact_path{folder + "/y"},
                       {.progress = [&](const stet::progress&) { return ++calls > 0; }}));
    CHECK(calls > 0);
    std::vector<unsigned char> bytes;
    REQUIRE(stet::save(checkpoint, stet::families::flux{}, bytes));
    std::string text = "before ";
    REQUIRE(stet::save(checkpoint, stet::families::flux{}, stet::append_sink{text}));
    CHECK(here.content("x") == here.content("y"));
    CHECK(std::string(bytes.begin(), bytes.end()) == here.content("x"));
    CHECK(text == "before " + here.content("x"));
}

TEST_CASE("a save to memory that fails leaves the container as it was")
{
    const auto fails = stet::produced_view(
        stet::dtype::u8, {8}, weights,
        [](const std::array<float, 6>&, stet::sink_ref out) { return out.write(stet::bytes()); });
    std::vector<std::byte> bytes(3);
    const auto             refused = stet::save(tensor_map{{"w", *fails}}, bytes);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::produced_size_mismatch);
    CHECK(bytes.size() == 3);
}

TEST_CASE("what view_of returns is an entry, and its error names the tensor before a file appears")
{
    const scratch_directory                                here;
    std::map<std::string, stet::result<stet::tensor_view>> model;
    model["a.weight"] = stet::view_of(weights, {2, 3});
    model["a.bias"] = stet::view_of(offsets, {2});
    REQUIRE(stet::save(model, here / "x"));
    CHECK(names_in(here.content("x")) == both);

    model["a.scale"] = stet::view_of(weights, {320, 4});
    const auto mismatch = stet::save(model, here / "y");
    REQUIRE_FALSE(mismatch);
    CHECK(stet::message(mismatch.error()) ==
          "tensor 'a.scale': 24 bytes given, its dtype and shape need 5,120");

    model["a.scale"] = stet::result<stet::tensor_view>();
    const auto missing = stet::save(stet::model_only{.model = model}, stet::families::flux{}, here / "y");
    REQUIRE_FALSE(missing);
    CHECK(stet::message(missing.error()) ==
          "tensor 'model.diffusion_model.a.scale': there is none; its pointer is "
          "null, or no view was assigned to its entry");
    CHECK(here.entries().size() == 1);
}

TEST_CASE("a report owns its texts when dict, plan and checkpoint are gone")
{
    const scratch_directory here;
    const auto              saved = [&] {
        const std::string long_key = "clip_l.logit_scale";
        const std::string prefix = "clip_l." + std::string(40, 'x');
        const tensor_map  text{{long_key, *stet::view_of(offsets, {2})},
                                            {prefix, *stet::view_of(offsets, {2})}};
        return stet::save(
            stet::full{.model = stet::no_entries, .text_encoder = text, .vae = stet::no_entries},
            stet::families::sdxl{}, here / "x");
    }();
    REQUIRE(saved);
    std::string names;
    for (const stet::change& each : saved->changes.changes)
        names += each.name.text() + ";";
    CHECK(names == "clip_l.transformer.text_model.embeddings.position_ids;clip_l.logit_scale;");
    CHECK(saved->components[1].role == "text encoder");
    CHECK(saved->components[1].left_out == 1);

    std::vector<std::byte> bytes;
    const auto             written = [&] {
        const tensor_map text{{"clip_l.logit_scale", *stet::view_of(offsets, {2})},
                                          {"clip_l.w", *stet::view_of(offsets, {2})}};
        return stet::save(
            stet::full{.model = stet::no_entries, .text_encoder = text, .vae = stet::no_entries},
            stet::families::sdxl{}, bytes);
    }();
    REQUIRE(written);
    REQUIRE(written->changes.changes.size() == 2);
    CHECK(written->changes.own.owns(written->changes.changes[0].name.prefix.data()));
    CHECK(written->changes.own.owns(written->changes.changes[1].name.prefix.data()));
}
