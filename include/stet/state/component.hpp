// SPDX-License-Identifier: MIT
#ifndef STET_STATE_COMPONENT_HPP
#define STET_STATE_COMPONENT_HPP

#include "../vocabulary/function_ref.hpp"
#include "../vocabulary/impl/prefetch.hpp"
#include "role.hpp"
#include "state_dict.hpp"

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace STET_NAMESPACE {

namespace detail {

/// Receives a dict's entries one by one: the key, and the tensor or why it cannot be seen as one. An error it returns
/// ends the visit.
using entry_visitor = function_ref<result<void>(std::string_view key, const result<tensor_view>&)>;

} // namespace detail

/// A dict said to play a role; made by as<Role>(dict).
template <component_role Role, class Dict>
struct tagged {
    const Dict* dict;
};

/// Says which role a dict plays, so that passing it as another one does not compile.
/// lifetime: borrows the dict
template <component_role Role, class Dict>
constexpr tagged<Role, Dict> as(const Dict& dict STET_LIFETIME_BOUND) noexcept
{
    return {&dict};
}
template <component_role Role, class Dict>
constexpr tagged<Role, Dict> as(const Dict&& temporary) = delete;

namespace detail {

template <class Type>
inline constexpr bool is_tagged = false;
template <class Role, class Dict>
inline constexpr bool is_tagged<tagged<Role, Dict>> = true;

template <class Type>
inline constexpr bool is_component = false;

/// Never true: a compiler prints it with the role of the field that was left out.
template <class MissingRole>
inline constexpr bool is_given = false;

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

} // namespace detail

/// A state dict in its role in a checkpoint, borrowed: two words.
/// lifetime: the dict, its keys and its tensors must outlive the save; a temporary dict does not compile
template <component_role Role>
class component {
public:
    /// A field left out of a checkpoint ends here.
    template <class Missing = Role>
    component() noexcept : dict_(nullptr), calls_(nullptr)
    {
        static_assert(
            detail::is_given<Missing>,
            "stet: the component of this role is missing from its checkpoint: give every field, in the order "
            "of their declaration; stet::no_entries saves without one");
    }

    constexpr component(const no_entries_t& /*dict*/) noexcept : dict_(nullptr), calls_(nullptr) {}

    template <class Dict>
    requires(!detail::is_tagged<Dict> && !detail::is_component<Dict>)
    constexpr component(const Dict& dict STET_LIFETIME_BOUND) noexcept
        : dict_(&dict), calls_(&calls_on<Dict>)
    {
        static_assert(
            !detail::text_like<Dict>,
            "stet: a text stands where a state dict is wanted; the dict comes first, then where to save it: "
            "stet::save(dict, \"model.safetensors\")");
        static_assert(
            detail::text_like<Dict> || state_dict<Dict>,
            "stet: a component must be a state dict: iterable, entries of a name (first, convertible to "
            "std::string_view) and a tensor (second, with stet::tensor_traits), stored in the dict");
    }
    template <class Dict>
    requires(!detail::is_tagged<Dict> && !detail::is_component<Dict>)
    component(const Dict&& temporary) = delete;

    template <class OtherRole, class Dict>
    constexpr component(tagged<OtherRole, Dict> dict) noexcept : component(*dict.dict)
    {
        static_assert(
            std::same_as<OtherRole, Role>,
            "stet: this dict was tagged with another role; pass it to the field of its own role or retag it "
            "with stet::as<role>(dict)");
    }

    /// Visits the entries in the dict's own order.
    /// errors: the visitor's
    result<void> each(detail::entry_visitor visitor) const
    {
        return is_given() ? calls_->each(dict_, visitor) : result<void>();
    }

    /// False for stet::no_entries: the checkpoint goes without this component.
    constexpr bool is_given() const noexcept { return calls_ != nullptr; }

    /// How many entries the dict says it has, so that room can be made for them; 0 when it does not say.
    std::size_t size_hint() const { return is_given() ? calls_->size_hint(dict_) : 0; }

private:
    struct calls {
        result<void> (*each)(const void*, detail::entry_visitor);
        std::size_t (*size_hint)(const void*);
    };

    template <class Dict>
    static std::size_t size_of(const void* object)
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
    static result<void> visit(const void* object, detail::entry_visitor visitor)
    {
        if constexpr (state_dict<Dict>) {
            using traits = entry_traits<detail::entry_of<Dict>>;
            const Dict&               dict = *static_cast<const Dict*>(object);
            detail::names_ahead<Dict> ahead(dict);
            for (const auto& entry : dict) {
                ahead.prefetch_next();
                const result<tensor_view> tensor =
                    tensor_traits<detail::tensor_of<Dict>>::view(traits::tensor(entry));
                if (auto visited = visitor(std::string_view(traits::name(entry)), tensor); !visited)
                    return visited;
            }
        }
        return {};
    }

    template <class Dict>
    static constexpr calls calls_on{.each = visit<Dict>, .size_hint = size_of<Dict>};

    const void*  dict_;
    const calls* calls_;
};

namespace detail {

template <class Role>
inline constexpr bool is_component<component<Role>> = true;

} // namespace detail

} // namespace STET_NAMESPACE

#endif
