// SPDX-License-Identifier: MIT
// Metadata is borrowed until the save returns.
// expect-gcc: use of deleted function
// expect-gcc: metadata_view::metadata_view(const Dict&&)
// expect-clang: invokes a deleted function
#include <stet/save/write.hpp>

#include <map>
#include <string>

using texts = std::map<std::string, std::string>;

texts              describe();
stet::sink_options options_of(const texts& metadata);

stet::sink_options options_of([[maybe_unused]] const texts& metadata)
{
#ifdef STET_BREAK
    return stet::sink_options{.metadata = describe()};
#else
    return stet::sink_options{.metadata = metadata};
#endif
}
