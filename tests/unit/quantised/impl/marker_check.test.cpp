// SPDX-License-Identifier: MIT
#include "support/quantised_sample.hpp"

#include <stet/quantised/impl/marker_check.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

using namespace std::string_view_literals;
using stet::dtype;
using support::quantised_sample;

namespace {

std::string layer()
{
    return std::string(support::sample_layer);
}

std::string marker()
{
    return layer() + ".comfy_quant";
}

quantised_sample marked(std::string_view text, dtype type = dtype::u8)
{
    auto sample = support::sound_sample("float8_e4m3fn");
    sample.drop(marker());
    sample.add_text(marker(), text, type);
    return sample;
}

std::string line(std::string_view what)
{
    return std::string(what) + " " + layer() + "\n";
}

constexpr std::string_view sound = R"({"format": "float8_e4m3fn"})";

} // namespace

TEST_CASE("a marker is U8 of one axis; I8 loads, and so does another shape")
{
    CHECK(marked(sound).said().empty());
    CHECK(marked(sound, dtype::i8).said() == line("warning marker-dtype"));
    CHECK(marked("{   }   {   }   ", dtype::i32).said() == line("error marker-dtype"));
    auto sample = marked(sound);
    sample[marker()].shape = {1, sound.size()};
    CHECK(sample.said() == line("warning marker-shape"));
}

TEST_CASE("a marker is JSON, in UTF-8 without a mark")
{
    for (const std::string_view text :
         {""sv, "\0\0\0\0\0\0"sv, "{\"format\": \"mxfp8\"}\0\0"sv, "{'format': 'mxfp8'}"sv,
          "{\"format\": \"mxfp8"sv, "{\"format\": \"\xFF\"}"sv})
        CHECK(marked(text).said() == line("error marker-json"));
    CHECK(marked("\xEF\xBB\xBF" + std::string(sound)).said() == line("warning marker-json"));
    std::string wide;
    for (const char c : sound)
        wide += std::string{c, '\0'};
    CHECK(marked(wide).said() == line("warning marker-json"));
    CHECK(marked(" \n" + std::string(sound) + "\t").said().empty());
    CHECK(marked(std::string(std::size_t{1} << 20U, ' ') + std::string(sound)).said() ==
          line("error marker-json"));
}

TEST_CASE("what a marker says is looked at")
{
    CHECK(marked("null").said() == line("error marker-not-object"));
    CHECK(marked("{}").said() == line("error marker-format-missing"));
    CHECK(marked(R"({"format": "float8_e4m3fn", "x": 1})").said() == line("info marker-unknown-key"));
}

TEST_CASE("the finding names the member")
{
    const auto found = marked(R"({"format": 8})").verified();
    REQUIRE(found->size() == 1);
    CHECK((*found)[0].tensor == marker());
    CHECK((*found)[0].expected == "'format' to be a text");
    CHECK((*found)[0].found == "an integer");
}

TEST_CASE("a marker beside the metadata says the same, or there is a conflict")
{
    auto       sample = marked(sound);
    const auto with = [&](std::string_view said) {
        sample.metadata() = R"({"layers": {")" + layer() + "\": " + std::string(said) + "}}";
        return sample.said();
    };
    CHECK(with(sound).empty());
    CHECK(with(R"({"num_experts": 1, "format": "float8_e4m3fn", "full_precision_matrix_mult": false})")
              .empty());
    CHECK(with(R"({"format": "float8_e4m3fn", "full_precision_matrix_mult": true})") ==
          line("error metadata-conflict"));
    CHECK(with(R"({"format": "float8_e5m2"})") ==
          line("error metadata-conflict") + line("error weight-dtype"));
    CHECK(with("7") == line("error marker-not-object") + line("error metadata-conflict"));
    sample = marked("\0\0"sv);
    CHECK(with(sound) == line("error metadata-conflict"));
    sample.drop(marker());
    CHECK(with(sound).empty());
    CHECK(with("7") == line("error marker-not-object"));
}
