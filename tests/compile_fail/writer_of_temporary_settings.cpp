// SPDX-License-Identifier: MIT
// A writer speaks of its settings until the save is over.
// expect-gcc: use of deleted function
// expect-gcc: block_settings
// expect-clang: call to deleted function call operator in type 'const detail::default_writer_maker<block_settings>'
#include <stet/writers/file_writers.hpp>

stet::block_settings four_blocks();
stet::file_writer    writer(const stet::block_settings& settings);

stet::file_writer writer([[maybe_unused]] const stet::block_settings& settings)
{
#ifdef STET_BREAK
    return stet::direct_writer(four_blocks());
#else
    return stet::direct_writer(settings);
#endif
}
