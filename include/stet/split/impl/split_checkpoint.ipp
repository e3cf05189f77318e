// SPDX-License-Identifier: MIT
#include "../split_checkpoint.hpp"

namespace STET_NAMESPACE {

STET_INLINE split_checkpoint::split_checkpoint(const allocator& memory) noexcept
    : model(memory), text_encoder(memory), vae(memory), vision_encoder(memory), seconds_start(memory),
      seconds_total(memory), extra(memory), leftover(memory), log_(memory)
{
}

} // namespace STET_NAMESPACE
