// SPDX-License-Identifier: MIT
// Saves a checkpoint with the matrices of its diffusion model as nvfp4 layers: four bits a number and a scale for sixteen
// of them. What else there is stays as it is. A matrix is read while it is written, never kept.
#include "../report.hpp"

#include <stet/carry.hpp>
#include <stet/quantised.hpp>
#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace quantised = stet::quantised;

constexpr std::string_view weight = ".weight";

/// Whether a tensor is a matrix of a diffusion model that fits nvfp4 without padding.
bool is_wanted(std::string_view name, const stet::tensor_view& tensor)
{
    constexpr std::uint64_t block = 16;
    const bool              is_float = tensor.type == stet::dtype::f32 || tensor.type == stet::dtype::f16 ||
                          tensor.type == stet::dtype::bf16;
    return name.starts_with("model.diffusion_model.") && name.ends_with(weight) && is_float &&
           tensor.shape.rank() == 2 && tensor.shape[0] % block == 0 && tensor.shape[1] % block == 0;
}

/// A checkpoint's tensors, those that are wanted as layers.
class quantised_model {
public:
    stet::result<void> add(std::string_view name, const stet::tensor_view& tensor)
    {
        if (!is_wanted(name, tensor)) {
            tensors_.push_back({name, tensor});
            return {};
        }
        auto layer = quantised::encoded::of(name.substr(0, name.size() - weight.size()), tensor,
                                            {.format = &quantised::formats::nvfp4});
        if (!layer)
            return layer.error();
        tensors_.insert(tensors_.end(), layer->begin(), layer->end());
        layers_.push_back(*std::move(layer));
        return {};
    }

    const std::vector<quantised::named_tensor>& tensors() const { return tensors_; }
    std::size_t                                 layers() const { return layers_.size(); }

private:
    std::vector<quantised::encoded>      layers_{}; ///< what the tensors borrow, wherever they are moved
    std::vector<quantised::named_tensor> tensors_{};
};

} // namespace

int main(int count, char** values)
{
    if (count != 3) {
        std::cerr << "usage: quantise CHECKPOINT FILE\n";
        return 2;
    }
    const auto file = stet::file_checkpoint::open(values[1]);
    if (!file)
        return example::fail(file.error());
    quantised_model model;
    for (const auto [name, tensor] : *file) {
        if (const auto added = model.add(name, tensor); !added)
            return example::fail(added.error());
    }
    const auto source = stet::carry::metadata_of(file->header());
    const auto metadata = stet::carry::pass_on(source);
    if (!metadata)
        return example::fail(metadata.error());
    const auto saved =
        stet::save(model.tensors(), std::string_view(values[2]), {.metadata = metadata->metadata});
    if (!saved)
        return example::fail(saved.error());
    example::print_file(*saved);
    std::cout << "    " << model.layers() << " layers of nvfp4\n";
}
