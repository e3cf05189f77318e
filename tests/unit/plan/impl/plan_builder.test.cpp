// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/failure.hpp"
#include "support/rearranged.hpp"
#include "support/short_memory.hpp"

#include <stet/plan/impl/plan_builder.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using stet::dtype;
using stet::errc;
using stet::placed_name;
using stet::tensor_view;
using namespace std::string_view_literals;

/// A tensor of that many bytes that are not there.
tensor_view tensor_of(std::uint64_t size, dtype type = dtype::u8)
{
    return {.type = type, .shape = {size / (bit_width(type) / 8)}, .size = size};
}

constexpr placed_name cut(std::string_view text, std::size_t at)
{
    return {.prefix = text.substr(0, at), .stem = text.substr(at)};
}

stet::detail::plan_builder fresh_builder(const stet::allocator& memory = stet::heap())
{
    stet::detail::plan_builder builder(memory);
    builder.begin_component("model");
    return builder;
}

/// How adding one tensor to an empty plan fails.
stet::error refusal(const placed_name& name, const stet::result<tensor_view>& tensor)
{
    auto       builder = fresh_builder();
    const auto added = builder.add(name, tensor);
    REQUIRE_FALSE(added);
    return added.error();
}

/// The names in file order, or the name of the error.
std::string finished(stet::detail::plan_builder& builder,
                     const stet::file_order&     order = stet::reference_order)
{
    const auto plan = std::move(builder).finish(order);
    if (!plan)
        return std::string(support::failure(plan));
    std::string names;
    for (const stet::record& record : plan->records())
        names += record.name.text() + ";";
    return names;
}

/// `"name":{...}` as a header spells it, without regard to escapes.
std::string member(const stet::plan& plan, const stet::record& record)
{
    std::string shape;
    for (const std::uint64_t axis : plan.shape(record))
        shape += (shape.empty() ? "" : ",") + std::to_string(axis);
    return "\"" + record.name.text() + R"(":{"dtype":")" + std::string(name(record.type)) + R"(","shape":[)" +
           shape + R"(],"data_offsets":[)" + std::to_string(record.begin) + "," +
           std::to_string(record.end()) + "]}";
}

} // namespace

TEST_CASE("alike prefixes take in the header what each of them takes")
{
    const std::string quoted = "ab\"\n";
    auto              builder = fresh_builder();
    // Of one address and another size; of one size at another address.
    for (const std::string_view prefix :
         {std::string_view(quoted).substr(0, 2), std::string_view(quoted).substr(0, 3),
          std::string_view(quoted), "abcd"sv})
        CHECK(builder.add({.prefix = prefix, .stem = "x"}, tensor_of(1)));
    const auto plan = std::move(builder).finish(stet::reference_order);
    REQUIRE(plan);
    std::vector<std::pair<std::string, std::uint32_t>> sizes;
    for (const stet::record& record : plan->records())
        sizes.emplace_back(record.name.text(), record.escaped_size);
    CHECK(sizes == std::vector<std::pair<std::string, std::uint32_t>>{
                       {"ab\"\nx", 7}, {"ab\"x", 5}, {"abcdx", 5}, {"abx", 3}});
}

TEST_CASE("tensors are ordered by dtype, highest rank first, then by name")
{
    auto builder = fresh_builder();
    CHECK(builder.add({.stem = "z"}, tensor_of(8, dtype::f64)));
    CHECK(builder.add({.stem = "b"}, tensor_of(2, dtype::f16)));
    CHECK(builder.add({.stem = "c"}, tensor_of(8, dtype::u64)));
    CHECK(builder.add({.stem = "a"}, tensor_of(2, dtype::f16)));
    CHECK(builder.add({.stem = "A"}, tensor_of(1, dtype::boolean)));
    CHECK(builder.add({.stem = "a\xC3\xA9"}, tensor_of(2, dtype::f16)));
    CHECK(builder.add({.stem = "ab"}, tensor_of(2, dtype::bf16)));

    CHECK(finished(builder) == "c;z;ab;a;a\xC3\xA9;b;A;");
}

