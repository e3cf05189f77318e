// SPDX-License-Identifier: MIT
// Sources that throw, where the program has exceptions: nothing is leaked, and what was there before can still be used.
#ifdef __cpp_exceptions

#include "support/counting_heap.hpp"
#include "support/scratch_directory.hpp"
#include "support/stored_file.hpp"
#include "support/text_bytes.hpp"

#include <stet/read/checkpoint_reader.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

const std::string& small_file()
{
    static const std::string* const file = new std::string(support::stored_file(
        R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}})",
        "abcdef"));
    return *file;
}

struct broken {};

/// Throws at one of its calls.
struct throwing_source {
    std::size_t throws_at = 0; ///< 0: never
    std::size_t calls = 0;

    void count()
    {
        if (++calls == throws_at)
            throw broken();
    }
    std::uint64_t size()
    {
        count();
        return small_file().size();
    }
    stet::result<void> read(std::uint64_t offset, std::span<std::byte> buffer)
    {
        count();
        return stet::span_source(support::as_bytes(small_file())).read(offset, buffer);
    }
};

struct same_names {
    static stet::placed_name place(stet::role::model, std::string_view key) noexcept { return {.stem = key}; }
};

} // namespace

TEST_CASE("a source that throws while a header is read leaks nothing")
{
    for (std::size_t call = 1; call <= 3; ++call) {
        support::counting_heap heap;
        throwing_source        source{.throws_at = call};
        CHECK_THROWS_AS(stet::open_checkpoint(source, {.allocator = heap.allocator()}), broken);
        CHECK(heap.live_blocks() == 0);
        CHECK(source.calls == call);
    }
}

TEST_CASE("a source that throws while a tensor is read leaks nothing, and the reader reads on")
{
    support::counting_heap heap;
    throwing_source        source;
    {
        const auto reader = stet::open_checkpoint(source, {.allocator = heap.allocator()});
        REQUIRE(reader);
        const std::size_t        live = heap.live_blocks();
        std::array<std::byte, 4> to{};
        source.throws_at = source.calls + 1;
        CHECK_THROWS_AS(reader->read(reader->header()[0], to), broken);
        source.throws_at = source.calls + 1;
        CHECK_THROWS_AS((*reader)["a"].to<int>(heap.allocator()), broken);
        CHECK(heap.live_blocks() == live);
        const std::vector<int> numbers = *(*reader)["a"].to<int>(heap.allocator());
        CHECK(numbers == std::vector<int>{'a', 'b', 'c', 'd'});
    }
    CHECK(heap.live_blocks() == 0);
}

TEST_CASE("a source that throws while its tensors are saved leaves no file, and no part of one")
{
    const support::scratch_directory scratch;
    throwing_source                  source;
    const auto                       reader = stet::open_checkpoint(source);
    REQUIRE(reader);
    const auto save = [&] {
        return stet::save(stet::model_only{.model = *reader}, same_names{}, stet::exact_path{scratch / "b"});
    };
    source.throws_at = source.calls + 2;
    CHECK_THROWS_AS(save(), broken);
    CHECK(scratch.entries().empty());
    CHECK(save());
    CHECK(scratch.entries() == std::vector<std::string>{"b"});
}

TEST_CASE("a source may read another checkpoint while it is read")
{
    struct nested_source {
        std::uint64_t      size() const { return small_file().size(); }
        stet::result<void> read(std::uint64_t offset, std::span<std::byte> buffer)
        {
            throwing_source inner;
            const auto      reader = stet::open_checkpoint(inner);
            return reader ? stet::span_source(support::as_bytes(small_file())).read(offset, buffer)
                          : stet::result<void>(reader.error());
        }
    };
    nested_source source;
    const auto    reader = stet::open_checkpoint(source);
    REQUIRE(reader);
    CHECK((*reader)["b"].to<int>());
}

#endif
