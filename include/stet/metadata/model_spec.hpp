// SPDX-License-Identifier: MIT
#ifndef STET_METADATA_MODEL_SPEC_HPP
#define STET_METADATA_MODEL_SPEC_HPP

#include "../header/metadata.hpp"
#include "../state/prediction.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace STET_NAMESPACE {

/// The version of the standard that `model_spec_metadata` writes.
inline constexpr std::string_view model_spec_version = "1.0.1";

/// What a model is for: some keys are required of one category only.
enum class model_category : std::uint8_t { image, text, other };

struct pixel_size {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
};

/// Both ends belong to it.
struct timesteps {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
};

/// What ModelSpec wants said about a model. A text or a list left empty is left out of the file.
/// source: https://github.com/Stability-AI/ModelSpec, version 1.0.1
struct model_spec {
    // required of every model
    std::string
        architecture{}; ///< such as "stable-diffusion-xl-v1-base", "stable-diffusion-v1/lora"; empty: as saved
    std::string implementation{}; ///< the code that defines the tensors' names, such as "sgm", "diffusers"
    std::string title{};

    // required of a category
    model_category category = model_category::image;
    bool           is_adapter_or_component = false; ///< always true where the architecture has a slash
    std::optional<pixel_size> resolution{};         ///< of image models that are no adapter or component
    std::string               data_format{};        ///< of text models, such as "fp16", "gptq-4bit"

    // recommended
    std::string description{};
    std::string author{};
    std::string date{};        ///< ISO 8601, such as "2024-05-31T18:13:38"
    std::string hash_sha256{}; ///< "0x" and 64 lower-case digits; over all bytes after the header
    std::string format_type{}; ///< of text models: general, writing, chat, code, technical

    // optional
    std::string              implementation_version{};
    std::string              license{};
    std::string              usage_hint{};
    std::string              thumbnail{}; ///< from thumbnail_uri()
    std::vector<std::string> tags{};
    std::vector<std::string> merged_from{}; ///< titles of the models it was merged from

    // optional, for image models
    std::string trigger_phrase{};
    std::string
        prediction_type{}; ///< of models that are neither "v" nor "epsilon", their own word; else as saved
    std::optional<timesteps>     timestep_range{}; ///< where only some were trained
    std::optional<std::uint32_t> encoder_layer{};  ///< "clip skip", counted from 1
    std::string                  preprocessor{};   ///< broad type, such as "depth"
    std::optional<bool>          is_negative_embedding{};
    std::vector<std::string>     unet_dtype{}; ///< types known to work
    std::vector<std::string>     vae_dtype{};

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

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/model_spec.ipp"
#endif

#endif
