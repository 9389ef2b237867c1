"""Repositories whose objects lie in Azure: a real server of its protocol, named by TARN_AZURE_URL
(with TLS), TARN_AZURE_KEY, TARN_AZURE_CONTAINER and TARN_AZURE_CA (tests/stores.sh starts one)."""
import hashlib
import os
import ssl
import urllib.error
import urllib.parse
import urllib.request
import uuid

import pytest

import s3_client
import tarn_server

ACCOUNT = "devstoreaccount1"
SETTINGS = """  azure:
    storage_account: {account}
    storage_access_key: {TARN_AZURE_KEY}
    test_endpoint_url: {TARN_AZURE_URL}
"""


@pytest.fixture(scope="module")
def base():
    """What addresses of this run begin with."""
    if not os.environ.get("TARN_AZURE_URL", "").startswith("https:"):
        pytest.skip("TARN_AZURE_URL names no Azure server with TLS")
    return f"https://{ACCOUNT}.blob.core.windows.net/{os.environ['TARN_AZURE_CONTAINER']}" \
           f"/tests/{uuid.uuid4()}"


@pytest.fixture(scope="module")
def server(directory, base):
    extra = SETTINGS.format(account=ACCOUNT, **os.environ)
    with tarn_server.Server(tarn_server.program(), directory / "azure", blockstore="azure",
                            extra=extra, environment={"SSL_CERT_FILE": os.environ["TARN_AZURE_CA"]}
                            ) as running:
        running.set_up()
        running.api("POST", "/repositories", {"name": "repo", "storage_namespace": f"{base}/repo"})
        yield running


def by_url(method, url, body=None):
    """Whoever has a presigned URL, without credentials."""
    request = urllib.request.Request(url, body, {"x-ms-blob-type": "BlockBlob"}, method=method)
    trust = ssl.create_default_context(cafile=os.environ["TARN_AZURE_CA"])
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                         urllib.request.HTTPSHandler(context=trust))
    try:
        with opener.open(request, timeout=60) as answer:
            return tarn_server.Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as refused:
        return tarn_server.Answer(refused.code, refused.headers, refused.read())


def objects(path, more=""):
    return f"/repositories/repo/refs/main/objects?path={urllib.parse.quote(path)}{more}"


def upload(server, path, data):
    return server.api("POST", "/repositories/repo/branches/main/objects?path="
                      + urllib.parse.quote(path), data).json


def test_what_clients_are_told(server):
    config = server.api("GET", "/config").json["storage_config"]
    assert config["blockstore_type"] == "azure"
    assert config["blockstore_namespace_ValidityRegex"] \
        == r"^https?://[a-z0-9_-]+\.blob.core.windows.net"
    assert config["pre_sign_support"] and not config["pre_sign_multipart_upload"]
    assert config["import_support"]
    missing = server.api("POST", "/repositories", {
        "name": "missing",
        "storage_namespace": f"https://{ACCOUNT}.blob.core.windows.net/no-such-container/x"},
        expect=(400,))
    assert missing.message == "failed to create repository: failed to access storage"


@pytest.mark.parametrize("size", [0, 1, 100_000, 20_000_003])
def test_upload_commit_and_read(server, base, size):
    data = hashlib.shake_128(b"%d" % size).digest(size)
    path = f"read/a b%41+{size}"
    made = upload(server, path, data)
    assert made["checksum"] == hashlib.md5(data).hexdigest()
    assert made["physical_address"].startswith(f"{base}/repo/data/")
    server.api("POST", "/repositories/repo/branches/main/commits", {"message": path})
    answer = server.api("GET", objects(path))
    assert answer.body == data and answer.headers["Content-Length"] == str(size)
    if size > 10:
        part = server.api("GET", objects(path), headers={"Range": "bytes=-7"}, expect=(206,))
        assert part.body == data[-7:]
        part = server.api("GET", objects(path), headers={"Range": "bytes=3-9"}, expect=(206,))
        assert part.body == data[3:10]


def test_presigned_reads_and_writes(server):
    data = b"presigned" * 1000
    given = server.api("GET", "/repositories/repo/branches/main/staging/backing?path=x y.csv"
                       .replace(" ", "%20") + "&presign=true").json
    put = by_url("PUT", given["presigned_url"], data)
    assert put.status == 201
    server.api("PUT", "/repositories/repo/branches/main/staging/backing?path=x%20y.csv", {
        "staging": {"physical_address": given["physical_address"]},
        "checksum": put.headers["ETag"], "size_bytes": len(data)})
    assert server.api("GET", objects("x y.csv")).body == data
    redirect = server.api("GET", objects("x y.csv", "&presign=true"), expect=(302,))
    answer = by_url("GET", redirect.headers["Location"])
    assert (answer.status, answer.body) == (200, data)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="x y.csv"'
    assert by_url("PUT", redirect.headers["Location"], b"other").status == 403


def test_copies_and_uploads_in_parts(server):
    s3 = s3_client.S3(server)
    parts = [bytes([number]) * (5 << 20) for number in (1, 2)] + [b"the last"]
    place = "repo/main/in/parts"
    ident = s3.start_upload(place)
    tags = [(number, s3.ok("PUT", f"/{place}?partNumber={number}&uploadId={ident}",
                           part).headers["ETag"]) for number, part in enumerate(parts, 1)]
    s3.complete(place, ident, tags)
    assert server.api("GET", objects("in/parts")).body == b"".join(parts)
    server.api("POST", "/repositories/repo/branches/main/objects/copy?dest_path=copied",
               {"src_path": "in/parts"})
    assert server.api("GET", objects("copied")).body == b"".join(parts)


def test_imports_what_lies_there(server, base):
    # What this repository has stored is a source for another one.
    server.api("POST", "/repositories", {"name": "other", "storage_namespace": f"{base}/other"})
    data = upload(server, "imported from", b"content")["physical_address"]
    source = data[:data.rfind("/") + 1]
    server.api("POST", "/repositories/other/branches/main/commits", {
        "message": "before", "allow_empty": True})
    started = server.api("POST", "/repositories/other/branches/main/import", {
        "paths": [{"type": "common_prefix", "destination": "in/", "path": source}],
        "commit": {"message": "import"}})
    status = server.wait_for_import("other", "main", started.json["id"])
    assert status.get("error") is None and status["ingested_objects"] >= 1, status
    name = data[len(source):]
    entry = server.api("GET", f"/repositories/other/refs/main/objects/stat?path=in/{name}").json
    assert (entry["checksum"], entry["physical_address"]) \
        == (hashlib.md5(b"content").hexdigest(), data)
    assert server.api("GET", f"/repositories/other/refs/main/objects?path=in/{name}").body \
        == b"content"
