// SPDX-License-Identifier: MIT
#include "support/faulty_file_system.hpp"
#include "support/scratch_directory.hpp"
#include "support/text_bytes.hpp"

#include <stet/comfyui/comfyui_target.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace comfyui = stet::comfyui;
using stet::durability;
using stet::errc;
using stet::existing_file;
using stet::native_file_system;
using stet::comfyui::naming_rule;
using support::as_bytes;
using support::faulty_file_system;
using support::file_call;
using support::scratch_directory;

namespace {

using names = std::vector<std::string>;

/// Takes a name in the folder "out" of a scratch directory.
class output {
public:
    explicit output(naming_rule rule = naming_rule::comfyui_0_8) : rule_(rule)
    {
        // Normalized, as 0.8 wants it; the folder for temporary files itself may lie behind a link.
        std::error_code ignored;
        here_.make_folder("out");
        path_ = std::filesystem::canonical(here_ / "out", ignored).string();
    }

    const scratch_directory& here() const noexcept { return here_; }
    const std::string&       path() const noexcept { return path_; }
    std::string              operator/(std::string_view name) const
    {
        return (std::filesystem::path(path_) / name).make_preferred().string();
    }
    names entries() const { return here_.entries("out"); }

    auto take(std::string_view prefix, existing_file existing = existing_file::refuse,
              const stet::file_system& calls = native_file_system()) const
    {
        return comfyui::target::take(calls, request(prefix), durability::none, existing);
    }

    errc failure(std::string_view prefix, existing_file existing = existing_file::refuse) const
    {
        const auto target = take(prefix, existing);
        return target ? errc{} : target.error().code;
    }

    /// Writes a whole file; false when that fails.
    bool save(std::string_view prefix, std::string_view content,
              existing_file existing = existing_file::refuse) const
    {
        auto target = take(prefix, existing);
        return target && target->file().write(as_bytes(content)) && target->publish(durability::full);
    }

    comfyui::request request(std::string_view prefix) const
    {
        return {.prefix = prefix, .output_dir = path_, .rule = rule_};
    }

private:
    naming_rule       rule_;
    scratch_directory here_{};
    std::string       path_{};
};

constexpr naming_rule both_rules[] = {naming_rule::comfyui_0_8, naming_rule::comfyui_2026};

} // namespace

TEST_CASE("ComfyUI's number is held by a part file and becomes the checkpoint's name")
{
    for (const naming_rule rule : both_rules) {
        const output out(rule);
        auto         target = out.take("a/b/ComfyUI");
        REQUIRE(target);
        CHECK(target->number().text() == "1");
        CHECK(target->name() == "ComfyUI_00001_.safetensors");
        CHECK(target->place().subfolder == std::filesystem::path("a/b").make_preferred().string());
        CHECK(target->file().path() == out / "a/b/ComfyUI_00001_.safetensors");
        CHECK(out.here().entries("out/a/b") == names{"ComfyUI_00001_.part"});

        REQUIRE(target->file().write(as_bytes("content")));
        CHECK(target->publish(durability::full));
        CHECK(out.here().entries("out/a/b") == names{"ComfyUI_00001_.safetensors"});
        CHECK(out.here().content("out/a/b/ComfyUI_00001_.safetensors") == "content");
    }
}

TEST_CASE("a target given up leaves nothing but its folder")
{
    const output out;
    CHECK(out.take("a/M"));
    CHECK(out.here().entries("out/a").empty());
}

TEST_CASE("the number is the one ComfyUI would take")
{
    const output out;
    const auto   number = [&] { return out.take("M")->number().text(); };
    out.here().put("out/M_00003_.png");
    CHECK(number() == "4");
    out.here().make_folder("out/M_00005_.safetensors");
    CHECK(number() == "6");
    out.here().put("out/M_00020.safetensors");
    CHECK(number() == "6");
#if !defined(_WIN32)
    out.here().put_link("out/M_00007_.safetensors", "nowhere");
    CHECK(number() == "8");
#endif
    out.here().put("out/M_18446744073709551615_");
    CHECK(number() == "18446744073709551616");
}

TEST_CASE("a negative number is named as ComfyUI names it")
{
    const output out;
    out.here().put("out/M_-3_x");
    CHECK(out.save("M", "a"));
    CHECK(out.save("M", "b"));
    CHECK(out.entries() == names{"M_-0001_.safetensors", "M_-0002_.safetensors", "M_-3_x"});
}

