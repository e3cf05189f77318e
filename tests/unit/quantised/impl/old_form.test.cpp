// SPDX-License-Identifier: MIT
#include "support/short_memory.hpp"

#include <stet/quantised/impl/old_form.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using stet::detail::old_form;
using stet::quantised::named_tensor;
using stet::quantised::old_flag;

namespace {

struct old_file {
    explicit old_file(const std::vector<std::string_view>& names)
    {
        for (const std::string_view name : names) {
            constexpr std::string_view flag = "scaled_fp8";
            if (name.ends_with(flag))
                flags.push_back({.prefix = name.substr(0, name.size() - flag.size()),
                                 .position = static_cast<std::uint32_t>(tensors.size())});
            tensors.push_back({.name = name, .tensor = {}});
        }
        REQUIRE(form.read(stet::array_view<const named_tensor>(tensors),
                          stet::array_view<const old_flag>(flags)));
    }

    std::vector<named_tensor> tensors;
    std::vector<old_flag>     flags;
    old_form                  form{stet::heap()};
};

} // namespace

TEST_CASE("in a file of one component a flag may have any prefix under which there are weights")
{
    const old_file file({"scaled_fp8", "a.scaled_fp8", "b.scaled_fp8", "a.x.weight"});
    CHECK(file.form.is_loaded(0));
    CHECK(file.form.is_loaded(1));
    CHECK_FALSE(file.form.is_loaded(2));
    REQUIRE(file.form.flag_of("a.x") != nullptr);
    CHECK(file.form.flag_of("a.x")->prefix.empty());
}

TEST_CASE("in a checkpoint it has the model's prefix, or one of a text encoder")
{
    const old_file file({"scaled_fp8", "model.diffusion_model.scaled_fp8", "model.scaled_fp8",
                         "text_encoders.t5.transformer.scaled_fp8", "vae.scaled_fp8",
                         "model.diffusion_model.a.weight", "text_encoders.t5.transformer.a.weight",
                         "vae.a.weight"});
    CHECK_FALSE(file.form.is_loaded(0));
    CHECK(file.form.is_loaded(1));
    CHECK_FALSE(file.form.is_loaded(2));
    CHECK(file.form.is_loaded(3));
    CHECK_FALSE(file.form.is_loaded(4));
    REQUIRE(file.form.flag_of("model.diffusion_model.a") != nullptr);
    CHECK_FALSE(file.form.flag_of("model.diffusion_model.a")->is_of_text_encoder);
    CHECK(file.form.flag_of("text_encoders.t5.transformer.a")->is_of_text_encoder);
    CHECK(file.form.flag_of("text_encoders.t5.transformer.a")->position == 3);
    CHECK(file.form.flag_of("text_encoders.t5.other") == nullptr);
    CHECK(file.form.flag_of("vae.a") == nullptr);
    CHECK(file.form.flag_of("a") == nullptr);
}

TEST_CASE("of flags within each other the outer one speaks, and all are loaded")
{
    const old_file file({"a.b.scaled_fp8", "a.scaled_fp8", "c.scaled_fp8", "a.b.x.weight", "c.weight"});
    CHECK(file.form.flags().size() == 2);
    for (std::uint32_t i = 0; i < 3; ++i)
        CHECK(file.form.is_loaded(i));
    CHECK(file.form.flag_of("a.b.x")->prefix == "a.");
    CHECK(file.form.flag_of("a.c.x")->prefix == "a.");
    CHECK(file.form.flag_of("b.x") == nullptr);
}

TEST_CASE("without a flag nothing is read, and without memory no flag")
{
    const old_file file({"a.weight"});
    CHECK(file.form.flags().empty());
    CHECK(file.form.flag_of("a") == nullptr);
    const std::vector<named_tensor> tensors{{.name = "a.weight", .tensor = {}},
                                            {.name = "scaled_fp8", .tensor = {}}};
    const std::vector<old_flag>     flags{{.prefix = "", .position = 1}};
    CHECK(support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
              old_form form(memory);
              return form.read(stet::array_view<const named_tensor>(tensors),
                               stet::array_view<const old_flag>(flags))
                         ? "none"
                         : "out_of_memory";
          }) == 3);
}
