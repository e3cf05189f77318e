// SPDX-License-Identifier: MIT
// Renaming a text encoder by the SDXL rule. Floor: copying as many names, joined under another prefix.
#include <stet/families/rearrangement.hpp>
#include <stet/families/text_rule.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using state_dict = std::vector<std::pair<std::string, stet::tensor_view>>;

/// Layers of a text encoder of `count` tensors, in an order of no meaning.
state_dict shuffled_encoder(std::size_t count)
{
    static const std::array<float, 64>    values{};
    constexpr std::array<const char*, 16> leaves{"layer_norm1.weight",
                                                 "layer_norm1.bias",
                                                 "layer_norm2.weight",
                                                 "layer_norm2.bias",
                                                 "mlp.fc1.weight",
                                                 "mlp.fc1.bias",
                                                 "mlp.fc2.weight",
                                                 "mlp.fc2.bias",
                                                 "self_attn.out_proj.weight",
                                                 "self_attn.out_proj.bias",
                                                 "self_attn.q_proj.weight",
                                                 "self_attn.q_proj.bias",
                                                 "self_attn.k_proj.weight",
                                                 "self_attn.k_proj.bias",
                                                 "self_attn.v_proj.weight",
                                                 "self_attn.v_proj.bias"};
    state_dict                            dict;
    for (std::size_t i = 0; i < count / leaves.size() * leaves.size(); ++i)
        dict.emplace_back("clip_g.transformer.text_model.encoder.layers." +
                              std::to_string(i / leaves.size()) + '.' + leaves[i % leaves.size()],
                          *stet::view_of(std::span(values), {8, 8}));
    std::shuffle(dict.begin(), dict.end(), std::mt19937(7));
    return dict;
}

void rename_encoder(benchmark::State& state)
{
    const state_dict dict = shuffled_encoder(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        stet::change_log    log(stet::heap());
        stet::rearrangement work(log, 0, stet::strictness::strict);
        bool                done = work.dict.reserve(dict.size());
        for (const auto& [name, tensor] : dict)
            done = done && work.dict.append({.stem = name}, tensor);
        if (!done || !stet::text_rules::sdxl::apply(work))
            state.SkipWithError("the encoder was refused");
        benchmark::DoNotOptimize(work.dict.entries().data());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(dict.size()));
}

void floor_copy_names(benchmark::State& state)
{
    const state_dict         dict = shuffled_encoder(static_cast<std::size_t>(state.range(0)));
    std::vector<std::string> names;
    for (auto _ : state) {
        names.clear();
        names.reserve(dict.size());
        for (const auto& [name, tensor] : dict)
            names.push_back("conditioner.embedders.1.model" + name.substr(6));
        benchmark::DoNotOptimize(names.data());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(dict.size()));
}

BENCHMARK(rename_encoder)->Arg(512)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(floor_copy_names)->Arg(512)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMicrosecond);

} // namespace
