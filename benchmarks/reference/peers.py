# SPDX-License-Identifier: MIT
"""Times stet against other libraries that write and read tensors, and against plain system calls, interleaved.

peers.py PROGRAMS FOLDER [--rounds N] [--size small] [--chart FILE] [--figures FILE] [--beside FILE]...

PROGRAMS is the folder that the benchmarks were built in, FOLDER a place on the disk to be measured. Prints Markdown.
A library is called in this process, stet and the plain calls in those of ways.cpp and loads.cpp, which stay for all
rounds: no start is timed. Whatever a library wants its tensors to be is made of the same bytes before; what it returned
is given back after its time. Libraries that cannot be imported are left out.
"""

import argparse
import contextlib
import ctypes
import datetime
import gc
import importlib.metadata
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import time

import numpy
import safetensors

import charts
from charts import short
from compare import Program, Reference, make_durable, processor_name, readable, spread
from libraries import Lent, Rust, Torch, present

PATIENCE = 8  # seconds that a way may take of one table's rounds; then it is not asked again


def told(program, way, what=None):
    """The seconds that a program says a way took; what is loaded in the first round is checked."""
    return lambda is_first: program.ask(way, what or ("checked" if is_first else "timed"))


def timed(work, right=None):
    """The seconds that a call takes. right: a name, and the bytes that belong under it in what the call returns."""

    def run(is_first):
        begin = time.perf_counter()
        made = work()
        took = time.perf_counter() - begin
        if is_first and right and numpy.asarray(made[right[0]]).tobytes() != right[1]:
            sys.exit(f"a library loaded other bytes than the file's: {work}")
        if isinstance(made, Lent):
            made.close()
        return took

    return run


def interleaved(ways, rounds, before, after):
    """way -> its seconds, one a round."""
    seconds, spent = {way: [] for way in ways}, dict.fromkeys(ways, 0.0)
    draw = random.Random(1)
    gc.collect()
    gc.freeze()  # else a library that makes many objects would pay for looking through ours
    for round_ in range(rounds + 1):  # one to warm up
        asked = [way for way in ways if spent[way] < PATIENCE]
        for way in draw.sample(asked, len(asked)):
            before()
            took = ways[way](round_ == 0)
            after()
            spent[way] += took
            if round_ > 0 or spent[way] >= PATIENCE:
                seconds[way].append(took)
    gc.unfreeze()
    return seconds


def give_memory_back():
    """So that no library reads into memory that it had touched before; loads.cpp does the same."""
    ctypes.CDLL(None).malloc_trim(0)
    if "mlx.core" in sys.modules:
        sys.modules["mlx.core"].clear_cache()


class Report:
    """Tables as they are measured, and of each the ratios that go into the chart and the comparison of machines."""

    def __init__(self, rounds):
        self.rounds = rounds
        self.ratios = {}  # title -> way -> times of stet's

    def table(self, title, ways, before=lambda: None, after=lambda: None):
        """ways: among them "floor" and "stet", which the others are set against."""
        seconds = interleaved(ways, self.rounds, before, after)
        self.ratios[title] = {way: over(values, seconds["stet"]) for way, values in seconds.items()}
        print(f"**{title}**\n\n| | ms | ± | x floor | stet, x this |\n|---|---|---|---|---|")
        for way, values in seconds.items():
            beside = f"{spread(values):.0f} %" if len(values) > 1 else ""
            if len(values) < self.rounds:
                beside += f" ({len(values)} round{'s' * (len(values) > 1)})"
            versus = "" if way == "stet" else short(over(seconds["stet"], values))
            print(f"| {way} | {milliseconds(statistics.median(values))} | {beside.strip()} "
                  f"| {short(over(values, seconds['floor']))} | {versus} |")
        print(flush=True)
        return seconds


def over(values, others):
    """The median of the ratios within a round."""
    return statistics.median(a / b for a, b in zip(values, others))


def milliseconds(seconds):
    return f"{seconds * 1e3:,.0f}" if seconds >= 0.1 else f"{seconds * 1e3:.3g}"


def named(count, size):
    return f"{count:,} tensors of {readable(size)}"


