# SPDX-License-Identifier: MIT
"""The reference implementation opens what interop_dtypes writes, and finds in it what was put in.

usage: test_dtypes.py FOLDER_OF_INTEROP_PROGRAMS
"""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import safetensors
import safetensors.numpy

PROGRAM = Path(sys.argv[1]) / "interop_dtypes"

# In the order of their rank.
BITS = {
    "BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8,
    "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32,
    "U32": 32, "F32": 32, "C64": 64, "F64": 64, "I64": 64, "U64": 64,
}
NAMES = [
    "", " ", "a.b.c", "../../etc/passwd", '"quoted" \\ back/slash', "\0middle\0", "\b\t\n\f\r\x01\x1f\x7f",
    "caf\u00e9", "cafe\u0301", "\u6a21\u578b", "\U0001f98a", "\ufffd", "\u2028\u2029", "<&>'{}[],:",
    "__metadata__.",
]
METADATA = {
    "format": "pt", "": "empty key", "empty text": "", "workflow": '{"nodes": ["a\\b"],\n\t"id": 1}',
    "\u9375": "\U0001f98a \x01",
}


class Dtypes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.folder = Path(scratch.name)
        subprocess.run([PROGRAM, cls.folder], check=True)

    def path(self, name):
        return self.folder / f"{name}.safetensors"

    def facts(self, name):
        """Every tensor as (dtype, shape, bytes); both ways of opening a file must agree on it."""
        whole = dict(safetensors.deserialize(self.path(name).read_bytes()))
        with safetensors.safe_open(self.path(name), "numpy") as opened:
            self.assertEqual(set(opened.keys()), set(whole))
            for key, tensor in whole.items():
                part = opened.get_slice(key)
                self.assertEqual(part.get_dtype(), tensor["dtype"], key)
                self.assertEqual(part.get_shape(), tensor["shape"], key)
        return {key: (value["dtype"], value["shape"], bytes(value["data"])) for key, value in whole.items()}

    def test_every_dtype_keeps_its_bytes(self):
        expected = {}
        for index, (dtype, bits) in enumerate(BITS.items()):
            data = bytes(i % 2 if dtype == "BOOL" else (i * 37 + index) % 256 for i in range(24 * bits // 8))
            expected["filled." + dtype] = (dtype, [3, 2, 4], data)
            expected["empty." + dtype] = (dtype, [0, 5], b"")
            if bits >= 8:
                expected["scalar." + dtype] = (dtype, [], data[: bits // 8])
        self.assertEqual(self.facts("bytes"), expected)

    def test_numbers_keep_their_values(self):
        expected = {
            "bool": np.array([True, False, True]),
            "int8": np.array([-128, 0, 127], "int8"),
            "uint8": np.array([[0], [1], [255]], "uint8"),
            "int16": np.array([[-32768, -1, 32767]], "int16"),
            "uint16": np.array([0, 258, 65535], "uint16"),
            "int32": np.array([-(2**31), -1, 2**31 - 1], "int32"),
            "uint32": np.array([0, 16909060, 2**32 - 1], "uint32"),
            "int64": np.array([-(2**63), -1, 2**63 - 1], "int64"),
            "uint64": np.array([0, 72623859790382856, 2**64 - 1], "uint64"),
            "float32": np.array([-1.5, 0.1, 3.0e38], "float32"),
            "float64": np.array([-1.5, 0.1, 1.0e308], "float64"),
            "complex64": np.array([1 - 2j, 0.5, 3.0e38j], "complex64"),
        }
        self.assert_same_arrays(safetensors.numpy.load_file(self.path("numbers")), expected)

    def test_views_are_written_as_numpy_sees_them(self):
        n = np.arange(120, dtype="int32")
        cube = n.reshape(4, 5, 6)
        rows = n[:12].reshape(3, 4)
        ten_axes = (1, 2, 1, 3, 1, 4, 1, 5, 1, 1)
        expected = {
            "whole": cube,
            "ten_axes": n.reshape(ten_axes),
            "ten_axes_reversed": n.reshape(5, 4, 3, 2).T.reshape(ten_axes),
            "transposed": rows.T,
            "transposed_0_2": cube.transpose(2, 1, 0),
            "transposed_1_2": cube.transpose(0, 2, 1),
            "sliced_0": cube[1:3],
            "sliced_2": cube[:, :, 1:5],
            "sliced_to_nothing": cube[:, 2:2],
            "channels_first": n.reshape(2, 4, 5, 3).transpose(0, 3, 1, 2),
            "reversed": n[::-1],
            "repeated": np.broadcast_to(n[7:15:2], (3, 4)),
            "diagonal": n[:100].reshape(10, 10).diagonal(),
            "stacked": np.concatenate([rows, n[100:108].reshape(2, 4)]),
            "stacked_transposed": np.concatenate([rows.T, rows.T]),
            "produced": (np.arange(20_000) * 3).astype("uint16"),
        }
        self.assert_same_arrays(safetensors.numpy.load_file(self.path("views")), expected)

    def test_names_survive(self):
        expected = {name: ("U8", [1], bytes([index])) for index, name in enumerate(NAMES)}
        expected["n" * 20_000] = ("U8", [0], b"")
        self.assertEqual(self.facts("names"), expected)

    def test_metadata_survives(self):
        one = {"a": ("F32", [2], np.array([1, 2], "<f4").tobytes())}
        for file, tensors, metadata in [
            ("metadata_absent", one, None),
            ("metadata_none", one, {}),
            ("metadata_several", one, METADATA),
            ("only_metadata", {}, METADATA),
            ("nothing", {}, None),
            ("nothing_in_metadata", {}, {}),
        ]:
            with self.subTest(file=file):
                self.assertEqual(self.facts(file), tensors)
                with safetensors.safe_open(self.path(file), "numpy") as opened:
                    self.assertEqual(opened.metadata(), metadata)

    def test_metadata_stands_in_the_order_of_its_keys(self):
        file = self.path("metadata_several").read_bytes()
        header = json.loads(file[8 : 8 + int.from_bytes(file[:8], "little")])
        self.assertEqual(list(header["__metadata__"]), sorted(METADATA, key=str.encode))

    def assert_same_arrays(self, found, expected):
        self.assertEqual(set(found), set(expected))
        for name, array in expected.items():
            with self.subTest(tensor=name):
                self.assertEqual((found[name].dtype, found[name].shape), (array.dtype, array.shape))
                np.testing.assert_array_equal(found[name], array)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
