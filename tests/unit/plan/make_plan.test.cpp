// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/failure.hpp"
#include "support/rearranged.hpp"
#include "support/short_memory.hpp"
#include "support/with_sound.hpp"

#include <stet/families/families.hpp>
#include <stet/families/layouts.hpp>
#include <stet/layout/family.hpp>
#include <stet/plan/make_plan.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

namespace role = stet::role;
using stet::dtype;
using stet::errc;
using support::audio;
using support::with_sound;
using dict = std::map<std::string, stet::tensor_view>;

/// Planning never looks at data, so there is none.
stet::tensor_view bytes(std::uint64_t count)
{
    return {.type = dtype::u8, .shape = {count}, .size = count};
}

/// The names in file order, or the name of the error.
std::string names(const stet::result<stet::plan>& plan)
{
    if (!plan)
        return std::string(support::failure(plan));
    std::string all;
    for (const stet::record& record : plan->records())
        all += record.name.text() + ";";
    return all;
}

/// Drops what only training needs.
struct without_training {
    static std::optional<stet::placed_name> place(role::model, std::string_view key) noexcept
    {
        if (key.starts_with("ema."))
            return std::nullopt;
        return stet::placed_name{.prefix = "net.", .stem = key};
    }
};

/// A million names, each a beginning of one text, made up while they are asked for.
struct lazy_entries {
    struct iterator {
        const lazy_entries* from;
        std::size_t         at;

        std::pair<std::string_view, stet::tensor_view> operator*() const
        {
            ++*from->visited;
            return {std::string_view(*from->text).substr(0, from->text->size() - at), bytes(1)};
        }
        iterator& operator++()
        {
            ++at;
            return *this;
        }
        friend bool operator!=(const iterator& a, const iterator& b) { return a.at != b.at; }
    };

    const std::string* text;
    std::size_t*       visited;

    iterator begin() const { return {this, 0}; }
    iterator end() const { return {this, text->size()}; }
};

using part = stet::component<role::model>;

struct seven {
    part a, b, c, d, e, f, g;

    static constexpr stet::field_list<&seven::a, &seven::b, &seven::c, &seven::d, &seven::e, &seven::f,
                                      &seven::g>
        fields{};
};

} // namespace

TEST_CASE("each component's tensors go where the layout puts the role")
{
    const dict model{{"w", bytes(1)}};
    const dict text{{"clip_l.w", bytes(1)}};
    const dict vae{{"decoder.w", bytes(1)}};
    const dict extra{{"v_pred", bytes(0)}};

    CHECK(names(stet::make_plan(stet::full{.model = model, .text_encoder = text, .vae = vae, .extra = extra},
                                stet::layouts::generic{})) ==
          "model.diffusion_model.w;text_encoders.clip_l.w;v_pred;vae.decoder.w;");
    CHECK(names(stet::make_plan(stet::image_only{.model = model, .vision_encoder = text, .vae = vae},
                                stet::layouts::hunyuan3d{})) ==
          "conditioner.main_image_encoder.model.clip_l.w;model.w;vae.decoder.w;");
    CHECK(names(stet::make_plan(stet::model_only{.model = model}, stet::layouts::svd{})) ==
          "model.diffusion_model.w;");
}

TEST_CASE("the order of the dict makes no difference")
{
    const std::vector<std::pair<std::string, stet::tensor_view>> one{
        {"b", bytes(1)}, {"a", bytes(2)}, {"c", bytes(3)}};
    const std::vector<std::pair<std::string, stet::tensor_view>> other{
        {"c", bytes(3)}, {"b", bytes(1)}, {"a", bytes(2)}};
    const std::unordered_map<std::string, stet::tensor_view> third(one.begin(), one.end());

    const auto first = stet::make_plan(stet::model_only{.model = one}, stet::layouts::generic{});
    CHECK(names(first) == "model.diffusion_model.a;model.diffusion_model.b;model.diffusion_model.c;");
    CHECK(names(stet::make_plan(stet::model_only{.model = other}, stet::layouts::generic{})) == names(first));
    CHECK(names(stet::make_plan(stet::model_only{.model = third}, stet::layouts::generic{})) == names(first));
}

