# SPDX-License-Identifier: MIT
"""stet and the reference implementation write the same bytes for the same state dict.

usage: test_same_bytes.py FOLDER_OF_INTEROP_PROGRAMS
"""
import ctypes
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import safetensors
import safetensors.numpy

PROGRAM = Path(sys.argv[1]) / "interop_described"

# What numpy has, and how a file spells it.
NUMPY_DTYPES = {
    "bool": "BOOL", "uint8": "U8", "int8": "I8", "int16": "I16", "uint16": "U16", "float16": "F16",
    "int32": "I32", "uint32": "U32", "float32": "F32", "complex64": "C64", "float64": "F64", "int64": "I64",
    "uint64": "U64",
}
# What only the reference's own tensor description has: its name, bits an element.
OTHER_DTYPES = {
    "bfloat16": ("BF16", 16), "float8_e4m3fn": ("F8_E4M3", 8), "float8_e5m2": ("F8_E5M2", 8),
    "float8_e8m0fnu": ("F8_E8M0", 8), "float8_e4m3fnuz": ("F8_E4M3FNUZ", 8),
    "float8_e5m2fnuz": ("F8_E5M2FNUZ", 8), "float4_e2m1fn_x2": ("F4", 4),
}
PIECES = [
    "model", "diffusion_model", "weight", "bias", "0", "1", "10", "attn", "", " ", "caf\u00e9", "cafe\u0301",
    "\u6a21\u578b", "\ufffd", "\U0001f98a", "\U00010000", "\u2028", "\x7f", "\x00", "\x1f", '"', "\\", "/",
    "\n", "<&>",
]


def save_with_stet(folder, tensors, metadata):
    """tensors: list of (name, dtype as a file spells it, shape, bytes)"""

    def hexadecimal(text):
        return "x" + text.encode().hex()

    lines = []
    if metadata is not None:
        lines.append("metadata")
        lines += [f"metadata {hexadecimal(key)} {hexadecimal(text)}" for key, text in metadata.items()]
    for name, dtype, shape, data in tensors:
        lines.append(" ".join(map(str, ["tensor", hexadecimal(name), dtype, len(data), *shape])))
    (folder / "description").write_text("".join(line + "\n" for line in lines))
    (folder / "data").write_bytes(b"".join(data for *_, data in tensors))
    output = folder / "stet.safetensors"
    subprocess.run([PROGRAM, folder / "description", folder / "data", output], check=True)
    return output.read_bytes()


def random_names(random_source, count):
    names = set()
    while len(names) < count:
        pieces = [random_source.choice(PIECES) for _ in range(random_source.randint(1, 5))]
        names.add(".".join(pieces))
    return random_source.sample(sorted(names), count)


def random_shape(random_source):
    return tuple(random_source.choice([0, 1, 2, 3, 4, 5, 7, 16]) for _ in range(random_source.randint(0, 5)))


def random_array(random_source, dtype, shape):
    count = int(np.prod(shape, dtype=np.int64))
    data = random_source.randbytes(count * np.dtype(dtype).itemsize)
    if dtype == "bool":
        data = bytes(byte & 1 for byte in data)
    return np.frombuffer(data, dtype=dtype).reshape(shape)


def described(arrays):
    return [
        (name, NUMPY_DTYPES[array.dtype.name], array.shape, array.tobytes()) for name, array in arrays.items()
    ]


class SameBytes(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def check(self, arrays, metadata, random_source):
        """Saves numpy arrays both ways, each in an order of its own."""
        shuffled = random_source.sample(list(arrays), len(arrays))
        arrays = {name: arrays[name] for name in shuffled}
        if random_source.random() < 0.5:
            expected = safetensors.numpy.save(arrays, metadata)
        else:
            path = self.folder / "reference.safetensors"
            safetensors.numpy.save_file(arrays, path, metadata)
            expected = path.read_bytes()
        tensors = described(arrays)
        random_source.shuffle(tensors)
        written = save_with_stet(self.folder, tensors, metadata)
        # Not assertEqual: it would spend minutes on a readable difference.
        self.assertTrue(written == expected, f"{written[:300]}\n{expected[:300]}")

    def test_random_state_dicts(self):
        for seed in range(60):
            with self.subTest(seed=seed):
                source = random.Random(seed)
                arrays = {
                    name: random_array(source, source.choice(list(NUMPY_DTYPES)), random_shape(source))
                    for name in random_names(source, source.randint(1, 40))
                }
                text = "".join(source.choices(PIECES, k=3))
                self.check(arrays, source.choice([None, {}, {"format": "pt"}, {text: text[::-1]}]), source)

    def test_every_dtype_of_numpy_at_once(self):
        source = random.Random(1)
        arrays = {dtype: random_array(source, dtype, (3, 5)) for dtype in NUMPY_DTYPES}
        self.check(arrays, {"format": "np"}, source)

    def test_one_dtype_and_one_shape_each(self):
        for dtype in NUMPY_DTYPES:
            for shape in [(), (0,), (1,), (2, 0, 3), (1, 2, 3, 4, 5, 6), (2,) * 12]:
                with self.subTest(dtype=dtype, shape=shape):
                    source = random.Random(dtype)
                    self.check({"tensor": random_array(source, dtype, shape)}, None, source)

    def test_nothing_at_all(self):
        source = random.Random(2)
        self.check({}, None, source)
        self.check({}, {"only": "metadata"}, source)

    def test_every_length_of_padding(self):
        source = random.Random(3)
        for length in range(9):
            with self.subTest(length=length):
                self.check({"n" * length: np.arange(3, dtype="int16")}, None, source)
                self.check({"n": np.arange(3, dtype="int16")}, {"k": "v" * length}, source)

    def test_tensors_of_megabytes(self):
        source = random.Random(4)
        shapes = {"a": (1 << 20,), "b": ((1 << 20) - 1,), "c": (3, 1 << 19), "d": (1,), "e": ((1 << 20) + 1,)}
        for dtype in ("uint8", "float32"):
            arrays = {name: random_array(source, dtype, shape) for name, shape in shapes.items()}
            self.check(arrays, None, source)

    def test_thousands_of_tensors(self):
        source = random.Random(5)
        arrays = {f"model.layers.{i}.weight": random_array(source, "float16", (i % 7,)) for i in range(5000)}
        self.check(arrays, {"format": "pt"}, source)

    def test_dtypes_that_numpy_lacks(self):
        for seed in range(20):
            with self.subTest(seed=seed):
                source = random.Random(seed)
                tensors, specs, alive = [], {}, []
                for name in random_names(source, source.randint(1, 20)):
                    constructor = source.choice(list(OTHER_DTYPES))
                    dtype, bits = OTHER_DTYPES[constructor]
                    shape = random_shape(source) or (source.randint(0, 9),)
                    if bits == 4:
                        shape = (*shape[:-1], shape[-1] * 2)
                    data = source.randbytes(int(np.prod(shape, dtype=np.int64)) * bits // 8)
                    memory = ctypes.create_string_buffer(data, len(data) + 1)
                    alive.append(memory)
                    tensors.append((name, dtype, shape, data))
                    specs[name] = safetensors.TensorSpec(
                        dtype=constructor,
                        # Of two elements a byte the constructor wants to know the bytes.
                        shape=(*shape[:-1], shape[-1] // 2) if bits == 4 else shape,
                        data_ptr=ctypes.addressof(memory),
                        data_len=len(data),
                    )
                expected = bytes(safetensors.serialize(specs))
                self.assertTrue(save_with_stet(self.folder, tensors, None) == expected)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
