// SPDX-License-Identifier: MIT
// Merges two checkpoints as ComfyUI's merging nodes do: each number is a weighted mean of the two. Tensors are read,
// merged and written piece by piece, so that models of any size take a few megabytes of memory.
#include "checkpoint_file.hpp"
#include "command_line.hpp"
#include "destination.hpp"
#include "family_layout.hpp"
#include "progress_bar.hpp"
#include "readable.hpp"
#include "report.hpp"

#include <stet/metadata/merged_metadata.hpp>
#include <stet/stet.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using example::checkpoint_file;
using example::file_tensor;

// ---- which ratio a tensor gets ----------------------------------------------------------------------------

struct ratios {
    std::optional<double> all{};
    std::optional<double> input{};
    std::optional<double> middle{};
    std::optional<double> out{};
    std::optional<double> text_encoder{};
    std::optional<double> vision_encoder{};
    std::optional<double> vae{};

    double usual() const { return all.value_or(0.5); }
    bool   any_of_model() const { return input || middle || out; }
    bool   any_of_component() const { return any_of_model() || text_encoder || vision_encoder || vae; }

    /// source: ComfyUI's ModelMergeBlocks: a name's beginning decides, what has none of the three goes with the input
    double of_model(std::string_view key) const
    {
        if (key.starts_with("middle"))
            return middle.value_or(usual());
        if (key.starts_with("out"))
            return out.value_or(usual());
        return input.value_or(usual());
    }
};

/// source: ComfyUI's CLIPMergeSimple: these stay as they are
bool is_kept_text_tensor(std::string_view name)
{
    return name.ends_with(".position_ids") || name.ends_with(".logit_scale");
}

/// Tells the ratio by the component that a name belongs to.
class ratio_finder {
public:
    ratio_finder(const ratios& given, const stet::checkpoint_header& header) : given_(given)
    {
        const example::detected_layout detected = example::detect(header);
        layout_ = detected.layout;
        is_in_doubt_ = !detected.layout && !detected.names.empty();
        for (const stet::stored_tensor tensor : header)
            has_[example::index_of(membership_of(tensor.name).of)] = true;
        has_[example::index_of(example::component::extra)] = false;
        has_components_ = std::find(has_.begin(), has_.end(), true) != has_.end();
    }

    double of(std::string_view name) const
    {
        const example::membership member = membership_of(name);
        if (!has_components_)
            return is_in_doubt_ ? given_.usual() : given_.of_model(name);
        switch (member.of) {
        case example::component::model:
            return given_.of_model(name.substr(member.prefix));
        case example::component::text_encoder:
            return is_kept_text_tensor(name) ? 1 : given_.text_encoder.value_or(given_.usual());
        case example::component::vision_encoder:
            return given_.vision_encoder.value_or(given_.usual());
        case example::component::vae:
            return given_.vae.value_or(given_.usual());
        case example::component::seconds_start:
        case example::component::seconds_total:
            return given_.usual();
        case example::component::extra:
            break;
        }
        return 1; // noise schedules and the like, which ComfyUI's nodes leave alone, too
    }

    /// An option that speaks of a component the file does not have, or nothing.
    std::string_view meaningless_option() const
    {
        if (is_in_doubt_ && given_.any_of_component())
            return "ratios of components: its names fit layouts that contradict each other";
        if (given_.any_of_model() && has_components_ && !has(example::component::model))
            return "--input, --middle and --out: it has no diffusion model";
        if (given_.text_encoder && !has(example::component::text_encoder))
            return "--text-encoder: it has none, as far as names tell";
        if (given_.vision_encoder && !has(example::component::vision_encoder))
            return "--vision-encoder: it has none, as far as names tell";
        if (given_.vae && !has(example::component::vae))
            return "--vae: it has none, as far as names tell";
        return {};
    }

private:
    example::membership membership_of(std::string_view name) const
    {
        return layout_ ? example::membership_of(name, layout_->rules) : example::membership();
    }

    bool has(example::component which) const { return has_[example::index_of(which)]; }

