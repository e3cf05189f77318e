// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/sample_checkpoint.hpp"
#include "support/scratch_directory.hpp"
#include "support/short_memory.hpp"

#include <stet/save/write_options.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace hashes = stet::hashes;

namespace {

// What was asked of the calls below.
int  accepted = 0;
int  written = 0;
bool is_refused = false;

stet::result<void> accept(const hashes::request& wanted, const stet::header&)
{
    accepted += wanted.kinds.crc32 ? 1 : 0;
    return is_refused ? stet::result<void>(stet::error{.code = stet::errc::header_too_large})
                      : stet::result<void>();
}

/// Writes as usual, and says that it was another size.
stet::result<void> write_file(const hashes::request&, const stet::header& head, stet::part_file& file,
                              const stet::save_options& options, hashes::write_function write,
                              hashes::hashed_file& done)
{
    ++written;
    CHECK(done.bytes == head.file_size());
    CHECK(done.header_bytes + stet::header::length_field == head.size());
    done.header_bytes = 4;
    done.bytes = 5;
    done.hashes.crc32 = {.value = 6, .is_known = true};
    return write(head, file, options);
}

stet::result<void> write_sink(const hashes::request&, const stet::header& head, stet::sink_ref destination,
                              const stet::sink_options&, hashes::hashed_file& done)
{
    ++written;
    done.bytes = 7;
    return stet::write(head, destination);
}

constexpr hashes::request_calls calls{.accept = accept, .write_file = write_file, .write_sink = write_sink};
constexpr hashes::request       wanted{.calls = &calls, .kinds = {.crc32 = true}};

} // namespace

TEST_CASE("a save lets who takes the hashes write, and reports what that says")
{
    const support::sample_checkpoint sample;
    const support::scratch_directory here;
    accepted = 0;
    written = 0;
    const auto saved = sample.save(stet::exact_path{here / "x"}, {.hashes = wanted});
    REQUIRE(saved);
    CHECK(accepted == 1);
    CHECK(written == 1);
    CHECK(saved->header_bytes == 4);
    CHECK(saved->bytes == 5);
    CHECK(saved->hashes.crc32.value == 6);
    CHECK(sample.is_in(here.content("x")));
    const auto numbered = sample.save(stet::numbered{here.path(), "y"}, {.hashes = wanted});
    REQUIRE(numbered);
    CHECK(accepted == 2);
    CHECK(written == 2);
    CHECK(numbered->hashes.crc32.is_known);
}

TEST_CASE("hashes that cannot be taken are refused before anything is on the disk")
{
    const support::sample_checkpoint sample;
    const support::scratch_directory here;
    is_refused = true;
    written = 0;
    CHECK(support::failure(sample.save(stet::exact_path{here / "x"}, {.hashes = wanted})) ==
          "header_too_large");
    CHECK(support::failure(sample.save(stet::numbered{here.path(), "y"}, {.hashes = wanted})) ==
          "header_too_large");
    is_refused = false;
    CHECK(written == 0);
    CHECK(here.entries().empty());
}

TEST_CASE("a save without hashes knows none")
{
    const support::sample_checkpoint sample;
    const support::scratch_directory here;
    const auto                       saved = sample.save(stet::exact_path{here / "x"}, {});
    REQUIRE(saved);
    CHECK_FALSE((saved->hashes.sha256.is_known || saved->hashes.crc32.is_known));
    CHECK(saved->bytes == here.content("x").size());
}

TEST_CASE("a save to a sink lets who takes the hashes write, too")
{
    const std::map<std::string, stet::tensor_view> none;
    const auto  plan = stet::make_plan(none, {.empty = stet::empty_components::allow});
    std::string file;
    REQUIRE(plan);
    written = 0;
    const auto saved = stet::save(*plan, stet::append_sink{file}, {.hashes = wanted});
    REQUIRE(saved);
    CHECK(written == 1);
    CHECK(saved->bytes == 7);
    CHECK(file.size() == 16);
}

TEST_CASE("the digests of tensors own their names, in the memory that was promised")
{
    const std::size_t needed = support::allocations_needed([](const stet::allocator& memory) {
        hashes::tensor_digests found(memory);
        const auto             reserved = found.reserve(2, 9);
        if (!reserved)
            return support::failure(reserved);
        {
            const std::string      prefix = "model.";
            const std::string_view none;
            found.add(prefix, "w", {.covers = 7, .is_known = true});
            found.add(none, std::string("em"), {});
        }
        const hashes::tensor_digests moved = std::move(found);
        CHECK(moved.size() == 2);
        CHECK(moved[0].name == "model.w");
        CHECK(moved[0].sha256.covers == 7);
        CHECK(moved.begin()[1].name == "em");
        CHECK(moved.end() == moved.begin() + 2);
        return support::failure(reserved);
    });
    CHECK(needed == 2); // all at once
    static_assert(sizeof(hashes::tensor_digest) <= 64);
}
