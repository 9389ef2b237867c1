"""Requests for buckets that are no repository go on to the fallback server, as they came."""
import contextlib
import hashlib
import http.client
import http.server
import os
import socket
import threading
import time

import pytest

import s3_client
import s3_signer
import tarn_server

CONTENT = os.urandom(3_000_000)
UPLOAD = os.urandom(20_000_000)
NO_KEY = b'<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'
MEMORY_MB_MAX = 250 * tarn_server.MEMORY_FACTOR


PAGE = b"<script>fetch('/api/v1/user')</script><form action=/api/v1/auth/login method=post>"
RULING = [(name, "theirs") for name in (
    "Set-Cookie", "Strict-Transport-Security", "Content-Security-Policy", "X-Frame-Options",
    "Content-Security-Policy-Report-Only", "Service-Worker-Allowed", "Clear-Site-Data", "Refresh",
    "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Link", "Alt-Svc",
    "Public-Key-Pins", "Report-To", "NEL", "Permissions-Policy", "WWW-Authenticate",
    "Cross-Origin-Opener-Policy", "X-Content-Type-Options", "Something-New")]


class Upstream(http.server.ThreadingHTTPServer):
    """Another S3 server, or what looks like one; tells what it was asked."""
    daemon_threads = True

    def __init__(self):
        self.seen, self.broken = [], threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        """Connections that are cut belong to the tests."""

    def take(self):
        """The requests since the last call."""
        seen, self.seen = self.seen, []
        return seen


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def body(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        left = int(self.headers.get("Content-Length", 0))
        while left:
            piece = self.rfile.read(min(left, 65536))
            if not piece:
                self.server.broken.set()
                raise ConnectionError
            left -= len(piece)
            yield piece

    def answer(self, status, body=b"", headers=(), length=True):
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_any(self):
        seen = {"method": self.command, "target": self.path, "headers": self.headers}
        self.server.seen.append(seen)
        if "refuse" in self.path:
            self.close_connection = True
            return self.answer(403, NO_KEY, [("Connection", "close")])
        digest, size = hashlib.sha256(), 0
        for piece in self.body():
            digest.update(piece)
            size += len(piece)
        seen.update(sha256=digest.hexdigest(), size=size)
        if "missing" in self.path:
            self.answer(404, NO_KEY, [("Content-Type", "application/xml"),
                                      ("X-Amz-Meta-Twice", "1"), ("X-Amz-Meta-Twice", "2"),
                                      ("Date", "Tue, 15 Nov 1994 08:12:31 GMT")])
        elif "page" in self.path:
            self.answer(200, PAGE, [("Content-Type", "text/html"), ("X-Amz-Meta-A", "1"),
                                    ("Cache-Control", "no-cache"), *RULING])
        elif "same" in self.path:
            self.answer(304, headers=[("ETag", '"e"')], length=False)
        elif "slow" in self.path:
            with contextlib.suppress(OSError):
                self.connection.settimeout(20)
                if not self.connection.recv(1):
                    self.server.broken.set()
        elif "endless" in self.path:
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"10000\r\n" + bytes(65536) + b"\r\n")
            except OSError:
                self.server.broken.set()
        elif "cut" in self.path:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"too little")
            self.close_connection = True
        elif "chunked" in self.path:
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for start in range(0, len(CONTENT), 100_000):
                piece = CONTENT[start:start + 100_000]
                self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self.wfile.write(b"0\r\n\r\n")
        elif self.command in ("GET", "HEAD"):
            if value := self.headers.get("Range"):
                first, last = map(int, value.removeprefix("bytes=").split("-"))
                self.answer(206, CONTENT[first:last + 1],
                            [("Content-Range", f"bytes {first}-{last}/{len(CONTENT)}")])
            else:
                self.answer(200, CONTENT, [("Content-Type", "image/png")])
        elif self.command == "DELETE":
            self.answer(204, length=False)
        else:
            self.answer(200, headers=[("ETag", '"put"')])

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_any


