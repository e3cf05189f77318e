#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lets others' programs look at files that this library wrote: a line for each. See run, which is what one calls.

    others.py FOLDER CHECKPOINT SHARDS STATEMENT [--long] [--only NAME]...
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import zlib

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 600  # for one suite
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent / "verdicts"))
from readers import READERS  # noqa: E402
from suites import SUITES, Made  # noqa: E402
from verdicts import OURS, START_SECONDS, Process, install  # noqa: E402


def run_suite(name, folder, paths):
    """(version, number right, number asked, what)"""
    python, place = install(name, SUITES[name], folder)
    environment = {
        **os.environ, "PYTHONPATH": str(place), "PYTHONWARNINGS": "ignore", "PYTHONDONTWRITEBYTECODE": "1",
        "PROMPTFOO_DISABLE_TELEMETRY": "1", "CUDA_VISIBLE_DEVICES": "", "HOME": str(folder),
    }
    scratch = folder / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    answers = []
    for arguments in (["--version"], [*paths, scratch]):
        done = subprocess.run(
            [python, HERE / "suites.py", name, *arguments], env=environment, cwd=scratch, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS,
        )
        if done.returncode != 0:
            return "", 0, 1, f"exit status {done.returncode}: {done.stderr.strip()[-300:]}"
        answers.append(done.stdout.strip().splitlines()[-1])
    return answers[0], *json.loads(answers[1])


def run_reader(name, folder, made):
    """The same of a reader of readers.py: whether names and bytes of every tensor are as they are in the file."""
    installed = install(name, READERS[name], folder)
    version, _ = Process(name, installed, ["--version"], folder).answer(START_SECONDS)
    files = [made.checkpoint, *made.shards]
    whole, shard_of = made.tensors(), made.index["weight_map"]
    (folder / "list").write_text("".join(f"{file}\n" for file in files), encoding="utf-8")
    process = Process(name, installed, [str(folder / "list")], folder)
    count = asked = 0
    tells_bytes = False
    for file in files:
        line, ended = process.answer(START_SECONDS)
        expected = {
            tensor: zlib.crc32(data)
            for tensor, (_, _, data) in whole.items()
            if file.name in (made.checkpoint.name, shard_of[tensor])
        }
        asked += len(expected)
        if not line or not line.startswith("+"):
            process.end()
            return version, count, asked, f"{file.name}: {line or ended}"
        found = json.loads(line[2:]) or {}
        tells_bytes |= any(crc is not None for crc in found.values())
        count += sum(found.get(tensor, "") in (None, crc) for tensor, crc in expected.items())
        count -= len(found.keys() - expected.keys())
    process.end()
    how = "byte for byte" if tells_bytes else "by their names"
    return version, count, asked, f"tensors read from the file and from the shards, {how}"


def main(arguments):
    folder, *paths = (str(pathlib.Path(path).resolve()) for path in arguments[:4])
    folder = pathlib.Path(folder)
    chosen = [value for option, value in zip(arguments, arguments[1:]) if option == "--only"]
    made = Made(*paths, folder)
    jobs = {name: lambda name=name: run_suite(name, folder, paths) for name in SUITES}
    for name, one in READERS.items():
        if name not in OURS and one.kind == "loads":
            jobs[f"{name}, reading"] = lambda name=name: run_reader(name, folder, made)
    wrong = ran = 0
    for name, job in jobs.items():
        one = SUITES.get(name) or READERS[name.removesuffix(", reading")]
        if name not in chosen if chosen else one.long and "--long" not in arguments:
            continue
        try:
            version, count, asked, what = job()
        except (RuntimeError, subprocess.TimeoutExpired) as failed:
            print(f"{name}: not run: {str(failed)[:200]}", flush=True)
            continue
        ran += 1
        wrong += count != asked
        verdict = "good" if count == asked else "WRONG"
        print(f"{verdict:5} {name} {version}: {count} of {asked} {what}", flush=True)
    print(f"{ran} programs of others', {wrong} with something against the files")
    return 1 if wrong or not ran else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
