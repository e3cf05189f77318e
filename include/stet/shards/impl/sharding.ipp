// SPDX-License-Identifier: MIT
#include "../../naming/output_name.hpp"
#include "../../vocabulary/impl/decimal.hpp"
#include "../../vocabulary/impl/name_table.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/utf8.hpp"
#include "../sharding.hpp"
#include "size_text.hpp"

#include <bit>

namespace STET_NAMESPACE::shards {

STET_INLINE result<std::int64_t> parse_size(std::string_view text)
{
    const error            invalid = error{.code = errc::invalid_size}.about(text);
    const std::string_view all = detail::trimmed(text, detail::is_text_space);
    if (all.size() < 2)
        return invalid;
    const double factor = detail::factor_of(all.substr(all.size() - 2));
    if (factor < 1)
        return invalid;
    const auto number =
        detail::read_float(detail::trimmed(all.substr(0, all.size() - 2), detail::is_text_space));
    using kind = detail::float_text::kind;
    const double value = number.magnitude * factor;
    if (number.is == kind::infinite || std::bit_cast<std::uint64_t>(value) == detail::infinity_bits)
        return error{.code = errc::infinite_size}.about(text);
    if (number.is != kind::finite)
        return invalid;
    return detail::truncated(value, number.is_negative);
}

} // namespace STET_NAMESPACE::shards

// ---- names ------------------------------------------------------------------------------------------------

namespace STET_NAMESPACE::detail {

inline constexpr std::string_view suffix_field = "{suffix}";

/// Takes `-00001` off the start.
constexpr bool take_number(std::string_view& text) noexcept
{
    constexpr std::size_t digits = 5;
    if (text.size() < digits + 1 || text[0] != '-')
        return false;
    for (std::size_t i = 1; i <= digits; ++i) {
        if (text[i] < '0' || text[i] > '9')
            return false;
    }
    text.remove_prefix(digits + 1);
    return true;
}

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::shards {

STET_INLINE file_names::file_names(std::string stem, std::string ending, std::string index) noexcept
    : stem_(std::move(stem)), ending_(std::move(ending)), index_(std::move(index))
{
}

STET_INLINE result<file_names> file_names::of(const name_pattern& pattern)
{
    const std::string_view text = pattern.pattern;
    const std::size_t      at = text.find(detail::suffix_field);
    const error            invalid = error{.code = errc::invalid_shard_pattern}.about(text);
    if (at == std::string_view::npos)
        return invalid;
    std::string stem(text.substr(0, at));
    std::string ending(text.substr(at + detail::suffix_field.size()));
    std::string index = stem + ending + ".index";
    if (!pattern.variant.empty()) {
        stem.append(".").append(pattern.variant);
        index.append(".").append(pattern.variant);
    }
    index += ".json";
    const std::string all = stem + ending;
    if (all.find_first_of(std::string_view("/\\{}\0", 5)) != std::string::npos || !detail::is_utf8(all) ||
        !ending.ends_with(checkpoint_extension) || all == checkpoint_extension)
        return invalid;
    return file_names(std::move(stem), std::move(ending), std::move(index));
}

STET_INLINE std::string file_names::shard(std::uint64_t number, std::uint64_t count) const
{
    std::string name = stem_ + '-';
    detail::append_padded(name, number, 5);
    name += "-of-";
    detail::append_padded(name, count, 5);
    return name + ending_;
}

STET_INLINE bool file_names::is_member(std::string_view name) const noexcept
{
    constexpr std::string_view index_ending = ".index.json";
    if (name == index_)
        return true;
    if (!name.starts_with(stem_))
        return false;
    name.remove_prefix(stem_.size());
    if (std::string_view numbered = name; detail::take_number(numbered) && numbered.starts_with("-of")) {
        numbered.remove_prefix(3);
        if (detail::take_number(numbered))
            name = numbered;
    }
    if (!name.starts_with(ending_))
        return false;
    name.remove_prefix(ending_.size());
    return name.empty() || name == index_ending;
}

// ---- distributing -----------------------------------------------------------------------------------------

STET_INLINE array_view<const std::uint32_t> sharding::operator[](std::size_t file) const noexcept
{
    const std::size_t begin = file == 0 ? 0 : ends_[file - 1];
    return order_.view().subspan(begin, ends_[file] - begin);
}

} // namespace STET_NAMESPACE::shards

namespace STET_NAMESPACE::detail {

/// One pass over the tensors. Functions return false when the allocator gave nothing.
class shard_splitter {
public:
    shard_splitter(array_view<const shards::sized_tensor> tensors,
                   const shards::sharding_options&        options) noexcept
        : tensors_(tensors), options_(options), keys_(options.allocator), first_(options.allocator),
          unit_(options.allocator), next_(options.allocator), shard_of_(options.allocator),
          placed_(options.allocator), rank_(options.allocator), made_(options.allocator)
    {
    }

