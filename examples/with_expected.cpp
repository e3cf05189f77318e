// SPDX-License-Identifier: MIT
// Errors as std::expected: a stet::result turns into one where one is asked for. Needs C++23.
#include "arguments.hpp"
#include "report.hpp"

#include <stet/stet.hpp>

#include <array>
#include <iostream>
#include <map>
#include <string>
#include <version>

#if defined(__cpp_lib_expected)

#include <expected>

template <class Value>
using outcome = std::expected<Value, stet::error>;

static outcome<stet::saved_checkpoint> save_numbers(const std::string& output, const stet::extents& shape)
{
    const std::array<double, 4>      numbers{1, 2, 3, 4};
    const outcome<stet::tensor_view> tensor = stet::view_of(numbers, shape);
    if (!tensor)
        return std::unexpected(tensor.error().about("weight"));
    const std::map<std::string, stet::tensor_view> model{{"weight", *tensor}};
    return stet::save(stet::model_only{.model = model}, stet::layouts::generic{},
                      stet::numbered{.root = output, .prefix = "checkpoints/with_expected"});
}

int main(int count, char** values)
{
    const auto arguments = example::parse(count, values);

    const auto saved = save_numbers(arguments.output, {2, 2});
    if (!saved) {
        std::cerr << stet::message(saved.error()) << '\n';
        return 1;
    }
    example::print(*saved);

    const auto refused = save_numbers(arguments.output, {3, 3});
    if (refused)
        return 1;
    std::cout << "refused: " << stet::message(refused.error()) << '\n';
}

#else

int main(int count, char** values)
{
    static_cast<void>(example::parse(count, values));
    std::cout << "std::expected is not in this standard library: nothing to show\n";
}

#endif
