// SPDX-License-Identifier: MIT
#include "support/dice.hpp"
#include "support/failure.hpp"
#include "support/piece_sink.hpp"

#include <stet/sink/sinks.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using stet::staged_sink;
using support::as_bytes;
using support::failure;
using support::piece_sink;
using pieces = std::vector<std::string>;

static_assert(stet::sink<staged_sink>);

TEST_CASE("small pieces are joined and reach the sink when it is flushed")
{
    piece_sink             destination;
    std::vector<std::byte> block(16);
    staged_sink            sink(destination, block);

    CHECK(sink.write(as_bytes("one ")));
    CHECK(sink.write("two "));
    CHECK(sink.write(stet::bytes()));
    CHECK(sink.write(""));
    CHECK(destination.pieces.empty());

    CHECK(sink.flush());
    CHECK(destination.pieces == pieces{"one two "});
    CHECK(sink.flush());
    CHECK(destination.pieces.size() == 1);
}

TEST_CASE("a block filled to its end is kept until one byte more comes")
{
    piece_sink             destination;
    std::vector<std::byte> block(8);
    staged_sink            sink(destination, block);

    CHECK(sink.write("abc"));
    CHECK(sink.write("defgh"));
    CHECK(destination.pieces.empty());
    CHECK(sink.write("i"));
    CHECK(destination.pieces == pieces{"abcdefgh"});
    CHECK(sink.flush());
    CHECK(destination.pieces == pieces{"abcdefgh", "i"});
}

TEST_CASE("a piece smaller than the block is split where the block is full")
{
    piece_sink             destination;
    std::vector<std::byte> block(8);
    staged_sink            sink(destination, block);

    CHECK(sink.write("abcde"));
    CHECK(sink.write("fghijkl"));
    CHECK(destination.pieces == pieces{"abcdefgh"});
    CHECK(sink.flush());
    CHECK(destination.pieces == pieces{"abcdefgh", "ijkl"});
}

TEST_CASE("a piece larger than the block passes through uncopied, after what was staged before it")
{
    const std::string      large = "a piece of more than eight bytes";
    piece_sink             destination;
    std::vector<std::byte> block(8);
    staged_sink            sink(destination, block);

    CHECK(sink.write("abc"));
    CHECK(sink.write(large));
    CHECK(destination.pieces == pieces{"abc", large});
    CHECK(destination.addresses.back() == large.data());
}

TEST_CASE("whatever is written arrives, for every size of the block")
{
    for (std::size_t size = 1; size <= 64; ++size) {
        support::dice          dice(size);
        piece_sink             destination;
        std::vector<std::byte> block(size);
        staged_sink            sink(destination, block);
        std::string            expected;
        for (int i = 0; i < 200; ++i) {
            // Mostly around the size of the block, where the cases meet.
            const std::size_t length = dice.below(4) == 0 ? dice.below(200) : dice.below(size + 2);
            std::string       piece(length, '\0');
            for (char& c : piece)
                c = static_cast<char>(dice.below(256));
            expected += piece;
            REQUIRE(sink.write(piece));
            REQUIRE(destination.joined().size() <= expected.size());
            REQUIRE(destination.joined().size() + size >= expected.size());
        }
        REQUIRE(sink.flush());

        CHECK(destination.joined() == expected);
        int small_in_a_row = 0;
        for (std::size_t i = 0; i + 1 < destination.pieces.size(); ++i) {
            CHECK_FALSE(destination.pieces[i].empty());
            if (destination.pieces[i].size() < size && destination.pieces[i + 1].size() < size)
                ++small_in_a_row;
        }
        CHECK(small_in_a_row == 0);
    }
}

TEST_CASE("the failure of a sink comes out of the write or the flush that met it")
{
    const pieces written{"abc", "defgh", "a piece of more than eight bytes", "i", "jklmnopqr", "stu"};

    const auto run = [&](piece_sink& destination) -> stet::result<void> {
        std::vector<std::byte> block(8);
        staged_sink            sink(destination, block);
        for (const std::string& piece : written) {
            if (auto done = sink.write(piece); !done)
                return done;
        }
        return sink.flush();
    };

    piece_sink whole;
    REQUIRE(run(whole));
    const std::size_t count = whole.pieces.size();
    REQUIRE(count == 5);
    for (std::size_t fails_at = 0; fails_at < count; ++fails_at) {
        const pieces before(whole.pieces.begin(),
                            whole.pieces.begin() + static_cast<std::ptrdiff_t>(fails_at));
        for (const bool recovers : {false, true}) {
            piece_sink destination{.fails_at = fails_at, .recovers = recovers};
            const auto failed = run(destination);
            REQUIRE(failure(failed) == "sink_refused");
            CHECK(failed.error().os_code == piece_sink::failure_code);
            CHECK(destination.pieces == before);
        }
    }
}

TEST_CASE("nothing is flushed when a staged sink goes away")
{
    piece_sink destination;
    {
        std::vector<std::byte> block(8);
        staged_sink            sink(destination, block);
        CHECK(sink.write("abc"));
    }
    CHECK(destination.pieces.empty());
}

TEST_CASE("what was put into lent memory is staged without being copied")
{
    piece_sink             destination;
    std::vector<std::byte> block(8);
    staged_sink            sink(destination, block);
    const auto             put = [&](std::span<std::byte> lent, std::string_view text) {
        REQUIRE(lent.size() >= text.size());
        for (std::size_t i = 0; i < text.size(); ++i)
            lent[i] = static_cast<std::byte>(text[i]);
        return sink.write(stet::bytes(lent.first(text.size())));
    };

    CHECK(sink.write("ab"));
    const auto rest = sink.lend(6);
    REQUIRE(rest);
    CHECK(rest->data() == block.data() + 2);
    CHECK(rest->size() == 6);
    CHECK(put(*rest, "cde"));
    CHECK(destination.pieces.empty());

    const auto whole = sink.lend(4);
    REQUIRE(whole);
    CHECK(destination.pieces == pieces{"abcde"});
    CHECK(whole->data() == block.data());
    CHECK(put(*whole, "01234567"));
    CHECK(sink.lend(0)->empty());
    CHECK(sink.lend(9)->size() == 8);
    CHECK(destination.pieces == pieces{"abcde", "01234567"});
    CHECK(sink.flush());
    CHECK(destination.pieces.size() == 2);
}

TEST_CASE("lending fails when what is staged cannot be handed over")
{
    piece_sink             destination{.fails_at = 0};
    std::vector<std::byte> block(8);
    staged_sink            sink(destination, block);

    CHECK(sink.write("abcde"));
    CHECK(failure(sink.lend(4)) == "sink_refused");
}

TEST_CASE("a text is staged where it fits and left alone where it does not")
{
    piece_sink             destination;
    std::vector<std::byte> block(8);
    staged_sink            sink(destination, block);

    CHECK(sink.stage("abcde"));
    CHECK_FALSE(sink.stage("fghi"));
    CHECK(sink.stage(""));
    CHECK(sink.stage("fgh"));
    CHECK_FALSE(sink.stage("i"));
    CHECK(destination.pieces.empty());
    CHECK(sink.flush());
    CHECK(destination.pieces == pieces{"abcdefgh"});
}
