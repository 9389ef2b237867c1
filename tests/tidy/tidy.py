#!/usr/bin/env python3
"""Checks of the repository itself: layers, sizes, format, texts. The rules: CONTRIBUTING.md.

    tidy.py [--no-format] [--clang]

Prints what is wrong, one line each, and ends with 'N passed, M failed' (checks, not findings).
"""
import argparse
import concurrent.futures
import fnmatch
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

# A folder of src/ may include itself and folders of a lower level.
LEVELS = {
    "base": 0,
    "codec": 1, "iter": 1, "runtime": 1,
    "http": 2,
    "kv": 3, "block": 3,
    "records": 4, "sst": 4,
    "refs": 5, "staging": 5, "committed": 5,
    "versioning": 6,
    "catalog": 7, "auth": 7, "hooks": 7, "serving": 7,
    "rest": 8, "s3gw": 8, "authserver": 8, "webui": 8,
    "cli": 8,
    "server": 9, "tools": 9,
}
# The client knows the server by its API only.
ONLY = {"cli": {"cli", "base", "codec", "http"}}
# Where headers of libraries may be included, as beginnings or patterns of names; others are free.
LIBRARIES = {
    "rocksdb/": ["src/kv/"],
    "libpq-fe.h": ["src/kv/postgres/"],
    "boost/asio": ["src/runtime/"],
    "boost/beast": [],
    "boost/json": ["src/codec/json", "src/sst/testing/", "src/committed/testing/"],
    "tl/": ["src/base/result.h", "cmake/"],
    "spdlog/": ["src/base/log.h", "src/server/logging.cc"],
    "CLI/": ["src/cli/"],
    "yaml-cpp/": ["src/server/", "src/cli/", "src/hooks/"],
    "lua.hpp": ["src/hooks/lua/"],
    "curl/": ["src/http/"],
    "sodium": ["src/codec/"],
    "google/protobuf": ["src/records/message.cc", "src/server/kv_records"],
    # Generated messages: only for what encodes and decodes records.
    "proto/": ["*/*_record.cc", "*/*records.cc", "*/*_test.cc"],
    "libdeflate.h": ["src/codec/"],
    "pugixml": ["src/codec/"],
    "zlib.h": ["src/codec/"],
    "zstd.h": ["src/codec/"],
}
FILE_LINES_MAX = 800
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 100
# Programs speak on the terminal; libraries do not.
MAY_PRINT = ("src/cli/", "src/server/", "src/base/check.cc", "src/tools/")
MACHINE_PATHS = re.compile(r"(?<![\w/])/(work|tmp/b-\w+|home/\w+)/")


NOT_SOURCES = {".git", "node_modules", ".venv", ".cache", ".pytest_cache", "__pycache__"}


def sources():
    """Files of the repository as paths relative to its top, with or without git: all but what is
    built (.gitignore says the same)."""
    names = []
    for folder, folders, files in os.walk(ROOT):
        top = pathlib.Path(folder) == ROOT
        folders[:] = [name for name in folders if name not in NOT_SOURCES
                      and not (top and name.startswith("build"))]
        names += [str((pathlib.Path(folder) / name).relative_to(ROOT)) for name in files
                  if not name.endswith(".pyc") and not (top and name == ".git")]
    return sorted(names)


class Tree:
    def __init__(self):
        self.files = sources()
        self.lines = {}
        for name in self.files:
            try:
                self.lines[name] = (ROOT / name).read_text(encoding="utf-8").split("\n")
            except UnicodeDecodeError:
                pass  # a binary fixture

    def match(self, *suffixes, under=""):
        return [name for name in self.lines
                if name.endswith(suffixes) and name.startswith(under)]


def check_includes(tree):
    """a folder includes lower levels only; library headers stay behind their adapters"""
    unused = {(library, place) for library, places in LIBRARIES.items() for place in places
              if place.startswith("src/")}
    for name in tree.match(".cc", ".h", under="src/"):
        folder = name.split("/")[1]
        if folder not in LEVELS:
            yield name, 1, f"folder src/{folder} has no level in tests/tidy/tidy.py"
            continue
        for number, line in enumerate(tree.lines[name], 1):
            include = re.match(r'\s*#include ([<"])([^>"]+)', line)
            if not include:
                continue
            path = include[2]
            top = path.split("/")[0]
            if include[1] == '"' and top in LEVELS and top != folder:
                if LEVELS[top] >= LEVELS[folder]:
                    yield name, number, f"includes {path} of level {LEVELS[top]}"
                elif top not in ONLY.get(folder, LEVELS):
                    yield name, number, f"includes {path}: {folder} may use {sorted(ONLY[folder])}"
            for library, places in LIBRARIES.items():
                if not path.startswith(library):
                    continue
                held = {(library, place) for place in places
                        if name.startswith(place) or fnmatch.fnmatch(name, place)}
                if not held:
                    yield name, number, f"includes {path}, which stays in {places or 'no file'}"
                unused -= held
    for library, place in sorted(unused):
        yield "tests/tidy/tidy.py", 1, f"{place} includes no {library} any more"