TEST_CASE("an order of one's own groups by what it likes")
{
    constexpr stet::file_order largest_first{
        .group = [](dtype, std::uint64_t size) { return static_cast<std::uint8_t>(size > 10 ? 255 : 0); },
        .data_alignment = 64,
    };
    auto builder = fresh_builder();
    CHECK(builder.add({.stem = "a"}, tensor_of(8, dtype::u64)));
    CHECK(builder.add({.stem = "d"}, tensor_of(11)));
    CHECK(builder.add({.stem = "b"}, tensor_of(1)));
    CHECK(builder.add({.stem = "c"}, tensor_of(16, dtype::u64)));
    auto plan = std::move(builder).finish(largest_first);

    REQUIRE(plan);
    CHECK(plan->data_alignment() == 64);
    REQUIRE(plan->records().size() == 4);
    CHECK(plan->records()[0].name.text() == "c");
    CHECK(plan->records()[1].name.text() == "d");
    CHECK(plan->records()[2].name.text() == "a");
    CHECK(plan->records()[3].name.text() == "b");
}

TEST_CASE("tensors follow each other without a gap, those of no bytes too")
{
    auto builder = fresh_builder();
    CHECK(builder.add({.stem = "a"}, tensor_of(5)));
    CHECK(builder.add({.stem = "b"}, tensor_of(0)));
    CHECK(builder.add({.stem = "c"}, tensor_of(7)));
    const auto plan = std::move(builder).finish(stet::reference_order);

    REQUIRE(plan);
    REQUIRE(plan->records().size() == 3);
    CHECK(plan->records()[0].begin == 0);
    CHECK(plan->records()[1].begin == 5);
    CHECK(plan->records()[1].end() == 5);
    CHECK(plan->records()[2].begin == 5);
    CHECK(plan->data_size() == 12);
}

TEST_CASE("the size of the header's members is known before they are written")
{
    const std::array<int, 9> nine_axes{10, 1, 1, 1, 1, 1, 1, 1, 100};
    auto                     builder = fresh_builder();
    CHECK(builder.add({.prefix = "model.", .stem = "weight"}, tensor_of(999, dtype::u8)));
    CHECK(builder.add({.stem = "scalar"}, tensor_view{.type = dtype::f32, .size = 4}));
    CHECK(builder.add({.stem = ""}, tensor_of(0, dtype::f8_e5m2fnuz)));
    CHECK(builder.add({.stem = "deep"}, tensor_view{.type = dtype::bf16, .shape = nine_axes, .size = 2000}));
    CHECK(builder.add({.stem = "large"}, tensor_of(std::uint64_t{1} << 60U, dtype::i64)));
    const auto plan = std::move(builder).finish(stet::reference_order);

    REQUIRE(plan);
    std::string members;
    for (const stet::record& record : plan->records())
        members += (members.empty() ? "" : ",") + member(*plan, record);
    CHECK(plan->members_size() == members.size());
}

TEST_CASE("a component's tensors, bytes and keys left out are counted")
{
    auto builder = fresh_builder();
    CHECK(builder.add({.stem = "a"}, tensor_of(5)));
    CHECK(builder.add({.stem = "b"}, tensor_of(0)));
    builder.begin_component("vae");
    CHECK(builder.leave_out("loss"));
    CHECK(builder.leave_out("optimizer.step"));
    builder.begin_component("extra tensors");
    CHECK(builder.add({.stem = "c"}, tensor_of(7)));
    const auto plan = std::move(builder).finish(stet::reference_order);

    REQUIRE(plan);
    const stet::component_reports& reports = plan->components();
    REQUIRE(reports.size() == 3);
    CHECK(reports[0].role == "model");
    CHECK(reports[0].tensors == 2);
    CHECK(reports[0].bytes == 5);
    CHECK(reports[0].left_out == 0);
    CHECK(reports[1].role == "vae");
    CHECK(reports[1].tensors == 0);
    CHECK(reports[1].left_out == 2);
    CHECK(reports[2].bytes == 7);
    CHECK(plan->records()[2].component == 2);
    CHECK(support::text_of(plan->changes()) == "left out loss;left out optimizer.step;");
    CHECK(plan->changes()[0].component == 1);
}

