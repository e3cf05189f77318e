// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/faulty_file_system.hpp"
#include "support/open_descriptors.hpp"
#include "support/scratch_directory.hpp"
#include "support/short_memory.hpp"

#include <stet/filling/unfilled_file.hpp>
#include <stet/save/save.hpp>
#include <stet/writers/executor.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using stet::dtype;
using stet::filling::to_come;
using stet::filling::unfilled_file;

namespace {

using dict = std::map<std::string, stet::tensor_view>;

/// The tensors' bytes, and a dict in which they are still to come.
struct model {
    std::map<std::string, std::vector<std::byte>> bytes{};
    std::map<std::string, std::string>            metadata{{"format", "pt"}};

    model()
    {
        unsigned value = 0;
        for (const auto& [name, size] :
             {std::pair("b.weight", 24'000), {"a.weight", 600}, {"empty", 0}, {"z", 2}})
        {
            auto& own = bytes[name];
            for (int i = 0; i < size; ++i)
                own.push_back(static_cast<std::byte>(value++ % 251));
        }
    }

    dict filled() const
    {
        dict all;
        for (const auto& [name, own] : bytes)
            all[name] = *stet::view_of(dtype::f16, {own.size() / 2}, own);
        return all;
    }

    dict later() const
    {
        dict all;
        for (const auto& [name, own] : bytes)
            all[name] = *to_come(dtype::f16, {own.size() / 2});
        return all;
    }

    std::string saved_content(const support::scratch_directory& here) const
    {
        REQUIRE(stet::save(filled(), here / "plain", {.metadata = metadata}));
        return here.content("plain");
    }

    stet::result<unfilled_file> open(const support::scratch_directory& here, const stet::file_system& calls,
                                     stet::existing_file existing = stet::existing_file::refuse) const
    {
        const dict later_ones = later();
        const auto plan = stet::make_plan(later_ones);
        REQUIRE(plan);
        const std::string path = here / "x.safetensors";
        return unfilled_file::open(*plan, stet::exact_path{path, existing},
                                   {.metadata = metadata, .file_system = &calls});
    }

    stet::result<unfilled_file> open(const support::scratch_directory& here) const
    {
        return open(here, stet::native_file_system());
    }

    std::span<const std::byte> bytes_of(const stet::filling::place& of) const
    {
        return bytes.at(std::string(of.name));
    }

    void fill_all(unfilled_file& file) const
    {
        for (std::size_t i = 0; i < file.size(); ++i)
            REQUIRE(file.fill(file[i], 0, bytes_of(file[i])));
    }
};

} // namespace

TEST_CASE("a file filled later has the bytes of one saved at once")
{
    const support::scratch_directory here;
    const model                      sample;
    auto                             file = sample.open(here);
    REQUIRE(file);
    CHECK(file->size() == 4);
    // From back to front, each tensor in two parts; dict and plan are gone.
    for (std::size_t i = file->size(); i-- > 0;) {
        const auto all = sample.bytes_of((*file)[i]);
        const auto half = all.size() / 2;
        REQUIRE(file->fill((*file)[i], half, all.subspan(half)));
        REQUIRE(file->fill((*file)[i], 0, all.first(half)));
    }
    const auto saved = file->publish();
    REQUIRE(saved);
    CHECK(saved->path == here / "x.safetensors");
    CHECK(here.content("x.safetensors") == sample.saved_content(here));
    CHECK(saved->bytes == file->file_size());
    CHECK(saved->header_bytes + 8 == file->data_begin());
    CHECK(here.files().size() == 2);
}

TEST_CASE("threads fill one file", "[thread]")
{
    const support::scratch_directory here;
    const model                      sample;
    auto                             file = sample.open(here);
    REQUIRE(file);
    struct share {
        unfilled_file*   file;
        const model*     of;
        std::size_t      first;
        std::atomic<int> failures{0};
    };
    std::array<share, 4> shares{
        {{&*file, &sample, 0}, {&*file, &sample, 1}, {&*file, &sample, 2}, {&*file, &sample, 3}}};
    {
        stet::worker_threads threads(4);
        for (share& each : shares) {
            threads.jobs().run(
                threads.jobs().context,
                [](void* itself) {
                    share& own = *static_cast<share*>(itself);
                    for (std::size_t i = 0; i < own.file->size(); ++i) {
                        const auto all = own.of->bytes_of((*own.file)[i]);
                        for (std::size_t at = own.first * 10; at < all.size(); at += 40) {
                            const auto left = all.subspan(at);
                            if (!own.file->fill((*own.file)[i], at,
                                                left.first(left.size() < 10 ? left.size() : 10)))
                                ++own.failures;
                        }
                    }
                },
                &each);
        }
    }
    for (const share& each : shares)
        CHECK(each.failures == 0);
    REQUIRE(file->publish());
    CHECK(here.content("x.safetensors") == sample.saved_content(here));
}

TEST_CASE("while a byte is missing a file is not published, and the first tensor that lacks one is named")
{
    const support::scratch_directory here;
    const model                      sample;
    auto                             file = sample.open(here);
    REQUIRE(file);
    const auto missing = [&] {
        const auto published = file->publish();
        REQUIRE(support::failure(published) == "unfilled_tensor");
        CHECK_FALSE(here.has("x.safetensors"));
        return published.error();
    };
    const auto a = *file->find("a.weight");
    const auto b = *file->find("b.weight");
    CHECK(missing().subject() == "a.weight");
    CHECK(missing().expected == 600);
    CHECK(missing().actual == a.offset);
    REQUIRE(file->fill(a, 0, sample.bytes_of(a)));
    REQUIRE(file->fill(b, 0, sample.bytes_of(b).first(23'000)));
    REQUIRE(file->fill(b, 23'001, sample.bytes_of(b).subspan(23'001)));
    CHECK(missing().subject() == "b.weight");
    CHECK(missing().expected == 1);
    CHECK(missing().actual == b.offset + 23'000);
    REQUIRE(file->fill(b, 23'000, sample.bytes_of(b).subspan(23'000, 1)));
    CHECK(missing().subject() == "z");
    REQUIRE(file->fill(*file->find("z"), 0, sample.bytes_of(*file->find("z"))));
    CHECK(file->publish());
}

TEST_CASE("bytes filled twice are refused before they are written")
{
    const support::scratch_directory here;
    const model                      sample;
    auto                             file = sample.open(here);
    REQUIRE(file);
    sample.fill_all(*file);
    const std::array<std::byte, 2> others{};
    const auto                     again = file->fill(*file->find("a.weight"), 7, others);
    REQUIRE(support::failure(again) == "filled_twice");
    CHECK(again.error().subject() == "a.weight");
    CHECK(again.error().actual == file->find("a.weight")->offset + 7);
    REQUIRE(file->publish());
    CHECK(here.content("x.safetensors") == sample.saved_content(here));
}

TEST_CASE("overlaps are allowed where they are asked for")
{
    const support::scratch_directory here;
    const model                      sample;
    const dict                       later = sample.later();
    const auto                       plan = stet::make_plan(later);
    const std::string                path = here / "x";
    auto                             file = unfilled_file::open(*plan, {path},
                                                                {.metadata = sample.metadata, .twice = stet::filling::overlaps::allow});
    REQUIRE(file);
    sample.fill_all(*file);
    sample.fill_all(*file);
    REQUIRE(file->publish());
    CHECK(here.content("x") == sample.saved_content(here));
}

TEST_CASE("bytes that are no tensor's are refused")
{
    const support::scratch_directory here;
    const model                      sample;
    auto                             file = sample.open(here);
    REQUIRE(file);
    const auto                         z = *file->find("z");
    constexpr std::array<std::byte, 3> three{};
    const auto                         beyond = file->fill(z, 0, three);
    REQUIRE(support::failure(beyond) == "no_such_axis");
    CHECK(beyond.error().subject() == "z");
    CHECK(support::failure(file->fill(z, UINT64_MAX, three)) == "no_such_axis");
    CHECK(support::failure(file->fill(z, 3, {})) == "no_such_axis");
    CHECK(support::failure(file->fill(z, 2, {})) == "none");

    const auto early = file->note({.begin = file->data_begin() - 1, .end = file->data_begin() + 1});
    REQUIRE(support::failure(early) == "outside_data");
    CHECK(message(early.error()).find("its tensors begin at byte") != std::string::npos);
    const auto late = file->note({.begin = file->file_size(), .end = file->file_size() + 1});
    REQUIRE(support::failure(late) == "outside_data");
    CHECK(message(late.error()).find("its tensors end at byte") != std::string::npos);
    CHECK(late.error().subject() == here / "x.safetensors");
    CHECK(support::failure(file->note({.begin = 5, .end = 5})) == "none");
    CHECK_FALSE(file->find("nobody"));
}

TEST_CASE("a place that somebody made up is refused where it is none of the file's, and the header stays")
{
    const support::scratch_directory here;
    const model                      sample;
    auto                             file = sample.open(here);
    REQUIRE(file);
    constexpr std::array<std::byte, 3> three{};
    const auto filled = [&](std::uint64_t offset, std::uint64_t at, std::uint64_t size) {
        return support::failure(file->fill({.name = "z", .offset = offset, .size = size}, at, three));
    };
    CHECK(filled(0, 0, 3) == "outside_data"); // such as the offsets that the header holds
    CHECK(filled(file->data_begin() - 1, 0, 3) == "outside_data");
    CHECK(filled(file->file_size() - 2, 0, 3) == "outside_data");
    CHECK(filled(0, file->data_begin() - 1, UINT64_MAX) == "outside_data");
    for (const std::uint64_t far : {file->file_size(), file->file_size() + 1, UINT64_MAX - 5, UINT64_MAX}) {
        CHECK(filled(far, 0, 3) == "outside_data");
        CHECK(filled(far, 10, 100) == "outside_data");
        CHECK(filled(10, far, UINT64_MAX) == (far > UINT64_MAX - 3 ? "no_such_axis" : "outside_data"));
    }
    sample.fill_all(*file);
    REQUIRE(support::failure(file->publish()) == "none");
    CHECK(here.content("x.safetensors") == sample.saved_content(here));
}

#if !defined(_WIN32) // on Windows nobody else may write to it

TEST_CASE("others write to the part file by its path and tell what they wrote")
{
    const support::scratch_directory here;
    const model                      sample;
    auto                             file = sample.open(here);
    REQUIRE(file);
    for (std::size_t i = 0; i < file->size(); ++i) {
        const auto own = (*file)[i];
        if (own.size == 0) // nobody has to write it
            continue;
        std::FILE* const other = std::fopen(file->part_path().c_str(), "r+b");
        REQUIRE(other != nullptr);
        REQUIRE(std::fseek(other, static_cast<long>(own.offset), SEEK_SET) == 0);
        REQUIRE(std::fwrite(sample.bytes_of(own).data(), 1, own.size, other) == own.size);
        REQUIRE(std::fclose(other) == 0);
        REQUIRE(file->note({.begin = own.offset, .end = own.end()}));
    }
    const auto again = file->note({.begin = file->data_begin(), .end = file->data_begin() + 1});
    CHECK(support::failure(again) == "filled_twice");
    CHECK(again.error().subject() == "a.weight");
    REQUIRE(file->publish());
    CHECK(here.content("x.safetensors") == sample.saved_content(here));
}

#endif

#if !defined(_WIN32) // POSIX links; platforms/windows_save.cpp looks at links on Windows

TEST_CASE("the part file lies beside the file that a link leads to")
{
    const support::scratch_directory here;
    const model                      sample;
    here.make_folder("far/away");
    here.put_link("x.safetensors", "far/link");
    here.put_link("far/link", "away/real");
    auto file = sample.open(here);
    REQUIRE(file);
    CHECK(file->part_path().starts_with(here / "far/away/"));
    CHECK(here.has(std::string_view(file->part_path()).substr(here.path().size() + 1)));
    sample.fill_all(*file);
    REQUIRE(file->publish());
    CHECK(here.content("far/away/real") == sample.saved_content(here));
}

#endif

TEST_CASE("a file that is not published goes, and what was there stays")
{
    const support::scratch_directory here;
    const model                      sample;
    here.put("x.safetensors", "old");
    const auto before = here.files();
    const auto open_before = support::open_descriptors();
    CHECK(support::failure(sample.open(here)) == "name_taken");
    {
        auto file = sample.open(here, stet::native_file_system(), stet::existing_file::replace);
        REQUIRE(file);
        CHECK(here.files().size() == 2);
        const unfilled_file moved = *std::move(file);
        CHECK(moved.size() == 4);
    }
    CHECK(here.files() == before);
    CHECK(support::open_descriptors() == open_before);
}

TEST_CASE("a file without bytes to come can be published at once")
{
    const support::scratch_directory here;
    const dict                       none{{"empty", *to_come(dtype::f32, {0, 5})}};
    const auto                       plan = stet::make_plan(none);
    const std::string                path = here / "x";
    auto                             file = unfilled_file::open(*plan, {path});
    REQUIRE(file);
    CHECK(file->publish());
    const dict empty;
    const auto empty_plan = stet::make_plan(empty, {.empty = stet::empty_components::allow});
    REQUIRE(empty_plan);
    const std::string second = here / "y";
    auto              other = unfilled_file::open(*empty_plan, {second});
    REQUIRE(other);
    CHECK(other->publish());
    CHECK(here.content("y") == std::string("\x08\0\0\0\0\0\0\0{}      ", 16));
}

namespace {

stet::result<unfilled_file> open_numbered(const model& sample, std::string_view root, std::string_view prefix,
                                          const stet::file_system& calls = stet::native_file_system())
{
    const dict later = sample.later();
    const auto plan = stet::make_plan(later);
    REQUIRE(plan);
    return unfilled_file::open(*plan, stet::numbered{.root = root, .prefix = prefix},
                               {.metadata = sample.metadata, .file_system = &calls});
}

} // namespace

TEST_CASE("a file to be filled has the next free number, as a save would have it")
{
    const support::scratch_directory here;
    const model                      sample;
    const std::string                root = here / "out";
    here.make_folder("out/a");
    here.put("out/a/M_00003_.png");
    auto first = open_numbered(sample, root, "a/M");
    auto second = open_numbered(sample, root, "a/M"); // while the first is open
    REQUIRE((first && second));
    CHECK(first->number() == 4);
    CHECK(second->number() == 5);
    CHECK(first->part_path() == root + "/a/M_00004_.part");
    const auto third =
        stet::save(sample.filled(), stet::numbered{root, "a/M"}, {.metadata = sample.metadata});
    REQUIRE(third);
    CHECK(third->number == 6);
    sample.fill_all(*second);
    sample.fill_all(*first);
    const auto saved = first->publish();
    REQUIRE(saved);
    REQUIRE(second->publish());
    CHECK(saved->number == 4);
    CHECK(saved->path == root + "/a/M_00004_.safetensors");
    for (const char* const name : {"out/a/M_00004_.safetensors", "out/a/M_00005_.safetensors"})
        CHECK(here.content(name) == here.content("out/a/M_00006_.safetensors"));
    CHECK(here.entries("out/a").size() == 4);
    CHECK_FALSE(sample.open(here)->number());
}

TEST_CASE("a number that is not published is free again")
{
    const support::scratch_directory here;
    const model                      sample;
    for (int time = 0; time < 2; ++time) {
        auto file = open_numbered(sample, here.path(), "M");
        REQUIRE(file);
        CHECK(file->number() == 1);
        CHECK(support::failure(file->publish()) == "unfilled_tensor");
    }
    CHECK(here.entries().empty());
}

TEST_CASE("a filled file whose number another program took has the next one, and what was filled")
{
    const support::scratch_directory here;
    const model                      sample;
    auto                             file = open_numbered(sample, here.path(), "M");
    REQUIRE(file);
    sample.fill_all(*file);
    here.put("M_00001_.safetensors", "another's"); // by a program that takes numbers without a lock
    const auto saved = file->publish();
    REQUIRE(saved);
    CHECK(saved->number == 2);
    CHECK(saved->path == here / "M_00002_.safetensors");
    CHECK(here.content("M_00001_.safetensors") == "another's");
    CHECK(here.content("M_00002_.safetensors") == sample.saved_content(here));
    CHECK(here.entries().size() == 3);
}

TEST_CASE("places that a numbered save refuses are refused for a file to be filled, too")
{
    const support::scratch_directory here;
    const model                      sample;
    using namespace std::string_view_literals;
    CHECK(support::failure(open_numbered(sample, "", "M")) == "invalid_file_name");
    CHECK(support::failure(open_numbered(sample, "a\0b"sv, "M")) == "invalid_file_name");
    CHECK(support::failure(open_numbered(sample, here.path(), "")) == "invalid_file_name");
    CHECK(support::failure(open_numbered(sample, here.path(), "../M")) == "outside_root");
    here.put("M_18446744073709551615_.x");
    CHECK(support::failure(open_numbered(sample, here.path(), "M")) == "counter_exhausted");
    CHECK(here.entries().size() == 1);
}

TEST_CASE("an exact path that is taken when a file is published can be given free, and the file published")
{
    const support::scratch_directory here;
    const model                      sample;
    auto                             file = sample.open(here);
    REQUIRE(file);
    sample.fill_all(*file);
    here.put("x.safetensors", "another's");
    CHECK(support::failure(file->publish()) == "name_taken");
    CHECK(here.content("x.safetensors") == "another's");
    here.remove("x.safetensors");
    CHECK(support::failure(file->publish()) == "none");
    CHECK(here.content("x.safetensors") == sample.saved_content(here));
}

TEST_CASE("bytes whose writing fails are missing, and can be filled again")
{
    const support::scratch_directory here;
    const model                      sample;
    support::faulty_file_system      faulty;
    auto                             file = sample.open(here, faulty.calls());
    REQUIRE(file);
    sample.fill_all(*file); // so that the failure below meets bytes that are there
    const auto published_size = file->file_size();
    auto       second = sample.open(here, faulty.calls());
    REQUIRE(second);
    const auto b = *second->find("b.weight");
    faulty.fail(support::file_call::write_at, 1, ENOSPC);
    const auto failed = second->fill(b, 0, sample.bytes_of(b));
    REQUIRE(support::failure(failed) == "disk_full");
    CHECK(failed.error().subject() == here / "x.safetensors");
    CHECK(failed.error().expected == published_size);
    CHECK(support::failure(second->publish()) == "unfilled_tensor");
    CHECK(support::failure(second->fill(b, 0, sample.bytes_of(b))) == "none");
}

TEST_CASE("a full disk shows when the file is opened")
{
    const support::scratch_directory here;
    const model                      sample;
    support::faulty_file_system      faulty;
    faulty.fail(support::file_call::preallocate, 1, ENOSPC);
    const auto file = sample.open(here, faulty.calls());
    REQUIRE(support::failure(file) == "disk_full");
    CHECK(file.error().expected > 24'602);
    CHECK(here.files().empty());
}

TEST_CASE("a file system that writes at no place cannot be filled")
{
    const support::scratch_directory here;
    const model                      sample;
    stet::file_system                calls = stet::native_file_system();
    calls.write_at = nullptr;
    const auto file = sample.open(here, calls);
    REQUIRE(support::failure(file) == "io_failure");
    CHECK(file.error().os_code == ENOTSUP);
    CHECK(here.files().empty());
}

TEST_CASE("a tensor that is to come cannot be saved the usual way")
{
    const support::scratch_directory here;
    const model                      sample;
    const auto                       saved = stet::save(sample.later(), here / "x");
    REQUIRE(support::failure(saved) == "missing_tensor");
    CHECK(here.files().empty());
    CHECK(support::failure(to_come(dtype::f4, {3})) == "partial_byte");
}

TEST_CASE("without memory no file is opened, and none is left")
{
    const support::scratch_directory here(support::quick_place());
    const model                      sample;
    const dict                       later = sample.later();
    const auto                       plan = stet::make_plan(later);
    const std::string                path = here / "x";
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              const auto file = unfilled_file::open(*plan, {path}, {.allocator = memory});
              return support::failure(file);
          }) > 3);
    CHECK(here.files().empty());
}
