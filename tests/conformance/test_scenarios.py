"""Replays recorded conversations with the reference; scenarios.txt names those that must pass,
rest_allow.json what may differ beside that which the recordings themselves allow."""
import json
import pathlib
import re
import subprocess
import sys

import pytest

import tarn_server

HERE = pathlib.Path(__file__).resolve().parent
# Names from scenarios.txt; the list only grows (tests/tidy/tidy.py looks after that).
NAMES = [line for line in (HERE / "scenarios.txt").read_text().split()
         if not line.startswith("#")]
WORKDIR = "/dev/shm/lakefs-conformance"  # Part of recorded ids.


@pytest.fixture(scope="module")
def outcome(request, shared, directory):
    """Texts of the failures by scenario, of one replay of all scenarios that were asked for."""
    wanted = [item.callspec.params["name"] for item in request.session.items
              if item.module.__name__ == __name__]
    folder = shared / "conformance"
    rules = json.loads((folder / "allow.json").read_text())["rules"]
    rules += json.loads((HERE / "rest_allow.json").read_text())["rules"]
    (directory / "allow.json").write_text(json.dumps({"rules": rules}))
    with tarn_server.Server(tarn_server.program(), directory / "server",
                            prefixes=[WORKDIR]) as server:
        done = subprocess.run(
            [sys.executable, folder / "replay.py", "check", "--url", server.url, "--golden",
             folder / "golden", "--allow", directory / "allow.json",
             *[folder / "scenarios" / f"{name}.json" for name in wanted]],
            capture_output=True, text=True, errors="replace")
    failures, current = {}, None
    for line in done.stdout.splitlines():
        row = re.match(r"(\S+) +\d+ +(\d+) +\d+$", line)
        failed = re.match(r"FAIL (\S+) / ", line)
        if row:  # The table at the end has a row for each scenario that was played.
            failures.setdefault(row[1], [])
            assert int(row[2]) == len(failures[row[1]]), done.stdout[-3000:]
            current = None
        elif failed:
            current = failures.setdefault(failed[1], [])
            current.append(line)
        elif current:
            current[-1] += "\n" + line
    return failures, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.mark.parametrize("name", NAMES)
def test_scenario(name, outcome):
    failures, output = outcome
    assert name in failures, f"it was not played:\n{output}"
    assert not failures[name], "\n".join(failures[name])[:6000]
