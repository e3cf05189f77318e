// SPDX-License-Identifier: MIT
// Saves what is made of one file, with the metadata that still holds.
#ifndef EXAMPLE_SAVED_FROM_HPP
#define EXAMPLE_SAVED_FROM_HPP

#include "checkpoint_file.hpp"
#include "closing_writer.hpp"
#include "destination.hpp"
#include "json_list.hpp"
#include "progress_bar.hpp"

#include <stet/carry/carried.hpp>
#include <stet/header/header.hpp>
#include <stet/save/save.hpp>

#include <cstdint>
#include <iostream>
#include <string>

namespace example {

/// Saves a plan of the file's tensors, where it is told over the file itself.
/// metadata: none where it has no entry
inline stet::result<stet::saved_checkpoint> save_from(checkpoint_file& file, const stet::plan& tensors,
                                                      const destination&         where,
                                                      const stet::metadata_list& metadata)
{
    const closing_writer closing({&file});
    progress_bar         bar;
    return where.save(tensors,
                      {.metadata = metadata.empty() ? stet::metadata_view() : stet::metadata_view(metadata),
                       .progress = bar,
                       .writer = where.replaces() ? closing.writer() : stet::file_writer()});
}

/// Members that tell of a saved file and of its metadata.
inline void write_saved(json_list& object, const std::string& source, const stet::saved_checkpoint& saved,
                        const stet::carry::passed_on& about)
{
    std::uint64_t tensors = 0;
    for (const stet::component_report& part : saved.components)
        tensors += part.tensors;
    object.next("source") << json_text(source);
    object.next("path") << json_text(saved.path);
    object.next("bytes") << saved.bytes;
    object.next("tensors") << tensors;
    object.texts("metadata_dropped", about.dropped_digests);
    object.texts("metadata_unknown", about.unknown);
}

} // namespace example

#endif