TEST_CASE("the later rule counts names without the last underscore")
{
    const output out(naming_rule::comfyui_2026);
    out.here().put("out/M_00020.safetensors");
    CHECK(out.take("M")->number().text() == "21");
}

TEST_CASE("two targets at once hold two numbers")
{
    for (const naming_rule rule : both_rules) {
        const output out(rule);
        const auto   first = out.take("M");
        const auto   second = out.take("M");
        REQUIRE(first);
        REQUIRE(second);
        CHECK(first->number().text() == "1");
        CHECK(second->number().text() == "2");
    }
}

TEST_CASE("a prefix that ends in a slash never replaces what it would in ComfyUI")
{
    const output out;
    CHECK(out.save("M/", "first"));
    CHECK(out.failure("M/") == errc::name_taken);
    CHECK(out.take("M/").error().subject() == out / "M_00001_.safetensors");
    CHECK(out.entries() == names{"M_00001_.safetensors"});
    CHECK(out.here().content("out/M_00001_.safetensors") == "first");

    faulty_file_system counted;
    CHECK_FALSE(out.take("M/", existing_file::refuse, counted.calls()));
    CHECK(counted.count(file_call::create_file) == 2); // to see that the number stays the same
}

TEST_CASE("a prefix that ends in a slash replaces the file when asked to")
{
    const output out;
    CHECK(out.save("M/", "first", existing_file::replace));
    CHECK(out.save("M/", "second", existing_file::replace));
    CHECK(out.entries() == names{"M_00001_.safetensors"});
    CHECK(out.here().content("out/M_00001_.safetensors") == "second");
}

TEST_CASE("the old file stays whole until the new one is published")
{
    const output out;
    CHECK(out.save("M/", "first"));
    auto target = out.take("M/", existing_file::replace);
    REQUIRE(target);
    CHECK(target->file().write(as_bytes("second")));
    CHECK(out.here().content("out/M_00001_.safetensors") == "first");
}

#if !defined(_WIN32)
TEST_CASE("a file that takes another's place takes its mode, too")
{
    namespace fs = std::filesystem;
    const output      out;
    std::error_code   ignored;
    const std::string path = out / "M_00001_.safetensors";
    CHECK(out.save("M/", "first"));
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, ignored);
    CHECK(out.save("M/", "second", existing_file::replace));
    CHECK(fs::status(path, ignored).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
}
#endif

TEST_CASE("only a regular file is replaced, and no link is written through")
{
    const output out;
    out.here().make_folder("out/N_00001_.safetensors");
    CHECK(out.failure("N/", existing_file::replace) == errc::not_a_regular_file);
    CHECK(out.failure("N/") == errc::name_taken);
    CHECK(out.entries() == names{"N_00001_.safetensors"});
#if !defined(_WIN32)
    out.here().put("victim", "theirs");
    out.here().put_link("out/M_00001_.safetensors", "../victim");
    CHECK(out.failure("M/", existing_file::replace) == errc::not_a_regular_file);
    CHECK(out.failure("M/") == errc::name_taken);
    CHECK(out.here().content("victim") == "theirs");
    CHECK(out.entries() == names{"M_00001_.safetensors", "N_00001_.safetensors"});
#endif
}

TEST_CASE("a part file that the rule does not see is passed by")
{
    const output out;
    out.here().put("out/M_00001_.part", "another's");
    auto target = out.take("M/");
    REQUIRE(target);
    CHECK(target->name() == "M_00001_.safetensors");
    CHECK(out.entries() == names{"M_00001_.part", "M_00001_2.part"});
    CHECK(target->publish(durability::none));
    CHECK(out.entries() == names{"M_00001_.part", "M_00001_.safetensors"});
    CHECK(out.here().content("out/M_00001_.part") == "another's");
}

TEST_CASE("when every name for a part file is taken there is no target")
{
    const output       out;
    faulty_file_system faulty;
    faulty.fail_each(file_call::create_file, EEXIST);
    const auto target = out.take("M/", existing_file::replace, faulty.calls());
    REQUIRE_FALSE(target);
    CHECK(target.error().code == errc::name_taken);
    CHECK(faulty.count(file_call::create_file) == 1000);
}

