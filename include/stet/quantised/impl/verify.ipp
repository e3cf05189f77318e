// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/arena.hpp"
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

STET_INLINE result<findings>(verify)(const plan& tensors, const verify_options& options)
{
    detail::arena names(options.allocator);
    const auto    all = detail::list_tensors(tensors, names, options.allocator);
    return all ? (verify)(all->view(), options) : result<findings>(all.error());
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
