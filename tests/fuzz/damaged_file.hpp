// SPDX-License-Identifier: MIT
// Inputs for what works on a checkpoint's tensors: a valid file, put together of names that models have, and then
// damaged. A random text would be refused by the reader long before it came that far.
#ifndef STET_TESTS_FUZZ_DAMAGED_FILE_HPP
#define STET_TESTS_FUZZ_DAMAGED_FILE_HPP

#include "support/stored_file.hpp"

#include <stet/tensor/dtype.hpp>
#include <stet/vocabulary/impl/json_string.hpp>
#include <stet/vocabulary/impl/utf8.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

/// What a character below 32 stands for in a name.
inline constexpr std::array<std::string_view, 32> pieces{
    "model.diffusion_model.",
    "cond_stage_model.transformer.",
    "cond_stage_model.model.",
    "cond_stage_model.",
    "conditioner.embedders.0.transformer.text_model",
    "conditioner.embedders.0.model.",
    "conditioner.embedders.1.model.",
    "first_stage_model.",
    "embedder.model.visual.",
    "text_encoders.",
    "text_encoder.",
    "vae.",
    "clip_l.",
    "clip_g.",
    "clip_h.",
    "transformer.",
    "text_model.",
    "transformer.resblocks.0.",
    "transformer.resblocks.1.",
    "encoder.layers.0.",
    "attn.in_proj_weight",
    "attn.in_proj_bias",
    "attn.out_proj.weight",
    "self_attn.q_proj.weight",
    "self_attn.k_proj.weight",
    "self_attn.v_proj.weight",
    "text_projection",
    "text_projection.weight",
    "embeddings.position_ids",
    "positional_embedding",
    "vision_model.",
    "visual_projection.weight",
};

struct made_tensor {
    std::string                name{};
    stet::dtype                type = stet::dtype::f16;
    std::vector<std::uint64_t> shape{};

    std::uint64_t bytes() const
    {
        std::uint64_t bits = stet::bit_width(type);
        for (const std::uint64_t axis : shape)
            bits *= axis;
        return bits / 8;
    }
};

/// What an input says: a choice, and fields that a byte 0xFF separates.
struct fields {
    explicit fields(const std::uint8_t* data, std::size_t size)
    {
        std::string_view text(reinterpret_cast<const char*>(data), size);
        choice = text.empty() ? 0 : static_cast<unsigned char>(text[0]);
        text.remove_prefix(text.empty() ? 0 : 1);
        for (;;) {
            all.emplace_back(text.substr(0, text.find('\xFF')));
            if (all.back().size() == text.size())
                return;
            text.remove_prefix(all.back().size() + 1);
        }
    }

    unsigned                      choice = 0;
    std::vector<std::string_view> all{};
};

/// The name a field spells; what is no UTF-8 is left out.
inline std::string name_of(std::string_view field)
{
    std::string name;
    for (const char c : field) {
        const auto code = static_cast<unsigned char>(c);
        if (code < pieces.size())
            name += pieces[code];
        else
            name += c;
    }
    while (!stet::detail::is_utf8(name))
        name.erase(std::find_if(name.begin(), name.end(),
                                [](char c) { return static_cast<unsigned char>(c) >= 0x80; }));
    return name;
}

/// A name behind a character for its dtype and one for its shape: up to three axes of up to three. The types and
/// shapes always fill whole bytes.
inline made_tensor tensor_of(std::string_view field)
{
    constexpr std::array types{stet::dtype::f16, stet::dtype::f32, stet::dtype::i64,  stet::dtype::u8,
                               stet::dtype::f64, stet::dtype::f4,  stet::dtype::bf16, stet::dtype::f8_e4m3};
    made_tensor          made;
    if (field.size() < 2)
        return made;
    made.type = types[static_cast<unsigned char>(field[0]) % types.size()];
    const auto shape = static_cast<unsigned char>(field[1]);
    for (unsigned axis = 0; axis < shape % 4U; ++axis)
        made.shape.push_back(shape >> (2 + 2 * axis) & 3U);
    if (stet::is_sub_byte(made.type))
        made.shape.push_back(2);
    made.name = name_of(field.substr(2));
    return made;
}

inline std::vector<made_tensor> tensors_of(const std::vector<std::string_view>& given)
{
    std::vector<made_tensor> tensors;
    for (const std::string_view field : given) {
        made_tensor made = tensor_of(field);
        const bool  is_twice = std::any_of(tensors.begin(), tensors.end(),
                                           [&](const made_tensor& other) { return other.name == made.name; });
        if (!is_twice && made.name != "__metadata__")
            tensors.push_back(std::move(made));
    }
    return tensors;
}

/// A file of those tensors, with bytes that count.
inline std::string file_of(const std::vector<made_tensor>& tensors)
{
    std::string   header = "{";
    std::uint64_t end = 0;
    for (const made_tensor& tensor : tensors) {
        header += header.size() == 1 ? "\"" : ",\"";
        stet::detail::escape_json(tensor.name, [&](std::string_view piece) { header += piece; });
        header.append(R"(":{"dtype":")").append(stet::name(tensor.type)).append(R"(","shape":[)");
        for (std::size_t i = 0; i < tensor.shape.size(); ++i)
            header.append(i == 0 ? "" : ",").append(std::to_string(tensor.shape[i]));
        header.append(R"(],"data_offsets":[)").append(std::to_string(end));
        end += tensor.bytes();
        header.append(",").append(std::to_string(end)).append("]}");
    }
    header += '}';
    std::string file = support::stored_file(header);
    for (std::uint64_t i = 0; i < end; ++i)
        file += static_cast<char>(i);
    return file;
}

/// Changes bytes behind the header's length, by two characters each: where, and to what.
inline void damage(std::string& file, std::string_view edits)
{
    for (std::size_t i = 0; i + 1 < edits.size() && file.size() > 8; i += 2) {
        const std::size_t where = static_cast<unsigned char>(edits[i]) * file.size() / 256;
        file[std::max<std::size_t>(8, where)] = edits[i + 1];
    }
}

} // namespace fuzz

#endif
