// SPDX-License-Identifier: MIT
// Model families and layouts chosen while the program runs, by name or by a file's tensors.
#ifndef EXAMPLE_FAMILY_LAYOUT_HPP
#define EXAMPLE_FAMILY_LAYOUT_HPP

#include "close_names.hpp"
#include "component.hpp"

#include <stet/families/families.hpp>
#include <stet/read/checkpoint_header.hpp>
#include <stet/split/detect_layout.hpp>
#include <stet/split/split_rules.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace example {

/// In the order of stet::known_layout.
inline constexpr std::array<std::string_view, 19> layout_names{
    "generic", "base_default", "sd3",        "hunyuan_video", "stable_audio", "stable_audio3", "trellis2",
    "sam3",    "cascade_b",    "cascade_c",  "svd",           "sv3d",         "zero123",       "hunyuan3d",
    "sd1",     "sd2",          "sd2_unclip", "sdxl",          "sdxl_refiner"};
static_assert(static_cast<std::size_t>(stet::known_layout::sdxl_refiner) + 1 == layout_names.size());

/// What a layout's type says, as data: one plan and one split serve all of them, and compile once.
struct layout_facts {
    stet::split_rules rules{};
    stet::result<void> (*rearrange_text)(stet::rearrangement&) =
        nullptr;                                                    ///< null: the text encoder has a prefix
    stet::result<void> (*vet_text)(std::string_view key) = nullptr; ///< null: any key may be a text encoder's
};

template <class Layout>
constexpr layout_facts facts_of()
{
    layout_facts facts{.rules = stet::rules_of<Layout>()};
    if constexpr (stet::rearranges<Layout, stet::role::text_encoder>)
        facts.rearrange_text = [](stet::rearrangement& work) {
            return Layout{}.rearrange(stet::role::text_encoder{}, work);
        };
    if constexpr (stet::detail::vets<Layout, stet::role::text_encoder>)
        facts.vet_text = [](std::string_view key) { return Layout{}.vet(stet::role::text_encoder{}, key); };
    return facts;
}

/// A family of stet::families by the name it goes by.
struct named_family {
    stet::family_facts facts{};
    layout_facts       layout{};
};

/// One object for each layout, instead of code that makes it for each family.
template <class Layout>
inline constexpr layout_facts known_facts = facts_of<Layout>();

inline std::vector<std::string_view> family_names()
{
    return []<class... Family>(stet::family_list<Family...>) {
        return std::vector<std::string_view>{Family::name...};
    }(stet::families::all{});
}

/// name: in capitals or not
inline std::optional<named_family> find_family(std::string_view name)
{
    for (const std::string_view known : family_names()) {
        if (distance(name, known) == 0)
            name = known;
    }
    named_family        found;
    const layout_facts* layout = nullptr;
    bool                comfyui_takes_text = true;
    stet::visit_family(name, [&]<class Family>(Family) {
        found.facts = stet::facts_of(Family{});
        layout = &known_facts<typename Family::layout>;
        comfyui_takes_text = stet::rules_of<Family>().comfyui_takes_text;
    });
    if (layout == nullptr)
        return std::nullopt;
    found.layout = *layout;
    found.layout.rules.comfyui_takes_text = comfyui_takes_text;
    return found;
}

/// "unknown family 'SDLX' (did you mean 'SDXL'?)"
inline std::string unknown_family(const std::string& name)
{
    const std::string hint = suggestion(name, family_names());
    return "unknown family '" + name + "'" + (hint.empty() ? ", stet compose --families lists them" : hint);
}

/// A layout as stet::make_plan takes it. Every component has a place; whether it truly has one, has_place tells.
class family_layout {
public:
    explicit family_layout(const named_family& family) : family_(family.facts), facts_(family.layout) {}

    stet::family_facts facts() const { return family_; }

    static stet::result<void> vet(stet::role::model role, std::string_view key)
    {
        return stet::layouts::usual_names::vet(role, key);
    }
    static stet::result<void> vet(stet::role::vae role, std::string_view key)
    {
        return stet::layouts::usual_names::vet(role, key);
    }

