// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/piece_sink.hpp"

#include <stet/sink/sink.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

using stet::bytes;
using stet::result;
using stet::sink;
using stet::sink_ref;
using support::as_bytes;
using support::piece_sink;

namespace {

template <class Answer, class Data>
struct writer {
    Answer write(Data data);
};

} // namespace

static_assert(sink<piece_sink> && sink<sink_ref> && sink<writer<result<void>, bytes>>);
static_assert(!sink<int> && !sink<writer<void, bytes>> && !sink<writer<result<int>, bytes>>);
static_assert(!sink<writer<result<void>, const std::string&>>);
static_assert(!sink<const piece_sink>);

static_assert(sizeof(sink_ref) == 2 * sizeof(void*));
static_assert(std::is_trivially_copyable_v<sink_ref>);
static_assert(std::is_convertible_v<piece_sink&, sink_ref>);
static_assert(!std::is_constructible_v<sink_ref, piece_sink>, "a temporary would be gone at the first write");
static_assert(!std::is_constructible_v<sink_ref, const piece_sink&>);
static_assert(!std::is_constructible_v<sink_ref, int&>);

TEST_CASE("a sink_ref hands every piece to its sink")
{
    piece_sink     destination;
    const sink_ref reference = destination;

    CHECK(reference.write(as_bytes("one")));
    CHECK(reference.write(as_bytes("")));
    CHECK(reference.write(as_bytes("two")));
    CHECK(destination.pieces == std::vector<std::string>{"one", "", "two"});
}

TEST_CASE("a sink_ref returns what its sink returns")
{
    piece_sink     destination{.fails_at = 1};
    const sink_ref reference = destination;

    CHECK(reference.write(as_bytes("one")));
    const auto refused = reference.write(as_bytes("two"));
    CHECK(support::failure(refused) == "sink_refused");
    CHECK(refused.error().os_code == piece_sink::failure_code);
}

TEST_CASE("a copy of a sink_ref refers to the sink, not to the first reference")
{
    piece_sink first;
    piece_sink second;
    sink_ref   reference = first;
    sink_ref   copy = reference;
    reference = second;

    CHECK(copy.write(as_bytes("a")));
    CHECK(reference.write(as_bytes("b")));
    CHECK(first.joined() == "a");
    CHECK(second.joined() == "b");
}

TEST_CASE("a sink_ref lends what its sink lends, and nothing of a sink that lends nothing")
{
    struct lender {
        std::array<std::byte, 4> own{};
        std::size_t              asked = 0;

        result<void>                 write(bytes) { return {}; }
        result<std::span<std::byte>> lend(std::size_t wanted)
        {
            asked = wanted;
            if (wanted > own.size())
                return stet::error{.code = stet::errc::sink_full};
            return std::span<std::byte>(own);
        }
    };
    static_assert(stet::detail::lending_sink<lender> && stet::detail::lending_sink<sink_ref>);
    static_assert(!stet::detail::lending_sink<piece_sink> && !stet::detail::lending_sink<int>);

    lender         lends;
    const sink_ref reference = lends;
    CHECK(reference.lend(3)->data() == lends.own.data());
    CHECK(lends.asked == 3);
    CHECK(support::failure(reference.lend(5)) == "sink_full");

    piece_sink     keeps_its_own;
    const sink_ref other = keeps_its_own;
    CHECK(other.lend(1)->empty());
    CHECK(keeps_its_own.calls == 0);
}
