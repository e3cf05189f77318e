// SPDX-License-Identifier: MIT
// Tensor lists of well-known models before and after ComfyUI saved them: the plan must agree.
#include "support/comfy_case.hpp"
#include "support/counting_heap.hpp"
#include "support/json.hpp"
#include "support/test_data.hpp"
#include "support/unnamed_family.hpp"

#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace {

/// What a manifest says of a tensor. Planning looks at nothing else, so there are no bytes behind it.
struct listed_tensor {
    std::string                name;
    stet::dtype                type = stet::dtype::u8;
    std::vector<std::uint64_t> shape{};

    friend bool operator<(const listed_tensor& a, const listed_tensor& b) noexcept
    {
        return std::tie(a.name, a.type, a.shape) < std::tie(b.name, b.type, b.shape);
    }
};
using tensor_list = std::vector<listed_tensor>;

} // namespace

template <>
struct stet::entry_traits<listed_tensor> {
    static constexpr std::string_view     name(const listed_tensor& entry) noexcept { return entry.name; }
    static constexpr const listed_tensor& tensor(const listed_tensor& entry) noexcept { return entry; }
};

template <>
struct stet::tensor_traits<listed_tensor> {
    static result<tensor_view> view(const listed_tensor& tensor) noexcept
    {
        const auto size = byte_count(tensor.type, tensor.shape);
        if (!size)
            return size.error();
        return tensor_view{.type = tensor.type, .shape = tensor.shape, .size = *size};
    }
};

