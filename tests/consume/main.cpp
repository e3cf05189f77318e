// SPDX-License-Identifier: MIT
// The program every way of consuming the library must be able to build: saves one tensor to memory.
#include <stet/stet.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

int main()
{
    const std::array<float, 6> numbers{1, 2, 3, 4, 5, 6};
    const auto                 tensor = stet::view_of(numbers, {2, 3});
    if (!tensor) {
        std::fprintf(stderr, "%s\n", stet::message(tensor.error()).c_str());
        return 1;
    }
    const std::map<std::string, stet::tensor_view> model{{"weight", *tensor}};

    std::vector<std::byte> file;
    stet::append_sink      sink(file);
    const auto written = stet::save(stet::model_only{.model = model}, stet::layouts::generic{}, sink);
    if (!written) {
        std::fprintf(stderr, "%s\n", stet::message(written.error()).c_str());
        return 1;
    }
    std::printf("stet %d.%d.%d wrote %zu bytes\n", STET_VERSION_MAJOR, STET_VERSION_MINOR, STET_VERSION_PATCH,
                file.size());
    return file.size() == written->bytes ? 0 : 1;
}
