"""What a request asks for beside its operation: honoured, without consequence, or refused, and then
nothing has changed. The lists here are those of the API reference of S3, not the server's own."""
import concurrent.futures
import urllib.parse

import pytest

import s3_client

OTHER_MD5 = "DWygnHbKGPbKPFfbZEzRwA=="
CUSTOMER_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
# Every request header of the API reference, and others that change meaning, with a usual value.
HEADERS = {
    "content-range": "bytes 0-1/2",
    "if-match": '"0123456789abcdef0123456789abcdef"',
    "if-none-match": '"0123456789abcdef0123456789abcdef"',
    "if-modified-since": "Wed, 01 Jan 2070 00:00:00 GMT",
    "if-unmodified-since": "Sat, 01 Jan 2000 00:00:00 GMT",
    "x-amz-acl": "public-read",
    "x-amz-bucket-object-lock-enabled": "true",
    "x-amz-bucket-object-lock-token": "t",
    "x-amz-bypass-governance-retention": "true",
    "x-amz-client-token": "t",
    "x-amz-confirm-remove-self-bucket-access": "true",
    "x-amz-copy-source": "/rules/main/source",
    "x-amz-copy-source-if-match": '"0123456789abcdef0123456789abcdef"',
    "x-amz-copy-source-if-modified-since": "Wed, 01 Jan 2070 00:00:00 GMT",
    "x-amz-copy-source-if-none-match": "*",
    "x-amz-copy-source-if-unmodified-since": "Sat, 01 Jan 2000 00:00:00 GMT",
    "x-amz-copy-source-range": "bytes=9-1",
    "x-amz-copy-source-server-side-encryption-customer-algorithm": "AES256",
    "x-amz-copy-source-server-side-encryption-customer-key": CUSTOMER_KEY,
    "x-amz-copy-source-server-side-encryption-customer-key-md5": "hRasmdxgYDKV3nvbahU1MA==",
    "x-amz-create-session-mode": "ReadOnly",
    "x-amz-expected-bucket-owner": "111122223333",
    "x-amz-fwd-status": "200",
    "x-amz-grant-full-control": 'id="1"',
    "x-amz-grant-read": 'uri="http://acs.amazonaws.com/groups/global/AllUsers"',
    "x-amz-grant-read-acp": 'id="1"',
    "x-amz-grant-write": 'id="1"',
    "x-amz-grant-write-acp": 'id="1"',
    "x-amz-if-match-initiated-time": "Sat, 01 Jan 2000 00:00:00 GMT",
    "x-amz-if-match-last-modified-time": "Sat, 01 Jan 2000 00:00:00 GMT",
    "x-amz-if-match-size": "77",
    "x-amz-max-parts": "1",
    "x-amz-mfa": "serial 123456",
    "x-amz-mp-object-size": "77",
    "x-amz-object-attributes": "ETag",
    "x-amz-object-lock-legal-hold": "ON",
    "x-amz-object-lock-mode": "COMPLIANCE",
    "x-amz-object-lock-retain-until-date": "2070-01-01T00:00:00Z",
    "x-amz-object-ownership": "ObjectWriter",
    "x-amz-part-number-marker": "1",
    "x-amz-rename-source": "/rules/main/source",
    "x-amz-rename-source-if-match": '"0"',
    "x-amz-server-side-encryption": "AES256",
    "x-amz-server-side-encryption-aws-kms-key-id": "k",
    "x-amz-server-side-encryption-bucket-key-enabled": "true",
    "x-amz-server-side-encryption-context": "e30=",
    "x-amz-server-side-encryption-customer-algorithm": "AES256",
    "x-amz-server-side-encryption-customer-key": CUSTOMER_KEY,
    "x-amz-server-side-encryption-customer-key-md5": "hRasmdxgYDKV3nvbahU1MA==",
    "x-amz-skip-destination-validation": "true",
    "x-amz-source-expected-bucket-owner": "111122223333",
    "x-amz-storage-class": "GLACIER",
    "x-amz-tagging": "a=b",
    "x-amz-transition-default-minimum-object-size": "all_storage_classes_128K",
    "x-amz-website-redirect-location": "/x",
    "x-amz-write-offset-bytes": "7",
    "x-amz-checksum-sha512": "AAAA",
    "x-amz-tagging-directive": "NONSENSE",
    "x-amz-something-of-tomorrow": "1",
}
PARAMETERS = [
    "accelerate", "acl", "analytics", "attributes", "cors", "delete", "encryption", "events",
    "intelligent-tiering", "inventory", "legal-hold", "lifecycle", "location", "logging",
    "metadataConfiguration", "metadataTable", "metrics", "notification", "object-lock",
    "ownershipControls", "partNumber=2", "policy", "policyStatus", "publicAccessBlock",
    "renameObject", "replication", "requestPayment", "restore", "retention", "select", "session",
    "tagging", "torrent", "uploadId=nope", "uploads", "versionId=other", "versionId=",
    "versioning", "versions", "website"]
