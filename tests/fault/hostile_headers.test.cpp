// SPDX-License-Identifier: MIT
// Headers and JSON made to cost as much time and memory as a reader lets them. Memory is checked, time is told.
#include "support/counting_heap.hpp"
#include "support/failure.hpp"
#include "support/optimised.hpp"
#include "support/stored_file.hpp"
#include "support/text_bytes.hpp"

#include <stet/comfyui/comfyui_target.hpp>
#include <stet/read/byte_source.hpp>
#include <stet/read/checkpoint_reader.hpp>
#include <stet/read/read_header.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

using support::as_bytes;
using support::counting_heap;
using support::failure;
using support::stored_file;

namespace {

/// begin, as many pieces as fit, end.
template <class Piece>
std::string filled(std::size_t size, std::string_view begin, std::string_view end, Piece piece)
{
    std::string text(begin);
    text.reserve(size);
    for (std::size_t i = 0;; ++i) {
        const std::string next = piece(i);
        if (text.size() + next.size() + end.size() > size)
            return text.append(end);
        text += next;
    }
}

std::string repeated(std::size_t size, std::string_view begin, std::string_view end, std::string_view piece)
{
    std::string text(begin);
    text.reserve(size);
    while (text.size() + piece.size() + end.size() <= size)
        text += piece;
    return text.append(end);
}

std::string comma_before(std::size_t i)
{
    return i == 0 ? "" : ",";
}

/// A tensor without bytes in as few characters as the reference takes.
std::string short_tensor(std::size_t i)
{
    return comma_before(i) + '"' + std::to_string(i) + R"(":["U8",[0],[0,0]])";
}

struct hostile {
    std::string_view name;
    std::string_view outcome;
    std::string (*make)(std::size_t size);
};

constexpr std::array<hostile, 19> hostile_headers{{
    {"arrays in arrays", "invalid_header_json",
     [](std::size_t size) { return repeated(size, R"({"a":)", "", "["); }},
    {"objects in objects", "invalid_header_json",
     [](std::size_t size) { return repeated(size, R"({"a":)", "", R"({"a":)"); }},
    {"unknown arrays beside each other", "invalid_header_json",
     [](std::size_t size) { return repeated(size, R"({"a":{"x":[1)", "]}}", ",[[[[[[[[]]]]]]]]"); }},
    {"unknown fields in a tensor", "none",
     [](std::size_t size) {
         return filled(size, R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0])", "}}",
                       [](std::size_t i) { return ",\"" + std::to_string(i) + "\":[{}]"; });
     }},
    {"space", "none", [](std::size_t size) { return repeated(size, "{", "}", " "); }},
    {"a string without end", "invalid_header_json",
     [](std::size_t size) { return repeated(size, "{\"", "", "x"); }},
    {"one name", "none",
     [](std::size_t size) {
         return repeated(size, "{\"", R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})", "x");
     }},
    {"one name in escapes", "none",
     [](std::size_t size) {
         return repeated(size, "{\"", R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})", "\\u00e9\\n");
     }},
    {"one metadata text in escapes", "none",
     [](std::size_t size) { return repeated(size, R"({"__metadata__":{"a":")", "\"}}", "\\ud83d\\ude00"); }},
    {"metadata entries", "none",
     [](std::size_t size) {
         return filled(size, R"({"__metadata__":{)", "}}",
                       [](std::size_t i) { return comma_before(i) + '"' + std::to_string(i) + R"(":"")"; });
     }},
    {"one metadata key again and again", "none",
     [](std::size_t size) { return repeated(size, R"({"__metadata__":{"":"")", "}}", R"(,"":"")"); }},
    {"metadata entries in escapes", "none",
     [](std::size_t size) {
         return filled(size, R"({"__metadata__":{)", "}}", [](std::size_t i) {
             return comma_before(i) + "\"\\t" + std::to_string(i) + R"(":"\n")";
         });
     }},
    {"short tensors", "none", [](std::size_t size) { return filled(size, "{", "}", short_tensor); }},
    {"one tensor again and again", "none",
     [](std::size_t size) {
         return repeated(size, R"({"a":["U8",[0],[0,0]])", "}", R"(,"a":["U8",[0],[0,0]])");
     }},
    {"tensors, the last first", "none",
     [](std::size_t size) {
         const std::size_t count = size / 60;
         return filled(size, "{", "}", [count](std::size_t i) {
             const std::size_t end = i < count ? count - i : 0;
             const std::string begins = std::to_string(end == 0 ? 0 : end - 1);
             return comma_before(i) + '"' + std::to_string(i) + R"(":["U8",[)" + (end == 0 ? '0' : '1') +
                    "],[" + begins + ',' + std::to_string(end) + "]]";
         });
     }},
    {"axes", "none",
     [](std::size_t size) {
         return repeated(size, R"({"a":{"dtype":"U8","shape":[0)", R"(],"data_offsets":[0,0]}})", ",1");
     }},
    {"axes that overflow", "shape_overflow",
     [](std::size_t size) {
         return repeated(size, R"({"a":{"dtype":"U8","shape":[1)", R"(],"data_offsets":[0,0]}})",
                         ",4294967296");
     }},
    {"digits", "invalid_header_json",
     [](std::size_t size) {
         return repeated(size, R"({"a":{"dtype":"U8","shape":[1)", R"(],"data_offsets":[0,0]}})", "1");
     }},
    {"digits of a fraction", "invalid_header_json",
     [](std::size_t size) {
         return repeated(size, R"({"a":{"dtype":"U8","shape":[1.0)", R"(e-9],"data_offsets":[0,0]}})", "1");
     }},
}};

