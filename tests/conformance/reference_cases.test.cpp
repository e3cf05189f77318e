// SPDX-License-Identifier: MIT
// What the reference implementation's own tests state, stated of this library.
// source: safetensors 0.8, tensor.rs, slice.rs, bindings/python/tests, attacks/
#include "support/dice.hpp"
#include "support/failure.hpp"
#include "support/little_endian.hpp"
#include "support/piece_sink.hpp"
#include "support/scratch_directory.hpp"
#include "support/stored_file.hpp"
#include "support/text_bytes.hpp"

#include <stet/read.hpp>
#include <stet/read/mapped_file.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using stet::dtype;
using support::as_bytes;
using support::failure;
using support::stored_file;

using state_dict = std::vector<std::pair<std::string, stet::tensor_view>>;
using metadata = std::vector<std::pair<std::string, std::string>>;

struct same_names {
    static stet::placed_name place(stet::role::model, std::string_view key) noexcept { return {.stem = key}; }
};

template <class Number>
std::string raw(const std::vector<Number>& numbers)
{
    return support::little_endian(numbers);
}

stet::tensor_view view(dtype type, const stet::extents& shape, const std::string& data)
{
    const auto made = stet::view_of(type, shape, as_bytes(data));
    INFO(failure(made));
    REQUIRE(made);
    return *made;
}

stet::tensor_view view(dtype type, const stet::extents& shape, const std::string&& temporary) = delete;

std::string saved(const state_dict& tensors, const std::optional<metadata>& about = std::nullopt)
{
    std::string        file;
    stet::append_sink  out(file);
    stet::sink_options options{.empty = stet::empty_components::allow};
    if (about)
        options.metadata = *about;
    const auto written = stet::save(stet::model_only{.model = tensors}, same_names{}, out, options);
    INFO(failure(written));
    REQUIRE(written);
    CHECK(written->bytes == file.size());
    return file;
}

std::string_view verdict(const std::string& file)
{
    return failure(stet::read_checkpoint(as_bytes(file)));
}

/// The header, padded as it is written to `length` bytes.
std::string padded(std::string_view header, std::size_t length)
{
    REQUIRE(header.size() <= length);
    return std::string(header) + std::string(length - header.size(), ' ');
}

const std::string& six_floats()
{
    static const std::string* const data = new std::string(raw<float>({0, 1, 2, 3, 4, 5}));
    return *data;
}

struct gpt2_tensor {
    std::string                name;
    std::vector<std::uint64_t> shape;
};

std::vector<gpt2_tensor> gpt2(int layers, std::uint64_t words)
{
    std::vector<gpt2_tensor> model{{"wte", {words, 768}}, {"wpe", {1024, 768}}};
    const auto add_pair = [&](const std::string& name, const std::vector<std::uint64_t>& shape) {
        model.push_back({name + ".weight", shape});
        model.push_back({name + ".bias", {shape.back()}});
    };
    for (int layer = 0; layer < layers; ++layer) {
        const std::string prefix = "h." + std::to_string(layer) + ".";
        add_pair(prefix + "ln_1", {768});
        add_pair(prefix + "ln_2", {768});
        model.push_back({prefix + "attn.bias", {1, 1, 1024, 1024}});
        add_pair(prefix + "attn.c_attn", {768, 2304});
        add_pair(prefix + "attn.c_proj", {768, 768});
        add_pair(prefix + "mlp.c_fc", {768, 3072});
        add_pair(prefix + "mlp.c_proj", {3072, 768});
    }
    add_pair("ln_f", {768});
    return model;
}

/// Number of the first and the byte behind the last of each run of bytes that a tensor is poured in.
std::string runs(const stet::result<stet::tensor_view>& part, const std::string& storage)
{
    if (!part)
        return std::string(failure(part));
    support::piece_sink sink;
    CHECK(failure(stet::pour(*part, sink)) == "none");
    std::string found;
    std::size_t at = 0;
    for (const std::string& piece : sink.pieces) {
        // Runs may be gathered on the way; the storage's elements are all different.
        for (std::size_t i = 0; i < piece.size(); i += 4) {
            const std::size_t from = storage.find(piece.substr(i, 4));
            if (found.empty() || from != at) {
                if (!found.empty())
                    found += std::to_string(at) + " ";
                found += std::to_string(from) + "-";
            }
            at = from + 4;
        }
    }
    return found.empty() ? "nothing" : found + std::to_string(at);
}

struct range {
    std::uint64_t begin, end;
};

