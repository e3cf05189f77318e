// SPDX-License-Identifier: MIT
#include <stet/quantised/impl/description.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <vector>

using stet::detail::description_note;
using stet::quantised::settings;

namespace formats = stet::quantised::formats;

namespace {

struct description_read {
    const stet::quantised::format* format;
    std::string                    name;
    settings                       said;
    std::string                    notes; ///< `error marker-json member`, a line each
};

description_read read(std::string_view text, stet::array_view<const stet::quantised::format> own = {})
{
    const auto json = stet::detail::read_json(text);
    REQUIRE(json);
    std::string notes;
    const auto  said = stet::detail::describe(json->root(), own, [&](const description_note& note) {
        notes += name(note.severity);
        notes += ' ';
        notes += name(note.rule);
        notes += ' ';
        notes += note.member;
        notes += '\n';
        CHECK_FALSE(note.expected.empty());
    });
    // Whether anybody listens changes nothing.
    CHECK(stet::detail::describe(json->root(), own, {}).format == said.format);
    return {said.format, std::string(said.format_name), said.settings, notes};
}

} // namespace

TEST_CASE("defaults are filled in by the format")
{
    CHECK(read(R"({"format": "float8_e4m3fn"})").format == &formats::float8_e4m3fn);
    CHECK_FALSE(read(R"({"format": "int8_tensorwise"})").said.convrot);
    CHECK(read(R"({"format": "convrot_w4a4"})").said.convrot);
    CHECK(read(R"({"format": "convrot_w4a4"})").said.convrot_groupsize == 256);
    CHECK(read(R"({"format": "asym_w4a8_int8"})").said.group_size == 16);
    CHECK(read(R"({"format": "awq_w4a16"})").said.group_size == 64);
    CHECK(read(R"({"format": "mxfp8"})").said.group_size == 0);
    CHECK(read(R"({"format": "nvfp4"})").notes.empty());
}

TEST_CASE("members are read at the top, or else in params")
{
    const auto one = read(
        R"({"format": "convrot_w4a4", "convrot_groupsize": 16, "full_precision_matrix_mult": true, "num_experts": 4,
            "params": {"convrot_groupsize": 64, "linear_dtype": "int8"}})");
    CHECK(one.said.convrot_groupsize == 16);
    CHECK(one.said.linear_dtype == stet::quantised::linear_dtype::int8);
    CHECK(one.said.full_precision_matrix_mult);
    CHECK(one.said.num_experts == 4U);
    CHECK(one.notes.empty());
    CHECK(read(R"({"format": "mxfp8", "params": 3})").notes.empty());
    CHECK(read(R"({"format": "convrot_w4a4", "params": 3})").notes == "error marker-field-type params\n");
}

TEST_CASE("a format must be there, be a text and be known")
{
    CHECK(read(R"({})").notes == "error marker-format-missing format\n");
    CHECK(read(R"({"format": null})").notes == "error marker-format-missing format\n");
    CHECK(read(R"({"format": []})").notes == "error marker-format-type format\n");
    CHECK(read(R"({"format": "NVFP4"})").notes == "error marker-format-unknown format\n");
    CHECK(read(R"({"format": "plain_fp8"})").notes == "error marker-format-unknown format\n");
    CHECK(read(R"({"format": "NVFP4"})").name == "NVFP4");
    CHECK(read(R"("nvfp4")").notes == "error marker-not-object \n");
    const std::vector<stet::quantised::format> own{{.name = "mine"}, {.name = "nvfp4", .block = 7}};
    CHECK(read(R"({"format": "mine"})", own).format == &own[0]);
    CHECK(read(R"({"format": "nvfp4"})", own).format == &own[1]);
}

TEST_CASE("members of the wrong type or value, repeated and unknown ones are named")
{
    CHECK(read(R"({"format": "nvfp4", "format": "nvfp4"})").notes == "warning marker-duplicate-key \n");
    CHECK(read(R"({"format": "convrot_w4a4", "params": {"a": 1, "a": 2}})").notes ==
          "warning marker-duplicate-key \n");
    CHECK(read(R"({"format": "nvfp4", "note": 1})").notes == "info marker-unknown-key note\n");
    CHECK(read(R"({"format": "nvfp4", "full_precision_matrix_mult": 1})").notes ==
          "error marker-field-type full_precision_matrix_mult\n");
    CHECK(read(R"({"format": "nvfp4", "num_experts": 1.0})").notes ==
          "error marker-field-type num_experts\n");
    CHECK(read(R"({"format": "int8_tensorwise", "convrot": "yes"})").notes ==
          "error marker-field-type convrot\n");
    CHECK(read(R"({"format": "convrot_w4a4", "convrot_groupsize": null})").notes ==
          "error marker-field-type convrot_groupsize\n");
    CHECK(read(R"({"format": "convrot_w4a4", "convrot_groupsize": "x4"})").notes ==
          "error marker-field-type convrot_groupsize\n");
    const auto text = read(R"({"format": "convrot_w4a4", "convrot_groupsize": "64"})");
    CHECK(text.notes == "warning marker-field-type convrot_groupsize\n");
    CHECK(text.said.convrot_groupsize == 64);
    CHECK(read(R"({"format": "convrot_w4a4", "convrot_groupsize": -4})").said.convrot_groupsize == 0);
    CHECK(read(R"({"format": "convrot_w4a4", "linear_dtype": "int5"})").notes ==
          "error marker-field-value linear_dtype\n");
    CHECK(read(R"({"format": "convrot_w4a4", "linear_dtype": 4})").notes ==
          "error marker-field-type linear_dtype\n");
    CHECK(read(R"({"format": "nvfp4", "convrot_groupsize": null})").notes.empty()); // of another format
}
