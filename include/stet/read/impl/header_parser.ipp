// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/text_hash.hpp"
#include "header_parser.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE header_parser::header_parser(header_index& index, const read_options& options) noexcept
    : index_(index), options_(options), cursor_(index.text)
{
}

STET_INLINE result<void> header_parser::parse() noexcept
{
    cursor_.skip_space();
    if (cursor_.at() != 0)
        discourage("white space stands before the object", 0);
    if (!cursor_.take('{'))
        return refused(cursor_.peek() == '\0' && !cursor_.at_end()
                           ? "zeros stand where the header should be; the file was not written to its end"
                           : "the header is no JSON object");
    if (!cursor_.take_next('}')) {
        do {
            if (!member())
                return failure();
        } while (cursor_.take_next(','));
        if (!cursor_.take('}'))
            return refused("a comma or a closing brace is missing");
    }
    if (!unfit_.reason.empty())
        return flaw_error(errc::invalid_header_json, unfit_);
    if (!padding())
        return refused("something stands behind the header's object");
    return {};
}

STET_INLINE const header_flaw* header_parser::discouraged() const noexcept
{
    return discouraged_.reason.empty() ? nullptr : &discouraged_;
}

STET_INLINE void header_parser::discourage(std::string_view reason, std::size_t at,
                                           const indexed_text* member) noexcept
{
    if (discouraged_.reason.empty())
        discouraged_ = flaw(reason, at, member);
}

STET_INLINE error header_parser::flaw_error(errc code, const header_flaw& flaw) const noexcept
{
    const error found = error{.code = code, .actual = 8 + std::uint64_t{flaw.at}}.with(flaw.reason);
    return flaw.is_in_member ? found.about(index_.view(flaw.member)) : found;
}

STET_INLINE bool header_parser::member() noexcept
{
    cursor_.skip_space();
    const std::size_t position = cursor_.at();
    json_string_piece name;
    if (!cursor_.key(name))
        return false;
    if (!index_.keep(name, member_))
        return exhausted();
    is_in_member_ = true;
    const std::string_view text = index_.view(member_);
    const bool             done = text == "__metadata__" ? metadata(position) : tensor(position, text);
    is_in_member_ = !done;
    return done;
}

STET_INLINE bool header_parser::metadata(std::size_t position) noexcept
{
    if (seen_metadata_) {
        cursor_.go_to(position);
        return cursor_.fail("metadata is given twice");
    }
    seen_metadata_ = true;
    cursor_.skip_space();
    if (cursor_.take_word("null")) {
        discourage("metadata is null", position, &member_);
        return true;
    }
    if (!cursor_.take('{'))
        return cursor_.fail("metadata is no object");
    index_.has_metadata = true;
    if (cursor_.take_next('}'))
        return true;
    do {
        json_string_piece key;
        json_string_piece value;
        cursor_.skip_space();
        const auto key_at = static_cast<std::uint32_t>(cursor_.at());
        if (!cursor_.key(key))
            return false;
        cursor_.skip_space();
        if (cursor_.peek() != '"')
            return index_.keep(key, member_) ? cursor_.fail("a metadata value is no text") : exhausted();
        if (!cursor_.string(value))
            return false;
        indexed_metadata entry{.position = key_at};
        if (!index_.keep(key, entry.key) || !index_.keep(value, entry.value) || !index_.metadata.push(entry))
            return exhausted();
    } while (cursor_.take_next(','));
    return cursor_.take('}') || cursor_.fail("a comma or a closing brace is missing");
}

STET_INLINE bool header_parser::tensor(std::size_t position, std::string_view name) noexcept
{
    fields found;
    found.tensor.name = member_;
    found.tensor.hash = static_cast<std::uint32_t>(text_hash(name, index_.seed));
    found.tensor.position = static_cast<std::uint32_t>(position);
    cursor_.skip_space();
    const std::size_t value_at = cursor_.at();
    if (cursor_.take('{')) {
        if (!object_form(found))
            return false;
    } else if (cursor_.take('[')) {
        discourage("a tensor is an array instead of an object", value_at, &member_);
        if (!array_form(found))
            return false;
    } else {
        unfit("a tensor is no object", value_at);
        return cursor_.skip_value(1);
    }
    if (!found.has_dtype || !found.has_shape || !found.has_offsets)
        unfit("a tensor lacks its dtype, shape or data_offsets", value_at);
    return index_.add(index_.tensors, found.tensor, cursor_.at()) || exhausted();
}

STET_INLINE bool header_parser::object_form(fields& found) noexcept
{
    if (cursor_.take_next('}'))
        return true;
    do {
        cursor_.skip_space();
        const std::size_t position = cursor_.at();
        json_string_piece key;
        if (!cursor_.key(key))
            return false;
        word_room              room;
        const std::string_view name = word(key, room);
        if (!field(found, name, position))
            return false;
    } while (cursor_.take_next(','));
    return cursor_.take('}') || cursor_.fail("a comma or a closing brace is missing");
}

STET_INLINE std::string_view header_parser::word(const json_string_piece& piece, word_room& room) noexcept
{
    const bool is_plain = !piece.has_escapes || piece.written.size() > room.size();
    return is_plain ? piece.written : std::string_view(room.data(), unescape(piece.written, room.data()));
}

STET_INLINE bool header_parser::field(fields& found, std::string_view name, std::size_t position) noexcept
{
    const auto once = [&](bool& seen) {
        if (seen)
            unfit("a field of a tensor is given twice", position);
        seen = true;
    };
    cursor_.skip_space();
    if (name == "dtype") {
        once(found.has_dtype);
        return dtype_field(found);
    }
    if (name == "shape") {
        once(found.has_shape);
        return shape_field(found);
    }
    if (name == "data_offsets") {
        once(found.has_offsets);
        return offsets_field(found);
    }
    discourage("a tensor has a field the format does not know", position, &member_);
    return cursor_.skip_value(2);
}

