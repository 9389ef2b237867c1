"""Nonsense in every field of the contract: no answer of 500 and more, no hang, and what is refused
has changed nothing.

Each request is a good one with one thing wrong. Order and values come from a seed; --full takes
every value and more seeds.
"""
import http.client
import json
import random
import urllib.parse

import pytest

import tarn_server

SECONDS_MAX = 30  # For one answer.
VALUES_PER_FIELD = 5
REPOSITORY = "fuzz"

# Operations of which single-user mode has only a refusal.
NOT_BUILT = {
    "addGroupMembership", "attachPolicyToGroup", "attachPolicyToUser", "createGroup",
    "createPolicy", "createUser", "createUserExternalPrincipal", "deleteCredentials", "deleteGroup",
    "deleteGroupMembership", "deletePolicy", "deleteUserExternalPrincipal",
    "detachPolicyFromGroup", "detachPolicyFromUser", "externalPrincipalLogin",
    "getExternalPrincipal", "getGroup", "getGroupACL", "getPolicy", "listGroupMembers",
    "listGroupPolicies", "listGroups", "listPolicies", "listUserCredentials",
    "listUserExternalPrincipals", "listUserGroups", "listUserPolicies", "setGroupACL", "stsLogin",
    "updatePolicy",
    # Conditions on an entity tag, and copies without bytes.
    "uploadObject", "linkPhysicalAddress", "copyObject"}
# The same of a store without presigned URLs.
NOT_PRESIGNED = {"abortPresignMultipartUpload", "completePresignMultipartUpload",
                 "createPresignMultipartUpload"}

TEXTS = ["", "-1", "0", "99999999999999999999", "-9223372036854775809", "1e309", "1.5", "NaN",
         "0x10", "%00", "%01", "%0a", "%0d%0aX:%20y", "%ff%fe", "%ed%a0%80", "%", "%zz",
         "%25%32%66", "..", "..%2f..%2fetc", "%2f", "null", "true", "TRUE", "[]", "%7b%7d",
         "%f0%9f%a6%86", "+", "%20", "a;b", "main", "main~99999999999", "main%5e-1", "main~-1",
         "@", "$", "~", "%5e", "main@", "main$", "x" * 1025, "x" * 9000, "local://x", "%2a",
         "9999-99-99T99:99:99Z", "0000-01-01T00:00:00Z", "2020-01-01T00:00:00", "-1-1"]
HEADERS = ["", " ", "*", ",", "W/", 'W/"', '"', '"a","b"', "\xff", "%zz", "%ff", "+", "bytes=",
           "bytes=-", "bytes=--1", "bytes=5-1", "bytes=99999999999999999999-",
           "bytes=-99999999999999999999", "bytes=0-0,1-1", "bytes=0-9223372036854775807",
           "x" * 9000]
VALUES = [None, True, 0, -1, 1.5, 1e300, 2 ** 31, 2 ** 32 + 1, 2 ** 63, -2 ** 63, -2 ** 63 - 1,
          10 ** 400, float("nan"), float("inf"), "", " ", "x" * 70_000, "\x00", "\n", "\ud800",
          "\uffff", "..", "/", "local://", "local:///etc/passwd", "s3://b/k", "://", "%zz",
          "main~99999999999", [], {}, [[]], [None], [1, "a", {}], {"a": {"b": []}}, {"": None},
          {"type": "x", "path": 1}, json.loads("[" * 60 + "]" * 60)]
TYPES = ["", "text/plain", "APPLICATION/JSON", "application/json; charset=utf-8",
         "application/json;", "application/json" + ";" * 1000, "multipart/form-data",
         "multipart/form-data; boundary=", "multipart/form-data; boundary=b",
         'multipart/form-data; boundary="', "a/b/c", "/", "nonsense;;", "\xff/\xfe",
         "application/x-www-form-urlencoded", "multipart/mixed; boundary=b"]
