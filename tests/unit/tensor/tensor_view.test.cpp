// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/naive_tensor.hpp"
#include "support/piece_sink.hpp"
#include "support/poured.hpp"

#include <stet/sink/sinks.hpp>
#include <stet/tensor/tensor_view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using stet::dtype;
using stet::extents;
using stet::tensor_view;
using stet::view_of;
using support::as_bytes;
using support::as_text;
using support::failure;
using support::piece_sink;
using support::poured;

namespace tensor_view_test {

struct half {
    std::uint16_t bits;
};

} // namespace tensor_view_test

template <>
struct stet::scalar_traits<tensor_view_test::half> {
    static constexpr stet::dtype type = stet::dtype::f16;
};

static_assert(std::is_trivially_copyable_v<tensor_view> && std::is_aggregate_v<tensor_view>);
static_assert(tensor_view{}.is_packed());

namespace {

template <class Range>
concept viewable =
    requires(Range&& values, const extents& shape) { view_of(std::forward<Range>(values), shape); };

template <class Range, class Shape>
concept viewable_with =
    requires(Range&& values, Shape shape) { view_of(std::forward<Range>(values), shape); };

template <class Range>
concept viewable_as_bytes =
    requires(Range&& data, const extents& shape) { view_of(dtype::u8, shape, std::forward<Range>(data)); };

/// The bytes of each scalar of `width` reversed.
std::string reversed(std::string text, std::size_t width)
{
    return support::naive_tensor::packed({text.size() / width}).bytes(text, width, width);
}

} // namespace

static_assert(viewable<std::vector<float>&> && viewable<const std::vector<float>&> && viewable<float (&)[3]>);
static_assert(viewable<std::span<const float>> && viewable<std::span<float, 3>>);
static_assert(!viewable<std::vector<float>> && !viewable<std::array<float, 3>>, "they would be gone at once");
static_assert(!viewable<const std::vector<float>> && !viewable<std::initializer_list<float>>);
// What is refused in a sentence is in tests/compile_fail.

static_assert(viewable_as_bytes<stet::bytes> && viewable_as_bytes<std::span<std::byte>>);
static_assert(viewable_as_bytes<std::span<const std::byte, 4>>);
static_assert(viewable_as_bytes<std::vector<std::byte>&> &&
              viewable_as_bytes<const std::array<std::byte, 4>&>);
static_assert(!viewable_as_bytes<std::vector<std::byte>> && !viewable_as_bytes<std::array<std::byte, 4>>);

static_assert(!viewable_with<std::vector<float>&, int>, "a number by itself is no shape");

TEST_CASE("raw bytes are viewed where they lie")
{
    const std::string text = "0123456789ab";
    const auto        view = view_of(dtype::f16, {2, 3}, as_bytes(text));

    REQUIRE(view);
    CHECK(view->type == dtype::f16);
    CHECK(view->shape.size() == 2);
    CHECK(view->shape[0] == 2);
    CHECK(view->shape[1] == 3);
    CHECK(view->strides.empty());
    CHECK(view->size == 12);
    CHECK(view->data == text.data());
    CHECK(view->is_packed());
    CHECK(view->packed().data() == as_bytes(text).data());
    CHECK(as_text(view->packed()) == text);
    CHECK(poured(view) == text);
}

TEST_CASE("a pointer and a count of bytes are viewed like the bytes")
{
    const std::array<float, 3> values{1, 2, 3};
    const void* const          data = values.data();
    const auto                 view = view_of(dtype::f32, {3}, data, sizeof(values));

    REQUIRE(view);
    CHECK(view->data == data);
    CHECK(view->size == 12);
    CHECK(failure(view_of(dtype::f32, {4}, data, sizeof(values))) == "tensor_size_mismatch");
}

TEST_CASE("containers of scalars are viewed with the dtype of their elements")
{
    std::vector<float>                        floats(6);
    const std::array<std::int64_t, 6>         integers{};
    double                                    doubles[6]{};
    std::vector<std::complex<float>>          complexes(6);
    const std::vector<tensor_view_test::half> halves(6);
    std::array<bool, 6>                       booleans{};
    std::vector<std::byte>                    raw(6);

    const auto is = [](const stet::result<tensor_view>& view, dtype type, const void* data) {
        return view && view->type == type && view->data == data && view->size == 6 * element_size(type);
    };
    CHECK(is(view_of(floats, {2, 3}), dtype::f32, floats.data()));
    CHECK(is(view_of(std::as_const(floats), {6}), dtype::f32, floats.data()));
    CHECK(is(view_of(std::span(floats), {6}), dtype::f32, floats.data()));
    CHECK(is(view_of(std::span<const float, 6>(floats), {6}), dtype::f32, floats.data()));
    CHECK(is(view_of(integers, {3, 2}), dtype::i64, integers.data()));
    CHECK(is(view_of(doubles, {1, 6}), dtype::f64, doubles));
    CHECK(is(view_of(complexes, {6}), dtype::c64, complexes.data()));
    CHECK(is(view_of(halves, {6}), dtype::f16, halves.data()));
    CHECK(is(view_of(booleans, {6}), dtype::boolean, booleans.data()));
    CHECK(is(view_of(raw, {6}), dtype::u8, raw.data()));
}

