// SPDX-License-Identifier: MIT
#ifndef STET_METADATA_MODEL_SPEC_HPP
#define STET_METADATA_MODEL_SPEC_HPP

#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/decimal.hpp"
#include "../vocabulary/result.hpp"
#include "impl/iso_8601.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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
    std::string architecture{};   ///< such as "stable-diffusion-xl-v1-base", "stable-diffusion-v1/lora"
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
    std::string date{};        ///< ISO 8601; of `local_time()`: iso_8601(*local_time())
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
    std::string prediction_type{}; ///< of Stable Diffusion "v" or "epsilon"; else the model's own
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

/// Metadata made of owned texts; a dict of metadata as it is.
using metadata_texts = std::vector<std::pair<std::string, std::string>>;

namespace detail {

/// Collects entries and remembers the first that is refused.
class model_spec_entries {
public:
    void put(std::string_view key, std::string_view text);
    void put_required(std::string_view key, std::string_view text);
    /// form: what the text must be, as said to the user
    void put_if(bool is_valid, std::string_view key, std::string_view text, std::string_view form);
    /// As the standard writes lists, with commas between.
    void put_list(std::string_view key, const std::vector<std::string>& items);

    result<metadata_texts> finish() &&;

private:
    static constexpr std::string_view prefix = "modelspec.";

    void refuse(std::string_view key, errc code, std::string_view form = {});

    metadata_texts       texts_;
    std::optional<error> refused_;
};

std::string joined_numbers(std::uint64_t first, char separator, std::uint64_t second);

constexpr bool is_sha256_text(std::string_view text) noexcept
{
    return text.size() == 66 && text.starts_with("0x") &&
           text.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
}

bool needs_resolution(const model_spec& model) noexcept;

void put_image_keys(model_spec_entries& entries, const model_spec& model);

} // namespace detail

/// The metadata that conforms to ModelSpec, checked; usable wherever a dict of metadata is.
/// errors: missing_metadata_key, invalid_metadata_value, invalid_metadata_utf8, each with the first key at fault
result<metadata_texts> model_spec_metadata(const model_spec& model);

/// The keys that the standard recommends for such a model and that are not given.
/// lifetime: always valid
std::vector<std::string_view> missing_recommended(const model_spec& model);

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/model_spec.ipp"
#endif

#endif
