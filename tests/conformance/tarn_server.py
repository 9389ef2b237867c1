"""A server under test: its own directory, a free port, start, stop, kill, and a plain client."""

import base64
import http.client
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import time

import dynamodb_below
import postgres_below

KEY, SECRET = "AKIAIOSFDNN7EXAMPLEQ", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
BASIC = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
START_SECONDS = 60
# Sanitizers need memory of their own: how many times the usual a test may allow.
MEMORY_FACTOR = int(os.environ.get("TARN_MEMORY_FACTOR", "1"))


_reserved = []


def free_port():
    """A port that nobody listens on, for this process alone: each one that was given out is marked
    by a socket whose name is free again when the process ends, so that test runs beside each other
    choose different ones."""
    while True:
        port = random.randrange(18000, 20000)
        mark = socket.socket(socket.AF_UNIX)
        try:
            mark.bind(f"\0tarn-test-port-{port}")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            mark.close()
            continue
        _reserved.append(mark)
        return port


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def message(self):
        return self.json["message"]

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


def database_settings(directory):
    """`database:` of a server with that directory: the embedded store, or what TARN_TEST_DATABASE
    names."""
    kinds = {
        "local": lambda: f'{{type: local, local: {{path: "{directory}/kv"}}}}',
        "postgres": lambda: postgres_below.named().settings("/".join(directory.parts[-2:])),
        "dynamodb": dynamodb_below.settings}
    kind = os.environ.get("TARN_TEST_DATABASE", "local")
    assert kind in kinds, f"TARN_TEST_DATABASE is {kind}: use one of {', '.join(kinds)}"
    return kinds[kind]()


class Server:
    """One data directory and the process that serves it. `database` is that section of the
    configuration; without it the server's own one."""

    command = "run"

    def __init__(self, program, directory, prefixes=(), extra="", preexec=None, environment=None,
                 blockstore="local", database=None):
        self.program, self.preexec = str(program), preexec
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.environment = {
            **os.environ, "TARN_COMMITTED_LOCAL_CACHE_DIR": str(self.directory / "cache"),
            **(environment or {})}
        self.port = free_port()
        self.log_file = self.directory / "log"
        self.config = self.directory / "config.yaml"
        self.config.write_text(f"""
listen_address: 127.0.0.1:{self.port}
database: {database or database_settings(self.directory)}
auth: {{encrypt: {{secret_key: a secret of the tests}}}}
blockstore:
  type: {blockstore}
  signing: {{secret_key: another secret of the tests}}
  local:
    path: "{self.directory}/objects"
    import_enabled: true
    allowed_external_prefixes: {json.dumps([str(p) for p in prefixes])}
{extra}
""")
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self, *options):
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "--config", self.config, self.command, *options],
                stdout=log,
                stderr=log,
                preexec_fn=self.preexec,
                env=self.environment,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(
                    f"the server ended with {self.process.returncode}:\n{self.log()}"
                )
            try:
                if self.call("GET", "/_health", auth=None, timeout=5).status == 200:
                    return self
            except OSError:
                time.sleep(0.01)
        raise RuntimeError(f"no answer within {START_SECONDS} s:\n{self.log()}")

    def log(self):
        return self.log_file.read_text(errors="replace")[-4000:]

    def stop(self):
        """Asks it to end; a wrong exit status (a sanitizer's finding) is an error."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise RuntimeError(f"the server did not stop within 60 s:\n{self.log()}") from None
        self.process = None
        if status != 0:
            raise RuntimeError(f"the server ended with {status}:\n{self.log()}")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def call(self, method, path, body=None, auth=BASIC, headers=None, timeout=60):
        """One request on its own connection. A dict or list is sent as JSON."""
        headers = dict(headers or {})
        if auth:
            headers["Authorization"] = auth
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def api(self, method, path, body=None, expect=(200, 201, 202, 204), **more):
        answer = self.call(method, "/api/v1" + path, body, **more)
        assert answer.status in expect, f"{method} {path}: {answer}"
        return answer

    def command_line(self, *arguments):
        """A command of a client, as somebody who has a key."""
        return [self.program, *arguments, "--server", self.url,
                "--access-key-id", KEY, "--secret-access-key", SECRET]

    def set_up(self):
        key = {"access_key_id": KEY, "secret_access_key": SECRET}
        self.api("POST", "/setup_lakefs", {"username": "admin", "key": key}, auth=None)
        return self

    def create_repository(self, name):
        self.api(
            "POST", "/repositories", {"name": name, "storage_namespace": f"local://store/{name}"}
        )
        return name

    def wait_for_import(self, repository, branch, import_id, seconds=300):
        """The status of an import that has ended, one way or the other."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            status = self.api(
                "GET", f"/repositories/{repository}/branches/{branch}/import" f"?id={import_id}"
            ).json
            if status["completed"] or "error" in status:
                return status
            time.sleep(0.05)
        raise AssertionError(f"import {import_id} still runs after {seconds} s")


def program():
    """The program under test: $TARN_PROGRAM, else the release build."""
    default = pathlib.Path(__file__).resolve().parents[2] / "build" / "tarn"
    return pathlib.Path(os.environ.get("TARN_PROGRAM", default))
