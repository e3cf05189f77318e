#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Asks the safetensors package that is installed the same questions each time, and prints an answer a line.

    answers.py FOLDER [SEED]

With the reference's module and with ours the lines are the same: files byte by byte, slices element by element, errors
word for word, but for the name of an argument. Left out is what the reference itself answers by a bug of its own
(slices that end before they begin).
"""

import hashlib
import pathlib
import random
import re
import sys

import numpy
import safetensors
from safetensors import TensorSpec, deserialize, safe_open, serialize, serialize_file

SAVES, INDICES = 200, 3000
TYPES = "bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float16 float32 float64 complex64".split()
NAMES = ["a", "b.weight", "ä", "模型", '"', "\\", "\n", "\x7f", "a b", "__metadata", "A", "", "é" * 90]


def answer(question, call):
    """One line: what the call gives, or the exception it raises."""
    try:
        given = call()
    except Exception as raised:  # whatever it is, the other module raises the same
        # 0.8.0 names the argument before it says what is wrong with it, 0.9.0rc1 does not.
        print(question, "->", type(raised).__name__, re.sub(r"^argument '\w+': ", "", str(raised)))
        return
    if isinstance(given, (numpy.ndarray, numpy.generic)):
        facts = [type(given).__name__, given.dtype, given.shape, given.flags.writeable, given.flags.c_contiguous]
        given = (*map(str, facts), hashlib.sha256(given.tobytes()).hexdigest()[:16])
    elif isinstance(given, bytes):
        given = (len(given), hashlib.sha256(given).hexdigest())
    print(question, "->", given)


def random_tensors(dice):
    tensors = {}
    for name in dice.sample(NAMES, dice.randint(1, len(NAMES))):
        shape = [dice.choice([0, 1, 2, 3, 5, 17]) for _ in range(dice.randint(0, 4))]
        count = int(numpy.prod(shape, dtype=int))
        tensors[name] = numpy.frombuffer(dice.randbytes(count * 16), "u1")[: count * 16].astype(dice.choice(TYPES))
        tensors[name] = tensors[name][:count].reshape(shape).copy()
    return tensors


def specs(tensors):
    return {
        name: TensorSpec(dtype=t.dtype.name, shape=t.shape, data_ptr=t.ctypes.data, data_len=t.nbytes)
        for name, t in tensors.items()
    }


def ask_about_saving(dice, folder):
    for i in range(SAVES):
        tensors = random_tensors(dice)
        # More than one key stands in an order that the reference makes up anew each time.
        metadata = dice.choice([None, {}, {"format": "pt"}, {"ü\n\"": "\\ \u2028 模"}])
        path = folder / "saved.safetensors"
        answer(f"serialize {i}", lambda: bytes(serialize(specs(tensors), metadata)))
        answer(f"serialize_file {i}", lambda: serialize_file(specs(tensors), path, metadata) or path.read_bytes())
        listed = deserialize(path.read_bytes())
        answer(f"deserialize {i}", lambda: sorted((n, e["dtype"], e["shape"], bytes(e["data"])) for n, e in listed))
        for backend in "mmap", "pread":
            with safe_open(path, "np", backend=backend) as file:
                # Where tensors without bytes lie has no order with the reference.
                full = [name for name in file.offset_keys() if tensors[name].nbytes != 0]
                answer(f"names {i}", lambda: (file.keys(), full, file.metadata()))
                for name, tensor in sorted(file.get_tensors().items()):
                    answer(f"tensor {i} {name!r}", lambda: tensor)
                    answer(f"slice of it {i} {name!r}", lambda: file.get_slice(name).get_shape())


def random_index(dice, shape):
    index = []
    for size in shape:
        kind = dice.random()
        start = dice.randint(0, size)
        if kind < 0.3:
            index.append(dice.randint(-size - 1, size))
        elif kind < 0.8:
            stop = dice.randint(max(start, 1), size + (dice.random() < 0.1))
            bounds = [dice.choice([None, start]), dice.choice([None, stop])]
            index.append(slice(*bounds, dice.choice([None, None, 1, 2, 3])))
        elif kind < 0.9:
            index.append(slice(None))
        else:
            break
    if dice.random() < 0.1:
        index.insert(dice.randint(0, len(index)), Ellipsis)
    if dice.random() < 0.05:
        odd = [0, -1, None, 1.5, "x", Ellipsis, slice(0, 1), slice(-1, None), slice(None, None, -1)]
        index.append(dice.choice(odd))
    return index[0] if len(index) == 1 and dice.random() < 0.5 else tuple(index)


def ask_about_slices(dice, folder):
    shapes = [[7], [10, 5], [4, 3, 6], [3, 2, 2, 5], [1, 1]]
    tensors = {str(shape): numpy.arange(numpy.prod(shape)).reshape(shape).astype("f4") for shape in shapes}
    path = folder / "sliced.safetensors"
    serialize_file(specs(tensors), path)
    with safe_open(path, "np") as mapped, safe_open(path, "np", backend="pread") as read:
        for i in range(INDICES):
            shape = dice.choice(shapes)
            index = random_index(dice, shape)
            file = dice.choice([mapped, read])
            answer(f"{shape} {index}", lambda: file.get_slice(str(shape))[index])


def ask_about_errors(folder):
    path = folder / "sliced.safetensors"
    file = safe_open(path, "np")
    nothing = dict(data_ptr=0, data_len=0)
    for question in [
        lambda: file.get_tensor("q"),
        lambda: file.get_slice("q"),
        lambda: file.get_slice("[7]")[[]],
        lambda: file.get_slice("[7]")[[0, 1]],
        lambda: file.get_slice("[7]").get_dtype(),
        lambda: file.get_slice("[7]")[numpy.int64(3)],
        lambda: safe_open("notafile", "np"),
        lambda: safe_open(path, "xx"),
        lambda: safe_open(path, "np", "zz"),
        lambda: safe_open(path, "np", 0),
        lambda: safe_open(path, "np", "cuda:0"),
        lambda: safe_open(path, "np", backend="other"),
        lambda: deserialize(b""),
        lambda: deserialize(b"\x09" * 8),
        lambda: deserialize(b"\x02" + bytes(7) + b"{}x"),
        lambda: deserialize(bytearray(8)),
        lambda: str(TensorSpec(dtype="float4_e2m1fn_x2", shape=[2, 3], **nothing)),
        lambda: str(TensorSpec(dtype="float8_e8m0fnu", shape=(), **nothing)),
        lambda: TensorSpec(dtype="F32", shape=[1], **nothing),
        lambda: TensorSpec(dtype="int8", shape=[-1], **nothing),
        lambda: TensorSpec(dtype="int8", shape=[1], data_ptr=0, data_len=-1),
        lambda: serialize({"a": TensorSpec(dtype="int8", shape=[2], data_ptr=1, data_len=1)}),
        lambda: serialize({1: 2}),
        lambda: serialize({}, {1: 2}),
        lambda: bytes(serialize({})),
        lambda: file.__exit__(None, None, None),
        lambda: file.keys(),
        lambda: file.get_tensor("[7]"),
        lambda: file.metadata(),
    ]:
        answer(f"line {question.__code__.co_firstlineno}", question)


if __name__ == "__main__":
    ask_about_saving(random.Random(sys.argv[2] if len(sys.argv) > 2 else "1"), pathlib.Path(sys.argv[1]))
    ask_about_slices(random.Random(sys.argv[2] if len(sys.argv) > 2 else "1"), pathlib.Path(sys.argv[1]))
    ask_about_errors(pathlib.Path(sys.argv[1]))
