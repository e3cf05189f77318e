#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes what describes the cases of this folder, from read/index.json, write/index.json and the files themselves:
README.md, accept.tsv, reject.tsv and SHA256SUMS.

    describe.py            writes them
    describe.py --check    exit status 1 where one of them, or a file, is not what the indexes say
"""
import collections
import hashlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent

# What a file must keep to, each with a word for it; and how the reference's error is known that says a file does not.
RULES = {
    "length-field": "a file begins with the header's length, an unsigned little-endian number of eight bytes",
    "length-limit": "the header has at most 100,000,000 bytes",
    "length-inside": "the header ends inside the file",
    "utf-8": "the header is UTF-8",
    "json": "the header is one JSON value, with nothing but JSON's white space around it",
    "json-limits": "values lie at most 127 deep, and no number is beyond what a double holds, even where it is ignored",
    "form": "the header is an object; a tensor is one with `dtype`, `shape`, a list, and `data_offsets`, a list of two",
    "once": "`dtype`, `shape`, `data_offsets` and `__metadata__` stand in their object once",
    "metadata": "`__metadata__` is an object whose values are strings",
    "dtype": "`dtype` is one of the 22 names there are",
    "number": "dimensions and offsets are whole numbers from 0 to 2^64 - 1, without sign, point or exponent",
    "overflow": "the number of a tensor's elements, and of its bits, is below 2^64",
    "whole-bytes": "a tensor of 4 or 6 bits an element has a whole number of bytes",
    "size": "a tensor's range is as long as its dtype and shape ask for",
    "no-gap": "in the order of their offsets tensors begin at 0, and each begins where the one before it ends",
    "to-the-end": "the last tensor ends where the file ends",
}
RULE_OF_ERROR = {
    "HeaderTooSmall": "length-field",
    "HeaderTooLarge": "length-limit",
    "InvalidHeaderLength": "length-inside",
    "InvalidHeader": "utf-8",
    "ValidationOverflow": "overflow",
    "MisalignedSlice": "whole-bytes",
    "TensorInvalidInfo": "size",
    "InvalidOffset": "no-gap",
    "MetadataIncompleteBuffer": "to-the-end",
}
# Parts of what the reference says of a header that cannot be parsed; the first that occurs decides.
RULE_OF_MESSAGE = [
    ("recursion limit exceeded", "json-limits"),
    ("number out of range", "json-limits"),
    ("duplicate field", "once"),
    ("unknown variant", "dtype"),
    ("expected string or map", "dtype"),
    ("expected map with a single key", "dtype"),
    ("expected a string", "metadata"),
    ("expected a map", "metadata"),
    ("expected usize", "number"),
    ("expected a sequence", "form"),
    ("expected a tuple", "form"),
    ("expected struct", "form"),
    ("elements in sequence", "form"),
    ("missing field", "form"),
]


def rule_of(case):
    """The rule that a rejected file breaks first; of a header that is no JSON the message names a place in the text."""
    if case["error"] != "InvalidHeaderDeserialization":
        return RULE_OF_ERROR[case["error"]]
    message = case["message"].removeprefix("invalid JSON in header: ")
    return next((rule for part, rule in RULE_OF_MESSAGE if part in message), "json")


def lists(cases):
    """accept.tsv and reject.tsv: a line for each file, fields parted by tabs, the first line names them."""
    accept = ["file\tforbidden by\twhat it is"]
    reject = ["file\trule\twhat it is"]
    for case in cases:
        if any(character in case["reason"] for character in "\t\n|"):
            sys.exit(f"{case['name']}: its description cannot stand in a table")
        if case["verdict"] == "accept":
            accept.append("\t".join([case["file"], "; ".join(case.get("forbidden_by", [])), case["reason"]]))
        else:
            reject.append("\t".join([case["file"], rule_of(case), case["reason"]]))
    return "\n".join(accept) + "\n", "\n".join(reject) + "\n"


def table(head, rows):
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


def shown(text):
    """Text in a Markdown table: nothing of it is markup."""
    for character in "\\`*_<>[]":
        text = text.replace(character, "\\" + character)
    return text


def rules_table(rejected):
    counts = collections.Counter(rule_of(case) for case in rejected)
    if set(counts) != set(RULES):
        sys.exit(f"rules that no file breaks, or that are not there: {set(counts) ^ set(RULES)}")
    rows = [[f"[{rule}](#{rule})", str(counts[rule]), sentence] for rule, sentence in RULES.items()]
    return table(["rule", "files", "a file that is sound keeps to it"], rows)


def rejected_tables(rejected):
    parts = []
    for rule, sentence in RULES.items():
        rows = [[f"`{c['name']}`", shown(c["reason"])] for c in rejected if rule_of(c) == rule]
        parts.append(f"### {rule}\n\nBroken: {sentence}.\n\n{table(['file', 'what it is'], rows)}")
    return "\n\n".join(parts)


def accepted_tables(accepted):
    sound = [c for c in accepted if not c.get("forbidden_by")]
    both = [c for c in accepted if c.get("forbidden_by")]
    rows = [[f"`{c['name']}`", shown("; ".join(c["forbidden_by"])), shown(c["reason"])] for c in both]
    parts = [table(["file", "what it is"], [[f"`{c['name']}`", shown(c["reason"])] for c in sound])]
    parts.append("### accepted against the text\n\n" + table(["file", "forbidden by", "what it is"], rows))
    return "\n\n".join(parts)


def readme(read, write, checksum):
    accepted = [c for c in read["cases"] if c["verdict"] == "accept"]
    rejected = [c for c in read["cases"] if c["verdict"] == "reject"]
    written = [[f"`{c['name']}`", shown(c["note"])] for c in write["cases"]]
    return TEXT.format(
        files=len(read["cases"]),
        accepted=len(accepted),
        rejected=len(rejected),
        forbidden=sum(bool(c.get("forbidden_by")) for c in accepted),
        written=len(written),
        rules=rules_table(rejected),
        checksum=checksum,
        accepted_tables=accepted_tables(accepted),
        rejected_tables=rejected_tables(rejected),
        written_table=table(["file", "what it is"], written),
    )


TEXT = """\
# Files that tell whether a safetensors reader reads right

