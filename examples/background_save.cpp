// SPDX-License-Identifier: MIT
// A loop of 60 frames a second that goes on while a checkpoint is saved on another thread. What the save costs the loop
// is the longest frame, beside that of the same loop without one.
#include "arguments.hpp"

#include <stet/stet.hpp>
#include <stet/writers/background_save.hpp>
#include <stet/writers/file_writers.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iomanip>
#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace {

using game_clock = std::chrono::steady_clock;

constexpr std::chrono::nanoseconds frame_time{1'000'000'000 / 60};

/// What a game does in a frame: two milliseconds of work.
void simulate()
{
    const auto until = game_clock::now() + std::chrono::milliseconds(2);
    while (game_clock::now() < until) {
    }
}

/// Runs frames until the condition holds, sixty at least; the longest, in milliseconds.
template <class Condition>
double longest_frame(Condition is_over)
{
    double longest = 0;
    auto   next = game_clock::now() + frame_time;
    auto   last = game_clock::now();
    for (int frame = 0; frame < 60 || !is_over(); ++frame) {
        simulate();
        std::this_thread::sleep_until(next);
        const auto now = game_clock::now();
        longest = std::max(longest, std::chrono::duration<double, std::milli>(now - last).count());
        last = now;
        next = std::max(next, now - frame_time / 2) + frame_time;
    }
    return longest;
}

} // namespace

int main(int count, char** values)
{
    const auto arguments = example::parse(count, values);

    // 64 MiB of weights, which a full-size model has 32 times over.
    std::vector<std::byte> weights(std::size_t{64} << 20U);
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = static_cast<std::byte>(i * 2654435761U >> 13U);
    std::map<std::string, stet::tensor_view> model;
    const std::size_t                        blocks = arguments.full_size ? 32 : 1;
    const std::size_t                        size = std::size_t{4} << 20U;
    for (std::size_t i = 0; i < blocks * 16; ++i)
        model["blocks." + std::to_string(i) + ".weight"] =
            *stet::view_of(stet::dtype::f16, {size / 2}, weights.data() + i % 16 * size, size);

    // The plan is made now; from here on the model must stay as it is until the save has ended.
    const auto plan = stet::make_plan(stet::model_only{.model = model}, stet::layouts::generic{});
    if (!plan) {
        std::cerr << stet::message(plan.error()) << '\n';
        return 1;
    }
    const double alone = longest_frame([] { return true; });

    stet::worker_threads  pool(1); // or the engine's own job system as a stet::executor
    const stet::numbered  where{.root = arguments.output, .prefix = "checkpoints/background_save"};
    stet::background_save saving(*plan, where, {.writer = stet::direct_writer()}, pool.jobs());
    const double          meanwhile = longest_frame([&] { return saving.is_done(); });

    const auto& saved = saving.wait();
    if (!saved) {
        std::cerr << stet::message(saved.error()) << '\n';
        return 1;
    }
    std::cout << saved->path << "\n    " << saved->bytes << " bytes in the background\n"
              << std::fixed << std::setprecision(1) << "    longest frame: " << meanwhile << " ms, " << alone
              << " ms without a save, of " << static_cast<double>(frame_time.count()) / 1e6 << '\n';
}
