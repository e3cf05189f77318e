// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_METADATA_LAYERS_HPP
#define STET_QUANTISED_IMPL_METADATA_LAYERS_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/json_document.hpp"
#include "../../vocabulary/result.hpp"
#include "../layer.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// The text of `_quantization_metadata`, and what it holds for layers.
class metadata_layers {
public:
    /// errors: out_of_memory
    result<void> read(std::optional<std::string_view> text, const allocator& memory) noexcept;

    quantised::metadata_state state() const noexcept { return state_; }

    /// The object from layer names to descriptions; only where the state is sound.
    json_item layers() const noexcept { return {document_->root().tree(), layers_}; }
    /// A description of it.
    json_item at(std::uint32_t position) const noexcept { return {document_->root().tree(), position}; }

private:
    std::optional<json_document> document_;
    std::uint32_t                layers_ = 0;
    quantised::metadata_state    state_ = quantised::metadata_state::absent;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "metadata_layers.ipp"
#endif

#endif
