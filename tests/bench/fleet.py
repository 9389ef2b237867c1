"""Benchmarks of servers that share PostgreSQL and an S3 store: the section `fleet` of bench.py.

One server, then three on the same machine, do the same work for the same clients. The floor of a
staged write is the bare statement through libpq, made by as many clients.
"""

import concurrent.futures
import json
import os
import re
import statistics
import subprocess
import time

import remote

CLIENTS, SECONDS = 32, 5
FLOOR_WRITES = 500
BRANCHES = 32
COMMITS_EACH, MERGES_EACH, MIXES_EACH = 6, 4, 6
ENTRY = {"physical_address": "s3://{bucket}/{root}/linked", "checksum": "0" * 32, "size_bytes": 16}
# Of wrk, which sends each request to a path of its own.
STAGING = """
local id, n = 0, 0
function setup(thread) thread:set("id", id); id = id + 1 end
wrk.method = "PUT"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "{authorization}"
wrk.body = [[{body}]]
function request()
  n = n + 1
  return wrk.format(nil, "{path}?path={prefix}/" .. id .. "/" .. n)
end
"""


class Fleet:
    """`bench` has the servers and rows."""

    def __init__(self, bench, authorization):
        self.bench, self.authorization = bench, authorization

    def run(self):
        if not remote.store_named():
            return
        if "TARN_PG_URL" not in os.environ:
            print("  skipped: TARN_PG_URL names no database")
            return
        self.root = f"bench-fleet-{os.getpid()}"
        floor_ms = self.bare_statement()
        done = {}
        for count in (1, 3):
            print(f"  {count} server{'s' if count > 1 else ''}", flush=True)
            self.start(count)
            try:
                done[count] = self.work(count, floor_ms)
            finally:
                for server in self.servers:
                    server.stop()
        for work, figure in done[1].items():
            self.bench.row(f"three servers / one: {work}", f"{done[3][work] / figure:.2f}", "-",
                           "-", f"{done[3][work]:.0f}/s / {figure:.0f}/s")

    def bare_statement(self):
        """The milliseconds that half of the bare statements take at most."""
        url = self.bench.postgres_url("floor")
        said = subprocess.run(
            [self.bench.build / "tests" / "postgres_bench", url, str(CLIENTS), str(FLOOR_WRITES)],
            check=True, capture_output=True, text=True).stdout
        rate, p50 = re.search(r"the bare statement +(\d+) writes/s +p50 +([\d.]+) ms",
                              said).groups()
        print(f"  the bare statement: {rate} writes/s, p50 {p50} ms", flush=True)
        return float(p50)

    def start(self, count):
        database = self.bench.postgres(count)
        self.servers = [
            self.bench.start_tarn(f"fleet-{count}-{number}", blockstore="s3",
                                  store=remote.settings(), database=database)
            for number in range(count)]
        bucket = os.environ["TARN_S3_BUCKET"]
        self.api(0, "POST", "/repositories", {
            "name": "fleet", "storage_namespace": f"s3://{bucket}/{self.root}/{count}"})
        self.entry = {**ENTRY, "physical_address":
                      ENTRY["physical_address"].format(bucket=bucket, root=self.root)}
        for number in range(BRANCHES):
            self.api(0, "POST", "/repositories/fleet/branches",
                     {"name": f"branch-{number}", "source": "main"})

    def api(self, client, *request, **more):
        """A client's request, to the server that it is at."""
        return self.servers[client % len(self.servers)].api(*request, **more)

    # ------------------------------------------------------------------ work

    def work(self, count, floor_ms):
        """Rates of all kinds of work; rows of those that one server alone is measured by."""
        rates = {}
        rate, p50, cpu = self.wrk(self.staging("many"))
        rates["staged writes"] = rate
        self.bench.row(f"staged write, {CLIENTS} clients, {count} server(s) / bare statement: p50",
                       f"{p50 / floor_ms:.2f}", "1.3", "-",
                       f"{p50:.2f} ms / {floor_ms:.2f} ms, {rate:.0f}/s, {cpu * 1e6:.0f} us CPU")
        self.stage(0, "main", "read/me")
        self.api(0, "POST", "/repositories/fleet/branches/main/commits", {"message": "objects"})
        self.stage(0, "main", "read/staged")
        for what, path in (("stat of a staged object", "read/staged"),
                           ("stat of a committed object", "read/me")):
            rate, p50, cpu = self.wrk(f"/repositories/fleet/refs/main/objects/stat?path={path}")
            rates[what] = rate
            self.bench.row(f"{what}, {count} server(s)", f"{rate:.0f}/s", "-", "-",
                           f"p50 {p50:.2f} ms, {cpu * 1e6:.0f} us CPU")
        for what, client, each in (
                ("commits on one branch", self.commit_to_main, COMMITS_EACH),
                (f"commits on {BRANCHES} branches", self.commit_to_own, COMMITS_EACH),
                ("merges into one branch", self.merge, MERGES_EACH),
                ("mixes", self.mix, MIXES_EACH)):
            rates[what] = self.rate_of(client, each)
            self.bench.row(f"{what}, {CLIENTS} clients, {count} server(s)",
                           f"{rates[what]:.1f}/s", "-", "-")
        return rates

    def staging(self, prefix):
        """A script for wrk."""
        path = self.bench.work / "fleet-staging.lua"
        path.write_text(STAGING.format(
            authorization=self.authorization, body=json.dumps(self.entry), prefix=prefix,
            path="/api/v1/repositories/fleet/branches/main/objects"))
        return path

    def wrk(self, what):
        """Requests per second, the milliseconds of half of them, CPU seconds of each; all servers
        together."""
        arguments, path = ["-H", f"Authorization: {self.authorization}"], "/api/v1" + str(what)
        if not isinstance(what, str):
            arguments, path = ["-s", what], "/"
        each = CLIENTS // len(self.servers)
        before = sum(server.cpu() for server in self.servers)
        running = [subprocess.Popen(
            ["wrk", "-t1", f"-c{each}", f"-d{SECONDS}s", "--latency", *map(str, arguments),
             f"http://127.0.0.1:{server.port}{path}"], stdout=subprocess.PIPE, text=True)
            for server in self.servers]
        outputs = [one.communicate()[0] for one in running]
        used = sum(server.cpu() for server in self.servers) - before
        if any("Non-2xx" in output for output in outputs):
            raise SystemExit(f"wrk got errors:\n{outputs}")
        requests = sum(int(re.search(r"(\d+) requests in", output)[1]) for output in outputs)
        halves = [re.search(r"50% +([\d.]+)(us|ms|s)", output).groups() for output in outputs]
        factors = {"us": 1e-3, "ms": 1, "s": 1e3}
        p50 = statistics.mean(float(number) * factors[unit] for number, unit in halves)
        return requests / SECONDS, p50, used / requests

    def rate_of(self, client, each):
        """Calls of client(api, number, turn) per second, with `each` turns of every client."""
        def turns(number):
            server = self.servers[number % len(self.servers)]
            api = type(server.api)(server.port)
            for turn in range(each):
                client(api, number, turn)

        begun = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            for done in [pool.submit(turns, number) for number in range(CLIENTS)]:
                done.result()
        return CLIENTS * each / (time.monotonic() - begun)

    def stage(self, client, branch, path, api=None):
        (api or self.servers[client % len(self.servers)].api)(
            "PUT", f"/repositories/fleet/branches/{branch}/objects?path={path}", self.entry)

    def commit(self, api, number, turn, branch, kind):
        self.stage(number, branch, f"{kind}/{number}/{turn}", api)
        api("POST", f"/repositories/fleet/branches/{branch}/commits", {"message": kind})

    def commit_to_main(self, api, number, turn):
        # Another client's commit may have taken the change with it: then there is nothing left.
        self.stage(number, "main", f"one/{number}/{turn}", api)
        api("POST", "/repositories/fleet/branches/main/commits",
            {"message": "one", "allow_empty": True})

    def commit_to_own(self, api, number, turn):
        self.commit(api, number, turn, f"branch-{number % BRANCHES}", "own")

    def merge(self, api, number, turn):
        branch = f"branch-{number % BRANCHES}"
        self.commit(api, number, turn, branch, "merged")
        api("POST", f"/repositories/fleet/refs/{branch}/merge/main", {})

    def mix(self, api, number, turn):
        """What one does at a command line."""
        branch, refs = f"branch-{number % BRANCHES}", "/repositories/fleet/refs"
        for part in range(3):
            self.stage(number, branch, f"mix/{number}/{turn}-{part}", api)
        api("GET", f"/repositories/fleet/branches/{branch}/diff")
        api("POST", f"/repositories/fleet/branches/{branch}/commits", {"message": "mix"})
        api("GET", f"{refs}/{branch}/objects/ls?prefix=mix/{number}/")
        api("GET", f"{refs}/{branch}/objects/stat?path=mix/{number}/{turn}-0")
        api("GET", f"{refs}/{branch}/commits?amount=10")
        api("GET", f"{refs}/main/diff/{branch}?amount=100")
