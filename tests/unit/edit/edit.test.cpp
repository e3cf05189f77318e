// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/faulty_file_system.hpp"
#include "support/file_to_edit.hpp"
#include "support/open_descriptors.hpp"
#include "support/scratch_directory.hpp"
#include "support/short_memory.hpp"

#include <stet/edit/edit.hpp>
#include <stet/read/mapped_file.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#if !defined(_WIN32)
#include <sys/stat.h>
#include <unistd.h>
#endif

using stet::durability;
using stet::existing_file;
using stet::edit::apply;
using stet::edit::done;
using stet::edit::way;
using support::failure;
using support::file_content;
using support::file_to_edit;
using support::scratch_directory;
using support::text_map;

namespace {

using names = std::vector<std::string>;

constexpr std::array<way, 2> both_ways{way::whole, way::in_place};

/// So many letters.
std::string letters(std::size_t count, char letter = 'x')
{
    return std::string(count, letter);
}

std::uint64_t index_of(const std::string& path)
{
    stet::entry_facts facts;
    const auto&       calls = stet::native_file_system();
    REQUIRE(calls.inspect(calls.context, stet::no_handle, path.c_str(), stet::links::follow, facts).error ==
            0);
    return facts.index;
}

} // namespace

TEST_CASE("an edit that fits leaves the data in their place and tells the room that is left")
{
    for (const way how : both_ways) {
        const scratch_directory here;
        const std::string       before = file_to_edit({{"title", "old"}}, 1000);
        here.put("x", before);
        const auto edited =
            apply(here / "x", {.set = {{"title", "new"}, {"author", letters(600)}}}, {.way = how});
        REQUIRE(edited);
        const file_content now(here.content("x"));
        CHECK(now.metadata == text_map{{"author", letters(600)}, {"title", "new"}});
        CHECK(now.data == file_content(before).data);
        CHECK(now.data_begin == file_content(before).data_begin);
        CHECK(edited->room == now.room);
        CHECK(edited->room >= 1000 - 620);
        CHECK(edited->header_bytes == now.data_begin - 8);
        CHECK(edited->bytes == before.size());
        CHECK_FALSE(edited->has_moved);
        CHECK(edited->keeps_access);
        CHECK(here.entries() == names{"x"});
        CHECK(edited->done == (how == way::whole ? done::copied : done::with_undo));
    }
}

#if !defined(_WIN32) // on Windows a mapped file is not replaced

TEST_CASE("in place means the very file, and whole means another one")
{
    const scratch_directory here;
    here.put("x", file_to_edit({{"title", "old"}}, 1000));
    const auto first = index_of(here / "x");
    const auto mapped = stet::mapped_file::open((here / "x").c_str());
    REQUIRE(mapped);
    const std::string before(reinterpret_cast<const char*>(mapped->bytes().data()), mapped->bytes().size());

    const auto whole = apply(here / "x", {.set = {{"title", "new"}}});
    REQUIRE(whole);
    CHECK(whole->done == done::copied);
    const auto second = index_of(here / "x");
    CHECK((second != first || first == 0));
    CHECK(std::string(reinterpret_cast<const char*>(mapped->bytes().data()), mapped->bytes().size()) ==
          before);

    const auto sector = apply(here / "x", {.set = {{"title", "now"}}}, {.way = way::in_place});
    REQUIRE(sector);
    CHECK(sector->done == done::one_sector);
    CHECK(index_of(here / "x") == second);
    const auto undo = apply(here / "x", {.set = {{"title", letters(700)}}}, {.way = way::in_place});
    REQUIRE(undo);
    CHECK(undo->done == done::with_undo);
    CHECK(index_of(here / "x") == second);
}

#endif

TEST_CASE("an edit that does not fit is whole whatever was asked for, with the room that was asked for")
{
    for (const way how : both_ways) {
        const scratch_directory here;
        const std::string       before = file_to_edit({}, 0, 300);
        here.put("x", before);
        const auto edited =
            apply(here / "x", {.set = {{"title", letters(2000)}}}, {.way = how, .header_room = 3000});
        REQUIRE(edited);
        CHECK(edited->done == done::copied);
        CHECK(edited->has_moved);
        CHECK(edited->room >= 3000);
        const file_content now(here.content("x"));
        CHECK(now.room == edited->room);
        CHECK(now.data == file_content(before).data);
        CHECK(now.names == file_content(before).names);
        CHECK(here.entries() == names{"x"});
    }
}