TEST_CASE("what is renamed, added and replaced is counted for its component")
{
    auto builder = fresh_builder();
    CHECK(builder.tensors_so_far() == 0);
    CHECK(builder.add({.stem = "a"}, tensor_of(5)));
    builder.count_renamed();
    CHECK(builder.tensors_so_far() == 1);
    builder.begin_component("text encoder");
    CHECK(builder.tensors_so_far() == 0);
    CHECK(builder.log(stet::change::kind::added, {.stem = "position_ids"}));
    CHECK(builder.owned().changes.push(
        {.what = stet::change::kind::replaced, .component = builder.present(), .name = {.stem = "x"}}));
    const auto plan = std::move(builder).finish(stet::reference_order);

    REQUIRE(plan);
    const stet::component_reports& reports = plan->components();
    REQUIRE(reports.size() == 2);
    CHECK(reports[0].renamed == 1);
    CHECK(reports[0].added + reports[0].replaced + reports[0].left_out == 0);
    CHECK(reports[1].renamed == 0);
    CHECK(reports[1].added == 1);
    CHECK(reports[1].replaced == 1);
    CHECK(support::text_of(plan->changes()) == "added position_ids;replaced x;");
}

TEST_CASE("a tensor that cannot be seen is refused by its name in the file")
{
    const stet::error refused =
        refusal({.prefix = "vae.", .stem = "gone"}, stet::error{.code = errc::missing_tensor});

    CHECK(refused.code == errc::missing_tensor);
    CHECK(refused.subject() == "vae.gone");
}

TEST_CASE("a name that is not UTF-8 is refused, whichever piece it is in")
{
    for (const std::string_view wrong :
         {"\x80"sv, "a\xFF"sv, "\xC3"sv, "\xC0\xAF"sv, "\xED\xA0\x80"sv, "\xF4\x90\x80\x80"sv})
    {
        CAPTURE(wrong);
        const stet::error in_prefix = refusal({.prefix = wrong, .stem = "weight"}, tensor_of(1));
        CHECK(in_prefix.code == errc::invalid_utf8);
        CHECK(in_prefix.subject() == std::string(wrong) + "weight");
        CHECK(refusal({.prefix = "vae.", .stem = wrong}, tensor_of(1)).code == errc::invalid_utf8);
        CHECK(refusal({.prefix = wrong, .stem = wrong}, tensor_of(1)).code == errc::invalid_utf8);
    }
    // A layout cuts names between characters.
    CHECK(refusal({.prefix = "\xC3", .stem = "\xA9"}, tensor_of(1)).code == errc::invalid_utf8);
}

TEST_CASE("the name of the metadata is refused, however it is cut")
{
    constexpr std::string_view reserved = "__metadata__";
    for (std::size_t at = 0; at <= reserved.size(); ++at) {
        const stet::error refused = refusal(cut(reserved, at), tensor_of(1));
        CHECK(refused.code == errc::reserved_name);
        CHECK(refused.subject() == reserved);
    }

    auto builder = fresh_builder();
    CHECK(builder.add({.prefix = "model.", .stem = reserved}, tensor_of(1)));
    CHECK(builder.add({.stem = "__metadata_"}, tensor_of(1)));
    CHECK(builder.add({.stem = "__metadata__."}, tensor_of(1)));
    CHECK(builder.add({.stem = ""}, tensor_of(1)));
}

TEST_CASE("a view whose size is not that of its dtype and shape is refused")
{
    const stet::error refused = refusal({.prefix = "vae.", .stem = "w"},
                                        tensor_view{.type = dtype::f32, .shape = {2, 3}, .size = 23});

    CHECK(refused.code == errc::tensor_size_mismatch);
    CHECK(refused.expected == 24);
    CHECK(refused.actual == 23);
    CHECK(refused.subject() == "vae.w");
    CHECK(refusal({.stem = "w"}, tensor_view{.type = dtype::u8, .shape = {0}, .size = 1}).code ==
          errc::tensor_size_mismatch);
}

TEST_CASE("a view whose dtype and shape are impossible is refused")
{
    const auto code = [](const tensor_view& tensor) {
        const stet::error refused = refusal({.stem = "w"}, tensor);
        CHECK(refused.subject() == "w");
        return refused.code;
    };
    CHECK(code({.type = dtype::u8, .shape = {UINT64_MAX, 2}, .size = 1}) == errc::tensor_size_overflow);
    CHECK(code({.type = dtype::u8, .shape = {std::uint64_t{1} << 61U}, .size = std::uint64_t{1} << 61U}) ==
          errc::tensor_size_overflow);
    CHECK(code({.type = dtype::u8, .shape = {-1}, .size = 1}) == errc::negative_dimension);
    CHECK(code({.type = dtype::f4, .shape = {3}, .size = 2}) == errc::partial_byte);
    CHECK(code({.type = dtype::u8, .shape = {2, 3}, .strides = {3}, .size = 6}) ==
          errc::strides_rank_mismatch);
    CHECK(code({.type = dtype::u8, .shape = {2}, .strides = {3, 1}, .size = 2}) ==
          errc::strides_rank_mismatch);
    CHECK(code({.type = dtype::u8, .shape = std::array<int, 9>{1, 1, 1, 1, 1, 1, 1, 1, 1}, .size = 1}) ==
          errc::borrowed_axes_expired);
}

