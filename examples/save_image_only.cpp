// SPDX-License-Identifier: MIT
// Saves a checkpoint without text encoder - Stable Video Diffusion: model, vision encoder and vae - as
// ComfyUI's ImageOnlyCheckpointSave does, with two numbers of the sampler as extra tensors.
#include "arguments.hpp"
#include "manifest.hpp"
#include "report.hpp"

#include <stet/stet.hpp>

#include <iostream>
#include <map>
#include <span>
#include <string>

/// A number that is saved as a tensor without axes.
struct number {
    float value;
};

template <>
struct stet::tensor_traits<number> {
    static result<tensor_view> view(const number& n) noexcept { return view_of(std::span(&n.value, 1), {}); }
};

int main(int count, char** values)
{
    const auto arguments = example::parse(count, values);
    const auto weights =
        example::read_manifest(arguments.data + "/svd_img2vid.txt", arguments.full_size, arguments.seed);
    if (!weights)
        return 1;

    const std::map<std::string, number> sampler{{"edm_vpred.sigma_max", {700.0F}},
                                                {"edm_vpred.sigma_min", {0.002F}}};

    const auto saved = stet::save(stet::image_only{.model = weights->model,
                                                   .vision_encoder = weights->vision_encoder,
                                                   .vae = weights->vae,
                                                   .extra = sampler},
                                  stet::layouts::svd{},
                                  stet::numbered{.root = arguments.output, .prefix = "checkpoints/svd"});
    if (!saved) {
        std::cerr << stet::message(saved.error()) << '\n';
        return 1;
    }
    example::print(*saved);
}
