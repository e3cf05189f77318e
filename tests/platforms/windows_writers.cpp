// SPDX-License-Identifier: MIT
// Saves on Windows by every writer, without a test framework, so that a cross compiler and an emulator suffice.
//
//   windows_writers FOLDER         runs the checks in FOLDER, which exists
#include "support/every_writer.hpp"
#include "windows_checks.hpp"

#include <stet/writers.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace windows_checks;
using stet::exact_path;
using stet::existing_file;
using support::named_writer;

/// Packed tensors and ones that are made, of many blocks together.
class checkpoint {
public:
    checkpoint() : memory_(1'000'003)
    {
        for (std::size_t i = 0; i < memory_.size(); ++i)
            memory_[i] = static_cast<std::byte>(i * 2654435761U >> 13U);
        for (std::size_t i = 0; i < 5; ++i) {
            const std::string name = std::to_string(i);
            dict_.emplace_back("packed." + name, *stet::view_of(stet::dtype::u8, {memory_.size()},
                                                                memory_.data(), memory_.size()));
            dict_.emplace_back("made." + name,
                               *stet::produced_view(stet::dtype::u8, {memory_.size()}, memory_,
                                                    [](const std::vector<std::byte>& of, stet::sink_ref out) {
                                                        return out.write(of);
                                                    }));
        }
    }
    checkpoint(const checkpoint&) = delete;
    checkpoint& operator=(const checkpoint&) = delete;
    ~checkpoint() = default;

    stet::bytes memory() const { return memory_; }

    stet::result<stet::plan> plan(stet::file_order order) const
    {
        return stet::make_plan(stet::model_only{.model = dict_}, stet::layouts::generic{}, {.order = order});
    }

private:
    std::vector<std::byte>                                 memory_;
    std::vector<std::pair<std::string, stet::tensor_view>> dict_{};
};

std::string written_to_memory(const stet::plan& plan)
{
    std::string       text;
    stet::append_sink out(text);
    const auto        head = stet::make_header(plan);
    return head && stet::write(*head, out) ? text : "not written";
}

void check_writers(const std::string& here)
{
    const checkpoint            sample;
    const support::every_writer writers({}, sample.memory());
    for (const named_writer& way : writers.list()) {
        const auto plan = sample.plan(way.order);
        if (!expect_success(plan, "a plan is made"))
            continue;
        const std::string        expected = written_to_memory(*plan);
        const std::string        path = here + "/x.safetensors";
        const stet::save_options options{.durability = way.durability, .writer = way.writer};
        const exact_path         where{path, existing_file::replace};
        expect_success(stet::save(*plan, where, options), "saved: " + std::string(way.name));
        expect(content(path) == expected, "its bytes are the plain writer's: " + std::string(way.name));

        stet::worker_threads  pool(1);
        stet::background_save saving(*plan, where, options, pool.jobs());
        expect_success(saving.wait(), "saved in the background: " + std::string(way.name));
        expect(content(path) == expected, "its bytes are the same: " + std::string(way.name));

        std::size_t        told = 0; // one call at a time
        const auto         stop = [&](const stet::progress&) { return ++told < 4; };
        stet::save_options stopped = options;
        stopped.progress = stop;
        expect_error(stet::save(*plan, where, stopped), stet::errc::cancelled,
                     "cancelled: " + std::string(way.name));
        expect(content(path) == expected && entries(here) == names{"x.safetensors"},
               "the old file is whole and nothing is left: " + std::string(way.name));
    }
}

void check_threads()
{
    std::atomic<int> ran = 0;
    {
        stet::worker_threads pool(4);
        expect(pool.size() == 4, "there are as many threads as asked for");
        for (int i = 0; i < 1000; ++i)
            pool.jobs().run(
                pool.jobs().context, [](void* count) { ++*static_cast<std::atomic<int>*>(count); }, &ran);
    }
    expect(ran == 1000, "every job has run when the threads end");
}

} // namespace

int main(int count, char** values)
{
    if (count != 2) {
        std::fprintf(stderr, "windows_writers FOLDER\n");
        return 2;
    }
    check_writers(full_path(values[1]));
    check_threads();
    return report();
}
