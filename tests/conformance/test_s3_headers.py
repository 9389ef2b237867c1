"""What objects say in headers through the S3 gateway: content headers and metadata, kept and given
back, overridden for one answer, and the same in both protocols."""
import os
import subprocess
import urllib.parse

import boto3
import botocore.config
import pytest

import s3_client
import tarn_server

CONTENT = b"content of an object"
KEPT = {"Cache-Control": "max-age=60", "Content-Disposition": 'attachment; filename="x"',
        "Content-Encoding": "gzip", "Content-Language": "de, en",
        "Expires": "Wed, 01 Jan 2070 00:00:00 GMT"}
OBJECTS = "/repositories/described/refs/main/objects"


@pytest.fixture(scope="module")
def s3(tarn):
    tarn.create_repository("described")
    return s3_client.S3(tarn)


def told(s3, path, query="", names=KEPT, status=(200,)):
    answers = [s3.ok(method, f"/described/main/{path}{query}", expect=status)
               for method in ("GET", "HEAD")]
    found = [{name: answer.headers[name] for name in names if answer.headers[name] is not None}
             for answer in answers]
    assert found[0] == found[1]
    assert answers[0].headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answers[0].headers["X-Content-Type-Options"] == "nosniff"
    return found[0]


def metadata_of(tarn, path):
    return tarn.api("GET", f"{OBJECTS}/stat?path={path}").json["metadata"]


def test_content_headers_are_kept(tarn, s3):
    s3.ok("PUT", "/described/main/put", CONTENT, {**KEPT, "Content-Type": "text/html"})
    upload = s3.ok("POST", "/described/main/parts?uploads", extra=KEPT).tree.findtext("UploadId")
    tag = s3.ok("PUT", f"/described/main/parts?partNumber=1&uploadId={upload}", CONTENT)
    s3.complete("described/main/parts", upload, [(1, tag.headers["ETag"])])
    s3.ok("PUT", "/described/main/copy", extra={"x-amz-copy-source": "/described/main/put"})
    s3.ok("PUT", "/described/main/replaced",
          extra={"x-amz-copy-source": "/described/main/put", "x-amz-metadata-directive": "REPLACE",
                 "Cache-Control": "no-cache", "Content-Type": "text/csv", "x-amz-meta-a": "1"})
    tarn.api("POST", "/repositories/described/branches/main/commits", {"message": "m"})
    for path in ("put", "parts", "copy"):
        assert told(s3, path) == KEPT, path
    assert told(s3, "replaced") == {"Cache-Control": "no-cache"}
    replaced = s3.ok("HEAD", "/described/main/replaced").headers
    assert (replaced["Content-Type"], replaced["X-Amz-Meta-A"]) == ("text/csv", "1")
    s3.ok("PUT", "/described/main/replaced",
          extra={"x-amz-copy-source": "/described/main/replaced",
                 "x-amz-metadata-directive": "REPLACE"})
    again = s3.ok("HEAD", "/described/main/replaced").headers
    assert (again["Content-Type"], again["X-Amz-Meta-A"]) == ("text/csv", None)
    cached = s3("GET", "/described/main/put", extra={"If-None-Match": "*"})
    assert cached.status == 304 and cached.headers["Cache-Control"] == KEPT["Cache-Control"]
    assert cached.headers["ETag"] and cached.headers["Content-Encoding"] is None


def test_how_a_body_is_sent_is_not_kept(s3):
    headers, body = s3.signer.streamed("PUT", "/described/main/chunks", CONTENT)
    assert s3.send("PUT", "/described/main/chunks", headers, body).status == 200
    assert told(s3, "chunks") == {}
    assert s3.ok("GET", "/described/main/chunks").body == CONTENT


