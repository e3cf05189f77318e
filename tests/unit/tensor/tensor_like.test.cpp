// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/piece_sink.hpp"
#include "support/poured.hpp"

#include <stet/tensor/tensor_like.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using stet::dtype;
using stet::stacked;
using stet::tensor_like;
using stet::tensor_traits;
using stet::tensor_view;
using stet::view_of;
using support::as_bytes;
using support::failure;
using support::poured;

namespace tensor_like_test {

/// A tensor type of a user's.
struct tensor {
    std::vector<std::uint8_t> values;
    std::vector<int>          shape;
};

struct unknown {};

struct returns_something_else {};

} // namespace tensor_like_test

using tensor_like_test::tensor;

template <>
struct stet::tensor_traits<tensor> {
    static stet::result<stet::tensor_view> view(const tensor& t) noexcept
    {
        return view_of(t.values, t.shape);
    }
};
template <>
struct stet::tensor_traits<tensor_like_test::returns_something_else> {
    static int view(const tensor_like_test::returns_something_else&) noexcept { return 0; }
};

static_assert(tensor_like<tensor_view> && tensor_like<stacked> && tensor_like<tensor>);
static_assert(tensor_like<stet::result<tensor_view>>);
static_assert(tensor_like<tensor*> && tensor_like<const tensor*> && tensor_like<const tensor_view*>);
static_assert(tensor_like<std::unique_ptr<tensor>> && tensor_like<std::shared_ptr<const tensor>>);
static_assert(tensor_like<std::shared_ptr<tensor*>> && tensor_like<std::optional<tensor>>);
static_assert(!tensor_like<tensor_like_test::unknown> && !tensor_like<tensor_like_test::unknown*>);
static_assert(!tensor_like<tensor_like_test::returns_something_else>);
static_assert(!tensor_like<int> && !tensor_like<int*> && !tensor_like<void*> &&
              !tensor_like<std::weak_ptr<tensor>>);

namespace {

template <tensor_like Tensor>
stet::result<tensor_view> seen(const Tensor& t)
{
    return tensor_traits<Tensor>::view(t);
}

} // namespace

TEST_CASE("a view is seen as itself")
{
    const auto view = view_of(dtype::u8, {3}, as_bytes("abc"));
    CHECK(poured(seen(*view)) == "abc");
    CHECK(seen(*view)->data == view->data);
}

TEST_CASE("a view that could not be made is seen with its own error")
{
    CHECK(poured(seen(view_of(dtype::u8, {3}, as_bytes("abc")))) == "abc");

    const auto refused = seen(view_of(dtype::u8, {4}, as_bytes("abc")));
    CHECK(failure(refused) == "tensor_size_mismatch");
    CHECK(refused.error().expected == 4);
}

TEST_CASE("a stack is seen as one tensor")
{
    const std::array parts{*view_of(dtype::u8, {1}, as_bytes("a")), *view_of(dtype::u8, {2}, as_bytes("bc"))};
    const auto       stack = stacked::of(parts);
    REQUIRE(stack);
    CHECK(poured(seen(*stack)) == "abc");
}

TEST_CASE("a user's tensor is seen through its traits, which may fail")
{
    CHECK(poured(seen(tensor{.values = {'a', 'b'}, .shape = {1, 2}})) == "ab");
    CHECK(failure(seen(tensor{.values = {'a', 'b'}, .shape = {3}})) == "tensor_size_mismatch");
}

TEST_CASE("a tensor is seen through every kind of pointer")
{
    const tensor         object{.values = {'a', 'b'}, .shape = {2}};
    const tensor* const  raw = &object;
    const auto           unique = std::make_unique<tensor>(object);
    const auto           shared = std::make_shared<const tensor>(object);
    const tensor* const* twice = &raw;
    const std::optional  optional = object;

    CHECK(poured(seen(raw)) == "ab");
    CHECK(seen(raw)->data == object.values.data());
    CHECK(poured(seen(unique)) == "ab");
    CHECK(seen(unique)->data == unique->values.data());
    CHECK(poured(seen(shared)) == "ab");
    CHECK(poured(seen(twice)) == "ab");
    CHECK(poured(seen(optional)) == "ab");
}

TEST_CASE("a null pointer is a missing tensor")
{
    const tensor* const        raw = nullptr;
    const tensor* const* const twice = &raw;
    CHECK(failure(seen(raw)) == "missing_tensor");
    CHECK(failure(seen(twice)) == "missing_tensor");
    CHECK(failure(seen(std::unique_ptr<tensor>())) == "missing_tensor");
    CHECK(failure(seen(std::shared_ptr<const tensor_view>())) == "missing_tensor");
    CHECK(failure(seen(std::optional<tensor>())) == "missing_tensor");
}

TEST_CASE("the error of a tensor behind a pointer comes through")
{
    const auto pointer = std::make_unique<tensor>(tensor{.values = {'a'}, .shape = {-1}});
    CHECK(failure(seen(pointer)) == "negative_dimension");
}

TEST_CASE("an entry that nothing was assigned to is a missing tensor")
{
    const stet::result<tensor_view> entry;
    REQUIRE_FALSE(entry);
    CHECK(entry.error().code == stet::errc::missing_tensor);
    CHECK(tensor_traits<stet::result<tensor_view>>::view(entry).error().code == stet::errc::missing_tensor);
}
