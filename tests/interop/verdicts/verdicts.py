#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lets every reader of readers.py read every file of tests/data/vectors/read, and says where it is too lenient, too
strict, or falls over. See run, which is what one calls. FOLDER has each reader's answers in a file of its own.

    verdicts.py FOLDER PROGRAM [--long] [--write] [--only READER]...
"""
import collections
import datetime
import json
import os
import pathlib
import queue
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import zlib

from readers import READERS

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE.parents[1] / "data" / "vectors"
SECONDS = 30  # for one file; when no answer came it is asked again, alone, with more time
AGAIN_SECONDS = 120
WARM_UP = "off_three_shuffled.safetensors"
START_SECONDS = 300  # for a reader to start, and read a file that is sound
MEMORY = 8 << 30
INSTALL_SECONDS = 1500
OURS = ["safetensors", "safetensors, pre-release", "stet", "stet, strict"]  # whose verdicts are known
sys.dont_write_bytecode = True
sys.path.insert(0, str(VECTORS))
from describe import RULES, rule_of  # noqa: E402


class Outcome:
    """What became of one file: accepted, refused, crashed or hung; and whether what was read is what is there."""

    def __init__(self, kind, said="", misread=False):
        self.kind, self.said, self.misread = kind, said, misread


def limits():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def install(name, what, folder):
    """Has pip install what a reader needs; raises what pip says. Gives the Python to run it with, and where else that
    finds packages. Each reader has its own, but for torch, which is large. What is there is used again."""
    python, place = sys.executable, folder / re.sub(r"\W+", "_", name)
    target = ["--target", place]
    if what.long:
        target, venv = [], folder / "with_torch"
        python = venv / "bin" / "python"
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    if what.needs and not (place / "complete").exists():
        shutil.rmtree(place, ignore_errors=True)
        pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--prefer-binary"]
        done = subprocess.run(
            [*pip, *target, *what.needs], env={**os.environ, "TMPDIR": str(folder)}, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=INSTALL_SECONDS,
        )
        if done.returncode != 0:
            raise RuntimeError(next((line for line in done.stdout.splitlines() if "ERROR" in line), done.stdout[-200:]))
        place.mkdir(exist_ok=True)
        (place / "complete").touch()
    return python, place


class Process:
    """A reader at work on a list of files, in a process of its own."""

    def __init__(self, name, installed, arguments, folder):
        python, place = installed
        environment = {
            **os.environ, "PYTHONPATH": str(place), "PYTHONWARNINGS": "ignore", "PYTHONDONTWRITEBYTECODE": "1",
            "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1", "HOME": str(folder), "XDG_CACHE_HOME": str(folder),
            "PROMPTFOO_DISABLE_TELEMETRY": "1",
        }
        self.lines = queue.Queue()
        self.is_late = False
        self.program = subprocess.Popen(
            [python, HERE / "readers.py", name, *arguments], env=environment, cwd=folder, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=limits,
            start_new_session=True, errors="replace",
        )
        threading.Thread(target=self.pass_on, daemon=True).start()

    def pass_on(self):
        for line in self.program.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def answer(self, seconds=SECONDS):
        """The next line; None where the process has ended or takes too long: then how it ended."""
        try:
            line = self.lines.get(timeout=seconds)
        except queue.Empty:
            self.is_late = True
            self.end()
            return None, f"no answer in {seconds} s"
        if line is not None:
            return line, ""
        status = self.program.wait()
        return None, signal.Signals(-status).name if status < 0 else f"exit status {status}"

    def end(self):
        if self.program.poll() is None:
            os.killpg(self.program.pid, signal.SIGKILL)
            self.program.wait()


def outcome_of(line, case):
    mark, said = line[0], line[2:]
    if mark == "-":
        return Outcome("refused", said)
    if mark == "!":
        return Outcome("crashed", said)
    found = json.loads(said)
    return Outcome("accepted", said, misread=case["verdict"] == "accept" and found is not None and differs(found, case))


def differs(found, case):
    """Whether names or bytes are others than the index and the file have."""
    data = (VECTORS / "read" / case["file"]).read_bytes()
    start = 8 + case["header_len"]
    expected = {}
    for tensor in case["tensors"]:
        begin, end = tensor["data_offsets"]
        expected[tensor["name"]] = zlib.crc32(data[start + begin : start + end])
    return found.keys() != expected.keys() or any(found[k] not in (None, expected[k]) for k in found)


def started(name, installed, cases, folder):
    """A reader that has read a sound file and goes on with those of the cases."""
    files = [WARM_UP, *(case["file"] for case in cases)]
    listed = folder / "list"
    listed.write_text("".join(f"{VECTORS / 'read' / file}\n" for file in files), encoding="utf-8")
    process = Process(name, installed, [str(listed)], folder)
    line, ended = process.answer(START_SECONDS)
    if not line:
        raise RuntimeError(f"it does not start: {ended}")
    return process


def read_all(name, installed, cases, folder):
    """{name of the case: Outcome}. A reader that falls over at a file is started again for the next one."""
    outcomes, left, hung = {}, list(cases), []
    while left:
        process = started(name, installed, left, folder)
        while left:
            line, ended = process.answer()
            case = left.pop(0)
            outcomes[case["name"]] = outcome_of(line, case) if line else Outcome("crashed", ended)
            if not line:
                hung += [case] if process.is_late else []
                break
        process.end()
    for case in hung:
        process = started(name, installed, [case], folder)
        line, ended = process.answer(AGAIN_SECONDS)
        outcomes[case["name"]] = outcome_of(line, case) if line else Outcome("crashed", ended)
        process.end()
    return outcomes


class Row:
    """What the table says of a reader."""

    def __init__(self, name, version, outcomes, cases):
        self.name, self.version = name, version
        kinds = {case["name"]: outcomes[case["name"]].kind for case in cases}
        self.lenient = collections.Counter(
            rule_of(case) for case in cases if case["verdict"] == "reject" and kinds[case["name"]] == "accepted"
        )
        # A dtype of which the reader takes no file at all.
        taken = {kind: set() for kind in ("accepted", "refused", "crashed")}
        for case in cases:
            taken[kinds[case["name"]]].update(tensor["dtype"] for tensor in case.get("tensors", []))
        self.lacks = sorted(taken["refused"] - taken["accepted"])
        self.strict, self.lacking = [], 0
        for case in cases:
            if case["verdict"] == "accept" and not case.get("forbidden_by") and kinds[case["name"]] == "refused":
                if any(tensor["dtype"] in self.lacks for tensor in case["tensors"]):
                    self.lacking += 1
                else:
                    self.strict.append(case["name"])
        self.either = sum(bool(case.get("forbidden_by")) and kinds[case["name"]] == "accepted" for case in cases)
        self.crashed = [name for name, kind in kinds.items() if kind == "crashed"]
        self.misread = [name for name, outcome in outcomes.items() if outcome.misread]

    def cells(self):
        what = READERS[self.name]
        lacks = f"{len(self.lacks)}: {' '.join(self.lacks)}" if self.lacks else "none"
        return [
            self.name, self.version, what.note, what.kind, sum(self.lenient.values()), len(self.strict),
            self.either, len(self.crashed), len(self.misread), lacks,
        ]


def counted(cases):
    accepted = [case for case in cases if case["verdict"] == "accept"]
    forbidden = sum(bool(case.get("forbidden_by")) for case in accepted)
    return len(cases) - len(accepted), len(accepted) - forbidden, forbidden


def markdown(head, rows):
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in [head, ["---"] * len(head), *rows])


def report(rows, cases, missing):
    reject, accept, either = counted(cases)
    rows = sorted(rows, key=lambda row: (row.name not in OURS, sum(row.lenient.values())))
    head = ["reader", "version", "what it is", "what it does", f"too lenient, of {reject}", f"too strict, of {accept}"]
    head += [f"accepts, of {either} that may go either way", "crashed, panicked or hung", "misread", "dtypes it lacks"]
    rules = [rule for rule in RULES if any(row.lenient[rule] for row in rows)]
    by_rule = [[row.name, *(row.lenient[rule] or "" for rule in rules)] for row in rows if row.lenient]
    parts = [f"Run on {datetime.date.today()}.", markdown(head, [row.cells() for row in rows])]
    parts += ["What those that are too lenient let pass, by the rule that is broken:", markdown(["reader", *rules], by_rule)]
    named = []
    for row in rows:
        for what, names in (("too strict", row.strict), ("crashed, panicked or hung", row.crashed), ("misread", row.misread)):
            if names:
                shown = ", ".join(f"`{name}`" for name in names[:6])
                more = f" and {len(names) - 6} more" if len(names) > 6 else ""
                named.append(f"- {row.name}, {what}: {shown}{more}")
    parts += ["Where:", "\n".join(named)] if named else []
    if missing:
        parts += ["Not run:", "\n".join(f"- {name}: {why}" for name, why in missing.items())]
    return "\n\n".join(parts) + "\n"


def failures(rows, cases):
    """What this library and the reference must not do: the verdicts are theirs."""
    either = counted(cases)[2]
    for row in rows:
        faults = [sum(row.lenient.values()), len(row.strict), row.lacking, len(row.crashed), len(row.misread)]
        if row.name in OURS and (any(faults) or row.either != (0 if row.name == "stet, strict" else either)):
            yield f"{row.name}: {row.cells()[4:]}"


def write(text):
    page = HERE / "README.md"
    begin, end = "<!-- verdicts: written by run --write -->\n", "<!-- end of verdicts -->\n"
    before, rest = page.read_text(encoding="utf-8").split(begin)
    page.write_text(before + begin + "\n" + text + "\n" + end + rest.split(end)[1], encoding="utf-8")


def row_of(name, one, cases, folder):
    """Installs a reader and lets it read; raises where there is nothing to tell of it."""
    installed = install(name, one, folder)
    version, _ = Process(name, installed, ["--version"], folder).answer(START_SECONDS)
    outcomes = read_all(name, installed, cases, folder)
    answers = "".join(f"{case}\t{outcome.kind}\t{outcome.said}\n" for case, outcome in outcomes.items())
    (folder / f"{installed[1].name}.tsv").write_text(answers, encoding="utf-8", errors="replace")
    if not any(outcome.kind == "accepted" for outcome in outcomes.values()):
        raise RuntimeError(f"accepts no file at all: {next(iter(outcomes.values())).said}")
    return Row(name, version or "", outcomes, cases)


def main(arguments):
    folder, program = pathlib.Path(arguments[0]).resolve(), arguments[1]
    os.environ["STET_READS"] = str(pathlib.Path(program).resolve())
    chosen = [value for option, value in zip(arguments, arguments[1:]) if option == "--only"]
    cases = json.loads((VECTORS / "read" / "index.json").read_text(encoding="utf-8"))["cases"]
    rows, missing = [], {}
    for name, one in READERS.items():
        if name not in chosen if chosen else one.long and "--long" not in arguments:
            continue
        try:
            rows.append(row_of(name, one, cases, folder))
            print(f"-- {name} {rows[-1].version}: {rows[-1].cells()[4:]}", flush=True)
        except (RuntimeError, subprocess.TimeoutExpired) as failed:
            missing[name] = str(failed).strip()[:200]
            print(f"-- {name}: {missing[name]}", flush=True)
    text = report(rows, cases, missing)
    print(text)
    if "--write" in arguments:
        write(text)
    wrong = [*failures(rows, cases), *(f"{name}: not run" for name in OURS if name in missing)]
    for one in wrong:
        print(f"wrong: {one}")
    print(f"{len(rows)} readers, {len(cases)} files each")
    return 1 if wrong or not rows else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
