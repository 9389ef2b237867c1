"""Benchmarks of what passes between clients and an S3 store: the section `transfers` of bench.py.

Imports against a bare listing of the same prefix, and one large object up and down against nginx as
a proxy before the same store.
"""

import concurrent.futures
import hashlib
import http.client
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time
import urllib.parse

import process
import remote

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "conformance"))
import s3_signer

FOLDERS, FOLDER_OBJECTS = 100, 1_000
CONNECTIONS = 16
LARGE_BYTES = 1 << 30
ROUNDS = 5
NGINX = """
worker_processes 2;
daemon off;
pid {home}/nginx.pid;
error_log {home}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_max_body_size 0;
  client_body_temp_path {home}/t1;
  proxy_temp_path {home}/t2;
  fastcgi_temp_path {home}/t3;
  uwsgi_temp_path {home}/t4;
  scgi_temp_path {home}/t5;
  upstream store {{ server {host}; keepalive 16; }}
  server {{
    listen 127.0.0.1:{port};
    location = /alive {{ return 200; }}
    location / {{
      proxy_pass http://store;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host {host};
      proxy_request_buffering off;
      proxy_buffers 16 64k;
      proxy_buffer_size 64k;
      proxy_busy_buffers_size 128k;
      proxy_max_temp_file_size 0;
    }}
  }}
}}
"""


class Transfers:
    """`bench` has the servers and rows."""

    def __init__(self, bench, authorization):
        self.bench, self.authorization = bench, f"Authorization: {authorization}"

    def run(self):
        if not remote.store_named():
            return
        self.url, self.bucket = os.environ["TARN_S3_URL"], os.environ["TARN_S3_BUCKET"]
        self.host = urllib.parse.urlsplit(self.url).netloc
        self.root = f"bench-transfers-{os.getpid()}"
        self.signer = s3_signer.Signer(
            os.environ["TARN_S3_KEY"], os.environ["TARN_S3_SECRET"], self.host)
        with self.bench.start_tarn("transfers", blockstore="s3", store=remote.settings()) as tarn:
            tarn.api("POST", "/repositories", {
                "name": "transfers", "storage_namespace": f"s3://{self.bucket}/{self.root}/lake"})
            self.imports(tarn)
            with self.start_proxy() as proxy:
                self.large(tarn, proxy)

    # ------------------------------------------------------------------ imports

    def imports(self, tarn):
        self.fill()
        floors, ours = [], []
        for turn in range(ROUNDS):
            floors.append(self.bare_listing())
            ours.append(self.import_all(tarn, f"turn-{turn}"))
        a, b = statistics.median(ours), statistics.median(floors)
        count = FOLDERS * FOLDER_OBJECTS
        self.bench.row(f"import of {count:,} objects from S3 / bare listing",
                       f"{a / b:.2f}", "1.2", "-", f"{a:.2f} s / {b:.2f} s")

    def fill(self):
        def fill_some(first):
            connection = http.client.HTTPConnection(self.host, timeout=60)
            for folder in range(first, FOLDERS, CONNECTIONS):
                for number in range(FOLDER_OBJECTS):
                    target = f"/{self.bucket}/{self.root}/source/{folder:04d}/{number:06d}"
                    headers = self.signer.headers("PUT", target)
                    connection.request("PUT", target, b"0123456789abcdef", headers)
                    answer = connection.getresponse()
                    if answer.status != 200:
                        raise SystemExit(f"PUT {target}: {answer.status} {answer.read()!r}")
                    answer.read()

        with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
            for done in [pool.submit(fill_some, first) for first in range(CONNECTIONS)]:
                done.result()

    def bare_listing(self):
        said = subprocess.run(
            [self.bench.build / "tests" / "listing_floor", self.url, self.bucket,
             f"{self.root}/source", str(FOLDERS)],
            check=True, capture_output=True, text=True).stdout
        found, seconds = re.match(r"objects=(\d+) seconds=([\d.]+)", said).groups()
        if int(found) != FOLDERS * FOLDER_OBJECTS:
            raise SystemExit(f"the listing found {found} objects")
        return float(seconds)

    def import_all(self, tarn, branch):
        """Seconds, on a branch of its own."""
        tarn.api("POST", "/repositories/transfers/branches", {"name": branch, "source": "main"})
        path = {"type": "common_prefix", "destination": "d/",
                "path": f"s3://{self.bucket}/{self.root}/source/"}
        seconds, status = self.bench.run_import(tarn, "transfers", branch, [path])
        if status["ingested_objects"] != FOLDERS * FOLDER_OBJECTS:
            raise SystemExit(f"the import found other objects: {status}")
        return seconds

    # ------------------------------------------------------------------ one large object

    def start_proxy(self):
        home = self.bench.work / "proxy"
        home.mkdir()
        port = process.free_port()
        (home / "nginx.conf").write_text(NGINX.format(home=home, port=port, host=self.host))
        command = ["nginx", "-c", home / "nginx.conf"]
        if os.getuid() == 0:
            command += ["-g", "user root;"]
        server = process.Server(command, f"http://127.0.0.1:{port}/alive", log=home / "log")
        server.port = port
        return server

    def large(self, tarn, proxy):
        source = self.bench.work / "transfers-large"
        with open(source, "wb") as file:
            for _ in range(LARGE_BYTES >> 20):
                file.write(os.urandom(1 << 20))
        objects = f"http://127.0.0.1:{tarn.port}/api/v1/repositories/transfers"
        target = f"/{self.bucket}/{self.root}/large"
        through_proxy = f"http://127.0.0.1:{proxy.port}"
        ours, theirs = {"up": [], "down": []}, {"up": [], "down": []}
        for _ in range(ROUNDS):
            put = [word for name, value in self.signer.headers("PUT", target).items()
                   if name != "host" for word in ("-H", f"{name}: {value}")]
            theirs["up"].append(self.measure(
                proxy, "-T", source, *put, "-H", "Expect:", f"{through_proxy}{target}"))
            theirs["down"].append(self.measure(
                proxy, f"{through_proxy}{self.signer.presigned('GET', target)}"))
            ours["up"].append(self.measure(
                tarn, "-X", "POST", "-T", source, "-H", self.authorization, "-H", "Expect:",
                "-H", "Content-Type: application/octet-stream",
                f"{objects}/branches/main/objects?path=large"))
            ours["down"].append(self.measure(
                tarn, "-H", self.authorization, f"{objects}/refs/main/objects?path=large"))
        # The checksum of an object is its MD5, whoever computes it.
        begun = time.process_time()
        with open(source, "rb") as file:
            hashlib.file_digest(file, "md5")
        md5 = time.process_time() - begun
        for name, way, part, more in (
                ("download of 1 GiB through Tarn / through nginx: wall", "down", 0, 0),
                ("download of 1 GiB through Tarn / through nginx: CPU", "down", 1, 0),
                ("upload of 1 GiB through Tarn / through nginx: wall", "up", 0, 0),
                ("upload of 1 GiB through Tarn / through nginx, and its MD5: CPU", "up", 1, md5)):
            a, b = (statistics.median(row[part] for row in rows[way]) for rows in (ours, theirs))
            self.bench.row(name, f"{a / (b + more):.2f}", "1.15", "-",
                           f"{a:.2f} s / {b:.2f} s" + (f" and {more:.2f} s" if more else ""))

    @staticmethod
    def measure(server, *arguments):
        """Seconds by the clock, and of the server's CPU."""
        used, begun = server.cpu(), time.monotonic()
        subprocess.run(["curl", "-sSf", "-o", "/dev/null", *map(str, arguments)], check=True)
        return time.monotonic() - begun, server.cpu() - used
