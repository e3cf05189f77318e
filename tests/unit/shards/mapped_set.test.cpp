// SPDX-License-Identifier: MIT
#include "support/scratch_directory.hpp"

#include <stet/families/layouts.hpp>
#include <stet/save/save.hpp>
#include <stet/shards/mapped_set.hpp>
#include <stet/shards/save_shards.hpp>
#include <stet/split/split.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace shards = stet::shards;

using shards::mapped_set;
using shards::set_rules;
using stet::errc;
using support::scratch_directory;

static_assert(stet::state_dict<mapped_set>, "a set can be saved, split and walked like any other dict");
static_assert(std::is_nothrow_move_constructible_v<mapped_set>);

namespace {

constexpr std::string_view index_name = "model.safetensors.index.json";
constexpr std::string_view first = "model-00001-of-00002.safetensors";
constexpr std::string_view second = "model-00002-of-00002.safetensors";

using dict = std::vector<std::pair<std::string, stet::tensor_view>>;

/// Eight bytes that start with `content`.
stet::tensor_view eight(std::uint8_t content)
{
    static auto& all = *new std::array<std::array<std::uint8_t, 8>, 256>(); // never destroyed
    all[content].fill(content);
    return *stet::view_of(all[content], {8});
}

void put(const scratch_directory& here, std::string_view name, const dict& tensors,
         const stet::metadata_view& metadata = {})
{
    const std::string path = here / name;
    REQUIRE(
        stet::save(tensors, stet::exact_path{path, stet::existing_file::replace}, {.metadata = metadata}));
}

/// A set of "a", 1, and "b", 2, each in a file of its own; "c", 3, beside "b".
void put_set(const scratch_directory& here)
{
    const dict tensors{{"a", eight(1)}, {"b", eight(2)}, {"c", eight(3)}};
    REQUIRE(shards::save(tensors, here.path(), {.limit = 16}));
    put(here, first, {{"a", eight(1)}}, {{"format", "pt"}});
    put(here, second, {{"b", eight(2)}, {"c", eight(3)}}, {{"format", "pt"}});
    here.put(index_name,
             R"({"metadata":{"total_size":24},"weight_map":{"a":"model-00001-of-00002.safetensors",)"
             R"("b":"model-00002-of-00002.safetensors","c":"model-00002-of-00002.safetensors"}})");
}

stet::error error_of(const scratch_directory& here, const shards::open_set_options& options = {})
{
    const auto opened = mapped_set::open(here.path(), options);
    return opened ? stet::error{} : opened.error();
}

unsigned content_of(const stet::tensor_view& tensor)
{
    const stet::bytes packed = tensor.packed();
    return packed.empty() ? 0 : std::to_integer<unsigned>(packed[0]);
}

/// Of the tensor of that name; 0 where there is none.
unsigned content_of(const mapped_set& set, std::string_view name)
{
    const auto found = set.find(name);
    return found ? content_of(*found) : 0;
}

} // namespace

TEST_CASE("a set is one file: a range, a dict, looked up by name and position")
{
    const scratch_directory here;
    put_set(here);
    const auto set = mapped_set::open(here.path());
    REQUIRE(set);
    CHECK(set->size() == 3);
    CHECK_FALSE(set->empty());
    CHECK(set->contains("b"));
    CHECK_FALSE(set->contains("d"));
    CHECK((*set)["c"]);
    CHECK(content_of(*set, "c") == 3);
    CHECK((*set)["d"].error().code == errc::no_such_tensor);
    CHECK(content_of(*set, "a") == 1);
    CHECK_FALSE(set->find("d"));
    CHECK((*set)["b"].to<std::uint8_t>()->size() == 8);
    std::string names;
    for (const auto [name, tensor] : *set) {
        names += name;
        CHECK(content_of(tensor) == static_cast<unsigned>(name[0] - 'a' + 1));
        CHECK(tensor.name == name);
    }
    CHECK(names == "abc");
    REQUIRE(set->files().size() == 2);
    CHECK(set->file_name(1) == second);
    CHECK(set->file_of(*set->position_of("c")) == 1);
    CHECK(set->files()[1].header().metadata("format") == "pt");
    REQUIRE(set->index());
    CHECK(set->index()->total_size() == 24U);
}