# Without consequence, wherever they stand.
HARMLESS_HEADERS = {
    "x-amz-acl": "private", "x-amz-request-payer": "requester", "x-amz-storage-class": "STANDARD",
    "x-amz-security-token": "t", "x-amz-checksum-mode": "ENABLED", "x-amz-user-agent": "me",
    "x-amz-sdk-checksum-algorithm": "CRC32", "x-amz-te": "append-md5", "x-amz-api-version": "2006",
    "x-amz-optional-object-attributes": "RestoreStatus", "amz-sdk-request": "attempt=1",
    "x-amzn-trace-id": "t", "if-range": '"x"', "x-amz-checksum-algorithm": "CRC32"}
CONDITIONS = {"if-match", "if-none-match", "if-modified-since", "if-unmodified-since"}
COPY = {name for name in HEADERS if name.startswith("x-amz-copy-source") and "server" not in name}
COPIED = COPY - {"x-amz-copy-source-range"}
SOURCE = {"x-amz-copy-source": "/rules/main/source"}
DELETE = b"<Delete><Object><Key>main/key</Key></Object></Delete>"
# (method, target, body, headers) and what of the lists it honours, or what names another operation.
OPERATIONS = {
    "ListBuckets": ("GET", "/", b"", {}, set(), set()),
    "ListObjects": ("GET", "/rules?list-type=2&prefix=main/", b"", {}, set(),
                    {"location", "uploads", "versioning"}),
    "GetBucketLocation": ("GET", "/rules?location", b"", {}, set(), {"location"}),
    "ListMultipartUploads": ("GET", "/rules?uploads", b"", {}, set(), {"uploads"}),
    "HeadBucket": ("HEAD", "/rules", b"", {}, set(), set()),
    "DeleteObjects": ("POST", "/rules?delete", DELETE, {}, set(), {"delete"}),
    "GetObject": ("GET", "/rules/main/key", b"", {}, CONDITIONS,
                  {"tagging", "versioning", "uploadId=nope"}),
    "HeadObject": ("HEAD", "/rules/main/key", b"", {}, CONDITIONS, set()),
    "PutObject": ("PUT", "/rules/main/key", b"new", {}, COPIED & {"x-amz-copy-source"}, set()),
    "CopyObject": ("PUT", "/rules/main/key", b"", SOURCE, {"x-amz-copy-source"}, set()),
    "CreateMultipartUpload": ("POST", "/rules/main/key?uploads", b"", {}, set(), {"uploads"}),
    "UploadPart": ("PUT", "/rules/main/key?partNumber=1&uploadId={upload}", b"new", {},
                   {"x-amz-copy-source"}, {"partNumber=2", "uploadId=nope"}),
    "UploadPartCopy": ("PUT", "/rules/main/key?partNumber=1&uploadId={upload}", b"", SOURCE,
                       {"x-amz-copy-source"}, {"partNumber=2", "uploadId=nope"}),
    "ListParts": ("GET", "/rules/main/key?uploadId={upload}", b"", {}, set(), {"uploadId=nope"}),
    "CompleteMultipartUpload": (
        "POST", "/rules/main/key?uploadId={upload}",
        b"<C><Part><PartNumber>1</PartNumber><ETag>{tag}</ETag></Part></C>", {}, set(),
        {"uploadId=nope"}),
    "AbortMultipartUpload": ("DELETE", "/rules/main/key?uploadId={upload}", b"", {}, set(),
                             {"uploadId=nope"}),
    "DeleteObject": ("DELETE", "/rules/main/key", b"", {}, set(), {"uploadId=nope"}),
}


