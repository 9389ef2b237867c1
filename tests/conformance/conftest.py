"""Fixtures of the conformance tests. TARN_PROGRAM names the program under test."""
import os
import pathlib
import shutil
import tempfile

import pytest

import tarn_server

SHARED = pathlib.Path(__file__).resolve().parents[3] / "shared"


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
