// SPDX-License-Identifier: MIT
// Pictures as SVG: one file that needs no other, no script and no font, the same bytes for the same picture.
#ifndef EXAMPLE_SVG_HPP
#define EXAMPLE_SVG_HPP

#include "readable.hpp"
#include "treemap.hpp"

#include <array>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example::svg {

/// Any text as XML has it: what `stet::readable` escapes, the five characters of markup, and two that no XML may hold.
inline std::string xml_text(std::string_view text)
{
    std::string       out;
    const std::string shown = stet::readable(text);
    for (std::size_t at = 0; at < shown.size(); ++at) {
        const std::string_view rest = std::string_view(shown).substr(at);
        if (rest[0] == '&')
            out += "&amp;";
        else if (rest[0] == '<')
            out += "&lt;";
        else if (rest[0] == '>')
            out += "&gt;";
        else if (rest[0] == '"')
            out += "&quot;";
        else if (rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF")) {
            out += rest[2] == '\xBE' ? "\\xef\\xbf\\xbe" : "\\xef\\xbf\\xbf";
            at += 2;
        } else
            out += rest[0];
    }
    return out;
}

/// A text of at most `most` bytes, and how long it was where that is not all of it.
inline std::string shortened(std::string_view text, std::size_t most)
{
    if (text.size() <= most)
        return std::string(text);
    std::size_t cut = most;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U)
        --cut; // not inside a character
    return std::string(text.substr(0, cut)) + "... (" + grouped(text.size()) + " bytes)";
}

/// Two digits after the point, none that say nothing: "12.5".
inline std::string number(double value)
{
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.2f", value);
    std::string shown = text.data();
    shown.resize(shown.find_last_not_of('0') + 1);
    if (shown.ends_with('.'))
        shown.pop_back();
    return shown == "-0" ? "0" : shown;
}

/// How wide a text is at most in the fonts that browsers take for `sans-serif`, in its own height. DejaVu Sans is the
/// widest of them; a character outside ASCII may be as wide as it is high.
inline double text_width(std::string_view text, double size)
{
    double sum = 0;
    for (const char c : text) {
        if ((static_cast<unsigned char>(c) & 0xC0U) == 0x80U)
            continue;
        if (static_cast<unsigned char>(c) >= 0x80)
            sum += 1;
        else if (std::string_view("ijl.,:;'|! ").find(c) != std::string_view::npos)
            sum += 0.34;
        else if (std::string_view("tfrI()[]/-\"").find(c) != std::string_view::npos)
            sum += 0.42;
        else if (std::string_view("mwMW%@").find(c) != std::string_view::npos)
            sum += 0.98;
        else
            sum += c >= 'A' && c <= 'Z' ? 0.72 : 0.635;
    }
    return sum * size;
}

/// The text, or as much of its beginning as there is room for, with an ellipsis; nothing where that says too little.
inline std::string fitted(std::string_view text, double width, double size)
{
    constexpr std::size_t fewest = 6;
    const std::string     shown = stet::readable(shortened(text, 400));
    if (text_width(shown, size) <= width)
        return shown;
    std::size_t cut = 0, characters = 0;
    double      sum = size; // the ellipsis
    while (cut < shown.size()) {
        const std::size_t next = character_size(std::string_view(shown).substr(cut));
        sum += text_width(std::string_view(shown).substr(cut, next), size);
        if (sum > width)
            break;
        cut += next;
        ++characters;
    }
    return characters < fewest ? std::string() : shown.substr(0, cut) + "\xE2\x80\xA6";
}

/// The CSS of a picture: that of its page and titles, and its own rules; `dark` where the reader has it dark.
inline std::string style(std::string_view light, std::string_view dark)
{
    std::string rules = R"(text{fill:#1b1e24}
:root{background:#fff}
.page{fill:#fff}
.title{font-size:18px;font-weight:600}
.said{font-size:12px}
.note{font-size:10.5px;fill:#4a505c}
)";
    rules += light;
    rules += R"(@media (prefers-color-scheme:dark){
text{fill:#e7e9ee}
:root{background:#14161a}
.page{fill:#14161a}
.note{fill:#b4bbc8}
)";
    rules += dark;
    return rules += "}\n";
}

/// A picture that grows. Classes are the style's; texts are escaped here.
class drawing {
public:
    /// title: what readers of screens say and what is shown over what has no title of its own
    /// style: CSS; defs: what it refers to
    drawing(double width, double height, std::string_view title, std::string_view style,
            std::string_view defs = {})
    {
        out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(width) + ' ' +
               number(height) + "\" role=\"img\" font-family=\"system-ui, 'Segoe UI', Helvetica, Arial, " +
               "sans-serif\">\n<title>" + xml_text(title) + "</title>\n<style>\n";
        out_ += style;
        out_ += "</style>\n";
        if (!defs.empty())
            out_ += "<defs>\n" + std::string(defs) + "</defs>\n";
        box("page", {.x = 0, .y = 0, .width = width, .height = height});
    }

    /// title: shown over it; its lines are given one by one
    void box(std::string_view css_class, const rectangle& at, const std::vector<std::string>& title = {})
    {
        out_ += "<rect class=\"" + std::string(css_class) + "\" x=\"" + number(at.x) + "\" y=\"" +
                number(at.y) + "\" width=\"" + number(at.width) + "\" height=\"" + number(at.height) + '"';
        put_title(title, "rect");
    }

    void circle(std::string_view css_class, double x, double y, double radius)
    {
        out_ += "<circle class=\"" + std::string(css_class) + "\" cx=\"" + number(x) + "\" cy=\"" +
                number(y) + "\" r=\"" + number(radius) + "\"/>\n";
    }

    void line(std::string_view css_class, double from_x, double from_y, double to_x, double to_y)
    {
        out_ += "<path class=\"" + std::string(css_class) + "\" d=\"M" + number(from_x) + ' ' +
                number(from_y) + 'L' + number(to_x) + ' ' + number(to_y) + "\"/>\n";
    }

    /// attributes: more of them, as they are
    void text(std::string_view css_class, double x, double y, std::string_view text,
              std::string_view attributes = {})
    {
        out_ += "<text class=\"" + std::string(css_class) + "\" x=\"" + number(x) + "\" y=\"" + number(y) +
                '"' + (attributes.empty() ? "" : " ") + std::string(attributes) + '>' + xml_text(text) +
                "</text>\n";
    }

    /// What follows until close() belongs together.
    void open(std::string_view css_class, const std::vector<std::string>& title = {})
    {
        out_ += css_class.empty() ? "<g" : "<g class=\"" + std::string(css_class) + '"';
        if (title.empty())
            out_ += ">\n";
        else
            put_title(title, {});
    }
    void close() { out_ += "</g>\n"; }

    std::string finished() &&
    {
        out_ += "</svg>\n";
        return std::move(out_);
    }

private:
    /// element: what ends behind the title; empty: nothing does
    void put_title(const std::vector<std::string>& lines, std::string_view element)
    {
        if (lines.empty()) {
            out_ += "/>\n";
            return;
        }
        out_ += "><title>";
        bool is_first = true;
        for (const std::string& line : lines)
            out_ += (std::exchange(is_first, false) ? "" : "\n") + xml_text(line);
        out_ += element.empty() ? "</title>\n" : "</title></" + std::string(element) + ">\n";
    }

    std::string out_{};
};

} // namespace example::svg

#endif
