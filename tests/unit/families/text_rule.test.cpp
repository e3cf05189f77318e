// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/full_log.hpp"
#include "support/little_endian.hpp"
#include "support/rearranged.hpp"
#include "support/short_memory.hpp"

#include <stet/families/text_rule.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace rules = stet::text_rules;
using stet::dtype;
using stet::strictness;
using support::floats;
using support::named_tensors;

static_assert(stet::text_rule<rules::sd1> && stet::text_rule<rules::sd2> && stet::text_rule<rules::sdxl> &&
              stet::text_rule<rules::sdxl_refiner> && !stet::text_rule<int>);

/// A dict after a rule, with all that its tensors live on.
template <class Rule>
struct applied {
    explicit applied(named_tensors tensors, strictness how = strictness::strict,
                     const stet::allocator& memory = stet::heap())
        : given(std::move(tensors)), log(memory), work(log, 2, how)
    {
        outcome = support::fill(work, given);
        if (outcome)
            outcome = Rule::apply(work);
    }

    named_tensors       given; // has the names
    stet::change_log    log;
    stet::rearrangement work;
    stet::result<void>  outcome{};

    std::string names() const
    {
        return outcome
                   ? support::names(work.dict)
                   : std::string(support::failure(outcome)) + " " + std::string(outcome.error().subject());
    }
    std::string       changes() const { return support::text_of(log.changes); }
    stet::tensor_view tensor(std::string_view name) const { return support::tensor_named(work.dict, name); }
};

/// One encoder of one layer as ComfyUI's module names it, in another order than OpenCLIP's.
named_tensors encoder(support::tensor_pool& pool, const std::string& name)
{
    const std::string text = name + ".transformer.text_model.";
    const std::string layer = text + "encoder.layers.0.";
    named_tensors     given{{name + ".logit_scale", pool.one(4.6F)},
                            {text + "embeddings.token_embedding.weight", pool.f32({2, 1}, {1, 2})},
                            {text + "embeddings.position_embedding.weight", pool.f32({2, 1}, {3, 4})}};
    for (const std::string part : {"q", "k", "v"}) {
        given.emplace_back(layer + "self_attn." + part + "_proj.weight", pool.f32({1, 1}, {5}));
        given.emplace_back(layer + "self_attn." + part + "_proj.bias", pool.f32({1}, {6}));
    }
    given.emplace_back(layer + "mlp.fc1.weight", pool.f32({1, 1}, {7}));
    given.emplace_back(text + "final_layer_norm.weight", pool.f32({1}, {8}));
    given.emplace_back(name + ".transformer.text_projection.weight", pool.f32({2, 2}, {0, 1, 2, 3}));
    return given;
}

named_tensors together(named_tensors first, const named_tensors& second)
{
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

constexpr std::string_view position_ids = "clip_l.transformer.text_model.embeddings.position_ids";
constexpr std::string_view saved_position_ids =
    "conditioner.embedders.0.transformer.text_model.embeddings.position_ids";

std::string saved_ids()
{
    return std::string(saved_position_ids) + ";";
}
std::string added_ids()
{
    return "added " + std::string(position_ids) + ";";
}
std::string replaced_ids()
{
    return "replaced " + std::string(position_ids) + ";";
}

std::vector<std::int64_t> integers(const stet::tensor_view& tensor)
{
    return support::numbers_in<std::int64_t>(support::poured(tensor));
}

std::vector<std::int64_t> up_to_77()
{
    std::vector<std::int64_t> all;
    for (std::int64_t i = 0; i < 77; ++i)
        all.push_back(i);
    return all;
}

/// The names that OpenCLIP has for encoder(), under a base.
std::string openclip_names(const std::string& base)
{
    return base + ".logit_scale;" + base + ".token_embedding.weight;" + base + ".positional_embedding;" +
           base + ".transformer.resblocks.0.mlp.c_fc.weight;" + base + ".ln_final.weight;" + base +
           ".text_projection;" + base + ".transformer.resblocks.0.attn.in_proj_weight;" + base +
           ".transformer.resblocks.0.attn.in_proj_bias;";
}

} // namespace

TEST_CASE("sd1 puts clip_l under cond_stage_model and leaves out the projection and the scale")
{
    support::tensor_pool      pool;
    const applied<rules::sd1> done(encoder(pool, "clip_l"));
    const std::string         layer = "cond_stage_model.transformer.text_model.encoder.layers.0.";
    CHECK(done.names() ==
          "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight;"
          "cond_stage_model.transformer.text_model.embeddings.position_embedding.weight;" +
              layer + "self_attn.q_proj.weight;" + layer + "self_attn.q_proj.bias;" + layer +
              "self_attn.k_proj.weight;" + layer + "self_attn.k_proj.bias;" + layer +
              "self_attn.v_proj.weight;" + layer + "self_attn.v_proj.bias;" + layer +
              "mlp.fc1.weight;cond_stage_model.transformer.text_model.final_layer_norm.weight;");
    CHECK(done.changes() ==
          "left out clip_l.transformer.text_projection.weight;left out clip_l.logit_scale;");
    CHECK(done.log.changes[0].component == 2);
}

