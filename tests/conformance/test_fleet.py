"""Three servers on one PostgreSQL and one S3 store.

Behind a random choice of endpoint every few seconds one is killed or frozen, and started or thawed
again; the database is restarted twice. What was acknowledged is there at the end, nothing is half
done, and nobody hears of a failure but while something fails. Behind nginx, as docs/operating says,
they are restarted one after the other, and nobody hears of that at all. What one of them changes
the others know after the time that docs/operating/fleet.md states, and an import whose server is
killed or stopped is carried on by another."""
import collections
import contextlib
import copy
import hashlib
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.parse

import postgres_below
import s3_below
import tarn_server

SECONDS, SECONDS_FULL = 60, 600
SERVERS = 3
PAUSE_SECONDS = (1.0, 3.0)  # Between two troubles.
FROZEN_SECONDS = (0.5, 4.0)
# What was asked for just before or after a trouble may feel it.
WINDOW_SECONDS = 3
REQUEST_SECONDS = 30
IMPORTED = 300
# A lease of fifteen seconds, a sweep every thirty, and some time to work.
JOB_END_SECONDS = 90
UPLOADERS, COMMITTERS, RACERS, MERGERS = 3, 2, 2, 2
# After so long others know what one has changed (docs/operating/fleet.md).
STALE_SECONDS = 1
CARRIED_TRIES_MAX = 8


def servers_on(below, database, directory, environment=None):
    settings = s3_below.SETTINGS.format(url=below.url, key=below.key, secret=below.secret)
    return [tarn_server.Server(tarn_server.program(), directory / f"server-{number}",
                               blockstore="s3", extra=settings, database=database,
                               environment=environment)
            for number in range(SERVERS)]


