// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_UNIT_FEED_HPP
#define STET_QUANTISED_IMPL_UNIT_FEED_HPP

#include "../../sink/sink.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/result.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// A sink that hands on whole units of a tensor, such as its rows, wherever their bytes were cut: `put(from, count)`
/// returns result<void>. Whole ones are seen where they lie; what is kept is never more than one unit.
template <class Put>
class unit_feed {
public:
    /// size: bytes of a unit, at least one
    unit_feed(std::uint64_t size, Put put, const allocator& memory) noexcept
        : size_(size), put_(put), begun_(memory)
    {
    }

    /// errors: out_of_memory; those of put
    result<void> write(bytes data)
    {
        if (!begun_.empty()) {
            const auto taken = smaller_size(data.size(), memory_size(size_ - begun_.size()));
            static_cast<void>(begun_.append({data.data(), taken})); // it has room for the unit
            data = data.subspan(taken);
            if (begun_.size() != size_)
                return {};
            if (auto done = put_(begun_.data(), std::size_t{1}); !done)
                return done;
            begun_.clear();
        }
        const auto whole = memory_size(data.size() / size_);
        if (whole != 0) {
            if (auto done = put_(data.data(), whole); !done)
                return done;
        }
        data = data.subspan(whole * memory_size(smaller_size(size_, std::uint64_t{SIZE_MAX})));
        if (data.empty())
            return {};
        if (size_ > SIZE_MAX || !begun_.reserve(memory_size(size_)) ||
            !begun_.append({data.data(), data.size()}))
            return error{.code = errc::out_of_memory, .expected = size_};
        return {};
    }

private:
    std::uint64_t            size_;
    Put                      put_;
    growing_array<std::byte> begun_;
};

template <class Put>
unit_feed(std::uint64_t, Put, const allocator&) -> unit_feed<Put>;

} // namespace STET_NAMESPACE::detail

#endif
