// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/json_document.hpp"
#include "../../vocabulary/impl/json_text.hpp"
#include "../../vocabulary/impl/name_table.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "layer_metadata.hpp"

#include <optional>

namespace STET_NAMESPACE::detail {

/// The layers of one file's metadata, found by name in the logarithm of their number.
class layers_by_name {
public:
    explicit layers_by_name(const allocator& memory) noexcept : names_(memory), members_(memory) {}

    result<void> read(std::string_view text, const allocator& memory)
    {
        auto document = read_json(text, memory);
        if (!document)
            return document.error();
        document_.emplace(*std::move(document));
        const auto layers = document_->root().find("layers");
        if (!layers)
            return {};
        const auto name_at = [this](std::uint32_t at) { return members_[at].name; };
        for (const json_member one : layers->members()) {
            const auto at = static_cast<std::uint32_t>(members_.size());
            if (!members_.push(one) || !names_.insert(one.name, names_.hash(one.name), at, name_at))
                return out_of_memory(sizeof one);
        }
        return {};
    }

    std::optional<json_item> find(std::string_view name) const noexcept
    {
        const auto at =
            names_.find(name, names_.hash(name), [this](std::uint32_t i) { return members_[i].name; });
        return at == name_table::none ? std::nullopt : std::optional(members_[at].value);
    }

private:
    std::optional<json_document> document_{};
    name_table                   names_;
    growing_array<json_member>   members_;
};

/// False when the allocator gave nothing.
inline bool put_text(json_text_builder& to, std::string_view text) noexcept
{
    if (!to.make_room(text.size()))
        return false;
    to.put(text);
    return true;
}

STET_INLINE result<growing_array<char>> layer_metadata(array_view<const described_layer>      layers,
                                                       const std::array<std::string_view, 2>& texts,
                                                       const allocator&                       memory)
{
    std::array<layers_by_name, 2> found{layers_by_name(memory), layers_by_name(memory)};
    for (std::size_t side = 0; side < found.size(); ++side) {
        if (texts[side].empty())
            continue;
        if (auto read = found[side].read(texts[side], memory); !read)
            return read.error();
    }
    json_text_builder text(memory);
    bool              fits = put_text(text, R"({"format_version": "1.0", "layers": {)");
    bool              is_first = true;
    for (const described_layer& one : layers) {
        const auto said = one.object.empty() ? found[one.side].find(one.name) : std::nullopt;
        if (one.object.empty() && !said)
            continue;
        fits = fits && (is_first || put_text(text, ", ")) &&
               put_json_string(text, one.name, json_letters::ascii) && put_text(text, ": ") &&
               (said ? put_json(text, *said, json_letters::ascii, memory) : put_text(text, one.object));
        is_first = false;
    }
    fits = fits && put_text(text, "}}");
    growing_array<char> value(memory);
    if (!fits || !value.append({text.view().data(), text.view().size()}))
        return out_of_memory(text.size());
    return value;
}

} // namespace STET_NAMESPACE::detail
