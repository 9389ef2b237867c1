"""Hostile input to the S3 gateway: a clear refusal, nothing changed, the server well afterwards."""
import contextlib
import socket
import xml.etree.ElementTree

import pytest

import s3_client
import s3_signer
import tarn_server

MEMORY_MB_MAX = 250 * tarn_server.MEMORY_FACTOR
CONTENT = b"content of an object"
PLACE = "/hostile/main/a"


@pytest.fixture(scope="module")
def s3(tarn):
    tarn.create_repository("hostile")
    client = s3_client.S3(tarn)
    client.ok("PUT", PLACE, CONTENT)
    return client


@pytest.fixture(autouse=True)
def nothing_changed(tarn, s3):
    """After each case: the same process, the same objects, the same files, bounded memory."""
    keys, files = s3.keys("hostile", "main/"), s3_client.store_files(tarn)
    yield
    assert tarn.process.poll() is None, tarn.log()
    assert s3.ok("GET", PLACE).body == CONTENT
    assert s3.keys("hostile", "main/") == keys
    assert s3_client.store_files(tarn) == files
    if "asan" not in str(tarn.program):
        assert s3_client.memory_mb(tarn) < MEMORY_MB_MAX


def raw(tarn, *pieces, seconds=30):
    """Sends bytes as they are: (status, body) of the first answer, or None."""
    answer = b""
    with socket.create_connection(("127.0.0.1", tarn.port), timeout=seconds) as connection:
        with contextlib.suppress(OSError):  # It may refuse before it has read everything.
            for piece in pieces:
                connection.sendall(piece)
        with contextlib.suppress(OSError):
            while piece := connection.recv(65536):
                answer += piece
                head, separator, body = answer.partition(b"\r\n\r\n")
                length = [line.split(b":")[1] for line in head.lower().split(b"\r\n")
                          if line.startswith(b"content-length:")]
                if separator and length and len(body) >= int(length[0]):
                    break
    if not answer.startswith(b"HTTP/1.1 "):
        return None
    return int(answer.split(b" ", 2)[1]), answer.partition(b"\r\n\r\n")[2]


def request(method, target, headers, *lines):
    text = [f"{method} {target} HTTP/1.1", *[f"{name}: {value}" for name, value in headers.items()],
            "Connection: close", *lines, "", ""]
    return "\r\n".join(text).encode("latin-1")


def check_refused(answer, statuses=range(400, 500)):
    """A status of the client's mistakes, and a document that says which."""
    assert answer.status in statuses, answer
    if answer.body:
        assert answer.code, answer


# ------------------------------------------------------------------------------- signatures

GOOD = "0" * 64
SCOPE = "20260101/us-east-1/s3/aws4_request"
AUTHORIZATIONS = [
    "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 ", "AWS4", "AWS4-HMAC-SHA256 Credential=",
    f"AWS4-HMAC-SHA256 Credential={tarn_server.KEY}/{SCOPE}",
    f"AWS4-HMAC-SHA256 Credential={tarn_server.KEY}/{SCOPE}, SignedHeaders=, Signature={GOOD}",
    f"AWS4-HMAC-SHA256 Credential={tarn_server.KEY}/{SCOPE}, SignedHeaders=host, Signature=zz",
    f"AWS4-HMAC-SHA256 Credential={tarn_server.KEY}/{SCOPE}, SignedHeaders=host, Signature={GOOD}",
    f"AWS4-HMAC-SHA256 Credential=//{SCOPE}, SignedHeaders=host, Signature={GOOD}",
    f"AWS4-HMAC-SHA256 Credential={'A' * 9000}/{SCOPE}, SignedHeaders=host, Signature={GOOD}",
    f"AWS4-HMAC-SHA256 Credential={tarn_server.KEY}/{SCOPE}, SignedHeaders={';'.join('a' * 4000)},"
    f" Signature={GOOD}",
    f"AWS4-HMAC-SHA256 Credential={tarn_server.KEY}/99999999/x/y/aws4_request, SignedHeaders=host,"
    f" Signature={GOOD}",
    f"AWS4-HMAC-SHA256 {'Credential=a/' * 2000}", "AWS4-HMAC-SHA256 " + ", " * 5000,
    "AWS :", "AWS a:b", f"AWS {tarn_server.KEY}:", f"AWS {tarn_server.KEY}:====",
    f"AWS {tarn_server.KEY}:{'A' * 9000}", "AWS \xff\xfe:\x80", "AWS4-HMAC-SHA256 \xc3\x28",
]


