// SPDX-License-Identifier: MIT
// The input is a file. Whatever layers are found in it are read or refused; what is read has the size it says, the same
// values from memory and piece by piece, and becomes a layer again, which can be read as well.
#include "few_blocks.hpp"
#include "fuzz_target.hpp"
#include "support/cut_tensor.hpp"
#include "support/piece_sink.hpp"

#include <stet/quantised/dequantised.hpp>
#include <stet/quantised/encoded.hpp>
#include <stet/read/checkpoint_view.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace {

namespace quantised = stet::quantised;
using fuzz::expect;

/// All bytes, or nothing when the tensor could not be poured.
std::optional<std::string> bytes_of(const stet::tensor_view& tensor)
{
    support::piece_sink sink;
    if (!stet::pour(tensor, sink))
        return std::nullopt;
    return sink.joined();
}

/// The values of all layers of a dict, one after the other.
template <class Dict>
std::string all_values(const Dict& dict, stet::dtype wanted,
                       const std::vector<quantised::known_shape>& shapes)
{
    std::string all;
    const auto  found = quantised::find_layers(dict, {.shapes = shapes});
    if (!found)
        return all;
    for (const quantised::layer& one : *found) {
        const auto values = quantised::dequantised::of(*found, one, wanted);
        const auto view = values ? values->view() : stet::result<stet::tensor_view>(values.error());
        if (!view) {
            expect(!view.error().subject().empty() || view.error().code == stet::errc::tensor_size_overflow,
                   "a layer that cannot be read is named");
            continue;
        }
        const auto bytes = bytes_of(*view);
        expect(bytes && bytes->size() == view->size, "a layer has as many values as its shape says");
        all += *bytes;
    }
    return all;
}

/// Stores a layer's values in its own style and reads them again.
void store_again(const quantised::layers& found, const quantised::layer& one)
{
    const auto values = quantised::dequantised::of(found, one, stet::dtype::f32);
    const auto view = values ? values->view() : stet::result<stet::tensor_view>(values.error());
    if (!view)
        return;
    auto how = quantised::style_of(found, one);
    how.has_marker = true; // the metadata is not written here
    const auto again = quantised::encoded::of("again", *view, how);
    if (!again)
        return;
    const auto layers = quantised::find_layers(*again);
    expect(layers && layers->size() == 1, "what was stored is found");
    const auto read = quantised::dequantised::of(*layers, (*layers)[0], stet::dtype::bf16);
    expect(static_cast<bool>(read), "what was stored can be read");
    expect(bytes_of(*read->view()).has_value(), "and poured");
}

/// Memory that runs out is an error, and none of it is kept.
void run_out(const quantised::layers& found, const quantised::layer& one, std::uint64_t blocks)
{
    fuzz::few_blocks      memory{.left = blocks};
    const stet::allocator few{.context = &memory,
                              .allocate = fuzz::few_blocks::allocate,
                              .deallocate = fuzz::few_blocks::deallocate};
    if (const auto values = quantised::dequantised::of(found, one, stet::dtype::f16, few)) {
        if (const auto view = values->view())
            static_cast<void>(bytes_of(*view));
    }
    expect(memory.live == 0, "no memory is kept");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto file = stet::read_checkpoint(std::as_bytes(std::span(data, size)));
    if (!file)
        return 0;
    const std::string whole = all_values(*file, stet::dtype::bf16, {});
    expect(all_values(*file, stet::dtype::f32, {}).size() == whole.size() * 2, "a float is twice as wide");

    // The same file whose tensors come in pieces.
    std::vector<support::cut_tensor>     cut;
    std::vector<quantised::named_tensor> tensors;
    cut.reserve(file->size());
    for (const auto [name, tensor] : *file) {
        cut.emplace_back(tensor, 1 + fuzz::chosen(data, size, 40));
        tensors.push_back({.name = name, .tensor = tensor});
        if (tensor.size != 0)
            tensors.back().tensor = cut.back().view();
    }
    if (!file->header().metadata(quantised::metadata_key))
        expect(all_values(tensors, stet::dtype::bf16, {}) == whole, "pieces give what the whole gives");

    // Shapes that somebody made up.
    const auto found = quantised::find_layers(*file);
    if (!found)
        return 0;
    std::vector<quantised::known_shape> shapes;
    for (const quantised::layer& one : *found) {
        shapes.push_back({.layer = one.name,
                          .rows = fuzz::chosen(data, size, 70),
                          .columns = fuzz::chosen(data, size / 2, 300)});
        store_again(*found, one);
        run_out(*found, one, fuzz::chosen(data, size, 4));
    }
    static_cast<void>(all_values(*file, stet::dtype::f16, shapes));
    return 0;
}
