// SPDX-License-Identifier: MIT
#include "description.hpp"
#include "layer_finder.hpp"
#include "marker_check.hpp"
#include "marker_text.hpp"
#include "tensor_bytes.hpp"

#include <utility>

namespace STET_NAMESPACE::detail {

/// Says what is wrong with a description of one layer.
class note_writer {
public:
    note_writer(const quantised::layer& one, std::uint32_t position, finding_writer& out) noexcept
        : layer_(&one), position_(position), out_(&out)
    {
    }

    void operator()(const description_note& note) const
    {
        fact_text expected;
        if (!note.member.empty() && note.rule != quantised::rule::marker_unknown_key)
            expected.put("'").put(note.member).put("' to be ");
        expected.put(note.expected);
        out_->say(note.rule, note.severity, layer_->name, position_, expected.view(),
                  fact_text(note.found).view());
    }

private:
    const quantised::layer* layer_;
    std::uint32_t           position_;
    finding_writer*         out_;
};

/// False where the bytes are no JSON text, which is said.
inline bool check_marker_bytes(const quantised::layer& one, std::uint32_t position,
                               finding_writer& out) noexcept
{
    using quantised::rule;
    using quantised::severity;
    const tensor_view& marker = out.tensor(position);
    const bool         is_wrong = marker.type != dtype::u8 && marker.type != dtype::i8;
    if (marker.type != dtype::u8)
        out.say(rule::marker_dtype, is_wrong ? severity::error : severity::warning, one.name, position, "U8",
                name(marker.type));
    if (marker.shape.size() != 1)
        out.say(rule::marker_shape, severity::warning, one.name, position, "one axis",
                shape_text(marker.shape).view());
    if (is_wrong)
        return false;
    if (marker.size <= largest_marker)
        return true;
    out.say(rule::marker_json, severity::error, one.name, position, "a text of at most 1 MiB",
            fact_text().put(marker.size).put(" bytes").view());
    return false;
}

/// Calls `read` with the value that a marker holds, if it holds one. report: whether to say what is wrong
template <class Read>
void with_marker(const quantised::layer& one, bool report, finding_writer& out, const allocator& memory,
                 Read read)
{
    using quantised::rule;
    using quantised::severity;
    const std::uint32_t position = one.position_of("comfy_quant");
    const auto          invalid = [&](const error& problem) {
        if (problem.code == errc::out_of_memory)
            out.fail(problem);
        else if (report)
            out.say(rule::marker_json, severity::error, one.name, position, "a JSON text",
                             fact_text("none at byte ").put(problem.actual).view());
    };
    if (report ? !check_marker_bytes(one, position, out) : out.tensor(position).size > largest_marker)
        return;
    auto raw = tensor_bytes(out.tensor(position), memory);
    if (!raw)
        return out.fail(raw.error().about(out.name(position)));
    const auto text = marker_text::decode(std::move(*raw));
    if (!text)
        return invalid(text.error());
    const auto json = read_json(text->view(), memory, json_bytes::utf8_and_surrogates);
    if (!json)
        return invalid(json.error());
    if (report && !text->is_plain())
        out.say(rule::marker_json, severity::warning, one.name, position, "UTF-8 without a byte order mark",
                "another encoding or a mark");
    read(json->root());
}

/// Whether a marker says what the entry says.
inline bool is_the_same(const json_item& entry, const json_item& marker, const quantised::format* format,
                        finding_writer& out, const allocator& memory) noexcept
{
    json_text_builder first(memory);
    json_text_builder second(memory);
    if (!put_json(first, entry, json_letters::utf8, memory) ||
        !put_json(second, marker, json_letters::utf8, memory))
        out.fail(out_of_memory(first.size() + second.size()));
    return mean_the_same(first.view(), second.view(), format != nullptr ? &format->members : nullptr);
}

STET_INLINE void check_description(const quantised::layer& one, const std::optional<json_item>& entry,
                                   array_view<const quantised::format> own, finding_writer& out,
                                   const allocator& memory)
{
    const std::uint32_t marker = one.position_of("comfy_quant");
    if (!entry) {
        with_marker(one, true, out, memory, [&](const json_item& said) {
            static_cast<void>(describe(said, own, note_writer(one, marker, out)));
        });
        return;
    }
    const description counts = describe(*entry, own, note_writer(one, quantised::no_tensor, out));
    if (one.described_by != quantised::described_by::both)
        return;
    bool is_same = false;
    with_marker(one, false, out, memory, [&](const json_item& said) {
        is_same = is_the_same(*entry, said, counts.format, out, memory);
    });
    if (!is_same)
        out.say(quantised::rule::metadata_conflict, quantised::severity::error, one.name, marker,
                "what the metadata says", "another description");
}

} // namespace STET_NAMESPACE::detail
