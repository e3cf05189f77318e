// SPDX-License-Identifier: MIT
// Writes a checkpoint where there is no system: into a callback, with the caller's memory.
#include <stet/layout/family.hpp>
#include <stet/save/write.hpp>
#include <stet/sink/sinks.hpp>
#include <stet/state/checkpoint.hpp>
#include <stet/vocabulary/message.hpp>

#include <array>
#include <cstddef>
#include <span>

extern "C" std::size_t write_checkpoint(int (*write)(void*, const void*, std::size_t), void* device,
                                        const stet::allocator* memory, const float* numbers, char* message,
                                        std::size_t capacity);

namespace {

struct weight {
    const char*       name;
    stet::tensor_view tensor;
};

using layout = stet::prefix_layout<stet::under<stet::role::model, "style_transfer.">>;

} // namespace

/// Returns 0, or the length of a message.
std::size_t write_checkpoint(int (*write)(void*, const void*, std::size_t), void* device,
                             const stet::allocator* memory, const float* numbers, char* message,
                             std::size_t capacity)
{
    const auto packed = stet::view_of(std::span<const float>(numbers, 12), {4, 3});
    const auto turned = stet::strided_view(std::span<const float>(numbers, 12), {3, 4}, {1, 3});
    if (!packed || !turned)
        return stet::write_message(packed ? turned.error() : packed.error(), message, capacity);
    const std::array<weight, 2> weights{{{"packed.weight", *packed}, {"turned.\"weight\"", *turned}}};

    std::array<std::byte, 256> staging;
    stet::callback_sink        sink(write, device);
    const auto                 saved = stet::save(stet::model_only{.model = weights}, layout{}, sink,
                                                  {.metadata = {{"format", "pt"}}, .staging = staging, .allocator = *memory});
    return saved ? 0 : stet::write_message(saved.error(), message, capacity);
}
