// SPDX-License-Identifier: MIT

#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/staging_block.hpp"
#include "../../vocabulary/impl/words.hpp"
#include "../hash_checkpoint.hpp"
#include "file_hasher.hpp"
#include "fresh_serialisation.hpp"

#include <array>
#include <optional>
#include <utility>

namespace STET_NAMESPACE {

namespace hashes {

STET_INLINE void text::append(std::string_view more) noexcept
{
    size_ += more.copy(letters_.data() + size_, letters_.size() - size_);
}

} // namespace hashes

namespace detail {

/// How many bytes a file has at least of which Civitai gives AutoV1.
inline constexpr std::uint64_t civitai_autov1_size = std::uint64_t{2} << 20U;

inline void append_byte(hashes::text& to, std::byte byte, hashes::letter_case letters) noexcept
{
    const std::string_view digits =
        letters == hashes::letter_case::lower ? "0123456789abcdef" : "0123456789ABCDEF";
    to.append(digits.substr(std::to_integer<std::size_t>(byte >> 4U), 1));
    to.append(digits.substr(std::to_integer<std::size_t>(byte & std::byte{0xF}), 1));
}

/// A number of four bytes, the highest or the lowest first.
inline hashes::text spelled(const hashes::checksum& of, hashes::letter_case letters,
                            bool lowest_first) noexcept
{
    hashes::text digits;
    for (unsigned i = 0; of.is_known && i < 4; ++i) {
        const unsigned shift = lowest_first ? 8 * i : 24 - 8 * i;
        append_byte(digits, static_cast<std::byte>(of.value >> shift & 0xFFU), letters);
    }
    return digits;
}

/// What stands before a digest, if there is one.
inline hashes::text prefixed(std::string_view prefix, const hashes::digest& of, const hashes::text& digits,
                             hashes::of_nothing nothing) noexcept
{
    hashes::text whole;
    if (of.is_known && (of.covers != 0 || nothing == hashes::of_nothing::digits))
        whole.append(prefix);
    whole.append(digits.view());
    return whole;
}

} // namespace detail

namespace hashes {

STET_INLINE text digits_of(const digest& of, std::size_t count, letter_case letters,
                           of_nothing nothing) noexcept
{
    text digits;
    if (of.is_known && of.covers == 0 && nothing == of_nothing::none)
        digits.append("none");
    else if (of.is_known)
        for (std::size_t i = 0; i < detail::smaller_size(count / 2, of.bytes.size()); ++i)
            detail::append_byte(digits, of.bytes[i], letters);
    return digits;
}

STET_INLINE hash_texts texts_of(const file_hashes& found, of_nothing nothing) noexcept
{
    const auto lower = [&](const digest& of, std::size_t count) {
        return digits_of(of, count, letter_case::lower, nothing);
    };
    const auto upper = [&](const digest& of, std::size_t count) {
        return digits_of(of, count, letter_case::upper, nothing);
    };
    return {.sha256 = lower(found.sha256, 64),
            .autov1 = lower(found.autov1, 8),
            .autov2 = lower(found.sha256, 10),
            .autov3 = lower(found.data, 12),
            .modelspec_sha256 = detail::prefixed("0x", found.data, lower(found.data, 64), nothing),
            .sshs_model = lower(found.sshs_model, 64),
            .sshs_legacy = lower(found.sshs_legacy, 8),
            .crc32 = detail::spelled(found.crc32, letter_case::lower, false),
            .blake3 = lower(found.blake3, 64),
            .invokeai = detail::prefixed("blake3:", found.blake3, lower(found.blake3, 64), nothing),
            .content = lower(found.content, 64),
            .civitai = {.autov1 = found.bytes < detail::civitai_autov1_size ? text() : upper(found.autov1, 8),
                        .autov2 = upper(found.sha256, 10),
                        .autov3 = upper(found.data, 12),
                        .sha256 = upper(found.sha256, 64),
                        .crc32 = detail::spelled(found.crc32, letter_case::upper, true),
                        .blake3 = upper(found.blake3, 64)}};
}

} // namespace hashes

namespace detail {

/// Takes bytes wherever they come from.
class sha256_sink {
public:
    explicit sha256_sink(hashes::sha256& to) noexcept : to_(&to) {}

