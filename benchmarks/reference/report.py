# SPDX-License-Identifier: MIT
"""What peers.py says: a table of each measurement, and a section for README.md with a line of each, as Markdown; the
chart; and the ratios that another machine's report takes as a column."""

import importlib.metadata
import os
import platform
import statistics
import subprocess

import charts
from charts import short
from compare import processor_name, readable, spread

METHOD = """\
Medians of {rounds} interleaved rounds; ± is half the distance between the quartiles; ratios are medians of ratios
within a round. *Floor* is what plain system calls take for the same bytes.

- Libraries are called in one Python process, stet and the plain calls in one of C++; both stay for all rounds, and the
  tensors are ready in the form that each wants. Which has taken {patience} s of a table is not asked again.
- Saving: before each save as many bytes are written into the system's cache and given back; afterwards the file is
  removed and the disk waited for. The others' saves end with the file in the cache; *durable* adds an fsync of file and
  folder.
- Loading: the file is read through before each load, or the cache made to forget it. Libraries give new memory; so does
  stet in the tables that say so, and before each of those loads as much memory is touched and given back. mlx opens
  without reading tensors, and is made to read them where they are loaded.
- The reference is handed ready addresses when it saves; it opens and loads by `safe_open` with numpy, and decodes by
  `deserialize`, which makes Python objects. zTensor reads safetensors and writes a format of its own; torch writes and
  reads its own, by `mmap=True` where not all is wanted. fastsafetensors loads without a GPU."""


def named(count, size):
    return f"{count:,} tensors of {readable(size)}"


def milliseconds(seconds):
    return f"{seconds * 1e3:,.0f}" if seconds >= 0.1 else f"{seconds * 1e3:.3g}"


def over(values, others):
    """The median of the ratios within a round."""
    return statistics.median(a / b for a, b in zip(values, others))


def row(*cells):
    return f"| {' | '.join(cells)} |"


def head(*cells):
    return row(*cells) + "\n|" + "---|" * len(cells)


class Report:
    """Tables as they are measured, and of each the ratios that go into the section, the chart and the figures."""

    def __init__(self, rounds):
        self.rounds = rounds
        self.stet = {}  # title -> its median and spread
        self.ratios = {}  # title -> way -> stet's time, in times of the way's

    def add(self, title, seconds):
        """seconds: of each way; among them "floor" and "stet", which the others are set against."""
        self.stet[title] = [milliseconds(statistics.median(seconds["stet"])), self.spread(seconds["stet"])]
        self.ratios[title] = {way: over(seconds["stet"], values) for way, values in seconds.items()}
        print(f"**{title}**\n\n{head('', 'ms', '±', 'x floor', 'stet, x this')}")
        for way, values in seconds.items():
            versus = "" if way == "stet" else short(self.ratios[title][way])
            print(row(way, milliseconds(statistics.median(values)), self.spread(values),
                      short(over(values, seconds["floor"])), versus))
        print(flush=True)

    def spread(self, values):
        said = f"{spread(values):.0f} %" if len(values) > 1 else ""
        if len(values) < self.rounds:
            said += f" ({len(values)} round{'s' * (len(values) > 1)})"
        return said.strip()

    def section(self, peers, missing, folder, patience, chart):
        """All but the tables of what has other floors, and of other machines."""
        versions = ", ".join(f"{peer.package} {importlib.metadata.version(peer.package)}" for peer in peers)
        absent = f"; not there: {', '.join(missing)}" if missing else ""
        print(f"## Beside other libraries\n\n{machine()}, {surroundings(folder)}; {versions}{absent}.\n")
        if chart:
            print("![times to save, load and open, in times of stet's](charts/peers.svg)\n")
        print(f"{METHOD.format(rounds=self.rounds, patience=patience)}\n\nstet's time, and in times of theirs:\n")
        ways = ["floor", *(peer.name for peer in peers)]
        print(head("", "ms", "±", *(f"x {way}" for way in ways)))
        for title, ratios in self.ratios.items():
            print(row(title, *self.stet[title], *(short(ratios[way]) if way in ratios else "" for way in ways)))
        print()

    def figures(self, label):
        """What another machine's report takes as a column: stet's and the floor's time, in times of the reference's."""
        return {"machine": label, "beside_reference": {
            title: {"stet": of["reference"], "floor": of["reference"] / of["floor"]}
            for title, of in self.ratios.items() if "reference" in of
        }}

    def draw(self, path, panels):
        """panels: of (title, {series: title of its table})"""
        charts.ratios(path, [
            (panel, {of: {way: 1 / ratio for way, ratio in self.ratios[title].items() if not way.startswith("stet")}
                     for of, title in titles.items()})
            for panel, titles in panels
        ], "Time in times of stet's, logarithmic; what goes to the right of 1 takes longer than stet.")


def machine():
    return f"{os.cpu_count()} cores of {processor_name()}"


def surroundings(folder):
    found = subprocess.run(["findmnt", "-no", "FSTYPE", "-T", folder], stdout=subprocess.PIPE, text=True, check=False)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{round(memory / 2**30)} GiB, {found.stdout.strip()}, Linux {'.'.join(platform.release().split('.')[:2])}"


def by_machine(all_figures):
    print("stet's time in times of the reference's, by machine; in brackets the floor's:\n")
    print(head("", *(figures["machine"] for figures in all_figures)))
    for title in dict.fromkeys(title for figures in all_figures for title in figures["beside_reference"]):
        cells = []
        for figures in all_figures:
            of = figures["beside_reference"].get(title)
            cells.append(short(of["stet"]) + (f" ({short(of['floor'])})" if "floor" in of else "") if of else "")
        print(row(title, *cells))