    ratios                                     given_;
    std::optional<example::layout_facts>       layout_{};
    std::array<bool, example::component_count> has_{};
    bool                                       has_components_ = false;
    bool                                       is_in_doubt_ = false;
};

// ---- numbers ----------------------------------------------------------------------------------------------

bool is_merged_type(stet::dtype type)
{
    return type == stet::dtype::f32 || type == stet::dtype::f16 || type == stet::dtype::bf16;
}

std::uint32_t bits_at(const std::byte* from, std::size_t width)
{
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < width; ++i)
        bits |= std::to_integer<std::uint32_t>(from[i]) << (8 * i);
    return bits;
}

void put_bits(std::byte* to, std::size_t width, std::uint32_t bits)
{
    for (std::size_t i = 0; i < width; ++i)
        to[i] = static_cast<std::byte>(bits >> (8 * i) & 0xFFU);
}

template <class Convert>
void decode_each(std::span<const std::byte> from, std::span<float> to, std::size_t width, Convert convert)
{
    for (std::size_t i = 0; i < to.size(); ++i)
        to[i] = convert(bits_at(from.data() + i * width, width));
}

void decode(stet::dtype type, std::span<const std::byte> from, std::span<float> to)
{
    if (type == stet::dtype::f32)
        decode_each(from, to, 4, [](std::uint32_t bits) { return std::bit_cast<float>(bits); });
    else if (type == stet::dtype::bf16)
        decode_each(from, to, 2, [](std::uint32_t bits) { return std::bit_cast<float>(bits << 16U); });
    else
        decode_each(from, to, 2, [](std::uint32_t bits) {
            return stet::float_from_f16(static_cast<std::uint16_t>(bits));
        });
}

void encode(stet::dtype type, std::span<const float> from, std::span<std::byte> to)
{
    for (std::size_t i = 0; i < from.size(); ++i) {
        if (type == stet::dtype::f32)
            put_bits(to.data() + i * 4, 4, std::bit_cast<std::uint32_t>(from[i]));
        else if (type == stet::dtype::bf16)
            put_bits(to.data() + i * 2, 2, stet::bf16_from_float(from[i]));
        else
            put_bits(to.data() + i * 2, 2, stet::f16_from_float(from[i]));
    }
}

// ---- tensors ----------------------------------------------------------------------------------------------

/// Memory that all tensors share, since one is written after the other.
struct workplace {
    static constexpr std::size_t elements = example::block_size / sizeof(float);

    std::vector<std::byte> first = std::vector<std::byte>(example::block_size);
    std::vector<std::byte> second = std::vector<std::byte>(example::block_size);
    std::vector<float>     first_numbers = std::vector<float>(elements);
    std::vector<float>     second_numbers = std::vector<float>(elements);
    std::vector<std::string_view>
        differing{}; ///< tensors taken from the first file that the second has otherwise
};

enum class treatment { merge, take_first, take_second, compare };

struct merged_tensor {
    const file_tensor* first = nullptr;
    const file_tensor* second = nullptr; ///< null when only the first file has it
    double             ratio = 1;
    treatment          how = treatment::take_first;
    workplace*         work = nullptr;

    stet::result<void> write(stet::sink_ref destination) const
    {
        if (how == treatment::take_first)
            return first->write(destination);
        if (how == treatment::take_second)
            return second->write(destination);
        return how == treatment::merge ? write_mean(destination) : write_compared(destination);
    }

private:
    stet::result<void> write_mean(stet::sink_ref destination) const
    {
        const std::size_t   width = stet::element_size(first->stored.type);
        const std::uint64_t total = first->stored.size() / width;
        for (std::uint64_t at = 0; at < total; at += workplace::elements) {
            const auto count =
                static_cast<std::size_t>(std::min<std::uint64_t>(workplace::elements, total - at));
            const auto a = std::span(work->first_numbers).first(count);
            const auto b = std::span(work->second_numbers).first(count);
            if (auto read = read_numbers(*first, at, work->first, a); !read)
                return read;
            if (auto read = read_numbers(*second, at, work->second, b); !read)
                return read;
            mix(a, b);
            const auto piece = std::span(work->first).first(count * width);
            encode(first->stored.type, a, piece);
            if (auto written = destination.write(piece); !written)
                return written;
        }
        return {};
    }

