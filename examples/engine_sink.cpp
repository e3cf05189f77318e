// SPDX-License-Identifier: MIT
// Writes a checkpoint as an engine does: through its own file system, with its own memory, without touching
// the heap. Compiles with -fno-exceptions -fno-rtti.
#include <stet/layout/family.hpp>
#include <stet/save/write.hpp>
#include <stet/sink/sinks.hpp>
#include <stet/state/checkpoint.hpp>
#include <stet/vocabulary/message.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstring>

namespace engine {

/// The engine's archive, here a block of memory behind a C function.
struct archive {
    std::array<std::byte, 1024> memory;
    std::size_t                 size = 0;
    int                         writes = 0;
};

/// Returns 0, or the engine's own error code.
static int archive_write(void* context, const void* data, std::size_t size)
{
    auto&         to = *static_cast<archive*>(context);
    constexpr int archive_full = 7;
    if (size > to.memory.size() - to.size)
        return archive_full;
    std::memcpy(to.memory.data() + to.size, data, size);
    to.size += size;
    ++to.writes;
    return 0;
}

/// Hands out memory from front to back and takes all of it back at once.
struct arena {
    alignas(std::max_align_t) std::array<std::byte, 32768> memory;
    std::size_t used = 0;

    stet::allocator allocator() noexcept
    {
        return {.context = this,
                .allocate = [](void* context, std::size_t size, std::size_t alignment) -> void* {
                    auto&             self = *static_cast<arena*>(context);
                    const std::size_t begin = (self.used + alignment - 1) / alignment * alignment;
                    if (begin > self.memory.size() || size > self.memory.size() - begin)
                        return nullptr; // stet reports out_of_memory
                    self.used = begin + size;
                    return self.memory.data() + begin;
                },
                .deallocate = [](void*, void*, std::size_t, std::size_t) {}};
    }
};

/// A state dict needs no map: any range of things with a name and a tensor is one.
struct weight {
    const char*       name;
    stet::tensor_view tensor;
};

using layout = stet::prefix_layout<stet::under<stet::role::model, "style_transfer.">>;

} // namespace engine

static int failed(const stet::error& error)
{
    std::array<char, 256> text;
    const std::size_t     length = stet::write_message(error, text.data(), text.size());
    std::fprintf(stderr, "%.*s\n", static_cast<int>(length < text.size() ? length : text.size()),
                 text.data());
    return 1;
}

int main()
{
    const std::array<float, 12> kernel{};
    const std::array<float, 4>  bias{};
    const auto                  kernel_view = stet::view_of(kernel, {4, 3, 1, 1});
    const auto                  bias_view = stet::view_of(bias, {4});
    if (!kernel_view)
        return failed(kernel_view.error());
    if (!bias_view)
        return failed(bias_view.error());
    const std::array<engine::weight, 2> weights{{{"conv.weight", *kernel_view}, {"conv.bias", *bias_view}}};

    engine::archive            archive;
    engine::arena              arena;
    std::array<std::byte, 512> staging; // small tensors are joined here, so that the archive sees few writes
    stet::callback_sink        sink(engine::archive_write, &archive);
    const auto written = stet::save(stet::model_only{.model = weights}, engine::layout{}, sink,
                                    {.staging = staging, .allocator = arena.allocator()});
    if (!written)
        return failed(written.error());

    std::printf("archive: %zu bytes in %d writes\n", archive.size, archive.writes);
    std::printf("arena: %zu of %zu bytes used\n", arena.used, arena.memory.size());
}
