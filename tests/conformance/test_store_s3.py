"""Repositories whose objects lie in S3: a real server of its protocol, named by TARN_S3_URL,
TARN_S3_KEY, TARN_S3_SECRET and TARN_S3_BUCKET (tests/stores.sh starts one)."""
import hashlib
import http.client
import os
import time
import urllib.parse
import uuid

import pytest

import s3_client
import s3_signer
import tarn_server

PART_BYTES = 5 << 20
SETTINGS = """  s3:
    endpoint: {TARN_S3_URL}
    force_path_style: true
    credentials:
      access_key_id: {TARN_S3_KEY}
      secret_access_key: {TARN_S3_SECRET}
"""


class Store:
    """The server below, past Tarn."""

    def __init__(self):
        self.bucket = os.environ["TARN_S3_BUCKET"]
        self.host = urllib.parse.urlsplit(os.environ["TARN_S3_URL"]).netloc
        self.signer = s3_signer.Signer(os.environ["TARN_S3_KEY"], os.environ["TARN_S3_SECRET"],
                                       self.host)
        self.root = f"tests/{uuid.uuid4()}"

    def __call__(self, method, key, body=b"", headers=None, signed=True):
        target = f"/{self.bucket}/{s3_client.quote(key)}" if signed else key
        if signed:
            headers = self.signer.headers(method, target, s3_signer.UNSIGNED, headers)
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            connection.request(method, target, body, headers or {})
            answer = connection.getresponse()
            return tarn_server.Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def by_url(self, method, url, body=b""):
        """Whoever has a presigned URL, without credentials."""
        parts = urllib.parse.urlsplit(url)
        assert parts.netloc == self.host, url
        return self(method, f"{parts.path}?{parts.query}", body, signed=False)


@pytest.fixture(scope="module")
def store():
    if "TARN_S3_URL" not in os.environ:
        pytest.skip("TARN_S3_URL names no S3 server")
    return Store()


@pytest.fixture(scope="module")
def server(directory, store):
    extra = SETTINGS.format(**os.environ)
    with tarn_server.Server(tarn_server.program(), directory / "s3", blockstore="s3",
                            extra=extra) as running:
        running.set_up()
        running.api("POST", "/repositories", {
            "name": "repo", "storage_namespace": f"s3://{store.bucket}/{store.root}/repo"})
        yield running


def objects(path, more=""):
    return f"/repositories/repo/refs/main/objects?path={urllib.parse.quote(path)}{more}"


def upload(server, path, data):
    return server.api("POST", "/repositories/repo/branches/main/objects?path="
                      + urllib.parse.quote(path), data).json


def test_what_clients_are_told(server, store):
    config = server.api("GET", "/config").json["storage_config"]
    assert (config["blockstore_type"], config["blockstore_namespace_ValidityRegex"]) \
        == ("s3", "^s3://")
    assert config["pre_sign_support"] and config["pre_sign_multipart_upload"]
    assert config["import_support"] and not config["pre_sign_support_ui"]
    again = server.api("POST", "/repositories", {
        "name": "again", "storage_namespace": f"s3://{store.bucket}/{store.root}/repo"},
        expect=(400,))
    assert "already in use" in again.message
    missing = server.api("POST", "/repositories", {
        "name": "missing", "storage_namespace": "s3://no-such-bucket/x"}, expect=(400,))
    assert missing.message == "failed to create repository: failed to access storage"


@pytest.mark.parametrize("size", [0, 1, 100_000, 20_000_003])
def test_upload_commit_and_read(server, store, size):
    data = hashlib.shake_128(b"%d" % size).digest(size)
    path = f"read/a b%41+{size}"
    made = upload(server, path, data)
    assert made["checksum"] == hashlib.md5(data).hexdigest()
    assert made["physical_address"].startswith(f"s3://{store.bucket}/{store.root}/repo/data/")
    server.api("POST", "/repositories/repo/branches/main/commits", {"message": path})
    answer = server.api("GET", objects(path))
    assert answer.body == data and answer.headers["Content-Length"] == str(size)
    if size > 10:
        part = server.api("GET", objects(path), headers={"Range": "bytes=-7"}, expect=(206,))
        assert part.body == data[-7:]
        part = server.api("GET", objects(path), headers={"Range": "bytes=3-9"}, expect=(206,))
        assert part.body == data[3:10]
    key = made["physical_address"][len(f"s3://{store.bucket}/"):]
    below = store("GET", key)
    assert below.body == data and below.headers["Content-Type"] == "application/octet-stream"


def test_copies_and_links(server, store):
    data = b"copied" * 1000
    source = upload(server, "copy/from", data)
    copied = server.api("POST", "/repositories/repo/branches/main/objects/copy?dest_path=copy/to",
                        {"src_path": "copy/from"}).json
    assert copied["checksum"] == source["checksum"]
    assert server.api("GET", objects("copy/to")).body == data
    given = server.api("GET", "/repositories/repo/branches/main/staging/backing?path=linked"
                       "&presign=true").json
    put = store.by_url("PUT", given["presigned_url"], data)
    assert put.status == 200
    server.api("PUT", "/repositories/repo/branches/main/staging/backing?path=linked", {
        "staging": {"physical_address": given["physical_address"]},
        "checksum": put.headers["ETag"], "size_bytes": len(data)})
    assert server.api("GET", objects("linked")).body == data


