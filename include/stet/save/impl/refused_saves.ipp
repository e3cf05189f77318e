// SPDX-License-Identifier: MIT
// Calls of save() that cannot be meant, each with the sentence that the compiler answers.

#include "../write.hpp"

#include <concepts>

namespace STET_NAMESPACE {

namespace detail {

template <class What>
concept savable = std::same_as<What, plan> || checkpoint_kind<What> || state_dict<What> || text_like<What>;

template <class Where>
concept any_place = save_place<Where> || save_destination<Where>;

template <class Options>
concept options_of_a_save = std::same_as<Options, save_options> || std::same_as<Options, sink_options>;

} // namespace detail

template <detail::savable What, class Where>
requires(checkpoint_kind<What> || !detail::any_place<Where>)
result<saved_checkpoint> save(const What&, const Where&, const save_options& = {})
{
    static_assert(!checkpoint_kind<What> || !detail::any_place<Where>,
                  "stet: a checkpoint of components needs a layout, which says where each goes: "
                  "stet::save(checkpoint, stet::families::sdxl{}, \"model.safetensors\")");
    constexpr bool are_swapped = detail::text_like<What> && state_dict<Where>;
    static_assert(!are_swapped, "stet: the state dict comes first, then where to save it: "
                                "stet::save(dict, \"model.safetensors\")");
    static_assert(
        detail::any_place<Where> || are_swapped,
        "stet: the last argument before the options must say where to save: a path, stet::exact_path, "
        "stet::numbered, a sink such as stet::append_sink{bytes}, or a named std::vector<std::byte>");
    return error{};
}

template <detail::savable What, class Layout, class Where>
requires((!checkpoint_kind<What> || !detail::any_place<Where>) && !detail::options_of_a_save<Where>)
result<saved_checkpoint> save(const What&, const Layout&, const Where&, const save_options& = {})
{
    static_assert(!std::same_as<What, plan>,
                  "stet: a plan has its names already and takes no layout: stet::save(plan, path)");
    static_assert(checkpoint_kind<What> || std::same_as<What, plan>,
                  "stet: a layout wants the components named, and this is a bare state dict: "
                  "stet::save(stet::full{.model = dict, ...}, layout, path), or save it without a layout");
    static_assert(
        !checkpoint_kind<What> || detail::any_place<Where>,
        "stet: the last argument before the options must say where to save: a path, stet::exact_path, "
        "stet::numbered, a sink such as stet::append_sink{bytes}, or a named std::vector<std::byte>");
    return error{};
}

} // namespace STET_NAMESPACE
