// SPDX-License-Identifier: MIT
#include "support/failure.hpp"

#include <stet/quantised/impl/formats.hpp>
#include <stet/quantised/impl/layer_values.hpp>
#include <stet/tensor/sizes.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

using stet::dtype;
using stet::extents;
using stet::detail::layer_values;
using stet::detail::value_rule;
using stet::quantised::named_tensor;
namespace formats = stet::quantised::formats;

namespace {

/// A layer put together from what a test says of it; the tensors hold zeros.
class sample {
public:
    explicit sample(const stet::quantised::format& format)
    {
        layer.name = "a.b";
        layer.format = &format;
        layer.settings.convrot = format.members.is_always_rotated;
        layer.settings.convrot_groupsize = 16;
        layer.settings.group_size = format.members.usual_group_size;
    }

    stet::quantised::layer layer{};

    sample& has(std::string_view name, dtype type, const extents& shape)
    {
        const auto size = stet::byte_count(type, shape);
        REQUIRE(size);
        memory_.emplace_back(static_cast<std::size_t>(*size), '\0');
        tensors_.push_back(
            {.name = name,
             .tensor = *stet::view_of(type, shape, memory_.back().data(), memory_.back().size())});
        return *this;
    }

    /// The same with another tensor in place of one.
    sample& but(std::string_view name, dtype type, const extents& shape)
    {
        leave_out(name);
        return has(name, type, shape);
    }
    sample& leave_out(std::string_view name)
    {
        for (std::size_t i = 0; i < tensors_.size(); ++i) {
            if (tensors_[i].name == name)
                tensors_.erase(tensors_.begin() + static_cast<std::ptrdiff_t>(i));
        }
        return *this;
    }
    stet::tensor_view& tensor(std::size_t i) { return tensors_[i].tensor; }

    stet::result<layer_values> read()
    {
        std::vector<stet::quantised::companion> companions;
        layer.weight = stet::quantised::no_tensor;
        for (std::uint32_t i = 0; i < tensors_.size(); ++i) {
            if (tensors_[i].name == "weight")
                layer.weight = i;
            else
                companions.push_back({.name = tensors_[i].name, .position = i});
        }
        layer.companions = {companions.data(), companions.size()};
        auto read = stet::detail::values_of(layer, {tensors_.data(), tensors_.size()});
        layer.companions = {};
        return read;
    }

    /// What is said to be at fault, or "none".
    std::string fault()
    {
        const auto values = read();
        if (values)
            return "none";
        CHECK(values.error().code == stet::errc::unreadable_layer);
        CHECK(values.error().subject() == "a.b");
        return std::string(values.error().first_party()) + " " + std::string(values.error().second_party());
    }

private:
    std::deque<std::string>   memory_{};
    std::vector<named_tensor> tensors_{};
};

constexpr const char* other_shape = " has another shape than its weight needs";

sample float8(const extents& shape = {6, 4}, const extents& scale = {})
{
    sample one(formats::float8_e4m3fn);
    one.has("weight", dtype::f8_e4m3, shape).has("weight_scale", dtype::f32, scale);
    return one;
}
sample nvfp4()
{
    sample one(formats::nvfp4);
    one.has("weight", dtype::u8, {7, 16}).has("weight_scale", dtype::f8_e4m3, {128, 4});
    one.has("weight_scale_2", dtype::f32, {});
    return one;
}
sample w4a8()
{
    sample one(formats::asym_w4a8_int8);
    one.has("weight", dtype::i8, {3, 32}).has("weight_s_rel", dtype::f8_e4m3, {3, 4});
    one.has("weight_s_channel", dtype::f32, {3}).has("weight_codebook", dtype::f32, {16});
    return one;
}
sample bitsandbytes()
{
    sample one(formats::bnb_nf4);
    one.layer.shape.whole = {5, 13};
    one.layer.blocks.blocksize = 32;
    one.has("weight", dtype::u8, {33, 1}).has("weight.absmax", dtype::f32, {3});
    one.has("weight.quant_map", dtype::f32, {16});
    return one;
}

} // namespace

