// SPDX-License-Identifier: MIT
// Names tensors as another program wants them: prefixes for two parts, a function of your own for the third.
#include "arguments.hpp"
#include "report.hpp"

#include <stet/stet.hpp>

#include <array>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>

/// Model and vae only get a prefix. The text encoder's keys are renamed; what can be computed is left out.
struct other_program : stet::prefix_layout<stet::under<stet::role::model, "unet.">, //
                                           stet::under<stet::role::vae, "autoencoder.">> {
    using prefix_layout::place;

    static constexpr std::optional<stet::placed_name> place(stet::role::text_encoder,
                                                            std::string_view key) noexcept
    {
        constexpr std::string_view own_prefix = "transformer.text_model.";
        if (key.ends_with(".position_ids"))
            return std::nullopt;
        if (key.starts_with(own_prefix))
            key.remove_prefix(own_prefix.size());
        return stet::placed_name{.prefix = "text.", .stem = key};
    }
};

int main(int count, char** values)
{
    const auto arguments = example::parse(count, values);

    // In a program of yours these are the state dicts it has anyway.
    const std::array<float, 4> numbers{1, 2, 3, 4};
    const auto                 tensor = stet::view_of(numbers, {2, 2});
    if (!tensor) {
        std::cerr << stet::message(tensor.error()) << '\n';
        return 1;
    }
    using state_dict = std::map<std::string, stet::tensor_view>;
    const state_dict model{{"input.weight", *tensor}};
    const state_dict vae{{"decoder.weight", *tensor}};
    const state_dict text_encoder{{"transformer.text_model.embeddings.position_ids", *tensor},
                                  {"transformer.text_model.final_layer_norm.weight", *tensor},
                                  {"logit_scale", *tensor}};
    const stet::full checkpoint{.model = model, .text_encoder = text_encoder, .vae = vae};

    // A plan knows every name and offset before a byte is written, and can be saved as often as one likes.
    const auto plan = stet::make_plan(checkpoint, other_program{});
    if (!plan) {
        std::cerr << stet::message(plan.error()) << '\n';
        return 1;
    }
    for (const stet::record& record : plan->records())
        std::cout << record.begin << " to " << record.end() << ": " << record.name.text() << '\n';

    const auto saved =
        stet::save(*plan, stet::numbered{.root = arguments.output, .prefix = "checkpoints/own_layout"});
    if (!saved) {
        std::cerr << stet::message(saved.error()) << '\n';
        return 1;
    }
    example::print(*saved);
}