def test_presigned_reads(server, store):
    data = b"presigned"
    upload(server, "presigned/x y.csv", data)
    redirect = server.api("GET", objects("presigned/x y.csv", "&presign=true"), expect=(302,))
    answer = store.by_url("GET", redirect.headers["Location"])
    assert (answer.status, answer.body) == (200, data)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="x y.csv"'
    found = server.api("GET", "/repositories/repo/refs/main/objects/stat?presign=true&path="
                       + urllib.parse.quote("presigned/x y.csv")).json
    assert 800 < found["physical_address_expiry"] - time.time() < 910
    assert store.by_url("GET", found["physical_address"]).body == data


def test_uploads_in_parts(server):
    s3 = s3_client.S3(server)
    parts = [bytes([number]) * PART_BYTES for number in (1, 2)] + [b"the last"]
    place = "repo/main/in/parts"
    ident = s3.start_upload(place)
    tags = [(number, s3.ok("PUT", f"/{place}?partNumber={number}&uploadId={ident}",
                           part).headers["ETag"]) for number, part in enumerate(parts, 1)]
    assert len(s3.ok("GET", f"/{place}?uploadId={ident}").texts("Part")) == 3
    s3.complete(place, ident, tags)
    assert server.api("GET", objects("in/parts")).body == b"".join(parts)
    # Of REST, by URLs.
    path = "/repositories/repo/branches/main/staging/pmpu"
    begun = server.api("POST", f"{path}?path=by/url&parts=3").json
    tags = []
    for number, (url, part) in enumerate(zip(begun["presigned_urls"], parts), 1):
        assert url.startswith(server.url + "/_presigned/")
        put = server.call("PUT", url[len(server.url):], part, auth=None)
        tags.append({"part_number": number, "etag": put.headers["ETag"]})
    server.api("PUT", f"{path}/{begun['upload_id']}?path=by/url", {
        "physical_address": begun["physical_address"], "parts": tags})
    assert server.api("GET", objects("by/url")).body == b"".join(parts)


def test_imports_what_lies_there(server, store):
    server.api("POST", "/repositories/repo/branches/main/commits", {
        "message": "before", "allow_empty": True})
    # In byte order, which is not that of all servers.
    keys = ["a !/x", "a b", "a-/z", "a.b", "a/b", "a/c/d", "a0", "z\u00fc", "plus+%41"]
    for key in keys:
        assert store("PUT", f"{store.root}/src/{key}", key.encode()).status == 200
    started = server.api("POST", "/repositories/repo/branches/main/import", {
        "paths": [{"type": "common_prefix", "destination": "imported/",
                   "path": f"s3://{store.bucket}/{store.root}/src/"},
                  {"type": "object", "destination": "single",
                   "path": f"s3://{store.bucket}/{store.root}/src/a/b"}],
        "commit": {"message": "import"}})
    status = server.wait_for_import("repo", "main", started.json["id"])
    assert status.get("error") is None and status["ingested_objects"] == len(keys) + 1, status
    listed = server.api("GET", "/repositories/repo/refs/main/objects/ls?prefix=imported/").json
    found = {entry["path"][len("imported/"):]: entry for entry in listed["results"]}
    assert list(found) == sorted(keys, key=str.encode)
    entry = found["a/b"]
    assert entry["physical_address"] == f"s3://{store.bucket}/{store.root}/src/a/b"
    assert (entry["checksum"], entry["size_bytes"]) == (hashlib.md5(b"a/b").hexdigest(), 3)
    for key in keys:
        assert server.api("GET", objects("imported/" + key)).body == key.encode(), key
    assert server.api("GET", objects("single")).body == b"a/b"
    own = server.api("POST", "/repositories/repo/branches/main/import", {
        "paths": [{"type": "common_prefix", "destination": "x/",
                   "path": f"s3://{store.bucket}/{store.root}/repo/data/"}],
        "commit": {"message": "import"}}, expect=(400,))
    assert "prohibited" in own.message


def test_objects_and_the_repository_go(server, store):
    made = upload(server, "deleted", b"x")
    server.api("DELETE", "/repositories/repo/branches/main/objects?path=deleted")
    server.api("GET", objects("deleted"), expect=(404,))
    key = made["physical_address"][len(f"s3://{store.bucket}/"):]
    assert store("DELETE", key).status == 204
    upload(server, "lost", b"x")
    lost = server.api("GET", "/repositories/repo/refs/main/objects/stat?path=lost").json
    store("DELETE", lost["physical_address"][len(f"s3://{store.bucket}/"):])
    gone = server.api("GET", objects("lost"), expect=(410,))
    assert gone.message == "No data"
    server.api("DELETE", "/repositories/repo")
    server.api("GET", "/repositories/repo", expect=(404,))
