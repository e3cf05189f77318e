# SPDX-License-Identifier: MIT
"""`stet` tells what a file is that it cannot read; its hashes, casts and choices are what other programs make of a file.

usage: test_stet_files.py FOLDER_OF_INTEROP_PROGRAMS (the tool is beside it, in ../examples)
"""
import gzip
import hashlib
import io
import json
import os
import pickle
import struct
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile
import zlib
from pathlib import Path

import numpy as np
import safetensors.numpy

STET = Path(sys.argv[1]).parent / "examples" / ("stet.exe" if os.name == "nt" else "stet")


def stet(*arguments, status=0, **options):
    done = subprocess.run([STET, *map(str, arguments)], capture_output=True, check=False, timeout=300, **options)
    done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    if done.returncode != status:
        raise AssertionError(f"{arguments}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def checkpoint(tensors, metadata=None):
    """tensors: {name: (dtype, shape, bytes)}, in the order of the data"""
    header, begin = {} if metadata is None else {"__metadata__": metadata}, 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, begin + len(data)]}
        begin += len(data)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + b"".join(data for _, _, data in tensors.values())


class Scratch(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def put(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path


def zipped(name, content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


def tarred(name, content):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


def numpy_file():
    file = io.BytesIO()
    np.save(file, np.zeros(4))
    return file.getvalue()


WHOLE = checkpoint({name: ("U8", [10], bytes(range(10))) for name in "abcdef"})
DATA = len(WHOLE) - 60


def with_header(header, data):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def placed(*places, names="abcdef", metadata=None):
    """A header that says where tensors of bytes lie."""
    header = {} if metadata is None else {"__metadata__": metadata}
    return header | {
        name: {"dtype": "U8", "shape": [end - begin], "data_offsets": [begin, end]}
        for name, (begin, end) in zip(names, places)
    }


WITH_GAPS = with_header(placed((2, 4), (4, 6), (9, 10)), b"xxaabbyyyc")

LOOKS = {
    "a torch zip": (
        zipped("archive/data.pkl", pickle.dumps({})),
        "no safetensors file; it looks like a PyTorch checkpoint (a zip archive with a pickle); load it with torch.load",
    ),
    "npz": (zipped("a.npy", b"x"), "a NumPy archive (.npz)"),
    "zip": (zipped("model.safetensors", b"x"), "a zip archive; unpack it first"),
    "pickle": (pickle.dumps({"a": 1}, protocol=2), "a pickle, as older PyTorch saves; it can run code of others"),
    "GGUF": (
        b"GGUF" + struct.pack("<IQQ", 3, 1291, 24) + bytes(100),
        "a GGUF model (version 3, 1,291 tensors), which llama.cpp and its kin read",
    ),
    "npy": (numpy_file(), "a NumPy array (.npy)"),
    "gzip": (gzip.compress(b"x" * 100), "a gzip archive; unpack it first"),
    "tar": (tarred("a.safetensors", b"x" * 100), "a tar archive; unpack it first"),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + bytes(100), "an HDF5 file, such as Keras saves"),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(100), "a PNG image"),
    "LFS": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 6938040682\n",
        "a Git LFS pointer, not the file itself, which has 6,938,040,682 bytes; fetch it with git lfs pull",
    ),
    "HTML": (
        b"\n<!DOCTYPE html><html><head><title> Log in </title></head></html>",
        "an HTML page, 'Log in '; the download ended at a page instead of the file",
    ),
    "XML": (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "an XML document"),
    "index": (
        json.dumps({"metadata": {}, "weight_map": {"a": "model-00001-of-00002.safetensors"}}).encode(),
        "the index of a set of shards; 'stet join' makes one file of the set",
    ),
    "header alone": (WHOLE[8:DATA], "the header of a safetensors file without the eight bytes of its length before it"),
    "JSON": (b'{"architectures": ["x"]}', "JSON text, such as a configuration"),
    "text": ("Grüße an alle, die lesen.\n".encode(), "plain text"),
    "zeros": (bytes(10000), "no safetensors file: its first 4,096 bytes are zeros, as in a download that was never"),
    "empty": (b"", " is empty; fetch or save it again"),
    "noise": (bytes(range(128, 256)) * 4, "the file claims a header of"),
    "a number in the metadata": (
        with_header(b'{"__metadata__":{"steps":5}}', b""),
        "header member 'steps', byte 33 of the file: a metadata value is no text",
    ),
    "a number under no key": (
        with_header(b'{"__metadata__":{"":5}}', b""), ": the header, byte 28 of the file: a metadata value is no text",
    ),
    "a tensor without a name": (
        with_header(b'{"":{"dtype":"U8","shape":[1],"data_offsets":[0,2]}}', b"ab"),
        ": an unnamed tensor: data_offsets hold 2 bytes, its dtype and shape need 1",
    ),
    "a name given twice": (
        with_header(b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', b"ab"),
        ": the header names tensor 'a' twice, and of two the later counts",
    ),
    "cut in its header": (WHOLE[: DATA - 20], f"is cut short in its header, which ends at byte {DATA}; it holds {DATA - 20}"),
    "cut in a tensor": (
        WHOLE[:-35],
        f"is cut short by 35 bytes: it holds {len(WHOLE) - 35}, its header describes {len(WHOLE)}, tensor 'c' is cut, "
        "3 tensors are missing: 'd', 'e', 'f'; fetch it again",
    ),
    "cut between tensors": (WHOLE[:-10], "is cut short by 10 bytes: "),
    "without data": (WHOLE[:DATA], "6 tensors are missing: 'a', 'b', 'c' and 3 more; fetch it again"),
    "too long": (
        WHOLE + b"x",
        "goes on after its last tensor: 1 byte that belongs to none; stet edit --lenient takes it out\n",
    ),
    "gaps": (WITH_GAPS, "has gaps between its tensors: 5 bytes that belong to none; stet edit --lenient takes them out\n"),
    "too long by zeros": (WHOLE + bytes(4), "goes on after its last tensor: 4 bytes of zeros that belong to none"),
}


class LooksLike(Scratch):
    def test_each_kind_of_file_is_named(self):
        for name, (content, words) in LOOKS.items():
            with self.subTest(name):
                path = self.put("file", content)
                complaint = stet("inspect", path, status=1).stderr
                self.assertIn(words, complaint)
                self.assertEqual(complaint.count("\n"), 1)
                self.assertIn(words, stet("verify", path, status=1).stdout)
                self.assertIn(words, stet("hash", "-", status=1, input=content).stderr)

    def test_a_file_may_go_on_where_that_is_allowed(self):
        path = self.put("long", WHOLE + b"1234")
        self.assertIn("warning trailing-bytes: 4 bytes", stet("verify", "--lenient", path).stdout)
        stet("prune", "--lenient", path, "--pattern", "b", "--output", self.folder / "pruned")
        self.assertEqual(sorted(safetensors.numpy.load_file(self.folder / "pruned")), list("acdef"))

    def test_bytes_between_tensors_are_read_by_who_asks(self):
        path = self.put("gaps", WITH_GAPS)
        self.assertIn("warning gaps: 5 bytes", stet("verify", "--lenient", path).stdout)
        stet("prune", "--lenient", path, "--pattern", "b", "--output", self.folder / "pruned")
        found = safetensors.numpy.load_file(self.folder / "pruned")
        self.assertEqual({name: one.tobytes() for name, one in found.items()}, {"a": b"aa", "c": b"c"})
        by_tensor = json.loads(stet("hash", "--lenient", "--tensors", "--json", path).stdout)[0]["tensors"]
        self.assertEqual(
            {one["name"]: one["sha256"] for one in by_tensor},
            {name: hashlib.sha256(data).hexdigest() for name, data in (("a", b"aa"), ("b", b"bb"), ("c", b"c"))},
        )


PADDED = with_header(WHOLE[8:DATA] + bytes(8), WHOLE[DATA:])


class Repair(Scratch):
    def assert_strict(self, path, tensors):
        """The reference reads it, and so does who keeps to the format's text."""
        found = safetensors.numpy.load_file(path)
        self.assertEqual({name: one.tobytes() for name, one in found.items()}, tensors)
        self.assertIn(": sound\n", stet("verify", "--strict", path).stdout)

    def test_what_only_lenience_reads_becomes_a_sound_file(self):
        whole = dict.fromkeys("abcdef", WHOLE[-10:])
        apart = {"a": b"aa", "b": b"bb", "c": b"c"}
        spaced = with_header(b" " + WHOLE[8:DATA], WHOLE[DATA:])
        for content, tensors, said in (
            (PADDED, whole, ["blanks after the header's text, where zeros were"]),
            (WHOLE + b"xyz", whole, ["3 bytes after the last tensor taken out"]),
            (WITH_GAPS, apart, ["5 bytes between tensors taken out"]),
            (WITH_GAPS + b"x", apart, ["1 byte after the last tensor taken out", "5 bytes between tensors taken out"]),
            (PADDED + bytes(4), whole, ["4 bytes after the last tensor taken out", "blanks after the header's text"]),
            (spaced, whole, []),
        ):
            for options in ([], ["--in-place"]):
                path = self.put("file", content)
                found = stet("edit", "--lenient", path, *options).stdout
                for line in said:
                    self.assertIn(f"    repaired: {line}", found)
                self.assert_strict(path, tensors)
            self.assertEqual([one.name for one in self.folder.iterdir()], ["file"])

    def test_a_sound_file_stays_as_it_is(self):
        path = self.put("file", WHOLE)
        self.assertIn("as it was: there is nothing to change", stet("edit", "--lenient", path).stdout)
        self.assertEqual(path.read_bytes(), WHOLE)

    def test_without_being_asked_nothing_is_repaired(self):
        for content in (PADDED, WHOLE + b"x", WITH_GAPS):
            path = self.put("file", content)
            self.assertIn("stet edit --lenient ", stet("edit", path, "--set", "a=b", status=1).stderr)
            self.assertEqual(path.read_bytes(), content)

    def test_it_goes_with_other_changes_and_digests_of_what_is_gone_go(self):
        digests = {"modelspec.hash_sha256": "0x0", "format": "pt"}
        content = with_header(placed((0, 1), (3, 4), metadata=digests), b"axxb")
        path = self.put("file", content)
        self.assertEqual(stet("edit", "--lenient", path, "--get", "format").stdout, "pt\n")
        target = self.folder / "target"
        done = stet("edit", "--lenient", path, "--set", "c=d", "--rename", "b=e", "--output", target, "--json")
        said = json.loads(done.stdout)
        self.assertEqual(
            {key: said[key] for key in ("gap_bytes_removed", "trailing_bytes_removed", "metadata_dropped", "tensors")},
            {"gap_bytes_removed": 2, "trailing_bytes_removed": 0, "metadata_dropped": ["modelspec.hash_sha256"],
             "tensors": 2},
        )
        self.assert_strict(target, {"a": b"a", "e": b"b"})
        with safetensors.safe_open(target, "numpy") as opened:
            self.assertEqual(opened.metadata(), {"format": "pt", "c": "d"})
        self.assertEqual(path.read_bytes(), content)

    def test_what_cannot_be_repaired_is_refused_and_stays(self):
        twice = b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}'
        for content, words in (
            (WHOLE[:-1], "is cut short by 1 byte: "),
            (with_header(placed((0, 2), (1, 3)), b"abc"), "tensor 'b': its data should begin at 2, data_offsets say 1"),
            (with_header(twice, b"ab"), "the header names tensor 'a' twice, and of two the later counts"),
            (with_header(b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,2]}}', b"ab"), "data_offsets hold 2 bytes"),
            (with_header(b'{"a":', b""), "byte 13 of the file: "),
        ):
            path = self.put("file", content)
            complaint = stet("edit", "--lenient", path, status=1).stderr
            self.assertIn(words, complaint)
            self.assertEqual(complaint.count("\n"), 1)
            self.assertEqual(path.read_bytes(), content)

    def test_standard_input_is_shown_and_not_changed(self):
        content = checkpoint({"a": ("U8", [1], b"1")}, {"format": "pt"})
        self.assertEqual(stet("edit", "-", "--get", "format", input=content).stdout, "pt\n")
        self.assertIn("standard input cannot be changed", stet("edit", "-", "--set", "a=b", status=2, input=content).stderr)


