# SPDX-License-Identifier: MIT
"""Counts the names that lie directly in namespace stet and prints them: more than MOST are more than a reader can hold.
detail is nobody's business; what the other namespaces inside hold is looked up and not learned.

    python3 names.py include/stet

An overload, a specialisation and a declaration ahead count once; operators and deduction guides do not.
"""
import pathlib
import re
import sys

MOST = 260

TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/|^[ \t]*\#(?:[^\n\\]|\\.)*)
      | (?P<text>R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+')
      | (?P<number>\.?\d(?:[\w.']|[eEpP][+-])*)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<mark2>::|->|&&|\|\||[{}()\[\];,<>=!~&|*+\-/%^?:.])""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
CLOSED_BY = {"(": ")", "[": "]", "{": "}"}
# Words that stand before a parenthesis and name no function.
NO_FUNCTION = {"alignas", "decltype", "noexcept", "explicit", "requires", "__attribute__", "__declspec", "sizeof"}


class Reader:
    def __init__(self, path):
        self.path = path
        self.tokens = []
        self.at = 0
        self.found = {}  # (namespaces, name): kind
        text, place = path.read_text(encoding="utf-8"), 0
        while place < len(text):
            match = TOKEN.match(text, place)
            if not match:
                raise SystemExit(f"{path}: not understood: {text[place:place + 40]!r}")
            if match.lastgroup != "skip" and not match.group("skip"):
                self.tokens.append(match.group())
            place = match.end()

    def peek(self, ahead=0):
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else ""

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def fail(self, what):
        raise SystemExit(f"{self.path}: {what} near: {' '.join(self.tokens[max(0, self.at - 12):self.at + 12])}")

    def group(self):
        """Passes over a bracket and what it holds."""
        end = CLOSED_BY[self.take()]
        while self.peek() != end:
            if not self.peek():
                self.fail(f"'{end}' is missing")
            self.group() if self.peek() in CLOSED_BY else self.take()
        self.take()

    def angles(self):
        """Passes over template arguments or parameters."""
        depth = 0
        while True:
            if self.peek() in CLOSED_BY:
                self.group()
                continue
            token = self.take() if self.peek() else self.fail("'>' is missing")
            depth += (token == "<") - (token == ">")
            if depth == 0:
                return

    def constraint(self):
        """Passes over what follows `requires` after template parameters."""
        while True:
            while self.peek() == "!":
                self.take()
            if self.peek() == "requires":
                self.take()
                if self.peek() == "(":
                    self.group()
                self.group()
            elif self.peek() == "(":
                self.group()
            else:
                self.take()
                while self.peek() in ("::", "<"):
                    if self.peek() == "<":
                        self.angles()
                    else:
                        self.take(), self.take()
            if self.peek() not in ("&&", "||"):
                return
            self.take()

    def attributes(self):
        while self.peek() == "[" or self.peek() in ("alignas", "__attribute__", "__declspec"):
            if self.peek() != "[":
                self.take()
            self.group()

    def to_the_end(self):
        while self.peek() != ";":
            if not self.peek():
                self.fail("';' is missing")
            self.group() if self.peek() in CLOSED_BY else self.take()
        self.take()

    def declaration(self, add):
        while True:
            self.attributes()
            if self.peek() == "template":
                self.take()
                if self.peek() == "<":
                    self.angles()
                    if self.peek() == "requires":
                        self.take()
                        self.constraint()
                continue
            break
        first = self.peek()
        if first in ("static_assert", "friend"):
            self.to_the_end()
        elif first == "concept":
            self.take()
            add(self.take(), "concept")
            self.to_the_end()
        elif first == "using":
            self.take()
            name = self.take()
            while self.peek() == "::":
                self.take()
                name = self.take()
            if name != "namespace":
                add(name, "alias")
            self.to_the_end()
        elif first in ("class", "struct", "union", "enum"):
            self.take()
            if self.peek() in ("class", "struct"):
                self.take()
            self.attributes()
            name = self.take()
            if self.peek() != "::":
                add(name, "type")
            while self.peek() not in ("{", ";"):
                self.angles() if self.peek() == "<" else self.take()
            self.to_the_end()
        else:
            self.function_or_variable(add)

    def function_or_variable(self, add):
        last, before = "", ""
        while True:
            token = self.peek()
            if not token:
                self.fail("a declaration without an end")
            if token == "operator":
                words = []
                while self.peek() != "(" or self.peek(1) == ")" and self.tokens[self.at - 1] == "operator":
                    words.append(self.take())
                if before != "::":
                    add("".join(words), "operator")
                self.function_end()
                return
            if token == "<" and re.match(r"\w", last):
                self.angles()
            elif token == "[":
                self.group()
            elif token == "(":
                if last in NO_FUNCTION or not re.match(r"[A-Za-z_]", last):
                    self.group()
                    continue
                if before not in ("::", "", "~"):
                    add(last, "function")
                self.function_end()
                return
            elif token in ("=", "{", ";", ","):
                if before != "::" and last:
                    add(last, "variable")
                self.to_the_end()
                return
            else:
                before, last = last, self.take()

    def function_end(self):
        while self.peek() not in (";", "{", "="):
            if self.peek() == "requires":
                self.take()
                self.constraint()
            elif self.peek() == "<":
                self.angles()
            elif self.peek() == ":":
                self.member_initialisers()
            else:
                self.group() if self.peek() in CLOSED_BY else self.take()
        self.group() if self.peek() == "{" else self.to_the_end()
        if self.peek() == "{":
            self.fail("two bodies")

    def member_initialisers(self):
        while self.take() in (":", ","):
            while self.peek() not in ("(", "{"):
                self.angles() if self.peek() == "<" else self.take()
            self.group()
            if self.peek() != ",":
                return

    def scope(self, path):
        def add(name, kind):
            self.found.setdefault((path, name), kind)

        while self.peek() and self.peek() != "}":
            if self.peek() == "extern" and self.peek(1).startswith('"'):
                self.take(), self.take()
                if self.peek() == "{":
                    self.take()
                    self.scope(())
                    self.take()
                else:
                    self.declaration(lambda *_: None)
            elif self.peek() == "namespace" or (self.peek() == "inline" and self.peek(1) == "namespace"):
                while self.take() != "namespace":
                    pass
                inner = list(path)
                while self.peek() not in ("{", "="):
                    part = self.take()
                    if part not in ("::", "inline"):
                        inner.append("stet" if part == "STET_NAMESPACE" else part)
                if self.peek() == "=":
                    add(inner[-1], "namespace")
                    self.to_the_end()
                    continue
                if inner[0] == "stet" and len(inner) > 1 and inner[1] != "detail":
                    self.found.setdefault((("stet",), inner[1]), "namespace")
                self.take()
                self.scope(tuple(inner))
                if not self.peek():
                    self.fail("a namespace without an end")
                self.take()
            elif self.peek() == ";":
                self.take()
            else:
                self.declaration(add)


def main():
    names = {}
    headers = sorted(path for path in pathlib.Path(sys.argv[1]).rglob("*") if path.suffix in (".hpp", ".ipp"))
    for path in headers:
        reader = Reader(path)
        reader.scope(())
        if reader.peek():
            reader.fail("a brace too many")
        for (namespaces, name), kind in reader.found.items():
            if namespaces == ("stet",) and kind != "operator":
                names.setdefault(name, (kind, path.relative_to(sys.argv[1])))
    width = max(map(len, names))
    for name, (kind, path) in sorted(names.items()):
        print(f"{name:{width}} {kind:9} {path}")
    print(f"{len(names)} names in {len(headers)} files, {MOST} at most")
    return len(names) > MOST


if __name__ == "__main__":
    sys.exit(main())
