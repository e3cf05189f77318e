# SPDX-License-Identifier: MIT
"""Times stet's ways to save against the reference writer and against plain system calls, interleaved.

compare.py WAYS FOLDER [--rounds N] [--long] [--charts FOLDER]

WAYS is the program built from ways.cpp, FOLDER a place on the disk to be measured. Prints Markdown.
Reference: safetensors.serialize_file, which takes addresses. They are made outside of what is timed, so that all
Python has left to do is to hand over a dict of them; what the call needs before it creates the file, that included,
is printed beside each table, and nothing is taken off.
"""

import argparse
import ctypes
import mmap
import os
import platform
import random
import statistics
import subprocess
import sys
import time

import safetensors

LEAVES = ["to_q.weight", "to_k.weight", "to_v.weight", "to_out.0.weight", "to_out.0.bias", "to_q.lora_a.weight",
          "to_q.lora_b.weight", "to_v.lora_a.weight", "to_v.lora_b.weight", "norm.weight"]
SHORT_LEAVES = ["q.w", "k.w", "v.w", "out.w", "out.b", "q.a.w", "q.b.w", "v.a.w", "v.b.w", "norm"]
MOST = 1 << 30  # bytes of memory behind all tensors, as in ways.cpp


def names(count):
    """As shuffled_names and the layout in ways.cpp make them: of a million they are short, for a header to hold them."""
    if count > 400_000:
        made = [f"blocks.{i // 400}.{i // 20 % 20}.a{i // 10 % 2 + 1}.{SHORT_LEAVES[i % 10]}" for i in range(count)]
    else:
        made = [
            f"model.diffusion_model.input_blocks.{i // 400}.1.transformer_blocks.{i // 20 % 20}."
            f"attn{i // 10 % 2 + 1}.{LEAVES[i % 10]}" for i in range(count)
        ]
    random.Random(7).shuffle(made)
    return made


