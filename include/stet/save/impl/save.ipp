// SPDX-License-Identifier: MIT
#include "../../file/exact_target.hpp"
#include "../../file/native_file_system.hpp"
#include "../../vocabulary/impl/decimal.hpp"
#include "../save.hpp"
#include "publish.ipp"

namespace STET_NAMESPACE {

STET_INLINE result<saved_checkpoint> save_plan(const plan& tensors, const exact_path& where,
                                               const save_options& options)
{
    if (auto usable = detail::accept(options.writer); !usable)
        return usable.error();
    const auto head = detail::header_of(tensors, options.metadata, options);
    if (!head)
        return head.error();
    if (auto usable = detail::accept(detail::request_of(options), *head); !usable)
        return usable.error();
    auto target = exact_target::take(*options.file_system, std::string(where.path), where.existing);
    if (!target)
        return target.error();
    return detail::write_and_publish(*target, *head, options, std::nullopt);
}

STET_INLINE result<saved_checkpoint> save_plan(const plan& tensors, const numbered& where,
                                               const save_options& options)
{
    const auto name = detail::expanded_name(where, *options.file_system);
    if (!name)
        return name.error();
    return detail::save_under_free_name(
        tensors, options,
        [&] {
            return numbered_target::take(*options.file_system, std::string(where.root), *name,
                                         options.durability);
        },
        [&](numbered_target& target, auto use) {
            const detail::decimal digits(target.number());
            return use(claimed_name{.path = target.file().path(),
                                    .stem = name->stem,
                                    .number = target.number(),
                                    .digits = digits.view(),
                                    .model = tensors.model()});
        });
}

} // namespace STET_NAMESPACE
