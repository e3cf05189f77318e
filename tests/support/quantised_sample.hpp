// SPDX-License-Identifier: MIT
// Small checkpoints with a quantised layer, whole or changed on purpose.
#ifndef STET_TESTS_SUPPORT_QUANTISED_SAMPLE_HPP
#define STET_TESTS_SUPPORT_QUANTISED_SAMPLE_HPP

#include <stet/quantised/verify.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

struct owned_tensor {
    std::string                name;
    stet::dtype                type = stet::dtype::u8;
    std::vector<std::uint64_t> shape{};
    std::vector<std::byte>     data{};
};

/// A checkpoint by name: what a test adds, takes away and changes before it is looked at.
class quantised_sample {
public:
    /// Every byte `fill`; of F32 every number 1.
    void add(std::string name, stet::dtype type, std::vector<std::uint64_t> shape, unsigned fill = 0x38)
    {
        std::size_t size = stet::element_size(type);
        for (const std::uint64_t axis : shape)
            size *= axis;
        owned_tensor tensor{std::move(name), type, std::move(shape),
                            std::vector<std::byte>(size, std::byte(fill))};
        if (type == stet::dtype::f32 || type == stet::dtype::bf16) {
            const std::size_t width = stet::element_size(type);
            for (std::size_t i = 0; i < tensor.data.size(); ++i)
                tensor.data[i] = std::byte(i % width == width - 1   ? 0x3FU
                                           : i % width == width - 2 ? 0x80U
                                                                    : 0U);
        }
        tensors_.push_back(std::move(tensor));
    }

    void add_text(std::string name, std::string_view text, stet::dtype type = stet::dtype::u8)
    {
        owned_tensor tensor{std::move(name), type, {text.size() / stet::element_size(type)}, {}};
        tensor.data.resize(text.size());
        if (!text.empty())
            std::memcpy(tensor.data.data(), text.data(), text.size());
        tensors_.push_back(std::move(tensor));
    }

    void drop(std::string_view name)
    {
        std::erase_if(tensors_, [&](const owned_tensor& one) { return one.name == name; });
    }

    owned_tensor& operator[](std::string_view name)
    {
        return *std::find_if(tensors_.begin(), tensors_.end(),
                             [&](const owned_tensor& one) { return one.name == name; });
    }

    std::vector<owned_tensor>&  tensors() noexcept { return tensors_; }
    std::optional<std::string>& metadata() noexcept { return metadata_; }

    const std::vector<owned_tensor>&  tensors() const noexcept { return tensors_; }
    const std::optional<std::string>& metadata() const noexcept { return metadata_; }

    std::vector<stet::quantised::named_tensor> named() const
    {
        std::vector<stet::quantised::named_tensor> all;
        for (const owned_tensor& one : tensors_)
            all.push_back({.name = one.name,
                           .tensor = {.type = one.type,
                                      .shape = one.shape,
                                      .size = one.data.size(),
                                      .data = one.data.data()}});
        return all;
    }

    stet::result<stet::quantised::findings> verified(const stet::allocator& memory = stet::heap(),
                                                     bool                   values = true) const
    {
        const auto all = named();
        return stet::quantised::verify(stet::array_view<const stet::quantised::named_tensor>(all),
                                       {.metadata = metadata_, .values = values, .allocator = memory});
    }

    /// `error scale-missing blocks.0.attn.q` and so on, in order, a line each.
    std::string said(bool values = true) const
    {
        const auto found = verified(stet::heap(), values);
        if (!found)
            return "failed";
        std::string all;
        for (const stet::quantised::finding& one : *found) {
            all += name(one.severity);
            all += ' ';
            all += name(one.rule);
            all += ' ';
            all += one.layer;
            all += '\n';
        }
        return all;
    }

private:
    std::vector<owned_tensor>  tensors_;
    std::optional<std::string> metadata_;
};

inline constexpr std::string_view sample_layer = "blocks.0.attn.q";

