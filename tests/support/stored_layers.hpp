// SPDX-License-Identifier: MIT
// Layers of every rule for values, small and with codes of all kinds.
#ifndef STET_TESTS_SUPPORT_STORED_LAYERS_HPP
#define STET_TESTS_SUPPORT_STORED_LAYERS_HPP

#include "support/dice.hpp"
#include "support/little_endian.hpp"
#include "support/piece_sink.hpp"

#include <stet/quantised/impl/blocked_scales.hpp>
#include <stet/quantised/impl/level_values.hpp>
#include <stet/quantised/impl/stored_values.hpp>
#include <stet/tensor/sizes.hpp>
#include <stet/tensor/tensor_view.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace support {

/// A layer with its tensors.
class stored_layer {
public:
    explicit stored_layer(stet::detail::value_rule rule, std::uint64_t seed = 1) : dice_(seed)
    {
        layer.rule = rule;
    }
    stored_layer(const stored_layer&) = delete;
    stored_layer& operator=(const stored_layer&) = delete;

    stet::detail::stored_values layer{};

    /// Random bytes, below a limit.
    stet::tensor_view codes(stet::dtype type, const stet::extents& shape, std::uint64_t below = 256)
    {
        std::string content;
        for (std::uint64_t i = 0; i < *stet::element_count(shape); ++i)
            content += static_cast<char>(dice_.below(below));
        return kept(type, shape, content);
    }

    /// Numbers between 1/64 and 1.
    stet::tensor_view scales(const stet::extents& shape)
    {
        std::vector<float> numbers;
        for (std::uint64_t i = 0; i < *stet::element_count(shape); ++i)
            numbers.push_back(static_cast<float>(dice_.below(64) + 1) / 64.0F);
        return kept(stet::dtype::f32, shape, little_endian(numbers));
    }

    stet::tensor_view numbers(const stet::extents& shape, const std::vector<float>& all)
    {
        return kept(stet::dtype::f32, shape, little_endian(all));
    }

    stet::tensor_view kept(stet::dtype type, const stet::extents& shape, std::string content)
    {
        contents_.push_back(std::move(content));
        return *stet::view_of(type, shape, as_bytes(contents_.back()));
    }

private:
    dice                    dice_;
    std::deque<std::string> contents_{};
};

/// A layer of a few rows; of rules that pad, with some.
inline void fill(stored_layer& one)
{
    using stet::dtype;
    using stet::detail::value_rule;
    auto& layer = one.layer;
    layer.stored_rows = layer.rows = 5;
    layer.stored_columns = layer.columns = 64;
    switch (layer.rule) {
    case value_rule::bytes:
        layer.codes = dtype::f8_e4m3;
        layer.rows = layer.stored_rows = 1;
        layer.columns = 5 * 64;
        layer.group = 64;
        layer.weight = one.codes(dtype::f8_e4m3, {5, 64}, 0x7F);
        layer.scale = one.scales({5, 1});
        break;
    case value_rule::rotated_bytes:
        layer.group = 64;
        layer.rotation = 16;
        layer.weight = one.codes(dtype::i8, {5, 64});
        layer.scale = one.scales({5, 1});
        break;
    case value_rule::nvfp4:
        layer.group = 16;
        layer.rows = 4;
        layer.columns = 51;
        layer.weight = one.codes(dtype::u8, {5, 32});
        layer.scale = one.codes(dtype::f8_e4m3, {128, 4}, 0x7F);
        layer.second_scale = one.scales({});
        break;
    case value_rule::mxfp8:
        layer.group = 32;
        layer.codes = dtype::f8_e4m3;
        layer.rows = 3;
        layer.columns = 37;
        layer.weight = one.codes(dtype::f8_e4m3, {5, 64}, 0x7F);
        layer.scale = one.codes(dtype::u8, {128, 4}, 140);
        break;
    case value_rule::convrot_w4a4:
        layer.rotation = 64;
        layer.weight = one.codes(dtype::i8, {5, 32});
        layer.scale = one.scales({5});
        break;
    case value_rule::asym_w4a8:
        layer.rotation = 4;
        layer.group = 16;
        layer.weight = one.codes(dtype::i8, {5, layer.bits == 6 ? 48U : 32U});
        layer.scale = one.codes(dtype::f8_e4m3, {5, 4}, 0x50);
        layer.second_scale = one.scales({5});
        break;
    case value_rule::awq_w4a16:
        layer.group = 32;
        layer.weight = one.codes(dtype::i8, {5, 32});
        layer.scale = one.scales({2, 5});
        layer.zeros = one.scales({2, 5});
        break;
    case value_rule::bitsandbytes:
        layer.rows = layer.stored_rows = 1;
        layer.columns = 333;
        layer.group = 64;
        layer.weight = one.codes(dtype::u8, {167, 1});
        layer.scale = one.scales({6});
        layer.levels = one.scales({16});
        break;
    }
}

inline constexpr std::array<stet::detail::value_rule, 8> all_value_rules{
    stet::detail::value_rule::bytes,        stet::detail::value_rule::rotated_bytes,
    stet::detail::value_rule::nvfp4,        stet::detail::value_rule::mxfp8,
    stet::detail::value_rule::convrot_w4a4, stet::detail::value_rule::asym_w4a8,
    stet::detail::value_rule::awq_w4a16,    stet::detail::value_rule::bitsandbytes};

} // namespace support

#endif