TEST_CASE("a set that is moved is as it was")
{
    const scratch_directory here;
    put_set(here);
    auto opened = mapped_set::open(here.path());
    REQUIRE(opened);
    const auto       tensor = opened->find("c");
    const mapped_set moved = *std::move(opened);
    REQUIRE(tensor);
    CHECK(content_of(*tensor) == 3);
    CHECK(tensor->name == "c");
    CHECK(content_of(moved, "c") == 3);
}

TEST_CASE("a set is opened by its folder, its index, or a file of it")
{
    const scratch_directory here;
    put_set(here);
    CHECK(mapped_set::open(here.path() + "/")->size() == 3);
    CHECK(mapped_set::open(here / index_name)->size() == 3);
    const auto one = mapped_set::open(here / second);
    REQUIRE(one);
    CHECK(one->size() == 2);
    CHECK_FALSE(one->index());
    here.remove(index_name);
    CHECK(error_of(here).code == errc::file_missing);
    put(here, "model.safetensors", {{"x", eight(9)}});
    CHECK(mapped_set::open(here.path())->contains("x"));
    CHECK(mapped_set::open(here / "none").error().code == errc::file_missing);
    CHECK(mapped_set::open(here / "none.json").error().code == errc::file_missing);
    CHECK(mapped_set::open("").error().code == errc::invalid_file_name);
    CHECK(mapped_set::open(std::string("a\0b", 3)).error().code == errc::invalid_file_name);
    CHECK(mapped_set::open(here.path(), {.names = {.pattern = "x"}}).error().code ==
          errc::invalid_shard_pattern);
}

TEST_CASE("the index comes first, also where a single file lies beside it")
{
    const scratch_directory here;
    put_set(here);
    put(here, "model.safetensors", {{"x", eight(9)}});
    CHECK(mapped_set::open(here.path())->contains("a"));
}

TEST_CASE("an index that does not tell the truth is an error in strict conduct, which the hub does not mind")
{
    const scratch_directory here;
    put_set(here);
    const auto with_map = [&](std::string_view map, std::string_view size = "24") {
        here.put(index_name, R"({"metadata":{"total_size":)" + std::string(size) + R"(},"weight_map":{)" +
                                 std::string(map) + "}}");
        CHECK(error_of(here, {.rules = set_rules::as_hub}).code == errc{});
        return error_of(here);
    };
    const std::string in_first = R"(:"model-00001-of-00002.safetensors")";
    const std::string in_second = R"(:"model-00002-of-00002.safetensors")";
    CHECK(with_map("\"a\"" + in_first + ",\"b\"" + in_second + ",\"c\"" + in_second).code == errc{});

    const auto mismatch = with_map("\"a\"" + in_first + ",\"b\"" + in_second + ",\"c\"" + in_first);
    CHECK(mismatch.code == errc::map_mismatch);
    CHECK(stet::message(mismatch) == "tensor 'c' lies in model-00002-of-00002.safetensors, the index says "
                                     "model-00001-of-00002.safetensors; write the index anew");

    const auto unmapped = with_map("\"a\"" + in_first + ",\"b\"" + in_second);
    CHECK(unmapped.code == errc::unmapped_tensor);
    CHECK(unmapped.subject() == "c");

    const auto missing =
        with_map("\"a\"" + in_first + ",\"b\"" + in_second + ",\"c\"" + in_second + ",\"d\"" + in_first);
    CHECK(missing.code == errc::missing_from_set);
    CHECK(missing.subject() == "d");

    const std::string all = "\"a\"" + in_first + ",\"b\"" + in_second + ",\"c\"" + in_second;
    CHECK(with_map(all, "25").code == errc::size_mismatch);
    CHECK(with_map(all, "25").expected == 25);
    CHECK(with_map(all, "25").actual == 24);
    CHECK(with_map(all, "16").code == errc{}); // "b" and "c" could be tied
    CHECK(with_map(all, "15").code == errc::size_mismatch);
    CHECK(with_map(all, "\"24\"").code == errc{});
}

TEST_CASE("a tensor in two files is an error in strict conduct; else the file mentioned last counts")
{
    const scratch_directory here;
    put_set(here);
    put(here, first, {{"a", eight(1)}, {"b", eight(7)}}, {{"format", "pt"}});
    const auto twice = error_of(here);
    CHECK(twice.code == errc::duplicate_name);
    CHECK(twice.subject() == "b");
    const auto set = mapped_set::open(here.path(), {.rules = set_rules::as_hub});
    REQUIRE(set);
    CHECK(set->size() == 3);
    CHECK(content_of(*set, "b") == 2);
}