@pytest.fixture(scope="module")
def upstream():
    server = Upstream()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def tarn(directory, upstream):
    server = tarn_server.Server(
        tarn_server.program(), directory / "server",
        extra=f"gateways: {{s3: {{fallback_url: 'http://{upstream.host}'}}}}\n")
    with server:
        server.set_up()
        server.create_repository("known")
        yield server


@pytest.fixture
def s3(tarn, upstream):
    upstream.take()
    upstream.broken.clear()
    return s3_client.S3(tarn)


@pytest.mark.parametrize("target", ["/foreign/key", "/foreign/a/b%2Fc%20d//e?versionId=1&x",
                                    "/foreign/chunked/x", "/Foreign.Bucket/x/y"])
def test_get(s3, upstream, tarn, target):
    answer = s3("GET", target)
    assert (answer.status, answer.body) == (200, CONTENT)
    assert answer.headers.get("X-Amz-Request-Id") is None
    [seen] = upstream.take()
    assert (seen["method"], seen["target"]) == ("GET", target)
    headers = seen["headers"]
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=")
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["Host"] == f"127.0.0.1:{tarn.port}"
    assert "User-Agent" not in headers and "Accept" not in headers


def test_range_and_head(s3, upstream):
    answer = s3("GET", "/foreign/key", extra={"Range": "bytes=1000-1999"})
    assert (answer.status, answer.body) == (206, CONTENT[1000:2000])
    assert answer.headers["Content-Range"] == f"bytes 1000-1999/{len(CONTENT)}"
    answer = s3("HEAD", "/foreign/key")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.headers["Content-Type"] == "image/png"
    assert s3("HEAD", "/foreign").status == 200
    assert [seen["method"] for seen in upstream.take()] == ["GET", "HEAD", "HEAD"]


def test_put(tarn, s3, upstream):
    for target in ("/foreign/key", "/foreign/deep/er/key", "/foreign/key?partNumber=1&uploadId=u"):
        answer = s3("PUT", target, UPLOAD, {"x-amz-meta-a": "1"})
        assert (answer.status, answer.body) == (200, b"")
        assert answer.headers["ETag"] == '"put"'
        [seen] = upstream.take()
        assert seen["sha256"] == hashlib.sha256(UPLOAD).hexdigest()
        assert seen["headers"]["Content-Length"] == str(len(UPLOAD))
        assert seen["headers"]["x-amz-meta-a"] == "1"
    if "asan" not in str(tarn.program):
        assert s3_client.memory_mb(tarn) < MEMORY_MB_MAX


def test_empty_and_bucket_requests(s3, upstream):
    assert s3("PUT", "/foreign/empty").status == 200
    assert s3("PUT", "/foreign").status == 200
    assert s3("DELETE", "/foreign/a/b").status == 204
    assert s3("POST", "/foreign?delete", b"<Delete/>").status == 200
    assert s3("POST", "/foreign/a?uploads").status == 200
    assert s3("GET", "/foreign?list-type=2&prefix=a%2F").status == 200
    assert [(seen["method"], seen["target"], seen["size"]) for seen in upstream.take()] == [
        ("PUT", "/foreign/empty", 0), ("PUT", "/foreign", 0), ("DELETE", "/foreign/a/b", 0),
        ("POST", "/foreign?delete", 9), ("POST", "/foreign/a?uploads", 0),
        ("GET", "/foreign?list-type=2&prefix=a%2F", 0)]


def test_framed_bodies_stay_as_they_are(s3, upstream, tarn):
    headers, body = s3.signer.streamed("PUT", "/foreign/main/a", UPLOAD[:300_000])
    assert s3.send("PUT", "/foreign/main/a", headers, body).status == 200
    [seen] = upstream.take()
    assert seen["sha256"] == hashlib.sha256(body).hexdigest()
    headers = s3.signer.headers("PUT", "/foreign/main/b", s3_signer.UNSIGNED)
    connection = http.client.HTTPConnection("127.0.0.1", tarn.port, timeout=60)
    pieces = [UPLOAD[:10], UPLOAD[10:200_000]]
    connection.request("PUT", "/foreign/main/b", iter(pieces), headers, encode_chunked=True)
    assert connection.getresponse().read() == b""
    connection.close()
    [seen] = upstream.take()
    assert seen["headers"]["Transfer-Encoding"] == "chunked"
    assert seen["sha256"] == hashlib.sha256(UPLOAD[:200_000]).hexdigest()


