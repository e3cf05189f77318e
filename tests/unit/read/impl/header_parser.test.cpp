// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/short_memory.hpp"

#include <stet/read/impl/header_parser.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct outcome {
    std::string   code{};
    std::string   subject{};
    std::string   reason{};
    std::uint64_t place = 0;
    std::string   discouraged{};
};

outcome parsed(std::string_view text, const stet::read_options& options = {})
{
    stet::detail::header_index index(stet::heap());
    index.text = text;
    stet::detail::header_parser parser(index, options);
    const auto                  result = parser.parse();
    outcome                     found;
    found.code = support::failure(result);
    if (!result) {
        found.subject = result.error().subject();
        found.reason = result.error().first_party();
        found.place = result.error().actual;
    }
    if (parser.discouraged())
        found.discouraged = parser.discouraged()->reason;
    return found;
}

/// Where the second text starts in a file whose header is the first.
std::uint64_t place_of(std::string_view part, std::string_view header)
{
    return 8 + header.find(part);
}

constexpr std::string_view good = R"("a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]})";

std::string with(std::string_view member)
{
    return std::string("{").append(member).append("}");
}

} // namespace

TEST_CASE("a header becomes tensors, axes and metadata")
{
    stet::detail::header_index index(stet::heap());
    index.text = R"({"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
                 R"("b\n":{"data_offsets":[24,25],"shape":[],"dtype":"U8"}} )";
    stet::detail::header_parser parser(index, {});

    CHECK(support::failure(parser.parse()) == "none");

    REQUIRE(index.tensors.size() == 2);
    CHECK(index.view(index.tensors[0].name) == "a");
    CHECK(index.tensors[0].type == stet::dtype::f32);
    CHECK(index.tensors[0].rank == 2);
    CHECK(index.tensors[0].end == 24);
    CHECK(index.view(index.tensors[1].name) == "b\n");
    CHECK(index.tensors[1].type == stet::dtype::u8);
    CHECK(index.tensors[1].rank == 0);
    CHECK(index.tensors[1].begin == 24);
    CHECK(std::vector<std::uint64_t>(index.axes.begin(), index.axes.end()) ==
          std::vector<std::uint64_t>{2, 3});
    REQUIRE(index.metadata.size() == 1);
    CHECK(index.view(index.metadata[0].value) == "v");
    CHECK_FALSE(parser.discouraged());
}

TEST_CASE("a dtype may come in any form the reference takes")
{
    for (std::size_t i = 0; i < stet::detail::dtype_count; ++i) {
        const std::string name(stet::detail::dtype_table[i].name);
        for (const std::string& form :
             {"\"" + name + "\"", "{\"" + name + "\":null}", "{ \"" + name + "\" : null }"})
            CHECK(parsed(with("\"a\":{\"dtype\":" + form + R"(,"shape":[0],"data_offsets":[0,0]})")).code ==
                  "none");
    }
    for (const char* const wrong : {R"("u8")", "1", "null", "[]", "{}", R"({"U8":{}})", R"({"U8":[]})",
                                    R"({"U8":1})", R"({"U8":null,"U8":null})", R"({"X":null})", R"(["U8"])"})
        CHECK(parsed(with(std::string("\"a\":{\"dtype\":") + wrong + R"(,"shape":[0],"data_offsets":[0,0]})"))
                  .code == "invalid_header_json");
    CHECK(parsed(with(R"("a":{"dtype":"\u0055\u0038","shape":[0],"data_offsets":[0,0]})")).code == "none");
}

TEST_CASE("a tensor may be an array of its three fields")
{
    CHECK(parsed(R"({"a":["U8",[2],[0,2]]})").code == "none");
    for (const char* const wrong :
         {R"({"a":[]})", R"({"a":["U8",[2]]})", R"({"a":["U8",[2],[0,2],0]})", R"({"a":[[2],"U8",[0,2]]})"})
        CHECK(parsed(wrong).code == "invalid_header_json");
}

TEST_CASE("field names are compared after unescaping")
{
    CHECK(parsed(R"({"a":{"\u0064type":"U8","shap\u0065":[0],"data_offset\u0073":[0,0]}})").code == "none");
    const auto twice = parsed(R"({"a":{"\u0064type":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}})");
    CHECK(twice.code == "invalid_header_json");
    CHECK(twice.reason == "a field of a tensor is given twice");
}

