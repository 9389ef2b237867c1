"""Clients of a Tarn whose objects lie in S3, named by TARN_S3_*: imports by the legacy Python
client as its documentation shows, S3 clients as in test_s3_clients.py, and with --full the Java
SDK and Hadoop's S3A."""
import functools
import pathlib
import subprocess
import time

import lakefs_client
import pytest
from lakefs_client import models
from lakefs_client.apis import ImportApi

import java_program
import s3_below
import s3_checks
import tarn_server

OBJECTS, OBJECTS_FULL = 5_000, 250_000
PER_FOLDER = 500
CANCEL_SECONDS = 1
CHECKS = ["boto3_small_object", "boto3_multipart_20mb", "boto3_listing", "boto3_delete_many",
          "boto3_copy_and_delete", "boto3_multipart_copy", "boto3_presigned", "rclone_sync",
          "pyarrow_parquet"]


@pytest.fixture(scope="module")
def below():
    return s3_below.named()


@pytest.fixture(scope="module")
def server(directory, below):
    with below.server(directory / "server") as running:
        yield running.set_up()


@pytest.fixture(scope="module")
def keys(below, full):
    """Of objects below production/collections/."""
    count = OBJECTS_FULL if full else OBJECTS
    names = [f"production/collections/year={number // 50_000:02}/part-{number // PER_FOLDER:05}/"
             f"object {number:07}.parquet" for number in range(count)]
    below.put_all(names, str.encode)
    return names


@pytest.fixture
def imports(server):
    return ImportApi(lakefs_client.ApiClient(lakefs_client.Configuration(
        host=server.url + "/api/v1", username=tarn_server.KEY, password=tarn_server.SECRET)))


def creation(below, message):
    return models.ImportCreation(
        paths=[models.ImportLocation(type="common_prefix", destination="collections/",
                                     path=below.uri("production/collections/"))],
        commit=models.CommitCreation(message=message, metadata={"source": "production"},
                                     date=1_700_000_000, allow_empty=False, force=False),
        force=False)


def test_import_of_a_bucket(server, below, keys, imports):
    below.create_repository(server, "import")
    begun = time.monotonic()
    import_id = imports.import_start("import", "main", creation(below, "Collections")).id
    seen, status = [], imports.import_status("import", "main", import_id)
    while not status.completed:
        assert "error" not in status, status
        seen.append(status.ingested_objects)
        time.sleep(0.1)
        status = imports.import_status("import", "main", import_id)
    print(f"{len(keys)} objects in {time.monotonic() - begun:.1f} s")
    assert status.ingested_objects == len(keys) and seen == sorted(seen)
    assert status.commit.message == "Collections"
    assert status.commit.metadata["source"] == "production"
    listed, after = [], ""
    while after is not None:
        page = server.api("GET", "/repositories/import/refs/main/objects/ls?amount=1000&after="
                          + after)
        listed += page.json["results"]
        more = page.json["pagination"]
        after = more["next_offset"].replace(" ", "%20") if more["has_more"] else None
    skipped = len("production/")
    assert [entry["path"] for entry in listed] == sorted(key[skipped:] for key in keys)
    last = listed[-1]
    assert last["physical_address"] == below.uri("production/" + last["path"])
    body = server.api("GET", "/repositories/import/refs/main/objects?path="
                      + last["path"].replace(" ", "%20")).body
    assert body.decode() == "production/" + last["path"]


def test_cancel(server, below, keys, imports):
    below.create_repository(server, "cancel")
    head = server.api("GET", "/repositories/cancel/branches/main").json["commit_id"]
    import_id = imports.import_start("cancel", "main", creation(below, "none")).id
    begun = time.monotonic()
    imports.import_cancel("cancel", "main", import_id)
    assert time.monotonic() - begun < CANCEL_SECONDS
    status = imports.import_status("cancel", "main", import_id)
    assert not status.completed and status.error.message == "import error: Canceled"
    time.sleep(1)
    assert server.api("GET", "/repositories/cancel/branches/main").json["commit_id"] == head


@pytest.fixture(scope="module")
def outcomes(shared, server, below):
    """Of one program at a time, each once."""
    return functools.cache(lambda program: s3_checks.Outcome(
        shared, server, "--storage-prefix", below.uri(f"{program}/"), "--objects", "300",
        "--only", f"{program}_*"))


@pytest.mark.parametrize("name", CHECKS)
def test_s3_client(name, outcomes):
    outcomes(name.split("_")[0]).check(name)


def java(directory, program, *arguments):
    """The lines that a tour printed."""
    source = pathlib.Path(__file__).resolve().parent / program
    classes = java_program.build(source, directory)
    done = subprocess.run(["java", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", classes,
                           source.stem, *arguments], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout.splitlines()


def test_java_sdk(full, server, below, directory):
    if not full:
        pytest.skip("with --full")
    names = [f"java/part-{number // 100}/{number:04}" for number in range(1100)]
    below.put_all(names, str.encode)
    steps = java(directory / "sdk", "java/Tour.java", f"{server.url}/api/v1", tarn_server.KEY,
                 tarn_server.SECRET, below.uri("java/"), str(len(names)), below.uri(""))
    assert len(steps) == 8, steps


def test_s3a(full, server, below, directory):
    if not full:
        pytest.skip("with --full")
    below.create_repository(server, "hadoop")
    steps = java(directory / "s3a", "hadoop/S3aTour.java", server.url, tarn_server.KEY,
                 tarn_server.SECRET, "hadoop", "100")
    assert steps == ["commit", "rename", "read", "multipart", "delete"]
