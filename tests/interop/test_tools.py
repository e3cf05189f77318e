# SPDX-License-Identifier: MIT
"""The tool among the examples does what it says, as numpy and the reference implementation see it.

usage: test_tools.py FOLDER_OF_INTEROP_PROGRAMS (the examples are beside it, in ../examples)
"""
import contextlib
import ctypes
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import safetensors
import safetensors.numpy

PROGRAMS = Path(sys.argv[1]).parent / "examples"
TOOL = PROGRAMS / ("stet.exe" if os.name == "nt" else "stet")

# How a file spells a dtype: how the reference's own description does, and the numpy type with its bits.
DTYPES = {
    "F32": ("float32", "<f4"), "F16": ("float16", "<f2"), "BF16": ("bfloat16", "<u2"), "I64": ("int64", "<i8"),
    "U8": ("uint8", "|u1"), "F8_E4M3": ("float8_e4m3fn", "|u1"), "F64": ("float64", "<f8"),
}
FLOATS = ("F32", "F16", "BF16")

# Families whose layout knows only one text encoder, and those that record the range of their noise levels.
ENCODERS = dict.fromkeys(("SD15", "SD15_instructpix2pix"), ("clip_l",))
ENCODERS |= dict.fromkeys(("SD20", "SD21UnclipL", "SD21UnclipH", "LotusD", "SD_X4Upscaler"), ("clip_h",))
ENCODERS["SDXLRefiner"] = ("clip_g",)
WITH_SIGMAS = ("SV3D_u", "SV3D_p", "SVD_img2vid", "StableAudio", "CosmosT2V", "CosmosI2V")


