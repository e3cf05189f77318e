#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the reference's own tests with its own module and with the one of this folder, and compares; so it does with
the answers to what answers.py asks.

    compare.py FOLDER MODULE [--long]

FOLDER is where everything is put, MODULE our compiled module. The tests come unmodified from
the release's source archive. Prints how many tests of each file pass, are skipped and fail with either module; exit
status 1 when a test passes with the reference's module and not with ours, when an answer differs, or when nothing could
be compared.
"""

import collections
import hashlib
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree

RELEASES = ["0.8.0", "0.9.0rc1"]
WITHOUT_TORCH = ["test_handle", "test_threadable"]
WITH_TORCH = ["test_simple", "test_pt_comparison", "test_pt_model", "test_pread_backend", "test_multithreaded"]
SECONDS = 900  # for one run of pytest
OUTCOMES = ["passed", "skipped", "failed"]


def fetch_source(release, into, package="safetensors"):
    """The release's source archive, from the index that pip uses: pip itself would want to build it."""
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + f"/{package.replace('_', '-')}/"
    accepted = {"Accept": "application/vnd.pypi.simple.v1+json"}
    with urllib.request.urlopen(urllib.request.Request(index, headers=accepted), timeout=60) as answer:
        files = json.load(answer)["files"]
    name = f"{package}-{release}.tar.gz"
    file = next(file for file in files if file["filename"] == name)
    with urllib.request.urlopen(urllib.parse.urljoin(index, file["url"]), timeout=120) as answer:
        content = answer.read()
    if hashlib.sha256(content).hexdigest() != file["hashes"]["sha256"]:
        sys.exit(f"{name} is not what the index says")
    (into / name).write_bytes(content)
    with tarfile.open(into / name) as archive:
        archive.extractall(into)


def install(release, folder, module):
    """The package with its own module, and a copy of it with ours in its place."""
    theirs = folder / f"theirs-{release}"
    ours = folder / f"ours-{release}"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--target", theirs, f"safetensors=={release}"], check=True)
    shutil.copytree(theirs, ours)
    for compiled in (ours / "safetensors").glob("_safetensors_rust*"):
        compiled.unlink()
    shutil.copy(module, ours / "safetensors" / "_safetensors_rust.so")
    return {"theirs": theirs, "ours": ours}


def run_tests(release, whose, package, folder, files):
    """What became of each test: {(file, test): outcome}. Empty where pytest itself came to an end."""
    # A copy of its own: the tests write beside themselves.
    place = folder / f"tests-{release}-{whose}"
    shutil.copytree(folder / f"safetensors-{release}" / "bindings" / "python", place)
    report = folder / f"{release}-{whose}.xml"
    call = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junit-xml={report}"]
    call += [f"tests/{file}.py" for file in files]
    environment = {**os.environ, "PYTHONPATH": str(package), "PYTHONDONTWRITEBYTECODE": "1"}
    loaded = "import safetensors._safetensors_rust as module; print(module.__file__)"
    shown = subprocess.run([sys.executable, "-c", loaded], env=environment, check=True, capture_output=True, text=True)
    if not shown.stdout.startswith(str(package)):
        sys.exit(f"the tests would run with {shown.stdout}")
    ran = subprocess.run(
        call, cwd=place, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS
    )
    shutil.rmtree(place)
    if not report.exists():
        print(f"-- pytest with {whose} of {release} ended with status {ran.returncode}:\n{ran.stdout[-3000:]}")
        return {}
    if ran.returncode != 0:
        print(f"-- pytest with {whose} of {release}:\n{ran.stdout[-6000:]}")
    return dict(outcome_of(case) for case in ElementTree.parse(report).iter("testcase"))


def ask(release, packages, folder):
    """How many questions both modules were asked, and those whose answers differ."""
    here = pathlib.Path(__file__)
    answers = {}
    for whose, package in packages.items():
        call = [sys.executable, here.with_name("answers.py"), folder]
        environment = {**os.environ, "PYTHONPATH": str(package)}
        ran = subprocess.run(call, env=environment, stdout=subprocess.PIPE, text=True, timeout=SECONDS)
        if ran.returncode != 0:
            return 0, [f"{whose}: the questions ended with status {ran.returncode}"]
        answers[whose] = ran.stdout.split("\n")
    asked = max(map(len, answers.values())) - 1
    print(f"{asked} questions of answers.py asked of both modules of {release}")
    return asked, [
        f"{theirs[:400]}\n    on stet: {ours[:400]}"
        for theirs, ours in itertools.zip_longest(*answers.values(), fillvalue="nothing")
        if theirs != ours
    ]


def outcome_of(case):
    file = re.search(r"\btest_\w+", f"{case.get('classname')}.{case.get('name')}").group()
    kinds = {child.tag for child in case}
    outcome = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
    return (file, f"{case.get('classname')}.{case.get('name')}"), outcome


def compare(release, results):
    """Prints a line for each file, and gives the tests that pass with theirs alone."""
    counts = collections.defaultdict(collections.Counter)
    for whose, outcomes in results.items():
        for (file, _), outcome in outcomes.items():
            counts[file][whose, outcome] += 1
            counts["together"][whose, outcome] += 1
    print(f"\nsafetensors {release:10} {'its own module':>26}   {'on stet':>26}")
    print(f"{'':22} {'passed skipped failed':>26}   {'passed skipped failed':>26}")
    for file in sorted(counts, key=lambda file: (file == "together", file)):
        cells = ["".join(f"{counts[file][whose, o]:>{len(o) + 2}}" for o in OUTCOMES) for whose in ("theirs", "ours")]
        print(f"{file:22} {cells[0]:>26}   {cells[1]:>26}")
    passed = [test for test, outcome in results["theirs"].items() if outcome == "passed"]
    return passed, [test for test in passed if results["ours"].get(test) != "passed"]


def main(folder, module, is_long):
    files = WITHOUT_TORCH + (WITH_TORCH if is_long else [])
    passed, asked, lost, packages = 0, 0, [], {}
    for release in RELEASES:
        fetch_source(release, folder)
        packages = install(release, folder, module)
        results = {whose: run_tests(release, whose, package, folder, files) for whose, package in packages.items()}
        with_theirs, with_theirs_alone = compare(release, results)
        if not with_theirs:
            lost.append(f"{release}: no test passed with the reference's own module")
        lost += [f"{release} {test}" for _, test in with_theirs_alone]
        questions, differences = ask(release, packages, folder)
        lost += [f"{release} {difference}" for difference in differences]
        passed += len(with_theirs)
        asked += questions
    print(f"\ntimes of safetensors {release}:")
    times = pathlib.Path(__file__).with_name("times.py")
    sys.stdout.flush()
    subprocess.run([sys.executable, times, folder, *packages.values(), *(["--long"] if is_long else [])], check=True)
    print(f"\n{passed} tests pass with the reference's module, which answers {asked} questions; lost: {len(lost)}")
    for one in lost[:50]:
        print(f"lost: {one}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], "--long" in sys.argv[3:]))
