// SPDX-License-Identifier: MIT
#include "growing_array.hpp"

#include <cstdint>
#include <cstring>

namespace STET_NAMESPACE::detail {

STET_INLINE growing_memory::growing_memory(growing_memory&& other) noexcept
    : memory_(other.memory_), data_(other.data_), size_(other.size_), capacity_(other.capacity_)
{
    other.data_ = nullptr;
    other.size_ = other.capacity_ = 0;
}

STET_INLINE bool growing_memory::reserve(std::size_t count, element_form form) noexcept
{
    if (count <= capacity_)
        return true;
    if (count > SIZE_MAX / form.size)
        return false;
    void* const fresh = memory_.allocate(memory_.context, count * form.size, form.alignment);
    if (fresh == nullptr)
        return false;
    const std::size_t kept = size_;
    if (kept != 0)
        std::memcpy(fresh, data_, kept * form.size);
    release(form);
    data_ = fresh;
    size_ = kept;
    capacity_ = count;
    return true;
}

STET_INLINE bool growing_memory::grow(std::size_t more, element_form form) noexcept
{
    const std::size_t half_more = capacity_ < 16 ? 16 : capacity_ + capacity_ / 2;
    const std::size_t needed = size_ + more;
    return reserve(needed < half_more ? half_more : needed, form);
}

STET_INLINE bool growing_memory::append(const void* elements, std::size_t count, element_form form) noexcept
{
    if (count > capacity_ - size_ && !grow(count, form))
        return false;
    if (count != 0)
        std::memcpy(static_cast<char*>(data_) + size_ * form.size, elements, count * form.size);
    size_ += count;
    return true;
}

STET_INLINE void growing_memory::take(growing_memory& other, element_form form) noexcept
{
    if (this == &other)
        return;
    release(form);
    memory_ = other.memory_;
    data_ = other.data_;
    size_ = other.size_;
    capacity_ = other.capacity_;
    other.data_ = nullptr;
    other.size_ = other.capacity_ = 0;
}

STET_INLINE void growing_memory::release(element_form form) noexcept
{
    if (data_ != nullptr)
        memory_.deallocate(memory_.context, data_, capacity_ * form.size, form.alignment);
    data_ = nullptr;
    size_ = capacity_ = 0;
}

} // namespace STET_NAMESPACE::detail
