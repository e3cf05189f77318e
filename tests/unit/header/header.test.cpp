// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/dice.hpp"
#include "support/failure.hpp"
#include "support/json.hpp"
#include "support/piece_sink.hpp"

#include <stet/header/header.hpp>
#include <stet/plan/impl/plan_builder.hpp>
#include <stet/sink/sinks.hpp>
#include <stet/tensor/sizes.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using stet::dtype;
using stet::placed_name;
using stet::tensor_view;
using text_map = std::map<std::string, std::string>;
using named_tensors = std::vector<std::pair<placed_name, tensor_view>>;

stet::plan planned(const named_tensors& tensors, std::uint32_t data_alignment = 8,
                   const stet::allocator& memory = stet::heap())
{
    stet::detail::plan_builder builder(memory);
    builder.begin_component("model");
    for (const auto& [name, tensor] : tensors)
        CHECK(builder.add(name, tensor));
    auto made =
        std::move(builder).finish({.group = stet::reference_order.group, .data_alignment = data_alignment});
    REQUIRE(made);
    return *std::move(made);
}

/// All that the header writes through a block of that size.
std::string written(const stet::header& head, std::size_t block_size = 64)
{
    std::string            file;
    stet::append_sink      destination(file);
    std::vector<std::byte> block(block_size);
    stet::staged_sink      staged(destination, block);
    CHECK(head.write(staged));
    CHECK(staged.flush());
    return file;
}

std::uint64_t length_field(std::string_view file)
{
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < 8; ++i)
        length |= std::uint64_t{static_cast<unsigned char>(file[i])} << (8 * i);
    return length;
}

/// The JSON text of a plan's header, without its padding.
std::string text(const stet::plan& tensors, const stet::metadata_view& metadata = {})
{
    const auto head = stet::make_header(tensors, metadata);
    REQUIRE(head);
    const std::string file = written(*head);
    CHECK(head->size() == file.size());
    CHECK(length_field(file) == file.size() - 8);
    return file.substr(8, file.find_last_not_of(' ') - 7);
}

tensor_view bytes(std::uint64_t count)
{
    return {.type = dtype::u8, .shape = {count}, .size = count};
}

} // namespace

TEST_CASE("a header without tensors is an empty object")
{
    const stet::plan nothing = planned({});
    const text_map   empty;
    const text_map   one{{"format", "pt"}};

    CHECK(text(nothing) == "{}");
    CHECK(text(nothing, empty) == R"({"__metadata__":{}})");
    CHECK(text(nothing, one) == R"({"__metadata__":{"format":"pt"}})");
    CHECK(written(*stet::make_header(nothing)) == std::string("\x08\0\0\0\0\0\0\0{}      ", 16));
}

TEST_CASE("a header lists the tensors in file order")
{
    const stet::plan tensors = planned({{{.prefix = "vae.", .stem = "b"}, bytes(3)},
                                        {{.stem = "a"}, {.type = dtype::f16, .shape = {2, 3}, .size = 12}}});
    const text_map   metadata{{"z", "1"}, {"b", "2"}};
    const text_map   empty;

    const std::string members = R"("a":{"dtype":"F16","shape":[2,3],"data_offsets":[0,12]},)"
                                R"("vae.b":{"dtype":"U8","shape":[3],"data_offsets":[12,15]}})";
    CHECK(text(tensors) == "{" + members);
    CHECK(text(tensors, empty) == R"({"__metadata__":{},)" + members);
    CHECK(text(tensors, metadata) == R"({"__metadata__":{"b":"2","z":"1"},)" + members);
}

TEST_CASE("scalars, tensors of no bytes and many axes are written")
{
    const std::array<int, 10> ten_axes{1, 1, 1, 1, 1, 1, 1, 1, 1, 2};
    CHECK(text(planned({{{.stem = "s"}, {.type = dtype::f32, .size = 4}}})) ==
          R"({"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})");
    CHECK(text(planned({{{.stem = "e"}, {.type = dtype::f32, .shape = {0, 7}}}})) ==
          R"({"e":{"dtype":"F32","shape":[0,7],"data_offsets":[0,0]}})");
    CHECK(text(planned({{{.stem = "h"}, {.type = dtype::f32, .shape = {0, UINT64_MAX}}}})) ==
          R"({"h":{"dtype":"F32","shape":[0,18446744073709551615],"data_offsets":[0,0]}})");
    CHECK(text(planned({{{.stem = "m"}, {.type = dtype::i8, .shape = ten_axes, .size = 2}}})) ==
          R"({"m":{"dtype":"I8","shape":[1,1,1,1,1,1,1,1,1,2],"data_offsets":[0,2]}})");
}