@pytest.mark.parametrize("number", range(len(AUTHORIZATIONS)))
def test_authorization(tarn, s3, number):
    for method in ("GET", "PUT", "POST", "DELETE"):
        status, body = raw(tarn, request(method, PLACE, {
            "Host": s3.signer.host, "Authorization": AUTHORIZATIONS[number],
            "x-amz-date": "20260101T000000Z", "Content-Length": "0"}))
        assert 400 <= status < 500, (status, body)
        assert not body or b"<Code>" in body or b'"message"' in body


@pytest.mark.parametrize("date", ["", "0", "x" * 5000, "99999999T999999Z", "00000000T000000Z",
                                  "20260230T250000Z", "20260101T000000", "-0260101T000000Z",
                                  "\xff" * 16])
def test_dates(tarn, s3, date):
    headers = s3.signer.headers("GET", PLACE) | {"x-amz-date": date}
    status, body = raw(tarn, request("GET", PLACE, headers))
    assert status in (400, 403), (status, body)


PRESIGNED = ["X-Amz-Expires=", "X-Amz-Expires=-1", "X-Amz-Expires=99999999999999999999",
             "X-Amz-Expires=1e3", "X-Amz-Expires=604801", "X-Amz-Date=", "X-Amz-Date=tomorrow",
             "X-Amz-Credential=%00", "X-Amz-Credential=a/b/c/d/e/f/g",
             "X-Amz-SignedHeaders=", "X-Amz-SignedHeaders=%ff;%fe", "X-Amz-Signature=",
             "X-Amz-Signature=" + "0" * 10_000, "X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256",
             "AWSAccessKeyId=x", "AWSAccessKeyId=%00&Signature=%ff&Expires=-1"]


@pytest.mark.parametrize("change", PRESIGNED)
def test_presigned_parameters(tarn, s3, change):
    name = change.partition("=")[0]
    pairs = s3.signer.presigned("GET", PLACE).partition("?")[2].split("&")
    query = "&".join([pair for pair in pairs if not pair.startswith(name + "=")] + [change])
    status, body = raw(tarn, request("GET", f"{PLACE}?{query}", {"Host": s3.signer.host}))
    if name != "AWSAccessKeyId":  # The rest of that one is a good URL, with words it ignores.
        assert status in (400, 403), (status, body)
        assert xml.etree.ElementTree.fromstring(body).findtext("Code")
    assert status in (200, 400, 403), (status, body)


# ------------------------------------------------------------------------------- heads

@pytest.mark.parametrize("query", ["a=" + "b" * (1 << 20), "&".join("a" * 600_000),
                                   "prefix=" + "%41" * 400_000],
                         ids=["one", "many", "escaped"])
def test_a_query_of_a_megabyte(tarn, s3, query):
    target = "/hostile?" + query
    status, _ = raw(tarn, request("GET", target, s3.signer.headers("GET", target)))
    assert status in (400, 413, 414, 431)


@pytest.mark.parametrize("target", [
    "/%zz/main/a", "/hostile/%zz/a", "/hostile/main/%zz", "/hostile/main/%", "/hostile/main/%0",
    "/%00", "/hostile/%00/a", "/%ff%fe/main/a", "/hostile/%ff%fe/a", "/../../etc/passwd",
    "/hostile/../../../etc/passwd", "/%2e%2e/%2e%2e/x", "/hostile/main~99999999999/a",
    "/hostile/main@@@/a", "/hostile/^/a",
    "/hostile/" + "r" * 5000 + "/a", "/" + "b" * 5000 + "/main/a"])
def test_places(tarn, s3, target):
    for method in ("GET", "HEAD", "PUT", "POST", "DELETE"):
        headers = s3.signer.headers(method, target) | {"content-length": "0"}
        status, body = raw(tarn, request(method, target, headers))
        # What can be no name of a bucket or a ref is an internal error, as it is the reference's.
        allowed = (204, 400, 403, 404, 405, 501)
        assert status in allowed or status == 500 and (method == "HEAD" or b"InternalE" in body)
        assert b"root:" not in body


PATHS = ["%00", "a%00b", "%ff%fe", "%c3%28", "..", "../../../../etc", "%2e%2e%2f%2e%2e", "//", ".",
         "/etc/passwd", "a//b", "%0d%0aX:%20y", "%e2%80%ae", "%25%32%65", "\\..\\..", "a" * 1024]