class Standard(Scratch):

    def test_standard_input_is_as_good_as_a_file(self):
        self.assertTrue(stet("inspect", "-", input=WHOLE).stdout.startswith("standard input\n"))
        self.assertTrue(stet("verify", "-", input=WHOLE).stdout.startswith("standard input: sound\n"))


class Verify(Scratch):
    def said(self, content, *options, status=0):
        return stet("verify", self.put("file", content), *options, status=status).stdout

    def test_what_the_text_of_the_format_forbids_is_a_warning(self):
        header = b" " + WHOLE[8:DATA]
        spaced = struct.pack("<Q", len(header)) + header + WHOLE[DATA:]
        self.assertRegex(self.said(spaced), r"(?s): sound, 1 warning\n.*    warning text-forbidden: .*forbids\n")
        self.assertIn(": not sound, 1 warning", self.said(spaced, "--strict", status=1))

    def test_a_header_beyond_the_limit_of_a_program_is_a_warning(self):
        said = self.said(checkpoint({"a": ("U8", [1], b"1")}, {"long": "x" * 1_048_577}))
        self.assertIn("warning header-ceiling: ComfyUI shows no metadata of a file whose header passes 1,048,576", said)

    def test_entries_that_name_two_predictions_are_an_error(self):
        for key, kind in (("v", "epsilon"), ("epsilon", "v")):
            said = self.said(
                checkpoint({"a": ("U8", [1], b"1")}, {"modelspec.predict_key": key, "modelspec.prediction_type": kind}),
                status=1,
            )
            self.assertIn(
                f"error prediction-conflict: metadata 'modelspec.prediction_type': expected {key}, as "
                f"'modelspec.predict_key' says, found {kind}\n", said,
            )

    def test_tensors_that_cannot_be_mapped_are_worth_a_line(self):
        data = {"a": ("U8", [1], b"1"), "b": ("F32", [1], bytes(4)), "c": ("F16", [2], bytes(4))}
        said = self.said(checkpoint(data, {"": "x" * (-len(checkpoint(data, {"": ""})) % 8 + 1)}))
        self.assertIn(": sound\n", said)
        self.assertIn("    info unaligned: ", said)


