// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/rearranged.hpp"
#include "support/short_memory.hpp"

#include <stet/families/families.hpp>
#include <stet/plan/impl/prediction_markers.hpp>
#include <stet/plan/make_plan.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace families = stet::families;
using stet::model_type;
using stet::prediction;
using stet::sigma_range;
using stet::strictness;

constexpr sigma_range range{.largest = 700, .smallest = 0.002F};

/// The plan of the markers alone.
template <class Layout>
stet::result<stet::plan> marked(const std::optional<prediction>& told, strictness how = strictness::strict,
                                const stet::allocator& memory = stet::heap())
{
    stet::detail::plan_builder builder(memory);
    if (auto added = stet::detail::add_prediction_markers(builder, told, stet::facts_of(Layout{}), how);
        !added)
        return added.error();
    return std::move(builder).finish(stet::reference_order);
}

/// The markers' names in file order, or the error and what it says.
template <class Layout>
std::string markers(const std::optional<prediction>& told = std::nullopt, strictness how = strictness::strict)
{
    const auto plan = marked<Layout>(told, how);
    if (!plan)
        return std::string(support::failure(plan)) + ": " + std::string(plan.error().subject());
    std::string all;
    for (const stet::record& record : plan->records())
        all += record.name.text() + ";";
    return all;
}

using any = stet::layouts::generic;
constexpr std::string_view both_sigmas = "edm_vpred.sigma_max;edm_vpred.sigma_min;";

struct mostly_v : stet::family<any, stet::told(model_type::v_prediction)> {
    static constexpr std::string_view name = "mine";
};

struct continuous : stet::family<any, stet::always(model_type::v_prediction_edm)> {
    static constexpr std::string_view name = "mine";
};

} // namespace

TEST_CASE("each prediction has its markers")
{
    CHECK(markers<any>().empty());
    CHECK(markers<any>(prediction::epsilon()).empty());
    CHECK(markers<any>(prediction::flow()).empty());
    CHECK(markers<any>(prediction{.type = model_type::flux}).empty());
    CHECK(markers<any>(prediction{.type = model_type::flow_cosmos}).empty());
    CHECK(markers<any>(prediction{.type = model_type::stable_cascade}).empty());
    CHECK(markers<any>(prediction{.type = model_type::img_to_img}).empty());
    CHECK(markers<any>(prediction::v()) == "v_pred;");
    CHECK(markers<any>(prediction::v(true)) == "v_pred;ztsnr;");
    CHECK(markers<any>(prediction::edm(range)) == both_sigmas);
    CHECK(markers<any>(prediction::edm_v(range)) == both_sigmas);
    CHECK(markers<any>(prediction::continuous_v(range)) == both_sigmas);
}

TEST_CASE("the markers of v prediction are F32 of no elements")
{
    const auto plan = marked<any>(prediction::v(true));
    REQUIRE(plan);
    REQUIRE(plan->records().size() == 2);
    for (const stet::record& record : plan->records()) {
        CHECK(record.type == stet::dtype::f32);
        CHECK(record.size == 0);
        REQUIRE(plan->shape(record).size() == 1);
        CHECK(plan->shape(record)[0] == 0);
    }
}

TEST_CASE("sigmas are F32 scalars of the very bits given, kept by the plan")
{
    const auto make = [] {
        const sigma_range passing{.largest = 699.99994F, .smallest = 0.001999999862164259F};
        return marked<any>(prediction::edm_v(passing));
    };
    const auto plan = make();
    REQUIRE(plan);
    REQUIRE(plan->records().size() == 2);
    for (const stet::record& record : plan->records()) {
        CHECK(record.type == stet::dtype::f32);
        CHECK(plan->shape(record).empty());
    }
    CHECK(support::poured(plan->tensor(plan->records()[0])) == "\xFF\xFF\x2E\x44");
    CHECK(support::poured(plan->tensor(plan->records()[1])) == "\x6E\x12\x03\x3B");
}

TEST_CASE("markers are reported as added to a component of their own")
{
    const auto plan = marked<any>(prediction::v(true));
    REQUIRE(plan);
    REQUIRE(plan->components().size() == 1);
    CHECK(plan->components()[0].role == "prediction");
    CHECK(plan->components()[0].tensors == 2);
    CHECK(plan->components()[0].added == 2);
    CHECK(support::text_of(plan->changes()) == "added v_pred;added ztsnr;");
}

TEST_CASE("a family of one model type has its markers without being asked")
{
    CHECK(markers<families::sd_x4_upscaler>() == "v_pred;");
    CHECK(markers<families::hunyuan_dit>() == "v_pred;");
    CHECK(markers<families::hunyuan_dit1>() == "v_pred;");
    CHECK(markers<families::hunyuan_dit>(prediction::v(true)) == "v_pred;ztsnr;");
    CHECK(markers<families::sd15>().empty());
    CHECK(markers<families::flux>().empty());
    CHECK(markers<families::stable_cascade_b>().empty());
}