    static stet::result<void> read_numbers(const file_tensor& from, std::uint64_t at,
                                           std::vector<std::byte>& block, std::span<float> numbers)
    {
        const std::size_t width = stet::element_size(from.stored.type);
        const auto        piece = std::span(block).first(numbers.size() * width);
        if (auto read = from.file->read(from.stored, {.offset = at * width, .size = piece.size()}, piece);
            !read)
            return read;
        decode(from.stored.type, piece, numbers);
        return {};
    }

    void mix(std::span<float> a, std::span<const float> b) const
    {
        const auto of_first = static_cast<float>(ratio);
        const auto of_second = static_cast<float>(1 - ratio);
        if (ratio <= 0) { // what the first holds does not matter, were it infinite
            std::copy(b.begin(), b.end(), a.begin());
            return;
        }
        for (std::size_t i = 0; i < a.size(); ++i) {
            const float from_first = a[i] * of_first;
            const float from_second = b[i] * of_second;
            a[i] = from_first + from_second;
        }
    }

    /// The first file's bytes; notes if the second file's are others.
    stet::result<void> write_compared(stet::sink_ref destination) const
    {
        bool                equal = first->stored.type == second->stored.type;
        const std::uint64_t size = first->stored.size();
        for (std::uint64_t at = 0; at < size; at += example::block_size) {
            const auto count =
                static_cast<std::size_t>(std::min<std::uint64_t>(example::block_size, size - at));
            const auto a = std::span(work->first).first(count);
            const auto b = std::span(work->second).first(count);
            if (auto read = first->file->read(first->stored, {.offset = at, .size = count}, a); !read)
                return read;
            if (equal) {
                if (auto read = second->file->read(second->stored, {.offset = at, .size = count}, b); !read)
                    return read;
                equal = std::equal(a.begin(), a.end(), b.begin());
            }
            if (auto written = destination.write(a); !written)
                return written;
        }
        if (!equal)
            work->differing.push_back(first->stored.name);
        return {};
    }
};

} // namespace

template <>
struct stet::tensor_traits<merged_tensor> {
    static stet::result<stet::tensor_view> view(const merged_tensor& tensor) noexcept
    {
        const stet::stored_tensor& stored = tensor.first->stored;
        return stet::produced_view(stored.type, stored.shape, tensor,
                                   [](const merged_tensor& t, stet::sink_ref to) { return t.write(to); });
    }
};

namespace {

struct merged_entry {
    std::string_view name{};
    merged_tensor    tensor{};
};

// ---- the merge --------------------------------------------------------------------------------------------

struct merged_checkpoint {
    std::vector<merged_entry>     tensors{};
    std::vector<std::string_view> only_first{};
    std::vector<std::string_view> only_second{};
    std::uint64_t                 merged = 0; ///< tensors that have a part of both
    std::uint64_t                 taken_first = 0;
    std::uint64_t                 taken_second = 0;
    std::uint64_t                 other_types = 0;

