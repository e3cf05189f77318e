// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/piece_sink.hpp"
#include "support/poured.hpp"
#include "support/scratch_directory.hpp"

#include <stet/families/layouts.hpp>
#include <stet/save/save.hpp>
#include <stet/sink/sinks.hpp>
#include <stet/tensor/views.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using stet::dtype;
using stet::extents;
using stet::produced_view;
using stet::result;
using stet::sink_ref;
using support::as_bytes;
using support::failure;
using support::piece_sink;
using support::poured;

namespace {

/// Bytes that do not exist until they are asked for.
struct run_length {
    char        letter;
    std::size_t count;
    std::size_t piece;
};

constexpr auto write_out = [](const run_length& runs, sink_ref destination) -> result<void> {
    for (std::size_t left = runs.count; left != 0;) {
        const std::size_t now = left < runs.piece ? left : runs.piece;
        if (auto written = destination.write(as_bytes(std::string(now, runs.letter))); !written)
            return written;
        left -= now;
    }
    return {};
};

constexpr auto failing = [](const run_length&, sink_ref) -> result<void> {
    return stet::error{.code = stet::errc::io_failure, .os_code = 5};
};

template <class Object>
concept can_be_produced = requires(Object&& object, const extents& shape) {
    produced_view(dtype::u8, shape, std::forward<Object>(object), write_out);
};

} // namespace

static_assert(stet::detail::producer_of<decltype(write_out), run_length>);
static_assert(!stet::detail::producer_of<decltype(write_out), std::string>, "takes another object");
static_assert(!stet::detail::producer_of<void (*)(const run_length&, sink_ref), run_length>,
              "a pointer is state");
static_assert(can_be_produced<run_length&> && can_be_produced<const run_length&>);
static_assert(!can_be_produced<run_length> && !can_be_produced<const run_length>, "it would be gone at once");

TEST_CASE("a function with captures, or one that reports nothing, is no producer")
{
    const std::string extra = "x";
    const auto capturing = [&extra](const run_length&, sink_ref to) { return to.write(as_bytes(extra)); };
    const auto silent = [](const run_length&, sink_ref) {};
    const auto changing = [](run_length& runs, sink_ref) -> result<void> {
        runs.count = 0;
        return {};
    };
    STATIC_CHECK_FALSE(stet::detail::producer_of<decltype(capturing), run_length>);
    STATIC_CHECK_FALSE(stet::detail::producer_of<decltype(silent), run_length>);
    STATIC_CHECK_FALSE(stet::detail::producer_of<decltype(changing), run_length>);

    piece_sink destination;
    run_length runs{.letter = 'a', .count = 1, .piece = 1};
    CHECK(capturing(runs, destination));
    silent(runs, destination);
    CHECK(changing(runs, destination));
    CHECK(destination.joined() == "x");
}

TEST_CASE("a produced tensor is written when it is poured")
{
    run_length runs{.letter = 'a', .count = 12, .piece = 5};
    const auto view = produced_view(dtype::f16, {2, 3}, runs, write_out);
    runs.letter = 'b';

    REQUIRE(view);
    CHECK(view->type == dtype::f16);
    CHECK(view->shape.size() == 2);
    CHECK(view->size == 12);
    CHECK_FALSE(view->is_packed());
    CHECK(poured(view) == std::string(12, 'b'));
}

TEST_CASE("pieces reach the sink as they are produced")
{
    const run_length runs{.letter = 'a', .count = 12, .piece = 5};
    piece_sink       destination;
    REQUIRE(pour(*produced_view(dtype::u8, {12}, runs, write_out), destination));
    CHECK(destination.pieces == std::vector<std::string>{"aaaaa", "aaaaa", "aa"});
}

TEST_CASE("a producer must deliver exactly the bytes that dtype and shape need")
{
    for (const std::size_t piece : {1U, 5U, 100U}) {
        for (std::size_t count = 0; count <= 20; ++count) {
            const run_length runs{.letter = 'a', .count = count, .piece = piece};
            piece_sink       destination;
            const auto       done = pour(*produced_view(dtype::f32, {3}, runs, write_out), destination);
            if (count == 12) {
                CHECK(done);
                CHECK(destination.joined().size() == 12);
                continue;
            }
            REQUIRE(failure(done) == "produced_size_mismatch");
            CHECK(done.error().expected == 12);
            CHECK((done.error().actual > 12) == (count > 12));
            CHECK(destination.joined().size() <= 12);
            if (count < 12)
                CHECK(done.error().actual == count);
        }
    }
}

TEST_CASE("a tensor of no elements has a producer that writes nothing")
{
    const run_length none{.letter = 'a', .count = 0, .piece = 5};
    const run_length some{.letter = 'a', .count = 1, .piece = 5};
    CHECK(poured(produced_view(dtype::f32, {3, 0}, none, write_out)).empty());
    CHECK(poured(produced_view(dtype::f32, {3, 0}, some, write_out)) == "failed: produced_size_mismatch");
}

