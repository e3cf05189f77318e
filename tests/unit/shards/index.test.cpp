// SPDX-License-Identifier: MIT
#include "support/short_memory.hpp"

#include <stet/shards/index.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shards = stet::shards;

using shards::dialect;
using shards::read_index;
using shards::sized_tensor;
using stet::errc;

namespace {

const std::vector<sized_tensor>& some_tensors()
{
    static const auto& tensors = *new std::vector<sized_tensor>{
        {"b", 6, 3}, {"a\xC3\xA9\x7F\"", 6, 3}, {"c", 3, 1}}; // never destroyed
    return tensors;
}

std::string text_of(const shards::index_options&     options,
                    const std::vector<sized_tensor>& tensors = some_tensors(), std::int64_t limit = 9)
{
    const auto files = shards::split(tensors, {.limit = limit});
    const auto names = shards::file_names::of();
    REQUIRE(files);
    REQUIRE(names);
    const auto text = shards::index_text(tensors, *files, *names, options);
    return text ? std::string(text->view()) : std::string(stet::name(text.error().code));
}

constexpr std::string_view first_file = "model-00001-of-00002.safetensors";

errc error_of(std::string_view text)
{
    const auto read = read_index(text, "i");
    return read ? errc{} : read.error().code;
}

/// What is wrong with the name of a file, or "".
std::string flaw_of(std::string_view name)
{
    std::string text = R"({"weight_map":{"a":")";
    for (const char c : name) {
        if (c == '\\')
            text += '\\';
        text += c;
    }
    const auto read = read_index(text + "\"}}");
    if (read)
        return {};
    CHECK(read.error().code == errc::untrusted_shard_name);
    CHECK(read.error().subject() == name);
    return std::string(read.error().first_party());
}

} // namespace

TEST_CASE("an index lists sizes and files as each library does")
{
    const std::string map_in_files = R"(    "b": "model-00001-of-00002.safetensors",
    "a\u00e9\u007f\"": "model-00002-of-00002.safetensors",
    "c": "model-00002-of-00002.safetensors"
  }
})";
    const std::string sorted_map = R"(    "a\u00e9\u007f\"": "model-00002-of-00002.safetensors",
    "b": "model-00001-of-00002.safetensors",
    "c": "model-00002-of-00002.safetensors"
  }
}
)";
    const std::string head = "{\n  \"metadata\": {\n";
    const std::string size = "    \"total_size\": 15\n  },\n  \"weight_map\": {\n";
    CHECK(text_of({}) == head + size + map_in_files);
    CHECK(text_of({.dialect = dialect::torch}) == head + size + map_in_files);
    CHECK(text_of({.dialect = dialect::diffusers}) == head + size + sorted_map);
    CHECK(text_of({.dialect = dialect::transformers}) ==
          head + "    \"total_parameters\": 7,\n" + size + sorted_map);
}

TEST_CASE("torch's order is the one given, the hub's that of the files")
{
    const std::vector<sized_tensor> tensors{{"a", 1}, {"giant", 20}, {"b", 1}};
    CHECK(text_of({}, tensors).find("\"giant\"") < text_of({}, tensors).find("\"a\""));
    const std::string torch = text_of({.dialect = dialect::torch}, tensors);
    CHECK(torch.find("\"a\"") < torch.find("\"giant\""));
    CHECK(torch.find("\"giant\"") < torch.find("\"b\""));
}

TEST_CASE("a set of one file has an index that says so, in torch's dialect")
{
    const std::string text = text_of({.dialect = dialect::torch}, {{"a", 1}});
    CHECK(text.find(R"("a": "model-00001-of-00001.safetensors")") != std::string::npos);
    CHECK(text_of({.dialect = dialect::torch}, {}) ==
          "{\n  \"metadata\": {\n    \"total_size\": 0\n  },\n  \"weight_map\": {}\n}");
}

TEST_CASE("entries of the caller follow, and stand in for those of the same key")
{
    const std::string text =
        text_of({.metadata = {{"zz", "1\n"}, {"total_size", "mine"}, {"aa", "\xF0\x9F\x98\x80"}}});
    CHECK(
        text.find("    \"total_size\": \"mine\",\n    \"zz\": \"1\\n\",\n    \"aa\": \"\\ud83d\\ude00\"\n") !=
        std::string::npos);
    const std::string sorted =
        text_of({.dialect = dialect::transformers,
                 .metadata = {{"zz", "1"}, {"total_size", "b"}, {"total_parameters", "c"}}});
    CHECK(sorted.find("\"total_parameters\": \"c\",\n    \"total_size\": \"b\",\n    \"zz\": \"1\"\n") !=
          std::string::npos);
}

TEST_CASE("what no index can hold is an error")
{
    CHECK(text_of({}, {{"\xFF", 1}}) == "invalid_utf8");
    CHECK(text_of({.metadata = {{"a", "1"}, {"a", "2"}}}) == "duplicate_metadata_key");
    CHECK(text_of({.metadata = {{"a", "\xFF"}}}) == "invalid_metadata_utf8");
}

