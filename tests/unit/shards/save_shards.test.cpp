// SPDX-License-Identifier: MIT
#include "support/parsed_checkpoint.hpp"
#include "support/sample_checkpoint.hpp"
#include "support/saved_sets.hpp"
#include "support/scratch_directory.hpp"

#include <stet/families/families.hpp>
#include <stet/hashes/hash_checkpoint.hpp>
#include <stet/hashes/while_saving.hpp>
#include <stet/read/mapped_file.hpp>
#include <stet/shards/mapped_set.hpp>
#include <stet/shards/save_shards.hpp>
#include <stet/tensor/views.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shards = stet::shards;

using stet::durability;
using stet::errc;
using stet::existing_file;
using support::scratch_directory;

namespace {

using names = std::vector<std::string>;
using pairs = std::vector<std::pair<std::string, std::string>>;

/// Tensors of these many bytes, each with a name and content of its own.
class some_tensors {
public:
    explicit some_tensors(const std::vector<std::pair<std::string, std::size_t>>& sizes)
    {
        std::uint8_t seed = 1;
        for (const auto& [name, size] : sizes)
            bytes_.emplace_back(size, seed++);
        for (std::size_t i = 0; i < sizes.size(); ++i)
            add(sizes[i].first, i);
    }

    /// Another name for the same memory.
    void add(const std::string& name, std::size_t buffer)
    {
        dict.emplace_back(name, *stet::view_of(bytes_[buffer], {bytes_[buffer].size()}));
    }

    std::vector<std::pair<std::string, stet::tensor_view>> dict{};

private:
    std::vector<std::vector<std::uint8_t>> bytes_{};
};

pairs metadata_of(const scratch_directory& here, std::string_view file)
{
    const auto parsed = support::parse_checkpoint(here.content(file));
    REQUIRE(parsed);
    return parsed->metadata.value_or(pairs{{"none", ""}});
}

/// The names of a file's tensors.
names names_in(const scratch_directory& here, std::string_view file)
{
    const auto parsed = support::parse_checkpoint(here.content(file));
    REQUIRE(parsed);
    names all;
    for (const auto& tensor : parsed->tensors)
        all.push_back(tensor.name);
    return all;
}

constexpr std::string_view first = "model-00001-of-00002.safetensors";
constexpr std::string_view second = "model-00002-of-00002.safetensors";
constexpr std::string_view index_name = "model.safetensors.index.json";

} // namespace

TEST_CASE("a dict is saved as a set, in its own order")
{
    const scratch_directory here;
    const some_tensors      sample({{"z", 6}, {"a", 6}, {"m", 4}});
    const std::string       folder = here / "new/model";
    const auto              saved = shards::save(sample.dict, folder, {.limit = 10});
    REQUIRE(saved);
    CHECK(here.entries("new/model") ==
          names{std::string(first), std::string(second), std::string(index_name)});
    CHECK(names_in(here, "new/model/" + std::string(first)) == names{"z"});
    CHECK(names_in(here, "new/model/" + std::string(second)) == names{"a", "m"});
    CHECK(metadata_of(here, "new/model/" + std::string(first)) == pairs{{"format", "pt"}});
    CHECK(saved->folder == folder);
    CHECK(saved->index == index_name);
    CHECK(saved->total_size == 16);
    CHECK(saved->total_parameters == 16);
    REQUIRE(saved->files.size() == 2);
    CHECK(saved->files[1].name == second);
    CHECK(saved->files[1].tensors == 2);
    CHECK(saved->files[1].bytes == here.content("new/model/" + std::string(second)).size());
    CHECK(saved->files[1].bytes == saved->files[1].header_bytes + 8 + 10);
    CHECK(saved->keeps_access);
}

TEST_CASE("what fits into one file has no index, and the metadata in it")
{
    const scratch_directory                  here;
    const some_tensors                       sample({{"z", 6}});
    const std::map<std::string, std::string> metadata{{"who", "me"}, {"format", "mlx"}};
    const auto saved = shards::save(sample.dict, here.path(), {.limit = 10, .file = {.metadata = metadata}});
    REQUIRE(saved);
    CHECK(here.entries() == names{"model.safetensors"});
    CHECK(saved->index.empty());
    CHECK(metadata_of(here, "model.safetensors") == pairs{{"format", "mlx"}, {"who", "me"}});
}

