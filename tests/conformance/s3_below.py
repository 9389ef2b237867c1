"""The S3 server below Tarn, for tests that look past Tarn or stand between them."""
import concurrent.futures
import http.client
import os
import urllib.parse
import uuid

import pytest

import s3_client
import s3_signer
import tarn_server

SETTINGS = """  s3:
    endpoint: {url}
    force_path_style: true
    discover_bucket_region: false
    credentials: {{access_key_id: {key}, secret_access_key: {secret}}}
"""
CONNECTIONS = 6


class Below:
    """A bucket; everything of this run lies below `root`."""

    def __init__(self, url, key, secret, bucket):
        self.url, self.key, self.secret, self.bucket = url, key, secret, bucket
        self.host = urllib.parse.urlsplit(url).netloc
        self.root = f"tests/{uuid.uuid4()}"

    def uri(self, path):
        return f"s3://{self.bucket}/{self.root}/{path}"

    def server(self, directory, url=None):
        """A server of Tarn on it, or on what stands between at `url`."""
        return tarn_server.Server(
            tarn_server.program(), directory, blockstore="s3",
            extra=SETTINGS.format(url=url or self.url, key=self.key, secret=self.secret))

    def create_repository(self, server, name):
        server.api("POST", "/repositories", {"name": name, "storage_namespace": self.uri(name)})
        return name

    def put_all(self, keys, content):
        """Stores content(key) under each key, on several connections."""
        keys = list(keys)
        parts = [keys[start::CONNECTIONS] for start in range(CONNECTIONS)]
        with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
            for done in [pool.submit(self._put_some, part, content) for part in parts]:
                done.result()

    def _put_some(self, keys, content):
        signer = s3_signer.Signer(self.key, self.secret, self.host)
        connection = http.client.HTTPConnection(self.host, timeout=60)
        for key in keys:
            target = f"/{self.bucket}/{self.root}/{s3_client.quote(key)}"
            headers = signer.headers("PUT", target, s3_signer.UNSIGNED)
            connection.request("PUT", target, content(key), headers)
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()
        connection.close()


def named():
    """The one that TARN_S3_* name."""
    if not os.environ.get("TARN_S3_URL"):
        pytest.skip("TARN_S3_URL names no S3 server")
    return Below(*(os.environ[f"TARN_S3_{name}"] for name in ("URL", "KEY", "SECRET", "BUCKET")))