TEST_CASE("a plan borrows keys and data where they lie")
{
    const std::array<std::uint8_t, 3> data{1, 2, 3};
    const dict                        model{{"w", *stet::view_of(data, {3})}};
    const auto plan = stet::make_plan(stet::model_only{.model = model}, stet::layouts::generic{});

    REQUIRE(plan);
    REQUIRE(plan->records().size() == 1);
    CHECK(plan->records()[0].name.stem.data() == model.begin()->first.data());
    CHECK(plan->records()[0].data == data.data());
}

TEST_CASE("a kind of checkpoint of one's own with a role of one's own is planned")
{
    using sounding = stet::prefix_layout<stet::under<role::model, "model.">, stet::under<audio, "audio.">>;
    const dict model{{"w", bytes(4)}};
    const dict decoder{{"w", bytes(2)}, {"v", bytes(1)}};
    const auto plan = stet::make_plan(with_sound{.model = model, .decoder = decoder}, sounding{});

    CHECK(names(plan) == "audio.v;audio.w;model.w;");
    REQUIRE(plan);
    REQUIRE(plan->components().size() == 2);
    CHECK(plan->components()[1].role == "audio decoder");
    CHECK(plan->components()[1].tensors == 2);
    CHECK(plan->components()[1].bytes == 3);
}

TEST_CASE("keys that the layout leaves out are counted and not looked at")
{
    const dict model{
        {"w", bytes(4)}, {"ema.w", bytes(4)}, {"ema.broken", {.type = dtype::u8, .shape = {1}, .size = 7}}};
    const auto plan = stet::make_plan(stet::model_only{.model = model}, without_training{});

    CHECK(names(plan) == "net.w;");
    REQUIRE(plan);
    REQUIRE(plan->components().size() == 2);
    CHECK(plan->components()[0].role == "model");
    CHECK(plan->components()[0].tensors == 1);
    CHECK(plan->components()[0].left_out == 2);
    CHECK(plan->components()[0].bytes == 4);
    CHECK(plan->components()[1].role == "extra tensors");
    CHECK(plan->components()[1].left_out == 0);
}

TEST_CASE("a component without an entry is refused by its role unless that is allowed")
{
    const dict nothing;
    const dict some{{"w", bytes(1)}};
    const auto refused = stet::make_plan(stet::full{.model = some, .text_encoder = nothing, .vae = some},
                                         stet::layouts::generic{});
    REQUIRE_FALSE(refused);
    CHECK(stet::message(refused.error()) ==
          "component 'text encoder' has no tensors; pass stet::no_entries to save without it");
    CHECK(names(stet::make_plan(stet::full{.model = some, .text_encoder = nothing, .vae = some},
                                stet::layouts::sdxl{})) == "empty_component");
    CHECK(names(stet::make_plan(stet::full{.model = nothing, .text_encoder = some, .vae = some},
                                stet::layouts::generic{})) == "empty_component");
    // Extra tensors may be none.
    CHECK(names(stet::make_plan(stet::model_only{.model = some, .extra = nothing},
                                stet::layouts::generic{})) == "model.diffusion_model.w;");
    // Keys that are left out are entries.
    const dict training{{"ema.w", bytes(1)}};
    CHECK(names(stet::make_plan(stet::model_only{.model = training}, without_training{})).empty());

    const stet::full empty{.model = nothing, .text_encoder = nothing, .vae = nothing};
    const auto       plan =
        stet::make_plan(empty, stet::layouts::generic{}, {.empty = stet::empty_components::allow});
    CHECK(names(plan).empty());
    REQUIRE(plan);
    CHECK(plan->components().size() == 4);
    CHECK(names(stet::make_plan(empty, stet::layouts::sdxl{}, stet::plan_options::as_comfyui())) ==
          "conditioner.embedders.0.transformer.text_model.embeddings.position_ids;");
}

TEST_CASE("a component that the checkpoint goes without is not asked for anything")
{
    const stet::full nothing{
        .model = stet::no_entries, .text_encoder = stet::no_entries, .vae = stet::no_entries};
    for (const auto& plan :
         {stet::make_plan(nothing, stet::layouts::generic{}), stet::make_plan(nothing, stet::layouts::sdxl{}),
          stet::make_plan(nothing, stet::layouts::sdxl{}, stet::plan_options::as_comfyui())})
    {
        CHECK(names(plan).empty());
        REQUIRE(plan);
        REQUIRE(plan->components().size() == 4);
        CHECK(plan->components()[1].role == "text encoder");
        CHECK(plan->components()[1].added == 0);
        CHECK(plan->changes().empty());
    }
}