TEST_CASE("metadata of a set stand in its index, and none in its files but the format")
{
    const scratch_directory                  here;
    const some_tensors                       sample({{"a", 6}, {"b", 6}});
    const std::map<std::string, std::string> metadata{{"who", "me"}};
    REQUIRE(
        shards::save(sample.dict, here.path(), {.limit = 10, .format = {}, .file = {.metadata = metadata}}));
    CHECK(here.content(index_name).find(R"("who": "me")") != std::string::npos);
    CHECK(metadata_of(here, first).empty());
    REQUIRE(shards::save(sample.dict, here.path(),
                         {.limit = 10, .format = {}, .existing = existing_file::replace}));
    CHECK(metadata_of(here, first) == pairs{{"none", ""}});
}

TEST_CASE("each file of a set is hashed while it is written, and has room in its header")
{
    const scratch_directory here;
    const some_tensors      given({{"a", 10}, {"b", 20}});
    std::uint64_t           done = 0, all = 0;
    const auto              watched = [&](const stet::progress& at) {
        CHECK(at.bytes_done <= at.bytes_total);
        done = at.bytes_done;
        all = at.bytes_total;
        return true;
    };
    const auto bare = shards::save(given.dict, here.path() + "/bare", {.limit = 10});
    const auto saved =
        shards::save(given.dict, here.path() + "/hashed",
                     {.limit = 10,
                      .file = {.header_room = 512,
                               .progress = watched,
                               .hashes = stet::hashes::while_saving{.kinds = {.data = true, .tensors = true},
                                                                    .modelspec_field = true}}});
    REQUIRE((bare && saved));
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < 2; ++i) {
        const std::string file = "hashed/" + saved->files[i].name;
        CHECK(saved->files[i].header_bytes >= bare->files[i].header_bytes + 512);
        CHECK(saved->files[i].bytes == here.content(file).size());
        bytes += saved->files[i].bytes;
        const auto source = stet::file_source::open((here.path() + "/" + file).c_str());
        REQUIRE(source);
        const auto found = stet::hashes::hash_checkpoint(*source);
        REQUIRE(found);
        CHECK(saved->files[i].hashes.data.bytes == found->data.bytes);
        REQUIRE(saved->files[i].hashes.tensors.size() == 1); // which is all the data
        CHECK(saved->files[i].hashes.tensors[0].name == (i == 0 ? "b" : "a"));
        CHECK(saved->files[i].hashes.tensors[0].sha256.bytes == found->data.bytes);
        const auto texts = stet::hashes::texts_of(*found);
        CHECK(here.content(file).find("\"modelspec.hash_sha256\":\"" +
                                      std::string(texts.modelspec_sha256.view()) + '"') != std::string::npos);
    }
    CHECK((done == bytes && all == bytes));
}

TEST_CASE("torch's dialect has an index for one file, too")
{
    const scratch_directory here;
    const some_tensors      sample({{"a", 6}});
    const auto saved = shards::save(sample.dict, here.path(), {.dialect = shards::dialect::torch});
    REQUIRE(saved);
    CHECK(here.entries() == names{"model-00001-of-00001.safetensors", std::string(index_name)});
    CHECK(shards::mapped_set::open(here.path()));
}

TEST_CASE("the same memory under several names lies in one file")
{
    const scratch_directory here;
    some_tensors            sample({{"emb", 6}, {"b", 6}, {"empty", 0}});
    sample.add("head", 0);
    sample.dict.emplace_back("nothing", *stet::view_of(stet::dtype::f32, {0}, nullptr, 0));
    const auto saved = shards::save(sample.dict, here.path(), {.limit = 10});
    REQUIRE(saved);
    CHECK(names_in(here, first) == names{"emb", "head"});
    CHECK(names_in(here, second) == names{"nothing", "b", "empty"}); // in the order of a file
    CHECK(saved->total_size == 12);
    const auto opened = shards::mapped_set::open(here.path());
    REQUIRE(opened);
    CHECK(opened->size() == 5);
}

