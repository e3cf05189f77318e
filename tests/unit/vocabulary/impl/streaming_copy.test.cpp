// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/streaming_copy.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <vector>

TEST_CASE("a streaming copy copies every byte and no other, wherever it begins and ends")
{
    std::vector<std::byte> from(4096 + 128);
    for (std::size_t i = 0; i < from.size(); ++i)
        from[i] = static_cast<std::byte>(i * 31 % 251);
    for (std::size_t to_begin = 0; to_begin < 66; to_begin += 5) {
        for (std::size_t from_begin = 0; from_begin < 20; from_begin += 3) {
            for (const std::size_t size : {0U, 1U, 63U, 1023U, 1024U, 1025U, 1100U, 4096U}) {
                std::vector<std::byte> to(from.size() + 128, std::byte{0xA5});
                stet::detail::streaming_copy(to.data() + to_begin, from.data() + from_begin, size);
                bool is_right = true;
                for (std::size_t i = 0; i < to.size(); ++i) {
                    const bool is_inside = i >= to_begin && i < to_begin + size;
                    is_right =
                        is_right && to[i] == (is_inside ? from[from_begin + i - to_begin] : std::byte{0xA5});
                }
                CAPTURE(to_begin, from_begin, size);
                CHECK(is_right);
            }
        }
    }
}

TEST_CASE("a streaming copy moves bytes towards the front, over themselves")
{
    for (const std::size_t apart : {1U, 16U, 63U, 64U, 1000U}) {
        for (const std::size_t size : {10U, 1024U, 3000U}) {
            std::vector<std::byte> memory(4096 + 64);
            for (std::size_t i = 0; i < memory.size(); ++i)
                memory[i] = static_cast<std::byte>(i * 31 % 251);
            const std::vector<std::byte> before = memory;
            stet::detail::streaming_copy(memory.data() + 5, memory.data() + 5 + apart, size);
            bool is_right = true;
            for (std::size_t i = 0; i < size; ++i)
                is_right = is_right && memory[5 + i] == before[5 + apart + i];
            CAPTURE(apart, size);
            CHECK(is_right);
        }
    }
}