    stet::placed_name place(stet::role::model, std::string_view key) const
    {
        return under(facts_.rules.model, key);
    }
    stet::placed_name place(stet::role::vae, std::string_view key) const
    {
        return under(facts_.rules.vae, key);
    }
    stet::placed_name place(stet::role::vision_encoder, std::string_view key) const
    {
        return under(facts_.rules.vision, key);
    }
    stet::placed_name place(stet::role::seconds_start, std::string_view key) const
    {
        return under(facts_.rules.seconds_start, key);
    }
    stet::placed_name place(stet::role::seconds_total, std::string_view key) const
    {
        return under(facts_.rules.seconds_total, key);
    }
    stet::result<void> rearrange(stet::role::text_encoder, stet::rearrangement& work) const
    {
        if (facts_.rearrange_text != nullptr)
            return facts_.rearrange_text(work);
        for (const stet::ordered_dict::entry& entry : work.dict.entries()) {
            if (!work.is_strict() || facts_.vet_text == nullptr)
                break;
            if (auto known = facts_.vet_text(entry.name.stem); !known)
                return known;
        }
        return facts_.rules.text.empty() ? stet::result<void>()
                                         : work.rename_prefix("", facts_.rules.text[0]);
    }

private:
    static stet::placed_name under(const std::optional<std::string_view>& prefix, std::string_view key)
    {
        return {.prefix = prefix.value_or(""), .stem = key};
    }

    stet::family_facts family_;
    layout_facts       facts_;
};

/// To which component a tensor belongs, and how much of its name is the component's prefix.
struct membership {
    component   of = component::extra;
    std::size_t prefix = 0;

    friend constexpr bool operator==(const membership&, const membership&) = default;
};

/// The component with the longest prefix that the name begins with.
inline membership membership_of(std::string_view name, const stet::split_rules& rules)
{
    membership found;
    const auto offer = [&](component which, const std::optional<std::string_view>& prefix) {
        if (prefix && prefix->size() > found.prefix && name.starts_with(*prefix))
            found = {.of = which, .prefix = prefix->size()};
    };
    offer(component::model, rules.model);
    offer(component::vae, rules.vae);
    offer(component::vision_encoder, rules.vision);
    offer(component::seconds_start, rules.seconds_start);
    offer(component::seconds_total, rules.seconds_total);
    for (const std::string_view prefix : rules.text)
        offer(component::text_encoder, prefix);
    return found;
}

/// The layout a file's names tell.
struct detected_layout {
    std::vector<std::string_view> names{}; ///< of all that the names allow
    std::optional<layout_facts>
         layout{};                 ///< the first of them, if all give each tensor to the same component
    bool text_is_disputed = false; ///< they undo the text encoder's names in different ways
};

namespace detection_parts {

/// Whether two layouts give every tensor of a file to the same component.
inline bool agree(const stet::checkpoint_header& header, const stet::split_rules& one,
                  const stet::split_rules& other)
{
    for (const stet::stored_tensor tensor : header) {
        if (membership_of(tensor.name, one) != membership_of(tensor.name, other))
            return false;
    }
    return true;
}

inline bool has_text_encoder(const stet::checkpoint_header& header, const stet::split_rules& rules)
{
    for (const stet::stored_tensor tensor : header) {
        if (membership_of(tensor.name, rules).of == component::text_encoder)
            return true;
    }
    return false;
}

} // namespace detection_parts

inline detected_layout detect(const stet::checkpoint_header& header)
{
    stet::layout_detection detection;
    for (const stet::stored_tensor tensor : header)
        detection.add(tensor.name);
    const stet::layout_candidates candidates = detection.candidates();
    detected_layout               found;
    for (std::size_t i = 0; i < layout_names.size(); ++i) {
        if (candidates.contains(static_cast<stet::known_layout>(i)))
            found.names.push_back(layout_names[i]);
    }
    std::vector<const layout_facts*> allowed;
    candidates.each([&]<class Layout>(Layout) { allowed.push_back(&known_facts<Layout>); });
    bool is_disputed = false;
    for (const layout_facts* const facts : allowed) {
        const stet::split_rules& first = allowed[0]->rules;
        is_disputed = is_disputed || !detection_parts::agree(header, first, facts->rules);
        found.text_is_disputed = found.text_is_disputed || first.take_text != facts->rules.take_text;
    }
    if (!allowed.empty() && !is_disputed)
        found.layout = *allowed[0];
    found.text_is_disputed = found.text_is_disputed && found.layout &&
                             detection_parts::has_text_encoder(header, found.layout->rules);
    return found;
}

} // namespace example

#endif