class Files:
    """What is saved and loaded in the folder that is measured."""

    def __init__(self, programs, folder):
        self.ways, self.loads = (os.path.join(programs, name) for name in ("ways", "loads"))
        self.folder = folder
        self.saved = os.path.join(folder, "saved.safetensors")
        self.loaded = os.path.join(folder, "loaded.safetensors")
        self.loaded_by_torch = os.path.join(folder, "loaded.pt")

    def remove_saved(self):
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.saved)
        shutil.rmtree(os.path.join(self.folder, "set"), ignore_errors=True)
        os.sync()

    def of(self, peer):
        return self.loaded_by_torch if isinstance(peer, Torch) else self.loaded

    def make_loaded(self, count, size):
        """Saves what is then loaded. Of it a name in the middle, and its bytes."""
        program = Program(self.ways, self.folder, count, size, "packed")
        program.ask("stet", "return")
        program.close()
        os.replace(self.saved, self.loaded)
        with safetensors.safe_open(self.loaded, framework="np") as file:
            name = file.offset_keys()[count // 2]
            return name, file.get_tensor(name).tobytes()

    def make_loaded_by_torch(self, torch):
        torch.take(Rust().all(self.loaded), None)
        torch.save(self.loaded_by_torch)
        torch.tensors = {}

    def read_through(self):
        """So that all of it is in the system's cache."""
        block = bytearray(1 << 24)
        for path in (self.loaded, self.loaded_by_torch):
            if os.path.exists(path):
                with open(path, "rb", buffering=0) as file:
                    while file.readinto(block):
                        pass

    def forget(self):
        """So that nothing of it is in the system's cache."""
        for path in (self.loaded, self.loaded_by_torch):
            if os.path.exists(path):
                handle = os.open(path, os.O_RDONLY)
                os.fsync(handle)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(handle)

    def remove_loaded(self):
        for path in (self.loaded, self.loaded_by_torch):
            with contextlib.suppress(FileNotFoundError):
                os.remove(path)


FIT_FOR_A_MILLION = ("reference", "mlx", "zTensor")  # tensors; the others take minutes
STET_SAVES = {"floor": "floor", "stet": "stet"}
STET_WRITERS = {"stet, `automatic_writer`": "automatic", "stet, `direct_writer`": "direct",
                "stet, `hybrid_writer`": "hybrid"}


def save_tables(report, files, peers, sets):
    for count, size in sets:
        reference = Reference(files.folder, count, size, "packed")
        program = Program(files.ways, files.folder, count, size, "packed")
        ours = STET_SAVES | (STET_WRITERS if size >= 1 << 20 else {})
        arrays = {name: numpy.frombuffer(reference.memory, numpy.uint8, bytes_, at)
                  for name, (at, bytes_) in reference.places.items()}
        for peer in peers:
            peer.take(arrays, reference)
        asked = peers
        for until in ("return", "durable"):

            def saved(peer, is_durable=until == "durable"):
                peer.save(files.saved)
                if is_durable:
                    make_durable(files.saved)

            ways = {label: told(program, way, until) for label, way in ours.items()}
            ways |= {peer.name: timed(lambda peer=peer: saved(peer)) for peer in asked}
            seconds = report.table(f"{named(count, size)}, until {until}", ways,
                                   lambda: program.ask("warm", "return"), files.remove_saved)
            asked = [peer for peer in asked if seconds[peer.name][0] < PATIENCE]  # else the disk adds nothing
        program.close()
        for peer in peers:
            peer.tensors = {}


def with_torchs_file(files, peers):
    for peer in peers:
        if isinstance(peer, Torch):
            files.make_loaded_by_torch(peer)


def open_tables(report, files, peers, counts):
    for count in counts:
        files.make_loaded(count, 4)
        able = [peer for peer in peers if count <= 100_000 or peer.name in FIT_FOR_A_MILLION]
        with_torchs_file(files, able)
        program = Program(files.loads, files.loaded)
        ways = {way: told(program, f"open_{way}") for way in ("floor", "stet")}
        ways |= {peer.name: timed(lambda peer=peer: peer.open(files.of(peer))) for peer in able}
        report.table(f"Opening a file of {count:,} tensors", ways, files.read_through)
        if count == counts[0]:
            decode_table(report, files, program, count)
        program.close()
        files.remove_loaded()


def decode_table(report, files, program, count):
    with open(files.loaded, "rb") as file:
        content = file.read()
    text = content[8:8 + int.from_bytes(content[:8], "little")]
    report.table(f"Decoding a header of {count:,} tensors", {
        "floor": told(program, "header_floor"),
        "stet": told(program, "header_stet"),
        "reference, `deserialize`": timed(lambda: safetensors.deserialize(content)),
        "Python's `json.loads`": timed(lambda: json.loads(text)),
    })


def one_table(report, files, peers, count, size):
    right = files.make_loaded(count, size)
    with_torchs_file(files, peers)
    program = Program(files.loads, files.loaded)
    ways = {label: told(program, f"one_{way}")
            for label, way in (("floor", "floor"), ("stet", "stet"), ("stet, mapped", "mapped"))}
    ways |= {peer.name: timed(lambda peer=peer: peer.one(files.of(peer), right[0]), right) for peer in peers}
    report.table(f"One of {named(count, size)}", ways, files.read_through)
    program.close()
    files.remove_loaded()


INTO_MEMORY_AT_HAND = {"floor": "floor", "`pread`, a thread a core": "threads", "`mmap` and copy": "mapped",
                       "stet": "stet", "stet, a thread a core": "stet_threads", "stet, io_uring": "stet_kernel"}


def load_tables(report, files, peers, sets):
    for count, size in sets:
        right = files.make_loaded(count, size)
        with_torchs_file(files, peers)
        program = Program(files.loads, files.loaded)
        given = {label: told(program, f"all_{way}") for label, way in INTO_MEMORY_AT_HAND.items()}
        fresh = {way: told(program, f"all_fresh_{way}") for way in ("floor", "stet")}
        fresh |= {peer.name: timed(lambda peer=peer: peer.all(files.of(peer)), right) for peer in peers}
        states = [("in the cache", files.read_through)]
        if size >= 1 << 20:
            states.append(("not in the cache", files.forget))
        for state, before in states:
            report.table(f"{named(count, size)}, {state}, into memory at hand", given, before)
            report.table(f"{named(count, size)}, {state}, into new memory", fresh, before, give_memory_back)
        program.close()
        files.remove_loaded()


def set_table(report, files, count, size):
    program = Program(files.ways, files.folder, count, size, "packed")
    report.table(f"{named(count, size)} in eight files, until return", {
        "floor": told(program, "shards_floor", "return"),
        "stet": told(program, "shards", "return"),
        "stet, in one file": told(program, "stet", "return"),
    }, lambda: program.ask("warm", "return"), files.remove_saved)
    program.close()


def x_floor(counters):
    return counters["x_floor"]


# What is measured, its floor, the program and the case in it, and how its counters tell the ratio to the floor.
OWN = [
    ("SHA-256 of 1.5 GB in memory", "OpenSSL's", "hashes_hashes", "sha256_beside_openssl",
     lambda counters: 1 / counters["x_openssl"]),
    ("saving 512 MiB, durable, with SHA-256", "the slower of writing and hashing", "hashes_hashes",
     "durable_save_with_hash/usual", lambda counters: counters["x_slower_median"]),
    ("casting 16 Mi elements, F32 to F16", "copying them", "tensor_casts", "in_memory/0/", x_floor),
    ("casting 16 Mi elements, F32 to BF16", "copying them", "tensor_casts", "in_memory/1/", x_floor),
    ("casting 16 Mi elements, F32 to F8_E4M3", "copying them", "tensor_casts", "in_memory/2/", x_floor),
    ("NVFP4 to BF16", "copying what comes out", "quantised_values", "dequantise/nvfp4_bf16/", x_floor),
    ("opening a set of 50 files, 100,000 tensors", "opening each of its files", "shards_mapped_set", "open_set/100000/",
     x_floor),
]
SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}


