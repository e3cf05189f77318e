# SPDX-License-Identifier: MIT
"""The readers, each as a function that reads one file: it gives {name: bytes} or, where a reader tells no bytes, names
alone with None; it raises where the reader refuses the file. Run by verdicts.py, in a process of its own:

    readers.py READER LIST         LIST is a file of paths, read in turn; the first one to warm up
    readers.py READER --version

For each path comes one line: `+ {"name": crc32 or null...}`, `- why it is refused`, or `! why that is no answer`.
"""
import functools
import importlib
import importlib.metadata
import json
import os
import pathlib
import signal
import subprocess
import sys
import zlib

HERE = pathlib.Path(__file__).resolve().parent
READERS = {}


class Refused(Exception):
    """What a reader says that raises nothing."""


class Reader:
    def __init__(self, read, needs, kind, note, long):
        self.read, self.needs, self.kind, self.note, self.long = read, needs, kind, note, long


def reader(name, needs, kind="loads", note="", long=False):
    """needs: what pip installs for it, itself first. kind: what it does with a file, "loads" where it gives tensors."""

    def add(function):
        READERS[name] = Reader(function, needs.split(), kind, note, long)
        return function

    return add


def raw(array):
    """The bytes of a numpy array, or of what makes one."""
    return array.tobytes()


# ---- the reference, and packages made of its crate ----


def with_reference(path):
    tensors = importlib.import_module("safetensors").deserialize(content(path))
    return {name: bytes(one["data"]) for name, one in tensors}


def content(path):
    with open(path, "rb") as file:
        return file.read()


reader("safetensors", "safetensors==0.8.0 numpy", note="the reference")(with_reference)
reader("safetensors, pre-release", "safetensors==0.9.0rc1 numpy", note="the reference")(with_reference)


@reader("cryptotensors", "cryptotensors numpy", note="a fork of the reference")
def _(path):
    return {name: bytes(one["data"]) for name, one in importlib.import_module("cryptotensors").deserialize(content(path))}


@reader("candle-nn", "candle-nn", note="on the reference's crate")
def _(path):
    return dict.fromkeys(importlib.import_module("candle.utils").load_safetensors(path))


# ---- this library, through the program that STET_READS names ----


def with_stet(path, *mode):
    data = content(path)
    program = [os.environ["STET_READS"], *mode]
    done = subprocess.run(program, input=b"%d\n%s" % (len(data), data), stdout=subprocess.PIPE, check=False)
    if done.returncode < 0:
        os.kill(os.getpid(), -done.returncode)
    mark, *rest = done.stdout.decode().split()
    if mark == "-":
        raise Refused(rest[0])
    fields = [tensor.split(":") for tensor in rest[1:]]
    return {bytes.fromhex(field[0]).decode(): int(field[-1]) for field in fields}


reader("stet", "", note="this library")(with_stet)
reader("stet, strict", "", note="this library, asked to refuse what the format's text forbids")(
    lambda path: with_stet(path, "strict")
)


# ---- readers of their own ----


@reader("mlx", "mlx[cpu] numpy", note="C++; of Apple's, here on the CPU")
def _(path):
    core, numpy = importlib.import_module("mlx.core"), importlib.import_module("numpy")
    tensors = core.load(path, format="safetensors")
    core.eval(*tensors.values())
    return {name: raw(numpy.array(one.flatten().view(core.uint8))) if one.size else b"" for name, one in tensors.items()}


@reader("ztensor", "ztensor numpy", note="Rust")
def _(path):
    return {name: bytes(one.tobytes()) for name, one in importlib.import_module("ztensor").open(path).items()}


@reader("tinygrad", "tinygrad numpy", note="Python")
def _(path):
    tensors = importlib.import_module("tinygrad.nn.state").safe_load(path)
    loaded = {name: one.to("CPU").contiguous().realize().uop.base.realized for name, one in tensors.items()}
    return {name: bytes(one.as_memoryview()) if hasattr(one, "as_memoryview") else b"" for name, one in loaded.items()}


@reader("gguf", "gguf", note="Python; of llama.cpp's converters")
def _(path):
    tensors = importlib.import_module("gguf.utility").SafetensorsLocal(path).tensors
    return {name: bytes(one.mmap_bytes()) for name, one in tensors.items()}


@reader("pure-safetensors", "pure-safetensors marshmallow<4 numpy", note="Python, of 2023")
def _(path):
    with importlib.import_module("pure_safetensors").SafeTensors(path, "r") as file:
        return {name: bytes(one[0]) for name, one in file.as_buffer().items()}