    /// Decides about one tensor that both files have.
    void add(const example::file_entry& first, const file_tensor& second, double ratio, workplace& work)
    {
        const stet::dtype type = first.tensor.stored.type;
        const bool        are_numbers = is_merged_type(type) && is_merged_type(second.stored.type);
        treatment         how = treatment::merge;
        if (ratio >= 1)
            how = treatment::take_first;
        else if (!are_numbers)
            how = treatment::compare;
        else if (ratio <= 0 && type == second.stored.type)
            how = treatment::take_second;
        merged += how == treatment::merge && ratio > 0 ? 1 : 0;
        taken_first += how == treatment::take_first ? 1 : 0;
        taken_second += are_numbers && ratio <= 0 ? 1 : 0;
        other_types += how == treatment::compare ? 1 : 0;
        tensors.push_back(
            {.name = first.name,
             .tensor = {
                 .first = &first.tensor, .second = &second, .ratio = ratio, .how = how, .work = &work}});
    }
};

/// Returns why the two cannot be merged, or nothing.
std::string merge_files(const checkpoint_file& first, const checkpoint_file& second,
                        const ratio_finder& ratio, workplace& work, merged_checkpoint& out)
{
    for (const example::file_entry& entry : first.tensors()) {
        const auto position = second.header().position_of(entry.name);
        if (!position) {
            out.only_first.push_back(entry.name);
            out.tensors.push_back({.name = entry.name, .tensor = {.first = &entry.tensor}});
            continue;
        }
        const file_tensor& other = second.tensors()[*position].tensor;
        if (!std::ranges::equal(entry.tensor.stored.shape, other.stored.shape))
            return "tensor " + example::quoted(entry.name) + ": its shape is " +
                   example::shape_text(entry.tensor.stored.shape) + " in the first file and " +
                   example::shape_text(other.stored.shape) +
                   " in the second; only equal shapes can be merged";
        out.add(entry, other, ratio.of(entry.name), work);
    }
    for (const example::file_entry& entry : second.tensors()) {
        if (!first.header().position_of(entry.name))
            out.only_second.push_back(entry.name);
    }
    if (out.only_first.size() == out.tensors.size())
        return "the files have no tensor in common";
    if (out.other_types == out.tensors.size() - out.only_first.size())
        return "there is nothing to merge: no tensor that both files have is F32, F16 or BF16";
    return {};
}

/// "3 tensors 'a', 'b', 'c'", the first few of them
std::string listed(const std::vector<std::string_view>& names)
{
    constexpr std::size_t most = 6;
    std::string           text = example::counted(names.size(), "tensor") + ':';
    for (std::size_t i = 0; i < names.size() && i < most; ++i)
        text += (i == 0 ? " " : ", ") + example::quoted(names[i]);
    return names.size() > most ? text + " and " + example::grouped(names.size() - most) + " more" : text;
}

void print_outcome(const merged_checkpoint& merged, const workplace& work)
{
    const auto line = [](std::uint64_t tensors, std::string_view what) {
        if (tensors != 0)
            std::cout << "    " << what << ": " << example::counted(tensors, "tensor") << '\n';
    };
    const auto list = [](const std::vector<std::string_view>& names, std::string_view what) {
        if (!names.empty())
            std::cout << "    " << what << ": " << listed(names) << '\n';
    };
    line(merged.merged, "merged");
    line(merged.taken_first, "taken from the first as they are");
    line(merged.taken_second, "taken from the second");
    line(merged.other_types - work.differing.size(), "of other dtypes, equal in both");
    list(work.differing, "of other dtypes, taken from the first");
    list(merged.only_first, "only in the first, kept");
    list(merged.only_second, "only in the second, left out");
}

// ---- metadata ---------------------------------------------------------------------------------------------

using text_pairs = std::vector<std::pair<std::string, std::string>>;

/// The file's title, else its name; without commas, which separate titles.
std::string title_of(const checkpoint_file& file)
{
    const std::string_view path = file.path();
    std::string            title(file.header().metadata("modelspec.title").value_or(""));
    if (title.empty())
        title = example::repaired(path.substr(path.find_last_of("/\\") + 1));
    std::replace(title.begin(), title.end(), ',', ' ');
    return title;
}

/// What the user says, and of which models this is a merge.
text_pairs own_metadata(const checkpoint_file& first, const checkpoint_file& second,
                        const std::vector<example::key_and_value>& given)
{
    constexpr std::string_view merged_from = "modelspec.merged_from";
    text_pairs                 own;
    bool                       is_said = false;
    for (const auto& [key, value] : given) {
        own.emplace_back(key, value);
        is_said = is_said || key == merged_from;
    }
    if (!is_said)
        own.emplace_back(merged_from, title_of(first) + ", " + title_of(second));
    return own;
}

text_pairs metadata_of(const checkpoint_file& file)
{
    text_pairs metadata;
    for (std::size_t i = 0; i < file.header().metadata_size(); ++i)
        metadata.emplace_back(file.header().metadata(i).key, file.header().metadata(i).value);
    return metadata;
}

// ---- the program ------------------------------------------------------------------------------------------

constexpr std::string_view program = "merge";

constexpr std::string_view notes =
    "The ratios mean what they mean in ComfyUI's ModelMergeSimple, ModelMergeBlocks and\n"
    "CLIPMergeSimple; ModelMergeSimple alone is --ratio R --text-encoder 1 --vae 1. A text encoder's\n"
    "position ids and logit scale, and what belongs to no component, are A's. A file without prefixes\n"
    "is taken for a diffusion model.\n"
    "\n"
    "F32, F16 and BF16 are merged as F32 and saved in A's dtype; tensors of other dtypes are A's, and\n"
    "named when B has others. What only A has is kept, what only B has is left out; both are named.\n"
    "A's metadata is passed on but for digests; modelspec.merged_from names both.\n";

void settle(const ratios& given)
{
    for (const auto& ratio : {given.all, given.input, given.middle, given.out, given.text_encoder,
                              given.vision_encoder, given.vae})
    {
        if (ratio && !(*ratio >= 0 && *ratio <= 1))
            example::refuse_usage(program, "a ratio lies between 0 and 1");
    }
}

int save(const checkpoint_file& first, const checkpoint_file& second, const ratio_finder& ratio,
         const std::vector<example::key_and_value>& metadata, const example::destination& where)
{
    workplace         work;
    merged_checkpoint merged;
    if (const std::string complaint = merge_files(first, second, ratio, work, merged); !complaint.empty())
        return example::report_failure(program, complaint);
    // Names are final already, so that no layout has to place them.
    const auto plan = stet::make_plan(stet::model_only{.model = stet::no_entries, .extra = merged.tensors},
                                      stet::layouts::generic{});
    if (!plan)
        return example::report_failure(program, stet::message(plan.error()));
    const text_pairs passed_on = metadata_of(first);
    const text_pairs own = own_metadata(first, second, metadata);
    const auto       about = stet::merge_metadata(passed_on, own, stet::is_digest_key);
    if (!about)
        return example::report_failure(program, stet::message(about.error()));
    const auto saved = [&] {
        example::progress_bar bar;
        return where.save(*plan, {.metadata = *about, .on_progress = bar});
    }();
    if (!saved)
        return example::report_failure(program, stet::message(saved.error()));
    example::print_file(*saved);
    print_outcome(merged, work);
    return example::done;
}

} // namespace

