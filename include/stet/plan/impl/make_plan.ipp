// SPDX-License-Identifier: MIT
#include "../make_plan.hpp"

namespace STET_NAMESPACE {

STET_INLINE error detail::prefixed_key(std::string_view key, std::string_view prefix) noexcept
{
    return error{.code = errc::prefixed_key}.about(key).with(prefix);
}

namespace detail {

/// Adds a dict's tensors to a plan under the names that the layout gives their keys.
struct key_placer {
    plan_builder*           builder;
    const placed_component* of;
    key_placement           place;
    strictness              how;
    std::uint64_t           keys = 0;
    bool                    bears_prefix = false; ///< one of the keys did so before it was placed

    result<void> operator()(std::string_view key, const result<tensor_view>& tensor)
    {
        ++keys;
        const auto name = place(of->layout, key);
        if (!name)
            return builder->leave_out(key);
        // A layout that only cuts a key in two puts nothing before it.
        if (name->size() > key.size() && !name->prefix.empty() && key.starts_with(name->prefix)) {
            if (how == strictness::strict)
                return prefixed_key(key, name->prefix);
            bears_prefix = true;
        }
        if (how == strictness::strict && of->vet != nullptr) {
            if (auto known = of->vet(of->layout, key); !known)
                return known;
        }
        if (auto added = builder->add(*name, tensor); !added)
            return added;
        if (name->size() != key.size())
            builder->count_renamed();
        return {};
    }
};

} // namespace detail

STET_INLINE result<std::uint64_t> detail::place_keys(plan_builder& builder, const placed_component& of,
                                                     key_placement place, strictness how)
{
    key_placer        placer{.builder = &builder, .of = &of, .place = place, .how = how};
    const std::size_t first = builder.records_so_far();
    const auto        placed = of.entries.each(placer);
    if (!placed)
        return placed.error();
    if (placer.bears_prefix) {
        if (auto renamed = builder.rename_again(first); !renamed)
            return renamed.error();
    }
    return placer.keys;
}

STET_INLINE result<void> detail::place_component(plan_builder& builder, const placed_component& of,
                                                 const plan_options& options)
{
    builder.begin_component(of.role);
    if (!of.entries.is_given())
        return {};
    builder.expect(of.entries.size_hint());
    const auto keys = of.place(builder, of, options.strictness);
    if (!keys)
        return keys.error();
    if (*keys == 0 && !of.may_be_empty && options.empty == empty_components::refuse)
        return error{.code = errc::empty_component}.about(of.role);
    return {};
}

} // namespace STET_NAMESPACE
