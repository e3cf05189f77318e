// SPDX-License-Identifier: MIT
// What a save tells about the file it wrote, as members of a JSON object.
#ifndef EXAMPLE_SAVED_MEMBERS_HPP
#define EXAMPLE_SAVED_MEMBERS_HPP

#include "header_ceilings.hpp"
#include "json_list.hpp"

#include <stet/save/save.hpp>

#include <cstdint>

namespace example {

/// Path, number, bytes and tensors of the file, and who does not take its header.
inline void write_file(json_list& object, const stet::saved_checkpoint& saved)
{
    std::uint64_t tensors = 0;
    for (const stet::component_report& part : saved.components)
        tensors += part.tensors;
    object.next("path") << json_text(saved.path);
    if (saved.number)
        object.next("number") << *saved.number;
    object.next("bytes") << saved.bytes;
    object.next("tensors") << tensors;
    write_ceilings(object, saved.header_bytes);
}

/// Its components, those without a tensor left out.
inline void write_components(json_list& object, const stet::saved_checkpoint& saved)
{
    object.next("components");
    json_list components('[', ']');
    for (const stet::component_report& part : saved.components) {
        if (part.tensors + part.left_out == 0)
            continue;
        components.next();
        json_list component('{', '}');
        component.next("name") << json_text(part.role);
        component.next("tensors") << part.tensors;
        component.next("bytes") << part.bytes;
        component.next("left_out") << part.left_out;
    }
}

} // namespace example

#endif
