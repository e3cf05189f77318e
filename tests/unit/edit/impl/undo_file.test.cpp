// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/faulty_file_system.hpp"
#include "support/open_descriptors.hpp"
#include "support/scratch_directory.hpp"
#include "support/short_memory.hpp"
#include "support/stored_file.hpp"
#include "support/text_bytes.hpp"

#include <stet/edit/impl/undo_file.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#if !defined(_WIN32)
#include <sys/stat.h>
#include <unistd.h>
#endif

using stet::durability;
using stet::detail::changed_range;
using stet::detail::file_use;
using stet::detail::held_file;
using support::as_bytes;
using support::failure;
using support::faulty_file_system;
using support::file_call;
using support::scratch_directory;

namespace {

using names = std::vector<std::string>;

/// A file "x" of a header of eight letters and two bytes of data, of which "cdef" is to become "CDEF".
class fixture {
public:
    static constexpr std::string_view undo_name = "x.stet-undo";

    fixture() { here.put("x", old_content()); }

    static std::string old_content() { return support::stored_file("abcdefgh", "12"); }
    static std::string new_content() { return support::stored_file("abCDEFgh", "12"); }

    static changed_range range()
    {
        return {.header_length = 8, .offset = 10, .before = as_bytes("cdef"), .after = as_bytes("CDEF")};
    }

    held_file take()
    {
        auto held = held_file::take(faulty.calls(), here / "x", file_use::change);
        REQUIRE(held);
        return *std::move(held);
    }

    stet::result<void> change(durability lasting = durability::full)
    {
        return stet::detail::change_with_undo(take(), range(), lasting, stet::heap());
    }

    /// The undo file that an edit leaves which is killed before it changes the file.
    std::string left_undo()
    {
        std::string undo;
        const auto  look = [&] { undo = here.content(undo_name); };
        faulty.before(file_call::write_at, look);
        CHECK(change());
        CHECK(here.content("x") == new_content());
        static constexpr auto nothing = [] {};
        faulty.before(file_call::write_at, nothing);
        CHECK(undo.size() == 7 * 8 + 2 * 4);
        here.put("x", old_content());
        return undo;
    }

    stet::result<void> undo() { return stet::detail::undo(take(), durability::full, stet::heap()); }

    faulty_file_system faulty{};
    scratch_directory  here{};
};

} // namespace

TEST_CASE("a range changes at once or with an undo file, which is there before and gone afterwards")
{
    for (const durability lasting : {durability::none, durability::full}) {
        fixture f;
        CHECK(stet::detail::change_at_once(f.take(), fixture::range(), lasting));
        CHECK(f.here.content("x") == fixture::new_content());
        CHECK(f.faulty.count(file_call::sync) == (lasting == durability::full ? 1 : 0));
    }
    for (const durability lasting : {durability::none, durability::full}) {
        fixture f;
        names   seen;
        auto    look = [&] {
            seen = f.here.entries();
            CHECK(f.here.content("x") == fixture::old_content());
            CHECK(f.faulty.count(file_call::sync) == (lasting == durability::full ? 2 : 0));
        };
        f.faulty.before(file_call::write_at, look);
        CHECK(f.change(lasting));
        CHECK(seen == names{"x", "x.stet-undo"});
        CHECK(f.here.content("x") == fixture::new_content());
        CHECK(f.here.entries() == names{"x"});
        CHECK(f.faulty.count(file_call::sync) == (lasting == durability::full ? 3 : 0));
    }
}

