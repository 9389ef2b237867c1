"""Presigned URLs of the local store: reading, writing, uploads in parts, and what they refuse."""
import base64
import concurrent.futures
import hashlib
import pathlib
import time
import urllib.parse

import pytest

import tarn_server

ON = "    pre_signed: true\n"


@pytest.fixture(scope="module")
def server(directory):
    with tarn_server.Server(tarn_server.program(), directory / "presigned", extra=ON) as running:
        running.set_up()
        running.create_repository("repo")
        yield running


def objects(path, ref="main"):
    return f"/repositories/repo/refs/{ref}/objects?path={urllib.parse.quote(path)}"


def staging(path, more=""):
    return f"/repositories/repo/branches/main/staging/backing?path={path}{more}"


def upload(server, path, data, content_type="text/csv"):
    server.api("POST", f"/repositories/repo/branches/main/objects?path={urllib.parse.quote(path)}",
               data, headers={"Content-Type": content_type})


def fetch(server, url, method="GET", body=None, **headers):
    """A request without credentials."""
    assert url.startswith(server.url + "/_presigned/"), url
    return server.call(method, url[len(server.url):], body, auth=None, headers=headers)


def stat(server, path, presign=False):
    return server.api("GET", f"/repositories/repo/refs/main/objects/stat?path={path}"
                      + ("&presign=true" if presign else "")).json


def test_read(server):
    data = b"0123456789" * 1000
    upload(server, "a/b c.csv", data)
    redirect = server.api("GET", objects("a/b c.csv") + "&presign=true", expect=(302,))
    assert redirect.body == b""
    url = redirect.headers["Location"]
    answer = fetch(server, url)
    assert (answer.status, answer.body) == (200, data)
    assert answer.headers["ETag"] == f'"{hashlib.md5(data).hexdigest()}"'
    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="b c.csv"'
    assert answer.headers["Accept-Ranges"] == "bytes"
    head = fetch(server, url, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(data))


@pytest.mark.parametrize("wanted, begin, end", [
    ("bytes=0-9", 0, 10), ("bytes=9990-", 9990, 10000), ("bytes=-5", 9995, 10000)])
def test_ranges(server, wanted, begin, end):
    data = b"0123456789" * 1000
    upload(server, "ranged", data)
    url = stat(server, "ranged", presign=True)["physical_address"]
    answer = fetch(server, url, Range=wanted)
    assert (answer.status, answer.body) == (206, data[begin:end])
    assert answer.headers["Content-Range"] == f"bytes {begin}-{end - 1}/10000"
    head = fetch(server, url, "HEAD", Range=wanted)
    assert (head.status, head.headers["Content-Length"]) == (206, str(end - begin))
    outside = fetch(server, url, Range="bytes=10000-")
    assert (outside.status, outside.headers["Content-Range"]) == (416, "bytes */10000")
    assert fetch(server, url, Range="nonsense").status == 200


def test_stat_and_list(server):
    upload(server, "listed/x", b"x")
    found = stat(server, "listed/x", presign=True)
    assert 800 < found["physical_address_expiry"] - time.time() < 910
    assert fetch(server, found["physical_address"]).body == b"x"
    page = server.api("GET", "/repositories/repo/refs/main/objects/ls"
                      "?prefix=listed/&presign=true").json["results"]
    assert fetch(server, page[0]["physical_address"]).body == b"x"
    assert page[0]["physical_address_expiry"] >= found["physical_address_expiry"]
    config = server.api("GET", "/config").json["storage_config"]
    assert config["pre_sign_support"] and config["pre_sign_multipart_upload"]
    assert not config["pre_sign_support_ui"]


def test_metadata_objects(server):
    upload(server, "meta", b"m")
    commit = server.api("POST", "/repositories/repo/branches/main/commits", {"message": "m"}).json
    path = f"/repositories/repo/metadata/object/meta_range/{commit['meta_range_id']}"
    url = server.api("GET", path + "?presign=true", expect=(302,)).headers["Location"]
    assert fetch(server, url).body == server.api("GET", path).body


