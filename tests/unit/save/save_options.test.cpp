// SPDX-License-Identifier: MIT
#include "support/sample_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <stet/file/part_file.hpp>
#include <stet/read/checkpoint_view.hpp>
#include <stet/save/save.hpp>
#include <stet/sink/sinks.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

TEST_CASE("a save writes through the writer it is given, with that writer's settings")
{
    struct seen {
        int calls = 0;
    };
    const support::sample_checkpoint sample;
    const support::scratch_directory here;
    seen                             calls;
    const stet::file_writer          counted{.write = [](const void* settings, const stet::header& head,
                                                stet::part_file&          file,
                                                const stet::save_options& options) -> stet::result<void> {
                                        ++const_cast<seen*>(static_cast<const seen*>(settings))->calls;
                                        return stet::write(head, file, {.progress = options.progress});
                                    },
                                             .settings = &calls};

    const auto saved = sample.save(stet::exact_path{here / "x"}, {.writer = counted});

    REQUIRE(saved);
    CHECK(calls.calls == 1);
    CHECK(sample.is_in(here.content("x")));
}

TEST_CASE("what a writer fails with ends the save without a file")
{
    const support::sample_checkpoint sample;
    const support::scratch_directory here;
    const stet::file_writer failing{.write = [](const void*, const stet::header&, stet::part_file& file,
                                                const stet::save_options&) -> stet::result<void> {
        return stet::error{.code = stet::errc::io_failure}.about(file.path());
    }};

    const auto saved = sample.save(stet::numbered{here.path(), "x"}, {.writer = failing});

    REQUIRE_FALSE(saved);
    CHECK(saved.error().code == stet::errc::io_failure);
    CHECK(here.entries().empty());
}

namespace {

/// Spaces at the end of a file's header.
std::size_t spaces_in(std::string_view file)
{
    const std::size_t end = file.find("}  ");
    return end == std::string_view::npos ? 0 : file.find_first_not_of(' ', end + 1) - end - 1;
}

} // namespace

TEST_CASE("every way to save leaves the room that is asked for in the header")
{
    const support::sample_checkpoint sample;
    const support::scratch_directory here;
    constexpr std::uint64_t          room = 1000;

    const auto exact = sample.save(stet::exact_path{here / "x"}, {.header_room = room});
    REQUIRE(exact);
    const auto numbered =
        sample.save(stet::numbered{.root = here.path(), .prefix = "n"}, {.header_room = room});
    REQUIRE(numbered);
    std::string       memory;
    stet::append_sink sink(memory);
    REQUIRE(stet::save(sample.view(), stet::layouts::generic{}, sink, {.header_room = room}));

    const std::string file = here.content("x");
    CHECK(stet::read_checkpoint(std::as_bytes(std::span(file)), {.strict = true}));
    CHECK(spaces_in(file) >= room);
    CHECK(spaces_in(file) < room + 8);
    CHECK(exact->header_bytes % 8 == 0);
    CHECK(here.content("n_00001_.safetensors") == file);
    CHECK(memory == file);
}