    result<void> write(bytes piece)
    {
        to_->update(piece);
        size_ += piece.size();
        return {};
    }

    std::uint64_t size() const noexcept { return size_; }

private:
    hashes::sha256* to_;
    std::uint64_t   size_ = 0;
};

STET_INLINE result<void> sequence_hasher::add(std::string_view name, const result<tensor_view>& tensor)
{
    if (!tensor)
        return tensor.error().about(name);
    sha256_sink sink(whole_);
    if (auto poured = pour(*tensor, sink); !poured)
        return poured.error().subject().empty() ? poured.error().about(name) : poured.error();
    covers_ += sink.size();
    return {};
}

STET_INLINE hashes::digest sequence_hasher::finish() const noexcept
{
    return {.bytes = whole_.finish(), .covers = covers_, .is_known = true};
}

/// Cuts a file's data where its tensors begin and end.
/// to: takes begin(stored_tensor), data(bytes) and end(stored_tensor); what follows the last tensor is data, too
template <class Taker>
class data_cutter {
public:
    data_cutter(const checkpoint_header& head, Taker& to) noexcept : head_(&head), to_(&to) {}

    /// errors: those of end()
    result<void> feed(bytes piece)
    {
        while (next_ < head_->size()) {
            const stored_tensor tensor = (*head_)[next_];
            if (!std::exchange(is_inside_, true))
                to_->begin(tensor);
            const std::uint64_t left = tensor.end - at_;
            const bytes         own = piece.first(left < piece.size() ? memory_size(left) : piece.size());
            to_->data(own);
            at_ += own.size();
            piece = piece.subspan(own.size());
            if (at_ != tensor.end)
                return {};
            if (auto ended = to_->end(tensor); !ended)
                return ended;
            is_inside_ = false;
            ++next_;
        }
        if (!piece.empty())
            to_->data(piece);
        return {};
    }

private:
    const checkpoint_header* head_;
    Taker*                   to_;
    std::size_t              next_ = 0;
    std::uint64_t            at_ = 0;
    bool                     is_inside_ = false;
};

/// Reads all after the header, in blocks.
template <class Taker>
result<void> read_data(source_ref file, const checkpoint_header& head, Taker& to, const allocator& memory)
{
    constexpr std::uint64_t block_size = std::uint64_t{1} << 20U;
    const std::uint64_t     size = file.size();
    const std::uint64_t     all = size - head.data_begin();
    auto                    block = staging_block::make(memory_size(smaller_size(all, block_size)), memory);
    if (!block)
        return block.error();
    data_cutter<Taker> cutter(head, to);
    for (std::uint64_t at = head.data_begin(); at != size;) {
        const auto piece = block->bytes().first(memory_size(smaller_size(size - at, block_size)));
        if (auto read = file.read(at, piece); !read)
            return read;
        if (auto fed = cutter.feed(piece); !fed)
            return fed;
        at += piece.size();
    }
    return cutter.feed({}); // tensors without bytes
}

inline tensor_facts facts_of(const stored_tensor& tensor) noexcept
{
    return {.name = {.stem = tensor.name}, .type = tensor.type, .shape = tensor.shape};
}

/// Passes a file's tensors on to its hasher.
struct whole_file_taker {
    file_hasher* to;

    void         begin(const stored_tensor& tensor) noexcept { to->begin_tensor(facts_of(tensor)); }
    void         data(bytes piece) noexcept { to->data(piece); }
    result<void> end(const stored_tensor&) noexcept
    {
        to->end_tensor();
        return {};
    }
};

/// Hashes each tensor by itself.
struct tensor_taker {
    const hashes::tensor_visitor* visit;
    hashes::sha256                whole{};
    std::optional<tensor_content> content{};