@pytest.mark.parametrize("path", PATHS)
def test_paths(tarn, s3, path):
    """Taken and given back as it is, or refused."""
    target = "/hostile/main/" + path
    status, body = raw(tarn, request("PUT", target, s3.signer.headers("PUT", target),
                                     "Content-Length: 7"), b"hostile")
    assert status == 200 or 400 <= status < 500, (status, body)
    if status == 200:
        read = raw(tarn, request("GET", target, s3.signer.headers("GET", target)))
        assert read == (200, b"hostile")
        s3.keys("hostile", "main/")
        gone = raw(tarn, request("DELETE", target, s3.signer.headers("DELETE", target)))
        assert gone is not None and gone[0] == 204
        collect(tarn)


def collect(tarn):
    """Files of objects that have been removed again: garbage collection's business."""
    keep = {entry["physical_address"] for entry in tarn.api(
        "GET", "/repositories/hostile/refs/main/objects/ls?amount=1000").json["results"]}
    for folder in (tarn.directory / "objects" / "store" / "hostile").iterdir():
        for file in folder.rglob("*"):
            if file.is_file() and f"local://{file}" not in keep and file.name != "dummy":
                file.unlink()


@pytest.mark.parametrize("host", ["", ".", "..s3.local.lakefs.io", "a" * 5000, ":", "x:y:z",
                                  "a" * 300 + ".s3.local.lakefs.io", "%00.s3.local.lakefs.io",
                                  "\xff.s3.local.lakefs.io", "[::1", "A.B.s3.local.lakefs.io"])
def test_hosts(tarn, s3, host):
    answer = raw(tarn, request("GET", "/a/b/c", {**s3.signer.headers("GET", "/a/b/c"),
                                                 "host": host}), seconds=5)
    assert answer is None or 400 <= answer[0] < 500, answer


@pytest.mark.parametrize("value", [
    "bytes=0-99999999999999999999", "bytes=99999999999999999999-", "bytes=-99999999999999999999",
    "bytes=-", "bytes=", "bytes", "=", "bytes=0-0," * 1000, "bytes=-0", "bytes=9-1", "items=0-1",
    "bytes=0x0-0x1", "bytes=\xff-\xfe", "bytes= 0 - 1 "], ids=range(14))
def test_ranges(tarn, s3, value):
    for target in (PLACE, PLACE + "?partNumber=-1"):
        status, body = raw(tarn, request(
            "GET", target, s3.signer.headers("GET", target), f"Range: {value}"))
        assert status in (200, 206, 400, 416), (status, body)
        assert status >= 400 or body in CONTENT


@pytest.mark.parametrize("source", ["/", "//", "///", "%", "%zz", "hostile", "hostile/main",
                                    "hostile/main/", "../../etc/passwd", "hostile/main/%00",
                                    "hostile/main/%ff", "hostile/main/" + "a" * 7000,
                                    "%2fhostile%2fmain%2fnothing", "\xff\xfe/a/b",
                                    "hostile/main/a?versionId=" + "x" * 3000])
def test_sources_of_copies(tarn, s3, source):
    upload = "/hostile/main/copy?partNumber=1&uploadId=none"
    for target in ("/hostile/main/copy", upload):
        headers = s3.signer.headers("PUT", target, extra={"x-amz-copy-source": source})
        status, body = raw(tarn, request("PUT", target, headers, "Content-Length: 0"))
        assert 400 <= status < 500, (status, body)


@pytest.mark.parametrize("value", ["=?utf-8?q?=zz?=", "=?utf-8?b?!!!?=", "=?x?q?a?=", "=?", "?=",
                                   "=?utf-8?q?=ff=fe?=", "=?utf-8?q?=00?=", "=?utf-8?b?AAAA?=",
                                   "=?utf-8?q?" + "a" * 5000 + "?=", "=?utf-8?q?a?= " * 500,
                                   "\xff\xfe", "a" * 2049])
def test_metadata(tarn, s3, value):
    """Refused or kept; what is kept comes back as a header that harms nobody."""
    target = "/hostile/main/meta"
    headers = s3.signer.headers("PUT", target, extra={"x-amz-meta-a": value})
    status, body = raw(tarn, request("PUT", target, headers, "Content-Length: 0"))
    assert status in (200, 400, 431), (status, body)
    if status == 200:
        s3.ok("HEAD", target)
        s3.ok("DELETE", target)
        collect(tarn)


