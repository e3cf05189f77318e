// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/foreign_tensors.hpp"
#include "support/piece_sink.hpp"
#include "support/poured.hpp"

#include <stet/interop/dlpack.hpp>
#include <stet/state/state_dict.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

using foreign::DLManagedTensor;
using foreign::DLManagedTensorVersioned;
using foreign::DLTensor;
using stet::dtype;
using stet::extents;
using stet::owned_dlpack;
using stet::produced_dlpack;
using stet::tensor_like;
using stet::view_of;
using support::failure;
using support::poured;

static_assert(tensor_like<DLTensor> && tensor_like<DLManagedTensor> && tensor_like<DLManagedTensorVersioned>);
static_assert(tensor_like<DLManagedTensor*> && tensor_like<owned_dlpack<DLManagedTensor>>);
static_assert(stet::state_dict<std::map<std::string, owned_dlpack<DLManagedTensorVersioned>>>);
static_assert(!std::is_copy_constructible_v<owned_dlpack<DLManagedTensor>> &&
              std::is_nothrow_move_constructible_v<owned_dlpack<DLManagedTensor>>);

namespace {

/// A DLTensor of bytes on the processor, with the arrays it points to.
struct tensor_of_bytes {
    std::string               bytes;
    std::vector<std::int64_t> shape{};
    std::vector<std::int64_t> strides{};

    DLTensor tensor(std::uint64_t offset = 0)
    {
        return {.data = bytes.data(),
                .device = {1, 0},
                .ndim = static_cast<std::int32_t>(shape.size()),
                .dtype = {1, 8, 1},
                .shape = shape.data(),
                .strides = strides.empty() ? nullptr : strides.data(),
                .byte_offset = offset};
    }
};

constexpr auto read_back = [](const DLTensor& tensor, stet::sink_ref destination) -> stet::result<void> {
    const std::string copied(static_cast<const char*>(tensor.data), 6);
    return destination.write(support::as_bytes(copied));
};

} // namespace

TEST_CASE("a DLTensor is written by its strides, packed where it has none, from its byte offset")
{
    tensor_of_bytes given{.bytes = "abcdefgh", .shape = {2, 3}};
    DLTensor        tensor = given.tensor();
    REQUIRE(view_of(tensor));
    CHECK(view_of(tensor)->type == dtype::u8);
    CHECK(view_of(tensor)->shape == extents{2, 3});
    CHECK(poured(view_of(tensor)) == "abcdef");
    tensor.byte_offset = 2;
    CHECK(poured(view_of(tensor)) == "cdefgh");

    given.strides = {1, 2};
    tensor = given.tensor(1);
    CHECK(poured(view_of(tensor)) == "bdfceg");
    given.strides = {3, -1};
    tensor = given.tensor(2);
    CHECK(poured(view_of(tensor)) == "cbafed");
}

TEST_CASE("lanes are scalars side by side, however far apart the elements lie")
{
    tensor_of_bytes given{.bytes = "abcdefghijkl", .shape = {2, 2}, .strides = {1, 2}};
    DLTensor        tensor = given.tensor();
    tensor.dtype.lanes = 3;
    CHECK(view_of(tensor)->shape == extents{2, 2, 3});
    CHECK(poured(view_of(tensor)) == "abcghidefjkl");
    given.strides = {INT64_MAX, 1};
    CHECK(failure(view_of(tensor)) == "irregular_layout");
    given.strides = {INT64_MIN, 1};
    CHECK(failure(view_of(tensor)) == "irregular_layout");
}

TEST_CASE("elements smaller than a byte are taken packed and no other way")
{
    tensor_of_bytes given{.bytes = "abcdef", .shape = {2, 6}, .strides = {6, 1}};
    DLTensor        tensor = given.tensor();
    tensor.dtype = {17, 4, 1};
    CHECK(view_of(tensor)->type == dtype::f4);
    CHECK(poured(view_of(tensor)) == "abcdef");
    given.strides = {1, 2};
    CHECK(failure(view_of(tensor)) == "irregular_layout");
    given.shape = {2, 3};
    given.strides = {3, 1};
    tensor.dtype.lanes = 2;
    CHECK(view_of(tensor)->shape == extents{2, 6});
    CHECK(poured(view_of(tensor)) == "abcdef");
}

