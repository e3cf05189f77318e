// SPDX-License-Identifier: MIT
#ifndef STET_SINK_SINK_HPP
#define STET_SINK_SINK_HPP

#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

namespace STET_NAMESPACE {

/// Bytes that somebody else keeps.
using bytes = std::span<const std::byte>;

namespace detail {

/// What std::as_bytes gives, without a std::span of each kind of element.
template <class Element>
bytes bytes_of(const Element* first, std::size_t count) noexcept
{
    return {reinterpret_cast<const std::byte*>(first), count * sizeof(Element)};
}

} // namespace detail

/// Anything that takes bytes in file order: `result<void> write(bytes)`, all of them or an error.
template <class Sink>
concept sink = requires(Sink& destination, bytes data) {
    {
        destination.write(data)
    } -> std::same_as<result<void>>;
};

namespace detail {

/// A sink that has memory of its own on the way, and lends it to be filled: what is passed to write() from there is
/// not copied again, if it begins where the lent memory does; from anywhere else in it, it is moved there. `lend(wanted)`
/// gives the place where the next bytes belong: `wanted` bytes or more, or as many as there are.
/// lifetime: what is lent is good until the next call of the sink
template <class Sink>
concept lending_sink = sink<Sink> && requires(Sink& destination, std::size_t wanted) {
    {
        destination.lend(wanted)
    } -> std::same_as<result<std::span<std::byte>>>;
};

struct sink_calls {
    result<void> (*write)(void*, bytes);
    result<std::span<std::byte>> (*lend)(void*, std::size_t);
};

template <class Sink>
result<void> call_write(void* object, bytes data)
{
    return static_cast<Sink*>(object)->write(data);
}

template <class Sink>
result<std::span<std::byte>> call_lend(void* object, std::size_t wanted)
{
    if constexpr (lending_sink<Sink>) {
        return static_cast<Sink*>(object)->lend(wanted);
    } else {
        static_cast<void>(object);
        static_cast<void>(wanted);
        return std::span<std::byte>();
    }
}

template <class Sink>
inline constexpr sink_calls calls_of{.write = call_write<Sink>, .lend = call_lend<Sink>};

} // namespace detail

/// A sink of any type, borrowed: two words. Is a sink itself, and a lending one.
/// lifetime: the sink must outlive the reference
class sink_ref {
public:
    /// Any sink.
    template <sink Sink>
    requires(!std::same_as<Sink, sink_ref> && !std::is_const_v<Sink>)
    constexpr sink_ref(Sink& destination STET_LIFETIME_BOUND) noexcept
        : object_(&destination), calls_(&detail::calls_of<Sink>)
    {
    }

    result<void> write(bytes data) const { return calls_->write(object_, data); }

    /// Nothing when the sink lends nothing.
    result<std::span<std::byte>> lend(std::size_t wanted) const;

private:
    void*                     object_;
    const detail::sink_calls* calls_;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/sink.ipp"
#endif

#endif
