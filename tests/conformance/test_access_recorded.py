"""Replays recorded conversations about users, groups and policies; access_scenarios.txt names those
that must pass as CONFIG/SCENARIO."""
import pytest

import access
import recordings
import tarn_server

NAMES = recordings.names("access_scenarios.txt")


@pytest.fixture(scope="module")
def outcomes(request, shared, directory):
    """The outcome of one replay of all scenarios that were asked for, by the configuration."""
    wanted = [item.callspec.params["name"].split("/") for item in request.session.items
              if item.module.__name__ == __name__]
    found = {}
    for config, mode in access.MODES.items():
        names = [name for other, name in wanted if other == config]
        if not names:
            continue
        with access.server(tarn_server.program(), directory / config, mode,
                           prefixes=[recordings.WORKDIR]) as server:
            found[config] = recordings.Outcome(
                shared, directory / config, server,
                [shared / "conformance" / "scenarios" / f"{name}.json" for name in names],
                "--config", config)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_scenario(name, outcomes):
    config, scenario = name.split("/")
    outcomes[config].check(scenario)
