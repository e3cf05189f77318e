# SPDX-License-Identifier: MIT
"""The reference implementation opens every file the examples write, and finds in it what they promise.

usage: test_examples.py FOLDER_OF_INTEROP_PROGRAMS (the examples are beside it, in ../examples)
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import safetensors
import safetensors.numpy

PROGRAMS = Path(sys.argv[1]).parent / "examples"
SOURCES = Path(__file__).resolve().parents[2] / "examples"
EXECUTABLE = ".exe" if os.name == "nt" else ""
NO_FILES = ["engine_sink", "to_memory", "to_socket"]
SEVERAL = {"save_parts": 4}  # files

BYTES = {"F16": 2, "F32": 4, "I64": 8}
BLOCK = 1 << 20


def run(name, *arguments):
    program = PROGRAMS / f"example_{name}{EXECUTABLE}"
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def random_weights():
    """The block of examples/manifest.hpp."""
    halves = np.empty(BLOCK // 2, "<u2")
    state = 1
    for i in range(len(halves)):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        halves[i] = state >> 16 & 0x83FF | 0x2000
    return halves.tobytes()


def manifest(name, place):
    """What the example saves from its list of names and shapes: {name in the file: (dtype, shape, bytes)}.

    place: (component, key) -> name in the file, or None
    """
    block = random_weights()
    tensors = {}
    written = 0
    for line in (SOURCES / "data" / f"{name}.txt").read_text().splitlines():
        if line.startswith("#"):
            continue
        component, dtype, key, *dimensions = line.split()
        shape = [d if d <= 8 else max(1, d // 16) for d in map(int, dimensions)]
        size = int(np.prod(shape, dtype=np.int64)) * BYTES[dtype]
        start = written % BLOCK
        written += size
        if (placed := place(component, key)) is not None:
            repeated = block[start:] + block * (size // BLOCK + 1)
            tensors[placed] = (dtype, shape, repeated[:size])
    return tensors


def place_sd1(component, key):
    if component == "text_encoder":
        if key in ("clip_l.transformer.text_projection.weight", "clip_l.logit_scale"):
            return None
        return "cond_stage_model." + key.removeprefix("clip_l.")
    return {"model": "model.diffusion_model.", "vae": "first_stage_model."}[component] + key


def place_svd(component, key):
    prefix = {
        "model": "model.diffusion_model.",
        "vae": "first_stage_model.",
        "vision_encoder": "conditioner.embedders.0.open_clip.model.visual.",
    }
    return prefix[component] + key


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.folder = Path(scratch.name)
        cls.written = {}
        for source in sorted(SOURCES.glob("*.cpp")):
            name = source.stem
            if (SOURCES / "expected" / name).is_dir():  # a tool, see test_tools.py
                continue
            output = cls.folder / name
            done = run(name, *([] if name in NO_FILES else ["--output", output]))
            assert done.returncode == 0, f"{name}: {done.stderr}"
            cls.written[name] = sorted(output.rglob("*.safetensors"))

    def open(self, name):
        """The only file of an example, as {name: (dtype, shape, bytes)}."""
        self.assertEqual(len(self.written[name]), 1)
        tensors = safetensors.deserialize(self.written[name][0].read_bytes())
        return {key: (tensor["dtype"], tensor["shape"], bytes(tensor["data"])) for key, tensor in tensors}

    def metadata(self, name):
        with safetensors.safe_open(self.written[name][0], "numpy") as opened:
            return opened.metadata()

    def test_each_writes_files_that_open(self):
        for name, files in self.written.items():
            with self.subTest(example=name):
                if name in NO_FILES or (name == "with_expected" and not files):  # not every library has it
                    self.assertEqual(files, [])
                    continue
                self.assertEqual(len(files), SEVERAL.get(name, 1))
                for file in files:
                    self.assertRegex(file.name, r"^\w+_00001_\.safetensors$")
                    self.assertGreater(len(safetensors.deserialize(file.read_bytes())), 0)

    def test_full_holds_the_model_that_its_list_describes(self):
        self.assertEqual(self.written["save_full"][0].name, "ComfyUI_00001_.safetensors")
        self.assert_same(self.open("save_full"), manifest("sd15", place_sd1))
        self.assertEqual(
            self.metadata("save_full"),
            {"format": "pt", "modelspec.predict_key": "epsilon", "modelspec.title": "ComfyUI 1"},
        )

    def test_image_only_holds_the_model_and_two_numbers(self):
        expected = manifest("svd_img2vid", place_svd)
        # 700 and 0.002 as ComfyUI's arithmetic leaves them.
        expected["edm_vpred.sigma_max"] = ("F32", [], np.uint32(0x442EFFFF).tobytes())
        expected["edm_vpred.sigma_min"] = ("F32", [], np.uint32(0x3B03126E).tobytes())
        self.assert_same(self.open("save_image_only"), expected)
        self.assertIsNone(self.metadata("save_image_only"))

    def test_sdxl_holds_what_comfyui_saves(self):
        saved = self.open("save_sdxl")
        recorded = json.loads((SOURCES.parent / "tests/data/manifests/sdxl_base.json").read_text())
        self.assertEqual(set(saved), {name for name, _, _ in recorded["saved"]})
        self.assertEqual(
            self.metadata("save_sdxl"),
            {
                "modelspec.architecture": "stable-diffusion-xl-v1-base",
                "modelspec.sai_model_spec": "1.0.0",
                "modelspec.implementation": "sgm",
                "modelspec.title": "SDXL 1",
                "modelspec.predict_key": "epsilon",
            },
        )

        given = manifest("sdxl_base", lambda component, key: (component, key))
        layer = "clip_g.transformer.text_model.encoder.layers.31.self_attn."
        parts = [given["text_encoder", f"{layer}{part}_proj.weight"] for part in "qkv"]
        fused = saved["conditioner.embedders.1.model.transformer.resblocks.31.attn.in_proj_weight"]
        self.assertEqual(fused[2], b"".join(part[2] for part in parts))
        self.assertEqual(fused[1], [3 * parts[0][1][0], parts[0][1][1]])
        _, shape, data = given["text_encoder", "clip_g.transformer.text_projection.weight"]
        turned = np.frombuffer(data, "<u2").reshape(shape).T
        self.assertEqual(saved["conditioner.embedders.1.model.text_projection"][2], turned.tobytes())
        ids = saved["conditioner.embedders.0.transformer.text_model.embeddings.position_ids"]
        self.assertEqual(ids, ("I64", [1, 77], np.arange(77, dtype="<i8").tobytes()))

    def test_made_up_weights_are_finite(self):
        for array in safetensors.numpy.load_file(self.written["save_full"][0]).values():
            self.assertTrue(np.isfinite(array).all())

    def test_own_tensor_type(self):
        tensors = safetensors.numpy.load_file(self.written["own_tensor_type"][0])
        weight = tensors["model.diffusion_model.proj.weight"]
        self.assertEqual(weight.dtype, np.float16)
        np.testing.assert_array_equal(weight, [[1, 1, 1], [2, 2, 2]])
        np.testing.assert_array_equal(tensors["model.diffusion_model.proj.bias"], [1, 1, 1])

    def test_own_layout_and_kind(self):
        self.assertEqual(
            set(self.open("own_layout")),
            {"autoencoder.decoder.weight", "text.final_layer_norm.weight", "text.logit_scale",
             "unet.input.weight"},
        )
        self.assertEqual(
            set(self.open("own_checkpoint_kind")),
            {"model.diffusion_model.in.weight", "model.diffusion_model.out.weight",
             "motion_modules.temporal.weight", "first_stage_model.decoder.weight"},
        )

    def test_from_device(self):
        memory = bytes(i % 251 for i in range(1 << 20))
        self.assertEqual(
            self.open("from_device"),
            {"model.diffusion_model.attention.weight": ("BF16", [256, 512], memory[:262_144]),
             "model.diffusion_model.attention.bias": ("BF16", [256], memory[262_144:262_656])},
        )

    def test_cast_on_save(self):
        weight = np.array([0x7F80] + [0x3DCD] * 31, "<u2")  # 3.4e38 is an infinity in BF16
        self.assertEqual(
            self.open("cast_on_save"),
            {"model.diffusion_model.attention.weight": ("BF16", [4, 8], weight.tobytes()),
             "model.diffusion_model.norm.weight": ("F32", [8], np.ones(8, "<f4").tobytes())},
        )

    def test_strided_views(self):
        matrix = np.array([[1, 2, 3], [4, 5, 6]], "int16")
        expected = {
            "whole": matrix,
            "transposed": matrix.T,
            "last_two_columns": matrix[:, 1:],
            "first_column": matrix[:, 0],
            "reversed": matrix.ravel()[::-1],
            "repeated": np.broadcast_to(matrix[0], (2, 3)),
            "channels_first": np.array([[[[10, 11, 12]], [[20, 21, 22]]]], "int16"),
        }
        found = safetensors.numpy.load_file(self.written["strided_views"][0])
        self.assertEqual(set(found), {"model.diffusion_model." + name for name in expected})
        for name, array in expected.items():
            np.testing.assert_array_equal(found["model.diffusion_model." + name], array, strict=True)

    def test_a_second_run_takes_the_next_number(self):
        output = self.folder / "twice"
        for number in (1, 2):
            done = run("save_full", "--output", output)
            self.assertIn(f"    number {number}, 1130 tensors", done.stdout)
        self.assertEqual(
            sorted(path.name for path in output.glob("checkpoints/*")),
            ["ComfyUI_00001_.safetensors", "ComfyUI_00002_.safetensors"],
        )

    def test_failure_is_said_and_returned(self):
        file = self.folder / "file"
        file.write_text("no folder")
        for name in self.written:
            if name in NO_FILES or not self.written[name]:
                continue
            with self.subTest(example=name):
                done = run(name, "--output", file)
                self.assertEqual(done.returncode, 1)
                self.assertIn(str(file), done.stderr)
        self.assertEqual(run("save_full", "--data", self.folder).returncode, 1)
        self.assertEqual(run("save_full", "--nonsense").returncode, 2)
        self.assertIn("--full-size", run("save_full", "--help").stdout)

    def assert_same(self, found, expected):
        self.assertEqual(set(found), set(expected))
        for name, tensor in expected.items():
            self.assertTrue(found[name] == tensor, f"{name}: {found[name][:2]}, {tensor[:2]}")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
