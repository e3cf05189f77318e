// SPDX-License-Identifier: MIT
#include "support/failure.hpp"

#include <stet/plan/make_plan.hpp>
#include <stet/save/impl/write_tensors.hpp>
#include <stet/sink/sinks.hpp>

#include <catch2/catch_test_macros.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

using stet::detail::tensor_run;

/// Three tensors of four letters each, in file order.
class letters {
public:
    letters() : plan_(stet::make_plan(dict_)), header_(stet::make_header(*plan_)) { REQUIRE(header_); }
    letters(const letters&) = delete;
    letters& operator=(const letters&) = delete;
    ~letters() = default;

    const stet::header& header() const noexcept { return *header_; }

private:
    static stet::result<stet::tensor_view> view(std::string_view text)
    {
        return stet::view_of(stet::dtype::u8, {text.size()}, text.data(), text.size());
    }

    std::map<std::string, stet::result<stet::tensor_view>> dict_{
        {"a", view("abcd")}, {"b", view("efgh")}, {"c", view("ijkl")}};
    stet::result<stet::plan>   plan_;
    stet::result<stet::header> header_;
};

std::string written(const stet::header& head, const tensor_run& run)
{
    std::string       text;
    stet::append_sink end(text);
    stet::sink_ref    lending(end);
    REQUIRE(stet::detail::write_tensors(head, run, lending, 0, {}));
    return text;
}

} // namespace

TEST_CASE("a run of tensors is written from a byte of its first to a byte of its last")
{
    const letters given;
    CHECK(written(given.header(), stet::detail::whole_run(given.header().tensors())) == "abcdefghijkl");
    CHECK(written(given.header(), {.first = 0, .last = 3, .begin = 2, .end = 9}) == "cdefghi");
    CHECK(written(given.header(), {.first = 1, .last = 2, .begin = 5, .end = 7}) == "fg");
    CHECK(written(given.header(), {.first = 1, .last = 1, .begin = 4, .end = 4}).empty());
}

TEST_CASE("the end is told with the last tensor's name, and may still be refused")
{
    const letters given;
    std::string   told;
    CHECK(stet::detail::report_end(given.header(), [&](const stet::progress& now) {
        told = now.tensor.text() + (now.bytes_done == now.bytes_total ? " done" : " not done");
        return true;
    }));
    CHECK(told == "c done");
    const auto cancelled =
        stet::detail::report_end(given.header(), [](const stet::progress&) { return false; });
    CHECK(support::failure(cancelled) == "cancelled");
    CHECK(cancelled.error().subject() == "c");
    CHECK(stet::detail::report_end(given.header(), {}));
}
