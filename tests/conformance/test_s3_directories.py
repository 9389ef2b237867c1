"""The root of a branch as a directory, as clients see it who think in directories."""
import pathlib

import pyarrow
import pyarrow.dataset
import pyarrow.fs
import pyarrow.parquet
import pytest

import s3_client
import tarn_server

EMPTY_TAG = '"d41d8cd98f00b204e9800998ecf8427e"'
ROOT = "/rooted/main/"


@pytest.fixture(scope="module")
def s3(tarn):
    tarn.create_repository("rooted")
    tarn.api("POST", "/repositories/rooted/branches", {"name": "locked", "source": "main"})
    tarn.api("PUT", "/repositories/rooted/settings/branch_protection", [{"pattern": "locked"}])
    tarn.api("POST", "/repositories",
             {"name": "frozen", "storage_namespace": "local://store/frozen", "read_only": True})
    return s3_client.S3(tarn)


@pytest.fixture
def arrow(tarn, s3):
    return pyarrow.fs.S3FileSystem(
        access_key=tarn_server.KEY, secret_key=tarn_server.SECRET, scheme="http",
        endpoint_override=f"127.0.0.1:{tarn.port}", region="us-east-1",
        allow_bucket_creation=False)


def nothing_is_there(tarn, s3):
    changes = tarn.api("GET", "/repositories/rooted/branches/main/diff").json["results"]
    return not changes and not s3.keys("rooted", "main/")


def test_the_root_is_an_empty_directory(tarn, s3):
    for headers in ({}, {"Content-Type": "application/x-directory"}):
        put = s3.ok("PUT", ROOT, b"", headers)
        assert (put.headers["ETag"], put.body) == (EMPTY_TAG, b"")
    for method in ("GET", "HEAD"):
        for ref in ("main", "main@", "main~0"):
            read = s3.ok(method, f"/rooted/{ref}/")
            assert (read.headers["ETag"], read.headers["Content-Length"]) == (EMPTY_TAG, "0")
            assert read.headers["Content-Type"] == "application/x-directory"
        assert s3(method, "/rooted/main").status == 404
        assert s3(method, "/rooted/nowhere/").status == 404
    assert s3.ok("DELETE", ROOT).status == 204
    s3.ok("HEAD", ROOT)
    assert nothing_is_there(tarn, s3)
    s3.ok("PUT", ROOT + "dir/", b"")
    assert s3.keys("rooted", "main/") == [("main/dir/", EMPTY_TAG)], "deeper ones are kept"
    s3.ok("DELETE", ROOT + "dir/")


def test_what_would_be_lost_at_the_root_is_refused(tarn, s3):
    source = {"x-amz-copy-source": "/rooted/main/dir/"}
    cases = [("PUT", ROOT, b"bytes", {}, 400, "InvalidRequest"),
             ("PUT", ROOT, b"", source, 400, "InvalidRequest"),
             ("PUT", ROOT + "?partNumber=1&uploadId=x", b"", {}, 400, "InvalidRequest"),
             ("PUT", "/rooted/nowhere/", b"", {}, 404, "NoSuchBucket"),
             ("PUT", "/rooted/locked/", b"", {}, 403, "ErrWriteToProtectedBranch"),
             ("PUT", "/frozen/main/", b"", {}, 403, "ErrReadOnlyRepository"),
             ("DELETE", "/frozen/main/", b"", {}, 403, "ErrReadOnlyRepository"),
             ("GET", "/rooted/nowhere/", b"", {}, 404, "NoSuchKey")]
    for method, target, body, headers, status, code in cases:
        answer = s3(method, target, body, headers)
        assert (answer.status, answer.code) == (status, code), (method, target)
    streamed = s3.send("PUT", ROOT, *s3.signer.streamed("PUT", ROOT, b"bytes"))
    assert (streamed.status, streamed.code) == (400, "InvalidRequest")
    s3.put_streamed(ROOT, b"")
    assert nothing_is_there(tarn, s3)


def test_directories_of_pyarrow(tarn, s3, arrow):
    for directory in ("rooted/main", "rooted/main/a/b"):
        arrow.create_dir(directory, recursive=True)
    for directory in ("rooted/main", "rooted/main/a", "rooted/main/a/b"):
        assert arrow.get_file_info(directory).type == pyarrow.fs.FileType.Directory
    table = pyarrow.table({"k": ["x", "y", "x"], "v": [1, 2, 3]})
    for place in ("rooted/main", "rooted/main/sets/one"):
        pyarrow.parquet.write_to_dataset(table, place, partition_cols=["k"], filesystem=arrow)
        read = pyarrow.dataset.dataset(place, filesystem=arrow, partitioning="hive",
                                       exclude_invalid_files=True).to_table()
        assert read.num_rows >= 3
    with arrow.open_output_stream("rooted/main/a/b/file", metadata={"k": "v"}) as file:
        file.write(b"content")
    arrow.move("rooted/main/a/b/file", "rooted/main/file")
    arrow.delete_dir_contents("rooted/main/a")
    arrow.delete_dir("rooted/main/sets")
    arrow.delete_dir("rooted/main/a")
    names = {pathlib.PurePath(info.path).name for info in arrow.get_file_info(
        pyarrow.fs.FileSelector("rooted/main"))}
    assert names == {"file", "k=x", "k=y"}
    assert not [key for key, _ in s3.keys("rooted", "main/") if key == "main/"]
