"""Servers whose metadata lies in PostgreSQL, on the one that TARN_PG_URL names: recorded
installations of the reference opened in place, several servers on one database, a pooler, databases
that go away. The recorded conversations run on it too, with TARN_TEST_DATABASE=postgres
(tests/run.sh)."""
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import threading

import pytest

import postgres_below
import store_proxy
import tarn_server
import test_takeover


@pytest.fixture(scope="module")
def below():
    return postgres_below.named()


def server_on(below, directory, name, port=None, **more):
    return tarn_server.Server(tarn_server.program(), directory / name,
                              database=below.settings(name, port), **more)


def upload(server, path, repository="repo"):
    return server.call("POST", f"/api/v1/repositories/{repository}/branches/main/objects?path="
                       + path, path.encode(), timeout=120)


def paths(server, ref="main", repository="repo"):
    listed = server.api("GET", f"/repositories/{repository}/refs/{ref}/objects/ls?amount=1000")
    return [entry["path"] for entry in listed.json["results"]]


def commit(server, message, repository="repo"):
    return server.call("POST", f"/api/v1/repositories/{repository}/branches/main/commits",
                       {"message": message, "allow_empty": True}, timeout=120)


def is_explained(answer):
    return answer.status in (429, 500, 503) and "database" in answer.message


def opened_in_place(shared, directory, below, name, *options):
    """The root and port of a recorded installation on its own table."""
    root, port = pathlib.Path(directory) / name, tarn_server.free_port()
    database = below.database(name)
    below.sql(f'DROP DATABASE "{database}"')  # The tool makes it.
    done = test_takeover.takeover(
        shared, "restore", shared / "fixtures" / name, "--dir", root, "--server-port", str(port),
        "--pg-port", str(below.port), "--database", database, *options)
    assert done.returncode == 0, done.stderr
    return root, port


def test_takeover_in_place(shared, directory, below):
    root, port = opened_in_place(shared, directory, below, "takeover-a")
    with test_takeover.serving(root, port) as url:
        test_takeover.check(shared, "takeover-a", url)


def test_takeover_in_place_on_s3(shared, directory, below):
    if not os.environ.get("TARN_S3_URL"):
        pytest.skip("TARN_S3_URL names no S3 server")
    root, port = opened_in_place(shared, directory, below, "takeover-b", "--s3-upload", "--s3-url",
                                 os.environ["TARN_S3_URL"])
    with test_takeover.serving(root, port) as url:
        test_takeover.check(shared, "takeover-b", url)


def test_takeover_in_place_on_azure(shared, directory, below, monkeypatch):
    if not os.environ.get("TARN_AZURE_URL", "").startswith("https:"):
        pytest.skip("TARN_AZURE_URL names no Azure server with TLS")
    trusted = os.environ["TARN_AZURE_CA"]
    monkeypatch.setenv("SSL_CERT_FILE", trusted)
    root, port = opened_in_place(shared, directory, below, "takeover-e", "--azure-url",
                                 os.environ["TARN_AZURE_URL"])
    with test_takeover.serving(root, port, SSL_CERT_FILE=trusted) as url:
        test_takeover.check(shared, "takeover-e", url)


def test_several_servers(directory, below):
    """What one acknowledged the others know; nothing that several do at once is lost."""
    shared_objects = f'  local: {{path: "{directory}/objects"}}\n'
    servers = [tarn_server.Server(tarn_server.program(), directory / f"several-{number}",
                                  database=below.settings("several")) for number in range(3)]
    for server in servers:
        text = server.config.read_text().replace(f'"{server.directory}/objects"',
                                                 f'"{directory}/objects"')
        assert shared_objects.split('"')[1] in text
        server.config.write_text(text)
    with contextlib.ExitStack() as running:
        for server in servers:
            running.enter_context(server)
        servers[0].set_up()
        servers[0].create_repository("repo")
        answers = []

        def work(number):
            server = servers[number % len(servers)]
            for step in range(8):
                answers.append(upload(server, f"w{number}/{step}"))
                answers.append(commit(server, f"w{number} {step}"))

        workers = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert {answer.status for answer in answers} == {201}
        commit(servers[1], "the last")
        for server in servers:
            assert len(paths(server)) == 48
            log = server.api("GET", "/repositories/repo/refs/main/commits?amount=1000").json
            assert len(log["results"]) == 50  # With the first and the last.


def test_through_a_pooler(directory, below):
    url = os.environ.get("TARN_PGBOUNCER_URL")
    if not url:
        pytest.skip("TARN_PGBOUNCER_URL names no pooler")
    port = postgres_below.Server(url).port
    with server_on(below, directory, "pooled", port) as server:
        server.set_up()
        server.create_repository("repo")
        for number in range(5):
            assert upload(server, f"file-{number}").status == 201
        assert commit(server, "all").status == 201
        assert len(paths(server)) == 5
        deleted = server.api("POST", "/repositories/repo/branches/main/objects/delete",
                             {"paths": [f"file-{number}" for number in range(4)]})
        assert deleted.json["errors"] == [] and paths(server) == ["file-4"]


def test_the_pool_is_told_of(directory, below):
    def told(server):
        page = server.call("GET", "/metrics", auth=None).body.decode()
        return {name: float(value) for name, value in re.findall(r"(?m)^(pgxpool_\w+) (.+)$", page)}

    settings = below.settings("metrics")
    with server_on(below, directory, "metrics") as server:
        assert not told(server)
    server.config.write_text(server.config.read_text().replace(
        settings, settings.replace("postgres: {", "postgres: {metrics: true, ")))
    with server:
        server.set_up()
        before = told(server)
        server.create_repository("repo")
        after = told(server)
    assert after["pgxpool_max_conns"] == 25 and after["pgxpool_acquired_conns"] == 0, after
    assert 1 <= after["pgxpool_idle_conns"] == after["pgxpool_total_conns"] <= 25, after
    assert after["pgxpool_acquire_count"] > before["pgxpool_acquire_count"] > 0, (before, after)
    assert after["pgxpool_empty_acquire"] >= 1 and after["pgxpool_canceled_acquire_count"] == 0