/// One axis after the other narrowed.
stet::result<stet::tensor_view> cut(stet::result<stet::tensor_view> part, const std::vector<range>& ranges)
{
    for (std::size_t axis = 0; part && axis < ranges.size(); ++axis)
        part = stet::sliced(*part, axis, ranges[axis].begin, ranges[axis].end);
    return part;
}

void check_gpt2(const std::vector<gpt2_tensor>& model)
{
    std::uint64_t largest = 0;
    for (const gpt2_tensor& one : model)
        largest = std::max(largest, *stet::byte_count(dtype::f32, one.shape));
    const std::string zeros(stet::detail::memory_size(largest), '\0'); // of them all
    state_dict        tensors;
    for (const gpt2_tensor& one : model) {
        const auto size = stet::byte_count(dtype::f32, one.shape);
        REQUIRE(size);
        tensors.emplace_back(
            one.name,
            *stet::view_of(dtype::f32, one.shape, as_bytes(zeros).first(stet::detail::memory_size(*size))));
    }
    const support::scratch_directory scratch;
    const std::string                path = scratch / "gpt2.safetensors";

    const std::string in_memory = saved(tensors);
    const auto on_disk = stet::save(stet::model_only{.model = tensors}, same_names{}, stet::exact_path{path},
                                    {.durability = stet::durability::none});

    REQUIRE(on_disk);
    for (const bool is_on_disk : {false, true}) {
        const auto mapped = stet::mapped_file::open(path.c_str());
        REQUIRE(mapped);
        const auto read =
            stet::read_checkpoint(is_on_disk ? mapped->bytes() : as_bytes(in_memory), {.strict = true});
        REQUIRE(read);
        CHECK(read->size() == tensors.size());
        for (const gpt2_tensor& one : model) {
            const auto found = read->header().find(one.name);
            REQUIRE(found);
            CHECK(std::equal(found->shape.begin(), found->shape.end(), one.shape.begin(), one.shape.end()));
            const auto data = read->data(*found);
            CHECK(std::memcmp(data.data(), zeros.data(), data.size()) == 0);
        }
    }
}

} // namespace

// ---- tensor.rs: bytes that are written -------------------------------------------------------------------

TEST_CASE("generated tensors are written, read, found by name and aligned to their elements")
{
    support::dice chance(20);
    for (int round = 0; round < 40; ++round) {
        std::vector<std::string>                                  data;
        std::vector<std::pair<dtype, std::vector<std::uint64_t>>> kinds;
        for (std::uint64_t i = 0, count = 1 + chance.below(7); i < count; ++i) {
            std::vector<std::uint64_t> shape;
            std::uint64_t              elements = 1;
            for (std::uint64_t axis = 0, rank = 1 + chance.below(5); axis < rank; ++axis) {
                shape.push_back(1 + chance.below(7));
                elements *= shape.back();
            }
            const auto type = static_cast<dtype>(chance.below(stet::detail::dtype_count));
            if (elements * stet::bit_width(type) % 8 != 0)
                continue;
            std::string bytes(stet::detail::memory_size(elements * stet::bit_width(type) / 8), '\0');
            std::iota(bytes.begin(), bytes.end(), '\0');
            data.push_back(std::move(bytes));
            kinds.emplace_back(type, std::move(shape));
        }
        state_dict tensors;
        for (std::size_t i = 0; i < data.size(); ++i)
            tensors.emplace_back("t." + std::to_string(i), view(kinds[i].first, kinds[i].second, data[i]));

        const std::string file = saved(tensors);
        const auto        read = stet::read_checkpoint(as_bytes(file), {.strict = true});

        REQUIRE(read);
        CHECK(read->size() == tensors.size());
        for (std::size_t i = 0; i < data.size(); ++i) {
            const auto found = read->header().find("t." + std::to_string(i));
            REQUIRE(found);
            CHECK(found->type == kinds[i].first);
            CHECK(std::equal(found->shape.begin(), found->shape.end(), kinds[i].second.begin(),
                             kinds[i].second.end()));
            CHECK(support::as_text(read->data(*found)) == data[i]);
            const std::size_t width = std::max<std::size_t>(stet::bit_width(found->type) / 8, 1);
            CHECK(read->header().offset_in_file(*found) % width == 0);
        }
    }
}

TEST_CASE("three axes of F32 are 96 bytes of file")
{
    const std::string file = saved({{"attn.0", view(dtype::f32, {1, 2, 3}, six_floats())}});
    CHECK(file ==
          stored_file(R"({"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}})", six_floats()));
    CHECK(file.size() == 96);
}