TEST_CASE("an edit that changes nothing touches nothing")
{
    for (const way how : both_ways) {
        const scratch_directory here;
        here.put("x", file_to_edit({{"title", "old"}}, 100));
        const auto                  before = index_of(here / "x");
        support::faulty_file_system faulty;
        const auto                  edited =
            apply(here / "x", {.set = {{"title", "old"}}}, {.way = how, .file_system = &faulty.calls()});
        REQUIRE(edited);
        CHECK(edited->done == done::nothing);
        CHECK(edited->room >= 100);
        CHECK(index_of(here / "x") == before);
        CHECK(faulty.count(support::file_call::create_file) == 0);
        CHECK(faulty.count(support::file_call::write_at) == 0);
        CHECK(faulty.count(support::file_call::sync) == 0);
    }
}

TEST_CASE("the edited file is written elsewhere, and the file itself stays")
{
    for (const way how : both_ways) {
        const scratch_directory here;
        const std::string       before = file_to_edit({{"title", "old"}}, 100);
        here.put("x", before);
        const std::string to = here / "y";
        const auto edited = apply(here / "x", {.set = {{"title", "new"}}}, {.way = how, .copy_to = to});
        REQUIRE(edited);
        CHECK(edited->done == done::copied);
        CHECK(here.content("x") == before);
        CHECK(file_content(here.content("y")).metadata.at("title") == "new");
        CHECK(failure(apply(here / "x", {}, {.way = how, .copy_to = to})) == "name_taken");
        const auto again =
            apply(here / "x", {}, {.way = how, .copy_to = to, .existing = existing_file::replace});
        REQUIRE(again);
        CHECK(again->done == done::copied);
        CHECK(here.content("y") == before);
        CHECK(here.entries() == names{"x", "y"});
    }
}

TEST_CASE("what a lenient reader takes is repaired on request, whichever way it is edited")
{
    const std::string text =
        R"({"__metadata__":{"modelspec.hash_sha256":"0x1"},)"
        R"("a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]},"b":{"dtype":"U8","shape":[1],"data_offsets":[4,5]}})";
    std::string broken(8, '\0');
    broken[0] = static_cast<char>(text.size() + 3);
    broken += text + std::string(3, '\0') + "xaayb" + "more";
    for (const way how : both_ways) {
        const scratch_directory here;
        here.put("x", broken);
        CHECK_FALSE(apply(here / "x", {}, {.way = how}));
        CHECK_FALSE(
            stet::edit::fill(here / "x", "modelspec.hash_sha256", "0x2", {.way = how, .lenient = true}));
        CHECK(here.content("x") == broken);
        const auto edited = apply(here / "x", {.set = {{"title", "t"}}}, {.way = how, .lenient = true});
        REQUIRE(edited);
        CHECK(edited->repaired.trailing_bytes == 4);
        CHECK(edited->repaired.gap_bytes == 2);
        CHECK(edited->repaired.nul_padding);
        CHECK(edited->dropped == names{"modelspec.hash_sha256"});
        CHECK(edited->done == done::copied);
        const auto now = stet::mapped_checkpoint::open((here / "x").c_str(), {.strict = true});
        REQUIRE(now);
        CHECK(edited->bytes == here.content("x").size());
        CHECK(here.content("x").ends_with("aab"));
        CHECK(now->header().metadata("title") == "t");
        CHECK(edited->has_moved);
    }
}

