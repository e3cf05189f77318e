// SPDX-License-Identifier: MIT
#include "../comfyui_save.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

namespace STET_NAMESPACE {

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
        [&](comfyui_target& target, auto use) {
            const std::string digits = target.number().text();
            std::uint64_t     number = 0; // one that ComfyUI would give may be negative or of any size
            const bool        fits =
                std::from_chars(digits.data(), digits.data() + digits.size(), number).ec == std::errc();
            return use(claimed_name{.path = target.file().path(),
                                    .stem = target.place().stem,
                                    .number = fits ? std::optional(number) : std::nullopt,
                                    .digits = digits,
                                    .model = tensors.model()});
        });
}

} // namespace STET_NAMESPACE