@pytest.mark.parametrize("query", [
    "max-keys=-1", "max-keys=99999999999999999999", "max-keys=%00", "list-type=3", "list-type=%ff",
    "list-type=2&continuation-token=%ff%fe", "list-type=2&continuation-token=" + "a" * 5000,
    "list-type=2&start-after=%00", "prefix=main/%00", "prefix=main/%ff", "prefix=%0a/%0a",
    "prefix=main/&delimiter=" + "d" * 2000, "prefix=main/&delimiter=%00", "prefix=///",
    "prefix=main~999999999999/", "encoding-type=url&prefix=%01", "uploads&max-uploads=-1",
    "uploads&max-uploads=99999999999999999999", "uploads&key-marker=%ff&upload-id-marker=%00",
    "location&location=%zz", "prefix=" + "main/" * 1500, "%ff=%fe", "&&&&=&=", "=", "?"])
def test_listings(tarn, s3, query):
    target = "/hostile?" + query
    answer = s3("GET", target)
    assert answer.status == 200 or 400 <= answer.status < 500 or answer.status == 501, answer
    assert answer.tree.tag, "well-formed"


# ------------------------------------------------------------------------------- documents

def entities(depth):
    lines = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, depth))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{lines}]>'


HOSTILE_XML = {
    "empty": b"", "blank": b" ", "text": b"keys, please", "open": b"<Delete>",
    "close": b"</Delete>",
    "crossed": b"<Delete><Object></Delete></Object>", "cut": b"<Delete><Object><Key>main/a</Key",
    "two roots": b"<a/><b/>", "NUL": b"<Delete><Object><Key>\0</Key></Object></Delete>",
    "not UTF-8": b"<Delete><Object><Key>\xff\xfe</Key></Object></Delete>",
    "UTF-16": "<Delete><Object><Key>x</Key></Object></Delete>".encode("utf-16"),
    "deep": b"<Delete>" + b"<a>" * 200_000, "deep and closed": b"<a>" * 100_000 + b"</a>" * 100_000,
    "attributes": b"<Delete " + b" ".join(b'a%d="b"' % i for i in range(100_000)) + b"/>",
    "long name": b"<" + b"a" * (2 << 20) + b"/>", "comment": b"<!--" + b"-" * (1 << 20),
    "bomb": (entities(12) + "<Delete><Object><Key>&e11;</Key></Object></Delete>").encode(),
    "file": b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
            b"<Delete><Object><Key>&f;</Key></Object></Delete>",
    "number": b"<Delete><Object><Key>&#99999999999;&#0;</Key></Object></Delete>",
    "instruction": b"<?" + b"x" * (1 << 20), "cdata": b"<![CDATA[" + b"x" * (1 << 20),
    "too many": b"<Delete>" + b"<Object><Key>main/x</Key></Object>" * 1001 + b"</Delete>",
    "no key": b"<Delete><Object/></Delete>",
    "long key": b"<Delete><Object><Key>" + b"a" * (1 << 20) + b"</Key></Object></Delete>",
    "huge": b"<Delete>" + b"<Object><Key>main/x</Key></Object>" * 3_000_000,
}


@pytest.mark.parametrize("kind", HOSTILE_XML)
def test_documents(tarn, s3, kind):
    body = HOSTILE_XML[kind]
    answer = s3("POST", "/hostile?delete", body)
    if answer.status == 200:  # It is a list of keys, if odd ones: each has its own answer.
        assert answer.tree.tag == "DeleteResult"
        assert b"root:" not in answer.body
    else:
        check_refused(answer)
    upload = s3.start_upload("hostile/main/complete")
    try:
        check_refused(s3("POST", f"/hostile/main/complete?uploadId={upload}", body))
    finally:
        s3.ok("DELETE", f"/hostile/main/complete?uploadId={upload}")


@pytest.mark.parametrize("part", [
    "<PartNumber>-1</PartNumber><ETag>x</ETag>", "<PartNumber>0</PartNumber><ETag>x</ETag>",
    "<PartNumber>99999999999999999999</PartNumber><ETag>x</ETag>", "<ETag>x</ETag>",
    "<PartNumber>1</PartNumber>", "<PartNumber>1</PartNumber><ETag>" + "x" * 1000 + "</ETag>",
    "<PartNumber> </PartNumber><ETag/>", "<PartNumber>1.0</PartNumber><ETag>x</ETag>"])
