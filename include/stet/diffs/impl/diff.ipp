// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/decimal.hpp"
#include "../../vocabulary/impl/json_string.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/name_table.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../diff.hpp"
#include "content_match.hpp"
#include "value_difference.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <utility>

namespace STET_NAMESPACE::detail {

/// Compares two files. lifetime: borrows them and the options
class diff_builder {
public:
    diff_builder(const checkpoint_view& first, const checkpoint_view& second,
                 const diffs::options& given) noexcept
        : first_(&first), second_(&second), given_(&given), found_(given.allocator), blocks_(given.allocator),
          unmatched_(given.allocator)
    {
    }

    result<diffs::comparison> run() &&
    {
        const auto first_names = first_->header().by_name();
        const auto second_names = second_->header().by_name();
        const bool has_names = first_names.size() == first_->size() && second_names.size() == second_->size();
        if (!has_names || !found_.entries_.reserve(first_->size() + second_->size()))
            return out_of_memory((first_->size() + second_->size()) * sizeof(diffs::entry));
        std::size_t i = 0;
        for (const std::uint32_t position : second_names) {
            const stored_tensor own = second_->header()[position];
            for (; i < first_names.size(); ++i) {
                const stored_tensor other = first_->header()[first_names[i]];
                if (other.name >= own.name)
                    break;
                if (!add_alone(other, false))
                    return exhausted();
            }
            const bool has_both = i < first_names.size() && first_->header()[first_names[i]].name == own.name;
            if (has_both ? !add(compared(first_->header()[first_names[i++]], own)) : !add_alone(own, true))
                return exhausted();
        }
        for (; i < first_names.size(); ++i) {
            if (!add_alone(first_->header()[first_names[i]], false))
                return exhausted();
        }
        if (given_->finds_renamed && !find_renamed())
            return exhausted();
        if (!count_blocks())
            return exhausted();
        return std::move(found_);
    }

private:
    /// The block of what was found under another name.
    static constexpr std::size_t dropped = SIZE_MAX;

    error exhausted() const noexcept { return out_of_memory(found_.entries_.size() * sizeof(diffs::entry)); }

    [[nodiscard]] bool add(const diffs::entry& one) noexcept { return found_.entries_.push(one); }

    [[nodiscard]] bool add_alone(const stored_tensor& own, bool is_second) noexcept
    {
        const unmatched alone{.type = own.type,
                              .shape = own.shape,
                              .bytes = (is_second ? second_ : first_)->data(own),
                              .position = found_.entries_.size(),
                              .is_second = is_second};
        return unmatched_.push(alone) &&
               add({.name = own.name,
                    .what = is_second ? diffs::outcome::only_second : diffs::outcome::only_first,
                    .first_type = own.type,
                    .second_type = own.type,
                    .bytes = own.size()});
    }

    diffs::entry compared(const stored_tensor& first, const stored_tensor& second) const noexcept
    {
        diffs::entry own{
            .name = first.name, .first_type = first.type, .second_type = second.type, .bytes = first.size()};
        if (!std::equal(first.shape.begin(), first.shape.end(), second.shape.begin(), second.shape.end())) {
            own.what = diffs::outcome::other_shape;
            return own;
        }
        const auto one = first_->data(first);
        const auto other = second_->data(second);
        const bool is_one_type = first.type == second.type;
        if (is_one_type && (one.empty() || std::memcmp(one.data(), other.data(), one.size()) == 0))
            return own;
        const bool is_measured = is_one_type
                                     ? add_unequal(first.type, one, other, own.apart)
                                     : add_differences({.type = first.type, .bytes = one},
                                                       {.type = second.type, .bytes = other}, own.apart);
        if (!is_measured)
            own.apart = {};
        own.what = !is_measured               ? diffs::outcome::not_measured
                   : own.apart.differing == 0 ? diffs::outcome::equal_values
                                              : diffs::outcome::different;
        return own;
    }

