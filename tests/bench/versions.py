"""Benchmarks of commits, merges, deletes and listings at scale: the section `versions` of bench.py.

Entries are staged by address, so that no object has to be written for them.
"""

import json
import random
import socket
import statistics
import threading
import time

import process
import tree

STAGERS, BATCH = 32, 50
OPERATIONS_MAX = 1_000


class Versions:
    """The work on one server; `bench` has the servers, trees and rows."""

    def __init__(self, bench, tarn, authorization):
        self.bench, self.tarn, self.api = bench, tarn, tarn.api
        self.authorization = authorization

    # ------------------------------------------------------------------ making changes

    def stage(self, repository, branch, paths, version=0):
        """Stages an entry for each path, over many connections, many requests in flight."""

        def requests(part):
            for path in part:
                body = json.dumps({
                    "physical_address": f"local://{self.bench.dir}/staged/{version}/{path}",
                    "checksum": f"{version:032x}", "size_bytes": 16}).encode()
                yield (b"PUT /api/v1/repositories/%s/branches/%s/objects?path=%s HTTP/1.1\r\n"
                       b"Host: bench\r\nAuthorization: %s\r\nContent-Type: application/json\r\n"
                       b"Content-Length: %d\r\n\r\n%s"
                       % (repository.encode(), branch.encode(), path.encode(),
                          self.authorization.encode(), len(body), body))

        def run(part):
            with socket.create_connection(("127.0.0.1", self.tarn.port)) as connection:
                for start in range(0, len(part), BATCH):
                    batch = list(requests(part[start:start + BATCH]))
                    connection.sendall(b"".join(batch))
                    answers = b""
                    while answers.count(b"HTTP/1.1 ") < len(batch) or not answers.endswith(b"\n"):
                        answers += connection.recv(1 << 20)
                    if answers.count(b"HTTP/1.1 201 ") != len(batch):
                        raise SystemExit(f"staging failed: {answers[:300]!r}")

        threads = [threading.Thread(target=run, args=(paths[k::STAGERS],)) for k in range(STAGERS)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]

    def delete(self, repository, branch, paths):
        for start in range(0, len(paths), OPERATIONS_MAX):
            objects = f"/repositories/{repository}/branches/{branch}/objects"
            answer = self.api("POST", objects + "/delete",
                              {"paths": paths[start:start + OPERATIONS_MAX]})
            if answer["errors"]:
                raise SystemExit(f"deletes failed: {answer['errors'][:3]}")

    def commit(self, repository, branch, **more):
        """Seconds of one commit."""
        start = time.monotonic()
        self.api("POST", f"/repositories/{repository}/branches/{branch}/commits",
                 {"message": "bench", **more})
        return time.monotonic() - start

    def branch(self, repository, name):
        self.api("POST", f"/repositories/{repository}/branches", {"name": name, "source": "main"})

    def get(self, path, times=20):
        """Median seconds of a GET, warm."""
        self.api("GET", path)
        taken = []
        for _ in range(times):
            start = time.monotonic()
            self.api("GET", path)
            taken.append(time.monotonic() - start)
        return statistics.median(taken)

    def row(self, work, seconds, goal, reference):
        self.bench.row(work, f"{seconds * 1e3:.1f} ms", goal, reference)

    # ------------------------------------------------------------------ the rows

    def run(self):
        roots = [tree.make(self.bench.dir / f"tree-1m-{i}", 200_000) for i in range(5)]
        locations = [{"type": "common_prefix", "path": f"local://{root}/", "destination": f"d{i}/"}
                     for i, root in enumerate(roots)]
        _, status = self.bench.import_tree(self.tarn, "large", locations)
        names = [f"d{i}/{name}" for i in range(5) for name in tree.names(200_000)]
        process.reset_peak(self.tarn.pid)
        self.commits()
        self.deletes(names)
        # First, for what merges add would show that the emptied prefixes are not empty.
        self.listings(names)
        self.merges(names)
        self.history()
        peak = process.memory_mb(self.tarn.pid, "VmHWM")
        self.bench.row("peak memory of all this", f"{peak:.0f} MB", "300 MB", "1,870 MB")

    def commits(self):
        self.bench.import_tree(self.tarn, "medium", [
            {"type": "common_prefix", "path": f"local://{self.bench.dir}/tree-1m-0/",
             "destination": ""}])
        names = list(tree.names(200_000))
        taken = []
        for version in range(1, 4):
            picked = random.Random(version).sample(names, 16_000)
            self.stage("medium", "main", picked, version)
            taken.append(self.commit("medium", "main"))
        self.row("commit of 16,000 staged over 200,000", statistics.median(taken), "60 ms",
                 "152 ms")
        self.stage("large", "main", [f"new/{n:08d}" for n in range(500_000)])
        self.row("commit of 500,000 staged", self.commit("large", "main"), "800 ms", "2.4 s")
        taken = [self.commit("medium", "main", allow_empty=True) for _ in range(50)]
        self.row("empty commit, durable", statistics.median(taken), "3 ms", "17 ms, not durable")

    def deletes(self, names):
        narrow, wide = names[:100_000:10], names[5::100]
        before = self.tarn.cpu()
        self.delete("large", "main", narrow)
        cpu = (self.tarn.cpu() - before) / len(narrow)
        self.bench.row("delete batches, server CPU per key", f"{cpu * 1e6:.1f} us", "10 us",
                       "129 us")
        self.row("commit of 10,000 deletes in one tenth", self.commit("large", "main"), "100 ms",
                 "0.35 to 0.48 s")
        self.delete("large", "main", wide)
        self.row("commit of 10,000 deletes spread over all", self.commit("large", "main"),
                 "400 ms", "1.75 s")

    def merges(self, names):
        for name, picked, goal, reference in (
                ("in one tenth", names[100_003:200_000:10], "50 ms", "0.14 s"),
                ("spread over all ranges", names[7::100], "600 ms", "2.8 s")):
            branch = "merge-" + name.split()[0]
            self.branch("large", branch)
            self.stage("large", branch, picked, 7)
            self.commit("large", branch)
            # The other side changes every range that is touched, or merging takes whole ranges.
            self.stage("large", "main", [path + ".other" for path in picked[::10]])
            self.commit("large", "main")
            start = time.monotonic()
            self.api("POST", f"/repositories/large/refs/{branch}/merge/main", {})
            self.row(f"three-way merge of 1% {name}", time.monotonic() - start, goal, reference)

    def listings(self, names):
        self.branch("large", "work")
        self.stage("large", "work", names[9::1000], 9)
        self.row("first page of the uncommitted changes",
                 self.get("/repositories/large/branches/work/diff?amount=100"), "2 ms", "6 ms")
        self.commit("large", "work")
        self.row("first page of a three-dot diff",
                 self.get("/repositories/large/refs/main/diff/work?amount=100"), "5 ms", "32 ms")
        page = "/repositories/large/refs/work/objects/ls?delimiter=/&amount=100"
        done = 0
        for count, reference in ((200_000, "498 ms"), (1_000_000, "linear")):
            self.delete("large", "work", names[done:count])
            done = count
            self.row(f"delimiter page at the root over {count:,} staged deletes", self.get(page),
                     "5 ms, flat", reference)

    def history(self, commits=10_000):
        self.api("POST", "/repositories",
                 {"name": "history", "storage_namespace": "local://history"})
        for n in range(commits):
            path = "one" if n % 1000 == 0 else f"others/{n % 500:03d}"
            self.stage_one(path, n)
            self.commit("history", "main")
        self.row(f"log of one path over {commits:,} commits",
                 self.get("/repositories/history/refs/main/commits?objects=one&amount=100"),
                 "50 ms", "to a minute")

    def stage_one(self, path, version):
        self.api("PUT", f"/repositories/history/branches/main/objects?path={path}",
                 {"physical_address": f"local://{self.bench.dir}/staged/{version}/{path}",
                  "checksum": f"{version:032x}", "size_bytes": 16})
