// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/full_log.hpp"
#include "support/little_endian.hpp"
#include "support/rearranged.hpp"
#include "support/short_memory.hpp"

#include <stet/families/impl/openclip_conversion.hpp>
#include <stet/tensor/views.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using stet::dtype;
using stet::strictness;
using support::floats;
using support::named_tensors;
using support::tensor_named;
using values = std::vector<float>;

/// A dict converted, with all that its tensors live on.
struct conversion {
    conversion(named_tensors tensors, strictness how, std::string_view beginning = "",
               std::string_view also_kept = {}, const stet::allocator& memory = stet::heap())
        : given(std::move(tensors)), log(memory), work(log, 0, how), out(converted(beginning, also_kept))
    {
    }

    named_tensors                    given; // has the names
    stet::change_log                 log;
    stet::rearrangement              work;
    stet::result<stet::ordered_dict> out;

    std::string names() const { return out ? support::names(*out) : std::string(support::failure(out)); }
    stet::tensor_view tensor(std::string_view name) const
    {
        return out ? tensor_named(*out, name) : stet::tensor_view{};
    }

private:
    stet::result<stet::ordered_dict> converted(std::string_view beginning, std::string_view also_kept)
    {
        if (auto filled = support::fill(work, given); !filled)
            return filled.error();
        return stet::detail::to_openclip(stet::detail::openclip_text, work, beginning, also_kept);
    }
};

std::string refusal(const named_tensors& given, strictness how, std::string_view beginning = "")
{
    const conversion done(given, how, beginning);
    return done.out ? "none"
                    : std::string(support::failure(done.out)) + " " + std::string(done.out.error().subject());
}

std::string layer()
{
    return "clip_h.transformer.text_model.encoder.layers.0.self_attn.";
}

/// The same without the dot at its end.
std::string stem()
{
    return "clip_h.transformer.text_model.encoder.layers.0.self_attn";
}

/// q, k and v of one layer, in that order, as parts of two rows.
named_tensors attention(support::tensor_pool& pool, const std::string& of = layer())
{
    return {{of + "q_proj.weight", pool.f32({2, 2}, {100, 101, 102, 103})},
            {of + "k_proj.weight", pool.f32({2, 2}, {200, 201, 202, 203})},
            {of + "v_proj.weight", pool.f32({2, 2}, {300, 301, 302, 303})},
            {of + "q_proj.bias", pool.f32({2}, {1000, 1001})},
            {of + "k_proj.bias", pool.f32({2}, {2000, 2001})},
            {of + "v_proj.bias", pool.f32({2}, {3000, 3001})}};
}

constexpr std::string_view fused_weight = "clip_h.transformer.resblocks.0.attn.in_proj_weight";
constexpr std::string_view fused_bias = "clip_h.transformer.resblocks.0.attn.in_proj_bias";

values all_weights()
{
    return {100, 101, 102, 103, 200, 201, 202, 203, 300, 301, 302, 303};
}

} // namespace