TEST_CASE("a text encoder is renamed by its family's rule as a whole, and that is reported")
{
    support::tensor_pool         pool;
    const support::named_tensors text{
        {"clip_l.transformer.w", pool.one(1)},
        {"clip_l.logit_scale", pool.one(2)},
        {"clip_g.layer_norm1", pool.one(3)},
        {"clip_g.transformer.text_projection.weight", pool.f32({1, 2}, {4, 5})}};
    const dict       model{{"w", bytes(1)}};
    const stet::full checkpoint{.model = model, .text_encoder = text, .vae = stet::no_entries};
    const auto       plan = stet::make_plan(checkpoint, stet::families::sdxl{});

    CHECK(names(plan) == "conditioner.embedders.0.transformer.text_model.embeddings.position_ids;"
                         "conditioner.embedders.0.transformer.w;conditioner.embedders.1.model.ln_1;"
                         "conditioner.embedders.1.model.text_projection;model.diffusion_model.w;");
    REQUIRE(plan);
    const stet::component_reports& reports = plan->components();
    CHECK((reports[0].renamed == 1 && reports[0].left_out == 0 && reports[0].added == 0 &&
           reports[0].replaced == 0));
    CHECK(reports[1].tensors == 4);
    CHECK(reports[1].bytes == 77 * 8 + 4 + 4 + 8);
    CHECK((reports[1].renamed == 4 && reports[1].left_out == 1 && reports[1].added == 1 &&
           reports[1].replaced == 0));
    CHECK(support::text_of(plan->changes()) == "added clip_l.transformer.text_model.embeddings.position_ids;"
                                               "left out clip_l.logit_scale;");
    for (const stet::change& change : plan->changes())
        CHECK(change.component == 1);

    // clip_g's keys are foreign to this family, which strict conduct refuses.
    const auto kept =
        stet::make_plan(checkpoint, stet::families::sd15{}, {.strictness = stet::strictness::as_comfyui});
    REQUIRE(kept);
    CHECK(kept->components()[1].renamed == 1);
    CHECK(kept->components()[1].left_out == 1);
}

TEST_CASE("the plan of a rearranged text encoder pours from the dict's own memory")
{
    support::tensor_pool   pool;
    support::named_tensors text;
    for (const std::string part : {"v", "k", "q"})
        text.emplace_back("clip_h.self_attn." + part + "_proj.weight", pool.f32({1, 2}, {1, 2}));
    text.emplace_back("clip_h.transformer.text_projection.weight", pool.f32({2, 2}, {3, 4, 5, 6}));
    const stet::full checkpoint{.model = stet::no_entries, .text_encoder = text, .vae = stet::no_entries};
    auto             made = stet::make_plan(checkpoint, stet::families::sd20{});
    REQUIRE(made);
    const stet::plan plan = *std::move(made);
    REQUIRE(plan.records().size() == 2);
    CHECK(plan.records()[0].name.text() == "cond_stage_model.model.attn.in_proj_weight");
    pool.made(0)[0] = 10; // v
    pool.made(2)[1] = 20; // q
    pool.made(3)[1] = 40;

    CHECK(support::floats(plan.tensor(plan.records()[0])) == std::vector<float>{1, 20, 1, 2, 10, 2});
    CHECK(support::floats(plan.tensor(plan.records()[1])) == std::vector<float>{3, 5, 40, 6});
}

TEST_CASE("what a rule would lose is refused in strict conduct and reported in ComfyUI's")
{
    const dict       text{{"clip_g.w", bytes(1)}, {"t5xxl.w", bytes(1)}};
    const stet::full checkpoint{.model = stet::no_entries, .text_encoder = text, .vae = stet::no_entries};
    CHECK(names(stet::make_plan(checkpoint, stet::families::sdxl_refiner{})) == "foreign_key");
    const auto plan = stet::make_plan(checkpoint, stet::families::sdxl_refiner{},
                                      {.strictness = stet::strictness::as_comfyui});
    CHECK(names(plan) == "conditioner.embedders.0.model.w;");
    REQUIRE(plan);
    CHECK(plan->components()[1].left_out == 1);
    CHECK(support::text_of(plan->changes()) == "left out t5xxl.w;");
}