def test_a_read_may_ask_for_other_headers(s3):
    s3.ok("PUT", "/described/main/own", CONTENT, {**KEPT, "Content-Type": "text/plain"})
    wanted = {"Cache-Control": "no-store", "Content-Disposition": "inline",
              "Content-Encoding": "identity", "Content-Language": "fr", "Expires": "0",
              "Content-Type": "text/html"}
    query = "?" + urllib.parse.urlencode(
        {f"response-{name.lower()}": value for name, value in wanted.items()})
    assert told(s3, "own", query, wanted) == wanted
    assert told(s3, "own") == KEPT, "for one answer only"
    assert told(s3, "own", "?response-content-type=a%2Fb&response-expires=",
                ["Content-Type", "Expires"]) == {"Content-Type": "a/b", "Expires": KEPT["Expires"]}
    for value in ("a%0D%0ASet-Cookie:%20x", "a%0Ab", "%00", "a%7F"):
        for name in wanted:
            answer = s3("GET", f"/described/main/own?response-{name.lower()}={value}")
            assert (answer.status, answer.code) == (400, "InvalidArgument"), (name, value)


def test_metadata_is_that_of_both_protocols(tarn, s3):
    s3.ok("PUT", "/described/main/both", CONTENT, {"x-amz-meta-Color": "blue", **KEPT})
    assert metadata_of(tarn, "both")["X-Amz-Meta-color"] == "blue"
    change = "/repositories/described/branches/main/objects/stat/user_metadata?path=both"
    tarn.api("PUT", change, {"set": {"shape": "round", "gr\u00fcn": "no name of a header",
                                     "long": "x" * 20_000, "lines": "a\r\nb"}})
    shown = s3.ok("HEAD", "/described/main/both").headers
    assert (shown["X-Amz-Meta-Shape"], shown["X-Amz-Meta-Color"]) == ("round", None)
    assert shown["X-Amz-Missing-Meta"] == "2"
    assert shown["X-Amz-Meta-Lines"] == "=?utf-8?q?a=0D=0Ab?="
    assert told(s3, "both") == KEPT, "what says how to read the bytes stays"
    tarn.api("POST", "/repositories/described/branches/main/objects?path=rest", CONTENT,
             headers={"Content-Type": "text/x", "x-lakefs-meta-Color": "red",
                      "x-lakefs-internal-Client-Mtime": "1", "x-lakefs-internal-Expires": "0"})
    rest = s3.ok("GET", "/described/main/rest").headers
    assert (rest["X-Amz-Meta-Color"], rest["X-Amz-Missing-Meta"]) == ("red", None)
    assert rest["Expires"] == "0"
    s3.ok("PUT", "/described/main/copied", extra={"x-amz-copy-source": "/described/main/rest"})
    assert metadata_of(tarn, "copied") == metadata_of(tarn, "rest")
    assert metadata_of(tarn, "rest")["color"] == "red"


def test_no_header_comes_out_of_a_value(tarn, s3):
    s3.ok("PUT", "/described/main/split", CONTENT)
    change = "/repositories/described/branches/main/objects/stat/user_metadata?path=split"
    tarn.api("PUT", change, {"set": {"::lakefs::expires": "0\r\nSet-Cookie: a=b",
                                     "x\r\nSet-Cookie: a": "b"}})
    shown = s3.ok("GET", "/described/main/split").headers
    assert shown["Set-Cookie"] is None and shown["Expires"] is None


def test_headers_have_limits(s3):
    cases = [({"Cache-Control": "x" * 2048}, "MetadataTooLarge"),
             ({"Expires": "x" * 1024, "Content-Language": "x" * 1024}, "MetadataTooLarge")]
    for headers, code in cases:
        for method, query in (("PUT", ""), ("POST", "?uploads")):
            answer = s3(method, f"/described/main/limit{query}", b"", headers)
            assert (answer.status, answer.code) == (400, code), headers
        s3.ok("PUT", "/described/main/limits", CONTENT)
        answer = s3("PUT", "/described/main/limit", b"",
                    {**headers, "x-amz-copy-source": "/described/main/limits",
                     "x-amz-metadata-directive": "REPLACE"})
        assert (answer.status, answer.code) == (400, code), headers
    assert s3("HEAD", "/described/main/limit").status == 404