TEST_CASE("the producer's own failure and the sink's come out of pour")
{
    const run_length runs{.letter = 'a', .count = 12, .piece = 5};
    piece_sink       destination;
    const auto       own = pour(*produced_view(dtype::u8, {12}, runs, failing), destination);
    CHECK(failure(own) == "io_failure");
    CHECK(own.error().os_code == 5);

    piece_sink refusing{.fails_at = 1};
    CHECK(failure(pour(*produced_view(dtype::u8, {12}, runs, write_out), refusing)) == "sink_refused");
}

TEST_CASE("a producer that hides the sink's failure is found out")
{
    const run_length runs{.letter = 'a', .count = 12, .piece = 5};
    const auto       careless = [](const run_length& all, sink_ref to) -> result<void> {
        static_cast<void>(to.write(as_bytes(std::string(all.count, all.letter))));
        static_cast<void>(to.write(as_bytes(std::string(all.count, all.letter))));
        return {};
    };
    CHECK(poured(produced_view(dtype::u8, {24}, runs, careless)) == std::string(24, 'a'));
    for (const std::size_t fails_at : {0U, 1U}) {
        piece_sink refusing{.fails_at = fails_at, .recovers = true};
        CHECK(failure(pour(*produced_view(dtype::u8, {24}, runs, careless), refusing)) == "sink_refused");
    }
    CHECK(poured(produced_view(dtype::u8, {12}, runs, careless)) == "failed: produced_size_mismatch");
}

TEST_CASE("a shape that cannot be is refused before anything is produced")
{
    const run_length runs{.letter = 'a', .count = 12, .piece = 5};
    CHECK(failure(produced_view(dtype::u8, {-1}, runs, write_out)) == "negative_dimension");
    CHECK(failure(produced_view(dtype::u8, {UINT64_MAX, 2}, runs, write_out)) == "tensor_size_overflow");
    CHECK(failure(produced_view(dtype::f4, {3}, runs, write_out)) == "partial_byte");
}

TEST_CASE("a producer may put its bytes right where the sink wants them")
{
    struct block {
        std::size_t size;
    };
    const block given{.size = 6};
    const auto  view =
        produced_view(dtype::u8, {6}, given, [](const block& from, sink_ref destination) -> result<void> {
            const auto place = destination.lend(from.size);
            if (!place || place->size() < from.size)
                return stet::error{.code = stet::errc::io_failure};
            for (std::size_t i = 0; i < from.size; ++i)
                (*place)[i] = static_cast<std::byte>('a' + i);
            return destination.write(place->first(from.size));
        });
    REQUIRE(view);
    std::array<std::byte, 6> memory{};
    stet::span_sink          in_memory(memory);
    REQUIRE(pour(*view, in_memory));
    CHECK(support::as_text(in_memory.written()) == "abcdef");
    CHECK(poured(view) == "failed: io_failure"); // to a sink that lends nothing
}

#if defined(__cpp_exceptions)
TEST_CASE("what a producer throws passes through a save, which leaves no file")
{
    struct device_lost {
        int code;
    };
    const support::scratch_directory folder;
    const std::string                path = folder.path() + "/model.safetensors";
    const run_length                 runs{.letter = 'a', .count = 12, .piece = 5};
    const auto                       throwing = [](const run_length& all, sink_ref to) -> result<void> {
        if (auto written = to.write(as_bytes(std::string(all.piece, all.letter))); !written)
            return written;
        throw device_lost{7};
    };
    const std::map<std::string, stet::tensor_view> dict{
        {"a", *produced_view(dtype::u8, {12}, runs, write_out)},
        {"b", *produced_view(dtype::u8, {12}, runs, throwing)}};
    const stet::model_only checkpoint{.model = dict};
    int                    caught = 0;
    try {
        static_cast<void>(stet::save(checkpoint, stet::layouts::generic{}, stet::exact_path{path}));
    } catch (const device_lost& lost) {
        caught = lost.code;
    }
    CHECK(caught == 7);
    CHECK(folder.entries().empty());

    piece_sink in_memory;
    caught = 0;
    try {
        static_cast<void>(stet::save(checkpoint, stet::layouts::generic{}, in_memory));
    } catch (const device_lost& lost) {
        caught = lost.code;
    }
    CHECK(caught == 7);
}
#endif

TEST_CASE("a producer may save another checkpoint on the way")
{
    const run_length runs{.letter = 'a', .count = 12, .piece = 5};
    const auto       saving = [](const run_length& all, sink_ref to) -> result<void> {
        const std::map<std::string, stet::tensor_view> inner{
                  {"c", *produced_view(dtype::u8, {12}, all, write_out)}};
        piece_sink other;
        if (const auto saved = stet::save(stet::model_only{.model = inner}, stet::layouts::generic{}, other);
            !saved)
            return saved.error();
        return write_out(all, to);
    };
    const std::map<std::string, stet::tensor_view> dict{{"a", *produced_view(dtype::u8, {12}, runs, saving)}};
    piece_sink                                     destination;
    REQUIRE(stet::save(stet::model_only{.model = dict}, stet::layouts::generic{}, destination));
    CHECK(destination.joined().ends_with(std::string(12, 'a')));
}
