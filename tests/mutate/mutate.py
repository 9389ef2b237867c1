#!/usr/bin/env python3
"""Plants faults in a copy of the sources and checks that the simulation finds each of them.

mutate.py [NAME...]: only faults whose names contain one of these texts. Builds in build-mutate, of
each fault only what it touches. Each is given to three runs of the simulation from fresh seeds;
every run must find it within SECONDS.
"""

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from faults import FAULTS  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
COPY = ROOT / "build-mutate" / "source"
BUILD = COPY / "build-quick"
SECONDS = 60
RUNS = 3


def copy_sources():
    """Brings the copy up to date; equal files keep their times, so that little is built."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    wanted = {Path(name) for name in listed if name and (ROOT / name).is_file()}
    for name in wanted:
        target = COPY / name
        source = ROOT / name
        if target.is_file() and target.read_bytes() == source.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    for folder in ("src", "tests"):
        for old in (COPY / folder).rglob("*"):
            if old.is_file() and old.relative_to(COPY) not in wanted:
                old.unlink()


def build(target):
    """Builds one program of the copy; its path."""
    if not (BUILD / "build.ninja").is_file():
        subprocess.run(["cmake", "--preset", "quick"], cwd=COPY, check=True,
                       stdout=subprocess.DEVNULL)
    done = subprocess.run(["ninja", "-C", str(BUILD), target], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"mutate: {target} does not build:\n{done.stdout[-3000:]}")
    return next(path for path in BUILD.rglob(target) if path.is_file())


def finds(command):
    """Whether a program fails, for whatever reason, in its time. What it said last, too."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=4 * SECONDS)
    except subprocess.TimeoutExpired:
        return True, "does not end"
    lines = (done.stdout + done.stderr).strip().splitlines()
    told = next((line for line in lines if line.startswith("seed ")), lines[-1] if lines else "")
    return done.returncode != 0, told


def commands(fault, program):
    if fault.found_by[0] != "sim":
        return [[program, "--gtest_filter=" + fault.found_by[1]]]
    return [[program, str(SECONDS), str(random.getrandbits(48)), "1"] for _ in range(RUNS)]


def check(fault):
    """Plants a fault, looks for it, and takes it back. True if it was found each time."""
    file = COPY / fault.file
    text = file.read_text()
    if text.count(fault.old) != 1:
        sys.exit(f"mutate: {fault.name!r} does not apply to {fault.file}; adapt faults.py")
    target = fault.found_by[0]
    begin = time.monotonic()
    try:
        file.write_text(text.replace(fault.old, fault.new))
        program = build(target)
        outcomes = [finds(command) for command in commands(fault, str(program))]
    finally:
        file.write_text(text)
    found = all(one for one, _ in outcomes)
    print(f"{'found' if found else 'MISSED':7} {fault.name} ({time.monotonic() - begin:.0f} s)")
    for one, told in outcomes:
        print(f"        {'' if one else 'missed: '}{told[:150]}", flush=True)
    return found


def main(names):
    chosen = [f for f in FAULTS if not names or any(name in f.name for name in names)]
    copy_sources()
    failed, told = finds([str(build("sim")), "5", str(random.getrandbits(48)), "1"])
    if failed:
        sys.exit(f"mutate: the simulation fails without a fault: {told}")
    found = sum(check(fault) for fault in chosen)
    print(f"{found} of {len(chosen)} faults found")
    sys.exit(0 if found == len(chosen) else 1)


if __name__ == "__main__":
    main(sys.argv[1:])
