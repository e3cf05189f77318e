// SPDX-License-Identifier: MIT
// Saves tensors of a class of your own, as they are: two specialisations tell stet what it looks at.
#include "arguments.hpp"
#include "report.hpp"

#include <stet/stet.hpp>

#include <cstdint>
#include <iostream>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

// What a project has already: its half type, and a tensor with signed sizes and strides.
namespace engine {

struct half {
    std::uint16_t bits;
};

class tensor {
public:
    tensor(std::vector<std::int64_t> sizes, std::vector<std::int64_t> strides, std::vector<half> storage)
        : sizes_(std::move(sizes)), strides_(std::move(strides)), storage_(std::move(storage))
    {
    }

    const std::vector<std::int64_t>& sizes() const { return sizes_; }
    const std::vector<std::int64_t>& strides() const { return strides_; }
    std::span<const half>            storage() const { return storage_; }

private:
    std::vector<std::int64_t> sizes_;
    std::vector<std::int64_t> strides_; // in elements
    std::vector<half>         storage_;
};

} // namespace engine

// What it adds: the dtype of its half type ...
template <>
struct stet::scalar_traits<engine::half> {
    static constexpr dtype type = dtype::f16;
};

// ... and how its tensor is seen. A wrong shape or stride is reported by the save, with the tensor's name.
template <>
struct stet::tensor_traits<engine::tensor> {
    static result<tensor_view> view(const engine::tensor& tensor) noexcept
    {
        return strided_view(tensor.storage(), tensor.sizes(), tensor.strides());
    }
};

int main(int count, char** values)
{
    const auto arguments = example::parse(count, values);

    constexpr engine::half one{0x3C00};
    constexpr engine::half two{0x4000};

    std::unordered_map<std::string, engine::tensor> model;
    model.emplace("proj.weight",
                  engine::tensor({2, 3}, {1, 2}, {one, two, one, two, one, two})); // column-major
    model.emplace("proj.bias", engine::tensor({3}, {1}, {one, one, one}));

    const auto save = [&] {
        return stet::save(stet::model_only{.model = model}, stet::layouts::generic{},
                          stet::numbered{.root = arguments.output, .prefix = "checkpoints/own_tensor_type"});
    };
    const auto saved = save();
    if (!saved) {
        std::cerr << stet::message(saved.error()) << '\n';
        return 1;
    }
    example::print(*saved);

    model.emplace("proj.scale", engine::tensor({2, 2}, {2, 1}, {one}));
    const auto refused = save();
    if (refused)
        return 1;
    std::cout << "refused: " << stet::message(refused.error()) << '\n';
}