class Hash(Scratch):
    def test_hashes_are_those_of_hashlib_and_zlib(self):
        data = np.random.default_rng(1).integers(0, 256, 1_200_000, dtype="u1").tobytes()
        whole = checkpoint({"a": ("U8", [1_000_000], data[:1_000_000]), "b": ("U8", [200_000], data[1_000_000:])})
        expected = {
            "autov1": hashlib.sha256(whole[0x100000:0x110000]).hexdigest()[:8],
            "autov2": hashlib.sha256(whole).hexdigest()[:10],
            "autov3": hashlib.sha256(data).hexdigest()[:12],
            "sha256": hashlib.sha256(whole).hexdigest(),
            "crc32": f"{zlib.crc32(whole):08x}",
            "modelspec": "0x" + hashlib.sha256(data).hexdigest(),
        }
        path = self.put("whole", whole)
        for found in (
            json.loads(stet("hash", "--json", path).stdout)[0],
            json.loads(stet("hash", "--json", "-", input=whole).stdout)[0],
        ):
            self.assertEqual({key: found[key] for key in expected}, expected)
        self.assertEqual(stet("hash", "--kind", "SHA256", path).stdout, f"{expected['sha256']}  {path}\n")
        by_tensor = json.loads(stet("hash", "--json", "--tensors", path).stdout)[0]["tensors"]
        self.assertEqual(
            [(one["name"], one["sha256"]) for one in by_tensor],
            [("a", hashlib.sha256(data[:1_000_000]).hexdigest()), ("b", hashlib.sha256(data[1_000_000:]).hexdigest())],
        )

    def test_a_recorded_digest_is_compared(self):
        data = bytes(range(64))
        right = "0x" + hashlib.sha256(data).hexdigest()
        for told, status in ((right, 0), (right.upper().replace("0X", "0x"), 0), ("0x" + "0" * 64, 1)):
            path = self.put("file", checkpoint({"a": ("U8", [64], data)}, {"modelspec.hash_sha256": told}))
            said = stet("verify", path, status=status).stdout
            line = f"error digest-conflict: metadata 'modelspec.hash_sha256': expected {right}, found {told}"
            self.assertEqual(line in said, status == 1)
        self.assertEqual(stet("verify", "--header-only", path).returncode, 0)