TEST_CASE("a change that fails at any call leaves the old bytes and no undo file")
{
    const std::size_t before = support::open_descriptors();
    for (const int os_code : {EIO, ENOSPC, EACCES}) {
        for (std::size_t nth = 1;; ++nth) {
            fixture    f;
            const auto held = f.take();
            f.faulty.fail(nth, os_code);
            const auto changed =
                stet::detail::change_with_undo(held, fixture::range(), durability::full, stet::heap());
            if (!f.faulty.failed()) {
                CHECK(changed);
                CHECK(nth > 8);
                break;
            }
            CAPTURE(os_code, nth, support::file_call_names[static_cast<std::size_t>(*f.faulty.failed())]);
            CHECK_FALSE(changed);
            CHECK(f.here.content("x") == fixture::old_content());
            CHECK(f.here.entries() == names{"x"});
            CHECK(changed.error().os_code == os_code);
            CHECK(changed.error().subject() == f.here / "x");
        }
    }
    CHECK(support::open_descriptors() == before);
    fixture without;
    without.faulty.fail(file_call::sync, 1, ENOTSUP);
    CHECK(failure(without.change()) == "sync_not_offered");
    CHECK(without.here.entries() == names{"x"});
    for (const file_call kind : {file_call::write_at, file_call::sync}) {
        fixture f;
        f.faulty.fail(kind, 1, EIO);
        CHECK(failure(stet::detail::change_at_once(f.take(), fixture::range(), durability::full)) ==
              "io_failure");
        CHECK(f.here.content("x") == fixture::old_content());
    }
}

TEST_CASE("where the old bytes cannot be put back the undo file stays, and undoes it later")
{
    fixture f;
    {
        f.faulty.fail_each(file_call::sync, 0); // none fails
        std::size_t syncs = 0;
        const auto  break_down = [&] {
            if (++syncs == 3) // of the change
                f.faulty.fail_each(file_call::sync, EIO);
        };
        f.faulty.before(file_call::sync, break_down);
        CHECK(failure(f.change()) == "io_failure");
    }
    CHECK(f.here.entries() == names{"x", "x.stet-undo"});
    f.faulty.fail_each(file_call::sync, 0);
    CHECK(*stet::detail::has_undo_file(f.take()));
    CHECK(f.undo());
    CHECK(f.here.content("x") == fixture::old_content());
    CHECK(f.here.entries() == names{"x"});
    CHECK_FALSE(*stet::detail::has_undo_file(f.take()));
}

TEST_CASE("an undo file puts back a mixture, and leaves the old and the new content alone")
{
    fixture           f;
    const std::string left = f.left_undo();
    const std::string mixtures[] = {"abCdefgh", "abcDEFgh", "abCDefgh", "abcdeFgh"};
    for (const std::string& header : mixtures) {
        f.here.put("x", support::stored_file(header, "12"));
        f.here.put(fixture::undo_name, left);
        CHECK(f.undo());
        CHECK(f.here.content("x") == fixture::old_content());
        CHECK(f.here.entries() == names{"x"});
    }
    for (const std::string& content : {fixture::old_content(), fixture::new_content()}) {
        f.here.put("x", content);
        f.here.put(fixture::undo_name, left);
        const std::size_t writes = f.faulty.count(file_call::write_at);
        CHECK(f.undo());
        CHECK(f.here.content("x") == content);
        CHECK(f.here.entries() == names{"x"});
        CHECK(f.faulty.count(file_call::write_at) == writes);
    }
}

TEST_CASE("an undo file of a file of another size, or one that is not whole, goes without a trace")
{
    fixture           f;
    const std::string left = f.left_undo();
    const std::string others[] = {support::stored_file("abCdefgh", "123"),
                                  support::stored_file("abCdefgh1", "2"),
                                  support::stored_file("abCde", "12345")};
    for (const std::string& other : others) {
        f.here.put("x", other);
        f.here.put(fixture::undo_name, left);
        CHECK(f.undo());
        CHECK(f.here.content("x") == other);
        CHECK(f.here.entries() == names{"x"});
    }
    const std::string mixture = support::stored_file("abCdefgh", "12");
    f.here.put("x", mixture);
    for (std::size_t size = 0; size < left.size(); ++size) {
        f.here.put(fixture::undo_name, left.substr(0, size));
        CHECK(f.undo());
        CHECK(f.here.content("x") == mixture);
        CHECK(f.here.entries() == names{"x"});
    }
    for (std::size_t at = 0; at < left.size(); ++at) {
        std::string damaged = left;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        f.here.put(fixture::undo_name, damaged);
        CHECK(f.undo());
        CHECK(f.here.content("x") == mixture);
        CHECK(f.here.entries() == names{"x"});
    }
}

