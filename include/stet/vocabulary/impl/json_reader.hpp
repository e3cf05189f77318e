// SPDX-License-Identifier: MIT
// JSON texts, read as Python's json module reads them.
#ifndef STET_VOCABULARY_IMPL_JSON_READER_HPP
#define STET_VOCABULARY_IMPL_JSON_READER_HPP

#include "../config.hpp"
#include "../result.hpp"
#include "growing_array.hpp"
#include "utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Lists and objects inside each other, the outermost included, that Python takes with its own recursion limit.
inline constexpr std::size_t most_json_levels = 995;

/// Digits of an integer that Python takes. A number with a fraction or an exponent may have more.
inline constexpr std::size_t most_json_integer_digits = 4300;

enum class json_kind : std::uint8_t { null, boolean, integer, real, text, array, object };

/// Bytes above ASCII in a text: those of UTF-8; or halves of surrogate pairs as well, in three bytes each, which Python
/// lets pass where it is given bytes.
enum class json_bytes : std::uint8_t { utf8, utf8_and_surrogates };

/// A value, or the name of a member, which its value follows. What an array or an object holds follows it.
struct json_node {
    std::uint32_t
        begin; ///< of what a text or a number is made of; of an array or an object: how many it holds
    std::uint32_t size; ///< characters of a text or a number
    std::uint32_t
              next; ///< after all of the value; of a name: its value, or no_json where an earlier one has it
    json_kind kind;
    bool      is_decoded; ///< the text had escapes and begins in json_tree::decoded
    bool      is_true;
    bool      is_repeating; ///< an object in which a name stands twice
};

inline constexpr std::uint32_t no_json = 0xFFFFFFFF;

/// A text that was read: its values in the order in which they begin, and its texts that had escapes. Half of a
/// surrogate pair is three bytes in them, as in UTF-8 it would be.
/// lifetime: borrows the text
struct json_tree {
    std::string_view         text{};
    growing_array<json_node> nodes;
    growing_array<char>      decoded;

    std::string_view text_of(const json_node& node) const noexcept
    {
        return node.is_decoded ? std::string_view(decoded.data() + node.begin, node.size)
                               : text.substr(node.begin, node.size);
    }
};

/// One pass over a text, without recursion. Every function that reads something leaves `at_` after it and returns true,
/// or notes what is wrong and returns false.
class json_reader {
public:
    json_reader(std::string_view text, json_bytes taken, const allocator& memory) noexcept;

    /// errors: invalid_json; json_too_deep; out_of_memory, also for a text of 4 GiB or more
    result<json_tree> run() && noexcept;

private:
    /// A list or an object that has not ended.
    struct level {
        std::uint32_t node;
        std::uint32_t count; ///< values or members so far
        bool          is_object;
    };

    /// A member of an object that ends.
    struct member {
        std::uint32_t hash; ///< of the name
        std::uint32_t node; ///< of the name
    };

    bool document() noexcept;
    bool value() noexcept;

    // ---- lists and objects ----

    bool open(bool is_object) noexcept;
    /// in: of the innermost list or object, changed only before a deeper one begins
    bool item_or_end(level& in) noexcept;
    bool end(const level& in) noexcept;
    bool name() noexcept;
    bool find_repeated(const level& in) noexcept;
    bool sort_members(const level& in) noexcept;

    // ---- words, numbers, strings ----

    bool word(std::string_view expected, json_kind kind, bool is_true) noexcept;
    bool number() noexcept;
    bool string() noexcept;
    /// Leaves `run_` where what was not copied yet begins. copied: whether the text has moved to tree_.decoded
    bool escape(bool& copied) noexcept;
    bool code_unit(std::size_t at, std::uint32_t& unit) noexcept;
    bool keep(std::string_view piece) noexcept;
    /// Bytes of the character at `at_`, which is none of ASCII; 0 for none.
    std::size_t character() const noexcept;

    // ---- the text, and what can go wrong ----

    bool             push(json_kind kind, std::size_t begin, std::size_t size) noexcept;
    std::string_view left() const noexcept { return tree_.text.substr(at_); }
    /// The next character; NUL, which no text may hold, at the end.
    char peek() const noexcept { return at_ < tree_.text.size() ? tree_.text[at_] : '\0'; }
    void skip_space() noexcept;
    bool invalid() noexcept;
    bool exhausted(std::size_t bytes) noexcept;

    json_tree             tree_;
    std::size_t           at_ = 0;
    std::size_t           run_ = 0;
    growing_array<level>  levels_;
    growing_array<member> members_; // of the object that ends
    std::uint64_t         seed_;    // of the hashes
    json_bytes            taken_;
    error                 failure_{};
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "json_reader.ipp"
#endif

#endif