    result<shards::sharding> run()
    {
        const std::uint64_t size = tensors_.size();
        if (size >= none || !prepare() || (options_.group && !find_units()))
            return out_of_memory(size * sizeof(std::uint32_t));
        for (std::uint32_t i = 0; i < size; ++i) {
            if (!count(i))
                return error{.code = errc::file_size_overflow}.about(tensors_[i].name);
        }
        for (std::uint32_t i = 0; i < size; ++i) {
            if (shard_of_[i] == none && first_[i] == i && !place(i))
                return out_of_memory(size * sizeof(std::uint32_t));
        }
        close();
        if (!follow_first() || !put_in_order())
            return out_of_memory(size * sizeof(std::uint32_t));
        return std::move(made_);
    }

private:
    static constexpr std::uint32_t none = UINT32_MAX;

    struct storage_key {
        std::uint64_t storage;
        std::uint64_t bytes;
    };

    std::string_view key_text(std::uint32_t i) const noexcept
    {
        return {reinterpret_cast<const char*>(keys_.data() + i), sizeof(storage_key)};
    }

    /// Finds the first tensor of each storage.
    bool prepare() noexcept
    {
        const std::size_t size = tensors_.size();
        name_table        storages(options_.allocator);
        if (!keys_.resize(size) || !first_.resize(size) || !unit_.resize(size) || !next_.resize(size) ||
            !shard_of_.resize(size) || !placed_.reserve(size))
            return false;
        const auto key_at = [this](std::uint32_t i) { return key_text(i); };
        for (std::uint32_t i = 0; i < size; ++i) {
            first_[i] = unit_[i] = i;
            next_[i] = shard_of_[i] = none;
            keys_[i] = {.storage = tensors_[i].storage, .bytes = tensors_[i].bytes};
            if (tensors_[i].storage == shards::sized_tensor::own_storage)
                continue;
            const std::string_view key = key_text(i);
            const std::uint32_t    hash = storages.hash(key);
            const std::uint32_t    known = storages.find(key, hash, key_at);
            if (known != name_table::none)
                first_[i] = known;
            else if (!storages.insert(key, hash, i, key_at))
                return false;
        }
        return true;
    }

    // ---- groups ----

    /// The first tensor of what one is united with.
    std::uint32_t root(std::uint32_t i) noexcept
    {
        for (; unit_[i] != i; i = unit_[i])
            unit_[i] = unit_[unit_[i]];
        return i;
    }

    void unite(std::uint32_t one, std::uint32_t other) noexcept
    {
        one = root(one);
        other = root(other);
        if (one < other)
            unit_[other] = one;
        else
            unit_[one] = other;
    }

    /// Unites the tensors of each group, and with them what is tied to one of them.
    bool find_units()
    {
        const std::size_t               size = tensors_.size();
        growing_array<std::string_view> groups(options_.allocator);
        name_table                      first_of(options_.allocator);
        if (!groups.resize(size))
            return false;
        const auto group_at = [&groups](std::uint32_t i) { return groups[i]; };
        for (std::uint32_t i = 0; i < size; ++i) {
            const std::string_view group = groups[i] = options_.group(tensors_[i].name);
            if (group.empty())
                continue;
            const std::uint32_t hash = first_of.hash(group);
            const std::uint32_t known = first_of.find(group, hash, group_at);
            if (known != name_table::none)
                unite(known, i);
            else if (!first_of.insert(group, hash, i, group_at))
                return false;
        }
        for (std::uint32_t i = 0; i < size; ++i) {
            if (first_[i] != i && !(groups[i].empty() && groups[first_[i]].empty()))
                unite(first_[i], i);
        }
        for (auto i = static_cast<std::uint32_t>(size); i-- > 0;) {
            const std::uint32_t of = root(i);
            if (of != i) {
                next_[i] = next_[of];
                next_[of] = i;
            }
        }
        return true;
    }

    // ---- placing ----

