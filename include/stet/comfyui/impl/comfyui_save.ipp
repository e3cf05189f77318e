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
    if (auto checked = make_header(tensors, options.metadata); !checked)
        return checked.error();
    // As for other numbered saves: a program without lock may take the name while we write.
    constexpr int most_attempts = 100;
    for (int attempt = 1;; ++attempt) {
        auto target = comfyui_target::take(*options.file_system,
                                           {.prefix = where.prefix,
                                            .output_dir = where.output_dir,
                                            .fields = where.fields,
                                            .rule = where.rule},
                                           options.durability, where.existing);
        if (!target)
            return target.error();
        const std::string  digits = target->number().text();
        const claimed_name claimed{.path = target->file().path(),
                                   .stem = target->place().stem,
                                   .number = detail::number_of(digits),
                                   .digits = digits};
        const auto         head =
            make_header(tensors, options.metadata_for ? options.metadata_for(claimed) : options.metadata);
        if (!head)
            return head.error();
        auto saved = detail::write_and_publish(*target, *head, options, claimed.number);
        if (saved || saved.error().code != errc::name_taken || attempt == most_attempts)
            return saved;
    }
}

} // namespace STET_NAMESPACE
