// SPDX-License-Identifier: MIT
// Files of recorded cases: read whole or refused with a sentence, so that no test runs on data that lacks something.
#ifndef STET_TESTS_SUPPORT_RECORDED_CASES_HPP
#define STET_TESTS_SUPPORT_RECORDED_CASES_HPP

#include "support/data_shape.hpp"
#include "support/json.hpp"
#include "support/test_data.hpp"

#include <stet/families/families.hpp>

#include <catch2/catch_test_macros.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace support {

/// An array of a file, and what each of its cases must be.
struct case_array {
    std::string_view name;
    data_shape       one;
};

/// "cases[3] (S004)", for sentences about a case.
inline std::string name_of_case(std::string_view array, std::size_t index, const json_value& one)
{
    std::string name = std::string(array) + "[" + std::to_string(index) + "]";
    for (const std::string_view key : {"id", "name", "family"}) {
        if (const std::string_view text = one.at(key).text(); !text.empty())
            return name + " (" + std::string(text) + ")";
    }
    return name;
}

/// What is wrong with a file of cases; empty when nothing is.
inline std::string complaint_about(const json_value& file, std::initializer_list<case_array> arrays)
{
    for (const case_array& array : arrays) {
        const json_value* const cases = file.find(array.name);
        if (cases == nullptr)
            return "it has no member '" + std::string(array.name) + "'";
        if (cases->elements() == nullptr)
            return "'" + std::string(array.name) + "' is not a list";
        if (cases->items().empty())
            return "'" + std::string(array.name) + "' holds no case";
        for (std::size_t i = 0; i < cases->items().size(); ++i) {
            const json_value& one = cases->items()[i];
            if (auto wrong = array.one.complaint(one, name_of_case(array.name, i, one)); !wrong.empty())
                return wrong;
        }
    }
    return {};
}

/// A JSON file of the test data that is known to be there; nothing and a failed check when it is none.
inline std::optional<json_value> read_json(std::string_view relative)
{
    const auto text = file_content(test_data(relative));
    if (!text) {
        FAIL_CHECK(relative << " cannot be read");
        return std::nullopt;
    }
    auto data = parse_json(*text);
    if (!data)
        FAIL_CHECK(relative << " is not JSON: cut off, or with something that JSON does not have");
    return data;
}

/// The file with all of these arrays, each of its cases whole. Nothing when it is absent, which is printed, or when
/// something is missing, which is a failed check with a sentence.
inline std::optional<json_value> read_cases(std::string_view                  relative,
                                            std::initializer_list<case_array> arrays)
{
    if (!found_test_data(relative))
        return std::nullopt;
    auto data = read_json(relative);
    if (!data)
        return std::nullopt;
    if (const std::string wrong = complaint_about(*data, arrays); !wrong.empty()) {
        FAIL_CHECK(relative << ": " << wrong);
        return std::nullopt;
    }
    return data;
}

/// Calls `visit(family{})` for the family that a case names; a failed check where nobody knows it.
template <class Visit>
void with_family(std::string_view name, Visit visit)
{
    if (!stet::visit_family(name, visit))
        FAIL_CHECK("no family is called '" << name << "'");
}

} // namespace support

#endif
