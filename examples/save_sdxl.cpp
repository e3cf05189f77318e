// SPDX-License-Identifier: MIT
// Saves Stable Diffusion XL key for key as ComfyUI's CheckpointSave does: the second text encoder under OpenCLIP's
// names, its q, k and v fused, its projection transposed, and the metadata that ComfyUI writes.
#include "arguments.hpp"
#include "manifest.hpp"
#include "report.hpp"

#include <stet/comfyui/comfyui_target.hpp>
#include <stet/stet.hpp>

#include <iostream>
#include <utility>

int main(int count, char** values)
{
    const auto arguments = example::parse(count, values);
    const auto weights =
        example::read_manifest(arguments.data + "/sdxl_base.txt", arguments.full_size, arguments.seed);
    if (!weights)
        return 1;

    using family = stet::families::sdxl;
    stet::metadata_list metadata;
    const auto metadata_for = [&](const stet::claimed_name& name) -> stet::result<stet::metadata_view> {
        auto written = stet::comfyui::make_metadata(name);
        if (!written)
            return written.error(); // the save ends without a file
        metadata = *std::move(written);
        return stet::metadata_view(metadata);
    };

    const auto saved = stet::save(
        stet::full{.model = weights->model, .text_encoder = weights->text_encoder, .vae = weights->vae},
        family{}, stet::numbered{.root = arguments.output, .prefix = "checkpoints/SDXL"},
        {.metadata_for = metadata_for, .prediction = stet::prediction::epsilon()});
    if (!saved) {
        std::cerr << stet::message(saved.error()) << '\n';
        return 1;
    }
    example::print(*saved);
    for (const stet::change& change : saved->changes.changes) {
        const bool added = change.what == stet::change::kind::added;
        std::cout << (added ? "    added " : "    left out ") << change.name.text() << '\n';
    }
}
