// SPDX-License-Identifier: MIT
#include "support/digest_samples.hpp"
#include "support/failure.hpp"
#include "support/short_memory.hpp"

#include <stet/hashes/impl/data_pass.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace hashes = stet::hashes;

using stet::detail::data_pass;
using stet::detail::file_hasher;

namespace {

/// Makes its bytes, and counts how often.
struct maker {
    std::size_t           size = 0;
    std::size_t           piece = 1;
    bool                  fails = false;
    mutable std::uint32_t runs = 0;

    static stet::result<void> produce(const maker& of, stet::sink_ref out)
    {
        ++of.runs;
        const auto  text = support::sample_text(of.size);
        stet::bytes left(text);
        while (!left.empty()) {
            const stet::bytes first = left.first(std::min(of.piece, left.size()));
            if (of.fails && left.size() < of.size)
                return stet::error{.code = stet::errc::sink_refused};
            if (auto written = out.write(first); !written)
                return written;
            left = left.subspan(first.size());
        }
        return {};
    }

    stet::tensor_view view() const
    {
        return *stet::produced_view(stet::dtype::u8, {size}, *this,
                                    [](const maker& of, stet::sink_ref out) { return produce(of, out); });
    }
};

/// Tensors in memory between tensors that are made, in the order of their names.
struct sample {
    std::vector<std::byte>                   memory = support::sample_text(3'000'000);
    std::map<std::string, maker>             makers{};
    std::map<std::string, stet::tensor_view> dict{};

