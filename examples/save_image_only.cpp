// SPDX-License-Identifier: MIT
// Saves a checkpoint without text encoder - Stable Video Diffusion: model, vision encoder and vae - as
// ComfyUI's ImageOnlyCheckpointSave does, with the two noise levels that ComfyUI records for the family.
#include "arguments.hpp"
#include "manifest.hpp"
#include "report.hpp"

#include <stet/stet.hpp>

#include <iostream>

int main(int count, char** values)
{
    const auto arguments = example::parse(count, values);
    const auto weights =
        example::read_manifest(arguments.data + "/svd_img2vid.txt", arguments.full_size, arguments.seed);
    if (!weights)
        return 1;

    const auto saved = stet::save(
        stet::image_only{
            .model = weights->model, .vision_encoder = weights->vision_encoder, .vae = weights->vae},
        stet::families::svd_img2vid{}, stet::numbered{.root = arguments.output, .prefix = "checkpoints/svd"});
    if (!saved) {
        std::cerr << stet::message(saved.error()) << '\n';
        return 1;
    }
    example::print(*saved);
}
