// SPDX-License-Identifier: MIT
// In the call that saves a callback may be written down; options that stay need one that stays. A compiler without the
// attribute cannot know.
// expect-clang: temporary whose address is used as value of member of local variable 'options' will be destroyed
// compiles-gcc
#include <stet/save/save.hpp>

int bytes_of(const stet::plan& tensors, const std::string& folder);

int bytes_of(const stet::plan& tensors, const std::string& folder)
{
#ifdef STET_BREAK
    const stet::save_options options{.progress = [&](const stet::progress&) { return !folder.empty(); }};
    const auto               saved = stet::save(tensors, stet::exact_path{folder + "/x"}, options);
#else
    const auto saved = stet::save(tensors, stet::exact_path{folder + "/x"},
                                  {.progress = [&](const stet::progress&) { return !folder.empty(); }});
#endif
    return saved ? 1 : 0;
}
