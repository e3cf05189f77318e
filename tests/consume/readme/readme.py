# SPDX-License-Identifier: MIT
"""Does what README says.

    python3 readme.py REPOSITORY SCRATCH CMAKE COMPILER

A block of C++ with a main is a program; the next block without a language shows the command that builds and runs it and
what it prints. Any other block of C++ is a fragment: a function's body, or a definition if it begins as one. README's run
one after the other in one folder, and print what the block after them shows, if one does.
"""
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT, SCRATCH = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
CMAKE, COMPILER = sys.argv[3], sys.argv[4]
FRAME = ROOT / "tests/consume/readme"
WARNINGS = ["-Wall", "-Wextra", "-Werror", "-Wno-unused-variable"]


def blocks_of(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    return [(language, body) for language, body in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]


def run(command, folder, shell=False):
    print("$", command if shell else shlex.join(map(str, command)), flush=True)
    done = subprocess.run(command, cwd=folder, shell=shell, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise SystemExit(f"{done.stdout}\nexit status {done.returncode}")
    return done.stdout


def same(what, expected, printed):
    if expected != printed:
        raise SystemExit(f"{what}\n-- the page shows\n{expected}-- printed\n{printed}")


def folder(name):
    place = SCRATCH / name
    place.mkdir(parents=True)
    return place


def is_definition(body):
    return re.match(r"(template|struct|class|enum|namespace)\b", body)


def source_of(fragments):
    """A program that runs the fragments one after the other, a line of its own before each."""
    includes, definitions, calls = [], [], []
    for number, body in enumerate(fragments):
        includes += re.findall(r"^#include .*$", body, re.MULTILINE)
        body = re.sub(r"^#include .*\n", "", body, flags=re.MULTILINE)
        if is_definition(body):
            definitions.append(body)
        else:
            definitions.append(f"static int fragment_{number}()\n{{\n{body}return 0;\n}}\n")
            calls.append(f'    std::puts("-- {number}");\n    fragment_{number}();\n')
    return "\n".join(['#include "frame.hpp"', *includes, *definitions, "int main()\n{\n" + "".join(calls) + "}\n"])


def compile_fragments(place, fragments, *more):
    (place / "fragments.cpp").write_text(source_of(fragments), encoding="utf-8")
    run([COMPILER, "-std=c++20", *WARNINGS, f"-I{ROOT}/include", f"-I{FRAME}", *more, "fragments.cpp"], place)


def check_program(page):
    """README's first program, by the command that stands below it."""
    blocks = blocks_of(page)
    at = next(i for i, (language, body) in enumerate(blocks) if language == "cpp" and "int main" in body)
    command, _, expected = blocks[at + 1][1].partition("\n")
    assert command.startswith("$ c++ "), command
    place = folder("program")
    (place / "save.cpp").write_text(blocks[at][1], encoding="utf-8")
    (place / "include").symlink_to(ROOT / "include")
    same(command, expected, run(command.removeprefix("$ ").replace("c++", COMPILER, 1), place, shell=True))
    return blocks[at][1]


def check_fragments(page):
    blocks, fragments, expected = blocks_of(page), [], ""
    for (language, body), (after, shown) in zip(blocks, blocks[1:] + [("end", "")]):
        if language == "cpp" and "int main" not in body:
            expected += f"-- {len(fragments)}\n" + (shown if after == "" else "")
            fragments.append(body)
    place = folder("fragments")
    compile_fragments(place, fragments, "-o", "fragments")
    same(page, expected, run(["./fragments"], place))


def check_compiling(page):
    place = folder("page")
    fragments = [body for language, body in blocks_of(page) if language == "cpp"]
    eigen = pathlib.Path("/usr/include/eigen3")
    compile_fragments(place, [body for body in fragments if "Eigen::" not in body], "-fsyntax-only")
    if eigen.exists():
        compile_fragments(place, [body for body in fragments if "Eigen::" in body], "-fsyntax-only", "-isystem", str(eigen))


def check_cmake(page, program):
    place = folder("cmake")
    (place / "third_party").mkdir()
    (place / "third_party/stet").symlink_to(ROOT)
    (place / "main.cpp").write_text(program, encoding="utf-8")
    lines = next(body for language, body in blocks_of(page) if language == "cmake")
    (place / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.22)\nproject(app LANGUAGES CXX)\nadd_executable(app main.cpp)\n" + lines, encoding="utf-8")
    run([CMAKE, "-S", ".", "-B", "build", "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={COMPILER}"], place)
    run([CMAKE, "--build", "build"], place)


def check_commands(page):
    """Commands of the tables: those that are cheap run, what the others name is there."""
    text = (ROOT / page).read_text(encoding="utf-8")
    commands = re.findall(r"`((?:cmake|examples|tests|benchmarks)[ /][^`]*)`", text)
    place = folder("commands")
    for command in commands:
        words = command.split()
        if words[0] == "cmake":
            words[0] = CMAKE
            run([word.replace(".packaging/", f"{ROOT}/.packaging/") for word in words], place)
            continue
        if not os.access(ROOT / words[0], os.X_OK):
            raise SystemExit(f"{page}: {words[0]} does not run")
        usage = run([ROOT / words[0], "--help"], ROOT)
        for word in words[1:]:
            if word not in usage:
                raise SystemExit(f"{page}: {command}: its --help does not speak of {word}")
    (place / "main.cpp").write_text('#include "stet.hpp"\nint main() {}\n', encoding="utf-8")
    run([COMPILER, "-std=c++20", "-fsyntax-only", "main.cpp"], place)


def main():
    program = check_program("README.md")
    check_fragments("README.md")
    check_cmake("README.md", program)
    check_commands("README.md")
    check_compiling("include/stet/README.md")


main()
