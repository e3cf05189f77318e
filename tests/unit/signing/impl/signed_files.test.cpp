// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/scratch_directory.hpp"

#include <stet/file/native_file_system.hpp>
#include <stet/signing/impl/signed_files.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#if !defined(_WIN32)
#include <sys/stat.h>
#endif

using stet::folder;
using stet::native_file_system;
using stet::detail::files_below;
using stet::detail::hash_file;
using stet::detail::is_before_by_parts;
using support::failure;
using support::scratch_directory;

namespace {

using names = std::vector<std::string>;

bool none_ignored(std::string_view)
{
    return false;
}

} // namespace

TEST_CASE("paths are ordered by their parts")
{
    const std::vector<std::string_view> ordered{"",      ".hidden", "B",          "a",   "a/b",
                                                "a/b/c", "a/b-c",   "a/\xC3\xA9", "a-b", "a.b/x",
                                                "aa",    "ab",      "b",          "z w", "\xC3\xA9"};
    for (std::size_t i = 0; i < ordered.size(); ++i) {
        for (std::size_t k = 0; k < ordered.size(); ++k) {
            CAPTURE(ordered[i], ordered[k]);
            CHECK(is_before_by_parts(ordered[i], ordered[k]) == (i < k));
        }
    }
}

TEST_CASE("all files below a folder are found, in order, but for what is ignored")
{
    const scratch_directory here;
    for (const std::string_view deep : {"b/x/y/z", "a", "c"})
        here.make_folder(deep);
    for (const std::string_view file : {"b/x/y/z/1", "b/x/2", "b-", "a/3", "4"})
        here.put(file, "content");
    const auto in = folder::open(native_file_system(), here.path());
    REQUIRE(in);
    CHECK(*files_below(*in, "said", none_ignored) == names{"4", "a/3", "b/x/2", "b/x/y/z/1", "b-"});
    const auto no_x = [](std::string_view name) { return name == "b/x"; };
    CHECK(*files_below(*in, "said", no_x) == names{"4", "a/3", "b-"});
}

#if !defined(_WIN32)

TEST_CASE("what is no file, or has no name in UTF-8, is refused")
{
    const scratch_directory here;
    const auto              in = folder::open(native_file_system(), here.path());
    REQUIRE(in);
    REQUIRE(::mkfifo((here / "pipe").c_str(), 0600) == 0);
    const auto found = files_below(*in, "said", none_ignored);
    CHECK(failure(found) == "not_a_regular_file");
    CHECK(found.error().subject() == "said/pipe");
    CHECK(failure(hash_file(*in, "said", "pipe", stet::heap())) == "not_a_regular_file");
    here.remove("pipe");
    here.put("\xFF", "content");
    CHECK(failure(files_below(*in, "said", none_ignored)) == "invalid_file_name");
}

#endif

TEST_CASE("a file is hashed, however large, or says why it cannot be")
{
    const scratch_directory here;
    here.make_folder("deep/er");
    here.put("deep/er/abc", "abc");
    const auto in = folder::open(native_file_system(), here.path());
    REQUIRE(in);
    const auto digest = hash_file(*in, "said", "deep/er/abc", stet::heap());
    REQUIRE(digest);
    CHECK((*digest)[0] == std::byte{0xBA});
    CHECK((*digest)[31] == std::byte{0xAD});
    here.put("large", std::string(3'000'001, 'a'));
    CHECK(hash_file(*in, "said", "large", stet::heap()));
#if !defined(_WIN32)
    here.put_link("link", "deep/er/abc");
    CHECK(failure(hash_file(*in, "said", "link", stet::heap())) == "not_a_regular_file");
#endif
    CHECK_FALSE(hash_file(*in, "said", "missing", stet::heap()));
    stet::file_system calls = native_file_system();
    calls.open_file = nullptr;
    const auto without = folder::open(calls, here.path());
    REQUIRE(without);
    CHECK(failure(hash_file(*without, "said", "large", stet::heap())) == "editing_not_offered");
}
