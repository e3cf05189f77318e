// SPDX-License-Identifier: MIT
#include "support/failure.hpp"

#include <stet/state/model.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace {

using stet::model_type;
using stet::prediction;
using stet::sigma_range;
using stet::detail::consistent;
using stet::detail::has_sigmas;

constexpr sigma_range range{.largest = 700, .smallest = 0.002F};

static_assert(std::is_trivially_copyable_v<prediction> && std::is_aggregate_v<prediction>);
static_assert(prediction::epsilon().type == model_type::eps && !prediction::epsilon().sigmas);
static_assert(prediction::v().type == model_type::v_prediction && !prediction::v().zero_terminal_snr);
static_assert(prediction::v(true).zero_terminal_snr && !prediction::v(true).sigmas);
static_assert(prediction::edm_v(range).type == model_type::v_prediction_edm &&
              prediction::edm_v(range).sigmas);
static_assert(prediction::edm(range).type == model_type::edm && prediction::edm(range).sigmas);
static_assert(prediction::continuous_v(range).type == model_type::v_prediction_continuous);
static_assert(prediction::flow().type == model_type::flow && !prediction::flow().sigmas);

static_assert(has_sigmas(model_type::v_prediction_edm) && has_sigmas(model_type::edm) &&
              has_sigmas(model_type::v_prediction_continuous));
static_assert(!has_sigmas(model_type::eps) && !has_sigmas(model_type::v_prediction) &&
              !has_sigmas(model_type::stable_cascade) && !has_sigmas(model_type::flow) &&
              !has_sigmas(model_type::flux) && !has_sigmas(model_type::img_to_img) &&
              !has_sigmas(model_type::flow_cosmos) && !has_sigmas(model_type::flow_av) &&
              !has_sigmas(model_type::img_to_img_flow) && !has_sigmas(model_type::v_prediction_ddpm));
static_assert(stet::detail::predict_key(model_type::eps) == "epsilon" &&
              stet::detail::predict_key(model_type::v_prediction) == "v" &&
              stet::detail::predict_key(model_type::v_prediction_ddpm).empty() &&
              stet::detail::predict_key(model_type::flow).empty());

/// What is wrong with it, in quotes; nothing when it is sound.
std::string problem(const prediction& described)
{
    const auto sound = consistent(described);
    if (sound)
        return "";
    CHECK(sound.error().code == stet::errc::contradictory_prediction);
    return std::string(sound.error().subject());
}

constexpr std::string_view wrong_sigmas = "sigmas that are not finite, positive and in order";

constexpr int last_type = static_cast<int>(model_type::v_prediction_ddpm);

} // namespace

TEST_CASE("what the named predictions say is consistent")
{
    for (const prediction& sound :
         {prediction::epsilon(), prediction::v(), prediction::v(true), prediction::edm_v(range),
          prediction::edm(range), prediction::continuous_v(range), prediction::flow()})
        CHECK(problem(sound).empty());
}

TEST_CASE("a type that goes without sigmas is consistent without them and contradicts them")
{
    for (int i = 0; i <= last_type; ++i) {
        CAPTURE(i);
        const auto type = static_cast<model_type>(i);
        CHECK(problem({.type = type}).empty() == !has_sigmas(type));
        CHECK(problem({.type = type, .sigmas = range}).empty() == has_sigmas(type));
    }
    CHECK(problem({.type = model_type::edm}) == "a continuous model type without its two sigmas");
    CHECK(problem({.sigmas = range}) == "sigmas without a continuous model type");
}

TEST_CASE("only v prediction has a zero terminal SNR")
{
    for (int i = 0; i <= last_type; ++i) {
        CAPTURE(i);
        const auto       type = static_cast<model_type>(i);
        const prediction described{.type = type,
                                   .zero_terminal_snr = true,
                                   .sigmas = has_sigmas(type) ? std::optional(range) : std::nullopt};
        CHECK(problem(described) ==
              (type == model_type::v_prediction ? "" : "zero terminal SNR without v prediction"));
    }
}

TEST_CASE("sigmas must be positive, finite and in order")
{
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    constexpr float infinity = std::numeric_limits<float>::infinity();
    constexpr float most = std::numeric_limits<float>::max();
    constexpr float least = std::numeric_limits<float>::denorm_min();

    CHECK(problem(prediction::edm({.largest = most, .smallest = least})).empty());
    for (const sigma_range& wrong :
         {sigma_range{1, 0}, sigma_range{1, -0.5F}, sigma_range{1, 1}, sigma_range{1, 2}, sigma_range{0, 0},
          sigma_range{-1, -2}, sigma_range{infinity, 1}, sigma_range{infinity, infinity}, sigma_range{nan, 1},
          sigma_range{1, nan}, sigma_range{nan, nan}, sigma_range{1, -infinity}})
    {
        CAPTURE(wrong.largest, wrong.smallest);
        CHECK(problem(prediction::edm_v(wrong)) == wrong_sigmas);
        CHECK(problem(prediction::edm(wrong)) == wrong_sigmas);
        CHECK(problem(prediction::continuous_v(wrong)) == wrong_sigmas);
    }
}

TEST_CASE("a contradiction is told in one line")
{
    const auto refused = consistent({.zero_terminal_snr = true});
    REQUIRE_FALSE(refused);
    CHECK(stet::message(refused.error()) ==
          "the prediction contradicts itself: 'zero terminal SNR without v prediction'");
}