@pytest.fixture(scope="module")
def s3(tarn):
    for name in ("rules", "other"):
        tarn.api("POST", "/repositories", {"name": name, "storage_namespace": f"local://{name}"})
    return s3_client.S3(tarn)


@pytest.fixture
def place(s3):
    """A key with content, and an upload with one part."""
    s3.ok("PUT", "/rules/main/source", b"0123456789")
    s3.ok("PUT", "/rules/main/key", b"old")
    upload = s3.start_upload("rules/main/key")
    tag = s3.ok("PUT", f"/rules/main/key?partNumber=1&uploadId={upload}", b"part").headers["ETag"]
    yield upload, tag
    s3("DELETE", f"/rules/main/key?uploadId={upload}")


def state(s3, upload):
    parts = s3("GET", f"/rules/main/key?uploadId={upload}")
    listed = s3.ok("GET", "/rules?uploads").texts("Upload/UploadId")
    return (s3.keys("rules", "main/"), parts.texts("Part/ETag"), sorted(listed))


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_operation(s3, place, name):
    method, target, body, own, honoured, honoured_parameters = OPERATIONS[name]
    upload, tag = place
    target = target.replace("{upload}", upload)
    body = body.replace(b"{tag}", tag.encode())
    before = state(s3, upload)
    for header, value in HEADERS.items():
        if header in honoured:
            continue
        answer = s3(method, target, body, {**own, header: value})
        assert answer.status in (400, 403, 412, 501), (header, answer)
        assert state(s3, upload) == before, header
    for parameter in PARAMETERS:
        if parameter in honoured_parameters or parameter.partition("=")[0] in target:
            continue
        answer = s3(method, target + ("&" if "?" in target else "?") + parameter, body, own)
        assert answer.status in (400, 404, 416, 501), (parameter, answer)
        assert state(s3, upload) == before, parameter
    # The same in the query, where presigned URLs have them.
    for header in ("x-amz-acl", "x-amz-tagging", "x-amz-server-side-encryption"):
        more = f"{header}={urllib.parse.quote(HEADERS[header])}"
        for wanted in (target + ("&" if "?" in target else "?") + more,):
            link = s3.signer.presigned(method, wanted)
            assert s3.send(method, link, {}, body).status in (400, 501) or own, header
    assert state(s3, upload) == before
    answer = s3(method, target, body, {**HARMLESS_HEADERS, **own})
    assert answer.status in (200, 204), answer


def test_conditional_deletes(s3, place):
    tag = s3.ok("HEAD", "/rules/main/key").headers["ETag"]
    modified = s3.ok("HEAD", "/rules/main/key").headers["Last-Modified"]
    for extra in ({"If-Match": '"0"'}, {"x-amz-if-match-size": "4"},
                  {"If-Match": tag, "x-amz-if-match-size": "4"},
                  {"x-amz-if-match-last-modified-time": "Sat, 01 Jan 2000 00:00:00 GMT"}):
        assert s3("DELETE", "/rules/main/key", extra=extra).status == 412, extra
    for extra in ({"x-amz-if-match-size": "many"}, {"x-amz-if-match-last-modified-time": "2000"},
                  {"x-amz-if-match-size": ""}):
        assert s3("DELETE", "/rules/main/key", extra=extra).status == 400, extra
    assert s3.ok("GET", "/rules/main/key").body == b"old"
    all_three = {"If-Match": tag, "x-amz-if-match-size": "3",
                 "x-amz-if-match-last-modified-time": modified}
    s3.ok("DELETE", "/rules/main/key", extra=all_three)
    for extra in (all_three, {"If-Match": "*"}):
        assert s3("DELETE", "/rules/main/key", extra=extra).status == 412
    assert s3("DELETE", "/rules/nowhere/key", extra={"If-Match": "*"}).status == 412
    s3.ok("DELETE", "/rules/main/key")


