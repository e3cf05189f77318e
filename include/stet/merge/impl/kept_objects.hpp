// SPDX-License-Identifier: MIT
#ifndef STET_MERGE_IMPL_KEPT_OBJECTS_HPP
#define STET_MERGE_IMPL_KEPT_OBJECTS_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"

#include <cstddef>
#include <new>
#include <utility>

namespace STET_NAMESPACE::detail {

/// Objects of any type that keep their places and go with this one.
template <class Object>
class kept_objects {
public:
    explicit kept_objects(const allocator& memory) noexcept : objects_(memory) {}
    kept_objects(kept_objects&& other) noexcept = default;
    kept_objects& operator=(kept_objects&& other) noexcept
    {
        std::swap(objects_, other.objects_);
        return *this;
    }
    kept_objects(const kept_objects&) = delete;
    kept_objects& operator=(const kept_objects&) = delete;
    ~kept_objects()
    {
        const allocator& memory = objects_.memory();
        for (Object* const one : objects_) {
            one->~Object();
            memory.deallocate(memory.context, one, sizeof(Object), alignof(Object));
        }
    }

    /// Null when the allocator gave nothing.
    [[nodiscard]] Object* keep(Object&& object) noexcept
    {
        const allocator& memory = objects_.memory();
        void* const      place = memory.allocate(memory.context, sizeof(Object), alignof(Object));
        if (place == nullptr)
            return nullptr;
        if (!objects_.push(static_cast<Object*>(place))) {
            memory.deallocate(memory.context, place, sizeof(Object), alignof(Object));
            return nullptr;
        }
        return ::new (place) Object(std::move(object));
    }

    std::size_t size() const noexcept { return objects_.size(); }

private:
    growing_array<Object*> objects_;
};

} // namespace STET_NAMESPACE::detail

#endif
