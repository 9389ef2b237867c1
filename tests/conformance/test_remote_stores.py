"""Repositories whose objects lie in a remote store: real servers (tests/stores.sh starts them) of
S3, named by TARN_S3_URL, TARN_S3_KEY, TARN_S3_SECRET and TARN_S3_BUCKET, and of Google Cloud
Storage, an emulator named by TARN_GS_URL and TARN_GS_BUCKET."""
import hashlib
import http.client
import json
import os
import re
import subprocess
import time
import urllib.parse
import uuid

import pytest

import s3_client
import s3_signer
import tarn_server

PART_BYTES = 5 << 20
S3_SETTINGS = """  s3:
    endpoint: {TARN_S3_URL}
    force_path_style: true
    credentials:
      access_key_id: {TARN_S3_KEY}
      secret_access_key: {TARN_S3_SECRET}
"""


class Store:
    """The server below, past Tarn."""
    environment = {}

    def __init__(self, url, bucket):
        self.bucket = bucket
        self.host = urllib.parse.urlsplit(url).netloc
        self.root = f"tests/{uuid.uuid4()}"

    def send(self, method, target, body=b"", headers=None):
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            connection.request(method, target, body, headers or {})
            answer = connection.getresponse()
            return tarn_server.Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def uri(self, path):
        return f"{self.type}://{self.bucket}/{self.root}/{path}"

    def key_of(self, address):
        return address[len(f"{self.type}://{self.bucket}/"):]

    def by_url(self, method, url, body=b""):
        """Whoever has a presigned URL, without credentials."""
        parts = urllib.parse.urlsplit(url)
        assert parts.netloc == self.host, url
        return self.send(method, f"{parts.path}?{parts.query}", body)


class S3Store(Store):
    type = "s3"
    has_part_urls = tells_disposition = True

    def __init__(self, _):
        super().__init__(os.environ["TARN_S3_URL"], os.environ["TARN_S3_BUCKET"])
        self.signer = s3_signer.Signer(os.environ["TARN_S3_KEY"], os.environ["TARN_S3_SECRET"],
                                       self.host)
        self.settings = S3_SETTINGS.format(**os.environ)

    def __call__(self, method, key, body=b""):
        target = f"/{self.bucket}/{s3_client.quote(key)}"
        return self.send(method, target, body, self.signer.headers(method, target,
                                                                   s3_signer.UNSIGNED))


class GsStore(Store):
    type = "gs"
    has_part_urls = tells_disposition = False

    def __init__(self, directory):
        super().__init__(os.environ["TARN_GS_URL"], os.environ["TARN_GS_BUCKET"])
        self.environment = {"STORAGE_EMULATOR_HOST": self.host}
        key = subprocess.run(["openssl", "genrsa", "2048"], check=True, capture_output=True,
                             text=True).stdout
        account = directory / "account.json"
        account.write_text(json.dumps({
            "type": "service_account", "client_email": "tester@test.iam.gserviceaccount.com",
            "private_key": key, "private_key_id": "1"}))
        self.settings = f"  gs: {{credentials_file: {account}}}\n"

    def __call__(self, method, key, body=b""):
        name = urllib.parse.quote(key, safe="")
        if method == "PUT":
            return self.send("POST", f"/upload/storage/v1/b/{self.bucket}/o?uploadType=media"
                             f"&name={name}", body, {"Content-Type": "application/octet-stream"})
        return self.send(method, f"/storage/v1/b/{self.bucket}/o/{name}?alt=media")


@pytest.fixture(scope="module", params=[S3Store, GsStore], ids=lambda kind: kind.type)
def store(request, directory):
    variable = f"TARN_{request.param.type.upper()}_URL"
    if variable not in os.environ:
        pytest.skip(f"{variable} names no server")
    return request.param(directory)


@pytest.fixture(scope="module")
def server(directory, store):
    with tarn_server.Server(tarn_server.program(), directory / store.type, blockstore=store.type,
                            extra=store.settings, environment=store.environment) as running:
        running.set_up()
        running.api("POST", "/repositories", {
            "name": "repo", "storage_namespace": store.uri("repo")})
        yield running


def objects(path, more=""):
    return f"/repositories/repo/refs/main/objects?path={urllib.parse.quote(path)}{more}"


def upload(server, path, data):
    return server.api("POST", "/repositories/repo/branches/main/objects?path="
                      + urllib.parse.quote(path), data).json


def test_what_clients_are_told(server, store):
    config = server.api("GET", "/config").json["storage_config"]
    assert (config["blockstore_type"], config["blockstore_namespace_ValidityRegex"]) \
        == (store.type, f"^{store.type}://")
    assert config["pre_sign_support"]
    assert config["pre_sign_multipart_upload"] == store.has_part_urls
    assert config["import_support"] and not config["pre_sign_support_ui"]
    again = server.api("POST", "/repositories", {
        "name": "again", "storage_namespace": store.uri("repo")},
        expect=(400,))
    assert "already in use" in again.message
    missing = server.api("POST", "/repositories", {
        "name": "missing", "storage_namespace": f"{store.type}://no-such-bucket/x"}, expect=(400,))
    assert missing.message == "failed to create repository: failed to access storage"