/// As many bytes as the header says its tensors have.
std::uint64_t data_size_of(const hostile& shape, std::size_t size)
{
    return shape.name == "tensors, the last first" ? size / 60 : 0;
}

double seconds_since(std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void read_hostile(const hostile& shape, std::size_t size)
{
    const std::string file = stored_file(shape.make(size));
    counting_heap     heap;
    std::size_t       tensors = 0;
    std::size_t       texts = 0;
    const auto        begin = std::chrono::steady_clock::now();
    {
        const auto read = stet::read_header(as_bytes(file), file.size() + data_size_of(shape, size),
                                            {.allocator = heap.allocator()});
        CAPTURE(shape.name, size, read ? std::string() : stet::message(read.error()));
        CHECK(failure(read) == shape.outcome);
        if (read) {
            tensors = read->size();
            texts = read->metadata_size();
            CHECK((tensors == 0 || read->find((*read)[tensors / 2].name)));
        }
    }
    const double seconds = seconds_since(begin);
    const double times = static_cast<double>(heap.peak_bytes()) / static_cast<double>(file.size());
    std::printf("%10zu bytes of %-33.*s %8zu tensors %9zu texts %7.3f s %6.2f times its size\n", file.size(),
                static_cast<int>(shape.name.size()), shape.name.data(), tensors, texts, seconds, times);
    CAPTURE(shape.name, size);
    CHECK(heap.peak_bytes() < file.size() * 12); // two characters of a shape are an axis of eight bytes
    CHECK(heap.live_blocks() == 0);
}

/// A file that only says how long it is.
class endless_source {
public:
    explicit endless_source(std::uint64_t header_length) : length_(header_length) {}

    std::uint64_t      size() const noexcept { return UINT64_MAX; }
    stet::result<void> read(std::uint64_t offset, std::span<std::byte> to)
    {
        read_ += to.size();
        for (std::byte& byte : to)
            byte = std::byte{0};
        if (offset == 0) {
            for (std::size_t i = 0; i < 8; ++i)
                to[i] = static_cast<std::byte>(length_ >> (8 * i) & 0xFFU);
        }
        return {};
    }
    std::size_t bytes_read() const noexcept { return read_; }

private:
    std::uint64_t length_;
    std::size_t   read_ = 0;
};

constexpr std::array<hostile, 12> hostile_json{{
    {"lists in lists", "json_too_deep", [](std::size_t size) { return repeated(size, "", "", "["); }},
    {"objects in objects", "json_too_deep",
     [](std::size_t size) { return repeated(size, "", "", R"({"":)"); }},
    {"deep lists beside each other", "none",
     [](std::size_t size) {
         return repeated(size, "[0", "]", ',' + std::string(990, '[') + std::string(990, ']'));
     }},
    {"space", "none", [](std::size_t size) { return repeated(size, "[", "]", " "); }},
    {"members", "none",
     [](std::size_t size) {
         return filled(size, "{", "}",
                       [](std::size_t i) { return comma_before(i) + '"' + std::to_string(i) + R"(":0)"; });
     }},
    {"one member again and again", "none",
     [](std::size_t size) { return repeated(size, R"({"":0)", "}", R"(,"":1)"); }},
    {"two members in turn", "none",
     [](std::size_t size) { return repeated(size, R"({"a":0)", "}", R"(,"b":1,"a":2)"); }},
    {"small objects", "none", [](std::size_t size) { return repeated(size, "[0", "]", R"(,{"":0,"":1})"); }},
    {"characters that grow", "none",
     [](std::size_t size) { return repeated(size, "\"", "\"", "\x7F\xC3\xA9"); }},
    {"escapes", "none", [](std::size_t size) { return repeated(size, "\"", "\"", "\\/\\ud800"); }},
    {"digits", "invalid_json", [](std::size_t size) { return repeated(size, "", "", "1"); }},
    {"numbers that grow", "none", [](std::size_t size) { return repeated(size, "[0", "]", ",1e22"); }},
}};

void redump_hostile(const hostile& shape, std::size_t size)
{
    const std::string text = shape.make(size);
    counting_heap     heap;
    std::size_t       written = 0;
    const auto        begin = std::chrono::steady_clock::now();
    {
        const auto redumped = stet::comfyui::redump_json(text, heap.allocator());
        CAPTURE(shape.name, size);
        CHECK(failure(redumped) == shape.outcome);
        if (redumped)
            written = redumped->view().size();
    }
    const double seconds = seconds_since(begin);
    const double times = static_cast<double>(heap.peak_bytes()) / static_cast<double>(text.size());
    std::printf("%10zu bytes of %-33.*s %10zu written %7.3f s %6.2f times its size\n", text.size(),
                static_cast<int>(shape.name.size()), shape.name.data(), written, seconds, times);
    CAPTURE(shape.name, size);
    CHECK(heap.peak_bytes() < text.size() * 20);
    CHECK(heap.live_blocks() == 0);
}

} // namespace

TEST_CASE("a header made to cost takes a few times its own size in memory")
{
    for (const hostile& shape : hostile_headers)
        read_hostile(shape, support::is_optimised ? 10'000'000 : 2'000'000);
}

TEST_CASE("a header of the greatest length made to cost takes a few times its own size in memory", "[.long]")
{
    for (const hostile& shape : hostile_headers)
        read_hostile(shape, stet::max_header_size);
}

TEST_CASE("a million tensors are read in a few times their header's memory")
{
    counting_heap heap;
    std::string   header = "{";
    for (std::size_t i = 0; i < 1'000'000; ++i)
        header += short_tensor(i);
    const std::string file = stored_file(header + '}');
    const auto        begin = std::chrono::steady_clock::now();
    {
        const auto read = stet::read_header(as_bytes(file), file.size(), {.allocator = heap.allocator()});
        REQUIRE(read);
        CHECK(read->size() == 1'000'000);
        CHECK(read->find("999999"));
        CHECK_FALSE(read->find("1000000"));
    }
    std::printf("a million tensors: %zu bytes of header, %.3f s, %zu bytes of memory\n", file.size(),
                seconds_since(begin), heap.peak_bytes());
    CHECK(heap.peak_bytes() < 200 * std::size_t{1'000'000});
}

TEST_CASE("a length that only a file's size bears out costs that length once")
{
    counting_heap  heap;
    endless_source source(stet::max_header_size);
    const auto     begin = std::chrono::steady_clock::now();
    const auto     opened = stet::open_checkpoint(source, {.allocator = heap.allocator()});
    CHECK(failure(opened) == "invalid_header_json");
    CHECK(source.bytes_read() == 8 + stet::max_header_size);
    CHECK(heap.peak_bytes() < stet::max_header_size + 1000);
    std::printf("the greatest length, all NUL: %.3f s, %zu bytes of memory\n", seconds_since(begin),
                heap.peak_bytes());

    // A greater length, or one that the size does not bear out, costs nothing.
    counting_heap no_heap;
    for (const std::uint64_t length : {stet::max_header_size + 1, UINT64_MAX - 8, UINT64_MAX}) {
        endless_source too_long(length);
        CHECK(failure(stet::open_checkpoint(too_long, {.allocator = no_heap.allocator()})) ==
              "header_length_too_large");
        CHECK(too_long.bytes_read() == 8);
    }
    const std::string file = stored_file("{}");
    for (const char length : {'\x03', '\x7F'}) {
        std::string lying = file;
        lying[0] = length;
        const auto refused =
            stet::read_header(as_bytes(lying), lying.size(), {.allocator = no_heap.allocator()});
        CHECK(failure(refused) == "invalid_header_length");
    }
    CHECK(no_heap.allocations() == 0);
}

TEST_CASE("a metadata text made to cost takes a bounded multiple of its size in memory")
{
    for (const hostile& shape : hostile_json)
        redump_hostile(shape, support::is_optimised ? 4'000'000 : 1'000'000);
}

TEST_CASE("a large metadata text made to cost takes a bounded multiple of its size in memory", "[.long]")
{
    for (const hostile& shape : hostile_json)
        redump_hostile(shape, 100'000'000);
}
