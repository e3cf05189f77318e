// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "lora_names.hpp"
#include "merge_names.hpp"
#include "merge_words.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE result<void> merge_names::prepare()
{
    for (unsigned which = 0; which < count(); ++which) {
        const auto  tensors = side(which).layers.tensors();
        const auto  name_at = [&](std::uint32_t at) { return tensors[at].name; };
        name_table& names = tables_[which];
        if (!names.reserve(tensors.size()))
            return out_of_memory(tensors.size() * sizeof(std::uint64_t));
        for (std::uint32_t i = 0; i < tensors.size(); ++i) {
            std::uint32_t earlier = none;
            if (!names.set(tensors[i].name, names.hash(tensors[i].name), i, earlier, name_at))
                return out_of_memory(tensors.size() * sizeof(std::uint64_t));
            if (earlier != none)
                return error{.code = errc::duplicate_name}.about(tensors[i].name);
        }
    }
    return {};
}

STET_INLINE result<void> merge_names::refuse_loras() const
{
    for (unsigned which = 0; which < count(); ++which) {
        for (const quantised::named_tensor& one : side(which).layers.tensors()) {
            if (is_lora_name(one.name))
                return not_mergeable(one.name, merge_words::lora);
        }
    }
    return {};
}

STET_INLINE std::uint32_t merge_names::find(unsigned which, std::string_view name) const noexcept
{
    const name_table& names = tables_[which];
    return names.find(name, names.hash(name), [&](std::uint32_t at) { return side(which).at(at).name; });
}

STET_INLINE merge_place merge_names::place_of(std::uint32_t position) const noexcept
{
    merge_place here{.name = side(0).at(position).name, .at = {position, none, none}};
    for (unsigned which = 1; which < count(); ++which)
        here.at[which] = find(which, here.name);
    return here;
}

STET_INLINE const quantised::layer* merge_names::layer_at(unsigned           which,
                                                          const merge_place& here) const noexcept
{
    if (here.at[which] == none)
        return nullptr;
    const quantised::layer* const group = side(which).group_of(here.at[which]);
    return group != nullptr && group->weight == here.at[which] ? group : nullptr;
}

} // namespace STET_NAMESPACE::detail
