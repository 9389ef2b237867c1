"""Pages of listings: whatever is stored, every page ends, and together they are everything."""
import itertools
import random
import urllib.parse

import pytest

# Paths that have troubled tokens: control characters, white space, marks of URLs and of JSON, the
# first and the last characters of each length in UTF-8, names that begin with others.
NASTY = ["a", "a/", "a/b", "a//b", "a/\u0000", "a\u0000", "a\u0001b", "a\tb", "a\nb", "a\r\nb",
         "a b", " a", "a ", "a%", "a%00", "a%2F", "a+b", "a&b=c", "a;b", "a?b", "a#b", "a\"b",
         "a\\b", "\u0000", "\u0001/x", "\n", "\n/\n", "/", "//", "\u007f", "\u0080", "\u07ff",
         "\u0800", "\ufffd", "\ufffe", "\uffff", "\U00010000", "\U0010ffff",
         "\U0010ffff\U0010ffff", "\u00e9", "e\u0301", "é/é", "é/\n", "日本/語", "日本\n語", "..", "../x",
         "./x", "<a>", "\u2028", "\u202e", "z" * 1024, "\U0010ffff" * 256]
DELIMITERS = ["", "/", "\n", "\u0000", "a", "é", "\ufffd", "\U0010ffff", "//", "%", "本"]
PREFIXES = ["", "a", "a/", "\n", "é", "日本", "\u0000", "\U0010ffff"]
NOT_UTF8 = [b"\xff", b"a\xff", b"\xc3", b"a/\xc3\x28", b"\xed\xa0\x80", b"\xf5\x80\x80\x80",
            b"\xc0\xaf", b"a\x80b", b"\xf4\x90\x80\x80"]


def quoted(value):
    return urllib.parse.quote(value, safe="")


def key(text):
    return text.encode()


@pytest.fixture(scope="module")
def repository(tarn):
    """`main` holds half of the paths, committed; the other half is staged on it. `side` is a branch
    of the commit with changes of its own."""
    tarn.create_repository("paging")
    branches = "/repositories/paging/branches"
    for number, path in enumerate(NASTY):
        if number == len(NASTY) // 2:
            tarn.api("POST", f"{branches}/main/commits", {"message": "half"})
        tarn.api("POST", f"{branches}/main/objects?path={quoted(path)}", "x")
    return "paging"


def pages(tarn, url, amount, limit, name="path", **query):
    """All items, page by page; more pages than items could fill is an endless listing."""
    items, after = [], ""
    for _ in range(limit + 2):
        query_text = "&".join(f"{k}={quoted(v)}" for k, v in query.items())
        page = tarn.api("GET", f"{url}?amount={amount}&after={quoted(after)}&{query_text}").json
        items += [item[name] for item in page["results"]]
        assert len(page["results"]) <= amount
        if not page["pagination"]["has_more"]:
            assert page["pagination"]["next_offset"] == ""
            return items
        assert page["results"], "a page in the middle has items"
        after = page["pagination"]["next_offset"]
    raise AssertionError(f"no end after {limit + 2} pages: {url} {query}")


def expected(paths, prefix, delimiter):
    """The items of one listing, in the order of their bytes."""
    found = set()
    for path in paths:
        if not path.startswith(prefix):
            continue
        at = path.find(delimiter, len(prefix)) if delimiter else -1
        found.add(path if at < 0 else path[:at + len(delimiter)])
    return sorted(found, key=key)


def cases(seed):
    """All pairs with one page size each, drawn so that three seeds see most combinations."""
    draw = random.Random(seed)
    return [(prefix, delimiter, draw.choice([1, 2, 3]))
            for prefix, delimiter in itertools.product(PREFIXES, DELIMITERS)]


@pytest.mark.parametrize("listing, ref", [
    ("refs/main/objects/ls", "staged"), ("refs/main@/objects/ls", "committed"),
    ("branches/main/diff", "changes"), ("refs/main~1/diff/main", "commits")])
def test_objects_and_differences(tarn, repository, full, listing, ref):
    half = len(NASTY) // 2
    paths = {"staged": NASTY, "committed": NASTY[:half], "changes": NASTY[half:],
             "commits": NASTY[:half]}[ref]
    for seed in range(3 if full else 1):
        for prefix, delimiter, amount in cases(seed):
            items = pages(tarn, f"/repositories/{repository}/{listing}", amount, len(paths),
                          prefix=prefix, delimiter=delimiter)
            assert items == expected(paths, prefix, delimiter), (seed, prefix, delimiter, amount)