TEST_CASE("q, k and v are fused in that order, whatever the dict's order is")
{
    support::tensor_pool pool;
    named_tensors        given = attention(pool);
    std::sort(given.begin(), given.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    do {
        for (const strictness how : {strictness::strict, strictness::as_comfyui}) {
            const conversion done(given, how);
            if (done.names() != std::string(fused_weight) + ";" + std::string(fused_bias) + ";")
                FAIL_CHECK(done.names());
            const stet::tensor_view weight = done.tensor(fused_weight);
            if (weight.shape.size() != 2 || weight.shape[0] != 6 || weight.shape[1] != 2 ||
                floats(weight) != all_weights() ||
                floats(done.tensor(fused_bias)) != values{1000, 1001, 2000, 2001, 3000, 3001})
                FAIL_CHECK("wrong values");
        }
    } while (std::next_permutation(given.begin(), given.end(),
                                   [](const auto& a, const auto& b) { return a.first < b.first; }));
    CHECK(given.size() == 6);
}

TEST_CASE("a fused tensor pours from where q, k and v lie")
{
    support::tensor_pool pool;
    const conversion     done(attention(pool), strictness::strict);
    const auto           weight = done.tensor(fused_weight);
    CHECK(floats(weight) == all_weights());

    pool.made(1)[3] = -1;
    auto changed = all_weights();
    changed[7] = -1;
    CHECK(floats(weight) == changed);
}

TEST_CASE("a layer without biases gets no fused bias")
{
    support::tensor_pool pool;
    named_tensors        given = attention(pool);
    given.resize(3);
    CHECK(conversion(given, strictness::strict).names() == std::string(fused_weight) + ";");
}

TEST_CASE("fused tensors come last, weights before biases, each in the order of first appearance")
{
    support::tensor_pool pool;
    named_tensors        given{{"a", pool.one(1)}};
    for (const char* const stem : {"x.1.self_attn.", "x.0.self_attn."}) {
        for (const auto& entry : attention(pool, stem))
            given.push_back(entry);
    }
    given.emplace_back("b", pool.one(2));
    CHECK(conversion(given, strictness::strict).names() ==
          "a;b;x.1.attn.in_proj_weight;x.0.attn.in_proj_weight;x.1.attn.in_proj_bias;x.0.attn.in_proj_bias;");
}

TEST_CASE("a layer that lacks q, k or v is refused in either conduct, saying which")
{
    support::tensor_pool pool;
    const named_tensors  all = attention(pool);
    for (std::size_t missing = 0; missing < all.size(); ++missing) {
        named_tensors given = all;
        given.erase(given.begin() + static_cast<std::ptrdiff_t>(missing));
        for (const strictness how : {strictness::strict, strictness::as_comfyui}) {
            const conversion done(given, how);
            REQUIRE_FALSE(done.out);
            CHECK(done.out.error().code == stet::errc::missing_qkv);
            CHECK(done.out.error().subject() == stem());
            const stet::error& refused = done.out.error();
            CHECK(stem() + std::string(refused.first_party()) + std::string(refused.second_party()) ==
                  all[missing].first);
        }
    }
}

TEST_CASE("q, k and v of mixed dtypes are refused in strict conduct and take q's in ComfyUI's")
{
    support::tensor_pool pool;
    named_tensors        given = attention(pool);
    given[1].second =
        pool.raw(dtype::f16, {2, 2}, std::string_view("\x00\x3C\x00\x40\x00\x42\x00\x44", 8)); // 1 to 4

    CHECK(refusal(given, strictness::strict) == "stack_mismatch " + stem() + ".in_proj_weight");
    const conversion done(given, strictness::as_comfyui);
    CHECK(floats(done.tensor(fused_weight)) == values{100, 101, 102, 103, 1, 2, 3, 4, 300, 301, 302, 303});
}

TEST_CASE(
    "q, k and v of other rows are refused in strict conduct and repeated in ComfyUI's where torch would")
{
    support::tensor_pool pool;
    named_tensors        given = attention(pool);
    given[2].second = pool.f32({2, 1}, {8, 9});

    CHECK(refusal(given, strictness::strict).starts_with("stack_mismatch"));
    CHECK(floats(conversion(given, strictness::as_comfyui).tensor(fused_weight)) ==
          values{100, 101, 102, 103, 200, 201, 202, 203, 8, 8, 9, 9});

    given[2].second = pool.f32({2, 3}, {1, 2, 3, 4, 5, 6});
    CHECK(refusal(given, strictness::strict).starts_with("stack_mismatch"));
    CHECK(refusal(given, strictness::as_comfyui).starts_with("stack_mismatch"));
    given[2].second = pool.one(1);
    CHECK(refusal(given, strictness::strict).starts_with("stack_of_scalars"));
    CHECK(refusal(given, strictness::as_comfyui).starts_with("stack_of_scalars"));
}

TEST_CASE("q, k and v may differ in their number of rows")
{
    support::tensor_pool pool;
    named_tensors        given = attention(pool);
    given[1].second = pool.f32({1, 2}, {8, 9});
    CHECK(floats(conversion(given, strictness::strict).tensor(fused_weight)) ==
          values{100, 101, 102, 103, 8, 9, 300, 301, 302, 303});
}

TEST_CASE("a part whose size is not that of its dtype and shape is refused before it is read")
{
    support::tensor_pool pool;
    named_tensors        given = attention(pool);
    given[1].second.size = 12;
    CHECK(refusal(given, strictness::strict).starts_with("tensor_size_mismatch"));
    CHECK(refusal(given, strictness::as_comfyui).starts_with("tensor_size_mismatch"));

    given[1].second = {.type = dtype::f32, .shape = {1'000'000, 1}, .size = 4, .data = &pool};
    CHECK(refusal(given, strictness::as_comfyui).starts_with("tensor_size_mismatch"));
    given[1].second = {.type = dtype::f32, .shape = {-1, 2}, .size = 16, .data = &pool};
    CHECK(refusal(given, strictness::as_comfyui).starts_with("negative_dimension"));
}

TEST_CASE("parts that are produced while they are written are fused as they are")
{
    support::tensor_pool pool;
    named_tensors        given = attention(pool);
    const std::string    source = support::little_endian(values{1, 2, 3, 4});
    given[0].second =
        *stet::produced_view(dtype::f32, {2, 2}, source, [](const std::string& from, stet::sink_ref out) {
            return out.write(std::as_bytes(std::span(from)));
        });
    for (const strictness how : {strictness::strict, strictness::as_comfyui})
        CHECK(floats(conversion(given, how).tensor(fused_weight)) ==
              values{1, 2, 3, 4, 200, 201, 202, 203, 300, 301, 302, 303});
}

TEST_CASE("only names that end as q, k and v do are fused")
{
    support::tensor_pool pool;
    const auto           tensor = pool.one(1);
    CHECK(conversion({{"x.self_attn.q_proj.foo", tensor},
                      {"self_attn.q_proj.weight", tensor},
                      {"x.self_attn.o_proj.weight", tensor},
                      {"x.self_attn.q_proj.weight.", tensor},
                      {"x.self_attn.qq_proj.weight", tensor},
                      {"x.self_attn.q_porj.weight", tensor},
                      {"x.attn.k_proj.bias", tensor},
                      {"k_proj.weight", tensor},
                      {"weight", tensor}},
                     strictness::strict)
              .names() ==
          "x.attn.q_proj.foo;self_attn.q_proj.weight;x.attn.o_proj.weight;x.attn.q_proj.weight.;"
          "x.attn.qq_proj.weight;x.attn.q_porj.weight;x.attn.k_proj.bias;k_proj.weight;weight;");
    // A stem of nothing but the layer itself.
    CHECK(conversion(attention(pool, ".self_attn."), strictness::strict).names() ==
          ".attn.in_proj_weight;.attn.in_proj_bias;");
}

TEST_CASE("the projection gets its short name and its first two axes exchanged, nothing copied")
{
    support::tensor_pool pool;
    const conversion     done(
        {{"clip_h.transformer.text_projection.weight", pool.f32({2, 3}, {0, 1, 2, 3, 4, 5})},
             {"Xtransformer.text_projection.weight", pool.f32({1, 2, 2}, {6, 7, 8, 9})}},
        strictness::strict);

    CHECK(done.names() == "clip_h.text_projection;Xtext_projection;");
    const auto turned = done.tensor("clip_h.text_projection");
    REQUIRE(turned.shape.size() == 2);
    CHECK((turned.shape[0] == 3 && turned.shape[1] == 2));
    CHECK(floats(turned) == values{0, 3, 1, 4, 2, 5});
    pool.made(0)[3] = -3;
    CHECK(floats(turned) == values{0, -3, 1, 4, 2, 5});
    const auto deep = done.tensor("Xtext_projection");
    REQUIRE(deep.shape.size() == 3);
    CHECK((deep.shape[0] == 2 && deep.shape[1] == 1 && deep.shape[2] == 2));
    CHECK(floats(deep) == values{6, 7, 8, 9});
}

TEST_CASE("in the projection's name every occurrence is shortened and nothing else is renamed")
{
    support::tensor_pool pool;
    CHECK(conversion({{"transformer.text_projection.weight.layer_norm1.transformer.text_projection.weight",
                       pool.f32({1, 1}, {1})}},
                     strictness::strict)
              .names() == "text_projection.layer_norm1.text_projection;");
}

TEST_CASE("a projection that is no matrix is refused in either conduct")
{
    support::tensor_pool pool;
    const std::string    name = "clip_h.transformer.text_projection.weight";
    for (const strictness how : {strictness::strict, strictness::as_comfyui}) {
        CHECK(refusal({{name, pool.f32({2}, {1, 2})}}, how) == "projection_rank " + name);
        CHECK(refusal({{name, pool.one(1)}}, how) == "projection_rank " + name);
    }
}

TEST_CASE(
    "names that meet are refused in strict strictness; in ComfyUI's the later tensor takes the first one's place")
{
    support::tensor_pool pool;
    const named_tensors  labels{{"layer_norm1", pool.one(1)}, {"x", pool.one(2)}, {"ln_1", pool.one(3)}};
    CHECK(refusal(labels, strictness::strict) == "name_collision ln_1");
    const conversion done(labels, strictness::as_comfyui);
    CHECK(done.names() == "ln_1;x;");
    CHECK(floats(done.tensor("ln_1")) == values{3});
    CHECK(support::text_of(done.log.changes) == "replaced ln_1;");

    // Fused tensors are set last and take a name from an entry that had it.
    named_tensors fused = attention(pool);
    fused.emplace_back(fused_weight, pool.one(4));
    CHECK(refusal(fused, strictness::strict) == "name_collision " + std::string(fused_weight));
    const conversion taken(fused, strictness::as_comfyui);
    CHECK(floats(taken.tensor(fused_weight)) == all_weights());
    CHECK(support::text_of(taken.log.changes) == "replaced " + std::string(fused_weight) + ";");
}

TEST_CASE(
    "keys of other encoders are refused in strict conduct and left out in ComfyUI's; those to keep follow as they are")
{
    support::tensor_pool pool;
    const named_tensors  given{{"clip_g.a", pool.one(1)},
                               {"t5xxl.b", pool.one(2)},
                               {"clip_l.c", pool.one(3)},
                               {"clip_gX", pool.one(4)}};

    CHECK(refusal(given, strictness::strict, "clip_g") == "foreign_key t5xxl.b");
    const conversion done(given, strictness::as_comfyui, "clip_g", "clip_l");
    CHECK(done.names() == "clip_g.a;clip_gX;clip_l.c;");
    CHECK(support::text_of(done.log.changes) == "left out t5xxl.b;");
    const conversion kept({{"clip_l.layer_norm1", pool.one(5)}, given[0]}, strictness::strict, "clip_g",
                          "clip_l");
    CHECK(kept.names() == "clip_g.a;clip_l.layer_norm1;");
    CHECK(kept.log.changes.empty());
}

TEST_CASE("companions of quantised weights are refused in strict conduct and relabelled in ComfyUI's")
{
    support::tensor_pool pool;
    for (const std::string end :
         {"weight_scale", "weight_scale_2", "input_scale", "scale_weight", "comfy_quant"})
    {
        CAPTURE(end);
        const named_tensors given{{layer() + "q_proj." + end, pool.one(1)}};
        CHECK(refusal(given, strictness::strict) == "quantised_companion " + layer() + "q_proj." + end);
        CHECK(conversion(given, strictness::as_comfyui).names() ==
              "clip_h.transformer.resblocks.0.attn.q_proj." + end + ";");
    }
    CHECK(refusal({{"logit_scale", pool.one(1)}, {"weight_scale.x", pool.one(1)}}, strictness::strict) ==
          "none");
}

TEST_CASE("names without a label are borrowed")
{
    support::tensor_pool pool;
    const conversion     done({{"clip_h.logit_scale", pool.one(1)}}, strictness::strict);
    REQUIRE(done.out);
    REQUIRE(done.out->entries().size() == 1);
    CHECK(done.out->entries()[0].name.stem.data() == done.given[0].first.data());
}

TEST_CASE("converting without memory says so and gives all memory back")
{
    support::tensor_pool pool;
    named_tensors        given;
    for (int i = 0; i < 40; ++i) {
        const std::string stem = "e.text_model.encoder.layers." + std::to_string(i) + ".";
        for (const auto& entry : attention(pool, stem + "self_attn."))
            given.push_back(entry);
        given.emplace_back(stem + "layer_norm1.weight", pool.one(1));
    }
    given.emplace_back("e.transformer.text_projection.weight", pool.f32({1, 1}, {1}));
    for (int i = 0; i < 2; ++i) {
        const strictness  how = i == 0 ? strictness::strict : strictness::as_comfyui;
        const std::size_t needed =
            support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
                const conversion done(given, how, "", {}, memory);
                if (done.out)
                    CHECK(std::count_if(done.out->entries().begin(), done.out->entries().end(),
                                        [](const auto& e) { return e.is_present; }) == 121);
                return support::failure(done.out);
            });
        CHECK(needed > 20);
        // k of another dtype takes the longer way.
        given[1].second = pool.raw(dtype::f16, {2, 2}, std::string_view("\0\0\0\0\0\0\0\0", 8));
    }
}

