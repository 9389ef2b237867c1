"""`tarn doctor` on the S3 server of TARN_S3_*, which has a key that may read one bucket only
(../shared/fixtures/stores), and on none."""
import os
import subprocess

import pytest

import s3_below
import tarn_server

CONFIG = """
database: {{type: mem}}
auth: {{encrypt: {{secret_key: a secret of the tests}}}}
blockstore:
  type: s3
  signing: {{secret_key: another secret of the tests}}
{settings}
"""
CHECKS = ["namespace", "list", "put", "get", "stat", "multipart", "copy", "presigned URL", "clock",
          "delete"]


@pytest.fixture(scope="module")
def below():
    return s3_below.named()


def doctor(directory, below, namespace, **changes):
    """Its exit status, the outcome of each check, and all that it said."""
    config = directory / "doctor.yaml"
    access = {"url": below.url, "key": below.key, "secret": below.secret, **changes}
    config.write_text(CONFIG.format(settings=s3_below.SETTINGS.format(**access)))
    done = subprocess.run([tarn_server.program(), "doctor", "--config", config, "--namespace",
                           namespace], capture_output=True, text=True)
    rows = [line.split(None, 1) for line in done.stdout.splitlines()
            if line.startswith(("  ok", "  FAIL"))]
    return done.returncode, {name.split(":")[0]: what for what, name in rows}, done.stdout


def test_all_is_well(directory, below):
    status, checks, output = doctor(directory, below, below.uri("doctor"))
    assert (status, checks) == (0, dict.fromkeys(CHECKS, "ok")), output


def test_what_is_missing(directory, below):
    if "TARN_S3_SEEDED" not in os.environ:
        pytest.skip("TARN_S3_SEEDED is not set: the store lacks its buckets")
    limited = {"key": "limitedkey", "secret": "limitedsecret"}
    status, checks, output = doctor(directory, below, "s3://readable/doctor", **limited)
    assert status == 1 and checks == {
        "namespace": "ok", "list": "ok", "put": "FAIL", "delete": "FAIL"}, output
    assert "needs s3:PutObject" in output and "needs s3:DeleteObject" in output
    status, checks, output = doctor(directory, below, below.uri("doctor"), **limited)
    assert status == 1 and checks["list"] == "FAIL", output
    assert "AccessDenied" in output and "needs s3:ListBucket" in output


def test_wrong_keys_and_places(directory, below):
    _, checks, output = doctor(directory, below, below.uri("doctor"), secret="wrong")
    assert checks["list"] == "FAIL" and "check the credentials" in output
    _, checks, output = doctor(directory, below, below.uri("doctor"), url="http://127.0.0.1:9")
    assert checks["list"] == "FAIL" and "check blockstore.s3.endpoint" in output
    _, checks, output = doctor(directory, below, "gs://bucket/doctor")
    assert checks == {"namespace": "FAIL"} and "^s3://" in output
    status, _, output = doctor(directory, below, "s3://no-such-bucket-anywhere/doctor")
    assert status == 1 and "NoSuchBucket" in output, output
