// SPDX-License-Identifier: MIT
// Entries must lie in the dict: one whose iterator makes them up would leave names without text.
// expect: stet: a component must be a state dict: iterable, entries of a name (first, convertible to std::string_view) and a tensor (second, with stet::tensor_traits), stored in the dict
#include <stet/state/checkpoint.hpp>

#include <string>
#include <string_view>
#include <utility>

#ifdef STET_BREAK
using name = std::string;
#else
using name = std::string_view;
#endif

struct made_up_entries {
    struct iterator {
        std::pair<name, stet::tensor_view> operator*() const;
        iterator&                          operator++();
        bool                               operator!=(const iterator& other) const;
    };
    iterator begin() const;
    iterator end() const;
};

stet::model_only checkpoint_of(const made_up_entries& model);

stet::model_only checkpoint_of(const made_up_entries& model)
{
    return stet::model_only{.model = model};
}
