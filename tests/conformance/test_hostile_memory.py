"""What many connections together can make the server keep in memory: never more than its budget."""
import base64
import contextlib
import http.client
import pathlib
import select
import shutil
import socket
import time

import pytest

import s3_client
import tarn_server

BUDGET_MB = 128
SLACK_MB = 48
IMPORT = "/api/v1/repositories/hostile/branches/main/import"
IMPORT_BYTES = 31 << 20
STRANGER_BYTES = 8 << 20


@pytest.fixture
def fresh(directory):
    """A server of its own, whose memory nobody has used yet."""
    server = tarn_server.Server(tarn_server.program(), directory / "fresh")
    with server:
        server.set_up()
        server.create_repository("hostile")
        yield server
        assert server.api("GET", "/repositories/hostile").json["id"] == "hostile"
    shutil.rmtree(directory / "fresh")


class Crowd:
    """Connections that send what they have and then keep still, and what they cost the server."""

    def __init__(self, server):
        self.server, self.sockets = server, []
        if "asan" not in str(server.program):
            pathlib.Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")
        self.before_mb = memory_mb(server)

    def send(self, data):
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=60)
        self.sockets.append(connection)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(data)

    def statuses(self, seconds=1.0):
        """Of those that have an answer: the others are still waited for."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            answered, _, _ = select.select(self.sockets, [], [], 0)
            if len(answered) == len(self.sockets):
                break
            time.sleep(0.05)
        found = []
        for connection in self.sockets:
            connection.setblocking(False)
            with contextlib.suppress(OSError):
                found.append(status_of(connection.recv(4096)))
        return found

    def grown_mb(self):
        return memory_mb(self.server) - self.before_mb

    def check(self, most_mb):
        if "asan" not in str(self.server.program):
            assert self.grown_mb() < most_mb

    def leave(self):
        for connection in self.sockets:
            connection.close()
        self.sockets = []


@pytest.fixture
def crowd(fresh):
    crowd = Crowd(fresh)
    yield crowd
    crowd.leave()


def memory_mb(server):
    """The most the process ever had."""
    for line in pathlib.Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    raise AssertionError("no VmHWM")


def status_of(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else None


def unfinished(credentials, framing, size, path=IMPORT):
    """A request whose last byte is missing."""
    text = (f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "".join(f"{line}\r\n" for line in credentials))
    if framing == "length":
        return (text + f"Content-Length: {size}\r\n\r\n").encode() + b" " * (size - 1)
    return (text + f"Transfer-Encoding: chunked\r\n\r\n{size:x}\r\n").encode() + b" " * (size - 1)


STRANGERS = {
    "none": [],
    "basic": ["Authorization: Basic eDp5"],
    "wrong secret": ["Authorization: Basic "
                     + base64.b64encode(f"{tarn_server.KEY}:wrong".encode()).decode()],
    "bearer": ["Authorization: Bearer a.b.c"],
    "cookie": ["Cookie: internal_auth_session=a"],
    "another cookie": ["Cookie: a=b"],
    "unknown scheme": ["Authorization: Digest a"],
}


@pytest.mark.parametrize("framing", ["length", "chunks"])
@pytest.mark.parametrize("kind", STRANGERS)
def test_bodies_of_strangers(crowd, kind, framing):
    """Who has not signed in can have but a little kept, however many connections he makes."""
    for path in (IMPORT, "/api/v1/auth/login"):
        for _ in range(12):
            crowd.send(unfinished(STRANGERS[kind], framing, STRANGER_BYTES, path))
    statuses = crowd.statuses()
    assert set(statuses[:12]) == {401} and set(statuses[12:]) == {413}
    crowd.check(SLACK_MB)


@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_bodies_of_known_clients(crowd, fresh, framing):
    """Signed in, one may have much kept, but all together stay within the budget."""
    request = unfinished([f"Authorization: {tarn_server.BASIC}"], framing, IMPORT_BYTES)
    for _ in range(24):
        crowd.send(request)
    statuses = crowd.statuses()
    assert set(statuses) == {503} and 12 <= len(statuses) < 24
    crowd.check(BUDGET_MB + SLACK_MB)
    # Small requests find a place all the time, and large ones when the crowd has left.
    for size in (10, 10_000, 60_000):
        fresh.api("POST", "/repositories/hostile/branches/main/objects?path=a", "x" * size)
        assert fresh.call("POST", "/api/v1/repositories/hostile/branches", {
            "name": "b" * size, "source": "main"}).status in (201, 400)
    crowd.leave()
    whole = request + (b" " if framing == "length" else b" \r\n0\r\n\r\n")
    alone, deadline = Crowd(fresh), time.monotonic() + 60
    while alone.statuses(10) != [400]:
        assert time.monotonic() < deadline
        alone.leave()
        alone.send(whole)


def test_documents_of_known_s3_clients(crowd, fresh):
    s3 = s3_client.S3(fresh)
    for _ in range(40):
        headers = s3.signer.headers("POST", "/hostile?delete")
        crowd.send("".join(["POST /hostile?delete HTTP/1.1\r\n",
                            *(f"{name}: {value}\r\n" for name, value in headers.items()),
                            f"Content-Length: {7 << 20}\r\n\r\n"]).encode()
                   + b" " * ((7 << 20) - 1))
    statuses = crowd.statuses()
    assert set(statuses) == {503} and 20 <= len(statuses) < 40
    crowd.check(BUDGET_MB + SLACK_MB)
    assert s3("GET", "/hostile/main/none").code == "NoSuchKey"


@pytest.mark.parametrize("size", [5_000, 60_000, 900_000])
def test_unfinished_heads(crowd, size):
    for _ in range(400):
        crowd.send(b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * size)
    assert set(crowd.statuses()) <= {503}
    crowd.check(BUDGET_MB // 2 + SLACK_MB)


def test_answers_that_were_read(crowd, fresh):
    """A connection that waits for its next request keeps nothing of the last one."""
    for _ in range(800):
        connection = http.client.HTTPConnection("127.0.0.1", fresh.port, timeout=60)
        for method, target in (("GET", "/openapi.json"), ("POST", "/api/v1/auth/login")):
            connection.request(method, target, b" " * 60_000 if method == "POST" else None,
                               {"Content-Type": "application/json"})
            connection.getresponse().read()
        crowd.sockets.append(connection.sock)
    crowd.check(SLACK_MB)


def test_answers_that_nobody_reads(crowd, fresh):
    """Large answers wait in memory for their readers, within the budget."""
    size = len(fresh.call("GET", "/openapi.json", auth=None).body)
    assert size > 100_000
    for _ in range(1500):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", fresh.port))
        connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
        crowd.sockets.append(connection)
    time.sleep(1)
    # Many blocks of that size leave gaps between them.
    crowd.check(BUDGET_MB + 2 * SLACK_MB)
