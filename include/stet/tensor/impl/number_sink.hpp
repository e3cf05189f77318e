// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_IMPL_NUMBER_SINK_HPP
#define STET_TENSOR_IMPL_NUMBER_SINK_HPP

#include "../../sink/sink.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"
#include "../tensor_view.hpp"
#include "number_conversion.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

namespace STET_NAMESPACE::detail {

/// Elements of a tensor, cut anywhere on their way, put together again.
class element_carry {
public:
    explicit element_carry(std::size_t width) noexcept : width_(width) {}

    /// Hands over whole elements: `put(from, count)` returns result<void>.
    template <class Put>
    result<void> feed(bytes data, Put put)
    {
        while (have_ != 0 && !data.empty()) {
            element_[have_++] = data[0];
            data = data.subspan(1);
            if (have_ < width_)
                continue;
            have_ = 0;
            if (auto done = put(element_.data(), std::size_t{1}); !done)
                return done;
        }
        const std::size_t whole = data.size() / width_;
        if (whole != 0) {
            if (auto done = put(data.data(), whole); !done)
                return done;
        }
        data = data.subspan(whole * width_);
        if (!data.empty())
            std::memcpy(element_.data(), data.data(), data.size());
        have_ = data.empty() ? have_ : data.size();
        return {};
    }

private:
    std::array<std::byte, 8> element_{};
    std::size_t              width_;
    std::size_t              have_ = 0;
};

/// Bytes of an element, or one where elements have no whole bytes.
constexpr std::size_t carried_size(dtype type) noexcept
{
    return is_sub_byte(type) ? 1 : element_size(type);
}

/// Converts a tensor's elements into memory that holds them all.
template <class Number>
class number_sink {
public:
    number_sink(dtype type, Number* to, std::size_t count) noexcept
        : type_(type), convert_(conversions<Number>[static_cast<std::size_t>(type)]),
          carry_(carried_size(type)), to_(to), count_(count)
    {
    }

    /// Whether elements of that dtype are read as such numbers. Only then there may be a write.
    bool is_possible() const noexcept { return convert_ != nullptr; }

    result<void> write(bytes data)
    {
        return carry_.feed(data, [this](const std::byte* from, std::size_t count) -> result<void> {
            STET_ASSERT(count <= count_ - done_, "stet: more elements than were asked for");
            const std::size_t held = convert_(from, count, to_ + done_);
            if (held != count)
                return unfit_error(type_, from + held * element_size(type_), std::uint64_t{done_} + held,
                                   dtype_of<Number>);
            done_ += count;
            return {};
        });
    }

private:
    dtype              type_;
    conversion<Number> convert_;
    element_carry      carry_;
    Number*            to_;
    std::size_t        count_;
    std::size_t        done_ = 0;
};

/// Converts a tensor's elements and passes them on, a few at a time.
template <class Number, class Take>
class passing_sink {
public:
    passing_sink(dtype type, Take& take) noexcept
        : type_(type), convert_(conversions<Number>[static_cast<std::size_t>(type)]),
          carry_(carried_size(type)), take_(&take)
    {
    }

    bool is_possible() const noexcept { return convert_ != nullptr; }

    result<void> write(bytes data)
    {
        return carry_.feed(data, [this](const std::byte* from, std::size_t count) -> result<void> {
            std::array<Number, 64> some{};
            while (count != 0) {
                const std::size_t now = count < some.size() ? count : some.size();
                const std::size_t held = convert_(from, now, some.data());
                for (std::size_t i = 0; i < held; ++i)
                    (*take_)(some[i]);
                done_ += held;
                if (held != now)
                    return unfit_error(type_, from + held * element_size(type_), done_, dtype_of<Number>);
                from += now * element_size(type_);
                count -= now;
            }
            return {};
        });
    }

private:
    dtype              type_;
    conversion<Number> convert_;
    element_carry      carry_;
    Take*              take_;
    std::uint64_t      done_ = 0;
};

/// How many elements a tensor has, where so many of `width` bytes fit into memory.
std::optional<std::size_t> count_of_elements(const tensor_view& tensor, std::size_t width) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "number_sink.ipp"
#endif

#endif
