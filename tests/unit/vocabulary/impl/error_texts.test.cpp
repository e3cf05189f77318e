// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/error_texts.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>

using stet::detail::error_texts;

TEST_CASE("whatever is put into the texts of an error, they fit")
{
    for (std::size_t first = 0; first <= 110; ++first) {
        for (std::size_t second = 0; second <= 60; second += 4) {
            error_texts texts;
            texts.set_subject(std::string(200, 's'), {});
            texts.set_parties(std::string(first, 'f'), std::string(second, 'g'));
            CHECK(texts.first().size() + texts.second().size() <= error_texts::longest_parties);
            CHECK(texts.second().size() == (second <= 48 ? second : 48));
            CHECK((first + second > 96 || texts.first() == std::string(first, 'f')));
            const std::size_t room = error_texts::capacity - texts.first().size() - texts.second().size();
            CHECK(texts.subject() == "..." + std::string(room - 3, 's'));
        }
    }
}