def run_bench(path, folder, case, repeated):
    done = subprocess.run([path, f"--benchmark_filter=^{case}", f"--benchmark_repetitions={repeated}",
                           "--benchmark_min_time=0.05", "--benchmark_format=json"],
                          cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    return [each for each in json.loads(done.stdout)["benchmarks"] if each["run_type"] == "iteration"]


def own_table(programs, folder, rounds):
    print("| | ms | x floor | ± | floor |\n|---|---|---|---|---|")
    for what, floor, program, case, ratio_of in OWN:
        path = os.path.abspath(os.path.join(programs, f"bench_{program}"))
        if not os.path.exists(path):  # without Google Benchmark
            continue
        answers = run_bench(path, folder, case, 1 if program == "hashes_hashes" else rounds)  # those have their own
        seconds = statistics.median(each["real_time"] * SECONDS[each["time_unit"]] for each in answers)
        ratios = [ratio_of(each) for each in answers]
        beside = f"{spread(ratios):.0f} %" if len(ratios) > 1 else ""
        print(f"| {what} | {milliseconds(seconds)} | {short(statistics.median(ratios))} | {beside} | {floor} |",
              flush=True)
    print()


SIZES = {
    "full": {
        "save": [(256, 4 << 20), (2000, 64 << 10), (100_000, 4)],
        "open": [100_000, 1_000_000],
        "one": (10_000, 16 << 10),
        "load": [(256, 4 << 20), (2000, 64 << 10)],
        "set": (256, 4 << 20),
    },
    "small": {
        "save": [(8, 1 << 20), (20, 64 << 10), (100, 4)],
        "open": [100, 1000],
        "one": (100, 16 << 10),
        "load": [(8, 1 << 20), (20, 64 << 10)],
        "set": (8, 1 << 20),
    },
}

METHOD = """\
Medians of {rounds} interleaved rounds; ± is half the distance between the quartiles; ratios are medians of ratios within
a round. *Floor* is what plain system calls take for the same bytes. The last column is stet's time in times of the row's:
below 1, stet takes less.

- Libraries are called in one Python process, stet and the plain calls in one of C++; both stay for all rounds, and the
  tensors are ready in the form that each wants. Which has taken {patience} s of a table is not asked again.
- Saving: before each save as many bytes are written into the system's cache and given back; after it the file is removed
  and the disk waited for. The others' saves end with the file in the cache; *durable* adds an fsync of file and folder.
- Loading: the file is read through before each load, or the cache made to forget it. Libraries give new memory; so does
  stet in the tables that say so. mlx opens without reading tensors, and is made to read them where they are loaded.
- The reference is handed ready addresses when it saves, and is `safe_open` with numpy when it opens and loads. zTensor
  reads safetensors and writes a format of its own; torch writes and reads its own, by `mmap=True` where not all is
  wanted. fastsafetensors loads without a GPU.
- Decoding: `deserialize` makes Python objects of what it decodes; `json.loads` checks no tensor; the floor copies the
  text."""


def machine():
    return f"{os.cpu_count()} cores of {processor_name()}"


def surroundings(folder):
    found = subprocess.run(["findmnt", "-no", "FSTYPE", "-T", folder], stdout=subprocess.PIPE, text=True, check=False)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{round(memory / 2**30)} GiB, {found.stdout.strip()}, Linux {'.'.join(platform.release().split('.')[:2])}"


def beside_reference(ratios):
    """title -> stet's and the floor's time, in times of the reference's."""
    return {title: {"stet": 1 / of["reference"], "floor": of["floor"] / of["reference"]}
            for title, of in ratios.items() if "reference" in of}


def machines_table(all_figures):
    print("### By machine\n\nstet's time, in times of the reference's; in brackets the floor's.\n")
    print(f"| | {' | '.join(of['machine'] for of in all_figures)} |\n|---|{'---|' * len(all_figures)}")
    for title in dict.fromkeys(title for figures in all_figures for title in figures["beside_reference"]):
        cells = []
        for figures in all_figures:
            of = figures["beside_reference"].get(title)
            cells.append(short(of["stet"]) + (f" ({short(of['floor'])})" if "floor" in of else "") if of else "")
        print(f"| {title} | {' | '.join(cells)} |")


def draw(path, ratios, sizes):
    panels = [
        ("Saving, until return", {named(*of): f"{named(*of)}, until return" for of in sizes["save"]}),
        ("Loading everything, file in the cache",
         {named(*of): f"{named(*of)}, in the cache, into new memory" for of in sizes["load"]}),
        ("Opening a file", {f"{count:,} tensors": f"Opening a file of {count:,} tensors" for count in sizes["open"]}),
    ]
    charts.ratios(path, [
        (panel, {of: {way: ratio for way, ratio in ratios[title].items() if not way.startswith("stet")}
                 for of, title in titles.items()})
        for panel, titles in panels
    ], "Time in times of stet's, logarithmic; what goes to the right of 1 takes longer than stet.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs")
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--size", choices=SIZES, default="full", help="small: to see it run")
    parser.add_argument("--chart", help="SVG file to write")
    parser.add_argument("--figures", help="JSON file to write, for another machine's --beside")
    parser.add_argument("--beside", action="append", default=[], help="JSON file with another machine's figures")
    arguments = parser.parse_args()

    peers, missing = present()
    writers = [peer for peer in peers if hasattr(peer, "save")]
    os.makedirs(arguments.folder, exist_ok=True)
    files = Files(arguments.programs, arguments.folder)
    sizes = SIZES[arguments.size]
    report = Report(arguments.rounds)
    versions = ", ".join(f"{peer.package} {importlib.metadata.version(peer.package)}" for peer in peers)
    print(f"## Beside other libraries\n\n{machine()}, {surroundings(arguments.folder)}; {versions}"
          f"{'; not there: ' + ', '.join(missing) if missing else ''}.\n")
    if arguments.chart:
        print("![time to save, load and open, in times of stet's](charts/peers.svg)\n")
    print(f"{METHOD.format(rounds=arguments.rounds, patience=PATIENCE)}\n\n### Saving\n", flush=True)
    save_tables(report, files, writers, sizes["save"])
    print("### Opening\n")
    open_tables(report, files, peers, sizes["open"])
    print("### Loading\n")
    one_table(report, files, peers, *sizes["one"])
    load_tables(report, files, peers, sizes["load"])
    print("### Beside floors of its own\n")
    set_table(report, files, *sizes["set"])
    if arguments.size == "full":
        own_table(arguments.programs, arguments.folder, arguments.rounds)
    figures = {"machine": f"{machine()}, {datetime.date.today():%-d %B %Y}",
               "beside_reference": beside_reference(report.ratios)}
    others = []
    for path in arguments.beside:
        with open(path, encoding="utf-8") as file:
            others.append(json.load(file))
    machines_table([figures, *others])
    if arguments.figures:
        with open(arguments.figures, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=1)
    if arguments.chart:
        draw(arguments.chart, report.ratios, sizes)


if __name__ == "__main__":
    main()
