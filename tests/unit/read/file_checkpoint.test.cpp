// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/scratch_directory.hpp"
#include "support/stored_file.hpp"

#include <stet/read/mapped_file.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

static_assert(stet::state_dict<stet::file_checkpoint>);

namespace {

/// Two tensors of 50,000 bytes.
std::string large_file()
{
    return support::stored_file(R"({"first":{"dtype":"U8","shape":[50000],"data_offsets":[0,50000]},)"
                                R"("second":{"dtype":"U8","shape":[50000],"data_offsets":[50000,100000]}})",
                                std::string(50'000, 'a') + std::string(50'000, 'b'));
}

struct same_names {
    static stet::placed_name place(stet::role::model, std::string_view key) noexcept { return {.stem = key}; }
};

template <class File>
stet::result<stet::saved_checkpoint> save_again(const File& file, const std::string& path)
{
    return stet::save(stet::model_only{.model = file}, same_names{}, stet::exact_path{path});
}

} // namespace

TEST_CASE("a file's tensors are read when they are asked for, wherever the object went")
{
    const support::scratch_directory scratch;
    scratch.put("a", large_file());
    auto opened = stet::file_checkpoint::open((scratch / "a").c_str());
    REQUIRE(opened);
    std::vector<stet::file_checkpoint> kept;
    kept.push_back(*std::move(opened));
    auto other = stet::file_checkpoint::open((scratch / "a").c_str());
    REQUIRE(other);
    kept.push_back(*std::move(other));
    kept[0] = std::move(kept[1]);
    auto& same = kept[0];
    kept[0] = std::move(same);
    const stet::file_checkpoint& file = kept[0];

    const std::vector<std::uint8_t> second = *file["second"].to<std::uint8_t>();
    CHECK(second == std::vector<std::uint8_t>(50'000, 'b'));
    std::array<std::byte, 2> piece{};
    REQUIRE(file.read(*file.header().find("first"), {.offset = 7, .size = 2}, piece));
    CHECK(piece[1] == std::byte{'a'});
    CHECK(support::failure(file["third"].to<float>()) == "no_such_tensor");
}

TEST_CASE("a file is saved again as it is, tensor by tensor")
{
    const support::scratch_directory scratch;
    scratch.put("a", large_file());
    const auto file = stet::file_checkpoint::open((scratch / "a").c_str());
    REQUIRE(file);
    REQUIRE(save_again(*file, scratch / "b"));
    const auto again = stet::file_checkpoint::open((scratch / "b").c_str());
    REQUIRE(again);
    CHECK(again->size() == 2);
    const std::vector<std::uint8_t> first = *(*again)["first"].to<std::uint8_t>();
    CHECK(first == std::vector<std::uint8_t>(50'000, 'a'));
}

TEST_CASE(
    "a file cut short while it is read or saved is an error that tells its true size, and leaves nothing behind")
{
    const support::scratch_directory scratch;
    scratch.put("a", large_file());
    const auto file = stet::file_checkpoint::open((scratch / "a").c_str());
    REQUIRE(file);
    std::filesystem::resize_file(scratch / "a", 60'000);

    const auto read = (*file)["second"].to<float>();
    REQUIRE_FALSE(read);
    CHECK(stet::name(read.error().code) == "incomplete_data");
    CHECK(read.error().subject() == "second");
    CHECK(read.error().actual == 60'000);
    const auto saved = save_again(*file, scratch / "b");
    REQUIRE_FALSE(saved);
    CHECK(stet::name(saved.error().code) == "incomplete_data");
    CHECK(saved.error().actual == 60'000);
    CHECK(scratch.entries() == std::vector<std::string>{"a"});
}

TEST_CASE("what is no checkpoint, or not there, is not opened for reading")
{
    const support::scratch_directory scratch;
    scratch.put("a", "abc");
    CHECK(support::failure(stet::file_checkpoint::open((scratch / "a").c_str())) == "header_too_small");
    CHECK(support::failure(stet::file_checkpoint::open((scratch / "b").c_str())) == "file_missing");
}