{files} small files in `read/`: {accepted} that a reader is to accept, with what it is to find in them, and {rejected} that it
is to refuse, with the rule that each breaks. {written} files in `write/` say which bytes a writer makes of given tensors.
The verdicts are not an opinion: each was recorded from the reference implementation, the Rust crate `safetensors`
0.8.0-dev.0, and the releases 0.8.0 and 0.9.0rc1 of its Python package give the same ones.

MIT licence, as [LICENSE](LICENSE) says. This page, `accept.tsv`, `reject.tsv` and `SHA256SUMS` are written by
`describe.py` from the indexes; the tests fail where they are not what it would write.

## What is here

| | |
|---|---|
| `accept.tsv`, `reject.tsv` | one line a file, fields parted by tabs: the file in `read/`, the rule, what it is |
| `read/index.json` | the same and more: the reference's error and message; of what is accepted the header's length, the metadata, and each tensor's name, dtype, shape, offsets and the FNV-1a hash (64 bits) of its bytes |
| `write/index.json` | tensors as they are given to a writer: names, dtypes, shapes, metadata, and a pattern for their bytes; the file of that name is what the reference writes |
| `SHA256SUMS` | of every file here but this page and itself |

SHA-256 of `SHA256SUMS`, hence of the whole: `{checksum}`

    sha256sum SHA256SUMS && sha256sum --check --quiet SHA256SUMS

## How to run a reader

A reader *accepts* a file when it opens it and gives every tensor's bytes without an error. A tool that only looks at
files accepts one when it has nothing to say against it. With any program `reads`, whose exit status is 0 when it accepts
the file that is its argument:

    verdict() {{ timeout 20 ./reads "read/$1" >/dev/null 2>&1; }}
    tail -n +2 accept.tsv | while IFS=$'\\t' read -r file rest; do
        verdict "$file" || echo "too strict: $file"
    done
    tail -n +2 reject.tsv | while IFS=$'\\t' read -r file rule rest; do
        verdict "$file"; status=$?
        if [ $status = 0 ]; then echo "too lenient ($rule): $file"; fi
        if [ $status -ge 124 ]; then echo "crashed or hung: $file"; fi
    done

Run each file in a process of its own, or at least not in the one that counts: some are made to overflow a stack
(`depth_*`) or to ask for 2^64 bytes (`len_*`, `shape_*`). Nothing here does harm to a reader that checks; no file is
larger than 101 kB.

What to make of the result:

- *Too lenient* is where files hide things: bytes that no tensor owns, ranges that overlap, sizes that wrap around.
- *Too strict* loses users' files. A reader may say that it does not have a dtype.
- {forbidden} files are accepted by the reference against its own text (README or JSON schema). A reader is right either
  way, so count them apart: `accept.tsv` names what forbids them.
- Where several rules are broken the reference reports one of them, in a fixed order (`prec_*`). A reader need not have
  the same order to be right.
- A reader that accepts should find what `read/index.json` says: a common mistake is a name with an escape, a tensor that
  stands in the header in another order than in the file, or one without elements.

How the reference, this library and every reader that comes from the Python package index fare:
[the table](../../interop/verdicts/README.md).

## The rules

{rules}

## To be accepted

{accepted_tables}

## To be refused

{rejected_tables}

## What a writer makes

{written_table}
"""


def main(arguments):
    read = json.loads((HERE / "read/index.json").read_text(encoding="utf-8"))
    write = json.loads((HERE / "write/index.json").read_text(encoding="utf-8"))
    wrong = []
    for folder, cases in (("read", read["cases"]), ("write", write["cases"])):
        there = {path.name for path in (HERE / folder).glob("*.safetensors")}
        wrong += [f"{folder}/{name}: in no index, or only in one" for name in there ^ {c["file"] for c in cases}]
        for case in cases:
            data = (HERE / folder / case["file"]).read_bytes()
            if hashlib.sha256(data).hexdigest() != case["sha256"]:
                wrong.append(f"{folder}/{case['file']}: not the file that the index describes")
    made = dict(zip(("accept.tsv", "reject.tsv"), lists(read["cases"])))
    sums = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in made.items()}
    for path in HERE.rglob("*"):
        name = path.relative_to(HERE).as_posix()
        if path.suffix in (".safetensors", ".json") or name in ("LICENSE", "describe.py"):
            sums[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    made["SHA256SUMS"] = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))
    made["README.md"] = readme(read, write, hashlib.sha256(made["SHA256SUMS"].encode()).hexdigest())
    for name, text in made.items():
        path = HERE / name
        if arguments == ["--check"]:
            if not path.exists() or path.read_bytes() != text.encode():
                wrong.append(f"{name}: not what describe.py makes of the indexes; run it")
        else:
            path.write_bytes(text.encode())
    for one in wrong:
        print(one, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