    bool count(std::uint32_t i) noexcept
    {
        if (first_[i] != i)
            return true;
        made_.total_parameters_ += tensors_[i].elements;
        made_.total_size_ += tensors_[i].bytes;
        return made_.total_size_ >= tensors_[i].bytes && made_.total_parameters_ >= tensors_[i].elements;
    }

    bool exceeds_limit(std::uint64_t bytes) const noexcept
    {
        return options_.limit < 0 || bytes > static_cast<std::uint64_t>(options_.limit);
    }

    /// Places what the tensor is united with; of a unit it is the first that counts.
    bool place(std::uint32_t i) noexcept
    {
        const std::uint32_t begin = root(i);
        std::uint64_t       bytes = 0;
        for (std::uint32_t member = begin; member != none; member = next_[member])
            bytes += first_[member] == member ? tensors_[member].bytes : 0;
        if (exceeds_limit(bytes)) {
            const auto own = static_cast<std::uint32_t>(rank_.size());
            return rank_.push(files_++) && put(begin, own);
        }
        if (exceeds_limit(current_bytes_ + bytes))
            close();
        if (current_ == none) {
            current_ = static_cast<std::uint32_t>(rank_.size());
            if (!rank_.push(none))
                return false;
        }
        current_bytes_ += bytes;
        return put(begin, current_);
    }

    bool put(std::uint32_t begin, std::uint32_t shard) noexcept
    {
        for (std::uint32_t member = begin; member != none; member = next_[member]) {
            shard_of_[member] = shard;
            if (!placed_.push(member))
                return false;
        }
        return true;
    }

    /// Gives the file that is being filled its place among the others.
    void close() noexcept
    {
        if (current_ != none)
            rank_[current_] = files_++;
        current_ = none;
        current_bytes_ = 0;
    }

    /// The tied tensors that are not placed yet, storage by storage.
    bool follow_first() noexcept
    {
        const std::size_t            size = tensors_.size();
        growing_array<std::uint32_t> later(options_.allocator);
        growing_array<std::uint32_t> tied(options_.allocator); // of each first one: the next, and so on
        if (!tied.resize(size))
            return false;
        for (auto i = static_cast<std::uint32_t>(size); i-- > 0;)
            tied[i] = none;
        for (auto i = static_cast<std::uint32_t>(size); i-- > 0;) {
            if (first_[i] != i) {
                tied[i] = tied[first_[i]];
                tied[first_[i]] = i;
            }
        }
        for (std::uint32_t i = 0; i < size; ++i) {
            for (std::uint32_t one = first_[i] == i ? tied[i] : none; one != none; one = tied[one]) {
                if (shard_of_[one] != none)
                    continue;
                shard_of_[one] = shard_of_[i];
                if (!placed_.push(one))
                    return false;
            }
        }
        return true;
    }

    /// File by file, in each as they were placed.
    bool put_in_order() noexcept
    {
        auto& ends = made_.ends_;
        if (!ends.resize(files_) || !made_.order_.resize(placed_.size()))
            return false;
        for (std::uint32_t& end : ends)
            end = 0;
        for (const std::uint32_t i : placed_)
            ++ends[rank_[shard_of_[i]]];
        std::uint32_t begin = 0;
        for (std::uint32_t& end : ends)
            begin += std::exchange(end, begin);
        for (const std::uint32_t i : placed_)
            made_.order_[ends[rank_[shard_of_[i]]]++] = i;
        return true;
    }

    array_view<const shards::sized_tensor> tensors_;
    const shards::sharding_options&        options_;
    growing_array<storage_key>             keys_;
    growing_array<std::uint32_t>           first_;    ///< of each tensor's storage
    growing_array<std::uint32_t>           unit_;     ///< one nearer to the first of what it is united with
    growing_array<std::uint32_t>           next_;     ///< of what it is united with
    growing_array<std::uint32_t>           shard_of_; ///< by the order in which they were begun
    growing_array<std::uint32_t>           placed_;
    growing_array<std::uint32_t>           rank_; ///< of each shard begun, among the files
    shards::sharding                       made_;
    std::uint32_t                          files_ = 0;
    std::uint32_t                          current_ = none;
    std::uint64_t                          current_bytes_ = 0;
};

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::shards {

STET_INLINE result<sharding> split(array_view<const sized_tensor> tensors, const sharding_options& options)
{
    return detail::shard_splitter(tensors, options).run();
}

} // namespace STET_NAMESPACE::shards