BODIES = [b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b"\xef\xbb\xbf{}", b"[" * 50_000,
          b'{"a":' * 50_000, b'{"a": NaN}', b"{}{}", b"{} x", b"\x00", b"--b\r\n", b"--b--\r\n",
          b'--b\r\nContent-Disposition: form-data; name="content"\r\n\r\nx',
          b'--b\r\nContent-Disposition: form-data; name="content\r\n\r\nx\r\n--b--\r\n',
          b"--b\r\n\r\n\r\n--b--\r\n", b"--b\r\n" + b"X: y\r\n" * 5000]

# Good values by name; what is deleted or replaced as a whole does not exist.
GOOD = {"repository": REPOSITORY, "branch": "main", "ref": "main", "leftRef": "main",
        "rightRef": "side", "sourceRef": "side", "destinationBranch": "main", "commitId": "main",
        "tag": "v1", "path": "kept", "dest_path": "copy", "src_path": "kept", "userId": "nobody",
        "accessKeyId": "AKIANOBODY", "groupId": "g", "policyId": "p", "principalId": "p",
        "type": None, "message": "m", "name": "made", "id": "made", "source": "main",
        "task_id": "DRx", "run_id": "r", "hook_run_id": "h", "uploadId": "u", "partNumber": "1",
        "pull_request": "p", "object_id": "o", "meta_range": "m", "range": "r",
        "storage_namespace": "local:///etc", "checksum": "c",
        "physical_address": "local://elsewhere/x", "access_key_id": "AKIANOBODY",
        "secret_access_key": "s", "username": "u", "pattern": "nothing*"}
GOOD_OF = {"deleteRepository": {"repository": "no-such"}, "deleteUser": {"userId": "nobody"},
           "getMetadataObject": {"type": "range"}, "hardResetBranch": {"branch": "side"},
           "createRepository": {"name": "other-fuzz"}, "resetBranch": {"branch": "side"},
           "deleteBranch": {"branch": "side2"}}


class Client:
    """One connection that is made anew when the server has closed it."""

    def __init__(self, tarn):
        self.tarn, self.connection = tarn, None

    def send(self, method, target, headers=(), body=None):
        """The status. A connection that breaks without an answer is an answer of 599."""
        for attempt in range(2):
            fresh = self.connection is None
            if fresh:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.tarn.port,
                                                             timeout=SECONDS_MAX)
            try:
                self.connection.putrequest(method, target, skip_accept_encoding=True)
                self.connection.putheader("Authorization", tarn_server.BASIC)
                for name, value in headers:
                    self.connection.putheader(name, value.encode("latin-1"))
                if body is not None or method in ("POST", "PUT", "PATCH"):
                    self.connection.putheader("Content-Length", str(len(body or b"")))
                self.connection.endheaders()
                try:
                    self.connection.send(body or b"")
                except OSError:
                    pass  # It may refuse before it has read everything.
                answer = self.connection.getresponse()
                text = answer.read()
                return answer.status, text
            except TimeoutError:
                raise AssertionError(f"no answer in {SECONDS_MAX} s: {method} {target}") from None
            except (OSError, http.client.HTTPException):
                self.connection.close()
                self.connection = None
                if fresh or attempt:
                    return 599, b"no answer"
        return 599, b"no answer"


def quoted(text):
    return urllib.parse.quote(text, safe="")


