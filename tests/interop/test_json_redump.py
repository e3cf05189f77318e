# SPDX-License-Identifier: MIT
"""Texts that interop_json_redump writes anew are what this Python's json module makes of them.

usage: test_json_redump.py FOLDER_OF_INTEROP_PROGRAMS [TEXTS_OF_EACH_KIND [SEED]]
"""
import json
import math
import random
import struct
import subprocess
import sys
import unittest
from fractions import Fraction
from pathlib import Path

PROGRAM = Path(sys.argv[1]) / "interop_json_redump"
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 4000
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1

CHARACTERS = [
    *"ab/ '<&~", "\x7f", "\u0080", "\u00e9", "\u07ff", "\u0800", "\u2028", "\u65e5", "\ud7ff", "\ue000", "\ufeff",
    "\uffff", "\U00010000", "\U0001f600", "\U0010ffff",
]
ESCAPES = [
    *(rf"\{c}" for c in '"\\/bfnrt'), r"\u0000", r"\u001f", r"\u0022", r"\u005C", r"\u002f", r"\u007e", r"\u007F",
    r"\u0080", r"\u00E9", r"\u2028", r"\ud83d", r"\uDE00", r"\uD83d\ude00", r"\udbff\uDFFF", r"\uffff", r"\u0008",
    r"\u000a", r"\u0061",
]
TOKENS = [
    *'{}[]:,"-+.eE0123456789/\\', "\\u", "\\x", "\\ud83d", "null", "true", "False", "NaN", "Infinity", "-Infinity",
    "-NaN", "01", "1.", ".5", "1e", "1e+", "--", "\0", "\x01", "\x1f", "\x0b", "\x0c", "\u00a0", "\ufeff", "//", "[]",
    "{}", '""', ",,", '"a":1,', '"a":', "0x1", "1_0", "\u0661", " ", "\n", "\r", "\t",
]


