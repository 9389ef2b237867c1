"""Benchmarks of hooks: the section `hooks` of bench.py.

What a hook costs a commit, what action files cost that concern nobody, and what others notice of
many merges that wait for a slow hook.
"""

import asyncio
import json
import re
import socket
import statistics
import subprocess
import threading
import time

COMMITS = 300
FILES = 1_000
MERGES, SLOW_SECONDS, OTHERS = 500, 6, 8
ENTRY = {"physical_address": "local://{dir}/staged/x", "checksum": "0" * 32, "size_bytes": 16}


class SlowServer:
    """Answers every request after so many seconds, on one thread however many wait."""

    def __enter__(self):
        self.loop, ready = asyncio.new_event_loop(), threading.Event()

        async def serve():
            server = await asyncio.start_server(self.answer, "127.0.0.1", 0, backlog=1024)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()

        def run():
            self.loop.create_task(serve())
            self.loop.run_forever()

        threading.Thread(target=run, daemon=True).start()
        ready.wait()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)

    @staticmethod
    async def answer(reader, writer):
        await reader.read(65536)
        await asyncio.sleep(SLOW_SECONDS)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()


class Hooks:
    """The work on one server; `bench` has the servers and rows."""

    def __init__(self, bench, tarn, authorization):
        self.bench, self.tarn, self.api = bench, tarn, tarn.api
        self.authorization = authorization
        self.entry = {**ENTRY, "physical_address":
                      ENTRY["physical_address"].format(dir=bench.dir)}

    def run(self):
        self.repository("plain", [])
        self.repository("hooked", [self.file("a hook", "pre-commit", {
            "type": "lua", "properties": {"script": "return"}})])
        self.repository("many", [self.file(f"action {number}", "pre-merge", {
            "type": "webhook", "properties": {"url": "http://127.0.0.1:1/"}})
            for number in range(FILES)])
        plain, hooked, many = self.commits("plain", "hooked", "many")
        self.more("commit with one no-op Lua pre-hook", hooked, plain, "1.5 ms")
        self.more(f"commit where {FILES:,} action files concern others", many, plain, "2 ms")
        self.merges()

    def more(self, work, seconds, plain, goal):
        self.bench.row(f"{work} - without", f"{(seconds - plain) * 1e3:.2f} ms", goal, "-",
                       f"{seconds * 1e3:.2f} ms - {plain * 1e3:.2f} ms")

    @staticmethod
    def file(name, event, hook):
        return json.dumps({"name": name, "on": {event: None}, "hooks": [{"id": "hook", **hook}]})

    def repository(self, name, files):
        self.api("POST", "/repositories", {"name": name, "storage_namespace": f"local://{name}"})
        for number, text in enumerate(files):
            path = f"_lakefs_actions/{number:04d}.yaml"
            self.api("POST", f"/repositories/{name}/branches/main/objects?path={path}", text,
                     headers={"Content-Type": "application/octet-stream"})
        if files:
            self.commit(name, "main")

    def stage(self, name, branch, path):
        self.api("PUT", f"/repositories/{name}/branches/{branch}/objects?path={path}", self.entry)

    def commit(self, name, branch):
        """Seconds."""
        start = time.monotonic()
        self.api("POST", f"/repositories/{name}/branches/{branch}/commits", {"message": "bench"})
        return time.monotonic() - start

    def commits(self, *names):
        """The medians of commits of one change each, to one repository after the other."""
        taken = {name: [] for name in names}
        for number in range(COMMITS):
            for name in names:
                self.stage(name, "main", f"data/{number}")
                taken[name].append(self.commit(name, "main"))
        return [statistics.median(taken[name]) for name in names]

    # ------------------------------------------------------------------ many merges

    def merges(self):
        with SlowServer() as slow:
            url = f"http://127.0.0.1:{slow.port}/"
            self.repository("merges", [self.file("slow", "pre-merge", {
                "type": "webhook", "properties": {"url": url}})])
            self.stage("merges", "main", "read/me")
            self.commit("merges", "main")
            for number in range(MERGES):
                branch = f"work-{number}"
                self.api("POST", "/repositories/merges/branches",
                         {"name": branch, "source": "main"})
                self.stage("merges", branch, f"data/{number}")
                self.commit("merges", branch)
            before = self.p99()
            waiting = [self.begin_merge(f"work-{number}") for number in range(MERGES)]
            during = self.p99()
            statuses = [self.end_merge(connection) for connection in waiting]
        counts = ", ".join(f"{statuses.count(status)} times {status}"
                           for status in sorted(set(statuses)))
        self.bench.row(f"p99 of a stat while {MERGES} merges wait for a slow pre-hook / before",
                       f"{during / before:.2f}", "1.2", "-",
                       f"{during:.2f} ms / {before:.2f} ms; merges: {counts}")

    def p99(self):
        output = subprocess.run(
            ["wrk", "-t1", f"-c{OTHERS}", f"-d{SLOW_SECONDS // 2}s", "--latency",
             "-H", f"Authorization: {self.authorization}",
             f"http://127.0.0.1:{self.tarn.port}/api/v1/repositories/merges/refs/main/objects/stat"
             "?path=read/me"], check=True, capture_output=True, text=True).stdout
        number, unit = re.search(r"99% +([\d.]+)(us|ms|s)", output).groups()
        return float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]

    def begin_merge(self, branch):
        connection = socket.create_connection(("127.0.0.1", self.tarn.port))
        connection.sendall(
            b"POST /api/v1/repositories/merges/refs/%s/merge/main HTTP/1.1\r\nHost: bench\r\n"
            b"Authorization: %s\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
            % (branch.encode(), self.authorization.encode()))
        return connection

    @staticmethod
    def end_merge(connection):
        """The status."""
        with connection:
            connection.settimeout(600)
            return int(connection.recv(65536).split()[1])
