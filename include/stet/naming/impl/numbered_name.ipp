// SPDX-License-Identifier: MIT
#include "../numbered_name.hpp"

namespace STET_NAMESPACE {

STET_INLINE std::string numbered_name(std::string_view stem, std::uint64_t counter,
                                      std::string_view extension)
{
    std::string name(stem);
    name += '_';
    detail::append_padded(name, counter, 5);
    name += '_';
    name += extension;
    return name;
}

} // namespace STET_NAMESPACE