    sample()
    {
        add_packed("a", 2'500'000);
        add_made("b", 6'000'000, 70'001); // more than may wait
        dict["c"] = *stet::strided_view(stet::dtype::u8, {1000, 300}, {1, 1000}, stet::bytes(memory));
        add_made("d", 0, 1);
        add_made("e", 100, 7);
        add_packed("f", 0);
        add_made("g", 30'000, 11);
        add_packed("h", 10);
    }

    void add_packed(const std::string& name, std::size_t size)
    {
        dict[name] = *stet::view_of(stet::dtype::u8, {size}, stet::bytes(memory).first(size));
    }
    void add_made(const std::string& name, std::size_t size, std::size_t piece)
    {
        makers[name] = {.size = size, .piece = piece};
        dict[name] = makers[name].view();
    }

    stet::plan plan() const
    {
        auto made = stet::make_plan(dict);
        REQUIRE(made);
        return *std::move(made);
    }
};

constexpr hashes::kinds wanted{.data = true, .content = true};

hashes::file_hashes finished(file_hasher& hasher)
{
    hashes::file_hashes found;
    hasher.finish(found);
    return found;
}

hashes::file_hashes expected_of(const stet::plan& tensors)
{
    file_hasher hasher(wanted, 8, stet::heap());
    REQUIRE(hasher.reserve(tensors.records().size()));
    REQUIRE(stet::detail::hash_data(tensors, hasher));
    return finished(hasher);
}

/// Writes the tensors of the pass in an order of record numbers.
void write_in_order(const stet::plan& tensors, const std::vector<std::size_t>& order)
{
    for (const std::size_t i : order) {
        stet::counting_sink nowhere;
        REQUIRE(stet::pour(tensors.tensor(tensors.records()[i]), nowhere));
        CHECK(nowhere.size() == tensors.records()[i].size);
    }
}

/// What a pass by these jobs hashes while the tensors are written in this order.
hashes::file_hashes passed_in_order(const stet::plan& tensors, const std::vector<std::size_t>& order,
                                    const stet::executor& jobs)
{
    file_hasher hasher(wanted, 8, stet::heap());
    REQUIRE(hasher.reserve(tensors.records().size()));
    data_pass pass(tensors, hasher, jobs);
    REQUIRE(pass.reserve());
    pass.begin();
    write_in_order(pass.tensors(), order);
    REQUIRE(pass.finish());
    CHECK(pass.is_done());
    return finished(hasher);
}

/// Runs jobs at once, never, or when it is asked.
struct slow_executor {
    std::vector<std::pair<void (*)(void*), void*>> waiting{};

    stet::executor jobs()
    {
        return {.context = this, .run = [](void* self, void (*job)(void*), void* argument) {
                    static_cast<slow_executor*>(self)->waiting.emplace_back(job, argument);
                }};
    }
    void run_all()
    {
        while (!waiting.empty()) {
            const auto [job, argument] = waiting.back();
            waiting.pop_back();
            job(argument);
        }
    }
};

constexpr stet::executor at_once{.context = nullptr,
                                 .run = [](void*, void (*job)(void*), void* argument) { job(argument); }};

} // namespace

TEST_CASE("written in order, everything is hashed in one pass by whoever runs the jobs", "[thread]")
{
    const sample             of;
    const stet::plan         tensors = of.plan();
    const auto               expected = expected_of(tensors);
    stet::worker_threads     pool(2);
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < tensors.records().size(); ++i)
        order.push_back(i);
    for (const stet::executor jobs : {stet::executor{}, at_once, pool.jobs()}) {
        for (const auto& [name, each] : of.makers)
            each.runs = 0;
        const auto found = passed_in_order(tensors, order, jobs);
        CHECK(found.data.bytes == expected.data.bytes);
        CHECK(found.content.bytes == expected.content.bytes);
        for (const auto& [name, each] : of.makers)
            CHECK(each.runs == 1);
    }
}

TEST_CASE("written in any other order the hashes are the same, and what came too soon is made once more",
          "[thread]")
{
    const sample         of;
    const stet::plan     tensors = of.plan();
    const auto           expected = expected_of(tensors);
    stet::worker_threads pool(2);
    for (const std::vector<std::size_t>& order :
         {std::vector<std::size_t>{7, 6, 5, 4, 3, 2, 1, 0}, std::vector<std::size_t>{4, 1, 3, 6, 0, 2, 5, 7}})
    {
        for (const stet::executor jobs : {stet::executor{}, at_once, pool.jobs()}) {
            const auto found = passed_in_order(tensors, order, jobs);
            CHECK(found.data.bytes == expected.data.bytes);
            CHECK(found.content.bytes == expected.content.bytes);
        }
    }
}

TEST_CASE("an executor that runs its jobs late is not waited for while tensors pass", "[thread]")
{
    const sample     of;
    const stet::plan tensors = of.plan();
    const auto       expected = expected_of(tensors);
    slow_executor    slow;
    file_hasher      hasher(wanted, 8, stet::heap());
    REQUIRE(hasher.reserve(tensors.records().size()));
    data_pass pass(tensors, hasher, slow.jobs());
    REQUIRE(pass.reserve());
    pass.begin();
    write_in_order(pass.tensors(), {0, 1, 2, 3, 4, 5, 6, 7}); // 6 MB pass where 4 MiB may wait
    REQUIRE(pass.finish());
    CHECK(finished(hasher).data.bytes == expected.data.bytes);
    CHECK_FALSE(slow.waiting.empty());
    slow.run_all(); // else the pass waits for them
}

TEST_CASE("a plan without produced tensors is written as it is")
{
    sample of;
    of.makers.clear();
    std::erase_if(
        of.dict, [](const auto& entry) { return !entry.second.is_packed() && entry.second.strides.empty(); });
    const stet::plan tensors = of.plan();
    file_hasher      hasher(wanted, 8, stet::heap());
    data_pass        pass(tensors, hasher, {});
    REQUIRE(pass.reserve());
    CHECK(&pass.tensors() == &tensors);
}

TEST_CASE("the plan that is written instead has the same names, places and shapes")
{
    const sample     of;
    const stet::plan tensors = of.plan();
    file_hasher      hasher(wanted, 8, stet::heap());
    data_pass        pass(tensors, hasher, {});
    REQUIRE(pass.reserve());
    CHECK(&pass.tensors() != &tensors);
    const auto head = stet::make_header(tensors);
    const auto other = stet::make_header(pass.tensors());
    REQUIRE((head && other));
    std::string       text;
    std::string       others;
    stet::append_sink end(text);
    stet::append_sink others_end(others);
    REQUIRE(stet::write(*head, end));
    REQUIRE(stet::write(*other, others_end));
    CHECK(text == others);
}

TEST_CASE("a producer that fails ends the pass, too", "[thread]")
{
    sample of;
    of.makers["b"].fails = true;
    const stet::plan    tensors = of.plan();
    stet::counting_sink nowhere;
    file_hasher         hasher(wanted, 8, stet::heap());
    REQUIRE(hasher.reserve(tensors.records().size()));
    data_pass pass(tensors, hasher, at_once);
    REQUIRE(pass.reserve());
    pass.begin();
    CHECK_FALSE(stet::pour(pass.tensors().tensor(pass.tensors().records()[1]), nowhere));
    CHECK(support::failure(pass.finish()) == "sink_refused");
    file_hasher again(wanted, 8, stet::heap());
    REQUIRE(again.reserve(tensors.records().size()));
    const auto hashed = stet::detail::hash_data(tensors, again);
    CHECK(support::failure(hashed) == "sink_refused");
    CHECK(hashed.error().subject() == "b");
}

TEST_CASE("a pass that is left ends its jobs", "[thread]")
{
    const sample         of;
    const stet::plan     tensors = of.plan();
    stet::worker_threads pool(1);
    for (int i = 0; i < 20; ++i) {
        file_hasher hasher(wanted, 8, stet::heap());
        REQUIRE(hasher.reserve(tensors.records().size()));
        data_pass pass(tensors, hasher, pool.jobs());
        REQUIRE(pass.reserve());
        pass.begin();
        if (i % 2 == 0)
            write_in_order(pass.tensors(), {0, 1});
    }
}

TEST_CASE("a pass without memory says so")
{
    const sample     of;
    const stet::plan tensors = of.plan();
    const auto       needed = support::allocations_needed([&](const stet::allocator& memory) {
        auto again = stet::make_plan(of.dict, {.allocator = memory});
        if (!again)
            return support::failure(again);
        file_hasher hasher(wanted, 8, memory);
        data_pass   pass(*again, hasher, {});
        return support::failure(pass.reserve());
    });
    CHECK(needed > 4);
}
