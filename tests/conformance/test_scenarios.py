"""Replays recorded conversations with the reference; scenarios.txt names those that must pass,
rest_allow.json what may differ beside that which the recordings themselves allow."""
import pytest

import recordings
import tarn_server

# The list only grows (tests/tidy/tidy.py looks after that).
NAMES = recordings.names("scenarios.txt")


@pytest.fixture(scope="module")
def outcome(request, shared, directory):
    """The outcome of one replay of all scenarios that were asked for."""
    wanted = [item.callspec.params["name"] for item in request.session.items
              if item.module.__name__ == __name__]
    with tarn_server.Server(tarn_server.program(), directory / "server",
                            prefixes=[recordings.WORKDIR]) as server:
        return recordings.Outcome(shared, directory, server, [
            shared / "conformance" / "scenarios" / f"{name}.json" for name in wanted])


@pytest.mark.parametrize("name", NAMES)
def test_scenario(name, outcome):
    outcome.check(name)
