"""tarn migrate and tarn superuser, on the store of a server that is stopped."""
import base64
import json
import subprocess

import pytest

import tarn_server


@pytest.fixture
def server(directory, request):
    return tarn_server.Server(tarn_server.program(), directory / request.node.name)


def tool(server, *arguments, expect=0):
    done = subprocess.run([server.program, "--config", server.config, *arguments],
                          capture_output=True, text=True, env=server.environment)
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout if expect == 0 else done.stderr


def load(server, *records):
    dump = server.directory / "records.json"
    dump.write_text(json.dumps({"version": "1.0", "timestamp": "2026-01-01T00:00:00Z",
                                "entries": list(records)}))
    tool(server, "kv", "load", "--input", str(dump))


def repository_records(server, name):
    dump = json.loads(tool(server, "kv", "dump", "--everything"))
    return [entry for entry in dump["entries"]
            if entry["partition"] == "graveler" and entry["key"] == f"repos/{name}"]


def at_version(text):
    return {"partition": "kv-internal-metadata", "key": "kv/schema/version", "value": text}


def test_versions(server):
    assert "No version information - KV not initialized." in tool(
        server, "migrate", "version", expect=1)
    assert "Failed to get KV version: not found" in tool(server, "migrate", "up", expect=1)
    tool(server, "setup", "--user-name", "admin")
    assert tool(server, "migrate", "version") == "Database schema version: 4\n"
    assert tool(server, "migrate", "up") == "No migrations to apply.\n"
    assert tool(server, "migrate", "goto", "--version", "4", "--force") == (
        "No migrations to apply.\n")
    assert "--force" in tool(server, "migrate", "goto", "--version", "4", expect=1)
    assert "no way to version 2" in tool(
        server, "migrate", "goto", "--version", "2", "--force", expect=1)

    load(server, at_version("Mw=="))
    assert "Schema version: 3. ACL migration required." in tool(
        server, "migrate", "version", expect=1)
    with pytest.raises(RuntimeError, match="Please run 'lakefs migrate up'"):
        server.start()
    assert tool(server, "migrate", "up") == "Migration completed successfully.\n"
    with server:
        pass

    load(server, at_version("NQ=="))
    assert "Schema version: 5. incompatible schema version. Latest: 4" in tool(
        server, "migrate", "version", expect=1)
    assert "incompatible" in tool(server, "migrate", "up", expect=1)
    with pytest.raises(RuntimeError, match="incompatible schema version"):
        server.start()


def test_superuser(server):
    made = tool(server, "superuser", "--user-name", "root",
                "--access-key-id", tarn_server.KEY, "--secret-access-key", tarn_server.SECRET)
    assert made == (f"credentials:\n  access_key_id: {tarn_server.KEY}\n"
                    f"  secret_access_key: {tarn_server.SECRET}\n")
    assert "Failed to setup admin user: already exists" in tool(
        server, "superuser", "--user-name", "root", expect=1)
    with server:
        assert server.api("GET", "/user").json["user"]["id"] == "root"


def test_encoded_namespaces(server):
    assert "storage-ns-encoded: " in tool(server, "migrate", "task", "list")
    assert "no task nonsense" in tool(server, "migrate", "task", "run", "nonsense", expect=1)
    with server:
        server.set_up()
        for name, namespace in (("one", "my lake"), ("two", "100%25"), ("three", "plain")):
            server.api("POST", "/repositories", {
                "name": name, "storage_namespace": f"local://store/{namespace}"})
        server.api("POST", "/repositories/one/branches/main/objects?path=a", "x", headers={
            "Content-Type": "application/octet-stream"})
    # As early versions of the reference wrote it.
    [record] = repository_records(server, "one")
    value = base64.b64decode(record["value"])
    old, new = b"local://store/my lake", b"local://store/my%20lake"
    assert value.count(bytes([len(old)]) + old) == 1
    value = value.replace(bytes([len(old)]) + old, bytes([len(new)]) + new)
    load(server, {**record, "value": base64.b64encode(value).decode()})

    told = tool(server, "migrate", "task", "run", "storage-ns-encoded", "--dry-run")
    assert "one: local://store/my%20lake -> local://store/my lake\n" in told
    assert "two: local://store/100%25 -> local://store/100% (left" in told
    assert "three" not in told and told.endswith("Nothing was changed.\n")
    [left] = repository_records(server, "one")
    assert base64.b64decode(left["value"]) == value

    assert tool(server, "migrate", "task", "run", "storage-ns-encoded").endswith(
        "Migration completed successfully.\n")
    with server:
        assert server.api("GET", "/repositories/one").json["storage_namespace"] == (
            "local://store/my lake")
        assert server.api("GET", "/repositories/two").json["storage_namespace"] == (
            "local://store/100%25")
        assert server.api("GET", "/repositories/one/refs/main/objects?path=a").body == b"x"