TEST_CASE("two F4 elements are one byte behind four spaces of padding")
{
    const std::string zero(1, '\0');
    const std::string file = saved({{"attn.0", view(dtype::f4, {1, 2}, zero)}});
    CHECK(file ==
          stored_file(padded(R"({"attn.0":{"dtype":"F4","shape":[1,2],"data_offsets":[0,1]}})", 64), zero));
    CHECK(file.size() == 73);
    const auto read = stet::read_checkpoint(as_bytes(file));
    REQUIRE(read);
    CHECK((*read)[0].type == dtype::f4);
    CHECK(support::as_text((*read)[0].packed()) == zero);
}

TEST_CASE("three F4 elements fill no whole bytes, as a view and in a file")
{
    const std::string two("ab");
    CHECK(failure(stet::view_of(dtype::f4, {1, 3}, as_bytes(two))) == "partial_byte");
    CHECK(verdict(stored_file(R"({"attn.0":{"dtype":"F4","shape":[1,3],"data_offsets":[0,2]}})", two)) ==
          "partial_byte");
}

TEST_CASE("two F4 elements are not two bytes, as a view and in a file")
{
    const std::string two("ab");
    CHECK(failure(stet::view_of(dtype::f4, {1, 2}, as_bytes(two))) == "tensor_size_mismatch");
    CHECK(verdict(stored_file(R"({"attn.0":{"dtype":"F4","shape":[1,2],"data_offsets":[0,2]}})", two)) ==
          "tensor_info_mismatch");
}

TEST_CASE("no tensors are 16 bytes of file, with an entry of metadata 48")
{
    CHECK(saved({}) == stored_file("{}      "));
    CHECK(saved({}, metadata{{"framework", "pt"}}) ==
          stored_file(padded(R"({"__metadata__":{"framework":"pt"}})", 40)));
}

TEST_CASE("the header is padded so that the data is aligned")
{
    const std::string file = saved({{"attn0", view(dtype::f32, {1, 1, 2, 3}, six_floats())}});
    CHECK(file ==
          stored_file(padded(R"({"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}})", 72),
                      six_floats()));
    CHECK(file.size() == 104);
}

TEST_CASE("metadata that passes the header's limit is refused before a byte is written")
{
    const std::string letters(100'000'000, 'a');
    std::string       file;
    stet::append_sink out(file);
    const metadata    about{{"key", letters}};
    const state_dict  nothing;
    const auto        written = stet::save(stet::model_only{.model = nothing}, same_names{}, out,
                                           {.metadata = about, .empty = stet::empty_components::allow});
    CHECK(failure(written) == "header_too_large");
    CHECK(file.empty());
}

