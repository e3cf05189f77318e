// SPDX-License-Identifier: MIT
// Metadata of tensors that get other names: the layers in _quantization_metadata are named after them.
#ifndef EXAMPLE_RENAMED_METADATA_HPP
#define EXAMPLE_RENAMED_METADATA_HPP

#include <stet/carry/carry_metadata.hpp>
#include <stet/layout/layout.hpp>
#include <stet/state/checkpoint.hpp>

#include <array>
#include <functional>
#include <string_view>

namespace example {

/// The name that a tensor gets for the one it has, in two pieces that live as long as the tensor's name or longer.
using renaming = std::function<stet::placed_name(std::string_view name)>;

namespace renamed_metadata_parts {

struct renaming_layout {
    const renaming* rename;

    static stet::placed_name place(stet::role::model, std::string_view key) { return {.stem = key}; }
    stet::placed_name        place(stet::role::extra, std::string_view key) const { return (*rename)(key); }
};

} // namespace renamed_metadata_parts

/// Tensors with their metadata.
template <class Role>
struct described {
    stet::component<Role> tensors;
    stet::metadata_view   metadata{};
};

/// The metadata of tensors that have their names already, and of others that get theirs.
/// how: whether a contradiction is refused
inline stet::result<stet::carry::carried> joined_metadata(const described<stet::role::model>& named,
                                                          const described<stet::role::extra>& renamed,
                                                          const renaming& rename, stet::strictness how)
{
    const stet::model_only                   both{.model = named.tensors, .extra = renamed.tensors};
    const std::array<stet::metadata_view, 2> sources{named.metadata, renamed.metadata};
    return stet::carry::compose(both, renamed_metadata_parts::renaming_layout{&rename}, sources, {},
                                {.strictness = how});
}

} // namespace example

#endif
