// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/poured.hpp"
#include "support/short_memory.hpp"

#include <stet/carry/carry_metadata.hpp>
#include <stet/tensor/half.hpp>
#include <stet/tensor/numbers.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace {

using stet::dtype;

/// Tensors with bytes of their own.
class dict {
public:
    dict& add(const std::string& name, dtype type, const stet::extents& shape, std::string_view bytes)
    {
        texts_.emplace_back(bytes);
        tensors_[name] = *stet::view_of(type, shape, std::as_bytes(std::span(texts_.back())));
        return *this;
    }
    dict& marker(const std::string& layer, const std::string& text)
    {
        return add(layer + ".comfy_quant", dtype::u8, {text.size()}, text);
    }
    const std::map<std::string, stet::tensor_view>& tensors() const { return tensors_; }

private:
    std::map<std::string, stet::tensor_view> tensors_{};
    std::list<std::string>                   texts_{};
};

/// `name dtype=bytes` of every tensor by its name; bytes of markers as they are, others by their count.
std::map<std::string, std::string> kept(const dict& given, std::optional<std::string_view> metadata = {})
{
    const auto found = stet::carry::as_comfyui_keeps(given.tensors(), metadata);
    REQUIRE(found);
    std::map<std::string, std::string> all;
    for (const stet::named_tensor& entry : *found) {
        CHECK_FALSE(all.contains(std::string(entry.name)));
        const std::string bytes = support::poured(entry.tensor);
        all[std::string(entry.name)] = entry.name.ends_with("comfy_quant")
                                           ? bytes
                                           : std::string(stet::name(entry.tensor.type)) + " " + bytes;
    }
    return all;
}

constexpr std::string_view four = "aaaaaaaaaaaaaaaa";
constexpr std::string_view one_f32{"\0\0\x80?", 4}; // 1.0
constexpr std::string_view one_bf16{"\x80?", 2};

std::string with(std::string_view type, std::string_view bytes)
{
    return std::string(type) + " " + std::string(bytes);
}

} // namespace

TEST_CASE("what metadata says of a layer becomes a marker, in place of any")
{
    dict given;
    given.add("a.weight", dtype::f8_e4m3, {4, 4}, four).add("a.weight_scale", dtype::f32, {}, one_f32);
    given.marker("a", R"({"format": "float8_e5m2"})");
    given.add("b.weight", dtype::bf16, {2}, "abcd");
    auto all =
        kept(given, R"({"layers": {"a": {"full_precision_matrix_mult": true, "format": "float8_e4m3fn"},
                                          "gone": {"format": "nvfp4"}}})");
    CHECK(all.size() == 4);
    CHECK(all["a.comfy_quant"] == R"({"format": "float8_e4m3fn", "full_precision_matrix_mult": true})");
    CHECK(all["a.weight"] == with("F8_E4M3", four));
    CHECK(all["b.weight"] == "BF16 abcd");
}

TEST_CASE("scales get the types that ComfyUI gives them")
{
    dict given;
    given.add("f.weight", dtype::f8_e4m3, {4, 4}, four).add("f.weight_scale", dtype::bf16, {}, one_bf16);
    given.marker("f", R"({"format": "float8_e4m3fn"})");
    given.add("n.weight", dtype::u8, {16, 8}, std::string(128, 'n'));
    given.add("n.weight_scale", dtype::u8, {128, 4}, std::string(512, '8'));
    given.add("n.weight_scale_2", dtype::bf16, {}, one_bf16).marker("n", R"({"format": "nvfp4"})");
    given.add("m.weight", dtype::f8_e4m3, {32, 32}, std::string(1024, 'm'));
    given.add("m.weight_scale", dtype::u8, {128, 4}, std::string(512, '8'))
        .marker("m", R"({"format": "mxfp8"})");
    given.add("i.weight", dtype::i8, {4, 4}, four).add("i.weight_scale", dtype::bf16, {}, one_bf16);
    given.marker("i", R"({"format": "int8_tensorwise"})");
    auto all = kept(given);
    CHECK(all["f.weight_scale"] == with("F32", one_f32));
    CHECK(all["n.weight_scale"] == "F8_E4M3 " + std::string(512, '8'));
    CHECK(all["n.weight_scale_2"] == with("F32", one_f32));
    CHECK(all["m.weight_scale"] == "F8_E8M0 " + std::string(512, '8'));
    CHECK(all["i.weight_scale"] == with("BF16", one_bf16));
    CHECK(all.size() == given.tensors().size());
}

TEST_CASE("the older names become those of today, and the flag goes")
{
    dict given;
    given.add("scaled_fp8", dtype::f8_e4m3, {2}, "ab");
    given.add("a.weight", dtype::f8_e4m3, {4, 4}, four).add("a.scale_weight", dtype::bf16, {}, one_bf16);
    given.add("a.scale_input", dtype::f32, {}, one_f32);
    given.add("b.weight", dtype::f8_e5m2, {2, 2}, std::string("\x3C\x7C\xBD\x01", 4));
    given.add("b.scale_weight", dtype::f32, {}, one_f32);
    given.add("b.scale_input", dtype::f32, {}, std::string(4, '@'));
    auto all = kept(given);
    CHECK(all.size() == 7);
    CHECK(all["a.weight_scale"] == with("F32", one_f32));
    CHECK(all["a.comfy_quant"] == R"({"format": "float8_e4m3fn", "full_precision_matrix_mult": true})");
    CHECK(all["b.comfy_quant"] == R"({"format": "float8_e4m3fn", "full_precision_matrix_mult": true})");
    CHECK(all["b.input_scale"] == "F32 @@@@"); // that of a says nothing
    CHECK(all["b.weight"] == "F8_E4M3 " + std::string("\x38\x7E\xBA\x00", 4));
}

