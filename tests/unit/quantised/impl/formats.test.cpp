// SPDX-License-Identifier: MIT
#include <stet/quantised/impl/formats.hpp>

#include <catch2/catch_test_macros.hpp>

#include <set>
#include <string_view>

TEST_CASE("rows have names of their own and at least one dtype for weight and side tensors")
{
    std::set<std::string_view> names;
    for (const stet::quantised::format* const one : stet::detail::marker_formats) {
        CHECK(names.insert(one->name).second);
        CHECK_FALSE(one->weight_types.empty());
        CHECK(one->arithmetic != stet::quantised::arithmetic::unknown);
        std::set<std::string_view> sides;
        for (const stet::quantised::side_tensor& side : one->side_tensors) {
            CHECK(sides.insert(side.name).second);
            CHECK_FALSE(side.types.empty());
        }
        CHECK_FALSE(sides.empty());
    }
    CHECK(names.size() == 8);
    CHECK_FALSE(names.contains(stet::quantised::formats::plain_fp8.name));
}

TEST_CASE("blocks, padding and bits are those of the formats")
{
    using namespace stet::quantised::formats;
    CHECK((nvfp4.block == 16 && nvfp4.padding == 16 && nvfp4.code_bits == 4));
    CHECK((mxfp8.block == 32 && mxfp8.padding == 32 && mxfp8.code_bits == 8));
    for (const auto* const one : {&convrot_w4a4, &asym_w4a8_int8, &awq_w4a16})
        CHECK((one->code_bits == 4 && one->padding == 1));
    for (const auto* const one : {&float8_e4m3fn, &float8_e5m2, &int8_tensorwise})
        CHECK((one->code_bits == 8 && one->block == 1));
}
