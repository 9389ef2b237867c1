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
sys.path.insert(0, str(Path(__file__).parents[1] / "tidy"))
from faults import FAULTS  # noqa: E402
from tidy import sources  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
COPY = ROOT / "build-mutate" / "source"
BUILD = COPY / "build-quick"
SECONDS = 60
RUNS = 3


def copy_sources():
    """Brings the copy up to date; equal files keep their times, so that little is built."""
    wanted = {Path(name) for name in sources()}
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


def simulate(program):
    """A run from a fresh seed that ends with the first failure, as it is."""
    return finds([program, str(SECONDS), str(random.getrandbits(48)), "1", "0"])


def check(fault):
    """Plants a fault, looks for it, and takes it back. True if it was found each time."""
    file = COPY / fault.file
    text = file.read_text()
    if text.count(fault.old) != 1:
        sys.exit(f"mutate: {fault.name!r} does not apply to {fault.file}; adapt faults.py")
    begin = time.monotonic()
    try:
        file.write_text(text.replace(fault.old, fault.new))
        program = str(build("sim"))
        outcomes = [simulate(program) for _ in range(RUNS)]
    finally:
        file.write_text(text)
    found = all(one for one, _ in outcomes)
    print(f"{'found' if found else 'MISSED':7} {fault.name} ({time.monotonic() - begin:.0f} s)")
    for one, told in outcomes:
        print(f"        {'' if one else 'missed: '}{told[:150]}", flush=True)
    return found


def main(names):
    chosen = [f for f in FAULTS if not names or any(name in f.name for name in names)]
    if not chosen:
        sys.exit(f"mutate: no fault is called like {' or '.join(names)}")
    copy_sources()
    failed, told = simulate(str(build("sim")))
    if failed:
        sys.exit(f"mutate: the simulation fails without a fault: {told}")
    found = sum(check(fault) for fault in chosen)
    print(f"{found} of {len(chosen)} faults found")
    sys.exit(0 if found == len(chosen) else 1)


if __name__ == "__main__":
    main(sys.argv[1:])
