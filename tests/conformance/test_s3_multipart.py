"""Uploads in parts through the S3 gateway where it does more than the recorded server: ids good for
one place only, completions held to their list, nothing lost and nothing left behind."""
import base64
import concurrent.futures
import hashlib
import http.client
import random
import socket
import threading
import time

import pytest

import s3_client
import s3_signer
import tarn_server

PART_BYTES = 5 << 20


@pytest.fixture(scope="module")
def s3(tarn):
    for name in ("parts", "other"):
        tarn.create_repository(name)
    tarn.api("POST", "/repositories/parts/branches", {"name": "dev", "source": "main"})
    return s3_client.S3(tarn)


def tag_of(data):
    return hashlib.md5(data).hexdigest()


def put(s3, place, upload, number, data, expect=(200,), **more):
    return s3.ok("PUT", f"/{place}?partNumber={number}&uploadId={upload}", data, expect=expect,
                 **more)


def leftovers(server):
    return [path for path in s3_client.store_files(server) if "/_lakefs/parts/" in path]


def test_an_id_is_good_for_one_place(tarn, s3):
    upload = s3.start_upload("parts/main/a")
    put(s3, "parts/main/a", upload, 1, b"x")
    for place in ("parts/main/b", "parts/dev/a", "other/main/a"):
        for method, query in (("PUT", "partNumber=2&"), ("GET", ""), ("DELETE", "")):
            answer = s3(method, f"/{place}?{query}uploadId={upload}")
            assert (answer.status, answer.code) == (404, "NoSuchUpload"), f"{method} {place}"
        assert s3.complete(place, upload, [(1, tag_of(b"x"))], (404,)).code == "NoSuchUpload"
    s3.complete("parts/main/a", upload, [(1, tag_of(b"x"))])
    assert not leftovers(tarn)


def test_a_refused_completion_changes_nothing(tarn, s3):
    place = "parts/main/refused"
    upload = s3.start_upload(place)
    tags = [(n, put(s3, place, upload, n, b"part %d" % n).headers["ETag"]) for n in (1, 2, 3)]
    files = s3_client.store_files(tarn)
    cases = [(tags[::-1], "InvalidPartOrder"), ([tags[0], tags[0]], "InvalidPartOrder"),
             ([*tags, (4, tags[0][1])], "InvalidPart"), ([(1, tags[1][1])], "InvalidPart"),
             ([(1, "")], "InvalidPart"), ([(0, tags[0][1])], "InvalidPart"), ([], "MalformedXML")]
    for listed, code in cases:
        assert s3.complete(place, upload, listed, (400,)).code == code, listed
    for document in (b"", b"<Complete", b"<a><Part><PartNumber>x</PartNumber></Part></a>"):
        answer = s3("POST", f"/{place}?uploadId={upload}", document)
        assert (answer.status, answer.code) == (400, "MalformedXML"), document
    assert s3("HEAD", f"/{place}").status == 404
    assert s3_client.store_files(tarn) == files
    s3.complete(place, upload, tags)
    assert s3.ok("GET", f"/{place}").body == b"part 1part 2part 3"
    assert not leftovers(tarn)


def test_refused_parts_leave_nothing(tarn, s3):
    place = "parts/main/refused-parts"
    upload = s3.start_upload(place)
    wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    data = b"x" * 300_000
    put(s3, place, upload, 1, data, (400,), extra={"Content-MD5": wrong})
    put(s3, place, upload, 10_001, data, (400,))
    target = f"/{place}?partNumber=1&uploadId={upload}"
    headers = s3.signer.headers("PUT", target, s3_signer.UNSIGNED)
    lines = [f"PUT {target} HTTP/1.1", *[f"{name}: {value}" for name, value in headers.items()],
             f"Content-Length: {len(data)}", "", ""]
    with socket.create_connection(("127.0.0.1", tarn.port)) as connection:
        connection.sendall("\r\n".join(lines).encode() + data[:-1])
    assert not s3.ok("GET", f"/{place}?uploadId={upload}").texts("Part")
    assert not leftovers(tarn)
    s3.ok("DELETE", f"/{place}?uploadId={upload}")


