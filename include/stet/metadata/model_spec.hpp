// SPDX-License-Identifier: MIT
#ifndef STET_METADATA_MODEL_SPEC_HPP
#define STET_METADATA_MODEL_SPEC_HPP

#include "../vocabulary/result.hpp"
#include "../vocabulary/impl/decimal.hpp"
#include "../vocabulary/impl/utf8.hpp"
#include "impl/iso_8601.hpp"
#include "thumbnail.hpp"

#include <array>
#include <cstddef>
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
    void put(std::string_view key, std::string_view text)
    {
        if (!text.empty())
            put_if(true, key, text, {});
    }
    void put_required(std::string_view key, std::string_view text)
    {
        if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
            refuse(key, errc::missing_metadata_key);
        put(key, text);
    }
    /// form: what the text must be, as said to the user
    void put_if(bool is_valid, std::string_view key, std::string_view text, std::string_view form)
    {
        if (!is_utf8(text))
            refuse(key, errc::invalid_metadata_utf8);
        else if (!is_valid)
            refuse(key, errc::invalid_metadata_value, form);
        texts_.emplace_back(std::string(prefix) += key, text);
    }
    /// As the standard writes lists, with commas between.
    void put_list(std::string_view key, const std::vector<std::string>& items)
    {
        std::string joined;
        bool        is_valid = true;
        for (const std::string& item : items) {
            constexpr std::string_view blanks = " \t\r\n"; // at an end they would not survive being split
            is_valid = is_valid && item.find(',') == std::string::npos && !item.empty() &&
                       blanks.find(item.front()) == std::string_view::npos &&
                       blanks.find(item.back()) == std::string_view::npos;
            joined += joined.empty() ? "" : ", ";
            joined += item;
        }
        if (!items.empty())
            put_if(is_valid, key, joined,
                   "a list of texts that are not empty, hold no comma and do not begin or end blank");
    }

    result<metadata_texts> finish() &&
    {
        if (refused_)
            return *refused_;
        return std::move(texts_);
    }

private:
    static constexpr std::string_view prefix = "modelspec.";

    void refuse(std::string_view key, errc code, std::string_view form = {})
    {
        if (refused_)
            return;
        refused_ = error{.code = code}.about(prefix, key);
        refused_->parties[0].assign(form);
    }

    metadata_texts       texts_;
    std::optional<error> refused_;
};

inline std::string joined_numbers(std::uint64_t first, char separator, std::uint64_t second)
{
    std::string text(decimal(first).view());
    text += separator;
    return text += decimal(second).view();
}

constexpr bool is_sha256_text(std::string_view text) noexcept
{
    return text.size() == 66 && text.starts_with("0x") &&
           text.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
}

inline bool needs_resolution(const model_spec& model) noexcept
{
    return model.category == model_category::image && !model.is_adapter_or_component &&
           model.architecture.find('/') == std::string::npos;
}

inline void put_image_keys(model_spec_entries& entries, const model_spec& model)
{
    entries.put("trigger_phrase", model.trigger_phrase);
    if (!model.prediction_type.empty()) {
        const bool is_named = !model.architecture.starts_with("stable-diffusion") ||
                              model.prediction_type == "v" || model.prediction_type == "epsilon";
        entries.put_if(is_named, "prediction_type", model.prediction_type,
                       "'v' or 'epsilon' for Stable Diffusion");
    }
    if (model.timestep_range) {
        const timesteps& range = *model.timestep_range;
        entries.put_if(range.first <= range.last, "timestep_range",
                       joined_numbers(range.first, ',', range.last),
                       "a first timestep and a last one that is not before it");
    }
    if (model.encoder_layer)
        entries.put_if(*model.encoder_layer > 0, "encoder_layer", decimal(*model.encoder_layer).view(),
                       "the number of a layer, counted from 1");
    entries.put("preprocessor", model.preprocessor);
    if (model.is_negative_embedding)
        entries.put("is_negative_embedding", *model.is_negative_embedding ? "true" : "false");
    entries.put_list("unet_dtype", model.unet_dtype);
    entries.put_list("vae_dtype", model.vae_dtype);
}

} // namespace detail

/// The metadata that conforms to ModelSpec, checked; usable wherever a dict of metadata is.
/// errors: missing_metadata_key, invalid_metadata_value, invalid_metadata_utf8, each with the first key at fault
inline result<metadata_texts> model_spec_metadata(const model_spec& model)
{
    detail::model_spec_entries entries;
    entries.put("sai_model_spec", model_spec_version);
    entries.put_required("architecture", model.architecture);
    entries.put_required("implementation", model.implementation);
    entries.put_required("title", model.title);
    if (model.resolution) {
        const pixel_size& size = *model.resolution;
        entries.put_if(size.width > 0 && size.height > 0, "resolution",
                       detail::joined_numbers(size.width, 'x', size.height),
                       "a width and a height above zero");
    } else if (detail::needs_resolution(model)) {
        entries.put_required("resolution", {});
    }
    if (model.category == model_category::text)
        entries.put_required("data_format", model.data_format);
    else
        entries.put("data_format", model.data_format);

    entries.put("description", model.description);
    entries.put("author", model.author);
    if (!model.date.empty())
        entries.put_if(detail::is_iso_8601(model.date), "date", model.date,
                       "an ISO 8601 date that exists, such as '2024-05-31' or '2024-05-31T18:13:38Z'");
    if (!model.hash_sha256.empty())
        entries.put_if(detail::is_sha256_text(model.hash_sha256), "hash_sha256", model.hash_sha256,
                       "'0x' and 64 lower-case hexadecimal digits");
    entries.put("format_type", model.format_type);

    entries.put("implementation_version", model.implementation_version);
    entries.put("license", model.license);
    entries.put("usage_hint", model.usage_hint);
    if (!model.thumbnail.empty())
        entries.put_if(is_image_uri(model.thumbnail), "thumbnail", model.thumbnail,
                       "a data URI of an image in base64, such as thumbnail_uri() gives");
    entries.put_list("tags", model.tags);
    entries.put_list("merged_from", model.merged_from);
    detail::put_image_keys(entries, model);
    entries.put_list("language", model.language);
    entries.put("format_template", model.format_template);
    return std::move(entries).finish();
}

/// The keys that the standard recommends for such a model and that are not given.
/// lifetime: always valid
inline std::vector<std::string_view> missing_recommended(const model_spec& model)
{
    std::vector<std::string_view> missing;
    const auto                    look = [&missing](std::string_view key, const std::string& text) {
        if (text.empty())
            missing.push_back(key);
    };
    look("modelspec.description", model.description);
    look("modelspec.author", model.author);
    look("modelspec.date", model.date);
    look("modelspec.hash_sha256", model.hash_sha256);
    if (model.category == model_category::text)
        look("modelspec.format_type", model.format_type);
    return missing;
}

} // namespace STET_NAMESPACE

#endif
