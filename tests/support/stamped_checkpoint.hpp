// SPDX-License-Identifier: MIT
// A checkpoint that says who wrote it, and the question whether a file is one, whole, read with the library itself.
#ifndef STET_TESTS_SUPPORT_STAMPED_CHECKPOINT_HPP
#define STET_TESTS_SUPPORT_STAMPED_CHECKPOINT_HPP

#include "support/sample_checkpoint.hpp"

#include <stet/read/checkpoint_reader.hpp>
#include <stet/read/mapped_file.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

/// Who wrote a file.
struct stamp {
    unsigned      writer = 0;
    unsigned      turn = 0;
    std::uint64_t number = 0; ///< that the saver was told it has; 0 for an exact path
    std::size_t   size = 0;   ///< of the content, which writer and turn determine but for that

    friend bool operator==(const stamp&, const stamp&) = default;
};

class stamped_checkpoint {
public:
    stamped_checkpoint(unsigned writer, unsigned turn, std::size_t size)
        : stamp_{.writer = writer, .turn = turn, .number = 0, .size = size}, sample_(seed(stamp_), size)
    {
    }

    template <class Target>
    stet::result<stet::saved_checkpoint> save(const Target& where, stet::save_options options = {})
    {
        fill(0);
        const auto describe = [this](const stet::claimed_name& taken) {
            fill(*taken.number);
            return stet::metadata_view(texts_);
        };
        options.metadata = texts_;
        options.metadata_for = describe;
        return sample_.save(where, options);
    }

    static unsigned seed(const stamp& mark) noexcept { return mark.writer * 1'000'003U + mark.turn; }

private:
    void fill(std::uint64_t number)
    {
        texts_ = {{"number", std::to_string(number)},
                  {"size", std::to_string(stamp_.size)},
                  {"turn", std::to_string(stamp_.turn)},
                  {"writer", std::to_string(stamp_.writer)}};
    }

    stamp                                            stamp_;
    sample_checkpoint                                sample_;
    std::vector<std::pair<std::string, std::string>> texts_{};
};

namespace stamp_detail {

template <class Number>
bool read(const stet::checkpoint_header& header, std::string_view key, Number& number)
{
    const auto text = header.metadata(key);
    if (!text)
        return false;
    const auto parsed = std::from_chars(text->data(), text->data() + text->size(), number);
    return parsed.ec == std::errc() && parsed.ptr == text->data() + text->size();
}

/// Whether the library's reader finds every tensor as another parser does.
inline bool reads_alike(const stet::checkpoint_reader& reader, const std::string& file)
{
    const auto parsed = parse_checkpoint(file);
    if (!parsed || parsed->tensors.size() != reader.header().size())
        return false;
    for (const parsed_tensor& tensor : parsed->tensors) {
        const auto  stored = reader.header().find(tensor.name);
        std::string bytes(tensor.bytes.size(), '\0');
        if (!stored || !reader.read(*stored, std::as_writable_bytes(std::span(bytes))) ||
            bytes != tensor.bytes)
            return false;
    }
    return true;
}

} // namespace stamp_detail

/// Who wrote the file of that path; nothing unless it is sound and holds exactly what they write.
inline std::optional<stamp> read_stamp(const std::string& path)
{
    auto file = stet::file_source::open(path.c_str());
    if (!file)
        return std::nullopt;
    const auto reader = stet::open_checkpoint(*file);
    if (!reader)
        return std::nullopt;
    const stet::checkpoint_header& header = reader->header();
    stamp                          mark;
    if (!stamp_detail::read(header, "writer", mark.writer) ||
        !stamp_detail::read(header, "turn", mark.turn) ||
        !stamp_detail::read(header, "number", mark.number) || !stamp_detail::read(header, "size", mark.size))
        return std::nullopt;
    std::string content(std::size_t{file->size()}, '\0');
    if (!file->read(0, std::as_writable_bytes(std::span(content))))
        return std::nullopt;
    const bool is_theirs = sample_checkpoint(stamped_checkpoint::seed(mark), mark.size).is_in(content);
    return is_theirs && stamp_detail::reads_alike(*reader, content) ? std::optional(mark) : std::nullopt;
}

} // namespace support

#endif