def check_sizes(tree):
    """files have at most 800 lines, functions about 70, lines 100 columns"""
    for name in tree.match(".cc", ".h", ".py", ".sh", "dev"):
        lines = tree.lines[name]
        if len(lines) - 1 > FILE_LINES_MAX:
            yield name, 1, f"{len(lines) - 1} lines, at most {FILE_LINES_MAX}"
        for number, line in enumerate(lines, 1):
            if len(line) > COLUMNS_MAX:
                yield name, number, f"{len(line)} columns, at most {COLUMNS_MAX}"
        if name.endswith((".cc", ".h")):
            for number, length in functions(lines):
                if length > FUNCTION_LINES_MAX:
                    yield name, number, f"function of {length} lines, at most {FUNCTION_LINES_MAX}"


def functions(lines):
    """(first line, length) of function bodies, going by the format that clang-format makes."""
    skipped = re.compile(r"^\s*(namespace|class|struct|enum|union|extern|public|private|if|for"
                         r"|while|switch|else|do|return|template|using|case|//|#)\b"
                         r"|= *\{+$|^\s*\}")
    number = 0
    while number < len(lines):
        # A body begins where a line ends in "{" after a parameter list.
        if not re.search(r"\).*\{$", lines[number]) or skipped.search(lines[number]):
            number += 1
            continue
        depth, end = 0, number
        while end < len(lines):
            code = re.sub(r"\"(\\.|[^\"\\])*\"|'(\\.|[^'\\])'|//.*", "", lines[end])
            depth += code.count("{") - code.count("}")
            if depth <= 0:
                break
            end += 1
        yield number + 1, end - number + 1
        number = end + 1


def check_text(tree):
    """no tabs or trailing blanks, a final newline, '#pragma once' and a comment atop headers"""
    for name in tree.match(".cc", ".h", ".py", ".sh", ".md", ".txt", ".cmake", ".proto", "dev"):
        lines = tree.lines[name]
        if lines[-1] != "":
            yield name, len(lines), "no newline at the end"
        for number, line in enumerate(lines, 1):
            if line != line.rstrip():
                yield name, number, "trailing blanks"
            if "\t" in line and name.endswith((".cc", ".h", ".py")):
                yield name, number, "a tab"
        if name.endswith(".h") and name.startswith("src/"):
            if "#pragma once" not in lines:
                yield name, 1, "no #pragma once"
            if not lines[0].startswith("//"):
                yield name, 1, "no comment that says what the header is"


def check_words(tree):
    """no TODO without an issue, no debug output, no exceptions thrown, no machine paths"""
    for name in tree.lines:
        code = name.startswith("src/") and name.endswith((".cc", ".h"))
        for number, line in enumerate(tree.lines[name], 1):
            if name != "tests/tidy/tidy.py":
                if re.search(r"\b(TODO|FIXME|XXX|HACK)\b(?!.*#\d+)", line) and code:
                    yield name, number, "TODO without an issue number"
                if MACHINE_PATHS.search(line):
                    yield name, number, "a path of one machine"
            if code and not name.startswith(MAY_PRINT) and "_test.cc" not in name:
                if re.search(r"std::(cout|cerr)|\b(f?printf|puts)\(|fmt::print\(", line):
                    yield name, number, "prints to the terminal; use base/log.h"
            if code and "_test.cc" not in name and re.search(r"^\s*throw\b", line):
                yield name, number, "throws; return a Status"


def check_documents(tree):
    """documents have titles, and what texts point to exists"""
    for name in tree.match(".md"):
        lines = tree.lines[name]
        fragment = re.match(r"changes/\w+/", name)  # a sentence of the next change log
        if not lines[0].startswith("# ") and not fragment:
            yield name, 1, "the first line is no '# Title'"
        for number, line in enumerate(lines, 1):
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", line):
                if not ((ROOT / name).parent / target).exists():
                    yield name, number, f"points to {target}, which does not exist"
    for name in tree.match(".cc", ".h", ".py", ".proto"):
        for number, line in enumerate(tree.lines[name], 1):
            for target in re.findall(r"\bdocs/[A-Za-z0-9_/-]+\.md", line):
                if not (ROOT / target).exists():
                    yield name, number, f"names {target}, which does not exist"
    for name in tree.match(".md", under="docs/design/"):
        if not re.match(r"docs/design/\d{4}-[a-z0-9-]+\.md$", name):
            yield name, 1, "design documents are called NNNN-title.md"


