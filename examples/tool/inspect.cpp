// SPDX-License-Identifier: MIT
// Shows what checkpoints hold: components, tensors, metadata. Reads their headers, never their data.
#include "checkpoint_file.hpp"
#include "checkpoint_picture.hpp"
#include "family_layout.hpp"
#include "json_list.hpp"
#include "picture_file.hpp"
#include "readable.hpp"
#include "report_each.hpp"
#include "subcommand.hpp"
#include "table.hpp"

#include <stet/tensor/dtype.hpp>
#include <stet/tensor/sizes.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr std::string_view program = "stet inspect";

using example::checkpoint_file;
using example::grouped;

std::string_view name_of(std::size_t component)
{
    return component == example::index_of(example::component::extra)
               ? std::string_view("other")
               : example::name_of(example::every_component[component]);
}

/// Sums over tensors of one component.
struct totals {
    std::uint64_t                                        tensors = 0;
    std::uint64_t                                        parameters = 0;
    std::uint64_t                                        bytes = 0;
    std::array<std::uint64_t, stet::detail::dtype_count> of_type{};

    void add(const stet::stored_tensor& tensor)
    {
        ++tensors;
        if (const auto elements = stet::element_count(tensor.shape))
            parameters += *elements;
        bytes += tensor.size();
        ++of_type[static_cast<std::size_t>(tensor.type)];
    }

    /// The types there are, the most frequent one first.
    std::vector<std::pair<std::string_view, std::uint64_t>> dtypes() const
    {
        std::vector<std::pair<std::string_view, std::uint64_t>> present;
        for (std::size_t i = 0; i < of_type.size(); ++i) {
            if (of_type[i] != 0)
                present.emplace_back(stet::name(static_cast<stet::dtype>(i)), of_type[i]);
        }
        std::stable_sort(present.begin(), present.end(),
                         [](const auto& a, const auto& b) { return a.second > b.second; });
        return present;
    }
};

/// A file as it is shown.
struct overview {
    checkpoint_file                              file{};
    example::detected_layout                     detected{};
    totals                                       all{};
    std::array<totals, example::component_count> components{};

    example::component component_of(const stet::stored_tensor& tensor) const
    {
        return detected.layout ? example::membership_of(tensor.name, detected.layout->rules).of
                               : example::component::extra;
    }

    /// The layouts that the names fit; none where no tensor belongs to a component of theirs, as in a LoRA.
    std::vector<std::string_view> layouts() const
    {
        const auto& unknown = components[example::index_of(example::component::extra)];
        if (detected.layout && unknown.tensors == all.tensors)
            return {};
        return detected.names;
    }

    /// "sd1", or several that come to the same here
    std::string layout_text() const
    {
        const auto names = layouts();
        if (names.empty())
            return "none that is known";
        std::string text(names[0]);
        for (std::size_t i = 1; i < names.size() && i < 3; ++i)
            text += " or " + std::string(names[i]);
        if (!detected.layout)
            text = "in doubt, " + text;
        return names.size() > 3 ? text + " or " + grouped(names.size() - 3) + " more" : text;
    }
};

/// Returns why the file cannot be shown, or nothing.
std::string look_at(const std::string& path, overview& seen)
{
    if (std::string complaint = seen.file.open(path); !complaint.empty())
        return complaint;
    seen.detected = example::detect(seen.file.header());
    for (const stet::stored_tensor tensor : seen.file.header()) {
        seen.all.add(tensor);
        seen.components[example::index_of(seen.component_of(tensor))].add(tensor);
    }
    return {};
}

// ---- for people -------------------------------------------------------------------------------------------

constexpr auto left = example::table::side::left;
constexpr auto right = example::table::side::right;

/// "F16", or with counts where there are several: "F16 195, I64 1"
std::string dtypes_text(const totals& of)
{
    const auto  types = of.dtypes();
    std::string text;
    for (const auto& [name, count] : types) {
        text += text.empty() ? "" : ", ";
        text += name;
        text += types.size() > 1 ? ' ' + grouped(count) : "";
    }
    return text;
}

