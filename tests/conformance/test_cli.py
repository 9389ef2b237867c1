"""The command line against a real server: the way a user takes, and what goes wrong on it."""
import os
import pty
import re
import signal
import subprocess
import time

import pytest

import tarn_server
import trees

FILES = 3000


def run(*arguments, data=None, status=0, **more):
    """Runs the program; its standard output. A failure must be one line on stderr."""
    command = [str(tarn_server.program()), *(["--data", str(data)] if data else []),
               *map(str, arguments)]
    environment = {**os.environ, "HOME": "/nonexistent", "TZ": "UTC", **more.pop("env", {})}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment,
                          **more)
    assert done.returncode == status, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    if status:
        assert re.fullmatch(r"tarn: .+\n", done.stderr), done.stderr
        return done.stderr
    return done.stdout


class Embedded:
    """A server on the embedded default."""

    def __init__(self, data):
        self.data, self.port, self.process = data, tarn_server.free_port(), None

    def __enter__(self):
        self.process = subprocess.Popen(
            [tarn_server.program(), "run", "--data", self.data, "--listen",
             f"127.0.0.1:{self.port}"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True)
        self.banner = self.process.stderr.readline()
        assert f"http://127.0.0.1:{self.port}/" in self.banner, self.banner
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(60) == 0
        assert "Shutting down" in self.process.stderr.read()

    def run(self, *arguments, **more):
        return run("--server", f"127.0.0.1:{self.port}", *arguments, data=self.data, **more)


@pytest.fixture(scope="module")
def source(directory):
    root = directory / "files"
    return root, trees.make_tree(root, FILES)


@pytest.fixture(scope="module")
def embedded(directory):
    with Embedded(directory / "data") as server:
        server.run("setup", "--user-name", "admin")
        yield server


def test_from_nothing_to_a_listing_and_back(directory, source):
    root, names = source
    data = directory / "first"
    made = run("setup", "--user-name", "me", data=data)
    assert re.fullmatch(r"credentials:\n  access_key_id: AKIAJ\w{14}Q\n"
                        r"  secret_access_key: \S{40}\n", made)
    assert (data / "credentials.yaml").stat().st_mode & 0o777 == 0o600
    assert (data / "secrets.yaml").stat().st_mode & 0o777 == 0o600
    assert run("setup", "--user-name", "me", data=data, status=1) == \
        "tarn: Setup is already complete.\n"
    with Embedded(data) as server:
        created = server.run("repo", "create", "lakefs://lake", "local://lake")
        assert "Repository 'lake' created:\nstorage namespace: local://lake\n" in created
        done = server.run("import", root, "lakefs://lake/main/in/", "-m", "first", "--meta", "a=b")
        assert f'Import of {FILES} object(s) into "main" completed.\n' in done
        assert "Message: first\n" in done
    with Embedded(data) as server:  # A second start finds everything.
        assert server.run("repo", "list").split("\t")[0] == "lake"
        log = server.run("log", "lakefs://lake/main")
        assert "\n\tfirst\n" in log and "a                  = b" in log
        assert "\n\tRepository created\n" in log
        assert len(re.findall("^ID: ", log, re.M)) == 2
        folders = server.run("fs", "ls", "lakefs://lake/main/in/").splitlines()
        assert all(line.startswith("common_prefix") for line in folders)
        assert {line.split()[-1] for line in folders} == {n.split("/")[0] + "/" for n in names}
        everything = server.run("fs", "ls", "-r", "lakefs://lake/main/in/").splitlines()
        assert len(everything) == FILES and everything[0].startswith("object ")
        path = "lakefs://lake/main/in/" + names[7]
        assert server.run("fs", "cat", path) == (root / names[7]).read_text()
        assert "Content-Type: application/octet-stream\n" in server.run("fs", "stat", path)
        assert "lakeFS version: 1.84.0+tarn." in server.run("version")
        assert server.run("repo", "delete", "lakefs://lake", "-y").endswith("deleted\n")
        assert server.run("repo", "list") == "\n"


def test_upload(embedded, tmp_path):
    embedded.run("repo", "create", "lakefs://uploads", "local://uploads")
    file = tmp_path / "file"
    file.write_bytes(os.urandom(300_000))
    stats = embedded.run("fs", "upload", "lakefs://uploads/main/a b/%25", "-s", file,
                         "--content-type", "text/csv")
    assert "Path: a b/%\n" in stats and "Content-Type: text/csv\n" in stats
    assert "Size: 300000 bytes\nHuman Size: 300.0 kB\n" in stats
    piped = embedded.run("fs", "upload", "lakefs://uploads/main/piped", "-s", "-", input="hello")
    assert "Size: 5 bytes\n" in piped
    assert embedded.run("fs", "cat", "lakefs://uploads/main/piped") == "hello"
    assert "cannot read /no/such/file" in embedded.run(
        "fs", "upload", "lakefs://uploads/main/x", "-s", "/no/such/file", status=1)


def test_sample_data(embedded):
    made = embedded.run("repo", "create", "lakefs://samples", "local://samples", "--sample-data")
    assert made.endswith("\nsample data included\n")
    listed = embedded.run("fs", "ls", "lakefs://samples/main/").splitlines()
    assert [line.split()[-1] for line in listed] == [
        "README.md", "_lakefs_actions/", "data/", "images/", "lakes.parquet", "scripts/"]


def test_wrong_usage_is_2(embedded):
    for arguments in ([], ["nonsense"], ["repo"], ["fs", "ls"], ["run", "--unknown"],
                      ["log", "a", "b"], ["repo", "list", "--amount", "many"]):
        embedded.run(*arguments, status=2)
    assert "tarn run" in run("--help")
    assert "--recursive" in run("fs", "ls", "--help")


def test_refusals_say_what_to_do(embedded, directory):
    message = embedded.run("log", "lakefs://nothing/main", status=1)
    assert message == "tarn: repository not found (404 Not Found)\n"
    assert "malformed lakefs URI" in embedded.run("log", "nothing/main", status=1)
    assert "No such file or directory" in embedded.run(
        "import", "/no/such/dir", "lakefs://nothing/main/", status=1)
    assert "check the access key" in embedded.run(
        "repo", "list", "--access-key-id", "AKIA", "--secret-access-key", "x", status=1)
    assert "cannot reach" in run("--server", "127.0.0.1:1", "repo", "list", data=embedded.data,
                                 status=1)
    assert "no credentials" in run("repo", "list", data=directory / "nowhere", status=1)


def test_two_servers(embedded, directory):
    message = run("run", "--listen", f"127.0.0.1:{embedded.port}", data=directory / "second",
                  status=1)
    assert "in use" in message and "--listen" in message
    message = run("run", "--listen", f"127.0.0.1:{tarn_server.free_port()}", data=embedded.data,
                  status=1)
    assert f"in use by process {embedded.process.pid}" in message


@pytest.mark.parametrize("text, message", [
    ("database: {type: cosmosdb}\n", "database.type cosmosdb is not available yet"),
    ("database: {type: postgres, postgres: {connection_string: 'host=127.0.0.1 port=9'}}\n",
     "Connection refused"),
    ("databse: {type: local}\n", "has invalid keys: databse.type"),
    ("listen_address: nonsense\n", "is not host:port"),
    ("logging: {level: chatty}\n", 'there is no level "chatty"'),
    ("logging: {output: /dev/null/log}\n", "logging.output"),
    ("tls: {enabled: true, cert_file: /no/cert, key_file: /no/key}\n", "/no/cert"),
])
def test_configurations_that_cannot_be(directory, text, message):
    base = {"database": f"database: {{type: local, local: {{path: {directory}/bad/kv}}}}\n",
            "blockstore": f"blockstore: {{type: local, local: {{path: {directory}/bad/o}}}}\n",
            "auth": "auth: {encrypt: {secret_key: s}}\n"}
    base.pop(text.split(":")[0], None)
    file = directory / "bad.yaml"
    file.write_text("".join(base.values()) + text)
    orders = [["--config", file, "run"], ["run", "--config", file]]
    # A database that does not answer is waited for.
    for order in orders[:1] if "postgres" in text else orders:
        assert message in run(*order, status=1)


def test_a_foreign_database_is_refused_and_left_alone(directory):
    badger = directory / "badger"
    badger.mkdir()
    (badger / "MANIFEST").write_bytes(b"Bdgr\0\0\0\x08")
    (badger / "000001.sst").write_bytes(b"x")
    before = {p.name: p.stat().st_mtime_ns for p in badger.iterdir()}
    file = directory / "badger.yaml"
    file.write_text(f"database: {{type: local, local: {{path: {badger}}}}}\n"
                    "auth: {encrypt: {secret_key: s}}\nblockstore: {type: mem}\n")
    assert str(badger) in run("run", "--config", file, status=1)
    assert {p.name: p.stat().st_mtime_ns for p in badger.iterdir()} == before


def test_log_level_follows_the_file(directory):
    server = tarn_server.Server(tarn_server.program(), directory / "levels")
    server.config.write_text(server.config.read_text() + "logging: {level: ERROR}\n")
    with server:
        server.config.write_text(server.config.read_text().replace("ERROR", "INFO"))
        server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 20
        while "configuration reloaded" not in server.log() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert "configuration reloaded; level INFO" in server.log()


def start_import(embedded, root, repository):
    """An import whose progress goes to a terminal; (process, terminal)."""
    terminal, slave = pty.openpty()
    process = subprocess.Popen(
        [tarn_server.program(), "--data", embedded.data, "--server", f"127.0.0.1:{embedded.port}",
         "import", root, f"lakefs://{repository}/main/"],
        stdout=subprocess.PIPE, stderr=slave, text=True)
    os.close(slave)
    return process, terminal


def read_terminal(terminal):
    text = b""
    try:
        while piece := os.read(terminal, 65536):
            text += piece
    except OSError:  # How Linux says that the other side has closed.
        pass
    os.close(terminal)
    return text.decode()


def test_progress_on_a_terminal(embedded, source):
    embedded.run("repo", "create", "lakefs://progress", "local://progress")
    process, terminal = start_import(embedded, source[0], "progress")
    shown = read_terminal(terminal)
    assert process.wait() == 0
    assert re.search(r"imported 3,000 objects, [\d,]+ per second, [\d.]+ s", shown), shown
    assert "\r\033[K" in shown


def test_ctrl_c_cancels_an_import(embedded, directory):
    root = directory / "many"
    trees.make_tree(root, 30_000)
    embedded.run("repo", "create", "lakefs://cancel", "local://cancel")
    before = embedded.run("log", "lakefs://cancel/main")
    process, terminal = start_import(embedded, root, "cancel")
    os.read(terminal, 1)  # The first line of progress: it runs.
    process.send_signal(signal.SIGINT)
    shown = read_terminal(terminal)
    status = process.wait(60)
    log = embedded.run("log", "lakefs://cancel/main")
    if "conflict found" in shown:  # It ended between the signal and the request.
        assert status == 1 and log != before
    elif status == 1:
        assert "Canceling import" in shown and "Import Canceled" in shown
        assert log == before
    else:  # It was faster than the signal.
        assert status == 0 and "completed" in process.stdout.read() and log != before
