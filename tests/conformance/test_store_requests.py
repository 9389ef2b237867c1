"""How many requests each operation costs at the store, counted on the way there and compared with
the reference's (../shared/conformance/store_requests.py). tests/stores.sh starts the stores and
fills their buckets."""
import os
import re
import subprocess
import sys

import pytest

import tarn_server
import test_remote_stores
import test_store_azure
import test_store_scenarios

BETTER = "the reference fails here"
IN_PARTS = "parts of uploads are objects of their own"
# What costs more, or ends otherwise, and why. An entry that is not true any more is a failure.
KNOWN = {
    "s3": {
        "import 3 objects": "SeaweedFS lists out of order: folder by folder",
        "import 2,600 objects": "SeaweedFS lists out of order: folder by folder",
        "gateway multipart list parts": IN_PARTS,
        "gateway multipart complete": IN_PARTS,
    },
    "gs": {
        "upload 9 MB without length": "memory of 8 MiB; the reference takes 16 MiB",
        "import 2,600 objects": "pages of 1,000",
        "stat presigned": BETTER,
        "list presigned": BETTER,
        "presigned address": BETTER,
        "prepare gc of commits": BETTER,
    },
    "azure": {
        "copy object": "without TLS the bytes go through the server",
        "gateway copy": "without TLS the bytes go through the server",
        "gateway multipart list parts": BETTER,
    },
}


class Run:
    """A server whose requests to its store are counted, and the program that asks and counts."""

    def __init__(self, shared, directory, store):
        port = tarn_server.free_port()
        counter, environment = f"http://127.0.0.1:{port}", {}
        url = os.environ[f"TARN_{store.upper()}_URL"]
        if store == "s3":
            settings = test_store_scenarios.SETTINGS["s3"].format(
                **{**os.environ, "TARN_S3_URL": counter})
        elif store == "gs":
            settings = test_remote_stores.GsStore(directory).settings
            environment = {"STORAGE_EMULATOR_HOST": f"127.0.0.1:{port}"}
        else:
            account = test_store_azure.ACCOUNT
            settings = test_store_azure.SETTINGS.format(
                account=account, **{**os.environ, "TARN_AZURE_URL": f"{counter}/{account}"})
            url = url.removesuffix("/" + account)
        self.server = tarn_server.Server(
            tarn_server.program(), directory / f"requests-{store}", blockstore=store,
            extra=settings, environment=environment).start()
        self.process = subprocess.Popen(
            [sys.executable, shared / "conformance" / "store_requests.py", "check",
             "--store", store, "--store-url", url, "--listen", str(port),
             "--url", self.server.url],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")

    def end(self):
        """What it wrote, with the text about each operation that failed."""
        try:
            output, _ = self.process.communicate(timeout=600)
        finally:
            self.process.kill()
            self.server.stop()
        failures, name = {}, None
        for line in output.splitlines():
            row = re.match(r"(FAIL|ok  ) (.{34}) reference ", line)
            if row:
                name = row[2].strip() if row[1] == "FAIL" else None
            if name:
                failures[name] = failures.get(name, "") + line + "\n"
        return output, failures


@pytest.fixture(scope="module")
def runs(shared, directory):
    """One for each store that is there, beside each other."""
    started = {store: Run(shared, directory, store) for store in KNOWN
               if f"TARN_{store.upper()}_SEEDED" in os.environ}
    return {store: run.end() for store, run in started.items()}


@pytest.mark.parametrize("store", KNOWN)
def test_no_operation_costs_more_requests_than_the_references(store, runs):
    if store not in runs:
        pytest.skip(f"TARN_{store.upper()}_SEEDED is not set: the store lacks its buckets")
    output, failures = runs[store]
    assert re.search(r"^\d+ passed, \d+ failed$", output, re.M), output[-3000:]
    unknown = "".join(text for name, text in failures.items() if name not in KNOWN[store])
    assert not unknown, unknown
    assert not KNOWN[store].keys() - failures.keys(), "these cost no more than they should now"
