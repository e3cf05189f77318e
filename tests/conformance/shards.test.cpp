// SPDX-License-Identifier: MIT
// Sets of files as huggingface_hub 2.4, diffusers and transformers split, index and read them.
#include "support/files.hpp"
#include "support/parsed_checkpoint.hpp"
#include "support/recorded_cases.hpp"
#include "support/scratch_directory.hpp"

#include <stet/save/save.hpp>
#include <stet/shards/index.hpp>
#include <stet/shards/mapped_set.hpp>
#include <stet/shards/save_shards.hpp>
#include <stet/shards/sharding.hpp>
#include <stet/tensor/dtype.hpp>
#include <stet/tensor/sizes.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shards = stet::shards;

using support::data_shape;
using support::json_value;
using support::scratch_directory;

namespace {

// ---- what a case holds ------------------------------------------------------------------------------------

data_shape a_size()
{
    return {"a text or a whole number",
            [](const json_value& value) { return value.string() != nullptr || value.signed_integer(); }};
}

data_shape a_whole_number()
{
    return {"a whole number", [](const json_value& value) { return value.signed_integer().has_value(); }};
}

data_shape size_case()
{
    return data_shape::object({{"text", support::a_text()},
                               {"bytes", a_whole_number().or_null()},
                               {"error?", support::a_text().or_null()}});
}

data_shape set_case()
{
    const auto tensor = data_shape::object({{"name", support::a_text()},
                                            {"dtype", support::a_text()},
                                            {"shape", support::counts()},
                                            {"storage", support::a_text().or_null()}});
    const auto file = data_shape::object({{"file", support::a_text()}, {"tensors", support::texts()}});
    const auto index = data_shape::object(
        {{"hub", support::a_text()}, {"diffusers", support::a_text()}, {"transformers", support::a_text()}});
    return data_shape::object({{"max_shard_size", a_size()},
                               {"filename_pattern", support::a_text()},
                               {"tensors", data_shape::list_of(tensor)},
                               {"metadata", support::an_object()},
                               {"is_sharded", support::a_flag()},
                               {"total_size", support::a_count()},
                               {"total_parameters", support::a_count()},
                               {"files", data_shape::list_of(file)},
                               {"weight_map_order", support::texts()},
                               {"index", index.or_null()},
                               {"index_file", support::a_text().or_null()},
                               {"folder?", support::texts().or_null()},
                               {"shard_metadata?", support::an_object().or_null()}});
}

data_shape verdict_case()
{
    return data_shape::object({{"name", support::a_text()},
                               {"index", support::a_text().or_null()},
                               {"index_bytes", support::a_count()},
                               {"index_padded_to", support::a_count().or_null()},
                               {"index_before_padding", support::a_text().or_null()},
                               {"verdict", support::a_text()},
                               {"error?", support::a_text().or_null()}});
}

/// The exception that Python ends in where this library returns an error.
std::string python_error(stet::errc code)
{
    switch (static_cast<int>(code)) {
    case static_cast<int>(stet::errc::infinite_size):
        return "OverflowError";
    case static_cast<int>(stet::errc::invalid_size):
    case static_cast<int>(stet::errc::index_too_large):
    case static_cast<int>(stet::errc::invalid_index):
    case static_cast<int>(stet::errc::untrusted_shard_name):
        return "ValueError";
    case static_cast<int>(stet::errc::invalid_json):
        return "JSONDecodeError";
    case static_cast<int>(stet::errc::json_too_deep):
        return "RecursionError";
    case static_cast<int>(stet::errc::file_missing):
        return "FileNotFoundError";
    case static_cast<int>(stet::errc::unknown_shard_format):
        return "OSError";
    case static_cast<int>(stet::errc::no_such_tensor):
    case static_cast<int>(stet::errc::unexpected_tensor):
        return "RuntimeError";
    default:
        return "another error";
    }
}

using texts = std::vector<std::string>;
using pairs = std::vector<std::pair<std::string, std::string>>;

texts texts_of(const json_value& list)
{
    texts all;
    for (const json_value& one : list.items())
        all.emplace_back(one.text());
    return all;
}

pairs pairs_of(const json_value& object)
{
    pairs all;
    if (const auto* const members = object.members()) {
        for (const auto& [key, value] : *members)
            all.emplace_back(key, std::string(value.text()));
    }
    return all;
}

/// A case's tensors, its dict, and what the library makes of them.
struct set_to_split {
    explicit set_to_split(const json_value& one)
        : pattern(one.at("filename_pattern").text()), metadata(pairs_of(one.at("metadata")))
    {
        const json_value& size = one.at("max_shard_size");
        const auto        parsed = size.string() != nullptr
                                       ? shards::parse_size(size.text())
                                       : stet::result<std::int64_t>(size.signed_integer().value_or(0));
        REQUIRE(parsed);
        limit = *parsed;
        for (const json_value& tensor : one.at("tensors").items())
            add(tensor);
    }