TEST_CASE("a conversion tells that memory runs out whichever object comes when the log's is full")
{
    support::tensor_pool pool;
    const std::string    source = support::little_endian(values{1, 2, 3, 4});
    const auto           produced =
        stet::produced_view(dtype::f32, {2, 2}, source, [](const std::string& from, stet::sink_ref out) {
            return out.write(std::as_bytes(std::span(from)));
        });
    REQUIRE(produced);
    named_tensors given = attention(pool, "encoder.layers.0.self_attn.");
    given[1].second =
        pool.raw(dtype::f16, {2, 2}, std::string_view("\0\0\0\0\0\0\0\0", 8)); // to be converted
    given.emplace_back("transformer.text_projection.weight", *produced);
    given.emplace_back("layer_norm1.weight", pool.one(1));
    const auto convert = [&](stet::change_log& log, const stet::allocator&) -> std::string_view {
        stet::rearrangement work(log, 0, strictness::as_comfyui);
        for (const auto& [name, tensor] : given) { // in two pieces, which have to be joined
            if (auto set = work.set_new(work.dict, {.prefix = "e.", .stem = name}, tensor); !set)
                return support::failure(set);
        }
        return support::failure(stet::detail::to_openclip(stet::detail::openclip_text, work, "e."));
    };
    CHECK(support::fewest_allocations_with_full_log(120, convert) > 10);
}

