// SPDX-License-Identifier: MIT
// A checkpoint with a tensor of every kind that writers treat differently.
#ifndef STET_TESTS_SUPPORT_MIXED_CHECKPOINT_HPP
#define STET_TESTS_SUPPORT_MIXED_CHECKPOINT_HPP

#include <stet/stet.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace support {

/// Many small tensors, and large ones: packed, at aligned and at odd addresses; strided; produced; empty.
class mixed_checkpoint {
public:
    static constexpr std::size_t large = 300'000;

    mixed_checkpoint() : memory_(4 * large + 2 * 4096)
    {
        std::uint32_t state = 99;
        for (std::byte& each : memory_) {
            state = state * 1664525U + 1013904223U;
            each = static_cast<std::byte>(state >> 24U);
        }
        const auto        address = reinterpret_cast<std::uintptr_t>(memory_.data());
        const std::size_t aligned = (4096 - address % 4096) % 4096;
        for (std::size_t i = 0; i < 200; ++i)
            add("small." + std::to_string(i), packed(i * 7, i % 90));
        // Tensors of the same number of bytes modulo 4096 as their place in the file, and others.
        for (std::size_t shift = 0; shift < 4096; shift += 1021)
            add("large." + std::to_string(shift), packed(aligned + shift, large - shift));
        for (std::size_t i = 0; i < 4; ++i)
            add("page." + std::to_string(i), packed(aligned + i * 8192, 8192));
        add("empty", packed(0, 0));
        add("turned", *stet::strided_view(stet::dtype::u8, {300, 1000}, {1, 300}, stet::bytes(memory_)));
        add("made", *stet::produced_view(
                        stet::dtype::u8, {large}, *this,
                        [](const mixed_checkpoint& of, stet::sink_ref out) { return of.produce(out); }));
    }
    mixed_checkpoint(const mixed_checkpoint&) = delete;
    mixed_checkpoint& operator=(const mixed_checkpoint&) = delete;
    ~mixed_checkpoint() = default;

    /// What the packed tensors lie in, from a page's beginning on.
    stet::bytes pages() const
    {
        const auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
        return stet::bytes(memory_).subspan((4096 - address % 4096) % 4096);
    }

    /// The producer fails with this error from now on.
    void fail(const stet::error& how) { failure_ = how; }

    stet::result<stet::plan> plan(const stet::plan_options& options = {}) const
    {
        return stet::make_plan(stet::model_only{.model = dict_}, stet::layouts::generic{}, options);
    }

    template <class Target>
    stet::result<stet::saved_checkpoint> save(const Target& where, const stet::save_options& options) const
    {
        return stet::save(stet::model_only{.model = dict_}, stet::layouts::generic{}, where, options);
    }

    /// The bytes of the file, as the plainest way gives them.
    std::string file(stet::file_order order = stet::reference_order) const
    {
        std::string                    bytes;
        stet::append_sink<std::string> out(bytes);
        static_cast<void>(
            stet::save(stet::model_only{.model = dict_}, stet::layouts::generic{}, out, {.order = order}));
        return bytes;
    }

private:
    stet::tensor_view packed(std::size_t from, std::size_t size) const
    {
        return *stet::view_of(stet::dtype::u8, {size}, memory_.data() + from, size);
    }
    void add(std::string name, const stet::tensor_view& tensor)
    {
        dict_.emplace_back(std::move(name), tensor);
    }

    /// From a buffer that is overwritten after each piece.
    stet::result<void> produce(stet::sink_ref out) const
    {
        std::array<std::byte, 1000> piece;
        for (std::size_t done = 0; done < large; done += piece.size()) {
            if (failure_.code != stet::errc{} && done > large / 2)
                return failure_;
            for (std::size_t i = 0; i < piece.size(); ++i)
                piece[i] = memory_[(done + i) * 3 % large];
            if (auto written = out.write(piece); !written)
                return written;
            piece.fill(std::byte{0xEE});
        }
        return {};
    }

    std::vector<std::byte>                                 memory_;
    std::vector<std::pair<std::string, stet::tensor_view>> dict_{};
    stet::error                                            failure_{};
};

} // namespace support

#endif
