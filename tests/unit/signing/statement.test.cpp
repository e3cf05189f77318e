// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/faulty_file_system.hpp"
#include "support/json.hpp"
#include "support/open_descriptors.hpp"
#include "support/scratch_directory.hpp"
#include "support/sha256.hpp"
#include "support/short_memory.hpp"

#include <stet/signing/statement.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using stet::signing::statement;
using support::failure;
using support::scratch_directory;

namespace {

using names = std::vector<std::string>;

names listed(const stet::result<std::string>& made)
{
    REQUIRE(made);
    const auto value = support::parse_json(*made);
    REQUIRE(value);
    names all;
    for (const support::json_value& resource : value->at("predicate").at("resources").items())
        all.emplace_back(resource.at("name").text());
    return all;
}

/// A folder "model" of three files, one of them in a folder of its own.
class fixture {
public:
    fixture()
    {
        here.make_folder("model/sub");
        here.put("model/b", "content of b");
        here.put("model/sub/c", "content of c");
        here.put("model/a.json", "{}");
    }
    scratch_directory here{};
};

} // namespace

TEST_CASE("a statement names each file with its digest, and the folder with the digest of those")
{
    const fixture     f;
    const auto        made = statement(f.here / "model");
    const std::string a = support::sha256("{}");
    const std::string b = support::sha256("content of b");
    const std::string c = support::sha256("content of c");
    std::string       raw;
    for (const std::string& digits : {a, b, c}) {
        for (std::size_t i = 0; i < digits.size(); i += 2)
            raw += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
    }
    REQUIRE(made);
    CHECK(*made ==
          R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"model","digest":{"sha256":")" +
              support::sha256(raw) +
              R"("}}],"predicateType":"https://model_signing/signature/v1.0","predicate":{)"
              R"("serialization":{"method":"files","hash_type":"sha256","allow_symlinks":false,)"
              R"("ignore_paths":[".git",".gitattributes",".github",".gitignore"]},"resources":[)"
              R"({"name":"a.json","algorithm":"sha256","digest":")" +
              a + R"("},{"name":"b","algorithm":"sha256","digest":")" + b +
              R"("},{"name":"sub/c","algorithm":"sha256","digest":")" + c + R"("}]}})");
}

TEST_CASE("what is ignored is not looked at, and is told when it was asked for")
{
    const fixture f;
    f.here.make_folder("model/.git/deep");
    f.here.put_link("model/.git/link", "nowhere");
    f.here.put("model/.gitignore", "x");
    f.here.put("model/sub/.gitignore", "x"); // only at the top
    f.here.put("model/.gitignored", "x");
    f.here.put("model/model.sig", "x");
    const std::array<std::string_view, 2> ignored{"model.sig", "sub/c"};
    CHECK(listed(statement(f.here / "model")) ==
          names{".gitignored", "a.json", "b", "model.sig", "sub/.gitignore", "sub/c"});
    const auto made = statement(f.here / "model", {.ignored = ignored});
    CHECK(listed(made) == names{".gitignored", "a.json", "b", "sub/.gitignore"});
    CHECK(made->find(R"(".gitignore","model.sig","sub/c"])") != std::string::npos);
}

TEST_CASE("a digest that is known is taken, and its file not read")
{
    const fixture                                    f;
    const std::string                                before = *statement(f.here / "model");
    const std::array<stet::signing::known_digest, 1> known{{{.name = "sub/c", .digest = {std::byte{0xAB}}}}};
    support::faulty_file_system                      faulty;
    const auto made = statement(f.here / "model", {.known = known, .file_system = &faulty.calls()});
    REQUIRE(made);
    CHECK(made->find(R"({"name":"sub/c","algorithm":"sha256","digest":"ab00000000)") != std::string::npos);
    CHECK(*made != before);
    CHECK(faulty.count(support::file_call::open_file) == 2);
}

TEST_CASE("a folder has its own name or the one that is given")
{
    const fixture f;
    const auto    name = [&](const std::string& path, std::string_view given = {}) {
        const auto made = statement(path, {.name = given});
        if (!made)
            return std::string(stet::name(made.error().code));
        return std::string(support::parse_json(*made)->at("subject").items()[0].at("name").text());
    };
    CHECK(name(f.here / "model") == "model");
    CHECK(name(f.here / "model/") == "model");
    CHECK(name(f.here / "model//") == "model");
    CHECK(name(f.here / "model/.") == "invalid_file_name");
    CHECK(name(f.here / "model/.", "mine \"quoted\"") == "mine \"quoted\"");
    CHECK(name(f.here / "model/sub/..") == "invalid_file_name");
    CHECK(name("/") == "invalid_file_name");
    CHECK(name(f.here / "missing") == "folder_missing");
    CHECK(name(f.here / "model", "\xFF") == "invalid_file_name");
}

#if !defined(_WIN32) // POSIX links; platforms/windows_save.cpp looks at links on Windows

TEST_CASE("links are refused, for what they lead to is not in the folder")
{
    const fixture f;
    f.here.put_link("model/link", "b");
    const auto made = statement(f.here / "model");
    CHECK(failure(made) == "not_a_regular_file");
    CHECK(made.error().subject() == f.here / "model/link");
    f.here.remove("model/link");
    f.here.put_link("model/link", "sub");
    CHECK(failure(statement(f.here / "model")) == "not_a_regular_file");
}

#endif

TEST_CASE("a statement whose calls fail is an error that names the place, and leaves nothing open")
{
    const fixture     f;
    const std::string whole = *statement(f.here / "model");
    const std::size_t before = support::open_descriptors();
    for (std::size_t nth = 1;; ++nth) {
        support::faulty_file_system faulty;
        faulty.fail(nth, EIO);
        const auto made = statement(f.here / "model", {.file_system = &faulty.calls()});
        CHECK(support::open_descriptors() == before);
        if (!faulty.failed()) {
            CHECK(*made == whole);
            CHECK(nth > 10);
            break;
        }
        if (*faulty.failed() == support::file_call::close) {
            CHECK(*made == whole);
            continue;
        }
        CHECK(failure(made) == "io_failure");
        CHECK(made.error().subject().starts_with(f.here / "model"));
    }
    support::faulty_file_system faulty;
    faulty.interrupt_every_other();
    CHECK(*statement(f.here / "model", {.file_system = &faulty.calls()}) == whole);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              return failure(statement(f.here / "model", {.allocator = memory}));
          }) == 3);
}