TEST_CASE("zeros after a header are replaced in place, for the data stay where they are")
{
    const scratch_directory here;
    std::string             file = file_to_edit({{"title", "old"}}, 100);
    const file_content      sound(file);
    const std::size_t       end = sound.data_begin;
    file.replace(end - 100, 100, std::string(100, '\0'));
    here.put("x", file);
    const auto edited = apply(here / "x", {}, {.way = way::in_place, .lenient = true});
    REQUIRE(edited);
    CHECK(edited->repaired.nul_padding);
    CHECK((edited->done == done::one_sector || edited->done == done::with_undo));
    CHECK(file_content(here.content("x")).data == sound.data);
    CHECK(here.content("x").find('\0', 8) >= end);
}

TEST_CASE("a slot is filled and nothing else changes, or says why it cannot be")
{
    for (const way how : both_ways) {
        const scratch_directory here;
        const std::string       before = file_to_edit({{"c2pa:manifest", "AAAA"}, {"title", "t"}}, 50);
        here.put("x", before);
        const auto filled = stet::edit::fill(here / "x", stet::edit::c2pa_key, "2Do=", {.way = how});
        REQUIRE(filled);
        std::string wanted = before;
        wanted.replace(wanted.find("AAAA"), 4, "2Do=");
        CHECK(here.content("x") == wanted);
        CHECK(filled->room == file_content(before).room);
        const auto refused = stet::edit::fill(here / "x", stet::edit::c2pa_key, "2Do", {.way = how});
        REQUIRE_FALSE(refused);
        CHECK(stet::message(refused.error()) ==
              "metadata 'c2pa:manifest': the slot holds 4 bytes, 3 given; give "
              "exactly as many as it holds");
        CHECK(failure(stet::edit::fill(here / "x", "nothing", "x", {.way = how})) == "missing_slot");
        CHECK(here.content("x") == wanted);
    }
}

TEST_CASE("what is untrue after an edit is told")
{
    const scratch_directory here;
    here.put("x", file_to_edit({{"c2pa:manifest", "2Do="}, {"title", "old"}}, 50));
    const auto edited = apply(here / "x", {.set = {{"title", "new"}}});
    REQUIRE(edited);
    CHECK(edited->dropped == names{"c2pa:manifest"});
    CHECK(file_content(here.content("x")).metadata == text_map{{"title", "new"}});
}

TEST_CASE("a file that is no checkpoint, or not there, is refused and left alone")
{
    for (const way how : both_ways) {
        const scratch_directory here;
        here.put("x", "no checkpoint");
        CHECK(failure(apply(here / "x", {.set = {{"a", "b"}}}, {.way = how})) == "header_length_too_large");
        here.put("y", file_to_edit({}) + "more");
        CHECK(failure(apply(here / "y", {.set = {{"a", "b"}}}, {.way = how})) == "incomplete_data");
        CHECK(failure(apply(here / "z", {.set = {{"a", "b"}}}, {.way = how})) == "file_missing");
        CHECK(here.entries() == names{"x", "y"});
        CHECK(here.content("x") == "no checkpoint");
    }
}

TEST_CASE("one edit at a time has a file")
{
    const scratch_directory here;
    here.put("x", file_to_edit({{"title", "old"}}, 100));
    support::faulty_file_system faulty;
    std::string_view            second;
    const auto edit_too = [&] { second = failure(apply(here / "x", {.set = {{"a", "b"}}})); };
#if defined(_WIN32) // its lock goes in the moment before the old file is replaced
    faulty.before(support::file_call::write, edit_too);
#else
    faulty.before_nth(30, edit_too);
#endif
    REQUIRE(apply(here / "x", {.set = {{"title", letters(40)}}}, {.file_system = &faulty.calls()}));
    REQUIRE_FALSE(second.empty());
    INFO(second);
    CHECK((second == "file_in_use" || second == "file_changed"));
    CHECK(file_content(here.content("x")).metadata == text_map{{"title", letters(40)}});
}