int main(int count, char** values)
{
    ratios                              given;
    std::vector<example::key_and_value> metadata;
    example::destination                where("checkpoints/merged");

    example::command_line line{
        .name = program,
        .purpose = "Merges two checkpoints: A x ratio + B x (1 - ratio). Ratio 1 is all of A, 0 all of B.",
        .words = "A B",
        .fewest = 2,
        .most = 2,
        .options = {{"--ratio", "R", "of everything that has no ratio of its own (0.5)", &given.all},
                    {"--input", "R",
                     "of the diffusion model's input blocks, and of all in it\n"
                     "that is neither middle nor out",
                     &given.input},
                    {"--middle", "R", "of its middle block", &given.middle},
                    {"--out", "R", "of its output blocks and its out layer", &given.out},
                    {"--text-encoder", "R", "of the text encoder", &given.text_encoder},
                    {"--vision-encoder", "R", "of the vision encoder", &given.vision_encoder},
                    {"--vae", "R", "of the vae", &given.vae},
                    {"--metadata", "KEY=VALUE", "put this into the metadata; may be repeated", &metadata}},
        .notes = notes};
    where.describe(line.options);
    const auto paths = example::parse(line, count, values);
    settle(given);
    where.settle(program);

    checkpoint_file first, second;
    if (const std::string complaint = first.open(paths[0]); !complaint.empty())
        return example::report_failure(program, complaint);
    if (const std::string complaint = second.open(paths[1]); !complaint.empty())
        return example::report_failure(program, complaint);
    const ratio_finder ratio(given, first.header());
    if (const std::string_view option = ratio.meaningless_option(); !option.empty())
        return example::report_failure(program, example::quoted(paths[0]) + " gives no meaning to " +
                                                    std::string(option));
    return save(first, second, ratio, metadata, where);
}