TEST_CASE("one name twice is refused, naming both components")
{
    auto builder = fresh_builder();
    CHECK(builder.add({.prefix = "model.", .stem = "a"}, tensor_of(1)));
    builder.begin_component("vae");
    CHECK(builder.add({.stem = "first"}, tensor_of(1)));
    builder.begin_component("extra tensors");
    CHECK(builder.add({.stem = "model.a"}, tensor_of(4, dtype::f32)));
    const auto plan = std::move(builder).finish(stet::reference_order);

    REQUIRE_FALSE(plan);
    CHECK(plan.error().code == errc::duplicate_name);
    CHECK(plan.error().subject() == "model.a");
    CHECK(plan.error().first_party() == "model");
    CHECK(plan.error().second_party() == "extra tensors");
    CHECK(stet::message(plan.error()).find("by the model and by the extra tensors") != std::string::npos);
}

TEST_CASE("one name twice is found however it is cut and whatever the dtypes are")
{
    constexpr std::string_view name = "model.diffusion_model.out.0.weight";
    for (std::size_t first = 0; first <= name.size(); ++first) {
        for (const dtype type : {dtype::u8, dtype::f64}) {
            CAPTURE(first, type);
            auto builder = fresh_builder();
            CHECK(builder.add(cut(name, first), tensor_of(8)));
            CHECK(builder.add({.prefix = "model.diffusion_model.", .stem = "out.0.bias"}, tensor_of(8)));
            CHECK(builder.add(cut(name, name.size() / 2), tensor_of(8, type)));
            CHECK(finished(builder) == "duplicate_name");
        }
    }
}

TEST_CASE("of tensors of one name the last is saved where that is asked for, and the others reported")
{
    auto builder = fresh_builder();
    CHECK(builder.add({.prefix = "m.", .stem = "a"}, tensor_of(1)));
    CHECK(builder.add({.stem = "b"}, tensor_of(2)));
    builder.begin_component("vae");
    CHECK(builder.add({.stem = "m.a"}, tensor_of(16, dtype::f64)));
    CHECK(builder.add({.stem = "c"}, tensor_of(4)));
    builder.begin_component("extra tensors");
    CHECK(builder.add({.prefix = "m", .stem = ".a"}, tensor_of(32, dtype::f32)));
    CHECK(builder.add({.stem = "c"}, tensor_of(64)));
    const auto plan = std::move(builder).finish(stet::reference_order, stet::duplicate_names::later_wins);

    REQUIRE(plan);
    REQUIRE(plan->records().size() == 3);
    CHECK(plan->records()[0].name.text() == "m.a");
    CHECK(plan->records()[0].type == dtype::f32);
    CHECK(plan->records()[0].component == 2);
    CHECK(plan->records()[1].name.text() == "b");
    CHECK(plan->records()[2].name.text() == "c");
    CHECK(plan->records()[2].size == 64);
    CHECK(plan->data_size() == 32 + 2 + 64);

    const stet::component_reports& reports = plan->components();
    REQUIRE(reports.size() == 3);
    CHECK((reports[0].tensors == 1 && reports[0].bytes == 2 && reports[0].replaced == 1));
    CHECK((reports[1].tensors == 0 && reports[1].bytes == 0 && reports[1].replaced == 2));
    CHECK((reports[2].tensors == 2 && reports[2].bytes == 96 && reports[2].replaced == 0));
    REQUIRE(plan->changes().size() == 3);
    std::size_t of_vae = 0;
    for (const stet::change& change : plan->changes()) {
        CHECK(change.what == stet::change::kind::replaced);
        CHECK((change.name == placed_name{.stem = "m.a"} || change.name == placed_name{.stem = "c"}));
        of_vae += change.component == 1 ? 1U : 0U;
    }
    CHECK(of_vae == 2);

    std::string members;
    for (const stet::record& record : plan->records())
        members += (members.empty() ? "" : ",") + member(*plan, record);
    CHECK(plan->members_size() == members.size());
}

