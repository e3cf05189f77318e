// SPDX-License-Identifier: MIT
// A list of metadata is gone at the end of its statement. A compiler without the attribute cannot know.
// expect-clang: array backing initializer list subobject of local variable 'options' will be destroyed
// compiles-gcc
#include <stet/save/save.hpp>

int bytes_of(const stet::plan& tensors);

int bytes_of(const stet::plan& tensors)
{
#ifdef STET_BREAK
    const stet::save_options options{.metadata = {{"format", "pt"}}};
    const auto               saved = stet::save(tensors, "x", options);
#else
    const auto saved = stet::save(tensors, "x", {.metadata = {{"format", "pt"}}});
#endif
    return saved ? 1 : 0;
}
