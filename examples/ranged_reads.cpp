// SPDX-License-Identifier: MIT
// Fetches some tensors of a checkpoint that lies on a server, by as few ranged requests as can be. A local file stands in
// for the server: a client of HTTP would ask for `Range: bytes=first-last` where `server::fetch` reads.
#include "arguments.hpp"
#include "report.hpp"

#include <stet/read_plan.hpp>
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

/// What answers a request for a range of bytes.
class server {
public:
    explicit server(const stet::file_source& file) : file_(&file) {}

    std::uint64_t file_size() const { return file_->size(); }

    /// Fills the buffer from that place of the file on. Returns 0, or the server's status.
    int fetch(std::uint64_t offset, std::span<std::byte> buffer)
    {
        std::cout << "GET bytes=" << offset << '-' << offset + buffer.size() - 1 << '\n';
        constexpr int range_not_satisfiable = 416;
        return file_->read(offset, buffer) ? 0 : range_not_satisfiable;
    }

private:
    const stet::file_source* file_;
};

/// A checkpoint of ten layers.
stet::result<stet::saved_checkpoint> save_sample(std::string_view folder)
{
    std::map<std::string, std::vector<float>> weights;
    for (int layer = 0; layer < 10; ++layer) {
        auto& weight = weights["layers." + std::to_string(layer) + ".weight"];
        for (int i = 0; i < 1'000; ++i)
            weight.push_back(static_cast<float>(1'000 * layer + i));
        weights["layers." + std::to_string(layer) + ".bias"].assign(10, 1.0F);
    }
    std::map<std::string, stet::result<stet::tensor_view>> dict;
    for (const auto& [name, values] : weights) {
        if (values.size() == 10)
            dict[name] = stet::view_of(values, {10});
        else
            dict[name] = stet::view_of(values, {100, 10});
    }
    return stet::save(dict, stet::numbered{.root = folder, .prefix = "checkpoints/ranged_reads"});
}

/// The header, out of the first bytes of the file, and the bytes it borrows.
stet::result<stet::checkpoint_header> fetch_header(server& from, std::vector<std::byte>& first)
{
    constexpr std::size_t usually_enough = 512;
    first.resize(usually_enough);
    for (std::size_t known = 0;;) {
        if (from.fetch(known, std::span(first).subspan(known)) != 0)
            return stet::error{.code = stet::errc::source_refused};
        known = first.size();
        const auto needed = stet::header_extent(first, from.file_size());
        if (!needed)
            return needed.error();
        if (*needed <= known)
            return stet::read_header(first, from.file_size());
        first.resize(static_cast<std::size_t>(*needed));
    }
}

} // namespace

int main(int count, char** values)
{
    const auto arguments = example::parse(count, values);
    const auto saved = save_sample(arguments.output);
    if (!saved)
        return example::fail(saved.error());
    const auto file = stet::file_source::open(saved->path.c_str());
    if (!file)
        return example::fail(file.error());
    server remote(*file);

    std::vector<std::byte> first;
    const auto             header = fetch_header(remote, first);
    if (!header)
        return example::fail(header.error());

    // The biases of three layers, and the rows 20 to 29 of one weight.
    constexpr std::array<std::uint64_t, 2> begin{20, 0}, end{30, 10};
    std::vector<stet::read_plans::wanted>  all;
    for (const std::string_view name : {"layers.0.bias", "layers.1.bias", "layers.2.bias"}) {
        if (const auto tensor = header->find(name))
            all.push_back(stet::read_plans::whole(*header, *tensor));
    }
    const auto weight = header->find("layers.7.weight");
    if (!weight)
        return 1;
    all.push_back(stet::read_plans::whole(*header, *weight));
    all.back().begin = begin;
    all.back().end = end;

    // Memory for each, of its size.
    std::vector<std::vector<std::byte>> memory;
    for (stet::read_plans::wanted& one : all) {
        const auto size = stet::read_plans::size_of(one);
        if (!size)
            return example::fail(size.error());
        one.to = memory.emplace_back(std::vector<std::byte>(static_cast<std::size_t>(*size)));
    }

    // Unwanted bytes up to 10,000 cost less than another request.
    const auto plan = stet::read_plans::make_read_plan(all, remote.file_size(), {.max_gap = 10'000});
    if (!plan)
        return example::fail(plan.error());
    std::cout << all.size() << " wanted, " << plan->wanted_bytes() << " bytes; " << plan->requests().size()
              << " requests read " << plan->read_bytes() << '\n';
    stet::callback_source source(
        [](void* context, std::uint64_t offset, void* buffer, std::size_t size) {
            return static_cast<server*>(context)->fetch(offset, {static_cast<std::byte*>(buffer), size});
        },
        &remote, remote.file_size());
    if (const auto done = stet::read_plans::read(*plan, all, source); !done)
        return example::fail(done.error());

    // The rows as numbers.
    const auto rows = stet::view_of(weight->type, {10, 10}, memory.back());
    if (!rows)
        return example::fail(rows.error());
    std::array<float, 100> numbers{};
    if (const auto read = stet::to_numbers<float>(*rows, numbers); !read)
        return example::fail(read.error());
    std::cout << "layers.7.weight, rows 20 to 29: " << numbers.front() << " to " << numbers.back() << '\n';
}
