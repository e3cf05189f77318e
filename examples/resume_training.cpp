// SPDX-License-Identifier: MIT
// Saves all that a training run needs to go on - weights, optimizer state, step and random numbers - in one file, and goes
// on from it: to the same numbers, bit by bit, as a run that was never interrupted.
#include "arguments.hpp"
#include "report.hpp"

#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>

namespace {

/// Fits a line through noisy points, by gradient descent with momentum.
struct training {
    std::array<float, 2>         weight{};
    std::array<float, 2>         momentum{};
    std::array<std::uint64_t, 1> step{};
    std::array<std::uint64_t, 1> random{0x9E3779B97F4A7C15};

    /// A number from -1 to 1.
    float next_random()
    {
        random[0] ^= random[0] << 13U;
        random[0] ^= random[0] >> 7U;
        random[0] ^= random[0] << 17U;
        return static_cast<float>(random[0] >> 40U) / 8388608.0F - 1.0F;
    }

    void run(int steps)
    {
        for (int i = 0; i < steps; ++i) {
            const float x = next_random();
            const float error = weight[0] * x + weight[1] - (3.0F * x + 0.5F + 0.1F * next_random());
            momentum = {0.9F * momentum[0] + error * x, 0.9F * momentum[1] + error};
            weight = {weight[0] - 0.05F * momentum[0], weight[1] - 0.05F * momentum[1]};
            ++step[0];
        }
    }

    bool operator==(const training&) const = default;
};

stet::result<stet::saved_checkpoint> save(const training& run, const std::string& folder)
{
    const std::map<std::string, stet::result<stet::tensor_view>> state{
        {"model.weight", stet::view_of(run.weight, {2})},
        {"optimizer.momentum.weight", stet::view_of(run.momentum, {2})},
        {"trainer.step", stet::view_of(run.step, {1})},
        {"trainer.random", stet::view_of(run.random, {1})}};
    return stet::save(state, stet::numbered{.root = folder, .prefix = "checkpoints/resume_training"},
                      {.metadata = {{"format", "pt"}, {"optimizer", "sgd, momentum 0.9, rate 0.05"}}});
}

/// All of it or an error; what is loaded has to have the types and sizes that were saved.
stet::result<training> load(const std::string& path)
{
    const auto file = stet::mapped_checkpoint::open(path.c_str());
    if (!file)
        return file.error();
    training run;
    if (const auto read = (*file)["model.weight"].to<float>(run.weight); !read)
        return read.error();
    if (const auto read = (*file)["optimizer.momentum.weight"].to<float>(run.momentum); !read)
        return read.error();
    if (const auto read = (*file)["trainer.step"].to<std::uint64_t>(run.step); !read)
        return read.error();
    if (const auto read = (*file)["trainer.random"].to<std::uint64_t>(run.random); !read)
        return read.error();
    return run;
}

} // namespace

int main(int count, char** values)
{
    const auto arguments = example::parse(count, values);

    training straight;
    straight.run(500);

    training first_half;
    first_half.run(200);
    const auto saved = save(first_half, arguments.output);
    if (!saved)
        return example::fail(saved.error());
    example::print(*saved);

    auto second_half = load(saved->path);
    if (!second_half)
        return example::fail(second_half.error());
    std::cout << "going on at step " << second_half->step[0] << '\n';
    second_half->run(300);
    std::cout << "step " << second_half->step[0] << ": "
              << (*second_half == straight ? "the same as without a break" : "not the same") << '\n';
    return *second_half == straight ? 0 : 1;
}
