// SPDX-License-Identifier: MIT
// Why a tensor cannot be merged, in words.
#ifndef STET_MERGE_IMPL_MERGE_WORDS_HPP
#define STET_MERGE_IMPL_MERGE_WORDS_HPP

#include "../../tensor/sizes.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/error.hpp"
#include "../../vocabulary/impl/decimal.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Each goes on after "it", says what to do, and is short enough for an error: 96 bytes.
namespace merge_words {

inline constexpr std::string_view lora =
    "is a factor of a LoRA, of which only products can be mixed; merge models that have it";
inline constexpr std::string_view short_floats =
    "is an 8-bit float in one of the files; ask for the result to be F32, F16 or BF16";
inline constexpr std::string_view quantised =
    "is quantised; ask for F32, F16 or BF16, for quantising it again, or for a ratio of 0 or 1";
inline constexpr std::string_view scaled_input =
    "has a scaled input (pre_quant_scale); give it a ratio of 0 or 1";
inline constexpr std::string_view no_numbers = "is F32, F16 or BF16 in some of the files, not in all of them";
inline constexpr std::string_view more_channels =
    "has more input channels than the usual 4 of the second file; ask to widen, or choose others";
inline constexpr std::string_view fewer_channels =
    "has 4 input channels and the second file more; give the file that has more first";
inline constexpr std::string_view two_forms =
    "is of scaled_fp8 beside layers in the metadata; ask for F32, F16 or BF16";

} // namespace merge_words

constexpr error not_mergeable(std::string_view name, std::string_view why) noexcept
{
    return error{.code = errc::not_mergeable}.with(why).about(name);
}

/// A short text that an error takes over.
class word_builder {
public:
    constexpr word_builder& put(std::string_view text) noexcept
    {
        for (const char c : text) {
            if (size_ < characters_.size())
                characters_[size_++] = c;
        }
        return *this;
    }
    constexpr word_builder&    put(std::uint64_t number) noexcept { return put(decimal(number).view()); }
    constexpr std::string_view view() const noexcept { return {characters_.data(), size_}; }

private:
    std::array<char, 48> characters_{};
    std::size_t          size_ = 0;
};

/// "[320, 4, 3, 3]"
constexpr word_builder shape_words(const extents& shape) noexcept
{
    word_builder text;
    text.put("[");
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
        text.put(axis == 0 ? "" : ", ").put(shape[axis]);
    text.put("]");
    return text;
}

constexpr error shapes_differ(std::string_view name, const extents& first, const extents& second) noexcept
{
    return error{.code = errc::merge_shapes_differ}
        .with(shape_words(first).view(), shape_words(second).view())
        .about(name);
}

/// The first parts of a name in quotes: "'model.diffusion_model.'"
constexpr word_builder name_beginning(std::string_view name) noexcept
{
    constexpr std::size_t longest = 40;
    std::size_t           end = name.find('.');
    if (end != std::string_view::npos)
        end = name.find('.', end + 1);
    name = end == std::string_view::npos ? name : name.substr(0, end + 1);
    word_builder text;
    text.put("'").put(name.substr(0, longest)).put(name.size() > longest ? "...'" : "'");
    return text;
}

} // namespace STET_NAMESPACE::detail

#endif
