// SPDX-License-Identifier: MIT
#ifndef STET_MERGE_IMPL_MIXING_HPP
#define STET_MERGE_IMPL_MIXING_HPP

#include "../../quantised/dequantised.hpp"
#include "../../read/checkpoint_reader.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/result.hpp"
#include "mixture.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <optional>

namespace STET_NAMESPACE::detail {

/// The numbers of an operand in order, as floats.
class operand_reader {
public:
    operand_reader(const operand& of, const allocator& memory) noexcept
        : type_(of.layer != nullptr ? dtype::f32 : of.tensor.type), plain_(of.tensor, memory)
    {
        if (of.layer != nullptr)
            layer_.emplace(*of.layer, memory);
    }

    /// The next numbers.
    /// errors: those of the tensor or the layer's tensors
    result<void> read(float* to, std::size_t count);

private:
    dtype                                  type_;
    tensor_reader                          plain_;
    std::optional<quantised::value_reader> layer_{};
};

/// Writes a mixture in blocks.
class mixing {
public:
    static constexpr std::size_t block = std::size_t{1} << 14U; ///< elements

    explicit mixing(const mixture& mixed) noexcept;

    /// errors: out_of_memory
    result<void> prepare();

    /// Writes the next numbers, at most a block: mixed ones, or those of the first.
    /// errors: those of the operands and the sink
    result<void> write(std::size_t count, bool is_mixed, sink_ref destination);

    const merging::number_counts& numbers() const noexcept { return numbers_; }

private:
    float*       numbers_of(std::size_t place) noexcept { return floats_.data() + place * block; }
    bool         needs(std::size_t which) const noexcept;
    result<void> read(std::size_t which, std::size_t count);
    void         mix(std::size_t count) noexcept;
    void         count_not_finite(std::size_t count, bool is_mixed) noexcept;

    const mixture&                mixed_;
    std::array<operand_reader, 3> readers_;
    growing_array<float>          floats_; ///< of the operands, the result, and products
    growing_array<std::byte>      made_;
    merging::number_counts        numbers_{};
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "mixing.ipp"
#endif

#endif
