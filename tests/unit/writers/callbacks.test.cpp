// SPDX-License-Identifier: MIT
// What the callbacks of a save may do, whichever way the file is written.
#include "support/child_process.hpp"
#include "support/every_writer.hpp"
#include "support/open_descriptors.hpp"
#include "support/scratch_directory.hpp"

#include <stet/writers/background_save.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using stet::exact_path;
using support::every_writer;
using support::named_writer;
using support::scratch_directory;

namespace {

/// Large tensors, every second one made while it is written, in several pieces.
class checkpoint_of_callbacks {
public:
    static constexpr std::size_t size = 50'000;
    static constexpr std::size_t count = 24;

    /// on_produce: called with the index of each tensor that is made, when half of it is written
    using produce_callback = std::function<void(std::size_t)>;

    explicit checkpoint_of_callbacks(const produce_callback& on_produce = {}) : memory_(count * size + 4096)
    {
        for (std::size_t i = 0; i < memory_.size(); ++i)
            memory_[i] = static_cast<std::byte>(i * 2654435761U >> 13U);
        for (std::size_t i = 0; i < count; ++i) {
            made_[i] = {.of = this, .index = i, .on_produce = on_produce};
            dict_.emplace_back("tensor." + std::to_string(100 + i), i % 2 == 0 ? packed(i) : made(i));
        }
    }
    checkpoint_of_callbacks(const checkpoint_of_callbacks&) = delete;
    checkpoint_of_callbacks& operator=(const checkpoint_of_callbacks&) = delete;
    ~checkpoint_of_callbacks() = default;

    stet::bytes pages() const
    {
        const auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
        return stet::bytes(memory_).subspan((4096 - address % 4096) % 4096);
    }

    [[maybe_unused]] stet::result<stet::plan> plan() const
    {
        return stet::make_plan(stet::model_only{.model = dict_}, stet::layouts::generic{});
    }

    template <class Target>
    stet::result<stet::saved_checkpoint> save(const Target& where, const stet::save_options& options) const
    {
        return stet::save(stet::model_only{.model = dict_}, stet::layouts::generic{}, where, options);
    }

    std::string file(stet::file_order order) const
    {
        std::string                    text;
        stet::append_sink<std::string> out(text);
        REQUIRE(
            stet::save(stet::model_only{.model = dict_}, stet::layouts::generic{}, out, {.order = order}));
        return text;
    }

private:
    struct made_tensor {
        const checkpoint_of_callbacks* of = nullptr;
        std::size_t                    index = 0;
        produce_callback               on_produce{};
    };

    stet::bytes content(std::size_t i) const { return pages().first(count * size).subspan(i * size, size); }

    stet::tensor_view packed(std::size_t i) const
    {
        return *stet::view_of(stet::dtype::u8, {size}, content(i).data(), size);
    }
    stet::tensor_view made(std::size_t i) const
    {
        return *stet::produced_view(stet::dtype::u8, {size}, made_[i],
                                    [](const made_tensor& own, stet::sink_ref out) -> stet::result<void> {
                                        const stet::bytes all = own.of->content(own.index);
                                        if (auto written = out.write(all.first(size / 2)); !written)
                                            return written;
                                        if (own.on_produce)
                                            own.on_produce(own.index);
                                        return out.write(all.subspan(size / 2));
                                    });
    }

    std::vector<std::byte>                                 memory_;
    std::array<made_tensor, count>                         made_{};
    std::vector<std::pair<std::string, stet::tensor_view>> dict_{};
};

stet::save_options options_of(const named_writer& way)
{
    return {.durability = way.durability, .order = way.order, .writer = way.writer};
}

} // namespace

