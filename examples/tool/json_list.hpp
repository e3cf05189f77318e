// SPDX-License-Identifier: MIT
// JSON on standard output, written as it comes.
#ifndef EXAMPLE_JSON_LIST_HPP
#define EXAMPLE_JSON_LIST_HPP

#include "readable.hpp"

#include <iostream>
#include <ostream>
#include <string_view>
#include <utility>

namespace example {

/// A JSON object or list that is printed; puts commas between members and elements, and closes itself.
class json_list {
public:
    json_list(char open, char close) : close_(close) { std::cout << open; }
    json_list(const json_list&) = delete;
    json_list& operator=(const json_list&) = delete;
    ~json_list() { std::cout << close_; }

    /// Starts an element.
    std::ostream& next() { return std::cout << (std::exchange(is_first_, false) ? "" : ", "); }
    /// Starts an element on a line of its own.
    void next_line() { std::cout << (std::exchange(is_first_, false) ? "\n" : ",\n"); }
    /// Starts a member.
    std::ostream& next(std::string_view key) { return next() << json_text(key) << ": "; }

    /// A member that is true or false.
    void truth(std::string_view key, bool is_true) { next(key) << (is_true ? "true" : "false"); }

    /// A list of texts.
    template <class Texts>
    void texts(std::string_view key, const Texts& all)
    {
        next(key);
        json_list list('[', ']');
        for (const auto& one : all)
            list.next() << json_text(one);
    }

    /// A list of objects, each on a line of its own.
    /// write: void(json_list&, element), the object's members
    template <class Elements, class Write>
    void objects(std::string_view key, const Elements& all, Write write)
    {
        next(key);
        json_list list('[', ']');
        for (const auto& one : all) {
            list.next_line();
            json_list object('{', '}');
            write(object, one);
        }
    }

private:
    char close_;
    bool is_first_ = true;
};

} // namespace example

#endif