TEST_CASE("a number that another saver takes meanwhile is passed over")
{
    const output       out;
    faulty_file_system faulty;
    int                times = 0;
    const auto         quicker = [&] {
        if (++times == 1)
            out.here().put("out/M_00001_.part");
        if (times == 2) // published by another saver that has its part file behind it
            out.here().put("out/M_00002_.safetensors");
    };
    faulty.before(file_call::create_file, quicker);

    const auto target = out.take("M", existing_file::refuse, faulty.calls());
    REQUIRE(target);
    CHECK(target->number().text() == "3");
    CHECK(target->name() == "M_00003_.safetensors");
}

#if !defined(_WIN32) // on Windows a file that is open for writing keeps its name

TEST_CASE("a part file of ComfyUI's name that is removed before it is locked is created once more")
{
    const output       out;
    faulty_file_system faulty;
    int                times = 0;
    const auto         remover = [&] {
        if (++times > 3)
            return;
        for (const std::string& entry : out.entries())
            out.here().remove("out/" + entry);
    };
    faulty.before(file_call::lock_file, remover);
    auto target = out.take("M", existing_file::refuse, faulty.calls());
    REQUIRE(target);
    CHECK(times == 4);
    CHECK(target->number().text() == "1");
    CHECK(out.entries().size() == 1);
    CHECK(target->publish(durability::none));
    CHECK(out.entries() == names{"M_00001_.safetensors"});
}

#endif

TEST_CASE("a name that appears before publishing is replaced only when asked to")
{
    for (const auto existing : {existing_file::refuse, existing_file::replace}) {
        const output out;
        auto         target = out.take("M", existing);
        REQUIRE(target);
        out.here().put("out/M_00001_.safetensors", "another's");
        const auto published = target->publish(durability::none);
        if (existing == existing_file::replace) {
            CHECK(published);
            CHECK(out.here().content("out/M_00001_.safetensors").empty());
        } else {
            REQUIRE_FALSE(published);
            CHECK(published.error().code == errc::name_taken);
            CHECK(out.here().content("out/M_00001_.safetensors") == "another's");
        }
    }
}

TEST_CASE("what leads out of the output folder by text is refused before anything is created")
{
    for (const naming_rule rule : both_rules) {
        const output out(rule);
        for (const std::string_view prefix : {"../M", "../other/M", "../out2/M", "/M", "a/../../M"}) {
            CAPTURE(prefix);
            CHECK(out.failure(prefix) == errc::outside_root);
        }
        CHECK(out.here().entries() == names{"out"});
    }
}

TEST_CASE("a prefix may name the output folder itself")
{
    for (const naming_rule rule : both_rules) {
        const output out(rule);
        CHECK(out.save("../out/M", "a"));
        CHECK(out.save("../out/new/M", "b"));
        CHECK(out.save(out / "abs/M", "c"));
        CHECK(out.entries() == names{"M_00001_.safetensors", "abs", "new"});
        CHECK(out.here().entries("out/abs") == names{"M_00001_.safetensors"});
    }
}

#if !defined(_WIN32) // POSIX links; platforms/windows_save.cpp looks at links on Windows

TEST_CASE("0.8 follows a link out of the output folder")
{
    const output out;
    out.here().make_folder("elsewhere");
    out.here().put("elsewhere/M_00004_x");
    out.here().put_link("out/link", "../elsewhere");
    CHECK(out.save("link/M", "a"));
    CHECK(out.here().entries("elsewhere") == names{"M_00004_x", "M_00005_.safetensors"});
}

TEST_CASE("the later rule refuses a link out of the output folder before anything is created")
{
    const output out(naming_rule::comfyui_2026);
    out.here().make_folder("elsewhere");
    out.here().make_folder("out/a");
    out.here().put_link("out/link", "../elsewhere");
    out.here().put_link("out/a/link", out.here() / "elsewhere");
    for (const std::string_view prefix : {"link/M", "link/new/M", "a/link/M", "a/link/b/c/M"}) {
        CAPTURE(prefix);
        CHECK(out.failure(prefix) == errc::outside_root);
        CHECK(out.take(prefix).error().first_party() == "link");
    }
    CHECK(out.take("../elsewhere/M").error().first_party().empty());
    CHECK(out.here().entries("elsewhere").empty());
    CHECK(out.here().entries("out/a") == names{"link"});
}