TEST_CASE("one name thousands of times leaves the last of them")
{
    auto builder = fresh_builder();
    for (std::uint64_t i = 0; i < 5'000; ++i) {
        const placed_name name = cut("model.diffusion_model.weight", i % 28);
        CHECK(builder.add(name, tensor_of(i)));
    }
    const auto plan = std::move(builder).finish(stet::reference_order, stet::duplicate_names::later_wins);

    REQUIRE(plan);
    REQUIRE(plan->records().size() == 1);
    CHECK(plan->records()[0].size == 4'999);
    CHECK(plan->components()[0].tensors == 1);
    CHECK(plan->components()[0].bytes == 4'999);
    CHECK(plan->components()[0].replaced == 4'999);
}

TEST_CASE("names that differ are all saved where the last of one name would be")
{
    auto builder = fresh_builder();
    CHECK(builder.add({.stem = "a"}, tensor_of(1)));
    CHECK(builder.add({.stem = "b"}, tensor_of(1)));
    const auto plan = std::move(builder).finish(stet::reference_order, stet::duplicate_names::later_wins);
    REQUIRE(plan);
    CHECK(plan->records().size() == 2);
    CHECK(plan->changes().empty());
}

TEST_CASE("the empty name twice is refused")
{
    auto builder = fresh_builder();
    CHECK(builder.add({}, tensor_of(1)));
    CHECK(builder.add({.prefix = "", .stem = ""}, tensor_of(1)));

    CHECK(finished(builder) == "duplicate_name");
}

TEST_CASE("tensors may reach 2^63 - 1 bytes together and not one more")
{
    constexpr std::uint64_t largest = (std::uint64_t{1} << 61U) - 1; // four of them are 2^63 - 4
    const auto              filled = [&] {
        auto builder = fresh_builder();
        for (const std::string_view name : {"a", "b", "c", "d"})
            CHECK(builder.add({.stem = name}, tensor_of(largest)));
        return builder;
    };

    auto fits = filled();
    CHECK(fits.add({.stem = "e"}, tensor_of(3)));
    const auto plan = std::move(fits).finish(stet::reference_order);
    REQUIRE(plan);
    CHECK(plan->data_size() == INT64_MAX);

    auto too_much = filled();
    CHECK(too_much.add({.prefix = "x.", .stem = "e"}, tensor_of(4)));
    const auto refused = std::move(too_much).finish(stet::reference_order);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::file_size_overflow);
    CHECK(refused.error().subject() == "x.e");
}

TEST_CASE("a header beyond the format's limit is refused while tensors are added")
{
    // Each control character takes six bytes in the header.
    const std::string  long_text(1'000'000, '\x01');
    const std::string  names = "abcdefghijklmnopqrst";
    auto               builder = fresh_builder();
    std::size_t        added = 0;
    stet::result<void> outcome;
    while (added < names.size() && outcome) {
        outcome = builder.add({.prefix = long_text, .stem = std::string_view(names).substr(added, 1)},
                              tensor_of(1));
        added += outcome ? 1U : 0U;
    }

    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == errc::header_too_large);
    CHECK(outcome.error().expected == stet::max_header_size);
    CHECK(outcome.error().actual > stet::max_header_size);
    CHECK(added == 16);
}

TEST_CASE("members may take all of the header's limit and not one byte more")
{
    const std::string long_text(16'700'000, '\x01');
    // `{"<name>":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`
    constexpr std::uint64_t around_name =
        std::string_view(R"({"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})").size();
    constexpr std::uint64_t longest_name = stet::max_header_size - around_name;
    const std::string       plain(longest_name % 6 + 1, 'a');
    const placed_name       fits{.prefix = std::string_view(long_text).substr(0, longest_name / 6),
                                 .stem = std::string_view(plain).substr(0, longest_name % 6)};
    const placed_name       too_long{.prefix = fits.prefix, .stem = plain};

    auto largest = fresh_builder();
    CHECK(largest.add(fits, tensor_of(1)));
    const auto plan = std::move(largest).finish(stet::reference_order);
    REQUIRE(plan);
    CHECK(plan->members_size() + 2 == stet::max_header_size);

    auto       too_large = fresh_builder();
    const bool added = static_cast<bool>(too_large.add(too_long, tensor_of(1)));
    CHECK((!added || finished(too_large) == "header_too_large"));

    // Only the offset's second digit passes the limit, which shows when offsets are known.
    auto at_the_end = fresh_builder();
    CHECK(at_the_end.add(fits, tensor_view{.type = dtype::u8, .shape = {10}, .size = 10}));
    const auto refused = std::move(at_the_end).finish(stet::reference_order);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::header_too_large);
    CHECK(refused.error().expected == stet::max_header_size);
    CHECK(refused.error().actual == stet::max_header_size + 2);
}