TEST_CASE("sd1 refuses keys that are not clip_l's in strict conduct, in ComfyUI's it leaves them at the top")
{
    support::tensor_pool pool;
    for (const std::string key : {"t5xxl.y", "clip_l", "logit_scale", "text_model.x"}) {
        const named_tensors given{{"clip_l.x", pool.one(1)}, {key, pool.one(2)}};
        CHECK(applied<rules::sd1>(given).names() == "foreign_key " + key);
    }
    CHECK(applied<rules::sd1>({{"cond_stage_model.x", pool.one(1)}}).names() ==
          "foreign_prefix cond_stage_model.x");
    const applied<rules::sd1> done({{"clip_l.x", pool.one(1)},
                                    {"t5xxl.y", pool.one(2)},
                                    {"clip_l", pool.one(3)},
                                    {std::string(position_ids), pool.one(4)},
                                    {"logit_scale", pool.one(5)},
                                    {"clip_l.logit_scale2", pool.one(6)}},
                                   strictness::as_comfyui);
    CHECK(done.names() ==
          "t5xxl.y;clip_l;logit_scale;cond_stage_model.x;"
          "cond_stage_model.transformer.text_model.embeddings.position_ids;cond_stage_model.logit_scale2;");
    CHECK(done.changes().empty());
}

TEST_CASE("names that meet in sd1 are refused in strict conduct and reported in ComfyUI's")
{
    support::tensor_pool pool;
    const named_tensors  given{{"cond_stage_model.x", pool.one(1)}, {"clip_l.x", pool.one(2)}};
    CHECK(applied<rules::sd1>(given).names() == "foreign_prefix cond_stage_model.x");
    const applied<rules::sd1> done(given, strictness::as_comfyui);
    CHECK(done.names() == "cond_stage_model.x;");
    CHECK(floats(done.tensor("cond_stage_model.x")) == std::vector<float>{2});
    CHECK(done.changes() == "replaced cond_stage_model.x;");
}

TEST_CASE("sd2 puts clip_h under cond_stage_model.model with OpenCLIP's names and leaves nothing out")
{
    support::tensor_pool      pool;
    const applied<rules::sd2> done(encoder(pool, "clip_h"));
    CHECK(done.names() == openclip_names("cond_stage_model.model"));
    CHECK(floats(done.tensor("cond_stage_model.model.text_projection")) == std::vector<float>{0, 2, 1, 3});
    CHECK(floats(done.tensor("cond_stage_model.model.transformer.resblocks.0.attn.in_proj_bias")) ==
          std::vector<float>{6, 6, 6});
    CHECK(done.changes().empty());
}

TEST_CASE("sd2 refuses keys that are not clip_h's in strict conduct, in ComfyUI's it relabels them, too")
{
    support::tensor_pool pool;
    const named_tensors  given{
         {"clip_h.a", pool.one(1)}, {"x.layer_norm1", pool.one(2)}, {"clip_hX", pool.one(3)}};
    CHECK(applied<rules::sd2>(given).names() == "foreign_key x.layer_norm1");
    CHECK(applied<rules::sd2>(given, strictness::as_comfyui).names() ==
          "x.ln_1;cond_stage_model.model.a;cond_stage_model.modelX;");
}

TEST_CASE("the refiner has clip_g alone, without its position ids")
{
    support::tensor_pool pool;
    const named_tensors  ids{{"clip_g.transformer.text_model.embeddings.position_ids", pool.one(1)}};
    const named_tensors  given = together(encoder(pool, "clip_g"), ids);
    const applied<rules::sdxl_refiner> done(given);
    CHECK(done.names() == openclip_names("conditioner.embedders.0.model"));
    CHECK(done.changes() == "left out clip_g.transformer.text_model.embeddings.position_ids;");

    const named_tensors foreign = together({{"clip_l.x", pool.one(2)}}, given);
    CHECK(applied<rules::sdxl_refiner>(foreign).names() == "foreign_key clip_l.x");
    const applied<rules::sdxl_refiner> without(foreign, strictness::as_comfyui);
    CHECK(without.names() == done.names());
    CHECK(without.changes() == "left out clip_l.x;" + done.changes());
}

