# SPDX-License-Identifier: MIT
"""What others' programs say of files that this library wrote. Run by others.py, each in a process of its own:

    suites.py SUITE CHECKPOINT FOLDER STATEMENT SCRATCH
    suites.py SUITE --version

CHECKPOINT is one file, FOLDER holds the same in shards with an index, STATEMENT is the text to be signed for that folder.
Prints the number of things that are right, that of the things asked, and what they are.
"""
import base64
import hashlib
import importlib
import importlib.metadata
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

SUITES = {}


class Suite:
    def __init__(self, run, needs, long):
        self.run, self.needs, self.long = run, needs, long


class Made:
    """The files, and a folder for what a suite writes."""

    def __init__(self, checkpoint, folder, statement, scratch):
        self.checkpoint, self.folder, self.scratch = map(pathlib.Path, (checkpoint, folder, scratch))
        self.statement = pathlib.Path(statement).read_bytes().rstrip(b"\n")
        self.shards = sorted(self.folder.glob("*.safetensors"))
        self.index = json.loads((self.folder / "model.safetensors.index.json").read_text(encoding="utf-8"))

    def tensors(self, file=None):
        """{name: (dtype, shape, bytes)}, in the order of the file."""
        data = (file or self.checkpoint).read_bytes()
        start = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(data[8:start])
        header.pop("__metadata__", None)
        ordered = sorted(header.items(), key=lambda item: item[1]["data_offsets"])
        return {
            name: (one["dtype"], one["shape"], data[start + one["data_offsets"][0] : start + one["data_offsets"][1]])
            for name, one in ordered
        }


def suite(name, needs, long=False):
    """needs: what pip installs for it, itself first."""

    def add(function):
        SUITES[name] = Suite(function, needs.split(), long)
        return function

    return add


def status(*call, **options):
    return subprocess.run(call, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)


def right(facts, what):
    """How many of the facts hold."""
    return sum(map(bool, facts)), len(facts), what


@suite("huggingface_hub, its split", "huggingface-hub numpy")
def _(made):
    split = importlib.import_module("huggingface_hub").split_state_dict_into_shards_factory
    tensors = made.tensors()
    plan = split(
        tensors, get_storage_size=lambda one: len(one[2]), max_shard_size=2_000_000,
        filename_pattern="model{suffix}.safetensors",
    )
    facts = [list(made.tensors(file)) == plan.filename_to_tensors.get(file.name) for file in made.shards]
    facts += [sorted(plan.filename_to_tensors) == [file.name for file in made.shards]]
    facts += [plan.tensor_to_filename == made.index["weight_map"]]
    facts += [plan.metadata == {"total_size": made.index["metadata"]["total_size"]}]
    return right(facts, "its own split of the tensors gives the same shards, names and index")


@suite("safetensors, the index", "safetensors numpy")
def _(made):
    opened = {file.name: importlib.import_module("safetensors").safe_open(file, "np") for file in made.shards}
    facts = []
    for name, (_, shape, data) in made.tensors().items():
        array = opened[made.index["weight_map"][name]].get_tensor(name)
        facts.append(list(array.shape) == shape and array.tobytes() == data)
    return right(facts, "tensors, found by the index, are as in the one file")


@suite("model-signing", "model-signing pyOpenSSL")
def _(made):
    keys = importlib.import_module("cryptography.hazmat.primitives.asymmetric.ec")
    hashes = importlib.import_module("cryptography.hazmat.primitives.hashes")
    forms = importlib.import_module("cryptography.hazmat.primitives.serialization")
    key = keys.generate_private_key(keys.SECP256R1())
    public = key.public_key().public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo)
    kind = "application/vnd.in-toto+json"
    signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(made.statement), made.statement)
    signature = key.sign(signed, keys.ECDSA(hashes.SHA256()))
    bundle = {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"publicKey": {"hint": hashlib.sha256(public).hexdigest()}, "tlogEntries": []},
        "dsseEnvelope": {
            "payload": base64.b64encode(made.statement).decode(),
            "payloadType": kind,
            "signatures": [{"sig": base64.b64encode(signature).decode(), "keyid": ""}],
        },
    }
    (made.scratch / "key.pem").write_bytes(public)
    (made.scratch / "signature.json").write_text(json.dumps(bundle), encoding="utf-8")
    changed = made.scratch / made.folder.name
    shutil.copytree(made.folder, changed)
    with open(changed / made.shards[0].name, "r+b") as file:
        file.seek(-1, 2)
        last = file.read(1)
        file.seek(-1, 2)
        file.write(bytes([last[0] ^ 1]))
    call = [sys.executable, "-m", "model_signing", "verify", "key", "--public_key", made.scratch / "key.pem"]
    call += ["--signature", made.scratch / "signature.json"]
    facts = ["succeeded" in status(*call, made.folder).stdout, status(*call, changed).returncode != 0]
    return right(facts, "verifies the signed statement; refuses the folder with one bit changed")


@suite("modelaudit", "modelaudit")
def _(made):
    report = made.scratch / "report.json"
    call = [sys.executable, "-m", "modelaudit", "scan", "--format", "json", "--output", report, "--no-cache"]
    done = status(*call, made.checkpoint, made.folder)
    found = json.loads(report.read_text(encoding="utf-8"))
    serious = [one["message"] for one in found["issues"] if one["severity"] not in ("info", "debug")]
    scanned = found["files_scanned"]
    files = 2 + len(made.shards)  # with the index
    return (scanned if done.returncode == 0 and not serious else 0), files, "files scanned, nothing found"