TEST_CASE("a scale is one, or one for each index of the first axes")
{
    CHECK(float8({6, 4}).read()->stored.group == 24);
    CHECK(float8({6, 4}, {1}).read()->stored.group == 24);
    CHECK(float8({6, 4}, {1, 1}).read()->stored.group == 24);
    CHECK(float8({6, 4}, {6, 1}).read()->stored.group == 4);
    CHECK(float8({2, 6, 4}, {2}).read()->stored.group == 24);
    CHECK(float8({2, 6, 4}, {2, 1, 1}).read()->stored.group == 24);
    CHECK(float8({2, 6, 4}, {2, 6, 1}).read()->stored.group == 4);
    CHECK(float8({8, 4, 3, 3}).read()->shape == extents{8, 4, 3, 3});
    CHECK(float8({0, 4}).read()->stored.columns == 0);
    for (const extents& scale :
         {extents{6}, extents(4), extents{1, 4}, extents{4, 6}, extents{0, 1}, extents{6, 1, 1}})
        CHECK(float8({6, 4}, scale).fault() == std::string("weight_scale") + other_shape);
    CHECK(float8({2, 6, 4}, {2, 6}).fault() == std::string("weight_scale") + other_shape);
}

TEST_CASE("a weight of E5M2 under a format of E4M3 is cast, another type is none of its codes")
{
    CHECK(float8().but("weight", dtype::f8_e5m2, {6, 4}).read()->stored.is_e5m2_read_as_e4m3);
    CHECK_FALSE(float8().read()->stored.is_e5m2_read_as_e4m3);
    CHECK(float8().but("weight", dtype::u8, {6, 4}).fault() ==
          "weight has a dtype that is none of its codes");
    CHECK(float8().but("weight", dtype::bf16, {6, 4}).fault() ==
          "weight has a dtype that is none of its codes");
    sample other(formats::float8_e5m2);
    other.has("weight", dtype::f8_e4m3, {2, 2}).has("weight_scale", dtype::f32, {});
    CHECK(other.fault() == "weight has a dtype that is none of its codes");
    sample plain(formats::plain_fp8);
    plain.has("weight", dtype::f8_e5m2, {3});
    CHECK(plain.read()->stored.codes == dtype::f8_e5m2);
    CHECK(plain.but("weight", dtype::i8, {3}).fault() == "weight has a dtype that is none of its codes");
}

TEST_CASE("what is missing, and what is no sound tensor, is named")
{
    CHECK(float8().leave_out("weight").fault() == "weight is missing");
    CHECK(float8().leave_out("weight_scale").fault() == "weight_scale is missing");
    CHECK(nvfp4().leave_out("weight_scale_2").fault() == "weight_scale_2 is missing");
    CHECK(float8().but("weight_scale", dtype::f4, {2}).fault() == "weight_scale is no sound tensor");
    CHECK(float8().but("weight_scale", dtype::i32, {}).fault() ==
          "weight_scale has a dtype that is none of a scale");
    CHECK(float8().but("weight", dtype::f4, {2, 2}).fault() == "weight is no sound tensor");
    auto one = float8();
    one.tensor(0).data = nullptr;
    CHECK(one.fault() == "weight is no sound tensor");
    auto two = float8();
    two.tensor(1).size = 8;
    CHECK(two.fault() == "weight_scale is no sound tensor");
    auto unknown = float8();
    unknown.layer.format = nullptr;
    CHECK(unknown.fault() == "format is not known");
    stet::quantised::format own = formats::nvfp4;
    own.arithmetic = stet::quantised::arithmetic::unknown;
    sample mine(own);
    mine.has("weight", dtype::u8, {2, 2});
    CHECK(mine.fault() == "format has no rule for its values");
}

