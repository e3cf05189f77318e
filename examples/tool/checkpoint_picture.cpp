// SPDX-License-Identifier: MIT
// Areas inside areas: components, blocks, tensors.
#include "checkpoint_picture.hpp"

#include "dtype_fills.hpp"
#include "fill.hpp"
#include "legend.hpp"
#include "name_tree.hpp"
#include "readable.hpp"
#include "svg.hpp"
#include "treemap.hpp"

#include <stet/tensor/dtype.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using example::grouped;
using example::name_node;
using example::rectangle;
using example::svg::text_width;

constexpr std::size_t dtype_count = stet::detail::dtype_count;

// In units of the picture, which is as wide as a browser's window makes it.
constexpr std::size_t deepest = 6;    ///< frames inside one another, components not counted
constexpr std::size_t most_named = 4; ///< of those that are gathered
constexpr double      page_width = 1000;
constexpr double      margin = 16;
constexpr double      note_size = 10.5;
constexpr double      map_height = 620;
constexpr double      least_area = 9;       ///< of a tensor that is shown
constexpr double      least_gathered = 400; ///< of an area for what is not, of one dtype
constexpr std::size_t most_areas = 4000;
constexpr std::size_t longest_name = 300; ///< bytes of a name that are shown

constexpr std::string_view light =
    R"(.g0{fill:#eceef2}
