// SPDX-License-Identifier: MIT
#include <stet/state/component.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

struct weight {
    std::array<float, 4> values{};
};

struct parameter {
    std::string name;
    weight      tensor;
};

struct slot {
    std::string label;
    weight      content;
};

} // namespace

template <>
struct stet::tensor_traits<weight> {
    static result<tensor_view> view(const weight& tensor) noexcept { return view_of(tensor.values, {4}); }
};

template <>
struct stet::entry_traits<slot> {
    static const std::string& name(const slot& entry) noexcept { return entry.label; }
    static const weight&      tensor(const slot& entry) noexcept { return entry.content; }
};

namespace {

namespace role = stet::role;
using dict = std::map<std::string, weight>;
using model = stet::component<role::model>;

static_assert(sizeof(model) == 2 * sizeof(void*));
static_assert(std::is_trivially_copyable_v<model>);
static_assert(std::is_nothrow_constructible_v<model, const dict&> &&
              std::is_nothrow_constructible_v<model, dict&>);
static_assert(std::is_convertible_v<const dict&, model>);
static_assert(!std::is_constructible_v<model, dict> && !std::is_constructible_v<model, const dict>);
static_assert(std::is_same_v<decltype(stet::as<role::vae>(std::declval<const dict&>())),
                             stet::tagged<role::vae, dict>>);

/// Entries by value out of two arrays that stay.
struct columns {
    struct iterator {
        const columns* from;
        std::size_t    at;

        std::pair<std::string_view, stet::tensor_view> operator*() const
        {
            return {from->names[at], *stet::view_of(from->values[at], {2})};
        }
        iterator& operator++()
        {
            ++at;
            return *this;
        }
        friend bool operator!=(const iterator& a, const iterator& b) { return a.at != b.at; }
    };

    std::array<std::string, 2>           names{"x", "y"};
    std::array<std::array<double, 2>, 2> values{};

    iterator begin() const { return {this, 0}; }
    iterator end() const { return {this, names.size()}; }
};

struct seen {
    const char* key;
    std::size_t length;
    const void* data;
};

/// Addresses of all that a component shows.
template <class Role>
std::vector<seen> addresses(const stet::component<Role>& of)
{
    std::vector<seen> all;
    const auto visited = of.each([&](std::string_view key, const stet::result<stet::tensor_view>& tensor) {
        all.push_back({key.data(), key.size(), tensor ? tensor->data : nullptr});
        return stet::result<void>();
    });
    CHECK(visited);
    return all;
}

/// Whether what was seen is the entry itself and no copy of it.
bool is_in_place(const seen& one, const std::string& key, const weight& tensor)
{
    return one.key == key.data() && one.length == key.size() && one.data == tensor.values.data();
}

} // namespace

TEST_CASE("a component shows a map's entries in place and in order")
{
    const dict  tensors{{"b", {}}, {"a", {}}, {"c", {}}};
    const auto  all = addresses(model(tensors));
    std::size_t i = 0;

    REQUIRE(all.size() == 3);
    for (const auto& [key, tensor] : tensors)
        CHECK(is_in_place(all[i++], key, tensor));
}

TEST_CASE("a component shows an unordered map's entries in place")
{
    const std::unordered_map<std::string, weight> tensors{{"b", {}}, {"a", {}}, {"c", {}}};
    const auto                                    all = addresses(model(tensors));
    std::size_t                                   i = 0;

    REQUIRE(all.size() == 3);
    for (const auto& [key, tensor] : tensors)
        CHECK(is_in_place(all[i++], key, tensor));
}

TEST_CASE("a component shows a vector of pairs in place and in order")
{
    const std::vector<std::pair<std::string, weight>> tensors{{"z", {}}, {"a", {}}};
    const auto                                        all = addresses(model(tensors));

    REQUIRE(all.size() == 2);
    CHECK(is_in_place(all[0], tensors[0].first, tensors[0].second));
    CHECK(is_in_place(all[1], tensors[1].first, tensors[1].second));
}

TEST_CASE("a component shows an array of a type with name and tensor in place")
{
    const std::array<parameter, 2> tensors{{{"z", {}}, {"a", {}}}};
    const auto                     all = addresses(model(tensors));

    REQUIRE(all.size() == 2);
    CHECK(is_in_place(all[0], tensors[0].name, tensors[0].tensor));
    CHECK(is_in_place(all[1], tensors[1].name, tensors[1].tensor));
}