TEST_CASE("by the later rule a folder that becomes a link meanwhile leads nowhere else")
{
    const output out(naming_rule::comfyui_2026);
    out.here().make_folder("elsewhere");
    faulty_file_system faulty;
    int                times = 0;
    const auto         swap = [&] {
        if (!out.here().has("out/new") || ++times != 2)
            return;
        out.here().rename("out/new", "out/old");
        out.here().put_link("out/new", "../elsewhere");
    };
    faulty.before(file_call::open_folder, swap);
    CHECK(out.take("new/deep/M", existing_file::refuse, faulty.calls()));
    CHECK(times >= 2);
    CHECK(out.here().entries("elsewhere").empty());
    CHECK(out.here().entries("out/old") == names{"deep"});
}

TEST_CASE("the later rule follows a link that stays in the output folder")
{
    const output out(naming_rule::comfyui_2026);
    out.here().make_folder("out/a/b");
    out.here().put_link("out/link", "a/b");
    CHECK(out.save("link/M", "a"));
    CHECK(out.save("link/new/M", "a"));
    CHECK(out.here().entries("out/a/b") == names{"M_00001_.safetensors", "new"});
}

#endif

TEST_CASE("the later rule takes an output folder by any of its names")
{
    const output             out(naming_rule::comfyui_2026);
    auto                     request = out.request("a/M");
    std::vector<std::string> roots{out.path() + '/', out.path() + "/../out"};
#if !defined(_WIN32)
    out.here().put_link("alias", "out");
    roots.push_back(out.here() / "alias");
#endif
    for (const std::string& root : roots) {
        CAPTURE(root);
        request.output_dir = root;
        auto target = comfyui::target::take(native_file_system(), request, durability::none);
        REQUIRE(target);
        CHECK(target->publish(durability::none));
    }
    CHECK(out.here().entries("out/a").size() == roots.size());
#if !defined(_WIN32)
    const std::string by_alias = out.here() / "alias/a/M";
    CHECK(out.save(by_alias, "a"));
    CHECK(out.here().entries("out/a").size() == 4);
#endif
}

TEST_CASE("by the later rule a folder of which not even the top exists is outside")
{
    const output       out(naming_rule::comfyui_2026);
    faulty_file_system faulty;
    int                times = 0;
    const auto         unplug = [&] {
        if (++times == 2) // the first opens the output folder
            faulty.fail_each(file_call::open_folder, ENOENT);
    };
    faulty.before(file_call::open_folder, unplug);
    const auto target = out.take("a/M", existing_file::refuse, faulty.calls());
    REQUIRE_FALSE(target);
    CHECK(target.error().code == errc::outside_root);
    CHECK(out.entries().empty());
}

TEST_CASE("a relative output folder is taken by the later rule alone")
{
    const output      out(naming_rule::comfyui_2026);
    std::error_code   ignored;
    const std::string relative = std::filesystem::relative(out.path(), ignored).generic_string();
    if (relative.empty())
        return; // on another drive
    comfyui::request request{.prefix = "a/M", .output_dir = relative, .rule = naming_rule::comfyui_2026};
    CHECK(comfyui::target::take(native_file_system(), request, durability::none));
    request.prefix = "../M";
    CHECK(comfyui::target::take(native_file_system(), request, durability::none).error().code ==
          errc::outside_root);
    request.rule = naming_rule::comfyui_0_8;
    CHECK(comfyui::target::take(native_file_system(), request, durability::none).error().code ==
          errc::output_folder_not_absolute);
}

TEST_CASE("a missing output folder is created once the prefix is known to stay in it")
{
    for (const naming_rule rule : both_rules) {
        const output      out(rule);
        const std::string missing = out / "deep/er";
        auto              request = out.request("../M");
        request.output_dir = missing;
        CHECK(comfyui::target::take(native_file_system(), request, durability::none).error().code ==
              errc::outside_root);
        CHECK(out.entries().empty());
        request.prefix = "a/M";
        CHECK(comfyui::target::take(native_file_system(), request, durability::full));
        CHECK(out.here().entries("out/deep/er") == names{"a"});
    }
}

TEST_CASE("a folder that is a file, or a dangling link, is an error")
{
    for (const naming_rule rule : both_rules) {
        const output out(rule);
        out.here().put("out/file");
        names                         left{"file"};
        std::vector<std::string_view> prefixes{"file/M", "file/below/M"};
#if !defined(_WIN32)
        out.here().put_link("out/broken", "nowhere");
        left = {"broken", "file"};
        prefixes.insert(prefixes.end(), {"broken/M", "broken/below/M"});
#endif
        for (const std::string_view prefix : prefixes) {
            CAPTURE(prefix);
            CHECK(out.failure(prefix) == errc::folder_missing);
        }
        CHECK(out.entries() == left);
    }
}