def test_conditional_deletes_of_many(s3, place):
    s3.ok("PUT", "/rules/main/k2", b"two")
    tag = s3.ok("HEAD", "/rules/main/key").headers["ETag"].strip('"')

    def delete(*objects):
        body = "".join(f"<Object>{o}</Object>" for o in objects)
        return s3.ok("POST", "/rules?delete", f"<Delete>{body}</Delete>".encode())
    answer = delete("<Key>main/key</Key><ETag>0</ETag>", "<Key>main/key</Key><Size>9</Size>",
                    "<Key>main/key</Key><VersionId>v1</VersionId>",
                    "<Key>main/key</Key><VersionId></VersionId>",
                    "<Key>main/key</Key><LastModifiedTime>Sat, 01 Jan 2000 00:00:00 GMT"
                    "</LastModifiedTime>", "<Key>main/k2</Key>")
    assert answer.texts("Deleted/Key") == ["main/k2"]
    assert answer.texts("Error/Code") == ["PreconditionFailed"] * 2 + [
        "NoSuchVersion", "InvalidRequest", "PreconditionFailed"]
    assert s3.ok("GET", "/rules/main/key").body == b"old"
    answer = delete(f"<Key>main/key</Key><ETag>{tag}</ETag><Size>3</Size>"
                    "<VersionId>null</VersionId>")
    assert answer.texts("Deleted/Key") == ["main/key"]
    assert s3("HEAD", "/rules/main/key").status == 404


@pytest.mark.parametrize("rival", ["write", "commit"])
def test_conditional_deletes_have_rivals(tarn, s3, rival):
    """A newer object is never deleted on the condition of the older one, and what was deleted stays
    so when a commit comes between."""
    for number in range(30):
        s3.ok("PUT", "/rules/main/rival", f"old {number}".encode())
        tag = s3.ok("HEAD", "/rules/main/rival").headers["ETag"]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            if rival == "write":
                other = pool.submit(s3.ok, "PUT", "/rules/main/rival", b"new")
            else:
                other = pool.submit(tarn.api, "POST", "/repositories/rules/branches/main/commits",
                                    {"message": str(number), "allow_empty": True})
            deleted = s3("DELETE", "/rules/main/rival", extra={"If-Match": tag})
            other.result()
        left = s3("GET", "/rules/main/rival")
        if rival == "write":
            assert deleted.status in (204, 412) and left.body == b"new"
        else:
            assert (deleted.status, left.status) == (204, 404)


def test_versions(s3, place):
    for method in ("GET", "HEAD", "DELETE"):
        assert s3(method, "/rules/main/key?versionId=other").status == 404
        assert s3(method, "/rules/main/key?versionId=").status == 400
    assert s3.ok("GET", "/rules/main/key?versionId=null").body == b"old"
    for source, status in (("other", 404), ("", 400), ("null", 200)):
        extra = {"x-amz-copy-source": f"/rules/main/source?versionId={source}"}
        part = f"/rules/main/key?partNumber=2&uploadId={place[0]}"
        for target in ("/rules/main/copied", part):
            assert s3("PUT", target, extra=extra).status == status, (source, target)
    s3.ok("DELETE", "/rules/main/key?versionId=null")
    assert s3("HEAD", "/rules/main/key").status == 404