def test_lists_of_parts(tarn, s3, part):
    place = "hostile/main/parts"
    upload = s3.start_upload(place)
    try:
        s3.ok("PUT", f"/{place}?partNumber=1&uploadId={upload}", b"x")
        for count in (1, 2, 10_001):
            body = f"<C>{f'<Part>{part}</Part>' * count}</C>".encode()
            check_refused(s3("POST", f"/{place}?uploadId={upload}", body))
    finally:
        s3.ok("DELETE", f"/{place}?uploadId={upload}")


@pytest.mark.parametrize("upload", ["", "%00", "..", "../../x", "%ff", "a" * 5000, "%2e%2e%2f", "*",
                                    "00000000-0000-0000-0000-000000000000"])
def test_upload_ids(tarn, s3, upload):
    for method, query, body in (("PUT", "partNumber=1&", b"x"), ("GET", "", b""),
                                ("DELETE", "", b""), ("POST", "", b"<C/>")):
        answer = s3(method, f"/hostile/main/nothing?{query}uploadId={upload}", body)
        if upload or method == "PUT":
            check_refused(answer)
        assert answer.status < 500, (method, answer)


@pytest.mark.parametrize("number", ["", "0", "-1", "10001", "99999999999999999999", "1.5", "%00",
                                    "x", "0x1"])
def test_part_numbers(tarn, s3, number):
    upload = s3.start_upload("hostile/main/numbers")
    try:
        check_refused(
            s3("PUT", f"/hostile/main/numbers?partNumber={number}&uploadId={upload}", b"x"))
    finally:
        s3.ok("DELETE", f"/hostile/main/numbers?uploadId={upload}")


# ------------------------------------------------------------------------------- bodies

CHUNKED = {
    "nothing": b"", "no size": b"\r\n", "letters": b"zz\r\n", "minus": b"-1\r\n",
    "16 digits": b"ffffffffffffffff\r\nabc", "17 digits": b"10000000000000000\r\nabc",
    "half of all": b"7fffffffffffffff\r\nabc",
    "long line": b"3;" + b"x" * 5000 + b"\r\nabc\r\n0\r\n",
    "endless line": b"1" * 1_000_000, "no line end": b"3\r\nabcd\r\n0\r\n\r\n",
    "cut": b"a\r\nabc", "no last chunk": b"3\r\nabc\r\n", "too long": b"5\r\nabcde\r\n0\r\n\r\n",
    "too short": b"1\r\na\r\n0\r\n\r\n", "spaces": b" 3\r\nabc\r\n0\r\n\r\n",
    "more": b"3\r\nabc\r\n0\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "zeros": b"0\r\n" * 100_000,
    "extension": b"3;chunk-signature=" + b"0" * 64 + b"\r\nabc\r\n0;chunk-signature=\r\n\r\n",
}
TRAILERS = {
    "none": b"", "no value": b"x-amz-checksum-crc32:\r\n\r\n",
    "other": b"x-amz-checksum-md5:a\r\n\r\n",
    "wrong": b"x-amz-checksum-crc32:AAAAAA==\r\n\r\n", "no colon": b"x-amz-checksum-crc32\r\n\r\n",
    "long": b"x-amz-checksum-crc32:" + b"A" * (1 << 20) + b"\r\n\r\n",
    "many": b"a:b\r\n" * 100_000, "binary": b"\x00\xff:\x80\r\n\r\n",
}


@pytest.mark.parametrize("kind", CHUNKED)
@pytest.mark.parametrize("mode", [s3_signer.STREAMING, s3_signer.UNSIGNED_TRAILER])
def test_lies_in_chunks(tarn, s3, mode, kind):
    check_body(s3, mode, {"x-amz-trailer": "x-amz-checksum-crc32"}, CHUNKED[kind])


@pytest.mark.parametrize("kind", TRAILERS)
def test_lies_in_trailers(tarn, s3, kind):
    check_body(s3, s3_signer.UNSIGNED_TRAILER, {"x-amz-trailer": "x-amz-checksum-crc32"},
               b"3\r\nabc\r\n0\r\n" + TRAILERS[kind])


