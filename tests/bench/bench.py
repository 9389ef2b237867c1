#!/usr/bin/env python3
"""Benchmarks of a running Tarn against physical limits measured in the same run.

    bench.py --build build [--only NAME,...] [--dir DIR]

Prints one row per goal: the figure, the goal, and the reference's figure on such a machine. Nothing
here fails when a goal is missed. Everything runs on loopback; trees are kept in DIR between runs.
"""

import argparse
import base64
import hashlib
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse

import access
import fleet
import hooks
import process
import remote
import s3
import transfers
import tree
import versions

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
AUTH = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
CONNECTIONS, SECONDS, ROUNDS = 32, 4, 3
LARGE_BYTES = 64 << 20


class Api:
    """A REST client on one keep-alive connection."""

    def __init__(self, port):
        self.port, self.connection = port, http.client.HTTPConnection(
            "127.0.0.1", port, timeout=600
        )

    def __call__(self, method, path, body=None, expect=(200, 201, 202, 204), headers=None):
        headers = {"Authorization": AUTH, **(headers or {})}
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers["Content-Type"] = "application/json"
        self.connection.request(method, "/api/v1" + path, body, headers)
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status not in expect:
            raise SystemExit(f"{method} {path}: {answer.status} {data[:300]!r}")
        return json.loads(data) if data[:1] in b"{[" and data else data

    def status(self, method, path, headers):
        """Of a request that may be refused."""
        self.connection.request(method, "/api/v1" + path, headers=headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status


class Bench:
    def __init__(self, options):
        self.options = options
        self.dir = pathlib.Path(options.dir).absolute()
        self.build = pathlib.Path(options.build).absolute()
        # Made anew and removed at the end: files deleted before a measurement slow it down.
        self.work = self.dir / f"run-{os.getpid()}"
        self.work.mkdir(parents=True)
        self.rows = []

    # ------------------------------------------------------------------ servers

    def start_tarn(self, name="tarn", blockstore="local", store="", more="", database="",
                   environment=None):
        """`store` are settings of the block store, `database` where records lie unless they are
        embedded, `more` settings of other parts."""
        data = self.work / name
        data.mkdir(exist_ok=True)
        port = process.free_port()
        config = data / "config.yaml"
        config.write_text(f"""
listen_address: 127.0.0.1:{port}
database: {database or f"{{type: local, local: {{path: {data}/kv}}}}"}
auth: {{encrypt: {{secret_key: bench-secret}}}}
blockstore:
  type: {blockstore}
  signing: {{secret_key: bench-signing}}
  local: {{path: {data}/objects, import_enabled: true, allowed_external_prefixes: [{self.dir}]}}
{store}
logging: {{level: ERROR}}
{more}
""")
        server = process.Server(
            [self.build / "tarn", "run", "--config", config],
            f"http://127.0.0.1:{port}/_health",
            env={**os.environ, "TARN_COMMITTED_LOCAL_CACHE_DIR": str(data / "cache"),
                 **(environment or {})},
            log=data / "log",
        )
        server.port, server.data = port, data
        server.api = Api(port)
        server.api(
            "POST",
            "/setup_lakefs",
            {"username": "bench", "key": {"access_key_id": KEY, "secret_access_key": SECRET}},
            expect=(200, 409),
        )
        return server

    @staticmethod
    def postgres_url(name):
        """Of a new database beside that of TARN_PG_URL."""
        name = f"bench_{os.getpid()}_{name}"
        url = urllib.parse.urlsplit(os.environ["TARN_PG_URL"])
        subprocess.run(["psql", "-qX", "-c", f"CREATE DATABASE {name}", url.geturl()], check=True)
        return url._replace(path=f"/{name}").geturl()

    def postgres(self, name):
        """Settings of a new database."""
        return f'{{type: postgres, postgres: {{connection_string: "{self.postgres_url(name)}"}}}}'

    def start_nginx(self):
        home = self.work / "nginx"
        (home / "www").mkdir(parents=True, exist_ok=True)
        (home / "www" / "small").write_bytes(b"0123456789abcdef")
        (home / "www" / "large").write_bytes(os.urandom(LARGE_BYTES))
        for folder in (self.dir, home, home / "www"):
            folder.chmod(0o755)
        port = process.free_port()
        text = (pathlib.Path(__file__).parent / "nginx.conf").read_text()
        (home / "nginx.conf").write_text(
            text.replace("@DIR@", str(home)).replace("@PORT@", str(port))
        )
        command = ["nginx", "-c", home / "nginx.conf"] + (
            ["-g", "user root;"] if os.getuid() == 0 else []
        )
        server = process.Server(command, f"http://127.0.0.1:{port}/small", log=home / "log")
        server.port = port
        return server

    # ------------------------------------------------------------------ figures

    def row(self, work, figure, goal, reference, note=""):
        self.rows.append((work, figure, goal, reference, note))
        print(f"  {work}: {figure} (goal {goal}, reference {reference}) {note}", flush=True)

    def wrk(self, server, path, seconds=SECONDS, auth=AUTH):
        """CPU seconds of the server per request; `path` may be a script of wrk that makes them."""
        script = isinstance(path, pathlib.Path)
        what = ["-s", path] if script else ["-H", f"Authorization: {auth}"]
        before = server.cpu()
        output = subprocess.run(
            [
                "wrk",
                "-t1",
                f"-c{CONNECTIONS}",
                f"-d{seconds}s",
                *what,
                f"http://127.0.0.1:{server.port}{'/' if script else path}",
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        used = server.cpu() - before
        if "Non-2xx" in output:
            raise SystemExit(f"wrk got errors for {path}:\n{output}")
        return used / int(re.search(r"(\d+) requests in", output)[1])

    def ratio_rows(self, tarn, nginx, rows):
        """Rows of (name, path, goal, reference), each against nginx in alternating rounds; `path`
        may be a pair, the second for nginx."""
        self.wrk(nginx, "/small", 1)
        for name, path, goal, reference in rows:
            our_path, their_path = path if isinstance(path, tuple) else (path, "/small")
            self.wrk(tarn, our_path, 1)
            ours, theirs = [], []
            for _ in range(ROUNDS):
                theirs.append(self.wrk(nginx, their_path))
                ours.append(self.wrk(tarn, our_path))
            a, b = statistics.median(ours), statistics.median(theirs)
            self.row(name, f"{a / b:.2f}", goal, reference, f"{a * 1e6:.1f} us / {b * 1e6:.1f} us")

    def download_cpu(self, server, path, repeat=32):
        """CPU seconds of the server per GB of a large download."""
        before = server.cpu()
        for _ in range(repeat):
            subprocess.run(
                [
                    "curl",
                    "-sf",
                    "-o",
                    "/dev/null",
                    "-H",
                    f"Authorization: {AUTH}",
                    f"http://127.0.0.1:{server.port}{path}",
                ],
                check=True,
            )
        return (server.cpu() - before) / (repeat * LARGE_BYTES / 1e9)

    # ------------------------------------------------------------------ benchmarks

    def reads(self):
        with self.start_tarn() as tarn, self.start_nginx() as nginx:
            api = tarn.api
            api("POST", "/repositories", {"name": "reads", "storage_namespace": "local://reads"})
            for i in range(1000):
                api(
                    "POST",
                    f"/repositories/reads/branches/main/objects?path=list/object-{i:06d}",
                    b"0123456789abcdef",
                    headers={"Content-Type": "application/octet-stream"},
                )
            large = os.urandom(LARGE_BYTES)
            api(
                "POST",
                "/repositories/reads/branches/main/objects?path=large",
                large,
                headers={"Content-Type": "application/octet-stream"},
            )
            commit = api(
                "POST", "/repositories/reads/branches/main/commits", {"message": "objects"}
            )["id"]
            base = f"/api/v1/repositories/reads/refs/{commit}/objects"
            self.ratio_rows(
                tarn,
                nginx,
                [
                    (
                        "stat of a committed object / nginx",
                        base + "/stat?path=list/object-000500",
                        "0.8",
                        "12",
                    ),
                    ("get of 16 bytes / nginx", base + "?path=list/object-000500", "1.3", "14"),
                    (
                        "listing of 1,000 on a commit / nginx",
                        base + "/ls?prefix=list/&amount=1000",
                        "20",
                        "160",
                    ),
                ],
            )
            ours = statistics.median(
                self.download_cpu(tarn, base + "?path=large") for _ in range(ROUNDS)
            )
            theirs = statistics.median(self.download_cpu(nginx, "/large") for _ in range(ROUNDS))
            self.row(
                "get of 64 MB / nginx sendfile",
                f"{ours / theirs:.2f}",
                "1.1",
                "5.4",
                f"{ours:.3f} / {theirs:.3f} CPU-s per GB",
            )

    def uploads(self):
        with self.start_tarn() as tarn:
            tarn.api(
                "POST", "/repositories", {"name": "uploads", "storage_namespace": "local://uploads"}
            )
            self.large_uploads(tarn)
            self.small_uploads(tarn)

    def large_uploads(self, tarn):
        source = self.work / "large"
        data = os.urandom(LARGE_BYTES)
        source.write_bytes(data)
        ours, floor = [], []
        for _ in range(ROUNDS):
            start = time.process_time()
            for _ in range(4):
                hashlib.md5(data).digest()
            floor.append((time.process_time() - start) / (4 * LARGE_BYTES / 1e9))
            before = tarn.cpu()
            for i in range(8):
                subprocess.run(
                    [
                        "curl",
                        "-sf",
                        "-o",
                        "/dev/null",
                        "-H",
                        f"Authorization: {AUTH}",
                        "-H",
                        "Content-Type: application/octet-stream",
                        "-H",
                        "Expect:",
                        "--data-binary",
                        f"@{source}",
                        f"http://127.0.0.1:{tarn.port}/api/v1/repositories/uploads/branches/main"
                        f"/objects?path=large-{i}",
                    ],
                    check=True,
                )
            ours.append((tarn.cpu() - before) / (8 * LARGE_BYTES / 1e9))
        a, b = statistics.median(ours), statistics.median(floor)
        self.row(
            "upload of 64 MB / its MD5 alone",
            f"{a / b:.2f}",
            "1.5",
            "2.0",
            f"{a:.2f} / {b:.2f} CPU-s per GB",
        )

    def small_uploads(self, tarn, clients=16, each=1000):
        def client(k):
            api = Api(tarn.port)
            for i in range(each):
                api(
                    "POST",
                    f"/repositories/uploads/branches/main/objects?path=small/{k}/{i}",
                    b"0123456789abcdef",
                    headers={"Content-Type": "application/octet-stream"},
                )

        floor = self.durable_floor(clients, each)
        before, start = tarn.cpu(), time.monotonic()
        threads = [threading.Thread(target=client, args=(k,)) for k in range(clients)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        count = clients * each
        self.row(
            "small durable uploads, 16 clients: server CPU each",
            f"{(tarn.cpu() - before) / count * 1e6:.0f} us",
            "120 us",
            "638 us, not durable",
            f"{count / (time.monotonic() - start):.0f} uploads/s; file system alone: {floor} us",
        )

    def durable_floor(self, threads, each, name="floor"):
        """CPU in us of making one small file durable and nothing else."""
        folder = self.work / name
        folder.mkdir()
        output = subprocess.run(
            [self.build / "tests" / "durable_floor", folder, str(threads), str(each)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        return re.search(r"cpu_us_each=(\d+)", output)[1]

    def import_tree(self, tarn, repository, paths):
        tarn.api(
            "POST",
            "/repositories",
            {"name": repository, "storage_namespace": f"local://{repository}"},
        )
        return self.run_import(tarn, repository, "main", paths)

    def run_import(self, tarn, repository, branch, paths):
        """Seconds, and the last answer of the import's status."""
        place = f"/repositories/{repository}/branches/{branch}/import"
        start = time.monotonic()
        task = tarn.api("POST", place, {"paths": paths, "commit": {"message": "import"}})["id"]
        while True:
            status = tarn.api("GET", f"{place}?id={task}")
            if status.get("error"):
                raise SystemExit(f"import failed: {status}")
            if status["completed"]:
                return time.monotonic() - start, status
            time.sleep(0.005)

    def floor(self, roots):
        start = time.monotonic()
        subprocess.run(
            [self.build / "tests" / "import_floor", *roots], check=True, stdout=subprocess.DEVNULL
        )
        return time.monotonic() - start

    def compare_import(self, name, roots, goal, reference, memory=False):
        paths = [
            {"type": "common_prefix", "path": f"local://{root}/", "destination": f"d{i}/"}
            for i, root in enumerate(roots)
        ]
        self.floor(roots)
        ours, floors, peak, idle = [], [], 0.0, 0.0
        for i in range(ROUNDS):
            floors.append(self.floor(roots))
            with self.start_tarn(f"import-{len(roots)}-{i}") as tarn:
                time.sleep(0.5)
                idle = max(idle, process.memory_mb(tarn.pid))
                process.reset_peak(tarn.pid)
                ours.append(self.import_tree(tarn, "imported", paths)[0])
                peak = max(peak, process.memory_mb(tarn.pid, "VmHWM"))
        a, b = statistics.median(ours), statistics.median(floors)
        self.row(name, f"{a / b:.2f}", goal, reference, f"{a:.2f} s / {b:.2f} s")
        if memory:
            self.row(
                "memory: idle / peak of that import",
                f"{idle:.0f} / {peak:.0f} MB",
                "30 / 200 MB",
                "169 / 1,770 MB",
            )

    def imports(self):
        root = tree.make(self.dir / "tree-200k", 200_000)
        self.compare_import("import of 200,000 small files / floor", [root], "1.3", "7 to 14")

    def million(self):
        roots = [tree.make(self.dir / f"tree-1m-{i}", 200_000) for i in range(5)]
        self.compare_import(
            "import of 1,000,000 files in five locations / floor", roots, "1.3", "4.5", memory=True
        )

    def commits(self):
        with self.start_tarn() as tarn:
            tarn.api(
                "POST", "/repositories", {"name": "appends", "storage_namespace": "local://appends"}
            )
            times = [self.one_commit(tarn, "appends", f"append/{i:06d}") for i in range(100)]
            self.row(
                "commit of one object appended to a small range, p50",
                f"{statistics.median(times) * 1e3:.1f} ms",
                "5 ms",
                "39 ms, not durable",
            )
            root = tree.make(self.dir / "tree-200k", 200_000)
            _, status = self.import_tree(
                tarn,
                "wide",
                [{"type": "common_prefix", "path": f"local://{root}/", "destination": ""}],
            )
            rng = random.Random(7)
            times = []
            for _ in range(60):
                n = rng.randrange(200_000)
                new = f"{tree.folder_of(n)}/object-{n:08d}.new"
                times.append(self.one_commit(tarn, "wide", new))
            output = subprocess.run(
                [
                    self.build / "tests" / "rewrite_floor",
                    tarn.data / "objects",
                    "local://wide",
                    status["metarange_id"],
                ],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
            whole = float(output.split()[0])
            ours = statistics.median(times) * 1e3
            self.row(
                "commit at random new keys over 200,000, p50 / rewriting that range whole",
                f"{ours / whole:.2f}",
                "0.5",
                "-",
                f"{ours:.1f} ms / {whole:.1f} ms",
            )

    def versions(self):
        with self.start_tarn() as tarn:
            versions.Versions(self, tarn, AUTH).run()

    def one_commit(self, tarn, repository, path):
        tarn.api(
            "POST",
            f"/repositories/{repository}/branches/main/objects?path={path}",
            b"0123456789abcdef",
            headers={"Content-Type": "application/octet-stream"},
        )
        start = time.monotonic()
        tarn.api("POST", f"/repositories/{repository}/branches/main/commits", {"message": path})
        return time.monotonic() - start

    def s3(self):
        with self.start_tarn() as tarn, self.start_nginx() as nginx:
            s3.S3(self, tarn, nginx, KEY, SECRET).run()

    def remote(self):
        remote.Remote(self).run()

    def transfers(self):
        transfers.Transfers(self, AUTH).run()

    def access(self):
        access.Access(self).run()

    def hooks(self):
        with self.start_tarn() as tarn:
            hooks.Hooks(self, tarn, AUTH).run()

    def fleet(self):
        fleet.Fleet(self, AUTH).run()

    def start(self):
        self.start_tarn().stop()
        times = []
        for _ in range(10):
            server = self.start_tarn()
            times.append(server.ready_seconds)
            server.stop()
        self.row(
            "start to first answer",
            f"{statistics.median(times) * 1e3:.0f} ms",
            "100 ms",
            "about 2 s",
        )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = ("reads uploads imports million commits versions "
             "hooks s3 remote transfers fleet access start").split()
    parser.add_argument("--build", default="build", help="folder with the program (default: build)")
    parser.add_argument("--dir", default="build/bench", help="working folder; trees are kept there")
    parser.add_argument(
        "--only", default=",".join(names), help="comma-separated: " + ", ".join(names)
    )
    options = parser.parse_args()
    chosen = options.only.split(",")
    for name in chosen:
        if name not in names:
            sys.exit(f"no benchmark {name}: choose from {', '.join(names)}")
    bench = Bench(options)
    try:
        for name in chosen:
            print(name, flush=True)
            getattr(bench, name)()
    finally:
        shutil.rmtree(bench.work, ignore_errors=True)
    print(f"\n{'work':<76} {'figure':>14} {'goal':>12}  reference")
    for work, figure, goal, reference, note in bench.rows:
        print(f"{work:<76} {figure:>14} {goal:>12}  {reference}   {note}")


if __name__ == "__main__":
    main()