TEST_CASE("a flag of which no layer speaks stays")
{
    dict given;
    given.add("t5xxl.scaled_fp8", dtype::f8_e4m3, {0}, "").add("llama.scaled_fp8", dtype::f8_e4m3, {0}, "");
    given.add("llama.a.weight", dtype::f8_e4m3, {4, 4}, four)
        .add("llama.a.scale_weight", dtype::f32, {}, one_f32);
    auto all = kept(given);
    CHECK(all.contains("t5xxl.scaled_fp8"));
    CHECK_FALSE(all.contains("llama.scaled_fp8"));
    CHECK(all["llama.a.comfy_quant"] == R"({"format": "float8_e4m3fn"})");
    CHECK(all.size() == 4);
}

TEST_CASE("what nobody knows, and what is no layer, stays as it is")
{
    dict given;
    given.add("a.weight", dtype::u8, {4, 4}, four).add("a.weight_scale", dtype::bf16, {}, one_bf16);
    given.marker("a", R"({ "format":"tomorrow" })");
    given.add("p.weight", dtype::f8_e4m3, {4, 4}, four);
    auto all = kept(given);
    CHECK(all["a.comfy_quant"] == R"({ "format":"tomorrow" })");
    CHECK(all["a.weight_scale"] == with("BF16", one_bf16));
    CHECK(all["p.weight"] == with("F8_E4M3", four));
    CHECK(all.size() == 4);
}

TEST_CASE("mxfp8's scales, and nothing else, become U8 where that is asked for")
{
    dict given;
    given.add("m.weight", dtype::f8_e4m3, {32, 32}, std::string(1024, 'm'));
    given.add("m.weight_scale", dtype::f8_e8m0, {128, 4}, std::string(512, '8'))
        .marker("m", R"({"format": "mxfp8"})");
    given.add("other", dtype::f8_e8m0, {2}, "ab");
    given.add("n.weight", dtype::u8, {16, 8}, std::string(128, 'n'));
    given.add("n.weight_scale", dtype::f8_e4m3, {128, 4}, std::string(512, '8'));
    given.add("n.weight_scale_2", dtype::f32, {}, one_f32).marker("n", R"({"format": "nvfp4"})");

    const auto changed = stet::carry::with_u8_scales(given.tensors());

    REQUIRE(changed);
    CHECK(changed->size() == given.tensors().size());
    for (const stet::named_tensor& entry : *changed) {
        const stet::tensor_view& before = given.tensors().at(std::string(entry.name));
        CHECK(entry.tensor.type == (entry.name == "m.weight_scale" ? dtype::u8 : before.type));
        CHECK(entry.tensor.data == before.data);
        CHECK(entry.tensor.size == before.size);
    }
}

TEST_CASE("what ComfyUI keeps has U8 scales where that is asked for, and metadata tell of layers, too")
{
    dict given;
    given.add("m.weight", dtype::f8_e4m3, {32, 32}, std::string(1024, 'm'));
    given.add("m.weight_scale", dtype::u8, {128, 4}, std::string(512, '8'));
    const auto kept_by_comfyui =
        stet::carry::as_comfyui_keeps(given.tensors(), R"({"layers": {"m": {"format": "mxfp8"}}})");
    REQUIRE(kept_by_comfyui);
    const auto readable = stet::carry::with_u8_scales(*kept_by_comfyui);
    REQUIRE(readable);
    CHECK(readable->size() == 3);
    for (const stet::named_tensor& entry : *readable)
        CHECK(entry.tensor.type == (entry.name == "m.weight" ? dtype::f8_e4m3 : dtype::u8));

    dict described;
    described.add("m.weight", dtype::f8_e4m3, {32, 32}, std::string(1024, 'm'));
    described.add("m.weight_scale", dtype::f8_e8m0, {128, 4}, std::string(512, '8'));
    const auto told =
        stet::carry::with_u8_scales(described.tensors(), R"({"layers": {"m": {"format": "mxfp8"}}})");
    REQUIRE(told);
    CHECK((told->begin() + 1)->tensor.type == dtype::u8);
}

TEST_CASE("keeping without memory says so and gives all memory back")
{
    dict given;
    given.add("scaled_fp8", dtype::f8_e4m3, {0}, "").add("b.weight", dtype::f8_e5m2, {2, 2}, "abcd");
    given.add("b.scale_weight", dtype::bf16, {}, one_bf16);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
              return support::failure(stet::carry::as_comfyui_keeps(given.tensors(), {}, memory));
          }) > 3);
}