.g1{fill:#dfe3e9}
.g2{fill:#d1d7df}
.g3{fill:#c3cad5}
.g4{fill:#b7c0cc}
.h0{font-size:13px;font-weight:600}
.h1{font-size:11.5px;font-weight:600}
.h2{font-size:10px}
.map rect{stroke:#fff;stroke-width:.6}
.map .f{stroke:none}
.map rect:hover{stroke:#000;stroke-width:1.6}
.n,.m,.s{fill:#000;pointer-events:none}
.n{font-size:10.5px}
.m,.s{font-size:9px}
.s{fill-opacity:.75}
)";
constexpr std::string_view dark =
    R"(.g0{fill:#23272e}
.g1{fill:#323842}
.g2{fill:#434b58}
.g3{fill:#566070}
.g4{fill:#677284}
.n,.m,.s{fill:#000}
.map rect{stroke:#14161a}
.map rect:hover{stroke:#fff}
)";

/// A frame's heading, by how deep the frame lies.
struct heading {
    std::string_view css_class;
    double           size;    ///< of its letters
    double           breadth; ///< what text_width is to take for that: they may be bold
    double           height;  ///< of the line it stands in
    double           padding; ///< of the frame
};

constexpr std::array<heading, 3> headings{
    {{.css_class = "h0", .size = 13, .breadth = 14.3, .height = 19, .padding = 3},
     {.css_class = "h1", .size = 11.5, .breadth = 12.7, .height = 16, .padding = 2},
     {.css_class = "h2", .size = 10, .breadth = 10, .height = 13, .padding = 1.5}}};
constexpr double                                    least_lines = 2.4; ///< of a frame that has a heading
constexpr std::size_t                               most_frames = 5;   ///< around a tensor
constexpr std::array<std::string_view, most_frames> frame_classes{"g0", "g1", "g2", "g3", "g4"};

/// What stands in an area.
struct letters {
    std::string_view css_class;
    double           size;
};

constexpr letters large{.css_class = "n", .size = 10.5}, middle{.css_class = "m", .size = 9},
    minor{.css_class = "s", .size = 9};

/// Tensors of one dtype.
struct sum {
    std::uint64_t tensors = 0;
    std::uint64_t bytes = 0;
};

using sums = std::array<sum, dtype_count>;

/// Dtypes that have tensors, the one with the most bytes first.
std::vector<std::size_t> present(const sums& of)
{
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < of.size(); ++i) {
        if (of[i].tensors != 0)
            found.push_back(i);
    }
    std::stable_sort(found.begin(), found.end(),
                     [&](std::size_t a, std::size_t b) { return of[a].bytes > of[b].bytes; });
    return found;
}

std::string_view name_of(std::size_t dtype)
{
    return stet::name(static_cast<stet::dtype>(dtype));
}

sums summed(const example::pictured_file& of)
{
    sums all{};
    for (const example::pictured_tensor& one : of.tensors) {
        sum& its = all[static_cast<std::size_t>(one.stored.type)];
        ++its.tensors;
        its.bytes += one.stored.size();
    }
    return all;
}

std::vector<example::named_bytes> named(const example::pictured_file& of)
{
    std::vector<example::named_bytes> all;
    all.reserve(of.tensors.size());
    for (const example::pictured_tensor& one : of.tensors)
        all.push_back({.name = one.stored.name,
                       .bytes = one.stored.size(),
                       .group = one.component,
                       .index = all.size()});
    return all;
}

/// "12%", "0.3%"
std::string share_text(std::uint64_t part, std::uint64_t whole)
{
    const double hundredths = whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
    if (hundredths > 0 && hundredths < 0.1)
        return "less than 0.1%";
    return example::svg::number(hundredths < 10 ? std::round(hundredths * 10) / 10 : std::round(hundredths)) +
           '%';
}

/// The areas of a file, inside one another.
class tensor_map {
public:
    tensor_map(const example::pictured_file& of, const rectangle& place, example::svg::drawing& out)
        : file_(of), tree_(named(of), deepest), place_(place), out_(out)
    {
        const double area = place.width * place.height;
        least_ = std::max<std::uint64_t>(bytes_in(least_area / area), smallest_of_most());
        least_gathered_ = bytes_in(least_gathered / area);
    }

    /// Whether there is something to draw.
    bool has_bytes() const { return tree_.root().bytes != 0; }

    void draw()
    {
        const std::vector<name_node>& components = tree_.root().children;
        has_components_ = components.size() > 1 || !file_.components[group_of(components[0])].empty();
        out_.open("map");
        if (has_components_)
            fill(tree_.root(), place_, 0, 0);
        else
            fill(components[0], place_, 0, components[0].children[0].from);
        out_.close();
    }

private:
    /// An area: a node, or tensors of a node that are too small for areas of their own.
    struct item {
        const name_node*         node = nullptr;
        std::uint64_t            bytes = 0;
        std::uint64_t            tensors = 0;
        std::size_t              dtype = 0;
        std::vector<std::size_t> some{}; ///< the first few of its tensors
    };

    std::uint64_t bytes_in(double share) const
    {
        return static_cast<std::uint64_t>(share * static_cast<double>(tree_.root().bytes)) + 1;
    }

    /// What a node must have to be among the largest, if there are too many.
    std::uint64_t smallest_of_most() const
    {
        std::vector<std::uint64_t>    sizes;
        std::vector<const name_node*> open{&tree_.root()};
        while (!open.empty()) {
            const name_node& one = *open.back();
            open.pop_back();
            sizes.push_back(one.bytes);
            for (const name_node& child : one.children)
                open.push_back(&child);
        }
        if (sizes.size() <= most_areas)
            return 1;
        const auto at = sizes.begin() + most_areas;
        std::nth_element(sizes.begin(), at, sizes.end(), std::greater<>());
        return *at + 1;
    }

    std::size_t group_of(const name_node& node) const { return tree_.tensor(node.first).group; }

    const example::pictured_tensor& tensor(std::size_t at) const
    {
        return file_.tensors[tree_.tensor(at).index];
    }

    std::string_view name(const name_node& node) const { return tree_.tensor(node.first).name; }

    // ---- what there is to draw ----------------------------------------------------------------------------

    /// Takes the tensors of a node into those that are gathered, by dtype.
    void gather(const name_node& node, std::array<item, dtype_count>& gathered) const
    {
        for (std::size_t i = node.first; i < node.last; ++i) {
            const auto dtype = static_cast<std::size_t>(tensor(i).stored.type);
            item&      its = gathered[dtype];
            its.dtype = dtype;
            ++its.tensors;
            its.bytes += tree_.tensor(i).bytes;
            if (its.some.size() < most_named)
                its.some.push_back(i);
        }
    }

    /// The areas inside a node, the largest first.
    std::vector<item> items_of(const name_node& node) const
    {
        std::vector<item>             items;
        std::array<item, dtype_count> gathered{};
        for (const name_node& child : node.children) {
            if (child.bytes >= least_)
                items.push_back({.node = &child, .bytes = child.bytes, .tensors = child.tensors()});
            else
                gather(child, gathered);
        }
        item& most = *std::max_element(gathered.begin(), gathered.end(),
                                       [](const item& a, const item& b) { return a.bytes < b.bytes; });
        for (item& one : gathered) {
            if (&one == &most || one.tensors == 0)
                continue;
            if (one.bytes >= least_gathered_) {
                items.push_back(std::move(one));
                continue;
            }
            most.tensors += one.tensors;
            most.bytes += one.bytes;
        }
        if (most.bytes != 0)
            items.push_back(std::move(most));
        std::stable_sort(items.begin(), items.end(),
                         [](const item& a, const item& b) { return a.bytes > b.bytes; });
        return items;
    }

    // ---- drawing ------------------------------------------------------------------------------------------

    /// label_from: where the parts of names start that no frame around says
    void fill(const name_node& node, const rectangle& inside, std::size_t depth, std::size_t label_from)
    {
        const std::vector<item> items = items_of(node);
        std::vector<double>     weights;
        for (const item& one : items)
            weights.push_back(static_cast<double>(one.bytes));
        const std::vector<rectangle> places = example::squarified(weights, inside);
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (items[i].node == nullptr)
                draw_gathered(items[i], places[i], items.size() == 1);
            else if (items[i].node->is_tensor())
                draw_tensor(*items[i].node, places[i], label_from);
            else
                draw_branch(*items[i].node, places[i], depth, label_from);
        }
    }

    void draw_branch(const name_node& node, const rectangle& at, std::size_t depth, std::size_t label_from)
    {
        const bool is_component = depth == 0 && has_components_;
        const bool is_large = depth < 3 || (at.width >= 50 && at.height >= 38);
        if (is_component || (depth < most_frames && is_large && node.tensors() > 3))
            draw_frame(node, at, depth, label_from);
        else
            fill(node, at, depth, label_from);
    }

    void draw_frame(const name_node& node, const rectangle& at, std::size_t depth, std::size_t label_from)
    {
        const bool        is_component = depth == 0 && has_components_;
        const std::string whole = is_component
                                      ? std::string(file_.components[group_of(node)])
                                      : example::svg::shortened(name(node).substr(0, node.to), longest_name);
        out_.open({}, {whole, example::counted(node.tensors(), "tensor") + ", " + bytes_text(node.bytes)});
        out_.box(frame_classes[depth], at);
        std::size_t level = std::min(depth, headings.size() - 1);
        while (level + 1 < headings.size() && at.height < least_lines * headings[level].height)
            ++level;
        const heading&    look = headings[level];
        const double      room = at.width - 2 * look.padding - 4;
        const std::string said = at.height < least_lines * look.height ? std::string()
                                 : is_component ? example::svg::fitted(whole, room, look.breadth)
                                                : heading_text(node, room, look.breadth, label_from);
        if (!said.empty())
            draw_heading(said, depth < 3 ? node.bytes : 0, at, look);
        const double padding = std::min({look.padding, at.width / 12, at.height / 12});
        const double top = said.empty() ? padding : look.height;
        fill(node,
             {.x = at.x + padding,
              .y = at.y + top,
              .width = at.width - 2 * padding,
              .height = at.height - top - padding},
             depth + 1, said.empty() ? label_from : node.children[0].from);
        out_.close();
    }

    /// What a frame is called: a number with the part before it where there is room.
    std::string heading_text(const name_node& node, double room, double size, std::size_t label_from) const
    {
        const std::string_view its = name(node);
        std::size_t            before = node.from;
        if (its.substr(node.from, node.to - node.from).find_first_not_of("0123456789") ==
            std::string_view::npos)
        {
            before -= std::min<std::size_t>(before, 1);
            while (before > 0 && its[before - 1] != '.' && its[before - 1] != '/')
                --before;
        }
        for (const std::size_t from : {std::min(before, label_from), node.from}) {
            const std::string said =
                stet::readable(example::svg::shortened(its.substr(from, node.to - from), 200));
            if (!said.empty() && text_width(said, size) <= room)
                return said;
        }
        const std::string_view label = its.substr(node.from, node.to - node.from);
        const std::string_view number = label.substr(0, label.find_first_not_of("0123456789"));
        return !number.empty() ? std::string(number) : example::svg::fitted(label, room, size);
    }

    /// bytes: 0 where they are not to be said
    void draw_heading(const std::string& said, std::uint64_t bytes, const rectangle& at, const heading& look)
    {
        const double baseline = at.y + look.height - (look.height - look.size) / 2 - look.size * 0.16;
        const double x = at.x + look.padding + 2;
        out_.text(look.css_class, x, baseline, said);
        const std::string size = example::size_text(bytes);
        const double      width = text_width(size, note_size);
        const double      right = at.x + at.width - look.padding - 2;
        if (bytes != 0 && x + text_width(said, look.breadth) + 10 + width <= right)
            out_.text("note", right, baseline, size, "text-anchor=\"end\"");
    }

    void draw_tensor(const name_node& node, const rectangle& at, std::size_t label_from)
    {
        const stet::stored_tensor& stored = tensor(node.first).stored;
        const std::string          shape = example::shape_text(stored.shape);
        out_.box(class_of(static_cast<std::size_t>(stored.type), at), at,
                 {example::svg::shortened(stored.name, longest_name),
                  std::string(stet::name(stored.type)) + ' ' + example::svg::shortened(shape, longest_name),
                  bytes_text(node.bytes)});
        draw_label(at, labels_of(stored.name, label_from),
                   {shape + ", " + example::size_text(node.bytes), example::size_text(node.bytes)});
    }

    /// is_all: there is nothing else in the frame
    void draw_gathered(const item& of, const rectangle& at, bool is_all)
    {
        const std::string said =
            is_all ? example::counted(of.tensors, "tensor") : grouped(of.tensors) + " more";
        std::vector<std::string> title{said + ", too small to be shown, " + bytes_text(of.bytes)};
        for (const std::size_t one : of.some)
            title.push_back(example::svg::shortened(tree_.tensor(one).name, 80));
        if (of.tensors > of.some.size())
            title.push_back("and " + grouped(of.tensors - of.some.size()) + " more");
        out_.box(class_of(of.dtype, at), at, title);
        draw_label(at, {said}, {example::size_text(of.bytes)});
    }

    /// Areas that a line around them would hide have none.
    static std::string class_of(std::size_t dtype, const rectangle& at)
    {
        return std::string(name_of(dtype)) + (std::min(at.width, at.height) < 4 ? " f" : "");
    }

    /// Ways to call a tensor, from the fullest to the shortest.
    static std::vector<std::string> labels_of(std::string_view name, std::size_t from)
    {
        constexpr std::string_view weight = ".weight";
        constexpr std::size_t      most = 6;
        std::string_view           rest = name.substr(from, 160);
        std::vector<std::string>   labels{stet::readable(rest)};
        if (rest.size() > weight.size() && rest.ends_with(weight)) {
            rest.remove_suffix(weight.size());
            labels.push_back(stet::readable(rest));
        }
        for (std::size_t at = rest.find('.'); at != std::string_view::npos && labels.size() < most;
             at = rest.find('.'))
        {
            rest.remove_prefix(at + 1);
            if (rest.find_first_not_of("0123456789") != std::string_view::npos)
                labels.push_back(stet::readable(rest));
        }
        return labels;
    }

    /// A line of text in an area, and a second one; the first of each that there is room for. Upright where the area is.
    void draw_label(const rectangle& at, const std::vector<std::string>& first,
                    const std::vector<std::string>& second)
    {
        const bool   is_upright = at.height > 1.6 * at.width && at.width < 60;
        const double width = (is_upright ? at.height : at.width) - 7;
        const double height = is_upright ? at.width : at.height;
        double       down = 0;
        const auto   put = [&](const std::vector<std::string>& choices, const letters& look) {
            const auto fits = [&](const std::string& one) {
                return !one.empty() && down + look.size + 3 <= height && text_width(one, look.size) <= width;
            };
            const auto said = std::find_if(choices.begin(), choices.end(), fits);
            if (said == choices.end())
                return false;
            down += look.size + 1;
            if (is_upright)
                out_.text(look.css_class, 0, 0, *said,
                            "transform=\"translate(" + example::svg::number(at.x + at.width - down) + ' ' +
                                example::svg::number(at.y + 3.5) + ") rotate(90)\"");
            else
                out_.text(look.css_class, at.x + 3.5, at.y + down, *said);
            return true;
        };
        if (put({first[0]}, large) || put({first[0]}, middle) || put(first, middle) ||
            put({example::svg::fitted(first[0], width, middle.size)}, middle))
            put(second, minor);
    }

    std::string bytes_text(std::uint64_t bytes) const
    {
        return example::counted(bytes, "byte") + ", " + share_text(bytes, tree_.root().bytes) + " of all";
    }

    const example::pictured_file& file_;
    example::name_tree            tree_;
    rectangle                     place_;
    example::svg::drawing&        out_;
    std::uint64_t                 least_ = 1;          ///< bytes of an area of its own
    std::uint64_t                 least_gathered_ = 1; ///< bytes of an area for small ones of one dtype
    bool                          has_components_ = false;
};

example::legend legend_of(const sums& all)
{
    std::uint64_t bytes = 0;
    for (const sum& one : all)
        bytes += one.bytes;
    std::vector<example::legend::entry> entries;
    for (const std::size_t dtype : present(all))
        entries.push_back({.css_class = std::string(name_of(dtype)),
                           .text = std::string(name_of(dtype)) + ": " + example::size_text(all[dtype].bytes) +
                                   " (" + share_text(all[dtype].bytes, bytes) + ") in " +
                                   example::counted(all[dtype].tensors, "tensor")});
    return {std::move(entries), page_width - 2 * margin};
}

} // namespace

std::string example::checkpoint_picture(const pictured_file& of)
{
    const sums   all = summed(of);
    const legend key = legend_of(all);
    const double room = page_width - 2 * margin;
    std::string  rules = svg::style(light, dark), patterns;
    for (const std::size_t dtype : present(all)) {
        const fill_text its = described(name_of(dtype), dtype_fills[dtype]);
        rules += its.rule;
        patterns += its.pattern;
    }
    const rectangle place{.x = margin, .y = 64 + key.height(), .width = room, .height = map_height};
    svg::drawing out(page_width, place.y + place.height + 26, of.title + ": " + of.subtitle, rules, patterns);
    out.text("title", margin, 30, svg::fitted(of.title, room, 19));
    out.text("said", margin, 50, svg::fitted(of.subtitle, room, 12));
    key.draw(out, margin, 62);
    tensor_map map(of, place, out);
    if (map.has_bytes()) {
        map.draw();
        out.text("note", margin, place.y + place.height + 17,
                 "Inside a frame, areas are in proportion to bytes.");
    } else {
        out.box("g0", place);
        out.text("said", margin + 12, place.y + 24,
                 of.tensors.empty() ? "There are no tensors." : "No tensor has any bytes.");
    }
    return std::move(out).finished();
}