def test_conditional_copies(s3, place):
    head = s3.ok("HEAD", "/rules/main/source").headers
    past, future = "Sat, 01 Jan 2000 00:00:00 GMT", "Wed, 01 Jan 2070 00:00:00 GMT"
    is_same, is_other = head["ETag"], '"00000000000000000000000000000000"'
    cases = [({"if-match": is_same}, 200), ({"if-match": is_other}, 412),
             ({"if-none-match": is_same}, 412), ({"if-none-match": is_other}, 200),
             ({"if-none-match": f"{is_other}, {is_same}"}, 412),
             ({"if-unmodified-since": past}, 412), ({"if-unmodified-since": future}, 200),
             ({"if-modified-since": past}, 200), ({"if-modified-since": future}, 412),
             ({"if-match": is_same, "if-unmodified-since": past}, 200),
             ({"if-none-match": is_same, "if-modified-since": past}, 412),
             ({"if-modified-since": "yesterday"}, 400), ({"if-unmodified-since": "0"}, 400)]
    part = f"/rules/main/key?partNumber=2&uploadId={place[0]}"
    for conditions, status in cases:
        extra = {f"x-amz-copy-source-{name}": value for name, value in conditions.items()}
        for target in ("/rules/main/key", part):
            s3.ok("PUT", "/rules/main/key", b"old")
            answer = s3("PUT", target, extra={**SOURCE, **extra})
            assert answer.status == status, (conditions, target, answer)
            copied = status == 200 and target != part
            assert s3.ok("GET", "/rules/main/key").body == (b"0123456789" if copied else b"old")


def test_copies_to_a_key_that_must_not_exist(s3, place):
    extra = {**SOURCE, "If-None-Match": "*"}
    assert s3("PUT", "/rules/main/key", extra=extra).status == 412
    assert s3("PUT", "/rules/main/key", extra={**SOURCE, "If-Match": "*"}).status == 501
    assert s3.ok("GET", "/rules/main/key").body == b"old"
    s3("DELETE", "/rules/main/fresh")
    s3.ok("PUT", "/rules/main/fresh", extra=extra)
    assert s3.ok("GET", "/rules/main/fresh").body == b"0123456789"


@pytest.mark.parametrize("value,size", [
    ("bytes=0-9", 10), ("bytes=3-3", 1), ("bytes=5-", 5), ("bytes=-2", 2), ("bytes=0-10", None),
    ("bytes=10-11", None), ("bytes=10-", None), ("bytes=-11", None), ("bytes=9-1", None),
    ("bytes=", None), ("", None), ("0-9", None), ("items=0-1", None), ("bytes=0-1,3-4", None),
    ("bytes=a-b", None), ("bytes=0-99999999999999999999", None)])
def test_ranges_of_copies(s3, place, value, size):
    answer = s3("PUT", f"/rules/main/key?partNumber=3&uploadId={place[0]}",
                extra={**SOURCE, "x-amz-copy-source-range": value})
    assert answer.status == (200 if size else 400), answer
    parts = s3.ok("GET", f"/rules/main/key?uploadId={place[0]}")
    assert parts.texts("Part/Size") == ["4"] + ([str(size)] if size else [])


def test_parts_of_reads(s3, place):
    for method in ("GET", "HEAD"):
        s3.ok(method, "/rules/main/key?partNumber=1")
        assert s3(method, "/rules/main/key?partNumber=2").status == 416
        for number in ("0", "-1", "10001", "x", ""):
            assert s3(method, f"/rules/main/key?partNumber={number}").status == 400, number


def test_sizes_of_objects_made_of_parts(s3, place):
    upload, tag = place
    target = f"/rules/main/key?uploadId={upload}"
    body = f"<C><Part><PartNumber>1</PartNumber><ETag>{tag}</ETag></Part></C>".encode()
    for size in ("3", "5", "", "four", "-4"):
        answer = s3("POST", target, body, {"x-amz-mp-object-size": size})
        assert (answer.status, answer.code) == (400, "InvalidRequest"), size
    assert s3.ok("GET", "/rules/main/key").body == b"old"
    s3.ok("POST", target, body, {"x-amz-mp-object-size": "4"})
    assert s3.ok("GET", "/rules/main/key").body == b"part"


def test_checksums_of_documents(s3, place):
    answer = s3("POST", "/rules?delete", DELETE, {"Content-MD5": OTHER_MD5})
    assert answer.code == "BadDigest"
    assert s3.ok("GET", "/rules/main/key").body == b"old"
