// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/piece_sink.hpp"

#include <stet/sink/sinks.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>

using stet::callback_sink;
using support::as_bytes;

static_assert(stet::sink<callback_sink>);

namespace {

struct stream {
    std::string text{};
    int         answer = 0;
};

int take(void* context, const void* data, std::size_t size)
{
    auto& destination = *static_cast<stream*>(context);
    destination.text.append(static_cast<const char*>(data), size);
    destination.text += '|';
    return destination.answer;
}

} // namespace

TEST_CASE("the callback gets its context and every piece")
{
    stream        destination;
    callback_sink sink(take, &destination);

    CHECK(sink.write(as_bytes("one")));
    CHECK(sink.write(as_bytes("two")));
    CHECK(destination.text == "one|two|");
}

TEST_CASE("any answer of the callback but 0 is a refusal and kept")
{
    for (const int answer : {1, -1, 28}) {
        stream        destination{.answer = answer};
        callback_sink sink(take, &destination);

        const auto refused = sink.write(as_bytes("four"));
        CHECK(support::failure(refused) == "sink_refused");
        CHECK(refused.error().os_code == answer);
        CHECK(refused.error().expected == 4);
    }
}