def check_scenarios(tree):
    """names of scenarios are never taken out of the lists in tests/conformance"""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        return  # an archive of the sources has no history
    for name in ("tests/conformance/scenarios.txt", "tests/conformance/s3_scenarios.txt",
                 "tests/conformance/store_scenarios.txt", "tests/conformance/hook_scenarios.txt"):
        # The checkout may belong to somebody else than the one who runs the checks.
        before = subprocess.run(["git", "-c", f"safe.directory={ROOT}", "log", "-p", "--format=",
                                 "--", name], cwd=ROOT, capture_output=True, check=True,
                                text=True).stdout
        now = set(tree.lines.get(name, []))
        for line in before.splitlines():
            if line.startswith("-") and not line.startswith("---") and line[1:] not in now:
                if not line.startswith("-#"):
                    yield name, 1, f"{line[1:]} was removed; the list only grows"


def run_parallel(tool, names):
    """Runs a tool over files on all cores; yields what it says about each that fails."""
    def one(name):
        done = subprocess.run(tool + [name], cwd=ROOT, capture_output=True, text=True)
        return name, done.returncode, (done.stdout + done.stderr).strip()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, status, text in pool.map(one, names):
            if status != 0:
                yield name, text


def check_format(tree):
    """clang-format agrees (./dev format mends it)"""
    names = tree.match(".cc", ".h", under="src/") + tree.match(".cc", ".h", under="tests/")
    for name, _ in run_parallel(["clang-format-14", "--dry-run", "-Werror"], names):
        yield name, 1, "not in the project's format; run ./dev format"


# Locks of other kinds than base/sync.h are not known to clang's thread-safety analysis, which is
# part of every build by clang (preset asan).
FOREIGN_LOCKS = re.compile(r"\bstd::(?:\w*mutex|lock_guard|unique_lock|scoped_lock|shared_lock|"
                           r"condition_variable\w*)\b")
FOREIGN_LOCKS_IN = "src/base/sync.h"


PLANTED_RACE = """
#include "base/sync.h"
struct Counter {
  int Get() { return count; }
  tarn::Mutex mutex;
  int count TARN_GUARDED_BY(mutex) = 0;
};
"""


def is_test(name):
    return name.endswith("_test.cc") or "/testing/" in name


def check_locks(tree):
    """locks are such as clang's thread-safety analysis checks"""
    for name in tree.match(".cc", ".h", under="src/"):
        if is_test(name) or name.startswith(FOREIGN_LOCKS_IN):
            continue
        for number, line in enumerate(tree.lines[name], 1):
            if FOREIGN_LOCKS.search(line):
                yield name, number, "locks are those of base/sync.h"
    planted = subprocess.run(
        ["clang++-14", "-std=c++20", "-fsyntax-only", "-Isrc", "-Wthread-safety", "-x", "c++", "-"],
        cwd=ROOT, input=PLANTED_RACE, capture_output=True, text=True)
    if "-Wthread-safety" not in planted.stderr:
        yield FOREIGN_LOCKS_IN, 1, f"a planted race is not found: {planted.stderr}"


def check_clang_tidy(tree):
    """clang-tidy agrees (.clang-tidy)"""
    build = next((name for name in ("build", "build-quick")
                  if (ROOT / name / "compile_commands.json").exists()), None)
    if build is None:
        yield ".clang-tidy", 1, "needs a build: ./dev build quick"
        return
    names = [name for name in tree.match(".cc", under="src/") if not is_test(name)]
    with tempfile.TemporaryDirectory() as folder:
        commands = json.loads((ROOT / build / "compile_commands.json").read_text())
        for each in commands:
            each["command"] = without_precompiled(each["command"])
        (pathlib.Path(folder) / "compile_commands.json").write_text(json.dumps(commands))
        tool = ["clang-tidy-14", "-p", folder, "--quiet", "--extra-arg=-Wno-unknown-warning-option",
                "--extra-arg=-Wno-ignored-optimization-argument"]
        for name, text in run_parallel(tool, names):
            yield name, 1, text


def without_precompiled(command):
    """A command of g++ without its precompiled header, which clang cannot read."""
    words = shlex.split(command)
    pch = {i + offset for i, word in enumerate(words) if word.endswith("cmake_pch.hxx")
           for offset in (-1, 0)}
    return shlex.join(word for i, word in enumerate(words)
                      if i not in pch and word != "-Winvalid-pch")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--no-format", action="store_true", help="leave clang-format out")
    parser.add_argument("--clang", action="store_true", help="run clang-tidy too (minutes)")
    options = parser.parse_args()
    checks = [check_includes, check_sizes, check_text, check_words, check_documents,
              check_scenarios, check_locks]
    if not options.no_format:
        checks.append(check_format)
    if options.clang:
        checks.append(check_clang_tidy)
    tree, failed = Tree(), 0
    for check in checks:
        findings = list(check(tree))
        failed += bool(findings)
        print(f"{'FAIL' if findings else 'ok  '} {check.__doc__}")
        for name, number, text in findings:
            print(f"     {name}:{number}: {text}")
    print(f"{len(checks) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