TEST_CASE("a syntax error comes before an unfit tensor, an unfit tensor before what stands behind")
{
    CHECK(parsed(R"({"a":1,"b":})").reason == "a value is missing or malformed");
    CHECK(parsed(R"({"a":1}x)").reason == "a tensor is no object");
    CHECK(parsed(R"({"a":1,"__metadata__":{"k":1}})").reason == "a metadata value is no text");
    CHECK(parsed(R"({"__metadata__":{"k":1},"b":})").reason == "a metadata value is no text");
    CHECK(parsed(with(good) + "x").reason == "something stands behind the header's object");
}

TEST_CASE("a metadata value that is no text is said of its key")
{
    const auto found = parsed(R"({"__metadata__":{"title":"x","st\u0065p":5}})");
    CHECK(found.reason == "a metadata value is no text");
    CHECK(found.subject == "step");
}

TEST_CASE("an unfit tensor is named with the place of what is wrong")
{
    const std::string text = R"({"a":{"dtype":"U8","shape":[2.0],"data_offsets":[0,2]}})";

    const outcome found = parsed(text);

    CHECK(found.code == "invalid_header_json");
    CHECK(found.subject == "a");
    CHECK(found.reason == "a shape is no array of integers from 0 to 2^64-1");
    CHECK(found.place == place_of("[2.0]", text));
}

TEST_CASE("of several unfit tensors the first in the header is named")
{
    CHECK(parsed(R"({"b":1,"a":2})").subject == "b");
    CHECK(parsed(R"({"a":1,"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})").subject == "a");
}

TEST_CASE("metadata twice is refused in every spelling")
{
    for (const char* const text :
         {R"({"__metadata__":{},"__metadata__":{}})", R"({"__metadata__":null,"__metadata__":{}})",
          R"({"__metadata__":{},"\u005f_metadata__":{}})"})
    {
        const outcome found = parsed(text);
        CHECK(found.reason == "metadata is given twice");
        CHECK(found.subject == "__metadata__");
    }
}

TEST_CASE("a value in the place of a name is refused at every depth")
{
    for (const char* const header : {
             R"({{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})",
             R"({"__metadata__":{1}})",
             R"({"__metadata__":{"k":"v","v"}})",
             R"({"a":{1}})",
             R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],[]}})",
             R"({"a":{"dtype":{null},"shape":[2],"data_offsets":[0,2]}})",
             R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"x":{1}}})",
         })
    {
        CAPTURE(header);
        CHECK(parsed(header).code == "invalid_header_json");
    }
}

TEST_CASE("in a tensor's unknown field 125 arrays may lie inside each other, for 127 may in all")
{
    const auto nested = [](std::size_t levels) {
        return R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"x":)" + std::string(levels, '[') +
               std::string(levels, ']') + "}}";
    };
    CHECK(parsed(nested(125)).code == "none");
    CHECK(parsed(nested(126)).code == "invalid_header_json");
    const auto in_place_of_dtype = [](std::size_t levels) {
        return parsed(R"({"a":{"dtype":)" + std::string(levels, '[') + std::string(levels, ']') + "}}")
            .reason;
    };
    CHECK(in_place_of_dtype(125) == "a dtype is no text");
    CHECK(in_place_of_dtype(126) == "more than 127 arrays and objects lie inside each other");
    const auto fourth_of_an_array = [](std::size_t levels) {
        return parsed(R"({"a":["U8",[2],[0,2],)" + std::string(levels, '[') + std::string(levels, ']') + "]}")
            .reason;
    };
    CHECK(fourth_of_an_array(125) == "a tensor written as an array has more than three elements");
    CHECK(fourth_of_an_array(126) == "more than 127 arrays and objects lie inside each other");
}

TEST_CASE("what is no metadata key is said to be none")
{
    CHECK(parsed(R"({"__metadata__":{1:"a"}})").reason == parsed("{1:0}").reason);
}

