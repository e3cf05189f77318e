// SPDX-License-Identifier: MIT
#include "support/every_writer.hpp"
#include "support/failure.hpp"
#include "support/scratch_directory.hpp"

#include <stet/vocabulary/message.hpp>
#include <stet/writers/executor.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using stet::block_settings;
using support::scratch_directory;

namespace {

constexpr stet::executor at_once{.run = [](void*, void (*job)(void*), void* argument) { job(argument); }};

/// What a numbered save below folders that do not exist says of a writer.
std::string said_of(const stet::file_writer& writer)
{
    const std::array<std::byte, 100>                       content{};
    std::vector<std::pair<std::string, stet::tensor_view>> dict;
    dict.emplace_back("a", *stet::view_of(stet::dtype::u8, {content.size()}, content.data(), content.size()));
    const scratch_directory here;
    const std::string       root = here / "output";
    const auto              saved = stet::save(stet::model_only{.model = dict}, stet::layouts::generic{},
                                               stet::numbered{.root = root, .prefix = "x"}, {.writer = writer});
    CHECK((saved || here.entries().empty()));
    const auto exact = stet::save(stet::model_only{.model = dict}, stet::layouts::generic{},
                                  stet::exact_path{here / "y"}, {.writer = writer});
    CHECK(support::failure(exact) == support::failure(saved));
    return saved ? "saved" : stet::message(saved.error());
}

} // namespace

TEST_CASE("blocks that cannot be are refused by every writer that has them, before anything is on the disk")
{
    const std::size_t huge = SIZE_MAX / 4096 * 4096;
    for (const auto& [blocks, said] : {
             std::pair{block_settings{.blocks = 0}, "the setting 'blocks' is 0; it must be 2 to 32"},
             {block_settings{.blocks = 1}, "the setting 'blocks' is 1; it must be 2 to 32"},
             {block_settings{.blocks = 33}, "the setting 'blocks' is 33; it must be 2 to 32"},
             {block_settings{.block_size = 0},
              "the setting 'block_size' is 0; it must be a multiple of 4,096 bytes"},
             {block_settings{.block_size = 4097},
              "the setting 'block_size' is 4,097; it must be a multiple of 4,096 bytes"},
         })
    {
        const stet::hybrid_settings    hybrid{.blocks = blocks};
        const stet::automatic_settings automatic{.hybrid = hybrid};
        CHECK(said_of(stet::direct_writer(blocks)) == said);
        CHECK(said_of(stet::overlapped_writer(blocks)) == said);
        CHECK(said_of(stet::hybrid_writer(hybrid)) == said);
        CHECK(said_of(stet::automatic_writer(automatic)) == said);
    }
    for (const std::size_t size : {huge, huge / 2 / 4096 * 4096, huge / 8 / 4096 * 4096}) {
        const block_settings blocks{.block_size = size};
        const std::string    said = said_of(stet::direct_writer(blocks));
        CHECK(said.ends_with("it must be so small that all blocks together fit into memory"));
        CHECK(said_of(stet::overlapped_writer(blocks)) == said);
    }
}

TEST_CASE("the least and the most blocks are accepted")
{
    for (const block_settings& blocks :
         {block_settings{.block_size = 4096, .blocks = 2}, block_settings{.block_size = 4096, .blocks = 32}})
    {
        CHECK(said_of(stet::direct_writer(blocks)) == "saved");
        CHECK(said_of(stet::overlapped_writer(blocks)) == "saved");
    }
}

TEST_CASE("other settings that cannot be are refused, too")
{
    const stet::hybrid_settings percent{.most_percent = 101};
    CHECK(said_of(stet::hybrid_writer(percent)) == "the setting 'most_percent' is 101; it must be 0 to 100");
    const stet::parallel_settings nothing{.jobs = at_once, .staging = 0};
    CHECK(said_of(stet::parallel_writer(nothing)) ==
          "the setting 'staging' is 0; it must be at least one byte, and so few that all threads' fit "
          "into memory");
    for (const std::size_t staging : {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 4 + 1}) {
        const stet::parallel_settings too_much{.jobs = at_once, .workers = 3, .staging = staging};
        CHECK(said_of(stet::parallel_writer(too_much)).starts_with("the setting 'staging' is "));
    }
    if constexpr (sizeof(std::size_t) == 4) {
        const stet::parallel_settings crowd{.jobs = at_once, .workers = UINT32_MAX};
        CHECK(said_of(stet::parallel_writer(crowd)).starts_with("the setting 'workers' is "));
    }
}
