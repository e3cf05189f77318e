// SPDX-License-Identifier: MIT
#include "support/data_shape.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

namespace {

using support::a_text;
using support::data_shape;

std::string complaint(const data_shape& shape, std::string_view json)
{
    const auto value = support::parse_json(json);
    REQUIRE(value);
    return shape.complaint(*value, "it");
}

} // namespace

TEST_CASE("what data lacks is said in a sentence that names the member")
{
    const auto shape =
        data_shape::object({{"id", a_text()},
                            {"note?", a_text()},
                            {"list", data_shape::list_of(support::a_count(), 2)},
                            {"part", data_shape::object({{"flag", support::a_flag()}}).or_null()}});
    CHECK(complaint(shape, R"({"id":"a","list":[1,2],"part":null,"more":1})").empty());
    CHECK(complaint(shape, R"({"part":{"flag":true},"list":[1,2],"id":"a","note":"n"})").empty());
    CHECK(complaint(shape, R"([])") == "it is not an object");
    CHECK(complaint(shape, R"({"list":[1,2],"part":null})") == "it has no member 'id'");
    CHECK(complaint(shape, R"({"id":1,"list":[1,2],"part":null})") == "it.id is not a text");
    CHECK(complaint(shape, R"({"id":"a","note":1,"list":[1,2],"part":null})") == "it.note is not a text");
    CHECK(complaint(shape, R"({"id":"a","list":[1],"part":null})") == "it.list has 1 elements instead of 2");
    CHECK(complaint(shape, R"({"id":"a","list":[1,-2],"part":null})") ==
          "it.list[1] is not a whole number of at most 64 bits and no sign");
    CHECK(complaint(shape, R"({"id":"a","list":[1,2],"part":[]})") == "it.part is not an object or null");
    CHECK(complaint(shape, R"({"id":"a","list":[1,2],"part":{}})") == "it.part has no member 'flag'");
}

TEST_CASE("a tensor is one only with bytes of its size")
{
    CHECK(complaint(support::tensors(), R"([{"name":"a","dtype":"U8","shape":[2],"data":"0102"}])").empty());
    CHECK(complaint(support::tensors(), R"([{"name":"a","dtype":"U8","shape":[3],"data":"0102"}])") ==
          "it[0] is not a tensor with name, dtype, shape and data");
    CHECK(complaint(support::tensors(), R"([{"name":"a","dtype":"X","shape":[2],"data":"0102"}])") ==
          "it[0] is not a tensor with name, dtype, shape and data");
    CHECK(complaint(support::tensors(), R"([{"name":"a","shape":[2],"data":"0102"}])") ==
          "it[0] is not a tensor with name, dtype, shape and data");
}
