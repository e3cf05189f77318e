// SPDX-License-Identifier: MIT
// Line by line: how much of a block has which outcome, and how far apart its numbers are.
#include "comparison_picture.hpp"

#include "component.hpp"
#include "fill.hpp"
#include "legend.hpp"
#include "name_tree.hpp"
#include "readable.hpp"
#include "svg.hpp"
#include "treemap.hpp"

#include <stet/vocabulary/message.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using example::grouped;
using example::svg::text_width;
using stet::diffs::outcome;
using stet::diffs::outcome_count;

/// An outcome as it is shown, in the order of a bar's parts.
struct shown_outcome {
    outcome          what;
    std::string_view text;
    example::fill    fill;
};

constexpr std::array<shown_outcome, outcome_count> shown_outcomes = [] {
    using namespace example::fills;
    return std::array<shown_outcome, outcome_count>{{
        {outcome::equal_bytes, "equal", {grey, {}}},
        {outcome::equal_values, "equal values in other bytes", {grey, rising}},
        {outcome::renamed, "equal under another name", {cyan, {}}},
        {outcome::different, "different numbers", {orange, {}}},
        {outcome::not_measured, "other bytes, not compared as numbers", {orange, dots}},
        {outcome::other_shape, "another shape", {pink, {}}},
        {outcome::only_first, "only in the first file", {blue, rising}},
        {outcome::only_second, "only in the second file", {yellow, falling}},
    }};
}();

// In units of the picture, which is as wide as a browser's window makes it.
constexpr double      page_width = 1000, margin = 16, right = page_width - margin;
constexpr double      line = 17;
constexpr double      size_right = 366;                ///< where sizes end
constexpr double      bar_left = 380, bar_right = 664; ///< without an axis it goes on to the margin
constexpr double      axis_left = 690, axis_right = 856;
constexpr double      letters = 11;
constexpr std::size_t most_blocks = 160;
constexpr std::size_t longest_name = 300; ///< bytes of a name that are shown

constexpr std::string_view light =
    R"(.part{font-size:13px;font-weight:600}
