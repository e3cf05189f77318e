// SPDX-License-Identifier: MIT
// Saves one checkpoint by every writer, and in the background, so that the files of two systems can be compared.
//
//   every_way FOLDER         makes FOLDER/0.safetensors and so on; prints the writers' names
#include "support/every_writer.hpp"

#include <stet/stet.hpp>
#include <stet/writers.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace {

bool succeeded(const stet::result<stet::saved_checkpoint>& saved)
{
    if (!saved)
        std::puts(stet::message(saved.error()).c_str());
    return bool(saved);
}

/// Packed tensors of many blocks, turned ones, and others that are made while they are written.
std::vector<std::pair<std::string, stet::tensor_view>> sample(const std::vector<std::uint16_t>& numbers,
                                                              const std::vector<std::byte>&     memory)
{
    std::vector<std::pair<std::string, stet::tensor_view>> dict;
    for (int i = 0; i < 4; ++i) {
        const std::string name = std::to_string(i);
        dict.emplace_back("packed." + name, *stet::view_of(numbers, {numbers.size() / 100, 100}));
        dict.emplace_back("turned." + name,
                          *stet::strided_view(numbers, {100, numbers.size() / 100}, {1, 100}));
        dict.emplace_back("made." + name,
                          *stet::produced_view(stet::dtype::u8, {memory.size()}, memory,
                                               [](const std::vector<std::byte>& of, stet::sink_ref out) {
                                                   return out.write(of);
                                               }));
    }
    return dict;
}

} // namespace

int main(int count, char** values)
{
    if (count != 2) {
        std::puts("every_way FOLDER");
        return 2;
    }
    std::vector<std::uint16_t> numbers(100'000);
    for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = static_cast<std::uint16_t>(i * 40503U >> 3U);
    std::vector<std::byte> memory(200'003);
    for (std::size_t i = 0; i < memory.size(); ++i)
        memory[i] = static_cast<std::byte>(i * 40503U >> 5U);
    const auto                  dict = sample(numbers, memory);
    const support::every_writer writers;
    bool                        all_saved = true;
    int                         files = 0;
    for (const support::named_writer& way : writers.list()) {
        const auto plan =
            stet::make_plan(stet::model_only{.model = dict}, stet::layouts::generic{}, {.order = way.order});
        if (!plan) {
            std::puts(stet::message(plan.error()).c_str());
            return 1;
        }
        const auto path = [&] {
            return std::string(values[1]) + '/' + std::to_string(files++) + ".safetensors";
        };
        const stet::save_options options{.durability = way.durability, .writer = way.writer};
        all_saved = succeeded(stet::save(*plan, stet::exact_path{path()}, options)) && all_saved;

        const std::string     behind = path();
        stet::worker_threads  pool(1);
        stet::background_save saving(*plan, stet::exact_path{behind}, options, pool.jobs());
        all_saved = succeeded(saving.wait()) && all_saved;
        std::puts(way.name);
    }
    return all_saved ? 0 : 1;
}
