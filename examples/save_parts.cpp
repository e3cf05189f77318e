// SPDX-License-Identifier: MIT
// Saves the parts of Stable Diffusion XL one by one, as ComfyUI's ModelSave, CLIPSave and VAESave do: each encoder in a
// file of its own, where ComfyUI looks for it.
#include "arguments.hpp"
#include "manifest.hpp"
#include "report.hpp"

#include <stet/comfyui.hpp>
#include <stet/stet.hpp>

int main(int count, char** values)
{
    const auto arguments = example::parse(count, values);
    const auto weights =
        example::read_manifest(arguments.data + "/sdxl_base.txt", arguments.full_size, arguments.seed);
    if (!weights)
        return 1;

    namespace comfyui = stet::comfyui;
    // Each node has a prefix of its own where none is given. The newer rule takes a relative folder, too.
    comfyui::node_inputs inputs{.output_dir = arguments.output, .rule = comfyui::naming_rule::comfyui_2026};
    inputs.graph = comfyui::workflow{.prompt = R"({"3": {"class_type": "CLIPSave"}})"};

    const auto model = comfyui::save_model(weights->model, stet::families::sdxl{}, inputs,
                                           {.prediction = stet::prediction::epsilon()});
    if (!model)
        return example::fail(model.error());
    example::print_file(*model);

    const auto encoders = comfyui::save_clip(weights->text_encoder, inputs);
    if (!encoders)
        return example::fail(encoders.error());
    for (const comfyui::saved_encoder& one : *encoders)
        example::print_file(one.file);

    const auto vae = comfyui::save_vae(weights->vae, inputs);
    if (!vae)
        return example::fail(vae.error());
    example::print_file(*vae);
}
