// SPDX-License-Identifier: MIT
// Pairs of checkpoints that people reported after merging them: what is mixed, taken whole or refused, and why.
#include "support/failure.hpp"
#include "support/files.hpp"
#include "support/poured.hpp"
#include "support/test_data.hpp"

#include <stet/merge.hpp>
#include <stet/read/checkpoint_view.hpp>
#include <stet/save/save.hpp>
#include <stet/sink/sinks.hpp>
#include <stet/tensor/numbers.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using stet::dtype;
using stet::merging::outcome;
using stet::merging::recipe;

struct stored {
    explicit stored(std::string_view name)
        : content(support::file_content(support::test_data("merge") / (std::string(name) + ".safetensors"))
                      .value_or(std::string())),
          view(stet::read_checkpoint(std::as_bytes(std::span(content))))
    {
        INFO(name << ".safetensors is missing, or no checkpoint");
        REQUIRE(view);
    }

    std::string                         content;
    stet::result<stet::checkpoint_view> view;
};

recipe ratio(double all)
{
    return {.ratios = {.all = all}};
}

/// Why a merge is refused, at once or while it is saved; "" if it is not.
std::string refusal(std::string_view first, std::string_view second, const recipe& how = {})
{
    const stored a(first);
    const stored b(second);
    const auto   merged = stet::merging::merge(*a.view, *b.view, how);
    if (!merged)
        return stet::message(merged.error());
    std::vector<std::byte> bytes;
    const auto             saved = stet::save(*merged, stet::append_sink{bytes});
    return saved ? std::string() : stet::message(saved.error());
}

bool says(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

/// Whether ratio 0 gives the second file's tensors, byte for byte.
void check_all_of_second(std::string_view first, std::string_view second)
{
    const stored a(first);
    const stored b(second);
    const auto   merged = stet::merging::merge(*a.view, *b.view, ratio(0));
    REQUIRE(merged);
    CHECK(merged->size() == b.view->size());
    for (const auto& [name, tensor] : *merged) {
        INFO(name);
        CHECK(support::poured(tensor) == support::poured(*b.view->find(name)));
    }
}

/// Whether every merged number is the mean of both, as F32 numbers tell.
void check_means(std::string_view first, std::string_view second)
{
    const stored a(first);
    const stored b(second);
    const auto   merged = stet::merging::merge(*a.view, *b.view, {.type = dtype::f32});
    REQUIRE(merged);
    for (const auto& one : merged->decisions()) {
        if (one.outcome != outcome::merged)
            continue;
        INFO(one.name);
        const std::vector<float> of_a = *stet::to_numbers<float>(*a.view->find(one.name));
        const std::vector<float> of_b = *stet::to_numbers<float>(*b.view->find(one.name));
        for (const auto& [name, tensor] : *merged) {
            if (name != one.name)
                continue;
            const std::vector<float> made = *stet::to_numbers<float>(tensor);
            REQUIRE(made.size() == of_a.size());
            for (std::size_t i = 0; i < made.size(); ++i)
                CHECK(made[i] == of_a[i] * 0.5F + of_b[i] * 0.5F);
        }
    }
}

/// Whether each number that a merge makes infinite is counted.
void check_infinities()
{
    const stored a("f16_a");
    const stored large("f32_large_values");
    const auto   merged = stet::merging::merge(*a.view, *large.view, {.keep_not_finite = true});
    REQUIRE(merged);
    std::vector<std::byte> bytes;
    REQUIRE(stet::save(*merged, stet::append_sink{bytes}));
    CHECK(merged->numbers().became_infinite == 163);
    CHECK(merged->numbers().became_nan == 0);
}

/// Whether it is said that two models predict differently.
void check_predictions()
{
    const stored v("v_prediction");
    const stored a("f16_a");
    const auto   merged = stet::merging::merge(*v.view, *a.view);
    REQUIRE(merged);
    CHECK(merged->predictions().first == "v with zero terminal SNR");
    CHECK(merged->predictions().second == "epsilon");
    CHECK(merged->count(outcome::only_first) == 2);
}

/// A pair of files, how they are merged, and a part of the refusal, which is empty where there is none.
struct refused_pair {
    std::string_view first;
    std::string_view second;
    std::string_view part;
    recipe           how{};
};

} // namespace

TEST_CASE("merges that people reported come out right, or are refused with the reason")
{
    if (!support::found_test_data("merge"))
        return;
    const std::vector<refused_pair> pairs{
        {"fp8_scaled_a", "fp8_scaled_b", "it is quantised; ask for F32, F16 or BF16"},
        {"nvfp4_a", "nvfp4_b", "it is quantised"},
        {"fp8_plain_a", "fp8_plain_b", "an 8-bit float in one of the files"},
        {"f16_a", "fp8_plain_b", "an 8-bit float in one of the files"},
        {"f16_a", "f32_large_values", "have become infinite"},
        {"f16_a", "f32_large_values", "", {.type = dtype::f32}},
        {"lora_a", "lora_b", "factor of a LoRA"},
        {"nine_channels", "f16_a", "ask to widen"},
        {"f16_a", "nine_channels", "only equal shapes"},
        {"nine_channels", "f16_a", "", {.widen = true}},
        {"vae", "t5_without_prefix", "'decoder.conv_in.' in the first and with 'encoder.block.'"}};
    std::size_t ran = 0;
    const auto  run = [&ran](auto check, const auto&... files) {
        check(files...);
        ++ran;
    };
    for (const refused_pair& pair : pairs) {
        run([&] {
            CAPTURE(pair.first, pair.second);
            const std::string said = refusal(pair.first, pair.second, pair.how);
            CHECK((pair.part.empty() ? said.empty() : says(said, pair.part)));
        });
    }
    run(check_all_of_second, "fp8_scaled_a", "fp8_scaled_b");
    run(check_all_of_second, "nvfp4_a", "nvfp4_b");
    run(check_all_of_second, "fp8_plain_a", "fp8_plain_b");
    run(check_means, "fp8_plain_a", "fp8_plain_b");
    run(check_means, "f16_a", "fp8_plain_b");
    run(check_means, "f16_a", "f16_b");
    run(check_infinities);
    run(check_predictions);
    support::report_cases("merge", ran);
}
