// SPDX-License-Identifier: MIT
// Saves a training checkpoint of F32 as the file one hands on: in BF16, its norms as they are, without what only training
// needs; and loads a tensor of it back as the program's own numbers.
#include "arguments.hpp"
#include "report.hpp"

#include <stet/casts.hpp>
#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <array>
#include <iostream>
#include <map>
#include <string>
#include <vector>

int main(int count, char** values)
{
    const auto arguments = example::parse(count, values);

    std::vector<float> weight(32, 0.1F);
    weight[0] = 3.4e38F; // finite in F32, not in BF16
    const std::vector<float>                                     norm(8, 1.0F);
    const std::map<std::string, stet::result<stet::tensor_view>> training{
        {"attention.weight", stet::view_of(weight, {4, 8})},
        {"norm.weight", stet::view_of(norm, {8})},
        {"model_ema.attention.weight", stet::view_of(weight, {4, 8})},
        {"optimizer.attention.weight", stet::view_of(weight, {4, 8})}};

    // The first rule that fits a tensor decides; this one has no dtype to cast to.
    const std::array<stet::casts::rule, 1> but_norms{{{.names = "*norm*"}}};
    using stet::selection::ema_copies;
    using stet::selection::optimizer_state;
    const auto saved =
        stet::save(stet::model_only{.model = training}, stet::layouts::generic{},
                   stet::numbered{.root = arguments.output, .prefix = "checkpoints/cast_on_save"},
                   {.leave_out = stet::selection::any_of<ema_copies, optimizer_state>,
                    .cast = stet::casts::to(stet::dtype::bf16, but_norms)});
    if (!saved)
        return example::fail(saved.error());
    example::print(*saved);
    for (const stet::change& change : saved->changes.changes) {
        std::cout << "    " << change.name.text();
        if (change.what == stet::change::kind::cast)
            std::cout << ": " << stet::name(change.from) << " to " << stet::name(change.to) << ", "
                      << change.clipped << " clipped, " << change.not_finite << " not finite\n";
        else
            std::cout << ": not saved\n";
    }

    // Straight into memory of the program's own, cast on the way.
    const auto file = stet::mapped_checkpoint::open(saved->path.c_str());
    if (!file)
        return example::fail(file.error());
    std::vector<double> loaded(32);
    const auto met = stet::casts::load_into((*file)["model.diffusion_model.attention.weight"], loaded);
    if (!met)
        return example::fail(met.error());
    std::cout << "loaded: " << loaded[1] << ", " << met->not_finite << " not finite\n";
}
