#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How long saving, loading and slicing take with the reference's module and with ours, in turns.

    times.py FOLDER THEIRS OURS [--long]

Prints for each step the median of all turns and their range, in milliseconds. --long: with torch too, whose tensors are
summed up as well: what the reference maps is not there before.
"""

import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

TURNS = 3  # of each module, one after the other
REPEATS = 5  # in a turn
TENSORS, ROWS, COLUMNS = 32, 1024, 1024  # of f32: 128 MiB together


def steps_of_numpy(path):
    import numpy
    from safetensors import safe_open
    from safetensors.numpy import load_file, save_file

    tensors = {f"blocks.{i}.weight": numpy.full((ROWS, COLUMNS), i, numpy.float32) for i in range(TENSORS)}

    def load_by_reads():
        with safe_open(path, "np", backend="pread") as file:
            return file.get_tensors()

    def slices(index, backend="mmap"):
        with safe_open(path, "np", backend=backend) as file:
            return [file.get_slice(name)[index] for name in file.keys()]

    return {
        "numpy: save_file": lambda: save_file(tensors, path),
        "numpy: load_file": lambda: load_file(path),
        "numpy: get_tensors, pread": load_by_reads,
        "numpy: slice of 16 rows each": lambda: slices((slice(100, 116),)),
        "numpy: slice of 16 columns each": lambda: slices((slice(None), slice(100, 116))),
        "numpy: slice of 16 rows each, pread": lambda: slices((slice(100, 116),), "pread"),
    }


def steps_of_torch(path):
    import torch
    from safetensors import safe_open
    from safetensors.torch import load_file, save_file

    tensors = {f"blocks.{i}.weight": torch.full((ROWS, COLUMNS), float(i)) for i in range(TENSORS)}

    def slices(index):
        with safe_open(path, "pt") as file:
            return [file.get_slice(name)[index].sum() for name in file.keys()]

    return {
        "torch: save_file": lambda: save_file(tensors, path),
        "torch: load_file and sum": lambda: [tensor.sum() for tensor in load_file(path).values()],
        "torch: slice of 16 rows each": lambda: slices((slice(100, 116),)),
        "torch: slice of 16 columns each": lambda: slices((slice(None), slice(100, 116))),
    }


def one_turn(path, is_long):
    measured = {}
    for steps in [steps_of_numpy, steps_of_torch] if is_long else [steps_of_numpy]:
        for name, step in steps(path).items():
            step()  # the first time is another thing
            for _ in range(REPEATS):
                start = time.perf_counter()
                step()
                measured.setdefault(name, []).append((time.perf_counter() - start) * 1000)
    print(json.dumps(measured))


def processor():
    names = [line for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return f"{names[0].split(':')[1].strip() if names else platform.machine()}, {len(names) or os.cpu_count()} threads"


def main(folder, packages, is_long):
    all_times = {whose: {} for whose in packages}
    for _ in range(TURNS):
        for whose, package in packages.items():
            call = [sys.executable, __file__, "--turn", str(folder / f"times-{whose}.safetensors")]
            ran = subprocess.run(
                call + (["--long"] if is_long else []),
                env={**os.environ, "PYTHONPATH": package}, check=True, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            for step, times in json.loads(ran.stdout).items():
                all_times[whose].setdefault(step, []).extend(times)
    print(f"{TENSORS} tensors of {ROWS} x {COLUMNS} f32, {TURNS} turns of {REPEATS}; {processor()}")
    print(f"{'milliseconds: median (range)':36} {'its own module':>24} {'on stet':>24}")
    for step in all_times["theirs"]:
        cells = [all_times[whose][step] for whose in ("theirs", "ours")]
        shown = [f"{statistics.median(t):.1f} ({min(t):.1f} to {max(t):.1f})" for t in cells]
        print(f"{step:36} {shown[0]:>24} {shown[1]:>24}")


if __name__ == "__main__":
    is_long = "--long" in sys.argv
    if sys.argv[1] == "--turn":
        one_turn(sys.argv[2], is_long)
    else:
        main(pathlib.Path(sys.argv[1]), {"theirs": sys.argv[2], "ours": sys.argv[3]}, is_long)
