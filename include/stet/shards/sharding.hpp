// SPDX-License-Identifier: MIT
#ifndef STET_SHARDS_SHARDING_HPP
#define STET_SHARDS_SHARDING_HPP

#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE::detail {

class shard_splitter;

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::shards {

/// The largest file each library makes where it is not told otherwise, in bytes.
inline constexpr std::int64_t hub_limit = 5'000'000'000;
inline constexpr std::int64_t diffusers_limit = 10'000'000'000;    ///< of diffusers
inline constexpr std::int64_t transformers_limit = 50'000'000'000; ///< of transformers

/// Bytes that a text such as `5GB` or ` 1.5 mb ` stands for: a number as Python's float() reads it and KB, MB, GB or TB,
/// powers of a thousand, in capitals or not. What is beyond 64 bits with sign is the largest or least of them.
/// errors: invalid_size, for `5GiB`, `500` and `1,5GB` too; infinite_size
/// source: huggingface_hub 2.4, parse_size_to_int
result<std::int64_t> parse_size(std::string_view text);

/// How the files of a set are called.
struct name_pattern {
    std::string_view pattern =
        "model{suffix}.safetensors"; ///< `{suffix}` becomes `-00001-of-00003`, or nothing
    std::string_view variant{};      ///< such as `fp16`
};

/// As diffusers calls them.
inline constexpr name_pattern diffusers_names{.pattern = "diffusion_pytorch_model{suffix}.safetensors"};

/// The names that a pattern gives.
/// `model{suffix}.safetensors`:    model-00001-of-00002.safetensors, model.safetensors.index.json
/// the same with variant `fp16`: model.fp16-00001-of-00002.safetensors, model.safetensors.index.fp16.json
class file_names {
public:
    /// errors: invalid_shard_pattern unless the pattern is a file name of UTF-8 that has `{suffix}` once, no other brace,
    ///         and ends in `.safetensors`
    static result<file_names> of(const name_pattern& pattern = {});

    /// The name of a set that is one file.
    std::string single() const { return stem_ + ending_; }

    /// number: from 1
    std::string shard(std::uint64_t number, std::uint64_t count) const;

    /// The index's file name.
    const std::string& index() const noexcept { return index_; }

    /// Whether a file belongs to a set of these names, however many shards that has.
    bool is_member(std::string_view name) const noexcept;

private:
    file_names(std::string stem, std::string ending, std::string index) noexcept;

    std::string stem_;
    std::string ending_;
    std::string index_;
};

/// A tensor as it counts here.
/// lifetime: borrows the name
struct sized_tensor {
    std::string_view name{};       ///< in the file
    std::uint64_t    bytes = 0;    ///< of its storage
    std::uint64_t    elements = 0; ///< how many
    std::uint64_t    storage =
        own_storage; ///< tensors of one number and as many bytes are tied: they share a storage

    static constexpr std::uint64_t own_storage = UINT64_MAX; ///< shares its bytes with no other
};

/// Names the group of a tensor; tensors of one group come into one file. An empty name: none. Called for each tensor
/// once; may not throw.
/// lifetime: what it gives must last until the call that it is given to returns
using group_callback = function_ref<std::string_view(std::string_view name)>;

/// How tensors are dealt out to files.
struct sharding_options {
    std::int64_t limit =
        hub_limit; ///< of one file's tensors, in bytes; tensors that are larger have files of their own
    group_callback  group{}; ///< tensors of one group stay together
    stet::allocator allocator = heap();
};

/// Which tensors come into which file.
class sharding {
public:
    /// Of files.
    std::size_t size() const noexcept { return ends_.size(); }
    bool        empty() const noexcept { return ends_.empty(); }
    /// Whether the set has several files, and an index.
    bool is_sharded() const noexcept { return size() > 1; }

    /// Positions of a file's tensors in the list that was given, in the file's order.
    array_view<const std::uint32_t> operator[](std::size_t file) const noexcept;

    /// Positions of all tensors, file by file.
    array_view<const std::uint32_t> order() const noexcept { return order_.view(); }

    std::uint64_t total_size() const noexcept { return total_size_; } ///< bytes, each storage once
    std::uint64_t total_parameters() const noexcept
    {
        return total_parameters_;
    } ///< elements, each storage once

private:
    friend class detail::shard_splitter;

    explicit sharding(const allocator& memory) noexcept : order_(memory), ends_(memory) {}

    detail::growing_array<std::uint32_t> order_;
    detail::growing_array<std::uint32_t> ends_; ///< of each file in order_
    std::uint64_t                        total_size_ = 0;
    std::uint64_t                        total_parameters_ = 0;
};

/// Distributes tensors to files, in the order given: each file is filled up to the limit, and no later tensor goes back
/// into an earlier file. A tensor larger than the limit has a file of its own, before the one that is being filled. Of tied
/// tensors the first counts and is placed, the others follow at the end of its file.
/// A group counts as one, tied tensors of its members included, and lies where the first of it comes.
/// errors: file_size_overflow; out_of_memory, also for 2^32 tensors and more
/// source: huggingface_hub 2.4, split_state_dict_into_shards_factory
result<sharding> split(array_view<const sized_tensor> tensors, const sharding_options& options = {});

} // namespace STET_NAMESPACE::shards

#if STET_BODIES
#include "impl/sharding.ipp"
#endif

#endif
