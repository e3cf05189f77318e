// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/scratch_directory.hpp"
#include "support/stored_file.hpp"

#include <stet/read/mapped_file.hpp>
#include <stet/state/state_dict.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

static_assert(stet::state_dict<stet::mapped_checkpoint>);

TEST_CASE("a file is opened, walked and read in a line each")
{
    const support::scratch_directory scratch;
    scratch.put("a",
                support::stored_file(R"({"a.weight":{"dtype":"F8_E5M2","shape":[2],"data_offsets":[0,2]},)"
                                     R"("n":{"dtype":"I8","shape":[],"data_offsets":[2,3]}})",
                                     "\x3C\xC0\x05"));
    auto opened = stet::mapped_checkpoint::open((scratch / "a").c_str());
    REQUIRE(opened);
    const stet::mapped_checkpoint file = *std::move(opened);

    std::string names;
    for (const auto [name, tensor] : file)
        names.append(name).append(1, ' ').append(stet::name(tensor.type)).append(1, ' ');
    CHECK(names == "a.weight F8_E5M2 n I8 ");
    const std::vector<float> w = *file["a.weight"].to<float>();
    CHECK(w == std::vector<float>{1, -2});
    CHECK((*file["n"].to<int>())[0] == 5);
    CHECK(file.file().bytes().size() == file.header().data_begin() + 3);
    CHECK(support::failure(file["b"].to<float>()) == "no_such_tensor");
}

TEST_CASE("what is no checkpoint, or not there, is not opened")
{
    const support::scratch_directory scratch;
    scratch.put("a", "abc");
    CHECK(support::failure(stet::mapped_checkpoint::open((scratch / "a").c_str())) == "header_too_small");
    CHECK(support::failure(stet::mapped_checkpoint::open((scratch / "b").c_str())) == "file_missing");
}