TEST_CASE("sdxl has clip_g with OpenCLIP's names, clip_l with its own and position ids")
{
    support::tensor_pool       pool;
    const applied<rules::sdxl> done(together(encoder(pool, "clip_l"), encoder(pool, "clip_g")));
    const std::string          text = "conditioner.embedders.0.transformer.text_model.";
    const std::string          layer = text + "encoder.layers.0.";

    CHECK(done.names() == openclip_names("conditioner.embedders.1.model") + text +
                              "embeddings.token_embedding.weight;" + text +
                              "embeddings.position_embedding.weight;" + layer + "self_attn.q_proj.weight;" +
                              layer + "self_attn.q_proj.bias;" + layer + "self_attn.k_proj.weight;" + layer +
                              "self_attn.k_proj.bias;" + layer + "self_attn.v_proj.weight;" + layer +
                              "self_attn.v_proj.bias;" + layer + "mlp.fc1.weight;" + text +
                              "final_layer_norm.weight;" + saved_ids());
    CHECK(done.changes() ==
          added_ids() + "left out clip_l.transformer.text_projection.weight;left out clip_l.logit_scale;");
    const auto ids = done.tensor(saved_position_ids);
    CHECK(ids.type == dtype::i64);
    REQUIRE(ids.shape.size() == 2);
    CHECK((ids.shape[0] == 1 && ids.shape[1] == 77));
    CHECK(integers(ids) == up_to_77());
}

TEST_CASE("an encoder of more positions has as many ids in strict conduct; in ComfyUI's it has 77")
{
    constexpr std::string_view embedding =
        "clip_l.transformer.text_model.embeddings.position_embedding.weight";
    support::tensor_pool pool;
    const auto rows = [&](std::size_t count) { return pool.f32({count, 2}, std::vector<float>(count * 2)); };
    const named_tensors        longer{{std::string(embedding), rows(248)}};
    const applied<rules::sdxl> done(longer);
    const auto                 ids = done.tensor(saved_position_ids);
    REQUIRE(ids.shape.size() == 2);
    CHECK(ids.shape[1] == 248);
    CHECK(integers(ids).back() == 247);
    CHECK(integers(applied<rules::sdxl>(longer, strictness::as_comfyui).tensor(saved_position_ids)) ==
          up_to_77());
    CHECK(integers(applied<rules::sdxl>({{std::string(embedding), rows(5)}}).tensor(saved_position_ids)) ==
          up_to_77());
    CHECK(integers(applied<rules::sdxl>({{std::string(embedding), rows(1000)}}).tensor(saved_position_ids))
              .back() == 999);

    const auto few = pool.raw(dtype::i64, {1, 77}, std::string(77 * 8, '\0'));
    const auto enough = pool.raw(dtype::i64, {1, 248}, std::string(248 * 8, '\0'));
    const auto with = [&](const stet::tensor_view& given) {
        return named_tensors{{std::string(embedding), rows(248)}, {std::string(position_ids), given}};
    };
    const named_tensors with_few = with(few);
    const named_tensors with_enough = with(enough);
    CHECK(applied<rules::sdxl>(with_few).names() == "position_ids_mismatch " + std::string(position_ids));
    CHECK(integers(applied<rules::sdxl>(with_enough).tensor(saved_position_ids)).size() == 248);
    CHECK(applied<rules::sd1>(with_few).names() == "position_ids_mismatch " + std::string(position_ids));
    CHECK(applied<rules::sd1>(with_enough).outcome);
    CHECK(applied<rules::sd1>(with_few, strictness::as_comfyui).outcome);
}

TEST_CASE("sdxl adds position ids even to an encoder of no keys")
{
    const applied<rules::sdxl> done({});
    CHECK(done.names() == saved_ids());
    CHECK(done.changes() == added_ids());
}

TEST_CASE("sdxl keeps the position ids of clip_g")
{
    support::tensor_pool pool;
    CHECK(applied<rules::sdxl>({{"clip_g.transformer.text_model.embeddings.position_ids", pool.one(1)}})
              .names() ==
          "conditioner.embedders.1.model.transformer.text_model.embeddings.position_ids;" + saved_ids());
}

TEST_CASE(
    "position ids given to sdxl are replaced; in strict conduct they must be as many and of the same dtype")
{
    support::tensor_pool pool;
    const auto           seventy_seven = pool.raw(dtype::i64, {77}, std::string(77 * 8, '\1'));
    const auto           longer = pool.raw(dtype::i64, {1, 248}, std::string(248 * 8, '\0'));
    const auto           as_floats = pool.raw(dtype::f64, {1, 77}, std::string(77 * 8, '\0'));

    for (const auto& wrong : {longer, as_floats}) {
        const applied<rules::sdxl> refused({{std::string(position_ids), wrong}});
        CHECK(refused.names() == "position_ids_mismatch " + std::string(position_ids));
        CHECK(refused.outcome.error().expected == 77);
        const applied<rules::sdxl> replaced({{std::string(position_ids), wrong}}, strictness::as_comfyui);
        CHECK(integers(replaced.tensor(saved_position_ids)) == up_to_77());
        CHECK(replaced.changes() == replaced_ids());
    }
    const applied<rules::sdxl> done({{std::string(position_ids), seventy_seven}});
    CHECK(done.names() == saved_ids());
    CHECK(integers(done.tensor(saved_position_ids)) == up_to_77());
    CHECK(done.changes() == replaced_ids());
}

