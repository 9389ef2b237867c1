"""Fixtures of the conformance tests. TARN_PROGRAM names the program under test."""
import os
import pathlib
import shutil
import tempfile
import time

import pytest

import tarn_server

SHARED = pathlib.Path(__file__).resolve().parents[3] / "shared"
PROGRESS_SECONDS = 10


def forget_the_user():
    """Takes what the user has set up for clients and servers out of the environment: accounts,
    regions, servers, proxies."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "LAKECTL_", "LAKEFS_", "RCLONE_", "TARN_DATA")):
            del os.environ[name]
    os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                   "AWS_EC2_METADATA_DISABLED": "true"}
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, ["127.0.0.1,localhost", os.environ.get(name)]))


forget_the_user()


class Progress:
    """Says on a stream which test runs: one changing line on a terminal, else a line now and
    then."""

    def __init__(self, stream):
        self.stream, self.done, self.total, self.said = stream, 0, 0, 0.0

    def pytest_collection_finish(self, session):
        self.total = len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids):
        """Each of several processes finds all tests."""
        self.total = len(ids)

    def pytest_runtest_logstart(self, nodeid):
        self.done += 1
        line = f"[{self.done}/{self.total}] {nodeid.split('/')[-1]}"
        if self.stream.isatty():
            last = self.done == self.total
            self.stream.write(f"\r\x1b[K{line[:100]}" + ("\r\x1b[K" if last else ""))
        elif time.monotonic() - self.said >= PROGRESS_SECONDS:
            self.said = time.monotonic()
            self.stream.write(line + "\n")
        self.stream.flush()


def pytest_configure(config):
    """TARN_PROGRESS names the descriptor of a stream for the progress."""
    if "TARN_PROGRESS" in os.environ and not hasattr(config, "workerinput"):
        stream = open(int(os.environ["TARN_PROGRESS"]), "w", encoding="utf-8", closefd=False)
        config.pluginmanager.register(Progress(stream))


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="the long versions of the long tests")


@pytest.fixture(scope="session")
def full(request):
    return request.config.getoption("--full")


@pytest.fixture(scope="session")
def shared():
    """The folder with the recorded answers. TARN_SHARED=required makes its absence an error."""
    if not (SHARED / "conformance").is_dir():
        if os.environ.get("TARN_SHARED") == "required":
            pytest.fail(f"{SHARED}/conformance is required and absent")
        pytest.skip("the recorded answers (../shared/conformance) are not here")
    return SHARED


@pytest.fixture(scope="module")
def directory():
    """A directory of the module, gone afterwards."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="tarn-test-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def tarn(directory):
    """A running server that is set up; sources of imports go below directory/sources."""
    (directory / "sources").mkdir()
    server = tarn_server.Server(tarn_server.program(), directory / "server",
                                prefixes=[directory / "sources"])
    with server:
        yield server.set_up()
