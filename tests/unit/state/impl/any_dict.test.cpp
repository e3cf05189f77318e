// SPDX-License-Identifier: MIT
#include <stet/state/component.hpp>
#include <stet/state/impl/any_dict.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

using dict = std::map<std::string, stet::tensor_view>;

std::vector<std::string> keys_of(const stet::detail::any_dict& of)
{
    std::vector<std::string> keys;
    const auto               visited =
        of.each([&](std::string_view key, const stet::result<stet::tensor_view>&) -> stet::result<void> {
            keys.emplace_back(key);
            return {};
        });
    CHECK(visited);
    return keys;
}

} // namespace

TEST_CASE("a dict whose type is forgotten gives its entries and their number")
{
    const std::array<float, 2> values{};
    const dict weights{{"a", *stet::view_of(values, {2})}, {"b", *stet::view_of(values, {2})}};
    const stet::detail::any_dict any(weights);
    CHECK(any.is_given());
    CHECK(any.size_hint() == 2);
    CHECK(keys_of(any) == std::vector<std::string>{"a", "b"});
}

TEST_CASE("no dict has no entries")
{
    const stet::detail::any_dict none;
    CHECK_FALSE(none.is_given());
    CHECK(none.size_hint() == 0);
    CHECK(keys_of(none).empty());
}

TEST_CASE("a component is such a dict, whichever its role")
{
    const dict                               weights{{"a", {}}};
    const stet::component<stet::role::model> model = weights;
    const stet::component<stet::role::extra> none = stet::no_entries;
    CHECK(keys_of(model) == std::vector<std::string>{"a"});
    CHECK_FALSE(none.is_given());
}
