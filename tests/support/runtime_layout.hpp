// SPDX-License-Identifier: MIT
// A family's layout as data, chosen by name: what is made with it compiles once for all families.
#ifndef STET_TESTS_SUPPORT_RUNTIME_LAYOUT_HPP
#define STET_TESTS_SUPPORT_RUNTIME_LAYOUT_HPP

#include <stet/families/families.hpp>
#include <stet/layout/family.hpp>
#include <stet/split/split_rules.hpp>

#include <optional>
#include <string_view>

namespace support {

class runtime_layout {
public:
    static std::optional<runtime_layout> of(std::string_view family)
    {
        std::optional<runtime_layout> found;
        stet::visit_family(family, [&]<class Family>(Family) { found = runtime_layout(Family{}); });
        return found;
    }

    template <class Family>
    explicit runtime_layout(Family family)
        : rules(stet::rules_of<Family>()), facts_(stet::facts_of(family)),
          rearrange_(rearrange_of<typename Family::layout>())
    {
        if constexpr (stet::detail::vets<Family, stet::role::text_encoder>)
            vet_ = [](std::string_view key) { return Family::layout::vet(stet::role::text_encoder{}, key); };
    }

    stet::split_rules rules;

    stet::family_facts facts() const noexcept { return facts_; }

    /// Whether the text encoder is renamed by a rule instead of a prefix.
    bool is_by_rule() const noexcept { return rearrange_ != nullptr; }

    stet::placed_name place(stet::role::model, std::string_view key) const { return under(rules.model, key); }
    stet::placed_name place(stet::role::vae, std::string_view key) const { return under(rules.vae, key); }
    stet::placed_name place(stet::role::vision_encoder, std::string_view key) const
    {
        return under(rules.vision, key);
    }
    stet::result<void> rearrange(stet::role::text_encoder, stet::rearrangement& work) const
    {
        if (rearrange_ != nullptr)
            return rearrange_(work);
        for (const stet::ordered_dict::entry& entry : work.dict.entries()) {
            if (!work.is_strict() || vet_ == nullptr)
                break;
            if (auto known = vet_(entry.name.stem); !known)
                return known;
        }
        return rules.text.empty() ? stet::result<void>() : work.rename_prefix("", rules.text[0]);
    }

private:
    using rule = stet::result<void> (*)(stet::rearrangement&);

    template <class Layout>
    static constexpr rule rearrange_of()
    {
        if constexpr (stet::rearranges<Layout, stet::role::text_encoder>)
            return
                [](stet::rearrangement& work) { return Layout::rearrange(stet::role::text_encoder{}, work); };
        else
            return nullptr;
    }

    static stet::placed_name under(const std::optional<std::string_view>& prefix, std::string_view key)
    {
        return {.prefix = prefix.value_or(""), .stem = key};
    }

    stet::family_facts facts_;
    rule               rearrange_;
    stet::result<void> (*vet_)(std::string_view key) = nullptr;
};

} // namespace support

#endif