TEST_CASE("sdxl refuses keys of a third encoder in strict conduct and leaves them out in ComfyUI's")
{
    support::tensor_pool pool;
    const named_tensors given{{"clip_l.a", pool.one(1)}, {"t5xxl.b", pool.one(2)}, {"clip_g.c", pool.one(3)}};
    CHECK(applied<rules::sdxl>(given).names() == "foreign_key t5xxl.b");
    const applied<rules::sdxl> done(given, strictness::as_comfyui);
    CHECK(done.names() == "conditioner.embedders.1.model.c;conditioner.embedders.0.a;" + saved_ids());
    CHECK(done.changes() == "left out t5xxl.b;" + added_ids());
}

TEST_CASE("quantised layers of CLIP text encoders are refused in strict conduct, and saved as ComfyUI does")
{
    support::tensor_pool pool;
    for (const std::string end : {"weight_scale", "comfy_quant", "weight_s_rel", "weight.absmax"}) {
        const named_tensors clip_l{{"clip_l.a." + end, pool.one(1)}};
        CHECK(applied<rules::sdxl>(clip_l).names() == "quantised_companion clip_l.a." + end);
        CHECK(applied<rules::sd1>(clip_l).names() == "quantised_companion clip_l.a." + end);
        CHECK(applied<rules::sd1>(clip_l).outcome.error().first_party() == "clip-not-read");
        CHECK(applied<rules::sdxl>(clip_l, strictness::as_comfyui).names() ==
              "conditioner.embedders.0.a." + end + ";" + saved_ids());
        CHECK(applied<rules::sd1>(clip_l, strictness::as_comfyui).names() ==
              "cond_stage_model.a." + end + ";");
        const named_tensors clip_g{{"clip_g.a." + end, pool.one(1)}};
        CHECK(applied<rules::sdxl>(clip_g).names() == "quantised_companion clip_g.a." + end);
        CHECK(applied<rules::sdxl>(clip_g).outcome.error().first_party() == "text-encoder-openclip");
    }
    // Only the whole last part counts.
    CHECK(applied<rules::sd1>({{"clip_l.a.my_weight_scale", pool.one(1)}}).names() ==
          "cond_stage_model.a.my_weight_scale;");
}

TEST_CASE("rules without memory say so and give all memory back")
{
    support::tensor_pool pool;
    named_tensors        given = together(encoder(pool, "clip_l"), encoder(pool, "clip_g"));
    for (int i = 0; i < 100; ++i)
        given.emplace_back("clip_l." + std::to_string(i), pool.one(1));
    const auto needed_by = [&]<class Rule>(Rule) {
        return support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
            return support::failure(applied<Rule>(given, strictness::as_comfyui, memory).outcome);
        });
    };
    CHECK(needed_by(rules::sd1{}) > 5);
    CHECK(needed_by(rules::sd2{}) > 10);
    CHECK(needed_by(rules::sdxl{}) > 10);
    CHECK(needed_by(rules::sdxl_refiner{}) > 10);
}

TEST_CASE("a rule tells that memory runs out whichever of its lists is full")
{
    support::tensor_pool pool;
    const named_tensors  given{{"clip_l.transformer.text_projection.weight", pool.f32({1, 1}, {1})},
                               {"clip_l.logit_scale", pool.one(2)},
                               {"clip_g.transformer.text_model.embeddings.position_ids", pool.one(3)},
                               {"other", pool.one(4)}};
    const named_tensors  without_fusing{{"clip_l.a", pool.one(1)}};
    const auto           runs_out_everywhere = []<class Rule>(Rule, const named_tensors& tensors) {
        const auto apply = [&](stet::change_log& log, const stet::allocator&) -> std::string_view {
            stet::rearrangement work(log, 2, strictness::as_comfyui);
            if (auto filled = support::fill(work, tensors); !filled)
                return support::failure(filled);
            return support::failure(Rule::apply(work));
        };
        CHECK(support::fewest_allocations_with_full_log(40, apply) > 3);
    };
    runs_out_everywhere(rules::sd1{}, given);
    runs_out_everywhere(rules::sd2{}, given);
    runs_out_everywhere(rules::sdxl_refiner{}, given);
    runs_out_everywhere(rules::sdxl{}, given);
    runs_out_everywhere(rules::sdxl{}, without_fusing);
}
