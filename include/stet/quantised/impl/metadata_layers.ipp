// SPDX-License-Identifier: MIT
#include "metadata_layers.hpp"

#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE result<void> metadata_layers::read(std::optional<std::string_view> text,
                                               const allocator&                memory) noexcept
{
    if (!text)
        return {};
    auto read = read_json(*text, memory);
    if (!read) {
        state_ = quantised::metadata_state::no_json;
        return read.error().code == errc::out_of_memory ? result<void>(read.error()) : result<void>();
    }
    document_.emplace(std::move(*read));
    state_ = quantised::metadata_state::no_layers;
    const auto found = document_->root().find("layers");
    if (found && found->is_object()) {
        layers_ = found->position();
        state_ = quantised::metadata_state::sound;
    }
    return {};
}

} // namespace STET_NAMESPACE::detail