TEST_CASE("a producer may write any part of what it was lent, whichever way the file is written", "[thread]")
{
    constexpr std::size_t size = 60'000;
    struct lent_tensor {
        std::size_t skipped; ///< bytes of what was lent, at its beginning

        stet::result<void> write(stet::sink_ref out) const
        {
            std::vector<std::byte> own(5000); // where nothing is lent
            for (std::size_t done = 0; done < size;) {
                auto lent = out.lend(skipped + 100);
                if (!lent)
                    return lent.error();
                const std::span<std::byte> room = lent->size() > skipped ? *lent : std::span<std::byte>(own);
                const std::size_t          here = std::min(size - done, room.size() - skipped);
                for (std::size_t i = 0; i < here; ++i)
                    room[skipped + i] = static_cast<std::byte>((done + i) * 2654435761U >> 13U);
                if (auto written = out.write(room.subspan(skipped, here)); !written)
                    return written;
                done += here;
            }
            return {};
        }
    };
    const std::vector<std::byte> shared(20'000);
    const every_writer           writers({}, shared);
    for (const std::size_t skipped : {0U, 1U, 40U, 900U, 4097U}) {
        const lent_tensor                                      own{skipped};
        std::vector<std::pair<std::string, stet::tensor_view>> dict;
        dict.emplace_back("a",
                          *stet::view_of(stet::dtype::u8, {shared.size()}, shared.data(), shared.size()));
        for (const char* const name : {"b", "c", "d"})
            dict.emplace_back(name, *stet::produced_view(stet::dtype::u8, {size}, own,
                                                         [](const lent_tensor& of, stet::sink_ref out) {
                                                             return of.write(out);
                                                         }));
        std::string content(size, '\0');
        for (std::size_t i = 0; i < size; ++i)
            content[i] = static_cast<char>(i * 2654435761U >> 13U);
        for (const named_writer& way : writers.list()) {
            CAPTURE(way.name, skipped);
            const scratch_directory here;
            REQUIRE(stet::save(stet::model_only{.model = dict}, stet::layouts::generic{},
                               exact_path{here / "x"}, options_of(way)));
            const std::string file = here.content("x");
            CHECK(file.ends_with(content + content + content));
        }
    }
}

TEST_CASE("a callback may save another file meanwhile, by threads of its own, whichever way both are written",
          "[thread]")
{
    const checkpoint_of_callbacks inner;
    const every_writer            writers({}, inner.pages());
    const every_writer            others({}, inner.pages());
    for (std::size_t i = 0; i < writers.list().size(); ++i) {
        const named_writer way = writers.list()[i];
        const named_writer other = others.list()[i];
        CAPTURE(way.name);
        const scratch_directory here;
        std::size_t             saved = 0;
        const auto              save_another = [&] {
            const std::string name = "inner" + std::to_string(saved);
            saved += inner.save(exact_path{here / name}, options_of(other)) ? 1U : 0U;
        };
        bool       has_told = false; // progress is one call at a time
        const auto tell = [&](const stet::progress&) {
            if (!std::exchange(has_told, true))
                save_another();
            return true;
        };
        stet::save_options options = options_of(way);
        options.progress = tell;
        REQUIRE(inner.save(exact_path{here / "outer"}, options));
        CHECK(saved == 1);
        CHECK(here.content("outer") == inner.file(way.order));
        CHECK(here.content("inner0") == inner.file(way.order));
    }
}

#if defined(__cpp_exceptions) && !defined(_WIN32)

namespace {

struct thrown {
    int by;
};

/// What a save threw, or -1.
template <class Save>
int thrown_by(Save save)
{
    try {
        static_cast<void>(save());
    } catch (const thrown& exception) {
        return exception.by;
    }
    return -1;
}

/// What the terminate handler of a child process ends it with.
constexpr int terminated = 42;

template <class Body>
int ending_of(Body body)
{
    return support::in_child([&] {
        std::set_terminate([] { ::_exit(terminated); });
        body();
        return 0;
    });
}

/// Lets threads beside the calling one be under way while that one throws.
void dawdle()
{
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
}

} // namespace

TEST_CASE(
    "an exception of a producer on the calling thread passes when every job has ended, and leaves no file",
    "[thread]")
{
    const auto caller = std::this_thread::get_id();
    for (const std::size_t nth : {1U, 3U}) {
        std::size_t produced = 0; // by the calling thread
        const auto  produce = [&](std::size_t) {
            if (std::this_thread::get_id() != caller)
                dawdle();
            else if (++produced == nth)
                throw thrown{7};
        };
        const checkpoint_of_callbacks sample(produce);
        const every_writer            writers({}, sample.pages());
        const std::size_t             before = support::open_descriptors();
        for (const named_writer& way : writers.list()) {
            CAPTURE(way.name, nth);
            const scratch_directory here;
            here.put("x", "the old file");
            produced = 0;
            const int by = thrown_by([&] {
                return sample.save(exact_path{here / "x", stet::existing_file::replace}, options_of(way));
            });
            CHECK(by == 7);
            CHECK(here.entries() == std::vector<std::string>{"x"});
            CHECK(here.content("x") == "the old file");
            CHECK(support::open_descriptors() == before);
        }
    }
}

TEST_CASE("an exception of the progress callback on the calling thread passes when every job has ended",
          "[thread]")
{
    const auto                    caller = std::this_thread::get_id();
    const auto                    slow = [&](std::size_t) { dawdle(); };
    const checkpoint_of_callbacks sample(slow);
    const every_writer            writers({}, sample.pages());
    for (const std::size_t nth : {1U, 2U, 4U}) {
        for (const named_writer& way : writers.list()) {
            CAPTURE(way.name, nth);
            const scratch_directory here;
            std::size_t             told = 0;
            const auto              tell = [&](const stet::progress&) {
                if (std::this_thread::get_id() == caller && ++told == nth)
                    throw thrown{8};
                return true;
            };
            stet::save_options options = options_of(way);
            options.progress = tell;
            CHECK(thrown_by([&] { return sample.save(exact_path{here / "x"}, options); }) == 8);
            CHECK(here.entries().empty());
        }
    }
}

TEST_CASE("an exception at the last progress of a save leaves no file", "[thread]")
{
    const checkpoint_of_callbacks sample;
    const every_writer            writers({}, sample.pages());
    for (const named_writer& way : writers.list()) {
        CAPTURE(way.name);
        const scratch_directory here;
        const auto              caller = std::this_thread::get_id();
        const auto              tell = [&](const stet::progress& at) {
            if (at.bytes_done == at.bytes_total && std::this_thread::get_id() == caller)
                throw thrown{9};
            return true;
        };
        stet::save_options options = options_of(way);
        options.progress = tell;
        CHECK(thrown_by([&] { return sample.save(exact_path{here / "x"}, options); }) == 9);
        CHECK(here.entries().empty());
    }
}

TEST_CASE("an exception of the metadata's callback leaves no file, and its number free")
{
    const checkpoint_of_callbacks sample;
    const every_writer            writers({}, sample.pages());
    for (const named_writer& way : writers.list()) {
        const scratch_directory here;
        const auto              refuse = [](const stet::claimed_name&) -> stet::result<stet::metadata_view> {
            throw thrown{10};
        };
        stet::save_options options = options_of(way);
        options.metadata_for = refuse;
        const stet::numbered where{.root = here.path(), .prefix = "x"};
        CHECK(thrown_by([&] { return sample.save(where, options); }) == 10);
        CHECK(here.entries().empty());
        options.metadata_for = {};
        const auto saved = sample.save(where, options);
        REQUIRE(saved);
        CHECK(saved->number == 1);
    }
}

TEST_CASE("an executor that throws has not taken the job: the others end, and the exception passes",
          "[thread]")
{
    struct throwing_executor {
        stet::worker_threads pool{2};
        std::atomic<int>     left = 0;

        stet::executor jobs()
        {
            return {.context = this, .run = [](void* self, void (*job)(void*), void* argument) {
                        auto& own = *static_cast<throwing_executor*>(self);
                        if (own.left-- == 0)
                            throw thrown{11};
                        own.pool.jobs().run(own.pool.jobs().context, job, argument);
                    }};
        }
    };
    const checkpoint_of_callbacks sample([](std::size_t) { dawdle(); });
    throwing_executor             given;
    const every_writer            writers(given.jobs(), sample.pages());
    std::size_t                   passed = 0;
    for (const named_writer& way : writers.list()) {
        for (const int nth : {0, 1}) {
            CAPTURE(way.name, nth);
            const scratch_directory here;
            given.left = nth;
            const int by = thrown_by([&] { return sample.save(exact_path{here / "x"}, options_of(way)); });
            CHECK((by == 11 || by == -1)); // not every writer gives a job
            CHECK(here.entries().size() == (by == 11 ? 0U : 1U));
            passed += by == 11 ? 1U : 0U;
        }
    }
    CHECK(passed >= 6);

    const scratch_directory here;
    const auto              plan = sample.plan();
    REQUIRE(plan);
    given.left = 0;
    const std::string path = here / "x";
    CHECK(thrown_by([&] {
              const stet::background_save saving(*plan, exact_path{path}, {}, given.jobs());
              return 0;
          }) == 11);
    CHECK(here.entries().empty());
}

TEST_CASE("an exception that leaves a job ends the program by std::terminate, not later and not silently",
          "[thread]")
{
    const auto elsewhere = [](auto caller) { return std::this_thread::get_id() != caller; };
    CHECK(ending_of([&] {
              const auto                    caller = std::this_thread::get_id();
              const checkpoint_of_callbacks sample([&](std::size_t) {
                  if (elsewhere(caller))
                      throw thrown{1};
                  dawdle();
              });
              const every_writer            writers;
              const scratch_directory       here;
              static_cast<void>(sample.save(exact_path{here / "x"}, options_of(writers.list()[4])));
          }) == terminated);
    // An executor that would swallow the exception does not get to see it.
    CHECK(ending_of([&] {
              const stet::executor          swallowing{.run = [](void*, void (*job)(void*), void* argument) {
                  try {
                      job(argument);
                  } catch (...) {
                  }
              }};
              const checkpoint_of_callbacks sample([](std::size_t) { throw thrown{1}; });
              const scratch_directory       here;
              const auto                    plan = sample.plan();
              const std::string             path = here / "x";
              stet::background_save         saving(*plan, exact_path{path}, {}, swallowing);
          }) == terminated);
    CHECK(ending_of([&] {
              stet::worker_threads          pool(1);
              const checkpoint_of_callbacks sample;
              const scratch_directory       here;
              const auto                    plan = sample.plan();
              const std::string             path = here / "x";
              const auto                    tell = [](const stet::progress&) -> bool { throw thrown{1}; };
              stet::background_save         saving(*plan, exact_path{path}, {.progress = tell}, pool.jobs());
              static_cast<void>(saving.wait());
          }) == terminated);
}

#endif