TEST_CASE("a tensor that cannot be seen is refused by its key where the dict is renamed as a whole")
{
    const std::map<std::string, const stet::tensor_view*> text{{"clip_l.w", nullptr}};
    const auto                                            plan =
        stet::make_plan(stet::full{.model = stet::no_entries, .text_encoder = text, .vae = stet::no_entries},
                        stet::families::sdxl{});
    REQUIRE_FALSE(plan);
    CHECK(plan.error().code == errc::missing_tensor);
    CHECK(plan.error().subject() == "clip_l.w");
}

TEST_CASE("as ComfyUI does it, the component placed later has a name that two claim")
{
    const dict model{{"w", bytes(1)}};
    const dict vision{{"vae.dup", bytes(3)}, {"model.diffusion_model.w", bytes(4)}, {"x", bytes(5)}};
    const dict vae{{"dup", bytes(2)}};
    const stet::image_only checkpoint{.model = model, .vision_encoder = vision, .vae = vae};
    using layout = stet::with_unprefixed_vision<stet::families::flux>;
    CHECK(names(stet::make_plan(checkpoint, layout{})) == "duplicate_name");
    const auto plan = stet::make_plan(checkpoint, layout{}, stet::plan_options::as_comfyui());

    CHECK(names(plan) == "model.diffusion_model.w;vae.dup;x;");
    REQUIRE(plan);
    CHECK(plan->records()[0].size == 4);
    CHECK(plan->records()[1].size == 3);
    CHECK(plan->components()[0].replaced == 1);
    CHECK(plan->components()[1].replaced == 1);
    CHECK(plan->components()[2].replaced == 0);
    CHECK(plan->components()[2].renamed == 0);
    CHECK(plan->data_size() == 12);
}

TEST_CASE("seven components and the prediction have a report each")
{
    const dict  model{{"w", bytes(1)}};
    const seven checkpoint{model,
                           stet::no_entries,
                           stet::no_entries,
                           stet::no_entries,
                           stet::no_entries,
                           stet::no_entries,
                           stet::no_entries};
    const auto  plan =
        stet::make_plan(checkpoint, stet::layouts::generic{}, {.prediction = stet::prediction::v()});
    REQUIRE(plan);
    REQUIRE(plan->components().size() == 8);
    CHECK(plan->components()[7].role == "prediction");
    CHECK(plan->components()[7].added == 1);
}

TEST_CASE("the conditioners of Stable Audio have their places")
{
    const dict               given{{"w", bytes(1)}};
    const stet::stable_audio checkpoint{
        .model = given, .text_encoder = given, .vae = given, .seconds_start = given, .seconds_total = given};
    CHECK(names(stet::make_plan(checkpoint, stet::layouts::stable_audio{})) ==
          "conditioner.conditioners.seconds_start.w;conditioner.conditioners.seconds_total.w;model.model.w;"
          "pretransform.model.w;text_encoders.w;");
}

TEST_CASE("what changed can be kept when the plan goes")
{
    stet::change_log log(stet::heap());
    {
        const dict text{{"clip_l.logit_scale", bytes(1)}, {"clip_l.w", bytes(1)}};
        auto       plan = stet::make_plan(
            stet::full{.model = stet::no_entries, .text_encoder = text, .vae = stet::no_entries},
            stet::families::sdxl{});
        REQUIRE(plan);
        auto kept = plan->kept_changes();
        REQUIRE(kept);
        log = *std::move(kept);
        CHECK(support::text_of(log.changes) ==
              "added clip_l.transformer.text_model.embeddings.position_ids;left out clip_l.logit_scale;");
    }
    // The dict's key is gone; under the address sanitizer a borrowed one would be noticed.
    REQUIRE(log.changes.size() == 2);
    CHECK(log.changes[1].name.text() == "clip_l.logit_scale");
}

TEST_CASE("rearranging in a plan without memory reports it and gives all memory back")
{
    support::tensor_pool   pool;
    support::named_tensors text;
    for (int i = 0; i < 30; ++i) {
        const std::string layer = "clip_g.text_model.encoder.layers." + std::to_string(i) + ".";
        for (const std::string part : {"q", "k", "v"})
            text.emplace_back(layer + "self_attn." + part + "_proj.weight", pool.f32({1, 1}, {1}));
        text.emplace_back(layer + "mlp.fc1.weight", pool.one(1));
        text.emplace_back("clip_l." + std::to_string(i), pool.one(1));
    }
    const stet::full checkpoint{.model = stet::no_entries, .text_encoder = text, .vae = stet::no_entries};
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              const auto plan =
                  stet::make_plan(checkpoint, stet::families::sdxl{},
                                  {.prediction = stet::prediction::edm({.largest = 80, .smallest = 0.5F}),
                                   .allocator = memory});
              if (plan)
                  CHECK(plan->records().size() == 93);
              return support::failure(plan);
          }) > 10);
}

