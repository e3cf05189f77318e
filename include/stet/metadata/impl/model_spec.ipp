// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/decimal.hpp"
#include "../../vocabulary/impl/utf8.hpp"
#include "../model_spec.hpp"
#include "iso_8601.hpp"

namespace STET_NAMESPACE {

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

    result<metadata_list> finish() &&;

private:
    static constexpr std::string_view prefix = "modelspec.";

    void refuse(std::string_view key, errc code, std::string_view form = {});

    metadata_list        texts_;
    std::optional<error> refused_;
};

constexpr bool is_sha256_text(std::string_view text) noexcept
{
    return text.size() == 66 && text.starts_with("0x") &&
           text.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
}

STET_INLINE void model_spec_entries::put(std::string_view key, std::string_view text)
{
    if (!text.empty())
        put_if(true, key, text, {});
}

STET_INLINE void model_spec_entries::put_required(std::string_view key, std::string_view text)
{
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        refuse(key, errc::missing_metadata_key);
    put(key, text);
}

STET_INLINE void model_spec_entries::put_if(bool is_valid, std::string_view key, std::string_view text,
                                            std::string_view form)
{
    if (!is_utf8(text))
        refuse(key, errc::invalid_metadata_utf8);
    else if (!is_valid)
        refuse(key, errc::invalid_metadata_value, form);
    texts_.emplace_back(std::string(prefix) += key, text);
}

STET_INLINE void model_spec_entries::put_list(std::string_view key, const std::vector<std::string>& items)
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

STET_INLINE result<metadata_list> model_spec_entries::finish() &&
{
    if (refused_)
        return *refused_;
    return std::move(texts_);
}

STET_INLINE void model_spec_entries::refuse(std::string_view key, errc code, std::string_view form)
{
    if (refused_)
        return;
    refused_ = error{.code = code}.with(form).about(prefix, key);
}

inline std::string joined_numbers(std::uint64_t first, char separator, std::uint64_t second)
{
    std::string text(decimal(first).view());
    text += separator;
    return text += decimal(second).view();
}

inline std::string_view architecture_of(const model_spec& model, const model_description& saved) noexcept
{
    return model.architecture.empty() ? saved.architecture : std::string_view(model.architecture);
}

/// The word for the prediction that is saved; one of the caller's own where that has none.
inline void put_prediction_type(model_spec_entries& entries, const model_spec& model,
                                const model_description& saved)
{
    const std::string_view word = saved.prediction ? predict_key(saved.prediction->type) : std::string_view();
    const std::string_view given = model.prediction_type;
    const bool             is_plain = given == "v" || given == "epsilon";
    if (given.empty())
        entries.put("prediction_type", word);
    else if (saved.prediction && (is_plain || !word.empty()))
        entries.put_if(given == word, "prediction_type", given, "left out, or what the checkpoint records");
    else
        entries.put_if(is_plain || !architecture_of(model, saved).starts_with("stable-diffusion"),
                       "prediction_type", given, "'v' or 'epsilon' for Stable Diffusion");
}

inline void put_image_keys(model_spec_entries& entries, const model_spec& model,
                           const model_description& saved)
{
    entries.put("trigger_phrase", model.trigger_phrase);
    put_prediction_type(entries, model, saved);
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

STET_INLINE result<metadata_list> model_spec_metadata(const model_spec& model, const model_description& saved)
{
    detail::model_spec_entries entries;
    entries.put("sai_model_spec", model_spec_version);
    const std::string_view architecture = detail::architecture_of(model, saved);
    entries.put_required("architecture", architecture);
    entries.put_required("implementation", model.implementation);
    entries.put_required("title", model.title);
    if (model.resolution) {
        const pixel_size& size = *model.resolution;
        entries.put_if(size.width > 0 && size.height > 0, "resolution",
                       detail::joined_numbers(size.width, 'x', size.height),
                       "a width and a height above zero");
    } else if (model.category == model_category::image && !model.is_adapter_or_component &&
               architecture.find('/') == std::string_view::npos)
    {
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
        entries.put_if(detail::is_image_uri(model.thumbnail), "thumbnail", model.thumbnail,
                       "a data URI of an image in base64, such as thumbnail_uri() gives");
    entries.put_list("tags", model.tags);
    entries.put_list("merged_from", model.merged_from);
    detail::put_image_keys(entries, model, saved);
    entries.put_list("language", model.language);
    entries.put("format_template", model.format_template);
    return std::move(entries).finish();
}

STET_INLINE std::vector<std::string_view> missing_recommended(const model_spec& model)
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

STET_INLINE result<std::string> thumbnail_uri(std::span<const std::byte> image, std::string_view media_type,
                                              std::uint64_t limit)
{
    const error about_thumbnail = error{}.about("modelspec.thumbnail");
    if (!detail::begins_as(media_type, image)) {
        error refused = about_thumbnail;
        refused.code = errc::invalid_metadata_value;
        return refused.with("a JPEG, PNG or WebP image, given with its own media type such as 'image/jpeg'");
    }
    std::string uri = "data:";
    uri += media_type;
    uri += ";base64,";
    const std::uint64_t size = uri.size() + detail::base64_size(image.size());
    if (size > limit) {
        error refused = about_thumbnail;
        refused.code = errc::metadata_too_large;
        refused.expected = limit;
        refused.actual = size;
        return refused;
    }
    detail::append_base64(uri, image);
    return uri;
}

} // namespace STET_NAMESPACE
