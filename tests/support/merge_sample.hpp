// SPDX-License-Identifier: MIT
// Small state dicts to merge, and what comes of them.
#ifndef SUPPORT_MERGE_SAMPLE_HPP
#define SUPPORT_MERGE_SAMPLE_HPP

#include "support/little_endian.hpp"
#include "support/piece_sink.hpp"
#include "support/poured.hpp"

#include <stet/merge.hpp>
#include <stet/tensor/numbers.hpp>

#include <catch2/catch_test_macros.hpp>

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace support {

/// A dict that owns its tensors.
class merge_sample {
public:
    merge_sample() = default;
    merge_sample(const merge_sample&) = delete;
    merge_sample& operator=(const merge_sample&) = delete;

    merge_sample& put(const std::string& name, stet::dtype type, const stet::extents& shape,
                      std::string content)
    {
        contents_.push_back(std::move(content));
        const auto view = stet::view_of(type, shape, as_bytes(contents_.back()));
        REQUIRE(view);
        tensors.insert_or_assign(name, *view);
        return *this;
    }
    merge_sample& put(const std::string& name, const std::vector<float>& numbers)
    {
        return put(name, stet::dtype::f32, {numbers.size()}, little_endian(numbers));
    }
    merge_sample& scalar(const std::string& name, float number)
    {
        return put(name, stet::dtype::f32, {}, little_endian(std::vector<float>{number}));
    }
    /// A row of 8-bit floats with a scale.
    merge_sample& put_float8(const std::string& layer, const std::string& codes, float scale)
    {
        put(layer + ".weight", stet::dtype::f8_e4m3, {1, codes.size()}, codes);
        return scalar(layer + ".weight_scale", scale);
    }
    merge_sample& mark(const std::string& layer, const std::string& marker = R"({"format": "float8_e4m3fn"})")
    {
        return put(layer + ".comfy_quant", stet::dtype::u8, {marker.size()}, marker);
    }

    std::map<std::string, stet::tensor_view> tensors{};

private:
    std::deque<std::string> contents_{};
};

/// The names of a merge, joined by blanks.
inline std::string names_in(const stet::merging::merged_model& merged)
{
    std::string all;
    for (const auto& [name, tensor] : merged)
        all.append(all.empty() ? "" : " ").append(name);
    return all;
}

inline const stet::tensor_view& tensor_in(const stet::merging::merged_model& merged, std::string_view wanted)
{
    for (const auto& [name, tensor] : merged) {
        if (name == wanted)
            return tensor;
    }
    FAIL("no tensor " << wanted);
    std::abort();
}

inline std::vector<float> numbers_in_merge(const stet::merging::merged_model& merged, std::string_view name)
{
    const auto numbers = stet::to_numbers<float>(tensor_in(merged, name));
    REQUIRE(numbers);
    return *numbers;
}

} // namespace support

#endif
