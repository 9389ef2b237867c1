"""Replays the recorded conversations of servers whose objects lie in a remote store;
store_scenarios.txt names those that must pass as STORE/SCENARIO. tests/stores.sh starts the stores
and fills their buckets."""
import os

import pytest

import recordings
import tarn_server

# The list only grows (tests/tidy/tidy.py looks after that).
NAMES = recordings.names("store_scenarios.txt")
# Of the servers that were recorded.
SETTINGS = {
    "s3": """  s3:
    endpoint: {TARN_S3_URL}
    force_path_style: true
    region: us-east-1
    discover_bucket_region: false
    credentials:
      access_key_id: {TARN_S3_KEY}
      secret_access_key: {TARN_S3_SECRET}
""",
    "gs": "  gs: {{credentials_file: {TARN_GS_ACCOUNT}}}\n",
    "azure": """  azure:
    storage_account: devstoreaccount1
    storage_access_key: {TARN_AZURE_KEY}
    test_endpoint_url: {TARN_AZURE_URL}
""",
}


def environment(store):
    """What a server on that store finds, and who talks to the store itself."""
    if store == "gs":
        return {"STORAGE_EMULATOR_HOST": os.environ["TARN_GS_URL"]}
    return {"SSL_CERT_FILE": os.environ["TARN_AZURE_CA"]} if store == "azure" else {}


@pytest.fixture(scope="module")
def outcomes(request, shared, directory):
    """The outcome of the scenarios that were asked for, by store; each store is asked once."""
    wanted = [item.callspec.params["name"].split("/") for item in request.session.items
              if item.module.__name__ == __name__]
    done = {}

    def outcome(store):
        if f"TARN_{store.upper()}_SEEDED" not in os.environ:
            pytest.skip(f"TARN_{store.upper()}_SEEDED is not set: the store lacks its buckets")
        if store not in done:
            with tarn_server.Server(tarn_server.program(), directory / store, blockstore=store,
                                    extra=SETTINGS[store].format(**os.environ),
                                    environment=environment(store)) as server, \
                    pytest.MonkeyPatch.context() as patch:
                for name, value in environment(store).items():
                    patch.setenv(name, value)
                done[store] = recordings.Outcome(
                    shared, directory, server,
                    [shared / "conformance" / "scenarios-stores" / f"{name}.json"
                     for of, name in wanted if of == store],
                    "--store", store, "--store-url", os.environ[f"TARN_{store.upper()}_URL"])
        return done[store]
    return outcome


@pytest.mark.parametrize("name", NAMES)
def test_store_scenario(name, outcomes):
    store, scenario = name.split("/")
    outcomes(store).check(scenario)