    void add(const json_value& tensor)
    {
        const auto type = stet::dtype_named(tensor.at("dtype").text());
        REQUIRE(type);
        std::vector<std::uint64_t> shape;
        for (const json_value& length : tensor.at("shape").items())
            shape.push_back(length.integer().value_or(0));
        const stet::extents axes{std::span<const std::uint64_t>(shape)};
        const auto          elements = stet::element_count(axes);
        const auto          bytes = stet::byte_count(*type, axes);
        REQUIRE(elements);
        REQUIRE(bytes);
        const std::string_view storage = tensor.at("storage").text();
        const auto             number = tensor.at("storage").is_null()
                                            ? shards::sized_tensor::own_storage
                                            : storages.emplace(storage, storages.size()).first->second;
        tensors.push_back(
            {.name = tensor.at("name").text(), .bytes = *bytes, .elements = *elements, .storage = number});
        types.push_back(*type);
        shapes.push_back(std::move(shape));
    }

    /// As a dict whose tied tensors lie in one piece of memory.
    std::vector<std::pair<std::string, stet::tensor_view>> dict()
    {
        std::map<std::uint64_t, std::size_t>                   buffer_of;
        std::vector<std::pair<std::string, stet::tensor_view>> all;
        for (std::size_t i = 0; i < tensors.size(); ++i) {
            std::size_t buffer = buffers.size();
            if (tensors[i].storage != shards::sized_tensor::own_storage)
                buffer = buffer_of.emplace(tensors[i].storage, buffer).first->second;
            if (buffer == buffers.size())
                buffers.emplace_back(tensors[i].bytes + 1);
            const auto view =
                stet::view_of(types[i], stet::extents{std::span<const std::uint64_t>(shapes[i])},
                              buffers[buffer].data(), tensors[i].bytes);
            REQUIRE(view);
            all.emplace_back(std::string(tensors[i].name), *view);
        }
        return all;
    }

