# SPDX-License-Identifier: MIT
"""Saves that others meet halfway.

    python3 moments.py beside FOLDER PREFIX PROGRAM ARGUMENT...
        while PROGRAM saves numbered into FOLDER, this one saves there too, by the `safetensors` package and under the
        names that ComfyUI would take
    python3 moments.py killed FOLDER STET PROGRAM ARGUMENT...
        PROGRAM is killed halfway; while it saves once more, `STET clean` takes away what the first left, and only that
"""
import pathlib
import re
import signal
import subprocess
import sys
import time

import numpy
import safetensors.numpy

started = []  # programs; none outlives this one


def start(command):
    started.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
    return started[-1]


def parts(folder):
    return set(folder.glob("*.part"))


def written(program):
    with open(f"/proc/{program.pid}/io") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("wchar:"))


def stop(program):
    """Returns when it has stopped, or ended."""
    program.send_signal(signal.SIGSTOP)
    while True:
        with open(f"/proc/{program.pid}/stat") as stat:
            if stat.read().rpartition(")")[2].split()[0] in "TZ":
                return


def stopped_halfway(command, folder, least):
    """Starts a save and stops it when it has an unfinished file and has written so many bytes. One that was faster goes,
    with its file, and is tried again. Returns the process and its unfinished file."""
    for _ in range(100):
        before, names = parts(folder), set(folder.glob("*"))
        program = start(command)
        while program.poll() is None:
            try:
                mine = parts(folder) - before
                if not mine or written(program) < least:
                    continue
                stop(program)
                if mine := parts(folder) - before:  # still
                    return program, mine.pop()
                program.send_signal(signal.SIGCONT)
            except (FileNotFoundError, ProcessLookupError, StopIteration):
                pass
        finished(program)
        for path in set(folder.glob("*")) - names:
            path.unlink()
    sys.exit("no save was met halfway in 100")


def finished(program):
    """Lets a stopped one go on. Returns the path of what it saved."""
    program.send_signal(signal.SIGCONT)
    said, complaint = program.communicate()
    if program.returncode != 0:
        sys.exit(complaint)
    return pathlib.Path(said.splitlines()[0])


def save_as_comfyui(folder, prefix, value):
    """The number after the largest that any file of this prefix has, whatever comes after it."""
    numbers = [int(found[1]) for path in folder.iterdir() if (found := re.match(rf"{prefix}_(\d+)_", path.name))]
    path = folder / f"{prefix}_{max(numbers, default=0) + 1:05}_.safetensors"
    if path.exists():
        sys.exit(f"{path} was about to be overwritten")
    safetensors.numpy.save_file({"value": numpy.full(1000, value, "float32")}, path)
    return path


def beside(folder, prefix, *command):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    own = [save_as_comfyui(folder, prefix, 0)]
    program, part = stopped_halfway(command, folder, 1)
    own.append(save_as_comfyui(folder, prefix, 1))
    program.send_signal(signal.SIGCONT)
    while program.poll() is None:
        own.append(save_as_comfyui(folder, prefix, len(own)))
        time.sleep(0.3)
    saved = finished(program)
    own.append(save_as_comfyui(folder, prefix, len(own)))
    for value, path in enumerate(own):
        if not (safetensors.numpy.load_file(path)["value"] == value).all():
            sys.exit(f"{path} holds something else than was saved")
    if saved in own or not saved.exists() or len(set(own)) != len(own) or part.exists():
        sys.exit(f"{saved} and {own} are not {len(own) + 1} files")
    print(saved)
    print(f"ok  {len(own)} files of another program beside {saved.name}; each has its own number and its own content",
          file=sys.stderr)


def killed(folder, stet, *command):
    folder = pathlib.Path(folder)
    size = max(path.stat().st_size for path in folder.glob("*.safetensors"))
    dead, left = stopped_halfway(command, folder, size // 2)
    dead.kill()
    dead.wait()
    if left.with_suffix(".safetensors").exists() or not left.exists():
        sys.exit(f"a killed save left something else than {left}")
    live, part = stopped_halfway(command, folder, 1)
    clean = [stet, "clean", str(folder), "--age", "0"]
    said = subprocess.run(clean, capture_output=True, text=True, check=True).stdout
    print("$ stet", *clean[1:], "\n   ", said.replace("\n", "\n    ").rstrip(), file=sys.stderr)
    if left.exists() or not part.exists():
        sys.exit(f"of {left} and {part} the first was to go")
    saved = finished(live)
    if said := parts(folder):
        sys.exit(f"{said} are left")
    print(saved)
    print(f"ok  {left.name} of a killed save is gone, {part.name} of a live one became {saved.name}",
          file=sys.stderr)


try:
    {"beside": beside, "killed": killed}[sys.argv[1]](*sys.argv[2:])
finally:
    for each in started:
        each.kill()
