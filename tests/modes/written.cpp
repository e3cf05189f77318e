// SPDX-License-Identifier: MIT
// Saves a few checkpoints below a folder, by all the way a checkpoint goes: its text encoder is rearranged, a tensor is
// strided, and what was saved is read and saved again. Compiled as both modes in turn, under the name WRITTEN.
#include <stet/all.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

bool WRITTEN(const std::string& folder);

bool WRITTEN(const std::string& folder)
{
    std::vector<float> weights(64 * 48);
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = static_cast<float>(i) / 7;
    using dict = std::map<std::string, stet::tensor_view>;
    dict model;
    dict text_encoder;
    dict vae;
    model["input_blocks.0.0.weight"] = *stet::view_of(weights, {64, 48});
    model["out.2.bias"] = *stet::strided_view(weights, {24, 64}, {2, 48});
    for (const char* part : {"q_proj.weight", "k_proj.weight", "v_proj.weight"})
        text_encoder[std::string("clip_g.transformer.text_model.encoder.layers.0.self_attn.") + part] =
            *stet::view_of(weights, {48, 64});
    vae["decoder.conv_in.weight"] = *stet::view_of(weights, {64, 48, 1});

    const std::map<std::string, std::string> metadata{{"format", "pt"}, {"title", "a \"title\" \xC3\xA9\n"}};
    std::vector<std::byte>                   bytes;
    stet::append_sink                        memory(bytes);
    const auto full = stet::full{.model = model, .text_encoder = text_encoder, .vae = vae};
    const auto to_memory = stet::save(full, stet::families::sdxl{}, memory, {.metadata = metadata});
    const auto to_file = stet::save(full, stet::families::sdxl{},
                                    stet::exact_path{folder + "/sdxl.safetensors"}, {.metadata = metadata});
    const auto numbered =
        stet::save(full, stet::families::sdxl{}, stet::numbered{folder, "a/model"}, {.metadata = metadata});
    const auto file = stet::read_checkpoint(bytes);
    if (!to_memory || !to_file || !numbered || !file) {
        std::fprintf(stderr, "%s\n", to_file ? "not saved" : stet::message(to_file.error()).c_str());
        return false;
    }
    const auto again = stet::save(*file, stet::exact_path{folder + "/again.safetensors"});
    return static_cast<bool>(again);
}
