// SPDX-License-Identifier: MIT
#include <stet/state/state_dict.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

struct own_tensor {
    std::array<float, 2> values{};
};
struct no_tensor {};

struct named_tensor {
    std::string name;
    own_tensor  tensor;
};

struct both_spellings {
    std::string       first;
    stet::tensor_view second;
    int               name;
    int               tensor;
};

struct odd_entry {
    int         number;
    std::string label;
    own_tensor  weight;
};

/// Iterators that make their entries up: the key and the view are pieces of the dict.
template <class Entry>
struct made_up_entries {
    struct iterator {
        const Entry* at;

        Entry     operator*() const { return *at; }
        iterator& operator++()
        {
            ++at;
            return *this;
        }
        friend bool operator!=(const iterator& a, const iterator& b) { return a.at != b.at; }
    };

    const Entry* entries;
    std::size_t  count;

    iterator begin() const { return {entries}; }
    iterator end() const { return {entries + count}; }
};

} // namespace

template <>
struct stet::tensor_traits<own_tensor> {
    static result<tensor_view> view(const own_tensor& tensor) noexcept { return view_of(tensor.values, {2}); }
};

template <>
struct stet::entry_traits<odd_entry> {
    static const std::string& name(const odd_entry& entry) noexcept { return entry.label; }
    static const own_tensor&  tensor(const odd_entry& entry) noexcept { return entry.weight; }
};

namespace {

using stet::state_dict;
using stet::tensor_view;

static_assert(state_dict<std::map<std::string, tensor_view>>);
static_assert(state_dict<std::map<std::string_view, own_tensor>>);
static_assert(state_dict<std::unordered_map<std::string, own_tensor>>);
static_assert(state_dict<std::map<std::string, std::shared_ptr<own_tensor>>>);
static_assert(state_dict<std::map<std::string, const own_tensor*>>);
static_assert(state_dict<std::vector<std::pair<std::string, tensor_view>>>);
static_assert(state_dict<std::vector<std::pair<const char*, own_tensor>>>);
static_assert(state_dict<std::array<named_tensor, 3>>);
static_assert(state_dict<named_tensor[3]>); // NOLINT: a plain array is what is tested
static_assert(state_dict<std::vector<both_spellings>>);
static_assert(state_dict<std::vector<odd_entry>>);
static_assert(state_dict<stet::no_entries_t>);
// A proxy iterator may make up an entry, but not what the entry holds.
static_assert(state_dict<made_up_entries<std::pair<std::string_view, tensor_view>>>);
static_assert(!state_dict<made_up_entries<std::pair<std::string, tensor_view>>>);
static_assert(!state_dict<made_up_entries<std::pair<std::string_view, own_tensor>>>);

static_assert(!state_dict<int>);
static_assert(!state_dict<own_tensor>);
static_assert(!state_dict<std::vector<tensor_view>>);
static_assert(!state_dict<std::map<int, tensor_view>>);
static_assert(!state_dict<std::map<std::string, no_tensor>>);
static_assert(!state_dict<std::vector<std::pair<std::string, int>>>);

static_assert(stet::no_entries.begin() == stet::no_entries.end());

template <class Entry>
using traits = stet::entry_traits<Entry>;

} // namespace

TEST_CASE("an entry's name and tensor are seen where they lie")
{
    const std::pair<const std::string, own_tensor> pair{"weight", {}};
    CHECK(&traits<std::pair<const std::string, own_tensor>>::name(pair) == &pair.first);
    CHECK(&traits<std::pair<const std::string, own_tensor>>::tensor(pair) == &pair.second);

    const named_tensor named{"bias", {}};
    CHECK(&traits<named_tensor>::name(named) == &named.name);
    CHECK(&traits<named_tensor>::tensor(named) == &named.tensor);
}

TEST_CASE("first and second win over name and tensor")
{
    const both_spellings entry{.first = "key", .second = {}, .name = 1, .tensor = 2};

    CHECK(&traits<both_spellings>::name(entry) == &entry.first);
    CHECK(&traits<both_spellings>::tensor(entry) == &entry.second);
}

TEST_CASE("entry_traits of a type's own are used")
{
    const odd_entry entry{.number = 1, .label = "scale", .weight = {}};
    CHECK(stet::tensor_traits<own_tensor>::view(traits<odd_entry>::tensor(entry))->data ==
          entry.weight.values.data());

    CHECK(traits<odd_entry>::name(entry) == "scale");
    CHECK(&traits<odd_entry>::tensor(entry) == &entry.weight);
}