TEST_CASE("GPT-2 of six layers and few words is written and read, in memory and from disk")
{
    check_gpt2(gpt2(6, 1'024));
}

TEST_CASE("GPT-2 of its full size is written and read, in memory and from disk", "[.long]")
{
    check_gpt2(gpt2(12, 50'257));
}

// ---- tensor.rs: files that are read ----------------------------------------------------------------------

TEST_CASE("a tensor without axes is one element")
{
    const std::string file =
        stored_file(R"({"test":{"dtype":"I32","shape":[],"data_offsets":[0,4]}})", std::string(4, '\0'));
    const auto read = stet::read_checkpoint(as_bytes(file));
    REQUIRE(read);
    CHECK((*read)[0].shape.size() == 0);
    CHECK((*read)[0].size == 4);
}

TEST_CASE("data that is not aligned is read")
{
    const std::string header = padded(R"({"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}})", 60);
    const std::string file = stored_file(header, std::string(16, '\0'));
    const auto        read = stet::read_checkpoint(as_bytes(file));
    REQUIRE(read);
    CHECK(read->header().alignment(read->header()[0]) == 4);
    CHECK(read->header()[0].type == dtype::i32);
}

TEST_CASE("a view lives as long as the bytes, not as long as what gave it")
{
    const std::string file =
        stored_file(R"({"test":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})", "abc");
    const auto tensor = [&] {
        const auto read = stet::read_checkpoint(as_bytes(file));
        REQUIRE(read);
        const stet::tensor_view given = (*read)[0];
        return given;
    }();
    CHECK(support::as_text(tensor.packed()) == "abc");
}

TEST_CASE("tensors that share a range are refused, however many")
{
    for (const std::size_t count : {std::size_t{2}, std::size_t{10}, std::size_t{100'000}}) {
        std::string header = "{";
        for (std::size_t i = 0; i < count; ++i)
            header += (i == 0 ? "\"weight_" : ",\"weight_") + std::to_string(i) +
                      R"(":{"dtype":"F32","shape":[200,200],"data_offsets":[0,160000]})";
        CHECK(verdict(stored_file(header + "}", std::string(160'000, '\0'))) == "invalid_offset");
    }
}

TEST_CASE("bytes left over and bytes missing are refused")
{
    const std::string header = R"({"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}})";
    CHECK(verdict(stored_file(header, std::string(16, '\0'))) == "none");
    CHECK(verdict(stored_file(header, std::string(16 + 34, '\0'))) == "incomplete_data");
    CHECK(verdict(stored_file(header, std::string(14, '\0'))) == "incomplete_data");
    CHECK(verdict(stored_file(R"({"a":{"dtype":"F32","shape":[1024,1024],"data_offsets":[0,4194304]}})",
                              "x")) == "incomplete_data");
}

TEST_CASE("the length of the header is checked before anything is made of it")
{
    CHECK(verdict("") == "header_too_small");
    CHECK(verdict(std::string("<\0\0\0\0\xFF\xFF\xFF", 8)) == "header_length_too_large");
    CHECK(verdict(std::string("<\0\0\0\0\0\0\0", 8)) == "invalid_header_length");
    std::string file = stored_file(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", "x");
    file[0] = static_cast<char>(0xE8);
    file[1] = 3; // 1000
    CHECK(verdict(file) == "invalid_header_length");
    const std::uint64_t above = 100'000'001;
    for (unsigned i = 0; i < 8; ++i)
        file[i] = static_cast<char>(above >> (8 * i) & 0xFFU);
    CHECK(verdict(file) == "header_length_too_large");
}

TEST_CASE("a header that is no UTF-8 or no JSON is refused")
{
    CHECK(verdict(stored_file("\xFF")) == "invalid_header_utf8");
    CHECK(verdict(stored_file("{")) == "invalid_header_json");
}

TEST_CASE("a header cut in its middle is refused")
{
    const std::string file =
        stored_file(R"({"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}})", std::string(16, '\0'));
    CHECK(verdict(file.substr(0, 30)) == "invalid_header_length");
    CHECK(verdict(stored_file(file.substr(8, 20))) == "invalid_header_json");
}

TEST_CASE("white space around the header's object is read")
{
    CHECK(verdict(stored_file("{}\r \t\n")) == "none");
    CHECK(verdict(stored_file("\t\n{}\r ")) == "none");
}

TEST_CASE("a tensor of no bytes is read, whatever spaces its offsets have")
{
    CHECK(verdict(stored_file(R"({"test":{"dtype":"I32","shape":[2,0],"data_offsets":[0, 0]}})")) == "none");
    const std::string nothing;
    const auto        empty = view(dtype::f32, {2, 0}, nothing);
    CHECK(saved({{"test", empty}}) ==
          stored_file(padded(R"({"test":{"dtype":"F32","shape":[2,0],"data_offsets":[0,0]}})", 64)));
    CHECK(saved({{"test2", empty}, {"test", empty}}) ==
          stored_file(padded(R"({"test":{"dtype":"F32","shape":[2,0],"data_offsets":[0,0]},)"
                             R"("test2":{"dtype":"F32","shape":[2,0],"data_offsets":[0,0]}})",
                             120)));
}

TEST_CASE("offsets that hold less than the shape needs are refused")
{
    CHECK(verdict(stored_file(R"({"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,4]}})",
                              std::string(4, '\0'))) == "tensor_info_mismatch");
}

TEST_CASE("a shape whose elements or bytes pass 64 bits is refused")
{
    const auto with_axis = [](std::string_view axis) {
        return verdict(stored_file(R"({"test":{"dtype":"I32","shape":[2,)" + std::string(axis) +
                                       R"(],"data_offsets":[0,16]}})",
                                   std::string(16, '\0')));
    };
    CHECK(with_axis("18446744073709551614") == "shape_overflow");
    CHECK(with_axis("9223372036854775807") == "shape_overflow");
    CHECK(with_axis("2") == "none");
}