TEST_CASE("scalars are little-endian in the file on every machine")
{
    const std::vector<std::uint16_t>         shorts{0x0102, 0xF3F4};
    const std::array<std::uint32_t, 1>       word{0x01020304};
    const std::array<std::int64_t, 1>        negative{-2};
    const std::array<float, 1>               one{1.0F};
    const std::array<std::complex<float>, 1> complex{std::complex<float>(1.0F, -1.0F)};

    CHECK(poured(view_of(shorts, {2})) == "\x02\x01\xF4\xF3");
    CHECK(poured(view_of(word, {})) == "\x04\x03\x02\x01");
    CHECK(poured(view_of(negative, {1})) == "\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
    CHECK(poured(view_of(one, {1})) == std::string("\0\0\x80\x3F", 4));
    CHECK(poured(view_of(complex, {1})) == std::string("\0\0\x80\x3F\0\0\x80\xBF", 8));
}

TEST_CASE("bytes that are not exactly what dtype and shape need are refused")
{
    const std::vector<float> values(6);

    const auto too_few = view_of(values, {7});
    CHECK(failure(too_few) == "tensor_size_mismatch");
    CHECK(too_few.error().expected == 28);
    CHECK(too_few.error().actual == 24);

    CHECK(failure(view_of(values, {5})) == "tensor_size_mismatch");
    CHECK(failure(view_of(values, {})) == "tensor_size_mismatch");
    CHECK(failure(view_of(values, {0})) == "tensor_size_mismatch");
    CHECK(failure(view_of(dtype::u8, {5}, as_bytes("1234"))) == "tensor_size_mismatch");
    CHECK(failure(view_of(dtype::u8, {3}, as_bytes("1234"))) == "tensor_size_mismatch");
}

TEST_CASE("a shape that cannot be is refused before its bytes are counted")
{
    const std::vector<float> values(6);
    CHECK(failure(view_of(values, {-6})) == "negative_dimension");
    CHECK(failure(view_of(values, {UINT64_MAX, 2})) == "tensor_size_overflow");
    CHECK(failure(view_of(values, std::vector<int>(9, 1))) == "borrowed_axes_expired");
    CHECK(failure(view_of(dtype::f4, {3}, as_bytes("12"))) == "partial_byte");
}

TEST_CASE("4- and 6-bit elements are given as whole bytes")
{
    CHECK(poured(view_of(dtype::f4, {2, 3}, as_bytes("abc"))) == "abc");
    CHECK(poured(view_of(dtype::f6_e3m2, {8}, as_bytes("abcdef"))) == "abcdef");
}

TEST_CASE("a tensor of no elements needs no memory")
{
    const std::vector<std::uint8_t> none;
    const auto                      view = view_of(none, {0, UINT64_MAX});
    REQUIRE(view);
    CHECK(view->size == 0);
    CHECK(view->packed().empty());
    CHECK(poured(view).empty());
    const std::vector<float> no_floats;
    CHECK(poured(view_of(no_floats, {3, 0})).empty());
    CHECK(poured(view_of(dtype::i8, {3, 0}, nullptr, 0)).empty());
}

TEST_CASE("a packed tensor is poured in one piece, uncopied")
{
    const std::string text(100'000, 'x');
    piece_sink        destination;
    REQUIRE(pour(*view_of(dtype::u8, {100'000}, as_bytes(text)), destination));
    REQUIRE(destination.pieces.size() == 1);
    CHECK(destination.addresses[0] == text.data());
}

TEST_CASE("the failure of a sink comes out of pour")
{
    piece_sink destination{.fails_at = 0};
    const auto failed = pour(*view_of(dtype::u8, {3}, as_bytes("abc")), destination);
    CHECK(failure(failed) == "sink_refused");
    CHECK(failed.error().os_code == piece_sink::failure_code);
}

TEST_CASE("a tensor that pours itself must deliver its exact size")
{
    struct pieces {
        std::vector<std::string_view> texts;
    };
    const auto pour_pieces = [](const tensor_view& tensor, stet::sink_ref destination) -> stet::result<void> {
        for (const std::string_view text : static_cast<const pieces*>(tensor.data)->texts) {
            if (auto written = destination.write(as_bytes(text)); !written)
                return written;
        }
        return {};
    };
    const auto delivered = [&](const pieces& parts, piece_sink& destination) {
        return pour(tensor_view{.shape = {6}, .size = 6, .data = &parts, .pour = pour_pieces}, destination);
    };

    for (const auto& right : {pieces{{"abcdef"}}, pieces{{"ab", "", "cdef"}}, pieces{{"abcdef", ""}}}) {
        piece_sink destination;
        CHECK(delivered(right, destination));
        CHECK(destination.joined() == "abcdef");
    }
    for (const auto& too_few : {pieces{{"abcde"}}, pieces{{"ab", "cde"}}}) {
        piece_sink destination;
        const auto failed = delivered(too_few, destination);
        CHECK(failure(failed) == "produced_size_mismatch");
        CHECK(failed.error().expected == 6);
        CHECK(failed.error().actual == 5);
    }
    for (const auto& too_many : {pieces{{"abcdefg"}}, pieces{{"ab", "cdefg"}}, pieces{{"abcdef", "g"}}}) {
        piece_sink destination;
        const auto failed = delivered(too_many, destination);
        CHECK(failure(failed) == "produced_size_mismatch");
        CHECK(failed.error().expected == 6);
        CHECK(failed.error().actual == 7);
        CHECK(destination.joined().size() <= 6);
    }
}

TEST_CASE("swapped pouring reverses the bytes of each scalar, for every width and around its block")
{
    struct width_of {
        dtype       type;
        std::size_t scalar;
    };
    for (const auto& [type, scalar] :
         {width_of{dtype::u8, 1}, width_of{dtype::bf16, 2}, width_of{dtype::f32, 4}, width_of{dtype::u64, 8},
          width_of{dtype::c64, 4}})
    {
        const std::size_t element = element_size(type);
        for (const std::size_t size : {std::size_t{0}, element, 3 * element, 4096 - element,
                                       std::size_t{4096}, 4096 + element, 3 * 4096 + element})
        {
            const std::string text = support::numbered_bytes(size);
            const tensor_view view{.type = type,
                                   .shape = {size / element},
                                   .size = size,
                                   .data = text.data(),
                                   .pour = stet::detail::pour_swapped};
            CHECK((poured(view) == reversed(text, scalar)));
        }
    }
}

TEST_CASE("swapped pouring stops at the first failure of the sink")
{
    const std::string text = support::numbered_bytes(10'000);
    const tensor_view view{.type = dtype::u16,
                           .shape = {5'000},
                           .size = text.size(),
                           .data = text.data(),
                           .pour = stet::detail::pour_swapped};
    piece_sink        destination{.fails_at = 1, .recovers = true};
    CHECK(failure(view.pour(view, destination)) == "sink_refused");
    CHECK(destination.pieces.size() == 1);
}

TEST_CASE("bytes at a null pointer are a missing tensor")
{
    const void* const nowhere = nullptr;
    CHECK(failure(view_of(dtype::u8, {3}, nowhere, 3)) == "missing_tensor");
    CHECK(failure(view_of(dtype::u8, {2}, nowhere, 3)) == "tensor_size_mismatch");
}

TEST_CASE("what is not packed has no bytes in one piece")
{
    const std::string text = "abcd";
    const tensor_view swapped{
        .type = dtype::u16, .shape = {2}, .size = 4, .data = text.data(), .pour = stet::detail::pour_swapped};
    CHECK(swapped.packed().empty());
}

TEST_CASE("a part of what was lent may be written, wherever in it that lies")
{
    const auto late = [](const tensor_view& tensor, stet::sink_ref destination) -> stet::result<void> {
        const std::string_view text(static_cast<const char*>(tensor.data), 20);
        for (std::size_t done = 0; done < text.size(); done += 5) {
            const auto room = destination.lend(8);
            if (!room || room->size() < 8)
                return stet::error{.code = stet::errc::io_failure};
            std::memcpy(room->data() + 3, text.data() + done, 5); // what is written overlaps where it belongs
            if (auto written = destination.write(room->subspan(3, 5)); !written)
                return written;
        }
        return {};
    };
    const std::string text = "abcdefghijklmnopqrst";
    const tensor_view view{.shape = {20}, .size = 20, .data = text.data(), .pour = late};

    std::array<std::byte, 30> memory{};
    stet::span_sink           in_memory(memory);
    REQUIRE(pour(view, in_memory));
    CHECK(as_text(in_memory.written()) == text);

    for (const std::size_t size : {8U, 13U, 64U}) {
        std::vector<std::byte> block(size);
        piece_sink             behind;
        stet::staged_sink      staged(behind, block);
        REQUIRE(pour(view, staged));
        REQUIRE(staged.flush());
        CHECK(behind.joined() == text);
    }
}

TEST_CASE("a view put together by hand is sound when its parts fit together")
{
    const std::array<float, 6> values{};
    const tensor_view          made = *view_of(values, {2, 3});
    CHECK(made.soundness());
    CHECK(tensor_view{.shape = {2}, .size = 2}.soundness()); // planned without data
    CHECK(failure(tensor_view{.type = dtype::f32, .shape = {2}, .size = 7}.soundness()) ==
          "tensor_size_mismatch");
    CHECK(failure(tensor_view{.shape = {-1}}.soundness()) == "negative_dimension");
    CHECK(failure(tensor_view{.type = dtype::f4, .shape = {3}, .size = 2}.soundness()) == "partial_byte");
    CHECK(failure(tensor_view{.shape = {2, 1}, .strides = {1}, .size = 2}.soundness()) ==
          "strides_rank_mismatch");
}

TEST_CASE("bytes at null are a missing tensor, unless there are none")
{
    CHECK(failure(view_of(dtype::u8, {3}, nullptr, 3)) == "missing_tensor");
    CHECK(view_of(dtype::u8, {0}, nullptr, 0));
}
