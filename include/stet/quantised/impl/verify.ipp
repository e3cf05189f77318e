// SPDX-License-Identifier: MIT
#include "../../header/header.hpp"
#include "../../plan/plan.hpp"
#include "../../vocabulary/impl/arena.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/readable.hpp"
#include "../verify.hpp"
#include "validator.hpp"

namespace STET_NAMESPACE::quantised {

STET_INLINE result<findings>(verify)(array_view<const named_tensor> tensors, const verify_options& options)
{
    const auto found = find_layers(tensors, {.metadata = options.metadata,
                                             .formats = options.formats,
                                             .shapes = options.shapes,
                                             .allocator = options.allocator});
    if (!found)
        return found.error();
    return detail::validator(*found, options.metadata, options.formats, options.values, options.allocator)
        .run();
}

STET_INLINE result<void> refuse_conflicts(const plan& tensors, const metadata_view& metadata)
{
    std::optional<std::string_view> layers;
    const auto looked = metadata.each([&layers](std::string_view key, std::string_view text) {
        if (key == metadata_key)
            layers = text;
        return result<void>();
    });
    if (!looked || !layers)
        return looked;
    detail::arena                       names(tensors.memory());
    detail::growing_array<named_tensor> all(tensors.memory());
    for (const record& placed : tensors.records()) {
        char* const joined = names.text(placed.name.size());
        if (joined == nullptr)
            return detail::out_of_memory(placed.name.size());
        placed.name.prefix.copy(joined, placed.name.prefix.size());
        placed.name.stem.copy(joined + placed.name.prefix.size(), placed.name.stem.size());
        if (!all.push({.name = {joined, placed.name.size()}, .tensor = tensors.tensor(placed)}))
            return detail::out_of_memory((all.size() + 1) * sizeof(named_tensor));
    }
    const auto found =
        (verify)(all.view(), {.metadata = layers, .values = false, .allocator = tensors.memory()});
    if (!found)
        return found.error();
    for (const finding& one : *found) {
        if (one.rule == rule::metadata_conflict)
            return error{.code = errc::quantised_companion}.with(name(one.rule)).about(one.layer);
    }
    return {};
}

STET_INLINE std::string message(const finding& one)
{
    std::string text(name(one.severity));
    const auto  add = [&text](std::string_view before, std::string_view said, std::string_view after) {
        if (said.empty())
            return;
        text.append(before);
        detail::put_readable(said, [&text](std::string_view piece) { text.append(piece); });
        text.append(after);
    };
    add(" ", name(one.rule), ":");
    add(" layer '", one.layer, "'");
    add(one.layer.empty() ? " tensor '" : ", tensor '", one.tensor, "'");
    add(one.layer.empty() && one.tensor.empty() ? " expected " : ": expected ", one.expected, "");
    add(", found ", one.found, "");
    return text;
}

} // namespace STET_NAMESPACE::quantised