TEST_CASE("an unknown dtype is refused by its tensor's name")
{
    const std::string file = stored_file(R"({"odd":{"dtype":"C128","shape":[0],"data_offsets":[0,0]}})");
    const auto        read = stet::read_checkpoint(as_bytes(file));
    REQUIRE_FALSE(read);
    CHECK(stet::name(read.error().code) == "invalid_header_json");
    CHECK(read.error().subject() == "odd");
}

// ---- slice.rs --------------------------------------------------------------------------------------------

TEST_CASE("narrowing the second axis cuts the reference's sizes and shapes")
{
    const auto whole = view(dtype::f32, {1, 2, 3}, six_floats());
    const auto half = cut(whole, {{0, 1}, {0, 1}});
    REQUIRE(half);
    CHECK(half->size == 12);
    CHECK(half->shape.size() == 3);
    CHECK(half->shape[1] == 1);
    CHECK(half->shape[2] == 3);
}

TEST_CASE("F4 is cut where a byte ends and refused where none does")
{
    const std::string two("ab");
    const std::string one("a");
    const auto        whole = view(dtype::f4, {1, 2, 2}, two);
    const auto        half = cut(whole, {{0, 1}, {0, 1}});
    REQUIRE(half);
    CHECK(half->size == 1);
    CHECK(half->shape[1] == 1);
    CHECK(half->shape[2] == 2);
    CHECK(support::as_text(half->packed()) == "a");
    CHECK(failure(cut(view(dtype::f4, {1, 2}, one), {{0, 1}, {0, 1}})) == "partial_byte");
}

TEST_CASE("slices of every axis are the runs of bytes the reference copies")
{
    const auto deep = view(dtype::f32, {1, 2, 3}, six_floats());
    CHECK(runs(deep, six_floats()) == "0-24");
    CHECK(runs(cut(deep, {{0, 1}, {0, 2}}), six_floats()) == "0-24");
    CHECK(runs(cut(deep, {{0, 1}, {0, 2}, {0, 3}}), six_floats()) == "0-24");
    CHECK(failure(cut(deep, {{0, 1}, {0, 2}, {0, 3}, {0, 1}})) == "no_such_axis");
    CHECK(runs(cut(deep, {{0, 1}}), six_floats()) == "0-24");
    CHECK(runs(cut(deep, {{0, 1}, {0, 1}}), six_floats()) == "0-12");
    CHECK(runs(cut(deep, {{0, 1}, {0, 2}, {0, 1}}), six_floats()) == "0-4 12-16");
    CHECK(runs(cut(deep, {{0, 1}, {1, 2}, {0, 1}}), six_floats()) == "12-16");

    const auto flat = view(dtype::f32, {2, 3}, six_floats());
    CHECK(runs(cut(flat, {{0, 2}, {1, 3}}), six_floats()) == "4-12 16-24");
    CHECK(runs(cut(flat, {{1, 2}, {1, 3}}), six_floats()) == "16-24");
    CHECK(runs(cut(flat, {{0, 1}, {1, 3}}), six_floats()) == "4-12");
    CHECK(runs(cut(flat, {{1, 2}, {0, 1}}), six_floats()) == "12-16");
}

TEST_CASE("a range that an axis does not have tells what was asked and what there is")
{
    const auto flat = view(dtype::f32, {2, 3}, six_floats());
    const auto beyond = cut(flat, {{1, 2}, {1, 4}});
    REQUIRE_FALSE(beyond);
    CHECK(stet::name(beyond.error().code) == "no_such_axis");
    CHECK(beyond.error().actual == 4);
    CHECK(beyond.error().expected == 3);
    CHECK(failure(cut(flat, {{1, 2}, {3, 2}})) == "no_such_axis");
    CHECK(failure(cut(flat, {{1, 2}, {0, 1}, {0, 1}})) == "no_such_axis");
}

TEST_CASE("slices of ten rows and five columns have the reference's shapes and values")
{
    std::vector<float> values(50);
    std::iota(values.begin(), values.end(), 0.0F);
    const std::string data = raw(values);
    const auto        whole = view(dtype::f32, {10, 5}, data);
    CHECK(runs(cut(whole, {{0, 2}}), data) == "0-40");
    CHECK(runs(cut(whole, {{0, 1}, {0, 2}}), data) == "0-8");
    CHECK(runs(cut(whole, {{2, 10}, {0, 1}}), data).starts_with("40-44 60-64 80-84"));
    CHECK(runs(cut(whole, {{2, 10}, {4, 5}}), data).ends_with("176-180 196-200"));
    const auto columns = cut(whole, {{0, 10}, {0, 2}});
    REQUIRE(columns);
    CHECK(columns->shape[0] == 10);
    CHECK(columns->shape[1] == 2);
    const auto none = cut(whole, {{0, 0}});
    REQUIRE(none);
    CHECK(none->shape[0] == 0);
    CHECK(none->shape[1] == 5);
    CHECK(failure(cut(whole, {{0, 20}})) == "no_such_axis");
    CHECK(failure(cut(whole, {{0, 10}, {0, 20}})) == "no_such_axis");
    CHECK(failure(cut(whole, {{2, 10}, {20, 21}})) == "no_such_axis");
}

