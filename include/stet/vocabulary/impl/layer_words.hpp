// SPDX-License-Identifier: MIT
// What is said of a quantised layer, by its marker and by the file's metadata, as far as the two can contradict.
#ifndef STET_VOCABULARY_IMPL_LAYER_WORDS_HPP
#define STET_VOCABULARY_IMPL_LAYER_WORDS_HPP

#include "../config.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Members a marker may have besides `format` and `full_precision_matrix_mult`.
struct marker_members {
    bool          convrot = false;           ///< says whether the weight is rotated
    bool          convrot_groupsize = false; ///< size of the rotation
    bool          is_always_rotated = false; ///< without `convrot`
    bool          linear_dtype = false;      ///< whether `linear_dtype` may be set
    bool          group_size = false;        ///< columns to a scale
    std::uint64_t usual_group_size = 0;      ///< 0: none is usual
};

/// The metadata entry that describes quantised layers, by name, in an object of its own.
inline constexpr std::string_view layers_key = "_quantization_metadata";
/// What a layer's marker is called, behind its layer's name.
inline constexpr std::string_view marker_end = ".comfy_quant";

/// Markers beyond this are not read: ComfyUI's have some hundred bytes.
inline constexpr std::uint64_t largest_marker = std::uint64_t{1} << 20U;

struct format_members {
    std::string_view format;
    marker_members   members;
};

/// Of the formats that have any.
/// source: ComfyUI 0.33.0
inline constexpr std::array<format_members, 4> members_by_format{{
    {"int8_tensorwise", {.convrot = true, .convrot_groupsize = true}},
    {"convrot_w4a4", {.convrot_groupsize = true, .is_always_rotated = true, .linear_dtype = true}},
    {"asym_w4a8_int8",
     {.convrot_groupsize = true, .is_always_rotated = true, .group_size = true, .usual_group_size = 16}},
    {"awq_w4a16", {.group_size = true, .usual_group_size = 64}},
}};

/// The members that a marker of that format may have.
constexpr marker_members members_of(std::string_view format) noexcept
{
    for (const format_members& one : members_by_format) {
        if (one.format == format)
            return one.members;
    }
    return {};
}

/// Walks over a JSON text value by value, without recursion and without memory. What is no JSON ends the walk sooner or
/// later: whether a text is sound another reader says.
class json_walk {
public:
    explicit json_walk(std::string_view text) noexcept : left_(text) {}

    /// Whether that character comes next, after space; it is behind us then.
    bool take(char wanted) noexcept;

    /// The text of the next value; empty where there is none.
    std::string_view value() noexcept;

private:
    void skip_space() noexcept;

    std::string_view left_;
};

/// What stands between a text's quotes, as it is spelled; empty where it has no two.
constexpr std::string_view between_quotes(std::string_view value) noexcept
{
    return value.size() < 2 ? std::string_view() : std::string_view(value.data() + 1, value.size() - 2);
}

/// Gives what stands between the quotes of a JSON string as what it means, without memory. Half of a surrogate pair is
/// three bytes, as in UTF-8 it would be; a backslash that begins no escape stands for itself.
class spelled_letters {
public:
    explicit spelled_letters(std::string_view spelled) noexcept : left_(spelled) {}

    /// The next piece; empty at the end.
    /// lifetime: of the text, or until the next call
    std::string_view next() noexcept;

private:
    std::string_view    left_;
    std::array<char, 4> letter_{};
};

/// Less than, equal to or more than 0, as what is spelled there compares with a name in two pieces, byte by byte.
int compare_spelled(std::string_view spelled, std::string_view head, std::string_view tail = {}) noexcept;

/// Calls `visit` with the name, as it is spelled between its quotes, and the value of each member of an object. False where
/// the text is no object.
template <class Visit>
bool each_member(std::string_view object, Visit visit)
{
    json_walk walk(object);
    if (!walk.take('{'))
        return false;
    if (walk.take('}'))
        return true;
    do {
        const std::string_view name = walk.value();
        const std::string_view value = walk.take(':') ? walk.value() : std::string_view();
        if (name.size() < 2 || name.front() != '"' || value.empty())
            return false;
        visit(between_quotes(name), value);
    } while (walk.take(','));
    return walk.take('}');
}

/// Whether two descriptions of a layer, as JSON, make the same numbers of the same bytes.
/// members: that their format has; null: as ComfyUI's formats have them
bool mean_the_same(std::string_view one, std::string_view other,
                   const marker_members* members = nullptr) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "layer_words.ipp"
#endif

#endif