/// A sound layer of that format beside a plain weight. of 32 rows and 64 columns, bitsandbytes of 8 and 64
inline quantised_sample sound_sample(std::string_view format)
{
    using stet::dtype;
    quantised_sample  sample;
    const std::string layer(sample_layer);
    std::string       members;
    if (format == "float8_e4m3fn" || format == "float8_e5m2") {
        sample.add(layer + ".weight", format == "float8_e5m2" ? dtype::f8_e5m2 : dtype::f8_e4m3, {32, 64});
        sample.add(layer + ".weight_scale", dtype::f32, {});
        sample.add(layer + ".input_scale", dtype::f32, {});
    } else if (format == "nvfp4") {
        sample.add(layer + ".weight", dtype::u8, {32, 32});
        sample.add(layer + ".weight_scale", dtype::f8_e4m3, {128, 4});
        sample.add(layer + ".weight_scale_2", dtype::f32, {});
        sample.add(layer + ".pre_quant_scale", dtype::bf16, {64});
    } else if (format == "mxfp8") {
        sample.add(layer + ".weight", dtype::f8_e4m3, {32, 64});
        sample.add(layer + ".weight_scale", dtype::u8, {128, 4});
    } else if (format == "int8_tensorwise") {
        sample.add(layer + ".weight", dtype::i8, {32, 64});
        sample.add(layer + ".weight_scale", dtype::f32, {32, 1});
        members = R"(, "convrot": true, "convrot_groupsize": 64)";
    } else if (format == "convrot_w4a4") {
        sample.add(layer + ".weight", dtype::i8, {32, 32});
        sample.add(layer + ".weight_scale", dtype::f32, {32});
        members = R"(, "convrot_groupsize": 16, "linear_dtype": "int8")";
    } else if (format == "asym_w4a8_int8") {
        sample.add(layer + ".weight", dtype::i8, {32, 32});
        sample.add(layer + ".weight_s_rel", dtype::f8_e4m3, {32, 4});
        sample.add(layer + ".weight_s_channel", dtype::f32, {32});
        sample.add(layer + ".weight_codebook", dtype::f32, {16});
        members = R"(, "group_size": 16, "convrot_groupsize": 64)";
    } else if (format == "awq_w4a16") {
        sample.add(layer + ".weight", dtype::i8, {32, 32});
        sample.add(layer + ".weight_scale", dtype::bf16, {1, 32});
        sample.add(layer + ".weight_zeros", dtype::bf16, {1, 32});
    } else if (format == "bnb_nf4") {
        sample.add(layer + ".weight", dtype::u8, {256, 1});
        sample.add(layer + ".weight.absmax", dtype::u8, {8});
        sample.add(layer + ".weight.quant_map", dtype::f32, {16});
        sample.add(layer + ".weight.nested_absmax", dtype::f32, {1});
        sample.add(layer + ".weight.nested_quant_map", dtype::f32, {256});
        sample.add_text(layer + ".weight.quant_state.bitsandbytes__nf4",
                        R"({"quant_type": "nf4", "blocksize": 64, "dtype": "bfloat16", "shape": [8, 64], )"
                        R"("nested_blocksize": 256, "nested_dtype": "float32", "nested_offset": 0.5})");
    } else if (format == "scaled_fp8") {
        sample.add("scaled_fp8", dtype::f8_e4m3, {2});
        sample.add(layer + ".weight", dtype::f8_e4m3, {32, 64});
        sample.add(layer + ".scale_weight", dtype::f32, {1});
        sample.add(layer + ".scale_input", dtype::f32, {});
    }
    if (format != "bnb_nf4" && format != "scaled_fp8") {
        sample.add_text(layer + ".comfy_quant",
                        R"({"format": ")" + std::string(format) + '"' + members + '}');
        sample.add(layer + ".bias", dtype::bf16, {32});
    }
    sample.add("norm.weight", dtype::bf16, {6});
    return sample;
}

inline constexpr std::string_view marked_formats[] = {"float8_e4m3fn",  "float8_e5m2",     "nvfp4",
                                                      "mxfp8",          "int8_tensorwise", "convrot_w4a4",
                                                      "asym_w4a8_int8", "awq_w4a16"};

} // namespace support

#endif
