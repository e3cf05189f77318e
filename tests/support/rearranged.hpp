// SPDX-License-Identifier: MIT
// Named tensors to rearrange, and what became of them in a form that a failed check prints.
#ifndef STET_TESTS_SUPPORT_REARRANGED_HPP
#define STET_TESTS_SUPPORT_REARRANGED_HPP

#include "support/little_endian.hpp"
#include "support/poured.hpp"

#include <stet/families/rearrangement.hpp>

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

/// A state dict in the order given.
using named_tensors = std::vector<std::pair<std::string, stet::tensor_view>>;

/// Memory of tensors, which can be changed while views of it are about.
class tensor_pool {
public:
    stet::tensor_view f32(const stet::extents& shape, std::vector<float> values)
    {
        return *stet::view_of(floats_.emplace_back(std::move(values)), shape);
    }
    stet::tensor_view raw(stet::dtype type, const stet::extents& shape, std::string_view content)
    {
        texts_.emplace_back(content);
        return *stet::view_of(type, shape, texts_.back().data(), texts_.back().size());
    }
    /// A scalar that is told from others by its number.
    stet::tensor_view one(float value) { return f32({}, {value}); }

    /// The values of the tensor that was made that many tensors of f32 ago.
    std::vector<float>& made(std::size_t index) { return floats_[index]; }

private:
    std::deque<std::vector<float>> floats_{};
    std::deque<std::string>        texts_{};
};

/// The tensor's values as it writes them.
inline std::vector<float> floats(const stet::tensor_view& tensor)
{
    return numbers_in<float>(poured(tensor));
}

/// lifetime: the dict borrows the names
inline stet::result<void> fill(stet::rearrangement& work, const named_tensors& tensors)
{
    for (const auto& [name, tensor] : tensors) {
        if (auto set = work.set_new(work.dict, {.stem = name}, tensor); !set)
            return set;
    }
    return {};
}

stet::result<void> fill(stet::rearrangement& work, named_tensors&& temporary) = delete;

/// The names that are present, in order, each followed by a semicolon.
inline std::string names(const stet::ordered_dict& dict)
{
    std::string all;
    for (const stet::ordered_dict::entry& entry : dict.entries()) {
        if (entry.is_present)
            all += entry.name.text() + ";";
    }
    return all;
}

/// The tensor of that name; an empty view when there is none.
inline stet::tensor_view tensor_named(const stet::ordered_dict& dict, std::string_view name)
{
    const auto* const found = dict.find({.stem = name});
    return found == nullptr ? stet::tensor_view{} : dict.tensor(*found);
}

/// "left out a;added b;replaced c;"
template <class Changes>
std::string text_of(const Changes& changes)
{
    std::string all;
    for (const stet::change& change : changes) {
        using kind = stet::change::kind;
        all += change.what == kind::left_out ? "left out "
               : change.what == kind::added  ? "added "
                                             : "replaced ";
        all += change.name.text() + ";";
    }
    return all;
}

} // namespace support

#endif