TEST_CASE("more than eight axes are borrowed from the tensor")
{
    tensor_of_bytes given{
        .bytes = "abcd", .shape = {1, 1, 2, 1, 1, 1, 1, 1, 2}, .strides = {4, 4, 1, 4, 4, 4, 4, 4, 2}};
    const DLTensor tensor = given.tensor();
    CHECK(view_of(tensor)->shape.rank() == 9);
    CHECK(poured(view_of(tensor)) == "acbd");
}

TEST_CASE("what is no tensor in the processor's memory is refused")
{
    tensor_of_bytes given{.bytes = "abcdef", .shape = {2, 3}};
    DLTensor        tensor = given.tensor();
    tensor.device.device_type = 2;
    const auto on_device = view_of(tensor);
    REQUIRE(failure(on_device) == "device_memory");
    CHECK(on_device.error().actual == 2);
    tensor = given.tensor();
    tensor.data = nullptr;
    CHECK(failure(view_of(tensor)) == "missing_tensor");
    tensor = given.tensor();
    tensor.dtype = {5, 128, 1};
    const auto wide = view_of(tensor);
    REQUIRE(failure(wide) == "unknown_element_type");
    CHECK(wide.error().expected == 5);
    CHECK(wide.error().actual == 128);
    given.shape = {2, -3};
    tensor = given.tensor();
    CHECK(failure(view_of(tensor)) == "negative_dimension");

    given.shape = {0, 3};
    tensor = given.tensor();
    tensor.data = nullptr;
    tensor.device.device_type = 2;
    CHECK(poured(view_of(tensor)).empty());
}

TEST_CASE("a tensor on a device is read back by the caller's function, one in memory is not")
{
    tensor_of_bytes given{.bytes = "abcdef", .shape = {2, 3}, .strides = {1, 2}};
    DLTensor        tensor = given.tensor();
    CHECK(poured(produced_dlpack(tensor, read_back)) == "acebdf");
    tensor.device.device_type = 2;
    const auto view = produced_dlpack(tensor, read_back);
    REQUIRE(view);
    CHECK(view->shape == extents{2, 3});
    CHECK(poured(view) == "abcdef");
    tensor.dtype = {2, 80, 1};
    CHECK(failure(produced_dlpack(tensor, read_back)) == "unknown_element_type");
}

TEST_CASE("a managed tensor is seen as the tensor it manages, if its version is known")
{
    tensor_of_bytes          given{.bytes = "abcdef", .shape = {2, 3}};
    const DLManagedTensor    managed{.dl_tensor = given.tensor(), .manager_ctx = nullptr, .deleter = nullptr};
    DLManagedTensorVersioned versioned{.version = {1, 1},
                                       .manager_ctx = nullptr,
                                       .deleter = nullptr,
                                       .flags = 0,
                                       .dl_tensor = given.tensor()};
    CHECK(poured(view_of(managed)) == "abcdef");
    CHECK(poured(view_of(versioned)) == "abcdef");
    versioned.flags = 4; // elements of less than a byte take one each: none here
    CHECK(poured(view_of(versioned)) == "abcdef");
    versioned.dl_tensor.dtype = {17, 4, 2};
    CHECK(failure(view_of(versioned)) == "irregular_layout");
    versioned.flags = 0;
    CHECK(poured(view_of(versioned)) == "abcdef");
    versioned.version.major = 2;
    CHECK(failure(view_of(versioned)) == "irregular_layout");
}

TEST_CASE("an owned tensor is deleted once, by its last owner")
{
    tensor_of_bytes given{.bytes = "abcdef", .shape = {2, 3}};
    int             deleted = 0;
    DLManagedTensor managed{
        .dl_tensor = given.tensor(), .manager_ctx = &deleted, .deleter = [](DLManagedTensor* self) {
            ++*static_cast<int*>(self->manager_ctx);
        }};
    {
        std::map<std::string, owned_dlpack<DLManagedTensor>> dict;
        dict["a"] = owned_dlpack<DLManagedTensor>(&managed);
        CHECK(dict["a"].get() == &managed);
        CHECK(poured(view_of(dict["a"])) == "abcdef");
        CHECK(failure(view_of(dict["b"])) == "missing_tensor");
        owned_dlpack<DLManagedTensor> other = std::move(dict["a"]);
        CHECK(dict["a"].get() == nullptr);
        CHECK(deleted == 0);
        dict["c"] = std::move(other);
        CHECK(deleted == 0);
    }
    CHECK(deleted == 1);
    DLManagedTensor without{.dl_tensor = given.tensor(), .manager_ctx = nullptr, .deleter = nullptr};
    CHECK(owned_dlpack<DLManagedTensor>(&without).get() == &without);
}