def test_write_and_link(server):
    data = b"written by the client"
    given = server.api("GET", staging("linked", "&presign=true")).json
    assert given["presigned_url_expiry"] > time.time()
    put = fetch(server, given["presigned_url"], "PUT", data)
    assert put.status == 200
    assert put.headers["ETag"] == f'"{hashlib.md5(data).hexdigest()}"'
    server.api("PUT", staging("linked"), {
        "staging": {"physical_address": given["physical_address"]},
        "checksum": put.headers["ETag"], "size_bytes": len(data)})
    found = stat(server, "linked")
    assert found["checksum"] == hashlib.md5(data).hexdigest()
    assert found["physical_address"] == given["physical_address"]
    assert server.api("GET", objects("linked")).body == data
    # The address is checked: it was given out for this path only.
    refused = server.api("PUT", staging("other"), {
        "staging": {"physical_address": given["physical_address"]},
        "checksum": "c", "size_bytes": 1}, expect=(400,))
    assert refused.message == "invalid address signature: invalid address"


def link(server, path, address, data, expect=(200,)):
    return server.api("PUT", staging(path), {
        "staging": {"physical_address": address}, "checksum": hashlib.md5(data).hexdigest(),
        "size_bytes": len(data)}, expect=expect)


def test_a_linked_address_is_not_written_again(server):
    data = b"committed bytes"
    given = server.api("GET", staging("once", "&presign=true")).json
    url = given["presigned_url"]
    assert fetch(server, url, "PUT", data).status == 200
    link(server, "once", given["physical_address"], data)
    server.api("POST", "/repositories/repo/branches/main/commits", {"message": "m"})
    copied = server.api("POST", "/repositories/repo/branches/main/objects/copy?dest_path=copy",
                        {"src_path": "once"}).json
    file = pathlib.Path(given["physical_address"][len("local://"):])
    assert file.stat().st_ino != pathlib.Path(copied["physical_address"][8:]).stat().st_ino
    for other in (b"", b"changed bytes!!", data * 2, b"x" * 3_000_000):
        refused = fetch(server, url, "PUT", other)
        assert (refused.status, refused.message) == (
            412, "other bytes were written to this address already: ask for a new one")
        assert server.api("GET", objects("once")).body == data
    assert fetch(server, url, "PUT", data).status == 200  # The first answer may have been lost.
    # Whoever writes into the file itself reaches no copy.
    file.write_bytes(b"another program")
    assert server.api("GET", objects("copy")).body == data


def test_of_writers_at_the_same_time_one_wins(server):
    given = server.api("GET", staging("raced", "&presign=true")).json
    bodies = [b"%d" % number * 100_000 for number in range(8)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(
            lambda body: fetch(server, given["presigned_url"], "PUT", body).status, bodies))
        linked = pool.submit(link, server, "raced", given["physical_address"], bodies[0])
    linked.result()
    assert sorted(answers) == [200] + [412] * 7
    assert server.api("GET", objects("raced")).body == bodies[answers.index(200)]


@pytest.mark.parametrize("header", [
    "Content-Range", "If-Match", "x-amz-copy-source", "X-Amz-Copy-Source-Range",
    "x-amz-server-side-encryption-customer-algorithm", "x-amz-object-lock-mode",
    "X-HTTP-Method-Override"])
def test_headers_that_ask_for_something_else(server, header):
    upload(server, "secret", b"secret bytes")
    given = server.api("GET", staging("headers", "&presign=true")).json
    answer = fetch(server, given["presigned_url"], "PUT", b"", **{header: "/repo/main/secret"})
    assert answer.status == 501
    link(server, "headers", given["physical_address"], b"")
    assert server.api("GET", objects("headers"), expect=(410,))


def test_a_part_that_comes_late(server):
    started = begin(server, 1, "late")
    upload_id, address = started["upload_id"], started["physical_address"]
    url = started["presigned_urls"][0]
    tag = fetch(server, url, "PUT", b"part").headers["ETag"]
    body = {"physical_address": address, "parts": [{"part_number": 1, "etag": tag}]}
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        late = [pool.submit(fetch, server, url, "PUT", b"n" * 500_000) for _ in range(4)]
        server.api("PUT", pmpu(upload_id, "late"), body, expect=(200, 400))
        assert {one.result().status for one in late} <= {200, 404}
    if server.api("GET", objects("late"), expect=(200, 404)).status == 200:
        assert server.api("GET", objects("late")).body == b"part"


def test_write_checks_the_announced_digest(server):
    given = server.api("GET", staging("digest", "&presign=true")).json
    wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    answer = fetch(server, given["presigned_url"], "PUT", b"data", **{"Content-MD5": wrong})
    assert answer.status == 400
    right = base64.b64encode(hashlib.md5(b"data").digest()).decode()
    answer = fetch(server, given["presigned_url"], "PUT", b"data", **{"Content-MD5": right})
    assert answer.status == 200


