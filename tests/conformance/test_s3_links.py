"""Presigned links of both versions: nobody can do with one what its maker did not sign; and those
that clients make by default are good."""
import os
import pathlib
import subprocess
import sys
import time
import urllib.parse

import pytest

import s3_client
import tarn_server

DOMAIN = "s3.local.lakefs.io"


@pytest.fixture(scope="module")
def s3(tarn):
    for name in ("links", "other"):
        tarn.api("POST", "/repositories", {"name": name, "storage_namespace": f"local://{name}"})
    return s3_client.S3(tarn)


def test_added_headers_do_not_take_effect(s3):
    """Whoever has a link must not be able to do anything else with it."""
    s3.ok("PUT", "/other/main/secret", b"secret")
    link = s3.signer.presigned("PUT", "/links/main/linked")
    added = {"x-amz-copy-source": "/other/main/secret", "x-amz-meta-a": "1", "x-amz-acl": "private",
             "X-Amz-Date": "20000101T000000Z", "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
             "x-amz-storage-class": "STANDARD", "x-amz-decoded-content-length": "1",
             "x-amz-something": ""}
    for name, value in added.items():
        answer = s3.send("PUT", link, {name: value}, b"mine")
        assert (answer.status, answer.code) == (403, "AccessDenied"), (name, answer)
        assert answer.tree.findtext("HeadersNotSigned") == name
    assert s3("HEAD", "/links/main/linked").status == 404
    signed = s3.signer.headers("PUT", "/links/main/linked")
    answer = s3.send("PUT", "/links/main/linked", {**signed, "x-amz-meta-a": "1"}, b"mine")
    assert answer.tree.findtext("HeadersNotSigned") == "x-amz-meta-a"
    assert s3.send("PUT", link, {"Content-Type": "text/x"}, b"mine").status == 200
    assert s3.ok("GET", "/links/main/linked").body == b"mine"


LINKS = ["presigned", "presigned_v2"]


@pytest.mark.parametrize("form", LINKS)
def test_links_are_good_for_one_method(s3, form):
    for signed in ("GET", "HEAD", "PUT", "DELETE"):
        for method in ("GET", "HEAD", "PUT", "DELETE", "POST"):
            s3.ok("PUT", "/links/main/one", b"1")
            link = getattr(s3.signer, form)(signed, "/links/main/one")
            answer = s3.send(method, link, {}, b"2" if method in ("PUT", "POST") else b"")
            assert (answer.status in (200, 204)) == (method == signed), (signed, method, answer)
            if method != signed:
                assert s3.ok("GET", "/links/main/one").body == b"1"


@pytest.mark.parametrize("form", LINKS)
def test_links_are_good_for_what_was_signed(s3, form):
    s3.ok("PUT", "/links/main/one", b"1")
    link = getattr(s3.signer, form)("PUT", "/links/main/one")
    for more in ("&uploadId=1&partNumber=1", "&tagging", "&acl", "&x-amz-copy-source=/other/main/x",
                 "&x-amz-meta-a=1", "&versionId=null", "&response-content-type=text/html"):
        assert s3.send("PUT", link + more, {}, b"2").status == 403, more
    for header in ({"x-amz-copy-source": "/other/main/secret"}, {"x-amz-meta-a": "1"}):
        assert s3.send("PUT", link, header, b"2").status == 403, header
    assert s3.send("PUT", link.replace("/main/one", "/main/two"), {}, b"2").status == 403
    late = getattr(s3.signer, form)("GET", "/links/main/one", expires=1,
                                    now=time.time() - 60)
    assert s3.send("GET", late, {}).status == 403
    assert s3.ok("GET", "/links/main/one").body == b"1"


def test_targets_that_cannot_be_read(s3):
    for target in ("/links/main/%ff", "/links/main/%c3", "/links/main/a%00%fe", "/%ff/main/a",
                   "/links?prefix=main/&x=%zz", "/links?prefix=main/&%", "/links?a;b",
                   "/missing/a/%ff", "/missing/a?x=%zz"):
        for method in ("GET", "PUT", "DELETE"):
            answer = s3(method, target, b"x" if method == "PUT" else b"")
            assert answer.status == 400, (method, target, answer)
            link = s3.signer.presigned(method, target)
            assert s3.send(method, link, {}).status == 400, (method, target)
    link = s3.signer.presigned("PUT", "/links/main/%ef%bf%bd")
    answer = s3.send("PUT", link.replace("%ef%bf%bd", "%ff"), {}, b"x")
    assert answer.status == 400
    assert s3("GET", "/links?prefix=main/&prefix=other/").status == 400
    # What is added to a link does not leave the signature.
    link = s3.signer.presigned("GET", "/links?list-type=2&prefix=main/")
    for more in ("&a;b", "&prefix=%zz", "&%=1"):
        assert s3.send("GET", link + more, {}).status == 400


