# SPDX-License-Identifier: MIT
"""README has at most MOST lines; links between the pages lead to files, and to headings, that are there; every folder of
include/stet has a page that the library's page names, every example a line in theirs.

    python3 pages.py REPOSITORY
"""
import pathlib
import re
import sys

MOST = 200
LIBRARY = "include/stet/README.md"
EXAMPLES = "examples/README.md"


def text_of(path):
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors_of(path):
    """The names by which headings are linked to, as code hosts make them."""
    headings = re.findall(r"^#+ (.*)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(root, page):
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        if re.match(r"\w+:", target):
            continue
        name, _, heading = target.partition("#")
        file = (page.parent / name) if name else page
        if not file.exists():
            yield f"{page.relative_to(root)}: {target}: no such file"
        elif heading and heading not in anchors_of(file):
            yield f"{page.relative_to(root)}: {target}: no such heading"


def main(root):
    folders = sorted(folder for folder in (root / "include/stet").iterdir() if folder.is_dir())
    pages = [page for pattern in ("*.md", "*/README.md", ".packaging/README.md") for page in root.glob(pattern)]
    pages += [root / LIBRARY] + [folder / "README.md" for folder in folders]
    wrong = [f"{page.relative_to(root)} is missing" for page in pages if not page.exists()]
    for page in pages:
        wrong += dead_links(root, page) if page.exists() else []

    lines = len((root / "README.md").read_text(encoding="utf-8").splitlines())
    if lines > MOST:
        wrong.append(f"README.md: {lines} lines, {MOST} at most")
    library, examples = text_of(root / LIBRARY), text_of(root / EXAMPLES)
    wrong += [f"{LIBRARY}: nothing of {folder.name}" for folder in folders if f"({folder.name}/README.md)" not in library]
    for example in sorted((root / "examples").glob("*.cpp")):
        is_tool = (root / "examples/expected" / example.stem).is_dir()
        if not is_tool and f"({example.name})" not in examples:
            wrong.append(f"{EXAMPLES}: nothing of {example.name}")
    print("\n".join(wrong) or f"{len(pages)} pages, README.md of {lines} lines")
    return 1 if wrong else 0


sys.exit(main(pathlib.Path(sys.argv[1])))