TEST_CASE("an index that was written is read again")
{
    for (const dialect each : {dialect::hub, dialect::diffusers, dialect::transformers, dialect::torch}) {
        const std::string text = text_of({.dialect = each});
        const auto        read = read_index(text);
        REQUIRE(read);
        CHECK(read->total_size() == 15U);
        CHECK(read->tensors().size() == 3);
        REQUIRE(read->files().size() == 2);
        const auto file_of = [&](std::string_view name) { return read->files()[*read->file_of(name)]; };
        CHECK(file_of("b") == first_file);
        CHECK(file_of("a\xC3\xA9\x7F\"") != first_file);
        CHECK(file_of("c") != first_file);
        CHECK_FALSE(read->file_of("d"));
    }
}

TEST_CASE("what is no object with a map of names is refused")
{
    CHECK(error_of("{") == errc::invalid_json);
    CHECK(error_of("\xEF\xBB\xBF{}") == errc::invalid_json);
    CHECK(error_of("[]") == errc::invalid_index);
    CHECK(error_of("{}") == errc::invalid_index);
    CHECK(error_of(R"({"weight_map":[]})") == errc::invalid_index);
    CHECK(error_of(R"({"weight_map":{"a":1}})") == errc::invalid_index);
    CHECK(error_of(R"({"weight_map":{"a":"x.bin","b":null}})") == errc::invalid_index);
    CHECK(error_of(std::string(2000, '[')) == errc::json_too_deep);
    CHECK(error_of(R"({"weight_map":{},"metadata":[],"x":NaN})") == errc{});
    CHECK(error_of(R"({"weight_map":{"a":"x.bin","a":"x.safetensors"}})") == errc{});
    CHECK(stet::message(read_index("[]", "the index").error()) ==
          "'the index' is no index of a set: it is no JSON object");
}

TEST_CASE("ten mebibytes are read, one byte more is not")
{
    std::string text = R"({"weight_map":{}})";
    text.resize(shards::max_index_size, ' ');
    CHECK(error_of(text) == errc{});
    text += ' ';
    CHECK(error_of(text) == errc::index_too_large);
}

TEST_CASE("a size is taken from an index where it is a whole number")
{
    const auto size_in = [](std::string_view metadata) {
        const auto read = read_index(R"({"weight_map":{},"metadata":)" + std::string(metadata) + "}");
        REQUIRE(read);
        return read->total_size();
    };
    CHECK(size_in(R"({"total_size":18446744073709551615})") == UINT64_MAX);
    CHECK_FALSE(size_in(R"({"total_size":"5"})"));
    CHECK_FALSE(size_in(R"({"total_size":-1})"));
    CHECK_FALSE(size_in(R"({"total_size":1.5})"));
    CHECK_FALSE(size_in("1"));
}

TEST_CASE("texts of an index' metadata are kept, in its order")
{
    const auto read =
        read_index(R"({"metadata":{"z":"1","total_size":5,"a":"\u00e9","n":null},"weight_map":{}})");
    REQUIRE(read);
    REQUIRE(read->metadata().size() == 2);
    CHECK(read->metadata()[0].key == "z");
    CHECK(read->metadata()[0].value == "1");
    CHECK(read->metadata()[1].key == "a");
    CHECK(read->metadata()[1].value == "\xC3\xA9");
}

TEST_CASE("a file's name leads below the folder on every system, or nowhere")
{
    for (const std::string_view name :
         {"a.safetensors", "sub/a.safetensors", "./a.safetensors", "a..b.safetensors", "sub\\a.safetensors",
          ".../a.safetensors", "..a.safetensors", ".safetensors"})
    {
        CAPTURE(name);
        CHECK(flaw_of(name).empty());
    }
    for (const std::string_view name : {"../a.safetensors", "x/../a.safetensors", "..\\a.safetensors",
                                        "x\\..\\a.safetensors", "x/..\\a.safetensors"})
    {
        CAPTURE(name);
        CHECK(flaw_of(name) == "climbs out of a folder");
    }
    for (const std::string_view name :
         {"/a.safetensors", "\\a.safetensors", "\\\\srv\\share\\a.safetensors", "//srv/share/a.safetensors"})
    {
        CAPTURE(name);
        CHECK(flaw_of(name) == "begins at a root");
    }
    for (const std::string_view name :
         {"C:a.safetensors", "C:\\a.safetensors", "a:foo.safetensors", "\xC3\xA9:a.safetensors"})
    {
        CAPTURE(name);
        CHECK(flaw_of(name) == "begins with a drive");
    }
    for (const std::string_view name :
         {"", "a", "a.bin", "a.SAFETENSORS", "a.safetensors/", "a.safetensors "})
    {
        CAPTURE(name);
        CHECK(flaw_of(name) == "does not end in .safetensors");
    }
    CHECK(error_of(R"({"weight_map":{"a":"x\u0000.safetensors"}})") == errc::untrusted_shard_name);
    CHECK(error_of(R"({"weight_map":{"a":"x\ud800.safetensors"}})") == errc::untrusted_shard_name);
}

TEST_CASE("an allocator that gives nothing is an error at every point of an index")
{
    const std::string text = text_of({});
    const auto        outcome = [](const auto& made) {
        return made ? std::string_view("none") : stet::name(made.error().code);
    };
    CHECK(support::allocations_needed(
              [&](const stet::allocator& memory) { return outcome(read_index(text, {}, memory)); }) > 4);
    const auto files = shards::split(some_tensors(), {.limit = 9});
    const auto names = shards::file_names::of();
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              return outcome(shards::index_text(some_tensors(), *files, *names,
                                                {.metadata = {{"a", "b"}}, .allocator = memory}));
          }) > 4);
}