class Contract:
    """The operations, and good values for their parameters by name."""

    def __init__(self, document, good):
        self.document, self.values = document, good

    def resolved(self, value):
        while "$ref" in value:
            target = self.document
            for step in value["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            value = target
        return value

    def operations(self):
        for path, item in self.document["paths"].items():
            for method, row in item.items():
                if method != "parameters":
                    parameters = item.get("parameters", []) + row.get("parameters", [])
                    yield (row["operationId"], method.upper(), path,
                           [self.resolved(p) for p in parameters],
                           row.get("requestBody", {}).get("content", {}))

    def good(self, schema, name, own):
        """A value that fits the schema."""
        schema = self.resolved(schema)
        value = own.get(name, self.values.get(name))
        if value is not None and schema["type"] == "string":
            return value
        if schema.get("enum"):
            return schema["enum"][0]
        if schema["type"] == "object":
            return {key: self.good(schema["properties"][key], key, own)
                    for key in schema.get("required", [])}
        if schema["type"] == "array":
            return [self.good(schema["items"], name, own)] if schema["items"] else []
        return {"string": "x", "integer": 1, "boolean": False}[schema["type"]]

    def fields(self, schema, at=()):
        """Places of all fields below a schema, the optional ones too."""
        schema = self.resolved(schema)
        for name, below in schema.get("properties", {}).items():
            yield (*at, name)
            yield from self.fields(below, (*at, name))
        if schema["type"] == "array" and len(at) < 6:
            yield (*at, 0)
            yield from self.fields(schema["items"], (*at, 0))


def with_value(body, place, value):
    """A copy of the body in which the place holds the value; what is missing above it is made."""
    body = json.loads(json.dumps(body))
    target = body
    for step, following in zip(place, (*place[1:], None)):
        inner = value if following is None else [] if following == 0 else {}
        if isinstance(step, int):
            if not target:
                target.append(inner)
            elif following is None:
                target[0] = value
        elif following is None or not isinstance(target.get(step), (dict, list)):
            target[step] = inner
        if following is not None:
            target = target[step]
    return body


class Walk:
    """The requests of one operation: each with one thing wrong."""

    def __init__(self, contract, row, draw, count):
        self.contract, self.draw, self.count = contract, draw, count
        self.operation, self.method, self.path, self.parameters, self.content = row
        self.own = GOOD_OF.get(self.operation, {})
        self.schema = self.content.get("application/json", {}).get("schema")
        self.body = contract.good(self.schema, "", self.own) if self.schema else None
        if "multipart/form-data" in self.content:
            self.body = b"bytes"

    def some(self, values):
        return values if self.count is None else self.draw.sample(values,
                                                                  min(self.count, len(values)))

    def request(self, path=None, query=None, headers=None, body=None, content_type=None):
        """The good request with some parts replaced."""
        target, good_query, good_headers = self.path, [], []
        for p in self.parameters:
            good = self.contract.values.get(p["name"]) or "1"
            value = str(self.own.get(p["name"], good))
            if p["in"] == "path":
                target = target.replace("{%s}" % p["name"],
                                        (path or {}).get(p["name"], quoted(value)))
            elif p["in"] == "query" and p.get("required"):
                good_query.append((p["name"], quoted(value)))
        replaced = dict(query or [])
        pairs = [(n, v) for n, v in good_query if n not in replaced] + (query or [])
        text = "&".join(f"{n}={v}" for n, v in pairs if v is not None)
        data = self.body if body is None else body
        if data is not None and not isinstance(data, bytes):
            data = json.dumps(data).encode()
        if data is not None:
            kind = "application/json" if content_type is None else content_type
            if kind:
                good_headers.append(("Content-Type", kind))
        return (self.method, "/api/v1" + target + ("?" + text if text else ""),
                good_headers + (headers or []), data)

    def requests(self):
        for p in self.parameters:
            name = p["name"]
            if p["in"] == "path":
                for text in self.some(TEXTS):
                    yield self.request(path={name: text})
            elif p["in"] == "query":
                for text in self.some(TEXTS):
                    yield self.request(query=[(name, text)])
                yield self.request(query=[(name, "1"), (name, "main")])
                yield self.request(query=[(name, None)])
            else:
                for text in self.some(HEADERS):
                    yield self.request(headers=[(name, text)])
                yield self.request(headers=[(name, "a"), (name, "*")])
        if self.schema:
            for place in self.contract.fields(self.schema):
                for value in self.some(VALUES):
                    yield self.request(body=with_value(self.body, place, value))
            for value in self.some(VALUES):
                yield self.request(body=json.dumps(value).encode())
            if isinstance(self.body, dict):
                for name in self.body:
                    yield self.request(body={k: v for k, v in self.body.items() if k != name})
        if self.body is not None:
            for kind in self.some(TYPES):
                for body in self.some(BODIES):
                    yield self.request(body=body, content_type=kind)
        else:
            yield self.request(body=b"{", content_type="application/json")
        yield self.request(query=[("unknown", "1"), ("", ""), ("%zz", "%")])


def snapshot(tarn):
    """Everything that a client can see of the repositories and the user."""
    base = f"/repositories/{REPOSITORY}"
    seen = {}
    for url in ("/repositories?amount=1000", "/user", "/auth/users", f"{base}/metadata",
                f"{base}/branches?amount=1000&show_hidden=true", f"{base}/tags?amount=1000",
                f"{base}/refs/main/objects/ls?amount=1000",
                f"{base}/refs/side/objects/ls?amount=1000",
                f"{base}/pulls?amount=1000", f"{base}/settings/gc_rules",
                f"{base}/settings/branch_protection"):
        answer = tarn.call("GET", "/api/v1" + url)
        assert answer.status in (200, 404), (url, answer)
        seen[url] = answer.body
    return seen


def make_repository(tarn):
    tarn.create_repository(REPOSITORY)
    base = f"/repositories/{REPOSITORY}"
    tarn.api("POST", f"{base}/branches/main/objects?path=kept", "content")
    tarn.api("POST", f"{base}/branches/main/commits", {"message": "first"})
    for name in ("side", "side2"):
        tarn.api("POST", f"{base}/branches", {"name": name, "source": "main"})
    tarn.api("POST", f"{base}/branches/side/objects?path=other", "content")
    tarn.api("POST", f"{base}/branches/side/commits", {"message": "second"})
    tarn.api("POST", f"{base}/tags", {"id": "v1", "ref": "main"})
    return tarn.api("GET", f"{base}/branches/main").json["commit_id"]


@pytest.mark.parametrize("presigned", [False, True])
def test_nonsense(directory, full, presigned):
    extra = "    pre_signed: true\n" if presigned else ""
    with tarn_server.Server(tarn_server.program(), directory / f"fuzz-{presigned}",
                            extra=extra) as tarn:
        tarn.set_up()
        first = make_repository(tarn)
        good, allowed = dict(GOOD), NOT_BUILT
        if presigned:
            upload = tarn.api("POST", f"/repositories/{REPOSITORY}/branches/main/staging/pmpu"
                              "?path=kept&parts=1").json
            good["uploadId"] = upload["upload_id"]
            good["physical_address"] = upload["physical_address"]
        else:
            allowed = NOT_BUILT | NOT_PRESIGNED
        fuzz(tarn, Contract(tarn.call("GET", "/openapi.json", auth=None).json, good), allowed, full)
        read = tarn.api("GET", f"/repositories/{REPOSITORY}/refs/{first}/objects?path=kept")
        assert read.body == b"content"


def fuzz(tarn, contract, allowed, full):
    """`allowed`: operations that may answer 501."""
    rows = list(contract.operations())
    assert len(rows) > 100
    sent, wrong, client = 0, [], Client(tarn)
    for seed in range(5 if full else 1):
        draw = random.Random(seed)
        draw.shuffle(rows)
        for row in rows:
            walk = Walk(contract, row, draw, None if full and seed == 0 else VALUES_PER_FIELD)
            state, changed = snapshot(tarn), False
            for method, target, headers, body in walk.requests():
                status, answer = client.send(method, target, headers, body)
                sent += 1
                place = f"seed {seed}: {row[0]} {method} {target[:200]} {headers} {str(body)[:200]}"
                if status >= 500 and not (status == 501 and row[0] in allowed):
                    wrong.append(f"{status} {answer[:200]} {place}")
                if status == 202 and row[0] == "importStart":
                    tarn.wait_for_import(REPOSITORY, "main", json.loads(answer)["id"])
                changed = changed or status < 300
            if not changed and snapshot(tarn) != state:
                wrong.append(f"all was refused, but the data changed: seed {seed} {row[0]}")
            assert tarn.process.poll() is None, tarn.log()
    assert not wrong, f"{len(wrong)} of {sent}:\n" + "\n".join(wrong[:40])
    assert sent > 3000