@pytest.mark.parametrize("size", [0, 1, 100_000, 20_000_003])
def test_upload_commit_and_read(server, store, size):
    data = hashlib.shake_128(b"%d" % size).digest(size)
    path = f"read/a b%41+{size}"
    made = upload(server, path, data)
    assert made["checksum"] == hashlib.md5(data).hexdigest()
    assert made["physical_address"].startswith(store.uri("repo/data/"))
    server.api("POST", "/repositories/repo/branches/main/commits", {"message": path})
    answer = server.api("GET", objects(path))
    assert answer.body == data and answer.headers["Content-Length"] == str(size)
    if size > 10:
        part = server.api("GET", objects(path), headers={"Range": "bytes=-7"}, expect=(206,))
        assert part.body == data[-7:]
        part = server.api("GET", objects(path), headers={"Range": "bytes=3-9"}, expect=(206,))
        assert part.body == data[3:10]
    key = store.key_of(made["physical_address"])
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
        "checksum": put.headers.get("ETag", "none"), "size_bytes": len(data)})
    assert server.api("GET", objects("linked")).body == data


def test_presigned_reads(server, store):
    data = b"presigned"
    upload(server, "presigned/x y.csv", data)
    redirect = server.api("GET", objects("presigned/x y.csv", "&presign=true"), expect=(302,))
    answer = store.by_url("GET", redirect.headers["Location"])
    assert (answer.status, answer.body) == (200, data)
    if store.tells_disposition:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="x y.csv"'
    found = server.api("GET", "/repositories/repo/refs/main/objects/stat?presign=true&path="
                       + urllib.parse.quote("presigned/x y.csv")).json
    assert 800 < found["physical_address_expiry"] - time.time() < 910
    assert store.by_url("GET", found["physical_address"]).body == data


def test_uploads_in_parts(server, store):
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
    if not store.has_part_urls:
        server.api("POST", f"{path}?path=by/url&parts=3", expect=(501,))
        return
    begun = server.api("POST", f"{path}?path=by/url&parts=3").json
    tags = []
    for number, (url, part) in enumerate(zip(begun["presigned_urls"], parts), 1):
        put = store.by_url("PUT", url, part)
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
                   "path": store.uri("src/")},
                  {"type": "object", "destination": "single",
                   "path": store.uri("src/a/b")}],
        "commit": {"message": "import"}})
    status = server.wait_for_import("repo", "main", started.json["id"])
    assert status.get("error") is None and status["ingested_objects"] == len(keys) + 1, status
    listed = server.api("GET", "/repositories/repo/refs/main/objects/ls?prefix=imported/").json
    found = {entry["path"][len("imported/"):]: entry for entry in listed["results"]}
    assert list(found) == sorted(keys, key=str.encode)
    entry = found["a/b"]
    assert entry["physical_address"] == store.uri("src/a/b")
    assert (entry["checksum"], entry["size_bytes"]) == (hashlib.md5(b"a/b").hexdigest(), 3)
    for key in keys:
        assert server.api("GET", objects("imported/" + key)).body == key.encode(), key
    assert server.api("GET", objects("single")).body == b"a/b"
    own = server.api("POST", "/repositories/repo/branches/main/import", {
        "paths": [{"type": "common_prefix", "destination": "x/",
                   "path": store.uri("repo/data/")}],
        "commit": {"message": "import"}}, expect=(400,))
    assert "prohibited" in own.message


def test_copies_of_tables_survive_the_server(server, store):
    """What was read before needs the store no more, also after a kill, and with a spoilt copy."""
    upload(server, "kept/a", b"x")
    server.api("POST", "/repositories/repo/branches/main/commits", {"message": "kept"})
    folder = server.directory / "cache" / "tarn"
    deadline = time.monotonic() + 30
    while any(folder.rglob("*.new")) and time.monotonic() < deadline:
        time.sleep(0.1)
    copies = [path for path in folder.rglob("*") if path.is_file()]
    assert copies and not any(path.name.endswith(".new") for path in copies), copies
    listing = "/repositories/repo/refs/main/objects/ls?prefix=kept/"

    def misses():
        page = server.call("GET", "/metrics", auth=None).body.decode()
        return sum(float(count) for count in re.findall(
            r'^tier_fs_cache_hits_total{.*status="Miss"} (\S+)$', page, re.M))
    server.kill()
    server.start()
    assert [found["path"] for found in server.api("GET", listing).json["results"]] == ["kept/a"]
    assert misses() == 0
    server.kill()
    for path in copies:
        path.write_bytes(path.read_bytes()[:-30] + bytes(30))
    server.start()
    assert [found["path"] for found in server.api("GET", listing).json["results"]] == ["kept/a"]
    assert misses() > 0


def test_objects_and_the_repository_go(server, store):
    made = upload(server, "deleted", b"x")
    server.api("DELETE", "/repositories/repo/branches/main/objects?path=deleted")
    server.api("GET", objects("deleted"), expect=(404,))
    key = store.key_of(made["physical_address"])
    assert store("DELETE", key).status in (200, 204)
    upload(server, "lost", b"x")
    lost = server.api("GET", "/repositories/repo/refs/main/objects/stat?path=lost").json
    store("DELETE", store.key_of(lost["physical_address"]))
    gone = server.api("GET", objects("lost"), expect=(410,))
    assert gone.message == "No data"
    server.api("DELETE", "/repositories/repo")
    server.api("GET", "/repositories/repo", expect=(404,))
