// SPDX-License-Identifier: MIT
#include <stet/file/impl/posix_file_system.hpp>
#include <stet/file/native_file_system.hpp>

#if defined(_WIN32)

namespace STET_NAMESPACE::detail {

// The header is empty here: with its namespace this would not compile.
struct posix {
    int value;
};

} // namespace STET_NAMESPACE::detail

static_assert(sizeof(stet::detail::posix) == sizeof(int), "on Windows the header is empty");

#else

#include "support/child_process.hpp"
#include "support/open_descriptors.hpp"
#include "support/scratch_directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace posix = stet::detail::posix;
using stet::entry_kind;
using stet::existing_file;
using stet::links;
using support::scratch_directory;

namespace {

/// A scratch directory, opened.
class open_scratch {
public:
    open_scratch()
        : handle_(stet::native_file_system()
                      .open_folder(nullptr, stet::no_handle, place_.path().c_str(), links::follow)
                      .value)
    {
    }
    open_scratch(const open_scratch&) = delete;
    open_scratch& operator=(const open_scratch&) = delete;
    ~open_scratch() { stet::native_file_system().close(nullptr, handle_); }

    const scratch_directory* operator->() const noexcept { return &place_; }
    std::string              operator/(std::string_view name) const { return place_ / name; }
    stet::file_handle        handle() const noexcept { return handle_; }

private:
    scratch_directory place_{};
    stet::file_handle handle_;
};

mode_t mode_of(const std::string& path)
{
    struct stat status {};
    ::stat(path.c_str(), &status);
    return status.st_mode & 07777U;
}

bool closes_on_exec(stet::file_handle handle)
{
    return (::fcntl(static_cast<int>(handle), F_GETFD) & FD_CLOEXEC) != 0;
}

using namer = stet::os_result (*)(int folder, const char* from, const char* to);

constexpr namer ways_to_name[] = {
    [](int folder, const char* from, const char* to) {
        return posix::move_without_replacing(folder, from, to);
    },
    [](int folder, const char* from, const char* to) {
        return posix::link_without_replacing(folder, from, to);
    },
    [](int folder, const char* from, const char* to) { return posix::look_and_rename(folder, from, to); },
};

} // namespace

TEST_CASE("a file that exists is read at any place, and changed if it was opened for that")
{
    const open_scratch in;
    in->put("x", "content");
    for (const auto use : {stet::detail::file_use::read, stet::detail::file_use::change}) {
        const auto opened = posix::open_file(nullptr, in.handle(), "x", use);
        REQUIRE(opened.error == 0);
        CHECK(closes_on_exec(opened.value));
        std::array<char, 16> buffer{};
        const auto           read = [&](std::uint64_t offset, std::size_t size) {
            const auto got = posix::read_at(nullptr, opened.value, offset, buffer.data(), size);
            return got.error == 0 ? std::string(buffer.data(), static_cast<std::size_t>(got.value))
                                            : std::to_string(got.error);
        };
        CHECK(read(0, 7) == "content");
        CHECK(read(3, 2) == "te");
        CHECK(read(3, 16) == "tent");
        CHECK(read(7, 16).empty());
        CHECK(read(UINT64_MAX, 1) == std::to_string(EOVERFLOW));
        const auto written = posix::write_at(nullptr, opened.value, 1, "a", 1);
        CHECK(written.error == (use == stet::detail::file_use::change ? 0 : EBADF));
        posix::close(nullptr, opened.value);
    }
    CHECK(in->content("x") == "cantent");
}

