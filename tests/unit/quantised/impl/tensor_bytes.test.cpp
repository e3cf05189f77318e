// SPDX-License-Identifier: MIT
#include "support/short_memory.hpp"

#include <stet/quantised/impl/tensor_bytes.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <string_view>

TEST_CASE("a tensor's bytes are read, packed or not, without one allocation too many")
{
    const std::array<char, 3> content{'a', 'b', 'c'};
    auto                      tensor = *stet::view_of(stet::dtype::u8, {3}, content.data(), content.size());
    CHECK(support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
              const auto read = stet::detail::tensor_bytes(tensor, memory);
              if (!read)
                  return "out_of_memory";
              CHECK(std::string_view(read->data(), read->size()) == "abc");
              return "none";
          }) == 1);
    tensor.pour = [](const stet::tensor_view&, stet::sink_ref to) -> stet::result<void> {
        return to.write(stet::detail::bytes_of("xy", 2));
    };
    const auto read = stet::detail::tensor_bytes(tensor, stet::heap());
    REQUIRE_FALSE(read);
    CHECK(read.error().code == stet::errc::produced_size_mismatch);
}