@reader("netron", "netron", kind="shows", note="JavaScript, run by node")
def _(path):
    netron = started(("node", HERE / "netron_reads.mjs", os.environ["PYTHONPATH"]))
    netron.stdin.write(path + "\n")
    netron.stdin.flush()
    line = netron.stdout.readline()
    if not line.startswith("+ "):
        raise Refused(line or "node ended")
    return json.loads(line[2:])


@functools.cache
def started(command):
    """A program that answers each line by a line."""
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@reader("model-fingerprint", "model-fingerprint", kind="hashes", note="Python")
def _(path):
    module, tensors = importlib.import_module("model_fingerprint"), {}
    with module.FileReader(pathlib.Path(path)) as file:
        model = module.parse_safetensors(file, pathlib.Path(path))
        module.fingerprint(model, file)
        for one in model.tensors:
            file.f.seek(model.data_start + one.offset)
            tensors[one.name] = file.f.read(one.nbytes)
    return tensors


# ---- readers that need torch ----


def raw_torch(tensors):
    torch = importlib.import_module("torch")
    return {name: raw(one.contiguous().flatten().view(torch.uint8).numpy()) for name, one in tensors.items()}


@reader("fastsafetensors", "fastsafetensors torch numpy", note="C++ and Python; loads to GPUs, here to memory", long=True)
def _(path):
    opened = importlib.import_module("fastsafetensors").fastsafe_open(path, nogds=True, device="cpu")
    with opened as file:
        return raw_torch({name: file.get_tensor(name) for name in file.keys()})


@reader("runai-model-streamer", "runai-model-streamer torch numpy", note="C++ and Python", long=True)
def _(path):
    with importlib.import_module("runai_model_streamer").SafetensorsStreamer() as streamer:
        streamer.stream_file(path)
        loaded = {}
        for name, tensor in streamer.get_tensors():  # its memory is used again for the next one
            loaded |= raw_torch({name: tensor})
        return loaded


@reader("safetensors-streaming", "safetensors-streaming torch numpy", note="Rust; loads from stores, here a file", long=True)
def _(path):
    return raw_torch(importlib.import_module("safetensors_streaming").load_file(path))


@reader(
    "unifiedefficientloader", "unifiedefficientloader torch safetensors numpy", note="Python; a tensor at a time", long=True
)
def _(path):
    opened = importlib.import_module("unifiedefficientloader").UnifiedSafetensorsLoader(path, low_memory=True)
    with opened as file:
        return raw_torch({name: file.get_tensor(name) for name in file.keys()})


# ---- what judges a file, or looks at its header ----


@reader("modelvet", "modelvet", kind="judges", note="C")
def _(path):
    report = importlib.import_module("modelvet").verify_safetensors(content(path))
    if not report.accepted:
        raise Refused(report.violation_name)


@reader("modelaudit", "modelaudit", kind="judges", note="Python")
def _(path):
    result = importlib.import_module("modelaudit").scan_file(path)
    found = [issue for issue in result.issues if issue.severity.value in ("warning", "critical")]
    if found or not result.success:
        raise Refused(found[0].message if found else "not scanned")


@reader("hayward", "hayward", kind="judges", note="Python")
def _(path):
    hayward = importlib.import_module("hayward")
    found = [one for one in hayward.ModelFileScanner().scan_file(pathlib.Path(path)) if not hayward.is_coverage_gap(one)]
    if found:
        raise Refused(f"{found[0].rule_id}: {found[0].message}")


@reader("safetensors-arch", "safetensors-arch", kind="header", note="Python")
def _(path):
    header = importlib.import_module("safetensors_arch").read_header(path)
    if header is None:
        raise Refused("no header")
    return {name: None for name in header if name != "__metadata__"}


# ---- one process ----


def version(name):
    if not READERS[name].needs:
        return "this tree"
    package = READERS[name].needs[0].split("==")[0].split("[")[0]
    return importlib.metadata.version(package)


def told(tensors):
    if tensors is None:
        return "null"
    sums = {name: zlib.crc32(one) if isinstance(one, bytes) else one for name, one in tensors.items()}
    return json.dumps(sums)


def main(name, paths):
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a reader prints is no answer
    if paths == "--version":
        print(version(name), file=answers)
        return
    with open(paths, encoding="utf-8") as listed:
        for path in listed.read().splitlines():
            try:
                line = "+ " + told(READERS[name].read(path))
            except BaseException as refusal:  # whatever a reader raises is how it refuses, but for a panic of Rust's
                kind = type(refusal).__name__
                line = f"{'!' if kind == 'PanicException' else '-'} {kind}: {refusal}"[:200].replace("\n", " ")
            print(line, file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
