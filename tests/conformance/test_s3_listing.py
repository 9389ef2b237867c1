"""Pages of listings through the S3 gateway: whatever the keys, nothing is lost and every walk
ends."""
import random
import urllib.parse

import pytest

import s3_client

PAGES_MAX = 200


@pytest.fixture(scope="module")
def s3(tarn):
    tarn.create_repository("paged")
    tarn.api("POST", "/repositories/paged/branches", {"name": "main-2", "source": "main"})
    return s3_client.S3(tarn)


def query(**values):
    return "/paged?" + urllib.parse.urlencode(
        {name.replace("_", "-"): value for name, value in values.items()},
        quote_via=urllib.parse.quote)


def shown(key):
    """How a document without encoding shows a key."""
    return "".join(c if c in "\t\n\r" or " " <= c < "\ufffe" or c > "\uffff" else "\ufffd"
                   for c in key)


def walk(s3, version, size, encoded, **values):
    """Keys and common prefixes of all pages, as a client collects them."""
    found = []
    start = {}
    decode = urllib.parse.unquote if encoded else str
    for _ in range(PAGES_MAX):
        page = s3.ok("GET", query(
            list_type=version, max_keys=size, **values, **start,
            **({"encoding_type": "url"} if encoded else {}))).tree
        names = [decode(e.text) for e in page.iterfind("Contents/Key")]
        found += names + [decode(e.text) for e in page.iterfind("CommonPrefixes/Prefix")]
        if page.findtext("IsTruncated") == "false":
            return found
        if version == 2:
            start = {"continuation_token": page.findtext("NextContinuationToken")}
        else:
            marker = page.findtext("NextMarker")
            start = {"marker": decode(marker) if marker else names[-1]}
    raise AssertionError("the walk does not end")


def nasty_keys(rng, count):
    alphabet = ["a", "/", "-", "%", "+", " ", "&", "<", "\"", "\x01", "\x1f", "\x7f", "\t", "\n",
                "\r", "\ufffd", "\uffff", "\ufffe", "\u00fc", "\U0001f600", ":", ".", "~", "b"]
    keys = {"".join(rng.choice(alphabet) for _ in range(rng.randint(1, 6))) for _ in range(count)}
    keys |= {"\x01", "a\x01", "a\x02", "a\x02/b", "a\x02/c", ":base64:", ":base64:eA", "z\uffff/x"}
    return sorted((key for key in keys if key.strip("/") and not key.startswith("/")),
                  key=lambda key: key.encode())


def test_nothing_is_lost_between_pages(s3):
    seed = random.randrange(1 << 32)
    rng = random.Random(seed)
    print("seed", seed)
    keys = nasty_keys(rng, 40)
    for key in keys:
        s3.ok("PUT", "/paged/main/" + s3_client.quote(key), b"")
    full = ["main/" + key for key in keys]
    folded = sorted({"main/" + key[:key.index("/") + 1] if "/" in key else "main/" + key
                     for key in keys}, key=lambda key: key.encode())
    for version in (1, 2):
        for size in (1, 2, 3):
            for encoded in (True, False):
                for delimiter, expected in (("", full), ("/", folded)):
                    wanted = expected if encoded else [shown(key) for key in expected]
                    found = walk(s3, version, size, encoded, prefix="main/", delimiter=delimiter)
                    assert sorted(found) == sorted(wanted), (version, size, encoded, delimiter)
    for key in keys:
        s3.ok("DELETE", "/paged/main/" + s3_client.quote(key))


def test_uploads_and_parts_are_paged_through(s3):
    paths = ["\x01", "a\x01", "a\x02", "a", ":base64:eA", "b/\uffff", "b/\ufffe"]
    uploads = {s3.start_upload("paged/main/" + s3_client.quote(path)): path
               for path in paths for _ in range(2)}
    for size in (1, 2, 3):
        found, start = [], {}
        for _ in range(PAGES_MAX):
            page = s3.ok("GET", query(uploads="", max_uploads=size, **start)).tree
            found += [e.text for e in page.iterfind("Upload/UploadId")]
            if page.findtext("IsTruncated") != "true":
                break
            start = {"key_marker": page.findtext("NextKeyMarker"),
                     "upload_id_marker": page.findtext("NextUploadIdMarker")}
        assert sorted(found) == sorted(uploads), size
    upload, path = next(iter(uploads.items()))
    place = "/paged/main/" + s3_client.quote(path)
    for number in (1, 2, 3, 7, 10_000):
        s3.ok("PUT", f"{place}?partNumber={number}&uploadId={upload}", b"x")
    for size in (1, 2, 3):
        found, marker = [], "0"
        for _ in range(PAGES_MAX):
            page = s3.ok("GET", f"{place}?uploadId={upload}&max-parts={size}"
                                f"&part-number-marker={marker}").tree
            found += [int(e.text) for e in page.iterfind("Part/PartNumber")]
            if page.findtext("IsTruncated") != "true":
                break
            marker = page.findtext("NextPartNumberMarker")
        assert found == [1, 2, 3, 7, 10_000]
    for upload, path in uploads.items():
        s3.ok("DELETE", f"/paged/main/{s3_client.quote(path)}?uploadId={upload}")


@pytest.mark.parametrize("version", [1, 2])
def test_a_page_of_nothing_is_whole(s3, version):
    s3.ok("PUT", "/paged/main/there", b"")
    for prefix in ("main/", "main/t", "", "ma"):
        page = s3.ok("GET", query(list_type=version, prefix=prefix, max_keys=0)).tree
        assert page.findtext("IsTruncated") == "false"
        assert page.findtext("KeyCount") == "0" and page.findtext("MaxKeys") == "0"
        for element in ("NextMarker", "NextContinuationToken", "Contents", "CommonPrefixes"):
            assert page.find(element) is None


@pytest.mark.parametrize("version", [1, 2])
def test_a_marker_may_stand_anywhere(s3, version):
    for key in ("m1", "m2"):
        s3.ok("PUT", f"/paged/main-2/{key}", b"")
    name = "marker" if version == 1 else "start_after"
    cases = [("a", 2), ("dev/x", 2), ("main", 2), ("main-2", 2), ("main-2/", 2), ("main-2/m1", 1),
             ("main-2/m2", 0), ("main/zzz", 0), ("main-20", 0), ("n", 0), ("//x", 2)]
    for marker, count in cases:
        page = s3.ok("GET", query(list_type=version, prefix="main-2/", **{name: marker})).tree
        assert len(page.findall("Contents")) == count, marker
        assert page.findtext("Marker" if version == 1 else "StartAfter") == marker
    foreign = s3("GET", query(list_type=2, prefix="main-2/", continuation_token="dev/x"))
    assert foreign.status == 400


@pytest.mark.parametrize("version", [1, 2])
def test_branches_are_paged_through(s3, version):
    for size in (1, 2):
        assert walk(s3, version, size, False, delimiter="/") == ["main/", "main-2/"]
    name = "marker" if version == 1 else "start_after"
    for marker in ("main", "main/", "main/some/key"):
        page = s3.ok("GET", query(list_type=version, delimiter="/", **{name: marker}))
        assert page.texts("CommonPrefixes/Prefix") == ["main-2/"], marker


@pytest.mark.parametrize("version", [1, 2])
def test_a_missing_ref_has_no_keys(s3, version):
    for prefix in ("nowhere/", "nowhere/a", "main~99/", "MAIN/"):
        page = s3.ok("GET", query(list_type=version, prefix=prefix, delimiter="/")).tree
        assert page.findtext("KeyCount") == "0" and page.findtext("IsTruncated") == "false"