TEST_CASE("a column of a tensor that was read keeps its dtype")
{
    const std::string file = stored_file(
        padded(R"({"test":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}})", 64), six_floats());
    const auto read = stet::read_checkpoint(as_bytes(file));
    REQUIRE(read);
    const auto column = cut(*read->find("test"), {{0, 1}, {0, 2}, {1, 2}});
    REQUIRE(column);
    CHECK(stet::name(column->type) == "F32");
    CHECK(runs(column, six_floats()) == "4-8 16-20");
}

// ---- Python: bytes that are written ----------------------------------------------------------------------

TEST_CASE("small tensors of each kind are the reference's bytes, in memory and on disk")
{
    struct row {
        dtype       type;
        std::string data;
        std::size_t header;
        std::size_t file;
    };
    const std::string header = R"({"test":{"dtype":"%","shape":[2,2],"data_offsets":[0,@]}})";
    for (const row& given : {row{dtype::i32, raw<std::int32_t>({0, 0, 0, 0}), 64, 88},
                             row{dtype::i32, raw<std::int32_t>({0, 0, 0, 1}), 64, 88},
                             row{dtype::f32, raw<float>({0, 0, 0, 0}), 64, 88},
                             row{dtype::bf16, raw<std::uint16_t>({0x4010, 0x3F80, 0x3F80, 0x3F80}), 64, 80},
                             row{dtype::c64, raw<float>({0, 0, 0, 0, 0, 0, -1, 1}), 64, 104}})
    {
        std::string text = header;
        text.replace(text.find('@'), 1, std::to_string(given.data.size()));
        text.replace(text.find('%'), 1, stet::name(given.type));
        const state_dict  tensors{{"test", view(given.type, {2, 2}, given.data)}};
        const std::string expected = stored_file(padded(text, given.header), given.data);

        CHECK(saved(tensors) == expected);
        CHECK(expected.size() == given.file);
        const support::scratch_directory scratch;
        const std::string                path = scratch / "test.safetensors";
        REQUIRE(stet::save(stet::model_only{.model = tensors}, same_names{}, stet::exact_path{path}));
        CHECK(scratch.content("test.safetensors") == expected);
    }
}

TEST_CASE("the order in which tensors are given changes nothing, the wider type comes first")
{
    const std::string words(16, '\0');
    const std::string halves(8, '\0');
    const auto        wide = view(dtype::i32, {2, 2}, words);
    const auto        narrow = view(dtype::f16, {2, 2}, halves);
    const std::string file = saved({{"test2", narrow}, {"test1", wide}});
    CHECK(saved({{"test1", wide}, {"test2", narrow}}) == file);
    CHECK(file == stored_file(padded(R"({"test1":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]},)"
                                     R"("test2":{"dtype":"F16","shape":[2,2],"data_offsets":[16,24]}})",
                                     128),
                              words + halves));
    CHECK(file.size() == 160);
}

TEST_CASE("an entry of metadata is written before the tensors and read from there")
{
    const std::string words(16, '\0');
    const auto        tensor = view(dtype::i32, {2, 2}, words);
    const std::string header =
        R"({"__metadata__":{"framework":"pt"},"test1":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}})";
    const std::string file = saved({{"test1", tensor}}, metadata{{"framework", "pt"}});
    CHECK(file == stored_file(padded(header, 96), words));
    CHECK(file.size() == 120);
    const auto read = stet::read_header(as_bytes(file), file.size());
    REQUIRE(read);
    CHECK(read->metadata("framework") == "pt");
    CHECK(read->metadata_size() == 1);
    const std::string without = saved({{"test1", tensor}});
    const auto        bare = stet::read_header(as_bytes(without), without.size());
    REQUIRE(bare);
    CHECK_FALSE(bare->has_metadata());
    const std::string padded_by_seven = stored_file(padded(header, header.size() + 7), words);
    CHECK(verdict(padded_by_seven) == "none");
}

