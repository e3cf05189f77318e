// SPDX-License-Identifier: MIT
#ifndef STET_METADATA_MODEL_SPEC_HPP
#define STET_METADATA_MODEL_SPEC_HPP

#include "../comfyui/ceilings.hpp"
#include "../header/header.hpp"
#include "../header/metadata.hpp"
#include "../state/model.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "impl/base64.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace STET_NAMESPACE {

/// The version of the standard that `model_spec_metadata` writes.
inline constexpr std::string_view model_spec_version = "1.0.1";

/// What a model is for: some keys are required of one category only.
enum class model_category : std::uint8_t { image, text, other };

/// The size of a picture.
struct pixel_size {
    std::uint32_t width = 0;  ///< in pixels
    std::uint32_t height = 0; ///< in pixels
};

/// Both ends belong to it.
struct timesteps {
    std::uint32_t first = 0; ///< from 0 to 1000
    std::uint32_t last = 0;  ///< not below `first`
};

/// What ModelSpec wants said about a model. A text or a list left empty is left out of the file.
/// source: https://github.com/Stability-AI/ModelSpec, version 1.0.1
struct model_spec {
    // required of every model
    std::string
        architecture{}; ///< such as "stable-diffusion-xl-v1-base", "stable-diffusion-v1/lora"; empty: as saved
    std::string implementation{}; ///< the code that defines the tensors' names, such as "sgm", "diffusers"
    std::string title{};          ///< the model's name for people

    // required of a category
    model_category category = model_category::image; ///< decides what else is required
    bool           is_adapter_or_component = false;  ///< always true where the architecture has a slash
    std::optional<pixel_size> resolution{};          ///< of image models that are no adapter or component
    std::string               data_format{};         ///< of text models, such as "fp16", "gptq-4bit"

    // recommended
    std::string description{}; ///< for people
    std::string author{};      ///< a person or a company
    std::string date{};        ///< ISO 8601, such as "2024-05-31T18:13:38"
    std::string hash_sha256{}; ///< "0x" and 64 lower-case digits; over all bytes after the header
    std::string format_type{}; ///< of text models: general, writing, chat, code, technical

    // optional
    std::string              implementation_version{}; ///< a commit of that code
    std::string              license{};                ///< such as "MIT"
    std::string              usage_hint{};             ///< how it is best used
    std::string              thumbnail{};              ///< from thumbnail_uri()
    std::vector<std::string> tags{};                   ///< words to be found by
    std::vector<std::string> merged_from{};            ///< titles of the models it was merged from

    // optional, for image models
    std::string trigger_phrase{}; ///< words that the model was trained to react to
    std::string
        prediction_type{}; ///< of models that are neither "v" nor "epsilon", their own word; else as saved
    std::optional<timesteps>     timestep_range{};        ///< where only some were trained
    std::optional<std::uint32_t> encoder_layer{};         ///< "clip skip", counted from 1
    std::string                  preprocessor{};          ///< broad type, such as "depth"
    std::optional<bool>          is_negative_embedding{}; ///< of textual inversions
    std::vector<std::string>     unet_dtype{};            ///< types known to work
    std::vector<std::string>     vae_dtype{};             ///< types known to work for the vae

    // optional, for text models
    std::vector<std::string> language{};        ///< such as "en/US"
    std::string              format_template{}; ///< with %%SYSTEM%%, %%USER%%, %%AI%%
};

/// The metadata that conforms to ModelSpec, checked; usable wherever a dict of metadata is.
/// saved:  `plan.model()`, or what a `metadata_for` callback gets: it fills in architecture and prediction_type
/// errors: missing_metadata_key, invalid_metadata_value, invalid_metadata_utf8, each with the first key at fault;
///         invalid_metadata_value also for a prediction_type that is not the one saved
result<metadata_list> model_spec_metadata(const model_spec& model, const model_description& saved = {});

/// The keys that the standard recommends for such a model and that are not given.
/// lifetime: always valid
std::vector<std::string_view> missing_recommended(const model_spec& model);

namespace detail {

/// Half of the lowest ceiling that other programs have for a header: the other half is left to the tensors' names.
inline constexpr std::uint64_t default_thumbnail_limit = ceilings::known.front().longest / 2;

/// Whether the bytes begin as files of that media type do; false for any other type.
constexpr bool begins_as(std::string_view media_type, std::span<const std::byte> image) noexcept
{
    struct signature {
        std::string_view media_type;
        std::size_t      offset;
        std::string_view bytes;
    };
    constexpr std::array<signature, 4> signatures{{
        {"image/jpeg", 0, "\xFF\xD8\xFF"},
        {"image/png", 0, "\x89PNG\r\n\x1A\n"},
        {"image/webp", 0, "RIFF"},
        {"image/webp", 8, "WEBP"},
    }};
    bool                               is_known = false;
    for (const signature& expected : signatures) {
        if (expected.media_type != media_type)
            continue;
        is_known = true;
        if (image.size() < expected.offset + expected.bytes.size())
            return false;
        for (std::size_t i = 0; i < expected.bytes.size(); ++i) {
            if (image[expected.offset + i] != static_cast<std::byte>(expected.bytes[i]))
                return false;
        }
    }
    return is_known;
}

} // namespace detail

/// An encoded image as a data URI, for `model_spec::thumbnail`. A JPEG of 256 x 256 pixels is what the standard
/// recommends.
/// image:      the bytes of an image file
/// media_type: "image/jpeg", "image/png" or "image/webp"
/// limit:      bytes the URI may have
/// errors:     invalid_metadata_value for another media type, or bytes that do not begin as it does;
///             metadata_too_large
result<std::string> thumbnail_uri(std::span<const std::byte> image, std::string_view media_type,
                                  std::uint64_t limit = detail::default_thumbnail_limit);

namespace detail {

/// Whether a text is a data URI of an image in base64.
constexpr bool is_image_uri(std::string_view text) noexcept
{
    constexpr std::string_view scheme = "data:image/";
    constexpr std::string_view encoding = ";base64,";
    const std::size_t          at = text.find(encoding);
    if (!text.starts_with(scheme) || at == std::string_view::npos || at <= scheme.size())
        return false;
    for (const char c : text.substr(scheme.size(), at - scheme.size())) {
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '+' && c != '-' && c != '.')
            return false;
    }
    const std::string_view data = text.substr(at + encoding.size());
    return !data.empty() && detail::is_base64(data);
}

} // namespace detail

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/model_spec.ipp"
#endif

#endif
