// SPDX-License-Identifier: MIT
// Writes JSON texts anew, for test_json_redump.py to compare. Both ends of a pipe: the size of a text as a decimal
// number, a line break, the text; back comes the same with the new text, or `-` and a line break for a text refused.
#include <stet/comfyui/comfyui_target.hpp>
#include <stet/stet.hpp>

#include <cstddef>
#include <cstdio>
#include <string>

int main()
{
    std::size_t size = 0;
    std::string text;
    while (std::scanf("%zu", &size) == 1) {
        static_cast<void>(std::getchar());
        text.resize(size);
        if (std::fread(text.data(), 1, size, stdin) != size)
            return 1;
        const auto redumped = stet::comfyui::redump_json(text);
        if (!redumped) {
            std::puts("-");
            continue;
        }
        std::printf("%zu\n", redumped->view().size());
        std::fwrite(redumped->view().data(), 1, redumped->view().size(), stdout);
    }
    return 0;
}
