"""Signatures of S3 requests (AWS Signature Version 4): headers, presigned URLs, aws-chunked bodies.

Standard library only: the benchmarks use it too. Targets are path and query as they are sent."""
import base64
import datetime
import hashlib
import hmac
import urllib.parse
import zlib

UNSIGNED = "UNSIGNED-PAYLOAD"
STREAMING = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()


def quote(text, safe=""):
    return urllib.parse.quote(text, safe="-_.~" + safe, errors="surrogateescape")


def _as_sent(value):
    """The text whose UTF-8 are the bytes that a header has on its way."""
    return value.encode("latin-1").decode("utf-8", "surrogateescape")


class Signer:
    """Signs requests to `host` (HOST:PORT) with one key."""

    def __init__(self, key, secret, host, region="us-east-1"):
        self.key, self.secret, self.host, self.region = key, secret, host, region

    @staticmethod
    def _time(now):
        """A time; `now` may also be seconds, or nothing."""
        if now is None or isinstance(now, datetime.datetime):
            return now or datetime.datetime.now(datetime.timezone.utc)
        return datetime.datetime.fromtimestamp(now, datetime.timezone.utc)

    def _keys(self, now):
        now = self._time(now)
        date = now.strftime("%Y%m%dT%H%M%SZ")
        scope = f"{date[:8]}/{self.region}/s3/aws4_request"
        key = ("AWS4" + self.secret).encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return date, scope, key

    @staticmethod
    def _signature(method, target, headers, payload, date, scope, key):
        path, _, query = target.partition("?")
        pairs = urllib.parse.parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        canonical = "\n".join([
            method, quote(urllib.parse.unquote(path, errors="surrogateescape"), "/"),
            "&".join(f"{k}={v}" for k, v in sorted((quote(k), quote(v)) for k, v in pairs)),
            *[f"{name}:{' '.join(_as_sent(headers[name]).split())}" for name in sorted(headers)],
            "",
            ";".join(sorted(headers)), payload])
        digest = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{digest}"
        return hmac.digest(key, text.encode(), "sha256").hex()

    def headers(self, method, target, payload=UNSIGNED, extra=None, now=None):
        """All headers of a request but Content-Length; those of `extra` are signed too."""
        date, scope, key = self._keys(now)
        headers = {name.lower(): value for name, value in (extra or {}).items()}
        headers.update({"host": self.host, "x-amz-date": date, "x-amz-content-sha256": payload})
        signature = self._signature(method, target, headers, payload, date, scope, key)
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.key}/{scope}, "
            f"SignedHeaders={';'.join(sorted(set(headers) - {'authorization'}))}, "
            f"Signature={signature}")
        return headers

    def presigned(self, method, target, expires=3600, now=None):
        """The target with the parameters of a presigned URL; only the host is signed beside it."""
        date, scope, key = self._keys(now)
        values = {"X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": f"{self.key}/{scope}",
                  "X-Amz-Date": date, "X-Amz-Expires": str(expires), "X-Amz-SignedHeaders": "host"}
        target += "&" if "?" in target else "?"
        target += "&".join(f"{name}={quote(value)}" for name, value in values.items())
        signature = self._signature(method, target, {"host": self.host}, UNSIGNED, date, scope, key)
        return f"{target}&X-Amz-Signature={signature}"

    def presigned_v2(self, method, target, expires=3600, now=None):
        """The same in version 2, for targets without sub-resources."""
        end = int(self._time(now).timestamp()) + expires
        text = f"{method}\n\n\n{end}\n{target.partition('?')[0]}"
        signature = base64.b64encode(hmac.digest(self.secret.encode(), text.encode(), "sha1"))
        target += "&" if "?" in target else "?"
        return (f"{target}AWSAccessKeyId={self.key}&Signature={quote(signature.decode())}"
                f"&Expires={end}")

    def streamed(self, method, target, data, chunk_bytes=65536, extra=None, now=None):
        """Headers and body of an aws-chunked upload whose chunks are signed."""
        now = now or datetime.datetime.now(datetime.timezone.utc)
        headers = self.headers(method, target, STREAMING, {
            "content-encoding": "aws-chunked", "x-amz-decoded-content-length": str(len(data)),
            **(extra or {})}, now)
        date, scope, key = self._keys(now)
        previous, body = headers["authorization"][-64:], bytearray()
        for start in [*range(0, len(data), chunk_bytes), len(data)]:
            chunk = memoryview(data)[start:start + chunk_bytes]
            text = (f"AWS4-HMAC-SHA256-PAYLOAD\n{date}\n{scope}\n{previous}\n{EMPTY_SHA256}\n"
                    f"{hashlib.sha256(chunk).hexdigest()}")
            previous = hmac.digest(key, text.encode(), "sha256").hex()
            body += f"{len(chunk):x};chunk-signature={previous}\r\n".encode()
            body += chunk
            body += b"\r\n"
        return headers, bytes(body)

    def with_trailer(self, method, target, data, chunk_bytes=65536, extra=None):
        """Headers and body of an upload as today's SDKs send it: unsigned, CRC-32 at the end."""
        headers = self.headers(method, target, UNSIGNED_TRAILER, {
            "content-encoding": "aws-chunked", "x-amz-decoded-content-length": str(len(data)),
            "x-amz-trailer": "x-amz-checksum-crc32", **(extra or {})})
        body = bytearray()
        for start in range(0, len(data), chunk_bytes):
            chunk = data[start:start + chunk_bytes]
            body += f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n"
        digest = base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()
        return headers, bytes(body + f"0\r\nx-amz-checksum-crc32:{digest}\r\n\r\n".encode())
