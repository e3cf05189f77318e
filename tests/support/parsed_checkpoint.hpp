// SPDX-License-Identifier: MIT
// A reader of checkpoints that shares nothing with the library and accepts only what a writer should write.
#ifndef STET_TESTS_SUPPORT_PARSED_CHECKPOINT_HPP
#define STET_TESTS_SUPPORT_PARSED_CHECKPOINT_HPP

#include "support/json.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

struct parsed_tensor {
    std::string              name;
    std::string              dtype;
    std::vector<std::size_t> shape;
    std::string              bytes;
};

struct parsed_checkpoint {
    std::optional<std::vector<std::pair<std::string, std::string>>> metadata;
    std::vector<parsed_tensor>                                      tensors; ///< in the file's order

    const parsed_tensor* find(std::string_view name) const noexcept
    {
        for (const parsed_tensor& tensor : tensors) {
            if (tensor.name == name)
                return &tensor;
        }
        return nullptr;
    }
};

namespace checkpoint_detail {

/// Bits of one element; nothing for a name the format does not know.
inline std::optional<std::size_t> bits_of(std::string_view dtype)
{
    using row = std::pair<std::string_view, std::size_t>;
    constexpr std::array<row, 22> known{
        {{"BOOL", 8},    {"F4", 4},      {"F6_E2M3", 6}, {"F6_E3M2", 6},     {"U8", 8},          {"I8", 8},
         {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"I16", 16},
         {"U16", 16},    {"F16", 16},    {"BF16", 16},   {"I32", 32},        {"U32", 32},        {"F32", 32},
         {"C64", 64},    {"F64", 64},    {"I64", 64},    {"U64", 64}}};
    for (const auto& [name, bits] : known) {
        if (name == dtype)
            return bits;
    }
    return std::nullopt;
}

/// The numbers of an array of unsigned integers, and of nothing else.
inline std::optional<std::vector<std::size_t>> numbers_of(const json_value& value)
{
    if (value.elements() == nullptr)
        return std::nullopt;
    std::vector<std::size_t> numbers;
    for (const json_value& element : *value.elements()) {
        if (!element.integer())
            return std::nullopt;
        numbers.push_back(std::size_t{*element.integer()});
    }
    return numbers;
}

/// A tensor whose bytes are the next of `data`, which loses them.
inline std::optional<parsed_tensor> take_tensor(const json_member& member, std::size_t& offset,
                                                std::string_view& data)
{
    const json_value::object* const fields = member.value.members();
    if (fields == nullptr || fields->size() != 3 || (*fields)[0].key != "dtype" ||
        (*fields)[1].key != "shape" || (*fields)[2].key != "data_offsets")
        return std::nullopt;
    const std::string* const dtype = (*fields)[0].value.string();
    auto                     shape = numbers_of((*fields)[1].value);
    const auto               offsets = numbers_of((*fields)[2].value);
    const auto               bits = dtype == nullptr ? std::nullopt : bits_of(*dtype);
    if (!bits || !shape || !offsets || offsets->size() != 2)
        return std::nullopt;
    std::size_t size = *bits; // tests do not come near its limit
    for (const std::size_t extent : *shape)
        size *= extent;
    if (size % 8 != 0 || (*offsets)[0] != offset || (*offsets)[1] != offset + size / 8 ||
        size / 8 > data.size())
        return std::nullopt;
    size /= 8;
    parsed_tensor tensor{member.key, *dtype, *std::move(shape), std::string(data.substr(0, size))};
    data.remove_prefix(size);
    offset += size;
    return tensor;
}

inline std::optional<std::vector<std::pair<std::string, std::string>>> texts_of(const json_value& value)
{
    if (value.members() == nullptr)
        return std::nullopt;
    std::vector<std::pair<std::string, std::string>> texts;
    for (const json_member& member : *value.members()) {
        if (member.value.string() == nullptr)
            return std::nullopt;
        texts.emplace_back(member.key, *member.value.string());
    }
    return texts;
}

} // namespace checkpoint_detail

/// What the bytes of a whole file say, or nothing when a reader could object to any of them: the tensors must
/// follow each other without a gap in the header's order and end where the file ends; the header must be
/// padded with spaces to a multiple of eight and begin with the metadata, if there is any.
inline std::optional<parsed_checkpoint> parse_checkpoint(std::string_view file)
{
    constexpr std::size_t longest_header = 100'000'000;
    if (file.size() < 16)
        return std::nullopt;
    std::size_t header_size = 0;
    for (std::size_t i = 8; i-- > 0;) {
        if (header_size > longest_header)
            return std::nullopt;
        header_size = header_size * 256 + static_cast<unsigned char>(file[i]);
    }
    if (header_size > longest_header || header_size % 8 != 0 || header_size > file.size() - 8)
        return std::nullopt;
    std::string_view text = file.substr(8, header_size);
    std::string_view data = file.substr(8 + text.size());
    text = text.substr(0, text.find_last_not_of(' ') + 1);
    if (!text.starts_with('{') || !text.ends_with('}') || header_size - text.size() >= 8)
        return std::nullopt;
    const auto                      header = parse_json(text);
    const json_value::object* const members = header ? header->members() : nullptr;
    if (members == nullptr)
        return std::nullopt;

    parsed_checkpoint parsed;
    std::size_t       offset = 0;
    for (const json_member& member : *members) {
        if (member.key == "__metadata__") {
            parsed.metadata = checkpoint_detail::texts_of(member.value);
            if (&member != &members->front() || !parsed.metadata)
                return std::nullopt;
            continue;
        }
        auto tensor = checkpoint_detail::take_tensor(member, offset, data);
        if (!tensor)
            return std::nullopt;
        parsed.tensors.push_back(*std::move(tensor));
    }
    return data.empty() ? std::optional(std::move(parsed)) : std::nullopt;
}

} // namespace support

#endif
