// SPDX-License-Identifier: MIT
// A file that is cut short while it is mapped ends the program that saves it; read by the system's calls, it is an error.
#if !defined(_WIN32)

#include "support/child_process.hpp"
#include "support/failure.hpp"
#include "support/scratch_directory.hpp"
#include "support/stored_file.hpp"

#include <stet/file/abandoned_parts.hpp>
#include <stet/read/mapped_file.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

constexpr std::size_t tensor_size = 3'000'000;

void put_large_file(const support::scratch_directory& scratch)
{
    const std::string size = std::to_string(tensor_size);
    scratch.put("a", support::stored_file(R"({"w":{"dtype":"U8","shape":[)" + size +
                                              R"(],"data_offsets":[0,)" + size + "]}}",
                                          std::string(tensor_size, 'w')));
}

struct same_names {
    static stet::placed_name place(stet::role::model, std::string_view key) noexcept { return {.stem = key}; }
};

/// Cuts the file in two while it is open, and saves it again.
template <class File>
stet::result<stet::saved_checkpoint> save_cut_short(const support::scratch_directory& scratch)
{
    const auto file = File::open((scratch / "a").c_str());
    if (!file)
        return file.error();
    std::error_code ignored;
    std::filesystem::resize_file(scratch / "a", tensor_size / 2, ignored);
    return stet::save(stet::model_only{.model = *file}, same_names{}, stet::exact_path{scratch / "b"});
}

} // namespace

TEST_CASE(
    "a mapping cut short ends its saver, or is an error, and what its saver left is known to be abandoned")
{
    const support::scratch_directory scratch;
    put_large_file(scratch);
    const int ended = support::in_child([&] {
        for (const int fault : {SIGBUS, SIGSEGV}) // without those who report crashes of the tests
            static_cast<void>(std::signal(fault, SIG_DFL));
        return save_cut_short<stet::mapped_checkpoint>(scratch) ? 0 : 1;
    });
    // Where the system reads the mapping by itself, it tells of what is missing.
    CAPTURE(ended);
    CHECK((ended == -SIGBUS || ended == 1));
    CHECK_FALSE(scratch.has("b"));
    CHECK(scratch.entries().size() == (ended == 1 ? 1 : 2));
    const auto removed = stet::remove_abandoned_exact(scratch / "b", {.least_age = 0});
    REQUIRE(removed);
    CHECK(scratch.entries() == std::vector<std::string>{"a"});
}

TEST_CASE("a file cut short that is read by the system's calls is an error, and no part file is left")
{
    const support::scratch_directory scratch;
    put_large_file(scratch);
    CHECK(support::failure(save_cut_short<stet::file_checkpoint>(scratch)) == "incomplete_data");
    CHECK(scratch.entries() == std::vector<std::string>{"a"});
}

#endif
