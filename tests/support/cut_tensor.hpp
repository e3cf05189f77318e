// SPDX-License-Identifier: MIT
// A tensor that gives its bytes in pieces of a size, as one that is read from a file does; and a sink that lends memory.
#ifndef STET_TESTS_SUPPORT_CUT_TENSOR_HPP
#define STET_TESTS_SUPPORT_CUT_TENSOR_HPP

#include <stet/sink/sink.hpp>
#include <stet/tensor/tensor_view.hpp>
#include <stet/tensor/views.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace support {

class cut_tensor {
public:
    /// of: packed; borrowed
    cut_tensor(const stet::tensor_view& of, std::size_t piece) : of_(of), piece_(piece) {}

    /// lifetime: borrows this object
    stet::tensor_view view() const
    {
        auto made = stet::produced_view(
            of_.type, of_.shape, *this,
            [](const cut_tensor& tensor, stet::sink_ref destination) { return tensor.pour(destination); });
        return *made;
    }

private:
    stet::result<void> pour(stet::sink_ref destination) const
    {
        stet::bytes left = of_.packed();
        while (!left.empty()) {
            const auto now = left.first(std::min(piece_, left.size()));
            if (auto written = destination.write(now); !written)
                return written;
            left = left.subspan(now.size());
        }
        return {};
    }

    stet::tensor_view of_;
    std::size_t       piece_;
};

/// Lends a block of its own for what comes next, and counts what was made elsewhere.
struct lending_sink {
    explicit lending_sink(std::size_t size) : block(size) {}

    std::vector<std::byte> block;
    std::string            all{};
    std::size_t            from_elsewhere = 0;

    stet::result<void> write(stet::bytes data)
    {
        from_elsewhere += data.data() == block.data() ? 0U : 1U;
        all.append(reinterpret_cast<const char*>(data.data()), data.size());
        return {};
    }
    stet::result<std::span<std::byte>> lend(std::size_t wanted)
    {
        return std::span<std::byte>(block).first(std::min(wanted, block.size()));
    }
};

} // namespace support

#endif
