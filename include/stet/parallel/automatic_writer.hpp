// SPDX-License-Identifier: MIT
#ifndef STET_PARALLEL_AUTOMATIC_WRITER_HPP
#define STET_PARALLEL_AUTOMATIC_WRITER_HPP

#include "hybrid_writer.hpp"

#include <cstdint>

namespace stet::inline v0_1 {

/// When a save leaves the usual way.
struct automatic_settings {
    std::uint64_t   large = std::uint64_t{256} << 20U; ///< bytes of the file, from which on another way pays
    hybrid_settings hybrid{};                          ///< its blocks are also those of the direct way
};

namespace detail {

inline result<void> write_automatic(const void* given, const header& head, part_file& file,
                                    const save_options& options)
{
    const auto& settings = *static_cast<const automatic_settings*>(given);
    if (head.file_size() < settings.large)
        return write(head, file, write_part(options));
    if (options.lasting == durability::full)
        return write_direct(&settings.hybrid.blocks, head, file, options);
    return write_hybrid(&settings.hybrid, head, file, options);
}

} // namespace detail

inline constexpr automatic_settings default_automatic{};

/// The way that is fastest for the file: a smaller one through the system's cache, a large one as direct_writer when it
/// is to be durable and as hybrid_writer when it need not be. What lies aligned is never copied, whichever is chosen.
constexpr file_writer automatic_writer(const automatic_settings& settings = default_automatic) noexcept
{
    return {.write = detail::write_automatic, .settings = &settings};
}
file_writer automatic_writer(const automatic_settings&& temporary) = delete;

} // namespace stet::inline v0_1

#endif