TEST_CASE(
    "a type that a family only tends to is recorded as ComfyUI does, and in strict conduct left to its saver")
{
    CHECK(markers<mostly_v>().empty());
    CHECK(markers<mostly_v>(std::nullopt, strictness::as_comfyui) == "v_pred;");
    CHECK(markers<mostly_v>(prediction::epsilon(), strictness::as_comfyui).empty());
}

TEST_CASE("a family of a continuous type knows its sigmas, whoever saves and however")
{
    for (const auto how : {strictness::strict, strictness::as_comfyui}) {
        CHECK(markers<families::svd_img2vid>(std::nullopt, how) == both_sigmas);
        CHECK(markers<families::sv3d_u>(std::nullopt, how) == both_sigmas);
        CHECK(markers<families::stable_audio>(std::nullopt, how) == both_sigmas);
        CHECK(markers<families::cosmos_t2v>(std::nullopt, how) == both_sigmas);
        CHECK(markers<families::svd_img2vid>(prediction::edm_v(range), how) == both_sigmas);
        CHECK(markers<families::stable_audio>(prediction::continuous_v(range), how) == both_sigmas);
        CHECK(markers<families::cosmos_i2v>(prediction::edm(range), how) == both_sigmas);
    }
    const auto plan = marked<families::stable_audio>(std::nullopt);
    REQUIRE(plan);
    CHECK(support::poured(plan->tensor(plan->records()[0])) == std::string("\x02\0\xFA\x43", 4));
    CHECK(support::poured(plan->tensor(plan->records()[1])) == "\x8F\xC2\xF5\x3C");
}

TEST_CASE(
    "who says a family's type need not say its sigmas, but in ComfyUI's conduct says that there are none")
{
    const prediction type_alone{.type = model_type::v_prediction_edm};
    CHECK(markers<families::svd_img2vid>(type_alone) == both_sigmas);
    CHECK(markers<families::svd_img2vid>(type_alone, strictness::as_comfyui).empty());
    CHECK(markers<continuous>() == "contradictory_prediction: no sigmas are given for mine");
    CHECK(markers<continuous>(type_alone) == "contradictory_prediction: no sigmas are given for mine");
    CHECK(markers<continuous>(prediction::edm_v(range)) == both_sigmas);
}

TEST_CASE("a plan tells what is recorded of the model")
{
    const auto described = [](const auto& plan) {
        REQUIRE(plan);
        return plan->model();
    };
    const stet::model_description svd = described(marked<families::svd_img2vid>(std::nullopt));
    CHECK(svd.architecture == "stable-video-diffusion-img2vid-v1");
    REQUIRE(svd.prediction);
    CHECK(svd.prediction->type == model_type::v_prediction_edm);
    CHECK(svd.prediction->sigmas.has_value());
    CHECK_FALSE(described(marked<families::sdxl>(std::nullopt)).prediction);
    CHECK(described(marked<families::sdxl>(std::nullopt, strictness::as_comfyui)).prediction->type ==
          model_type::eps);
    CHECK(described(marked<any>(prediction::v(true))).prediction->zero_terminal_snr);
    CHECK(described(marked<any>(std::nullopt)).architecture.empty());
}

TEST_CASE("a family whose checkpoints differ records what its saver says")
{
    CHECK(markers<families::sdxl>().empty());
    CHECK(markers<families::sdxl>(std::nullopt, strictness::as_comfyui).empty());
    CHECK(markers<families::sdxl>(prediction::v()) == "v_pred;");
    CHECK(markers<families::sdxl>(prediction::v(true)) == "v_pred;ztsnr;");
    CHECK(markers<families::sdxl>(prediction::edm_v(range)) == both_sigmas);
    CHECK(markers<families::sdxl>(prediction::edm(range)) == both_sigmas);
    CHECK(markers<families::sd20>(prediction::v()) == "v_pred;");
    CHECK(markers<families::kandinsky6>().empty());
    CHECK(markers<families::kandinsky6>(prediction::v()) == "v_pred;");
}

TEST_CASE("a prediction that is not its family's is refused in strict conduct and recorded in ComfyUI's")
{
    CHECK(markers<families::sd15>(prediction::v()) ==
          "contradictory_prediction: another model type than that of SD15");
    CHECK(markers<families::hunyuan_dit>(prediction::epsilon()) ==
          "contradictory_prediction: another model type than that of HunyuanDiT");
    CHECK(markers<families::cogvideox_t2v>(prediction::v(true)) ==
          "contradictory_prediction: another model type than that of CogVideoX_T2V");
    CHECK(markers<families::cogvideox_t2v>().empty());
    CHECK(markers<families::cogvideox_t2v>(std::nullopt, strictness::as_comfyui).empty());
    CHECK(markers<families::sd15>(prediction::epsilon()).empty());
    CHECK(markers<families::sd15>(prediction::v(), strictness::as_comfyui) == "v_pred;");
    CHECK(markers<families::hunyuan_dit>(prediction::epsilon(), strictness::as_comfyui).empty());
}

