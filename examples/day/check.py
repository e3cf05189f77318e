# SPDX-License-Identifier: MIT
"""Makes a checkpoint of the day and checks what became of the others, as the `safetensors` package and numpy see them.

    python3 check.py CHECK ARGUMENT...      says what holds, or what does not and fails
"""
import hashlib
import json
import os
import pathlib
import struct
import sys
import zlib

import numpy as np
import safetensors

SDXL = pathlib.Path(__file__).resolve().parents[2] / "tests/data/manifests/sdxl_base.json"
KINDS = {"I64": "<i8", "F32": "<f4", "F16": "<f2"}  # those of SDXL, as numpy calls them, largest first
DENSE = 32768  # numbers of each made-up tensor that are not zero
ENDS = slice(4096), slice(-4096, None)  # what is looked at of a large tensor


def refuse(why):
    sys.exit(f"WRONG  {why}")


def need(holds, why):
    if not holds:
        refuse(why)


class Checkpoint:
    """A file that the package opens, and so finds sound, and reads; with the bytes of its tensors where they lie."""

    def __init__(self, path):
        self.path = path
        self.opened = safetensors.safe_open(path, "numpy")
        self.memory = np.memmap(path, "u1", "r")
        self.start = 8 + struct.unpack("<Q", self.memory[:8].tobytes())[0]
        self.header = json.loads(self.memory[8 : self.start].tobytes())
        self.metadata = self.header.pop("__metadata__", {})
        need(self.opened.metadata() == (self.metadata or None), f"{path}: other metadata for the package")
        need(set(self.opened.keys()) == set(self.header), f"{path}: other names for the package")
        for name in list(self.header)[:: len(self.header) // 8 + 1]:
            if self.kind(name)[0] in KINDS:
                found = self.opened.get_tensor(name).tobytes()
                need(found == self.bytes(name).tobytes(), f"{path}: {name} is another tensor for the package")

    def kind(self, name):
        return self.header[name]["dtype"], self.header[name]["shape"]

    def bytes(self, name):
        begin, end = self.header[name]["data_offsets"]
        return self.memory[self.start + begin : self.start + end]

    def halves(self, name):
        """The tensor as numbers of 16 bits, where it lies."""
        return self.bytes(name).view("<f2")


def saved_names(small):
    for name, dtype, shape in json.loads(SDXL.read_text())["saved"]:
        yield name, dtype, [d // 16 if small and d >= 16 and d != 77 else d for d in shape]


def make_sdxl(path, small):
    """SDXL with made-up weights: the first numbers of each tensor; the rest are holes, which take no disk."""
    header, offset, random = {}, 0, np.random.default_rng(1)
    entries = sorted(saved_names(small == "small"), key=lambda entry: (list(KINDS).index(entry[1]), entry[0]))
    for name, dtype, shape in entries:
        size = int(np.prod(shape, dtype=np.int64)) * np.dtype(KINDS[dtype]).itemsize
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps({"__metadata__": {"format": "pt"}} | header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name, dtype, shape in entries:
            count = int(np.prod(shape, dtype=np.int64))
            numbers = random.standard_normal(min(count, DENSE)) / 32
            file.seek(8 + len(text) + header[name]["data_offsets"][0])
            file.write((np.arange(count) if dtype == "I64" else numbers).astype(KINDS[dtype]).tobytes())
        file.truncate(8 + len(text) + offset)
    made = os.stat(path)
    print(f"{path}\n    {len(header)} tensors, {made.st_size} bytes, of them {made.st_blocks * 512} on the disk")


def loads(*paths):
    for path in paths:
        file = Checkpoint(path)
        need(len(file.header) > 1000, f"{path} has {len(file.header)} tensors")
        print(f"ok  the package opens {os.path.basename(path)}: {len(file.header)} tensors")


def group(name):
    """The part of a checkpoint that has a ratio of its own when blocks are merged."""
    part = name.removeprefix("model.diffusion_model.")
    if part == name:
        return "rest"
    if part.startswith("middle_block."):
        return "middle"
    return "out" if part.startswith(("output_blocks.", "out.")) else "input"


def merged(first, second, result, *ratios):
    ratios = dict(zip(("input", "middle", "out", "rest"), map(float, ratios)))
    a, b, c = Checkpoint(first), Checkpoint(second), Checkpoint(result)
    need(list(a.header) == list(c.header), "the merge has other tensors than the first file")
    numbers = 0
    for name in a.header:
        need(a.kind(name) == c.kind(name) == b.kind(name), f"{name}: {a.kind(name)} became {c.kind(name)}")
        ratio = ratios[group(name)]
        for piece in ENDS:
            if ratio == 1 or a.kind(name)[0] != "F16":
                found, expected = c.bytes(name)[piece], a.bytes(name)[piece]
            else:
                one, other = (file.halves(name)[piece].astype("f4") for file in (a, b))
                expected = (one * np.float32(ratio) + other * np.float32(1 - ratio)).astype("<f2")
                found = c.halves(name)[piece]
                numbers += len(found)
            need(found.tobytes() == expected.tobytes(), f"{name}: other numbers than {ratio} of the first make")
    need("modelspec.merged_from" in c.metadata, "nobody says what was merged")
    print(f"ok  {len(a.header)} tensors, bit for bit as numpy mixes {numbers} of their numbers")


def hashed(path, said):
    """said: what `stet hash --json` printed"""
    said = json.loads(pathlib.Path(said).read_text())[0]
    file = Checkpoint(path)
    whole, data, crc = hashlib.sha256(), hashlib.sha256(), 0
    for begin in range(0, len(file.memory), 1 << 24):
        piece = file.memory[begin : begin + (1 << 24)].data
        whole.update(piece)
        crc = zlib.crc32(piece, crc)
        data.update(piece[max(0, file.start - begin) :])
    expected = {"sha256": whole.hexdigest(), "autov2": whole.hexdigest()[:10], "autov3": data.hexdigest()[:12]}
    expected["crc32"] = f"{crc:08x}"
    for kind, hash in expected.items():
        need(said[kind] == hash, f"{kind} is {hash}, and stet says {said[kind]}")
    print(f"ok  {', '.join(expected)} as hashlib and zlib have them")


def sharded(path, folder):
    whole, folder = Checkpoint(path), pathlib.Path(folder)
    index = json.loads((folder / "model.safetensors.index.json").read_text())
    shards = {name: Checkpoint(str(folder / name)) for name in sorted(set(index["weight_map"].values()))}
    need(len(shards) > 2, f"there are {len(shards)} shards")
    need(set(index["weight_map"]) == set(whole.header), "the index has other names than the checkpoint")
    need({path.name for path in folder.glob("*.safetensors")} == set(shards), "there are files that are in no index")
    for name, file in index["weight_map"].items():
        need(shards[file].kind(name) == whole.kind(name), f"{name} is another tensor in {file}")
        for piece in ENDS:
            same = (shards[file].bytes(name)[piece] == whole.bytes(name)[piece]).all()
            need(same, f"{name} has other bytes in {file}")
    size, said = len(whole.memory) - whole.start, index["metadata"]["total_size"]
    need(said == size, f"the index says {said} bytes; they are {size}")
    print(f"ok  {len(shards)} shards, each tensor in the one that the index names")


def same(first, second):
    a, b = (np.memmap(path, "u1", "r") for path in (first, second))
    need(len(a) == len(b), f"{first} has {len(a)} bytes, {second} {len(b)}")
    for begin in range(0, len(a), 1 << 26):
        need((a[begin : begin + (1 << 26)] == b[begin : begin + (1 << 26)]).all(), f"{first} and {second} differ")
    print(f"ok  the same {len(a)} bytes")


def edited(path, before, *entries):
    """before: the file's data as `stet hash` had them, its AutoV3"""
    file, data = Checkpoint(path), hashlib.sha256()
    for entry in entries:
        key, value = entry.split("=", 1)
        need(file.metadata.get(key) == value, f"{key} is {file.metadata.get(key)!r}, not {value!r}")
    for begin in range(file.start, len(file.memory), 1 << 24):
        data.update(file.memory[begin : begin + (1 << 24)].data)
    before = json.loads(pathlib.Path(before).read_text())[0]["autov3"]
    need(data.hexdigest().startswith(before), "the tensors are other ones than before")
    print(f"ok  the package reads {' and '.join(entries)}; the tensors are what they were")


E2M1 = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6], "f4")


def e4m3(codes):
    exponent, fraction = (codes >> 3 & 15).astype("i4"), (codes & 7).astype("f4")
    numbers = np.where(exponent == 0, np.ldexp(fraction / 8, -6), np.ldexp(1 + fraction / 8, exponent - 7))
    return numbers * np.where(codes < 128, 1, -1)


def nvfp4(file, layer, row, columns):
    """A row of a layer as F16: each product is rounded, that of the scales first."""
    codes = file.bytes(f"{layer}.weight")[row * columns // 2 : (row + 1) * columns // 2]
    codes = np.stack([codes >> 4, codes & 15], 1).ravel()
    block = np.arange(columns // 16)
    place = (row // 128 * -(-len(block) // 4) + block // 4) * 512 + row % 32 * 16 + row % 128 // 32 * 4 + block % 4
    scales = e4m3(file.bytes(f"{layer}.weight_scale")[place]).astype("f2").astype("f4")
    whole = file.bytes(f"{layer}.weight_scale_2").view("<f4").astype("f2").astype("f4")
    scales = np.repeat((whole * scales).astype("f2").astype("f4"), 16)
    return (E2M1[codes & 7] * np.where(codes < 8, 1, -1).astype("f4") * scales).astype("f2")


def quantised(original, quantised, back):
    """original: F16; quantised: its matrices of nvfp4; back: F16 again"""
    a, q, c = Checkpoint(original), Checkpoint(quantised), Checkpoint(back)
    layers = [name.removesuffix(".comfy_quant") for name in q.header if name.endswith(".comfy_quant")]
    need(len(layers) > 100, f"{len(layers)} layers are quantised")
    kinds = [{name: file.kind(name) for name in file.header} for file in (a, c)]
    need(kinds[0] == kinds[1], "other tensors came back")
    for layer in layers:
        marker = q.bytes(f"{layer}.comfy_quant").tobytes()
        need(json.loads(marker) == {"format": "nvfp4"}, f"{layer}: {marker}")
        rows, columns = a.kind(f"{layer}.weight")[1]
        kind = q.kind(f"{layer}.weight")
        need(kind == ("U8", [rows, columns // 2]), f"{layer}: {kind}")
        for row in {0, 1, 33 % rows, rows - 1}:
            piece = slice(row * columns, (row + 1) * columns)
            found = c.halves(f"{layer}.weight")[piece]
            need((found == nvfp4(q, layer, row, columns)).all(), f"{layer}, row {row}: other numbers")
            before = a.halves(f"{layer}.weight")[piece].astype("f4").reshape(-1, 16)
            most = np.abs(before).max(1, keepdims=True) / 6 * 1.25  # half of 4 to 6, and what the scale is off
            is_near = (np.abs(found.reshape(-1, 16) - before) <= most).all()
            need(is_near, f"{layer}, row {row}: farther off than four bits are")
    for name in set(a.header) - {f"{layer}.weight" for layer in layers}:
        for piece in ENDS:
            need((a.bytes(name)[piece] == c.bytes(name)[piece]).all(), f"{name} is no layer, and has other bytes")
    sizes = [os.stat(path).st_size for path in (original, quantised, back)]
    need(sizes[1] < sizes[0] * 0.7, f"{sizes[0]} bytes became {sizes[1]}")
    print(f"ok  {len(layers)} layers of nvfp4 as numpy reads them, {sizes[0]} bytes in {sizes[1]}, and all of them back")


def fetched(original, fetched, log, *names):
    a, b = Checkpoint(original), Checkpoint(fetched)
    need(set(b.header) == set(names), f"{sorted(b.header)} were fetched")
    for name in names:
        is_same = a.kind(name) == b.kind(name) and a.bytes(name).tobytes() == b.bytes(name).tobytes()
        need(is_same, f"{name} is another tensor")
    ranges = [int(line.split()[0]) for line in pathlib.Path(log).read_text().splitlines()[1:]]
    wanted = a.start + sum(len(a.bytes(name)) for name in names)
    need(len(ranges) <= 3 + len(names), f"it took {len(ranges)} requests")
    need(sum(ranges) <= wanted + 4096 * len(names) + 9, f"{sum(ranges)} bytes went over the line for {wanted}")
    print(f"ok  {len(names)} tensors and the header by {len(ranges)} requests, {sum(ranges)} of {len(a.memory)} bytes")


CHECKS = {
    check.__name__: check for check in (make_sdxl, loads, merged, hashed, sharded, same, edited, quantised, fetched)
}
CHECKS[sys.argv[1]](*sys.argv[2:])
