// SPDX-License-Identifier: MIT
// Every way to write a file, with settings that let a small file take it.
#ifndef STET_TESTS_SUPPORT_EVERY_WRITER_HPP
#define STET_TESTS_SUPPORT_EVERY_WRITER_HPP

#include <stet/stet.hpp>
#include <stet/writers.hpp>

#include <array>
#include <cstddef>

namespace support {

struct named_writer {
    const char*       name;
    stet::file_writer writer{};
    stet::file_order  order = stet::reference_order; ///< these two: where the writer has something to do
    stet::durability  durability = stet::durability::full;
};

/// lifetime: the writers borrow this object
class every_writer {
public:
    /// jobs:   for the writers that take an executor; empty: threads of this object for the one that needs them
    /// shared: memory that is said to be a mapped file
    /// piece:  bytes that are written at a time, at least a page
    explicit every_writer(stet::executor jobs = {}, stet::bytes shared = {}, std::size_t piece = 16384)
        : source_{.memory = shared}, blocks_{.block_size = piece, .blocks = 3},
          portions_{.workers = 2, .staging = 5000, .portion = piece / 16}
    {
        blocks_.jobs = jobs;
        portions_.jobs = jobs ? jobs : pool_.jobs();
        hybrid_.blocks = blocks_;
        always_direct_.hybrid = hybrid_;
        always_hybrid_.hybrid = hybrid_;
    }
    every_writer(const every_writer&) = delete;
    every_writer& operator=(const every_writer&) = delete;
    ~every_writer() = default;

    std::array<named_writer, 8> list() const
    {
        return {named_writer{.name = "plain"},
                {.name = "direct", .writer = stet::direct_writer(blocks_)},
                {.name = "overlapped", .writer = stet::overlapped_writer(blocks_)},
                {.name = "hybrid", .writer = stet::hybrid_writer(hybrid_)},
                {.name = "parallel", .writer = stet::parallel_writer(portions_)},
                {.name = "cloning",
                 .writer = stet::cloning_writer(cloning_),
                 .order = stet::aligned_order<stet::clone_alignment>},
                {.name = "automatic, direct", .writer = stet::automatic_writer(always_direct_)},
                {.name = "automatic, hybrid",
                 .writer = stet::automatic_writer(always_hybrid_),
                 .durability = stet::durability::none}};
    }

private:
    stet::worker_threads     pool_{2};
    stet::mapped_source      source_;
    stet::block_settings     blocks_;
    stet::hybrid_settings    hybrid_{};
    stet::parallel_settings  portions_;
    stet::cloning_settings   cloning_{.files = {&source_, 1}};
    stet::automatic_settings always_direct_{.large_durable = 0};
    stet::automatic_settings always_hybrid_{.large = 0};
};

} // namespace support

#endif