def test_keys_that_are_too_long(s3):
    fits, long = "k" * 1024, "k" * 1025
    upload = s3.start_upload(f"described/main/{fits}")
    s3.ok("DELETE", f"/described/main/{fits}?uploadId={upload}")
    s3.ok("PUT", f"/described/main/{fits}", CONTENT)
    source = {"x-amz-copy-source": f"/described/main/{long}"}
    for method, target, headers in (
            ("PUT", f"/described/main/{long}", {}), ("GET", f"/described/main/{long}", {}),
            ("DELETE", f"/described/main/{long}", {}),
            ("POST", f"/described/main/{long}?uploads", {}),
            ("PUT", f"/described/main/{long}?partNumber=1&uploadId=x", {}),
            ("PUT", f"/described/nowhere/{long}", {}), ("PUT", "/described/main/x", source)):
        answer = s3(method, target, b"", headers)
        assert (answer.status, answer.code) == (400, "KeyTooLongError"), (method, target[:40])
    keys = "".join(f"<Object><Key>main/{key}</Key></Object>" for key in (fits, long))
    document = s3.ok("POST", "/described?delete", f"<Delete>{keys}</Delete>".encode())
    assert document.texts("Error/Code") == ["KeyTooLongError"]
    assert document.texts("Deleted/Key") == [f"main/{fits}"]


def test_ranges_that_hold_nothing(s3):
    s3.ok("PUT", "/described/main/range", CONTENT)
    s3.ok("PUT", "/described/main/empty", b"")
    for path, wanted, size in (("range", "bytes=20-", 20), ("range", "bytes=-0", 20),
                               ("empty", "bytes=0-", 0)):
        for method in ("GET", "HEAD"):
            answer = s3(method, f"/described/main/{path}", extra={"Range": wanted})
            assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{size}")


def test_parts_have_the_tag_of_s3(tarn, s3, directory):
    """The MD5 of the parts' MD5s and their number, wherever it is told; rclone compares a tag
    without number with the MD5 of the bytes."""
    client = boto3.client(
        "s3", endpoint_url=tarn.url, aws_access_key_id=tarn_server.KEY,
        aws_secret_access_key=tarn_server.SECRET, region_name="us-east-1",
        config=botocore.config.Config(s3={"addressing_style": "path"}))
    local = directory / "checked"
    local.mkdir()
    (local / "big").write_bytes(os.urandom(6 << 20))
    client.upload_file(str(local / "big"), "described", "main/checked/big",
                       Config=boto3.s3.transfer.TransferConfig(
                           multipart_threshold=5 << 20, multipart_chunksize=5 << 20))
    tag = client.head_object(Bucket="described", Key="main/checked/big")["ETag"]
    assert tag.endswith('-2"') and len(tag) == 36
    assert s3.keys("described", "main/checked/") == [("main/checked/big", tag)]
    stat = tarn.api("GET", f"{OBJECTS}/stat?path=checked/big").json
    assert f'"{stat["checksum"]}"' == tag
    assert tarn.api("GET", f"{OBJECTS}?path=checked/big").headers["ETag"] == tag
    inherited = {name: value for name, value in os.environ.items()
                 if name != "AWS_CA_BUNDLE"}  # rclone stumbles over it
    environment = {
        **inherited, "RCLONE_CONFIG": "/dev/null", "RCLONE_CONFIG_T_TYPE": "s3",
        "RCLONE_CONFIG_T_PROVIDER": "Other", "RCLONE_CONFIG_T_ENDPOINT": tarn.url,
        "RCLONE_CONFIG_T_ACCESS_KEY_ID": tarn_server.KEY,
        "RCLONE_CONFIG_T_SECRET_ACCESS_KEY": tarn_server.SECRET,
        "RCLONE_CONFIG_T_FORCE_PATH_STYLE": "true", "RCLONE_CONFIG_T_NO_CHECK_BUCKET": "true"}

    def rclone(*arguments):
        done = subprocess.run(["rclone", *arguments], env=environment, capture_output=True,
                              text=True, timeout=120)
        assert done.returncode == 0, done.stderr
    rclone("check", str(local), "t:described/main/checked")
    rclone("copy", "t:described/main/checked", str(directory / "back"))
    assert (directory / "back" / "big").read_bytes() == (local / "big").read_bytes()
    rclone("check", "--download", str(local), "t:described/main/checked")