def test_methods_do_not_mix(server):
    upload(server, "mixed", b"kept")
    read = stat(server, "mixed", presign=True)["physical_address"]
    for method in ("PUT", "POST", "DELETE", "PATCH", "OPTIONS", "get", "MOVE"):
        answer = fetch(server, read, method, b"x")
        assert (answer.status, answer.message) == (
            403, "presigned URL is not valid for this method")
    write = server.api("GET", staging("mixed", "&presign=true")).json["presigned_url"]
    for method in ("GET", "HEAD", "POST", "DELETE", "PATCH", "OPTIONS", "put"):
        assert fetch(server, write, method).status == 403, method
    assert server.api("GET", objects("mixed")).body == b"kept"


def test_altered_urls(server):
    upload(server, "altered.txt", b"a")
    url = stat(server, "altered.txt", presign=True)["physical_address"]
    start = len(server.url) + len("/_presigned/")
    token, name = url[start:].split("/")
    for at in range(0, len(token), 7):
        other = "A" if token[at] != "A" else "B"
        changed = url[:start] + token[:at] + other + token[at + 1:] + "/" + name
        answer = fetch(server, changed)
        assert (answer.status, answer.message) == (403, "presigned URL is not valid"), at
    for path in ("", "x", token, token + "/other.txt", token + "/", token[:40], token + "x/" + name,
                 token + "/" + name + "/more"):
        assert fetch(server, url[:start] + path).status == 403, path


def test_expiry(directory):
    with tarn_server.Server(tarn_server.program(), directory / "expiring",
                            extra=ON + "    pre_signed_expiry: 2s\n") as server:
        server.set_up()
        server.create_repository("repo")
        upload(server, "x", b"x")
        url = stat(server, "x", presign=True)["physical_address"]
        write = server.api("GET", staging("y", "&presign=true")).json["presigned_url"]
        assert fetch(server, url).status == 200
        time.sleep(2.1)
        for answer in (fetch(server, url), fetch(server, write, "PUT", b"late")):
            assert (answer.status, answer.message) == (403, "presigned URL has expired")
        assert fetch(server, url, "HEAD").status == 403


def test_survives_a_restart_and_names_an_endpoint(directory):
    place = directory / "restarted"
    endpoint = ON + "    pre_signed_endpoint: https://lake.example.com/\n"
    with tarn_server.Server(tarn_server.program(), place, extra=endpoint) as server:
        server.set_up()
        server.create_repository("repo")
        upload(server, "x", b"x")
        url = stat(server, "x", presign=True)["physical_address"]
        address = server.api("GET", staging("y")).json["physical_address"]
        assert url.startswith("https://lake.example.com/_presigned/")
    with tarn_server.Server(tarn_server.program(), place, extra=ON) as server:
        assert server.call("GET", urllib.parse.urlsplit(url).path, auth=None).body == b"x"
        link = {"staging": {"physical_address": address}, "checksum": "c", "size_bytes": 1}
        server.api("PUT", staging("y"), link)


def test_off_by_default(directory):
    with tarn_server.Server(tarn_server.program(), directory / "off") as server:
        server.set_up()
        server.create_repository("repo")
        upload(server, "x", b"x")
        for path in (objects("x") + "&presign=true",
                     "/repositories/repo/refs/main/objects/ls?presign=true"):
            refused = server.api("GET", path, expect=(400,))
            assert refused.message == "local adapter presigned URL: operation not supported"
        assert server.call("GET", "/_presigned/x", auth=None).status != 403


# Uploads in parts.

def pmpu(upload_id="", path="big", more=""):
    middle = f"/{upload_id}" if upload_id else ""
    return f"/repositories/repo/branches/main/staging/pmpu{middle}{more}?path={path}"


def begin(server, parts, path="big"):
    return server.api("POST", pmpu(path=path) + f"&parts={parts}").json


def s3_etag(parts):
    return (hashlib.md5(b"".join(hashlib.md5(p).digest() for p in parts)).hexdigest()
            + f"-{len(parts)}")


def left_over(server):
    return set(pathlib.Path(server.directory, "objects").rglob("_lakefs/parts/*"))