class Texts:
    """Random JSON texts, good and bad."""

    def __init__(self, seed):
        self.dice = random.Random(seed)

    def space(self):
        return self.dice.choice(["", "", "", " ", "\n", "\t", "\r\n", "  "])

    def string(self):
        length = self.dice.choice([0, 1, 2, 3, 7, 8, 9, 17])
        kind = self.dice.random()
        parts = []
        for _ in range(length):
            if self.dice.random() < kind:
                parts.append(chr(self.dice.choice([*range(0x20, 0x22), *range(0x23, 0x5C), *range(0x5D, 0x7F)])))
            else:
                parts.append(self.dice.choice(self.dice.choice([CHARACTERS, ESCAPES])))
        return '"' + "".join(parts) + '"'

    def key(self):
        if self.dice.random() < 0.6:
            return self.dice.choice(['"a"', r'"\u0061"', '"b"', '"\u00e9"', r'"\u00e9"', '""', r'"\ud83d\ude00"',
                                     '"\U0001f600"', '"a long key of many characters"', '"1"'])
        return self.string()

    def digits(self, most):
        return "".join(self.dice.choices("0123456789", k=self.dice.randint(1, most)))

    def number(self):
        dice = self.dice
        kind = dice.randrange(7)
        if kind == 0:
            return dice.choice(["", "-"]) + str(int(self.digits(dice.choice([1, 3, 19, 60]))))
        if kind == 1:
            return repr(struct.unpack("d", dice.randbytes(8))[0]).replace("nan", "NaN").replace("inf", "Infinity")
        if kind == 2:
            return f"{dice.choice(['', '-'])}{int(self.digits(20))}.{self.digits(25)}"
        if kind == 3:
            exponent = dice.choice(["e", "E"]) + dice.choice(["", "+", "-"]) + self.digits(3)
            return f"{dice.choice(['', '-'])}{int(self.digits(18))}{dice.choice(['', '.' + self.digits(18)])}{exponent}"
        if kind == 4:
            return f"{dice.choice(['', '-'])}{dice.randint(0, 2**10) * 2.0 ** dice.randint(-1074, 1000)!r}".replace(
                "inf", "Infinity")
        if kind == 5:
            return f"{dice.choice(['', '-'])}{dice.randint(1, 99999)}e{dice.randint(-25, 25)}"
        return dice.choice(["0", "-0", "0.0", "-0.0", "1e400", "-1e400", "1e-400", "0e999999999999999999999",
                            "1e999999999999999999999", "1e-999999999999999999999", "NaN", "Infinity", "-Infinity",
                            "0." + "0" * 400 + "1e401", "1" + "0" * 400 + "e-400", "1.0", "-1", "1E5", "5e-324"])

    def between_doubles(self):
        """A number at, or just beside, the middle of two doubles, in full."""
        low = abs(struct.unpack("d", self.dice.randbytes(8))[0])
        if not math.isfinite(low) or low == sys.float_info.max:
            low = 1.0
        if self.dice.random() < 0.2:
            low = 2.0 ** self.dice.randint(-1074, 1023)
        middle = (Fraction(low) + Fraction(math.nextafter(low, math.inf))) / 2
        # A denominator is a power of two.
        places = middle.denominator.bit_length() - 1
        digits = str(middle.numerator * 5**places)
        if self.dice.random() < 0.4:
            tail = "0" * self.dice.choice([0, 1, 30, 800]) + "1"
            digits, places = digits + tail, places + len(tail)
        elif self.dice.random() < 0.5:
            digits = str(int(digits) - 1)
        if self.dice.random() < 0.5 and len(digits) > 1:
            return f"{digits[0]}.{digits[1:]}e{len(digits) - 1 - places}"
        return f"{digits}e-{places}" if places else digits + ".0"

    def value(self, levels):
        kind = self.dice.random()
        if levels == 0 or kind < 0.3:
            return self.number()
        if kind < 0.5:
            return self.string()
        if kind < 0.6:
            return self.dice.choice(["true", "false", "null"])
        count = self.dice.choice([0, 1, 2, 3, 6, 15 if levels < 3 else 1])
        if kind < 0.75:
            return "[" + self.space() + ",".join(self.spaced(levels) for _ in range(count)) + "]"
        items = (f"{self.space()}{self.key()}{self.space()}:{self.spaced(levels)}" for _ in range(count))
        return "{" + self.space() + ",".join(items) + "}"

    def spaced(self, levels):
        return self.space() + self.value(levels - 1) + self.space()

    def document(self):
        return self.space() + self.value(self.dice.choice([0, 1, 2, 3, 5])) + self.space()

    def changed(self, text):
        for _ in range(self.dice.choice([1, 1, 1, 2, 3])):
            begin = self.dice.randint(0, len(text))
            end = min(len(text), begin + self.dice.choice([0, 0, 1, 1, 2, 5]))
            kind = self.dice.random()
            if kind < 0.6:
                text = text[:begin] + self.dice.choice(TOKENS) + text[end:]
            elif kind < 0.8:
                text = text[:begin] + text[end:]
            elif kind < 0.9:
                text = text[:begin] if self.dice.random() < 0.5 else text[begin:]
            else:
                text = text[:end] + text[begin:]
        return text

    def changed_bytes(self, text):
        raw = bytearray(text.encode())
        for _ in range(self.dice.choice([1, 1, 2, 4])):
            if raw:
                raw[self.dice.randrange(len(raw))] = self.dice.choice([self.dice.randrange(256), *b'0a "'])
        return bytes(raw)

    def nested(self):
        """Lists and objects inside each other, keys given twice at every level."""
        text = self.number()
        for _ in range(self.dice.randint(1, 150)):
            kind = self.dice.random()
            if kind < 0.3:
                text = f"[{text}]"
            else:
                members = [f'"{self.dice.choice("abcd")}":{self.number()}' for _ in range(self.dice.randint(0, 5))]
                members.insert(self.dice.randint(0, len(members)), f'"{self.dice.choice("abcd")}":{text}')
                text = "{" + ",".join(members) + "}"
        return text

    def many_keys(self):
        keys = self.dice.randint(1, 400)
        members = (f'"{self.dice.randrange(keys)}":{self.value(2)}' for _ in range(self.dice.randint(1, 400)))
        return "{" + ",".join(members) + "}"