TEST_CASE("a projection that is produced while it is written is turned then")
{
    support::tensor_pool pool;
    const std::string    source = support::little_endian(values{0, 1, 2, 3, 4, 5});
    const auto           produced =
        stet::produced_view(dtype::f32, {2, 3}, source, [](const std::string& from, stet::sink_ref out) {
            return out.write(std::as_bytes(std::span(from)));
        });
    REQUIRE(produced);
    const conversion done({{"clip_h.transformer.text_projection.weight", *produced}}, strictness::strict);
    CHECK(done.names() == "clip_h.text_projection;");
    const stet::tensor_view turned = done.tensor("clip_h.text_projection");
    REQUIRE(turned.shape.size() == 2);
    CHECK((turned.shape[0] == 3 && turned.shape[1] == 2));
    CHECK(floats(turned) == values{0, 3, 1, 4, 2, 5});
}

TEST_CASE("a projection of elements below a byte cannot be turned and is refused by its name")
{
    support::tensor_pool pool;
    const auto           four_bits = pool.raw(dtype::f4, {2, 2}, "ab");
    CHECK(refusal({{"clip_h.transformer.text_projection.weight", four_bits}}, strictness::as_comfyui) ==
          "sub_byte_strides clip_h.transformer.text_projection.weight");
    const std::string source = "ab";
    const auto        produced =
        stet::produced_view(dtype::f4, {2, 2}, source, [](const std::string& from, stet::sink_ref out) {
            return out.write(std::as_bytes(std::span(from)));
        });
    REQUIRE(produced);
    CHECK(refusal({{"clip_h.transformer.text_projection.weight", *produced}}, strictness::as_comfyui) ==
          "sub_byte_strides clip_h.transformer.text_projection.weight");
}