TEST_CASE("a duplicate name across components is refused, naming both of them")
{
    const dict model{{"w", bytes(1)}};
    const dict text{{"w", bytes(1)}};
    const dict vae{{"a", bytes(1)}};
    const dict extra{{"z", bytes(1)}, {"vae.a", *stet::view_of(dtype::f64, {0}, nullptr, 0)}};
    const auto plan =
        stet::make_plan(stet::full{.model = model, .text_encoder = text, .vae = vae, .extra = extra},
                        stet::layouts::generic{});

    REQUIRE_FALSE(plan);
    CHECK(stet::message(plan.error()) == "tensor 'vae.a' is placed twice: by the vae and by the extra "
                                         "tensors; rename or leave out one of them");
}

TEST_CASE("a duplicate name inside one component is refused")
{
    const std::vector<std::pair<std::string, stet::tensor_view>> model{
        {"w", bytes(1)}, {"v", bytes(1)}, {"w", bytes(2)}};
    const auto plan = stet::make_plan(stet::model_only{.model = model}, stet::layouts::generic{});

    REQUIRE_FALSE(plan);
    CHECK(plan.error().code == errc::duplicate_name);
    CHECK(plan.error().subject() == "model.diffusion_model.w");
    CHECK(plan.error().first_party() == "model");
    CHECK(plan.error().second_party() == "model");
}

TEST_CASE("of several duplicate names the one repeated first is refused")
{
    std::vector<std::pair<std::string, stet::tensor_view>> model;
    for (int i = 0; i < 40; ++i)
        model.emplace_back("w" + std::to_string(i), bytes(1));
    for (const char* const again : {"w20", "w1", "w39"})
        model.emplace_back(again, bytes(1));
    const auto plan = stet::make_plan(stet::model_only{.model = model}, stet::layouts::generic{});

    REQUIRE_FALSE(plan);
    CHECK(plan.error().subject() == "model.diffusion_model.w20");
}

TEST_CASE("a plan of matrices keeps at most 112 bytes a tensor and is made with 24 more")
{
    constexpr std::size_t                    count = 10'000;
    std::map<std::string, stet::tensor_view> model;
    for (std::size_t i = 0; i < count; ++i)
        model.emplace("block." + std::to_string(i) + ".weight", bytes(1));
    support::counting_heap heap;
    const auto             plan = stet::make_plan(stet::model_only{.model = model}, stet::layouts::generic{},
                                                  {.allocator = heap.allocator()});

    REQUIRE(plan);
    CHECK(heap.live_bytes() <= count * 112);
    CHECK(heap.peak_bytes() <= count * (112 + 24) + 4096);
}

TEST_CASE("a refused tensor is named as it would be in the file")
{
    const auto refused = [](const dict& model) {
        const auto plan = stet::make_plan(stet::model_only{.model = model}, stet::layouts::generic{});
        REQUIRE_FALSE(plan);
        return stet::message(plan.error());
    };

    CHECK(refused({{"w", {.type = dtype::f16, .shape = {512, 4, 3, 3}, .size = 9216}}}) ==
          "tensor 'model.diffusion_model.w': 9,216 bytes given, its dtype and shape need 36,864");
    CHECK(refused({{"w\xFF", bytes(1)}}) == "tensor 'model.diffusion_model.w\\xff': the name is not UTF-8");

    const std::map<std::string, const stet::tensor_view*> pointers{{"w", nullptr}};
    const auto plan = stet::make_plan(stet::model_only{.model = pointers}, stet::layouts::generic{});
    REQUIRE_FALSE(plan);
    CHECK(
        stet::message(plan.error()) ==
        "tensor 'model.diffusion_model.w': there is none; its pointer is null, or no view was assigned to its entry");
}

TEST_CASE("an extra tensor under the metadata's name is refused")
{
    const dict extra{{"__metadata__", bytes(1)}};

    CHECK(names(stet::make_plan(stet::model_only{.model = stet::no_entries, .extra = extra},
                                stet::layouts::generic{})) == "reserved_name");
}