class Reference:
    """The safetensors package's own writer on tensors of the same number and sizes, ready in memory."""

    def __init__(self, folder, count, size, kind):
        self.path = os.path.join(folder, "saved.safetensors")
        self.nowhere = os.path.join(folder, "no such folder", "x")
        sizes = [1024 * (i * 37 % 64 + 1) if kind == "mixed" else size for i in range(count)]
        stride = max(*sizes, 1) + 16
        places = max(1, min(count, MOST // stride))
        self.allocator = mmap.mmap(-1, places * stride + 4096)
        noise = os.urandom(1 << 20)
        for at in range(0, len(self.memory), len(noise)):
            self.memory[at:at + len(noise)] = noise[:len(self.memory) - at]
        address = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        self.tensors = {
            name: safetensors.TensorSpec(dtype="uint8", shape=[bytes_], data_ptr=address + i % places * stride,
                                         data_len=bytes_)
            for i, (name, bytes_) in enumerate(zip(names(count), sizes))
        }

    def before_the_file(self):
        """Seconds until the file would be created: reading the dict, ordering, header."""
        begin = time.perf_counter()
        try:
            safetensors.serialize_file(self.tensors, self.nowhere, None)
        except Exception:  # the folder does not exist
            pass
        return time.perf_counter() - begin

    def save(self, is_durable):
        begin = time.perf_counter()
        safetensors.serialize_file(self.tensors, self.path, None)
        if is_durable:
            for path in (self.path, os.path.dirname(self.path)):
                handle = os.open(path, os.O_RDONLY)
                os.fsync(handle)
                os.close(handle)
        return time.perf_counter() - begin


class Ways:
    def __init__(self, program, folder, count, size, kind):
        self.process = subprocess.Popen([program, folder, str(count), str(size), kind], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.processor = 0.0

    def save(self, way, is_durable):
        self.process.stdin.write(f"{way} {'durable' if is_durable else 'return'}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer:
            sys.exit(f"the way '{way}' failed")
        self.processor = float(answer[1])
        return float(answer[0])

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measure(arguments, count, size, kind, ways, is_durable, rounds):
    """way -> seconds, one a round; and way -> processor seconds."""
    reference = Reference(arguments.folder, count, size, kind)
    program = Ways(arguments.program, arguments.folder, count, size, kind)
    path = reference.path
    seconds = {way: [] for way in ["reference", *ways]}
    processor = {way: [] for way in ways}
    shuffled = random.Random(1)
    for round_ in range(rounds + 1):  # one to warm up
        for way in shuffled.sample(list(seconds), len(seconds)):
            program.save("warm", False)
            took = reference.save(is_durable) if way == "reference" else program.save(way, is_durable)
            if round_ >= 1:
                seconds[way].append(took)
                if way != "reference":
                    processor[way].append(program.processor)
            size_written = os.path.getsize(path)
            os.remove(path)
            os.sync()
    share = min(reference.before_the_file() for _ in range(5))
    program.close()
    if kind == "mapped":
        os.remove(os.path.join(arguments.folder, "source.safetensors"))
    return seconds, processor, share, size_written


def spread(values):
    """Half the distance between the quartiles, of fewer than four values half their range; per cent of the median."""
    if len(values) < 4:
        low, high = min(values), max(values)
    else:
        low, _, high = statistics.quantiles(values, n=4)
    return 50 * (high - low) / statistics.median(values)


def table(arguments, title, count, size, kind, ways, is_durable, rounds):
    seconds, processor, share, written = measure(arguments, count, size, kind, ways, is_durable, rounds)
    median = {way: statistics.median(values) for way, values in seconds.items()}
    floor = median.get("floor", median.get("read+write", median["reference"]))
    print(f"\n**{title}**, {'durable' if is_durable else 'until return'}, {rounds} rounds; "
          f"the reference before it creates its file: {share * 1e3:.1f} ms\n")
    print("| way | ms | ± | GB/s | x reference | x floor | core seconds a GiB |")
    print("|---|---|---|---|---|---|---|")
    for way, value in median.items():
        ratios = [a / b for a, b in zip(seconds[way], seconds["reference"])]
        cores = f"{statistics.median(processor[way]) / (written / 2**30):.2f}" if way in processor else ""
        print(f"| {way} | {value * 1e3:.1f} | {spread(seconds[way]):.0f} % | {written / value / 1e9:.2f} "
              f"| {statistics.median(ratios):.2f} | {value / floor:.2f} | {cores} |")
    sys.stdout.flush()
    return {way: (value / median["reference"], value / floor) for way, value in median.items()}


def chart(path, title, label, places, series):
    """A plain SVG: a logarithmic axis across, ratios upwards, one line a series."""
    width, height, left, top = 640, 320, 60, 40
    right, bottom = width - 150, height - 50
    most = max(1.2, *(value for line in series.values() for value in line))
    colours = ["#1b6ca8", "#c0392b", "#27814a", "#8e44ad", "#b7791f", "#555555"]

    def at(i, value):
        x = left + (right - left) * (i / max(1, len(places) - 1))
        return x, bottom - (bottom - top) * value / most

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
           f'font-size="12"><rect width="{width}" height="{height}" fill="white"/>',
           f'<text x="{left}" y="22" font-size="14">{title}</text>']
    step = 0.25 if most <= 2 else 0.5 if most <= 4 else 1
    value = 0.0
    while value <= most:
        _, y = at(0, value)
        out.append(f'<line x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
                   f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
        value += step
    for i, place in enumerate(places):
        x, _ = at(i, 0)
        out.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{place}</text>')
    out.append(f'<text x="{(left + right) / 2}" y="{height - 10}" text-anchor="middle">{label}</text>')
    labelled = []
    for (name, line), colour in zip(series.items(), colours):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(i, v) for i, v in enumerate(line)))
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        x, y = at(len(line) - 1, line[-1])
        while any(abs(y - other) < 14 for other in labelled):
            y -= 14
        labelled.append(y)
        out.append(f'<text x="{x + 8:.1f}" y="{y + 4:.1f}" fill="{colour}">{name}</text>')
    out.append("</svg>\n")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(out))


def readable(size):
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024 or unit == "GiB":
            return f"{size:g} {unit}"
        size /= 1024


def charts(arguments, rounds):
    os.makedirs(arguments.charts, exist_ok=True)
    sizes = [1 << p for p in (20, 23, 26, 29, 31, 33)]
    counts = [10, 100, 1000, 10_000, 100_000, 1_000_000]
    for is_durable in (False, True):
        lines = {"automatic": [], "stet": []}
        for size in sizes:
            rows = table(arguments, f"{readable(size)} in tensors of 4 MiB at most", max(1, size >> 22),
                         min(size, 1 << 22), "packed", ["floor", "stet", "automatic"], is_durable, rounds)
            for way in lines:
                lines[way].append(rows[way])
        until = "durable" if is_durable else "until return"
        stem = os.path.join(arguments.charts, "size_" + ("durable" if is_durable else "return"))
        for which, name in ((0, "reference"), (1, "floor")):
            chart(f"{stem}_{name}.svg", f"Time to save, {until}, in times of the {name}'s (less is better)",
                  "bytes of the file", [readable(size) for size in sizes],
                  {way: [row[which] for row in line] for way, line in lines.items()})
    line = []
    for count in counts:
        line.append(table(arguments, f"{count:,} tensors of 64 B", count, 64, "packed", ["floor", "stet"], False,
                          rounds)["stet"])
    for which, name in ((0, "reference"), (1, "floor")):
        chart(os.path.join(arguments.charts, f"count_return_{name}.svg"),
              f"Time to save, in times of the {name}'s (less is better)", "tensors of 64 bytes",
              [f"{count:,}" for count in counts], {"stet": [row[which] for row in line]})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--long", action="store_true", help="also 12 GiB")
    parser.add_argument("--charts", help="folder for SVG files")
    parser.add_argument("--only", help="only tables whose title holds this")
    arguments = parser.parse_args()

    with open("/proc/cpuinfo", encoding="utf-8") as info:
        model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), "?")
    print(f"Machine: {os.cpu_count()} cores of {model}, Linux {platform.release()}; "
          f"safetensors {safetensors.__version__}. Medians; ± is half the distance between the quartiles. "
          "Ratios to the reference are medians of ratios within a round, whose order is drawn anew.")
    policies = ["floor", "stet", "unallocated", "unstaged"]
    ways = ["direct", "hybrid", "automatic"]
    sets = [
        ("1,000 x 4 MiB", 1000, 4 << 20, "packed", False, [*policies, *ways]),
        ("1,000 x 4 MiB", 1000, 4 << 20, "packed", True, ["floor", "device", "stet", *ways]),
        ("256 x 4 MiB", 256, 4 << 20, "packed", False, [*policies, *ways]),
        ("256 x 4 MiB", 256, 4 << 20, "packed", True, ["floor", "device", "stet", *ways]),
        ("1,000 x 4 MiB at aligned addresses", 1000, 4 << 20, "aligned", True, ["floor", "device", "aligned"]),
        ("2,000 x 64 KiB", 2000, 64 << 10, "packed", False, policies),
        ("2,000 x 64 KiB", 2000, 64 << 10, "packed", True, policies),
        ("100,000 x 4 B", 100_000, 4, "packed", False, ["floor", "stet"]),
        ("1,000 x 4 MiB from a mapped file in the cache", 1000, 4 << 20, "mapped", False,
         ["read+write", "populated", "stet"]),
        ("256 x 4 MiB, produced while written", 256, 4 << 20, "produced", False, ["stet", "overlapped", "parallel"]),
        ("256 x 4 MiB, produced while written", 256, 4 << 20, "produced", True,
         ["stet", "overlapped", "parallel", "direct"]),
        ("2,000 x 1 to 64 KiB", 2000, 0, "mixed", False, ["floor", "stet"]),
    ]
    if arguments.long:
        sets.append(("3,000 x 4 MiB", 3000, 4 << 20, "packed", True, ["floor", "device", "stet", *ways]))
    for title, count, size, kind, is_durable, chosen in sets:
        if not arguments.only or arguments.only in title:
            table(arguments, title, count, size, kind, chosen, is_durable, arguments.rounds)
    if arguments.charts:
        charts(arguments, arguments.rounds)


main()
