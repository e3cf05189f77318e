// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_JSON_DOCUMENT_HPP
#define STET_VOCABULARY_IMPL_JSON_DOCUMENT_HPP

#include "../borrowed.hpp"
#include "../config.hpp"
#include "../result.hpp"
#include "json_reader.hpp"
#include "json_text.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE::detail {

class json_members;
class json_items;

/// A value of a JSON text. Asked for what it is not, it gives nothing.
/// lifetime: borrows the document and its text
class json_item {
public:
    json_item(const json_tree& tree, std::uint32_t at) noexcept : tree_(&tree), at_(at) {}

    json_kind kind() const noexcept { return node().kind; }
    bool      is_text() const noexcept { return kind() == json_kind::text; }
    bool      is_array() const noexcept { return kind() == json_kind::array; }
    bool      is_object() const noexcept { return kind() == json_kind::object; }
    bool      is_null() const noexcept { return kind() == json_kind::null; }

    /// Whether it is `true`.
    bool truth() const noexcept { return node().is_true; }
    /// A text, in UTF-8 with three bytes for half of a surrogate pair; a number or word as written.
    std::string_view text() const noexcept { return tree_->text_of(node()); }
    /// An integer from 0 to 2^64 - 1; `-0` is 0.
    std::optional<std::uint64_t> natural() const noexcept;
    /// A number as the nearest double.
    std::optional<double> number() const noexcept;

    /// Values of an array, members of an object; one of a name counts.
    std::size_t size() const noexcept { return is_array() || is_object() ? node().begin : 0; }
    /// Whether a member's name stands twice in the object. The last one counts, in the place of the first.
    bool repeats() const noexcept { return node().is_repeating; }

    /// The member of that name; the steps taken grow with the members before it.
    std::optional<json_item> find(std::string_view name) const noexcept;

    /// Of an object, in their order; none of anything else. Each has `name` and `value`.
    json_members members() const noexcept;
    /// Of an array, in their order; none of anything else.
    json_items items() const noexcept;

    const json_tree& tree() const noexcept { return *tree_; }
    std::uint32_t    position() const noexcept { return at_; }
    const json_node& node() const noexcept { return tree_->nodes[at_]; }

private:
    const json_tree* tree_;
    std::uint32_t    at_;
};

struct json_member {
    std::string_view name;
    json_item        value;
};

/// Walks over members whose name stood before.
class json_member_iterator {
public:
    json_member_iterator(const json_tree& tree, std::uint32_t at, std::uint32_t end) noexcept
        : tree_(&tree), at_(at), end_(end)
    {
        skip_repeated();
    }
    json_member operator*() const noexcept
    {
        const json_node& name = tree_->nodes[at_];
        return {.name = tree_->text_of(name), .value = json_item(*tree_, name.next)};
    }
    json_member_iterator& operator++() noexcept
    {
        at_ = tree_->nodes[at_ + 1].next;
        skip_repeated();
        return *this;
    }
    bool operator==(const json_member_iterator& other) const noexcept { return at_ == other.at_; }

private:
    void skip_repeated() noexcept
    {
        while (at_ < end_ && tree_->nodes[at_].next == no_json)
            at_ = tree_->nodes[at_ + 1].next;
    }

    const json_tree* tree_;
    std::uint32_t    at_;
    std::uint32_t    end_;
};

class json_item_iterator {
public:
    json_item_iterator(const json_tree& tree, std::uint32_t at) noexcept : tree_(&tree), at_(at) {}
    json_item           operator*() const noexcept { return {*tree_, at_}; }
    json_item_iterator& operator++() noexcept
    {
        at_ = tree_->nodes[at_].next;
        return *this;
    }
    bool operator==(const json_item_iterator& other) const noexcept { return at_ == other.at_; }

private:
    const json_tree* tree_;
    std::uint32_t    at_;
};

class json_members {
public:
    explicit json_members(const json_item& object) noexcept : object_(object) {}
    json_member_iterator begin() const noexcept { return {object_.tree(), object_.position() + 1, last()}; }
    json_member_iterator end() const noexcept { return {object_.tree(), last(), last()}; }

private:
    std::uint32_t last() const noexcept
    {
        return object_.is_object() ? object_.node().next : object_.position() + 1;
    }
    json_item object_;
};

class json_items {
public:
    explicit json_items(const json_item& array) noexcept : array_(array) {}
    json_item_iterator begin() const noexcept { return {array_.tree(), array_.position() + 1}; }
    json_item_iterator end() const noexcept
    {
        return {array_.tree(), array_.is_array() ? array_.node().next : array_.position() + 1};
    }

private:
    json_item array_;
};

inline json_members json_item::members() const noexcept
{
    return json_members(*this);
}

inline json_items json_item::items() const noexcept
{
    return json_items(*this);
}

/// A JSON text that was read, with Python's rules: NaN and Infinity are numbers, integers have up to 4300 digits, of
/// members of one name the last counts. Its memory grows with the text's length, and it takes one pass.
/// lifetime: borrows the text
class json_document {
public:
    explicit json_document(json_tree tree) noexcept : tree_(std::move(tree)) {}

    /// lifetime: borrows this document, which may not move meanwhile
    json_item root() const& noexcept STET_LIFETIME_BOUND { return {tree_, 0}; }
    json_item root() const&& = delete;

private:
    json_tree tree_;
};

/// Reads a text that begins with no byte order mark.
/// errors: invalid_json with the byte in `actual`; json_too_deep; out_of_memory
/// source: CPython 3.11, Modules/_json.c and Lib/json
result<json_document> read_json(std::string_view text, const allocator& memory = heap(),
                                json_bytes taken = json_bytes::utf8) noexcept;

/// Characters above ASCII in a text that is written: as escapes of four digits, or as they are but for halves of
/// surrogate pairs.
enum class json_letters : std::uint8_t { ascii, utf8 };

/// Adds a text in quotes. False when the allocator gave nothing.
/// text: as json_item::text gives it
[[nodiscard]] bool put_json_string(json_text_builder& out, std::string_view text,
                                   json_letters letters) noexcept;

/// Adds a value as Python's json.dumps writes it, `, ` and `: ` between what belongs together.
/// False when the allocator gave nothing.
[[nodiscard]] bool put_json(json_text_builder& out, const json_item& value, json_letters letters,
                            const allocator& memory) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "json_document.ipp"
#endif

#endif
