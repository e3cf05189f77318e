# SPDX-License-Identifier: MIT
"""Shows stet's types in gdb as one would write them down.

Say `source <prefix>/share/stet/stet_gdb.py`, at gdb's prompt or in .gdbinit. gdb loads it by itself where it lies beside
a program under the program's name and `-gdb.py`, in a folder of its auto-load safe-path; and with a shared
stet::compiled that is installed under /usr.
"""

import struct

import gdb
import gdb.printing

KEPT_AXES = 8
MOST_ELEMENTS = 200

# How many bytes an element takes and how struct reads it, of the dtypes that are shown as numbers.
FORMATS = {
    "boolean": "?", "u8": "B", "i8": "b", "i16": "h", "u16": "H", "f16": "e", "i32": "i", "u32": "I", "f32": "f",
    "f64": "d", "i64": "q", "u64": "Q",
}


def view_of(text):
    """Where a std::string_view's characters are and how many, by libstdc++, libc++ or Microsoft's library."""
    for data, size in (("_M_str", "_M_len"), ("__data_", "__size_"), ("__data", "__size"), ("_Mydata", "_Mysize")):
        try:
            return int(text[data]), int(text[size])
        except gdb.error:
            continue
    return 0, 0


def text_of(text):
    return characters(*view_of(text))


def characters(address, size):
    if size == 0:
        return ""
    return memory_at(address, size).decode("utf-8", "replace")


def memory_at(address, size):
    return bytes(gdb.selected_inferior().read_memory(int(address), size))


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def enumerator_name(value):
    # Asked of the type: to print the value would come back here.
    for field in value.type.strip_typedefs().fields():
        if field.enumval == int(value):
            return field.name.rsplit("::", 1)[-1]
    return str(int(value))


def dtype_name(value):
    name = enumerator_name(value)
    return "BOOL" if name == "boolean" else name.upper()


def axes_text(numbers):
    return "[" + ", ".join(str(n) for n in numbers) + "]"


def first_element(array):
    return array["data_"].cast(array.type.strip_typedefs().unqualified().template_argument(0).pointer())


def growing_elements(array):
    first = first_element(array)
    return [first[i] for i in range(int(array["size_"]))]


def plural(count, what):
    return "%d %s%s" % (count, what, "" if count == 1 else "s")


class Dtype:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return dtype_name(self.value)


class Axes:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        count = int(self.value["count_"])
        if count <= KEPT_AXES:
            kept = self.value["kept_"]
            first = kept.address.cast(kept.type.strip_typedefs().template_argument(0).pointer())
            numbers = [int(first[i]) for i in range(count)]
            # A shape keeps what a negative axis becomes, beside the problem.
            shown = axes_text([n - 2**64 if n >= 2**63 else n for n in numbers])
        else:
            shown = "[%d axes at 0x%x]" % (count, int(self.value["borrowed_"]))
        if int(self.value["problem_"]) != 0:
            shown += " (%s)" % enumerator_name(self.value["problem_"])
        return shown


