"""kill -9 at random moments of uploads, deletes, commits, resets and imports, through REST and S3,
often with a power cut that takes what was not synced: after a restart everything that was
acknowledged is there, nothing is torn or left over, and no repair is needed."""
import base64
import collections
import hashlib
import http.client
import json
import os
import pathlib
import random
import subprocess
import threading
import time
import urllib.parse

import pytest

import power_cut
import s3_client
import tarn_server
import trees

ROUNDS, ROUNDS_FULL = 10, 50
WRITERS, OWN_BRANCHES = 6, 2
IMPORT_FILES = 400
PART_BYTES = 70_000
ABSENT = None


class Path:
    """What a path may hold: the last acknowledged state, and one that was asked for since."""

    def __init__(self, in_parts):
        self.in_parts, self.acknowledged, self.pending = in_parts, ABSENT, []

    def allowed(self):
        return [self.acknowledged, *self.pending]

    def checksum(self):
        content = self.acknowledged
        if not self.in_parts:
            return hashlib.md5(content).hexdigest()
        digests = [hashlib.md5(part).digest() for part in parts_of(content)]
        return f"{hashlib.md5(b''.join(digests)).hexdigest()}-{len(digests)}"


def parts_of(content):
    return [content[start:start + PART_BYTES]
            for start in range(0, max(1, len(content)), PART_BYTES)]