TEST_CASE("a NUL in the prefix names no file")
{
    for (const naming_rule rule : both_rules) {
        const output out(rule);
        CHECK(out.failure(std::string_view("a\0b/M", 5)) == errc::invalid_file_name);
        CHECK(out.failure(std::string_view("M\0", 2)) == errc::invalid_file_name);
        CHECK(out.entries().empty());
    }
}

TEST_CASE("a name of ComfyUI's too long for the file system is refused and leaves nothing")
{
    const output      out;
    const std::size_t tail = std::string_view("_00001_.safetensors").size();
    CHECK(out.take(std::string(255 - tail, 'n')));
    for (const std::size_t size : {255 - tail + 1, std::size_t{244}, std::size_t{300}}) {
        CAPTURE(size);
        CHECK(out.failure(std::string(size, 'n')) == errc::file_name_too_long);
    }
    CHECK(out.entries().empty());
}

TEST_CASE("fields of time without one mean now")
{
    const output out;
    auto         target = out.take("%year%-%width%/M");
    REQUIRE(target);
    const std::string& subfolder = target->place().subfolder;
    CHECK(subfolder.find('%') == std::string::npos);
    CHECK(subfolder.size() >= 6);
    CHECK(subfolder.ends_with("-0"));

    auto request = out.request("%year%/M");
    request.fields.time = stet::calendar_time{.year = 1999, .month = 1, .day = 1};
    CHECK(comfyui::target::take(native_file_system(), request, durability::none)->place().subfolder ==
          "1999");
}

TEST_CASE("an error of the system is about the folder or the file it met")
{
    for (const naming_rule rule : both_rules) {
        const output       out(rule);
        faulty_file_system faulty;
        faulty.fail_each(file_call::list, EACCES);
        const auto unlisted = out.take("new/M", existing_file::refuse, faulty.calls());
        REQUIRE_FALSE(unlisted);
        CHECK(unlisted.error().code == errc::permission_denied);
        CHECK(unlisted.error().subject() == out / "new");

        faulty_file_system full;
        full.fail_each(file_call::create_file, ENOSPC);
        const auto uncreated = out.take("M", existing_file::refuse, full.calls());
        REQUIRE_FALSE(uncreated);
        CHECK(uncreated.error().code == errc::disk_full);
        CHECK(full.count(file_call::create_file) == 1);
        CHECK(uncreated.error().subject() == out / "M_00001_.safetensors");
    }
}

TEST_CASE("whatever call fails, no part file stays")
{
    for (const naming_rule rule : both_rules) {
        for (std::size_t nth = 1; nth < 200; ++nth) {
            const output out(rule);
            CHECK(out.save("a/b/M/", "first"));
            faulty_file_system faulty;
            faulty.fail(nth, EIO);
            {
                auto target = comfyui::target::take(faulty.calls(), out.request("a/b/M/"), durability::full,
                                                    existing_file::replace);
                if (target && target->file().write(as_bytes("second")))
                    static_cast<void>(target->publish(durability::full));
            }
            CAPTURE(nth);
            const bool removal_failed = faulty.failed() == file_call::remove;
            const auto left = out.here().entries("out/a/b");
            const auto content = out.here().content("out/a/b/M_00001_.safetensors");
            CHECK((removal_failed || left == names{"M_00001_.safetensors"}));
            CHECK((content == "first" || content == "second"));
            if (!faulty.failed()) {
                CHECK(nth > 8);
                break;
            }
        }
    }
}

TEST_CASE("a name that the file system cannot hold is refused by its own rules")
{
    const output       out(naming_rule::comfyui_2026);
    faulty_file_system faulty;
    stet::file_system  calls = faulty.calls();
    calls.paths = stet::path_style::windows;
    for (const char* const prefix : {"a?b", "a<b", "a*b"}) {
        CAPTURE(prefix);
        const auto target = out.take(prefix, existing_file::refuse, calls);
        REQUIRE_FALSE(target);
        CHECK(target.error().code == errc::invalid_file_name);
    }
    CHECK(out.entries().empty());
#if !defined(_WIN32)
    // Another name is allowed; it is the folder that is none of such a file system's.
    const auto allowed = out.take("M", existing_file::refuse, calls);
    REQUIRE_FALSE(allowed);
    CHECK(allowed.error().code == errc::outside_root);
#endif
}
