// SPDX-License-Identifier: MIT
#include <stet/plan/make_plan.hpp>

#include <stet/layout/layouts.hpp>
#include <stet/layout/prefix_layout.hpp>
#include <stet/result/message.hpp>

#include "support/counting_heap.hpp"
#include "support/failure.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

namespace role = stet::role;
using stet::dtype;
using stet::errc;
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

struct audio {
    static constexpr std::string_view name = "audio decoder";
};
struct with_sound {
    stet::component<role::model> model;
    stet::component<audio>       decoder;

    static constexpr auto fields = std::tuple{&with_sound::model, &with_sound::decoder};
};

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

TEST_CASE("a checkpoint of empty components is planned")
{
    const dict nothing;
    const auto plan = stet::make_plan(
        stet::full{.model = nothing, .text_encoder = stet::no_entries, .vae = nothing}, stet::layouts::sd1{});

    CHECK(names(plan).empty());
    REQUIRE(plan);
    CHECK(plan->components().size() == 4);
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
    CHECK(plan.error().subject.view() == "model.diffusion_model.w");
    CHECK(plan.error().parties[0].view() == "model");
    CHECK(plan.error().parties[1].view() == "model");
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
    CHECK(stet::message(plan.error()) == "tensor 'model.diffusion_model.w': the pointer to it is null");
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

TEST_CASE("making a plan without memory reports it and gives all memory back")
{
    dict model;
    dict vae;
    for (int i = 0; i < 60; ++i) {
        model.emplace("blocks." + std::to_string(i) + ".weight", bytes(1));
        vae.emplace("decoder." + std::to_string(i) + ".weight", bytes(1));
    }
    const stet::full checkpoint{.model = model, .text_encoder = stet::no_entries, .vae = vae};
    for (std::size_t allowed = 0;; ++allowed) {
        REQUIRE(allowed < 100);
        support::counting_heap heap;
        heap.fail_from(allowed);
        bool succeeded = false;
        {
            const auto plan =
                stet::make_plan(checkpoint, stet::layouts::generic{}, {.memory = heap.allocator()});
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
