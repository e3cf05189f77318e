// SPDX-License-Identifier: MIT
// What is imported works as what is included does: types of the program's own, ranges, operators, templates of many faces;
// also beside a header, and before standard ones. No macro comes along.
import stet;

#if defined(STET_ASSERT) || defined(STET_VERSION_MAJOR)
#error "a module exports no macro"
#endif

#include <stet/interop/exceptions.hpp>
#include <stet/vocabulary/version.hpp>

#include <cstddef>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace engine {

struct tensor {
    std::vector<float> numbers;
};

struct layout
    : stet::prefix_layout<stet::under<stet::role::model, "unet.">, stet::under<stet::role::vae, "vae.">> {};

} // namespace engine

template <>
struct stet::tensor_traits<engine::tensor> {
    static stet::result<stet::tensor_view> view(const engine::tensor& t)
    {
        return stet::view_of(t.numbers, {t.numbers.size()});
    }
};

namespace {

using model = std::map<std::string, engine::tensor>;

/// errors: those of saving and of reading
stet::result<float> sum_as_bfloat16(const model& entries)
{
    std::vector<std::byte> bytes;
    const auto             saved = stet::save(
        entries, bytes, {.metadata = {{"format", "pt"}}, .cast = stet::casts::to(stet::dtype::bf16)});
    if (!saved)
        return saved.error();
    const auto file = stet::read_checkpoint(bytes);
    if (!file)
        return file.error();
    float sum = 0;
    for (const auto& [name, tensor] : *file) {
        const auto numbers = tensor.to<float>();
        if (!numbers)
            return numbers.error();
        for (const float number : *numbers)
            sum += number;
    }
    return sum;
}

/// errors: those of saving, of reading and of taking apart
stet::result<bool> comes_back(const model& entries)
{
    std::vector<std::byte> bytes;
    const auto saved = stet::save(stet::model_only{.model = entries}, stet::families::sdxl{}, bytes);
    if (!saved)
        return saved.error();
    const auto file = stet::read_checkpoint(bytes);
    if (!file)
        return file.error();
    const auto parts = stet::split<stet::families::sdxl>(*file);
    if (!parts)
        return parts.error();
    std::vector<std::byte> again;
    const auto anew = stet::save(stet::model_only{.model = parts->model}, stet::families::sdxl{}, again);
    if (!anew)
        return anew.error();
    return bytes == again;
}

} // namespace

int main()
{
    const model entries{{"a", {{1, 2, 3}}}, {"b", {{4, 5}}}};
    const auto  sum = sum_as_bfloat16(entries);
    const auto  same = comes_back(entries);
    const auto  whole = stet::or_throw(stet::view_of(entries.at("a").numbers, {3}));
    if (!sum || !same)
        std::puts(stet::message(sum ? same.error() : sum.error()).c_str());

    std::vector<std::byte>  bytes;
    stet::append_sink       sink(bytes);
    const auto              own = stet::save(stet::model_only{.model = entries}, engine::layout{}, sink);
    const stet::placed_name name{.prefix = "unet.", .stem = "a"};
    const bool              equal = name == stet::placed_name{.prefix = "", .stem = "unet.a"};

    std::printf("stet %d.%d\n", STET_VERSION_MAJOR, STET_VERSION_MINOR);
    return sum && *sum == 15.0F && same && *same && own && equal && whole.size == 12 ? 0 : 1;
}
