// SPDX-License-Identifier: MIT
// LibTorch's tensors: a dict of them is saved as it lies, in whichever strides, and read back into tensors that are there.
// What a module's named_parameters() give is such a dict.
// clang-format off: clang takes LibTorch 1.13 as C++20 in this order only
#include <ATen/core/ivalue.h>
#include <ATen/ATen.h>
// clang-format on

#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace {

/// Both names of an element's type.
struct name_pair {
    at::ScalarType torch;
    stet::dtype    file;
};
constexpr std::array<name_pair, 10> element_types{{{at::kFloat, stet::dtype::f32},
                                                   {at::kDouble, stet::dtype::f64},
                                                   {at::kHalf, stet::dtype::f16},
                                                   {at::kBFloat16, stet::dtype::bf16},
                                                   {at::kBool, stet::dtype::boolean},
                                                   {at::kByte, stet::dtype::u8},
                                                   {at::kChar, stet::dtype::i8},
                                                   {at::kShort, stet::dtype::i16},
                                                   {at::kInt, stet::dtype::i32},
                                                   {at::kLong, stet::dtype::i64}}};

std::optional<stet::dtype> element_type(at::ScalarType type)
{
    for (const name_pair& names : element_types) {
        if (names.torch == type)
            return names.file;
    }
    return std::nullopt;
}

} // namespace

template <>
struct stet::tensor_traits<at::Tensor> {
    /// A tensor in the processor's memory; of one on a device `.cpu()` first, or bring it over as from_device.cpp does.
    static result<tensor_view> view(const at::Tensor& tensor)
    {
        const auto type = element_type(tensor.scalar_type());
        if (!type)
            return error{.code = errc::unknown_element_type};
        if (!tensor.device().is_cpu())
            return error{.code = errc::device_memory};
        std::size_t reach = tensor.numel() == 0 ? 0 : 1; // elements from the first one to the last
        for (std::int64_t axis = 0; reach != 0 && axis < tensor.dim(); ++axis)
            reach += static_cast<std::size_t>((tensor.size(axis) - 1) * tensor.stride(axis));
        const auto* const first = static_cast<const std::byte*>(tensor.data_ptr());
        return strided_view(*type, std::span(tensor.sizes().data(), tensor.sizes().size()),
                            std::span(tensor.strides().data(), tensor.strides().size()),
                            std::span(first, reach * tensor.dtype().itemsize()));
    }
};

namespace {

int failed(const stet::error& why)
{
    std::fprintf(stderr, "%s\n", stet::message(why).c_str());
    return 1;
}

/// Reads a tensor of the file into one of the same dtype and shape, packed, that is there already.
stet::result<void> load(const stet::file_checkpoint& file, const std::string& name, at::Tensor& into)
{
    const auto stored = file.header().find(name);
    if (!stored)
        return stet::error{.code = stet::errc::no_such_tensor}.about(name);
    if (stored->type != element_type(into.scalar_type()) || !into.is_contiguous())
        return stet::error{.code = stet::errc::unknown_element_type}.about(name);
    return file.read(*stored, std::span(static_cast<std::byte*>(into.data_ptr()), into.nbytes()));
}

} // namespace

int main()
{
    at::manual_seed(1);
    const at::Tensor                        linear = at::randn({64, 32}).to(at::kBFloat16);
    const std::map<std::string, at::Tensor> dict{
        {"linear.weight", linear},
        {"linear.weight_t", linear.t()},
        {"conv.weight", at::randn({8, 3, 5, 5}).contiguous(at::MemoryFormat::ChannelsLast)},
        {"norm.weight", at::ones({1}).expand({64})},
        {"steps", at::scalar_tensor(1'000, at::kLong)}};
    const auto saved = stet::save(
        dict, stet::exact_path{.path = "torch.safetensors", .existing = stet::existing_file::replace},
        {.metadata = {{"format", "pt"}}});
    if (!saved)
        return failed(saved.error());
    std::printf("%s: %llu bytes\n", saved->path.c_str(), static_cast<unsigned long long>(saved->bytes));

    const auto file = stet::file_checkpoint::open(saved->path.c_str());
    if (!file)
        return failed(file.error());
    for (const auto& [name, tensor] : dict) {
        at::Tensor loaded = at::empty(tensor.sizes(), tensor.scalar_type());
        if (const auto read = load(*file, name, loaded); !read)
            return failed(read.error());
        std::printf("%s: %s\n", name.c_str(), loaded.equal(tensor) ? "equal" : "not equal");
    }
}