TEST_CASE("a prediction that contradicts itself is refused in strict conduct")
{
    const prediction snr{.zero_terminal_snr = true};
    const prediction sigmas{.sigmas = range};
    CHECK(markers<any>(snr) == "contradictory_prediction: zero terminal SNR without v prediction");
    CHECK(markers<families::sdxl>(sigmas) ==
          "contradictory_prediction: sigmas without a continuous model type");
    CHECK(markers<any>(prediction{.type = model_type::edm}) ==
          "contradictory_prediction: a continuous model type without its two sigmas");
    CHECK(markers<any>(prediction::edm({.largest = 1, .smallest = 2}))
              .starts_with("contradictory_prediction: sigmas that"));

    // As ComfyUI does after a user's patch of the sampling.
    CHECK(markers<any>(snr, strictness::as_comfyui).empty());
    CHECK(markers<families::sdxl>(sigmas, strictness::as_comfyui) == both_sigmas);
}

TEST_CASE("a marker that the extra tensors bring is left to them, unless the saver says one, too")
{
    support::tensor_pool         pool;
    const support::named_tensors model{{"w", pool.one(1)}};
    const support::named_tensors extra{{"v_pred", pool.one(2)}};
    const stet::model_only       checkpoint{.model = model, .extra = extra};

    const auto kept = stet::make_plan(checkpoint, families::hunyuan_dit{});
    REQUIRE(kept);
    CHECK(kept->records().size() == 2);
    CHECK(kept->records()[1].name.text() == "v_pred");
    CHECK(kept->records()[1].size != 0);
    CHECK(kept->changes().empty());
    const auto refused =
        stet::make_plan(checkpoint, families::hunyuan_dit{}, {.prediction = prediction::v()});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == stet::errc::duplicate_name);
    CHECK(refused.error().first_party() == "extra tensors");
    CHECK(refused.error().second_party() == "prediction");
    const auto taken = stet::make_plan(checkpoint, families::hunyuan_dit{}, stet::plan_options::as_comfyui());
    REQUIRE(taken);
    REQUIRE(taken->records().size() == 2);
    CHECK(taken->records()[1].name.text() == "v_pred");
    CHECK(taken->records()[1].size == 0);
}

TEST_CASE("marking without memory says so and gives all memory back")
{
    CHECK(support::allocations_needed([](const stet::allocator& memory) {
              return support::failure(marked<any>(prediction::edm_v(range), strictness::strict, memory));
          }) > 3);
    CHECK(support::allocations_needed([](const stet::allocator& memory) {
              return support::failure(marked<any>(prediction::v(true), strictness::strict, memory));
          }) > 3);
}

TEST_CASE("a prediction that needs no marker adds no component")
{
    const auto plan = marked<any>(prediction::epsilon());
    REQUIRE(plan);
    CHECK(plan->components().size() == 0);
    CHECK(plan->changes().empty());
}

TEST_CASE("marking a plan whose lists are full without memory says so")
{
    const std::vector<std::string> names{"a", "b", "c", "d", "e", "f", "g", "h", "i",
                                         "j", "k", "l", "m", "n", "o", "p", "q"};
    for (std::size_t count = 0; count <= names.size(); ++count) {
        const std::size_t needed =
            support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
                stet::detail::plan_builder builder(memory);
                builder.begin_component("model");
                for (std::size_t i = 0; i < count; ++i) {
                    const stet::tensor_view none{.type = stet::dtype::u8, .shape = {0}, .size = 0};
                    if (auto added = builder.add({.stem = names[i]}, none); !added)
                        return support::failure(added);
                    if (auto logged = builder.leave_out(names[i]); !logged)
                        return support::failure(logged);
                }
                return support::failure(stet::detail::add_prediction_markers(
                    builder, prediction{.type = model_type::v_prediction, .zero_terminal_snr = true}, {},
                    strictness::strict));
            });
        CHECK(needed > 2);
    }
}

TEST_CASE("no marker is missing after memory was refused once")
{
    const std::string names = "abcdefghijklmnopq";
    for (const auto& predicts : {prediction::v(true), prediction::edm_v(range)}) {
        for (std::size_t count = 0; count <= names.size(); ++count) {
            std::size_t calls = 0;
            for (std::size_t refused = 0; refused <= calls; ++refused) {
                support::counting_heap     heap;
                support::one_refusal       memory{.from = heap.allocator(), .refused = refused};
                stet::detail::plan_builder builder(memory.allocator());
                builder.begin_component("model");
                std::size_t there = 0;
                for (; there < count; ++there) {
                    const stet::tensor_view none{.type = stet::dtype::u8, .shape = {0}, .size = 0};
                    if (!builder.add({.stem = std::string_view(names).substr(there, 1)}, none))
                        break;
                }
                const bool marked = there == count && stet::detail::add_prediction_markers(
                                                          builder, predicts, {}, strictness::strict);
                const auto plan = std::move(builder).finish(stet::reference_order);
                if (marked && plan)
                    CHECK(plan->records().size() == count + 2);
                calls = memory.calls;
                CHECK((refused < calls || (marked && plan)));
            }
        }
    }
}