def test_parts(server):
    earlier = left_over(server)
    parts = [b"a" * 300_000, b"b" * 5, b"c" * 70_000]
    started = begin(server, 2)
    assert len(started["presigned_urls"]) == 2
    upload_id, address = started["upload_id"], started["physical_address"]
    urls = started["presigned_urls"] + [
        server.api("PUT", pmpu(upload_id, more="/parts/3"),
                   {"physical_address": address}).json["presigned_url"]]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda pair: fetch(server, pair[0], "PUT", pair[1]),
                                zip(urls, parts)))
    assert [answer.status for answer in answers] == [200] * 3
    tags = [{"part_number": i + 1, "etag": answer.headers["ETag"]}
            for i, answer in enumerate(answers)]

    def complete(parts, expect):
        return server.api("PUT", pmpu(upload_id), {
            "physical_address": address, "parts": parts, "content_type": "text/plain",
            "user_metadata": {"k": "v"}}, expect=expect)

    assert complete([], (400,)).message == "parts are required"
    assert complete(tags[::-1], (400,)).message == (
        "parts must be in ascending order of their numbers")
    wrong = [tags[0], {"part_number": 2, "etag": tags[0]["etag"]}]
    assert complete(wrong, (400,)).message == "part 2 does not have that entity tag"
    missing = [*tags, {"part_number": 4, "etag": "e"}]
    assert complete(missing, (400,)).message == "part 4 was not uploaded"
    assert stat_status(server, "big") == 404
    done = complete(tags, (200,)).json
    assert done["checksum"] == s3_etag(parts)
    assert done["size_bytes"] == sum(map(len, parts))
    assert done["physical_address"].startswith("data/")
    assert server.api("GET", objects("big")).body == b"".join(parts)
    found = stat(server, "big")
    assert (found["content_type"], found["metadata"]) == ("text/plain", {"k": "v"})
    assert left_over(server) == earlier
    assert complete(tags, (404,)).message == "upload not found"
    late = fetch(server, urls[0], "PUT", b"late")
    assert (late.status, late.message) == (404, "upload not found")


def stat_status(server, path):
    return server.api("GET", f"/repositories/repo/refs/main/objects/stat?path={path}",
                      expect=(200, 404)).status


def test_parts_copied(server):
    upload(server, "source", b"0123456789")
    started = begin(server, 0, "copied")
    assert "presigned_urls" not in started
    upload_id, address = started["upload_id"], started["physical_address"]

    def copy(number, expect=(204,), **source):
        return server.api("PUT", pmpu(upload_id, "copied", f"/parts/{number}/copy"), {
            "physical_address": address,
            "copy_source": {"repository": "repo", "ref": "main", "path": "source", **source}},
            expect=expect)

    first = copy(1).headers["ETag"]
    second = copy(2, range="bytes=2-4").headers["ETag"]
    assert second == hashlib.md5(b"234").hexdigest()
    assert copy(3, (404,), path="none").message == "repo/main/none: not found"
    copy(3, (400,), range="bytes=10-12")
    copy(10_001, (400,))
    server.api("PUT", pmpu(upload_id, "copied"), {
        "physical_address": address,
        "parts": [{"part_number": 1, "etag": first}, {"part_number": 2, "etag": second}]})
    assert server.api("GET", objects("copied")).body == b"0123456789234"


def test_parts_given_up(server):
    earlier = left_over(server)
    started = begin(server, 1, "gone")
    upload_id, address = started["upload_id"], started["physical_address"]
    assert fetch(server, started["presigned_urls"][0], "PUT", b"x").status == 200
    assert left_over(server) != earlier
    server.api("DELETE", pmpu(upload_id, "gone"), {"physical_address": address})
    assert left_over(server) == earlier
    server.api("DELETE", pmpu(upload_id, "gone"), {"physical_address": address}, expect=(404,))


def test_parts_refused(server):
    assert server.api("POST", pmpu() + "&parts=10001", expect=(400,)).message == (
        "parts can be between 0 and 10000")
    missing = server.api("POST", "/repositories/repo/branches/none/staging/pmpu?path=x",
                         expect=(404,))
    assert missing.message == "branch 'none' not found"
    started = begin(server, 1)
    part = {"part_number": 1, "etag": "e"}
    for upload_id in ("..%2F..%2Fx", "x", "0" * 32, started["upload_id"].upper()):
        body = {"physical_address": started["physical_address"], "parts": [part]}
        refused = server.api("PUT", pmpu(upload_id), body, expect=(404,))
        assert refused.message == "upload not found", upload_id
    elsewhere = server.api("PUT", pmpu(started["upload_id"]), {
        "physical_address": "local://other/data/x", "parts": [part]}, expect=(400,))
    assert elsewhere.message == "physical address must be relative to the storage namespace"
    other_path = server.api("PUT", pmpu(started["upload_id"], "other"), {
        "physical_address": started["physical_address"], "parts": [part]}, expect=(400,))
    assert other_path.message == "invalid address signature: invalid address"