TEST_CASE("a part of q, k and v given twice is refused in strict conduct, and the later counts in ComfyUI's")
{
    support::tensor_pool pool;
    named_tensors        given = attention(pool);
    given.emplace_back(given[0].first, pool.f32({2, 2}, {1, 2, 3, 4}));
    for (const strictness how : {strictness::strict, strictness::as_comfyui}) {
        stet::change_log    log(stet::heap());
        stet::rearrangement work(log, 0, how);
        for (const auto& [name, tensor] : given)
            REQUIRE(work.dict.append({.stem = name}, tensor)); // without looking for the name
        const auto done = stet::detail::to_openclip(stet::detail::openclip_text, work, "");
        if (work.is_strict()) {
            CHECK(support::failure(done) == "name_collision");
            continue;
        }
        REQUIRE(done);
        CHECK(floats(tensor_named(*done, fused_weight)) ==
              values{1, 2, 3, 4, 200, 201, 202, 203, 300, 301, 302, 303});
        CHECK(support::text_of(log.changes) == "replaced " + given[0].first + ";");
    }
}

TEST_CASE("a part of an impossible size is refused by the fused tensor's name")
{
    support::tensor_pool pool;
    named_tensors        given = attention(pool);
    given[2].second = {
        .type = dtype::f32, .shape = {std::uint64_t{1} << 40U, std::uint64_t{1} << 40U}, .size = 4};
    CHECK(refusal(given, strictness::strict).starts_with("tensor_size_overflow"));
}

