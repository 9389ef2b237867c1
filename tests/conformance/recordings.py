"""The recorded conversations of ../shared/conformance, and their tool, which plays them to a
server."""
import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
WORKDIR = "/dev/shm/lakefs-conformance"  # Part of recorded ids.


def names(file):
    """The names that a list beside this file has."""
    return [line for line in (HERE / file).read_text().split() if not line.startswith("#")]


class Outcome:
    """Texts of the failures by scenario, of one replay of several by a tool of a folder; `allow`
    is the list beside this file of what may differ."""

    def __init__(self, shared, directory, server, scenarios, *options,
                 tool="replay.py", allow="rest_allow.json"):
        tool = shared / "conformance" / tool
        rules = json.loads((tool.parent / "allow.json").read_text())["rules"]
        rules += json.loads((HERE / allow).read_text())["rules"]
        (directory / "allow.json").write_text(json.dumps({"rules": rules}))
        done = subprocess.run(
            [sys.executable, tool, "check", "--url", server.url, "--golden",
             tool.parent / "golden", "--allow", directory / "allow.json", *options, *scenarios],
            capture_output=True, text=True, errors="replace")
        self.output = done.stdout[-2000:] + done.stderr[-2000:]
        self.failures, current = {}, None
        for line in done.stdout.splitlines():
            row = re.match(r"(\S+) +\d+ +(\d+) +\d+$", line)
            failed = re.match(r"FAIL (\S+) / ", line)
            if row:  # The table at the end has a row for each scenario that was played.
                self.failures.setdefault(row[1], [])
                assert int(row[2]) == len(self.failures[row[1]]), done.stdout[-3000:]
                current = None
            elif failed:
                current = self.failures.setdefault(failed[1], [])
                current.append(line)
            elif current:
                current[-1] += "\n" + line

    def check(self, name):
        """Fails with what differed in a scenario."""
        assert name in self.failures, f"it was not played:\n{self.output}"
        assert not self.failures[name], "\n".join(self.failures[name])[:6000]
