// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/failure.hpp"
#include "support/poured.hpp"

#include <stet/tensor/views.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace {

/// Produces 0, 1, 2 ... as bytes, one at a time.
struct counted_bytes {
    std::size_t count;
};

stet::result<stet::tensor_view> produced(const counted_bytes& bytes, const stet::extents& shape)
{
    return stet::produced_view(stet::dtype::u8, shape, bytes,
                               [](const counted_bytes& from, stet::sink_ref to) {
                                   stet::result<void> written;
                                   for (std::size_t i = 0; written && i < from.count; ++i) {
                                       const auto one = static_cast<std::byte>(i);
                                       written = to.write({&one, 1});
                                   }
                                   return written;
                               });
}

} // namespace

TEST_CASE("a produced tensor is written transposed, from memory it takes only meanwhile")
{
    support::counting_heap heap;
    const counted_bytes    six{6};
    const auto             tensor = produced(six, {2, 3});
    REQUIRE(tensor);
    const auto turned = stet::detail::collected_transpose::of(*tensor, heap.allocator());
    REQUIRE(turned);

    const stet::tensor_view view = turned->view();

    CHECK(view.shape.size() == 2);
    CHECK(view.shape[0] == 3);
    CHECK(view.shape[1] == 2);
    CHECK(heap.peak_bytes() == 0);
    CHECK(support::poured(view) == std::string("\0\3\1\4\2\5", 6));
    CHECK(heap.peak_bytes() == 6);
    CHECK(heap.live_blocks() == 0);
}

TEST_CASE("a stack is collected too, and further axes stay where they are")
{
    const std::array<std::uint8_t, 8>      memory{0, 1, 2, 3, 4, 5, 6, 7};
    const std::array<stet::tensor_view, 2> parts{*stet::view_of(std::span(memory).first<4>(), {1, 2, 2}),
                                                 *stet::view_of(std::span(memory).last<4>(), {1, 2, 2})};
    const auto                             stack = stet::stacked::of(parts);
    REQUIRE(stack);

    const auto turned = stet::detail::collected_transpose::of(stack->view(), stet::heap());

    REQUIRE(turned);
    CHECK(support::poured(turned->view()) == std::string("\0\1\4\5\2\3\6\7", 8));
}

TEST_CASE("what cannot be transposed, produced or held is an error")
{
    const counted_bytes six{6};
    CHECK(support::failure(stet::detail::collected_transpose::of(*produced(six, {6}), stet::heap())) ==
          "no_such_axis");

    const counted_bytes five{5};
    const auto short_of_one = stet::detail::collected_transpose::of(*produced(five, {2, 3}), stet::heap());
    REQUIRE(short_of_one);
    CHECK(support::poured(short_of_one->view()) == "failed: produced_size_mismatch");

    const stet::allocator nothing{
        .context = nullptr,
        .allocate = [](void*, std::size_t, std::size_t) -> void* { return nullptr; },
        .deallocate = [](void*, void*, std::size_t, std::size_t) {}};
    const auto unheld = stet::detail::collected_transpose::of(*produced(six, {2, 3}), nothing);
    REQUIRE(unheld);
    CHECK(support::poured(unheld->view()) == "failed: out_of_memory");
}
