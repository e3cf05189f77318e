// SPDX-License-Identifier: MIT
#include "support/failure.hpp"

#include <stet/save/impl/publish.ipp>
#include <stet/save/save.hpp>
#include <stet/vocabulary/message.hpp>
#include <stet/writers/impl/writer_maker.hpp>

#include <catch2/catch_test_macros.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

using stet::file_writer;
using stet::detail::default_writer_maker;
using stet::detail::writer_maker;

namespace {

struct settings {
    int value = 7;
};

stet::result<void> write_nothing(const void*, const stet::header&, stet::part_file&,
                                 const stet::save_options&)
{
    return {};
}

stet::result<void> accept_seven(const void* given)
{
    const int value = static_cast<const settings*>(given)->value;
    return value == 7 ? stet::result<void>() : stet::detail::wrong_setting("value", 8, "7");
}

constexpr default_writer_maker<settings> made_of{
    file_writer{.write = write_nothing, .shares_space = true, .accept = accept_seven}};

static_assert(std::invocable<decltype(made_of), const settings&>);
static_assert(std::invocable<decltype(made_of)>);
static_assert(!std::invocable<writer_maker<settings>>);
static_assert(!std::invocable<decltype(made_of), settings>, "a temporary would be gone when the save begins");
static_assert(!std::invocable<decltype(made_of), const settings>);

} // namespace

TEST_CASE("a writer borrows its settings, or the defaults, and all else is the same")
{
    const settings given;
    CHECK(made_of(given).settings == &given);
    CHECK(made_of().settings != nullptr);
    CHECK(made_of().settings == made_of().settings);
    for (const file_writer& writer : {made_of(given), made_of()}) {
        CHECK(writer.write == &write_nothing);
        CHECK(writer.shares_space);
        CHECK(stet::detail::accept(writer));
    }
    CHECK(stet::detail::accept(file_writer{}));
}

TEST_CASE("a wrong setting is named with what it is and what it must be")
{
    const settings           given{.value = 8};
    const stet::result<void> refused = stet::detail::accept(made_of(given));
    REQUIRE_FALSE(refused);
    CHECK(stet::message(refused.error()) == "the setting 'value' is 8; it must be 7");
    CHECK(support::failure(refused) == "invalid_setting");
}