TEST_CASE("what only the reference takes is remembered")
{
    CHECK(parsed(" " + with(good)).discouraged == "white space stands before the object");
    CHECK(parsed(with(good) + " \n").discouraged == "the header is padded with something else than spaces");
    CHECK(parsed(with(R"("__metadata__":null)")).discouraged == "metadata is null");
    CHECK(parsed(R"({"a":["U8",[2],[0,2]]})").discouraged == "a tensor is an array instead of an object");
    CHECK(parsed(R"({"a":{"dtype":{"U8":null},"shape":[2],"data_offsets":[0,2]}})").discouraged ==
          "a dtype is an object instead of a text");
    CHECK(parsed(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"x":1}})").discouraged ==
          "a tensor has a field the format does not know");
    CHECK(parsed(R"({"a":{"dtype":"U8","shape":[281474976710656,0],"data_offsets":[0,0]}})").discouraged ==
          "a number is 2^48 or more");
    CHECK(parsed(R"({"a":{"dtype":"U8","shape":[281474976710655,0],"data_offsets":[0,0]}})")
              .discouraged.empty());
    CHECK(parsed(with(good) + "   ").discouraged.empty());
}

TEST_CASE("NUL padding is taken where it is allowed")
{
    const std::string nuls(3, '\0');
    for (const std::string& padding : {nuls, " " + nuls, nuls + " " + nuls}) {
        CHECK(parsed(with(good) + padding).code == "invalid_header_json");
        CHECK(parsed(with(good) + padding, {.allow_nul_padding = true}).code == "none");
    }
    CHECK(parsed(with(good) + nuls + "x", {.allow_nul_padding = true}).code == "invalid_header_json");
    CHECK(parsed(with(good) + nuls, {.allow_nul_padding = true}).discouraged.empty());
    CHECK_FALSE(parsed(with(good) + nuls + "\n", {.allow_nul_padding = true}).discouraged.empty());
}

TEST_CASE("every prefix of a header is refused and none is read past")
{
    const std::string text = with(std::string(R"("__metadata__":{"k\n":"v"},)").append(good));
    for (std::size_t size = 0; size < text.size(); ++size) {
        const std::vector<char> exact(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
        CHECK(parsed(std::string_view(exact.data(), exact.size())).code == "invalid_header_json");
    }
    CHECK(parsed(text).code == "none");
}

TEST_CASE("a tensor without fields lacks them")
{
    CHECK(parsed(R"({"a":{}})").reason == "a tensor lacks its dtype, shape or data_offsets");
    CHECK(parsed(R"({"a":[]})").reason == "a tensor lacks its dtype, shape or data_offsets");
}

TEST_CASE("a tensor written as an array ends with a bracket")
{
    const auto found = parsed(R"({"a":["U8",[1],[0,1]}})");
    CHECK(found.code == "invalid_header_json");
    CHECK(found.reason == "a comma or a closing bracket is missing");
}

TEST_CASE("a dtype written as an object has a colon")
{
    const std::string header = R"({"a":{"dtype":{"U8" null},"shape":[1],"data_offsets":[0,1]}})";
    const auto        found = parsed(header);
    CHECK(found.reason == "a colon is missing");
    CHECK(found.place == place_of("null", header));
}

TEST_CASE("a field's name in more escapes than a known one can have is an unknown field")
{
    std::string escapes;
    for (int i = 0; i < 13; ++i)
        escapes += "\\u0061";
    CHECK(parsed(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],")" + escapes + R"(":1}})")
              .discouraged == "a tensor has a field the format does not know");
}

TEST_CASE("an exhausted allocator is reported wherever the header's lists grow")
{
    std::string header = R"({"__metadata__":{"k\n":")" + std::string(400, 'v') + R"(\n","plain":"v")";
    for (int i = 0; i < 40; ++i)
        header += ",\"" + std::to_string(i) + R"(":"v")";
    header += "}";
    for (int i = 0; i < 40; ++i)
        header += ",\"" + std::to_string(i) + R"(":{"dtype":"U8","shape":[1,1,1],"data_offsets":[0,1]})";
    header += "}";
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              stet::detail::header_index index(memory);
              index.text = header;
              const stet::read_options    options;
              stet::detail::header_parser parser(index, options);
              return support::failure(parser.parse());
          }) > 6);
}
