// SPDX-License-Identifier: MIT
#ifndef STET_COMFYUI_COMFYUI_METADATA_HPP
#define STET_COMFYUI_COMFYUI_METADATA_HPP

#include "../header/metadata.hpp"
#include "../save/save.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"
#include "impl/json_text.hpp"
#include "impl/unique_members.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace STET_NAMESPACE {

namespace detail {

/// Lists and objects inside each other, the outermost included, that Python takes with its own recursion
/// limit.
inline constexpr std::size_t most_json_levels = 995;

/// Digits of an integer that Python takes. A number with a fraction or an exponent may have more.
inline constexpr std::size_t most_json_integer_digits = 4300;

/// Length of the run at the start that an escaped ASCII string holds as it is: from space to tilde, no quote
/// and no backslash.
std::size_t printable_run(std::string_view text) noexcept;

/// One pass over a text, without recursion. Every function that reads something leaves `at_` after it and
/// returns true, or notes what is wrong and returns false.
class json_redumper {
public:
    json_redumper(std::string_view text, const allocator& memory) noexcept;

    result<json_text> run() && noexcept;

private:
    struct level {
        bool        is_object;
        bool        has_items;
        std::size_t first_member; ///< of the members that have not ended
    };

    // ---- lists and objects ----

    bool document() noexcept;

    bool value() noexcept;

    bool open(bool is_object) noexcept;

    /// in: of the innermost list or object, changed only before a deeper one begins
    bool item_or_end(level& in) noexcept;

    bool end(const level& in) noexcept;

    bool key() noexcept;

    // ---- words and numbers ----

    bool word(std::string_view expected) noexcept;

    bool number() noexcept;

    // ---- strings ----

    bool string() noexcept;

    /// One beyond ASCII. A control character, or the end of the text, is none.
    bool character() noexcept;

    /// From a backslash on.
    bool escape() noexcept;

    /// A surrogate stays as it is, with or without its other half: both are written as they can be read.
    bool code_unit() noexcept;

    void put_escaped(std::uint32_t unit) noexcept;

    // ---- the text, and what can go wrong ----

    std::string_view left() const noexcept { return text_.substr(at_); }

    /// The next character; NUL, which no text may hold, at the end.
    char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

    void skip_space() noexcept;

    bool invalid() noexcept;

    bool exhausted(std::size_t bytes) noexcept;

    bool has_room(std::size_t count) noexcept;

    std::string_view     text_;
    std::size_t          at_ = 0;
    json_text_builder    out_;
    growing_array<level> levels_; // lists and objects that have not ended
    unique_members       members_;
    std::array<char, 6>  escaped_{};
    error                failure_{};
};

} // namespace detail

/// The text as Python's `json.dumps(json.loads(text))` gives it, character by character: ASCII, `, ` and `: `
/// between what belongs together, numbers in Python's form, of a key given twice the last value in the place
/// of the first. Takes what Python takes, NaN and Infinity as well, and nothing else. The memory needed is a
/// multiple of the text's size.
/// text:   UTF-8 without a byte order mark
/// errors: invalid_json, also for integers of more than 4300 digits; json_too_deep; out_of_memory
/// source: CPython 3.11, Modules/_json.c and Lib/json
result<detail::json_text> redump_json(std::string_view text, const allocator& memory = heap()) noexcept;

/// A key and its value as JSON text.
struct json_entry {
    std::string_view key;
    std::string_view json;
};

/// The graph that made a checkpoint, as ComfyUI stores it. It can hold whatever the user typed, paths and tokens
/// included, so it is written only when it is given.
struct workflow {
    std::optional<std::string_view> prompt{}; ///< JSON text; ComfyUI stores an empty text where there is none
    std::span<const json_entry>     extra{};  ///< usually one entry, "workflow"
    std::uint64_t                   largest = 8U << 20U; ///< bytes of all the texts as stored
};

/// The metadata as ComfyUI's save nodes write it, of the model that is saved and the name it gets; JSON texts are dumped
/// anew as Python would.
/// saved:  as a `metadata_for` callback gets it; of it stem, digits and model are used
/// errors: invalid_json about the key; metadata_too_large beyond graph->largest; out_of_memory
/// source: ComfyUI 0.8.0, nodes_model_merging.py, save_checkpoint
result<metadata_list> make_comfyui_metadata(const claimed_name&            saved,
                                            const std::optional<workflow>& graph = {});

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/comfyui_metadata.ipp"
#endif

#endif
