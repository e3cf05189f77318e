// SPDX-License-Identifier: MIT
// Saves parts and rearrangements of tensors without copying them first: a slice, a transpose, channels last.
#include "arguments.hpp"
#include "report.hpp"

#include <stet/stet.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <string_view>

/// Prints a tensor's numbers in the order they stand in the file.
static void show(std::string_view name, const stet::tensor_view& tensor)
{
    struct printer {
        static stet::result<void> write(stet::bytes data)
        {
            for (std::size_t i = 0; i < data.size(); i += 2) // little-endian, two bytes each
                std::cout << ' ' << (std::to_integer<int>(data[i]) | std::to_integer<int>(data[i + 1]) << 8);
            return {};
        }
    };
    printer out;
    std::cout << name << " [";
    for (std::size_t axis = 0; axis < tensor.shape.size(); ++axis)
        std::cout << (axis == 0 ? "" : ", ") << tensor.shape[axis];
    std::cout << "]:";
    if (const auto poured = stet::pour(tensor, out); !poured)
        std::cout << ' ' << stet::message(poured.error());
    std::cout << '\n';
}

int main(int count, char** values)
{
    const auto arguments = example::parse(count, values);

    // 1 2 3
    // 4 5 6
    const std::array<std::int16_t, 6> matrix{1, 2, 3, 4, 5, 6};

    // Two channels of 1 x 3 pixels, stored pixel by pixel: the channel is the innermost step.
    const std::array<std::int16_t, 6> image{10, 20, 11, 21, 12, 22};

    std::map<std::string, stet::tensor_view> model;
    const auto add = [&](const char* name, const stet::result<stet::tensor_view>& tensor) {
        if (!tensor) {
            std::cerr << stet::message(tensor.error().about(name)) << '\n';
            return false;
        }
        show(name, *tensor);
        model.insert_or_assign(name, *tensor);
        return true;
    };
    const auto whole = stet::view_of(matrix, {2, 3});
    if (!add("whole", whole))
        return 1;
    const bool all = add("transposed", stet::transposed(*whole)) &&
                     add("last_two_columns", stet::sliced(*whole, 1, 1, 3)) &&
                     add("first_column", stet::strided_view(matrix, {2}, {3})) &&
                     add("reversed", stet::strided_view(matrix, {6}, {-1}, 5)) &&
                     add("repeated", stet::strided_view(matrix, {2, 3}, {0, 1})) &&
                     add("channels_first", stet::strided_view(image, {1, 2, 1, 3}, {6, 1, 6, 2}));
    if (!all)
        return 1;

    const auto saved =
        stet::save(stet::model_only{.model = model}, stet::layouts::generic{},
                   stet::numbered{.root = arguments.output, .prefix = "checkpoints/strided_views"});
    if (!saved) {
        std::cerr << stet::message(saved.error()) << '\n';
        return 1;
    }
    example::print(*saved);
}
