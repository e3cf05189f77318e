// SPDX-License-Identifier: MIT
// What only some file systems do. Run by tests/file_systems/run, in a folder of one that does.
#include <stet/edit/edit.hpp>
#include <stet/read/checkpoint_view.hpp>
#include <stet/read/mapped_file.hpp>
#include <stet/writers/file_writers.hpp>

#if defined(__linux__)

#include "support/file_to_edit.hpp"
#include "support/sample_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>
#include <vector>

using stet::exact_path;
using stet::existing_file;
using support::scratch_directory;

namespace {

using names = std::vector<std::string>;

/// Bytes of a file that it shares with another.
std::uint64_t shared_bytes(const std::string& path)
{
    constexpr std::uint32_t    most = 256;
    std::vector<std::uint64_t> room((sizeof(fiemap) + most * sizeof(fiemap_extent)) / sizeof(std::uint64_t));
    auto* const                seen = reinterpret_cast<fiemap*>(room.data());
    seen->fm_length = FIEMAP_MAX_OFFSET;
    seen->fm_extent_count = most;
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(::ioctl(file, FS_IOC_FIEMAP, seen) == 0);
    ::close(file);
    std::uint64_t shared = 0;
    for (std::uint32_t i = 0; i < seen->fm_mapped_extents; ++i) {
        const fiemap_extent& extent = seen->fm_extents[i];
        if ((extent.fe_flags & FIEMAP_EXTENT_SHARED) != 0)
            shared += extent.fe_length;
    }
    return shared;
}

} // namespace

TEST_CASE("a checkpoint saved under other names shares its blocks with the one it was read from",
          "[.sharing]")
{
    constexpr std::size_t                                  count = 20;
    constexpr std::size_t                                  size = std::size_t{1} << 20U;
    constexpr auto                                         order = stet::aligned_order<stet::clone_alignment>;
    const scratch_directory                                here;
    std::vector<std::byte>                                 memory(count * size);
    std::vector<std::pair<std::string, stet::tensor_view>> dict;
    for (std::size_t i = 0; i < memory.size(); ++i)
        memory[i] = static_cast<std::byte>(i * 2654435761U >> 13U);
    for (std::size_t i = 0; i < count; ++i)
        dict.emplace_back(std::to_string(i),
                          *stet::view_of(stet::dtype::u8, {size}, memory.data() + i * size, size));
    REQUIRE(stet::save(stet::model_only{.model = dict}, stet::layouts::generic{}, exact_path{here / "a"},
                       {.order = order}));
    const auto mapped = stet::mapped_file::open((here / "a").c_str());
    REQUIRE(mapped);
    const auto view = stet::read_checkpoint(mapped->bytes());
    REQUIRE(view);
    std::vector<std::pair<std::string, stet::tensor_view>> renamed;
    for (std::size_t i = 0; i < count; ++i)
        renamed.emplace_back("renamed." + std::string(view->header()[i].name),
                             view->tensor(view->header()[i]));
    const stet::mapped_source    source{mapped->bytes(), mapped->handle()};
    const stet::cloning_settings settings{.files = {&source, 1}};

    const auto save = [&](const char* name, const stet::file_writer& writer) {
        return stet::save(stet::model_only{.model = renamed}, stet::layouts::generic{},
                          exact_path{here / name}, {.order = order, .writer = writer});
    };
    REQUIRE(save("shared", stet::cloning_writer(settings)));
    REQUIRE(save("written", {}));

    CHECK(here.content("shared") == here.content("written"));
    CHECK(shared_bytes(here / "shared") == count * size);
    CHECK(shared_bytes(here / "written") == 0);
}

TEST_CASE("an edited file shares its blocks with the one it was, whether or not the header grows",
          "[.sharing]")
{
    constexpr std::size_t   size = std::size_t{20} << 20U;
    const scratch_directory here;
    const std::string       before = support::file_to_edit({{"title", "old"}}, 1000, size);
    for (const std::size_t title : {std::size_t{500}, std::size_t{50'000}}) {
        here.put("a", before);
        const std::string text(title, 'n');
        const std::string to = here / "b";
        const auto        edited = stet::edit::apply(here / "a", {.set = {{"title", text}}},
                                                     {.copy_to = to, .existing = existing_file::replace});
        REQUIRE(edited);
        CHECK(edited->done == stet::edit::done::cloned);
        CHECK(edited->has_moved == (title > 1000));
        CHECK(shared_bytes(here / "b") >= size - 2 * stet::clone_alignment);
        const support::file_content now(here.content("b"));
        CHECK(now.data == support::file_content(before).data);
        CHECK(now.metadata.at("title") == text);
        CHECK(here.content("a") == before);

        const auto whole = stet::edit::apply(here / "a", {.set = {{"title", text}}});
        REQUIRE(whole);
        CHECK(whole->done == stet::edit::done::cloned);
        CHECK(here.content("a") == here.content("b"));
        CHECK(here.entries() == names{"a", "b"});
    }
}

TEST_CASE("a quota is found out and leaves the old file and nothing else", "[.quota]")
{
    const scratch_directory          here; // where less than three mebibytes are allowed
    const support::sample_checkpoint old(1, 100U << 10U);
    const support::sample_checkpoint large(2, 3U << 20U);
    stet::file_system                plain = stet::native_file_system();
    plain.preallocate = nullptr; // a write finds it out then
    REQUIRE(old.save(exact_path{here / "old"}));
    const std::string before = here.content("old");
    for (const stet::file_system& calls : {stet::native_file_system(), plain}) {
        for (const char* const name : {"old", "new"}) {
            const auto saved =
                large.save(exact_path{here / name, existing_file::replace}, {.file_system = &calls});
            REQUIRE_FALSE(saved);
            CHECK(saved.error().code == stet::errc::disk_full);
            CHECK(saved.error().os_code == EDQUOT);
            CHECK(here.content("old") == before);
            CHECK(here.entries() == names{"old"});
        }
    }
    REQUIRE(old.save(exact_path{here / "again"}));
}

#endif
