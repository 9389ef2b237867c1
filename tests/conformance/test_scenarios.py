"""Replays recorded conversations with the reference; scenarios.txt names those that must pass."""
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import pytest

import tarn_server

HERE = pathlib.Path(__file__).resolve().parent
# Names from scenarios.txt; the list only grows (tests/tidy/tidy.py looks after that).
NAMES = [line for line in (HERE / "scenarios.txt").read_text().split()
         if not line.startswith("#")]
WORKDIR = "/dev/shm/lakefs-conformance"  # Part of recorded ids.


@pytest.fixture(scope="module")
def outcome(request, shared, directory):
    """Failures by scenario, of one replay of all scenarios that were asked for."""
    wanted = [item.callspec.params["name"] for item in request.session.items
              if item.module.__name__ == __name__]
    folder = shared / "conformance"
    with tarn_server.Server(tarn_server.program(), directory / "server",
                            prefixes=[WORKDIR]) as server, \
            tempfile.NamedTemporaryFile(suffix=".xml") as report:
        done = subprocess.run(
            [sys.executable, folder / "replay.py", "check", "--url", server.url, "--golden",
             folder / "golden", "--junit", report.name,
             *[folder / "scenarios" / f"{name}.json" for name in wanted]],
            capture_output=True, text=True)
        if not pathlib.Path(report.name).stat().st_size:
            pytest.fail(f"the replay broke off:\n{done.stdout}{done.stderr}")
        suites = xml.etree.ElementTree.parse(report.name).getroot()
    results = {}
    for case in suites.iter("testcase"):
        scenario = results.setdefault(case.get("classname"), [])
        scenario.append((case.get("name"), [f.text or f.get("message") for f in case]))
    return results, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_scenario(name, outcome):
    results, output = outcome
    assert name in results, output[-2000:]
    failures = [f"{step}: {text}" for step, texts in results[name] for text in texts]
    assert not failures, f"{len(failures)} differences\n" + "\n".join(failures)[:6000]