    std::string                                       pattern;
    pairs                                             metadata;
    std::int64_t                                      limit = 0;
    std::vector<shards::sized_tensor>                 tensors{};
    std::vector<stet::dtype>                          types{};
    std::vector<std::vector<std::uint64_t>>           shapes{};
    std::map<std::string, std::uint64_t, std::less<>> storages{};
    std::vector<std::vector<std::byte>>               buffers{};
};

std::string index_of(const set_to_split& set, const shards::sharding& files, const shards::file_names& names,
                     shards::dialect dialect)
{
    const bool by_hub = dialect == shards::dialect::hub;
    const auto text = shards::index_text(
        set.tensors, files, names,
        {.dialect = dialect, .metadata = by_hub ? stet::metadata_view(set.metadata) : stet::metadata_view()});
    REQUIRE(text);
    return std::string(text->view());
}

/// Saves the set and compares what lies in the folder then.
void check_saved(const json_value& one, set_to_split& set)
{
    const scratch_directory here;
    const auto              dict = set.dict();
    const auto              saved = shards::save(dict, here.path(),
                                                 {.limit = set.limit,
                                                  .names = {.pattern = set.pattern},
                                                  .file = {.metadata = set.metadata,
                                                           .durability = stet::durability::none,
                                                           .empty = stet::empty_components::allow}});
    REQUIRE(saved);
    CHECK(here.entries() == texts_of(one.at("folder")));
    CHECK(saved->total_size == one.at("total_size").integer());
    CHECK(saved->total_parameters == one.at("total_parameters").integer());
    CHECK(saved->index == one.at("index_file").text());
    if (!saved->index.empty())
        CHECK(here.content(saved->index) == one.at("index").at("hub").text());
    std::size_t files = 0;
    if (const auto* const members = one.at("shard_metadata").members()) {
        for (const auto& [file, metadata] : *members) {
            const auto parsed = support::parse_checkpoint(here.content(file));
            REQUIRE(parsed);
            pairs wanted = pairs_of(metadata);
            std::sort(wanted.begin(), wanted.end());
            CHECK(parsed->metadata == wanted);
            ++files;
        }
    }
    CHECK(saved->files.size() == files);
    if (set.tensors.empty())
        return;
    for (const auto rules : {shards::set_rules::strict, shards::set_rules::as_hub}) {
        const auto opened =
            shards::mapped_set::open(here.path(), {.rules = rules, .names = {.pattern = set.pattern}});
        REQUIRE(opened);
        CHECK(opened->size() == set.tensors.size());
    }
}

void check_set(const json_value& one, bool& is_saved)
{
    set_to_split set(one);
    const auto   names = shards::file_names::of({.pattern = set.pattern});
    const auto   files = shards::split(set.tensors, {.limit = set.limit});
    REQUIRE(names);
    REQUIRE(files);
    CHECK(files->is_sharded() == one.at("is_sharded").boolean());
    CHECK(files->total_size() == one.at("total_size").integer());
    CHECK(files->total_parameters() == one.at("total_parameters").integer());
    texts order;
    CHECK(files->size() == one.at("files").items().size());
    for (std::size_t i = 0; i < files->size() && i < one.at("files").items().size(); ++i) {
        const json_value& file = one.at("files").items()[i];
        CHECK((files->is_sharded() ? names->shard(i + 1, files->size()) : names->single()) ==
              file.at("file").text());
        texts held;
        for (const std::uint32_t tensor : (*files)[i])
            held.emplace_back(set.tensors[tensor].name);
        CHECK(held == texts_of(file.at("tensors")));
        order.insert(order.end(), held.begin(), held.end());
    }
    CHECK(order == texts_of(one.at("weight_map_order")));
    CHECK(one.at("index").is_null() == !files->is_sharded());
    CHECK(one.at("index_file").is_null() == !files->is_sharded());
    if (files->is_sharded()) {
        const json_value& index = one.at("index");
        CHECK(names->index() == one.at("index_file").text());
        CHECK(index_of(set, *files, *names, shards::dialect::hub) == index.at("hub").text());
        CHECK(index_of(set, *files, *names, shards::dialect::diffusers) == index.at("diffusers").text());
        CHECK(index_of(set, *files, *names, shards::dialect::transformers) ==
              index.at("transformers").text());
    }
    is_saved = !one.at("folder").is_null();
    if (is_saved)
        check_saved(one, set);
}

// ---- reading ----------------------------------------------------------------------------------------------

/// The folder that every verdict is about.
void furnish(const scratch_directory& here)
{
    const std::vector<std::uint8_t> content(8, 7);
    const auto                      view = *stet::view_of(content, {content.size()});
    const auto                      put = [&](const char* name, const char* tensor) {
        const std::vector<std::pair<std::string, stet::tensor_view>> dict{{tensor, view}};
        REQUIRE(stet::save(dict, here / name, {.metadata = {{"format", "pt"}}}));
    };
    here.make_folder("sub");
    put("model-00001-of-00002.safetensors", "a");
    put("model-00002-of-00002.safetensors", "b");
    put("sub/model-00002-of-00002.safetensors", "b");
    put("model..x.safetensors", "b");
#if !defined(_WIN32)
    put("a:foo.safetensors", "b");
#endif
}

std::string index_text_of(const json_value& one)
{
    std::string text(one.at("index").text());
    if (const auto padded = one.at("index_padded_to").integer()) {
        text = one.at("index_before_padding").text();
        text.resize(*padded, ' ');
    }
    return text;
}

/// "accept", or the exception that refuses it.
std::string verdict_on(const scratch_directory& here)
{
    const auto opened = shards::mapped_set::open(here.path(), {.rules = shards::set_rules::as_hub});
    if (!opened)
        return python_error(opened.error().code);
    constexpr std::array<std::string_view, 2> model{"a", "b"};
    const auto                                holds = opened->holds_exactly(model);
    return holds ? "accept" : python_error(holds.error().code);
}

} // namespace

TEST_CASE("sizes, files and indices of sets are those of the hub, diffusers and transformers")
{
    const auto data =
        support::read_cases("beyond/shards.json", {{"sizes", size_case()}, {"cases", set_case()}});
    if (!data)
        return;
    std::size_t sizes = 0;
    for (const json_value& one : data->at("sizes").items()) {
        CAPTURE(one.at("text").text());
        const auto size = shards::parse_size(one.at("text").text());
        CHECK(one.at("bytes").is_null() == !size);
        if (size)
            CHECK(*size == one.at("bytes").signed_integer());
        else
            CHECK(python_error(size.error().code) == one.at("error").text());
        ++sizes;
    }
    std::size_t cases = 0;
    std::size_t saved = 0;
    for (const json_value& one : data->at("cases").items()) {
        CAPTURE(one.at("title").text());
        bool is_saved = false;
        check_set(one, is_saved);
        saved += is_saved ? 1U : 0U;
        ++cases;
    }
    support::report_cases("beyond/shards sizes", sizes);
    support::report_cases("beyond/shards", cases);
    support::report_cases("beyond/shards saved", saved);
}

TEST_CASE("the hub's verdict on an index is the one given here")
{
    const auto data = support::read_cases("beyond/index_verdicts.json", {{"cases", verdict_case()}});
    if (!data)
        return;
    const scratch_directory here;
    furnish(here);
    std::size_t cases = 0;
    for (const json_value& one : data->at("cases").items()) {
        CAPTURE(one.at("name").text());
        const std::string text = index_text_of(one);
        CHECK(text.size() == one.at("index_bytes").integer());
        here.put("model.safetensors.index.json", text);
        const bool is_taken = one.at("verdict").text() == "accept";
        CHECK(verdict_on(here) == (is_taken ? "accept" : one.at("error").text()));
        ++cases;
    }
    support::report_cases("beyond/index_verdicts", cases);
}