TEST_CASE("an edit clears up what a killed one left, whichever way it goes")
{
    for (const way how : both_ways) {
        const scratch_directory here;
        const std::string       before = file_to_edit({{"title", letters(700, 'o')}}, 100);
        std::string             undo;
        std::string             after;
        {
            here.put("x", before);
            support::faulty_file_system faulty;
            const auto                  look = [&] { undo = here.content("x.stet-undo"); };
            faulty.before(support::file_call::write_at, look);
            REQUIRE(apply(here / "x", {.set = {{"title", letters(700, 'n')}}},
                          {.way = way::in_place, .file_system = &faulty.calls()}));
            after = here.content("x");
        }
        std::string mixture = before;
        mixture.replace(0, 300, after, 0, 300);
        REQUIRE(mixture != before);
        here.put("x", mixture);
        here.put("x.stet-undo", undo);
        REQUIRE(apply(here / "x", {.set = {{"more", "1"}}}, {.way = how}));
        CHECK(file_content(here.content("x")).metadata ==
              text_map{{"more", "1"}, {"title", letters(700, 'o')}});
        CHECK(here.entries() == names{"x"});

        here.put("x", mixture);
        here.put("x.stet-undo", undo);
        CHECK(*stet::edit::recover(here / "x"));
        CHECK(here.content("x") == before);
        CHECK_FALSE(*stet::edit::recover(here / "x"));
    }
}

TEST_CASE("a system that changes no file in its place has it changed whole")
{
    const scratch_directory here;
    here.put("x", file_to_edit({{"title", "old"}}, 100));
    stet::file_system calls = stet::native_file_system();
    calls.write_at = nullptr;
    const auto edited =
        apply(here / "x", {.set = {{"title", "new"}}}, {.way = way::in_place, .file_system = &calls});
    REQUIRE(edited);
    CHECK(edited->done == done::copied);
    CHECK(file_content(here.content("x")).metadata.at("title") == "new");
    calls.open_file = nullptr;
    CHECK(failure(apply(here / "x", {}, {.file_system = &calls})) == "editing_not_offered");
    // A name so long that none fits beside it.
    const std::string name = letters(250, 'n');
    here.put(name, file_to_edit({{"title", letters(700)}}, 100));
    const auto long_name =
        apply(here / name, {.set = {{"title", letters(700, 'y')}}}, {.way = way::in_place});
    REQUIRE(long_name);
    CHECK(long_name->done == done::copied);
}

#if !defined(_WIN32)

TEST_CASE("the edited file has the old one's mode, and a link leads to it still")
{
    for (const way how : both_ways) {
        const scratch_directory here;
        here.put("x", file_to_edit({{"title", "old"}}, 100));
        here.put_link("link", "x");
        REQUIRE(::chmod((here / "x").c_str(), 0640) == 0);
        const auto edited = apply(here / "link", {.set = {{"title", "new"}}}, {.way = how});
        REQUIRE(edited);
        CHECK(edited->keeps_access);
        struct stat status {};
        REQUIRE(::stat((here / "x").c_str(), &status) == 0);
        CHECK((status.st_mode & 07777U) == 0640U);
        CHECK(std::filesystem::is_symlink(here / "link"));
        CHECK(file_content(here.content("link")).metadata.at("title") == "new");
    }
}

#endif

TEST_CASE("memory that is not there is an error, and the file stays as it was")
{
    for (const way how : both_ways) {
        const scratch_directory here(support::quick_place());
        const std::string       before = file_to_edit({{"title", letters(700)}}, 1000);
        here.put("x", before);
        const std::size_t needed = support::allocations_needed([&](const stet::allocator& memory) {
            const auto edited =
                apply(here / "x", {.set = {{"title", letters(800)}}}, {.way = how, .allocator = memory});
            if (!edited)
                CHECK(here.content("x") == before);
            CHECK(here.entries() == names{"x"});
            return failure(edited);
        });
        CHECK(needed > 10);
    }
}

TEST_CASE("nothing stays open")
{
    const std::size_t before = support::open_descriptors();
    for (const way how : both_ways) {
        const scratch_directory here;
        here.put("x", file_to_edit({{"title", "old"}}, 1000));
        CHECK(apply(here / "x", {.set = {{"title", letters(700)}}}, {.way = how}));
        CHECK_FALSE(apply(here / "x", {.set = {{"title", "\xFF"}}}, {.way = how}));
        CHECK_FALSE(*stet::edit::recover(here / "x"));
    }
    CHECK(support::open_descriptors() == before);
}