class TensorView:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        value = self.value
        shape = Axes(value["shape"]).to_string()
        shown = "%s %s, %s" % (dtype_name(value["type"]), shape, plural(int(value["size"]), "byte"))
        if int(value["pour"]) != 0:
            if int(value["strides"]["count_"]) != 0:
                return shown + ", strides " + Axes(value["strides"]).to_string()
            return shown + ", written by a function"
        return shown + ", packed"

    def children(self):
        value = self.value
        code = FORMATS.get(enumerator_name(value["type"]))
        if int(value["pour"]) != 0 or code is None or int(value["size"]) == 0:
            return
        size = struct.calcsize("<" + code)
        count = min(int(value["size"]) // size, MOST_ELEMENTS)
        try:
            memory = memory_at(value["data"], count * size)
        except gdb.MemoryError:
            return
        for i, (number,) in enumerate(struct.iter_unpack("<" + code, memory)):
            yield "[%d]" % i, "%g" % number if code in "efd" else str(int(number))

    def display_hint(self):
        return "array"


class FileTensor(TensorView):
    def to_string(self):
        return quoted(text_of(self.value["name"])) + ": " + TensorView.to_string(self)


class FileEntry:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return FileTensor(self.value["tensor"]).to_string()


class Error:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        value = self.value
        texts = value["texts"]
        kept = texts["characters_"]
        sizes = [int(texts[name]) for name in ("first_", "second_", "subject_")]
        pieces, at = [], int(kept.address)
        for size in sizes:
            pieces.append(characters(at, size))
            at += size
        shown = enumerator_name(value["code"]) if int(value["code"]) != 0 else "no error"
        if pieces[2]:
            shown += " " + quoted(pieces[2])
        parties = [quoted(piece) for piece in pieces[:2] if piece]
        if parties:
            shown += " (%s)" % ", ".join(parties)
        for name in ("expected", "actual", "os_code"):
            if int(value[name]) != 0:
                shown += ", %s %d" % (name, int(value[name]))
        return shown


class Result:
    def __init__(self, value):
        self.held = value["held_"]
        self.is_void = "nothing" in str(self.held.type.strip_typedefs().template_argument(0))

    def to_string(self):
        if self.held["has_value"]:
            return "success" if self.is_void else "a value"
        return "failed: " + Error(self.held["failure"]).to_string()

    def children(self):
        if self.held["has_value"] and not self.is_void:
            yield "value", self.held["value"]


class PlacedName:
    def __init__(self, value):
        self.value = value

    def text(self):
        return text_of(self.value["prefix"]) + text_of(self.value["stem"])

    def to_string(self):
        return quoted(self.text())


def record_text(record, shape):
    size, begin = int(record["size"]), int(record["begin"])
    shown = "%s %s, %s at %d" % (dtype_name(record["type"]), shape, plural(size, "byte"), begin)
    for flag in ("has_strides", "is_renamed", "is_cast"):
        if record[flag]:
            shown += ", " + flag.split("_")[1]
    return shown


class Record:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        rank = "of rank %d" % int(self.value["rank"])
        return quoted(PlacedName(self.value["name"]).text()) + ": " + record_text(self.value, rank)


class Plan:
    def __init__(self, value):
        self.records = growing_elements(value["records_"])
        self.axes = first_element(value["axes_"])

    def to_string(self):
        size = sum(int(record["size"]) for record in self.records)
        return "plan of %s, %s" % (plural(len(self.records), "tensor"), plural(size, "byte"))

    def children(self):
        for i, record in enumerate(self.records):
            first, rank = int(record["first_axis"]), int(record["rank"])
            shape = axes_text([int(self.axes[first + axis]) for axis in range(rank)])
            yield str(2 * i), quoted(PlacedName(record["name"]).text())
            yield str(2 * i + 1), record_text(record, shape)

    def display_hint(self):
        return "map"


class MetadataView:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        if int(self.value["each_"]) == 0:
            return "no metadata"
        count = int(self.value["count_"])
        return plural(count, "metadata text") if count else "metadata of a dict at %s" % hex(int(self.value["dict_"]))


class StoredTensor:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return quoted(text_of(self.value["name"])) + ": %s, bytes %d to %d of the data" % (
            dtype_name(self.value["type"]), int(self.value["begin"]), int(self.value["end"]))


class Header:
    """A file's header, and the views of files that hold one."""

    def __init__(self, value, what="header"):
        self.index = value["index_"]
        self.what = what
        self.tensors = growing_elements(self.index["tensors"])

    def text(self, piece):
        at, size = int(piece["at"]), int(piece["size"])
        if at & 0x80000000:
            return characters(int(self.index["unescaped"]["data_"]) + (at & 0x7FFFFFFF), size)
        return characters(view_of(self.index["text"])[0] + at, size)

    def to_string(self):
        size = max([int(tensor["end"]) for tensor in self.tensors], default=0)
        shown = "%s of %s, %s" % (self.what, plural(len(self.tensors), "tensor"), plural(size, "byte"))
        texts = growing_elements(self.index["metadata"])
        if texts:
            shown += ", metadata {%s}" % ", ".join(
                "%s: %s" % (quoted(self.text(entry["key"])), quoted(self.text(entry["value"]))) for entry in texts)
        return shown

    def children(self):
        axes = first_element(self.index["axes"])
        for i, tensor in enumerate(self.tensors):
            first, rank = int(tensor["first_axis"]), int(tensor["rank"])
            shape = axes_text([int(axes[first + axis]) for axis in range(rank)])
            begin, end = int(tensor["begin"]), int(tensor["end"])
            yield str(2 * i), quoted(self.text(tensor["name"]))
            yield str(2 * i + 1), "%s %s, %s at %d" % (
                dtype_name(tensor["type"]), shape, plural(end - begin, "byte"), begin)

    def display_hint(self):
        return "map"


def FileView(value):
    return Header(value["header_"], "file")


SHOWN = {
    "dtype": Dtype,
    "axes": Axes,
    "tensor_view": TensorView,
    "file_tensor": FileTensor,
    "file_entry": FileEntry,
    "error": Error,
    "result": Result,
    "found_tensor": Result,
    "placed_name": PlacedName,
    "record": Record,
    "plan": Plan,
    "metadata_view": MetadataView,
    "stored_tensor": StoredTensor,
    "checkpoint_header": Header,
    "checkpoint_view": FileView,
    "checkpoint_reader": FileView,
    "mapped_checkpoint": FileView,
    "file_checkpoint": FileView,
}


def all_printers():
    printers = gdb.printing.RegexpCollectionPrettyPrinter("stet")
    for name, printer in SHOWN.items():
        # The inline namespace names the version.
        printers.add_printer(name, r"^stet::(v\d+_\d+::)?%s(<.*>)?$" % name, printer)
    return printers


gdb.printing.register_pretty_printer(gdb.current_objfile(), all_printers(), replace=True)
