// SPDX-License-Identifier: MIT
// The hashes of one file, of its header and its data as they pass.
#ifndef STET_HASHES_IMPL_FILE_HASHER_HPP
#define STET_HASHES_IMPL_FILE_HASHER_HPP

#include "../../layout/layout.hpp"
#include "../../save/write_options.hpp"
#include "../../tensor/dtype.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../digests.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// The part of a file that AutoV1 and kohya's older hash look at.
inline constexpr std::uint64_t window_begin = std::uint64_t{1} << 20U;
inline constexpr std::size_t   window_size = std::size_t{1} << 16U;

/// Keeps the bytes of that part, in whatever order they come.
class file_window {
public:
    explicit file_window(const allocator& memory) noexcept : kept_(memory) {}

    /// errors: out_of_memory
    result<void> reserve() noexcept;

    /// Takes bytes that stand at this place in the file.
    void take(std::uint64_t at, bytes data) noexcept;

    /// Of a file that has been taken whole.
    hashes::digest finish() const noexcept;

private:
    growing_array<std::byte> kept_;
    std::size_t              size_ = 0; ///< bytes of the window that the file has
};

/// What a tensor is, but for its data.
struct tensor_facts {
    placed_name                    name{};
    dtype                          type = dtype::u8;
    std::span<const std::uint64_t> shape{};
};

/// BLAKE3 of what a tensor is: of each of name and dtype its size and its letters, then the rank, the dimensions, and the
/// bytes. Sizes, rank and dimensions are numbers of eight bytes, the lowest first.
class tensor_content {
public:
    explicit tensor_content(const tensor_facts& of) noexcept;

    void update(bytes data) noexcept { whole_.update(data); }

    hashes::digest_bytes finish() const noexcept { return whole_.finish(); }

private:
    void put(std::uint64_t number) noexcept;
    void put(std::string_view text) noexcept;

    hashes::blake3 whole_;
};

/// Takes a file's header, and its data in the order of the file. Where the header comes first all hashes can be had;
/// where it comes last, all but SHA-256 of the whole file.
class file_hasher {
public:
    /// header_size: bytes before the data, the eight of the length included
    file_hasher(const hashes::kinds& wanted, std::uint64_t header_size, const allocator& memory) noexcept;

    /// name_bytes: of all tensors together, where they are hashed by themselves
    /// errors: out_of_memory
    result<void> reserve(std::size_t tensors, std::size_t name_bytes = 0) noexcept;

    /// Kohya's hashes are those of a file that has this file's data behind another header.
    void serve_sshs(std::uint64_t fresh_header_size) noexcept;

    /// The bytes of that header, where it reaches into the window.
    void fresh_header(std::uint64_t at, bytes piece) noexcept { legacy_.take(at, piece); }

    void header(bytes piece) noexcept;

    void begin_tensor(const tensor_facts& tensor) noexcept;

    void data(bytes piece) noexcept;

    void end_tensor() noexcept;

    /// SHA-256 of the data so far.
    hashes::digest data_digest() const noexcept;

    /// Of the older of kohya's hashes.
    hashes::digest legacy_digest() const noexcept { return legacy_.finish(); }

    /// Sets what is known of a file that has been taken whole.
    void finish(hashes::file_hashes& found) noexcept;

private:
    bool hashes_data() const noexcept { return wanted_.data || is_fresh_; }

    hashes::kinds                       wanted_;
    std::uint64_t                       header_size_;
    std::uint64_t                       fresh_header_size_ = 0;
    bool                                is_fresh_ = false; ///< whether kohya's hashes are had on the way
    bool                                starts_with_data_ = false;
    std::uint64_t                       header_done_ = 0;
    std::uint64_t                       data_done_ = 0;
    hashes::sha256                      whole_{};
    hashes::sha256                      data_{};
    hashes::crc32                       header_check_{};
    hashes::crc32                       data_check_{};
    hashes::blake3                      beginning_{};
    hashes::blake3                      rest_;
    file_window                         window_;
    file_window                         legacy_;
    std::optional<tensor_content>       tensor_{};
    growing_array<hashes::digest_bytes> contents_;
    placed_name                         name_{}; ///< of the tensor that passes
    std::uint64_t                       tensor_begin_ = 0;
    hashes::sha256                      tensor_data_{};
    hashes::tensor_digests              tensors_;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "file_hasher.ipp"
#endif

#endif
