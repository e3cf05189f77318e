# SPDX-License-Identifier: MIT
"""Writes stet.cppm, the interface of the module stet: a using-declaration for every public name of the headers.

    python3 .packaging/module/interface.py           writes it
    python3 .packaging/module/interface.py --check   fails where it is not what the headers say, and names the difference

What lies in detail is not exported, and what interop/ adds is included by name, as ever.
"""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
INTERFACE = pathlib.Path(__file__).with_name("stet.cppm")
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tests" / "architecture"))

from names import Reader  # noqa: E402


def public_names():
    """{namespaces: {name}} of every public header."""
    found = {}
    library = ROOT / "include" / "stet"
    for path in sorted(library.rglob("*.hpp")):
        if {"impl", "interop"} & set(path.relative_to(library).parts):
            continue
        reader = Reader(path)
        reader.scope(())
        for (namespaces, name), kind in reader.found.items():
            if kind != "namespace" and namespaces[:1] == ("stet",) and "detail" not in namespaces:
                found.setdefault(namespaces, set()).add(name)
    return found


def text(found):
    lines = [
        "// SPDX-License-Identifier: MIT",
        "// import stet; brings every public name of the library along, and no macro. Written by interface.py beside it.",
        "module;",
        "#include <stet/all.hpp>",
        "",
        "export module stet;",
    ]
    for namespaces in sorted(found):
        scope = "::".join(namespaces)
        lines += ["", f"export namespace {scope} {{"]
        lines += [f"using {scope}::{name};" for name in sorted(found[namespaces])]
        lines += [f"}} // namespace {scope}"]
    return "\n".join(lines) + "\n"


def main():
    found = public_names()
    wanted = text(found)
    count = sum(map(len, found.values()))
    if sys.argv[1:] != ["--check"]:
        INTERFACE.write_text(wanted, encoding="utf-8", newline="\n")
        print(f"{INTERFACE}: {count} names")
        return 0
    held = INTERFACE.read_text(encoding="utf-8")
    for sign, one, other in (("missing", wanted, held), ("in no header", held, wanted)):
        for line in sorted(set(one.splitlines()) - set(other.splitlines())):
            print(f"{sign}: {line}")
    if held != wanted:
        print(f"the module and the headers differ; to write it anew: python3 {pathlib.Path(*INTERFACE.parts[-3:-1])}/interface.py")
        return 1
    print(f"{count} names are exported")
    return 0


sys.exit(main())
