// SPDX-License-Identifier: MIT
#include "saved.hpp"

#include <stet/interop/dlpack.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <dlpack/dlpack.h>
#include <map>
#include <string>
#include <utility>
#include <vector>

using libraries::saved;
using libraries::tensor;
using libraries::values;

namespace {

/// What a framework hands out: a tensor that goes when its deleter is called.
struct exported {
    std::vector<float>        numbers;
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> strides;
    int*                      deleted;
    DLManagedTensor           managed{};

    static DLManagedTensor* make(std::vector<float> numbers, std::vector<std::int64_t> shape,
                                 std::vector<std::int64_t> strides, int& deleted)
    {
        auto* const made = new exported{std::move(numbers), std::move(shape), std::move(strides), &deleted};
        made->managed.dl_tensor = {.data = made->numbers.data(),
                                   .device = {kDLCPU, 0},
                                   .ndim = static_cast<int>(made->shape.size()),
                                   .dtype = {kDLFloat, 32, 1},
                                   .shape = made->shape.data(),
                                   .strides = made->strides.empty() ? nullptr : made->strides.data(),
                                   .byte_offset = 0};
        made->managed.manager_ctx = made;
        made->managed.deleter = [](DLManagedTensor* self) {
            auto* const owner = static_cast<exported*>(self->manager_ctx);
            ++*owner->deleted;
            delete owner;
        };
        return &made->managed;
    }
};

} // namespace

TEST_CASE("a map of owned DLPack tensors is a state dict, and lets them go")
{
    int deleted = 0;
    {
        std::map<std::string, stet::owned_dlpack<DLManagedTensor>> dict;
        dict["packed"] = stet::owned_dlpack(exported::make({0, 1, 2, 3, 4, 5}, {2, 3}, {}, deleted));
        dict["turned"] = stet::owned_dlpack(exported::make({0, 1, 2, 3, 4, 5}, {3, 2}, {1, 3}, deleted));
        const auto file = saved(dict);
        CHECK(tensor(file, "packed").shape == std::vector<std::size_t>{2, 3});
        CHECK(values<float>(file, "packed") == std::vector<float>{0, 1, 2, 3, 4, 5});
        CHECK(tensor(file, "turned").shape == std::vector<std::size_t>{3, 2});
        CHECK(values<float>(file, "turned") == std::vector<float>{0, 3, 1, 4, 2, 5});
        CHECK(deleted == 0);
    }
    CHECK(deleted == 2);
}

TEST_CASE("a DLPack tensor of a dict that is borrowed stays its owner's")
{
    int                    deleted = 0;
    DLManagedTensor* const managed = exported::make({0, 1, 2, 3}, {2, 1}, {2, 1}, deleted);
    managed->dl_tensor.byte_offset = sizeof(float);
    const std::map<std::string, DLManagedTensor*> dict{{"a", managed}};
    CHECK(values<float>(saved(dict), "a") == std::vector<float>{1, 3});
    CHECK(deleted == 0);
    managed->deleter(managed);
    CHECK(deleted == 1);
}
