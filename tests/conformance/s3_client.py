"""A plain S3 client for tests: signs, sends, and shows what comes back. Nothing is retried."""
import contextlib
import http.client
import pathlib
import re
import urllib.parse
import xml.etree.ElementTree

import s3_signer
import tarn_server


def quote(path):
    return urllib.parse.quote(path, safe="/-_.~")


class Answer(tarn_server.Answer):
    @property
    def tree(self):
        """The document without namespaces."""
        return xml.etree.ElementTree.fromstring(
            re.sub(rb' xmlns="[^"]*"', b"", self.body))

    @property
    def code(self):
        return self.tree.findtext("Code") if self.body else ""

    def texts(self, path):
        return [element.text or "" for element in self.tree.iterfind(path)]


class S3:
    """Requests to one server, each on a connection of its own, or all on one: `kept`, for one
    thread."""

    def __init__(self, server, kept=False):
        self.port = server.port
        self.signer = s3_signer.Signer(tarn_server.KEY, tarn_server.SECRET,
                                       f"127.0.0.1:{server.port}")
        self.kept = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120) \
            if kept else None

    def send(self, method, target, headers, body=b""):
        """Sends what is signed already."""
        connection = self.kept or http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            if connection.sock is None:
                connection.connect()
            try:
                connection.request(method, target, body, headers)
            except (BrokenPipeError, ConnectionResetError):
                pass  # It may answer before it has read everything.
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            if connection is not self.kept:
                connection.close()

    def __call__(self, method, target, body=b"", extra=None, payload=s3_signer.UNSIGNED):
        return self.send(method, target, self.signer.headers(method, target, payload, extra), body)

    def ok(self, method, target, body=b"", extra=None, expect=(200, 204, 206)):
        answer = self(method, target, body, extra)
        assert answer.status in expect, f"{method} {target}: {answer}"
        return answer

    def put_streamed(self, target, data):
        """As minio's clients do over plain HTTP: with a signature of each chunk."""
        answer = self.send("PUT", target, *self.signer.streamed("PUT", target, data))
        assert answer.status == 200, f"PUT {target}: {answer}"
        return answer

    def keys(self, repository, prefix, delimiter=""):
        """(key, ETag) of all pages; with a delimiter, common prefixes too, with an empty ETag."""
        token, found = "", []
        while True:
            query = {"list-type": "2", "prefix": prefix, "delimiter": delimiter}
            if token:
                query["continuation-token"] = token
            page = self.ok("GET", f"/{repository}?" + urllib.parse.urlencode(query))
            found += [(e.findtext("Key"), e.findtext("ETag")) for e in page.tree.iter("Contents")]
            found += [(text, "") for text in page.texts("CommonPrefixes/Prefix")]
            if page.tree.findtext("IsTruncated") != "true":
                return sorted(found)
            token = page.tree.findtext("NextContinuationToken")

    def delete_objects(self, repository, keys):
        for start in range(0, len(keys), 1000):
            body = "".join(f"<Object><Key>{key}</Key></Object>" for key in keys[start:start + 1000])
            answer = self.ok("POST", f"/{repository}?delete", f"<Delete>{body}</Delete>".encode())
            assert not answer.texts("Error"), answer

    def start_upload(self, place):
        return self.ok("POST", f"/{place}?uploads").tree.findtext("UploadId")

    def complete(self, place, upload, tags, expect=(200,)):
        body = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>"
                       for number, tag in tags)
        return self.ok("POST", f"/{place}?uploadId={upload}",
                       f"<CompleteMultipartUpload>{body}</CompleteMultipartUpload>".encode(),
                       expect=expect)


def store_files(server):
    """All files of the server's object store, also those that should be gone by now."""
    root = pathlib.Path(server.directory) / "objects"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def nameless_files(server):
    """How many files of its store the server holds open that have no name: uploads on their way."""
    root, found = str(server.directory / "objects"), 0
    for link in pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir():
        with contextlib.suppress(OSError):  # Closed meanwhile.
            target = str(link.readlink())
            found += target.startswith(root) and target.endswith(" (deleted)")
    return found


def memory_mb(server):
    """The most memory that the server has held so far."""
    for line in pathlib.Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    raise AssertionError("no VmHWM")