TEST_CASE("an undo file that does not fit its file is told, and both are left alone")
{
    fixture           f;
    const std::string left = f.left_undo();
    const std::string other = support::stored_file("abCd?fgh", "12");
    f.here.put("x", other);
    f.here.put(fixture::undo_name, left);
    const auto undone = f.undo();
    REQUIRE_FALSE(undone);
    CHECK(undone.error().code == stet::errc::unusable_undo_file);
    CHECK(undone.error().first_party() == "does not fit it");
    CHECK(undone.error().subject() == f.here / "x");
    CHECK(f.here.content("x") == other);
    CHECK(f.here.content(fixture::undo_name) == left);
}

#if !defined(_WIN32)

TEST_CASE("an undo file that is a link, a folder or another user's is not followed")
{
    fixture           f;
    const std::string left = f.left_undo();
    const std::string mixture = support::stored_file("abCdefgh", "12");
    f.here.put("x", mixture);
    f.here.put("planted", left);
    const auto reason = [&] {
        const auto undone = f.undo();
        REQUIRE_FALSE(undone);
        CHECK(undone.error().code == stet::errc::unusable_undo_file);
        CHECK(f.here.content("x") == mixture);
        f.here.remove(fixture::undo_name);
        return std::string(undone.error().first_party());
    };
    f.here.put_link(fixture::undo_name, "planted");
    CHECK(reason() == "is a link");
    f.here.make_folder(fixture::undo_name);
    CHECK(reason() == "is no regular file");
    if (::geteuid() == 0) {
        constexpr unsigned another = 65'534;
        f.here.put(fixture::undo_name, left);
        REQUIRE(::chown((f.here / fixture::undo_name).c_str(), another, another) == 0);
        CHECK(reason() == "is another user's");
        f.here.put(fixture::undo_name, left);
        REQUIRE(::chown((f.here / fixture::undo_name).c_str(), another, another) == 0);
        REQUIRE(::chown((f.here / "x").c_str(), another, another) == 0); // whose file it is, that one's
        CHECK(f.undo());
        CHECK(f.here.content("x") == fixture::old_content());
    }
}

TEST_CASE("an undo file is read by its owner alone")
{
    fixture    f;
    unsigned   mode = 0;
    const auto look = [&] {
        struct stat status {};
        ::stat((f.here / fixture::undo_name).c_str(), &status);
        mode = status.st_mode & 0777U;
    };
    f.faulty.before(file_call::write, look);
    CHECK(f.change());
    CHECK(mode == 0600);
}

#endif

TEST_CASE("an undo file that is there belongs to another edit, where nothing can be locked")
{
    fixture f;
    f.here.put(fixture::undo_name, "another's");
    CHECK(failure(f.change()) == "file_in_use");
    CHECK(f.here.content(fixture::undo_name) == "another's");
}

TEST_CASE("a name that is too long for an undo file beside it is known before")
{
    const scratch_directory here;
    for (const std::size_t length : {245U, 246U}) {
        const std::string name(length, 'n');
        here.put(name, fixture::old_content());
        const auto held = held_file::take(stet::native_file_system(), here / name, file_use::change);
        REQUIRE(held);
        CHECK(stet::detail::can_have_undo_file(*held) == (length == 245));
        CHECK(*stet::detail::has_undo_file(*held) == false);
    }
}

TEST_CASE("memory that is not there for an undo file is an error, and the file stays as it was")
{
    fixture           f;
    const auto        held = f.take();
    const std::string left = [&] {
        std::string undo;
        const auto  look = [&] { undo = f.here.content(fixture::undo_name); };
        f.faulty.before(file_call::write_at, look);
        CHECK(support::allocations_needed([&](const stet::allocator& memory) {
                  return failure(
                      stet::detail::change_with_undo(held, fixture::range(), durability::full, memory));
              }) == 1);
        static constexpr auto nothing = [] {};
        f.faulty.before(file_call::write_at, nothing);
        return undo;
    }();
    f.here.put(fixture::undo_name, left);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              return failure(stet::detail::undo(held, durability::full, memory));
          }) == 2);
}
