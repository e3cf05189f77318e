# SPDX-License-Identifier: MIT
"""Copies the pages and the examples, as Doxygen is to read them.

    python3 pages.py REPOSITORY RESULT

Headings get the names that links use, links between pages lead to these, links to other files become their names. Each
example is a page that begins with what its first comment says.
"""
import pathlib
import re
import sys

PAGES = ["SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md", "benchmarks/README.md", "tests/README.md",
         ".packaging/README.md", "README.md"]
MAIN = "include/stet/README.md"


CODE = re.compile(r"`([^`]+)`")


def shown(code):
    """Code in a line: a percent sign stands for itself there, and a quote does not end it."""
    text = re.sub(r"%(?=\w)", "%%", code[1])
    return f"``{text}``" if "'" in text else f"`{text}`"


def identifier(path, heading=""):
    """A name for a page or for one of its headings, the same for all who ask."""
    page = re.sub(r"\W+", "_", str(path).removesuffix(".md")).strip("_")
    slug = re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
    return f"page_{page}" + (f"_{slug}" if slug else "")


class Page:
    def __init__(self, repository, path, known):
        self.repository, self.path, self.known = repository, path, known
        self.fenced = False
        self.is_titled = False

    def link(self, match):
        text, target = match[1], match[2]
        if re.match(r"\w+:", target):
            return match[0]
        file, _, heading = target.partition("#")
        full = self.path if not file else pathlib.PurePosixPath(
            (self.repository / self.path.parent / file).resolve().relative_to(self.repository.resolve()).as_posix())
        if full.parts[0] == "examples" and full.suffix == ".cpp":
            page = str(full.relative_to("examples")).replace("/", "_2").replace(".", "_8")
            return f"[{text}]({page}-example.html)"
        if full not in self.known:
            if not (self.repository / full).exists():
                raise SystemExit(f"{self.path}: '{target}' leads nowhere")
            return text
        if str(full) == MAIN and not heading:
            return f'@ref index "{text}"'.replace("`", "")
        return f'@ref {identifier(full, heading)} "{text}"'.replace("`", "")

    def line(self, line):
        if line.startswith("```"):
            self.fenced = not self.fenced
            return line
        if self.fenced:
            return line
        if re.match(r"!\[", line):
            return re.sub(r"!\[([^]]*)\]\(([^)]*)\)", lambda m: f"![{m[1]}]({pathlib.PurePosixPath(m[2]).name})", line)
        heading = re.match(r"(#+) (.*)$", line)
        if heading:
            title, self.is_titled = not self.is_titled, True
            return f"{line} {{#{identifier(self.path, '' if title else heading[2])}}}".replace("`", "")
        line = CODE.sub(shown, line)
        if str(self.path) == MAIN: # the faces, some of whose names other headers have in their folders
            line = re.sub(r"^\| `(\w+\.hpp)` \|", r'| @ref stet/\1 "\1" |', line)
        # In code that is shown, a name after `*` would be looked for and not found.
        line = re.sub(r"\*stet::", "*%stet::", line)
        return re.sub(r"\[([^]]*)\]\(([^)\s]*)\)", self.link, line)

    def text(self):
        # Links that go over a line's end are put on one line first.
        text = (self.repository / self.path).read_text(encoding="utf-8")
        text = re.sub(r"\[([^]`|]*)\n([^]`|]*)\]\(", r"[\1 \2](", text)
        return "\n".join(self.line(line) for line in text.split("\n"))


def first_comment(text):
    lines = re.match(r"// SPDX[^\n]*\n((//[^\n]*\n)*)", text)
    return " ".join(line.lstrip("/ ") for line in lines[1].splitlines()) if lines else ""


def main(repository, target):
    folders = sorted((repository / "include/stet").glob("*/README.md"))
    known = [pathlib.PurePosixPath(MAIN)] + [pathlib.PurePosixPath(page) for page in PAGES if (repository / page).exists()]
    known += [pathlib.PurePosixPath(folder.relative_to(repository).as_posix()) for folder in folders]
    for path in known:
        copy = target / "pages" / str(path).replace(".packaging", "packaging")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(Page(repository, path, known).text(), encoding="utf-8")

    (target / "examples").mkdir(parents=True, exist_ok=True)
    found = []
    for source in sorted((repository / "examples").rglob("*.cpp")):
        name = source.relative_to(repository / "examples").as_posix()
        text = source.read_text(encoding="utf-8")
        copy = target / "examples" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text, encoding="utf-8")
        found.append(f"/** @example {name}\n * @details {first_comment(text)}\n */\n")
    (target / "pages/examples.dox").write_text("\n".join(found), encoding="utf-8")
    about = []
    for folder in folders: # what stands after the name in the page's title
        title = folder.read_text(encoding="utf-8").split("\n", 1)[0]
        _, _, brief = title.partition(": ")
        name = folder.parent.name
        about.append(f"/** @dir docs/include/stet/{name}\n * {brief or 'The folder'}. See @ref page_include_stet_{name}_README.\n */\n")
    (target / "pages/folders.dox").write_text("\n".join(about), encoding="utf-8")
    names = (repository / "tests/docs/namespaces.dox").read_text(encoding="utf-8")
    (target / "pages/namespaces.dox").write_text(names, encoding="utf-8")


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