TEST_CASE("a component shows a plain array in place")
{
    const parameter tensors[]{{"z", {}}, {"a", {}}}; // NOLINT: a plain array is what is tested
    const auto      all = addresses(model(tensors));

    REQUIRE(all.size() == 2);
    CHECK(is_in_place(all[0], tensors[0].name, tensors[0].tensor));
    CHECK(is_in_place(all[1], tensors[1].name, tensors[1].tensor));
}

TEST_CASE("a component shows entries by their own entry_traits")
{
    const std::vector<slot> tensors{{"first", {}}, {"second", {}}};
    const auto              all = addresses(model(tensors));

    REQUIRE(all.size() == 2);
    CHECK(is_in_place(all[1], tensors[1].label, tensors[1].content));
}

TEST_CASE("a component follows pointers to tensors")
{
    const std::map<std::string, std::shared_ptr<weight>> tensors{{"a", std::make_shared<weight>()}};
    const auto                                           all = addresses(model(tensors));

    REQUIRE(all.size() == 1);
    CHECK(is_in_place(all[0], tensors.begin()->first, *tensors.begin()->second));
}

TEST_CASE("a component shows what proxy iterators put together")
{
    const columns tensors;
    const auto    all = addresses(model(tensors));

    REQUIRE(all.size() == 2);
    CHECK(all[0].key == tensors.names[0].data());
    CHECK(all[0].data == tensors.values[0].data());
    CHECK(all[1].key == tensors.names[1].data());
    CHECK(all[1].data == tensors.values[1].data());
}

TEST_CASE("a component of no entries shows nothing")
{
    CHECK(addresses(model(stet::no_entries)).empty());
    CHECK_FALSE(model(stet::no_entries).is_given());
    CHECK(model(stet::no_entries).size_hint() == 0);
    const dict empty;
    CHECK(model(empty).is_given());
    const dict nothing;
    CHECK(addresses(model(nothing)).empty());
}

TEST_CASE("a component passes on why a tensor cannot be seen")
{
    const std::map<std::string, const weight*> tensors{{"gone", nullptr}};
    stet::errc                                 found{};
    const auto                                 visited =
        model(tensors).each([&](std::string_view, const stet::result<stet::tensor_view>& tensor) {
            if (!tensor)
                found = tensor.error().code;
            return stet::result<void>();
        });

    CHECK(visited);
    CHECK(found == stet::errc::missing_tensor);
}

TEST_CASE("an error of the visitor ends the visit and is passed on")
{
    const dict  tensors{{"a", {}}, {"b", {}}, {"c", {}}};
    std::string keys;
    const auto  visited = model(tensors).each(
        [&](std::string_view key, const stet::result<stet::tensor_view>&) -> stet::result<void> {
            keys += key;
            if (key == "b")
                return stet::error{.code = stet::errc::cancelled, .actual = 7};
            return {};
        });

    REQUIRE_FALSE(visited);
    CHECK(visited.error().code == stet::errc::cancelled);
    CHECK(visited.error().actual == 7);
    CHECK(keys == "ab");
}

TEST_CASE("a dict tagged with a component's own role is that component")
{
    const dict tensors{{"a", {}}};
    const auto all = addresses(model(stet::as<role::model>(tensors)));

    REQUIRE(all.size() == 1);
    CHECK(is_in_place(all[0], tensors.begin()->first, tensors.begin()->second));
}

TEST_CASE("a copied component shows the same dict")
{
    dict        tensors{{"a", {}}};
    const model first = tensors;
    model       second = first; // NOLINT: the copy is what is tested
    tensors.emplace("b", weight());

    CHECK(addresses(second).size() == 2);
    CHECK(addresses(first)[1].key == addresses(second)[1].key);
}

TEST_CASE("a component tells how many entries its dict says it has")
{
    const dict    tensors{{"b", {}}, {"a", {}}, {"c", {}}};
    const columns without_size;

    CHECK(model(tensors).size_hint() == 3);
    CHECK(model(without_size).size_hint() == 0);
}