void print_components(const overview& seen)
{
    example::table components({left, right, right, right, left});
    components.add({"component", "tensors", "parameters", "bytes", "dtypes"});
    const auto add = [&](std::string_view name, const totals& of) {
        components.add({std::string(name), grouped(of.tensors), grouped(of.parameters), grouped(of.bytes),
                        dtypes_text(of)});
    };
    for (std::size_t i = 0; i < example::component_count; ++i) {
        if (seen.components[i].tensors != 0)
            add(name_of(i), seen.components[i]);
    }
    add("all", seen.all);
    std::cout << '\n';
    components.print("    ");
}

/// A metadata value on one line of bounded length.
std::string shortened(std::string_view value)
{
    constexpr std::size_t most = 72;
    const std::size_t     columns = example::terminal_columns();
    const std::size_t longest = columns == 0 ? most : std::clamp<std::size_t>(columns, 34, most + 14) - 14;
    if (value.size() <= longest)
        return stet::readable(value);
    std::size_t cut = longest;
    while (cut > 0 && (static_cast<unsigned char>(value[cut]) & 0xC0U) == 0x80U)
        --cut; // not inside a character
    return stet::readable(value.substr(0, cut)) + "... (" + grouped(value.size()) + " bytes)";
}

void print_metadata(const stet::checkpoint_header& header)
{
    if (header.metadata_size() == 0)
        return;
    example::table entries({left, left});
    for (std::size_t i = 0; i < header.metadata_size(); ++i)
        entries.add({stet::readable(header.metadata(i).key), shortened(header.metadata(i).value)});
    std::cout << "\n    metadata\n";
    entries.print("        ");
}

void print_tensors(const overview& seen)
{
    const stet::checkpoint_header& header = seen.file.header();
    example::table                 tensors({left, left, left, right, right});
    tensors.add({"tensor", "dtype", "shape", "bytes", "offset"});
    for (const stet::stored_tensor tensor : header)
        tensors.add({stet::readable(tensor.name), std::string(stet::name(tensor.type)),
                     example::shape_text(tensor.shape), grouped(tensor.size()),
                     grouped(header.offset_in_file(tensor))});
    std::cout << '\n';
    tensors.print("    ");
}

void print(const overview& seen, bool with_tensors)
{
    const stet::checkpoint_header& header = seen.file.header();
    std::cout << stet::readable(seen.file.path()) << "\n    " << example::counted(seen.file.size(), "byte")
              << ", of them " << grouped(header.text().size())
              << " of header\n    layout: " << seen.layout_text() << "\n    tensors aligned to "
              << example::counted(seen.file.alignment(), "byte") << '\n';
    print_components(seen);
    print_metadata(header);
    if (with_tensors)
        print_tensors(seen);
}

// ---- for programs -----------------------------------------------------------------------------------------

using example::json_list;

void write_totals(json_list& object, const totals& of)
{
    object.next("tensors") << of.tensors;
    object.next("parameters") << of.parameters;
    object.next("bytes") << of.bytes;
    object.next("dtypes");
    json_list types('{', '}');
    for (const auto& [name, count] : of.dtypes())
        types.next(name) << count;
}

void write_components(const overview& seen)
{
    json_list components('[', ']');
    for (std::size_t i = 0; i < example::component_count; ++i) {
        if (seen.components[i].tensors == 0)
            continue;
        components.next();
        json_list component('{', '}');
        component.next("name") << example::json_text(name_of(i));
        write_totals(component, seen.components[i]);
    }
}

void write_metadata(const stet::checkpoint_header& header)
{
    if (!header.has_metadata()) {
        std::cout << "null";
        return;
    }
    json_list entries('{', '}');
    for (std::size_t i = 0; i < header.metadata_size(); ++i)
        entries.next(header.metadata(i).key) << example::json_text(header.metadata(i).value);
}

void write_tensors(const overview& seen)
{
    json_list tensors('[', ']');
    for (const stet::stored_tensor tensor : seen.file.header()) {
        tensors.next_line();
        json_list object('{', '}');
        object.next("name") << example::json_text(tensor.name);
        object.next("dtype") << example::json_text(stet::name(tensor.type));
        object.next("shape") << example::shape_text(tensor.shape);
        object.next("bytes") << tensor.size();
        object.next("offset") << seen.file.header().offset_in_file(tensor);
        object.next("component") << example::json_text(name_of(example::index_of(seen.component_of(tensor))));
    }
}

