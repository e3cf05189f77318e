// SPDX-License-Identifier: MIT
#include "support/dice.hpp"
#include "support/naive_tensor.hpp"
#include "support/piece_sink.hpp"

#include <stet/families/layouts.hpp>
#include <stet/plan/make_plan.hpp>
#include <stet/read/checkpoint_view.hpp>
#include <stet/save/write.hpp>
#include <stet/sink/sinks.hpp>
#include <stet/tensor/sizes.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

using stet::dtype;
using support::dice;

namespace {

using dict = std::vector<std::pair<std::string, stet::tensor_view>>;

const std::string& storage()
{
    static const std::string* const bytes = new std::string(support::numbered_bytes(1U << 17U));
    return *bytes;
}

stet::tensor_view any_view(dice& numbers)
{
    constexpr std::array types{dtype::f4,  dtype::f6_e2m3, dtype::f6_e3m2, dtype::u8,
                               dtype::f16, dtype::f32,     dtype::i64,     dtype::boolean};
    const dtype          type = types[numbers.below(types.size())];
    // Of any power of two times a small number; of 4- and 6-bit elements as many as fill bytes.
    const std::uint64_t elements = numbers.below(6) == 0 ? 0 : (1 + numbers.below(9)) << numbers.below(11);
    const std::uint64_t whole = elements + (4 - elements % 4) % 4;
    const std::uint64_t count = stet::is_sub_byte(type) ? whole : elements;
    const auto          size = stet::detail::memory_size(count * bit_width(type) / 8);
    return *stet::view_of(type, {count}, support::as_bytes(std::string_view(storage()).substr(0, size)));
}

dict any_dict(dice& numbers)
{
    dict       tensors;
    const auto count = numbers.below(40);
    for (std::uint64_t i = 0; i < count; ++i)
        tensors.emplace_back(std::to_string(i * 7919 % 1000) + std::string(numbers.below(9), 'n'),
                             any_view(numbers));
    return tensors;
}

std::string saved(const dict& tensors, const stet::file_order& order)
{
    const std::map<std::string, std::string> metadata{{"k", "v"}};
    std::string                              file;
    stet::append_sink                        destination(file);
    const auto                               written =
        stet::save(stet::model_only{.model = stet::no_entries, .extra = tensors}, stet::layouts::generic{},
                   destination, {.metadata = metadata, .order = order});
    REQUIRE(written);
    return file;
}

using report_numbers = std::array<std::uint64_t, 8>;

report_numbers numbers_of(const stet::alignment_report& report)
{
    return {report.all.tensors,    report.all.bytes,    report.to_64.tensors,   report.to_64.bytes,
            report.to_256.tensors, report.to_256.bytes, report.to_4096.tensors, report.to_4096.bytes};
}

template <std::uint32_t Alignment>
void check_order()
{
    INFO("to " << Alignment);
    dice numbers(Alignment);
    for (int run = 0; run < 60; ++run) {
        dict              tensors = any_dict(numbers);
        const std::string file = saved(tensors, stet::aligned_order<Alignment>);

        const auto read = stet::read_checkpoint(support::as_bytes(file), {.strict = true});
        REQUIRE(read);
        const stet::checkpoint_header& header = read->header();
        REQUIRE(header.size() == tensors.size());
        REQUIRE(header.data_begin() % Alignment == 0);
        REQUIRE(header.text().substr(header.text().find_last_not_of(' ') + 1).size() < Alignment);

        std::uint64_t end = 0;
        std::vector<std::pair<std::uint64_t, std::string>>
            order; // what of the size is not aligned, then the name
        for (const stet::stored_tensor tensor : header) {
            REQUIRE(tensor.begin == end);
            end = tensor.end;
            const std::uint64_t divides =
                tensor.size() == 0 ? Alignment : std::uint64_t{1} << std::countr_zero(tensor.size());
            const std::uint64_t aligned = (std::min)(divides, std::uint64_t{Alignment});
            REQUIRE(header.offset_in_file(tensor) % aligned == 0);
            order.emplace_back(Alignment / aligned, tensor.name);
        }
        REQUIRE(std::is_sorted(order.begin(), order.end()));
        for (const auto& [name, view] : tensors) {
            const auto found = read->find(name);
            REQUIRE(found);
            REQUIRE(found->type == view.type);
            REQUIRE(std::ranges::equal(found->packed(), view.packed()));
        }

        std::reverse(tensors.begin(), tensors.end());
        REQUIRE((saved(tensors, stet::aligned_order<Alignment>) == file));
    }
}

} // namespace

TEST_CASE("tensors in aligned order lie at multiples of what divides their sizes, without holes")
{
    check_order<8>();
    check_order<64>();
    check_order<256>();
    check_order<4096>();
    check_order<std::uint32_t{1} << 20U>();
}

TEST_CASE("what a header says of alignments before it is written is what a reader finds")
{
    dice numbers(7);
    for (int run = 0; run < 50; ++run) {
        const dict tensors = any_dict(numbers);
        for (const stet::file_order& order : {stet::reference_order, stet::aligned_order<64>,
                                              stet::aligned_order<256>, stet::aligned_order<4096>})
        {
            const auto plan = stet::make_plan(stet::model_only{.model = stet::no_entries, .extra = tensors},
                                              stet::layouts::generic{}, {.order = order});
            REQUIRE(plan);
            const auto head = stet::make_header(*plan);
            REQUIRE(head);
            std::string       file;
            stet::append_sink destination(file);
            REQUIRE(stet::write(*head, destination));
            const auto read = stet::read_checkpoint(support::as_bytes(file));
            REQUIRE(read);
            REQUIRE(numbers_of(stet::alignments(*head)) == numbers_of(stet::alignments(read->header())));
        }
    }
}