TEST_CASE("no file is made, no link followed and no pipe waited for when one is opened that exists")
{
    const open_scratch in;
    in->put("x", "content");
    in->put_link("link", "x");
    REQUIRE(::mkfifo((in / "pipe").c_str(), 0600) == 0);
    const auto open = [&](const char* name) {
        const auto opened = posix::open_file(nullptr, in.handle(), name, stet::detail::file_use::read);
        if (opened.error == 0)
            posix::close(nullptr, opened.value);
        return opened.error;
    };
    CHECK(open("missing") == ENOENT);
    CHECK(open("link") == ELOOP);
    CHECK(open("pipe") == 0);
    CHECK_FALSE(in->has("missing"));
    stet::entry_facts facts;
    REQUIRE(posix::inspect(nullptr, in.handle(), "x", links::refuse, facts).error == 0);
    CHECK(facts.size == 7);
}

TEST_CASE("a folder is opened by its path or below another, and closed in a new program")
{
    const open_scratch here;
    here->make_folder("a/b");

    const auto below = stet::native_file_system().open_folder(nullptr, here.handle(), "a", links::refuse);
    REQUIRE(below.error == 0);
    CHECK(closes_on_exec(below.value));
    const auto further = stet::native_file_system().open_folder(nullptr, below.value, "b", links::refuse);
    CHECK(further.error == 0);

    CHECK(stet::native_file_system().close(nullptr, below.value).error == 0);
    CHECK(stet::native_file_system().close(nullptr, further.value).error == 0);
    CHECK(stet::native_file_system().close(nullptr, below.value).error == EBADF);
}

TEST_CASE("what is no folder cannot be opened as one")
{
    const open_scratch here;
    here->make_folder("folder");
    here->put("file");
    here->put_link("link", "folder");
    here->put_link("broken", "nowhere");

    CHECK(stet::native_file_system().open_folder(nullptr, here.handle(), "missing", links::follow).error ==
          ENOENT);
    CHECK(stet::native_file_system().open_folder(nullptr, here.handle(), "file", links::follow).error ==
          ENOTDIR);
    CHECK(stet::native_file_system().open_folder(nullptr, here.handle(), "broken", links::follow).error ==
          ENOENT);
    const int refused =
        stet::native_file_system().open_folder(nullptr, here.handle(), "link", links::refuse).error;
    CHECK((refused == ELOOP || refused == ENOTDIR));
    const auto followed =
        stet::native_file_system().open_folder(nullptr, here.handle(), "link", links::follow);
    CHECK(followed.error == 0);
    stet::native_file_system().close(nullptr, followed.value);
}

TEST_CASE("a folder is created once")
{
    const open_scratch here;
    CHECK(stet::native_file_system().make_folder(nullptr, here.handle(), "new").error == 0);
    CHECK(stet::native_file_system().make_folder(nullptr, here.handle(), "new").error == EEXIST);
    CHECK(stet::native_file_system().make_folder(nullptr, here.handle(), "a/b").error == ENOENT);
}

TEST_CASE("an entry is what it is, links apart from what they lead to")
{
    const open_scratch here;
    here->make_folder("folder");
    here->put("file");
    here->put_link("link", "file");
    here->put_link("broken", "nowhere");
    REQUIRE(::mkfifo((here / "pipe").c_str(), 0600) == 0);
    REQUIRE(::chmod((here / "file").c_str(), 0640) == 0);

    const auto kind = [&](const char* name, links treatment) {
        stet::entry_facts facts;
        REQUIRE(stet::native_file_system().inspect(nullptr, here.handle(), name, treatment, facts).error ==
                0);
        return facts.kind;
    };
    CHECK(kind("folder", links::refuse) == entry_kind::folder);
    CHECK(kind("file", links::refuse) == entry_kind::file);
    CHECK(kind("link", links::refuse) == entry_kind::link);
    CHECK(kind("link", links::follow) == entry_kind::file);
    CHECK(kind("broken", links::refuse) == entry_kind::link);
    CHECK(kind("pipe", links::refuse) == entry_kind::other);
    CHECK(kind("", links::refuse) == entry_kind::folder);

    stet::entry_facts of_file;
    stet::entry_facts of_link;
    stet::native_file_system().inspect(nullptr, here.handle(), "file", links::refuse, of_file);
    stet::native_file_system().inspect(nullptr, here.handle(), "link", links::follow, of_link);
    CHECK(of_file.mode == 0640);
    CHECK(of_file.device == of_link.device);
    CHECK(of_file.index == of_link.index);
    CHECK(
        stet::native_file_system().inspect(nullptr, here.handle(), "missing", links::follow, of_file).error ==
        ENOENT);
    CHECK(
        stet::native_file_system().inspect(nullptr, here.handle(), "broken", links::follow, of_file).error ==
        ENOENT);
}