def bfloat16(numbers):
    bits = numbers.astype("<f4").view("<u4")
    return ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).astype("<u2")


class Cast(Scratch):
    def test_floats_are_rounded_and_the_rest_stays(self):
        numbers = np.random.default_rng(1).standard_normal(1000).astype("<f4")
        large = np.array([1e5, -1e6, np.inf, 1], "<f4")
        path = self.put("file", checkpoint({
            "a": ("F32", [1000], numbers.tobytes()),
            "a.norm": ("F32", [1000], numbers.tobytes()),
            "large": ("F32", [4], large.tobytes()),
            "ids": ("I64", [2], struct.pack("<qq", 1, 2)),
        }, {"format": "pt", "modelspec.hash_sha256": "0x0"}))
        for dtype, of in (("BF16", bfloat16), ("F16", lambda x: x.astype("<f2"))):
            target = self.folder / dtype
            done = stet("cast", path, "--to", dtype.lower(), "--keep", "*norm", "--output", target, "--json")
            said = json.loads(done.stdout)
            with np.errstate(over="ignore"):
                expected = {"a": of(numbers).tobytes(), "large": of(large).tobytes()}
            content = target.read_bytes()
            size = 8 + struct.unpack("<Q", content[:8])[0]
            header = json.loads(content[8:size])
            self.assertEqual(header.pop("__metadata__"), {"format": "pt"})
            self.assertEqual(
                {name: one["dtype"] for name, one in header.items()},
                {"a": dtype, "a.norm": "F32", "large": dtype, "ids": "I64"},
            )
            for name, data in expected.items():
                begin, end = header[name]["data_offsets"]
                self.assertEqual(content[size + begin : size + end], data)
            counts = {one["name"]: (one["clipped"], one["not_finite"]) for one in said["cast"]}
            self.assertEqual(counts, {"a": (0, 0), "large": (2 if dtype == "F16" else 0, 1)})
            self.assertEqual((said["as_they_were"], said["metadata_dropped"]), (2, ["modelspec.hash_sha256"]))

    def test_quantised_layers_become_plain_weights(self):
        # E4M3: codes 0x38, 0xB8, 0x40, 0x30 are 1, -1, 2 and 0.5.
        marker = b'{"format": "float8_e4m3fn"}'
        path = self.put("file", checkpoint({
            "l.weight_scale": ("F32", [], struct.pack("<f", 3)),
            "n.weight": ("F32", [2], struct.pack("<ff", 1, 2)),
            "l.comfy_quant": ("U8", [len(marker)], marker),
            "l.weight": ("F8_E4M3", [2, 2], bytes([0x38, 0xB8, 0x40, 0x30])),
        }))
        self.assertIn("1 quantised layer", stet("verify", path).stdout)
        target = self.folder / "plain"
        done = stet("cast", path, "--to", "F16", "--dequantise", "--output", target)
        self.assertIn("1 quantised layer dequantised", done.stdout)
        found = safetensors.numpy.load_file(target)
        self.assertEqual({name: one.dtype for name, one in found.items()}, {"l.weight": "f2", "n.weight": "f2"})
        self.assertEqual(found["l.weight"].tolist(), [[3, -3], [6, 1.5]])


