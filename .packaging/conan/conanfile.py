# SPDX-License-Identifier: MIT
"""From a clone: conan create .packaging/conan -s compiler.cppstd=20"""

import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy, load
from conan.tools.layout import basic_layout


class StetConan(ConanFile):
    name = "stet"
    license = "MIT"
    description = "Writes state dicts as safetensors checkpoints"
    topics = ("safetensors", "machine-learning", "serialization", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    no_copy_source = True

    @property
    def tree(self):
        return os.path.join(self.recipe_folder, os.pardir, os.pardir)

    def set_version(self):
        header = load(self, os.path.join(self.tree, "include", "stet", "vocabulary", "version.hpp"))
        self.version = ".".join(
            re.search(r"#define STET_VERSION_%s (\d+)" % part, header).group(1) for part in ("MAJOR", "MINOR", "PATCH")
        )

    def export_sources(self):
        for pattern in ("include/*", "LICENSE"):
            copy(self, pattern, self.tree, self.export_sources_folder)

    def layout(self):
        basic_layout(self)

    def package_id(self):
        self.info.clear()

    def validate(self):
        check_min_cppstd(self, 20)

    def package(self):
        for pattern in ("*.hpp", "*.ipp", "*.cpp"):
            copy(self, "include/" + pattern, self.source_folder, self.package_folder)
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        self.cpp_info.set_property("cmake_file_name", "stet")
        self.cpp_info.set_property("cmake_target_name", "stet::stet")
        self.cpp_info.set_property("pkg_config_name", "stet")
