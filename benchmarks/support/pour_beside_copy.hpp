// SPDX-License-Identifier: MIT
#ifndef STET_BENCHMARKS_SUPPORT_POUR_BESIDE_COPY_HPP
#define STET_BENCHMARKS_SUPPORT_POUR_BESIDE_COPY_HPP

#include "support/beside_floor.hpp"

#include <stet/sink/sink.hpp>
#include <stet/tensor/tensor_view.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace benchmarks {

/// Times the pour of a tensor into a sink beside a memcpy of the same bytes.
template <class Sink>
void pour_beside_copy(benchmark::State& state, const stet::tensor_view& tensor, Sink& sink)
{
    std::vector<std::byte> from(static_cast<std::size_t>(tensor.size), std::byte{3});
    std::vector<std::byte> to(from.size());
    time_beside_floor(
        state,
        [&] {
            if (!stet::pour(tensor, sink))
                state.SkipWithError("the tensor was refused");
        },
        [&] {
            std::memcpy(to.data(), from.data(), to.size());
            benchmark::ClobberMemory();
        });
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(tensor.size));
}

} // namespace benchmarks

#endif
