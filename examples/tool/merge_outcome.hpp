// SPDX-License-Identifier: MIT
// What a merge did with each tensor, in lines or as JSON.
#ifndef EXAMPLE_MERGE_OUTCOME_HPP
#define EXAMPLE_MERGE_OUTCOME_HPP

#include "json_list.hpp"
#include "readable.hpp"

#include <stet/merge.hpp>

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace example {

namespace merge_outcome_parts {

using stet::merging::decision;
using stet::merging::merged_model;
using stet::merging::outcome;

/// "3 tensors 'a', 'b', 'c'", the first few of them
inline std::string listed(const std::vector<std::string_view>& names)
{
    constexpr std::size_t most = 6;
    std::string           text = counted(names.size(), "tensor") + ':';
    for (std::size_t i = 0; i < names.size() && i < most; ++i)
        text += (i == 0 ? " " : ", ") + quoted(names[i]);
    return names.size() > most ? text + " and " + grouped(names.size() - most) + " more" : text;
}

template <class Chosen>
std::vector<std::string_view> names_of(const merged_model& merged, Chosen is_chosen)
{
    std::vector<std::string_view> names;
    for (const decision& one : merged.decisions()) {
        if (is_chosen(one))
            names.push_back(one.name);
    }
    return names;
}

inline void print_numbers(const stet::merging::number_counts& numbers)
{
    const auto line = [](std::uint64_t count, std::string_view what) {
        if (count != 0)
            std::cout << "    " << what << ": " << counted(count, "number") << '\n';
    };
    line(numbers.became_infinite, "became infinite");
    line(numbers.became_nan, "became NaN");
    line(numbers.passed_on, "infinite or NaN before");
}

inline auto is(outcome which)
{
    return [which](const decision& one) { return one.outcome == which; };
}
inline bool is_other_type(const decision& one)
{
    return one.outcome == outcome::other_type && one.differs;
}
inline bool is_equal_of_other_type(const decision& one)
{
    return one.outcome == outcome::other_type && !one.differs;
}
inline bool is_widened(const decision& one)
{
    return one.is_widened;
}

} // namespace merge_outcome_parts

/// has_type: whether a dtype was asked for, so that what is taken may be cast
inline void print_outcome(const stet::merging::merged_model& merged, bool has_type)
{
    namespace parts = merge_outcome_parts;
    using stet::merging::outcome;
    const auto line = [&](outcome of, std::string_view what) {
        if (const std::size_t count = merged.count(of); count != 0)
            std::cout << "    " << what << ": " << counted(count, "tensor") << '\n';
    };
    const auto list = [&](std::string_view what, auto is_chosen) {
        if (const auto names = parts::names_of(merged, is_chosen); !names.empty())
            std::cout << "    " << what << ": " << parts::listed(names) << '\n';
    };
    line(outcome::merged, "merged");
    list("of its first input channels only", parts::is_widened);
    line(outcome::taken_first, has_type ? "taken from the first" : "taken from the first as they are");
    line(outcome::taken_second, "taken from the second");
    line(outcome::fixed, "the first's, whatever the ratios say");
    const auto equal = parts::names_of(merged, parts::is_equal_of_other_type);
    if (!equal.empty())
        std::cout << "    of other dtypes, equal in both: " << counted(equal.size(), "tensor") << '\n';
    list("of other dtypes, taken from the first", parts::is_other_type);
    list("only in the first, kept", parts::is(outcome::only_first));
    list("only in the second, left out", parts::is(outcome::only_second));
    list("not in the third, kept", parts::is(outcome::not_in_third));
    list("of layers that are not quantised so any more, dropped", parts::is(outcome::dropped));
    parts::print_numbers(merged.numbers());
    const auto [first, second] = merged.predictions();
    if (first != second)
        std::cout << "    warning: the models predict differently, " << quoted(first) << " and "
                  << quoted(second) << "; such a merge is rarely of use\n";
}

/// Members that tell of it: counts, and the names of those that were not simply merged or taken.
inline void write_outcome(json_list& object, const stet::merging::merged_model& merged)
{
    namespace parts = merge_outcome_parts;
    using stet::merging::outcome;
    object.next("merged") << merged.count(outcome::merged);
    object.next("taken_from_first") << merged.count(outcome::taken_first);
    object.next("taken_from_second") << merged.count(outcome::taken_second);
    object.next("always_from_first") << merged.count(outcome::fixed);
    object.next("equal_of_other_dtypes") << parts::names_of(merged, parts::is_equal_of_other_type).size();
    object.texts("other_dtypes", parts::names_of(merged, parts::is_other_type));
    object.texts("widened", parts::names_of(merged, parts::is_widened));
    object.texts("only_in_first", parts::names_of(merged, parts::is(outcome::only_first)));
    object.texts("only_in_second", parts::names_of(merged, parts::is(outcome::only_second)));
    object.texts("not_in_third", parts::names_of(merged, parts::is(outcome::not_in_third)));
    object.texts("dropped", parts::names_of(merged, parts::is(outcome::dropped)));
    object.next("became_infinite") << merged.numbers().became_infinite;
    object.next("became_nan") << merged.numbers().became_nan;
    object.next("not_finite_before") << merged.numbers().passed_on;
    const auto [first, second] = merged.predictions();
    object.truth("predictions_differ", first != second);
}

} // namespace example

#endif
