#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turns a manifest of names and shapes (JSON) into the plain text the examples read.

usage: from_manifest.py MANIFEST.json > sd15.txt

The manifest holds "title", "source" and "components": for each component a list of [name, dtype, [shape]].
"""
import json
import sys

ROLES = {"model": "model", "clip": "text_encoder", "clip_vision": "vision_encoder", "vae": "vae"}

if len(sys.argv) != 2:
    sys.exit(__doc__)
with open(sys.argv[1], encoding="utf-8") as file:
    manifest = json.load(file)

print(f"# {manifest['title']}: names, dtypes and shapes of its tensors, no weights; {manifest['source']}.")
print("# component dtype name dimensions..., outermost first; none is a scalar")
for component, tensors in manifest["components"].items():
    for name, dtype, shape in tensors:
        assert name and not any(character.isspace() for character in name), name
        print(ROLES[component], dtype, name, *shape)