TEST_CASE("a dict whose header would be too large is refused before all of it is looked at")
{
    // A control character takes six bytes in the header: seventeen names pass the limit.
    const std::string  text(1'000'000, '\x01');
    std::size_t        visited = 0;
    const lazy_entries lazy{&text, &visited};
    const auto         refused = stet::make_plan(stet::model_only{.model = lazy}, stet::layouts::generic{});

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::header_too_large);
    CHECK(visited == 17);
}

TEST_CASE("the order asked for is the order of the plan")
{
    constexpr stet::file_order small_first{
        .group = [](dtype, std::uint64_t size) { return static_cast<std::uint8_t>(255 - size); },
        .data_alignment = 4096,
    };
    const dict model{{"a", bytes(30)}, {"b", bytes(10)}, {"c", bytes(20)}};
    const auto plan =
        stet::make_plan(stet::model_only{.model = model}, stet::layouts::generic{}, {.order = small_first});

    CHECK(names(plan) == "model.diffusion_model.b;model.diffusion_model.c;model.diffusion_model.a;");
    REQUIRE(plan);
    CHECK(plan->data_alignment() == 4096);
}

TEST_CASE("tensors may stand as the dicts give them, one component after the other")
{
    using entries = std::vector<std::pair<std::string, stet::tensor_view>>;
    const entries model{{"z", bytes(1)}, {"a", bytes(2)}, {"m", bytes(4)}};
    const entries vae{{"z", bytes(8)}, {"b", bytes(16)}};
    const auto    plan =
        stet::make_plan(stet::full{.model = model, .text_encoder = stet::no_entries, .vae = vae},
                        stet::layouts::generic{}, {.order = stet::dict_order});
    CHECK(names(plan) ==
          "model.diffusion_model.z;model.diffusion_model.a;model.diffusion_model.m;vae.z;vae.b;");
    REQUIRE(plan);
    CHECK(plan->records()[3].begin == 7);

    // Of a name given twice the later stays where it stands.
    const entries twice{{"a", bytes(1)}, {"b", bytes(2)}, {"a", bytes(4)}};
    CHECK(names(stet::make_plan(twice, {.order = stet::dict_order,
                                        .duplicates = stet::duplicate_names::later_wins})) == "b;a;");
    CHECK(names(stet::make_plan(twice, {.order = stet::dict_order})) == "duplicate_name");
}

TEST_CASE("making a plan without memory reports it and gives all memory back")
{
    dict model;
    dict vae;
    for (int i = 0; i < 60; ++i) {
        model.emplace("blocks." + std::to_string(i) + ".weight", bytes(1));
        vae.emplace("decoder." + std::to_string(i) + ".weight", bytes(1));
    }
    vae.emplace("vae.decoder.0.weight", bytes(1)); // renamed as ComfyUI does
    const stet::full checkpoint{.model = model, .text_encoder = stet::no_entries, .vae = vae};
    for (std::size_t allowed = 0;; ++allowed) {
        REQUIRE(allowed < 100);
        support::counting_heap heap;
        heap.fail_from(allowed);
        bool succeeded = false;
        {
            const auto plan =
                stet::make_plan(checkpoint, stet::layouts::generic{},
                                {.strictness = stet::strictness::as_comfyui, .allocator = heap.allocator()});
            succeeded = static_cast<bool>(plan);
            if (succeeded)
                CHECK(plan->records().size() == 120);
            else
                CHECK(support::failure(plan) == "out_of_memory");
        }
        CHECK(heap.live_blocks() == 0);
        CHECK(heap.wrong_deallocations() == 0);
        if (succeeded) {
            CHECK(allowed > 5);
            break;
        }
    }
}

TEST_CASE("a name that a rule changes in the middle counts as renamed, one it leaves alone does not")
{
    const dict text{{"clip_h.transformer.text_model.encoder.layers.0.layer_norm1.weight", bytes(1)},
                    {"unknown", bytes(1)}};
    const auto plan =
        stet::make_plan(stet::full{.model = stet::no_entries, .text_encoder = text, .vae = stet::no_entries},
                        stet::layouts::sd2{}, {.strictness = stet::strictness::as_comfyui});
    REQUIRE(plan);
    REQUIRE(plan->records().size() == 2);
    CHECK(plan->components()[1].tensors == 2);
    CHECK(plan->components()[1].renamed == 1);
}

