"""Hostile input: every case gets a clear refusal, changes nothing, and leaves the server well."""
import ctypes
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import threading
import time

import pytest

import tarn_server
import trees

MEMORY_MB_MAX = 200 * tarn_server.MEMORY_FACTOR


@pytest.fixture(scope="module")
def repository(tarn):
    tarn.create_repository("hostile")
    tarn.api("POST", "/repositories/hostile/branches/main/objects?path=a", "content")
    return "hostile"


@pytest.fixture(autouse=True)
def still_well(request):
    """After each case: the same process answers, nothing was staged, memory is bounded."""
    yield
    if "tarn" not in request.fixturenames or "repository" not in request.fixturenames:
        return
    tarn = request.getfixturevalue("tarn")
    assert tarn.process.poll() is None, tarn.log()
    assert tarn.api("GET", "/repositories/hostile/refs/main/objects/stat?path=a").json[
        "size_bytes"] == 7
    if "asan" not in str(tarn.program):
        assert memory_mb(tarn) < MEMORY_MB_MAX


def memory_mb(tarn):
    for line in pathlib.Path(f"/proc/{tarn.process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    raise AssertionError("no VmHWM")


def paths(tarn, ref="main"):
    page = tarn.api("GET", f"/repositories/hostile/refs/{ref}/objects/ls?amount=1000").json
    return [entry["path"] for entry in page["results"]]


def raw(tarn, head, body=b"", seconds=30):
    """Sends bytes as they are; all that comes back until the server closes or falls silent."""
    answer = b""
    with socket.create_connection(("127.0.0.1", tarn.port), timeout=seconds) as connection:
        try:
            connection.sendall(head)
            if body:
                connection.sendall(body)
        except OSError:
            pass  # It may refuse before it has read everything.
        try:
            while b"\r\n\r\n" not in answer:
                piece = connection.recv(65536)
                if not piece:
                    break
                answer += piece
        except OSError:
            pass
    return answer


def status_of(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else None


def head(method, path, *lines):
    text = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {tarn_server.BASIC}\r\n"
    return (text + "".join(f"{line}\r\n" for line in lines) + "\r\n").encode("latin-1")


# -------------------------------------------------------------------------------------- JSON

BROKEN_JSON = ["{", "[", "]", "nul", "'a'", '{"a":}', '{"name": "x"', '{"name": "\\ud800x',
               "\x00", '{"name": 1e999999}', "{\"name\": \"\x01\"}", "\xff\xfe{}", "[" * 100_000,
               '{"a":' * 100_000, '"' + "a" * 100_000]


@pytest.mark.parametrize("number", range(len(BROKEN_JSON)))
def test_malformed_json(tarn, repository, number):
    body = BROKEN_JSON[number].encode("latin-1")
    for path in ("/repositories", f"/repositories/{repository}/branches",
                 f"/repositories/{repository}/branches/main/commits",
                 f"/repositories/{repository}/branches/main/import"):
        answer = tarn.call("POST", "/api/v1" + path, body,
                           headers={"Content-Type": "application/json"})
        assert answer.status == 400, answer
        assert answer.message.startswith("request body has an error"), answer


VALUES = [None, True, 0, -1, 1.5, 10 ** 30, "", "x" * 70_000, [], {}, [[]], {"a": {"b": []}}]


@pytest.mark.parametrize("value", VALUES, ids=lambda v: repr(v)[:20])
def test_wrong_types(tarn, repository, value):
    before = tarn.api("GET", "/repositories").json["pagination"]["results"]
    head_before = tarn.api("GET", "/repositories/hostile/branches/main").json["commit_id"]
    cases = {
        "/repositories": ["name", "storage_namespace", "default_branch", "sample_data"],
        f"/repositories/{repository}/branches": ["name", "source", "force"],
        f"/repositories/{repository}/tags": ["id", "ref"],
        f"/repositories/{repository}/branches/main/import": ["paths", "commit", "force"],
        f"/repositories/{repository}/refs/main/merge/main": ["metadata", "strategy", "message"],
        f"/repositories/{repository}/branches/main/objects/delete": ["paths"],
    }
    for path, names in cases.items():
        answer = tarn.call("POST", "/api/v1" + path, json.dumps(value),
                           headers={"Content-Type": "application/json"})
        assert 400 <= answer.status < 500, (path, answer)
        for name in names:
            body = {"name": "Not A Name", "storage_namespace": "nowhere", "id": "not a tag",
                    "ref": "no-such-ref", "source": "no-such-ref", "paths": 7, name: value}
            answer = tarn.call("POST", "/api/v1" + path, body)
            if (name, value) == ("paths", []) and path.endswith("delete"):
                assert answer.status == 200  # Nothing to delete is no mistake.
                continue
            assert 400 <= answer.status < 500, (path, name, answer)
            assert answer.message
    assert tarn.api("GET", "/repositories").json["pagination"]["results"] == before
    assert tarn.api("GET", "/repositories/hostile/branches/main").json[
        "commit_id"] == head_before


def test_a_huge_body_where_json_is_expected(tarn, repository):
    size = 100 << 20
    request = head("POST", "/api/v1/repositories", "Content-Type: application/json",
                   f"Content-Length: {size}")
    assert status_of(raw(tarn, request, b'{"name": "' + b"a" * size)) == 413
    request = head("POST", "/api/v1/repositories", "Content-Type: application/json",
                   "Transfer-Encoding: chunked")
    chunk = b"100000\r\n" + b"a" * (1 << 20) + b"\r\n"
    assert status_of(raw(tarn, request, chunk * 100)) == 413


@pytest.mark.parametrize("text", ["[" + "0," * 1_900_000 + "0]", "{" + '"":0,' * 700_000 + '"":0}',
                                  "[" + "[]," * 1_300_000 + "0]"],
                         ids=["numbers", "members", "arrays"])
def test_a_body_of_very_many_values(tarn, repository, text):
    answer = tarn.call("POST", f"/api/v1/repositories/{repository}/branches", text,
                       headers={"Content-Type": "application/json"})
    assert answer.status == 400
    assert re.search("failed to decode request body: more than [0-9]+ values", answer.message)


# -------------------------------------------------------------------------------------- HTTP

@pytest.mark.parametrize("bomb", [
    head("GET", "/api/v1/repositories", "X-Long: " + "a" * (4 << 20)),
    head("GET", "/api/v1/repositories", *[f"X-{i}: {i}" for i in range(20_000)]),
    head("GET", "/" + "a" * (4 << 20)),
    head("GET", "/api/v1/repositories?prefix=" + "a" * (4 << 20)),
], ids=["long header", "many headers", "long path", "long query"])
def test_header_bombs(tarn, repository, bomb):
    assert status_of(raw(tarn, bomb)) in (400, 413, 414, 431)


def test_slow_clients_hold_nobody_up(tarn, repository):
    sockets = []
    try:
        for number in range(300):
            connection = socket.create_connection(("127.0.0.1", tarn.port), timeout=5)
            sockets.append(connection)
            if number % 3 == 0:
                connection.send(b"GET /api/v1/repos")
            elif number % 3 == 1:
                connection.send(head(
                    "POST", "/api/v1/repositories/hostile/branches/main/objects?path=slow",
                    "Content-Length: 1000000"))
        started = time.monotonic()
        for _ in range(50):
            tarn.api("GET", "/repositories/hostile")
        tarn.api("POST", "/repositories/hostile/branches/main/objects?path=fast", "content")
        assert time.monotonic() - started < 10
    finally:
        for connection in sockets:
            connection.close()
    assert "slow" not in paths(tarn), "an upload that broke off leaves nothing"


# -------------------------------------------------------------------------------------- paths

HOSTILE_PATHS = ["%ff%fe", "%c3%28", "..", "../..", "a/../../b", "/etc/passwd", "//", "a//b",
                 "a%00b", "%00", "%2e%2e%2f%2e%2e", ".", "./a", "%0d%0aX:%20y", "a" * 2000,
                 "%e2%80%ae", "%25%32%65", "\\..\\..", "a%", "%zz"]


@pytest.mark.parametrize("path", HOSTILE_PATHS)
def test_paths(tarn, repository, directory, path):
    outside_before = sorted(os.listdir(directory)) + sorted(os.listdir(directory / "server"))
    url = f"/api/v1/repositories/{repository}/branches/main/objects?path={path}"
    answer = tarn.call("POST", url, b"hostile content")
    assert answer.status == 201 or 400 <= answer.status < 500, answer
    if answer.status == 201:
        read = tarn.call("GET", f"/api/v1/repositories/{repository}/refs/main/objects?path={path}")
        assert (read.status, read.body) == (200, b"hostile content"), "what was taken is there"
        assert answer.json["path"] in paths(tarn)
        tarn.api("DELETE", f"/repositories/{repository}/branches/main/objects?path={path}")
    else:
        assert answer.message
    after = sorted(os.listdir(directory)) + sorted(os.listdir(directory / "server"))
    assert after == outside_before, "nothing appears outside the object store"
    for target in (f"/api/v1/repositories/{path}", f"/api/v1/repositories/{repository}/refs/{path}/"
                   "objects/ls", f"/{path}"):
        answer = raw(tarn, head("GET", target), seconds=5)
        assert status_of(answer) is None or status_of(answer) < 500, answer[:200]


@pytest.mark.parametrize("namespace", [
    "local://..", "local://../x", "local://a/../../x", "local:///etc", "local://", "local:", "",
    "s3://bucket", "local://a/%2e%2e/%2e%2e/x", "local://a\x00b", "file:///etc"])
def test_namespaces(tarn, repository, directory, namespace):
    before = sorted(p.name for p in directory.iterdir())
    answer = tarn.call("POST", "/api/v1/repositories",
                       {"name": "escape", "storage_namespace": namespace})
    if answer.status == 201:  # A name that only looks hostile: it must lie below the root.
        root = (directory / "server" / "objects").resolve()
        assert all(root in p.resolve().parents for p in root.rglob("dummy"))
        tarn.api("DELETE", "/repositories/escape")
    else:
        assert 400 <= answer.status < 500, answer
    assert sorted(p.name for p in directory.iterdir()) == before


# -------------------------------------------------------------------------------------- imports

def run_import(tarn, source, kind="common_prefix", destination="in/"):
    """The final status of an import, with the branch's head before and after."""
    before = tarn.api("GET", "/repositories/hostile/branches/main").json["commit_id"]
    started = tarn.call("POST", "/api/v1/repositories/hostile/branches/main/import", {
        "paths": [{"type": kind, "path": source, "destination": destination}],
        "commit": {"message": "hostile"}})
    if started.status != 202:
        assert 400 <= started.status < 500, started
        return None, before == tarn.api("GET", "/repositories/hostile/branches/main").json[
            "commit_id"]
    status = tarn.wait_for_import("hostile", "main", started.json["id"])
    after = tarn.api("GET", "/repositories/hostile/branches/main").json["commit_id"]
    return status, before == after


@pytest.fixture
def clean(tarn, repository):
    """Imports need a branch without uncommitted changes."""
    tarn.call("POST", "/api/v1/repositories/hostile/branches/main/commits", {"message": "clean"})


def test_import_outside_the_allowed_prefixes(tarn, repository, clean, directory):
    for source in ("local:///etc", f"local://{directory}/server/kv", "local:///",
                   f"local://{directory}/sources/../server", "local://relative", "s3://bucket/x",
                   f"local://{directory}/sources/%2e%2e/server", "/etc", "", "local:///etc\x00"):
        for kind in ("common_prefix", "object"):
            status, unchanged = run_import(tarn, source, kind)
            assert unchanged, source
            if status is not None:
                assert not status["completed"] and status["error"]["message"], (source, status)


def test_import_of_links(tarn, repository, clean, directory):
    source = directory / "sources" / "links"
    trees.make_tree(source, 5)
    os.symlink(source, source / "loop")
    os.symlink("nowhere", source / "dangling")
    os.symlink("self", source / "self")
    os.symlink("/etc/passwd", source / "out")
    os.mkfifo(source / "fifo")
    status, unchanged = run_import(tarn, f"local://{source}")
    # Refused or taken without following links out of the source: both are sane, hanging is not.
    if status["completed"]:
        stats = [p for p in paths(tarn) if p.startswith("in/")]
        assert len(stats) >= 5
        assert not any("loop/loop" in p for p in stats)
        answer = tarn.call("GET", "/api/v1/repositories/hostile/refs/main/objects?path=in/out")
        assert b"root:" not in answer.body
    else:
        assert unchanged and status["error"]["message"]


def test_import_of_names_that_are_not_utf8(tarn, repository, clean, directory):
    source = directory / "sources" / "names"
    source.mkdir()
    (source / "good").write_text("x")
    with open(os.fsencode(source) + b"/bad\xff\xfename", "w", encoding="utf-8") as file:
        file.write("x")
    status, unchanged = run_import(tarn, f"local://{source}")
    assert unchanged and not status["completed"]
    assert "bad" in status["error"]["message"], status


def give_up_reading_everything():
    """Makes root one who may read what the mode of a file allows, in the program that it starts.
    The program is given as the standard input: it may be in a folder that is closed then."""
    program = os.open(tarn_server.program(), os.O_RDONLY)
    os.dup2(program, 0)
    os.close(program)
    drop_from_bounding_set, dac_override, dac_read_search = 24, 1, 2
    for capability in (dac_override, dac_read_search):
        ctypes.CDLL(None).prctl(drop_from_bounding_set, capability, 0, 0, 0)


def test_import_of_unreadable_files(directory):
    """As a user who may not read everything, which root may unless it gives that up."""
    source = directory / "unreadable"
    trees.make_tree(source, 20, per_directory=5)
    victim = next(source.rglob("*.txt"))
    if os.geteuid() == 0:
        server = tarn_server.Server("/proc/self/fd/0", directory / "unprivileged",
                                    prefixes=[source], preexec=give_up_reading_everything)
    else:
        server = tarn_server.Server(tarn_server.program(), directory / "unprivileged",
                                    prefixes=[source])
    with server:
        server.set_up()
        server.create_repository("hostile")
        for target, mode in ((victim, 0o000), (victim.parent, 0o000)):
            os.chmod(target, mode)
            status, unchanged = run_import(server, f"local://{source}")
            os.chmod(target, 0o755)
            assert unchanged and not status["completed"], status
            assert victim.name in status["error"]["message"] or \
                victim.parent.name in status["error"]["message"], status
        status, _ = run_import(server, f"local://{source}")
        assert status["completed"] and status["ingested_objects"] == 20


# -------------------------------------------------------------------------------------- disk, clock

def test_full_disk(directory):
    """Writes are refused while the disk is full; reads work, and all works again afterwards."""
    mount = directory / "small"
    mount.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=224m", "tmpfs", mount],
                      capture_output=True).returncode != 0:
        pytest.skip("mounting a small file system needs root")
    server = tarn_server.Server(tarn_server.program(), mount / "server", prefixes=[directory])
    try:
        server.start().set_up()
        server.create_repository("full")
        objects = "/repositories/full/branches/main/objects?path="
        server.api("POST", objects + "before", "here already")
        # Freed at the end: the metadata database goes on only when it has 64 MB.
        reserve = mount / "reserve"
        reserve.write_bytes(bytes(80 << 20))
        piece, written, refused = b"z" * (4 << 20), [], None
        for number in range(40):
            answer = server.call("POST", f"/api/v1{objects}fill-{number:02}", piece)
            if answer.status != 201:
                refused = answer
                break
            written.append(f"fill-{number:02}")
        assert refused is not None and refused.status >= 500 or refused.status in (400, 507)
        assert refused.message
        filler = mount / "filler"
        with open(filler, "wb") as file:  # Leave nothing for the metadata either.
            try:
                while True:
                    file.write(b"z" * 65536)
                    file.flush()
            except OSError:
                pass
        answers = [server.call("POST", f"/api/v1{objects}late-{n}", b"y" * 5000)
                   for n in range(20)]
        acknowledged = [n for n, a in enumerate(answers) if a.status == 201]
        read = server.api("GET", "/repositories/full/refs/main/objects?path=before")
        assert read.body == b"here already"
        filler.unlink()
        reserve.unlink()
        deadline = time.monotonic() + 60
        while server.call("POST", f"/api/v1{objects}after", b"again").status != 201:
            assert time.monotonic() < deadline, "writes do not come back:\n" + server.log()
            time.sleep(0.2)
        server.api("POST", "/repositories/full/branches/main/commits", {"message": "after"})
        server.stop()
        server.start()
        page = server.api("GET", "/repositories/full/refs/main/objects/ls?amount=1000").json
        there = {entry["path"] for entry in page["results"]}
        assert there == {"before", "after", *written, *[f"late-{n}" for n in acknowledged]}
        for path in there:
            server.api("GET", f"/repositories/full/refs/main/objects?path={path}")
    finally:
        if server.process is not None:
            server.kill()
        subprocess.run(["umount", "-l", mount], check=False)


CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
/* Shifts the wall clock by the seconds that a file holds; the monotonic clock goes on. */
int clock_gettime(clockid_t id, struct timespec *out) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int status = real(id, out);
  const char *name = getenv("TARN_TEST_CLOCK");
  FILE *file = id == CLOCK_REALTIME && name ? fopen(name, "r") : 0;
  if (file) {
    long seconds = 0;
    if (fscanf(file, "%ld", &seconds) == 1) out->tv_sec += seconds;
    fclose(file);
  }
  return status;
}
"""


def test_clock_going_back(directory):
    """A clock that jumps back a day loses nothing: order comes from the graph, not from time."""
    if "asan" in str(tarn_server.program()):
        pytest.skip("the sanitizer's runtime must be loaded first")
    if shutil.which("cc") is None:
        pytest.skip("needs a C compiler")
    shim, shift = directory / "clock.so", directory / "shift"
    (directory / "clock.c").write_text(CLOCK)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", shim, directory / "clock.c", "-ldl"],
                   check=True)

    server = tarn_server.Server(
        tarn_server.program(), directory / "clock", prefixes=[directory],
        environment={"LD_PRELOAD": str(shim), "TARN_TEST_CLOCK": str(shift)})
    commits = []

    def change(number):
        server.api("POST", f"/repositories/clock/branches/main/objects?path=p{number}", "x")
        commits.append(server.api("POST", "/repositories/clock/branches/main/commits",
                                  {"message": f"m{number}"}).json["id"])

    shift.write_text("0")
    with server:
        server.set_up()
        server.create_repository("clock")
        change(0)
        login = server.api("POST", "/auth/login", {"access_key_id": tarn_server.KEY,
                                                   "secret_access_key": tarn_server.SECRET}).json
        for number, seconds in enumerate((-86400, -10 * 86400, 86400, -1), 1):
            shift.write_text(str(seconds))
            change(number)
            times = server.api("GET", f"/repositories/clock/commits/{commits[-1]}").json
            assert abs(times["creation_date"] - time.time() - seconds) < 60, "the shim works"
        answer = server.api("GET", "/repositories", auth="Bearer " + login["token"])
        assert answer.status == 200
        log = server.api("GET", "/repositories/clock/refs/main/commits").json["results"]
        assert [c["id"] for c in log][:5] == commits[::-1]
        server.stop()
        shift.write_text("-100000")
        server.start()
        assert server.api("GET", "/repositories/clock/branches/main").json[
            "commit_id"] == commits[-1]
        change(9)


def test_many_at_once(tarn, repository):
    """Hundreds of clients with mixed good and bad requests: each gets an answer."""
    failures = []

    def work(seed):
        try:
            for number in range(20):
                kind = (seed + number) % 4
                if kind == 0:
                    assert tarn.call("GET", "/api/v1/repositories").status == 200
                elif kind == 1:
                    assert tarn.call("POST", "/api/v1/repositories", "{").status == 400
                elif kind == 2:
                    assert tarn.call("GET", "/api/v1/repositories", auth="Basic eDp5").status == 401
                else:
                    assert tarn.call("GET", "/api/v1/repositories/hostile/refs/main/objects"
                                            "?path=nothing").status == 404
        except Exception as error:  # Reported by the main thread.
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[:3]
