// SPDX-License-Identifier: MIT
#include "support/failure.hpp"

#include <stet/interop/impl/dlpack_fields.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdint>
#include <optional>

using stet::dtype;
using stet::extents;
using stet::detail::dlpack_fields;
using stet::detail::dtype_of_code;
using support::failure;

TEST_CASE("each of DLPack's types that the format has is a dtype")
{
    struct pair {
        unsigned code, bits;
        dtype    type;
    };
    for (const pair& each :
         {pair{0, 8, dtype::i8},           pair{0, 16, dtype::i16},     pair{0, 32, dtype::i32},
          pair{0, 64, dtype::i64},         pair{1, 8, dtype::u8},       pair{1, 16, dtype::u16},
          pair{1, 32, dtype::u32},         pair{1, 64, dtype::u64},     pair{2, 16, dtype::f16},
          pair{2, 32, dtype::f32},         pair{2, 64, dtype::f64},     pair{4, 16, dtype::bf16},
          pair{5, 64, dtype::c64},         pair{6, 8, dtype::boolean},  pair{10, 8, dtype::f8_e4m3},
          pair{11, 8, dtype::f8_e4m3fnuz}, pair{12, 8, dtype::f8_e5m2}, pair{13, 8, dtype::f8_e5m2fnuz},
          pair{14, 8, dtype::f8_e8m0},     pair{15, 6, dtype::f6_e2m3}, pair{16, 6, dtype::f6_e3m2},
          pair{17, 4, dtype::f4}})
    {
        CAPTURE(each.code, each.bits);
        CHECK(dtype_of_code(each.code, each.bits) == each.type);
    }
    for (const auto& [code, bits] :
         {std::pair(5U, 128U), std::pair(0U, 128U), std::pair(2U, 80U), std::pair(3U, 64U), std::pair(7U, 8U),
          std::pair(8U, 8U), std::pair(9U, 8U), std::pair(17U, 8U), std::pair(6U, 1U), std::pair(0U, 4U),
          std::pair(18U, 8U)})
    {
        CAPTURE(code, bits);
        CHECK_FALSE(dtype_of_code(code, bits));
    }
}

TEST_CASE("the processor reads its own memory and what CUDA and ROCm pinned for it")
{
    for (int device = 0; device < 20; ++device)
        CHECK(stet::detail::is_host_memory(device) == (device == 1 || device == 3 || device == 11));
}

TEST_CASE("lanes are a last axis, of elements smaller than a byte a part of the last")
{
    std::array<std::int64_t, 2> sizes{2, 3};
    dlpack_fields               tensor{.data = nullptr,
                                       .shape = sizes.data(),
                                       .strides = nullptr,
                                       .byte_offset = 0,
                                       .rank = 2,
                                       .device = 2,
                                       .code = 2,
                                       .bits = 32,
                                       .lanes = 1};
    CHECK(described(tensor)->shape == extents{2, 3});
    CHECK(described(tensor)->size == 24);
    tensor.lanes = 4;
    CHECK(described(tensor)->shape == extents{2, 3, 4});
    CHECK(described(tensor)->size == 96);
    tensor.code = 17;
    tensor.bits = 4;
    tensor.lanes = 2;
    CHECK(described(tensor)->shape == extents{2, 6});
    CHECK(described(tensor)->size == 6);
    tensor.rank = 0;
    CHECK(described(tensor)->shape == extents{2});
    tensor.lanes = 0;
    CHECK(failure(described(tensor)) == "unknown_element_type");
}

TEST_CASE("a shape that cannot be is refused")
{
    std::array<std::int64_t, 9> sizes{1, 1, 1, 1, 1, 1, 1, 1, 1};
    dlpack_fields               tensor{.data = nullptr,
                                       .shape = sizes.data(),
                                       .strides = nullptr,
                                       .byte_offset = 0,
                                       .rank = 9,
                                       .device = 2,
                                       .code = 2,
                                       .bits = 32,
                                       .lanes = 1};
    CHECK(described(tensor)->shape.rank() == 9);
    tensor.lanes = 2;
    CHECK(failure(described(tensor)) == "too_many_axes");
    tensor.rank = 8;
    CHECK(failure(described(tensor)) == "too_many_axes");
    tensor.rank = 7;
    CHECK(described(tensor)->shape.rank() == 8);
    tensor.rank = -1;
    CHECK(failure(described(tensor)) == "negative_dimension");
    tensor.rank = 1;
    sizes[0] = -1;
    CHECK(failure(described(tensor)) == "negative_dimension");
    sizes[0] = INT64_MAX;
    tensor.code = 17;
    tensor.bits = 4;
    CHECK(failure(described(tensor)) == "tensor_size_overflow");
    tensor.shape = nullptr;
    CHECK(failure(described(tensor)) == "missing_tensor");
    tensor.rank = 0;
    CHECK(described(tensor)->shape == extents{2});
}
