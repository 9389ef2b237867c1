"""Requests that are broken, or that two servers could read in two ways: what answers they get, and
what becomes of the connection. Behind each comes a good request, which must be told apart."""
import contextlib
import http.client
import io
import socket

import pytest

import tarn_server


@pytest.fixture(scope="module")
def repository(tarn):
    tarn.create_repository("hostile")
    tarn.api("POST", "/repositories/hostile/branches/main/objects?path=a", "content")


LOGIN = "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
UPLOAD = ("POST /api/v1/repositories/hostile/branches/main/objects?path=broken HTTP/1.1\r\n"
          f"Host: x\r\nAuthorization: {tarn_server.BASIC}\r\n")
CHUNKED = "Transfer-Encoding: chunked\r\n\r\n"
HIDDEN = "DELETE /api/v1/repositories/hostile/branches/main/objects?path=a HTTP/1.1\r\n" \
         f"Host: x\r\nAuthorization: {tarn_server.BASIC}\r\n\r\n"
GET = "GET /_health HTTP/1.1\r\n"
PROBE = b"GET /api/v1/healthcheck HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

# What is sent, the statuses of the answers to it, and whether the connection stays of use. What
# two servers could read in two ways ends the connection: nothing behind it is a request.
CLOSE, STAY = False, True
BROKEN = {
    "empty lines first": ("\r\n\r\n\r\n", [], STAY),
    "many empty lines": ("\r\n" * 5000, [], STAY),
    "no target": ("GET\r\n\r\n", [400], CLOSE),
    "no version": ("GET /\r\nHost: x\r\n\r\n", [400], CLOSE),
    "blanks in the target": ("GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", [400], CLOSE),
    "blank first": (" GET / HTTP/1.1\r\nHost: x\r\n\r\n", [400], CLOSE),
    "version 9.9": ("GET / HTTP/9.9\r\n\r\n", [505], CLOSE),
    "version 2": ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [505], CLOSE),
    "version in small letters": ("GET / http/1.1\r\nHost: x\r\n\r\n", [400], CLOSE),
    "TLS": ("\x16\x03\x01\x02\x00\x01\r\n\r\n", [400], CLOSE),
    "CONNECT": ("CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n", [400], CLOSE),
    "no token as method": ("G(T / HTTP/1.1\r\nHost: x\r\n\r\n", [400], CLOSE),
    "no host": ("GET / HTTP/1.1\r\n\r\n", [400], CLOSE),
    "two hosts": (GET + "Host: x\r\nHost: x\r\n\r\n", [400], CLOSE),
    "bare line feeds": ("GET / HTTP/1.1\nHost: x\n\n", [400], CLOSE),
    "a bare line feed": (GET + "Host: x\r\nA: b\n\r\n", [400], CLOSE),
    "a bare carriage return": (GET + "Host: x\r\nA: b\rContent-Length: 9\r\n\r\n", [400], CLOSE),
    "folded line": (GET + "Host: x\r\nA: b\r\n Folded: y\r\n\r\n", [400], CLOSE),
    "folded first line": (GET + " Folded: y\r\nHost: x\r\n\r\n", [400], CLOSE),
    "blank before the colon": (GET + "Host: x\r\nContent-Length : 5\r\n\r\nhello", [400], CLOSE),
    "no colon": (GET + "Host: x\r\nwhatever\r\n\r\n", [400], CLOSE),
    "no name": (GET + "Host: x\r\n: b\r\n\r\n", [400], CLOSE),
    "NUL in the target": ("GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n", [400], CLOSE),
    "NUL in a name": (GET + "Host: x\r\nA\x00: b\r\n\r\n", [400], CLOSE),
    "NUL in a value": (GET + "Host: x\r\nA: b\x00c\r\n\r\n", [400], CLOSE),
    "negative length": (LOGIN + "Content-Length: -1\r\n\r\n", [400], CLOSE),
    "signed length": (LOGIN + "Content-Length: +5\r\n\r\nhello", [400], CLOSE),
    "hexadecimal length": (LOGIN + "Content-Length: 0x5\r\n\r\nhello", [400], CLOSE),
    "length with a blank": (LOGIN + "Content-Length: 1 0\r\n\r\nhello", [400], CLOSE),
    "list of lengths": (LOGIN + "Content-Length: 5, 5\r\n\r\nhello", [400], CLOSE),
    "empty length": (LOGIN + "Content-Length:\r\n\r\n", [400], CLOSE),
    "length beyond numbers": (LOGIN + "Content-Length: 99999999999999999999\r\n\r\n", [400], CLOSE),
    "differing lengths": (LOGIN + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                          [400], CLOSE),
    "one length twice": (LOGIN + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
                         [400], STAY),
    "length and chunks": (LOGIN + "Content-Length: 5\r\n" + CHUNKED + "0\r\n\r\n" + HIDDEN,
                          [400], CLOSE),
    "chunks and length": (LOGIN + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n"
                          + HIDDEN, [400], CLOSE),
    "chunks twice": (LOGIN + "Transfer-Encoding: chunked\r\n" + CHUNKED + "0\r\n\r\n",
                     [501], CLOSE),
    "list of codings": (LOGIN + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", [501], CLOSE),
    "unknown coding": (LOGIN + "Transfer-Encoding: xchunked\r\n\r\n" + HIDDEN, [501], CLOSE),
    "identity": (LOGIN + "Transfer-Encoding: identity\r\n\r\n", [501], CLOSE),
    "coding with a control character": (LOGIN + "Transfer-Encoding: \x0bchunked\r\n\r\n",
                                        [400], CLOSE),
    "chunks in HTTP/1.0": (LOGIN.replace("1.1", "1.0") + CHUNKED + "0\r\n\r\n", [400], CLOSE),
    "unknown expectation": (LOGIN + "Expect: miracles\r\nContent-Length: 5\r\n\r\nhello",
                            [417], CLOSE),
    "chunk beyond numbers": (LOGIN + CHUNKED + "ffffffffffffffffff\r\n", [400], CLOSE),
    "chunk of no size": (LOGIN + CHUNKED + "zz\r\n", [400], CLOSE),
    "chunk of a signed size": (LOGIN + CHUNKED + "+2\r\n{}\r\n0\r\n\r\n", [400], CLOSE),
    "chunk of a negative size": (LOGIN + CHUNKED + "-2\r\n{}\r\n0\r\n\r\n", [400], CLOSE),
    "chunk size with 0x": (LOGIN + CHUNKED + "0x2\r\n{}\r\n0\r\n\r\n", [400], CLOSE),
    "blank before the size": (LOGIN + CHUNKED + " 2\r\n{}\r\n0\r\n\r\n", [400], CLOSE),
    "chunks with bare line feeds": (LOGIN + CHUNKED + "2\n{}\n0\n\n", [400], CLOSE),
    "chunk longer than its size": (LOGIN + CHUNKED + "1\r\n{}\r\n0\r\n\r\n", [400], CLOSE),
    "endless extension": (LOGIN + CHUNKED + "2;" + "a" * 20_000 + "\r\n{}\r\n0\r\n\r\n",
                          [400], CLOSE),
    "endless trailers": (LOGIN + CHUNKED + "2\r\n{}\r\n0\r\n" + "A: b\r\n" * 5000 + "\r\n",
                         [400], CLOSE),
    "broken chunks of an upload": (UPLOAD + CHUNKED + "5\r\nhello5\r\n", [400], CLOSE),
    # In order, if odd: what follows the body is the next request.
    "chunks with extensions and trailers": (LOGIN + CHUNKED + "2;a=b\r\n{}\r\n0;c\r\nA: b\r\n\r\n",
                                            [400], STAY),
    "a request in a body": (LOGIN + f"Content-Length: {len(HIDDEN)}\r\n\r\n" + HIDDEN, [400], STAY),
    "a request in a chunk": (LOGIN + CHUNKED + f"{len(HIDDEN):x}\r\n{HIDDEN}\r\n0\r\n\r\n",
                             [400], STAY),
    "a body that a GET does not want": (GET + f"Host: x\r\nContent-Length: {len(HIDDEN)}\r\n\r\n"
                                        + HIDDEN, [200], STAY),
    "chunks that a GET does not want": (GET + "Host: x\r\n" + CHUNKED
                                        + f"{len(HIDDEN):x}\r\n{HIDDEN}\r\n0\r\n\r\n",
                                        [200], CLOSE),
    "three in a row": ((GET + "Host: x\r\n\r\n") * 3, [200] * 3, STAY),
}