# ------------------------------------------------------------------ links of clients, by default

def boto(tarn, host="127.0.0.1"):
    boto3 = pytest.importorskip("boto3")
    style = {"addressing_style": "virtual" if host == DOMAIN else "auto"}
    return boto3.client("s3", endpoint_url=f"http://{host}:{tarn.port}", region_name="us-east-1",
                        aws_access_key_id=tarn_server.KEY,
                        aws_secret_access_key=tarn_server.SECRET,
                        config=boto3.session.Config(s3=style))


def follow(s3, url, method="GET", body=b"", headers=None):
    parts = urllib.parse.urlsplit(url)
    return s3.send(method, f"{parts.path}?{parts.query}",
                   {"Host": parts.netloc, **(headers or {})}, body)


@pytest.mark.parametrize("host", ["127.0.0.1", DOMAIN])
def test_links_of_boto3(tarn, s3, host):
    client = boto(tarn, host)
    place = {"Bucket": "links", "Key": "main/by boto \u00fc"}

    def link(call, seconds=3600, **more):
        url = client.generate_presigned_url(call, {**place, **more}, seconds)
        assert "AWSAccessKeyId=" in url and "X-Amz-" not in url, "version 2 is its default"
        if host == DOMAIN:
            assert urllib.parse.urlsplit(url).netloc == f"links.{DOMAIN}:{tarn.port}"
        return url
    assert follow(s3, link("put_object"), "PUT", b"by boto").status == 200
    assert follow(s3, link("get_object")).body == b"by boto"
    assert follow(s3, link("head_object"), "HEAD").status == 200
    ranged = follow(s3, link("get_object"), headers={"Range": "bytes=0-1"})
    assert (ranged.status, ranged.body) == (206, b"by")
    for call, good in (("put_object", "PUT"), ("get_object", "GET"), ("head_object", "HEAD"),
                       ("delete_object", "DELETE")):
        for method in {"GET", "HEAD", "PUT", "DELETE"} - {good}:
            answer = follow(s3, link(call), method, b"x" if method == "PUT" else b"")
            assert answer.status == 403, (call, method)
    assert follow(s3, link("get_object")).body == b"by boto"
    assert follow(s3, link("get_object", -10)).status == 403
    assert follow(s3, link("get_object", VersionId="null")).status == 200
    assert follow(s3, link("get_object", VersionId="other")).status == 404
    typed = link("put_object", ContentType="text/x", Metadata={"a": "1"})
    assert follow(s3, typed, "PUT", b"typed").status == 403, "its type is signed"
    assert follow(s3, typed, "PUT", b"typed", {"Content-Type": "text/x"}).status == 200
    head = follow(s3, link("head_object"), "HEAD").headers
    assert (head["Content-Type"], head["x-amz-meta-a"]) == ("text/x", "1")
    secret = link("put_object", ServerSideEncryption="AES256")
    assert follow(s3, secret, "PUT", b"secret").status == 501
    assert follow(s3, link("get_object")).body == b"typed"
    assert follow(s3, link("delete_object"), "DELETE").status == 204
    assert follow(s3, link("get_object")).status == 404


def test_uploads_in_parts_by_links_of_boto3(tarn, s3):
    client = boto(tarn)
    place = {"Bucket": "links", "Key": "main/parts"}
    started = follow(s3, client.generate_presigned_url("create_multipart_upload", place), "POST")
    place["UploadId"] = started.tree.findtext("UploadId")
    one = client.generate_presigned_url("upload_part", {**place, "PartNumber": 1})
    assert follow(s3, one.replace("partNumber=1", "partNumber=2"), "PUT", b"x").status == 403
    assert follow(s3, one, "PUT", b"x").status == 200
    end = client.generate_presigned_url("abort_multipart_upload", place)
    assert follow(s3, end, "DELETE").status == 204


def test_links_of_the_aws_command_line(tarn, s3):
    aws = pathlib.Path(sys.executable).parent / "aws"
    if not aws.exists():
        pytest.skip("aws is not installed")
    s3.ok("PUT", "/links/main/by-aws", b"by aws")
    done = subprocess.run(
        [aws, "s3", "presign", "s3://links/main/by-aws", "--endpoint-url",
         tarn.url, "--region", "us-east-1"], capture_output=True, text=True, check=True,
        env={**os.environ, "AWS_ACCESS_KEY_ID": tarn_server.KEY,
             "AWS_SECRET_ACCESS_KEY": tarn_server.SECRET})
    url = done.stdout.strip()
    assert follow(s3, url).body == b"by aws"
    for method in ("PUT", "DELETE", "HEAD"):
        assert follow(s3, url, method).status == 403, method
    assert follow(s3, url + "&response-content-type=text/html").status == 403
