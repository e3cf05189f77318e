// SPDX-License-Identifier: MIT
#include "description.hpp"

#include <array>
#include <cstdint>

namespace STET_NAMESPACE::detail {

STET_INLINE const quantised::format* find_format(std::string_view                    name,
                                                 array_view<const quantised::format> own) noexcept
{
    for (const quantised::format& one : own) {
        if (one.name == name)
            return &one;
    }
    for (const quantised::format* const one : marker_formats) {
        if (one->name == name)
            return one;
    }
    return nullptr;
}

STET_INLINE std::string_view kind_name(json_kind kind) noexcept
{
    constexpr std::array<std::string_view, 7> names{"null",   "a boolean", "an integer", "a number",
                                                    "a text", "an array",  "an object"};
    return names[static_cast<std::size_t>(kind)];
}

/// Reads the members of one description.
class description_reader {
public:
    description_reader(const json_item& object, note_receiver report) noexcept
        : object_(object), report_(report)
    {
    }

    description run(array_view<const quantised::format> own)
    {
        description read;
        note_repeated(object_);
        note_unknown_members();
        read.settings.full_precision_matrix_mult = boolean("full_precision_matrix_mult", object_, false);
        if (const auto experts = object_.find("num_experts"))
            read.settings.num_experts = integer("num_experts", *experts);
        const auto spelled = object_.find("format");
        if (!spelled || spelled->is_null()) {
            note(quantised::rule::marker_format_missing, quantised::severity::error, "format",
                 "the name of a format", spelled ? "null" : "nothing");
            return read;
        }
        if (!spelled->is_text()) {
            note(quantised::rule::marker_format_type, quantised::severity::error, "format", "a text",
                 kind_name(spelled->kind()));
            return read;
        }
        read.format_name = spelled->text();
        read.format = find_format(read.format_name, own);
        if (read.format == nullptr) {
            note(quantised::rule::marker_format_unknown, quantised::severity::error, "format",
                 "the name of a format", read.format_name);
            return read;
        }
        read_members(read.format->members, read.settings);
        return read;
    }

private:
    static constexpr std::array<std::string_view, 8> known_members{
        "format",       "full_precision_matrix_mult",
        "convrot",      "convrot_groupsize",
        "linear_dtype", "group_size",
        "num_experts",  "params"};

    void note(quantised::rule rule, quantised::severity severity, std::string_view member,
              std::string_view expected, std::string_view found) const
    {
        if (report_)
            report_(
                {.rule = rule, .severity = severity, .member = member, .expected = expected, .found = found});
    }

    void note_type(std::string_view member, std::string_view expected, const json_item& value) const
    {
        note(quantised::rule::marker_field_type, quantised::severity::error, member, expected,
             kind_name(value.kind()));
    }

    void note_repeated(const json_item& object) const
    {
        if (object.repeats())
            note(quantised::rule::marker_duplicate_key, quantised::severity::warning, {}, "each member once",
                 "a member given twice");
    }

    void note_unknown_members() const
    {
        if (!report_)
            return;
        for (const json_member one : object_.members()) {
            bool is_known = false;
            for (const std::string_view known : known_members)
                is_known = is_known || one.name == known;
            if (!is_known)
                note(quantised::rule::marker_unknown_key, quantised::severity::info, one.name,
                     "a member that is read", one.name);
        }
    }

    void read_members(const quantised::marker_members& members, quantised::settings& settings)
    {
        if (const auto nested = object_.find("params");
            nested && (members.convrot || members.convrot_groupsize))
        {
            if (nested->is_object())
                params_ = nested;
            else
                note_type("params", "an object", *nested);
            note_repeated(*nested);
        }
        settings.convrot = members.is_always_rotated;
        if (const auto value = member("convrot"); value && members.convrot)
            settings.convrot = boolean("convrot", *value);
        if (const auto value = member("convrot_groupsize"); value && members.convrot_groupsize)
            settings.convrot_groupsize =
                integer("convrot_groupsize", *value).value_or(settings.convrot_groupsize);
        settings.group_size = members.usual_group_size;
        if (const auto value = member("group_size"); value && members.group_size)
            settings.group_size = integer("group_size", *value).value_or(settings.group_size);
        if (const auto value = member("linear_dtype"); value && members.linear_dtype)
            read_linear_dtype(*value, settings);
    }

    void read_linear_dtype(const json_item& value, quantised::settings& settings) const
    {
        if (!value.is_text())
            note_type("linear_dtype", "a text", value);
        else if (value.text() == "int8")
            settings.linear_dtype = quantised::linear_dtype::int8;
        else if (value.text() != "int4")
            note(quantised::rule::marker_field_value, quantised::severity::error, "linear_dtype",
                 "int4 or int8", value.text());
    }

    /// At the top, or else in `params`.
    std::optional<json_item> member(std::string_view name) const noexcept
    {
        auto found = object_.find(name);
        return found || !params_ ? found : params_->find(name);
    }

    bool boolean(std::string_view name, const json_item& value) const
    {
        if (value.kind() != json_kind::boolean)
            note_type(name, "true or false", value);
        return value.truth();
    }

    bool boolean(std::string_view name, const json_item& in, bool usual) const
    {
        const auto value = in.find(name);
        return value ? boolean(name, *value) : usual;
    }

    /// Nothing for what is no integer; 0, which fits nowhere, for one that is too small or too large.
    std::optional<std::uint64_t> integer(std::string_view name, const json_item& value) const
    {
        if (value.kind() == json_kind::integer)
            return value.natural().value_or(0);
        if (const auto number = natural_in(value)) {
            note(quantised::rule::marker_field_type, quantised::severity::warning, name, "an integer",
                 "a text");
            return number;
        }
        note_type(name, "an integer", value);
        return std::nullopt;
    }

    /// Of a text of digits.
    static std::optional<std::uint64_t> natural_in(const json_item& value) noexcept
    {
        const std::string_view text = value.is_text() ? value.text() : std::string_view();
        std::uint64_t          number = 0;
        for (const char c : text) {
            if (c < '0' || c > '9' || number > UINT64_MAX / 10 - 1)
                return std::nullopt;
            number = number * 10 + static_cast<std::uint64_t>(c - '0');
        }
        return text.empty() ? std::nullopt : std::optional(number);
    }

    json_item                object_;
    std::optional<json_item> params_{};
    note_receiver            report_;
};

STET_INLINE description describe(const json_item& value, array_view<const quantised::format> own,
                                 note_receiver report)
{
    if (value.is_object())
        return description_reader(value, report).run(own);
    if (report)
        report({.rule = quantised::rule::marker_not_object,
                .severity = quantised::severity::error,
                .member = {},
                .expected = "an object",
                .found = kind_name(value.kind())});
    return {};
}

} // namespace STET_NAMESPACE::detail
