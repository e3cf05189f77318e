// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "component_names.hpp"
#include "stand_ins.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE component_names::component_names(const allocator& memory) noexcept
    : keys_(memory), index_(memory), log_(memory)
{
}

STET_INLINE result<void> component_names::collect(const any_dict& dict)
{
    const auto collected = dict.each([&](std::string_view key, const result<tensor_view>&) -> result<void> {
        return keys_.push({.key = key}) ? result<void>() : out_of_memory(sizeof(key_name));
    });
    if (!collected)
        return collected;
    if (!index_.reserve(keys_.size()))
        return out_of_memory(keys_.size() * sizeof(std::uint32_t));
    const auto name_at = [this](std::uint32_t at) { return placed_name{.stem = keys_[at].key}; };
    for (std::uint32_t i = 0; i < keys_.size(); ++i) {
        std::uint32_t earlier = name_table::none;
        if (!index_.set(name_at(i), index_.hash(keys_[i].key), i, earlier, name_at))
            return out_of_memory(keys_.size() * sizeof(std::uint32_t));
    }
    return {};
}

STET_INLINE key_name* component_names::find(std::string_view head, std::string_view tail) noexcept
{
    const auto          name_at = [this](std::uint32_t at) { return placed_name{.stem = keys_[at].key}; };
    const std::uint32_t at =
        index_.find(placed_name{.prefix = head, .stem = tail}, index_.hash(head, tail), name_at);
    return at == name_table::none ? nullptr : &keys_[at];
}

STET_INLINE result<void> component_names::name_by(function_ref<result<void>(rearrangement&)> rule)
{
    stand_ins tensors(memory());
    if (!tensors.make(keys_.size()))
        return out_of_memory(keys_.size());
    // What the rule loses is said where the tensors themselves are saved.
    rearrangement work(log_, 0, strictness::as_comfyui);
    static_cast<void>(work.dict.reserve(keys_.size())); // what is missing is found out when it is needed
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        if (auto added = work.dict.append({.stem = keys_[i].key}, tensors[i]); !added)
            return added;
    }
    if (auto renamed = rule(work); !renamed)
        return renamed;
    for (const ordered_dict::entry& entry : work.dict.entries()) {
        const std::uint32_t which =
            entry.is_present ? tensors.which(work.dict.tensor(entry)) : stand_ins::none;
        if (which != stand_ins::none)
            keys_[which].name = entry.name;
    }
    return {};
}

} // namespace STET_NAMESPACE::detail