def test_a_database_that_is_away(directory, below):
    with store_proxy.Proxy(below.url) as proxy:
        port = int(proxy.url.rsplit(":", 1)[1])
        with server_on(below, directory, "away", port) as server:
            server.set_up()
            server.create_repository("repo")
            assert upload(server, "before").status == 201
            proxy.is_down = True
            # Long enough that it is told, and other requests wait for it to come back.
            refused = upload(server, "during")
            assert is_explained(refused), refused
            assert server.call("GET", "/_health", auth=None).status == 200
            answers = []
            waiting = threading.Thread(target=lambda: answers.append(upload(server, "waits")))
            waiting.start()
            waiting.join(1)
            proxy.is_down = False
            waiting.join()
            assert answers[0].status == 201, answers
            assert upload(server, "after").status == 201
            assert set(paths(server)) - {"during"} == {"before", "waits", "after"}


@pytest.fixture(scope="module")
def own(shared, directory, below):
    """A PostgreSQL that may be stopped: itself, its directory and a function that restarts it."""
    place = directory / "postgres"
    with postgres_below.own(shared, place) as (server, restart):
        yield server, place, restart


def test_a_database_that_is_restarted(directory, own):
    """Nobody hears of it: what was asked meanwhile is carried out, once."""
    postgres, _, restart = own
    with server_on(postgres, directory, "restarted") as server:
        server.set_up()
        server.create_repository("repo")
        answers, stop = [], threading.Event()

        def work(number):
            step = 0
            while not stop.is_set():
                answers.append((f"w{number}/{step}", upload(server, f"w{number}/{step}")))
                answers.append((None, commit(server, f"w{number} {step}")))
                step += 1

        workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for worker in workers:
            worker.start()
        for _ in range(2):
            restart()
            stop.wait(0.5)
        stop.set()
        for worker in workers:
            worker.join()
        assert [answer for _, answer in answers if answer.status != 201] == []
        uploaded = {path for path, _ in answers if path}
        assert len(uploaded) >= len(workers) and set(paths(server)) == uploaded
        log = server.api("GET", "/repositories/repo/refs/main/commits?amount=1000").json
        assert len(log["results"]) == len(answers) - len(uploaded) + 1


CHECKS = ["connect", "version", "writable", "table", "columns", "rights", "durability"]


def doctor(directory, settings):
    config = directory / "doctor.yaml"
    config.write_text(f"database: {settings}\n"
                      "auth: {encrypt: {secret_key: a secret of the tests}}\n"
                      f'blockstore: {{type: local, local: {{path: "{directory}/doctor"}}}}\n')
    done = subprocess.run(
        [tarn_server.program(), "doctor", "--config", config, "--namespace", "local://doctor"],
        capture_output=True, text=True)
    rows = [line.split(None, 1) for line in done.stdout.splitlines()
            if line.startswith(("  ok", "  FAIL"))]
    return done.returncode, {name.split(":")[0]: what for what, name in rows}, \
        done.stdout + done.stderr


def test_doctor(directory, below):
    status, checks, output = doctor(directory, below.settings("doctor"))
    assert status == 1 and checks["table"] == "FAIL" and "the first start makes it" in output
    with server_on(below, directory, "doctor"):
        pass
    status, checks, output = doctor(directory, below.settings("doctor"))
    assert status == 0 and {name: checks[name] for name in CHECKS} == dict.fromkeys(CHECKS, "ok"), \
        output
    away = "{type: postgres, postgres: {connection_string: 'postgres://u:hunter2@127.0.0.1:9/x'}}"
    status, checks, output = doctor(directory, away)
    assert status == 1 and checks["connect"] == "FAIL" and "hunter2" not in output, output


def test_tls(directory, own):
    postgres, place, restart = own
    data, trusted = place / "data", directory / "trusted.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=db", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                    data / "server.key", "-out", data / "server.crt"], check=True,
                   capture_output=True)
    shutil.copy(data / "server.crt", trusted)
    for name in ("server.key", "server.crt"):
        (data / name).chmod(0o600)
        shutil.chown(data / name, data.owner())
    postgres.sql("ALTER SYSTEM SET ssl = on")
    restart()
    url = postgres.url_of("postgres") + "?sslmode="
    for mode, works in ((f"verify-full&sslrootcert={trusted}", True), ("require", True),
                        (f"verify-full&sslrootcert={directory}/other.pem", False)):
        settings = f'{{type: postgres, postgres: {{connection_string: "{url}{mode}"}}}}'
        _, checks, output = doctor(directory, settings)
        assert (checks["connect"] == "ok") == works, output
        assert works or "certificate" in output


def test_no_password_is_told(directory, below):
    """Neither on the terminal, nor in the log, whatever is wrong with the rest."""
    for url in ("postgres://u:hunter2@127.0.0.1:9/x?connect_timeout=1", "hunter2",
                "postgres://u:hunter2@127.0.0.1:port/x"):
        server = tarn_server.Server(
            tarn_server.program(), directory / "secretive",
            database=f'{{type: postgres, postgres: {{connection_string: "{url}"}}}}',
            environment={"TARN_LOGGING_LEVEL": "TRACE"})
        with pytest.raises(RuntimeError) as ended:
            server.start()
        assert "hunter2" not in server.log_file.read_text() and "database" in str(ended.value)
