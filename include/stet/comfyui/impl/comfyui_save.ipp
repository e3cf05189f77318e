// SPDX-License-Identifier: MIT
#include "../comfyui_save.hpp"

#include <charconv>
#include <string>

namespace STET_NAMESPACE {

namespace detail {

STET_INLINE std::optional<std::uint64_t> number_of(std::string_view digits) noexcept
{
    std::uint64_t value = 0;
    const auto    parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return parsed.ec == std::errc() ? std::optional(value) : std::nullopt;
}

} // namespace detail

STET_INLINE result<saved_checkpoint> save_plan(const plan& tensors, const comfyui_numbered& where,
                                               const save_options& options)
{
    return detail::save_under_free_name(
        tensors, options,
        [&] {
            return comfyui_target::take(*options.file_system,
                                        {.prefix = where.prefix,
                                         .output_dir = where.output_dir,
                                         .fields = where.fields,
                                         .rule = where.rule},
                                        options.durability, where.existing);
        },
        [](comfyui_target& target, auto use) {
            const std::string digits = target.number().text();
            return use(claimed_name{.path = target.file().path(),
                                    .stem = target.place().stem,
                                    .number = detail::number_of(digits),
                                    .digits = digits});
        });
}

} // namespace STET_NAMESPACE
