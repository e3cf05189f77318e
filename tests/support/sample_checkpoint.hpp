// SPDX-License-Identifier: MIT
// A small checkpoint to save, and the question whether a file holds just that.
#ifndef STET_TESTS_SUPPORT_SAMPLE_CHECKPOINT_HPP
#define STET_TESTS_SUPPORT_SAMPLE_CHECKPOINT_HPP

#include "support/parsed_checkpoint.hpp"

#include <stet/stet.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

/// Three tensors in two components; the content differs from seed to seed.
class sample_checkpoint {
public:
    explicit sample_checkpoint(unsigned seed = 1, std::size_t size = 1000)
        : weights_(size), scale_(3), pixels_(48)
    {
        std::uint32_t state = seed * 2654435761U + 1U;
        const auto    next = [&state] {
            state = state * 1664525U + 1013904223U;
            return static_cast<unsigned char>(state >> 24U);
        };
        for (std::vector<std::uint8_t>* const bytes : {&weights_, &scale_, &pixels_}) {
            for (std::uint8_t& byte : *bytes)
                byte = next();
        }
        model_ = {{"weights", *stet::view_of(weights_, {weights_.size()})},
                  {"scale", *stet::view_of(scale_, {scale_.size()})}};
        vae_ = {{"decoder.pixels", *stet::view_of(pixels_, {6, 8})}};
    }
    sample_checkpoint(const sample_checkpoint&) = delete;
    sample_checkpoint& operator=(const sample_checkpoint&) = delete;
    ~sample_checkpoint() = default;

    using dict = std::vector<std::pair<std::string, stet::tensor_view>>;

    stet::full view() const noexcept
    {
        return {.model = model_, .text_encoder = stet::no_entries, .vae = vae_, .extra = stet::no_entries};
    }

    template <class Target>
    stet::result<stet::saved_checkpoint> save(const Target&             where,
                                              const stet::save_options& options = {}) const
    {
        return stet::save(view(), stet::layouts::generic{}, where, options);
    }

    /// Whether these bytes are a sound file that holds exactly these tensors.
    bool is_in(std::string_view file) const
    {
        const auto parsed = parse_checkpoint(file);
        return parsed && parsed->tensors.size() == 3 &&
               holds(*parsed, "model.diffusion_model.weights", weights_) &&
               holds(*parsed, "model.diffusion_model.scale", scale_) &&
               holds(*parsed, "vae.decoder.pixels", pixels_);
    }

private:
    static bool holds(const parsed_checkpoint& parsed, std::string_view name,
                      const std::vector<std::uint8_t>& bytes)
    {
        const parsed_tensor* const tensor = parsed.find(name);
        return tensor != nullptr && tensor->dtype == "U8" &&
               tensor->bytes == std::string(bytes.begin(), bytes.end());
    }

    std::vector<std::uint8_t> weights_;
    std::vector<std::uint8_t> scale_;
    std::vector<std::uint8_t> pixels_;
    dict                      model_{};
    dict                      vae_{};
};

} // namespace support

#endif
