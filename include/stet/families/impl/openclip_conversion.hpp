// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_IMPL_OPENCLIP_CONVERSION_HPP
#define STET_FAMILIES_IMPL_OPENCLIP_CONVERSION_HPP

#include "../../tensor/sizes.hpp"
#include "../../tensor/views.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../rearrangement.hpp"
#include "foreign_names.hpp"
#include "quantised_names.hpp"
#include "relabel.hpp"
#include "torch_concat.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Asks for a name that will be looked at soon: the dict has them all over memory.
inline void prefetch_name([[maybe_unused]] array_view<const ordered_dict::entry> entries,
                          [[maybe_unused]] std::size_t                           at) noexcept
{
#if defined(__GNUC__)
    if (at < entries.size()) {
        __builtin_prefetch(entries[at].name.stem.data());
        __builtin_prefetch(entries[at].name.stem.data() + entries[at].name.stem.size());
        __builtin_prefetch(entries[at].tensor);
    }
#endif
}

/// q, k and v of one attention layer, as far as they have been met.
struct fused_group {
    std::string_view                  stem{}; ///< ends in ".self_attn"
    std::array<const tensor_view*, 3> parts{};
};

/// The groups of one kind, weights or biases, in the order of their first appearance.
class fused_groups {
public:
    fused_groups(std::string_view kind, const allocator& memory) noexcept
        : kind_(kind), groups_(memory), index_(memory)
    {
    }

    /// Takes `stem.q_proj.weight` and its like into its group. Tells whether the name is one of these.
    result<bool> take(std::string_view name, const tensor_view& tensor) noexcept
    {
        constexpr std::string_view attention = ".self_attn.";
        constexpr std::string_view projection = "_proj.";
        const std::size_t          tail = attention.size() + 1 + projection.size() + kind_.size();
        if (name.size() < tail || !name.ends_with(kind_))
            return false;
        const std::string_view end = name.substr(name.size() - tail);
        if (!end.starts_with(attention) || end.substr(attention.size() + 1, projection.size()) != projection)
            return false;
        const std::size_t part = std::string_view("qkv").find(end[attention.size()]);
        if (part == std::string_view::npos)
            return false;
        fused_group* const group = group_of(name.substr(0, name.size() - tail + attention.size() - 1));
        if (group == nullptr)
            return detail::out_of_memory(sizeof(fused_group));
        took_twice_ = group->parts[part] != nullptr;
        group->parts[part] = &tensor;
        return true;
    }

    array_view<const fused_group> groups() const noexcept { return groups_.view(); }
    std::string_view              kind() const noexcept { return kind_; }
    /// Whether what was taken last had been there already.
    bool took_twice() const noexcept { return took_twice_; }

private:
    fused_group* group_of(std::string_view stem) noexcept
    {
        const auto name_at = [this](std::uint32_t at) { return placed_name{.stem = groups_[at].stem}; };
        const placed_name   name{.stem = stem};
        const std::uint32_t hashed = index_.hash(stem);
        const std::uint32_t at = index_.find(name, hashed, name_at);
        if (at != name_table::none)
            return &groups_[at];
        const auto added = static_cast<std::uint32_t>(groups_.size());
        if (!groups_.push({.stem = stem}) || !index_.insert(name, hashed, added, name_at))
            return nullptr;
        return &groups_[added];
    }

    std::string_view           kind_;
    growing_array<fused_group> groups_;
    name_table                 index_;
    bool                       took_twice_ = false;
};

/// Turns names and tensors of one dict into another with OpenCLIP's names.
class openclip_conversion {
public:
    openclip_conversion(const openclip_names& names, rearrangement& work, ordered_dict& out) noexcept
        : names_(&names), work_(&work), out_(&out), weights_("weight", out.memory()),
          biases_("bias", out.memory()), buffer_(out.memory())
    {
    }

