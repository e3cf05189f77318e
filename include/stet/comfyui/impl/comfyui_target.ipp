// SPDX-License-Identifier: MIT

#include "../../file/native_file_system.hpp"
#include "../../naming/output_name.hpp"
#include "../../vocabulary/impl/decimal.hpp"
#include "../../vocabulary/impl/json_document.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../comfyui_name.hpp"
#include "../comfyui_target.hpp"
#include "python_path.hpp"

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace STET_NAMESPACE::comfyui {

STET_INLINE result<target> target::take(const file_system& calls, request asked, durability lasting,
                                        existing_file existing)
{
    asked.paths = calls.paths;
    if (!asked.fields.time && detail::mentions_time(asked.prefix))
        asked.fields.time = local_time();
    const bool resolves_links = asked.rule != naming_rule::comfyui_0_8;
    auto       place = resolves_links ? result<comfyui::place>(split_prefix(asked)) : resolve(asked);
    if (!place)
        return place.error();
    const bool has_nul = (place->folder + place->stem).find('\0') != std::string::npos;
    const bool is_allowed =
        calls.paths == path_style::posix || detail::is_allowed(place->stem + '_', calls.paths);
    if (has_nul || !is_allowed)
        return error{.code = errc::invalid_file_name}.about(place->prefix_out);
    auto in = resolves_links ? open_inside(calls, *place, std::string(asked.output_dir), lasting)
                             : folder::create(calls, place->folder, lasting);
    if (!in)
        return in.error();
    if (lasting == durability::full) {
        // Whoever created the folders may not have made their names last yet.
        const auto root = folder::create(calls, std::string(asked.output_dir), lasting);
        if (!root)
            return root.error();
        if (auto made = root->make_last_below(*in, place->folder); !made)
            return made.error();
    }
    return claim(*std::move(in), *std::move(place), existing);
}

STET_INLINE target::target(folder in, part_file file, comfyui::place place, detail::python_int number,
                           std::string name, existing_file existing) noexcept
    : in_(std::move(in)), file_(std::move(file)), place_(std::move(place)), number_(std::move(number)),
      name_(std::move(name)), existing_(existing)
{
}

STET_INLINE result<folder> target::open_inside(const file_system& calls, const comfyui::place& place,
                                               const std::string& output_dir, durability lasting)
{
    auto root = folder::open(calls, output_dir);
    if (!root && root.error().os_code == ENOENT) {
        if (!detail::is_inside_by_text(place, output_dir)) // where nothing is, there are no links either
            return error{.code = errc::outside_root}.about(place.folder);
        root = folder::create(calls, output_dir, lasting);
    }
    if (!root)
        return root;

    std::vector<std::string> missing; // the last part first
    std::string              path = place.folder;
    auto                     in = folder::open(calls, path);
    while (!in && in.error().os_code == ENOENT) {
        auto [above, own_name] = folder::split(path, calls.paths);
        if (own_name.empty() || own_name == ".." || above == path) // not even its top is there
            return error{.code = errc::outside_root}.about(place.folder);
        missing.push_back(std::move(own_name));
        path = std::move(above);
        in = folder::open(calls, path);
    }
    if (!in)
        return in;
    const auto inside = root->contains(*in, path);
    if (!inside)
        return inside.error();
    if (!*inside) {
        const error outside = error{.code = errc::outside_root}.about(place.folder);
        return detail::is_inside_by_text(place, output_dir) ? outside.with("link") : outside;
    }
    for (; in && !missing.empty(); missing.pop_back()) {
        path = detail::python_path::joined(path, missing.back(), calls.paths);
        in = in->enter(missing.back(), *root, lasting, path);
    }
    return in;
}

STET_INLINE result<detail::python_int> target::next_number(const folder& in, const comfyui::place& place)
{
    counter    numbers(place);
    const auto listed = detail::retried([&] {
        return in.calls().list(in.calls().context, in.handle(),
                               [&](std::string_view entry) { numbers.see(entry); });
    });
    if (listed.error != 0)
        return detail::os_error(listed.error, detail::system_step::list_folder, place.folder);
    return numbers.next();
}

STET_INLINE result<target> target::claim(folder in, comfyui::place place, existing_file existing)
{
    constexpr std::size_t             most_attempts = 1000;
    std::optional<detail::python_int> refused;
    std::optional<detail::python_int> tried;
    std::size_t                       losses = 0;
    std::size_t                       times = 0; // the part file of one name is the lock of its number
    for (std::size_t attempt = 1;; ++attempt) {
        auto number = next_number(in, place);
        if (!number)
            return number.error();
        times = tried == *number ? times + 1 : 1;
        tried = *number;
        std::string name = file_name(place.stem, *number);
        std::string path = detail::python_path::joined(place.folder, name, place.paths);
        auto        part = part_file::create(in, part_name(place.stem, *number, times), path,
                                      existing == existing_file::replace ? name : std::string());
        const bool  is_lost = !part && part.error().code == errc::part_file_lost;
        losses += is_lost ? 1U : 0U;
        const bool is_taken = !part && part.error().os_code == EEXIST;
        if ((is_taken && attempt < most_attempts) || (is_lost && losses < part_file::most_losses))
            continue;
        if (!part)
            return part.error();

        entry_facts facts;
        const auto  found = in.inspect(name, links::refuse, facts);
        const bool  exists = found.error == 0;
        if (!exists && found.error != ENOENT)
            return detail::os_error(found.error, detail::system_step::inspect, path);
        if (exists && existing == existing_file::refuse) {
            if (refused == *number || attempt == most_attempts)
                return error{.code = errc::name_taken}.about(path);
            refused = *std::move(number);
            continue;
        }
        if (exists && facts.kind != entry_kind::file)
            return error{.code = errc::not_a_regular_file}.about(path);
        return target(std::move(in), *std::move(part), std::move(place), *std::move(number), std::move(name),
                      existing);
    }
}

STET_INLINE std::string target::part_name(const std::string& stem, const detail::python_int& number,
                                          std::size_t attempt)
{
    std::string extension(attempt > 1 ? detail::decimal(attempt).view() : std::string_view());
    extension += part_extension;
    return file_name(stem, number, extension);
}

STET_INLINE result<saved_checkpoint> save_plan(const plan& tensors, const numbered& where,
                                               const save_options& options)
{
    return detail::save_under_free_name(
        tensors, options,
        [&] {
            return target::take(*options.file_system,
                                {.prefix = where.prefix,
                                 .output_dir = where.output_dir,
                                 .fields = where.fields,
                                 .rule = where.rule},
                                options.durability, where.existing);
        },
        [&](target& taken, auto use) {
            const std::string digits = taken.number().text();
            std::uint64_t     number = 0; // one that ComfyUI would give may be negative or of any size
            const bool        fits =
                std::from_chars(digits.data(), digits.data() + digits.size(), number).ec == std::errc();
            return use(claimed_name{.path = taken.file().path(),
                                    .stem = taken.place().stem,
                                    .number = fits ? std::optional(number) : std::nullopt,
                                    .digits = digits,
                                    .model = tensors.model()});
        });
}

STET_INLINE result<metadata_list> make_metadata(const claimed_name&            saved,
                                                const std::optional<workflow>& graph)
{
    metadata_list            list;
    const model_description& model = saved.model;
    if (!model.architecture.empty()) {
        set_metadata(list, "modelspec.architecture", model.architecture);
        set_metadata(list, "modelspec.sai_model_spec", "1.0.0");
        set_metadata(list, "modelspec.implementation", "sgm");
        std::string title(saved.stem);
        title += ' ';
        title += saved.digits;
        set_metadata(list, "modelspec.title", title);
    }
    if (const auto key = model.prediction ? detail::predict_key(model.prediction->type) : ""; !key.empty())
        set_metadata(list, "modelspec.predict_key", key);
    if (!graph)
        return list;

    std::uint64_t size = 0;
    const auto    set_json = [&](std::string_view key, std::string_view json) -> result<void> {
        const auto dumped = redump_json(json);
        if (!dumped)
            return dumped.error().about(key);
        size += dumped->view().size();
        if (size > graph->largest)
            return error{.code = errc::metadata_too_large, .expected = graph->largest, .actual = size}.about(
                key);
        set_metadata(list, key, dumped->view());
        return {};
    };
    if (!graph->prompt) {
        set_metadata(list, "prompt", "");
    } else if (auto set = set_json("prompt", *graph->prompt); !set) {
        return set.error();
    }
    for (const json_entry& entry : graph->extra) {
        if (auto set = set_json(entry.key, entry.json); !set)
            return set.error();
    }
    return list;
}

STET_INLINE result<detail::json_text> redump_json(std::string_view text, const allocator& memory) noexcept
{
    const auto read = detail::read_json(text, memory);
    if (!read)
        return read.error();
    detail::json_text_builder out(memory);
    if (!out.make_room(text.size()) ||
        !detail::put_json(out, read->root(), detail::json_letters::ascii, memory))
        return detail::out_of_memory(text.size());
    return std::move(out).finished();
}

} // namespace STET_NAMESPACE::comfyui