TEST_CASE("a scalar of truth, doubles and bytes come back, saved twice to one path")
{
    const support::scratch_directory scratch;
    const std::string                path = scratch / "a.safetensors";
    const std::string                truth(1, '\1');
    const std::string                doubles = raw<double>({1, 2, 3, 4});
    const std::string                small(6, '\7');
    const state_dict                 tensors{{"t", view(dtype::boolean, {}, truth)},
                                             {"a", view(dtype::f64, {2, 2}, doubles)},
                                             {"b", view(dtype::u8, {2, 3}, small)}};
    for (int time = 0; time < 2; ++time) {
        REQUIRE(stet::save(stet::model_only{.model = tensors}, same_names{},
                           stet::exact_path{path, stet::existing_file::replace}));
        const std::string file = scratch.content("a.safetensors");
        const auto        read = stet::read_checkpoint(as_bytes(file));
        REQUIRE(read);
        CHECK(support::as_text(read->find("t")->packed()) == truth);
        CHECK(support::as_text(read->find("a")->packed()) == doubles);
        CHECK(support::as_text(read->find("b")->packed()) == small);
    }
}

TEST_CASE("every dtype comes back as itself")
{
    const std::string data("abcdefghijklmnopqrstuvwx");
    state_dict        tensors;
    for (std::size_t i = 0; i < stet::detail::dtype_count; ++i) {
        const auto type = static_cast<dtype>(i);
        tensors.emplace_back(stet::name(type), view(type, {data.size() * 8 / stet::bit_width(type)}, data));
    }
    const std::string file = saved(tensors);
    const auto        read = stet::read_checkpoint(as_bytes(file));
    REQUIRE(read);
    for (const stet::stored_tensor tensor : read->header()) {
        CHECK(tensor.name == stet::name(tensor.type));
        CHECK(support::as_text(read->data(tensor)) == data);
    }
    CHECK(read->size() == stet::detail::dtype_count);
}

TEST_CASE("views of one buffer are saved, disjoint, overlapping, strided or the same")
{
    const std::string rows = raw<float>({0, 1, 2, 3, 4, 5});
    const auto        whole = view(dtype::f32, {3, 2}, rows);
    const auto        column = stet::sliced(whole, 1, 1, 2);
    REQUIRE(column);
    const state_dict tensors{
        {"first", *cut(whole, {{0, 1}})},
        {"others", *cut(whole, {{1, 3}})},
        {"all", whole},
        {"again", whole},
        {"column", *column},
    };
    const std::string file = saved(tensors);
    const auto        read = stet::read_checkpoint(as_bytes(file));
    REQUIRE(read);
    CHECK(support::as_text(read->find("first")->packed()) == rows.substr(0, 8));
    CHECK(support::as_text(read->find("others")->packed()) == rows.substr(8));
    CHECK(support::as_text(read->find("all")->packed()) == rows);
    CHECK(support::as_text(read->find("again")->packed()) == rows);
    CHECK(support::as_text(read->find("column")->packed()) == raw<float>({1, 3, 5}));
}

TEST_CASE("a model saved with its shared names in the metadata is read with them")
{
    const std::string header = R"({"__metadata__":{"b.bias":"a.bias","b.weight":"a.weight"},)"
                               R"("a.bias":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},)"
                               R"("a.weight":{"dtype":"F32","shape":[4,4],"data_offsets":[16,80]}})";
    const std::string ones = raw(std::vector<float>(20, 1.0F));
    const std::string file = stored_file(padded(header, 184), ones);
    const auto        read = stet::read_checkpoint(as_bytes(file));
    REQUIRE(read);
    CHECK(read->header().data_begin() == 192);
    const auto shared = read->header().metadata("b.weight");
    REQUIRE(shared);
    CHECK(read->find(*shared)->size == 64);
    const std::string weight = ones.substr(16);
    const std::string bias = ones.substr(0, 16);
    CHECK(saved({{"a.weight", view(dtype::f32, {4, 4}, weight)}, {"a.bias", view(dtype::f32, {4}, bias)}},
                metadata{{"b.weight", "a.weight"}, {"b.bias", "a.bias"}}) == file);
}

// ---- Python: files on disk -------------------------------------------------------------------------------