    void begin(const stored_tensor& tensor) noexcept
    {
        whole = {};
        content.emplace(facts_of(tensor));
    }
    void data(bytes piece) noexcept
    {
        whole.update(piece);
        if (content)
            content->update(piece);
    }
    result<void> end(const stored_tensor& tensor)
    {
        const std::uint64_t        size = tensor.size();
        const hashes::digest_bytes part = content ? content->finish() : hashes::digest_bytes{};
        content.reset();
        return (*visit)(tensor, {.sha256 = {.bytes = whole.finish(), .covers = size, .is_known = true},
                                 .content = {.bytes = part, .covers = size, .is_known = true}});
    }
};

/// The file that kohya's trainer would write of one that is there.
inline result<void> serialise(fresh_serialisation& fresh, const checkpoint_reader& file,
                              const allocator& memory)
{
    for (std::size_t i = 0; i < file.header().metadata_size(); ++i) {
        const stored_metadata entry = file.header().metadata(i);
        if (auto kept = fresh.keep(entry.key, entry.value); !kept)
            return kept;
    }
    auto tensors = make_plan(file, {.empty = empty_components::allow, .allocator = memory});
    return tensors ? fresh.serialise_own(*std::move(tensors)) : result<void>(tensors.error());
}

} // namespace detail

namespace hashes {

STET_INLINE result<file_hashes> hash_checkpoint(source_ref file, const kinds& wanted,
                                                const read_options& options)
{
    const auto reader = open_checkpoint(file, options);
    if (!reader)
        return reader.error();
    const checkpoint_header&    head = reader->header();
    detail::file_hasher         hasher(wanted, head.data_begin(), options.allocator);
    detail::fresh_serialisation fresh(options.allocator);
    bool                        has_other_order = false;
    if (wanted.sshs) {
        if (auto serialised = detail::serialise(fresh, *reader, options.allocator); !serialised)
            return serialised.error();
        has_other_order =
            !detail::is_in_reference_order(head) || file.size() != head.data_begin() + head.data_size();
        if (!has_other_order)
            hasher.serve_sshs(fresh.head().size());
    }
    std::size_t name_bytes = 0;
    for (const stored_tensor tensor : head)
        name_bytes += tensor.name.size();
    if (auto reserved = hasher.reserve(head.size(), name_bytes); !reserved)
        return reserved.error();
    if (wanted.sshs && !has_other_order) {
        if (auto prepared = fresh.prepare(hasher); !prepared)
            return prepared.error();
    }
    std::array<std::byte, 8> length;
    detail::store_word(length.data(), head.text().size());
    hasher.header(length);
    hasher.header(detail::bytes_of(head.text().data(), head.text().size()));
    detail::whole_file_taker taker{&hasher};
    if (auto read = detail::read_data(file, head, taker, options.allocator); !read)
        return read.error();
    file_hashes found;
    hasher.finish(found);
    if (has_other_order) {
        if (auto hashed = fresh.hash(found.sshs_model, found.sshs_legacy); !hashed)
            return hashed.error();
    }
    return found;
}

STET_INLINE result<void> hash_tensors(source_ref file, tensor_visitor visit, const read_options& options)
{
    const auto reader = open_checkpoint(file, options);
    if (!reader)
        return reader.error();
    detail::tensor_taker taker{&visit};
    return detail::read_data(file, reader->header(), taker, options.allocator);
}

STET_INLINE digest invokeai_folder(std::span<const digest> files) noexcept
{
    blake3        whole;
    std::uint64_t covers = 0;
    for (const digest& file : files) {
        const text letters = digits_of(file);
        whole.update(detail::bytes_of(letters.view().data(), letters.view().size()));
        covers += letters.view().size();
    }
    return {.bytes = whole.finish(), .covers = covers, .is_known = true};
}

} // namespace hashes

} // namespace STET_NAMESPACE