    result<void> add(std::string_view name, const tensor_view& tensor)
    {
        if (work_->is_strict() && is_quantised_companion(name))
            return lost_layer({.stem = name}, "text-encoder-openclip");
        for (fused_groups* groups : {&weights_, &biases_}) {
            const auto taken = groups->take(name, tensor);
            if (!taken)
                return taken.error();
            if (*taken)
                return groups->took_twice() ? work_->collided({.stem = name}) : result<void>();
        }
        if (name.ends_with(names_->projection))
            return add_projection(name, tensor);
        const auto renamed = relabelled(name, "");
        return renamed ? work_->share_new(*out_, {.stem = *renamed}, tensor) : result<void>(renamed.error());
    }

    /// Joins what was collected; weights before biases.
    result<void> finish()
    {
        auto fused = fuse_all(weights_, ".in_proj_weight");
        return fused ? fuse_all(biases_, ".in_proj_bias") : fused;
    }

private:
    result<void> fuse_all(const fused_groups& groups, std::string_view name)
    {
        for (const fused_group& group : groups.groups()) {
            if (auto fused = fuse(group, groups.kind(), name); !fused)
                return fused;
        }
        return {};
    }

    /// The name with OpenCLIP's labels, and an end; the name itself where nothing changes.
    result<std::string_view> relabelled(std::string_view name, std::string_view end)
    {
        buffer_.clear();
        std::size_t pieces = 0;
        bool        has_room = true;
        const auto  append = [&](std::string_view piece) {
            has_room = has_room && buffer_.append({piece.data(), piece.size()});
            ++pieces;
        };
        relabel(name, names_->labels, append);
        if (pieces == 1 && end.empty())
            return name;
        append(end);
        char* const text = has_room ? work_->own().text(buffer_.size()) : nullptr;
        if (text == nullptr)
            return detail::out_of_memory(name.size() + end.size());
        if (!buffer_.empty())
            std::memcpy(text, buffer_.data(), buffer_.size());
        return std::string_view(text, buffer_.size());
    }

    /// The projection under its short name, with its first two axes exchanged.
    result<void> add_projection(std::string_view name, const tensor_view& tensor)
    {
        if (tensor.shape.size() < 2)
            return error{.code = errc::projection_rank, .actual = tensor.shape.size()}.about(name);
        const auto turned = turn(tensor);
        if (!turned)
            return turned.error().about(name);
        const std::string_view short_key = names_->openclip_projection;
        char* const            text = work_->own().text(name.size());
        if (text == nullptr)
            return detail::out_of_memory(name.size());
        std::size_t size = 0;
        for (std::size_t i = 0; i < name.size();) {
            if (name.substr(i).starts_with(names_->projection)) {
                std::memcpy(text + size, short_key.data(), short_key.size());
                size += short_key.size();
                i += names_->projection.size();
            } else {
                text[size++] = name[i++];
            }
        }
        return work_->set_new(*out_, {.stem = {text, size}}, *turned);
    }

    result<tensor_view> turn(const tensor_view& tensor)
    {
        auto turned = transposed(tensor, 0, 1);
        if (turned || turned.error().code != errc::not_in_memory)
            return turned;
        const auto collected = collected_transpose::of(tensor, out_->memory());
        if (!collected)
            return collected.error();
        const collected_transpose* const own = work_->own().keep(*collected);
        return own == nullptr ? result<tensor_view>(exhausted()) : own->view();
    }