TEST_CASE("a file that is missing is told with its path")
{
    const support::scratch_directory scratch;
    const std::string                path = scratch / "missing.safetensors";
    const auto                       source = stet::file_source::open(path.c_str());
    REQUIRE_FALSE(source);
    CHECK(stet::message(source.error()) == "'" + path + "': no such file");
    CHECK(failure(stet::mapped_file::open(path.c_str())) == "file_missing");
}

TEST_CASE("every way to read one file gives the same bytes")
{
    const support::scratch_directory scratch;
    const std::string                path = scratch / "a.safetensors";
    const std::string                data = raw<float>({0, 1, 2, 3, 4, 5});
    scratch.put("a.safetensors",
                saved({{"a", view(dtype::f32, {2, 3}, data)}, {"b", view(dtype::u8, {24}, data)}},
                      metadata{{"k", "v"}}));

    auto mapped = stet::mapped_file::open(path.c_str());
    auto on_disk = stet::file_source::open(path.c_str());
    REQUIRE(mapped);
    REQUIRE(on_disk);
    std::FILE* const stream = std::fopen(path.c_str(), "rb");
    REQUIRE(stream != nullptr);
    stet::callback_source through_stream(
        [](void* context, std::uint64_t offset, void* buffer, std::size_t size) {
            auto* const file = static_cast<std::FILE*>(context);
            const bool  found = std::fseek(file, static_cast<long>(offset), SEEK_SET) == 0;
            return found && std::fread(buffer, 1, size, file) == size ? 0 : 1;
        },
        stream, on_disk->size());
    stet::span_source in_memory(mapped->bytes());
    const auto        check = [&](stet::source_ref source) {
        const auto file = stet::open_checkpoint(source);
        REQUIRE(file);
        CHECK(file->header().metadata("k") == "v");
        for (const stet::stored_tensor tensor : file->header()) {
            std::string whole(stet::detail::memory_size(tensor.size()), '\0');
            CHECK(failure(file->read(tensor, std::as_writable_bytes(std::span(whole)))) == "none");
            CHECK(whole == data);
            const auto last = stet::detail::rows(tensor, tensor.shape[0] - 1, tensor.shape[0]);
            REQUIRE(last);
            std::string row(stet::detail::memory_size(last->size), '\0');
            CHECK(failure(file->read(tensor, *last, std::as_writable_bytes(std::span(row)))) == "none");
            CHECK(row == data.substr(data.size() - row.size()));
        }
    };
    check(*on_disk);
    check(through_stream);
    check(in_memory);
    std::fclose(stream);
}

#if !defined(_WIN32)
TEST_CASE("tensors of a mapped file are saved over that very file")
{
    const support::scratch_directory scratch;
    const std::string                path = scratch / "a.safetensors";
    const std::string                data(200'000, 'x');
    const std::string                file = saved({{"a", view(dtype::u8, {data.size()}, data)}});
    scratch.put("a.safetensors", file);
    const auto mapped = stet::mapped_file::open(path.c_str());
    REQUIRE(mapped);
    const auto checkpoint = stet::read_checkpoint(mapped->bytes());
    REQUIRE(checkpoint);

    const auto again = stet::save(stet::model_only{.model = *checkpoint}, same_names{},
                                  stet::exact_path{path, stet::existing_file::replace});

    CHECK(failure(again) == "none");
    CHECK(scratch.content("a.safetensors") == file);
    CHECK(support::as_text((*checkpoint)[0].packed()) == data);
}
#endif

TEST_CASE("four threads save and read at once, each its own file")
{
    const support::scratch_directory scratch;
    std::array<int, 4>               right{};
    std::vector<std::thread>         threads;
    for (std::size_t which = 0; which < right.size(); ++which) {
        threads.emplace_back([&, which] {
            const std::string data(100'000, static_cast<char>('a' + which));
            const std::string path = scratch / ("file" + std::to_string(which));
            for (int round = 0; round < 10; ++round) {
                const auto       tensor = stet::view_of(dtype::u8, {data.size()}, as_bytes(data));
                const state_dict tensors{{"t", *tensor}};
                const auto       done = stet::save(stet::model_only{.model = tensors}, same_names{},
                                                   stet::exact_path{path, stet::existing_file::replace},
                                                   {.durability = stet::durability::none});
                const auto       source = stet::file_source::open(path.c_str());
                if (!done || !source)
                    return;
                const auto  file = stet::open_checkpoint(*source);
                std::string read(data.size(), '\0');
                if (file && file->read(file->header()[0], std::as_writable_bytes(std::span(read))) &&
                    read == data)
                    ++right[which];
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(right == std::array{10, 10, 10, 10});
}
