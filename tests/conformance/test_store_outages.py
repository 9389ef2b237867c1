"""The store below fails while clients work: it is stopped and started, connections are cut, answers
are lost. What was acknowledged is there afterwards, nothing is torn, whoever was refused was told
why, and all goes on without a restart of Tarn. Needs the S3 server of TARN_S3_*; the test that
stops one starts its own (../shared/fixtures/stores), with --full."""
import contextlib
import hashlib
import os
import random
import subprocess
import threading
import time

import pytest

import s3_below
import store_proxy

SIZES = [10, 100_000, 17_000_000]  # One request, one request, parts.


@pytest.fixture(scope="module")
def below():
    return s3_below.named()


@pytest.fixture(scope="module")
def proxy(below):
    with store_proxy.Proxy(below.url) as running:
        yield running


@pytest.fixture(scope="module")
def server(directory, below, proxy):
    with below.server(directory / "outages", proxy.url) as running:
        running.set_up()
        yield running


@pytest.fixture
def repository(request, server, below, proxy):
    """An empty repository of the test's own."""
    name = request.node.name.replace("_", "-").split("[")[0]
    below.create_repository(server, name)
    yield name
    proxy.is_down = False
    proxy.replies_to_lose = proxy.requests_to_cut = 0


def content(path):
    size = SIZES[int(path.rsplit("-", 1)[1]) % len(SIZES)]
    return hashlib.shake_128(path.encode()).digest(size)


def upload(server, repository, path):
    return server.call("POST", f"/api/v1/repositories/{repository}/branches/main/objects?path="
                       + path, content(path), timeout=120)


def read(server, repository, ref, path):
    return server.api("GET", f"/repositories/{repository}/refs/{ref}/objects?path={path}").body


def paths(server, repository, ref="main"):
    listed = server.api("GET", f"/repositories/{repository}/refs/{ref}/objects/ls?amount=1000")
    return [entry["path"] for entry in listed.json["results"]]


def is_explained(answer):
    """A refusal names what failed."""
    return answer.status in (500, 503) and len(answer.message) > 10


def trouble(proxy, stop, seed):
    """Does to the store what networks and operators do, until `stop` is set."""
    chance = random.Random(seed)
    while not stop.wait(chance.uniform(0.05, 0.3)):
        kind = chance.randrange(3)
        if kind == 0:
            proxy.is_down = True
            stop.wait(chance.uniform(0.1, 0.8))
            proxy.is_down = False
        elif kind == 1:
            proxy.replies_to_lose = chance.randrange(1, 4)
        else:
            proxy.cut_after = chance.choice([1000, 100_000, 3_000_000])
            proxy.requests_to_cut = 1
    proxy.is_down = False


@contextlib.contextmanager
def in_trouble(proxy):
    seed = random.randrange(1 << 32)
    print("seed", seed)
    stop = threading.Event()
    maker = threading.Thread(target=trouble, args=(proxy, stop, seed))
    maker.start()
    try:
        yield
    finally:
        stop.set()
        maker.join()
        proxy.replies_to_lose = proxy.requests_to_cut = 0


def test_uploads(server, repository, proxy, full):
    acknowledged, refused, wrong = [], [], []

    def work(worker):
        for number in range(20 if full else 5):
            path = f"w{worker}/file-{number}"
            answer = upload(server, repository, path)
            if answer.status == 201:
                acknowledged.append(path)
            elif is_explained(answer):
                refused.append(path)
            else:
                wrong.append(answer)

    with in_trouble(proxy):
        workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert not wrong
    there = paths(server, repository)
    assert set(acknowledged) <= set(there) <= set(acknowledged + refused)
    for path in there:  # Whole, also where nobody was told.
        assert read(server, repository, "main", path) == content(path), path
    for path in refused:
        assert upload(server, repository, path).status == 201
        assert read(server, repository, "main", path) == content(path)


def test_commits(server, repository, proxy, full):
    committed = []
    with in_trouble(proxy):
        for number in range(30 if full else 8):
            path = f"file-{number * 3}"
            while upload(server, repository, path).status != 201:
                pass
            answer = server.call("POST", f"/api/v1/repositories/{repository}/branches/main/commits",
                                 {"message": path, "allow_empty": True}, timeout=120)
            if answer.status == 201:
                committed.append((answer.json["id"], number))
            else:
                assert is_explained(answer), answer
    log = server.api("GET", f"/repositories/{repository}/refs/main/commits?amount=1000").json
    logged = [commit["id"] for commit in log["results"]]
    assert set(commit for commit, _ in committed) <= set(logged)
    for commit, number in committed:
        assert set(paths(server, repository, commit)) == {
            f"file-{before * 3}" for before in range(number + 1)}
    server.api("POST", f"/repositories/{repository}/branches/main/commits",
               {"message": "after it", "allow_empty": True})
    for path in paths(server, repository):
        assert read(server, repository, "main", path) == content(path)