TEST_CASE(
    "a name given twice to a rule is refused in strict conduct, and the later tensor saved in ComfyUI's")
{
    const std::vector<std::pair<std::string, stet::tensor_view>> text{{"clip_l.w", bytes(1)},
                                                                      {"clip_l.x", bytes(3)},
                                                                      {"clip_l.w", bytes(2)},
                                                                      {"clip_l.logit_scale", bytes(1)}};
    const stet::full checkpoint{.model = stet::no_entries, .text_encoder = text, .vae = stet::no_entries};
    const auto       refused = stet::make_plan(checkpoint, stet::families::sd15{});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::name_collision);
    CHECK(refused.error().subject() == "clip_l.w");

    const auto plan =
        stet::make_plan(checkpoint, stet::families::sd15{}, {.strictness = stet::strictness::as_comfyui});
    CHECK(names(plan) == "cond_stage_model.w;cond_stage_model.x;");
    REQUIRE(plan);
    CHECK(plan->data_size() == 5);
}

TEST_CASE("a tensor of a wrong size is refused under the name its rule gave it")
{
    const std::vector<std::pair<std::string, stet::tensor_view>> text{
        {"clip_l.w", {.type = dtype::u8, .shape = {2}, .size = 1}}};
    const stet::full checkpoint{.model = stet::no_entries, .text_encoder = text, .vae = stet::no_entries};
    const auto       refused = stet::make_plan(checkpoint, stet::families::sd15{});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::tensor_size_mismatch);
    CHECK(refused.error().subject() == "cond_stage_model.w");
}

TEST_CASE("a key that bears its component's prefix already is refused, or gets it twice as in ComfyUI")
{
    const dict given{{"model.diffusion_model.w", bytes(1)}};
    const auto refused = stet::make_plan(stet::model_only{.model = given}, stet::layouts::generic{});
    REQUIRE_FALSE(refused);
    CHECK(
        stet::message(refused.error()) ==
        "key 'model.diffusion_model.w' begins with 'model.diffusion_model.' already, which the layout puts before it; "
        "take it off the key, save the dict without a layout, or save as ComfyUI does");
    CHECK(names(stet::make_plan(stet::model_only{.model = given}, stet::layouts::generic{},
                                stet::plan_options::as_comfyui())) ==
          "model.diffusion_model.model.diffusion_model.w;");

    // What is under no prefix, and what only resembles it, is nobody's mistake.
    CHECK(names(stet::make_plan(given)) == "model.diffusion_model.w;");
    CHECK(names(stet::make_plan(stet::model_only{.model = stet::no_entries, .extra = given},
                                stet::layouts::generic{})) == "model.diffusion_model.w;");
    const dict resembling{{"model.diffusion_model", bytes(1)}};
    CHECK(names(stet::make_plan(stet::model_only{.model = resembling}, stet::layouts::generic{})) ==
          "model.diffusion_model.model.diffusion_model;");
}

TEST_CASE("keys that bear their prefix are renamed one after the other in one dict, as ComfyUI does it")
{
    constexpr std::string_view prefix = "model.diffusion_model.";
    std::mt19937               random(1); // NOLINT(cert-msc32-c,cert-msc51-cpp): the same each time
    for (int round = 0; round < 300; ++round) {
        std::vector<std::pair<std::string, stet::tensor_view>> given;
        std::map<std::string, std::uint64_t>                   held; // what ComfyUI has in hand
        for (std::uint64_t size = 1; size <= 8; ++size) {
            std::string key;
            for (auto repeated = random() % 4; repeated > 0; --repeated)
                key += prefix;
            key += "abc"[random() % 3];
            if (held.emplace(key, size).second)
                given.emplace_back(key, bytes(size));
        }
        for (const auto& [key, tensor] : given) {
            const std::uint64_t moved = held.at(key);
            held.erase(key);
            held[std::string(prefix) + key] = moved;
        }
        const auto plan = stet::make_plan(stet::model_only{.model = given}, stet::layouts::generic{},
                                          stet::plan_options::as_comfyui());
        REQUIRE(plan);
        std::map<std::string, std::uint64_t> planned;
        for (const stet::record& placed : plan->records())
            planned.emplace(placed.name.text(), placed.size);
        CHECK(planned == held);
    }
}