TEST_CASE("the hub wants the metadata of a file to say of which kind it is, or none")
{
    const scratch_directory here;
    put_set(here);
    put(here, first, {{"a", eight(1)}});
    CHECK(error_of(here, {.rules = set_rules::as_hub}).code == errc{});
    put(here, first, {{"a", eight(1)}}, {{"format", "mlx"}});
    CHECK(error_of(here, {.rules = set_rules::as_hub}).code == errc{});
    put(here, first, {{"a", eight(1)}}, {{"format", "tf"}});
    const auto other = error_of(here, {.rules = set_rules::as_hub});
    CHECK(other.code == errc::unknown_shard_format);
    CHECK(other.first_party() == "format 'tf'");
    put(here, first, {{"a", eight(1)}}, {{"who", "me"}});
    CHECK(error_of(here, {.rules = set_rules::as_hub}).first_party() == "no format");
    CHECK(error_of(here).code == errc{});
}

TEST_CASE("a set holds exactly what is asked for, or says what is too much or too little")
{
    const scratch_directory here;
    put_set(here);
    const auto set = mapped_set::open(here.path());
    REQUIRE(set);
    constexpr std::array<std::string_view, 3> all{"c", "a", "b"};
    constexpr std::array<std::string_view, 4> more{"c", "a", "b", "d"};
    constexpr std::array<std::string_view, 2> fewer{"c", "b"};
    CHECK(set->holds_exactly(all));
    CHECK(set->holds_exactly(more).error().code == errc::no_such_tensor);
    CHECK(set->holds_exactly(more).error().subject() == "d");
    CHECK(set->holds_exactly(fewer).error().code == errc::unexpected_tensor);
    CHECK(set->holds_exactly(fewer).error().first_party() == first);
}

TEST_CASE("what is wrong with an index or a file of a set is said of its path")
{
    const scratch_directory here;
    put_set(here);
    here.put(second, "short");
    CHECK(error_of(here).code == errc::header_too_small);
    CHECK(error_of(here).subject() == here / second);
    here.remove(second);
    CHECK(error_of(here).code == errc::file_missing);
    CHECK(error_of(here).subject() == here / second);
    here.put(index_name, "{");
    CHECK(error_of(here).code == errc::invalid_json);
    CHECK(error_of(here).subject() == here / index_name);
    here.put(index_name, std::string(shards::max_index_size + 1, ' '));
    CHECK(error_of(here).code == errc::index_too_large);
    here.put(index_name, R"({"weight_map":{"a":"../x.safetensors"}})");
    CHECK(error_of(here).code == errc::untrusted_shard_name);
}

TEST_CASE("files of a set may lie in folders below, by either separator")
{
    const scratch_directory here;
    here.make_folder("sub");
    put(here, "sub/x.safetensors", {{"a", eight(1)}});
    here.put(index_name, R"({"weight_map":{"a":"sub/x.safetensors"}})");
    CHECK(mapped_set::open(here.path())->size() == 1);
    here.put(index_name, R"({"weight_map":{"a":".\\sub\\x.safetensors"}})");
    CHECK(mapped_set::open(here.path())->size() == 1);
}

TEST_CASE("an index without tensors is an empty set")
{
    const scratch_directory here;
    here.put(index_name, R"({"weight_map":{}})");
    const auto set = mapped_set::open(here.path());
    REQUIRE(set);
    CHECK(set->empty());
    CHECK(set->begin() == set->end());
    CHECK(set->holds_exactly({}));
}

TEST_CASE("a set is split into components like any other dict")
{
    const scratch_directory here;
    const dict              tensors{
                     {"model.diffusion_model.w", eight(1)}, {"vae.d", eight(2)}, {"text_encoders.t", eight(3)}};
    REQUIRE(shards::save(tensors, here.path(), {.limit = 8}));
    const auto set = mapped_set::open(here.path());
    REQUIRE(set);
    CHECK(set->files().size() == 3);
    const auto parts = stet::split<stet::layouts::generic>(*set);
    REQUIRE(parts);
    REQUIRE(parts->model.size() == 1);
    CHECK(parts->model[0].name == "w");
    CHECK(content_of(parts->model[0].tensor) == 1);
    CHECK(parts->vae.size() == 1);
    CHECK(parts->text_encoder.size() == 1);
}
