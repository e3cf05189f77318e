// SPDX-License-Identifier: MIT
// Saves a whole checkpoint - Stable Diffusion 1.5: model, text encoder and vae - as ComfyUI's CheckpointSave
// does: under the next free number, which the metadata mentions.
#include "arguments.hpp"
#include "manifest.hpp"
#include "report.hpp"

#include <stet/stet.hpp>

#include <cstdint>
#include <iostream>
#include <map>
#include <string>

int main(int count, char** values)
{
    const auto arguments = example::parse(count, values);
    const auto weights =
        example::read_manifest(arguments.data + "/sd15.txt", arguments.full_size, arguments.seed);
    if (!weights)
        return 1;

    std::map<std::string, std::string> metadata{{"format", "pt"}, {"modelspec.predict_key", "epsilon"}};
    const auto metadata_for = [&](const stet::claimed_name& name) -> stet::result<stet::metadata_view> {
        metadata["modelspec.title"] = std::string(name.stem) + " " + std::to_string(*name.number);
        return stet::metadata_view(metadata);
    };

    std::uint64_t quarters = 0;
    const auto    on_progress = [&](const stet::progress& progress) {
        for (; progress.bytes_done * 4 >= progress.bytes_total * quarters && quarters <= 4; ++quarters)
            std::cout << quarters * 25 << (quarters < 4 ? " % ... " : " %\n") << std::flush;
        return true; // false cancels the save
    };

    const auto saved = stet::save(
        stet::full{.model = weights->model, .text_encoder = weights->text_encoder, .vae = weights->vae},
        stet::layouts::sd1{}, stet::numbered{.root = arguments.output, .prefix = "checkpoints/ComfyUI"},
        {.metadata_for = metadata_for, .progress = on_progress});
    if (!saved) {
        std::cerr << stet::message(saved.error()) << '\n';
        return 1;
    }
    example::print(*saved);
}