    /// Adds up differences of one dtype; blocks whose bytes are equal are not looked at again.
    static bool add_unequal(dtype type, std::span<const std::byte> one, std::span<const std::byte> other,
                            diffs::difference& apart) noexcept
    {
        constexpr std::size_t most = std::size_t{16} << 10U; // holds whole elements of every dtype
        for (std::size_t at = 0; at < one.size(); at += most) {
            const std::size_t size = one.size() - at < most ? one.size() - at : most;
            const typed_bytes first{.type = type, .bytes = one.subspan(at, size)};
            const typed_bytes second{.type = type, .bytes = other.subspan(at, size)};
            if (!is_sub_byte(type) && std::memcmp(first.bytes.data(), second.bytes.data(), size) == 0)
                apart.elements += size / (type == dtype::c64 ? 4 : element_size(type));
            else if (!add_differences(first, second, apart))
                return false;
        }
        return true;
    }

    [[nodiscard]] bool find_renamed() noexcept
    {
        return match_contents(array_view<const unmatched>(unmatched_.view()), given_->allocator,
                              [&](std::size_t first, std::size_t second) {
                                  found_.entries_[first].what = diffs::outcome::renamed;
                                  found_.entries_[first].other_name = found_.entries_[second].name;
                                  found_.entries_[second].block = dropped;
                              });
    }

    /// Drops the second half of what is renamed, and sums up the rest.
    [[nodiscard]] bool count_blocks()
    {
        const auto  name_at = [this](std::uint32_t i) { return found_.blocks_[i].name; };
        std::size_t kept = 0;
        for (std::size_t i = 0; i < found_.entries_.size(); ++i) {
            diffs::entry own = found_.entries_[i];
            if (own.block == dropped)
                continue;
            const std::string_view name = diffs::block_of(own.name);
            const std::uint32_t    hash = blocks_.hash(name);
            std::uint32_t          at = blocks_.find(name, hash, name_at);
            if (at == name_table::none) {
                at = static_cast<std::uint32_t>(found_.blocks_.size());
                const auto component = given_->component ? given_->component(own.name) : std::string_view();
                if (!found_.blocks_.push({.name = name, .component = component}) ||
                    !blocks_.insert(name, hash, at, name_at))
                    return false;
            }
            own.block = at;
            for (diffs::block* const into : {&found_.blocks_[at], &found_.all_}) {
                ++into->tensors[static_cast<std::size_t>(own.what)];
                into->apart.add(own.apart);
            }
            found_.entries_[kept++] = own;
        }
        return found_.entries_.resize(kept);
    }

    const checkpoint_view*   first_;
    const checkpoint_view*   second_;
    const diffs::options*    given_;
    diffs::comparison        found_;
    name_table               blocks_;
    growing_array<unmatched> unmatched_;
};

/// Writes JSON to a sink, piece by piece, until that fails.
class diff_json {
public:
    explicit diff_json(sink_ref to) noexcept : to_(to) {}

    void put(std::string_view text)
    {
        if (outcome_)
            outcome_ = to_.write(bytes_of(text.data(), text.size()));
    }

    void put(std::uint64_t number) { put(decimal(number).view()); }

    /// With nine digits; null where it is no number of JSON.
    void put(double number)
    {
        constexpr double     largest = 0x1.fffffffffffffp1023;
        std::array<char, 32> text{};
        const int            size = std::snprintf(text.data(), text.size(), "%.9g", number);
        if (!(number >= -largest && number <= largest) || size <= 0)
            return put("null");
        for (char& each : text) { // whatever mark a locale has between the digits
            if (each != '\0' && each != '-' && each != '+' && each != 'e' && (each < '0' || each > '9'))
                each = '.';
        }
        put(std::string_view(text.data(), static_cast<std::size_t>(size)));
    }

    void put_text(std::string_view text)
    {
        put("\"");
        escape_json(text, [this](std::string_view piece) { put(piece); });
        put("\"");
    }