TEST_CASE("tied names can be dropped as the hub does, which tells what they stand for")
{
    const scratch_directory here;
    some_tensors            sample({{"x", 6}, {"b", 6}, {"z", 4}});
    sample.add("head", 0);
    sample.add("a", 1);
    sample.add("q", 0);
    const std::map<std::string, std::string> metadata{{"q", "mine"}};
    REQUIRE(shards::save(sample.dict, here.path(),
                         {.limit = 10, .tied = shards::tied_names::first, .file = {.metadata = metadata}}));
    CHECK(names_in(here, first) == names{"head", "z"});
    CHECK(names_in(here, second) == names{"a"});
    CHECK(here.content(index_name)
              .find("\"total_size\": 16,\n    \"q\": \"mine\",\n    \"x\": \"head\",\n    "
                    "\"b\": \"a\"\n") != std::string::npos);
    REQUIRE(shards::save(sample.dict, here.path(),
                         {.tied = shards::tied_names::first, .existing = existing_file::replace}));
    CHECK(names_in(here, "model.safetensors") == names{"a", "head", "z"});
    CHECK(metadata_of(here, "model.safetensors") ==
          pairs{{"b", "a"}, {"format", "pt"}, {"q", "head"}, {"x", "head"}});
}

TEST_CASE("tensors that are produced are no storage of each other")
{
    const scratch_directory here;
    const auto              produce = [](const int&, stet::sink_ref to) {
        const std::vector<std::byte> zeros(6);
        return to.write(zeros);
    };
    const int  one = 1;
    const auto view = stet::produced_view(stet::dtype::u8, {6}, one, produce);
    REQUIRE(view);
    const std::vector<std::pair<std::string, stet::tensor_view>> dict{{"a", *view}, {"b", *view}};
    const auto saved = shards::save(dict, here.path(), {.limit = 10});
    REQUIRE(saved);
    CHECK(saved->files.size() == 2);
    CHECK(saved->total_size == 12);
}

TEST_CASE("a checkpoint is saved as a set under the names of its layout")
{
    const scratch_directory          here;
    const support::sample_checkpoint sample;
    const auto saved = shards::save(sample.view(), stet::layouts::generic{}, here.path(), {.limit = 1010});
    REQUIRE(saved);
    CHECK(saved->files.size() == 2);
    const auto opened = shards::mapped_set::open(here.path());
    REQUIRE(opened);
    CHECK(opened->contains("model.diffusion_model.weights"));
    CHECK(opened->contains("vae.decoder.pixels"));
    CHECK(saved->components.size() == 4);
    std::string joined;
    REQUIRE(stet::save(*opened, stet::append_sink{joined}));
    CHECK(sample.is_in(joined));
}

TEST_CASE("marker tensors of a prediction are among the tensors of a set")
{
    const scratch_directory here;
    const some_tensors      sample({{"a", 6}, {"b", 6}});
    const auto              plain = stet::make_plan(sample.dict, {.prediction = stet::prediction::v()});
    REQUIRE(plain);
    REQUIRE(plain->records().size() > 2);
    const auto saved =
        shards::save(sample.dict, here.path(), {.limit = 10, .file = {.prediction = stet::prediction::v()}});
    REQUIRE(saved);
    std::size_t tensors = 0;
    for (const auto& file : saved->files)
        tensors += file.tensors;
    CHECK(tensors == plain->records().size());
}

TEST_CASE("a group stays in one file")
{
    const scratch_directory here;
    const some_tensors      sample({{"a", 6}, {"l.w", 4}, {"b", 6}, {"l.s", 2}});
    const auto              layer = [](std::string_view name) {
        return name.find('.') == std::string_view::npos ? std::string_view() : name.substr(0, name.find('.'));
    };
    REQUIRE(shards::save(sample.dict, here.path(), {.limit = 12, .group = layer}));
    CHECK(names_in(here, first) == names{"a", "l.s", "l.w"});
    CHECK(names_in(here, second) == names{"b"});
}

TEST_CASE("a set that is there is refused, unless it may be replaced, and nothing else is touched")
{
    const scratch_directory here;
    const some_tensors      sample({{"a", 6}, {"b", 6}});
    for (const std::string_view other : {"model.safetensors.backup", "model-0001-of-00009.safetensors",
                                         "modelx-00001-of-00001.safetensors", "config.json"})
        here.put(other, "other");
    REQUIRE(shards::save(sample.dict, here.path(), {.limit = 10}));
    const auto before = here.files();
    const auto refused = shards::save(sample.dict, here.path(), {.limit = 10});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::name_taken);
    CHECK(here.files() == before);
    const auto saved = shards::save(sample.dict, here.path(), {.existing = existing_file::replace});
    REQUIRE(saved);
    CHECK(saved->removed == names{std::string(index_name), std::string(first), std::string(second)});
    CHECK(here.entries() == names{"config.json", "model-0001-of-00009.safetensors", "model.safetensors",
                                  "model.safetensors.backup", "modelx-00001-of-00001.safetensors"});
}

