# SPDX-License-Identifier: MIT
"""Copies the public headers, as Doxygen is to read them.

    python3 headers.py REPOSITORY RESULT

The inline namespace is left out of names. A labelled line (`errors:`, `lifetime:` ...) becomes a paragraph under a heading, a
line that begins with a parameter's name a parameter. What a name says by itself, as `begin` and `size` do, is said here once
for all, and so is which header a program includes for it.
"""
import pathlib
import re
import sys

# What a line of a comment begins with, and the heading that a reader sees.
HEADINGS = {
    "shape": "Shape",
    "units": "Units",
    "errors": "Errors",
    "lifetime": "Lifetime",
    "memory": "Memory",
    "source": "Source",
    "returns": "Returns",
}
# What the names of the standard library's conventions say by themselves, in every class that has them.
CONVENTIONS = [
    # ranges and values, as in the standard library
    (r"\bbegin\(\) const", "The first entry, as ranges have it."),
    (r"iterator +end\(\) const|\bend\(\) const.*(return|;)", "Past the last entry, as ranges have it."),
    (r"(size_t|uint64_t) +size\(\) const|\bdata\(\) const|bool +empty\(\) const", "As in the standard library's containers."),
    (r"\boperator\[\]\(std::size_t", "The entry at that place, counted from 0."),
    (r"\boperator==\(", "Whether all of it is equal."),
    (r"\bcontains\(std::string_view name\)", "Whether there is a tensor of that name."),
    (r"\b(\w+)\(\1&& |\b(\w+)& operator=\(\2&& ", "Moves; the other one is empty afterwards."),
    (r"using value_type =", "The type of what it holds."),
    (r"using (iterator|entry) =", "As ranges have it."),
    (r"\bhas_value\(\) const|explicit operator bool\(\) const", "Whether there is one."),
    (r"\boperator(\*|->)\(\)", "The value; a failed result has none and ends the program."),
    (r"^\w+\(.*\) -> \w+<.*>;", "Finds its type by what it is made of."),
    (r"^#define STET_VERSION_(MAJOR|MINOR|PATCH) ", "One of the version's three numbers."),
    # options, which several calls share
    (r"^ +(stet::)?allocator +allocator = heap\(\);", "Where memory comes from."),
    (r"^ +const (stet::)?file_system\* +file_system = ", "The calls to the operating system."),
    (r"^ +metadata_view +metadata\{\};", "Texts for the header."),
    (r"^ +(stet::)?durability +durability = ", "What a loss of power may take."),
    (r"^ +std::optional<(stet::)?prediction> +prediction\{\};", "What the model predicts, where its family leaves it open."),
    (r"^ +(stet::)?strictness +strictness = ", "Whether what ComfyUI would lose is refused."),
    (r"^ +duplicate_names +duplicates = ", "What becomes of two tensors under one name."),
    (r"^ +empty_components +empty = ", "Whether a component may have no entry."),
    (r"^ +selection::predicate +keep\{\};", "Only tensors for which it answers true are saved."),
    (r"^ +selection::predicate +leave_out\{\};", "Tensors for which it answers true are not saved."),
    (r"^ +casts::casting +cast\{\};", "Which tensors are saved as another dtype."),
    (r"^ +progress_callback +progress\{\};", "Called while bytes are written; false cancels."),
    (r"^ +existing_file +existing = ", "What happens to a file of that name."),
    (r"^ +file_order +order = ", "The order of the tensors in the file."),
    (r"^ +component_reports +components\{\};", "How many tensors and bytes each component gave."),
    # parts of a checkpoint
    (r"^ +component<role::extra> +extra = ", "Tensors that bear their final names already."),
    (r"^ +(component<role::\w+>|split_part|metadata_list) +\w+;", "The component of that name."),
    (r"static constexpr field_list<.*fields\{\};|^ +fields\{\};", "The components, in the order of the fields."),
    (r"static constexpr std::string_view name = ", "What people call it."),
    (r"static constexpr std::string_view architecture = ", "`modelspec.architecture`."),
    (r"static constexpr std::string_view reload_caveat =|^    static constexpr std::string_view$", "What ComfyUI loses of it."),
    (r"static constexpr sigma_range +sigmas", "Its noise levels."),
    (r"static constexpr bool +reads_text = ", "Whether ComfyUI's loader looks for a text encoder."),
    (r"static result<void> (vet|rearrange)\(|static constexpr placed_name place\(", "As layouts have it, see layout.hpp."),
    (r"string_view second_party\(\) const", "The second of the two, or nothing."),
    # what is seen, and where bytes go
    (r"static .*\bview\((const )?[\w:<>]+&+ \w+\)", "The tensor as it is seen here."),
    (r"static constexpr (auto|dtype) +type = d", "Its dtype in a file."),
    (r"static constexpr bool +borrows = ", "Whether what is seen lies elsewhere, so that a temporary may be given."),
    (r"static constexpr const auto& (name|tensor)\(const Entry& entry\)", "That half of an entry."),
    (r"result<void> +write\((bytes data|std::string_view text)\)", "Takes all of it, or says why not."),
    (r"result<void> +read\(std::uint64_t offset, std::span<std::byte> buffer\)", "Fills the buffer with the bytes at that offset."),
    (r"void update\(bytes piece\)", "Takes the next piece."),
    (r"void\* context = nullptr;", "Handed to the calls as it is."),
    (r"^struct (tensor_traits|scalar_traits|entry_traits)<", "How such a thing is seen."),
]
FAMILY = re.compile(r"^struct (\w+) : family<(layouts::\w+|[\w:<>]+), ")
FAMILY_NAME = re.compile(r'name = "([^"]+)"')
LABEL = re.compile(r"^(\s*///) (\w+): +(.*)$")
# Macros that are nobody's business.
PRIVATE = re.compile(r"^#define STET_(NAMESPACE_OF|NAMESPACE_NAMED|BODIES|INLINE|VOCABULARY_VERSION_HPP)\b|^enum class version_of_this_unit ")
COMMENT = re.compile(r"^\s*///( |$)")