.block{font-size:11px}
.over{fill:#000;fill-opacity:0}
.over:hover{fill-opacity:.08}
.rule{stroke:#d7dbe2;fill:none}
.span{stroke:#1b1e24;fill:none}
.mean{fill:#1b1e24}
.most{fill:#fff;stroke:#1b1e24}
)";
constexpr std::string_view dark =
    R"(.over{fill:#fff}
.rule{stroke:#363c46}
.span{stroke:#e7e9ee}
.mean{fill:#e7e9ee}
.most{fill:#14161a;stroke:#e7e9ee}
)";

/// Tensors and bytes by outcome, and how far the numbers are apart.
struct tally {
    std::array<std::uint64_t, outcome_count> tensors{};
    std::array<std::uint64_t, outcome_count> bytes{};
    stet::diffs::difference                  apart{};

    void add(const tally& other)
    {
        for (std::size_t i = 0; i < outcome_count; ++i) {
            tensors[i] += other.tensors[i];
            bytes[i] += other.bytes[i];
        }
        apart.add(other.apart);
    }

    std::uint64_t all_bytes() const
    {
        std::uint64_t sum = 0;
        for (const std::uint64_t one : bytes)
            sum += one;
        return sum;
    }

    bool is_equal() const
    {
        return std::all_of(tensors.begin() + 1, tensors.end(), [](std::uint64_t one) { return one == 0; });
    }
};

/// A block.
struct row {
    std::string_view component{};
    std::string_view name{};
    std::uint64_t    gathered = 0; ///< how many blocks it is the sum of, without a name
    tally            has{};
};

/// One row for each block, in the order of components and natural names.
std::vector<row> rows_of(const stet::diffs::comparison& found)
{
    std::vector<row> rows;
    for (const stet::diffs::block& one : found.blocks())
        rows.push_back({.component = one.component,
                        .name = one.name,
                        .has = {.tensors = one.tensors, .apart = one.apart}});
    for (const stet::diffs::entry& one : found.entries())
        rows[one.block].has.bytes[static_cast<std::size_t>(one.what)] += one.bytes;
    const auto place = [](const row& one) {
        return std::find_if(example::every_component.begin(), example::every_component.end(),
                            [&](example::component each) { return name_of(each) == one.component; });
    };
    std::stable_sort(rows.begin(), rows.end(), [&](const row& a, const row& b) {
        return place(a) != place(b) ? place(a) < place(b)
                                    : example::name_tree_parts::natural_less(a.name, b.name);
    });
    return rows;
}

/// Of too many rows those that matter most: others become one at the end of their component.
std::vector<row> fewer(std::vector<row> rows)
{
    if (rows.size() <= most_blocks)
        return rows;
    std::vector<std::size_t> ranked(rows.size());
    for (std::size_t i = 0; i < ranked.size(); ++i)
        ranked[i] = i;
    std::stable_sort(ranked.begin(), ranked.end(), [&](std::size_t a, std::size_t b) {
        const tally &one = rows[a].has, &other = rows[b].has;
        return one.is_equal() != other.is_equal() ? other.is_equal() : one.all_bytes() > other.all_bytes();
    });
    std::vector<bool> stays(rows.size());
    for (std::size_t i = 0; i < most_blocks; ++i)
        stays[ranked[i]] = true;
    std::vector<row> kept;
    for (std::size_t first = 0; first < rows.size();) {
        row         rest{.component = rows[first].component};
        std::size_t i = first;
        for (; i < rows.size() && rows[i].component == rest.component; ++i) {
            if (stays[i]) {
                kept.push_back(rows[i]);
                continue;
            }
            ++rest.gathered;
            rest.has.add(rows[i].has);
        }
        if (rest.gathered != 0)
            kept.push_back(rest);
        first = i;
    }
    return kept;
}

/// A name without what all of its component begin with; its end where there is no room for more.
std::string block_text(std::string_view name, std::size_t common, double room)
{
    if (name.empty())
        return "top level";
    std::string_view rest = name.substr(std::min(common, name.size()));
    if (rest.size() > longest_name)
        rest.remove_prefix(rest.size() - longest_name);
    std::string shown = stet::readable(rest);
    for (std::size_t at = rest.find('.'); text_width(shown, letters) > room && at != std::string_view::npos;
         at = rest.find('.'))
    {
        rest.remove_prefix(at + 1);
        shown = "\xE2\x80\xA6" + stet::readable(rest);
    }
    return text_width(shown, letters) <= room ? shown : example::svg::fitted(rest, room, letters);
}

/// A line of the picture: all, a component or a block.
struct shown_row {
    std::string      label{};
    std::string_view css_class{};
    std::string      title{};
    tally            has{};
    double           y = 0; ///< of its top
};

/// Block by block, with the sums of all and of each component before.
class shown_rows {
public:
    shown_rows(const std::vector<row>& rows, double top) : y_(top)
    {
        add("all", "part", "all tensors", sum(rows, 0, rows.size()));
        for (std::size_t first = 0; first < rows.size();) {
            std::size_t last = first;
            while (last < rows.size() && rows[last].component == rows[first].component)
                ++last;
            y_ += part_gap;
            if (!rows[first].component.empty())
                add(std::string(rows[first].component), "part", std::string(rows[first].component),
                    sum(rows, first, last));
            const std::size_t common = common_parts(rows, first, last);
            for (; first < last; ++first)
                add_block(rows[first], common);
        }
    }

    const std::vector<shown_row>& all() const { return rows_; }
    double                        bottom() const { return y_; }

private:
    static constexpr double part_gap = 8;

    void add(std::string label, std::string_view css_class, std::string title, const tally& has)
    {
        rows_.push_back({std::move(label), css_class, std::move(title), has, y_});
        y_ += line;
    }

    void add_block(const row& one, std::size_t common)
    {
        if (one.gathered != 0)
            add(grouped(one.gathered) + " more", "block", example::counted(one.gathered, "block"), one.has);
        else
            add(block_text(one.name, common, size_right - 60 - margin), "block",
                one.name.empty() ? std::string("top level") : example::svg::shortened(one.name, longest_name),
                one.has);
    }

    static tally sum(const std::vector<row>& rows, std::size_t first, std::size_t last)
    {
        tally all;
        for (; first < last; ++first)
            all.add(rows[first].has);
        return all;
    }

    /// How much of their names is the same, up to a point.
    static std::size_t common_parts(const std::vector<row>& rows, std::size_t first, std::size_t last)
    {
        const std::string_view one = rows[first].name;
        std::size_t            size = one.size();
        for (std::size_t i = first; i < last; ++i) {
            if (rows[i].gathered != 0)
                continue;
            const std::string_view other = rows[i].name.substr(0, size);
            size = static_cast<std::size_t>(std::mismatch(other.begin(), other.end(), one.begin()).first -
                                            other.begin());
        }
        return last - first < 2 ? 0 : one.substr(0, size).rfind('.') + 1;
    }

    std::vector<shown_row> rows_{};
    double                 y_;
};

/// The decades that all differences lie in.
struct axis {
    int first = 0;
    int last = 0;

    bool exists() const { return first < last; }

    double at(double value) const
    {
        const double share = (std::log10(value) - first) / (last - first);
        return axis_left + (axis_right - axis_left) * std::clamp(share, 0.0, 1.0);
    }
};

axis axis_of(const std::vector<shown_row>& rows)
{
    double least = std::numeric_limits<double>::infinity(), most = 0;
    for (const shown_row& one : rows) {
        const double mean = one.has.apart.mean();
        if (mean > 0)
            least = std::min(least, mean);
        most = std::max(most, one.has.apart.largest);
    }
    if (!(least <= most) || !std::isfinite(most))
        return {};
    const int first = static_cast<int>(std::floor(std::log10(least)));
    return {.first = first, .last = std::max(first + 1, static_cast<int>(std::ceil(std::log10(most))))};
}

/// What is said of a row, line by line.
std::vector<std::string> title_of(const shown_row& row)
{
    std::vector<std::string> lines{row.title};
    for (const shown_outcome& one : shown_outcomes) {
        const auto at = static_cast<std::size_t>(one.what);
        if (row.has.tensors[at] != 0)
            lines.push_back(std::string(one.text) + ": " + example::counted(row.has.tensors[at], "tensor") +
                            ", " + example::counted(row.has.bytes[at], "byte"));
    }
    const stet::diffs::difference& apart = row.has.apart;
    if (apart.differing != 0)
        lines.push_back(grouped(apart.differing) + " of " + example::counted(apart.elements, "number") +
                        " differ, by " + example::number_text(apart.largest) + " at most, " +
                        example::number_text(apart.mean()) + " on average");
    if (apart.infinite != 0)
        lines.push_back("NaN or infinity in one file alone: " + example::counted(apart.infinite, "pair"));
    return lines;
}

/// How much of a row's bytes has which outcome.
void draw_bar(const shown_row& row, double width, example::svg::drawing& out)
{
    const auto total = static_cast<double>(row.has.all_bytes());
    double     x = bar_left;
    for (const shown_outcome& one : shown_outcomes) {
        const std::uint64_t bytes = row.has.bytes[static_cast<std::size_t>(one.what)];
        if (bytes == 0)
            continue;
        const double its = width * static_cast<double>(bytes) / total;
        out.box(name(one.what), {.x = x, .y = row.y + 3, .width = its, .height = line - 6});
        x += its;
    }
}

/// From the mean of the differences to the largest.
void draw_span(const shown_row& row, const axis& scale, example::svg::drawing& out)
{
    const stet::diffs::difference& apart = row.has.apart;
    if (apart.differing == 0)
        return;
    const double y = row.y + line / 2;
    if (apart.mean() > 0) {
        const double mean = scale.at(apart.mean()), most = scale.at(apart.largest);
        out.line("span", mean, y, most, y);
        out.circle("most", most, y, 3);
        out.circle("mean", mean, y, 3);
    }
    out.text("note", right, y + 4,
             apart.mean() > 0
                 ? example::number_text(apart.mean(), 3) + " to " + example::number_text(apart.largest, 3)
                 : std::string("NaN or infinity"),
             "text-anchor=\"end\"");
}

/// What the columns are, and the lines of the axis down to `bottom`.
void draw_head(const axis& scale, double top, double bottom, example::svg::drawing& out)
{
    constexpr std::string_view to_the_left = "text-anchor=\"end\"", centred = "text-anchor=\"middle\"";
    out.text("note", margin, top, "block");
    out.text("note", size_right, top, "size", to_the_left);
    out.text("note", bar_left, top, "how much of it");
    if (!scale.exists())
        return;
    out.text("note", right, top - 15, "how far apart: the mean difference (filled) to the largest",
             to_the_left);
    const int step = (scale.last - scale.first + 4) / 5;
    for (int decade = scale.first; decade <= scale.last; decade += step) {
        const double x = scale.at(std::pow(10.0, decade));
        out.line("rule", x, top + 4, x, bottom);
        out.text("note", x, top, "1e" + std::to_string(decade), centred);
    }
}

example::legend legend_of(const tally& all)
{
    std::vector<example::legend::entry> entries;
    for (const shown_outcome& one : shown_outcomes) {
        const auto at = static_cast<std::size_t>(one.what);
        if (all.tensors[at] != 0)
            entries.push_back({.css_class = std::string(name(one.what)),
                               .text = std::string(one.text) + ": " +
                                       example::counted(all.tensors[at], "tensor") + ", " +
                                       example::size_text(all.bytes[at])});
    }
    return {std::move(entries), right - margin};
}

} // namespace

std::string example::comparison_picture(const pictured_comparison& of)
{
    const std::vector<row> rows = fewer(rows_of(of.found));
    tally                  all;
    for (const row& one : rows)
        all.add(one.has);
    const legend     key = legend_of(all);
    const double     head = 62 + key.height() + 30;
    const shown_rows shown(rows, head + 8);
    const axis       scale = axis_of(shown.all());
    std::string      rules = svg::style(light, dark), patterns;
    for (const shown_outcome& one : shown_outcomes) {
        if (all.tensors[static_cast<std::size_t>(one.what)] == 0)
            continue;
        const fill_text its = described(name(one.what), one.fill);
        rules += its.rule;
        patterns += its.pattern;
    }
    rules += "@media (prefers-color-scheme:dark){.equal_bytes{fill:#4b5261}}\n";
    svg::drawing out(page_width, shown.bottom() + margin, of.title + ": " + of.subtitle, rules, patterns);
    out.text("title", margin, 30, svg::fitted(of.title, right - margin, 19));
    out.text("said", margin, 50, svg::fitted(of.subtitle, right - margin, 12));
    key.draw(out, margin, 62);
    draw_head(scale, head, shown.bottom(), out);
    for (const shown_row& one : shown.all()) {
        out.text(one.css_class, margin, one.y + line - 4.5, one.label);
        out.text("note", size_right, one.y + line - 4.5, size_text(one.has.all_bytes()),
                 "text-anchor=\"end\"");
        draw_bar(one, (scale.exists() ? bar_right : right) - bar_left, out);
        draw_span(one, scale, out);
        out.box("over", {.x = margin - 4, .y = one.y, .width = right - margin + 8, .height = line},
                title_of(one));
    }
    return std::move(out).finished();
}
