"""The checks of the shared clients.py: round trips of S3 clients as they are by default."""
import os
import pathlib
import re
import subprocess
import sys

import pytest


class Outcome:
    """(outcome, its text) of every check, of one run of all that were asked for: some build on
    others."""

    def __init__(self, shared, server, *options):
        beside_python = pathlib.Path(sys.executable).parent
        done = subprocess.run(
            [sys.executable, shared / "conformance" / "s3" / "clients.py", "--url", server.url,
             *options], env={**os.environ, "PATH": f"{beside_python}:{os.environ['PATH']}"},
            capture_output=True, text=True, errors="replace")
        rows = re.findall(r"^(ok|FAIL|skip) +(\w+)(.*)$", done.stdout, re.MULTILINE)
        self.results = {name: (result, text) for result, name, text in rows}
        self.output = done.stdout + done.stderr

    def check(self, name):
        assert name in self.results, f"it did not run:\n{self.output[-3000:]}"
        result, text = self.results[name]
        if result == "skip" and os.environ.get("TARN_SHARED") != "required":
            pytest.skip(text)
        assert result == "ok", text