def answers_to(tarn, data, seconds=20):
    """All answers that bytes get until the server ends the connection, which it must."""
    received = b""
    with socket.create_connection(("127.0.0.1", tarn.port), timeout=seconds) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(data)
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                received += piece
    answers = []
    stream = io.BytesIO(received)
    while line := stream.readline():
        assert line.startswith(b"HTTP/1.1 "), received
        headers = http.client.parse_headers(stream)
        body = stream.read(int(headers.get("Content-Length", 0)))
        answers.append(tarn_server.Answer(int(line.split()[1]), headers, body))
    return answers


@pytest.mark.parametrize("case", BROKEN)
def test_broken_requests(tarn, repository, case):
    """Each gets its answer and nothing that hides in it gets one; the next request gets the next,
    or the connection is closed before it."""
    text, statuses, stays = BROKEN[case]
    answers = answers_to(tarn, text.encode("latin-1") + PROBE)
    assert [answer.status for answer in answers] == statuses + [204] * stays, answers
    for answer in answers[:-1]:
        assert answer.headers.get("Connection") != "close", case
    assert answers[-1].headers.get("Connection") == "close", case
    page = tarn.api("GET", "/repositories/hostile/refs/main/objects/ls").json
    assert [entry["path"] for entry in page["results"]] == ["a"]
