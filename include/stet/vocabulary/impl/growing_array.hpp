// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_GROWING_ARRAY_HPP
#define STET_VOCABULARY_IMPL_GROWING_ARRAY_HPP

#include "../borrowed.hpp"

#include <cstddef>
#include <type_traits>

namespace STET_NAMESPACE::detail {

/// Bytes of an element, and what its address is a multiple of.
struct element_form {
    std::size_t size;
    std::size_t alignment;
};

/// The memory of a growing array, whatever its elements are: what is done with it exists once.
class growing_memory {
public:
    growing_memory(const growing_memory&) = delete;
    growing_memory& operator=(const growing_memory&) = delete;

    std::size_t      size() const noexcept { return size_; }
    std::size_t      capacity() const noexcept { return capacity_; }
    bool             empty() const noexcept { return size_ == 0; }
    const allocator& memory() const noexcept { return memory_; }

    /// Forgets the elements and keeps the memory.
    void clear() noexcept { size_ = 0; }

protected:
    explicit growing_memory(const allocator& memory) noexcept : memory_(memory) {}
    growing_memory(growing_memory&& other) noexcept;
    growing_memory& operator=(growing_memory&&) = delete;
    ~growing_memory() = default;

    /// False when the allocator gave nothing; the content is unchanged then.
    [[nodiscard]] bool reserve(std::size_t count, element_form form) noexcept;

    /// Makes room for some more: by half again, starting at sixteen.
    [[nodiscard]] bool grow(std::size_t more, element_form form) noexcept;

    /// Adds elements that lie outside.
    [[nodiscard]] bool append(const void* elements, std::size_t count, element_form form) noexcept;

    /// Gives its memory back and takes the other's.
    void take(growing_memory& other, element_form form) noexcept;

    void release(element_form form) noexcept;

    allocator   memory_;
    void*       data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

/// A vector of plain data that reports an exhausted allocator instead of throwing, and does not clear memory that is
/// about to be overwritten.
template <class Element>
class growing_array : public growing_memory {
    static_assert(std::is_trivially_copyable_v<Element>);
    static constexpr element_form form{.size = sizeof(Element), .alignment = alignof(Element)};

public:
    explicit growing_array(const allocator& memory = heap()) noexcept : growing_memory(memory) {}
    growing_array(growing_array&& other) noexcept = default;
    growing_array& operator=(growing_array&& other) noexcept
    {
        take(other, form);
        return *this;
    }
    growing_array(const growing_array&) = delete;
    growing_array& operator=(const growing_array&) = delete;
    ~growing_array()
    {
        if (data_ != nullptr)
            release(form);
    }

    /// False when the allocator gave nothing; the content is unchanged then.
    [[nodiscard]] bool reserve(std::size_t count) noexcept { return growing_memory::reserve(count, form); }

    /// False when the allocator gave nothing.
    [[nodiscard]] bool push(const Element& element) noexcept
    {
        const Element copy = element; // may lie inside this array
        if (size_ == capacity_ && !grow(1, form))
            return false;
        data()[size_++] = copy;
        return true;
    }

    /// Adds all of the elements, which lie outside this array. False when the allocator gave nothing.
    [[nodiscard]] bool append(array_view<const Element> elements) noexcept
    {
        return growing_memory::append(elements.data(), elements.size(), form);
    }

    /// Elements beyond the old size are left unset.
    [[nodiscard]] bool resize(std::size_t count) noexcept
    {
        if (!reserve(count))
            return false;
        size_ = count;
        return true;
    }

    Element*                  data() noexcept { return static_cast<Element*>(data_); }
    const Element*            data() const noexcept { return static_cast<const Element*>(data_); }
    Element*                  begin() noexcept { return data(); }
    Element*                  end() noexcept { return data() + size_; }
    const Element*            begin() const noexcept { return data(); }
    const Element*            end() const noexcept { return data() + size_; }
    Element&                  operator[](std::size_t i) noexcept { return data()[i]; }
    const Element&            operator[](std::size_t i) const noexcept { return data()[i]; }
    array_view<Element>       view() noexcept { return {data(), size_}; }
    array_view<const Element> view() const noexcept { return {data(), size_}; }
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "growing_array.ipp"
#endif

#endif
