// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../find_layers.hpp"
#include "group_name.hpp"
#include "layer_finder.hpp"

namespace STET_NAMESPACE {

namespace detail {

STET_INLINE result<growing_array<quantised::named_tensor>> list_tensors(const any_dict&  dict,
                                                                        const allocator& memory)
{
    growing_array<quantised::named_tensor> all(memory);
    if (!all.reserve(dict.size_hint()))
        return detail::out_of_memory(dict.size_hint() * sizeof(quantised::named_tensor));
    const auto listed =
        dict.each([&all](std::string_view name, const result<tensor_view>& tensor) -> result<void> {
            if (!tensor)
                return tensor.error().about(name);
            return all.push({.name = name, .tensor = *tensor})
                       ? result<void>()
                       : detail::out_of_memory((all.size() + 1) * sizeof(quantised::named_tensor));
        });
    if (!listed)
        return listed.error();
    return all;
}

STET_INLINE result<growing_array<quantised::named_tensor>> list_tensors(const plan& tensors, arena& names,
                                                                        const allocator& memory)
{
    growing_array<quantised::named_tensor> all(memory);
    if (!all.reserve(tensors.records().size()))
        return detail::out_of_memory(tensors.records().size() * sizeof(quantised::named_tensor));
    for (const record& placed : tensors.records()) {
        char* const name = names.text(placed.name.size());
        if (name == nullptr)
            return detail::out_of_memory(placed.name.size());
        placed.name.prefix.copy(name, placed.name.prefix.size());
        placed.name.stem.copy(name + placed.name.prefix.size(), placed.name.stem.size());
        static_cast<void>(
            all.push({.name = {name, placed.name.size()}, .tensor = tensors.tensor(placed)})); // has room
    }
    return all;
}

} // namespace detail

namespace quantised {

STET_INLINE const layer* layers::find(std::string_view name) const noexcept
{
    const std::uint32_t at =
        set_.names.find(name, set_.names.hash(name), [this](std::uint32_t i) { return set_.layers[i].name; });
    return at == detail::name_table::none ? nullptr : &set_.layers[at];
}

STET_INLINE std::string_view layer_name(std::string_view name) noexcept
{
    const detail::group_name found = detail::split_group_name(name);
    const bool is_of_layer = found.part != detail::group_part::none && found.part != detail::group_part::flag;
    return is_of_layer ? found.layer : std::string_view();
}

STET_INLINE result<layers> find_layers(array_view<const named_tensor> tensors, const find_options& options)
{
    auto found = detail::layer_finder(options.metadata, options.formats, options.shapes, options.allocator)
                     .run(tensors);
    if (!found)
        return found.error();
    return layers(std::move(*found));
}

STET_INLINE result<layers> find_layers(const plan& tensors, const find_options& options)
{
    detail::arena names(options.allocator);
    const auto    all = detail::list_tensors(tensors, names, options.allocator);
    if (!all)
        return all.error();
    auto found = detail::layer_finder(options.metadata, options.formats, options.shapes, options.allocator)
                     .run(all->view());
    if (!found)
        return found.error();
    found->texts.absorb(std::move(names));
    return layers(std::move(*found));
}

} // namespace quantised

} // namespace STET_NAMESPACE
