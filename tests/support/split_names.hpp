// SPDX-License-Identifier: MIT
// Dicts of small tensors to split, and what became of their names.
#ifndef STET_TESTS_SUPPORT_SPLIT_NAMES_HPP
#define STET_TESTS_SUPPORT_SPLIT_NAMES_HPP

#include <stet/split/split.hpp>
#include <stet/tensor/sizes.hpp>
#include <stet/vocabulary/impl/memory_size.hpp>

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

/// Names with tensors of F32, no two of them in the same place; three rows and two columns where no shape is given.
class small_tensors {
public:
    struct described {
        described(const char* given_name, const stet::extents& given_shape = {3, 2})
            : name(given_name), shape(given_shape)
        {
        }
        std::string_view name;
        stet::extents    shape;
    };
    using entry = std::pair<std::string_view, stet::tensor_view>;

    small_tensors(std::initializer_list<described> tensors) : values_(tensors.size() * most)
    {
        for (std::size_t i = 0; i < values_.size(); ++i)
            values_[i] = static_cast<float>(i);
        std::span<const float> left(values_);
        for (const described& tensor : tensors) {
            const std::size_t count = stet::detail::memory_size(*stet::element_count(tensor.shape));
            entries_.emplace_back(tensor.name, *stet::view_of(left.first(count), tensor.shape));
            left = left.subspan(most);
        }
    }

    std::vector<entry>::const_iterator begin() const noexcept { return entries_.begin(); }
    std::vector<entry>::const_iterator end() const noexcept { return entries_.end(); }
    const stet::tensor_view&           operator[](std::size_t i) const noexcept { return entries_[i].second; }

private:
    static constexpr std::size_t most = 8; // elements

    std::vector<float> values_;
    std::vector<entry> entries_{};
};

using name_list = std::vector<std::string>;

inline name_list names_of(const stet::split_part& part)
{
    name_list names;
    for (const stet::named_tensor& entry : part)
        names.emplace_back(entry.name);
    return names;
}

inline name_list names_of(const stet::ordered_dict& dict)
{
    name_list names;
    for (const stet::ordered_dict::entry& entry : dict.entries()) {
        if (entry.is_present)
            names.push_back(entry.name.text());
    }
    return names;
}

/// Sets a dict's entries.
inline bool fill(stet::ordered_dict& dict, const small_tensors& tensors)
{
    for (const auto& [name, tensor] : tensors) {
        if (!dict.set({.stem = name}, tensor))
            return false;
    }
    return true;
}

} // namespace support

#endif
