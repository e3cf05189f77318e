# SPDX-License-Identifier: MIT
"""Plain SVG files that need nothing else and are readable on light and on dark pages."""

import math

STYLE = """<style>
svg { --ink: #1f2328; --faint: #59636e; --ground: #ffffff; --grid: #d8dee4;
      --c0: #1b6ca8; --c1: #c0392b; --c2: #27814a; --c3: #8e44ad; --c4: #b7791f; --c5: #555555; }
@media (prefers-color-scheme: dark) {
svg { --ink: #e6edf3; --faint: #9198a1; --ground: #0d1117; --grid: #30363d;
      --c0: #58a6ff; --c1: #ff7b72; --c2: #3fb950; --c3: #d2a8ff; --c4: #e3b341; --c5: #b1bac4; } }
text { font-family: sans-serif; font-size: 12px; fill: var(--ink); }
.title { font-size: 14px; font-weight: bold; } .faint { fill: var(--faint); }
.ground { fill: var(--ground); } .grid { stroke: var(--grid); } .one { stroke: var(--ink); }
"""
COLOURS = 6
STYLE += "".join(f".s{i} {{ stroke: var(--c{i}); fill: none; stroke-width: 2; }} .f{i} {{ fill: var(--c{i}); }}\n"
                 for i in range(COLOURS)) + "</style>"


def text(x, y, said, anchor="start", kind=""):
    escaped = said.replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{escaped}</text>'


def line(x, y, to_x, to_y, kind):
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" class="{kind}"/>'


def write(path, width, height, parts):
    size = f'width="{width}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {size}>'
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join([head, STYLE, f'<rect {size} class="ground"/>', *parts, "</svg>\n"]))


def lines(path, title, label, places, series):
    """Ratios upwards over a row of places, one line a series."""
    width, height, left, top = 640, 320, 60, 40
    right, bottom = width - 150, height - 50
    most = max(1.2, *(value for values in series.values() for value in values))

    def at(i, value):
        x = left + (right - left) * (i / max(1, len(places) - 1))
        return x, bottom - (bottom - top) * value / most

    parts = [text(left, 22, title, kind="title")]
    step = 0.25 if most <= 2 else 0.5 if most <= 4 else 1
    value = 0.0
    while value <= most:
        _, y = at(0, value)
        parts += [line(left, y, right, y, "grid"), text(left - 8, y + 4, f"{value:g}", "end")]
        value += step
    parts += [text(at(i, 0)[0], bottom + 18, place, "middle") for i, place in enumerate(places)]
    parts.append(text((left + right) / 2, height - 10, label, "middle"))
    labelled = []
    for i, (name, values) in enumerate(series.items()):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(j, value) for j, value in enumerate(values)))
        parts.append(f'<polyline points="{points}" class="s{i % COLOURS}"/>')
        x, y = at(len(values) - 1, values[-1])
        while any(abs(y - other) < 14 for other in labelled):
            y -= 14
        labelled.append(y)
        parts.append(text(x + 8, y + 4, name, kind=f"f{i % COLOURS}"))
    write(path, width, height, parts)


def short(ratio):
    return f"{ratio:.3f}" if ratio < 0.1 else f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"


def ratios(path, panels, note):
    """Panels below each other of (title, {series: {row: ratio}}): for each row and series a lane from 1 to the ratio,
    along a logarithmic axis."""
    width, left, right = 720, 176, 640
    lane, between, head, foot = 13, 9, 62, 30
    values = [ratio for _, series in panels for rows in series.values() for ratio in rows.values()]
    least, most = min(0.5, *values), max(2.0, *values)

    def across(value):
        return left + (right - left) * math.log(value / least) / math.log(most / least)

    decades = [10.0**power for power in range(math.ceil(math.log10(least)), math.floor(math.log10(most)) + 1)]
    ticks = decades if len(decades) > 2 else [tick for tick in (0.5, 1, 2, 5, 10, 20, 50) if least <= tick <= most]
    parts, top = [], 0
    for title, series in panels:
        rows = list(dict.fromkeys(row for of in series.values() for row in of))
        heights = [lane * sum(row in of for of in series.values()) + between for row in rows]
        parts.append(text(16, top + 24, title, kind="title"))
        x = left
        for i, name in enumerate(series):
            parts += [f'<circle cx="{x}" cy="{top + 42}" r="4" class="f{i % COLOURS}"/>', text(x + 9, top + 46, name)]
            x += 30 + 7 * len(name)
        y, bottom = top + head, top + head + sum(heights)
        for tick in ticks:
            parts += [line(across(tick), y - 4, across(tick), bottom, "one" if tick == 1 else "grid"),
                      text(across(tick), bottom + 14, f"{tick:,g}", "middle", "faint")]
        for row, high in zip(rows, heights):
            parts.append(text(left - 54, y + (high - between) / 2 + 4, row, "end"))
            for i, of in enumerate(series.values()):
                if row not in of:
                    continue
                end, middle = across(of[row]), y + lane / 2
                anchor, beside = ("end", -8) if of[row] < 1 else ("start", 8)
                parts += [line(across(1), middle, end, middle, f"s{i % COLOURS}"),
                          f'<circle cx="{end:.1f}" cy="{middle:.1f}" r="4" class="f{i % COLOURS}"/>',
                          text(end + beside, middle + 4, short(of[row]), anchor, "faint")]
                y += lane
            y += between
        top = bottom + foot
    parts.append(text(16, top + 8, note, kind="faint"))
    write(path, width, top + 20, parts)