void write_json(json_list& object, const overview& seen, bool with_tensors)
{
    const stet::checkpoint_header& header = seen.file.header();
    object.next("bytes") << seen.file.size();
    object.next("header_bytes") << header.text().size();
    object.next("alignment") << seen.file.alignment();
    object.next("layouts");
    {
        json_list names('[', ']');
        for (const std::string_view name : seen.layouts())
            names.next() << example::json_text(name);
    }
    object.next("all");
    {
        json_list all('{', '}');
        write_totals(all, seen.all);
    }
    object.next("components");
    write_components(seen);
    object.next("metadata");
    write_metadata(header);
    if (with_tensors) {
        object.next("tensors");
        write_tensors(seen);
    }
}

// ---- as a picture ------------------------------------------------------------------------------------------

example::pictured_file pictured(const overview& seen)
{
    example::pictured_file picture{.title = example::file_name(seen.file.path()),
                                   .subtitle = example::size_text(seen.all.bytes) + " in " +
                                               example::counted(seen.all.tensors, "tensor") + ", " +
                                               example::counted(seen.all.parameters, "parameter") +
                                               ", layout: " + seen.layout_text()};
    for (std::size_t i = 0; i < example::component_count; ++i)
        picture.components.push_back(name_of(i));
    if (seen.layouts().empty())
        picture.components.back() = {};
    for (const stet::stored_tensor tensor : seen.file.header())
        picture.tensors.push_back(
            {.stored = tensor, .component = example::index_of(seen.component_of(tensor))});
    return picture;
}

struct request {
    bool                  as_json = false;
    bool                  with_tensors = false;
    example::picture_file picture{};
};

int draw(const request& asked, const std::vector<std::string>& paths)
{
    if (paths.size() != 1)
        example::refuse_usage(program, "--svg draws one file; give one FILE");
    overview    seen;
    std::string complaint = asked.picture.obstacle();
    if (complaint.empty())
        complaint = look_at(paths[0], seen);
    if (complaint.empty())
        complaint = asked.picture.save(example::checkpoint_picture(pictured(seen)),
                                       example::counted(seen.all.tensors, "tensor") + ", " +
                                           example::counted(seen.all.bytes, "byte") + " drawn");
    return complaint.empty() ? int{example::done} : example::report_failure(program, complaint);
}

int inspect(const request& asked, const std::vector<std::string>& paths)
{
    if (asked.picture.is_wanted(program, paths,
                                {{"--json", asked.as_json}, {"--tensors", asked.with_tensors}}))
        return draw(asked, paths);
    bool is_first = true;
    return example::report_each<overview>(
        program, paths, asked.as_json, look_at,
        [&](const std::string&, const overview& seen) {
            std::cout << (std::exchange(is_first, false) ? "" : "\n");
            print(seen, asked.with_tensors);
        },
        [&](json_list& object, const overview& seen) { write_json(object, seen, asked.with_tensors); });
}

} // namespace

example::subcommand example::inspect_command()
{
    const auto          asked = std::make_shared<request>();
    example::subcommand command{
        .line =
            {.name = program,
             .purpose = "Shows what checkpoints hold. Reads their headers, never their data.",
             .words = "FILE...",
             .fewest = 1,
             .most = SIZE_MAX,
             .options = {{"--tensors", "", "list each tensor as well", &asked->with_tensors},
                         {"--json", "", "one JSON document: a list with an object for each file",
                          &asked->as_json}},
             .samples = {{"stet inspect model.safetensors", "components, layout and metadata of a file"},
                         {"stet inspect --tensors --json *.safetensors",
                          "all there is to know, for programs"},
                         {"stet inspect --svg model.svg model.safetensors",
                          "a picture of its tensors by size, for a browser"}},
             .notes =
                 "Components are told apart by the layout that the names fit. What belongs to none is "
                 "'other'. A tensor's offset is its place in the file. A file that cannot be read is "
                 "named on standard error, the others are shown. - is standard input.\n\n"
                 "--svg draws one file: an area for each tensor, in proportion to its bytes, in the colour of "
                 "its dtype, inside its block and component. What is too small to be seen is gathered."},
        .run = [asked](const std::vector<std::string>& paths) { return inspect(*asked, paths); }};
    asked->picture.describe(command.line.options);
    return command;
}