TEST_CASE("names and metadata are escaped as the reference does")
{
    const text_map metadata{{"a\"\\", "\b\t\n\f\r\x01\x1F/\x7F"}, {"\xC3\xA9", "\xE2\x80\xA8"}};

    CHECK(text(planned({{{.prefix = "\"", .stem = "\n\xF0\x9F\x98\x80"}, bytes(0)}}), metadata) ==
          R"({"__metadata__":{"a\"\\":"\b\t\n\f\r\u0001\u001f/)"
          "\x7F\",\"\xC3\xA9\":\"\xE2\x80\xA8\"},"
          R"("\"\n)"
          "\xF0\x9F\x98\x80"
          R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})");
}

TEST_CASE("equal metadata gives equal headers whatever its order")
{
    const stet::plan                                 tensors = planned({{{.stem = "a"}, bytes(1)}});
    std::vector<std::pair<std::string, std::string>> metadata;
    for (int i = 0; i < 30; ++i)
        metadata.emplace_back("key" + std::to_string(i * 7 % 30), std::to_string(i * 7 % 30));
    const std::string first = text(tensors, metadata);

    std::swap(metadata[0], metadata[20]);
    std::swap(metadata[3], metadata[29]);
    CHECK(text(tensors, metadata) == first);
}

TEST_CASE("a header tells its metadata in its order, and whether there is any")
{
    const stet::plan                                       tensors = planned({{{.stem = "a"}, bytes(1)}});
    const std::vector<std::pair<std::string, std::string>> metadata{{"b", "2"}, {"a", "1"}};
    const std::vector<std::pair<std::string, std::string>> none;
    const auto                                             head = stet::make_header(tensors, metadata);
    REQUIRE(head);
    REQUIRE(head->metadata().size() == 2);
    CHECK(head->metadata()[0].key == "a");
    CHECK(head->metadata()[1].text == "2");
    CHECK(head->has_metadata());
    CHECK(stet::make_header(tensors, none)->has_metadata());
    CHECK_FALSE(stet::make_header(tensors)->has_metadata());
}

