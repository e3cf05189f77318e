// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/sort_range.hpp"
#include "../../vocabulary/impl/words.hpp"
#include "file_hasher.hpp"

#include <cstring>
#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE result<void> file_window::reserve() noexcept
{
    return kept_.resize(window_size) ? result<void>() : result<void>(out_of_memory(window_size));
}

STET_INLINE void file_window::take(std::uint64_t at, bytes data) noexcept
{
    if (kept_.empty() || at >= window_begin + window_size || at + data.size() <= window_begin)
        return;
    if (at < window_begin) {
        data = data.subspan(memory_size(window_begin - at));
        at = window_begin;
    }
    const std::size_t place = memory_size(at - window_begin);
    const std::size_t count = smaller_size(data.size(), window_size - place);
    std::memcpy(kept_.data() + place, data.data(), count);
    size_ += count;
}

STET_INLINE hashes::digest file_window::finish() const noexcept
{
    hashes::sha256 whole;
    whole.update({kept_.data(), size_});
    return {.bytes = whole.finish(), .covers = size_, .is_known = !kept_.empty()};
}

STET_INLINE tensor_content::tensor_content(const tensor_facts& of) noexcept
{
    put(std::uint64_t{of.name.size()});
    whole_.update(bytes_of(of.name.prefix.data(), of.name.prefix.size()));
    whole_.update(bytes_of(of.name.stem.data(), of.name.stem.size()));
    put(name(of.type));
    put(std::uint64_t{of.shape.size()});
    for (const std::uint64_t dimension : of.shape)
        put(dimension);
}

STET_INLINE void tensor_content::put(std::uint64_t number) noexcept
{
    std::array<std::byte, 8> word;
    store_word(word.data(), number);
    whole_.update(word);
}

STET_INLINE void tensor_content::put(std::string_view text) noexcept
{
    put(std::uint64_t{text.size()});
    whole_.update(bytes_of(text.data(), text.size()));
}

STET_INLINE file_hasher::file_hasher(const hashes::kinds& wanted, std::uint64_t header_size,
                                     const allocator& memory) noexcept
    : wanted_(wanted), header_size_(header_size), rest_(hashes::blake3::after(header_size)), window_(memory),
      legacy_(memory), contents_(memory), tensors_(memory)
{
}

STET_INLINE result<void> file_hasher::reserve(std::size_t tensors, std::size_t name_bytes) noexcept
{
    if (wanted_.content && !contents_.reserve(tensors))
        return out_of_memory(tensors * sizeof(hashes::digest_bytes));
    if (wanted_.tensors) {
        if (auto reserved = tensors_.reserve(tensors, name_bytes); !reserved)
            return reserved;
    }
    const auto reserved = wanted_.autov1 ? window_.reserve() : result<void>();
    return reserved && is_fresh_ ? legacy_.reserve() : reserved;
}

STET_INLINE void file_hasher::serve_sshs(std::uint64_t fresh_header_size) noexcept
{
    is_fresh_ = true;
    fresh_header_size_ = fresh_header_size;
}

STET_INLINE void file_hasher::header(bytes piece) noexcept
{
    starts_with_data_ = starts_with_data_ || (header_done_ == 0 && data_done_ != 0);
    if (wanted_.sha256 && !starts_with_data_)
        whole_.update(piece);
    if (wanted_.crc32)
        header_check_.update(piece);
    if (wanted_.blake3)
        beginning_.update(piece);
    window_.take(header_done_, piece);
    header_done_ += piece.size();
}

STET_INLINE void file_hasher::begin_tensor(const tensor_facts& tensor) noexcept
{
    if (wanted_.content)
        tensor_.emplace(tensor);
    name_ = tensor.name;
    tensor_begin_ = data_done_;
    tensor_data_ = {};
}

STET_INLINE void file_hasher::data(bytes piece) noexcept
{
    if (wanted_.sha256 && header_done_ != 0)
        whole_.update(piece);
    if (hashes_data())
        data_.update(piece);
    if (wanted_.crc32)
        data_check_.update(piece);
    if (wanted_.blake3)
        rest_.update(piece);
    if (tensor_)
        tensor_->update(piece);
    if (wanted_.tensors)
        tensor_data_.update(piece);
    window_.take(header_size_ + data_done_, piece);
    if (is_fresh_)
        legacy_.take(fresh_header_size_ + data_done_, piece);
    data_done_ += piece.size();
}

STET_INLINE void file_hasher::end_tensor() noexcept
{
    if (tensor_)
        static_cast<void>(contents_.push(tensor_->finish())); // its place is reserved
    tensor_.reset();
    if (wanted_.tensors)
        tensors_.add(
            name_.prefix, name_.stem,
            {.bytes = tensor_data_.finish(), .covers = data_done_ - tensor_begin_, .is_known = true});
}

STET_INLINE hashes::digest file_hasher::data_digest() const noexcept
{
    return {.bytes = data_.finish(), .covers = data_done_, .is_known = hashes_data()};
}

STET_INLINE void file_hasher::finish(hashes::file_hashes& found) noexcept
{
    const std::uint64_t size = header_done_ + data_done_;
    found.bytes = size;
    if (wanted_.sha256 && !starts_with_data_)
        found.sha256 = {.bytes = whole_.finish(), .covers = size, .is_known = true};
    if (wanted_.autov1)
        found.autov1 = window_.finish();
    if (wanted_.data)
        found.data = data_digest();
    if (is_fresh_ && wanted_.sshs) {
        found.sshs_model = data_digest();
        found.sshs_legacy = legacy_digest();
    }
    if (wanted_.crc32)
        found.crc32 = {.value =
                           hashes::crc32::combine(header_check_.value(), data_check_.value(), data_done_),
                       .is_known = true};
    if (wanted_.blake3)
        found.blake3 = {.bytes = rest_.finish(beginning_), .covers = size, .is_known = true};
    if (wanted_.tensors)
        found.tensors = std::move(tensors_);
    if (!wanted_.content)
        return;
    heap_sort(contents_.view(),
              [](const hashes::digest_bytes& a, const hashes::digest_bytes& b) { return a < b; });
    hashes::blake3 all;
    for (const hashes::digest_bytes& each : contents_)
        all.update(each);
    found.content = {.bytes = all.finish(), .covers = contents_.size(), .is_known = true};
}

} // namespace STET_NAMESPACE::detail
