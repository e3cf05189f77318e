# SPDX-License-Identifier: MIT
"""The pictures that `stet inspect --svg` and `stet diff --svg` draw are SVG that any XML parser takes, hold what the
files hold, and stay small.

usage: test_pictures.py FOLDER_OF_INTEROP_PROGRAMS (the tool and the examples are beside it, in ../examples)
"""
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path

PROGRAMS = Path(sys.argv[1]).parent / "examples"
ROOT = Path(__file__).resolve().parents[2]
SUFFIX = ".exe" if os.name == "nt" else ""
SVG = "{http://www.w3.org/2000/svg}"
BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "I64": 8, "BOOL": 1}
HOSTILE = [
    "<script>alert(1)</script>", "&amp;\"'", "a\u202eb\u2067c", "line\nbreak\ttab\r", "\x1b[31m", "]]>", "\ufffe\uffff", "\x7f\x85",
    "日本語.重み", "שלום.weight", "", ".", "...", "x" * 100_000, "p." * 30_000, "p." * 30_000 + "q", "_1_2_3_", "%s%n",
]  # fmt: skip


def run(program, *arguments, status=0):
    done = subprocess.run([PROGRAMS / (program + SUFFIX), *map(str, arguments)], capture_output=True, check=False, timeout=300)
    if done.returncode != status:
        raise AssertionError(f"{program} {arguments}: exit {done.returncode}\n{done.stderr.decode()}")
    return done.stdout.replace(b"\r\n", b"\n")


def number(text):
    return int(text.replace(",", ""))


class Picture:
    """What is in a picture: rectangles with their classes, titles and places; frames as the titles of groups."""

    def __init__(self, text):
        self.text = text
        self.root = xml.etree.ElementTree.fromstring(text)
        self.boxes = []  # (class, title, x, y, width, height)
        for box in self.root.iter(SVG + "rect"):
            title = box.find(SVG + "title")
            place = tuple(float(box.get(name)) for name in ("x", "y", "width", "height"))
            self.boxes.append((box.get("class"), "" if title is None else title.text, *place))
        self.texts = [text.text or "" for text in self.root.iter(SVG + "text")]
        self.frames = [group.find(SVG + "title").text for group in self.root.iter(SVG + "g") if group.find(SVG + "title") is not None]

    def tensors(self):
        """Areas of tensors and of what is gathered: (how many, bytes, class, title, x, y, width, height)"""
        found = []
        for css, title, *place in self.boxes:
            if gathered := re.match(r"([\d,]+) (?:more|tensors?), too small to be shown, ([\d,]+) bytes?,", title):
                found.append((number(gathered[1]), number(gathered[2]), css.split()[0], title, *place))
            elif single := re.search(r"\n\w+ [^\n]*\n([\d,]+) bytes?, [^\n]* of all$", title):
                found.append((1, number(single[1]), css.split()[0], title, *place))
        return found