def declaration_after(lines, at):
    """The text from a comment's end to the end of what is declared there."""
    text = []
    for line in lines[at:]:
        if COMMENT.match(line):
            continue
        text.append(line)
        if re.search(r"[;{]\s*(///<.*|//.*)?$", line):
            break
    return " ".join(text)


def convention(lines, number):
    """What the line's name says by itself, where the line has no comment."""
    line = lines[number]
    if "///<" in line or (number and re.match(r"^\s*///", lines[number - 1])):
        return None
    family = FAMILY.match(line)
    if family and FAMILY_NAME.search(lines[number + 1]):
        return f"ComfyUI's `{FAMILY_NAME.search(lines[number + 1])[1]}`."
    return next((text for pattern, text in CONVENTIONS if re.search(pattern, line)), None)


def put_before(result, line, text):
    """Adds the line, and its comment before it, above a `template` with constraints."""
    at = len(result)
    while at and re.match(r"^\s*requires", result[at - 1]):
        at -= 2
    if at < len(result):
        result.insert(at, f"/// {text}")
        result.append(line)
    else:
        result.append(re.sub(r"^(\s*)", rf"\1/** {text} */ ", line, count=1))


def filtered(text):
    lines, result = text.split("\n"), []
    in_label = False
    for number, line in enumerate(lines):
        label = LABEL.match(line)
        if not COMMENT.match(line):
            in_label = False
        if label and label[2] in HEADINGS:
            in_label = True
            result += [f"{label[1]} @par {HEADINGS[label[2]]}", f"{label[1]} {label[3]}"]
        elif label and re.search(rf"[&*>\w] ?\b{label[2]}\b( STET_\w+)?( =[^,)]*)?[,)]", declaration_after(lines, number)):
            in_label = True
            result += [f"{label[1]} @param {label[2]} {label[3]}"]
        elif in_label:
            result.append(re.sub(r"^(\s*///)\s+", r"\1 ", line))
        elif not COMMENT.match(line) and convention(lines, number):
            put_before(result, line, convention(lines, number))
        else:
            result.append(line)
    # In code that is shown, a name after `*` would be looked for and not found.
    result = [line.replace("(*stet::", "(*%stet::") if "///" in line else line for line in result]
    text = "\n".join(line for line in result if not PRIVATE.match(line))
    # A name in parentheses is one that macros must not replace.
    return text.replace("namespace STET_NAMESPACE", "namespace stet").replace(">(verify)(", "> verify(")


def faces_of(library):
    """For each header the faces that include it."""
    faces = {}
    for face in sorted(library.glob("*.hpp")):
        if face.stem in ("all", "fwd"):
            continue
        for name in re.findall(r'^#include "([^"]+)"', face.read_text(encoding="utf-8"), re.MULTILINE):
            faces.setdefault(name, []).append(f"`stet/{face.name}`")
    return faces


def main(repository, target):
    library = repository / "include/stet"
    faces = faces_of(library)
    for path in sorted(library.rglob("*.hpp")):
        if "impl" in path.parts:
            continue
        name = path.relative_to(library)
        if len(name.parts) == 1:
            brief = "A header that programs include."
        elif str(name) in faces:
            brief = f"Comes with {', '.join(faces[str(name)])}."
        else:
            brief = "Comes with the headers that need it, or by name."
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = filtered(path.read_text(encoding="utf-8"))
        copy.write_text(f"/** @file\n * {brief} */\n{text}", encoding="utf-8")


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
