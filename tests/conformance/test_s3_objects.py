"""Objects of the S3 gateway where it does more than the recorded server: conditional reads,
verified bodies, copies without bytes, and nothing left behind by what was refused."""
import base64
import email.utils
import hashlib
import socket

import pytest

import s3_client
import s3_signer

CONTENT = b"content of an object"
TAG = '"' + hashlib.md5(CONTENT).hexdigest() + '"'
PLACE = "/objects/main/a"


@pytest.fixture(scope="module")
def s3(tarn):
    tarn.create_repository("objects")
    tarn.create_repository("other")
    tarn.api("POST", "/repositories/objects/branches", {"name": "locked", "source": "main"})
    tarn.api("PUT", "/repositories/objects/settings/branch_protection", [{"pattern": "locked"}])
    client = s3_client.S3(tarn)
    client.ok("PUT", PLACE, CONTENT, {"x-amz-meta-color": "blue", "Content-Type": "text/plain"})
    return client


def test_conditional_reads(tarn, s3):
    modified = s3.ok("HEAD", PLACE).headers["Last-Modified"]
    before = email.utils.formatdate(
        email.utils.parsedate_to_datetime(modified).timestamp() - 1, usegmt=True)
    cases = [({"If-Match": TAG}, 200), ({"If-Match": '"x", ' + TAG}, 200),
             ({"If-Match": '"x"'}, 412),
             ({"If-None-Match": TAG}, 304), ({"If-None-Match": "*"}, 304),
             ({"If-None-Match": '"x"'}, 200), ({"If-Modified-Since": modified}, 304),
             ({"If-Modified-Since": before}, 200), ({"If-Unmodified-Since": modified}, 200),
             ({"If-Unmodified-Since": before}, 412),
             ({"If-Range": TAG, "Range": "bytes=0-1"}, 206),
             ({"If-Range": '"x"', "Range": "bytes=0-1"}, 200)]
    for headers, status in cases:
        for method in ("GET", "HEAD"):
            answer = s3(method, PLACE, extra=headers)
            assert answer.status == status, f"{method} {headers}: {answer}"
            if status == 304:
                assert answer.body == b"" and answer.headers["ETag"] == TAG
    connection = s3_client.S3(tarn, kept=True)  # No body, so it stays in step.
    for _ in range(3):
        assert connection("GET", PLACE, extra={"If-None-Match": TAG}).status == 304
        assert connection("GET", PLACE).body == CONTENT


def test_a_refused_put_leaves_nothing(tarn, s3):
    files, keys = s3_client.store_files(tarn), s3.keys("objects", "main/")
    wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    cases = [("/objects/main/b", {"Content-MD5": wrong}, 400, "BadDigest"),
             ("/objects/main/b", {"Content-MD5": "x"}, 400, "InvalidDigest"),
             ("/objects/main/b", {"x-amz-meta-a": "v" * 2048}, 400, "MetadataTooLarge"),
             ("/objects/main/b", {"x-amz-meta-a": "=?koi8-r?q?x?="}, 400, "InvalidArgument"),
             ("/objects/main/a", {"If-None-Match": "*"}, 412, "PreconditionFailed"),
             ("/objects/locked/a", {}, 403, "ErrWriteToProtectedBranch"),
             ("/objects/nowhere/a", {}, 404, "NoSuchBucket")]
    for target, headers, status, code in cases:
        answer = s3("PUT", target, CONTENT * 5000, headers)
        assert (answer.status, answer.code) == (status, code), f"{target} {headers}: {answer}"
    right = base64.b64encode(hashlib.md5(CONTENT).digest()).decode()
    s3.ok("PUT", PLACE, CONTENT, {"Content-MD5": right})
    s3.ok("DELETE", "/objects/main/a")
    s3.ok("PUT", PLACE, CONTENT, {"x-amz-meta-color": "blue", "Content-Type": "text/plain"})
    assert s3.keys("objects", "main/") == keys
    assert len(s3_client.store_files(tarn)) == len(files) + 2  # The two good ones.


@pytest.mark.parametrize("target,code", [("/objects/nowhere/a", b"NoSuchBucket"),
                                         ("/objects/main/a", b"EntityTooLarge")])
def test_refused_before_the_body_is_sent(tarn, s3, target, code):
    headers = s3.signer.headers("PUT", target, s3_signer.UNSIGNED)
    lines = [f"PUT {target} HTTP/1.1", *[f"{name}: {value}" for name, value in headers.items()],
             "Content-Length: 6000000000", "Expect: 100-continue", "", ""]
    with socket.create_connection(("127.0.0.1", tarn.port), timeout=30) as connection:
        connection.sendall("\r\n".join(lines).encode())
        answer = b""
        while b"</Error>" not in answer:
            piece = connection.recv(65536)
            assert piece, answer
            answer += piece
    assert b"<Code>" + code in answer and not answer.startswith(b"HTTP/1.1 100")


def test_a_document_over_its_limit_deletes_nothing(s3):
    s3.ok("PUT", "/objects/main/kept", CONTENT)
    keys = "<Object><Key>main/kept</Key></Object>"
    document = f"<Delete>{keys}<!--{'x' * (9 << 20)}--></Delete>".encode()
    answer = s3("POST", "/objects?delete", document)
    assert (answer.status, answer.code) == (400, "EntityTooLarge")
    assert s3.ok("GET", "/objects/main/kept").body == CONTENT


def test_copies_move_no_bytes_of_ours(tarn, s3):
    s3.ok("PUT", "/other/main/copy", extra={"x-amz-copy-source": PLACE})
    [own] = [path for path in (tarn.directory / "objects" / "store" / "other").rglob("*")
             if path.is_file() and path.parent.parent.name == "data"]
    assert own.stat().st_nlink == 2
    s3.ok("DELETE", PLACE)
    copy = s3.ok("GET", "/other/main/copy")
    assert copy.body == CONTENT and copy.headers["X-Amz-Meta-Color"] == "blue"
    s3.ok("PUT", PLACE, extra={"x-amz-copy-source": "/other/main/copy",
                               "x-amz-metadata-directive": "REPLACE", "x-amz-meta-shape": "round"})
    back = s3.ok("HEAD", PLACE)
    assert (back.headers["X-Amz-Meta-Shape"], back.headers["X-Amz-Meta-Color"]) == ("round", None)
    assert back.headers["Content-Type"] == "text/plain"


def test_copies_of_imported_files_are_their_own(tarn, directory, s3):
    source = directory / "sources" / "files"
    source.mkdir()
    (source / "x").write_bytes(CONTENT)
    paths = [{"path": f"local://{source}/", "destination": "imported/", "type": "common_prefix"}]
    tarn.api("POST", "/repositories/objects/branches", {"name": "imports", "source": "main"})
    started = tarn.api("POST", "/repositories/objects/branches/imports/import",
                       {"paths": paths, "commit": {"message": "import"}})
    status = tarn.wait_for_import("objects", "imports", started.json["id"])
    assert status["completed"], status
    s3.ok("PUT", "/objects/main/own", extra={"x-amz-copy-source": "/objects/imports/imported/x"})
    with open(source / "x", "r+b") as file:
        file.write(b"CHANGED")
    assert s3.ok("GET", "/objects/main/own").body == CONTENT
    assert (source / "x").stat().st_nlink == 1
