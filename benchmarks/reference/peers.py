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
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time

import numpy
import safetensors

from charts import short
from compare import Program, Reference, make_durable, spread
from libraries import Lent, Rust, Torch, present
from report import Report, by_machine, head, machine, milliseconds, named, row

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


def measure(report, title, ways, before=lambda: None, after=lambda: None):
    seconds = interleaved(ways, report.rounds, before, after)
    report.add(title, seconds)
    return seconds


def give_memory_back():
    """So that no library reads into memory that it had touched before; loads.cpp does the same."""
    ctypes.CDLL(None).malloc_trim(0)
    if "mlx.core" in sys.modules:
        sys.modules["mlx.core"].clear_cache()


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
            seconds = measure(report, f"{named(count, size)}, until {until}", ways,
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
        measure(report, f"Opening a file of {count:,} tensors", ways, files.read_through)
        if count == counts[0]:
            decode_table(report, files, program, count)
        program.close()
        files.remove_loaded()


def decode_table(report, files, program, count):
    with open(files.loaded, "rb") as file:
        content = file.read()
    text = content[8:8 + int.from_bytes(content[:8], "little")]
    measure(report, f"Decoding a header of {count:,} tensors", {
        "floor": told(program, "header_floor"),
        "stet": told(program, "header_stet"),
        "reference": timed(lambda: safetensors.deserialize(content)),
        "Python's `json.loads`": timed(lambda: json.loads(text)),
    })


def one_table(report, files, peers, count, size):
    right = files.make_loaded(count, size)
    with_torchs_file(files, peers)
    program = Program(files.loads, files.loaded)
    ways = {label: told(program, f"one_{way}")
            for label, way in (("floor", "floor"), ("stet", "stet"), ("stet, mapped", "mapped"))}
    ways |= {peer.name: timed(lambda peer=peer: peer.one(files.of(peer), right[0]), right) for peer in peers}
    measure(report, f"One of {named(count, size)}", ways, files.read_through)
    program.close()
    files.remove_loaded()


INTO_MEMORY_AT_HAND = {"floor": "floor", "`pread`, a thread a core": "threads", "`mmap` and copy": "mapped",
                       "stet": "stet", "stet, a thread a core": "stet_threads", "stet, io_uring": "stet_kernel"}
INTO_NEW_MEMORY = {"floor": "fresh_floor", "`pread`, a thread a core": "fresh_threads",
                   "`mmap` and copy": "fresh_mapped", "`pread`, huge pages": "huge_floor", "stet": "fresh_stet",
                   "stet, a thread a core": "fresh_stet_threads", "stet, huge pages": "huge_stet",
                   "stet, huge pages, a thread a core": "huge_stet_threads"}


def load_tables(report, files, peers, sets):
    for count, size in sets:
        right = files.make_loaded(count, size)
        with_torchs_file(files, peers)
        program = Program(files.loads, files.loaded)
        given = {label: told(program, f"all_{way}") for label, way in INTO_MEMORY_AT_HAND.items()}
        fresh = {label: told(program, way) for label, way in INTO_NEW_MEMORY.items()}
        fresh |= {peer.name: timed(lambda peer=peer: peer.all(files.of(peer)), right) for peer in peers}
        states = [("in the cache", files.read_through)]
        if size >= 1 << 20:
            states.append(("not in the cache", files.forget))
        for state, before in states:
            measure(report, f"{named(count, size)}, {state}, into memory at hand", given, before)
            measure(report, f"{named(count, size)}, {state}, into new memory", fresh,
                    lambda before=before: (before(), program.ask("warm", "timed")), give_memory_back)
        program.close()
        files.remove_loaded()


def set_table(report, files, count, size):
    program = Program(files.ways, files.folder, count, size, "packed")
    measure(report, f"{named(count, size)} in eight files, until return", {
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
     "durable_save_with_hash/usual", lambda counters: counters["x_slower"]),
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
    print(head("", "ms", "x floor", "±", "floor"))
    for what, floor, program, case, ratio_of in OWN:
        path = os.path.abspath(os.path.join(programs, f"bench_{program}"))
        if not os.path.exists(path):  # without Google Benchmark
            continue
        answers = run_bench(path, folder, case, 1 if program == "hashes_hashes" else rounds)  # those have their own
        seconds = statistics.median(each["real_time"] * SECONDS[each["time_unit"]] for each in answers)
        ratios = [ratio_of(each) for each in answers]
        beside = f"{spread(ratios):.0f} %" if len(ratios) > 1 else ""
        print(row(what, milliseconds(seconds), short(statistics.median(ratios)), beside, floor), flush=True)
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


def panels(sizes):
    return [
        ("Saving, until return", {named(*of): f"{named(*of)}, until return" for of in sizes["save"]}),
        ("Loading everything, file in the cache",
         {named(*of): f"{named(*of)}, in the cache, into new memory" for of in sizes["load"]}),
        ("Opening a file", {f"{count:,} tensors": f"Opening a file of {count:,} tensors" for count in sizes["open"]}),
    ]


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs")
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--size", choices=SIZES, default="full", help="small: to see it run")
    parser.add_argument("--chart", help="SVG file to write")
    parser.add_argument("--figures", help="JSON file to write, for another machine's --beside")
    parser.add_argument("--beside", action="append", default=[], help="JSON file with another machine's figures")
    return parser.parse_args()


def main():
    arguments = parsed()
    os.makedirs(arguments.folder, exist_ok=True)
    files = Files(arguments.programs, arguments.folder)
    files.remove_saved()  # what an earlier run may have left
    sizes = SIZES[arguments.size]
    peers, missing = present()
    report = Report(arguments.rounds)
    save_tables(report, files, [peer for peer in peers if hasattr(peer, "save")], sizes["save"])
    open_tables(report, files, peers, sizes["open"])
    one_table(report, files, peers, *sizes["one"])
    load_tables(report, files, peers, sizes["load"])
    set_table(report, files, *sizes["set"])

    report.section(peers, missing, arguments.folder, PATIENCE, arguments.chart)
    if arguments.size == "full":
        print("Beside floors of their own:\n")
        own_table(arguments.programs, arguments.folder, arguments.rounds)
    figures = report.figures(f"{machine()}, {datetime.date.today():%-d %B %Y}")
    others = []
    for path in arguments.beside:
        with open(path, encoding="utf-8") as file:
            others.append(json.load(file))
    by_machine([figures, *others])
    if arguments.figures:
        with open(arguments.figures, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=1)
    if arguments.chart:
        report.draw(arguments.chart, panels(sizes))


if __name__ == "__main__":
    main()
