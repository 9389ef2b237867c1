"""Round trips with S3 clients as they are by default: one test for each check of the shared
clients.py (boto3, AWS CLI, rclone, s3cmd, pyarrow; duckdb's S3 needs a download of its own)."""
import os
import pathlib
import re
import subprocess
import sys

import pytest

import tarn_server

CHECKS = ["boto3_small_object", "boto3_multipart_20mb", "boto3_listing", "boto3_delete_many",
          "boto3_copy_and_delete", "boto3_multipart_copy", "boto3_errors", "boto3_presigned",
          "boto3_signature_v2", "boto3_read_from_commit", "aws_cli_sync", "rclone_sync",
          "s3cmd_put_get", "pyarrow_parquet"]


@pytest.fixture(scope="module")
def outcome(shared, directory):
    """(outcome, its text) of every check, of one run of all: some build on others."""
    beside_python = pathlib.Path(sys.executable).parent
    with tarn_server.Server(tarn_server.program(), directory / "server") as server:
        done = subprocess.run(
            [sys.executable, shared / "conformance" / "s3" / "clients.py", "--url", server.url],
            env={**os.environ, "PATH": f"{beside_python}:{os.environ['PATH']}"},
            capture_output=True, text=True, errors="replace")
    rows = re.findall(r"^(ok|FAIL|skip) +(\w+)(.*)$", done.stdout, re.MULTILINE)
    return {name: (result, text) for result, name, text in rows}, done.stdout + done.stderr


@pytest.mark.parametrize("name", CHECKS)
def test_client(name, outcome):
    results, output = outcome
    assert name in results, f"it did not run:\n{output[-3000:]}"
    result, text = results[name]
    if result == "skip" and os.environ.get("TARN_SHARED") != "required":
        pytest.skip(text)
    assert result == "ok", text
