// SPDX-License-Identifier: MIT
// Saves tensors that live on a device: each is read back through one small buffer while it is written.
#include "arguments.hpp"
#include "report.hpp"

#include <stet/stet.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <map>
#include <span>
#include <string>
#include <vector>

// What a graphics interface offers, here with ordinary memory behind it.
namespace gpu {

class device {
public:
    explicit device(std::size_t size) : memory_(size)
    {
        for (std::size_t i = 0; i < size; ++i)
            memory_[i] = static_cast<std::byte>(i % 251);
    }

    /// Copies device memory to the host. Returns 0, or the device's error code.
    int read_back(std::uint64_t address, std::span<std::byte> host) const
    {
        constexpr int bad_address = 14;
        if (address > memory_.size() || host.size() > memory_.size() - address)
            return bad_address;
        std::memcpy(host.data(), memory_.data() + address, host.size());
        return 0;
    }

private:
    std::vector<std::byte> memory_;
};

struct buffer {
    const device*             owner = nullptr;
    std::uint64_t             address = 0;
    std::vector<std::int64_t> shape{}; // of bfloat16

    std::uint64_t size() const
    {
        std::uint64_t bytes = 2;
        for (const std::int64_t dimension : shape)
            bytes *= static_cast<std::uint64_t>(dimension);
        return bytes;
    }
};

} // namespace gpu

/// Writes a buffer's bytes in pieces. What it returns ends the save, which then leaves nothing behind.
static stet::result<void> stream(const gpu::buffer& buffer, stet::sink_ref destination)
{
    std::array<std::byte, 4096> host;
    const std::uint64_t         size = buffer.size();
    for (std::uint64_t done = 0; done != size;) {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(host.size(), size - done));
        const auto piece = std::span(host).first(count);
        if (const int code = buffer.owner->read_back(buffer.address + done, piece); code != 0)
            return stet::error{.code = stet::errc::io_failure, .os_code = code};
        if (auto written = destination.write(piece); !written)
            return written;
        done += count;
    }
    return {};
}

template <>
struct stet::tensor_traits<gpu::buffer> {
    static result<tensor_view> view(const gpu::buffer& buffer) noexcept
    {
        return produced_view(dtype::bf16, buffer.shape, buffer,
                             [](const gpu::buffer& b, sink_ref to) { return stream(b, to); });
    }
};

int main(int count, char** values)
{
    const auto arguments = example::parse(count, values);

    const gpu::device                  device(1 << 20);
    std::map<std::string, gpu::buffer> model{
        {"attention.weight", {.owner = &device, .address = 0, .shape = {256, 512}}},
        {"attention.bias", {.owner = &device, .address = 262'144, .shape = {256}}}};

    const auto save = [&] {
        return stet::save(stet::model_only{.model = model}, stet::layouts::generic{},
                          stet::numbered{.root = arguments.output, .prefix = "checkpoints/from_device"});
    };
    const auto saved = save();
    if (!saved) {
        std::cerr << stet::message(saved.error()) << '\n';
        return 1;
    }
    example::print(*saved);

    model["lost.weight"] = {.owner = &device, .address = 1 << 20, .shape = {16}};
    const auto refused = save();
    if (refused)
        return 1;
    std::cout << "refused: " << stet::message(refused.error()) << '\n';
}
