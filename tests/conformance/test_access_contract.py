"""The server as a client of an authorization server: plays recorded conversations, in which a
stand-in answers what it is asked. access_contract.txt names those that must pass."""
import json
import re
import subprocess
import sys

import pytest

import recordings
import tarn_server

NAMES = recordings.names("access_contract.txt")
# Steps in which Tarn answers otherwise, and why.
ALLOWED = {"sts-login / negative": "a lifetime that is over is refused before anybody is asked"}


@pytest.fixture(scope="module")
def failures(request, shared):
    """What failed, by the conversation, of those that were asked for, played in one go."""
    folder = shared / "fixtures" / "auth"
    known = {conversation["name"] for conversation in
             json.loads((folder / "authorization-contract.json").read_text())["conversations"]}
    wanted = [item.callspec.params["name"] for item in request.session.items
              if item.module.__name__ == __name__]
    assert known >= set(wanted)
    done = subprocess.run(
        [sys.executable, folder / "contract.py", "play", "--only", f"^({'|'.join(wanted)})$",
         "--server", f"{tarn_server.program()} --config {{config}} run",
         "--listen", str(tarn_server.free_port()), "--port", str(tarn_server.free_port())],
        capture_output=True, text=True, errors="replace")
    output = done.stdout[-3000:] + done.stderr[-3000:]
    end = re.search(r"; (\d+) passed, (\d+) failed\n$", done.stdout)
    assert end and int(end[1]) + int(end[2]) >= len(wanted), output
    found = {name: [] for name in wanted}
    for failure in re.split(r"^(?=FAIL )", done.stdout[:end.start()], flags=re.MULTILINE):
        step = failure.splitlines()[0].removeprefix("FAIL ") if failure else ""
        if failure.startswith("FAIL ") and step not in ALLOWED:
            found[failure.split(" ", 2)[1]].append(failure)
    assert bool(int(end[2])) == bool(done.returncode) >= any(found.values()), output
    return found


@pytest.mark.parametrize("name", NAMES)
def test_conversation(name, failures):
    assert not failures[name], "".join(failures[name])[:6000]