TEST_CASE("a name longer than the staging block is written whole")
{
    const std::string plain(10'000, 'n');
    const std::string escaped(10'000, '"');
    const stet::plan  tensors = planned(
        {{{.prefix = plain, .stem = plain}, bytes(1)}, {{.prefix = plain, .stem = escaped}, bytes(2)}});
    const auto head = stet::make_header(tensors);
    REQUIRE(head);
    const std::string whole = written(*head, 1U << 20U);
    CHECK(whole.size() == head->size());

    for (const std::size_t block_size : {1U, 2U, 7U, 64U, 4096U, 9'999U, 10'000U, 10'001U}) {
        CAPTURE(block_size);
        CHECK((written(*head, block_size) == whole));
    }
}

TEST_CASE("the data of every file starts where its order says")
{
    for (const std::uint32_t alignment : {8U, 16U, 64U, 4096U, 65536U}) {
        for (std::size_t length = 0; length < 140; ++length) {
            CAPTURE(alignment, length);
            const std::string name(length, 'n');
            const stet::plan  tensors = planned({{{.stem = name}, bytes(5)}}, alignment);
            const auto        head = stet::make_header(tensors);
            REQUIRE(head);
            const std::string file = written(*head);

            CHECK(head->size() == file.size());
            CHECK(file.size() % alignment == 0);
            CHECK(length_field(file) == file.size() - 8);
            const auto last = file.find_last_not_of(' ');
            CHECK(file[last] == '}');
            CHECK(file.size() - last - 1 < alignment);
            CHECK(head->file_size() == file.size() + 5);
        }
    }
}

TEST_CASE("any header is as long as predicted and says what the plan says")
{
    support::dice dice(11);
    const auto    random_text = [&](std::size_t longest) {
        constexpr std::array<std::string_view, 10> pieces{
            "a", "layers.", "\"", "\\", "\n", "\x01", "\x7F", "\xC3\xA9", "\xF0\x9F\x98\x80", "."};
        std::string made;
        for (auto left = dice.below(longest + 1); left > 0; --left)
            made += pieces[dice.below(pieces.size())];
        return made;
    };
    for (int round = 0; round < 150; ++round) {
        CAPTURE(round);
        std::vector<std::string> prefixes;
        std::vector<std::string> stems;
        const auto               count = dice.below(25);
        for (std::uint64_t i = 0; i < count; ++i) {
            prefixes.push_back(random_text(6));
            stems.push_back(random_text(10) + std::to_string(i) + "!");
        }
        named_tensors given;
        for (std::size_t i = 0; i < count; ++i) {
            tensor_view tensor{.type = static_cast<dtype>(4 + dice.below(stet::detail::dtype_count - 4))};
            std::vector<std::uint64_t> shape(dice.below(7));
            for (std::uint64_t& axis : shape)
                axis = dice.below(12) == 0 ? 0 : dice.below(300);
            tensor.shape = shape;
            tensor.size = *stet::byte_count(tensor.type, tensor.shape);
            given.emplace_back(placed_name{.prefix = prefixes[i], .stem = stems[i]}, tensor);
        }
        text_map metadata;
        for (auto left = dice.below(5); left > 0; --left)
            metadata[random_text(8)] = random_text(20);
        const bool       has_metadata = dice.below(3) != 0;
        const stet::plan tensors = planned(given, std::uint32_t{8} << dice.below(8));
        const auto       head =
            stet::make_header(tensors, has_metadata ? stet::metadata_view(metadata) : stet::metadata_view());
        REQUIRE(head);

        const std::string file = written(*head, 1 + dice.below(200));
        CHECK(file.size() == head->size());
        CHECK(length_field(file) == file.size() - 8);
        const auto parsed = support::parse_json(std::string_view(file).substr(8));
        REQUIRE(parsed);
        REQUIRE(parsed->members() != nullptr);
        const auto& members = *parsed->members();
        REQUIRE(members.size() == count + (has_metadata ? 1U : 0U));
        if (has_metadata) {
            CHECK(members[0].key == "__metadata__");
            REQUIRE(members[0].value.members() != nullptr);
            CHECK(members[0].value.members()->size() == metadata.size());
            auto expected = metadata.begin();
            for (const auto& [key, value] : *members[0].value.members()) {
                CHECK(key == expected->first);
                REQUIRE(value.string() != nullptr);
                CHECK(*value.string() == expected->second);
                ++expected;
            }
        }
        for (std::size_t i = 0; i < count; ++i) {
            const auto&         member = members[i + (has_metadata ? 1U : 0U)];
            const stet::record& record = tensors.records()[i];
            CHECK(member.key == record.name.text());
            CHECK(*member.value.find("dtype")->string() == name(record.type));
            const auto& shape = *member.value.find("shape")->elements();
            REQUIRE(shape.size() == record.rank);
            for (std::size_t axis = 0; axis < shape.size(); ++axis)
                CHECK(shape[axis].integer() == tensors.shape(record)[axis]);
            const auto& offsets = *member.value.find("data_offsets")->elements();
            REQUIRE(offsets.size() == 2);
            CHECK(offsets[0].integer() == record.begin);
            CHECK(offsets[1].integer() == record.end());
        }
    }
}

TEST_CASE("a header may take 100,000,000 bytes, padding included, and not one more")
{
    // Each control character takes six bytes; the rest of the length is made up of plain ones.
    const std::string control(16'700'000, '\x01');
    const std::string plain(4200, 'a');
    const auto        size_with = [&](std::uint64_t text_size,
                               std::uint32_t alignment) -> stet::result<std::uint64_t> {
        const auto             around = std::string_view(R"({"__metadata__":{"":""}})").size();
        const std::string_view value = std::string_view(control).substr(0, (text_size - around - 4000) / 6);
        const std::string_view key = std::string_view(plain).substr(0, text_size - around - value.size() * 6);
        const std::array<std::pair<std::string_view, std::string_view>, 1> metadata{{{key, value}}};
        const stet::plan                                                   nothing = planned({}, alignment);
        const auto head = stet::make_header(nothing, metadata);
        if (!head)
            return head.error();
        return head->size();
    };

    CHECK(*size_with(stet::max_header_size, 8) == 8 + stet::max_header_size);
    CHECK(*size_with(stet::max_header_size - 7, 8) == 8 + stet::max_header_size);
    const auto too_large = size_with(stet::max_header_size + 1, 8);
    REQUIRE_FALSE(too_large);
    CHECK(too_large.error().code == stet::errc::header_too_large);
    CHECK(too_large.error().expected == stet::max_header_size);
    CHECK(too_large.error().actual == stet::max_header_size + 8);

    // 100,000,008 is no multiple of 4,096: the padding alone passes the limit.
    CHECK(support::failure(size_with(stet::max_header_size, 4096)) == "header_too_large");
    CHECK(*size_with(stet::max_header_size / 4096 * 4096 - 8, 4096) == stet::max_header_size / 4096 * 4096);
}

TEST_CASE("a header has as many spaces after its text as were asked for, and at most what alignment adds")
{
    const text_map metadata{{"title", "t"}};
    for (const std::uint32_t alignment : {8U, 64U, 4096U}) {
        for (const std::uint64_t room : {0U, 1U, 7U, 8U, 100U, 65'536U}) {
            CAPTURE(alignment, room);
            const stet::plan tensors = planned({{{.stem = "a"}, bytes(5)}}, alignment);
            const auto       head = stet::make_header(tensors, metadata, room);
            REQUIRE(head);
            const std::string file = written(*head);

            CHECK(file.size() == head->size());
            CHECK(file.size() % alignment == 0);
            CHECK(file[8] == '{');
            const std::size_t text_end = file.find_last_not_of(' ') + 1;
            CHECK(file.substr(8, text_end - 8) == text(tensors, metadata));
            CHECK(head->text_size() == text_end - 8);
            CHECK(head->room() == file.size() - text_end);
            CHECK(head->room() >= room);
            CHECK(head->room() < room + alignment);
        }
    }
}

TEST_CASE("a header is given another size, and only the spaces differ")
{
    const stet::plan tensors = planned({{{.stem = "a"}, bytes(5)}});
    auto             head = stet::make_header(tensors);
    REQUIRE(head);
    const std::uint64_t least = 8 + head->text_size();
    for (const std::uint64_t size : {least, least + 1, least + 100}) {
        head->resize(size);
        const std::string file = written(*head);
        CHECK(file.size() == size);
        CHECK(length_field(file) == size - 8);
        CHECK(file.substr(8) == text(tensors) + std::string(size - least, ' '));
        CHECK(head->file_size() == size + 5);
    }
}

TEST_CASE("room counts towards what a header may take")
{
    const stet::plan    tensors = planned({});
    const std::uint64_t most = stet::max_header_size;
    CHECK(stet::make_header(tensors, {}, most - 2));
    CHECK(support::failure(stet::make_header(tensors, {}, most - 1)) == "header_too_large");
    CHECK(support::failure(stet::make_header(tensors, {}, most + 1)) == "header_too_large");
    CHECK(support::failure(stet::make_header(tensors, {}, UINT64_MAX)) == "header_too_large");
}

TEST_CASE("wrong metadata is refused before a byte is written")
{
    const stet::plan                                       tensors = planned({{{.stem = "a"}, bytes(1)}});
    const text_map                                         wrong{{"a", "\xFF"}};
    const std::vector<std::pair<std::string, std::string>> twice{{"a", "1"}, {"a", "1"}};

    CHECK(support::failure(stet::make_header(tensors, wrong)) == "invalid_metadata_utf8");
    CHECK(support::failure(stet::make_header(tensors, twice)) == "duplicate_metadata_key");
}

TEST_CASE("a failure of the sink ends the header and is passed on")
{
    const stet::plan tensors = planned({{{.stem = "first"}, bytes(1)}, {{.stem = "second"}, bytes(2)}});
    const text_map   metadata{{"key", "text"}};
    const auto       head = stet::make_header(tensors, metadata);
    REQUIRE(head);

    for (std::size_t fails_at = 0;; ++fails_at) {
        support::piece_sink      failing{.fails_at = fails_at, .recovers = true};
        std::array<std::byte, 4> block{};
        stet::staged_sink        staged(failing, block);
        auto                     outcome = head->write(staged);
        if (outcome)
            outcome = staged.flush();
        if (outcome) {
            CHECK(fails_at > 20);
            CHECK(failing.calls == fails_at);
            break;
        }
        CHECK(support::failure(outcome) == "sink_refused");
        CHECK(failing.calls == fails_at + 1);
    }
}

TEST_CASE("a header's memory comes from its plan's allocator and goes back to it")
{
    support::counting_heap heap;
    text_map               metadata;
    for (int i = 0; i < 40; ++i)
        metadata["key " + std::to_string(i)] = "text";
    {
        const stet::plan  tensors = planned({{{.stem = "a"}, bytes(1)}}, 8, heap.allocator());
        const std::size_t of_plan = heap.live_blocks();
        {
            const auto head = stet::make_header(tensors, metadata);
            REQUIRE(head);
            CHECK(heap.live_blocks() == of_plan + 1);
            CHECK(&head->tensors() == &tensors);
        }
        CHECK(heap.live_blocks() == of_plan);

        heap.fail_from(heap.allocations());
        CHECK(support::failure(stet::make_header(tensors, metadata)) == "out_of_memory");
        CHECK(stet::make_header(tensors)); // nothing to sort
        CHECK(heap.live_blocks() == of_plan);
    }
    CHECK(heap.live_blocks() == 0);
    CHECK(heap.wrong_deallocations() == 0);
}
