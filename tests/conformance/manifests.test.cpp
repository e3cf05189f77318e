// SPDX-License-Identifier: MIT
// Tensor lists of well-known models before and after ComfyUI saved them: the plan must agree.
#include "support/manifests.hpp"

#include "support/comfy_case.hpp"
#include "support/counting_heap.hpp"
#include "support/json.hpp"
#include "support/recorded_cases.hpp"
#include "support/unnamed_family.hpp"

#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

template <>
struct stet::entry_traits<support::listed_tensor> {
    static constexpr std::string_view name(const support::listed_tensor& entry) noexcept
    {
        return entry.name;
    }
    static constexpr const support::listed_tensor& tensor(const support::listed_tensor& entry) noexcept
    {
        return entry;
    }
};

template <>
struct stet::tensor_traits<support::listed_tensor> {
    static result<tensor_view> view(const support::listed_tensor& tensor) noexcept
    {
        const auto size = byte_count(tensor.type, tensor.shape);
        if (!size)
            return size.error();
        return tensor_view{.type = tensor.type, .shape = tensor.shape, .size = *size};
    }
};

namespace {

using support::listed_tensor;
using support::tensor_list;

struct manifest {
    std::string      name;
    std::string      node;
    stet::model_type type;
    tensor_list      model;
    tensor_list      text_encoder;
    tensor_list      vision_encoder;
    tensor_list      vae;
    tensor_list      saved;
};

manifest parse_manifest(const support::json_value& root)
{
    const support::json_value& parts = root.at("components");
    return {.name = std::string(root.at("name").text()),
            .node = std::string(root.at("node").text()),
            .type = support::model_type_named(root.at("model_type").text()).value(),
            .model = support::parse_list(parts.at("model")),
            .text_encoder = support::parse_list(parts.at("clip")),
            .vision_encoder = support::parse_list(parts.at("clip_vision")),
            .vae = support::parse_list(parts.at("vae")),
            .saved = support::parse_list(root.at("saved"))};
}

/// The marker tensors a manifest lists; only their presence is looked at, so any sigmas will do.
stet::prediction recorded_prediction(const manifest& given)
{
    stet::prediction predicts{.type = given.type};
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
    std::printf(
        "    %-9s %5s: %5llu of %llu tensors, %8.4f %% of the bytes\n", order, what,
        static_cast<unsigned long long>(aligned.tensors), static_cast<unsigned long long>(all.tensors),
        all.bytes == 0 ? 100.0 : 100.0 * static_cast<double>(aligned.bytes) / static_cast<double>(all.bytes));
}

/// How much of the file is aligned in the order of the reference writer and in the aligned one.
template <class Kind, class Layout>
void check_alignments(const Kind& checkpoint, const Layout& layout, const manifest& given)
{
    for (const bool is_aligned : {false, true}) {
        const auto plan =
            stet::make_plan(checkpoint, layout,
                            {.order = is_aligned ? stet::aligned_order<4096> : stet::reference_order,
                             .prediction = recorded_prediction(given),
                             .empty = stet::empty_components::allow});
        CHECK(plan);
        if (!plan)
            return;
        const auto header = stet::make_header(*plan);
        CHECK(header);
        if (!header)
            return;
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
    }
}

template <class Kind, class Layout>
void check_plan(const Kind& checkpoint, const Layout& layout, const manifest& given)
{
    const tensor_list&     expected = given.saved;
    support::counting_heap heap;
    const auto             plan = stet::make_plan(checkpoint, layout,
                                                  {.prediction = recorded_prediction(given),
                                                   .empty = stet::empty_components::allow,
                                                   .allocator = heap.allocator()});
    INFO((plan ? std::string() : stet::message(plan.error())));
    CHECK(plan);
    if (!plan)
        return;

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
    CHECK(header);
    if (!header)
        return;
    // No rule copies tensor data: what planning takes is of the header's size, and some, not of the model's.
    std::printf("  %s: %zu bytes at the peak for a header of %llu and data of %llu\n", given.name.c_str(),
                heap.peak_bytes(), static_cast<unsigned long long>(header->size()),
                static_cast<unsigned long long>(size));
    CHECK(heap.peak_bytes() < 16 * header->size() + (1U << 16U));
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
    const std::size_t count = support::each_manifest([](const support::json_value& root) {
        const manifest given = parse_manifest(root);
        support::with_family(root.at("family").text(),
                             [&]<class Family>(Family) { check_manifest<support::unnamed<Family>>(given); });
    });
    if (count != 0)
        support::report_cases("manifests", count);
}
