# SPDX-License-Identifier: MIT
"""Writes the bill of materials of a release, SPDX 2.3 as JSON: the archive, the headers in it, the single headers.

    python3 sbom.py TREE FILES VERSION COMMIT CREATED RESULT

TREE is the unpacked archive, FILES the folder that holds the archive and the single headers, CREATED the commit's date
as 2026-01-31T12:00:00Z. Nothing else goes into it: the same commit gives the same text.
"""
import hashlib
import json
import pathlib
import re
import sys


def digest(algorithm, data):
    return hashlib.new(algorithm, data).hexdigest()


def checksums(data, *algorithms):
    return [{"algorithm": name.upper(), "checksumValue": digest(name, data)} for name in algorithms]


def file_entry(identifier, name, data, copyright_text):
    found = re.search(rb"SPDX-License-Identifier: (\S+)", data)
    return {
        "SPDXID": identifier,
        "fileName": f"./{name}",
        "checksums": checksums(data, "sha1", "sha256"),
        "licenseConcluded": "MIT",
        "licenseInfoInFiles": [found.group(1).decode() if found else "NONE"],
        "copyrightText": copyright_text,
    }


def package(identifier, name, version, copyright_text, **more):
    return {
        "SPDXID": identifier,
        "name": name,
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "licenseConcluded": "MIT",
        "licenseDeclared": "MIT",
        "copyrightText": copyright_text,
        "supplier": "NOASSERTION",
        **more,
    }


def relationship(one, kind, other):
    return {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}


def main():
    tree, files, version, commit, created, result = sys.argv[1:]
    tree, files = pathlib.Path(tree), pathlib.Path(files)
    copyright_text = re.search(r"^Copyright .*$", (tree / "LICENSE").read_text("utf-8"), re.MULTILINE).group()

    headers = []
    for path in sorted(path for path in (tree / "include").rglob("*") if path.is_file()):
        headers.append(
            file_entry(f"SPDXRef-Header-{len(headers) + 1}", path.relative_to(tree).as_posix(), path.read_bytes(), copyright_text)
        )
    singles = []
    for path in sorted(files.glob("*.hpp")):
        singles.append(file_entry(f"SPDXRef-Single-{path.stem}", path.name, path.read_bytes(), copyright_text))
    (archive,) = files.glob("*.tar.gz")

    all_sums = sorted(entry["checksums"][0]["checksumValue"] for entry in headers)
    purl = {
        "referenceCategory": "PACKAGE-MANAGER",
        "referenceType": "purl",
        "referenceLocator": f"pkg:generic/stet@{version}?vcs_commit={commit}",
    }
    packages = [
        package(
            "SPDXRef-Archive", "stet", version, copyright_text,
            summary="Saves state dicts as safetensors checkpoints, and reads them",
            packageFileName=archive.name,
            checksums=checksums(archive.read_bytes(), "sha256"),
            filesAnalyzed=False,
            primaryPackagePurpose="SOURCE",
            externalRefs=[purl],
        ),
        package(
            "SPDXRef-Headers", "stet-headers", version, copyright_text,
            summary="All that goes into a program: it needs nothing but a C++20 standard library",
            filesAnalyzed=True,
            licenseInfoFromFiles=sorted({entry["licenseInfoInFiles"][0] for entry in headers} - {"NONE"}),
            packageVerificationCode={"packageVerificationCodeValue": digest("sha1", "".join(all_sums).encode())},
            primaryPackagePurpose="LIBRARY",
        ),
    ]
    relationships = [
        relationship("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Archive"),
        relationship("SPDXRef-Archive", "CONTAINS", "SPDXRef-Headers"),
        *(relationship("SPDXRef-Headers", "CONTAINS", entry["SPDXID"]) for entry in headers),
        *(relationship("SPDXRef-DOCUMENT", "DESCRIBES", entry["SPDXID"]) for entry in singles),
        *(relationship(entry["SPDXID"], "GENERATED_FROM", "SPDXRef-Headers") for entry in singles),
    ]
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"stet-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/stet-{version}-{commit}",
        "creationInfo": {"created": created, "creators": [f"Tool: stet-release-{version}"]},
        "packages": packages,
        "files": headers + singles,
        "relationships": relationships,
    }
    pathlib.Path(result).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8", newline="\n")


main()
