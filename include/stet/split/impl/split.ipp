// SPDX-License-Identifier: MIT
#include "../split.hpp"
#include "../splitting.hpp"
#include "split_run.hpp"
#include "unet_prefix.hpp"

namespace STET_NAMESPACE {

STET_INLINE result<split_checkpoint> split_by(const split_rules& rules, const component<role::extra>& dict,
                                              const split_options& options)
{
    split_checkpoint          out(options.allocator);
    splitting                 work(out.owned(), options.strictness);
    detail::unet_prefix_count count;
    static_cast<void>(work.rest.reserve(dict.size_hint())); // what is missing is found out when it is needed
    const auto collected =
        dict.each([&](std::string_view name, const result<tensor_view>& tensor) -> result<void> {
            count.add(name);
            if (auto sound = tensor ? tensor->soundness() : tensor.error(); !sound)
                return sound.error().about(name);
            return work.rest.append({.stem = name}, *tensor);
        });
    if (!collected)
        return collected.error();
    static_cast<void>(work.rest.find({})); // looks for names given twice
    if (const auto& twice = work.rest.repeated(); twice && work.is_strict())
        return error{.code = errc::name_collision}.about(twice->prefix, twice->stem);
    out.model_prefix = options.model_prefix ? *options.model_prefix
                       : work.is_strict()   ? rules.model.value_or("")
                                            : count.prefix();
    if (auto done = detail::split_run(work, rules, out).run(options.wants_vision); !done)
        return done.error();
    return out;
}

} // namespace STET_NAMESPACE
