#!/usr/bin/env python3
"""Groups sources into units that are compiled as one, so that headers are read and templates
instantiated once for all of a unit: a build takes half the time.

units.py MOST FOLDER SOURCE...: writes a source into FOLDER for each unit of 2 to MOST files, which
includes them, and prints the sources to be compiled, one a line.

Names that a file keeps to itself (an unnamed namespace) stay its own: a file that mentions one of
them comes into another unit. What this overlooks, such as a name that a header declares too, the
compiler tells; another name cures it.
"""

import os
import re
import sys
from pathlib import Path

WORD = re.compile(r"[A-Za-z_]\w*")
COMMENT = re.compile(r"//.*")
TYPE = re.compile(r"(?:template <.*> ?)?(?:struct|class|enum class|enum|union|using) (\w+)")
MACRO = re.compile(r"(?:MATCHER\w*|TEST\w*)\((\w+)")
BRACKETS = re.compile(r"<[^<>]*>")
DECLARED = re.compile(r"(\w+)\s*(?:[({=;\[]|$)")


def own_names(text):
    """What the unnamed namespaces of a file declare; declarations begin in the first column."""
    names = set()
    inside = False
    for line in text.splitlines():
        if line == "namespace {":
            inside = True
        elif line == "}  // namespace":
            inside = False
        elif inside and WORD.match(line):
            found = TYPE.match(line) or MACRO.match(line)
            if not found:
                while (plain := BRACKETS.sub("", line)) != line:
                    line = plain
                found = DECLARED.search(line)
            if found:
                names.add(found.group(1))
    return names


class Unit:
    def __init__(self):
        self.files, self.names, self.words = [], set(), set()

    def takes(self, names, words):
        return not (names & self.words or words & self.names)

    def add(self, file, names, words):
        self.files.append(file)
        self.names |= names
        self.words |= words


def group(files, most):
    units = []
    for file in files:
        text = file.read_text()
        names, words = own_names(text), set(WORD.findall(COMMENT.sub("", text)))
        unit = next((unit for unit in units
                     if len(unit.files) < most and unit.takes(names, words)), None)
        if unit is None:
            unit = Unit()
            units.append(unit)
        unit.add(file, names, words)
    return [unit.files for unit in units]


def main():
    most, folder = int(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    for files in group([Path(name) for name in sys.argv[3:]], most):
        if len(files) == 1:
            print(files[0])
            continue
        number += 1
        unit = folder / f"unit_{number}.cc"
        text = "".join(f'#include "{os.path.relpath(file, folder)}"\n' for file in files)
        if not unit.exists() or unit.read_text() != text:
            unit.write_text(text)
        print(unit)


main()