class Workload:
    """Threads that change a server until it is gone, and remember what it promised."""

    def __init__(self, server, source, seed):
        self.server, self.source, self.random = server, source, random.Random(seed)
        self.s3 = s3_client.S3(server)
        self.paths, self.commits, self.imports = {}, [], {}
        self.stop = threading.Event()
        self.unexpected = []

    def run(self, seconds):
        jobs = [(self.upload, n) for n in range(WRITERS)] + [(self.commit, 0), (self.take_in, 0)]
        jobs += [(self.let_go, n) for n in range(OWN_BRANCHES)]
        self.stop.clear()
        threads = [threading.Thread(target=self.loop, args=(job, n, self.random.random()))
                   for job, n in jobs]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        self.server.kill()
        self.stop.set()
        for thread in threads:
            thread.join()
        assert not self.unexpected, self.unexpected[:3]

    def loop(self, job, number, seed):
        chance = random.Random(seed)
        while not self.stop.is_set():
            try:
                job(number, chance)
            except (OSError, http.client.HTTPException):
                if not self.stop.wait(0.01):
                    continue  # Killed, or about to be seen as such.
            except AssertionError as error:
                self.unexpected.append(error)
                return

    def upload(self, number, chance):
        put, delete = (
            (self.put_rest, self.delete_rest), (self.put_s3, self.delete_s3),
            (self.put_in_parts, self.delete_s3))[number % 3]
        name = f"writer-{number}/object {chance.randrange(40)}"
        path = self.paths.setdefault(name, Path(in_parts=put == self.put_in_parts))
        place = urllib.parse.quote(name)
        if path.acknowledged is not ABSENT and chance.random() < 0.2:
            path.pending.append(ABSENT)
            delete(place)
            path.acknowledged = ABSENT
        else:
            size = chance.choice([0, 20, 3000, 200_000])
            content = hashlib.sha256(b"%d" % chance.getrandbits(60)).digest() * (size // 32 + 1)
            path.pending.append(content)
            put(place, content)
            path.acknowledged = content
        path.pending.clear()

    def put_rest(self, place, content):
        self.server.api("POST", f"/repositories/crash/branches/main/objects?path={place}", content,
                        expect=(201,))

    def delete_rest(self, place):
        self.server.api("DELETE", f"/repositories/crash/branches/main/objects?path={place}",
                        expect=(204,))

    def put_s3(self, place, content):
        self.s3.put_streamed(f"/crash/main/{place}", content)

    def delete_s3(self, place):
        self.s3.ok("DELETE", f"/crash/main/{place}", expect=(204,))

    def put_in_parts(self, place, content):
        place = f"crash/main/{place}"
        given_up, upload = self.s3.start_upload(place), self.s3.start_upload(place)
        tags = []
        for number, part in enumerate(parts_of(content), 1):
            for one in (upload, given_up):
                answer = self.s3.ok("PUT", f"/{place}?partNumber={number}&uploadId={one}", part)
            tags.append((number, answer.headers["ETag"]))
        self.s3.ok("DELETE", f"/{place}?uploadId={given_up}")
        self.s3.complete(place, upload, tags)

    def commit(self, _, chance):
        time.sleep(chance.random() * 0.05)
        answer = self.server.api("POST", "/repositories/crash/branches/main/commits",
                                 {"message": "m"}, expect=(201, 400))
        if answer.status == 201:
            self.commits.append(answer.json["id"])

    def let_go(self, number, chance):
        """Writes to a branch of its own, and lets go of what it wrote in one way or another."""
        branch = f"/repositories/crash/branches/own-{number}"
        self.server.api("POST", "/repositories/crash/branches",
                        {"name": f"own-{number}", "source": "main"}, expect=(201, 409))
        for name in ("a/1", "a/2", "b"):
            self.server.api("POST", f"{branch}/objects?path={name}", b"x", expect=(201,))
        way = chance.choice([
            ("POST", f"{branch}/commits", {"message": "m"}),
            ("DELETE", branch),
            ("PUT", branch, {"type": "reset"}),
            ("PUT", branch, {"type": "common_prefix", "path": "a/"}),
            ("PUT", branch, {"type": "object", "path": "b"})])
        # A commit without changes is refused.
        self.server.api(*way, expect=(201, 400) if way[0] == "POST" else (204,))

    def take_in(self, _, chance):
        destination = f"in-{len(self.imports):04}/"
        body = {"paths": [{"type": "common_prefix", "path": f"local://{self.source}",
                           "destination": destination}], "commit": {"message": destination}}
        route = "/repositories/crash/branches/imports/import"
        import_id = self.server.api("POST", route, body, expect=(202,)).json["id"]
        self.imports[import_id] = (destination, False)
        while not self.stop.is_set():
            status = self.server.api("GET", f"{route}?id={import_id}").json
            assert "error" not in status, status
            if status["completed"]:
                self.imports[import_id] = (destination, True)
                return
            time.sleep(chance.random() * 0.02)

    # ------------------------------------------------------------------ after the restart

    def verify(self):
        for name, path in self.paths.items():
            query = urllib.parse.quote(name)
            answer = self.server.api(
                "GET", f"/repositories/crash/refs/main/objects?path={query}", expect=(200, 404))
            found = answer.body if answer.status == 200 else ABSENT
            assert found in path.allowed(), \
                f"{name}: {answer.status}, {len(answer.body)} bytes are nothing that was asked for"
            path.acknowledged, path.pending = found, []
        listed = self.list("main")
        present = {n for n, p in self.paths.items() if p.acknowledged is not ABSENT}
        assert set(listed) == present
        for name, entry in listed.items():
            content = self.paths[name].acknowledged
            assert entry["size_bytes"] == len(content)
            assert entry["checksum"] == self.paths[name].checksum()
        log = self.log("main")
        assert set(self.commits) <= set(log), "an acknowledged commit is gone"
        self.verify_imports()
        self.verify_store()

    def verify_store(self):
        """What was on its way is gone, and so are parts, once their uploads are given up."""
        page = self.s3.ok("GET", "/crash?uploads").tree
        for upload in page.iter("Upload"):
            place = urllib.parse.quote(upload.findtext("Key"))
            self.s3.ok("DELETE",
                       f"/crash/main/{place}?uploadId={upload.findtext('UploadId')}")
        deadline = time.monotonic() + 30
        while left := [name for name in s3_client.store_files(self.server)
                       if "/_lakefs/parts/" in name or name.startswith(".tarn/")]:
            assert time.monotonic() < deadline, left[:5]
            time.sleep(0.05)

    def verify_imports(self):
        # Some are carried on after the start: what they did is looked at when all have ended.
        ended = {each: self.server.wait_for_import("crash", "imports", each, seconds=60)
                 for each in self.imports}
        log = self.log("imports")
        by_message = {commit["message"]: commit for commit in log.values()}
        counts = collections.Counter(name.split("/")[0] + "/" for name in self.list("imports"))
        for import_id, (destination, acknowledged) in list(self.imports.items()):
            status = ended[import_id]
            assert status["completed"] or not acknowledged, status
            count = counts[destination]
            if status["completed"]:
                assert destination in by_message and count == IMPORT_FILES
                self.imports[import_id] = (destination, True)
            else:
                assert status["error"]["message"].startswith("import error: ")
                # Whole or not at all; the status may have died with the server after the commit.
                assert count in (0, IMPORT_FILES) and (count > 0) == (destination in by_message)

    def list(self, ref):
        after, entries = "", {}
        while True:
            page = self.server.api(
                "GET", f"/repositories/crash/refs/{ref}/objects/ls?amount=1000"
                       f"&after={urllib.parse.quote(after)}").json
            entries.update({entry["path"]: entry for entry in page["results"]})
            if not page["pagination"]["has_more"]:
                return entries
            after = page["pagination"]["next_offset"]

    def log(self, ref):
        after, commits = "", {}
        while True:
            page = self.server.api("GET", f"/repositories/crash/refs/{ref}/commits?amount=1000"
                                          f"&after={after}").json
            commits.update({commit["id"]: commit for commit in page["results"]})
            if not page["pagination"]["has_more"]:
                return commits
            after = page["pagination"]["next_offset"]


def left_behind(server):
    """Staging tokens that hold records or wait for their removal, and that no branch names. The
    server must not run."""
    done = subprocess.run([server.program, "--config", server.config, "kv", "dump",
                           "--everything", "-o", "-"], capture_output=True, text=True,
                          env=server.environment)
    assert done.returncode == 0, done.stderr
    entries = json.loads(done.stdout)["entries"]
    branches = [base64.b64decode(entry["value"]) for entry in entries
                if entry["key"].startswith("branches/")]
    tokens = {entry["partition"] for entry in entries if ":" in entry["partition"]}
    tokens |= {entry["key"] for entry in entries if entry["partition"] == "cleanup-tokens"}
    return [token for token in tokens if not any(token.encode() in record for record in branches)]


class Crashes:
    """A server with a workload that is killed again and again."""

    def __init__(self, directory, seed, lies=""):
        print(f"TARN_TEST_SEED={seed}")
        self.directory, self.chance = directory, random.Random(seed)
        directory.mkdir()
        source = directory / "source"
        trees.make_tree(source, IMPORT_FILES, per_directory=100)
        self.power = power_cut.PowerCut(power_cut.build(directory), directory / "syncs", lies)
        self.server = tarn_server.Server(tarn_server.program(), directory / "server",
                                         prefixes=[directory], environment=self.power.environment)
        self.server.start().set_up()
        self.server.create_repository("crash")
        self.server.api("POST", "/repositories/crash/branches",
                        {"name": "imports", "source": "main"})
        self.workload = Workload(self.server, source, seed)
        self.lost, self.let_go = 0, 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.server.process:
            self.server.kill()

    def round(self, with_power_cut):
        self.workload.run(0.05 + self.chance.random() * 1.5)
        if with_power_cut:
            place = pathlib.Path(self.server.directory)
            self.lost += self.power.cut([place / "kv", place / "objects"])
        else:
            self.let_go += len(left_behind(self.server))
        self.server.start()
        self.workload.verify()

    def verify_nothing_is_left(self):
        """What branches let go of is removed, and what they name until they are deleted."""
        for number in range(OWN_BRANCHES):
            self.server.api("DELETE", f"/repositories/crash/branches/own-{number}",
                            expect=(204, 404))
        self.server.stop()
        deadline = time.monotonic() + 60
        while left := left_behind(self.server):  # A start ends the grace of what was queued.
            assert time.monotonic() < deadline, left[:5]
            self.server.start()
            time.sleep(0.2)
            self.server.stop()


def test_kill_at_random_moments(directory, full):
    seed = int(os.environ.get("TARN_TEST_SEED", time.time_ns() % 1_000_000))
    with Crashes(directory / "honest", seed) as crashes:
        for number in range(ROUNDS_FULL if full else ROUNDS):
            crashes.round(with_power_cut=number % 3 > 0)
        crashes.verify_nothing_is_left()
    workload = crashes.workload
    done = sum(acknowledged for _, acknowledged in workload.imports.values())
    print(f"{len(workload.commits)} commits, {done} of {len(workload.imports)} imports, "
          f"{crashes.lost} losses, {crashes.let_go} staging tokens without a branch")
    assert workload.commits and done and workload.paths, "the workload did nothing"
    assert crashes.lost, "no power cut took anything"
    assert crashes.let_go, "no kill came between a branch and the removal of what it let go of"


@pytest.mark.parametrize("lies", ["files", "directories"])
def test_a_disk_that_lies_is_noticed(directory, lies):
    """Without syncs the test above fails: what it cannot notice it would not be there for."""
    with Crashes(directory / f"lying-{lies}", seed=1, lies=lies) as crashes, \
            pytest.raises((AssertionError, RuntimeError)):
        for _ in range(ROUNDS):
            crashes.round(with_power_cut=True)