class Pictures(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def file(self, name, tensors):
        """tensors: (name, dtype, shape)...; the data are a hole in the file"""
        header, end = {}, 0
        for tensor, dtype, shape in tensors:
            begin = end
            size = BYTES[dtype]
            for axis in shape:
                size *= axis
            end += size
            header[tensor] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}
        text = json.dumps(header).encode()
        with (self.folder / name).open("wb") as out:
            out.write(struct.pack("<Q", len(text)) + text)
            out.truncate(8 + len(text) + end)
        return self.folder / name

    def drawn(self, *arguments, status=0):
        text = run("stet", *arguments, "--svg", "-", status=status)
        self.assert_stands_alone(text)
        return Picture(text)

    def assert_stands_alone(self, text):
        kinds = {element.tag for element in xml.etree.ElementTree.fromstring(text).iter()}
        allowed = {SVG + name for name in "svg title style defs pattern path rect circle g text".split()}
        self.assertEqual(kinds - allowed, set())
        self.assertNotRegex(text.decode().replace('xmlns="http://www.w3.org/2000/svg"', ""), r"https?:|href|@import|@font-face")
        self.assertEqual([c for c in text.decode() if c < " " and c != "\n" or c in "\x7f\x85\u202e\u2067"], [])
        self.assertIn(b"prefers-color-scheme:dark", text)

    def test_areas_are_in_proportion_to_bytes(self):
        tensors = [(f"{'abc'[i % 3]}{i}", dtype, [10 + 7 * i]) for i, dtype in enumerate([*BYTES, "F16", "F16"])]
        picture = self.drawn("inspect", self.file("a", tensors))
        found = picture.tensors()
        self.assertEqual(sorted(title.split("\n")[0] for _, _, _, title, *_ in found), sorted(name for name, _, _ in tensors))
        total, area = sum(size for _, size, *_ in found), sum(width * height for *_, width, height in found)
        for _, size, css, title, _, _, width, height in found:
            name, dtype, shape = next(one for one in tensors if one[0] == title.split("\n")[0])
            self.assertEqual((css, size), (dtype, BYTES[dtype] * shape[0]))
            self.assertEqual(title.split("\n")[1], f"{dtype} [{shape[0]}]")
            self.assertAlmostEqual(width * height / area, size / total, delta=2e-5)
            self.assertLess(max(width / height, height / width), 4, name)
        self.assert_apart(found)

    def assert_apart(self, found):
        for i, (*_, x, y, width, height) in enumerate(found):
            for *_, other_x, other_y, other_width, other_height in found[:i]:
                across = min(x + width, other_x + other_width) - max(x, other_x)
                down = min(y + height, other_y + other_height) - max(y, other_y)
                self.assertTrue(across < 0.05 or down < 0.05)

    def test_every_tensor_of_a_checkpoint_is_in_the_picture(self):
        run("example_save_full", "--output", self.folder / "output")
        path = next((self.folder / "output").rglob("*.safetensors"))
        [shown] = json.loads(run("stet", "inspect", "--json", "--tensors", path))
        picture = self.drawn("inspect", path)
        found = picture.tensors()
        self.assertEqual(sum(count for count, *_ in found), shown["all"]["tensors"])
        self.assertEqual(sum(size for _, size, *_ in found), shown["all"]["bytes"])
        self.assert_apart(found)
        sizes = {tensor["name"]: tensor["bytes"] for tensor in shown["tensors"]}
        for count, size, _, title, *_ in found:
            if count == 1 and "too small" not in title:
                self.assertEqual(sizes.pop(title.split("\n")[0]), size)
        self.assertLess(max(sizes.values()) * 620 * 968, 10 * shown["all"]["bytes"])  # the others are below ten units
        for part in shown["components"]:
            self.assertIn(f"{part['name']}\n{part['tensors']} tensors, {part['bytes']:,} bytes", "\n".join(picture.frames))
        self.assertIn("8.41 MB in 1,130 tensors, 4,207,023 parameters, layout: sd1", picture.texts)
        self.assertIn("F16: 8.41 MB (100%) in 1,130 tensors", picture.texts)

    @unittest.skipUnless(sys.platform == "linux", "elsewhere a hole of 34 GB may be none")
    def test_the_picture_on_the_examples_page_is_what_is_drawn(self):
        manifest = json.loads((ROOT / "tests/data/manifests/flux_dev.json").read_text())
        drawn = self.drawn("inspect", self.file("flux_dev.safetensors", manifest["saved"]))
        shown = Picture((ROOT / "examples/pictures/flux_dev.svg").read_bytes())
        self.assertEqual((drawn.texts, drawn.frames), (shown.texts, shown.frames))
        self.assertEqual(len(drawn.boxes), len(shown.boxes))
        for (*what, x, y, width, height), (*other, other_x, other_y, other_width, other_height) in zip(drawn.boxes, shown.boxes):
            self.assertEqual(what, other)
            for place, other_place in ((x, other_x), (y, other_y), (width, other_width), (height, other_height)):
                self.assertAlmostEqual(place, other_place, delta=0.02)

    def test_blocks_lie_inside_components(self):
        names = [f"model.diffusion_model.input_blocks.{i}.{part}.weight" for i in range(3) for part in "abcd"]
        names += [f"first_stage_model.decoder.{part}.weight" for part in "abcd"]
        picture = self.drawn("inspect", self.file("a", [(name, "F16", [64]) for name in names]))
        whole = [title.split("\n")[0] for title in picture.frames]
        self.assertEqual(whole[0], "model")
        self.assertIn("model.diffusion_model.input_blocks.2", whole)
        self.assertIn("vae", whole)
        for text in ("model", "input_blocks.2", "vae"):
            self.assertIn(text, picture.texts)

    def test_hostile_names_are_escaped(self):
        one = self.file("<a&b>\"' .safetensors" if os.name != "nt" else "a", [(name, "F32", [40]) for name in HOSTILE])
        other = self.file("b", [(name, "F32", [41]) for name in HOSTILE[::-1][1:]])
        picture = self.drawn("inspect", one)
        self.assertEqual(sum(count for count, *_ in picture.tensors()), len(HOSTILE))
        titles = [title.split("\n")[0] for _, _, _, title, *_ in picture.tensors()]
        for name in ("<script>alert(1)</script>", "&amp;\"'", "a\\xe2\\x80\\xaeb\\xe2\\x81\\xa7c", "line\\x0abreak\\x09tab\\x0d",
                     "\\x1b[31m", "]]>", "\\xef\\xbf\\xbe\\xef\\xbf\\xbf", "日本語.重み", "%s%n"):  # fmt: skip
            self.assertIn(name, titles)
        self.assertLess(len(picture.text), 30_000)
        self.assertLess(len(self.drawn("diff", one, other, status=1).text), 60_000)

    def test_a_hundred_thousand_tensors_are_some_thousand_areas(self):
        kinds = ["F16", "BF16", "F8_E4M3"]
        for name, tensors in (
            ("equal", [(f"t{i}.weight", "F16", [64]) for i in range(100_000)]),
            ("flat", [(f"tensor{i}", kinds[i % 3], [1 + i * 7919 % 5000]) for i in range(100_000)]),
            ("blocks", [(f"blocks.{i // 500}.experts.{i // 5 % 100}.{i % 5}", kinds[i * i % 3], [1 + i * 7919 % 50_000]) for i in range(100_000)]),
        ):  # fmt: skip
            with self.subTest(names=name):
                path = self.file(name, tensors)
                picture = self.drawn("inspect", path)
                found = picture.tensors()
                self.assertEqual(sum(count for count, *_ in found), 100_000)
                self.assertEqual(sum(size for _, size, *_ in found), sum(BYTES[kind] * shape[0] for _, kind, shape in tensors))
                self.assertLess(len(picture.boxes), 9_000)
                self.assertLess(len(picture.text), 3_000_000)
        self.assertLess(len(self.drawn("diff", self.folder / "equal", self.folder / "flat", status=1).text), 200_000)

    def test_nothing_to_draw(self):
        self.assertIn("There are no tensors.", self.drawn("inspect", self.file("a", [])).texts)
        self.assertIn("No tensor has any bytes.", self.drawn("inspect", self.file("b", [("t", "F32", [0, 4])])).texts)
        self.assertIn("no tensors", self.drawn("diff", self.folder / "a", self.folder / "a").texts)

    def test_every_dtype_has_a_look_of_its_own(self):
        picture = self.drawn("inspect", self.file("a", [(dtype, dtype, [64]) for dtype in BYTES]))
        rules = dict(re.findall(r"^\.([A-Z][\w]*)\{fill:([^}]*)\}", picture.text.decode(), re.MULTILINE))
        self.assertEqual(set(rules), set(BYTES))
        self.assertEqual(len(set(rules.values())), len(BYTES))
        patterns = re.findall(r'<pattern id="([^"]*)"', picture.text.decode())
        self.assertEqual({f"url(#{name})" for name in patterns}, {fill for fill in rules.values() if "url" in fill})

    @unittest.skipUnless(sys.platform == "linux", "limits of a file's size are the system's own")
    def test_a_picture_that_cannot_be_written_leaves_nothing(self):
        import resource
        import signal

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond it fails instead
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

        path = self.file("a", [("t", "F32", [4])])
        for arguments, failed in ((["inspect", path], 1), (["diff", path, path], 2)):
            done = subprocess.run(
                [PROGRAMS / "stet", *arguments, "--svg", self.folder / "a.svg"],
                capture_output=True, text=True, check=False, timeout=60, preexec_fn=limit,
            )  # fmt: skip
            self.assertEqual((done.returncode, done.stdout), (failed, ""))
            self.assertIn("a.svg", done.stderr)
            self.assertEqual([one.name for one in self.folder.iterdir()], ["a"])

    def test_the_same_bytes_for_the_same_files(self):
        tensors = [(f"block.{i}.{kind}", kind, [i + 1, 8]) for i in range(40) for kind in BYTES]
        one, other = self.file("a", tensors), self.file("b", tensors[::3] + tensors[1::3])
        self.assertEqual(self.drawn("inspect", one).text, self.drawn("inspect", one).text)
        self.assertEqual(self.drawn("diff", one, other, status=1).text, self.drawn("diff", one, other, status=1).text)

    def test_a_difference_is_drawn_as_it_is(self):
        for seed in (1, 2):
            run("example_save_full", "--output", self.folder / "output", "--seed", seed)
        first, second = sorted((self.folder / "output").rglob("*.safetensors"))
        merged = self.folder / "merged"
        run("stet", "merge", first, second, "--input", 1, "--middle", 0.5, "--out", 1, "--vae", 0.2, "--text-encoder", 1, "--output", merged)
        found = json.loads(run("stet", "diff", "--json", first, merged, status=1))
        picture = self.drawn("diff", first, merged, status=1)
        rows = {title.split("\n")[0]: title for css, title, *_ in picture.boxes if css == "over"}
        for block in found["blocks"]:
            title = rows[block["name"]]
            different = re.search(r"different numbers: ([\d,]+) tensor", title)
            self.assertEqual(number(different[1]) if different else 0, block["different"], title)
            if block["different"]:
                self.assertIn(f"by {block['largest']:.4g} at most, {block['mean']:.4g} on average", title)
        parts = [(css, width) for css, _, _, _, width, _ in picture.boxes if css in ("equal_bytes", "different")]
        middle = [title for name, title in rows.items() if ".middle_block." in name]
        self.assertEqual(len(middle), 3)
        self.assertTrue(all("equal:" not in title and " on average" in title for title in middle))
        [shown] = json.loads(run("stet", "inspect", "--json", "--tensors", first))
        names = {one["name"] for one in found["tensors"]}
        share = sum(tensor["bytes"] for tensor in shown["tensors"] if tensor["name"] in names) / shown["all"]["bytes"]
        (equal, its), (different, rest) = parts[:2]  # of all
        self.assertEqual((equal, different), ("equal_bytes", "different"))
        self.assertAlmostEqual(rest / (its + rest), share, delta=1e-4)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