namespace {

struct manifest {
    std::string name;
    std::string family;
    std::string model_type;
    std::string node;
    tensor_list model;
    tensor_list text_encoder;
    tensor_list vision_encoder;
    tensor_list vae;
    tensor_list saved;
};

std::optional<tensor_list> parse_list(const support::json_value* from)
{
    if (from == nullptr || from->elements() == nullptr)
        return std::nullopt;
    tensor_list list;
    for (const support::json_value& entry : *from->elements()) {
        const auto* const fields = entry.elements();
        if (fields == nullptr || fields->size() != 3 || (*fields)[0].string() == nullptr ||
            (*fields)[1].string() == nullptr || (*fields)[2].elements() == nullptr)
            return std::nullopt;
        const auto type = stet::dtype_named(*(*fields)[1].string());
        if (!type)
            return std::nullopt;
        listed_tensor tensor{.name = *(*fields)[0].string(), .type = *type};
        for (const support::json_value& axis : *(*fields)[2].elements()) {
            if (!axis.integer())
                return std::nullopt;
            tensor.shape.push_back(*axis.integer());
        }
        list.push_back(std::move(tensor));
    }
    return list;
}

std::optional<manifest> parse_manifest(std::string_view text)
{
    const auto root = support::parse_json(text);
    if (!root)
        return std::nullopt;
    const auto* const components = root->find("components");
    auto              saved = parse_list(root->find("saved"));
    if (components == nullptr || components->members() == nullptr || !saved)
        return std::nullopt;

    manifest parsed{.name = std::string(root->at("name").text()),
                    .family = std::string(root->at("family").text()),
                    .model_type = std::string(root->at("model_type").text()),
                    .node = std::string(root->at("node").text()),
                    .model = {},
                    .text_encoder = {},
                    .vision_encoder = {},
                    .vae = {},
                    .saved = *std::move(saved)};
    for (const support::json_member& component : *components->members()) {
        auto list = parse_list(&component.value);
        if (!list)
            return std::nullopt;
        if (component.key == "model")
            parsed.model = *std::move(list);
        else if (component.key == "clip")
            parsed.text_encoder = *std::move(list);
        else if (component.key == "clip_vision")
            parsed.vision_encoder = *std::move(list);
        else if (component.key == "vae")
            parsed.vae = *std::move(list);
        else
            return std::nullopt;
    }
    return parsed;
}

/// The marker tensors a manifest lists; only their presence is looked at, so any sigmas will do.
stet::prediction recorded_prediction(const manifest& given)
{
    stet::prediction predicts{.type = support::model_type_named(given.model_type).value()};
    for (const listed_tensor& tensor : given.saved) {
        if (tensor.name == "ztsnr")
            predicts.zero_terminal_snr = true;
        if (tensor.name == "edm_vpred.sigma_max")
            predicts.sigmas = {.largest = 700, .smallest = 0.002F};
    }
    return predicts;
}

tensor_list sorted(tensor_list list)
{
    std::sort(list.begin(), list.end());
    return list;
}

void print_share(const char* order, const char* what, const stet::alignment_report::share& aligned,
                 const stet::alignment_report::share& all)
{
    std::printf("    %-9s %5s: %5llu of %llu tensors, %8.4f %% of the bytes\n", order, what,
                static_cast<unsigned long long>(aligned.tensors),
                static_cast<unsigned long long>(all.tensors),
                100.0 * static_cast<double>(aligned.bytes) / static_cast<double>(all.bytes));
}

/// How much of the file is aligned in the order of the reference writer and in the aligned one.
template <class Kind, class Layout>
void check_alignments(const Kind& checkpoint, const Layout& layout, const manifest& given)
{
    for (const bool is_aligned : {false, true}) {
        const auto plan =
            stet::make_plan(checkpoint, layout,
                            {.order = is_aligned ? stet::aligned_order<4096> : stet::reference_order,
                             .prediction = recorded_prediction(given)});
        REQUIRE(plan);
        const auto header = stet::make_header(*plan);
        REQUIRE(header);
        const stet::alignment_report report = stet::alignments(*header);
        const char* const            order = is_aligned ? "aligned" : "reference";
        print_share(order, "64", report.to_64, report.all);
        print_share(order, "256", report.to_256, report.all);
        print_share(order, "4096", report.to_4096, report.all);
        CHECK(report.all.tensors == given.saved.size());
        CHECK(report.all.bytes == plan->data_size());
        if (!is_aligned)
            continue;
        std::uint64_t whole_pages = 0;
        for (const stet::record& record : plan->records())
            whole_pages += record.size % 4096 == 0 ? record.size : 0;
        CHECK(report.to_4096.bytes >= whole_pages);
        if (given.name == "sd15")
            CHECK(report.to_4096.bytes >= report.all.bytes / 1000 * 999);
    }
}

template <class Kind, class Layout>
void check_plan(const Kind& checkpoint, const Layout& layout, const manifest& given)
{
    const tensor_list&     expected = given.saved;
    support::counting_heap heap;
    const auto             plan = stet::make_plan(
        checkpoint, layout, {.prediction = recorded_prediction(given), .allocator = heap.allocator()});
    INFO((plan ? std::string() : stet::message(plan.error())));
    REQUIRE(plan);

    tensor_list   placed;
    std::uint64_t size = 0;
    for (const stet::record& record : plan->records()) {
        const auto shape = plan->shape(record);
        placed.push_back(
            {.name = record.name.text(), .type = record.type, .shape = {shape.begin(), shape.end()}});
        size += record.size;
    }
    CHECK(plan->data_size() == size);
    const auto header = stet::make_header(*plan);
    REQUIRE(header);
    // No rule copies tensor data: what planning takes is of the header's size, not of the model's.
    std::printf("  %s: %zu bytes at the peak for a header of %llu and data of %llu\n", given.name.c_str(),
                heap.peak_bytes(), static_cast<unsigned long long>(header->size()),
                static_cast<unsigned long long>(size));
    CHECK(heap.peak_bytes() < 16 * header->size());
    placed = sorted(std::move(placed));
    check_alignments(checkpoint, layout, given);

    tensor_list missing;
    tensor_list unexpected;
    const auto  wanted = sorted(expected);
    std::set_difference(wanted.begin(), wanted.end(), placed.begin(), placed.end(),
                        std::back_inserter(missing));
    std::set_difference(placed.begin(), placed.end(), wanted.begin(), wanted.end(),
                        std::back_inserter(unexpected));
    INFO("first missing: " << (missing.empty() ? std::string() : missing[0].name) << ", first unexpected: "
                           << (unexpected.empty() ? std::string() : unexpected[0].name));
    CHECK(missing.empty());
    CHECK(unexpected.empty());
    CHECK(placed.size() == expected.size());
}

template <class Family>
void check_manifest(const manifest& given)
{
    if (given.node == "CheckpointSave")
        check_plan(stet::full{.model = given.model, .text_encoder = given.text_encoder, .vae = given.vae},
                   Family{}, given);
    else if constexpr (stet::layout_for<Family, stet::image_only>)
        check_plan(
            stet::image_only{.model = given.model, .vision_encoder = given.vision_encoder, .vae = given.vae},
            Family{}, given);
    else
        FAIL_CHECK("no place for the vision encoder of " << given.name);
}

} // namespace

TEST_CASE("well-known models are placed as ComfyUI places them")
{
    if (!support::found_test_data("manifests"))
        return;
    std::size_t count = 0;
    for (const auto& path : support::files_in(support::test_data("manifests"), ".json")) {
        INFO(path.filename().string());
        const auto text = support::file_content(path);
        REQUIRE(text);
        const auto given = parse_manifest(*text);
        REQUIRE(given);
        ++count;
        CHECK(stet::visit_family(
            given->family, [&]<class Family>(Family) { check_manifest<support::unnamed<Family>>(*given); }));
    }
    support::report_cases("manifests", count);
}
