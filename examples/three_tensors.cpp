// SPDX-License-Identifier: MIT
// Reads three tensors out of a large file, and nothing else of it but its header: no mapping, no memory for the rest.
#include "arguments.hpp"
#include "report.hpp"

#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// A file that counts what is read of it.
class counted_file {
public:
    explicit counted_file(const stet::file_source& file) : file_(&file) {}

    std::uint64_t size() const { return file_->size(); }

    stet::result<void> read(std::uint64_t offset, std::span<std::byte> buffer)
    {
        bytes_read_ += buffer.size();
        return file_->read(offset, buffer);
    }

    std::uint64_t bytes_read() const { return bytes_read_; }

private:
    const stet::file_source* file_;
    std::uint64_t            bytes_read_ = 0;
};

/// Forty layers whose large weights are all views of one block; with --full-size a file of 20 GB.
stet::result<stet::saved_checkpoint> save_sample(const example::arguments& arguments)
{
    const std::size_t        rows = arguments.full_size ? 122'071 : 128;
    const std::vector<float> block(rows * 1'024, 0.25F);
    const std::vector<float> small(1'024, 3.0F);

    std::map<std::string, stet::result<stet::tensor_view>> dict;
    for (int layer = 0; layer < 40; ++layer) {
        dict["layers." + std::to_string(layer) + ".weight"] = stet::view_of(block, {rows, 1'024});
        dict["layers." + std::to_string(layer) + ".norm"] = stet::view_of(small, {1'024});
    }
    return stet::save(dict, stet::numbered{.root = arguments.output, .prefix = "checkpoints/three_tensors"},
                      {.durability = stet::durability::none});
}

} // namespace

int main(int count, char** values)
{
    const auto arguments = example::parse(count, values);
    const auto saved = save_sample(arguments);
    if (!saved)
        return example::fail(saved.error());
    example::print_file(*saved);

    const auto file = stet::file_source::open(saved->path.c_str());
    if (!file)
        return example::fail(file.error());
    counted_file counted(*file);
    const auto   checkpoint = stet::open_checkpoint(counted);
    if (!checkpoint)
        return example::fail(checkpoint.error());

    for (const std::string_view name : {"layers.3.norm", "layers.7.norm", "layers.31.norm"}) {
        const auto numbers = (*checkpoint)[name].to<float>();
        if (!numbers)
            return example::fail(numbers.error());
        std::cout << name << ": " << numbers->size() << " numbers, the first is " << (*numbers)[0] << '\n';
    }
    std::cout << "read: " << counted.bytes_read() << " of " << counted.size() << " bytes\n";
}
