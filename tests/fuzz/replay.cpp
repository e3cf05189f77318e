// SPDX-License-Identifier: MIT
// Shows a fuzz target the files of folders, one by one, and says how many there were. Stands in for a fuzzer's own
// main(), so that what was found once is tried again with every compiler.
//
//   replay_TARGET FOLDER...
#include "fuzz_target.hpp"
#include "support/files.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

namespace {

bool replay(const std::filesystem::path& path)
{
    const auto content = support::file_content(path);
    if (!content)
        return false;
    // A copy of exactly that size, so that a sanitizer sees a read past its end.
    const std::vector<std::uint8_t> input(content->begin(), content->end());
    std::fprintf(stderr, "%s\n", path.string().c_str()); // before it: the input at hand may end the program
    return LLVMFuzzerTestOneInput(input.data(), input.size()) == 0;
}

} // namespace

int main(int count, char** values)
{
    std::size_t inputs = 0;
    for (int i = 1; i < count; ++i) {
        for (const auto& path : support::files_in(values[i])) {
            if (!replay(path)) {
                std::fprintf(stderr, "cannot be read: %s\n", path.string().c_str());
                return 1;
            }
            ++inputs;
        }
    }
    std::printf("%zu inputs\n", inputs);
    return inputs == 0 ? 1 : 0;
}
