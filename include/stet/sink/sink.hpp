// SPDX-License-Identifier: MIT
#ifndef STET_SINK_SINK_HPP
#define STET_SINK_SINK_HPP

#include "../config/config.hpp"
#include "../result/result.hpp"

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

namespace stet::inline v0_1 {

using bytes = std::span<const std::byte>;

/// Anything that takes bytes in file order: `result<void> write(bytes)`, all of them or an error.
template <class Sink>
concept sink = requires(Sink& destination, bytes data)
{
    {
        destination.write(data)
        } -> std::same_as<result<void>>;
};

/// A sink of any type, borrowed: two words. Is a sink itself.
/// lifetime: the sink must outlive the reference
class sink_ref {
public:
    template <sink Sink>
    requires(!std::same_as<Sink, sink_ref> &&
             !std::is_const_v<Sink>) constexpr sink_ref(Sink& destination) noexcept
        : object_(&destination),
          write_([](void* object, bytes data) { return static_cast<Sink*>(object)->write(data); })
    {
    }

    result<void> write(bytes data) const { return write_(object_, data); }

private:
    void* object_;
    result<void> (*write_)(void*, bytes);
};

} // namespace stet::inline v0_1

#endif