TEST_CASE("planning with any one allocation refused reports it and gives all memory back")
{
    std::vector<std::string> names;
    for (int i = 0; i < 100; ++i)
        names.push_back("layers." + std::to_string(i) + ".attention.weight");
    for (std::size_t refused = 0;; ++refused) {
        REQUIRE(refused < 100);
        support::counting_heap heap;
        support::one_refusal   memory{.from = heap.allocator(), .refused = refused};
        bool                   succeeded = false;
        {
            auto               builder = fresh_builder(memory.allocator());
            stet::result<void> outcome;
            for (const std::string& name : names) {
                if (outcome)
                    outcome = builder.add(
                        {.prefix = "model.", .stem = name},
                        tensor_view{.type = dtype::u8, .shape = {2, 2}, .strides = {1, 2}, .size = 4});
            }
            if (outcome)
                outcome = builder.add(
                    {.stem = "model.layers.7.attention.weight"},
                    tensor_view{.type = dtype::u8, .shape = {2, 2}, .strides = {1, 2}, .size = 4});
            if (outcome)
                outcome = builder.leave_out("loss");
            if (!outcome)
                CHECK(support::failure(outcome) == "out_of_memory");
            if (outcome) {
                const auto plan =
                    std::move(builder).finish(stet::reference_order, stet::duplicate_names::later_wins);
                succeeded = static_cast<bool>(plan);
                if (succeeded) {
                    CHECK(plan->records().size() == names.size());
                    CHECK(plan->changes().size() == 2);
                    for (const stet::record& record : plan->records()) {
                        const tensor_view tensor = plan->tensor(record);
                        CHECK((tensor.shape[0] == 2 && tensor.shape[1] == 2 && tensor.strides[0] == 1 &&
                               tensor.strides[1] == 2));
                    }
                } else {
                    CHECK(support::failure(plan) == "out_of_memory");
                    CHECK(plan.error().expected > 0);
                }
            }
        }
        CHECK(heap.live_blocks() == 0);
        CHECK(heap.wrong_deallocations() == 0);
        CHECK(succeeded == (memory.calls <= refused));
        if (succeeded) {
            CHECK(refused > 5);
            break;
        }
    }
}

TEST_CASE("strides that are gone are refused by the tensor's name")
{
    const auto refused =
        refusal({.prefix = "m.", .stem = "w"},
                tensor_view{.type = dtype::u8, .shape = {1}, .strides = std::array<int, 9>{}, .size = 1});
    CHECK(refused.code == errc::borrowed_axes_expired);
    CHECK(refused.subject() == "m.w");
}

TEST_CASE("room is made for no more tensors than a header can hold")
{
    support::counting_heap heap;
    auto                   builder = fresh_builder(heap.allocator());
    builder.expect(SIZE_MAX);
    CHECK(heap.peak_bytes() >= 1'000'000 * sizeof(stet::record));
    CHECK(heap.peak_bytes() <= 1'000'000 * (sizeof(stet::record) + 4 * 2 * sizeof(std::uint64_t)));
}

TEST_CASE("dropping the earlier of many names with any one allocation refused reports it")
{
    std::vector<std::string> names;
    for (int i = 0; i < 40; ++i)
        names.push_back(std::to_string(i));
    for (std::size_t refused = 0;; ++refused) {
        REQUIRE(refused < 100);
        support::counting_heap heap;
        support::one_refusal   memory{.from = heap.allocator(), .refused = refused};
        std::string_view       outcome = "none";
        {
            auto builder = fresh_builder(memory.allocator());
            for (std::size_t i = 0; i < 2 * names.size() && outcome == "none"; ++i)
                outcome = support::failure(builder.add({.stem = names[i / 2]}, tensor_of(1)));
            if (outcome == "none") {
                const auto plan =
                    std::move(builder).finish(stet::reference_order, stet::duplicate_names::later_wins);
                outcome = support::failure(plan);
                if (plan)
                    CHECK(plan->changes().size() == names.size());
            }
        }
        CHECK(heap.live_blocks() == 0);
        CHECK(outcome == (memory.calls <= refused ? "none" : "out_of_memory"));
        if (outcome == "none") {
            CHECK(refused > 6);
            break;
        }
    }
}