    /// `"key":`, after a comma unless it is the first.
    void put_key(std::string_view key, bool is_first = false)
    {
        put(is_first ? "" : ",");
        put_text(key);
        put(":");
    }

    void put_apart(const diffs::difference& apart)
    {
        put_key("elements");
        put(apart.elements);
        put_key("differing");
        put(apart.differing);
        put_key("infinite");
        put(apart.infinite);
        put_key("largest");
        put(apart.largest);
        put_key("mean");
        put(apart.mean());
    }

    void put_block(const diffs::block& one)
    {
        put("{");
        put_key("name", true);
        put_text(one.name);
        put_key("component");
        put_text(one.component);
        put_counts(one);
        put("}");
    }

    void put_counts(const diffs::block& of)
    {
        for (std::size_t i = 0; i < diffs::outcome_count; ++i) {
            put_key(name(static_cast<diffs::outcome>(i)));
            put(of.tensors[i]);
        }
        put_apart(of.apart);
    }

    void put_entry(const diffs::entry& one)
    {
        put("{");
        put_key("name", true);
        put_text(one.name);
        put_key("outcome");
        put_text(name(one.what));
        if (one.what == diffs::outcome::renamed) {
            put_key("other_name");
            put_text(one.other_name);
        }
        put_key("dtypes");
        put("[");
        put_text(name(one.first_type));
        put(",");
        put_text(name(one.second_type));
        put("]");
        put_key("bytes");
        put(one.bytes);
        if (one.what == diffs::outcome::different || one.what == diffs::outcome::equal_values)
            put_apart(one.apart);
        put("}");
    }

    const result<void>& outcome() const noexcept { return outcome_; }

private:
    sink_ref     to_;
    result<void> outcome_{};
};

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE {

STET_INLINE std::string_view diffs::name(outcome what) noexcept
{
    constexpr std::array<std::string_view, outcome_count> names{"equal_bytes",  "equal_values", "different",
                                                                "not_measured", "other_shape",  "only_first",
                                                                "only_second",  "renamed"};
    return names[static_cast<std::size_t>(what)];
}

STET_INLINE std::string_view diffs::block_of(std::string_view name) noexcept
{
    for (std::size_t begin = 0; begin <= name.size();) {
        std::size_t end = begin;
        while (end < name.size() && name[end] >= '0' && name[end] <= '9')
            ++end;
        if (end > begin && (end == name.size() || name[end] == '.'))
            return name.substr(0, end);
        const std::size_t point = name.find('.', begin);
        if (point == std::string_view::npos)
            break;
        begin = point + 1;
    }
    const std::size_t last = name.rfind('.');
    return name.substr(0, last == std::string_view::npos ? 0 : last);
}

STET_INLINE result<diffs::comparison> diffs::compare(const checkpoint_view& first,
                                                     const checkpoint_view& second, const options& given)
{
    return detail::diff_builder(first, second, given).run();
}

STET_INLINE result<void> diffs::write_json(const comparison& of, sink_ref destination)
{
    detail::diff_json out(destination);
    out.put("{");
    out.put_key("equal", true);
    out.put(of.is_equal() ? "true" : "false");
    out.put_counts(of.all());
    out.put_key("blocks");
    out.put("[");
    for (std::size_t i = 0; i < of.blocks().size() && out.outcome(); ++i) {
        out.put(i == 0 ? "" : ",");
        out.put_block(of.blocks()[i]);
    }
    out.put("]");
    out.put_key("tensors");
    out.put("[");
    bool is_first = true;
    for (const entry& one : of.entries()) {
        if (one.what == outcome::equal_bytes)
            continue;
        if (!out.outcome())
            break;
        out.put(std::exchange(is_first, false) ? "" : ",");
        out.put_entry(one);
    }
    out.put("]}");
    return out.outcome();
}

} // namespace STET_NAMESPACE