TEST_CASE("a text encoder's key without the encoder's name is refused, or saved as ComfyUI does")
{
    const dict t5{{"encoder.block.0.layer.0.SelfAttention.q.weight", bytes(1)}, {"shared.weight", bytes(1)}};
    const dict clip{{"text_model.embeddings.token_embedding.weight", bytes(1)}};
    const dict other{{"w", bytes(1)}};
    const stet::full with_t5{.model = other, .text_encoder = t5, .vae = other};
    const stet::full with_clip{.model = other, .text_encoder = clip, .vae = other};
    const auto       refused = [](const stet::result<stet::plan>& plan) {
        REQUIRE_FALSE(plan);
        CHECK(plan.error().code == errc::foreign_key);
        return std::string(plan.error().first_party());
    };
    CHECK(refused(stet::make_plan(with_t5, stet::families::flux{})) == "t5xxl.transformer.");
    CHECK(refused(stet::make_plan(with_t5, stet::families::sd3{})) == "t5xxl.transformer.");
    CHECK(refused(stet::make_plan(with_t5, stet::families::wan21_t2v{})) == "t5xxl.transformer.");
    CHECK(refused(stet::make_plan(with_t5, stet::families::qwen_image{})) == "t5xxl.transformer.");
    CHECK(refused(stet::make_plan(with_t5, stet::families::chroma{})) == "t5xxl.transformer.");
    CHECK(refused(stet::make_plan(with_clip, stet::families::sd15{})) == "clip_l.transformer.");
    CHECK(refused(stet::make_plan(with_clip, stet::families::sdxl{})) == "clip_l.transformer.");
    CHECK(refused(stet::make_plan(with_clip, stet::families::flux{})) == "clip_l.transformer.");
    CHECK(names(stet::make_plan(with_t5, stet::families::flux{}, stet::plan_options::as_comfyui())) ==
          "model.diffusion_model.w;text_encoders.encoder.block.0.layer.0.SelfAttention.q.weight;"
          "text_encoders.shared.weight;vae.w;");
}

TEST_CASE("as in ComfyUI a key takes the place of one that still has to be renamed, and is renamed once more")
{
    using entries = std::vector<std::pair<std::string, stet::tensor_view>>;
    using layout = stet::prefix_layout<stet::under<role::model, "p.">>;
    const auto planned = [](const entries& given) {
        auto plan =
            stet::make_plan(stet::model_only{.model = given}, layout{}, stet::plan_options::as_comfyui());
        REQUIRE(plan);
        std::string all;
        for (const stet::record& record : plan->records())
            all += record.name.text() + "=" + std::to_string(record.size) + ";";
        CHECK(plan->components()[0].tensors == plan->records().size());
        CHECK(plan->components()[0].tensors + plan->components()[0].replaced == given.size());
        return all;
    };
    CHECK(planned({{"a", bytes(1)}, {"p.a", bytes(2)}}) == "p.p.a=1;");
    CHECK(planned({{"p.a", bytes(2)}, {"a", bytes(1)}}) == "p.a=1;p.p.a=2;");
    CHECK(planned({{"a", bytes(1)}, {"p.a", bytes(2)}, {"b", bytes(4)}, {"p.p.a", bytes(3)}}) ==
          "p.b=4;p.p.p.a=1;");
    CHECK(planned({{"a", bytes(1)}, {"p.p.a", bytes(3)}, {"p.a", bytes(2)}}) == "p.p.a=1;p.p.p.a=3;");

    const entries both{{"a", bytes(1)}, {"p.a", bytes(2)}};
    const auto    plan =
        stet::make_plan(stet::model_only{.model = both}, layout{}, stet::plan_options::as_comfyui());
    REQUIRE(plan);
    CHECK(plan->data_size() == 1);
    REQUIRE(plan->changes().size() == 1);
    CHECK(plan->changes()[0].name.text() == "p.a");
    CHECK(support::failure(stet::make_plan(stet::model_only{.model = both}, layout{})) == "prefixed_key");
}

TEST_CASE("a bare dict is planned with its own names, every option as for a checkpoint")
{
    const dict given{{"w", bytes(1)}, {"a", bytes(2)}};
    const auto plan = stet::make_plan(given, {.prediction = stet::prediction::v()});
    REQUIRE(plan);
    CHECK(names(plan) == "v_pred;a;w;");
    REQUIRE(plan->components().size() == 2);
    CHECK(plan->components()[0].role == "dict");
    CHECK(plan->components()[0].renamed == 0);
    const dict none;
    CHECK(support::failure(stet::make_plan(none)) == "empty_component");
    CHECK(stet::make_plan(none, {.empty = stet::empty_components::allow}));
}