@pytest.mark.parametrize("extra", [
    {"x-amz-trailer": ""}, {"x-amz-trailer": "x" * 5000}, {"x-amz-decoded-content-length": ""},
    {"x-amz-decoded-content-length": "-1"}, {"x-amz-decoded-content-length": "3,3"},
    {"x-amz-decoded-content-length": "99999999999999999999"}, {"x-amz-trailer": "host"}],
    ids=lambda extra: str(extra)[:50])
def test_lies_about_chunks(tarn, s3, extra):
    check_body(s3, s3_signer.UNSIGNED_TRAILER,
               {"x-amz-trailer": "x-amz-checksum-crc32", **extra},
               b"3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\r\n\r\n")


def check_body(s3, mode, extra, body):
    """As an object, as a document and as a part it is refused."""
    upload = s3.start_upload("hostile/main/upload")
    extra = {"x-amz-decoded-content-length": "3", "content-encoding": "aws-chunked", **extra}
    try:
        for method, target in (("PUT", "/hostile/main/body"), ("POST", "/hostile?delete"),
                               ("PUT", f"/hostile/main/upload?partNumber=1&uploadId={upload}")):
            headers = s3.signer.headers(method, target, mode, extra)
            answer = s3.send(method, target, headers, body)
            check_refused(answer)
    finally:
        s3.ok("DELETE", f"/hostile/main/upload?uploadId={upload}")


@pytest.mark.parametrize("digest", ["", "0", "zz" * 32, "0" * 63, "0" * 65, "A" * 10_000,
                                    "STREAMING-NOTHING", "STREAMING-", "\xff" * 64])
def test_digests_of_bodies(tarn, s3, digest):
    target = "/hostile/main/body"
    headers = s3.signer.headers("PUT", target, digest or " ") | {"x-amz-content-sha256": digest}
    status, body = raw(tarn, request("PUT", target, headers, "Content-Length: 3"), b"abc")
    assert status in (400, 403), (status, body)


@pytest.mark.parametrize("name", ["content-md5", "x-amz-checksum-crc32", "x-amz-checksum-sha256",
                                  "x-amz-checksum-crc64nvme", "x-amz-checksum-sha1",
                                  "x-amz-checksum-crc32c"])
@pytest.mark.parametrize("value", ["%%%", "AA", "AAAA" * 2000, "\xff"])
def test_checksums(tarn, s3, name, value):
    target = "/hostile/main/body"
    headers = s3.signer.headers("PUT", target, extra={name: value})
    status, body = raw(tarn, request("PUT", target, headers, "Content-Length: 3"), b"abc")
    assert status in (400, 431), (status, body)


@pytest.mark.parametrize("lines", [
    ["Content-Length: -1"], ["Content-Length: 99999999999999999999"], ["Content-Length: x"],
    ["Content-Length: 3", "Content-Length: 4"], ["Content-Length: 3", "Transfer-Encoding: chunked"],
    ["Transfer-Encoding: gzip"], ["Content-Length: 9223372036854775807"]])
def test_wrong_lengths(tarn, s3, lines):
    target = "/hostile/main/body"
    answer = raw(tarn, request("PUT", target, s3.signer.headers("PUT", target), *lines),
                 b"abc", seconds=2)
    assert answer is None or 400 <= answer[0] < 500 or answer[0] == 501, answer


def test_truncated_bodies(tarn, s3):
    for target in ("/hostile/main/body", "/hostile?delete", "/hostile/main/a?uploadId=x"):
        method = "PUT" if target.endswith("body") else "POST"
        head = request(method, target, s3.signer.headers(method, target), "Content-Length: 1000")
        with socket.create_connection(("127.0.0.1", tarn.port)) as connection:
            connection.sendall(head + b"<Delete>")


def test_requests_after_a_refusal_are_their_own(tarn, s3):
    """What follows a refused upload on its connection is never taken for a request."""
    target = "/hostile/main/body"
    smuggled = request("DELETE", PLACE, s3.signer.headers("DELETE", PLACE))
    headers = s3.signer.headers("PUT", target) | {"authorization": "AWS4-HMAC-SHA256 nothing"}
    for lines in (["Content-Length: %d" % len(smuggled)], ["Transfer-Encoding: chunked"]):
        body = smuggled if "chunked" not in lines[0] else \
            b"%x\r\n%b\r\n0\r\n\r\n" % (len(smuggled), smuggled)
        status, _ = raw(tarn, request("PUT", target, headers, *lines), body)
        assert 400 <= status < 500
    assert s3.ok("GET", PLACE).body == CONTENT