TEST_CASE("bytes are rotated in rows where the marker says so")
{
    sample one(formats::int8_tensorwise);
    one.has("weight", dtype::i8, {5, 32}).has("weight_scale", dtype::f32, {5, 1});
    CHECK(one.read()->stored.rule == value_rule::bytes);
    one.layer.settings.convrot = true;
    const auto rotated = one.read();
    REQUIRE(rotated);
    CHECK(rotated->stored.rule == value_rule::rotated_bytes);
    CHECK(rotated->stored.rows == 5);
    CHECK(rotated->stored.columns == 32);
    CHECK(rotated->stored.rotation == 16);
    CHECK(rotated->shape == extents{5, 32});
    for (const std::uint64_t size : {0U, 8U, 64U}) {
        one.layer.settings.convrot_groupsize = size;
        CHECK(one.fault() == "convrot_groupsize is no power of 4 that divides its columns");
    }
    sample scalar(formats::int8_tensorwise);
    scalar.layer.settings.convrot = true;
    scalar.has("weight", dtype::i8, {}).has("weight_scale", dtype::f32, {});
    CHECK(scalar.fault() == "weight has no axis to rotate");
}

TEST_CASE("padding is cut off where the shape is known, and only where there may be some")
{
    auto one = nvfp4();
    CHECK(one.read()->shape == extents{7, 32});
    one.layer.shape = {.rows = 6, .columns = 20};
    CHECK(one.read()->shape == extents{6, 20});
    CHECK(one.read()->stored.stored_columns == 32);
    one.layer.shape.columns = 33;
    CHECK(one.fault() == "weight has fewer rows or columns than it should");
    auto other = w4a8();
    other.layer.shape.rows = 2;
    CHECK(other.fault() == "weight has fewer rows or columns than it should");
    sample bank(formats::nvfp4);
    bank.has("weight", dtype::u8, {3, 7, 8}).has("weight_scale", dtype::u8, {3 * 512});
    bank.has("weight_scale_2", dtype::f32, {3});
    bank.layer.shape.rows = 5;
    CHECK(bank.read()->shape == extents{3, 5, 16});
    CHECK(bank.but("weight_scale_2", dtype::f32, {2}).fault() == std::string("weight_scale_2") + other_shape);
}

TEST_CASE("scales of blocks have the bytes that whole tiles need, in any shape")
{
    CHECK(nvfp4().but("weight_scale", dtype::u8, {512}).fault() == "none");
    CHECK(nvfp4().but("weight_scale", dtype::u8, {511}).fault() == std::string("weight_scale") + other_shape);
    CHECK(nvfp4().but("weight_scale", dtype::bf16, {256}).fault() ==
          "weight_scale has a dtype that is none of its codes");
    CHECK(nvfp4().but("weight", dtype::i8, {7, 16}).fault() == "none"); // the same bits
    CHECK(nvfp4().but("weight", dtype::f8_e4m3, {7, 16}).fault() ==
          "weight has a dtype that is none of its codes");
    CHECK(nvfp4().but("weight", dtype::u8, {7, 12}).fault() ==
          "weight has columns that are no multiple of 16");
    CHECK(nvfp4().but("weight", dtype::u8, {112}).fault() == "weight has neither two axes nor three");
    sample one(formats::mxfp8);
    one.has("weight", dtype::f8_e4m3, {7, 64}).has("weight_scale", dtype::u8, {128, 4});
    CHECK(one.read()->stored.rule == value_rule::mxfp8);
    CHECK(one.but("weight_scale", dtype::f8_e8m0, {256, 4}).fault() ==
          std::string("weight_scale") + other_shape);
    CHECK(one.but("weight", dtype::f8_e4m3, {7, 40}).fault() ==
          "weight has columns that are no multiple of 32");
    CHECK(one.but("weight", dtype::u8, {7, 64}).fault() == "weight has a dtype that is none of its codes");
}

TEST_CASE("a bank of more experts than memory can hold scales for is refused, not multiplied")
{
    sample one(formats::nvfp4);
    one.has("weight", dtype::u8, {std::uint64_t{1} << 58U, 0, 8}).has("weight_scale", dtype::u8, {512});
    one.has("weight_scale_2", dtype::f32, {});
    CHECK(one.fault() == std::string("weight_scale") + other_shape);
}

TEST_CASE("nibbles have a scale a row")
{
    sample one(formats::convrot_w4a4);
    one.has("weight", dtype::i8, {5, 8}).has("weight_scale", dtype::f32, {5});
    CHECK(one.read()->shape == extents{5, 16});
    CHECK(one.but("weight_scale", dtype::f32, {4}).fault() == std::string("weight_scale") + other_shape);
}