def run(program, *arguments, status=0, **options):
    done = subprocess.run(
        [program, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=300, **options
    )
    if done.returncode != status:
        raise AssertionError(f"{program} {arguments}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def tool(command, *arguments, **options):
    return run(TOOL, command, *arguments, **options)


def write(path, tensors, metadata=None):
    """tensors: {name: (dtype as a file spells it, shape, bytes)}"""
    memory = {name: ctypes.create_string_buffer(data, len(data) + 1) for name, (_, _, data) in tensors.items()}
    specs = {
        name: safetensors.TensorSpec(
            dtype=DTYPES[dtype][0], shape=shape, data_ptr=ctypes.addressof(memory[name]), data_len=len(data)
        )
        for name, (dtype, shape, data) in tensors.items()
    }
    path.write_bytes(bytes(safetensors.serialize(specs, metadata)))
    return path


def read(path):
    """{name: (dtype, shape, bytes)}, as the reference reads it"""
    found = safetensors.deserialize(Path(path).read_bytes())
    return {name: (tensor["dtype"], tuple(tensor["shape"]), bytes(tensor["data"])) for name, tensor in found}


def metadata_of(path):
    with safetensors.safe_open(path, "numpy") as opened:
        return opened.metadata()


def to_float32(dtype, data):
    bits = np.frombuffer(data, DTYPES[dtype][1])
    return (bits.astype("<u4") << 16).view("<f4") if dtype == "BF16" else bits.astype("<f4")


def from_float32(dtype, numbers):
    if dtype != "BF16":
        with np.errstate(over="ignore"):
            return numbers.astype(DTYPES[dtype][1]).tobytes()
    bits = numbers.view("<u4")
    nearest = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16
    return np.where(np.isnan(numbers), bits >> 16 | 0x40, nearest).astype("<u2").tobytes()


def weighted(first, second, ratio):
    """What a merge has to give: computed as float32, in the first tensor's dtype."""
    dtype, shape, data = first
    with np.errstate(all="ignore"):
        of_first = to_float32(dtype, data) * np.float32(ratio)
        of_second = to_float32(second[0], second[2]) * np.float32(1 - ratio)
        return dtype, shape, from_float32(dtype, of_first + of_second)


SPECIAL = np.array(
    [0.0, -0.0, 1, -1, np.inf, -np.inf, np.nan, 65504, -65519, 65520, 6e-8, 2.9e-8, 1e-40, 3.4e38, 1 + 2**-11],
    "<f4",
)


class Scratch(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.random = np.random.default_rng(1)

    def tensor(self, dtype, *shape):
        """Normal numbers, whatever the dtype."""
        count = int(np.prod(shape, dtype=np.int64))
        if dtype in FLOATS:
            return dtype, shape, from_float32(dtype, self.random.standard_normal(count).astype("<f4"))
        return dtype, shape, self.random.integers(0, 100, count).astype(DTYPES[dtype][1]).tobytes()

    def assert_same_tensors(self, found, expected):
        self.assertEqual(set(found), set(expected))
        for name, tensor in expected.items():
            self.assertEqual(found[name][:2], (tensor[0], tuple(tensor[1])), name)
            self.assertTrue(found[name][2] == tensor[2], f"{name}: other bytes")  # not megabytes of them

    def example(self, name, *arguments):
        """The checkpoint that an example saves."""
        program = PROGRAMS / f"example_{name}{TOOL.suffix}"
        done = run(program, "--output", self.folder / "output", *arguments)
        return next(Path(line) for line in done.stdout.splitlines() if line.endswith(".safetensors"))


class Merge(Scratch):
    def merge(self, first, second, *options, metadata=None):
        """The merged tensors, and what the tool says of them."""
        a = write(self.folder / "a", first, metadata)
        b = write(self.folder / "b", second)
        done = tool("merge", a, b, *options, "--output", self.folder / "merged", "--replace")
        return read(self.folder / "merged"), done.stdout

    def assert_numbers(self, found, expected):
        """The same bits, but for those of a NaN."""
        self.assertEqual(set(found), set(expected))
        for name, (dtype, shape, data) in expected.items():
            self.assertEqual(found[name][:2], (dtype, shape))
            nan = np.isnan(to_float32(dtype, data))
            np.testing.assert_array_equal(np.isnan(to_float32(dtype, found[name][2])), nan, name)
            bits = DTYPES[dtype][1].replace("f", "u")
            np.testing.assert_array_equal(
                np.frombuffer(found[name][2], bits)[~nan], np.frombuffer(data, bits)[~nan], name
            )

    def assert_counts(self, said, numbers):
        """What the tool says of infinities and NaN."""
        a, b, mixed = numbers
        lost = ~np.isfinite(mixed)
        before = np.isnan(a) | np.isnan(b) | ((np.isinf(a) | np.isinf(b)) & ~np.isnan(mixed))
        counts = {
            "became infinite": np.isinf(mixed) & ~before, "became NaN": np.isnan(mixed) & ~before,
            "infinite or NaN before": lost & before,
        }
        for what, which in counts.items():
            found = re.search(rf"    {what}: (\d+) number", said)
            self.assertEqual(int(found[1]) if found else 0, int(np.sum(which)), what)

    def test_numbers_that_become_infinite_are_refused(self):
        first = {"t": ("F16", (3,), np.array([1, 2, 3], "<f2").tobytes())}
        second = {"t": ("F32", (3,), np.array([1e6, 2, -1e6], "<f4").tobytes())}
        a, b = write(self.folder / "a", first), write(self.folder / "b", second)
        done = tool("merge", a, b, "--output", self.folder / "merged", status=1)
        self.assertIn("tensor 't': 2 numbers have become infinite or NaN by merging", done.stderr)
        self.assertFalse((self.folder / "merged").exists())
        found, said = self.merge(first, second, "--dtype", "F32")
        self.assert_numbers(found, {"t": ("F32", (3,), np.array([500000.5, 2, -499998.5], "<f4").tobytes())})
        self.assertNotIn("infinite", said)

    def test_models_are_added_and_subtracted(self):
        for dtype in FLOATS:
            tensors = [{"t": self.tensor(dtype, 777)} for _ in range(3)]
            a, b, c = (to_float32(dtype, one["t"][2]) for one in tensors)
            m = np.float32(0.7)
            for options, expected in (
                (["--mode", "add"], a + b),
                (["--mode", "subtract", "--multiplier", "0.7"], a * m - b * m),
                (["--mode", "add-difference", "--multiplier", "0.7"], a + (b - c) * m),
            ):
                with self.subTest(dtype=dtype, options=options):
                    count = 3 if "add-difference" in options else 2
                    paths = [write(self.folder / str(i), tensors[i]) for i in range(count)]
                    tool("merge", *paths, *options, "--output", self.folder / "merged", "--replace")
                    found = read(self.folder / "merged")
                    self.assert_numbers(found, {"t": (dtype, (777,), from_float32(dtype, expected))})

    def test_reported_files_are_merged_or_refused(self):
        data = Path(__file__).resolve().parents[1] / "data" / "bugs"

        def merged(a, b, *options, status=0):
            return tool(
                "merge", data / f"{a}.safetensors", data / f"{b}.safetensors", *options,
                "--output", self.folder / "merged", "--replace", status=status,
            )

        for a, b, options, why in (
            ("fp8_scaled_a", "fp8_scaled_b", [], "is quantised; give --dtype F32, F16 or BF16, --requantise, or a ratio"),
            ("nvfp4_a", "nvfp4_b", [], "it is quantised"),
            ("fp8_plain_a", "fp8_plain_b", [], "8-bit float in one of the files; give --dtype F32, F16 or BF16"),
            ("f16_a", "fp8_plain_b", [], "8-bit float in one of the files"),
            ("f16_a", "f32_large_values", [], "have become infinite or NaN by merging; give --dtype F32, or --keep-inf"),
            ("lora_a", "lora_b", [], "factor of a LoRA"),
            ("nine_channels", "f16_a", [], "give --widen"),
            ("f16_a", "nine_channels", ["--widen"], "give the file that has more first"),
            ("f16_a", "lora_a", [], "factor of a LoRA"),
        ):
            with self.subTest(files=(a, b)):
                self.assertIn(why, merged(a, b, *options, status=1).stderr)
                self.assertFalse((self.folder / "merged").exists())
        for a, b in (("fp8_scaled_a", "fp8_scaled_b"), ("nvfp4_a", "nvfp4_b"), ("fp8_plain_a", "fp8_plain_b")):
            merged(a, b, "--ratio", "0")
            taken, second = read(self.folder / "merged"), read(data / f"{b}.safetensors")
            self.assertEqual({name for name, one in taken.items() if one != second[name]}, set(), b)
        self.assertIn("became infinite: 163 numbers", merged("f16_a", "f32_large_values", "--keep-infinite").stdout)
        self.assertIn("predict differently", merged("v_prediction", "f16_a").stdout)
        self.assertIn("of its first input channels only: 1 tensor", merged("nine_channels", "f16_a", "--widen").stdout)
        wide, a, b = (read(path)["model.diffusion_model.input_blocks.0.0.weight"] for path in (
            self.folder / "merged", data / "nine_channels.safetensors", data / "f16_a.safetensors"))
        wide, a, b = (to_float32(one[0], one[2]).reshape(one[1]) for one in (wide, a, b))
        np.testing.assert_array_equal(wide[:, 4:], a[:, 4:])
        half = (a[:, :4] * np.float32(0.5) + b * np.float32(0.5)).astype("<f2").astype("<f4")
        np.testing.assert_array_equal(wide[:, :4], half)

    def test_numbers_are_those_of_numpy(self):
        # Shapes around the block the tool works in, 1 MiB of float32.
        shapes = [(), (0,), (3, 0), (7,), (4, 5, 3), ((1 << 18) - 1,), (1 << 18,), ((1 << 18) + 1,), (3, 1 << 18)]
        for dtype in FLOATS:
            first = {f"t{i}": self.tensor(dtype, *shape) for i, shape in enumerate(shapes)}
            second = {f"t{i}": self.tensor(dtype, *shape) for i, shape in enumerate(shapes)}
            for ratio in ("0.5", "0.3", "0.9999", "1e-6"):
                with self.subTest(dtype=dtype, ratio=ratio):
                    found, _ = self.merge(first, second, "--ratio", ratio)
                    expected = {name: weighted(first[name], second[name], float(ratio)) for name in first}
                    self.assert_numbers(found, expected)

    def test_special_numbers_meet_each_other(self):
        grid = np.array(np.meshgrid(SPECIAL, SPECIAL), "<f4").reshape(2, -1)
        for one in FLOATS:
            for other in FLOATS:  # the second file may have another dtype
                with self.subTest(dtypes=(one, other)):
                    first = {"t": (one, (len(grid[0]),), from_float32(one, grid[0]))}
                    second = {"t": (other, (len(grid[1]),), from_float32(other, grid[1]))}
                    found, said = self.merge(first, second, "--ratio", "0.25", "--keep-infinite")
                    expected = weighted(first["t"], second["t"], 0.25)
                    self.assert_numbers(found, {"t": expected})
                    self.assert_counts(said, [to_float32(*one[::2]) for one in (first["t"], second["t"], expected)])

    def test_every_half_is_rounded_as_numpy_does(self):
        every = np.arange(1 << 16, dtype="<u2")
        for dtype in ("F16", "BF16"):
            first = {"t": (dtype, (1 << 16,), every.tobytes())}
            second = {"t": (dtype, (1 << 16,), self.random.permutation(every).tobytes())}
            found, _ = self.merge(first, second, "--ratio", "0.7")
            self.assert_numbers(found, {"t": weighted(first["t"], second["t"], 0.7)})

    def test_all_of_one_file_is_its_very_bytes(self):
        noise = self.random.bytes(4096)  # with NaNs of every kind
        for dtype in FLOATS:
            shape = (4096 // np.dtype(DTYPES[dtype][1]).itemsize,)
            first, second = {"t": (dtype, shape, noise)}, {"t": (dtype, shape, noise[::-1])}
            self.assertEqual(self.merge(first, second, "--ratio", "1")[0], first)
            self.assertEqual(self.merge(first, second, "--ratio", "0")[0], second)

    def test_infinity_of_a_file_that_has_no_part_does_not_matter(self):
        first = {"t": ("F32", (2,), np.array([np.inf, np.nan], "<f4").tobytes())}
        second = {"t": ("F16", (2,), np.array([1, 2], "<f2").tobytes())}
        found, _ = self.merge(first, second, "--ratio", "0")
        self.assertEqual(found["t"][2], np.array([1, 2], "<f4").tobytes())

    def test_block_groups_are_those_of_comfyui(self):
        model = {
            "input_blocks.0.0.weight": "input", "middle_block.1.bias": "middle", "output_blocks.2.weight": "out",
            "out.2.weight": "out", "time_embed.0.weight": "input", "label_emb.0.0.bias": "input",
        }
        groups = {"model.diffusion_model." + name: group for name, group in model.items()}
        groups["cond_stage_model.transformer.text_model.final_layer_norm.weight"] = "text"
        groups["cond_stage_model.transformer.text_model.embeddings.position_ids"] = "first"
        groups["cond_stage_model.logit_scale"] = "first"
        groups["first_stage_model.decoder.conv_in.weight"] = "vae"
        groups["betas"] = "first"
        first = {name: self.tensor("F32", 5) for name in groups}
        second = {name: self.tensor("F32", 5) for name in groups}
        ratios = {"input": 0.1, "middle": 0.2, "out": 0.3, "text": 0.4, "vae": 0.6, "first": 1}
        options = ["--input", 0.1, "--middle", 0.2, "--out", 0.3, "--text-encoder", 0.4, "--vae", 0.6]
        found, _ = self.merge(first, second, *options)
        expected = {name: weighted(first[name], second[name], ratios[group]) for name, group in groups.items()}
        self.assert_numbers(found, expected)

        # What has no ratio of its own follows --ratio, half and half without it.
        found, _ = self.merge(first, second, "--middle", 0.2)
        expected = {
            name: weighted(first[name], second[name], {"middle": 0.2, "first": 1}.get(group, 0.5))
            for name, group in groups.items()
        }
        self.assert_numbers(found, expected)

        # An image-only checkpoint, of which the vision encoder alone is merged.
        svd = {"model.diffusion_model.out.0.bias": 1, "conditioner.embedders.0.open_clip.model.visual.a": 0.3}
        first = dict(first, **{name: self.tensor("F32", 5) for name in svd})
        second = dict(second, **{name: self.tensor("F32", 5) for name in svd})
        found, _ = self.merge(
            {name: first[name] for name in svd}, {name: second[name] for name in svd},
            "--ratio", 1, "--vision-encoder", 0.3,
        )
        self.assert_numbers(found, {name: weighted(first[name], second[name], svd[name]) for name in svd})

        # A diffusion model alone has no prefix.
        found, _ = self.merge(
            {name: first["model.diffusion_model." + name] for name in model},
            {name: second["model.diffusion_model." + name] for name in model},
            *options[:6],
        )
        expected = {
            name: weighted(first[placed], second[placed], ratios[groups[placed]])
            for name in model
            for placed in ["model.diffusion_model." + name]
        }
        self.assert_numbers(found, expected)

    def test_other_dtypes_and_lonely_tensors_are_taken_from_the_first_and_named(self):
        equal = self.tensor("I64", 77)
        first = {
            "weight": self.tensor("F16", 4), "ids": equal, "scaled": self.tensor("U8", 1 << 21),
            "wide": self.tensor("F64", 3), "mixed": self.tensor("F32", 3), "alone": self.tensor("F16", 2),
        }
        second = {
            "weight": self.tensor("F16", 4), "ids": equal, "wide": first["wide"], "mixed": self.tensor("U8", 3),
            "scaled": (*first["scaled"][:2], first["scaled"][2][:-1] + b"\xff"), "foreign\n": self.tensor("F16", 2),
        }
        found, said = self.merge(first, second)
        expected = dict(first, weight=weighted(first["weight"], second["weight"], 0.5))
        self.assert_same_tensors(found, expected)
        self.assertIn("    merged: 1 tensor\n", said)
        self.assertIn("    of other dtypes, equal in both: 2 tensors\n", said)
        self.assertRegex(said, r"    of other dtypes, taken from the first: 2 tensors: 'mixed', 'scaled'\n")
        self.assertIn("    only in the first, kept: 1 tensor: 'alone'\n", said)
        self.assertIn("    only in the second, left out: 1 tensor: 'foreign\\x0a'\n", said)

    def test_nothing_to_merge_is_a_failure_that_leaves_nothing(self):
        first, second = {"t": self.tensor("I64", 8)}, {"t": self.tensor("I64", 8)}
        a, b = write(self.folder / "a", first), write(self.folder / "b", second)
        done = tool("merge", a, b, "--root", self.folder / "output", status=1)
        self.assertIn("nothing to merge: of 1 tensor", done.stderr)
        self.assertFalse((self.folder / "output").exists())

    def test_nothing_is_merged_where_only_what_is_always_the_firsts_is_common(self):
        fixed = {"cond_stage_model.logit_scale": self.tensor("F16", 1)}
        files = [dict(fixed, **{f"model.diffusion_model.{name}": self.tensor("F16", 1)}) for name in "ab"]
        a, b = (write(self.folder / name, one) for name, one in zip("ab", files))
        for ratio in ("0.5", "0"):
            done = tool("merge", a, b, "--ratio", ratio, "--output", self.folder / "merged", status=1)
            self.assertIn("nothing to merge: of 1 tensor", done.stderr)

    def test_ratio_0_is_all_of_the_second_file_also_of_what_is_not_merged_by_value(self):
        first = {"ids": self.tensor("I64", 9), "codes": self.tensor("U8", 9), "w": self.tensor("F16", 9)}
        second = {name: self.tensor(one[0], 9) for name, one in first.items()}
        found, said = self.merge(first, second, "--ratio", "0")
        self.assert_same_tensors(found, second)
        self.assertIn("    taken from the second: 3 tensors\n", said)

    def test_words_of_options_may_be_in_capitals_or_not(self):
        tensors = {"t": self.tensor("F16", 4)}
        found, _ = self.merge(tensors, tensors, "--dtype", "bf16", "--mode", "Add")
        self.assertEqual(found["t"][0], "BF16")

    def test_other_shapes_are_a_failure_that_names_the_tensor(self):
        first, second = {"t": self.tensor("F16", 2, 3)}, {"t": self.tensor("F16", 3, 2)}
        a, b = write(self.folder / "a", first), write(self.folder / "b", second)
        done = tool("merge", a, b, "--output", self.folder / "merged", status=1)
        self.assertEqual(
            done.stderr,
            "stet merge: tensor 't': its shape is [2, 3] in the first file and [3, 2] in the second; "
            "only equal shapes can be merged\n",
        )
        self.assertFalse((self.folder / "merged").exists())

    def test_metadata_is_passed_on_without_digests(self):
        tensors = {"t": self.tensor("F16", 1)}
        given = {"modelspec.title": "One, two", "modelspec.hash_sha256": "0x00", "sshs_model_hash": "0", "prompt": "{}"}
        self.merge(tensors, tensors, "--metadata", "license=MIT", "--metadata", "prompt=", metadata=given)
        self.assertEqual(
            metadata_of(self.folder / "merged"),
            {"modelspec.title": "One, two", "modelspec.merged_from": "One  two, b", "license": "MIT", "prompt": ""},
        )

    @unittest.skipUnless(sys.platform == "linux", "limits of memory are the system's own")
    def test_memory_does_not_grow_with_the_file(self):
        import resource

        count = 512 << 20
        header = json.dumps({"t": {"dtype": "F16", "shape": [count // 2], "data_offsets": [0, count]}}).encode()
        paths = [self.folder / "a", self.folder / "b"]
        for path in paths:
            with path.open("wb") as file:  # sparse
                file.write(struct.pack("<Q", len(header)) + header)
                file.truncate(8 + len(header) + count)
        limit = 48 << 20  # of address space, the program itself included
        merged = self.folder / "merged"
        tool(
            "merge", *paths, "--output", merged,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
        )
        self.assertGreater(merged.stat().st_size, count)


@unittest.skipIf(os.name == "nt", "there are no pseudo terminals")
class ProgressBar(Scratch):
    def test_it_is_seen_on_a_terminal_only(self):
        import pty

        tensors = {"t": self.tensor("F16", 1 << 20)}
        a = write(self.folder / "a", tensors)
        arguments = [TOOL, "merge", a, a, "--output", self.folder / "merged", "--replace"]
        leader, follower = pty.openpty()
        subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=follower, check=True, timeout=60)
        os.close(follower)
        drawn = ""
        with contextlib.suppress(OSError):  # that nobody writes there any more
            while text := os.read(leader, 1 << 16):
                drawn += text.decode()
        os.close(leader)
        self.assertRegex(drawn, r"\r[#.]{30} +\d+ %  \d\.\d\d of 2\.10 MB.*\r +\r$")
        self.assertRegex(drawn, r"\r +\r$")  # wiped out
        done = subprocess.run(arguments, capture_output=True, text=True, check=True, timeout=60)
        self.assertEqual(done.stderr, "")


class Inspect(Scratch):
    def json(self, *arguments, status=0):
        return json.loads(tool("inspect", "--json", *arguments, status=status).stdout)

    def assert_as_the_reference_sees_it(self, path):
        [shown] = self.json("--tensors", path)
        content = path.read_bytes()
        tensors = read(path)
        self.assertEqual([tensor["name"] for tensor in shown["tensors"] if tensor["name"] not in tensors], [])
        self.assertEqual(len(shown["tensors"]), len(tensors))
        for tensor in shown["tensors"]:
            dtype, shape, data = tensors[tensor["name"]]
            self.assertEqual((tensor["dtype"], tuple(tensor["shape"]), tensor["bytes"]), (dtype, shape, len(data)))
            self.assertTrue(content[tensor["offset"] :][: len(data)] == data, tensor["name"])
        self.assertEqual(shown["metadata"], metadata_of(path))
        self.assertEqual(shown["bytes"], len(content))
        self.assertEqual(shown["header_bytes"], struct.unpack("<Q", content[:8])[0])
        self.assertTrue(all(tensor["offset"] % shown["alignment"] == 0 for tensor in shown["tensors"]))
        for sums in [*shown["components"], dict(shown["all"], name=None)]:
            parts = [t for t in shown["tensors"] if sums["name"] in (None, t["component"])]
            self.assertEqual(sums["tensors"], len(parts))
            self.assertEqual(sums["bytes"], sum(tensor["bytes"] for tensor in parts))
            self.assertEqual(sums["parameters"], sum(int(np.prod(t["shape"], dtype=np.int64)) for t in parts))
            types = [tensor["dtype"] for tensor in parts]
            self.assertEqual(sums["dtypes"], {dtype: types.count(dtype) for dtype in types})
        return shown

    def test_the_examples_checkpoints(self):
        for name, layout, parts in (
            ("save_full", "sd1", ["model", "text encoder", "vae"]),
            ("save_image_only", "svd", ["model", "vision encoder", "vae", "other"]),
            ("save_sdxl", "sdxl", ["model", "text encoder", "vae"]),
        ):
            with self.subTest(example=name):
                shown = self.assert_as_the_reference_sees_it(self.example(name))
                self.assertEqual(shown["layouts"], [layout])
                self.assertEqual([part["name"] for part in shown["components"]], parts)

    def test_a_prefix_inside_another_one(self):
        names = {
            "model.diffusion_model.a": "model", "first_stage_model.b": "vae", "cond_stage_model.c": "text encoder",
            "cond_stage_model.model.visual.d": "vision encoder", "cc_projection.weight": "other",
        }
        path = write(self.folder / "a", {name: self.tensor("F16", 1) for name in names})
        shown = self.assert_as_the_reference_sees_it(path)
        self.assertEqual(shown["layouts"], ["zero123"])
        self.assertEqual({t["name"]: t["component"] for t in shown["tensors"]}, names)

    def test_prefixes_that_contradict_each_other_give_no_components(self):
        # Two vaes: one layout's own, and another's.
        names = ["model.diffusion_model.a", "vae.b", "text_encoders.c", "first_stage_model.d"]
        path = write(self.folder / "a", {name: self.tensor("F16", 1) for name in names})
        shown = self.assert_as_the_reference_sees_it(path)
        self.assertEqual(shown["layouts"], ["generic", "sd3"])
        self.assertEqual([part["name"] for part in shown["components"]], ["other"])
        self.assertIn("    layout: in doubt, generic or sd3\n", tool("inspect", path).stdout)
        tool("extract", path, "--model", self.folder / "model", status=1)
        tool("merge", path, path, "--vae", 1, "--output", self.folder / "merged", status=1)
        tool("merge", path, path, "--output", self.folder / "merged")

    def test_odd_names_and_texts(self):
        odd = ['"', "\\", "\n\t\x00\x1f", "\x7f\x80\x9f", "caf\u00e9 \u6a21\u578b \U0001f98a", "</script>", "\u2028", ""]
        tensors = {name: self.tensor("U8", 1 + i) for i, name in enumerate(odd)}
        path = write(self.folder / 'odd "name"\n', tensors, {text: text[::-1] * 3 for text in odd})
        self.assert_as_the_reference_sees_it(path)
        text = tool("inspect", "--tensors", path).stdout
        self.assertTrue(all(c >= " " and not "\x7f" <= c < "\xa0" for c in text.replace("\n", "")))
        self.assertEqual(text.count("\n"), 2 + 2 + 4 + 2 + len(odd) + 2 + len(odd))

    def test_no_tensors_and_no_metadata(self):
        shown = self.assert_as_the_reference_sees_it(write(self.folder / "a", {}))
        self.assertIsNone(shown["metadata"])
        shown = self.assert_as_the_reference_sees_it(write(self.folder / "b", {"t": self.tensor("F16")}, {}))
        self.assertEqual(shown["metadata"], metadata_of(self.folder / "b"))

    @unittest.skipIf(os.name == "nt", "a path of any bytes is the other systems' own")
    def test_a_path_that_is_no_text(self):
        path = os.path.join(os.fsencode(self.folder), b"\xff\xc3(")
        done = subprocess.run([TOOL, "inspect", "--json", path], capture_output=True, check=False)
        self.assertEqual(done.returncode, 1)
        [shown] = json.loads(done.stdout)
        self.assertTrue(shown["path"].endswith("\ufffd\ufffd("))

    @unittest.skipUnless(sys.platform == "linux", "limits of processor time are the system's own")
    def test_data_is_never_read(self):
        import resource

        count = 1 << 36
        header = json.dumps({"t": {"dtype": "U8", "shape": [count], "data_offsets": [0, count]}}).encode()
        path = self.folder / "large"
        with path.open("wb") as file:  # sparse
            file.write(struct.pack("<Q", len(header)) + header)
            file.truncate(8 + len(header) + count)
        done = tool(
            "inspect", "--json", path,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (2, 2)),
        )
        self.assertEqual(json.loads(done.stdout)[0]["all"]["bytes"], count)


class ComposeAndExtract(Scratch):
    def extract(self, checkpoint, parts, *options):
        """{part: its tensors}, of what lies in the checkpoint"""
        folder = self.folder / "parts"
        folder.mkdir(exist_ok=True)
        files = [argument for part in parts for argument in ("--" + part, folder / part)]
        tool("extract", checkpoint, "--replace", *options, *files)
        return {part: read(folder / part) for part in parts}

    def compose(self, family, parts, *options):
        folder = self.folder / "given"
        folder.mkdir(exist_ok=True)
        files = [argument for part in parts for argument in ("--" + part, write(folder / part, parts[part]))]
        output = self.folder / "composed"
        tool("compose", "--family", family, *files, *options, "--output", output, "--replace")
        return output

    def test_the_examples_checkpoints_come_apart_and_together(self):
        for name, family, parts in (
            ("save_full", "SD15", ["model", "text-encoder", "vae"]),
            ("save_sdxl", "SDXL", ["model", "text-encoder", "vae"]),
            ("save_image_only", "SVD_img2vid", ["model", "vision-encoder", "vae", "extra"]),
        ):
            with self.subTest(example=name):
                checkpoint = self.example(name)
                whole = read(checkpoint)
                apart = self.extract(checkpoint, parts)
                data = sum(len(tensor[2]) for part in apart.values() for tensor in part.values())
                self.assertEqual(data, sum(len(tensor[2]) for tensor in whole.values()))
                together = self.compose(family, apart)
                self.assert_same_tensors(read(together), whole)

    def test_extracted_names_are_those_of_the_model(self):
        """Key for key what the list of names and shapes has, but for what saving adds and loses."""
        lost = {"clip_l.transformer.text_projection.weight", "clip_l.logit_scale"}
        added = {"clip_l.transformer.text_model.embeddings.position_ids"}
        for name, listed, parts in (
            ("save_full", "sd15", ["model", "text-encoder", "vae"]),
            ("save_sdxl", "sdxl_base", ["model", "text-encoder", "vae"]),
            ("save_image_only", "svd_img2vid", ["model", "vision-encoder", "vae"]),
        ):
            data = Path(__file__).resolve().parents[2] / "examples" / "data" / f"{listed}.txt"
            lines = [line.split() for line in data.read_text().splitlines() if not line.startswith("#")]
            for part, tensors in self.extract(self.example(name), parts).items():
                with self.subTest(example=name, part=part):
                    expected = {key for place, _, key, *_ in lines if place == part.replace("-", "_")} - lost
                    if name == "save_sdxl" and part == "text-encoder":
                        expected |= added
                    self.assertEqual(set(tensors), expected)

    def test_every_family_gives_back_what_it_was_given(self):
        families = tool("compose", "--families").stdout.split()
        self.assertGreater(len(families), 100)
        for family in families:
            with self.subTest(family=family):
                # Names that every rule of a text encoder knows.
                text = {
                    f"{encoder}.transformer.text_model.{name}": self.tensor("F16", 4)
                    for encoder in ENCODERS.get(family, ("clip_l", "clip_g"))
                    for name in ("final_layer_norm.weight", "encoder.layers.0.mlp.fc1.bias")
                }
                given = {
                    "model": {"blocks.0.weight": self.tensor("BF16", 3, 2), "out.bias": self.tensor("F32", 2)},
                    "text-encoder": text,
                    "vae": {"decoder.conv_in.weight": self.tensor("F16", 2, 2)},
                }
                sigmas = ["--sigma-max", "80", "--sigma-min", "0.002"] if family in WITH_SIGMAS else []
                composed = self.compose(family, given, *sigmas)
                found = self.extract(composed, given, "--family", family)
                # SDXL's layout adds them.
                found["text-encoder"].pop("clip_l.transformer.text_model.embeddings.position_ids", None)
                for part, tensors in given.items():
                    self.assert_same_tensors(found[part], tensors)

    MODEL = "double_blocks.0.img_attn.qkv.weight"
    T5 = "encoder.block.0.layer.0.SelfAttention.q.weight"
    CLIP = "text_model.encoder.layers.0.mlp.fc1.weight"
    VAE = "decoder.conv_in.weight"

    def named(self, prefix, *names):
        return {prefix + name: self.tensor("F16", 3) for name in names}

    def refused(self, family, parts):
        """Why the parts are not composed."""
        files = [argument for part, tensors in parts.items()
                 for argument in ("--" + part, write(self.folder / part, tensors))]
        target = self.folder / "refused"
        done = tool("compose", "--family", family, *files, "--output", target, status=1)
        self.assertFalse(target.exists())
        self.assertEqual((done.stdout, done.stderr.count("\n")), ("", 1))
        return done.stderr

    def test_names_of_a_whole_checkpoint_are_taken_off_whichever_familys(self):
        plain = {"model": self.named("", self.MODEL), "t5xxl": self.named("", self.T5), "vae": self.named("", self.VAE)}
        expected = self.compose("Flux", plain).read_bytes()
        for model, text, vae in (
            ("model.diffusion_model.", "text_encoders.", "vae."),
            ("model.model.", "text_encoders.t5xxl.", "first_stage_model."),
            ("model.diffusion_model.", "text_encoders.t5xxl.transformer.", "pretransform.model."),
            ("", "t5xxl.transformer.", ""),
            ("", "transformer.", ""),
        ):
            with self.subTest(prefixes=(model, text, vae)):
                parts = {part: {prefix + name: one for name, one in plain[part].items()}
                         for part, prefix in (("model", model), ("t5xxl", text), ("vae", vae))}
                self.assertEqual(self.compose("Flux", parts).read_bytes(), expected)

    def test_a_component_in_anothers_place_is_refused_with_what_to_do(self):
        model, t5, clip, vae = (self.named("", name) for name in (self.MODEL, self.T5, self.CLIP, self.VAE))
        rest = {"model": model, "vae": vae}
        for parts, words in (
            ({"model": vae}, "looks like a vae; give it by --vae"),
            (rest | {"clip-l": t5}, "looks like a T5; give it by --t5xxl"),
            (rest | {"t5xxl": clip}, "looks like a CLIP text encoder; give it by --clip-l"),
            (rest | {"t5xxl": vae}, "looks like a vae; give it by --vae"),
            (rest | {"text-encoder": t5}, "such as 't5xxl.transformer.'; or give the encoder alone, by --clip-l, --t5xxl"),
            (rest | {"text-encoder": clip}, "such as 'clip_l.transformer.'; or give the encoder alone, by --clip-l"),
            (rest | {"text-encoder": self.named("transformer.", self.T5)},
             "lack that of an encoder, without which no loader finds them; give it by --clip-l, --t5xxl"),
            (rest | {"clip-l": self.named("cond_stage_model.transformer.", self.CLIP)},
             "take the component out of it first: stet extract "),
            (rest | {"t5xxl": t5, "vae": self.named("model.diffusion_model.", self.MODEL)},
             "take the component out of it first"),
        ):
            with self.subTest(words=words):
                self.assertIn(words, self.refused("Flux", parts))
        self.assertIn("or give --comfyui", self.refused("SD15", rest | {"t5xxl": t5}))

    def test_as_comfyui_does_it_a_file_is_what_it_is_given_as(self):
        parts = {"model": self.named("", self.VAE), "vae": self.named("", self.MODEL), "clip-l": self.named("", self.T5)}
        composed = self.compose("Flux", parts, "--comfyui")
        self.assertEqual(set(read(composed)), {
            "model.diffusion_model." + self.VAE, "vae." + self.MODEL, "text_encoders.clip_l.transformer." + self.T5,
        })

    def test_a_component_is_no_checkpoint_to_extract_from(self):
        path = write(self.folder / "model", self.named("", self.MODEL))
        done = tool("extract", path, "--model", self.folder / "x", "--family", "flux", status=1)
        self.assertIn("is no whole checkpoint: no name in it begins as its family's components do", done.stderr)

    def test_prediction_is_recorded(self):
        model = {"model": {"a": self.tensor("F16", 1)}}
        for told, markers in (
            (["--prediction", "epsilon"], {}),
            (["--prediction", "v"], {"v_pred": ("F32", (0,), b"")}),
            (["--prediction", "v-zsnr"], {"v_pred": ("F32", (0,), b""), "ztsnr": ("F32", (0,), b"")}),
            (
                ["--prediction", "edm-v", "--sigma-max", "120", "--sigma-min", "0.002"],
                {
                    "edm_vpred.sigma_max": ("F32", (), np.float32(120).tobytes()),
                    "edm_vpred.sigma_min": ("F32", (), np.float32(0.002).tobytes()),
                },
            ),
        ):
            composed = self.compose("SDXL", model, *told)
            expected = dict(markers, **{"model.diffusion_model.a": model["model"]["a"]})
            self.assert_same_tensors(read(composed), expected)
            if markers:
                self.assert_same_tensors(self.extract(composed, ["extra"])["extra"], markers)

    def test_stable_audio_has_its_conditioners(self):
        parts = ["model", "text-encoder", "vae", "seconds-start", "seconds-total"]
        keys = ["layers.0.weight", "t5base.transformer.shared.weight", "decoder.bias", "embedder.a", "embedder.b"]
        given = {part: {key: self.tensor("F32", 2, i)} for i, (part, key) in enumerate(zip(parts, keys))}
        composed = self.compose("StableAudio", given, "--sigma-max", "500", "--sigma-min", "0.3")
        found = self.extract(composed, parts)
        for part in parts:
            self.assert_same_tensors(found[part], given[part])

    def test_a_layout_in_doubt_is_asked_for(self):
        # OpenCLIP's names here are those of the refiner and of Stable Diffusion 2.
        name = "conditioner.embedders.0.model.ln_final.weight"
        path = write(self.folder / "a", {name: self.tensor("F16", 4), "model.diffusion_model.a": self.tensor("F16", 1)})
        done = tool("extract", path, "--text-encoder", self.folder / "text", status=1)
        self.assertRegex(done.stderr, "its names fit the layouts .*sd2.*sdxl_refiner; name the family with --family")
        [shown] = json.loads(tool("inspect", "--json", path).stdout)
        self.assertEqual([part["name"] for part in shown["components"]], ["model", "text encoder"])  # no doubt here
        found = self.extract(path, ["text-encoder"], "--family", "SDXLRefiner")
        self.assertEqual(list(found["text-encoder"]), ["clip_g.transformer.text_model.final_layer_norm.weight"])


def layers_of(path):
    """The quantised layers that a file's metadata names."""
    return json.loads((metadata_of(path) or {}).get("_quantization_metadata", '{"layers": {}}'))["layers"]


class QuantisedCheckpoints(Scratch):
    """What ComfyUI's node saved, and checkpoints whose metadata names layers."""

    data = Path(__file__).resolve().parents[1] / "data" / "quantised"

    def cases(self):
        """A case of index.json, and the files of its components, of those that a strict writer takes."""
        for case in json.loads((self.data / "index.json").read_text())["checkpoints"]:
            if "rule" not in case:
                parts = case.get("inputs") or case["parts"]
                yield case, {name.replace("_", "-"): self.data / path for name, path in parts.items()}

    def run_with(self, command, parts, *arguments):
        files = [argument for part, path in parts.items() for argument in ("--" + part, path)]
        return tool(command, *arguments, *files, "--replace", "--json")

    def apart(self, checkpoint, family, parts):
        taken = {part: self.folder / part for part in parts}
        said = json.loads(self.run_with("extract", taken, checkpoint, "--family", family).stdout)
        return taken, said

    def together(self, family, parts):
        target = self.folder / "composed"
        return target, json.loads(self.run_with("compose", parts, "--family", family, "--output", target).stdout)

    def test_they_come_apart_and_together_byte_for_byte(self):
        for case, parts in self.cases():
            with self.subTest(case["id"]):
                family = case["family"]
                before = self.together(family, parts)[0].read_bytes()
                taken, _ = self.apart(self.folder / "composed", family, parts)
                self.assertTrue(self.together(family, taken)[0].read_bytes() == before)

                # Each text encoder in a file of its own, under the names it has alone.
                names = {name.split(".")[0] for name in read(taken["text-encoder"])}
                alone = {"model": "", "vae": ""} | {name.replace("_", "-"): name for name in names}
                single, _ = self.apart(self.folder / "composed", family, alone)
                for name in names:
                    path = single[name.replace("_", "-")]
                    self.assertEqual([key for key in [*read(path), *layers_of(path)] if key.startswith(name)], [])
                self.assertTrue(self.together(family, single)[0].read_bytes() == before)

    def test_layers_in_the_metadata_bear_their_tensors_names(self):
        for case, parts in self.cases():
            if not case.get("round_trip"):
                continue
            with self.subTest(case["id"]):
                whole = self.data / case["checkpoint"]
                taken, said = self.apart(whole, case["family"], parts)
                self.assertEqual(said["unplaced_layers"], case["unplaced_layers"])
                for part, path in parts.items():
                    self.assert_same_tensors(read(taken[part]), read(path))
                    self.assertEqual(layers_of(taken[part]), layers_of(path))
                composed, _ = self.together(case["family"], parts)
                self.assert_same_tensors(read(composed), read(whole))
                placed = {layer: says for layer, says in layers_of(whole).items() if layer not in case["unplaced_layers"]}
                self.assertEqual(layers_of(composed), placed)

    def test_layers_of_a_file_whose_names_have_their_prefix_are_renamed_too(self):
        for case, parts in self.cases():
            if not case.get("round_trip"):
                continue
            with self.subTest(case["id"]):
                before = self.together(case["family"], parts)[0].read_bytes()
                prefixes = {part.replace("_", "-"): all_of_it[0][1] for part, all_of_it in case["prefixes"].items()}
                placed = {}
                for part in parts:
                    placed[part] = self.folder / f"{part} with its prefix"
                    others = [argument for other in parts if other != part
                              for argument in ("--pattern", prefixes[other] + "*")]
                    tool("prune", self.folder / "composed", *others, "--output", placed[part], "--replace")
                composed, said = self.together(case["family"], placed)
                self.assertEqual(len(said["notes"]), len(parts))
                self.assertTrue(composed.read_bytes() == before)

    def test_layers_of_several_files_of_one_component_are_joined(self):
        layer = {"format": "float8_e4m3fn"}
        files = {}
        for option, name in (("t5xxl", "encoder.block.0.layer.0.SelfAttention.q"), ("llama", "model.layers.0.mlp.up")):
            path = self.folder / option
            header, data = {"__metadata__": {"_quantization_metadata": json.dumps({"layers": {name: layer, "no": layer}})}}, b""
            for end, dtype, shape, size in (("weight", "F8_E4M3", [2, 2], 4), ("weight_scale", "F32", [], 4)):
                header[f"{name}.{end}"] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + size]}
                data += bytes(size)
            text = json.dumps(header).encode()
            path.write_bytes(struct.pack("<Q", len(text)) + text + data)
            files[option] = path
        for part, name in (("model", "double_blocks.0.a"), ("vae", "decoder.conv_in.weight")):
            files[part] = write(self.folder / part, {name: self.tensor("F16", 2)})
        composed, said = self.together("Flux", files)
        self.assertEqual(layers_of(composed), {
            "text_encoders.t5xxl.transformer.encoder.block.0.layer.0.SelfAttention.q": layer,
            "text_encoders.llama.transformer.model.layers.0.mlp.up": layer,
        })
        self.assertEqual(said["unplaced_layers"], ["no"])


class Answers(Scratch):
    """What each command tells programs."""

    def setUp(self):
        super().setUp()
        self.metadata = {"format": "pt", "config": "{}", "modelspec.hash_sha256": "0x0", "mine": "1"}
        self.whole = write(self.folder / "whole", {
            "model.diffusion_model.double_blocks.0.w": self.tensor("F32", 8),
            "text_encoders.t5xxl.transformer.shared.weight": self.tensor("F32", 8),
            "vae.decoder.conv_in.weight": self.tensor("F32", 8),
        }, self.metadata)  # fmt: skip

    def said(self, command, *arguments):
        done = tool(command, *arguments, "--json")
        self.assertEqual(done.stderr, "")
        return json.loads(done.stdout)

    def assert_about(self, said, path):
        self.assertEqual((said["path"], said["bytes"]), (str(path), path.stat().st_size))
        self.assertEqual(said["tensors"], len(read(path)))

    def parts(self):
        return {part: self.folder / part for part in ("model", "text-encoder", "vae")}

    def test_what_was_taken_apart_and_put_together_is_told(self):
        parts = self.parts()
        said = self.said("extract", self.whole, "--family", "Flux", "--model", parts["model"], "--vae", parts["vae"])
        self.assertEqual([one["part"] for one in said["files"]], ["model", "vae"])
        for one in said["files"]:
            self.assert_about(one, Path(one["path"]))
        self.assertEqual(said["not_extracted"], [{"part": "text encoder", "tensors": 1}])
        self.assertEqual(said["metadata_dropped"], ["modelspec.hash_sha256"])
        self.assertEqual(said["metadata_unknown"], ["mine"])
        self.said("extract", self.whole, "--family", "Flux", "--text-encoder", parts["text-encoder"])
        files = [argument for part, path in parts.items() for argument in ("--" + part, path)]
        target = self.folder / "composed"
        said = self.said("compose", "--family", "flux", *files, "--output", target)
        self.assert_about(said, target)
        self.assertEqual([(one["name"], one["tensors"]) for one in said["components"]],
                         [("model", 1), ("text encoder", 1), ("vae", 1)])  # fmt: skip
        self.assert_same_tensors(read(target), read(self.whole))
        said = self.said("compose", "--family", "flux", *files[:2], "--root", self.folder / "output")
        self.assertEqual(said["number"], 1)
        self.assert_about(said, Path(said["path"]))

    def test_parts_as_the_nodes_save_them_are_told(self):
        said = self.said("extract", self.whole, "--comfyui", "--family", "Flux", "--root", self.folder / "nodes")
        self.assertEqual(len(said["files"]), 3)
        for one in said["files"]:
            self.assert_about(one, Path(one["path"]))

    def test_a_merge_is_told(self):
        other = write(self.folder / "other", {"model.diffusion_model.double_blocks.0.w": self.tensor("F32", 8),
                                              "vae.x": self.tensor("F32", 1)})  # fmt: skip
        target = self.folder / "merged"
        said = self.said("merge", self.whole, other, "--output", target)
        self.assert_about(said, target)
        self.assertEqual(said["sources"], [str(self.whole), str(other)])
        self.assertEqual((said["merged"], said["only_in_second"], len(said["only_in_first"])), (1, ["vae.x"], 2))
        self.assertEqual(said["metadata_dropped"], ["modelspec.hash_sha256"])

    def test_an_edit_and_a_value_are_told(self):
        said = self.said("edit", self.whole, "--set", "a=b", "--in-place")
        self.assert_about(said, self.whole)
        self.assertEqual((said["metadata_entries"], said["changed"]), (5, True))
        self.assertFalse(self.said("edit", self.whole, "--set", "a=b")["changed"])
        said = self.said("edit", self.whole, "--get", "format", "--get", "config")
        self.assertEqual(said, {"path": str(self.whole), "metadata": {"format": "pt", "config": "{}"}})

    def test_a_set_is_told(self):
        folder, target = self.folder / "set", self.folder / "joined"
        said = self.said("shard", self.whole, folder, "--size", "40")
        self.assertEqual(sorted([said["index"], *(one["name"] for one in said["files"])]), sorted(os.listdir(folder)))
        self.assertEqual([one["bytes"] for one in said["files"]], [(folder / one["name"]).stat().st_size for one in said["files"]])
        said = self.said("join", folder, target)
        self.assert_about(said, target)
        self.assertEqual(said["files"], 3)

    def test_what_gives_tensors_their_meaning_is_kept_by_every_command(self):
        parts = self.parts()
        files = [argument for part, path in parts.items() for argument in ("--" + part, path)]
        tool("extract", self.whole, "--family", "Flux", *files)
        tool("compose", "--family", "Flux", *files, "--output", self.folder / "composed")
        tool("merge", self.whole, self.whole, "--output", self.folder / "merged")
        tool("edit", self.whole, "--set", "a=b", "--output", self.folder / "edited")
        tool("cast", self.whole, "--to", "F16", "--output", self.folder / "cast")
        tool("prune", self.whole, "--pattern", "vae.*", "--output", self.folder / "pruned")
        for name in ("model", "text-encoder", "vae", "composed", "merged", "edited", "cast", "pruned"):
            with self.subTest(name):
                found = metadata_of(self.folder / name)
                self.assertEqual({key: found[key] for key in ("format", "config")}, {"format": "pt", "config": "{}"})
                self.assertEqual("modelspec.hash_sha256" in found, name == "edited")  # whose bytes are the same

    def test_a_failure_is_told_on_both_ways_and_has_its_status(self):
        for command, *arguments in (
            ("extract", "none", "--model", "x"),
            ("compose", "--family", "Flux", "--model", "none"),
            ("merge", "none", "none"),
            ("edit", "none", "--set", "a=b"),
            ("edit", self.whole, "--get", "format", "--get", "none"),
            ("cast", "none", "--to", "F16"),
            ("prune", "none"),
            ("shard", "none", "x"),
            ("join", "none", "x"),
        ):
            with self.subTest(command):
                done = tool(command, *arguments, "--json", status=1, cwd=self.folder)
                said = json.loads(done.stdout)
                self.assertEqual(list(said), ["error"])
                self.assertEqual(done.stderr, f"stet {command}: {said['error']}\n")
                done = tool(command, *arguments, "--json", "--no-such-option", status=2, cwd=self.folder)
                self.assertEqual(done.stdout, "")

    @unittest.skipIf(os.name == "nt", "limits of files, and links, are the other systems' own")
    def test_what_the_system_refuses_leaves_nothing_and_is_said(self):
        import resource

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

        target = self.folder / "target"
        done = tool("cast", self.whole, "--to", "F16", "--output", target, status=1, preexec_fn=limit)
        self.assertRegex(done.stderr, r"^stet cast: '.*target.*': [0-9,]+ bytes are more than the system allows in one file\n$")
        self.assertEqual([one.name for one in self.folder.iterdir()], ["whole"])

        (self.folder / "elsewhere").mkdir()
        (self.folder / "output").mkdir()
        (self.folder / "output" / "checkpoints").symlink_to("../elsewhere")
        done = tool("cast", self.whole, "--to", "F16", "--root", self.folder / "output", status=1)
        self.assertRegex(
            done.stderr,
            r"^stet cast: '.*output/checkpoints' leads out of the output folder by a link; use a folder without one, or save "
            r"below the folder that it leads to\n$",
        )
        self.assertEqual(os.listdir(self.folder / "elsewhere"), [])

    def test_a_comparison_that_fails_is_told_with_its_own_status(self):
        done = tool("diff", self.whole, "none", "--json", status=2, cwd=self.folder)
        self.assertEqual(json.loads(done.stdout), {"error": "'none': no such file"})
        self.assertEqual(done.stderr, "stet diff: 'none': no such file\n")

    def test_a_header_beyond_the_limit_of_a_program_is_mentioned(self):
        path = write(self.folder / "large", {"a": self.tensor("F32", 8)}, {"format": "x" * 1_048_577})
        words = "ComfyUI shows no metadata of a file whose header passes 1,048,576 bytes; this one has 1,0"
        for command, *arguments in (
            ("cast", path, "--to", "F16"),
            ("merge", path, path),
            ("edit", path, "--set", "a=b"),
            ("compose", "--family", "Flux", "--model", path),
        ):
            with self.subTest(command):
                target = ["--output", self.folder / command]
                self.assertIn(f"    note: {words}", tool(command, *arguments, *target).stdout)
                [note] = self.said(command, *arguments, *target, "--replace")["header_notes"]
                self.assertIn(words, note)


class EditMetadata(Scratch):
    def setUp(self):
        super().setUp()
        shapes = {"F32": (3, 5), "F16": (7,), "BF16": (2, 2), "I64": (), "U8": (0,), "F64": (700, 300)}
        self.tensors = {f"t.{dtype}": self.tensor(dtype, *shape) for dtype, shape in shapes.items()}

    def reference(self, metadata):
        return write(self.folder / "reference", self.tensors, metadata).read_bytes()

    @staticmethod
    def without_room(content):
        """A file whose header is as short as the reference writer makes it."""
        end = 8 + struct.unpack_from("<Q", content)[0]
        text = content[8:end].rstrip(b" ")
        text += b" " * (-len(text) % 8)
        return struct.pack("<Q", len(text)) + text + content[end:]

    def test_a_file_of_the_reference_writer_stays_one_but_for_room(self):
        for before, options, after in (
            ({"a": "1"}, ["--set", "a=2"], {"a": "2"}),
            (None, ["--set", "caf\u00e9=a=b\n\"c\""], {"caf\u00e9": 'a=b\n"c"'}),
            ({"a": "1"}, ["--set", "b=2", "--remove", "a"], {"b": "2"}),
            ({"a": "1"}, ["--remove", "a"], None),
        ):
            with self.subTest(options=options):
                path = write(self.folder / "file", self.tensors, before)
                inode = path.stat().st_ino
                with path.open("rb") as old:  # kept open, so that its number is not given away again
                    content = old.read()
                    tool("edit", path, *options)
                    self.assertTrue(self.without_room(path.read_bytes()) == self.reference(after))
                    self.assertNotEqual(path.stat().st_ino, inode)  # another file in its place
                    old.seek(0)
                    self.assertTrue(old.read() == content)
                self.assertEqual(sorted(entry.name for entry in self.folder.iterdir()), ["file", "reference"])

    def test_values_come_from_files_to_the_last_byte(self):
        text = '{"3": {"inputs": "\u6a21"}}\r\n' * 1000 + "\n"
        (self.folder / "text").write_bytes(text.encode())
        path = write(self.folder / "file", self.tensors)
        tool("edit", path, "--set-file", f"prompt={self.folder / 'text'}")
        self.assertEqual(metadata_of(path), {"prompt": text})
        done = subprocess.run([TOOL, "edit", path, "--get", "prompt"], capture_output=True)
        self.assertTrue(done.stdout == text.encode() + b"\n")

    def test_a_file_in_another_order_keeps_it(self):
        header = {"__metadata__": {"a": "1"}}
        data = b""
        for name, (dtype, shape, content) in sorted(self.tensors.items()):
            header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
            data += content

        def file():
            text = json.dumps(header, separators=(",", ":")).encode()
            return struct.pack("<Q", len(text)) + text + data

        path = self.folder / "file"
        path.write_bytes(file())
        tool("edit", path, "--set", "a=2")
        self.assert_same_tensors(read(path), self.tensors)
        header["__metadata__"] = {"a": "2"}
        self.assertTrue(self.without_room(path.read_bytes()) == self.without_room(file()))

    def test_a_failure_leaves_the_file_as_it_was(self):
        path = write(self.folder / "file", self.tensors, {"a": "1"})
        before = path.read_bytes()
        (self.folder / "bytes").write_bytes(b"\xff\xfe")
        for options in (
            ["--remove", "b"],
            ["--set-file", f"a={self.folder / 'bytes'}"],
            ["--set-file", f"a={self.folder / 'missing'}"],
            ["--set-file", f"a={self.folder}"],
        ):
            with self.subTest(options=options):
                tool("edit", path, *options, status=1)
                self.assertTrue(path.read_bytes() == before)
                self.assertEqual(sorted(entry.name for entry in self.folder.iterdir()), ["bytes", "file"])


class ItsOwnDescription(Scratch):
    """The manual page and the completions are what their readers take."""

    def printed(self, *arguments):
        return subprocess.run([TOOL, *arguments], capture_output=True, text=True, check=True, timeout=60).stdout

    def checked(self, text, *command):
        if not shutil.which(command[0]):
            self.skipTest(f"there is no {command[0]}")
        (self.folder / "text").write_text(text)
        done = subprocess.run(
            [*command, self.folder / "text"], capture_output=True, text=True, check=False, timeout=60
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def commands(self):
        listed = self.printed("--help").split("\ncommands:\n")[1].split("\n\n")[0]
        return re.findall(r"^  (\w+) ", listed, re.MULTILINE)

    def test_the_manual_page_has_every_command_and_option(self):
        page = self.printed("--man")
        self.checked(page, "groff", "-man", "-ww", "-z")
        plain = page.replace("\\-", "-")
        for command in self.commands():
            with self.subTest(command=command):
                self.assertIn(f'.SS "stet {command} ', plain)
                for option in re.findall(r"^  (--[\w-]+)", self.printed(command, "--help"), re.MULTILINE):
                    self.assertIn(f"\\fB{option}\\fR", plain)

    def test_every_command_has_two_examples_and_the_habits_of_all(self):
        shown = {"inspect", "verify", "hash", "diff"}  # they save nothing
        for command in self.commands():
            with self.subTest(command=command):
                said = self.printed(command, "--help")
                examples = said.split("\nexamples:\n")[1].split("\n\n")[0]
                calls = re.findall(rf"^  (?:stet {command}|curl .* stet {command}) ", examples, re.MULTILINE)
                self.assertGreaterEqual(len(calls), 2)
                self.assertIn("\nexit status: 0 ", said)
                self.assertIn("\n  --json ", said)
                for shell in ("bash", "zsh", "fish"):
                    self.assertIn("json", self.printed("completions", shell))
                self.assertTrue(command in shown | {"clean"} or "--replace" in said or "--output" in said)

    def test_shells_take_the_completions(self):
        for shell in ("bash", "zsh", "fish"):
            with self.subTest(shell=shell):
                self.checked(self.printed("completions", shell), shell, "-n")

    def test_bash_completes_by_them(self):
        for words, found in (
            (["stet", "mer"], "merge"),
            (["stet", "completions", "z"], "zsh"),
            (["stet", "merge", "--mo"], "--mode"),
            (["stet", "merge", "--mode", "s"], "subtract"),
            (["stet", "compose", "--family", "SDXLR"], "SDXLRefiner"),
            (["stet", "inspect", "tex"], "text"),
        ):
            with self.subTest(words=words):
                typed = " ".join(words)
                script = f"\ncd '{self.folder}'\nCOMP_WORDS=({typed}) COMP_CWORD={len(words) - 1}\n_stet\necho ${{COMPREPLY[@]}}\n"
                self.assertEqual(self.checked(self.printed("completions", "bash") + script, "bash").strip(), found)

    def test_help_fits_a_narrow_terminal(self):
        for command in ([], *([command] for command in self.commands())):
            for columns in (40, 63, 100):
                with self.subTest(command=command, columns=columns):
                    done = subprocess.run(
                        [TOOL, *command, "--help"], capture_output=True, text=True, check=True, timeout=60,
                        env=os.environ | {"COLUMNS": str(columns)},
                    )  # fmt: skip
                    # A word alone may be longer than a line.
                    wide = [line for line in done.stdout.splitlines() if len(line) > columns and " " in line.strip()]
                    self.assertEqual(wide, [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
