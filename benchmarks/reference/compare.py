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

from charts import lines

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
        self.memory = mmap.mmap(-1, places * stride + 4096)
        noise = os.urandom(1 << 20)
        for at in range(0, len(self.memory), len(noise)):
            self.memory[at:at + len(noise)] = noise[:len(self.memory) - at]
        address = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        self.places = {name: (i % places * stride, bytes_) for i, (name, bytes_) in enumerate(zip(names(count), sizes))}
        self.tensors = {
            name: safetensors.TensorSpec(dtype="uint8", shape=[bytes_], data_ptr=address + at, data_len=bytes_)
            for name, (at, bytes_) in self.places.items()
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
            make_durable(self.path)
        return time.perf_counter() - begin


def make_durable(path):
    for each in (path, os.path.dirname(path)):
        handle = os.open(each, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


class Program:
    """One that is told a way and something about it, and answers the seconds that took; ways.cpp and loads.cpp."""

    def __init__(self, *command):
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        self.processor = 0.0

    def ask(self, way, what):
        self.process.stdin.write(f"{way} {what}\n")
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
    program = Program(arguments.program, arguments.folder, count, size, kind)
    until = "durable" if is_durable else "return"
    path = reference.path
    seconds = {way: [] for way in ["reference", *ways]}
    processor = {way: [] for way in ways}
    shuffled = random.Random(1)
    for round_ in range(rounds + 1):  # one to warm up
        for way in shuffled.sample(list(seconds), len(seconds)):
            program.ask("warm", "return")
            took = reference.save(is_durable) if way == "reference" else program.ask(way, until)
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
        by_way = {"automatic": [], "stet": []}
        for size in sizes:
            rows = table(arguments, f"{readable(size)} in tensors of 4 MiB at most", max(1, size >> 22),
                         min(size, 1 << 22), "packed", ["floor", "stet", "automatic"], is_durable, rounds)
            for way, values in by_way.items():
                values.append(rows[way])
        until = "durable" if is_durable else "until return"
        stem = os.path.join(arguments.charts, "size_" + ("durable" if is_durable else "return"))
        for which, name in ((0, "reference"), (1, "floor")):
            lines(f"{stem}_{name}.svg", f"Time to save, {until}, in times of the {name}'s (less is better)",
                  "bytes of the file", [readable(size) for size in sizes],
                  {way: [row[which] for row in values] for way, values in by_way.items()})
    by_count = []
    for count in counts:
        by_count.append(table(arguments, f"{count:,} tensors of 64 B", count, 64, "packed", ["floor", "stet"], False,
                              rounds)["stet"])
    for which, name in ((0, "reference"), (1, "floor")):
        lines(os.path.join(arguments.charts, f"count_return_{name}.svg"),
              f"Time to save, in times of the {name}'s (less is better)", "tensors of 64 bytes",
              [f"{count:,}" for count in counts], {"stet": [row[which] for row in by_count]})


def processor_name():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        return next((line.split(":")[1].strip() for line in info if line.startswith("model name")), "?")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--long", action="store_true", help="also 12 GiB")
    parser.add_argument("--charts", help="folder for SVG files")
    parser.add_argument("--only", help="only tables whose title holds this")
    arguments = parser.parse_args()

    print(f"Machine: {os.cpu_count()} cores of {processor_name()}, Linux {platform.release()}; "
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


if __name__ == "__main__":
    main()
