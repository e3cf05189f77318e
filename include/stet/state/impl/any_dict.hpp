// SPDX-License-Identifier: MIT
#ifndef STET_STATE_IMPL_ANY_DICT_HPP
#define STET_STATE_IMPL_ANY_DICT_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/impl/prefetch.hpp"
#include "../state_dict.hpp"

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace STET_NAMESPACE {

namespace detail {

/// Receives a dict's entries one by one: the key, and the tensor or why it cannot be seen as one. An error it returns
/// ends the visit.
using entry_visitor = function_ref<result<void>(std::string_view key, const result<tensor_view>&)>;

/// Goes ahead of a walk through a dict and asks for the names to come: they lie all over memory, and to wait for each
/// takes longer than all the rest of planning it.
template <class Dict>
class names_ahead {
public:
    explicit names_ahead(const Dict& dict) : next_(std::begin(dict)), end_(std::end(dict))
    {
        for (std::size_t i = 0; i < prefetch_distance; ++i)
            prefetch_next();
    }

    void prefetch_next()
    {
        if (next_ == end_)
            return;
        prefetch_text(entry_traits<entry_of<Dict>>::name(*next_));
        ++next_;
    }

private:
    decltype(std::begin(std::declval<const Dict&>())) next_;
    decltype(std::end(std::declval<const Dict&>()))   end_;
};

/// A dict that can be walked through once only, or that builds its entries on the way.
template <class Dict>
requires(!std::is_lvalue_reference_v<entry_reference<Dict>> ||
         !std::forward_iterator<decltype(std::begin(std::declval<const Dict&>()))>)
class names_ahead<Dict> {
public:
    explicit names_ahead(const Dict&) noexcept {}
    void prefetch_next() const noexcept {}
};

template <class Dict>
std::size_t size_of_dict(const void* object)
{
    if constexpr (requires(const Dict& dict) {
                      {
                          std::size(dict)
                      } -> std::convertible_to<std::size_t>;
                  })
        return std::size(*static_cast<const Dict*>(object));
    else
        return 0;
}

template <class Dict>
result<void> visit_dict(const void* object, entry_visitor visitor)
{
    if constexpr (state_dict<Dict>) {
        using traits = entry_traits<entry_of<Dict>>;
        const Dict&       dict = *static_cast<const Dict*>(object);
        names_ahead<Dict> ahead(dict);
        for (const auto& entry : dict) {
            ahead.prefetch_next();
            const result<tensor_view> tensor = tensor_traits<tensor_of<Dict>>::view(traits::tensor(entry));
            if (auto visited = visitor(std::string_view(traits::name(entry)), tensor); !visited)
                return visited;
        }
    }
    return {};
}

/// A state dict of any type, or none; borrowed: two words. What it calls exists once for each type, whatever its roles.
class any_dict {
public:
    constexpr any_dict() noexcept = default;

    template <class Dict>
    constexpr explicit any_dict(const Dict& dict) noexcept : dict_(&dict), calls_(&calls_on<Dict>)
    {
    }

    /// Visits the entries in the dict's own order.
    /// errors: the visitor's
    result<void> each(entry_visitor visitor) const
    {
        return is_given() ? calls_->each(dict_, visitor) : result<void>();
    }

    /// False for stet::no_entries: the checkpoint goes without this component.
    constexpr bool is_given() const noexcept { return calls_ != nullptr; }

    /// How many entries the dict says it has, so that room can be made for them; 0 when it does not say.
    std::size_t size_hint() const { return is_given() ? calls_->size_hint(dict_) : 0; }

private:
    struct calls {
        result<void> (*each)(const void*, entry_visitor);
        std::size_t (*size_hint)(const void*);
    };

    template <class Dict>
    static constexpr calls calls_on{.each = visit_dict<Dict>, .size_hint = size_of_dict<Dict>};

    const void*  dict_ = nullptr;
    const calls* calls_ = nullptr;
};

} // namespace detail

} // namespace STET_NAMESPACE

#endif
