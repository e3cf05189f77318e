// SPDX-License-Identifier: MIT
// An allocator that knows every block it gave, and can be told to give no more.
#ifndef STET_TESTS_SUPPORT_COUNTING_HEAP_HPP
#define STET_TESTS_SUPPORT_COUNTING_HEAP_HPP

#include <stet/vocabulary/borrowed.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <new>

namespace support {

class counting_heap {
public:
    counting_heap() = default;
    counting_heap(const counting_heap&) = delete;
    counting_heap& operator=(const counting_heap&) = delete;
    ~counting_heap()
    {
        for (const auto& [memory, given] : live_)
            stet::heap().deallocate(nullptr, memory, given.size, given.alignment);
    }

    /// lifetime: borrows this object
    stet::allocator allocator() noexcept
    {
        return {.context = this, .allocate = allocate, .deallocate = deallocate};
    }

    /// From the allocation of this index on, nothing is given.
    void fail_from(std::size_t allocation) noexcept { fails_from_ = allocation; }

    std::size_t allocations() const noexcept { return allocations_; } ///< asked for, refused ones included
    std::size_t live_blocks() const noexcept { return live_.size(); }
    std::size_t live_bytes() const noexcept { return live_bytes_; }
    std::size_t peak_bytes() const noexcept { return peak_bytes_; }     ///< the most that were live at once
    std::size_t wrong_deallocations() const noexcept { return wrong_; } ///< unknown block, size or alignment

private:
    struct block {
        std::size_t size;
        std::size_t alignment;
    };

    static void* allocate(void* context, std::size_t size, std::size_t alignment)
    {
        auto& self = *static_cast<counting_heap*>(context);
        if (self.allocations_++ >= self.fails_from_)
            return nullptr;
        void* const memory = stet::heap().allocate(nullptr, size, alignment);
        if (memory != nullptr) {
            self.live_.insert({memory, {.size = size, .alignment = alignment}});
            self.live_bytes_ += size;
            self.peak_bytes_ = std::max(self.peak_bytes_, self.live_bytes_);
        }
        return memory;
    }

    static void deallocate(void* context, void* memory, std::size_t size, std::size_t alignment)
    {
        auto&      self = *static_cast<counting_heap*>(context);
        const auto found = self.live_.find(memory);
        if (found == self.live_.end() || found->second.size != size || found->second.alignment != alignment) {
            ++self.wrong_;
            return;
        }
        self.live_.erase(found);
        self.live_bytes_ -= size;
        stet::heap().deallocate(nullptr, memory, size, alignment);
    }

    std::map<void*, block> live_{};
    std::size_t            allocations_ = 0;
    std::size_t            fails_from_ = SIZE_MAX;
    std::size_t            live_bytes_ = 0;
    std::size_t            peak_bytes_ = 0;
    std::size_t            wrong_ = 0;
};

} // namespace support

#endif
