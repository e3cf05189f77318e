// SPDX-License-Identifier: MIT
#include "support/sample_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <stet/comfyui/comfyui_target.hpp>
#include <stet/families/layouts.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct small_model {
    std::vector<float>                       weight = std::vector<float>(6, 1.5F);
    std::map<std::string, stet::tensor_view> dict{{"w", *stet::view_of(weight, {2, 3})}};

    stet::result<stet::saved_checkpoint> save(const stet::comfyui::numbered& where,
                                              const stet::save_options&      options = {}) const
    {
        return stet::save(stet::model_only{.model = dict}, stet::layouts::generic{}, where, options);
    }
};

/// As the system spells it, which ComfyUI's rule asks for.
std::string folder(const support::scratch_directory& here)
{
    return std::filesystem::path(here.path()).make_preferred().string();
}

/// The path of what was saved, with slashes.
std::string path_of(const stet::saved_checkpoint& saved)
{
    return std::filesystem::path(saved.path).generic_string();
}

} // namespace

static_assert(stet::save_target<stet::comfyui::numbered>);
static_assert(stet::save_target<stet::numbered> && stet::save_target<stet::exact_path>);
static_assert(!stet::save_target<std::string>);

TEST_CASE("a save by ComfyUI's rule takes the number ComfyUI would take")
{
    const support::scratch_directory here;
    here.make_folder("checkpoints");
    here.put("checkpoints/M_00002_.safetensors", "old");
    here.put("checkpoints/M_-5_x", "");
    const small_model model;

    const auto saved = model.save({.output_dir = folder(here), .prefix = "checkpoints/M"});

    INFO((saved ? std::string() : stet::message(saved.error())));
    REQUIRE(saved);
    CHECK(saved->number == 3);
    CHECK(path_of(*saved).ends_with("/checkpoints/M_00003_.safetensors"));
}

TEST_CASE("a file that ComfyUI would overwrite is kept unless that is asked for")
{
    const support::scratch_directory here;
    here.put("M_00001_.safetensors", "old");
    const small_model model;

    const auto refused = model.save({.output_dir = folder(here), .prefix = "M/"});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == stet::errc::name_taken);
    CHECK(here.content("M_00001_.safetensors") == "old");

    const auto replaced =
        model.save({.output_dir = folder(here), .prefix = "M/", .existing = stet::existing_file::replace});
    REQUIRE(replaced);
    CHECK(replaced->number == 1);
    CHECK(here.content("M_00001_.safetensors") != "old");
}

TEST_CASE("a negative number is told as text")
{
    const support::scratch_directory here;
    here.put("M_-3_x", "");
    const small_model                  model;
    std::map<std::string, std::string> metadata;

    const auto saved =
        model.save({.output_dir = folder(here), .prefix = "M"},
                   {.metadata_for = [&](const stet::claimed_name& taken) -> stet::metadata_view {
                       metadata["title"] = std::string(taken.stem) + ' ' + std::string(taken.digits);
                       return metadata;
                   }});

    REQUIRE(saved);
    CHECK_FALSE(saved->number);
    CHECK(path_of(*saved).ends_with("/M_-0002_.safetensors"));
    CHECK(metadata["title"] == "M -2");
}

TEST_CASE("metadata that cannot be written is refused before a name is taken, or gives the name up")
{
    const support::scratch_directory         here;
    const small_model                        model;
    const std::map<std::string, std::string> unsound{{"k", "\xFF"}};
    const auto refused = model.save({.output_dir = folder(here), .prefix = "M"}, {.metadata = unsound});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == stet::errc::invalid_metadata_utf8);
    const auto late = model.save(
        {.output_dir = folder(here), .prefix = "M"},
        {.metadata_for = [&](const stet::claimed_name&) -> stet::metadata_view { return unsound; }});
    REQUIRE_FALSE(late);
    CHECK(late.error().code == stet::errc::invalid_metadata_utf8);
    CHECK(here.entries().empty());

    const auto untold =
        model.save({.output_dir = folder(here), .prefix = "M"},
                   {.metadata_for = [](const stet::claimed_name&) -> stet::result<stet::metadata_view> {
                       return stet::error{.code = stet::errc::missing_metadata_key};
                   }});
    REQUIRE_FALSE(untold);
    CHECK(untold.error().code == stet::errc::missing_metadata_key);
    CHECK(here.entries().empty());
}
