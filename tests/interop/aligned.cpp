// SPDX-License-Identifier: MIT
// Saves tensors of zeros in the aligned order: lines `NAME DTYPE DIMENSION...` describe them, names without spaces.
// What is zero becomes a hole of the file, so that a checkpoint of gigabytes takes no room.
#include <stet/stet.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

struct zeros {
    stet::dtype                type{};
    std::vector<std::uint64_t> shape{};
};

constexpr std::array<std::byte, 65536> block{};

constexpr auto write_zeros = [](const zeros& of, stet::sink_ref out) -> stet::result<void> {
    const auto size = stet::byte_count(of.type, of.shape);
    if (!size)
        return size.error();
    for (std::uint64_t left = *size; left != 0;) {
        const std::uint64_t now = std::min<std::uint64_t>(left, block.size());
        if (auto written = out.write(stet::bytes(block).first(now)); !written)
            return written;
        left -= now;
    }
    return {};
};

/// A file whose zeros are holes.
struct sparse_file {
    int         descriptor;
    std::size_t size = 0;

    stet::result<void> write(stet::bytes data)
    {
        const bool is_hole =
            std::all_of(data.begin(), data.end(), [](std::byte one) { return one == std::byte{}; });
        const auto at = static_cast<off_t>(size);
        size += data.size();
        const bool is_done =
            is_hole ? ftruncate(descriptor, static_cast<off_t>(size)) == 0
                    : pwrite(descriptor, data.data(), data.size(), at) == static_cast<ssize_t>(data.size());
        return is_done ? stet::result<void>() : stet::error{.code = stet::errc::io_failure};
    }
};

} // namespace

template <>
struct stet::tensor_traits<zeros> {
    static result<tensor_view> view(const zeros& tensor) noexcept
    {
        return produced_view(tensor.type, tensor.shape, tensor, write_zeros);
    }
};

int main(int count, char** values)
{
    if (count != 3) {
        std::fputs("usage: interop_aligned DESCRIPTION OUTPUT\n", stderr);
        return 2;
    }
    std::vector<std::pair<std::string, zeros>> tensors;
    std::ifstream                              lines(values[1]);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string        name;
        std::string        dtype_name;
        words >> name >> dtype_name;
        zeros tensor{.type = stet::dtype_named(dtype_name).value_or(stet::dtype::u8)};
        for (std::uint64_t dimension = 0; words >> dimension;)
            tensor.shape.push_back(dimension);
        tensors.emplace_back(name, std::move(tensor));
    }
    const int descriptor = open(values[2], O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (descriptor < 0)
        return 1;
    sparse_file file{.descriptor = descriptor};
    const auto  saved = stet::save(stet::model_only{.model = stet::no_entries, .extra = tensors},
                                   stet::layouts::generic{}, file, {.order = stet::aligned_order<4096>});
    if (close(descriptor) != 0 || !saved) {
        std::fprintf(stderr, "%s\n", saved ? "close failed" : stet::message(saved.error()).c_str());
        return 1;
    }
    return 0;
}
