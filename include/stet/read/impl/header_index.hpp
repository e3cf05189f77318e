// SPDX-License-Identifier: MIT
#ifndef STET_READ_IMPL_HEADER_INDEX_HPP
#define STET_READ_IMPL_HEADER_INDEX_HPP

#include "../../tensor/dtype.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "json_cursor.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// A text of a header: a piece of the header itself, or of the texts that had to be unescaped.
struct indexed_text {
    std::uint32_t at = 0; ///< the highest bit is set for unescaped texts
    std::uint32_t size = 0;
};

/// A tensor as the header describes it. Offsets count from the start of the data.
struct indexed_tensor {
    indexed_text  name{};
    std::uint32_t hash = 0;       ///< of the name, under the index's seed
    std::uint32_t position = 0;   ///< of the name's opening quote in the header
    std::uint32_t first_axis = 0; ///< where its shape starts among all shapes
    std::uint32_t rank = 0;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    dtype         type = dtype::u8;
};

struct indexed_metadata {
    indexed_text  key{};
    indexed_text  value{};
    std::uint32_t position = 0; ///< of the key's opening quote in the header
};

/// Something wrong with a header's text, remembered until it is known that nothing comes before it.
struct header_flaw {
    std::string_view reason{};
    std::size_t      at = 0; ///< in the header
    indexed_text     member{};
    bool             is_in_member = false;
};

/// What a header says, in five arrays whatever the number of tensors.
/// lifetime: borrows the header's text
struct header_index {
    explicit header_index(const allocator& memory) noexcept;

    std::string_view view(indexed_text piece) const noexcept;

    /// Takes a string found in the text; false when the allocator gave nothing.
    bool keep(const json_string_piece& piece, indexed_text& kept) noexcept;

    /// Adds what stands before `at`; false when the allocator gave nothing. Makes room for as many as the text will
    /// bring if it goes on as it began: growing step by step would copy and touch fresh memory time and again.
    template <class Element>
    [[nodiscard]] bool add(growing_array<Element>& to, const Element& element, std::size_t at) noexcept
    {
        if (to.size() == to.capacity() && !to.empty()) {
            const std::uint64_t in_all = std::uint64_t{to.size()} * text.size() / at;
            const std::uint64_t most = std::uint64_t{to.size()} * 8; // a text may go on otherwise
            const auto          wanted = memory_size(in_all < most ? in_all + in_all / 32 : most);
            static_cast<void>(to.reserve(wanted)); // without that room it grows as it goes
        }
        return to.push(element);
    }

    std::string_view                text{}; ///< the header itself, at most 100,000,000 bytes
    growing_array<char>             unescaped;
    growing_array<indexed_tensor>   tensors;
    growing_array<std::uint64_t>    axes;
    growing_array<indexed_metadata> metadata;
    bool                            has_metadata = false; ///< an object, even an empty one
    std::uint64_t                   seed = 0;             ///< of the names' hashes

private:
    std::size_t room_ = 0;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "header_index.ipp"
#endif

#endif