    result<void> fuse(const fused_group& group, std::string_view kind, std::string_view end)
    {
        std::array<tensor_view, 3> parts;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (group.parts[i] == nullptr) {
                constexpr std::array<std::string_view, 3> missing{".q_proj.", ".k_proj.", ".v_proj."};
                return error{.code = errc::missing_qkv}.with(missing[i], kind).about(group.stem);
            }
            parts[i] = *group.parts[i];
            // A plan checks what it is given; of a fused tensor it sees only the whole.
            const auto needed = byte_count(parts[i].type, parts[i].shape);
            if (!needed)
                return needed.error().about(group.stem, end);
            if (*needed != parts[i].size)
                return error{.code = errc::tensor_size_mismatch, .expected = *needed, .actual = parts[i].size}
                    .about(group.stem, end);
        }
        const auto joined = work_->is_strict() ? stack(parts) : concat(parts);
        if (!joined)
            return joined.error().about(group.stem, end);
        const auto renamed = relabelled(group.stem, end);
        return renamed ? work_->set_new(*out_, {.stem = *renamed}, *joined) : result<void>(renamed.error());
    }

    static error exhausted() noexcept { return detail::out_of_memory(sizeof(torch_concat)); }

    result<tensor_view> stack(const std::array<tensor_view, 3>& parts)
    {
        const auto* const kept = work_->own().keep(parts);
        if (kept == nullptr)
            return exhausted();
        const auto joined = stacked::of(*kept);
        if (!joined)
            return joined.error();
        const stacked* const own = work_->own().keep(*joined);
        return own == nullptr ? result<tensor_view>(exhausted()) : own->view();
    }

    result<tensor_view> concat(const std::array<tensor_view, 3>& parts)
    {
        // Parts that fit need no conversion and may be produced while they are written.
        if (auto stacked_parts = stack(parts);
            stacked_parts || stacked_parts.error().code == errc::out_of_memory)
            return stacked_parts;
        const auto joined = torch_concat::of(parts);
        if (!joined)
            return joined.error();
        const torch_concat* const own = work_->own().keep(*joined);
        return own == nullptr ? result<tensor_view>(exhausted()) : own->view();
    }

    const openclip_names* names_;
    rearrangement*        work_;
    ordered_dict*         out_;
    fused_groups          weights_;
    fused_groups          biases_;
    growing_array<char>   buffer_; // a name on its way
};

/// The keys that begin with `beginning` under OpenCLIP's names: q, k and v fused, the projection turned. Those that
/// begin with `also_kept` follow as they are, the others are left out.
/// errors: missing_qkv, projection_rank, stack_of_scalars, stack_mismatch, tensor_size_mismatch, out_of_memory; in
///         strict conduct also name_collision, quantised_companion, foreign_key
/// source: ComfyUI 0.8.0, diffusers_convert.py, convert_text_enc_state_dict_v20
inline result<ordered_dict> to_openclip(const openclip_names& names, rearrangement& work,
                                        std::string_view beginning, std::string_view also_kept = {})
{
    ordered_dict out(work.dict.memory());
    if (!out.reserve(work.dict.entries().size()))
        return detail::out_of_memory(work.dict.entries().size());
    detail::openclip_conversion                 conversion(names, work, out);
    growing_array<ordered_dict::entry>          others(work.dict.memory());
    const array_view<const ordered_dict::entry> entries = work.dict.entries();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const ordered_dict::entry& entry = entries[i];
        detail::prefetch_name(entries, i + 12);
        if (!entry.is_present)
            continue;
        if (!ordered_dict::begins_with(entry.name, beginning)) {
            if (!also_kept.empty() && ordered_dict::begins_with(entry.name, also_kept)) {
                if (work.is_strict() && is_quantised_companion(entry.name.stem))
                    return lost_layer(entry.name, "clip-not-read");
                if (!others.push(entry))
                    return detail::out_of_memory(sizeof(entry));
                continue;
            }
            if (work.is_strict())
                return foreign_text_key(entry.name);
            if (auto logged = work.log(change::kind::left_out, entry.name); !logged)
                return logged.error();
            continue;
        }
        const auto name = ordered_dict::without_beginning(entry.name, 0, work.own());
        if (!name)
            return name.error();
        if (auto added = conversion.add(*name, *entry.tensor); !added)
            return added.error();
    }
    if (auto finished = conversion.finish(); !finished)
        return finished.error();
    for (const ordered_dict::entry& entry : others) {
        if (auto kept = work.share_new(out, entry.name, *entry.tensor); !kept)
            return kept.error();
    }
    out.keep_tensors_of(work.dict);
    return out;
}

} // namespace STET_NAMESPACE::detail

#endif
