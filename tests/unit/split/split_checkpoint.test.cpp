// SPDX-License-Identifier: MIT
#include <stet/split/splitting.hpp>

#include <catch2/catch_test_macros.hpp>

TEST_CASE("a checkpoint that was split into nothing has empty components and no changes")
{
    const stet::split_checkpoint none(stet::heap());
    for (const auto* const part : {&none.model, &none.text_encoder, &none.vae, &none.vision_encoder,
                                   &none.seconds_start, &none.seconds_total, &none.extra, &none.leftover})
        CHECK(part->empty());
    CHECK(none.model_prefix.empty());
    CHECK(none.changes().empty());
}