class Fleet:
    """The servers, what happens to them, and requests to any of them."""

    def __init__(self, below, database, directory, seed):
        self.random = random.Random(seed)
        # With and without turns on a branch.
        turns = {"TARN_GRAVELER_BRANCH_OWNERSHIP_ENABLED": self.random.choice(("true", "false"))}
        self.servers = servers_on(below, database, directory, turns)
        self.lock = threading.Lock()
        self.troubles = []  # [begin, end] in seconds; end is None while it lasts.
        self.refused = []  # (begin, end, what) of requests that failed.
        self.counts = collections.Counter()
        self.over = threading.Event()

    def __enter__(self):
        for server in self.servers:
            server.start()
        self.servers[0].set_up()
        return self

    def __exit__(self, *_):
        self.over.set()
        for server in self.servers:
            server.stop()

    def trouble(self, name, begin, end):
        """Runs `begin`, waits, runs `end`; all of it counts as one window."""
        window = [time.monotonic(), None]
        with self.lock:
            self.troubles.append(window)
            self.counts[name] += 1
        begin()
        end()
        window[1] = time.monotonic()

    def kill(self):
        server = self.random.choice(self.servers)
        self.trouble("killed", server.kill, server.start)

    def freeze(self):
        server = self.random.choice(self.servers)
        seconds = self.random.uniform(*FROZEN_SECONDS)

        def thaw():
            time.sleep(seconds)
            server.process.send_signal(signal.SIGCONT)

        self.trouble("frozen", lambda: server.process.send_signal(signal.SIGSTOP), thaw)

    def ask(self, method, path, body=None, headers=None):
        """The answer of any server; nothing when it failed, so that nobody knows what was done."""
        server = random.choice(self.servers)
        begin = time.monotonic()
        try:
            answer = server.call(method, "/api/v1" + path, body, headers=headers,
                                 timeout=REQUEST_SECONDS)
            failure = f"{answer}" if answer.status >= 500 else None
        except (OSError, http.client.HTTPException) as error:
            failure = repr(error)
        if failure is None:
            with self.lock:
                self.counts[f"{method} {answer.status}"] += 1
            return answer
        with self.lock:
            self.counts["failed"] += 1
            self.refused.append((begin, time.monotonic(), f"{method} {path}: {failure}"))
        time.sleep(0.05)
        return None

    def insist(self, *request):
        """Asks until there is an answer."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if answer := self.ask(*request):
                return answer
        raise AssertionError(f"no server answers {request[:2]}")

    def unexplained(self):
        """Failures of requests that no trouble was near of."""
        def is_explained(begin, end):
            return any(begin < (last or end) + WINDOW_SECONDS and first - WINDOW_SECONDS < end
                       for first, last in self.troubles)

        return [what for begin, end, what in self.refused if not is_explained(begin, end)]


BYTES, JSON = ({"Content-Type": f"application/{kind}"} for kind in ("octet-stream", "json"))


class Uploader:
    """Uploads objects of its own, and one over and over."""

    def __init__(self, fleet, number):
        self.fleet, self.name = fleet, f"u{number}"
        self.done, self.counted, self.tried = {}, 0, 0

    def put(self, path, text):
        answer = self.fleet.ask(
            "POST", f"/repositories/repo/branches/main/objects?path={path}", text, BYTES)
        if answer is not None:
            assert answer.status == 201, answer
        return answer is not None

    def step(self, number):
        path, text = f"{self.name}/{number}", f"{self.name} wrote {number}"
        if self.put(path, text):
            self.done[path] = text
        self.tried = number + 1
        if self.put(f"{self.name}/last", str(self.tried)):
            self.counted = self.tried

    def check(self, branches):
        for path, text in self.done.items():
            assert branches["main"].holds(path, text), f"{path} was acknowledged"
        assert not self.counted or any(
            branches["main"].holds(f"{self.name}/last", str(number))
            for number in range(self.counted, self.tried + 1)), "an older write came back"


class Committer:
    """Commits on the branch that all use."""

    def __init__(self, fleet, number):
        self.fleet, self.name, self.ids = fleet, f"c{number}", []

    def step(self, number):
        answer = self.fleet.ask("POST", "/repositories/repo/branches/main/commits",
                                {"message": f"{self.name} {number}", "allow_empty": True})
        if answer is not None:
            assert answer.status == 201, answer
            self.ids.append(answer.json["id"])

    def check(self, branches):
        assert len(set(self.ids)) == len(self.ids)
        for commit in self.ids:
            assert commit in branches["main"].commits, f"commit {commit} was acknowledged"


class Racer:
    """Creates objects that others create too: one of them wins."""

    taken = {}  # path -> texts of those who heard that they have won

    def __init__(self, fleet, number):
        self.fleet, self.name, self.tried = fleet, f"r{number}", set()

    def step(self, number):
        path, text = f"once/{number}", f"{self.name} {number}"
        answer = self.fleet.ask("POST", f"/repositories/repo/branches/main/objects?path={path}",
                                text, {**BYTES, "If-None-Match": "*"})
        self.tried.add(path)
        if answer is not None:
            assert answer.status in (201, 412), answer
            if answer.status == 201:
                Racer.taken.setdefault(path, []).append(text)

    def check(self, branches):
        for path in self.tried:
            winners = Racer.taken.get(path, [])
            assert len(winners) <= 1, f"{path} was created by {winners}"
            assert not winners or branches["main"].holds(path, winners[0])


class Merger:
    """Works on branches of its own and merges them into one that all merge into."""

    into = "stable"

    def __init__(self, fleet, number):
        self.fleet, self.name, self.merged = fleet, f"m{number}", {}

    def step(self, number):
        ask, branch = self.fleet.ask, f"{self.name}-{number}"
        path = f"{self.name}/{number}"
        made = ask("POST", "/repositories/repo/branches", {"name": branch, "source": self.into})
        if made is None:
            return
        assert made.status == 201, made
        for request in (
                ("POST", f"/repositories/repo/branches/{branch}/objects?path={path}", path, BYTES),
                ("POST", f"/repositories/repo/branches/{branch}/commits", {"message": branch})):
            answer = ask(*request)
            if answer is None:
                return
            assert answer.status == 201, answer
        answer = ask("POST", f"/repositories/repo/refs/{branch}/merge/{self.into}",
                     {"message": branch})
        if answer is not None and answer.status == 200:
            self.merged[path] = answer.json["reference"]
        else:  # Others may have moved the branch too often.
            assert answer is None or answer.status in (409, 423), answer

    def check(self, branches):
        for path, commit in self.merged.items():
            assert commit in branches[self.into].commits, f"merge {commit} was acknowledged"
            assert branches[self.into].holds(path, path)


class Importer:
    """Imports the same objects to places of its own, whole or not at all."""

    def __init__(self, fleet, below):
        self.fleet, self.source = fleet, below.uri("source/")
        self.status = {}  # number -> last that was heard of it

    def status_of(self, import_id):
        return self.fleet.insist("GET", "/repositories/repo/branches/main/import?id=" + import_id)

    def step(self, number):
        started = self.fleet.ask("POST", "/repositories/repo/branches/main/import", {
            "paths": [{"type": "common_prefix", "path": self.source,
                       "destination": f"imports/{number}/"}],
            "commit": {"message": f"import {number}"}})
        self.status[number] = "unknown"
        if started is None:
            return
        assert started.status == 202, started
        deadline = time.monotonic() + JOB_END_SECONDS
        while time.monotonic() < deadline:
            answer = self.status_of(started.json["id"])
            assert answer.status == 200, answer
            if answer.json["completed"] or answer.json.get("error"):
                self.status[number] = "done" if answer.json["completed"] else "failed"
                return
            time.sleep(0.1)
        raise AssertionError(f"import {number} did not end")

    def check(self, branches):
        for number, status in self.status.items():
            found = sum(path.startswith(f"imports/{number}/") for path in branches["main"].objects)
            assert found in (0, IMPORTED), f"import {number} is torn: {found}"
            assert status != "done" or found == IMPORTED, f"import {number} was acknowledged"
            made = branches["main"].messages[f"import {number}"]
            assert made <= 1 and (status != "done" or made), f"import {number}: {made} commits"


class Branch:
    """What a branch came to: all commits below its head, and checksums of its objects by path."""

    def __init__(self, fleet, name):
        log = pages(fleet, f"/repositories/repo/refs/{name}/commits?amount=1000")
        self.commits = {commit["id"]: commit["parents"] for commit in log}
        self.messages = collections.Counter(commit["message"] for commit in log)
        self.objects = {entry["path"]: entry["checksum"] for entry in pages(
            fleet, f"/repositories/repo/refs/{name}/objects/ls?amount=1000")}

    def holds(self, path, text):
        return self.objects.get(path) == hashlib.md5(text.encode()).hexdigest()

    def check_history(self):
        """Every commit but the first has parents that are there, and by first parents it is one
        line."""
        [first] = [commit for commit, parents in self.commits.items() if not parents]
        assert all(parent in self.commits
                   for parents in self.commits.values() for parent in parents)
        line, at = set(), next(iter(self.commits))
        while self.commits[at]:
            line.add(at)
            at = self.commits[at][0]
            assert at not in line
        assert at == first


def pages(fleet, path):
    found, after = [], ""
    while True:
        answer = fleet.insist("GET", f"{path}&after={urllib.parse.quote(after)}")
        assert answer.status == 200, answer
        found += answer.json["results"]
        if not answer.json["pagination"]["has_more"]:
            return found
        after = answer.json["pagination"]["next_offset"]


def run(worker, fleet, failures):
    number = 0
    try:
        while not fleet.over.is_set():
            worker.step(number)
            number += 1
    except Exception as error:  # pylint: disable=broad-except
        failures.append(error)
        fleet.over.set()


def test_troubles(shared, directory, full):
    below = s3_below.named()
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    with postgres_below.own(shared, directory / "postgres") as (postgres, restart), \
            Fleet(below, postgres.settings("fleet"), directory, seed) as fleet:
        below.put_all([f"source/{number:04}" for number in range(IMPORTED)], str.encode)
        below.create_repository(fleet.servers[0], "repo")
        fleet.servers[0].api("POST", "/repositories/repo/branches",
                             {"name": Merger.into, "source": "main"})
        workers = [kind(fleet, number) for kind, count in (
            (Uploader, UPLOADERS), (Committer, COMMITTERS), (Racer, RACERS), (Merger, MERGERS))
            for number in range(count)] + [Importer(fleet, below)]
        failures = []
        threads = [threading.Thread(target=run, args=(worker, fleet, failures))
                   for worker in workers]
        for thread in threads:
            thread.start()
        seconds = SECONDS_FULL if full else SECONDS
        begin = time.monotonic()
        restarts = [begin + seconds / 3, begin + seconds * 2 / 3]
        while time.monotonic() < begin + seconds and not fleet.over.wait(
                fleet.random.uniform(*PAUSE_SECONDS)):
            if restarts and time.monotonic() > restarts[0]:
                restarts.pop(0)
                fleet.trouble("database restarted", restart, lambda: None)
            else:
                fleet.random.choice((fleet.kill, fleet.freeze))()
        fleet.over.set()
        for thread in threads:
            thread.join()
        assert not failures, failures
        print(dict(fleet.counts))
        assert not fleet.unexplained(), fleet.unexplained()[:10]

        branches = {name: Branch(fleet, name) for name in ("main", Merger.into)}
        for branch in branches.values():
            branch.check_history()
        for worker in workers:
            worker.check(branches)
        heads = {server.api("GET", "/repositories/repo/branches/main").json["commit_id"]
                 for server in fleet.servers}
        assert len(heads) == 1
        assert fleet.counts["killed"] and fleet.counts["frozen"]
        assert fleet.counts["database restarted"] == 2


@contextlib.contextmanager
def running(name, directory):
    """Servers on a database of their own, set up, and the store below them."""
    below, postgres = s3_below.named(), postgres_below.named()
    servers = servers_on(below, postgres.settings(name), directory / name)
    with contextlib.ExitStack() as stack:
        for server in servers:
            server.start()
            stack.callback(server.stop)
        servers[0].set_up()
        yield servers, below


def test_what_one_changes_the_others_know_in_time(directory):
    with running("stale", directory) as ((one, other, _), below):
        def knows(status, method, path, body=None, **more):
            """That is what the other answers, STALE_SECONDS after a change."""
            time.sleep(STALE_SECONDS)
            answer = other.call(method, "/api/v1" + path, body, **more)
            assert answer.status == status, answer

        write = ("POST", "/repositories/first/branches/main/objects?path=a", "text")
        rules = "/repositories/first/settings/branch_protection"
        below.create_repository(one, "first")
        other.api(*write, headers=BYTES)
        one.api("PUT", rules, [{"pattern": "main"}])
        knows(403, *write, headers=BYTES)
        one.api("PUT", rules, [])
        knows(201, *write, headers=BYTES)

        other.api("GET", "/repositories/first")
        one.api("DELETE", "/repositories/first")
        knows(404, "GET", "/repositories/first")
        below.create_repository(one, "second")
        knows(200, "GET", "/repositories/second")

        login = one.api("POST", "/auth/login", {
            "access_key_id": tarn_server.KEY, "secret_access_key": tarn_server.SECRET}, auth=None)
        bearer = "Bearer " + login.json["token"]
        other.api("GET", "/repositories", auth=bearer)
        assert one.call("GET", "/logout", auth=bearer).status == 307
        knows(401, "GET", "/repositories", auth=bearer)

        gateway = {"Host": "s3.local.lakefs.io"}
        assert other.call("GET", "/", headers=gateway).status == 200
        other.api("GET", "/repositories")
        one.api("DELETE", "/auth/users/admin")
        knows(401, "GET", "/repositories")
        assert other.call("GET", "/", headers=gateway).status in (401, 403)


def test_an_import_is_carried_on(directory):
    """By another server, whether its own was killed or stopped; once."""
    ended = collections.Counter()
    with running("carried", directory) as (servers, below):
        below.put_all([f"source/{number:04}" for number in range(IMPORTED)], str.encode)
        below.create_repository(servers[0], "repo")
        import_path = "/repositories/repo/branches/main/import"
        for number in range(CARRIED_TRIES_MAX):
            way = ("kill", "stop")[number % 2]
            owner, other = servers[number % 2], servers[2]
            started = owner.api("POST", import_path, {
                "paths": [{"type": "common_prefix", "path": below.uri("source/"),
                           "destination": f"imports/{number}-{each}/"} for each in range(20)],
                "commit": {"message": f"import {number}"}})
            getattr(owner, way)()
            status = other.api("GET", f"{import_path}?id={started.json['id']}").json
            ended[way] += not status["completed"]
            status = other.wait_for_import("repo", "main", started.json["id"], JOB_END_SECONDS)
            assert status["completed"] and status["ingested_objects"] == 20 * IMPORTED, status
            log = other.api("GET", "/repositories/repo/refs/main/commits?amount=1000").json
            messages = collections.Counter(commit["message"] for commit in log["results"])
            assert messages[f"import {number}"] == 1
            owner.start()
            if ended["kill"] and ended["stop"]:
                break
        print(dict(ended))
        assert ended["kill"] and ended["stop"], "every import was over before its server was"


DRAIN_SECONDS = 2


@contextlib.contextmanager
def nginx(directory, servers):
    """The configuration of docs/operating/fleet.md before these servers; its port."""
    page = pathlib.Path(__file__).resolve().parents[2] / "docs" / "operating" / "fleet.md"
    text = page.read_text().split("```nginx\n")[1].split("```")[0]
    port = tarn_server.free_port()
    for number, server in enumerate(servers, 1):
        text = text.replace(f"127.0.0.1:800{number}", f"127.0.0.1:{server.port}")
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    directory.mkdir()
    for name in ("body", "proxy", "fastcgi", "uwsgi", "scgi"):
        text += f"{'client_body' if name == 'body' else name}_temp_path {directory}/{name};\n"
    (directory / "nginx.conf").write_text(
        f"daemon off;\npid {directory}/pid;\nerror_log {directory}/log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{text}}}\n")
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    process = subprocess.Popen([program, "-c", directory / "nginx.conf"])
    try:
        deadline = time.monotonic() + 30
        while True:
            assert process.poll() is None and time.monotonic() < deadline, "nginx does not answer"
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
        yield port
    finally:
        process.terminate()
        process.wait(30)


def test_restarts_behind_nginx(directory):
    below, postgres = s3_below.named(), postgres_below.named()
    servers = servers_on(below, postgres.settings("nginx"), directory / "behind")
    with contextlib.ExitStack() as stack:
        for server in servers:
            server.start("--drain", str(DRAIN_SECONDS))
            stack.callback(server.stop)
        servers[0].set_up()
        below.create_repository(servers[0], "rolling")
        front = copy.copy(servers[0])
        front.port = stack.enter_context(nginx(directory / "nginx", servers))
        stop, wrong, done = threading.Event(), [], collections.Counter()

        def ask(method, rest, body):
            try:
                answer = front.call(method, f"/api/v1/repositories/rolling/{rest}", body,
                                    headers=BYTES if "objects" in rest else JSON)
                return answer, answer.status >= 400
            except (OSError, http.client.HTTPException) as error:
                return repr(error), True

        def work(number):
            step = 0
            while not stop.is_set():
                step += 1
                path = f"w{number}/{step}"
                for method, rest, body in (
                        ("POST", f"branches/main/objects?path={path}", path),
                        ("GET", f"refs/main/objects?path={path}", None),
                        ("POST", "branches/main/commits",
                         json.dumps({"message": path, "allow_empty": True}))):
                    answer, failed = ask(method, rest, body)
                    done[rest.split("?")[0]] += 1
                    if failed:
                        later = ask(method, rest, body) if method == "GET" else "not repeated"
                        wrong.append(f"{method} {rest}: {answer}, later {later}")

        workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for worker in workers:
            worker.start()
        for server in servers:
            server.stop()
            server.start("--drain", str(DRAIN_SECONDS))
        stop.set()
        for worker in workers:
            worker.join()
        print(dict(done))
        assert not wrong, wrong[:5]
        assert min(done.values()) > 20
