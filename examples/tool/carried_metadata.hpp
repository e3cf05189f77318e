// SPDX-License-Identifier: MIT
// What became of the metadata of files whose tensors went to others, in lines or as JSON.
#ifndef EXAMPLE_CARRIED_METADATA_HPP
#define EXAMPLE_CARRIED_METADATA_HPP

#include "json_list.hpp"
#include "readable.hpp"

#include <stet/carry/carried.hpp>

#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace example {

/// "    dropped: 'a', 'b', which ..."; nothing for no names
inline void print_names(std::string_view what, const std::vector<std::string>& names, std::string_view why)
{
    if (names.empty())
        return;
    std::cout << "    " << what << ": ";
    for (std::size_t i = 0; i < names.size(); ++i)
        std::cout << (i == 0 ? "" : ", ") << quoted(names[i]);
    std::cout << why << '\n';
}

inline void print_passed_on(const stet::carry::passed_on& said)
{
    print_names("metadata dropped", said.dropped_digests, ", digests that hold no longer");
    print_names("metadata left out", said.left_out, ", which describes the whole file");
    print_names("metadata kept", said.unknown, ", whose meaning is not known");
}

inline void print_carried(const stet::carry::carried& said)
{
    print_passed_on(said);
    print_names("metadata differs", said.differing, "; the first file's is kept");
    print_names("metadata dropped", said.unusable, ", which says nothing that could be read");
    print_names("metadata dropped", said.unplaced_layers,
                " of _quantization_metadata, which fit no weight (metadata-layer-unknown)");
    print_names("layers of an unknown format", said.unknown_formats, ", carried as they are");
}

/// Members that tell of it.
inline void write_passed_on(json_list& object, const stet::carry::passed_on& said)
{
    object.texts("metadata_dropped", said.dropped_digests);
    object.texts("metadata_unknown", said.unknown);
}

inline void write_carried(json_list& object, const stet::carry::carried& said)
{
    write_passed_on(object, said);
    object.texts("metadata_differing", said.differing);
    object.texts("metadata_unusable", said.unusable);
    object.texts("unplaced_layers", said.unplaced_layers);
    object.texts("layers_of_unknown_formats", said.unknown_formats);
}

} // namespace example

#endif
