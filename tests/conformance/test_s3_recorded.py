"""Replays recorded S3 requests; s3_scenarios.txt names the scenarios that must pass, s3_allow.json
what may differ beside that which the recordings themselves allow."""
import collections
import json
import pathlib
import re
import subprocess
import sys

import pytest

import tarn_server

HERE = pathlib.Path(__file__).resolve().parent
# FILE.STORE/SCENARIO; the list only grows (tests/tidy/tidy.py looks after that).
NAMES = [line for line in (HERE / "s3_scenarios.txt").read_text().splitlines()
         if not line.startswith("#")]


@pytest.fixture(scope="module")
def outcome(request, shared, directory):
    """By name of the scenario, the texts of its failed steps and how many steps went well; one
    replay on a server for each kind of store that was asked for."""
    folder = shared / "conformance" / "s3"
    allowed = json.loads((folder / "allow.json").read_text())["allow"]
    allowed += json.loads((HERE / "s3_allow.json").read_text())["allow"]
    (directory / "allow.json").write_text(json.dumps({"allow": allowed}))
    wanted = [item.callspec.params["name"].partition("/")[0] for item in request.session.items
              if item.module.__name__ == __name__]
    good, failures, output = collections.Counter(), collections.defaultdict(list), ""
    for recording in sorted(set(wanted)):
        store = recording.partition(".")[2]
        with tarn_server.Server(tarn_server.program(), directory / recording,
                                blockstore=store) as server:
            done = subprocess.run(
                [sys.executable, folder / "s3replay.py", "check", "-v", "--url", server.url,
                 "--golden", folder / "golden" / f"{recording}.json",
                 "--allow", directory / "allow.json"],
                capture_output=True, text=True, errors="replace")
        output += done.stdout[-1000:] + done.stderr[-1000:]
        current = None
        for line in done.stdout.splitlines():
            step = re.match(r"(ok  |FAIL) ([^ /]+)/", line)
            if step:
                name = f"{recording}/{step[2]}"
                current = failures[name] if step[1] == "FAIL" else None
                good[name] += current is None
                if current is not None:
                    current.append(line)
            elif current and line.startswith("     ") and "allowed in" not in line:
                current[-1] += "\n" + line
    return good, failures, output


@pytest.mark.parametrize("name", NAMES)
def test_scenario(name, outcome):
    good, failures, output = outcome
    assert good[name] or failures[name], f"it was not played:\n{output}"
    assert not failures[name], "\n".join(failures[name])[:6000]
