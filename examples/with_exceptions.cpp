// SPDX-License-Identifier: MIT
// Errors as exceptions: or_throw() gives the value or throws.
#if defined(__cpp_exceptions)

#include "arguments.hpp"
#include "report.hpp"

#include <stet/interop/exceptions.hpp>
#include <stet/stet.hpp>

#include <array>
#include <exception>
#include <iostream>
#include <map>
#include <string>

int main(int count, char** values)
try {
    const auto arguments = example::parse(count, values);

    const std::array<double, 4>                    numbers{1, 2, 3, 4};
    const std::map<std::string, stet::tensor_view> model{
        {"weight", stet::or_throw(stet::view_of(numbers, {2, 2}))},
        {"bias", stet::or_throw(stet::view_of(numbers, {4}))}};
    const auto save = [&](const char* prefix) {
        return stet::or_throw(stet::save(stet::model_only{.model = model}, stet::layouts::generic{},
                                         stet::numbered{.root = arguments.output, .prefix = prefix}));
    };

    example::print(save("checkpoints/with_exceptions"));
    try {
        save("../elsewhere");
        return 1;
    } catch (const stet::save_error& refused) {
        if (refused.error().code != stet::errc::outside_root)
            throw;
        std::cout << "refused: " << refused.what() << '\n';
    }
} catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
}

#else

#include <cstdio>

int main()
{
    std::puts("compiled without exceptions: nothing to show");
}

#endif
