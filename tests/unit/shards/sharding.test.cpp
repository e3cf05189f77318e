// SPDX-License-Identifier: MIT
#include "support/short_memory.hpp"

#include <stet/shards/sharding.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shards = stet::shards;

using shards::file_names;
using shards::parse_size;
using shards::sized_tensor;
using stet::errc;

namespace {

using files = std::vector<std::vector<std::string>>;

/// The names in each file.
files split(const std::vector<sized_tensor>& tensors, const shards::sharding_options& options)
{
    const auto made = shards::split(tensors, options);
    REQUIRE(made);
    files all;
    for (std::size_t i = 0; i < made->size(); ++i) {
        all.emplace_back();
        for (const std::uint32_t tensor : (*made)[i])
            all.back().emplace_back(tensors[tensor].name);
    }
    return all;
}

/// What stands before the first point.
std::string_view layer_of(std::string_view name)
{
    return name.find('.') == std::string_view::npos ? std::string_view() : name.substr(0, name.find('.'));
}

errc pattern_error(std::string_view pattern)
{
    const auto names = file_names::of({.pattern = pattern});
    return names ? errc{} : names.error().code;
}

} // namespace

TEST_CASE("a size is a number of KB, MB, GB or TB")
{
    CHECK(*parse_size("5GB") == 5'000'000'000);
    CHECK(*parse_size("  1.5 mb\n") == 1'500'000);
    CHECK(*parse_size("9e30TB") == INT64_MAX);
    CHECK(parse_size("5GiB").error().code == errc::invalid_size);
    CHECK(parse_size("B").error().code == errc::invalid_size);
    CHECK(parse_size("nanKB").error().code == errc::invalid_size);
    CHECK(parse_size("infKB").error().code == errc::infinite_size);
    CHECK(parse_size("1e308TB").error().code == errc::infinite_size);
    CHECK(parse_size("5GiB").error().subject() == "5GiB");
}

TEST_CASE("files are named by the pattern, with the variant where both libraries have it")
{
    const auto plain = file_names::of();
    REQUIRE(plain);
    CHECK(plain->single() == "model.safetensors");
    CHECK(plain->shard(1, 12) == "model-00001-of-00012.safetensors");
    CHECK(plain->shard(100'000, 100'001) == "model-100000-of-100001.safetensors");
    CHECK(plain->index() == "model.safetensors.index.json");

    const auto variant = file_names::of({.pattern = "model{suffix}.safetensors", .variant = "fp16"});
    REQUIRE(variant);
    CHECK(variant->single() == "model.fp16.safetensors");
    CHECK(variant->shard(1, 6) == "model.fp16-00001-of-00006.safetensors");
    CHECK(variant->index() == "model.safetensors.index.fp16.json");

    const auto diffusers = file_names::of(shards::diffusers_names);
    REQUIRE(diffusers);
    CHECK(diffusers->index() == "diffusion_pytorch_model.safetensors.index.json");
}

TEST_CASE("a pattern that gives no file names, or one name to all, is refused")
{
    CHECK(pattern_error("model.safetensors") == errc::invalid_shard_pattern);
    CHECK(pattern_error("model{suffix}.bin") == errc::invalid_shard_pattern);
    CHECK(pattern_error("model{suffix}{suffix}.safetensors") == errc::invalid_shard_pattern);
    CHECK(pattern_error("a/model{suffix}.safetensors") == errc::invalid_shard_pattern);
    CHECK(pattern_error("..\\model{suffix}.safetensors") == errc::invalid_shard_pattern);
    CHECK(pattern_error("m{other}{suffix}.safetensors") == errc::invalid_shard_pattern);
    CHECK(pattern_error("\xFF{suffix}.safetensors") == errc::invalid_shard_pattern);
    CHECK(pattern_error("{suffix}.safetensors") == errc::invalid_shard_pattern);
    CHECK_FALSE(file_names::of({.pattern = "model{suffix}.safetensors", .variant = "a/b"}));
}

TEST_CASE("a file belongs to a set by a full match of its name")
{
    const auto names = file_names::of();
    REQUIRE(names);
    for (const std::string_view member :
         {"model.safetensors", "model-00001-of-00002.safetensors", "model.safetensors.index.json",
          "model-00009-of-00001.safetensors", "model-00001-of-00002.safetensors.index.json"})
    {
        CAPTURE(member);
        CHECK(names->is_member(member));
    }
    for (const std::string_view other :
         {"", "model", "model.safetensors.backup", "model-0001-of-00009.safetensors", "modelx.safetensors",
          "model-000001-of-00002.safetensors", "model-00001-of-00002", "xmodel.safetensors",
          "model-00001-of-00002-00001-of-00002.safetensors", "model.safetensors.part",
          "model-00001.safetensors", "model.safetensors.index.json.part"})
    {
        CAPTURE(other);
        CHECK_FALSE(names->is_member(other));
    }
    const auto variant = file_names::of({.pattern = "model{suffix}.safetensors", .variant = "fp16"});
    REQUIRE(variant);
    CHECK(variant->is_member("model.safetensors.index.fp16.json"));
    CHECK(variant->is_member("model.fp16-00001-of-00002.safetensors"));
    CHECK_FALSE(variant->is_member("model.safetensors.index.json"));
    CHECK_FALSE(variant->is_member("model-00001-of-00002.safetensors"));
}

TEST_CASE("tensors fill one file after the other, and what is larger has its own before it")
{
    CHECK(split({}, {}).empty());
    CHECK(split({{"a", 6}, {"b", 4}, {"c", 1}}, {.limit = 10}) == files{{"a", "b"}, {"c"}});
    CHECK(split({{"a", 1}, {"giant", 11}, {"b", 1}}, {.limit = 10}) == files{{"giant"}, {"a", "b"}});
    CHECK(split({{"a", 6}, {"b", 6}, {"c", 2}}, {.limit = 10}) == files{{"a"}, {"b", "c"}});
    CHECK(split({{"e", 0}, {"a", 1}, {"f", 0}}, {.limit = 0}) == files{{"a"}, {"e", "f"}});
    CHECK(split({{"e", 0}, {"a", 1}}, {.limit = -1}) == files{{"e"}, {"a"}});
}

TEST_CASE("tied tensors count once and lie at the end of the first one's file")
{
    const std::vector<sized_tensor> tensors{{"emb", 6, 3, 1},   {"b", 6, 3},    {"head", 6, 3, 1},
                                            {"other", 5, 5, 1}, {"c", 2, 1, 9}, {"late", 6, 3, 1}};
    CHECK(split(tensors, {.limit = 10}) == files{{"emb", "head", "late"}, {"b"}, {"other", "c"}});
    const auto made = shards::split(tensors, {.limit = 10});
    REQUIRE(made);
    CHECK(made->total_size() == 19);
    CHECK(made->total_parameters() == 12);
    CHECK(made->is_sharded());
}

TEST_CASE("a group comes into one file, with what is tied to it, and counts as a whole")
{
    const std::vector<sized_tensor> tensors{{"x", 4},       {"l.weight", 5, 0, 1}, {"y", 2},
                                            {"l.scale", 3}, {"k.weight", 5},       {"tied", 5, 0, 1}};
    CHECK(split(tensors, {.limit = 10}) == files{{"x", "l.weight", "tied"}, {"y", "l.scale", "k.weight"}});
    CHECK(split(tensors, {.limit = 10, .group = layer_of}) ==
          files{{"x"}, {"l.weight", "l.scale", "tied", "y"}, {"k.weight"}});
    // Larger than the limit together: a file of their own, but together.
    CHECK(split(tensors, {.limit = 7, .group = layer_of}) ==
          files{{"l.weight", "l.scale", "tied"}, {"x", "y"}, {"k.weight"}});
    // Two groups that share a storage are one.
    CHECK(split({{"a.w", 4, 0, 1}, {"z", 4}, {"b.w", 4, 0, 1}, {"b.s", 4}},
                {.limit = 8, .group = layer_of}) == files{{"a.w", "b.w", "b.s"}, {"z"}});
}

TEST_CASE("more bytes than 64 bits count are an error")
{
    const std::vector<sized_tensor> tensors{{"a", UINT64_MAX}, {"b", 1}};
    const auto                      made = shards::split(tensors);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == errc::file_size_overflow);
    CHECK(made.error().subject() == "b");
}

TEST_CASE("an allocator that gives nothing is an error at every point")
{
    std::vector<std::string>  names;
    std::vector<sized_tensor> tensors;
    for (std::uint64_t i = 0; i < 40; ++i)
        names.push_back("layer" + std::to_string(i / 3) + "." + std::to_string(i));
    for (std::uint64_t i = 0; i < names.size(); ++i)
        tensors.push_back({.name = names[i], .bytes = 10, .elements = 1, .storage = i % 7});
    const std::size_t needed = support::allocations_needed([&](const stet::allocator& memory) {
        const auto made = shards::split(tensors, {.limit = 50, .group = layer_of, .allocator = memory});
        return made ? std::string_view("none") : stet::name(made.error().code);
    });
    CHECK(needed > 10);
}
