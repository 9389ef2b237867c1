"""HEAD says what GET says, in both protocols: every readable thing, in every way in which it can be
asked for and refused. But it does not ask the store."""
import http.client
import itertools

import pytest

import s3_client
import s3_signer
import tarn_server

CONTENT = b"0123456789"
# They say when and as which request an answer was made.
OWN = {"date", "x-amz-request-id", "x-request-id", "content-length"}

RANGES = [None, "bytes=0-3", "bytes=-4", "bytes=4-", "bytes=0-99", "bytes=10-", "bytes=-0",
          "bytes=5-2", "bytes=0-1,3-4", "lines=1"]
CONDITIONS = [{}, {"If-None-Match": "*"}, {"If-None-Match": '"x"'}, {"If-Match": "*"},
              {"If-Match": '"x"'}, {"If-Modified-Since": "Wed, 01 Jan 2070 00:00:00 GMT"},
              {"If-Unmodified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
              {"If-Range": '"x"'}]
S3_PATHS = ["plain", "empty", "folder/", "described", "parts", "missing", "", "//x", "k" * 1025]
S3_QUERIES = ["", "response-content-type=text/html&response-cache-control=no-store",
              "response-expires=a%0D%0Ab"]
REST_PATHS = ["plain", "empty", "folder/", "described", "parts", "missing", "", "k" * 1025]


@pytest.fixture(scope="module")
def s3(tarn):
    tarn.create_repository("heads")
    client = s3_client.S3(tarn)
    for path, body in (("plain", CONTENT), ("empty", b""), ("folder/", b"")):
        client.ok("PUT", f"/heads/main/{path}", body)
    client.ok("PUT", "/heads/main/described", CONTENT,
              {"Content-Type": "text/html", "x-amz-meta-a": "=?UTF-8?B?w7w=?=",
               "Cache-Control": "max-age=1", "Content-Encoding": "gzip", "Expires": "never"})
    upload = client.start_upload("heads/main/parts")
    tag = client.ok("PUT", f"/heads/main/parts?partNumber=1&uploadId={upload}", CONTENT)
    client.complete("heads/main/parts", upload, [(1, tag.headers["ETag"])])
    return client


def alike(get, head, what):
    """Compares two answers; the length of the body counts where GET has one."""
    assert head.status == get.status, what
    assert head.body == b"", what

    def told(answer):
        return sorted((name.lower(), value) for name, value in answer.headers.items()
                      if name.lower() not in OWN)
    assert told(head) == told(get), what
    if get.status not in (204, 304):
        assert head.headers["Content-Length"] == str(len(get.body)), what
    if get.status < 300:
        assert head.headers["X-Content-Type-Options"] == "nosniff", what
    return get.status


def headers_of(byte_range, condition):
    return {**({"Range": byte_range} if byte_range else {}), **condition}


def test_objects_through_the_gateway(s3):
    seen = set()
    for path, query in itertools.product(S3_PATHS, S3_QUERIES):
        target = f"/heads/main/{path}" + (f"?{query}" if query else "")
        for byte_range, condition in itertools.product(RANGES, CONDITIONS):
            extra = headers_of(byte_range, condition)
            seen.add(alike(s3("GET", target, extra=extra), s3("HEAD", target, extra=extra),
                           (target, extra)))
    assert seen >= {200, 206, 304, 400, 404, 412, 416}, seen


def test_the_store_is_not_asked(tarn, s3):
    s3.ok("PUT", "/heads/main/lost", CONTENT)
    lost = tarn.api("GET", "/repositories/heads/refs/main/objects/stat?path=lost").json
    (tarn.directory / "objects").joinpath(
        lost["physical_address"].removeprefix("local://")).unlink()
    target = "/api/v1/repositories/heads/refs/main/objects?path=lost"
    for ask in (lambda method: s3(method, "/heads/main/lost"),
                lambda method: tarn.call(method, target)):
        head = ask("HEAD")
        assert (head.status, head.headers["Content-Length"]) == (200, str(len(CONTENT)))
        assert ask("GET").status in (404, 410)


def test_other_places_of_the_gateway(s3):
    for target in ("/heads/nowhere/x", "/heads/nowhere/", "/heads/ba!d/x", "/heads/main",
                   "/missing/main/x", "/missing", "/UPPER/main/x"):
        alike(s3("GET", target), s3("HEAD", target), target)


def test_refused_credentials_of_the_gateway(tarn, s3):
    target = "/heads/main/plain"
    wrong = s3_client.S3(tarn)
    wrong.signer = s3_signer.Signer(tarn_server.KEY, "wrong", f"127.0.0.1:{tarn.port}")
    unknown = s3_client.S3(tarn)
    unknown.signer = s3_signer.Signer("AKIAUNKNOWN", "wrong", f"127.0.0.1:{tarn.port}")
    for client in (wrong, unknown):
        assert alike(client("GET", target), client("HEAD", target), target) == 403
    host = {"Host": "s3.local.lakefs.io"}
    for auth in (None, "Basic bm9ib2R5Ong=", "Bearer x", "AWS x:y", "AWS4-HMAC-SHA256 x"):
        headers = {**host, **({"Authorization": auth} if auth else {})}
        assert alike(s3.send("GET", target, headers), s3.send("HEAD", target, headers),
                     auth) in (400, 401, 403)


def test_objects_through_the_rest_api(tarn, s3):
    seen = set()
    for path, ref in itertools.product(REST_PATHS, ("main", "nowhere")):
        target = f"/api/v1/repositories/heads/refs/{ref}/objects?path={path}"
        for byte_range, condition in itertools.product(RANGES, CONDITIONS):
            headers = headers_of(byte_range, condition)
            seen.add(alike(tarn.call("GET", target, headers=headers),
                           tarn.call("HEAD", target, headers=headers), (target, headers)))
    assert seen >= {200, 206, 304, 400, 404, 412, 416}, seen
    target = "/api/v1/repositories/heads/refs/main/objects?path=plain"
    for auth in (None, "Basic bm9ib2R5Ong=", "Bearer x"):
        get, head = (tarn.call(method, target, auth=auth) for method in ("GET", "HEAD"))
        assert alike(get, head, auth) == 401
        assert head.headers["X-Content-Type-Options"] == "nosniff"
    for target in ("/api/v1/repositories/heads/refs/main/objects",
                   "/api/v1/repositories/none/refs/main/objects?path=plain"):
        alike(tarn.call("GET", target), tarn.call("HEAD", target), target)


def test_an_answer_to_head_leaves_the_connection_in_step(tarn, s3):
    connection = http.client.HTTPConnection("127.0.0.1", tarn.port, timeout=30)
    target = "/api/v1/repositories/heads/refs/main/objects?path="
    for path, auth in (("plain", tarn_server.BASIC), ("missing", tarn_server.BASIC), ("plain", "")):
        for method in ("HEAD", "GET"):
            connection.request(method, target + path,
                               headers={"Authorization": auth} if auth else {})
            answer = connection.getresponse()
            body = answer.read()
            assert len(body) == (0 if method == "HEAD" else int(answer.headers["Content-Length"]))
    connection.close()


def test_pages(tarn):
    for target in ("/", "/_health", "/openapi.json", "/logout", "/_pprof", "/iceberg/api"):
        alike_pages = [tarn.call(method, target, auth=None) for method in ("GET", "HEAD")]
        get, head = alike_pages
        assert (head.status, head.body) == (get.status, b""), target
        assert head.headers["Content-Length"] == get.headers["Content-Length"], target
        assert head.headers["Content-Type"] == get.headers["Content-Type"], target
