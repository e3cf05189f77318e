// SPDX-License-Identifier: MIT
// What the library refuses, in words that name the tool's own options.
#ifndef EXAMPLE_REFUSAL_HPP
#define EXAMPLE_REFUSAL_HPP

#include <stet/vocabulary/error.hpp>
#include <stet/vocabulary/message.hpp>

#include <string>

namespace example {

inline std::string told(const stet::error& refused)
{
    std::string text = stet::message(refused);
    if (refused.code == stet::errc::name_taken)
        return text.substr(0, text.rfind("; ")) + "; choose another name or give --replace";
    if (refused.code == stet::errc::foreign_key && !refused.first_party().empty())
        return text + "; or give the encoder alone, by --clip-l, --t5xxl or another option of that kind";
    return text;
}

} // namespace example

#endif
