// SPDX-License-Identifier: MIT
#ifndef STET_COMFYUI_CEILINGS_HPP
#define STET_COMFYUI_CEILINGS_HPP

#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/error.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::ceilings {

/// The longest header one program reads, and what it does with a longer one.
struct ceiling {
    std::uint64_t longest; ///< bytes of the JSON text with its padding: what the file's length field may say
    std::string_view program;  ///< "MLX", say
    std::string_view sentence; ///< what it does with a longer header
};

/// Ascending. The format itself ends at the reference reader's 100,000,000; what lies above can only concern files
/// that other writers make.
/// source: ComfyUI 0.8.0, server.py and app/model_manager.py; huggingface_hub, constants.py; mlx, io/safetensors.cpp,
///         which refuses 100,000,000 itself; safetensors 0.8, tensor.rs; SwarmUI, T2IModel.cs, 100 MiB
inline constexpr std::array<ceiling, 6> known{{
    {1'048'576, "ComfyUI metadata view",
     "ComfyUI shows no metadata of a file whose header passes 1,048,576 bytes"},
    {8'388'608, "ComfyUI model previews",
     "ComfyUI shows no preview of a model whose header passes 8,388,608 bytes"},
    {25'000'000, "Hugging Face Hub", "the Hugging Face Hub parses no header of more than 25,000,000 bytes"},
    {99'999'999, "MLX", "MLX loads no file whose header reaches 100,000,000 bytes"},
    {max_header_size, "safetensors",
     "the safetensors reference reads no header of more than 100,000,000 bytes"},
    {104'857'600, "SwarmUI", "SwarmUI reads no header of more than 104,857,600 bytes"},
}};

/// The ceilings that a header passes, lowest first.
/// header_bytes: the JSON text with its padding, without the eight bytes of the length field before it
/// lifetime:     part of `known`, always valid
constexpr array_view<const ceiling> exceeded(std::uint64_t header_bytes) noexcept
{
    std::size_t count = 0;
    while (count < known.size() && header_bytes > known[count].longest)
        ++count;
    return {known.data(), count};
}

} // namespace STET_NAMESPACE::ceilings

#endif