TEST_CASE("what is wrong with a set shows before anything on the disk changes")
{
    const scratch_directory here;
    const some_tensors      sample({{"a", 6}, {"b", 6}});
    const std::string       folder = here / "new";
    const auto              code_of = [&](const auto& dict, const shards::save_set_options& options) {
        const auto saved = shards::save(dict, folder, options);
        CHECK_FALSE(here.has("new"));
        return saved ? errc{} : saved.error().code;
    };
    CHECK(code_of(sample.dict, {.names = {.pattern = "x"}}) == errc::invalid_shard_pattern);
    const some_tensors twice({{"a", 6}, {"a", 6}});
    CHECK(code_of(twice.dict, {.limit = 6}) == errc::duplicate_name);
    const some_tensors no_text({{"\xFF", 6}});
    CHECK(code_of(no_text.dict, {}) == errc::invalid_utf8);
    const pairs metadata{{"a", "1"}, {"a", "2"}};
    CHECK(code_of(sample.dict, {.limit = 6, .file = {.metadata = metadata}}) == errc::duplicate_metadata_key);
    CHECK(code_of(sample.dict, {.file = {.metadata = metadata}}) == errc::duplicate_metadata_key);
    // An index that no reader takes.
    std::vector<std::pair<std::string, std::size_t>> long_names;
    for (char c = 'a'; c <= 'z'; ++c)
        long_names.emplace_back(std::string(500'000, c), 1);
    CHECK(code_of(some_tensors(long_names).dict, {.limit = 1}) == errc::index_too_large);
    CHECK(code_of(some_tensors(long_names).dict, {.limit = -1, .dialect = shards::dialect::torch}) ==
          errc::index_too_large);
    // No tensors: no file at all.
    CHECK(code_of(some_tensors({}).dict, {.file = {.empty = stet::empty_components::allow}}) == errc{});
    CHECK(code_of(some_tensors({}).dict, {}) == errc::empty_component);
}

TEST_CASE("a save of a set tells how far it is, of all its files, and can be cancelled")
{
    const scratch_directory    here;
    const some_tensors         sample({{"a", 6}, {"b", 6}, {"c", 6}});
    std::vector<std::uint64_t> done;
    std::uint64_t              total = 0;
    const auto                 watch = [&](const stet::progress& now) {
        done.push_back(now.bytes_done);
        total = now.bytes_total;
        return true;
    };
    const auto saved = shards::save(sample.dict, here.path(), {.limit = 6, .file = {.progress = watch}});
    REQUIRE(saved);
    std::uint64_t bytes = 0;
    for (const auto& file : saved->files)
        bytes += file.bytes;
    CHECK(total == bytes);
    CHECK(done.back() == bytes);
    CHECK(std::is_sorted(done.begin(), done.end()));
    const auto before = here.files();
    const auto stop = [](const stet::progress& now) { return now.bytes_done < now.bytes_total / 2; };
    const auto cancelled =
        shards::save(sample.dict, here.path(),
                     {.limit = 10, .existing = existing_file::replace, .file = {.progress = stop}});
    REQUIRE_FALSE(cancelled);
    CHECK(cancelled.error().code == errc::cancelled);
    CHECK(here.files() == before);
}

TEST_CASE("what killed saves of a set left is removed, and nothing else")
{
    const scratch_directory here;
    for (const std::string_view name :
         {"model.safetensors.part", "model-00001-of-00002.safetensors.part",
          "model-00001-of-00002.safetensors.2.part", "model.safetensors.index.json.17.part", "other.part",
          "model-00001-of-00002.safetensors.1.part", "model.safetensors", "modelx.safetensors.part"})
        here.put(name, "x");
    const auto removed = shards::remove_abandoned(here.path(), {}, {.least_age = 0});
    REQUIRE(removed);
    CHECK(removed->removed.size() == 4);
    CHECK(here.entries() == names{"model-00001-of-00002.safetensors.1.part", "model.safetensors",
                                  "modelx.safetensors.part", "other.part"});
    CHECK(shards::remove_abandoned(here.path(), {.pattern = "x"}).error().code ==
          errc::invalid_shard_pattern);
    CHECK(shards::remove_abandoned(here / "none").error().code == errc::folder_missing);
}