def test_a_client_that_waits_for_leave(s3, upstream, tarn):
    headers = s3.signer.headers("PUT", "/foreign/key", extra={"expect": "100-continue"})
    lines = ["PUT /foreign/key HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items()),
             "content-length: 100000", "", ""]
    with socket.create_connection(("127.0.0.1", tarn.port), timeout=30) as connection:
        connection.sendall("\r\n".join(lines).encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(UPLOAD[:100_000])
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
    [seen] = upstream.take()
    assert seen["headers"]["Expect"] == "100-continue"
    assert seen["sha256"] == hashlib.sha256(UPLOAD[:100_000]).hexdigest()


def test_a_slow_reader_costs_no_memory(s3, upstream, tarn):
    headers = s3.signer.headers("GET", "/foreign/endless")
    lines = ["GET /foreign/endless HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
    before = s3_client.memory_mb(tarn)
    with socket.create_connection(("127.0.0.1", tarn.port), timeout=30) as connection:
        connection.sendall("\r\n".join(lines).encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
        time.sleep(2)
        assert s3_client.memory_mb(tarn) < before + 30
        assert s3("GET", "/foreign/key").body == CONTENT
    assert upstream.broken.wait(10)


def test_errors_are_passed_on(s3, upstream):
    answer = s3("GET", "/foreign/missing")
    assert (answer.status, answer.body) == (404, NO_KEY)
    assert answer.headers["Content-Type"] == "application/xml"
    assert answer.headers.get_all("X-Amz-Meta-Twice") == ["1", "2"]
    assert answer.headers.get_all("Date") == ["Tue, 15 Nov 1994 08:12:31 GMT"]
    answer = s3("GET", "/foreign/same")
    assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", '"e"')
    answer = s3("PUT", "/foreign/refuse", UPLOAD)
    assert (answer.status, answer.body) == (403, NO_KEY)
    assert len(upstream.take()) == 3
    with pytest.raises(http.client.IncompleteRead):
        s3("GET", "/foreign/cut")


def test_answers_do_not_rule_our_origin(s3, upstream):
    """Browsers that show what another server sent do so in a sandbox; S3 clients miss nothing."""
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
        answer = s3(method, "/foreign/page", b"x" if method in ("POST", "PUT") else b"")
        assert answer.status == 200
        assert answer.body == (b"" if method == "HEAD" else PAGE)
        assert answer.headers["Content-Type"] == "text/html"
        assert (answer.headers["X-Amz-Meta-A"], answer.headers["Cache-Control"]) == (
            "1", "no-cache")
        assert "sandbox" in answer.headers["Content-Security-Policy"].split("; ")
        assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]
        for name, value in RULING:
            assert value not in answer.headers.get_all(name, []), name
    for path in ("missing", "refuse", "key"):
        answer = s3("GET", f"/foreign/{path}")
        assert "sandbox" in answer.headers["Content-Security-Policy"], path
    # So is what users have stored here.
    s3.ok("PUT", "/known/main/page", PAGE, {"Content-Type": "text/html"})
    answer = s3("GET", "/known/main/page")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    upstream.take()


def test_virtual_hosts(s3, upstream, tarn):
    for host, expected in ((f"foreign.s3.local.lakefs.io:{tarn.port}", f"foreign.{upstream.host}"),
                           ("s3.local.lakefs.io", upstream.host)):
        signer = s3_signer.Signer(tarn_server.KEY, tarn_server.SECRET, host)
        target = "/key" if host.startswith("foreign.") else "/foreign/key"
        answer = s3.send("GET", target, signer.headers("GET", target))
        assert (answer.status, answer.body) == (200, CONTENT)
        [seen] = upstream.take()
        assert (seen["headers"]["Host"], seen["target"]) == (expected, target)


def test_repositories_stay_here(s3, upstream, tarn):
    s3.ok("PUT", "/known/main/a", b"content")
    assert s3.ok("GET", "/known/main/a").body == b"content"
    assert s3.ok("HEAD", "/known").body == b""
    assert s3("GET", "/known/main/none").code == "NoSuchKey"
    assert s3("PUT", "/known/key", b"body").status == 404
    assert s3("PUT", "/known").code == "BucketAlreadyExists"
    s3.ok("POST", "/known?delete", b"<Delete><Object><Key>main/a</Key></Object></Delete>")
    assert s3("GET", "/known/main/a").code == "NoSuchKey"
    assert "<Name>known</Name>" in s3.ok("GET", "/").body.decode()
    tarn.stop()
    tarn.start()  # Now it has to look for the repository on the disk.
    s3.ok("POST", "/known?delete", b"<Delete><Object><Key>main/b</Key></Object></Delete>")
    assert upstream.take() == []


def test_nothing_is_passed_on_without_credentials(s3, upstream, tarn):
    stranger = s3_signer.Signer("AKIAIOSFODNN7STRANGE", "secret", f"127.0.0.1:{tarn.port}")
    liar = s3_signer.Signer(tarn_server.KEY, "another secret", f"127.0.0.1:{tarn.port}")
    for signer in (stranger, liar):
        for method, body in (("GET", b""), ("PUT", b"some bytes")):
            answer = s3.send(method, "/foreign/a/b", signer.headers(method, "/foreign/a/b"), body)
            assert answer.status == 403, answer
    answer = s3.send("GET", "/a/b", {"Host": "foreign.s3.local.lakefs.io"})
    assert (answer.status, answer.code) == (400, "MissingFields")
    assert upstream.take() == []


def test_secrets_of_the_api_are_not_passed_on(upstream, tarn):
    answer = tarn.call("GET", "/elsewhere/main/k", headers={"Host": "s3.local.lakefs.io"})
    assert answer.status == 404 and b"<Code>NoSuchBucket</Code>" in answer.body
    assert not upstream.take()


def test_a_client_that_goes_away_ends_the_call(s3, upstream, tarn):
    for method, path, length in (("GET", "/foreign/slow", 0), ("GET", "/foreign/endless", 0),
                                 ("PUT", "/foreign/upload", 1_000_000)):
        upstream.broken.clear()
        headers = s3.signer.headers(method, path)
        lines = [f"{method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items()),
                 f"content-length: {length}", "", ""]
        with socket.create_connection(("127.0.0.1", tarn.port), timeout=30) as connection:
            connection.sendall("\r\n".join(lines).encode() + bytes(length // 2))
            deadline = time.monotonic() + 20
            while not upstream.seen and time.monotonic() < deadline:
                time.sleep(0.01)
            assert len(upstream.take()) == 1
        assert upstream.broken.wait(10), path


def test_many_at_once(s3, upstream, tarn):
    failures = []

    def work(number):
        try:
            client = s3_client.S3(tarn, kept=True)
            for i in range(5):
                assert client("GET", f"/foreign/k{number}-{i}").body == CONTENT
                assert client("PUT", f"/foreign/k{number}-{i}", CONTENT).status == 200
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=[number]) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(upstream.take()) == 16 * 5 * 2


def test_an_unreachable_server(directory):
    port = tarn_server.free_port()
    server = tarn_server.Server(
        tarn_server.program(), directory / "lonely",
        extra=f"gateways: {{s3: {{fallback_url: 'http://127.0.0.1:{port}'}}}}\n")
    with server:
        server.set_up()
        s3 = s3_client.S3(server)
        for method, body in (("GET", b""), ("HEAD", b""), ("PUT", UPLOAD), ("DELETE", b"")):
            answer = s3(method, "/foreign/key", body)
            assert (answer.status, answer.body) == (502, b""), method
            assert answer.headers.get("Content-Type") is None
        server.stop()
    assert "not passed on" in server.log()


def test_a_wrong_url_is_refused(directory):
    server = tarn_server.Server(tarn_server.program(), directory / "wrong",
                                extra="gateways: {s3: {fallback_url: 'proxy:9000'}}\n")
    with pytest.raises(RuntimeError, match="gateways.s3.fallback_url must be an http:// or https"):
        server.start()
