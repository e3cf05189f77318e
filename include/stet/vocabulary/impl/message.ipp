// SPDX-License-Identifier: MIT
#include "../message.hpp"

namespace STET_NAMESPACE {

STET_INLINE std::string message(const error& e)
{
    std::string text(write_message(e, nullptr, 0), '\0');
    write_message(e, text.data(), text.size());
    return text;
}

} // namespace STET_NAMESPACE
