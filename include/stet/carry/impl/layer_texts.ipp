// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "layer_texts.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE result<void> each_layer(
    std::string_view text, const allocator& memory,
    function_ref<result<void>(std::string_view layer, const json_item& says)> visit)
{
    const error unusable = error{.code = errc::invalid_metadata_value}
                               .about(layers_key)
                               .with("a JSON object with an object 'layers'");
    const auto document = read_json(text, memory);
    if (!document)
        return document.error().code == errc::out_of_memory ? document.error() : unusable;
    const auto layers = document->root().find("layers");
    if (!layers || !layers->is_object())
        return unusable;
    for (const json_member member : layers->members()) {
        if (auto visited = visit(member.name, member.value); !visited)
            return visited;
    }
    return {};
}

STET_INLINE std::optional<std::string_view> layers_entry(const metadata_view& source)
{
    std::optional<std::string_view> found;
    static_cast<void>(source.each([&](std::string_view key, std::string_view text) -> result<void> {
        if (key == layers_key)
            found = text;
        return {};
    }));
    return found;
}

STET_INLINE result<void> about_unusable(const result<void>& done, const carry::carry_options& options,
                                        carry::carried& report)
{
    if (done || done.error().code != errc::invalid_metadata_value || options.strictness == strictness::strict)
        return done;
    report.unusable.emplace_back(layers_key);
    return {};
}

STET_INLINE result<void> layer_text::add(const placed_name& weight, const json_item& says)
{
    std::string name = weight.text();
    name.resize(name.size() - weight_end.size());
    const bool is_first = empty();
    if (!out_.make_room(2))
        return out_of_memory(2);
    out_.put(is_first ? "" : ", ");
    if (!put_json_string(out_, name, json_letters::ascii) || !out_.make_room(2))
        return out_of_memory(name.size());
    out_.put(": ");
    return put_json(out_, says, json_letters::ascii, memory_) ? result<void>() : out_of_memory(name.size());
}

STET_INLINE std::string layer_text::finished() const
{
    std::string text = "{\"format_version\": \"1.0\", \"layers\": {";
    text += out_.view();
    text += "}}";
    return text;
}

} // namespace STET_NAMESPACE::detail
