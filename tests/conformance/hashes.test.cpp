// SPDX-License-Identifier: MIT
// Checkpoints and all their hashes as other programs give them: stored ones, and ones that are made by a recipe.
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/recorded_cases.hpp"
#include "support/stored_file.hpp"

#include <stet/hashes/hash_checkpoint.hpp>
#include <stet/read.hpp>
#include <stet/stet.hpp>
#include <stet/vocabulary/impl/json_string.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hashes = stet::hashes;

namespace {

bool is_hexadecimal(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

template <std::size_t Digits>
support::data_shape digits()
{
    return {std::to_string(Digits) + " hexadecimal digits", [](const support::json_value& value) {
                return value.text().size() == Digits && is_hexadecimal(value.text());
            }};
}

bool is_metadata(const support::json_value& value)
{
    return value.members() != nullptr &&
           std::ranges::all_of(*value.members(), [](const support::json_member& one) {
               return one.value.string() != nullptr ||
                      (one.value.at("repeat").string() != nullptr && one.value.at("count").integer());
           });
}

support::data_shape recorded_case()
{
    using support::a_count, support::a_flag, support::a_text, support::data_shape;
    const auto is_type = [](const support::json_value& value) {
        return stet::dtype_named(value.text()).has_value();
    };
    const auto is_order = [](const support::json_value& value) {
        return value.text() == "reference" || value.text() == "name" ||
               value.text() == "bytes, largest first, then name";
    };
    const auto tensor = data_shape::object({{"name", a_text()},
                                            {"dtype", {"the name of a dtype", is_type}},
                                            {"shape", support::counts()},
                                            {"fill", data_shape::list_of(a_count(), 3)}});
    const auto civitai = data_shape::object({{"AutoV1", a_text().or_null()},
                                             {"AutoV2", a_text()},
                                             {"AutoV3", a_text()},
                                             {"SHA256", a_text()},
                                             {"CRC32", a_text()},
                                             {"BLAKE3", a_text()}});
    return data_shape::object(
        {{"name", a_text()},
         {"file", a_text().or_null()},
         {"order", {"a known order", is_order}},
         {"padding", data_shape::object({{"to_8", a_flag()}, {"extra_spaces", a_count()}})},
         {"metadata", data_shape("an object of texts, or of texts to be repeated", is_metadata).or_null()},
         {"tensors", data_shape::list_of(tensor)},
         {"given_order", support::texts()},
         {"size", a_count()},
         {"header_bytes", a_count()},
         {"sha256", digits<64>()},
         {"autov2", digits<10>()},
         {"autov1", digits<8>()},
         {"autov3", digits<64>()},
         {"modelspec.hash_sha256", a_text()},
         {"sshs_model_hash", digits<64>()},
         {"sshs_legacy_hash", digits<8>()},
         {"kohya_fresh_header_bytes", a_count()},
         {"kohya_sai_in_given_order", a_text()},
         {"crc32", digits<8>()},
         {"blake3", digits<64>()},
         {"invokeai", a_text()},
         {"civitai", civitai}});
}

std::string json_text(std::string_view text)
{
    std::string written = "\"";
    stet::detail::escape_json(text, [&](std::string_view piece) { written += piece; });
    return written + '"';
}

/// A value of metadata: a text, or one that is repeated.
std::string metadata_text(const support::json_value& value)
{
    if (value.string() != nullptr)
        return std::string(value.text());
    std::string whole;
    for (std::uint64_t i = 0; i < value.at("count").integer().value_or(0); ++i)
        whole += value.at("repeat").text();
    return whole;
}

std::string metadata_member(const support::json_value& metadata)
{
    std::vector<std::pair<std::string, std::string>> entries;
    for (const support::json_member& member : *metadata.members())
        entries.emplace_back(member.key, metadata_text(member.value));
    std::ranges::sort(entries);
    std::string text = "\"__metadata__\":{";
    for (const auto& [key, value] : entries)
        text += (text.ends_with('{') ? "" : ",") + json_text(key) + ':' + json_text(value);
    return text + '}';
}

/// The file that the recipe describes.
std::string made_file(const support::json_value& from)
{
    std::string header = "{";
    std::string data;
    if (!from.at("metadata").is_null())
        header += metadata_member(from.at("metadata"));
    for (const support::json_value& tensor : from.at("tensors").items()) {
        std::string   shape;
        std::uint64_t bits = stet::bit_width(*stet::dtype_named(tensor.at("dtype").text()));
        for (const support::json_value& axis : tensor.at("shape").items()) {
            shape += (shape.empty() ? "" : ",") + std::to_string(axis.integer().value_or(0));
            bits *= axis.integer().value_or(0);
        }
        const auto          fill = tensor.at("fill").items();
        const std::uint64_t a = fill[0].integer().value_or(0);
        const std::uint64_t b = fill[1].integer().value_or(0);
        const std::uint64_t c = fill[2].integer().value_or(0);
        const std::size_t   begin = data.size();
        for (std::uint64_t i = 0; i < bits / 8; ++i)
            data += static_cast<char>((i * a + (i >> 8U) * b + c) % 256);
        header += (header.size() == 1 ? "" : ",") + json_text(tensor.at("name").text()) + ":{\"dtype\":\"" +
                  std::string(tensor.at("dtype").text()) + "\",\"shape\":[" + shape + "],\"data_offsets\":[" +
                  std::to_string(begin) + ',' + std::to_string(data.size()) + "]}";
    }
    header += '}';
    while (from.at("padding").at("to_8").boolean().value_or(false) && header.size() % 8 != 0)
        header += ' ';
    header.append(from.at("padding").at("extra_spaces").integer().value_or(0), ' ');
    return support::stored_file(header, data);
}

/// The size of the header that kohya's trainer would write, by a plan of the file's own tensors.
std::uint64_t fresh_header_bytes(const stet::checkpoint_view& file)
{
    std::vector<std::pair<std::string_view, std::string_view>> kept;
    for (std::size_t i = 0; i < file.header().metadata_size(); ++i) {
        const stet::stored_metadata entry = file.header().metadata(i);
        if (entry.key.starts_with("ss_"))
            kept.emplace_back(entry.key, entry.value);
    }
    const auto plan = stet::make_plan(file, {.empty = stet::empty_components::allow});
    REQUIRE(plan);
    const auto head = stet::make_header(*plan, kept);
    REQUIRE(head);
    return head->size() - stet::header::length_field;
}

hashes::digest in_given_order(const stet::checkpoint_view& file, const support::json_value& names)
{
    std::vector<std::pair<std::string_view, stet::tensor_view>> dict;
    for (const support::json_value& name : names.items()) {
        const auto tensor = file.find(name.text());
        REQUIRE(tensor);
        dict.emplace_back(name.text(), *tensor);
    }
    const auto found = hashes::hash_in_given_order(dict);
    REQUIRE(found);
    return *found;
}

void compare(const support::json_value& wanted, const std::string& content)
{
    const auto              bytes = std::as_bytes(std::span(content));
    const stet::span_source source(bytes);
    const auto              found = hashes::hash_checkpoint(source);
    const auto              file = stet::read_checkpoint(bytes);
    REQUIRE(found);
    REQUIRE(file);
    const hashes::hash_texts texts = hashes::texts_of(*found, hashes::of_nothing::digits);
    CHECK(found->bytes == wanted.at("size").integer());
    CHECK(file->header().text().size() == wanted.at("header_bytes").integer());
    CHECK(texts.sha256.view() == wanted.at("sha256").text());
    CHECK(texts.autov2.view() == wanted.at("autov2").text());
    CHECK(texts.autov1.view() == wanted.at("autov1").text());
    CHECK(hashes::digits_of(found->data).view() == wanted.at("autov3").text());
    CHECK(texts.autov3.view() == wanted.at("autov3").text().substr(0, 12));
    CHECK(texts.modelspec_sha256.view() == wanted.at("modelspec.hash_sha256").text());
    CHECK(texts.sshs_model.view() == wanted.at("sshs_model_hash").text());
    CHECK(texts.sshs_legacy.view() == wanted.at("sshs_legacy_hash").text());
    CHECK(texts.crc32.view() == wanted.at("crc32").text());
    CHECK(texts.blake3.view() == wanted.at("blake3").text());
    CHECK(texts.invokeai.view() == wanted.at("invokeai").text());
    const support::json_value& civitai = wanted.at("civitai");
    CHECK(texts.civitai.autov1.empty() == civitai.at("AutoV1").is_null());
    CHECK(texts.civitai.autov1.view() == civitai.at("AutoV1").text());
    CHECK(texts.civitai.autov2.view() == civitai.at("AutoV2").text());
    CHECK(texts.civitai.autov3.view() == civitai.at("AutoV3").text());
    CHECK(texts.civitai.sha256.view() == civitai.at("SHA256").text());
    CHECK(texts.civitai.crc32.view() == civitai.at("CRC32").text());
    CHECK(texts.civitai.blake3.view() == civitai.at("BLAKE3").text());
    CHECK(fresh_header_bytes(*file) == wanted.at("kohya_fresh_header_bytes").integer());
    CHECK("0x" + std::string(hashes::digits_of(in_given_order(*file, wanted.at("given_order"))).view()) ==
          wanted.at("kohya_sai_in_given_order").text());
    // What covers nothing is the same for every file: it is not shown unless somebody asks for it.
    const hashes::hash_texts shown = hashes::texts_of(*found);
    for (const hashes::text* each :
         {&shown.autov1, &shown.autov3, &shown.modelspec_sha256, &shown.sshs_model, &shown.sshs_legacy})
        CHECK(each->view().find("e3b0c442") == std::string_view::npos);
}

} // namespace

TEST_CASE("a checkpoint has the hashes that other programs give it")
{
    const char* const path = "beyond/hashes.json";
    const auto        data = support::read_cases(path, {{"cases", recorded_case()}});
    if (!data)
        return;
    for (const support::json_value& one : data->at("cases").items()) {
        CAPTURE(one.at("name").text());
        if (one.at("file").is_null()) {
            compare(one, made_file(one));
            continue;
        }
        const std::string file(one.at("file").text());
        if (const auto stored = support::file_content(support::test_data("beyond") / file))
            compare(one, *stored);
        else
            FAIL_CHECK("beyond/" << file << " cannot be read");
    }
    support::report_cases("beyond/hashes", data->at("cases").items().size());
}
