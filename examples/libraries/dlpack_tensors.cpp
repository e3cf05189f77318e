// SPDX-License-Identifier: MIT
// Tensors as frameworks hand them over, by DLPack: saved where they lie and given back once; and the way back, a tensor
// of a file that a framework takes over without a copy.
#include <stet/interop/dlpack.hpp>
#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <dlpack/dlpack.h>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace framework {

/// What PyTorch's to_dlpack and its like give: whoever takes it calls its deleter once.
struct exported {
    std::vector<float>        numbers;
    std::vector<std::int64_t> shape, strides;
    DLManagedTensor           managed{};
};

static int alive = 0;

static DLManagedTensor* to_dlpack(std::vector<std::int64_t> shape, std::vector<std::int64_t> strides)
{
    auto tensor = std::make_unique<exported>();
    tensor->numbers.resize(6);
    for (std::size_t i = 0; i < tensor->numbers.size(); ++i)
        tensor->numbers[i] = static_cast<float>(i);
    tensor->shape = std::move(shape);
    tensor->strides = std::move(strides);
    DLTensor& described = tensor->managed.dl_tensor;
    described.data = tensor->numbers.data();
    described.device = {kDLCPU, 0};
    described.ndim = static_cast<std::int32_t>(tensor->shape.size());
    described.dtype = {kDLFloat, 32, 1};
    described.shape = tensor->shape.data();
    described.strides = tensor->strides.data();
    tensor->managed.manager_ctx = tensor.get();
    tensor->managed.deleter = [](DLManagedTensor* self) {
        delete static_cast<exported*>(self->manager_ctx);
        --alive;
    };
    ++alive;
    return &tensor.release()->managed;
}

/// What PyTorch's from_dlpack does: looks at the numbers, and lets them go.
static float sum_of(DLManagedTensor* taken)
{
    const stet::owned_dlpack<DLManagedTensor> owner(taken);
    const auto*                               numbers = static_cast<const float*>(taken->dl_tensor.data);
    float                                     sum = 0;
    for (std::int64_t i = 0; i < taken->dl_tensor.shape[0] * taken->dl_tensor.shape[1]; ++i)
        sum += numbers[i];
    return sum;
}

} // namespace framework

namespace {

/// A tensor of a file, and the file for as long as a framework has the tensor.
struct handed_over {
    std::shared_ptr<const stet::mapped_checkpoint> file;
    std::vector<std::int64_t>                      shape;
    DLManagedTensor                                managed{};
};

/// Hands a tensor of F32 over, which stays in the mapped file. The deleter is the framework's to call.
DLManagedTensor* hand_over(const std::shared_ptr<const stet::mapped_checkpoint>& file,
                           const stet::file_tensor&                              tensor)
{
    auto handed = std::make_unique<handed_over>();
    handed->file = file;
    for (const std::uint64_t dimension : tensor.shape)
        handed->shape.push_back(static_cast<std::int64_t>(dimension));
    DLTensor& described = handed->managed.dl_tensor;
    described.data = const_cast<void*>(tensor.data); // DLPack knows no const; the file is mapped for reading
    described.device = {kDLCPU, 0};
    described.ndim = static_cast<std::int32_t>(handed->shape.size());
    described.dtype = {kDLFloat, 32, 1};
    described.shape = handed->shape.data();
    handed->managed.manager_ctx = handed.get();
    handed->managed.deleter = [](DLManagedTensor* self) {
        delete static_cast<handed_over*>(self->manager_ctx);
    };
    return &handed.release()->managed;
}

int failed(const stet::error& why)
{
    std::fprintf(stderr, "%s\n", stet::message(why).c_str());
    return 1;
}

} // namespace

int main()
{
    const stet::exact_path where{.path = "dlpack.safetensors", .existing = stet::existing_file::replace};
    {
        std::map<std::string, stet::owned_dlpack<DLManagedTensor>> dict;
        dict.try_emplace("packed", framework::to_dlpack({2, 3}, {3, 1}));
        dict.try_emplace("turned", framework::to_dlpack({3, 2}, {1, 3}));
        const auto saved = stet::save(dict, where);
        if (!saved)
            return failed(saved.error());
        std::printf("%s: %llu bytes, while %d tensors were here\n", saved->path.c_str(),
                    static_cast<unsigned long long>(saved->bytes), framework::alive);
    }
    std::printf("%d are left\n", framework::alive);

    auto opened = stet::mapped_checkpoint::open("dlpack.safetensors");
    if (!opened)
        return failed(opened.error());
    const auto file = std::make_shared<const stet::mapped_checkpoint>(std::move(*opened));
    const auto turned = (*file)["turned"];
    if (!turned)
        return failed(turned.error());
    const auto numbers = turned->to<float>();
    if (!numbers)
        return failed(numbers.error());
    for (const float number : *numbers)
        std::printf("%g ", static_cast<double>(number));
    std::printf("\nsum: %g\n", static_cast<double>(framework::sum_of(hand_over(file, *turned))));
}
