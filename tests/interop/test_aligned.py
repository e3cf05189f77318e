# SPDX-License-Identifier: MIT
"""The reference implementation opens files in the aligned order, whose headers are padded by up to 4 KiB.

usage: test_aligned.py FOLDER_OF_INTEROP_PROGRAMS
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import safetensors
import safetensors.numpy

ZEROS = Path(sys.argv[1]) / "interop_aligned"
DESCRIBED = Path(sys.argv[1]) / "interop_described"
DATA = Path(os.environ.get("STET_TEST_DATA", Path(__file__).resolve().parent.parent / "data"))
DTYPES = {"uint8": "U8", "bool": "BOOL", "float16": "F16", "float32": "F32", "int64": "I64"}


class Aligned(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.path = self.folder / "aligned.safetensors"

    def header(self):
        """The header and where the data begins, after looking at the padding."""
        with self.path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            text = file.read(length)
        self.assertEqual((8 + length) % 4096, 0)
        unpadded = text.rstrip(b" ")
        self.assertLess(length - len(unpadded), 4096)
        self.assertTrue(unpadded.endswith(b"}"))
        return json.loads(text), 8 + length

    def test_stable_diffusion_15(self):
        manifest = DATA / "manifests" / "sd15.json"
        if not manifest.exists():
            self.skipTest(f"no {manifest}")
        saved = json.loads(manifest.read_text())["saved"]
        description = self.folder / "description"
        description.write_text("".join(" ".join(map(str, [name, dtype, *shape])) + "\n" for name, dtype, shape in saved))
        subprocess.run([ZEROS, description, self.path], check=True)

        with safetensors.safe_open(self.path, "numpy") as opened:
            self.assertEqual(set(opened.keys()), {name for name, *_ in saved})
            for name, dtype, shape in saved:
                part = opened.get_slice(name)
                self.assertEqual(part.get_dtype(), dtype, name)
                self.assertEqual(part.get_shape(), shape, name)
            smallest = min(saved, key=lambda tensor: np.prod(tensor[2]))
            self.assertFalse(opened.get_tensor(smallest[0]).any())

        members, begin = self.header()
        offsets = [member["data_offsets"] for member in members.values()]
        in_all = sum(last - first for first, last in offsets)
        aligned = sum(last - first for first, last in offsets if (begin + first) % 4096 == 0)
        self.assertEqual(self.path.stat().st_size, begin + in_all)
        self.assertGreaterEqual(aligned, 0.999 * in_all)

    def test_values_are_found_where_the_header_says(self):
        for seed in range(30):
            with self.subTest(seed=seed):
                source = random.Random(seed)
                arrays = {}
                for i in source.sample(range(1000), source.randint(0, 30)):
                    dtype = source.choice(list(DTYPES))
                    count = source.randint(0, 9) << source.randint(0, 10)
                    data = source.randbytes(count * np.dtype(dtype).itemsize)
                    if dtype == "bool":
                        data = bytes(byte & 1 for byte in data)
                    arrays[f"tensor.{i}"] = np.frombuffer(data, dtype=dtype)
                description = self.folder / "description"
                description.write_text("metadata\n" + "".join(
                    f"tensor x{name.encode().hex()} {DTYPES[array.dtype.name]} {array.nbytes} {array.size}\n"
                    for name, array in arrays.items()
                ))
                data = self.folder / "data"
                data.write_bytes(b"".join(array.tobytes() for array in arrays.values()))
                subprocess.run([DESCRIBED, description, data, self.path, "aligned"], check=True)

                loaded = safetensors.numpy.load_file(self.path)
                self.assertEqual(set(loaded), set(arrays))
                for name, array in arrays.items():
                    self.assertEqual(loaded[name].dtype, array.dtype)
                    self.assertEqual(loaded[name].tobytes(), array.tobytes())
                self.header()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
