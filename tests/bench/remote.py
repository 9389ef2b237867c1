"""Benchmarks of commits that lie in a remote store: the section `remote` of bench.py.

A server on S3 against one on local disk, both asked for the same. What is compared is reading
commits, which must not notice where they lie once their tables have been read.
"""

import os
import statistics

OBJECTS = 2_000
ROUNDS = 5
SETTINGS = """\
  s3:
    endpoint: {TARN_S3_URL}
    force_path_style: true
    region: us-east-1
    discover_bucket_region: false
    credentials: {{access_key_id: {TARN_S3_KEY}, secret_access_key: {TARN_S3_SECRET}}}
"""
# Of memory so little that each request reads its tables from disk.
NO_MEMORY = "committed: {sstable: {memory: {cache_size_bytes: 1}}}"


def store_named():
    """Whether the environment names an S3 store; says so if not."""
    if "TARN_S3_URL" in os.environ:
        return True
    print("  skipped: TARN_S3_URL, _KEY, _SECRET and _BUCKET name no store")
    return False


def settings():
    """Of a server on that store."""
    return SETTINGS.format(**os.environ)


class Remote:
    """`bench` has the servers and rows."""

    def __init__(self, bench):
        self.bench = bench

    def run(self):
        if not store_named():
            return
        bucket = os.environ["TARN_S3_BUCKET"]
        places = {"local": ("local://remote", "local", ""),
                  "s3": (f"s3://{bucket}/bench-{os.getpid()}", "s3", settings())}
        paths = {name: self.fill(name, *place) for name, place in places.items()}
        # Servers that start: what they know they have from disk.
        for kind, more in (("in memory", ""), ("from disk", NO_MEMORY)):
            servers = {name: self.bench.start_tarn(f"remote-{name}", blockstore=place[1],
                                                   store=place[2], more=more)
                       for name, place in places.items()}
            try:
                for what, path in (("stat", "/stat?path=list/object-001000"),
                                   ("listing of 1,000", "/ls?prefix=list/&amount=1000")):
                    self.compare(f"{what} of a commit on S3, {kind} / local", servers,
                                 {name: paths[name] + path for name in places})
            finally:
                for server in servers.values():
                    server.stop()

    def fill(self, name, namespace, blockstore, store):
        """Makes a commit; what the paths of its objects begin with."""
        with self.bench.start_tarn(f"remote-{name}", blockstore=blockstore, store=store) as tarn:
            tarn.api("POST", "/repositories", {"name": "remote", "storage_namespace": namespace})
            for i in range(OBJECTS):
                tarn.api("POST", "/repositories/remote/branches/main/objects"
                         f"?path=list/object-{i:06d}", b"0123456789abcdef",
                         headers={"Content-Type": "application/octet-stream"})
            commit = tarn.api("POST", "/repositories/remote/branches/main/commits",
                              {"message": "objects"})["id"]
        return f"/api/v1/repositories/remote/refs/{commit}/objects"

    def compare(self, work, servers, paths):
        """CPU per request, in alternating rounds."""
        used = {name: [] for name in servers}
        for name, server in servers.items():
            self.bench.wrk(server, paths[name], 1)
        for _ in range(ROUNDS):
            for name, server in servers.items():
                used[name].append(self.bench.wrk(server, paths[name]))
        remote, local = statistics.median(used["s3"]), statistics.median(used["local"])
        self.bench.row(work, f"{remote / local:.2f}", "1.1", "-",
                       f"{remote * 1e6:.1f} us / {local * 1e6:.1f} us")
