// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/full_log.hpp"
#include "support/split_names.hpp"

#include <stet/split/impl/split_run.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string_view>

using stet::strictness;
using support::name_list;
using support::names_of;
using support::small_tensors;

TEST_CASE("taking a vision encoder tells that memory runs out whatever is full")
{
    const small_tensors modern{"v.vision_model.post_layernorm.weight", "v.visual_projection.weight", "other"};
    const small_tensors openclip{{"v.transformer.resblocks.0.attn.in_proj_weight", {6, 1}},
                                 {"v.transformer.resblocks.0.ln_1.weight"},
                                 {"v.proj", {2, 2}}};
    for (const small_tensors* const given : {&modern, &openclip}) {
        for (const auto how : {strictness::strict, strictness::as_comfyui}) {
            const auto take = [&](stet::change_log& log, const stet::allocator& memory) -> std::string_view {
                stet::splitting    work(log, how);
                stet::ordered_dict out(memory);
                if (!support::fill(work.rest, *given))
                    return "out_of_memory";
                return support::failure(stet::detail::take_vision(work, "v.", out));
            };
            CHECK(support::fewest_allocations_with_full_log(80, take) > 3);
        }
    }
}

TEST_CASE("a marker that was taken already is not taken again")
{
    const small_tensors given{"v_pred", "ztsnr"};
    stet::change_log    log(stet::heap());
    stet::splitting     work(log, strictness::strict);
    stet::ordered_dict  out(stet::heap());
    REQUIRE(support::fill(work.rest, given));
    REQUIRE(work.rest.remove({.stem = "v_pred"}));
    REQUIRE(stet::detail::take_markers(work, out));
    CHECK(names_of(out) == name_list{"ztsnr"});
    CHECK(names_of(work.rest).empty());
}