def by_python(text):
    try:
        return json.dumps(json.loads(text.decode())).encode()
    except ValueError:
        return None


def by_program(texts):
    given = b"".join(b"%d\n%b" % (len(text), text) for text in texts)
    out = subprocess.run([PROGRAM], input=given, stdout=subprocess.PIPE, check=True).stdout
    found, at = [], 0
    for _ in texts:
        begin = out.index(b"\n", at) + 1
        size = out[at : begin - 1]
        at = begin if size == b"-" else begin + int(size)
        found.append(None if size == b"-" else out[begin:at])
    assert at == len(out)
    return found


def difference(expected, found):
    if expected is None or found is None:
        return f"Python {expected!r:.2000}\nprogram {found!r:.2000}"
    at = next((i for i, (a, b) in enumerate(zip(expected, found)) if a != b), min(len(expected), len(found)))
    return f"from {at} on, Python {expected[at:at + 50]!r}, program {found[at:at + 50]!r}"


class JsonRedump(unittest.TestCase):
    def check(self, made, count=COUNT):
        texts = [text if isinstance(text, bytes) else text.encode() for text in (made() for _ in range(count))]
        refused = 0
        for text, found in zip(texts, by_program(texts)):
            expected = by_python(text)
            refused += expected is None
            if found != expected:
                self.fail(f"seed {SEED}: {text!r:.2000}\n{difference(expected, found)}")
        return refused / count

    def setUp(self):
        self.texts = Texts(f"{SEED} {self.id()}")

    def test_numbers(self):
        self.assertLess(self.check(self.texts.number), 0.01)

    def test_numbers_between_doubles(self):
        self.assertEqual(self.check(self.texts.between_doubles, COUNT // 4), 0)

    def test_strings(self):
        self.assertEqual(self.check(self.texts.string), 0)

    def test_documents(self):
        self.assertLess(self.check(self.texts.document), 0.01)

    def test_changed_documents(self):
        refused = self.check(lambda: self.texts.changed(self.texts.document()))
        self.assertGreater(refused, 0.3)
        self.assertLess(refused, 0.95)

    def test_changed_bytes(self):
        refused = self.check(lambda: self.texts.changed_bytes(self.texts.document()))
        self.assertGreater(refused, 0.3)
        self.assertLess(refused, 0.9)

    def test_short_runs_of_tokens(self):
        dice = self.texts.dice
        self.check(lambda: "".join(dice.choices(TOKENS, k=dice.randint(0, 6))))

    def test_nested_objects(self):
        self.assertEqual(self.check(self.texts.nested, COUNT // 20), 0)

    def test_objects_of_many_keys(self):
        self.assertEqual(self.check(self.texts.many_keys, COUNT // 40), 0)

    def test_single_bytes_everywhere(self):
        around = [
            b"%b", b'"%b"', b'"\\%b"', b'"\\u00%b0"', b"1%b", b"[%b1]", b"[1%b,2]", b'{"a"%b:1}', b"-%b", b"1.5e%b",
        ]
        texts = iter([form % bytes([code]) for form in around for code in range(256)])
        self.check(lambda: next(texts), len(around) * 256)

    def test_integers_of_many_digits(self):
        if not hasattr(sys, "get_int_max_str_digits") or sys.get_int_max_str_digits() != 4300:
            self.skipTest("this Python has another limit")
        ends = ["", ".0", "e1"]
        texts = iter([sign + "9" * count + end for sign in ["", "-"] for count in [4299, 4300, 4301] for end in ends])
        self.check(lambda: next(texts), 18)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