@pytest.mark.parametrize("after", NASTY)
def test_after_any_path(tarn, repository, after):
    """Behind every path that is stored, in one page."""
    page = tarn.api("GET", f"/repositories/{repository}/refs/main/objects/ls?amount=1000&after="
                    + quoted(after)).json
    assert [item["path"] for item in page["results"]] == [
        path for path in sorted(NASTY, key=key) if key(path) > key(after)]


@pytest.mark.parametrize("amount", [1, 2, 3])
def test_names(tarn, repository, amount):
    """Branches, tags, repositories, commits."""
    base = f"/repositories/{repository}"
    branches = ["main", "_", "A", "Z9", "a", "a-", "a-b", "a_b", "ab"]
    tags = ["!", "#%&", "t", "t\u00a0t", "é", "日本", "\ufffd", "\U0010ffff", "~", "a+b",
            "a%2Fb", "\u0080", "\u007f", "\"", "'", "<a>", "a;b", "a&b"]
    for branch in branches[1:]:
        if tarn.call("GET", f"/api/v1{base}/branches/{branch}").status == 404:
            tarn.api("POST", f"{base}/branches", {"name": branch, "source": "main"})
    for tag in tags:
        tarn.api("POST", f"{base}/tags", {"id": tag, "ref": "main"}, expect=(201, 409))
    assert pages(tarn, f"{base}/branches", amount, 20, "id") == sorted(branches, key=key)
    assert pages(tarn, f"{base}/tags", amount, 20, "id") == sorted(tags, key=key)
    assert len(pages(tarn, f"{base}/refs/main/commits", amount, 3, "id")) == 2
    assert pages(tarn, "/repositories", amount, 20, "id")[0:1]


@pytest.mark.parametrize("path", NOT_UTF8)
def test_paths_that_no_token_could_name(tarn, repository, path):
    """Refused by all that writes, in both protocols; never stored, nothing changed."""
    base = f"/repositories/{repository}/branches/main"
    before = pages(tarn, f"/repositories/{repository}/refs/main/objects/ls", 1000, 100)
    address = tarn.api("GET", f"{base}/staging/backing?path=a").json["physical_address"]
    stored = {"physical_address": address, "checksum": "c", "size_bytes": 1}
    for method, url, body in [
            ("POST", f"{base}/objects?path={quoted(path)}", "x"),
            ("PUT", f"{base}/objects?path={quoted(path)}", stored),
            ("PUT", f"{base}/staging/backing?path={quoted(path)}",
             {"staging": {"physical_address": "local://elsewhere/x"}, **stored}),
            ("POST", f"{base}/objects/copy?dest_path={quoted(path)}", {"src_path": "a"})]:
        answer = tarn.call(method, "/api/v1" + url, body)
        assert answer.status == 400 and answer.message, (method, url, answer)
    answer = tarn.call("PUT", f"/{repository}/main/{quoted(path)}", "x",
                       headers={"Host": "s3.local.lakefs.io"})
    assert 400 <= answer.status < 500, answer
    assert pages(tarn, f"/repositories/{repository}/refs/main/objects/ls", 1000, 100) == before
    # To read or delete such a name is no mistake: it is not there.
    url = f"/api/v1{base}/objects?path={quoted(path)}"
    assert tarn.call("DELETE", url).status == 204
    assert tarn.call("GET", url.replace("branches", "refs")).status == 404


@pytest.mark.parametrize("delimiter", NOT_UTF8)
def test_delimiters_that_cut_characters(tarn, repository, delimiter):
    for listing in ("refs/main/objects/ls", "branches/main/diff", "refs/main~1/diff/main"):
        answer = tarn.call("GET", f"/api/v1/repositories/{repository}/{listing}?delimiter="
                           + quoted(delimiter))
        assert answer.status == 400 and "delimiter" in answer.message, answer
        # A prefix may end within a character, and a page may begin anywhere.
        for name in ("prefix", "after"):
            assert tarn.call("GET", f"/api/v1/repositories/{repository}/{listing}?{name}="
                             + quoted(delimiter)).status == 200