@suite("modelvet", "modelvet")
def _(made):
    verify = importlib.import_module("modelvet").verify_path
    return right([verify(file).accepted for file in (made.checkpoint, *made.shards)], "files accepted")


@suite("hayward", "hayward")
def _(made):
    scan = importlib.import_module("hayward").ModelFileScanner().scan_file
    return right([not scan(file) for file in (made.checkpoint, *made.shards)], "files without a finding")


@suite("onnx-safetensors", "onnx-safetensors")
def _(made):
    onnx = importlib.import_module("onnx")
    types = {"F16": onnx.TensorProto.FLOAT16, "F32": onnx.TensorProto.FLOAT, "I64": onnx.TensorProto.INT64}
    tensors = made.tensors()
    empty = [
        onnx.helper.make_tensor(name, types[dtype], shape, bytes(len(data)), raw=True)
        for name, (dtype, shape, data) in tensors.items()
    ]
    model = onnx.helper.make_model(onnx.helper.make_graph([], "empty", [], [], empty))
    filled = importlib.import_module("onnx_safetensors").load_file(model, made.checkpoint)
    found = {one.name: one.raw_data for one in filled.graph.initializer}
    return right([found.get(name) == data for name, (_, _, data) in tensors.items()], "initialisers filled from the file")


@suite("c2pa-ml", "c2pa-ml")
def _(made):
    module, data = importlib.import_module("c2pa_ml"), made.checkpoint.read_bytes()
    embedded = bytes(module.embed_manifest(data, b"a manifest"))
    (made.scratch / "embedded.safetensors").write_bytes(embedded)
    facts = [module.detect_format(data) == "SafeTensors", module.read_manifest(embedded) == b"a manifest"]
    facts += [made.tensors(made.scratch / "embedded.safetensors") == made.tensors()]
    return right(facts, "knows the file, embeds a manifest and finds it again, the tensors as they were")


@suite("reminis", "reminis")
def _(made):
    module = importlib.import_module("reminis")
    again = made.scratch / "again.safetensors"
    module.safetensors_to_sqlite(str(made.folder), str(made.scratch / "model.db"), verbose=False)
    module.sqlite_to_safetensors(str(made.scratch / "model.db"), str(again), verbose=False)
    found = made.tensors(again)
    return right([found.get(name) == one for name, one in made.tensors().items()], "tensors through its database and back")


@suite("huggingface_hub, loading", "huggingface-hub safetensors torch numpy", long=True)
def _(made):
    hub, torch = importlib.import_module("huggingface_hub"), importlib.import_module("torch")
    types = {"F16": torch.float16, "F32": torch.float32, "I64": torch.int64}

    class Model(torch.nn.Module):
        """Has every tensor of the file by its name, whose points torch would not take for one of a parameter."""

        def __init__(self):
            super().__init__()
            for name, (dtype, shape, _) in tensors.items():
                self._parameters[name] = torch.nn.Parameter(torch.zeros(shape, dtype=types[dtype]), requires_grad=False)

    tensors = made.tensors()
    model = Model()
    hub.load_torch_model(model, made.folder, strict=True)
    found = {name: one.numpy().tobytes() for name, one in model.state_dict().items()}
    return right([found[name] == data for name, (_, _, data) in tensors.items()], "tensors loaded into a model of torch's")


@suite("huggingface_hub, its tests", "huggingface-hub safetensors torch numpy pytest pytest-mock pytest-env", long=True)
def _(made):
    release, passed = importlib.metadata.version("huggingface-hub"), {}
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "reference_module"))
    importlib.import_module("compare").fetch_source(release, made.scratch, "huggingface_hub")
    installed = pathlib.Path(importlib.import_module("safetensors").__file__).parent
    for whose in ("theirs", "ours"):
        shutil.copytree(installed, made.scratch / whose / "safetensors")
    for compiled in (made.scratch / "ours" / "safetensors").glob("_safetensors_rust*"):
        compiled.unlink()
    shutil.copy(os.environ["STET_MODULE"], made.scratch / "ours" / "safetensors" / "_safetensors_rust.so")
    for whose in ("theirs", "ours"):
        call = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/test_serialization.py"]
        done = status(
            *call, cwd=made.scratch / f"huggingface_hub-{release}",
            env={**os.environ, "PYTHONPATH": str(made.scratch / whose)},
        )
        count = re.search(r"(\d+) passed", done.stdout)
        passed[whose] = int(count[1]) if count else 0
    return passed["ours"], max(passed["theirs"], 1), "of its tests of saving and loading that pass, on a module of this library"


@suite("torch, its distributed checkpoints", "torch safetensors numpy", long=True)
def _(made):
    torch, checkpoint = importlib.import_module("torch"), importlib.import_module("torch.distributed.checkpoint")
    reader = importlib.import_module("torch.distributed.checkpoint.hf_storage").HuggingFaceStorageReader
    known = reader(str(made.folder)).read_metadata().state_dict_metadata
    state = {name: torch.empty(one.size, dtype=one.properties.dtype) for name, one in known.items()}
    checkpoint.load(state, storage_reader=reader(str(made.folder)), no_dist=True)
    tensors = made.tensors()
    facts = [name in state and state[name].numpy().tobytes() == data for name, (_, _, data) in tensors.items()]
    return right(facts, "tensors loaded from the folder of shards")


def main(name, *paths):
    if paths == ("--version",):
        print(importlib.metadata.version(SUITES[name].needs[0].split("[")[0]))
        return
    print(json.dumps(SUITES[name].run(Made(*paths))))


if __name__ == "__main__":
    main(*sys.argv[1:])
