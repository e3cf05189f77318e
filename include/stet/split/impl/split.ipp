// SPDX-License-Identifier: MIT
#include "../split.hpp"
#include "../inverse_text_rules.hpp"
#include "split_run.hpp"
#include "unet_prefix.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"

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

STET_INLINE split_checkpoint::split_checkpoint(const allocator& memory) noexcept
    : model(memory), text_encoder(memory), vae(memory), vision_encoder(memory), seconds_start(memory),
      seconds_total(memory), extra(memory), leftover(memory), log_(memory)
{
}

STET_INLINE std::uint64_t split_part::byte_size() const noexcept
{
    std::uint64_t total = 0;
    for (const named_tensor& entry : entries_)
        total += entry.tensor.size;
    return total;
}

STET_INLINE const tensor_view* split_part::find(std::string_view name) const noexcept
{
    for (const named_tensor& entry : entries_) {
        if (entry.name == name)
            return &entry.tensor;
    }
    return nullptr;
}

STET_INLINE result<void> split_part::assign(const ordered_dict& dict, detail::arena& texts)
{
    std::size_t count = 0;
    for (const ordered_dict::entry& entry : dict.entries())
        count += entry.is_present ? 1U : 0U;
    entries_.clear();
    if (!entries_.reserve(count))
        return detail::out_of_memory(count * sizeof(named_tensor));
    for (const ordered_dict::entry& entry : dict.entries()) {
        if (!entry.is_present)
            continue;
        const auto name = ordered_dict::without_beginning(entry.name, 0, texts);
        if (!name)
            return name.error();
        if (!entries_.push({.name = *name, .tensor = dict.tensor(entry)}))
            return detail::out_of_memory(sizeof(named_tensor));
    }
    return {};
}

} // namespace STET_NAMESPACE
