// SPDX-License-Identifier: MIT
// The way there and back: saved, read, split and saved again is the same file.
#include <stet/families/families.hpp>
#include <stet/families/layouts.hpp>
#include <stet/read/checkpoint_view.hpp>
#include <stet/save/write.hpp>
#include <stet/sink/sinks.hpp>
#include <stet/split/split.hpp>
#include <stet/tensor/sizes.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace {

using state_dict = std::map<std::string, stet::tensor_view>;

/// A text encoder of two layers as ComfyUI's modules have it.
class encoder {
public:
    explicit encoder(const std::string& name)
    {
        for (std::size_t i = 0; i < values_.size(); ++i)
            values_[i] = static_cast<std::uint16_t>(i * 257 + name.size());
        const std::string model = name + ".transformer.text_model.";
        add(model + "embeddings.token_embedding.weight", {5, 4});
        add(model + "embeddings.position_embedding.weight", {3, 4});
        for (const char layer : {'0', '1'}) {
            const std::string prefix = model + "encoder.layers." + layer;
            for (const char* const part : {"q", "k", "v", "out"}) {
                add(prefix + ".self_attn." + part + "_proj.weight", {4, 4});
                add(prefix + ".self_attn." + part + "_proj.bias", {4});
            }
            add(prefix + ".layer_norm1.weight", {4});
            add(prefix + ".mlp.fc1.weight", {8, 4});
        }
        add(model + "final_layer_norm.weight", {4});
        add(name + ".transformer.text_projection.weight", {2, 4});
    }

    state_dict dict{};

private:
    void add(const std::string& name, const stet::extents& shape)
    {
        const auto count = stet::element_count(shape);
        REQUIRE(count);
        first_ += 3; // so that no two tensors are alike
        const auto view =
            stet::view_of(std::span(values_).subspan(first_, static_cast<std::size_t>(*count)), shape);
        REQUIRE(view);
        dict.emplace(name, *view);
    }

    std::array<std::uint16_t, 200> values_{};
    std::size_t                    first_ = 0;
};

template <class Layout>
std::string saved_file(const auto& checkpoint)
{
    std::string       file;
    stet::append_sink out(file);
    const auto        saved = stet::save(checkpoint, Layout{}, out);
    INFO((saved ? std::string() : stet::message(saved.error())));
    REQUIRE(saved);
    return file;
}

/// Reads and splits the file and saves its parts as they are.
template <class Layout>
void check_saved_again(const std::string& file)
{
    const auto view = stet::read_checkpoint(std::as_bytes(std::span(file)));
    INFO((view ? std::string() : stet::message(view.error())));
    REQUIRE(view);
    const auto parts = stet::split<Layout>(*view);
    INFO((parts ? std::string() : stet::message(parts.error())));
    REQUIRE(parts);
    CHECK(saved_file<Layout>(stet::full{
              .model = parts->model, .text_encoder = parts->text_encoder, .vae = parts->vae}) == file);
}

} // namespace

static_assert(stet::state_dict<stet::checkpoint_view>);

TEST_CASE("a file that stet wrote is read, split and saved as the same bytes")
{
    const std::vector<float> weight(24, 0.5F);
    const state_dict         model{{"input_blocks.0.0.weight", *stet::view_of(weight, {2, 3, 4})},
                                   {"out.2.bias", *stet::view_of(std::span(weight).first<3>(), {3})}};
    const state_dict         vae{{"decoder.conv_in.weight", *stet::view_of(weight, {24})}};
    const encoder            clip_h("clip_h");
    const encoder            clip_g("clip_g");
    const encoder            clip_l("clip_l");

    const auto check = [&]<class Layout>(Layout, const state_dict& text) {
        check_saved_again<Layout>(
            saved_file<Layout>(stet::full{.model = model, .text_encoder = text, .vae = vae}));
    };
    check(stet::layouts::generic{}, clip_l.dict);
    check(stet::layouts::sd3{}, clip_l.dict);
    check(stet::layouts::hunyuan_video{}, clip_l.dict);
    check(stet::layouts::sd2{}, clip_h.dict);
    check(stet::layouts::sdxl_refiner{}, clip_g.dict);
    check(stet::layouts::sd1{}, clip_l.dict);
    check(stet::layouts::sdxl{}, clip_g.dict);
}

TEST_CASE("a checkpoint that was read is a state dict of its own and can be saved as it is")
{
    const std::vector<float> weight(6, 1.0F);
    const state_dict         model{{"w", *stet::view_of(weight, {2, 3})}};
    const std::string        file = saved_file<stet::layouts::generic>(stet::model_only{.model = model});
    const auto               view = stet::read_checkpoint(std::as_bytes(std::span(file)));
    REQUIRE(view);

    const stet::model_only again{.model = stet::no_entries, .extra = *view};

    CHECK(saved_file<stet::layouts::generic>(again) == file);
}
