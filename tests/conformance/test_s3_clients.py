"""Round trips with S3 clients as they are by default: one test for each check of the shared
clients.py (boto3, AWS CLI, rclone, s3cmd, pyarrow; duckdb's S3 needs a download of its own)."""
import pytest

import s3_checks
import tarn_server

CHECKS = ["boto3_small_object", "boto3_multipart_20mb", "boto3_listing", "boto3_delete_many",
          "boto3_copy_and_delete", "boto3_multipart_copy", "boto3_errors", "boto3_presigned",
          "boto3_signature_v2", "boto3_read_from_commit", "aws_cli_sync", "rclone_sync",
          "s3cmd_put_get", "pyarrow_parquet"]


@pytest.fixture(scope="module")
def outcome(shared, directory):
    with tarn_server.Server(tarn_server.program(), directory / "server") as server:
        return s3_checks.Outcome(shared, server)


@pytest.mark.parametrize("name", CHECKS)
def test_client(name, outcome):
    outcome.check(name)