STET_INLINE bool header_parser::array_form(fields& found) noexcept
{
    if (cursor_.take_next(']'))
        return true;
    std::size_t count = 0;
    do {
        cursor_.skip_space();
        const std::size_t position = cursor_.at();
        bool              done = false;
        switch (count++) {
        case 0:
            done = found.has_dtype = dtype_field(found);
            break;
        case 1:
            done = found.has_shape = shape_field(found);
            break;
        case 2:
            done = found.has_offsets = offsets_field(found);
            break;
        default:
            unfit("a tensor written as an array has more than three elements", position);
            done = cursor_.skip_value(2);
            break;
        }
        if (!done)
            return false;
    } while (cursor_.take_next(','));
    return cursor_.take(']') || cursor_.fail("a comma or a closing bracket is missing");
}

STET_INLINE bool header_parser::unfit_value(std::string_view reason, std::size_t position) noexcept
{
    unfit(reason, position);
    cursor_.go_to(position);
    return cursor_.skip_value(2);
}

STET_INLINE bool header_parser::dtype_field(fields& found) noexcept
{
    const std::size_t position = cursor_.at();
    json_string_piece written;
    const bool        is_object = cursor_.take('{');
    if (is_object) {
        discourage("a dtype is an object instead of a text", position, &member_);
        cursor_.skip_space();
        if (cursor_.peek() != '"')
            return unfit_value("a dtype is no text", position);
        if (!cursor_.key(written))
            return false;
        cursor_.skip_space();
        if (!cursor_.take_word("null") || !cursor_.take_next('}'))
            return unfit_value("a dtype is no text", position);
    } else if (cursor_.peek() != '"') {
        return unfit_value("a dtype is no text", position);
    } else if (!cursor_.string(written)) {
        return false;
    }
    word_room room;
    if (!is_dtype(word(written, room)))
        unfit("a dtype the format does not know", position);
    found.tensor.type = last_type_;
    return true;
}

STET_INLINE bool header_parser::is_dtype(std::string_view spelled) noexcept
{
    if (spelled == name(last_type_))
        return true;
    const auto type = dtype_named(spelled);
    if (type)
        last_type_ = *type;
    return type.has_value();
}

STET_INLINE bool header_parser::shape_field(fields& found) noexcept
{
    const std::size_t position = cursor_.at();
    const std::size_t first = index_.axes.size();
    const char* const unfit_reason = "a shape is no array of integers from 0 to 2^64-1";
    if (!cursor_.take('['))
        return unfit_value(unfit_reason, position);
    if (!cursor_.take_next(']')) {
        do {
            std::uint64_t size = 0;
            if (!natural(size))
                return unfit_value(unfit_reason, position);
            if (!index_.add(index_.axes, size, cursor_.at()))
                return exhausted();
        } while (cursor_.take_next(','));
        if (!cursor_.take(']'))
            return unfit_value(unfit_reason, position);
    }
    found.tensor.first_axis = static_cast<std::uint32_t>(first);
    found.tensor.rank = static_cast<std::uint32_t>(index_.axes.size() - first);
    return true;
}

STET_INLINE bool header_parser::offsets_field(fields& found) noexcept
{
    const std::size_t position = cursor_.at();
    if (cursor_.take('[') && natural(found.tensor.begin) && cursor_.take_next(',') &&
        natural(found.tensor.end) && cursor_.take_next(']'))
        return true;
    return unfit_value("data_offsets are not two integers from 0 to 2^64-1", position);
}

STET_INLINE bool header_parser::natural(std::uint64_t& value) noexcept
{
    constexpr std::uint64_t most = (std::uint64_t{1} << 48U) - 1; // of the format's JSON schema
    cursor_.skip_space();
    const std::size_t position = cursor_.at();
    json_number_piece found;
    if (!cursor_.number(found) || !found.is_natural)
        return false;
    if (found.value > most)
        discourage("a number is 2^48 or more", position, &member_);
    value = found.value;
    return true;
}

STET_INLINE bool header_parser::padding() noexcept
{
    for (; !cursor_.at_end(); cursor_.go_to(cursor_.at() + 1)) {
        const char c = cursor_.peek();
        if (c == ' ' || (c == '\0' && options_.allow_nul_padding))
            continue;
        if (c != '\t' && c != '\n' && c != '\r')
            return false;
        discourage("the header is padded with something else than spaces", cursor_.at());
    }
    return true;
}

STET_INLINE void header_parser::unfit(std::string_view reason, std::size_t at) noexcept
{
    if (unfit_.reason.empty())
        unfit_ = flaw(reason, at, &member_);
}

STET_INLINE bool header_parser::exhausted() noexcept
{
    out_of_memory_ = true;
    return false;
}

STET_INLINE error header_parser::refused(std::string_view reason) noexcept
{
    static_cast<void>(cursor_.fail(reason));
    return failure();
}

STET_INLINE error header_parser::failure() const noexcept
{
    if (out_of_memory_)
        return detail::out_of_memory(index_.text.size());
    return flaw_error(errc::invalid_header_json,
                      flaw(cursor_.reason(), cursor_.at(), is_in_member_ ? &member_ : nullptr));
}

STET_INLINE header_flaw header_parser::flaw(std::string_view reason, std::size_t at,
                                            const indexed_text* member) noexcept
{
    return {.reason = reason,
            .at = at,
            .member = member == nullptr ? indexed_text{} : *member,
            .is_in_member = member != nullptr};
}

} // namespace STET_NAMESPACE::detail
