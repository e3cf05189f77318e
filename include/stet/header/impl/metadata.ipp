// SPDX-License-Identifier: MIT
#include "../metadata.hpp"

namespace STET_NAMESPACE {

STET_INLINE void set_metadata(metadata_list& list, std::string_view key, std::string_view text)
{
    for (auto& [known, value] : list) {
        if (known == key) {
            value = text;
            return;
        }
    }
    list.emplace_back(key, text);
}

} // namespace STET_NAMESPACE
