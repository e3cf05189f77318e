// SPDX-License-Identifier: MIT
#include "support/stored_file.hpp"
#include "support/text_bytes.hpp"

#include <stet/read/checkpoint_view.hpp>
#include <stet/tensor/sizes.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>

TEST_CASE("the alignments of a read file are those of its tensors' places, header and all")
{
    const std::string members = R"({"a":{"dtype":"U8","shape":[192],"data_offsets":[0,192]},)"
                                R"("b":{"dtype":"U8","shape":[3],"data_offsets":[192,195]}})";
    const auto        padded = [&](std::size_t data_begin) {
        return support::stored_file(members + std::string(data_begin - 8 - members.size(), ' '),
                                           std::string(195, 'x'));
    };
    const std::string on_a_page = padded(4096);
    const auto        paged = stet::read_checkpoint(support::as_bytes(on_a_page));
    REQUIRE(paged);
    const stet::alignment_report report = stet::alignments(paged->header());
    CHECK(report.all.tensors == 2);
    CHECK(report.all.bytes == 195);
    CHECK(report.to_64.tensors == 2);
    CHECK(report.to_256.tensors == 1);
    CHECK(report.to_4096.bytes == 192);

    const std::string between = padded(4096 + 64);
    const auto        shifted = stet::read_checkpoint(support::as_bytes(between));
    REQUIRE(shifted);
    CHECK(stet::alignments(shifted->header()).to_64.tensors == 2);
    CHECK(stet::alignments(shifted->header()).to_256.bytes == 3);
    CHECK(stet::alignments(shifted->header()).to_4096.tensors == 0);
}