def test_parts_are_replaced_and_listed_in_pages(tarn, s3):
    place = "parts/main/pages"
    upload = s3.start_upload(place)
    for number in (5, 1, 3, 5, 10_000, 1):
        put(s3, place, upload, number, random.randbytes(number % 7 + 70_000))
    assert len(leftovers(tarn)) == 4
    marker, found = "0", []
    while True:
        page = s3.ok("GET", f"/{place}?uploadId={upload}&max-parts=3&part-number-marker={marker}")
        found += [int(text) for text in page.texts("Part/PartNumber")]
        if page.tree.findtext("IsTruncated") != "true":
            break
        marker = page.tree.findtext("NextPartNumberMarker")
    assert found == [1, 3, 5, 10_000]
    s3.ok("DELETE", f"/{place}?uploadId={upload}")
    assert not leftovers(tarn)
    put(s3, place, upload, 1, b"x", (404,))


def test_uploads_are_listed_in_pages(s3):
    started = {(path, s3.start_upload(f"other/main/{path}")) for path in ("b", "a", "a", "c")}
    s3.start_upload("parts/main/elsewhere")
    key, upload, found = "", "", []
    while True:
        page = s3.ok("GET", f"/other?uploads&max-uploads=2&key-marker={key}"
                            f"&upload-id-marker={upload}")
        found += list(zip(page.texts("Upload/Key"), page.texts("Upload/UploadId")))
        if page.tree.findtext("IsTruncated") != "true":
            break
        key, upload = (page.tree.findtext(name) for name in ("NextKeyMarker", "NextUploadIdMarker"))
    assert found == sorted(started)
    for path, upload in started:
        s3.ok("DELETE", f"/other/main/{path}?uploadId={upload}")


def test_one_of_many_completions_wins(tarn, s3):
    place = "parts/main/race"
    upload = s3.start_upload(place)
    data = random.randbytes(PART_BYTES)
    tags = [(n, put(s3, place, upload, n, data).headers["ETag"]) for n in (1, 2, 3, 4)]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda _: s3.complete(place, upload, tags, (200, 404)).status,
                                 range(6)))
    assert sorted(statuses) == [200] + [404] * 5
    assert s3.ok("GET", f"/{place}").body == data * 4
    assert not leftovers(tarn)


def test_parts_racing_with_an_abort_leave_nothing(tarn, s3):
    data = random.randbytes(200_000)
    for round_number in range(10):
        place = f"parts/main/abort-{round_number}"
        upload = s3.start_upload(place)
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            parts = [pool.submit(put, s3, place, upload, 1 + n % 3, data, (200, 404))
                     for n in range(12)]
            time.sleep(random.random() * 0.02)
            s3.ok("DELETE", f"/{place}?uploadId={upload}")
            for part in parts:
                part.result()
    assert not leftovers(tarn)


def test_the_collector_sees_no_parts(tarn, s3):
    place = "parts/main/running"
    upload = s3.start_upload(place)
    put(s3, place, upload, 1, b"x" * 100_000)
    [part] = leftovers(tarn)
    assert not part.removeprefix("store/parts/").startswith("data/") and part.count("/") == 4
    s3.ok("DELETE", f"/{place}?uploadId={upload}")


def test_kill_at_any_moment(directory):
    """Parts and completions under `kill -9`: what was acknowledged is there, a completion can be
    tried again, and what is given up leaves nothing."""
    server = tarn_server.Server(tarn_server.program(), directory / "killed").start()
    try:
        server.set_up().create_repository("parts")
        for round_number in range(6):
            kill_once(server, f"parts/main/x{round_number}")
        assert not leftovers(server)
    finally:
        server.stop()


def kill_once(server, place):
    s3 = s3_client.S3(server)
    upload = s3.start_upload(place)
    data = random.randbytes(PART_BYTES)
    tags = [(n, put(s3, place, upload, n, data).headers["ETag"]) for n in range(1, 9)]
    sent = threading.Event()

    def disturb(function, *arguments):
        sent.set()
        try:
            return function(*arguments)
        except (OSError, http.client.HTTPException, AssertionError):
            return None

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        late = [pool.submit(disturb, put, s3, place, upload, n, data) for n in (20, 21)]
        done = pool.submit(disturb, s3.complete, place, upload, tags)
        sent.wait()
        time.sleep(random.random() * 0.08)
        server.kill()
        completed = done.result()
        assert all(part.result() is None or completed or part.result().status == 200
                   for part in late)
    server.start()
    if completed is None:
        head = s3("HEAD", f"/{place}")
        again = s3.complete(place, upload, tags, (200, 404))
        assert head.status == 200 or again.status == 200, "neither object nor upload"
    assert s3.ok("GET", f"/{place}").body == data * 8
    deadline = time.monotonic() + 10
    while leftovers(server) and time.monotonic() < deadline:
        time.sleep(0.1)  # The sweep of the start is at work.
