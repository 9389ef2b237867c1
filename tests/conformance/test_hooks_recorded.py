"""Replays what hooks did on the reference; hook_scenarios.txt names those that must pass,
hook_allow.json what may differ beside that which the recordings themselves allow."""
import contextlib

import pytest

import recordings
import tarn_server

NAMES = recordings.names("hook_scenarios.txt")
ENVIRONMENT = {"LAKEFSACTION_VAR": "this_is_actions_var", "LAKEFSACTION_EMPTY": "",
               "LAKEFS_HOOKS_VAR": "this_is_a_server_var", "OTHER_HOOKS_VAR": "not_for_hooks"}
SERVERS = {
    "default": "",
    "open": 'actions: {lua: {net_http_enabled: true}, env: {prefix: ""}}',
    "closed": "actions: {env: {enabled: false}}",
    "off": "actions: {enabled: false}",
}


def path_of(folder, name):
    """A scenario, or a group of scripts."""
    return folder / name if name.startswith("lua/") else folder / "scenarios" / f"{name}.json"


@pytest.fixture(scope="module")
def outcome(request, shared, directory):
    """The outcome of one replay of all scenarios that were asked for, with all servers."""
    wanted = [item.callspec.params["name"] for item in request.session.items
              if item.module.__name__ == __name__]
    folder = shared / "conformance" / "hooks"
    with contextlib.ExitStack() as stack:
        servers = {name: stack.enter_context(tarn_server.Server(
            tarn_server.program(), directory / name, prefixes=[recordings.WORKDIR], extra=extra,
            environment=ENVIRONMENT)) for name, extra in SERVERS.items()}
        default = servers.pop("default")
        options = [part for name, server in servers.items()
                   for part in ("--server", f"{name}={server.url}")]
        return recordings.Outcome(
            shared, directory, default,
            [path_of(folder, name) for name in wanted], *options,
            tool="hooks/hookreplay.py", allow="hook_allow.json")


@pytest.mark.parametrize("name", NAMES)
def test_scenario(name, outcome):
    outcome.check(name)
