"""Alive and ready are two things: a server that is asked to stop says so first, and serves on."""
import signal
import time

import pytest

import tarn_server

DRAIN_SECONDS = 4


@pytest.fixture
def server(directory, request):
    return tarn_server.Server(tarn_server.program(), directory / request.node.name)


def test_a_running_server_is_ready(tarn):
    answer = tarn.call("GET", "/_ready", auth=None)
    assert (answer.status, answer.body) == (200, b"ready")
    assert tarn.call("HEAD", "/_ready", auth=None).status == 200
    assert tarn.call("POST", "/_ready", auth=None).status == 405


def test_asked_to_stop_it_serves_on(server):
    server.start("--drain", str(DRAIN_SECONDS))
    server.set_up().create_repository("one")
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    while (answer := server.call("GET", "/_ready", auth=None)).status == 200:
        assert time.monotonic() < began + DRAIN_SECONDS, "it went on being ready"
        time.sleep(0.01)
    assert (answer.status, answer.body) == (503, b"the server is about to stop")
    assert answer.headers["Retry-After"] == "1"
    assert server.call("GET", "/_health", auth=None).status == 200
    server.api("POST", "/repositories/one/branches/main/objects?path=a", "x", headers={
        "Content-Type": "application/octet-stream"})
    assert server.process.wait(60) == 0
    assert time.monotonic() >= began + DRAIN_SECONDS
    server.process = None
    with server:
        assert server.api("GET", "/repositories/one/refs/main/objects?path=a").body == b"x"


def test_asked_twice_it_stops(server):
    server.start("--drain", "600")
    server.process.send_signal(signal.SIGTERM)
    while server.call("GET", "/_ready", auth=None).status == 200:
        time.sleep(0.01)
    server.stop()


def test_times_that_make_no_sense(server):
    for wrong in ("-1", "3601", "soon"):
        with pytest.raises(RuntimeError, match="--drain"):
            server.start("--drain", wrong)
