// SPDX-License-Identifier: MIT
#include "../../tensor/half.hpp"
#include "../../tensor/numbers.hpp"
#include "../../tensor/tensor_view.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/words.hpp"
#include "../diff.hpp"
#include "float_difference.hpp"
#include "value_difference.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <type_traits>

namespace STET_NAMESPACE::detail {

/// The distance of two integers, exactly.
template <class Integer>
std::uint64_t distance_of(Integer one, Integer other) noexcept
{
    const auto high = static_cast<std::uint64_t>(one < other ? other : one);
    const auto low = static_cast<std::uint64_t>(one < other ? one : other);
    return high - low;
}

/// One pair of integers, whose distance is exact before it is rounded.
template <class Integer>
void add_integer_pair(Integer one, Integer other, diffs::difference& apart) noexcept
{
    const auto distance = static_cast<double>(distance_of(one, other));
    apart.differing += one == other ? 0U : 1U;
    apart.largest = distance > apart.largest ? distance : apart.largest;
    apart.sum += distance;
}

/// Integers of one dtype.
template <class Integer>
void add_integers(const std::byte* first, const std::byte* second, std::size_t count,
                  diffs::difference& apart) noexcept
{
    const auto load = [](const std::byte* from) {
        return std::bit_cast<Integer>(
            static_cast<std::make_unsigned_t<Integer>>(load_word(from, sizeof(Integer))));
    };
    if constexpr (sizeof(Integer) > 4) {
        for (std::size_t i = 0; i < count; ++i)
            add_integer_pair(load(first + i * sizeof(Integer)), load(second + i * sizeof(Integer)), apart);
        return;
    }
    constexpr std::size_t most = std::size_t{1} << 30U; // whose distances add up to less than 2^64
    while (count != 0) {
        const std::size_t portion = count < most ? count : most;
        std::uint64_t     sum = 0;
        std::uint64_t     largest = 0;
        for (std::size_t i = 0; i < portion; ++i, first += sizeof(Integer), second += sizeof(Integer)) {
            const std::uint64_t distance = distance_of(load(first), load(second));
            sum += distance;
            largest = distance > largest ? distance : largest;
            apart.differing += distance != 0 ? 1U : 0U;
        }
        apart.sum += static_cast<double>(sum);
        apart.largest =
            static_cast<double>(largest) > apart.largest ? static_cast<double>(largest) : apart.largest;
        count -= portion;
    }
}

/// Elements of one byte and one dtype, each of which stands for one of 256 floats.
inline void add_bytes(dtype type, const std::byte* first, const std::byte* second, std::size_t count,
                      diffs::difference& apart) noexcept
{
    std::array<float, 256> values{};
    for (std::size_t code = 0; code < values.size(); ++code)
        values[code] = float_from_f8(type, static_cast<std::uint8_t>(code));
    for (std::size_t i = 0; i < count; ++i) {
        if (first[i] != second[i])
            add_pair(static_cast<double>(values[std::to_integer<std::size_t>(first[i])]),
                     static_cast<double>(values[std::to_integer<std::size_t>(second[i])]), apart);
    }
}

/// Any two dtypes by way of a number that holds both, a block at a time.
template <class Number>
bool add_converted(const typed_bytes& first, const typed_bytes& second, diffs::difference& apart) noexcept
{
    constexpr std::size_t    most = 256;
    std::array<Number, most> one{}, other{};
    const std::size_t        count = first.bytes.size() / element_size(first.type);
    for (std::size_t at = 0; at < count; at += most) {
        const std::size_t size = count - at < most ? count - at : most;
        const auto        load = [&](const typed_bytes& from, std::array<Number, most>& to) {
            const std::size_t width = element_size(from.type);
            const auto        view = view_of(from.type, {size}, from.bytes.subspan(at * width, size * width));
            return view && to_numbers(*view, std::span(to).first(size));
        };
        if (!load(first, one) || !load(second, other))
            return false;
        for (std::size_t i = 0; i < size; ++i) {
            if constexpr (std::is_integral_v<Number>)
                add_integer_pair(one[i], other[i], apart);
            else
                add_pair(one[i], other[i], apart);
        }
    }
    return true;
}

constexpr bool is_integer(dtype type) noexcept
{
    return type == dtype::u8 || type == dtype::i8 || type == dtype::u16 || type == dtype::i16 ||
           type == dtype::u32 || type == dtype::i32 || type == dtype::u64 || type == dtype::i64;
}

inline void add_integers_of(const typed_bytes& first, const typed_bytes& second,
                            diffs::difference& apart) noexcept
{
    const auto add = [&]<class Integer>(Integer) {
        add_integers<Integer>(first.bytes.data(), second.bytes.data(), first.bytes.size() / sizeof(Integer),
                              apart);
    };
    if (first.type == dtype::u8)
        add(std::uint8_t{});
    else if (first.type == dtype::i8)
        add(std::int8_t{});
    else if (first.type == dtype::u16)
        add(std::uint16_t{});
    else if (first.type == dtype::i16)
        add(std::int16_t{});
    else if (first.type == dtype::u32)
        add(std::uint32_t{});
    else if (first.type == dtype::i32)
        add(std::int32_t{});
    else if (first.type == dtype::u64)
        add(std::uint64_t{});
    else
        add(std::int64_t{});
}

STET_INLINE bool add_differences(const typed_bytes& first, const typed_bytes& second,
                                 diffs::difference& apart) noexcept
{
    if (is_sub_byte(first.type) || is_sub_byte(second.type))
        return false;
    const bool is_one_type = first.type == second.type;
    if (is_one_type && first.type == dtype::c64) // two floats each
        return add_differences({.type = dtype::f32, .bytes = first.bytes},
                               {.type = dtype::f32, .bytes = second.bytes}, apart);
    diffs::difference added{.elements = first.bytes.size() / element_size(first.type)};
    bool              is_measured = true;
    const bool        is_added = is_one_type && add_floats(first.type, first.bytes, second.bytes, added);
    if (!is_added && is_one_type && is_integer(first.type))
        add_integers_of(first, second, added);
    else if (!is_added && is_one_type && element_size(first.type) == 1 && first.type != dtype::boolean)
        add_bytes(first.type, first.bytes.data(), second.bytes.data(), first.bytes.size(), added);
    else if (!is_added && is_integer(first.type) && is_integer(second.type))
        is_measured = add_converted<std::int64_t>(first, second, added);
    else if (!is_added)
        is_measured = add_converted<double>(first, second, added);
    if (is_measured)
        apart.add(added);
    return is_measured;
}

} // namespace STET_NAMESPACE::detail
