// SPDX-License-Identifier: MIT
#include "../automatic_writer.hpp"
#include "../direct_writer.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE result<void> accept_automatic(const void* given)
{
    return accept_hybrid(&static_cast<const automatic_settings*>(given)->hybrid);
}

STET_INLINE result<void> write_automatic(const void* given, const header& head, part_file& file,
                                         const save_options& options)
{
    const auto& settings = *static_cast<const automatic_settings*>(given);
    const bool  is_durable = options.durability == durability::full;
    if (head.file_size() < (is_durable ? settings.large_durable : settings.large))
        return write(head, file, write_part(options));
    if (is_durable)
        return write_direct(&settings.hybrid.blocks, head, file, options);
    return write_hybrid(&settings.hybrid, head, file, options);
}

} // namespace STET_NAMESPACE::detail
