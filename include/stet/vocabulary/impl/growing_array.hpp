// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_GROWING_ARRAY_HPP
#define STET_VOCABULARY_IMPL_GROWING_ARRAY_HPP

#include "../borrowed.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace STET_NAMESPACE::detail {

/// A vector of plain data that reports an exhausted allocator instead of throwing, and does not clear memory that is
/// about to be overwritten.
template <class Element>
class growing_array {
    static_assert(std::is_trivially_copyable_v<Element>);

public:
    explicit growing_array(allocator memory = heap()) noexcept : memory_(memory) {}
    growing_array(growing_array&& other) noexcept
        : memory_(other.memory_), data_(other.data_), size_(other.size_), capacity_(other.capacity_)
    {
        other.forget();
    }
    growing_array& operator=(growing_array&& other) noexcept
    {
        if (this != &other) {
            release();
            memory_ = other.memory_;
            data_ = other.data_;
            size_ = other.size_;
            capacity_ = other.capacity_;
            other.forget();
        }
        return *this;
    }
    growing_array(const growing_array&) = delete;
    growing_array& operator=(const growing_array&) = delete;
    ~growing_array() { release(); }

    /// False when the allocator gave nothing; the content is unchanged then.
    [[nodiscard]] bool reserve(std::size_t count) noexcept
    {
        if (count <= capacity_)
            return true;
        if (count > SIZE_MAX / sizeof(Element))
            return false;
        void* const fresh = memory_.allocate(memory_.context, count * sizeof(Element), alignof(Element));
        if (fresh == nullptr)
            return false;
        if (size_ != 0)
            std::memcpy(fresh, data_, size_ * sizeof(Element));
        const std::size_t kept = size_;
        release();
        data_ = static_cast<Element*>(fresh);
        size_ = kept;
        capacity_ = count;
        return true;
    }

    /// Grows by half again, starting at sixteen. False when the allocator gave nothing.
    [[nodiscard]] bool push(const Element& element) noexcept
    {
        const Element copy = element; // may lie inside this array
        if (size_ == capacity_ && !reserve(capacity_ < 16 ? 16 : capacity_ + capacity_ / 2))
            return false;
        data_[size_++] = copy;
        return true;
    }

    /// Adds all of the elements, which lie outside this array. False when the allocator gave nothing.
    [[nodiscard]] bool append(array_view<const Element> elements) noexcept
    {
        if (elements.size() > capacity_ - size_) {
            const std::size_t half_more = capacity_ + capacity_ / 2;
            const std::size_t needed = size_ + elements.size();
            if (!reserve(needed < half_more ? half_more : needed))
                return false;
        }
        if (!elements.empty())
            std::memcpy(data_ + size_, elements.data(), elements.size() * sizeof(Element));
        size_ += elements.size();
        return true;
    }

    /// Forgets the elements and keeps the memory.
    void clear() noexcept { size_ = 0; }

    /// Elements beyond the old size are left unset.
    [[nodiscard]] bool resize(std::size_t count) noexcept
    {
        if (!reserve(count))
            return false;
        size_ = count;
        return true;
    }

    std::size_t               size() const noexcept { return size_; }
    std::size_t               capacity() const noexcept { return capacity_; }
    bool                      empty() const noexcept { return size_ == 0; }
    Element*                  data() noexcept { return data_; }
    const Element*            data() const noexcept { return data_; }
    Element*                  begin() noexcept { return data_; }
    Element*                  end() noexcept { return data_ + size_; }
    const Element*            begin() const noexcept { return data_; }
    const Element*            end() const noexcept { return data_ + size_; }
    Element&                  operator[](std::size_t i) noexcept { return data_[i]; }
    const Element&            operator[](std::size_t i) const noexcept { return data_[i]; }
    array_view<Element>       view() noexcept { return {data_, size_}; }
    array_view<const Element> view() const noexcept { return {data_, size_}; }
    const allocator&          memory() const noexcept { return memory_; }

private:
    void release() noexcept
    {
        if (data_ != nullptr)
            memory_.deallocate(memory_.context, data_, capacity_ * sizeof(Element), alignof(Element));
        forget();
    }
    void forget() noexcept
    {
        data_ = nullptr;
        size_ = 0;
        capacity_ = 0;
    }

    allocator   memory_;
    Element*    data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

} // namespace STET_NAMESPACE::detail

#endif
