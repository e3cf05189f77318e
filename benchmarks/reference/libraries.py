# SPDX-License-Identifier: MIT
"""The libraries that peers.py times: each saves what it took, opens a file, and loads one tensor or all of it."""

import contextlib
import importlib

import numpy
import safetensors


class Rust:
    """The reference."""

    name, package = "reference", "safetensors"

    def take(self, arrays, reference):
        self.tensors = reference.tensors

    def save(self, path):
        safetensors.serialize_file(self.tensors, path, None)

    def open(self, path):
        return safetensors.safe_open(path, framework="np")

    def one(self, path, name):
        with self.open(path) as file:
            return {name: file.get_tensor(name)}

    def all(self, path):
        with self.open(path) as file:
            return {name: file.get_tensor(name) for name in file.keys()}


class Mlx:
    name = package = "mlx"

    def __init__(self):
        self.core = importlib.import_module("mlx.core")

    def take(self, arrays, reference):
        self.tensors = {name: self.core.array(array) for name, array in arrays.items()}
        self.core.eval(list(self.tensors.values()))

    def save(self, path):
        self.core.save_safetensors(path, self.tensors)

    def open(self, path):
        return self.core.load(path)

    def one(self, path, name):
        tensor = self.core.load(path)[name]
        self.core.eval(tensor)
        return {name: tensor}

    def all(self, path):
        tensors = self.core.load(path)
        self.core.eval(list(tensors.values()))
        return tensors


class ZTensor:
    """Reads safetensors, writes a format of its own."""

    name, package = "zTensor", "ztensor"

    def __init__(self):
        self.module = importlib.import_module("ztensor")
        self.writer = importlib.import_module("ztensor.numpy")

    def take(self, arrays, reference):
        self.tensors = arrays

    def save(self, path):
        self.writer.save_file(self.tensors, path)

    def open(self, path):
        return self.module.open(path)

    def one(self, path, name):
        with self.module.open(path) as file:
            return {name: numpy.frombuffer(file[name].tobytes(), numpy.uint8)}

    def all(self, path):
        with self.module.open(path) as file:
            return {tensor.name: numpy.frombuffer(tensor.tobytes(), numpy.uint8) for tensor in file.values()}


class Torch:
    """torch.save and torch.load: a zip file with a pickle."""

    name = package = "torch"

    def __init__(self):
        self.module = importlib.import_module("torch")

    def take(self, arrays, reference):
        self.tensors = {name: self.module.from_numpy(array) for name, array in arrays.items()}

    def save(self, path):
        self.module.save(self.tensors, path)

    def open(self, path):
        return self.module.load(path, mmap=True)

    def one(self, path, name):
        return {name: self.module.load(path, mmap=True)[name].clone()}

    def all(self, path):
        return self.module.load(path)


class FastSafetensors:
    """Loads to GPUs, here to memory; needs torch."""

    name = package = "fastsafetensors"

    def __init__(self):
        self.module = importlib.import_module("fastsafetensors")
        self.framework = importlib.import_module("fastsafetensors.frameworks").get_framework_op("pytorch")

    def open(self, path):
        return self.module.SafeTensorsMetadata.from_file(path, self.framework)

    def one(self, path, name):
        return self.load(path, lambda each: each == name)

    def all(self, path):
        return self.load(path, None)

    def load(self, path, wanted):
        with contextlib.closing(self.module.SafeTensorsFileLoader(None, "cpu", nogds=True)) as loader:
            loader.set_tensor_filter(wanted)
            loader.add_filenames({0: [path]})
            files = loader.copy_files_to_device()
            return Lent({name: files.get_tensor(name) for name in loader.get_keys()}, files)


class Lent(dict):
    """Tensors that somebody else's memory is behind, which goes with them."""

    def __init__(self, tensors, owner):
        super().__init__(tensors)
        self.owner = owner

    def close(self):
        self.clear()
        self.owner.close()


def present():
    """Those that are installed, and the names of those that are not."""
    found, missing = [], []
    for kind in (Rust, Mlx, ZTensor, Torch, FastSafetensors):
        try:
            found.append(kind())
        except ImportError:
            missing.append(kind.name)
    return found, missing