class Prune(Scratch):
    def test_what_stays_keeps_its_bytes_and_its_order(self):
        names = ["z.weight", "model_ema.z.weight", "optimizer.z.exp_avg", "global_step", "a.weight"]
        path = self.put("file", checkpoint({name: ("U8", [] if name == "global_step" else [1], bytes([i]))
                                            for i, name in enumerate(names)}))
        target = self.folder / "pruned"
        done = stet("prune", path, "--output", target, "--json")
        content = target.read_bytes()
        header = json.loads(content[8 : 8 + struct.unpack("<Q", content[:8])[0]])
        self.assertEqual(list(header), ["z.weight", "a.weight"])
        self.assertEqual(content[-2:], bytes([0, 4]))
        self.assertEqual([one["name"] for one in json.loads(done.stdout)["left_out"]], names[1:4])

    def test_metadata_forgets_layers_that_are_gone(self):
        layer = {"format": "float8_e4m3fn"}
        tensors = {}
        for name in "ab":
            tensors[f"{name}.weight_scale"] = ("F32", [], struct.pack("<f", 1))
            tensors[f"{name}.weight"] = ("F8_E4M3", [1, 2], bytes(2))
        told = json.dumps({"layers": {"a": layer, "b": layer}})
        path = self.put("file", checkpoint(tensors, {"_quantization_metadata": told}))
        target = self.folder / "pruned"
        stet("prune", path, "--pattern", "a.*", "--output", target)
        with safetensors.safe_open(target, "numpy") as opened:
            self.assertEqual(json.loads(opened.metadata()["_quantization_metadata"])["layers"], {"b": layer})
        stet("verify", target)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
