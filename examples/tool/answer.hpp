// SPDX-License-Identifier: MIT
// What a command says of the one thing it does: to people in lines, with --json to programs as one document.
#ifndef EXAMPLE_ANSWER_HPP
#define EXAMPLE_ANSWER_HPP

#include "command_line.hpp"
#include "json_list.hpp"

#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace example {

class answer {
public:
    /// program: the command, such as "stet cast"
    explicit answer(std::string_view program) : program_(program) {}
    answer(const answer&) = delete;
    answer& operator=(const answer&) = delete;

    /// lifetime: the options borrow this object
    void describe(std::vector<option>& options)
    {
        options.push_back(
            {"--json", "", "one JSON document on standard output, and nothing else", &is_json_});
    }

    bool is_json() const { return is_json_; }

    /// Writes the document, an object.
    /// write: void(json_list&), its members
    template <class Write>
    int write(Write write_members) const
    {
        {
            json_list object('{', '}');
            write_members(object);
        }
        std::cout << '\n';
        return done;
    }

    /// Says why it could not be done, on standard error, and in the document where one is wanted. Returns the exit status.
    int fail(std::string_view why) const
    {
        const int status = report_failure(program_, why);
        if (is_json_)
            write([&](json_list& object) {
                object.next("error") << json_text(interruption() + std::string(why));
            });
        return status;
    }

private:
    std::string_view program_;
    bool             is_json_ = false;
};

} // namespace example

#endif
