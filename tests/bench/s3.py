"""Benchmarks of the S3 gateway: the section `s3` of bench.py.

No two requests of the small rows are the same: nothing can be gained by remembering signatures.
"""

import hashlib
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import threading
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "conformance"))
import s3_signer

OBJECTS, REQUESTS = 1_000, 20_000
LARGE_BYTES, ROUNDS = 64 << 20, 3
PUTS, CONNECTIONS = 10_000, 32
CONTENT = b"0123456789abcdef"


class S3:
    """The work on one server; `bench` has the servers and rows."""

    def __init__(self, bench, tarn, nginx, key, secret):
        self.bench, self.tarn, self.nginx = bench, tarn, nginx
        self.host = f"127.0.0.1:{tarn.port}"
        self.signer = s3_signer.Signer(key, secret, self.host)

    def run(self):
        self.tarn.api("POST", "/repositories",
                      {"name": "bucket", "storage_namespace": "local://bucket"})
        self.put_all([f"/bucket/main/small/object-{i:06d}" for i in range(OBJECTS)])
        self.source = self.bench.work / "s3-large"
        self.source.write_bytes(os.urandom(LARGE_BYTES))
        self.upload(s3_signer.UNSIGNED)
        self.tarn.api("POST", "/repositories/bucket/branches/main/commits", {"message": "objects"})
        self.small_reads()
        self.large_reads()
        self.large_writes()
        self.small_writes()

    # ------------------------------------------------------------------ reads

    def small_reads(self):
        """One object, as nginx sends one file; each request with another signature. nginx gets the
        same requests, since a client that makes each of them is slower and waits differently."""
        place = f"/bucket/main/small/object-{OBJECTS // 2:06d}"
        presigned = [(self.signer.presigned("GET", place, 3600 + i), {}) for i in range(REQUESTS)]
        signed = []
        for i in range(REQUESTS):
            target = f"{place}?x-id=GetObject&n={i}"
            signed.append((target, self.signer.headers("GET", target)))
        self.bench.ratio_rows(self.tarn, self.nginx, [
            ("S3: presigned get of 16 bytes / nginx", self.scripts("presigned", presigned, place),
             "1.6", "12.5"),
            ("S3: header-signed get of 16 bytes / nginx", self.scripts("signed", signed, place),
             "1.6", "about 12.5")])

    def scripts(self, name, requests, place):
        """Scripts for wrk that send these (target, headers) in turn: to us, and to nginx."""
        theirs = [(target.replace(place, "/small"), headers) for target, headers in requests]
        return self.script(name, requests), self.script(f"{name}-nginx", theirs)

    def script(self, name, requests):
        """A script for wrk that sends these (target, headers) in turn."""
        path = self.bench.work / f"s3-{name}.lua"
        rows = self.bench.work / f"s3-{name}.requests"
        text = []
        for target, headers in requests:
            lines = [f"GET {target} HTTP/1.1", f"host: {self.host}"]
            lines += [f"{key}: {value}" for key, value in headers.items() if key != "host"]
            text.append("\r\n".join([*lines, "", ""]))
        rows.write_text("\0".join(text), newline="")
        path.write_text(f"""
local requests, next = {{}}, 0
for request in io.open("{rows}", "rb"):read("*a"):gmatch("[^%z]+") do
  requests[#requests + 1] = request
end
function request()
  next = next % #requests + 1
  return requests[next]
end
""")
        return path

    def curl(self, *arguments):
        subprocess.run(["curl", "-sf", "-o", "/dev/null", *map(str, arguments)], check=True)

    def download_cpu(self, server, url, repeat=32):
        before = server.cpu()
        for _ in range(repeat):
            self.curl(url)
        return (server.cpu() - before) / (repeat * LARGE_BYTES / 1e9)

    def large_reads(self):
        url = f"http://{self.host}{self.signer.presigned('GET', '/bucket/main/large')}"
        yardstick = f"http://127.0.0.1:{self.nginx.port}/large"
        ours, theirs = [], []
        for _ in range(ROUNDS):
            theirs.append(self.download_cpu(self.nginx, yardstick))
            ours.append(self.download_cpu(self.tarn, url))
        self.ratio("S3: get of 64 MB / nginx sendfile", ours, theirs, "1.1", "5.4")

    def ratio(self, name, ours, floor, goal, reference):
        a, b = statistics.median(ours), statistics.median(floor)
        self.bench.row(name, f"{a / b:.2f}", goal, reference, f"{a:.3f} / {b:.3f} CPU-s per GB")

    # ------------------------------------------------------------------ writes

    def upload(self, payload):
        target = "/bucket/main/large"
        headers = self.signer.headers("PUT", target, payload)
        lines = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
        self.curl("-T", self.source, *lines, "-H", "Expect:", f"http://{self.host}{target}")

    def large_writes(self, repeat=8):
        data = self.source.read_bytes()
        md5, sha256 = hashlib.md5, hashlib.sha256
        for name, payload, hashes, goal in (
                ("S3: put of 64 MB, unsigned payload / its MD5 alone", s3_signer.UNSIGNED, [md5],
                 "1.5"),
                ("S3: put of 64 MB, signed payload / its MD5 and SHA-256 alone",
                 sha256(data).hexdigest(), [md5, sha256], "1.25")):
            ours, floor = [], []
            for _ in range(ROUNDS):
                start = time.process_time()
                for _ in range(repeat // 2):
                    for make in hashes:
                        make(data).digest()
                floor.append((time.process_time() - start) / (repeat // 2 * LARGE_BYTES / 1e9))
                before = self.tarn.cpu()
                for _ in range(repeat):
                    self.upload(payload)
                ours.append((self.tarn.cpu() - before) / (repeat * LARGE_BYTES / 1e9))
            self.ratio(name, ours, floor, goal, "-")

    def small_writes(self):
        floor = self.bench.durable_floor(CONNECTIONS, PUTS // CONNECTIONS, "floor-s3")
        used, seconds = self.put_all([f"/bucket/main/put/{i:06d}" for i in range(PUTS)])
        self.bench.row(
            "S3: 10,000 small durable puts, 32 connections: server CPU each",
            f"{used / PUTS * 1e6:.0f} us", "130 us", "-",
            f"{PUTS / seconds:.0f} puts/s; file system alone: {floor} us")

    def put_all(self, targets):
        """Puts 16 bytes at each; CPU seconds of the server, and seconds."""
        payload = hashlib.sha256(CONTENT).hexdigest()

        def request(target):
            headers = self.signer.headers("PUT", target, payload)
            lines = [f"PUT {target} HTTP/1.1", f"content-length: {len(CONTENT)}",
                     *[f"{name}: {value}" for name, value in headers.items()], "", ""]
            return "\r\n".join(lines).encode() + CONTENT

        def client(requests):
            with socket.create_connection(("127.0.0.1", self.tarn.port)) as connection:
                for data in requests:
                    connection.sendall(data)
                    answer = b""
                    while not answer.endswith(b"\r\n\r\n"):
                        piece = connection.recv(65536)
                        answer += piece
                        if not piece:
                            break
                    if not answer.startswith(b"HTTP/1.1 200 "):
                        failures.append(answer)
                        return

        failures, requests = [], [request(target) for target in targets]
        threads = [threading.Thread(target=client, args=(requests[k::CONNECTIONS],))
                   for k in range(CONNECTIONS)]
        before, start = self.tarn.cpu(), time.monotonic()
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        if failures:
            raise SystemExit(f"a put failed: {failures[0][:300]!r}")
        return self.tarn.cpu() - before, time.monotonic() - start
