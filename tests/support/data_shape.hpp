// SPDX-License-Identifier: MIT
// What recorded data must hold before a test looks at it, and the sentence that says what is missing.
#ifndef STET_TESTS_SUPPORT_DATA_SHAPE_HPP
#define STET_TESTS_SUPPORT_DATA_SHAPE_HPP

#include "support/golden_tensor.hpp"
#include "support/json.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

struct shaped_member;

/// What a JSON value must be. Members that it does not name may be anything.
class data_shape {
public:
    using test = bool (*)(const json_value&);

    /// what: "a text", for the sentence that says it is something else
    data_shape(std::string what, test is_one) : what_(std::move(what)), is_one_(is_one) {}

    static data_shape object(const std::vector<shaped_member>& members);
    /// exactly: how many elements; 0 for any number
    static data_shape list_of(data_shape element, std::size_t exactly = 0)
    {
        data_shape shape("a list", [](const json_value& value) { return value.elements() != nullptr; });
        shape.parts_.push_back(std::move(element));
        shape.exactly_ = exactly;
        return shape;
    }
    data_shape or_null() const
    {
        data_shape shape = *this;
        shape.may_be_null_ = true;
        return shape;
    }

    /// What is wrong with the value, in a sentence about `where`; empty when nothing is.
    inline std::string complaint(const json_value& value, const std::string& where) const;

private:
    std::string              what_;
    test                     is_one_;
    bool                     may_be_null_ = false;
    std::size_t              exactly_ = 0;
    std::vector<data_shape>  parts_{}; ///< of a list's elements
    std::vector<std::string> names_{}; ///< of an object's members
    std::vector<data_shape>  shapes_{};
};

/// A member by its name; a name that ends in '?' may be missing.
struct shaped_member {
    std::string name;
    data_shape  shape;
};

inline data_shape data_shape::object(const std::vector<shaped_member>& members)
{
    data_shape shape("an object", [](const json_value& value) { return value.members() != nullptr; });
    for (const shaped_member& member : members) {
        shape.names_.push_back(member.name);
        shape.shapes_.push_back(member.shape);
    }
    return shape;
}

inline std::string data_shape::complaint(const json_value& value, const std::string& where) const
{
    if (may_be_null_ && value.is_null())
        return {};
    if (!is_one_(value))
        return where + " is not " + what_ + (may_be_null_ ? " or null" : "");
    for (std::size_t i = 0; i < names_.size(); ++i) {
        std::string_view name = names_[i];
        const bool       may_be_missing = name.ends_with('?');
        name.remove_suffix(may_be_missing ? 1 : 0);
        const json_value* const found = value.find(name);
        if (found == nullptr && !may_be_missing)
            return where + " has no member '" + std::string(name) + "'";
        if (found == nullptr)
            continue;
        if (auto wrong = shapes_[i].complaint(*found, where + "." + std::string(name)); !wrong.empty())
            return wrong;
    }
    if (parts_.empty())
        return {};
    const auto elements = value.items();
    if (exactly_ != 0 && elements.size() != exactly_)
        return where + " has " + std::to_string(elements.size()) + " elements instead of " +
               std::to_string(exactly_);
    for (std::size_t i = 0; i < elements.size(); ++i) {
        if (auto wrong = parts_[0].complaint(elements[i], where + "[" + std::to_string(i) + "]");
            !wrong.empty())
            return wrong;
    }
    return {};
}

// ---- the shapes that recorded data has --------------------------------------------------------------------

inline data_shape a_text()
{
    return {"a text", [](const json_value& value) { return value.string() != nullptr; }};
}
inline data_shape a_flag()
{
    return {"true or false", [](const json_value& value) { return value.boolean().has_value(); }};
}
inline data_shape a_count()
{
    return {"a whole number of at most 64 bits and no sign",
            [](const json_value& value) { return value.integer().has_value(); }};
}
inline data_shape an_object()
{
    return data_shape::object({});
}
inline data_shape texts()
{
    return data_shape::list_of(a_text());
}
inline data_shape counts()
{
    return data_shape::list_of(a_count());
}
/// As golden_tensor.hpp reads it, with bytes of the size that dtype and shape need.
inline data_shape tensors()
{
    return data_shape::list_of({"a tensor with name, dtype, shape and data", [](const json_value& value) {
                                    const auto tensor = parse_golden_tensor(value);
                                    return tensor && (!tensor->sha256.empty() ||
                                                      stet::tensor_traits<golden_tensor>::view(*tensor));
                                }});
}

} // namespace support

#endif
