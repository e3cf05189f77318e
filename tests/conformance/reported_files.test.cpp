// SPDX-License-Identifier: MIT
// Files made after public reports: what was lost, misplaced or badly explained once is not any more.
#include "support/failure.hpp"
#include "support/files.hpp"
#include "support/sha256.hpp"
#include "support/test_data.hpp"
#include "support/text_bytes.hpp"

#include <stet/carry.hpp>
#include <stet/read.hpp>
#include <stet/split.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace families = stet::families;
namespace layouts = stet::layouts;

constexpr std::string_view                 folder = "bugs";
constexpr std::array<std::string_view, 11> files{"all_zero",
                                                 "lfs_pointer",
                                                 "name_twice",
                                                 "metadata_number",
                                                 "model_with_prefix",
                                                 "unet_without_prefix",
                                                 "clip_without_prefix",
                                                 "t5_without_prefix",
                                                 "vae",
                                                 "config_in_metadata",
                                                 "other_order_with_digests"};

std::string path_of(std::string_view name)
{
    return std::string(folder) + "/" + std::string(name) + ".safetensors";
}

/// A file of the data. Those that are no checkpoints have a message instead.
struct reported {
    explicit reported(std::string_view name)
    {
        auto found = support::file_content(support::test_data(path_of(name)));
        if (!found)
            return;
        content = *std::move(found);
        auto read = stet::read_checkpoint(support::as_bytes(content));
        if (read)
            view.emplace(*std::move(read));
        else
            complaint = stet::message(read.error());
    }

    std::string                          content{};
    std::string                          complaint{};
    std::optional<stet::checkpoint_view> view{};
};

bool says(const reported& file, std::string_view words)
{
    return file.complaint.find(words) != std::string::npos;
}

std::string_view text_of(const stet::metadata_list& metadata, std::string_view key)
{
    for (const auto& [known, text] : metadata) {
        if (known == key)
            return text;
    }
    return "absent";
}

void check_messages()
{
    const reported zeros("all_zero");
    const reported pointer("lfs_pointer");
    const reported twice("name_twice");
    const reported number("metadata_number");
    CHECK(says(zeros, "begins with zeros"));
    CHECK(says(pointer, "a Git LFS pointer"));
    CHECK(says(twice, "'key00' twice"));
    CHECK(says(number, "'step'"));
}

template <class Family>
void check_refused(const reported& model, const reported& text, const reported& vae, std::string_view code,
                   std::string_view what)
{
    const stet::full checkpoint{.model = *model.view, .text_encoder = *text.view, .vae = *vae.view};
    const auto       plan = stet::make_plan(checkpoint, Family{});
    CAPTURE(Family::name);
    CHECK(support::failure(plan) == code);
    if (!plan)
        CHECK(plan.error().first_party() == what);
}

void check_prefixes()
{
    const reported prefixed("model_with_prefix");
    const reported model("unet_without_prefix");
    const reported clip("clip_without_prefix");
    const reported t5("t5_without_prefix");
    const reported vae("vae");
    for (const reported* const file : {&prefixed, &model, &clip, &t5, &vae}) {
        if (!file->view) {
            FAIL_CHECK("a file is missing or no checkpoint");
            return;
        }
    }
    const auto twice = stet::make_plan(stet::model_only{.model = *prefixed.view}, families::flux{});
    CHECK(support::failure(twice) == "prefixed_key");
    const auto other = stet::make_plan(stet::model_only{.model = *prefixed.view}, families::hunyuan_video{});
    CHECK(support::failure(other) == "foreign_prefix");
    check_refused<families::sd15>(model, clip, vae, "foreign_key", "clip_l.transformer.");
    check_refused<families::flux>(model, t5, vae, "foreign_key", "t5xxl.transformer.");
    check_refused<families::sd3>(model, t5, vae, "foreign_key", "t5xxl.transformer.");
    check_refused<families::wan21_t2v>(model, t5, vae, "foreign_key", "t5xxl.transformer.");
    check_refused<families::qwen_image>(model, t5, vae, "foreign_key", "t5xxl.transformer.");
}

void check_extraction()
{
    const reported file("config_in_metadata");
    CHECK(file.view);
    if (!file.view)
        return;
    const auto source = stet::carry::metadata_of(file.view->header());
    const auto parts = stet::carry::split<layouts::generic>(*file.view, source);
    CHECK(parts);
    if (!parts)
        return;
    for (const stet::metadata_list* const part : {&parts->model, &parts->vae}) {
        CHECK(text_of(*part, "config") == text_of(source, "config"));
        CHECK(text_of(*part, "format") == "pt");
    }
    CHECK(
        text_of(parts->model, "_quantization_metadata") ==
        R"({"format_version": "1.0", "layers": {"transformer_blocks.0.attn1.to_q": {"format": "float8_e4m3fn"}}})");
    CHECK(text_of(parts->vae, "_quantization_metadata") == "absent");
}

std::vector<std::string> names_in_order(const stet::checkpoint_view& file)
{
    std::vector<std::string> names;
    for (const stet::stored_tensor tensor : file.header())
        names.emplace_back(tensor.name);
    return names;
}

void check_own_order()
{
    const reported file("other_order_with_digests");
    CHECK(file.view);
    if (!file.view)
        return;
    const auto        source = stet::carry::metadata_of(file.view->header());
    const auto        passed_on = stet::carry::pass_on(source, {}, {.data_is_same = true});
    std::string       out;
    stet::append_sink to(out);
    CHECK(passed_on);
    if (!passed_on)
        return;
    CHECK(stet::save(*file.view, to, {.metadata = passed_on->metadata, .order = stet::dict_order}));
    const auto again = stet::read_checkpoint(support::as_bytes(out));
    CHECK(again);
    if (!again)
        return;
    CHECK(names_in_order(*again) == names_in_order(*file.view));
    const std::string data = out.substr(stet::detail::memory_size(again->header().data_begin()));
    CHECK("0x" + support::sha256(data) == again->header().metadata("modelspec.hash_sha256"));

    // In the reference's order the digests of before hold no longer.
    const auto changed = stet::carry::pass_on(source);
    CHECK(changed);
    if (changed)
        CHECK(changed->dropped_digests ==
              std::vector<std::string>{"modelspec.hash_sha256", "sshs_model_hash"});
}

} // namespace

TEST_CASE("files that people reported are explained, placed right or refused, and lose nothing")
{
    if (!support::found_test_data(folder))
        return;
    std::size_t there = 0;
    for (const std::string_view name : files) {
        if (support::has_test_data(path_of(name)))
            ++there;
        else
            FAIL_CHECK(path_of(name) << " is missing");
    }
    check_messages();
    check_prefixes();
    check_extraction();
    check_own_order();
    support::report_cases(folder, there);
}
