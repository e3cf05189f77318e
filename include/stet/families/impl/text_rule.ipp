// SPDX-License-Identifier: MIT
#include "../../tensor/views.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../rearrangement.hpp"
#include "../text_rule.hpp"
#include "foreign_names.hpp"
#include "openclip_conversion.hpp"
#include "quantised_names.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE {

namespace detail {

inline constexpr std::string_view clip_l_position_ids =
    "clip_l.transformer.text_model.embeddings.position_ids";

/// Every key must begin so: what does not would lie where no loader looks for it.
/// errors: foreign_key, foreign_prefix, in strict conduct
inline result<void> expect_only(rearrangement& work, std::string_view beginning)
{
    for (const ordered_dict::entry& entry : work.dict.entries()) {
        if (work.is_strict() && entry.is_present && !ordered_dict::begins_with(entry.name, beginning))
            return foreign_text_key(entry.name);
    }
    return {};
}

inline constexpr std::uint64_t usual_positions = 77;

/// The positions that clip_l has: rows of its embedding; the usual number where these are fewer or there is none.
inline std::uint64_t clip_l_positions(const ordered_dict& dict) noexcept
{
    const auto* const embedding =
        dict.find({.stem = "clip_l.transformer.text_model.embeddings.position_embedding.weight"});
    if (embedding == nullptr || dict.tensor(*embedding).shape.size() == 0)
        return usual_positions;
    const std::uint64_t rows = dict.tensor(*embedding).shape[0];
    return rows > usual_positions ? rows : usual_positions;
}

/// errors: position_ids_mismatch for given ones of another type or number
inline result<void> expect_position_ids(const ordered_dict& dict, std::uint64_t count)
{
    const auto* const given = dict.find({.stem = clip_l_position_ids});
    if (given == nullptr)
        return {};
    const tensor_view& tensor = dict.tensor(*given);
    if (tensor.type == dtype::i64 && tensor.size == count * sizeof(std::int64_t))
        return {};
    return error{.code = errc::position_ids_mismatch, .expected = count}.about(clip_l_position_ids);
}

/// The numbers from 0 on as I64, made while they are written.
struct counted_positions {
    std::uint64_t count;

    result<void> write(sink_ref out) const
    {
        for (std::uint64_t position = 0; position < count; ++position) {
            std::array<std::byte, sizeof(position)> number{}; // little-endian, as every file has it
            for (std::size_t i = 0; i < number.size(); ++i)
                number[i] = static_cast<std::byte>(position >> (8 * i) & 0xFFU);
            if (auto written = out.write(number); !written)
                return written;
        }
        return {};
    }
};

} // namespace detail

namespace text_rules {

STET_INLINE result<void> sd1::apply(rearrangement& work)
{
    if (auto known = detail::expect_only(work, "clip_l."); !known)
        return known;
    for (const ordered_dict::entry& entry : work.dict.entries()) {
        if (work.is_strict() && entry.is_present && detail::is_quantised_companion(entry.name.stem))
            return detail::lost_layer(entry.name, "clip-not-read");
    }
    if (const std::uint64_t positions = detail::clip_l_positions(work.dict);
        work.is_strict() && positions > detail::usual_positions)
    {
        if (auto fitting = detail::expect_position_ids(work.dict, positions); !fitting)
            return fitting;
    }
    for (const std::string_view key : {"clip_l.transformer.text_projection.weight", "clip_l.logit_scale"}) {
        if (auto done = work.leave_out({.stem = key}); !done)
            return done;
    }
    return work.rename_prefix("clip_l.", "cond_stage_model.");
}

STET_INLINE result<void> sd2::apply(rearrangement& work)
{
    if (auto known = detail::expect_only(work, "clip_h."); !known)
        return known;
    if (auto renamed = work.rename_prefix("clip_h", "cond_stage_model.model"); !renamed)
        return renamed;
    auto converted = detail::to_openclip(detail::openclip_text, work, "");
    if (!converted)
        return converted.error();
    work.dict = *std::move(converted);
    return {};
}

STET_INLINE result<void> sdxl_refiner::apply(rearrangement& work)
{
    auto converted = detail::to_openclip(detail::openclip_text, work, "clip_g");
    if (!converted)
        return converted.error();
    work.dict = *std::move(converted);
    if (auto done = work.leave_out({.stem = "clip_g.transformer.text_model.embeddings.position_ids"}); !done)
        return done;
    return work.rename_prefix("clip_g", "conditioner.embedders.0.model");
}

STET_INLINE result<void> sdxl::apply(rearrangement& work)
{
    auto converted = detail::to_openclip(detail::openclip_text, work, "clip_g", "clip_l");
    if (!converted)
        return converted.error();
    work.dict = *std::move(converted);
    if (auto added = add_position_ids(work); !added)
        return added;
    for (const std::string_view key : {"clip_l.transformer.text_projection.weight", "clip_l.logit_scale"}) {
        if (auto done = work.leave_out({.stem = key}); !done)
            return done;
    }
    if (auto renamed = work.rename_prefix("clip_g", "conditioner.embedders.1.model"); !renamed)
        return renamed;
    return work.rename_prefix("clip_l", "conditioner.embedders.0");
}

STET_INLINE result<void> sdxl::add_position_ids(rearrangement& work)
{
    constexpr placed_name name{.stem = detail::clip_l_position_ids};
    std::uint64_t         count = detail::usual_positions;
    if (work.is_strict()) {
        count = detail::clip_l_positions(work.dict);
        if (auto fitting = detail::expect_position_ids(work.dict, count); !fitting)
            return fitting;
    }
    const auto* const numbers = work.own().keep(detail::counted_positions{count});
    if (numbers == nullptr)
        return detail::out_of_memory(sizeof(*numbers));
    const auto ids =
        produced_view(dtype::i64, {1, count}, *numbers,
                      [](const detail::counted_positions& all, sink_ref out) { return all.write(out); });
    if (!ids)
        return ids.error();
    const auto replaced = work.dict.set(name, *ids);
    if (!replaced)
        return replaced.error();
    return work.log(*replaced ? change::kind::replaced : change::kind::added, name);
}

} // namespace text_rules

namespace detail {

STET_INLINE result<std::uint64_t> rearrange(const any_dict& dict, renaming rename, renamed_taker take,
                                            change_log& log, std::uint8_t component, strictness how)
{
    rearrangement work(log, component, how);
    static_cast<void>(work.dict.reserve(dict.size_hint())); // what is missing is found out when it is needed
    std::uint64_t keys = 0;
    const auto    collect = [&](std::string_view key, const result<tensor_view>& tensor) -> result<void> {
        ++keys;
        return tensor ? work.dict.append({.stem = key}, *tensor) : result<void>(tensor.error().about(key));
    };
    if (auto collected = dict.each(collect); !collected)
        return collected.error();
    if (auto renamed = rename(work); !renamed)
        return renamed.error();
    if (const auto& twice = work.dict.repeated(); twice && work.is_strict())
        return error{.code = errc::name_collision}.about(twice->prefix, twice->stem);
    for (const ordered_dict::entry& entry : work.dict.entries()) {
        if (!entry.is_present)
            continue;
        // A key that is saved as it is still lies where the dict has it.
        const bool is_renamed = !entry.name.prefix.empty() || work.own().owns(entry.name.stem.data());
        if (auto taken = take(entry.name, work.dict.tensor(entry), is_renamed); !taken)
            return taken.error();
    }
    return keys;
}

} // namespace detail

} // namespace STET_NAMESPACE