TEST_CASE("a link's target is read as far as the buffer reaches")
{
    const open_scratch here;
    here->put_link("link", "some/where");
    std::array<char, 32> buffer{};

    CHECK(stet::native_file_system()
              .read_link(nullptr, here.handle(), "link", buffer.data(), buffer.size())
              .value == 10);
    CHECK(std::string_view(buffer.data()) == "some/where");
    CHECK(stet::native_file_system().read_link(nullptr, here.handle(), "link", buffer.data(), 4).value == 4);
    here->put("file");
    CHECK(stet::native_file_system()
              .read_link(nullptr, here.handle(), "file", buffer.data(), buffer.size())
              .error == EINVAL);
}

TEST_CASE("a folder's entries are listed as often as asked, without itself and the one above")
{
    const open_scratch here;
    here->make_folder("folder");
    here->put(".hidden");
    here->put("\xFFnot utf-8");
    here->put_link("broken", "nowhere");

    for (int time = 0; time < 2; ++time) {
        std::vector<std::string> seen;
        const auto               see = [&seen](std::string_view name) { seen.emplace_back(name); };
        REQUIRE(stet::native_file_system().list(nullptr, here.handle(), see).error == 0);
        std::sort(seen.begin(), seen.end());
        CHECK(seen == std::vector<std::string>{".hidden", "broken", "folder", "\xFFnot utf-8"});
    }
    CHECK(
        stet::native_file_system().list(nullptr, stet::file_handle{12'345}, [](std::string_view) {}).error ==
        EBADF);
}

TEST_CASE("a file is created only where there was nothing, not even a broken link")
{
    const open_scratch here;
    here->make_folder("folder");
    here->put_link("broken", "nowhere");

    const auto created = stet::native_file_system().create_file(nullptr, here.handle(), "new", 0666);
    REQUIRE(created.error == 0);
    CHECK(closes_on_exec(created.value));
    CHECK(stet::native_file_system().close(nullptr, created.value).error == 0);
    for (const char* const name : {"new", "folder", "broken"})
        CHECK(stet::native_file_system().create_file(nullptr, here.handle(), name, 0666).error == EEXIST);
    CHECK_FALSE(here->has("nowhere"));
}

TEST_CASE("a new file has mode 0666 less the umask until it is given another")
{
    const open_scratch here;
    for (const auto& [mask, mode] :
         {std::array<mode_t, 2>{022, 0644}, std::array<mode_t, 2>{077, 0600}, std::array<mode_t, 2>{0, 0666}})
    {
        const mode_t before = ::umask(mask);
        const auto   created = stet::native_file_system().create_file(nullptr, here.handle(), "new", 0666);
        ::umask(before);
        REQUIRE(created.error == 0);
        CHECK(mode_of(here / "new") == mode);
        CHECK(stet::native_file_system().set_mode(nullptr, created.value, 0751).error == 0);
        CHECK(mode_of(here / "new") == 0751);
        stet::native_file_system().close(nullptr, created.value);
        CHECK(stet::native_file_system().remove(nullptr, here.handle(), "new").error == 0);
    }
}

TEST_CASE("a file is given to a group, and an owner that stays is named as such")
{
    const open_scratch here;
    const auto         file =
        stet::native_file_system().create_file(nullptr, here.handle(), "new", stet::detail::private_mode);
    REQUIRE(file.error == 0);
    CHECK(mode_of(here / "new") == 0600);
    CHECK(stet::native_file_system()
              .set_owner(nullptr, file.value, stet::detail::same_as_before, ::getegid())
              .error == 0);
    stet::entry_facts facts;
    REQUIRE(stet::native_file_system().inspect(nullptr, here.handle(), "new", links::refuse, facts).error ==
            0);
    CHECK(facts.owner == ::geteuid());
    CHECK(facts.group == ::getegid());
    CHECK(stet::native_file_system().user(nullptr).value == std::int64_t{::geteuid()});
    stet::native_file_system().close(nullptr, file.value);
    CHECK(stet::native_file_system().set_owner(nullptr, stet::file_handle{12'345}, 0, 0).error == EBADF);
}

#if defined(__linux__)

TEST_CASE("an access list is read as a whole or in part, and taken away")
{
    const open_scratch here;
    const auto         file =
        stet::native_file_system().create_file(nullptr, here.handle(), "x", stet::detail::private_mode);
    REQUIRE(file.error == 0);
    char list[200];
    CHECK(stet::native_file_system().read_acl(nullptr, here.handle(), "x", list, sizeof list).value == 0);
    // Version 2; owner rw, user 7 r, group nothing, at most r, others nothing.
    const std::uint16_t entries[][4] = {{1, 6, 0xFFFF, 0xFFFF},
                                        {2, 4, 7, 0},
                                        {4, 0, 0xFFFF, 0xFFFF},
                                        {16, 4, 0xFFFF, 0xFFFF},
                                        {32, 0, 0xFFFF, 0xFFFF}};
    std::string         wanted("\2\0\0\0", 4);
    for (const auto& entry : entries)
        wanted.append(reinterpret_cast<const char*>(entry), sizeof entry);
    const auto written =
        stet::native_file_system().write_acl(nullptr, file.value, wanted.data(), wanted.size());
    if (stet::detail::is_not_offered(written.error)) {
        std::printf("SKIPPED, no access lists here\n");
        return;
    }
    REQUIRE(written.error == 0);
    CHECK(mode_of(here / "x") == 0640);
    CHECK(stet::native_file_system().read_acl(nullptr, here.handle(), "x", nullptr, 0).value ==
          std::int64_t(wanted.size()));
    const auto read = stet::native_file_system().read_acl(nullptr, here.handle(), "x", list, sizeof list);
    REQUIRE(read.value == std::int64_t(wanted.size()));
    CHECK(std::string(list, wanted.size()) == wanted);
    CHECK(posix::read_acl_by_path(here.handle(), "x", nullptr, 0).value == std::int64_t(wanted.size()));
    CHECK(posix::read_acl_by_path(here.handle(), std::string(300, 'x').c_str(), nullptr, 0).error ==
          ENAMETOOLONG);
    CHECK(stet::native_file_system().read_acl(nullptr, here.handle(), "missing", list, sizeof list).error ==
          ENOENT);

    CHECK(stet::native_file_system().write_acl(nullptr, file.value, nullptr, 0).error == 0);
    CHECK(stet::native_file_system().write_acl(nullptr, file.value, nullptr, 0).error ==
          0); // that it has none is as good
    CHECK(stet::native_file_system().read_acl(nullptr, here.handle(), "x", list, sizeof list).value == 0);
    stet::native_file_system().close(nullptr, file.value);
}

#endif

TEST_CASE("a lock that is given up is free, whoever else has the descriptor")
{
    const open_scratch here;
    here->put("x");
    stet::entry_facts facts;
    const auto        first = stet::native_file_system().lock_file(nullptr, here.handle(), "x", facts);
    REQUIRE(first.error == 0);
    const int copy = ::dup(static_cast<int>(first.value)); // as a forked process has it
    CHECK(stet::native_file_system().lock_file(nullptr, here.handle(), "x", facts).error == EBUSY);
    CHECK(stet::native_file_system().unlock_file(nullptr, first.value).error == 0);
    const auto second = stet::native_file_system().lock_file(nullptr, here.handle(), "x", facts);
    CHECK(second.error == 0);
    stet::native_file_system().close(nullptr, first.value);
    stet::native_file_system().close(nullptr, second.value);
    ::close(copy);
}

#if defined(__cpp_exceptions)

TEST_CASE("a folder is closed when the one who looks at its entries throws")
{
    const open_scratch here;
    here->put("x");
    const std::size_t before = support::open_descriptors();
    for (int i = 0; i < 3; ++i)
        CHECK_THROWS_AS(
            stet::native_file_system().list(nullptr, here.handle(), [](std::string_view) { throw 1; }), int);
    CHECK(support::open_descriptors() == before);
}

#endif

TEST_CASE("what is written is there, also after space was set aside for it")
{
    const open_scratch here;
    const auto         file = stet::native_file_system().create_file(nullptr, here.handle(), "new", 0666);
    REQUIRE(file.error == 0);

    const int set_aside = stet::native_file_system().preallocate(nullptr, file.value, 5).error;
    CHECK((set_aside == 0 || stet::detail::is_not_offered(set_aside)));
    CHECK(stet::native_file_system().write(nullptr, file.value, "abc", 3).value == 3);
    CHECK(stet::native_file_system().write(nullptr, file.value, "de", 2).value == 2);
    CHECK(stet::native_file_system().sync(nullptr, file.value).error == 0);
    CHECK(stet::native_file_system().sync(nullptr, here.handle()).error == 0);
    CHECK(stet::native_file_system().close(nullptr, file.value).error == 0);
    CHECK(here->content("new") == "abcde");
    CHECK(stet::native_file_system().write(nullptr, stet::file_handle{12'345}, "abc", 3).error == EBADF);
}

TEST_CASE("a file is locked for one descriptor, whichever others of it are closed")
{
    const open_scratch here;
    here->put("x", "content");
    stet::entry_facts facts;
    const auto        first = stet::native_file_system().lock_file(nullptr, here.handle(), "x", facts);
    REQUIRE(first.error == 0);
    CHECK(closes_on_exec(first.value));
    struct stat status {};
    REQUIRE(::stat((here / "x").c_str(), &status) == 0);
    CHECK(facts.kind == entry_kind::file);
    CHECK(facts.index == posix::converted<std::uint64_t>(status.st_ino));
    CHECK(facts.modified == posix::converted<std::int64_t>(status.st_mtime));

    const int other = ::open((here / "x").c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(other >= 0);
    CHECK(::write(other, "written", 7) == 7);
    ::close(other);
    CHECK(stet::native_file_system().lock_file(nullptr, here.handle(), "x", facts).error == EBUSY);
    CHECK(support::in_child([&] {
              stet::entry_facts seen;
              return stet::native_file_system().lock_file(nullptr, here.handle(), "x", seen).error == EBUSY
                         ? 0
                         : 1;
          }) == 0); // nor does the child's end let go of it
    CHECK(stet::native_file_system().lock_file(nullptr, here.handle(), "x", facts).error == EBUSY);
    CHECK(stet::native_file_system().close(nullptr, first.value).error == 0);
    const auto second = stet::native_file_system().lock_file(nullptr, here.handle(), "x", facts);
    CHECK(second.error == 0);
    stet::native_file_system().close(nullptr, second.value);
    CHECK(here->content("x") == "written");
}

TEST_CASE("only a file is locked, and nobody waits for a pipe")
{
    const open_scratch here;
    here->make_folder("folder");
    here->put("x");
    here->put_link("link", "x");
    REQUIRE(::mkfifo((here / "pipe").c_str(), 0600) == 0);
    stet::entry_facts facts;
    CHECK(stet::native_file_system().lock_file(nullptr, here.handle(), "folder", facts).error == EISDIR);
    CHECK(stet::native_file_system().lock_file(nullptr, here.handle(), "link", facts).error == ELOOP);
    CHECK(stet::native_file_system().lock_file(nullptr, here.handle(), "pipe", facts).error == ENXIO);
    CHECK(stet::native_file_system().lock_file(nullptr, here.handle(), "none", facts).error == ENOENT);
}

#if defined(__linux__)
TEST_CASE("more than a file can ever hold is refused before the system is asked")
{
    const open_scratch here;
    const auto         file = stet::native_file_system().create_file(nullptr, here.handle(), "new", 0666);
    CHECK(stet::native_file_system().preallocate(nullptr, file.value, UINT64_MAX).error == EFBIG);
    stet::native_file_system().close(nullptr, file.value);
}
#endif

TEST_CASE("every way to give a file its name leaves whatever has the name alone")
{
    for (const namer& name : ways_to_name) {
        const open_scratch here;
        const int          folder = static_cast<int>(here.handle());
        here->put("file", "old");
        here->make_folder("folder");
        here->put_link("broken", "nowhere");
        here->put("part", "new");

        for (const char* const taken : {"file", "folder", "broken"}) {
            CAPTURE(taken);
            CHECK(name(folder, "part", taken).error == EEXIST);
        }
        CHECK(here->content("file") == "old");
        CHECK(here->entries() == std::vector<std::string>{"broken", "file", "folder", "part"});

        CHECK(name(folder, "part", "free").error == 0);
        CHECK(here->content("free") == "new");
        CHECK_FALSE(here->has("part"));
        CHECK(name(folder, "missing", "other").error == ENOENT);
        CHECK_FALSE(here->has("other"));
    }
}

TEST_CASE("a move replaces only when asked to")
{
    const open_scratch here;
    here->put("part", "new");
    here->put("file", "old");

    CHECK(stet::native_file_system()
              .move(nullptr, here.handle(), "part", "file", existing_file::refuse)
              .error == EEXIST);
    CHECK(here->content("file") == "old");
    CHECK(stet::native_file_system()
              .move(nullptr, here.handle(), "part", "file", existing_file::replace)
              .error == 0);
    CHECK(here->content("file") == "new");
    CHECK(here->entries() == std::vector<std::string>{"file"});
    CHECK(stet::native_file_system()
              .move(nullptr, here.handle(), "file", "other", existing_file::refuse)
              .error == 0);
    CHECK(here->entries() == std::vector<std::string>{"other"});
}

TEST_CASE("two names are swapped, or nothing happens")
{
    const open_scratch here;
    here->put("part", "new");
    here->put("file", "old");

    CHECK(stet::native_file_system().exchange(nullptr, here.handle(), "part", "missing").error != 0);
    CHECK(here->content("part") == "new");
    const int swapped = stet::native_file_system().exchange(nullptr, here.handle(), "part", "file").error;
    CHECK((swapped == 0 || stet::detail::is_not_offered(swapped)));
    CHECK(here->content("file") == (swapped == 0 ? "new" : "old"));
    CHECK(here->content("part") == (swapped == 0 ? "old" : "new"));
}

TEST_CASE("a file is removed, a folder is not")
{
    const open_scratch here;
    here->put("file");
    here->make_folder("folder");

    CHECK(stet::native_file_system().remove(nullptr, here.handle(), "file").error == 0);
    CHECK(stet::native_file_system().remove(nullptr, here.handle(), "file").error == ENOENT);
    CHECK(stet::native_file_system().remove(nullptr, here.handle(), "folder").error != 0);
    CHECK(here->entries() == std::vector<std::string>{"folder"});
}

TEST_CASE("a rename or a link that nobody offers is told from one that fails")
{
    for (const int os_code : {ENOSYS, ENOTSUP, EINVAL, EPERM, EMLINK}) {
        CAPTURE(os_code);
        CHECK(posix::is_unsupported(os_code));
    }
    for (const int os_code : {0, EEXIST, ENOENT, EIO, ENOSPC, EACCES}) {
        CAPTURE(os_code);
        CHECK_FALSE(posix::is_unsupported(os_code));
    }
}

#endif