TEST_CASE("a name that becomes one of those kept as they are is refused in strict conduct")
{
    support::tensor_pool pool;
    const named_tensors  given{{"layer_norm1.w", pool.one(1)}, {"ln_1.w", pool.one(2)}};
    CHECK(conversion(given, strictness::strict, "layer_norm1", "ln_1").names() == "name_collision");
    const conversion done(given, strictness::as_comfyui, "layer_norm1", "ln_1");
    CHECK(done.names() == "ln_1.w;");
    CHECK(floats(done.tensor("ln_1.w")) == values{2});
}

TEST_CASE("the empty name is converted to itself")
{
    support::tensor_pool pool;
    const conversion     done({{"", pool.one(1)}, {"layer_norm1", pool.one(2)}}, strictness::strict);
    CHECK(done.names() == ";ln_1;");
}

namespace {

/// The names of a dict without a prefix, by other labels than a text encoder's.
std::string converted_by(const stet::detail::openclip_names& by, const named_tensors& given)
{
    stet::change_log    log(stet::heap());
    stet::rearrangement work(log, 0, strictness::strict);
    REQUIRE(support::fill(work, given));
    const auto done = stet::detail::to_openclip(by, work, "");
    REQUIRE(done);
    return support::names(*done);
}

} // namespace

TEST_CASE("without labels fused names keep the layer's")
{
    support::tensor_pool                   pool;
    constexpr stet::detail::openclip_names none{
        .labels = {}, .projection = "proj", .openclip_projection = "p"};
    const named_tensors given = attention(pool, "a.self_attn.");
    CHECK(converted_by(none, given) == "a.self_attn.in_proj_weight;a.self_attn.in_proj_bias;");
}

TEST_CASE("a label may leave nothing of a name")
{
    support::tensor_pool               pool;
    constexpr stet::detail::label      label{.internal = "la", .openclip = ""};
    const stet::detail::openclip_names shorter{
        .labels = {&label, 1}, .projection = "proj", .openclip_projection = "p"};
    const named_tensors given{{"lala", pool.one(1)}, {"clad", pool.one(2)}};
    CHECK(converted_by(shorter, given) == ";cd;");
}