TEST_CASE("the width of a row tells codes of four bits from those of six")
{
    CHECK(w4a8().read()->stored.bits == 4);
    CHECK(w4a8().read()->shape == extents{3, 64});
    CHECK(w4a8().but("weight", dtype::i8, {3, 48}).read()->stored.bits == 6);
    CHECK(w4a8().leave_out("weight_codebook").fault() == "none");
    CHECK(w4a8().but("weight", dtype::i8, {3, 40}).fault() == std::string("weight_s_rel") + other_shape);
    CHECK(w4a8().but("weight_s_rel", dtype::f8_e4m3, {12}).fault() ==
          std::string("weight_s_rel") + other_shape);
    CHECK(w4a8().but("weight_s_rel", dtype::f8_e4m3, {4, 4}).fault() ==
          std::string("weight_s_rel") + other_shape);
    CHECK(w4a8().but("weight_s_rel", dtype::i16, {3, 4}).fault() ==
          "weight_s_rel has a dtype that is none of a scale");
    CHECK(w4a8().but("weight_s_channel", dtype::f32, {1}).fault() ==
          std::string("weight_s_channel") + other_shape);
    CHECK(w4a8().but("weight_codebook", dtype::f32, {15}).fault() ==
          std::string("weight_codebook") + other_shape);
    CHECK(w4a8().but("weight_codebook", dtype::f32, {}).fault() ==
          std::string("weight_codebook") + other_shape);
    auto one = w4a8();
    one.layer.settings.group_size = 0;
    CHECK(one.fault() == std::string("weight_s_rel") + other_shape);
    one.layer.settings.group_size = UINT64_MAX - 3;
    CHECK(one.fault() == std::string("weight_s_rel") + other_shape);
}

TEST_CASE("awq has a row of scales to a group")
{
    sample one(formats::awq_w4a16);
    one.has("weight", dtype::i8, {5, 64})
        .has("weight_scale", dtype::bf16, {2, 5})
        .has("weight_zeros", dtype::bf16, {2, 5});
    CHECK(one.read()->stored.group == 64);
    CHECK(one.but("weight_zeros", dtype::bf16, {5, 1}).fault() == std::string("weight_zeros") + other_shape);
    for (const std::uint64_t size : {0U, 1U, 48U}) {
        one.layer.settings.group_size = size;
        CHECK(one.fault() == "group_size is no even number that divides its columns");
    }
}

TEST_CASE("bitsandbytes stores the shape, and its weight has half as many bytes")
{
    CHECK(bitsandbytes().read()->shape == extents{5, 13});
    CHECK(bitsandbytes().read()->stored.columns == 65);
    CHECK(bitsandbytes().but("weight", dtype::u8, {32, 1}).fault() ==
          "weight has another size than its quant_state says");
    CHECK(bitsandbytes().but("weight.absmax", dtype::f32, {2}).fault() ==
          std::string("weight.absmax") + other_shape);
    CHECK(bitsandbytes().but("weight.quant_map", dtype::f32, {8}).fault() ==
          std::string("weight.quant_map") + other_shape);
    CHECK(bitsandbytes().but("weight.absmax", dtype::u8, {3}).fault() ==
          "weight.absmax has a dtype that is none of a scale");
    auto one = bitsandbytes();
    one.layer.blocks.blocksize = 0;
    CHECK(one.fault() == "weight has another size than its quant_state says");
    auto nested = bitsandbytes();
    nested.layer.blocks.nested_blocksize = 2;
    nested.layer.blocks.nested_offset = 0.5;
    nested.but("weight.absmax", dtype::u8, {3}).has("weight.nested_absmax", dtype::f32, {2});
    CHECK(nested.fault() == "weight.nested_quant_map is missing");
    nested.has("weight.nested_quant_map", dtype::f32, {256});
    CHECK(nested.read()->stored.nested_offset == 0.5F);
    CHECK(nested.but("weight.nested_absmax", dtype::f32, {1}).fault() ==
          std::string("weight.nested_absmax") + other_shape);
}