def start_import(server, repository, below, prefix):
    return server.api("POST", f"/repositories/{repository}/branches/main/import", {
        "paths": [{"type": "common_prefix", "destination": "in/",
                   "path": below.uri(f"{prefix}/")}],
        "commit": {"message": "import"}}).json["id"]


def test_imports(server, repository, below, proxy):
    keys = [f"{folder:02}/{number:03}" for folder in range(12) for number in range(10)]
    below.put_all([f"source/{key}" for key in keys], str.encode)
    head = server.api("GET", f"/repositories/{repository}/branches/main").json["commit_id"]
    outcomes = set()
    for _ in range(3):
        with in_trouble(proxy):
            status = server.wait_for_import(repository, "main", start_import(
                server, repository, below, "source"))
        outcomes.add(status["completed"])
        if not status["completed"]:
            assert len(status["error"]["message"]) > 10, status
        now = server.api("GET", f"/repositories/{repository}/branches/main").json["commit_id"]
        assert (now != head) == status["completed"]
        assert len(paths(server, repository)) in (0, len(keys))
        head = now
    status = server.wait_for_import(repository, "main", start_import(
        server, repository, below, "source"))
    assert status["completed"] and status["ingested_objects"] == len(keys), status
    assert paths(server, repository) == [f"in/{key}" for key in keys]


def test_a_store_that_is_away(server, repository, below, proxy):
    upload(server, repository, "file-1")
    server.api("POST", f"/repositories/{repository}/branches/main/commits", {"message": "before"})
    proxy.is_down = True
    begun = time.monotonic()
    for answer in (upload(server, repository, "file-4"),
                   server.call("GET", f"/api/v1/repositories/{repository}/refs/main/objects"
                               "?path=file-1")):
        assert is_explained(answer), answer
    status = server.wait_for_import(repository, "main", start_import(
        server, repository, below, "source"))
    assert "error on ingest" in status["error"]["message"]
    assert time.monotonic() - begun < 60
    # What needs no store goes on.
    assert server.call("GET", "/_health", auth=None).status == 200
    server.api("POST", f"/repositories/{repository}/branches", {"name": "dev", "source": "main"})
    proxy.is_down = False
    assert upload(server, repository, "file-4").status == 201
    assert read(server, repository, "main", "file-4") == content("file-4")


@contextlib.contextmanager
def own_store(shared, directory):
    """A server of the store that may be stopped: a function that runs its script."""
    tools = os.environ.get("STORES_TOOLS")
    if not tools:
        pytest.skip("STORES_TOOLS names no place of the stores' packages")
    script = shared / "fixtures" / "stores" / "stores.sh"

    def run(command, *arguments):
        return subprocess.run(["bash", script, command, *arguments], check=True,
                              capture_output=True, text=True).stdout

    for _ in range(5):  # It takes up to eight ports in a row.
        port = str(29000 + random.randrange(100) * 8)
        with contextlib.suppress(subprocess.CalledProcessError):
            run("start", "seaweedfs", port, directory)
            break
    else:
        pytest.fail("the store did not start")
    try:
        run("create", "seaweedfs", port, directory, "bucket")
        below = s3_below.Below(f"http://127.0.0.1:{port}", "minioadmin", "minioadminsecret",
                               "bucket")
        named = ["seaweedfs", port]
        yield below, lambda command: run(command, *(named if command == "start" else []), directory)
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            run("stop", directory)


def test_a_store_that_is_stopped_and_started(shared, directory, full):
    if not full:
        pytest.skip("with --full: it takes its time to stop")
    with own_store(shared, directory / "store") as (below, run), \
            below.server(directory / "stopped") as server:
        server.set_up()
        below.create_repository(server, "repo")
        for path in ("file-0", "file-1", "file-2"):
            assert upload(server, "repo", path).status == 201
        server.api("POST", "/repositories/repo/branches/main/commits", {"message": "before"})
        answers = []
        during = threading.Thread(
            target=lambda: answers.extend(upload(server, "repo", f"file-{n}") for n in range(3, 6)))
        during.start()
        run("stop")
        refused = server.call("POST", "/api/v1/repositories/repo/branches/main/objects?path=file-8",
                              content("file-8"), timeout=120)
        assert is_explained(refused), refused
        run("start")
        during.join()
        for number, answer in enumerate(answers, 3):
            path = f"file-{number}"
            if answer.status != 201:
                assert is_explained(answer), answer
                assert upload(server, "repo", path).status == 201
        server.api("POST", "/repositories/repo/branches/main/commits", {"message": "after"})
        assert len(paths(server, "repo")) == 6
        for number in range(6):
            assert read(server, "repo", "main", f"file-{number}") == content(f"file-{number}")
