"""A recorded installation of the reference is taken over in place, worked with, and left in a form
that the reference can open again: every record, table and id is read by reference_format.py, which
shares nothing with Tarn."""
import functools
import re
import time
import urllib.parse

import postgres_below
import reference_format
import tarn_server
import test_postgres
import test_takeover

BYTES = {"Content-Type": "application/octet-stream"}


def rows(below, database):
    """(partition, key, value) of the whole table, as the database has it."""
    separated = below.sql("SELECT encode(partition_key, 'hex'), encode(key, 'hex'), "
                          "encode(value, 'hex') FROM kv", database)
    return [tuple(bytes.fromhex(field) for field in line.split("|"))
            for line in separated.splitlines()]


class Api:
    """The one user of the recorded installation, by a plain client."""

    def __init__(self, url):
        self.server = tarn_server.Server.__new__(tarn_server.Server)
        self.server.port = urllib.parse.urlsplit(url).port

    def __call__(self, method, path, body=None, **more):
        return self.server.api(method, path, body, **more)


def work(api):
    """One of each kind of write."""
    api("POST", "/repositories", {"name": "round-trip",
                                  "storage_namespace": "local://round-trip/of-tarn"})
    at = "/repositories/round-trip"

    def put(branch, path, content, **headers):
        api("POST", f"{at}/branches/{branch}/objects?path={urllib.parse.quote(path)}", content,
            headers={**BYTES, **headers})

    for number in range(30):
        put("main", f"part-{number % 3}/file {number}", f"content {number}",
            **{"x-lakefs-meta-number": str(number), "x-lakefs-meta-kind": "plain"})
    api("POST", f"{at}/branches/main/commits",
        {"message": "first ü", "metadata": {"b": "2", "a": "1"}})
    api("POST", f"{at}/branches", {"name": "dev", "source": "main"})
    put("dev", "part-0/file 0", "changed")
    api("DELETE", f"{at}/branches/dev/objects?path=part-1/file%201")
    api("POST", f"{at}/branches/dev/commits", {"message": "second"})
    put("main", "only-main", "m")
    api("POST", f"{at}/branches/main/commits", {"message": "third"})
    merged = api("POST", f"{at}/refs/dev/merge/main", {"message": "merge"}).json["reference"]
    api("POST", f"{at}/tags", {"id": "v1", "ref": "main"})
    api("POST", f"{at}/branches/main/revert", {"ref": merged, "parent_number": 1})
    api("POST", f"{at}/branches/dev/cherry-pick", {"ref": "main~1", "parent_number": 1},
        expect=(201, 400, 409))
    pull = api("POST", f"{at}/pulls", {"title": "t", "source_branch": "dev",
                                       "destination_branch": "main"}).json["id"]
    api("PATCH", f"{at}/pulls/{pull}", {"status": "closed"})
    api("PUT", f"{at}/settings/branch_protection", [{"pattern": "stable*"}])
    api("POST", f"{at}/metadata", {"metadata": {"owner": "somebody"}})
    api("POST", f"{at}/branches", {"name": "empty", "source": "main"})
    for entry in api("GET", f"{at}/refs/main/objects/ls?amount=1000").json["results"]:
        api("DELETE", f"{at}/branches/empty/objects?path={urllib.parse.quote(entry['path'])}")
    api("POST", f"{at}/branches/empty/commits", {"message": "nothing is left"})
    put("dev", "uncommitted", "u")
    api("DELETE", f"{at}/branches/dev/objects?path=part-2/file%202")
    task = api("POST", f"{at}/dump").json["id"]
    while not api("GET", f"{at}/dump?task_id={task}").json["done"]:
        time.sleep(0.05)


@functools.cache
def check_table(root, place, table_id, kind):
    file = root / place / "_lakefs" / table_id
    table = reference_format.Table(file.read_bytes())
    assert (table.kind, table.id) == (kind, table_id)
    for key, identity, value in table.records:
        if kind == "metaranges":
            found = reference_format.decode(value, "range")
            inner = check_table(root, place, identity.decode(), "ranges")
            assert reference_format.one(found, 1, b"") == inner.records[0][0]
            assert reference_format.one(found, 2, b"") == inner.records[-1][0] == key
            assert reference_format.one(found, 4) == len(inner.records)
        else:
            check_entry(root, place, identity, value)
    return table


def check_entry(root, place, identity, value):
    entry = reference_format.decode(value, "entry")
    assert reference_format.entry_identity(entry) == identity
    if reference_format.one(entry, 6) == 1:
        stored = root / place / reference_format.one(entry, 1)
        assert stored.stat().st_size == reference_format.one(entry, 3, 0)


def test_round_trip(shared, directory):
    below = postgres_below.named()
    root, port = test_postgres.opened_in_place(shared, directory, below, "takeover-a")
    database = below.database("takeover-a")
    before = set(rows(below, database))
    with test_takeover.serving(root, port) as url:
        work(Api(url))
    after = rows(below, database)
    records = {}
    for partition, key, value in after:
        name, fields = reference_format.read_record(partition.decode(), key.decode(), value)
        records[partition.decode(), key.decode()] = name, fields, value
    kinds = {name for name, _, _ in records.values()}
    assert kinds >= {"repository", "branch", "tag", "commit", "pull", "index", "staged",
                     "protection", "metadata", "task status", "user", "credential"}

    one = reference_format.one
    partition = next(f"{one(fields, 1)}-{one(fields, 6)}"
                     for name, fields, _ in records.values()
                     if name == "repository" and one(fields, 1) == "round-trip")
    place = next(path.parent.parent.relative_to(root) for path in root.rglob("_lakefs/dummy")
                 if "of-tarn" in str(path))
    commits = {key.removeprefix("commits/"): fields
               for (where, key), (name, fields, _) in records.items() if name == "commit"}
    mine = {key: fields for (where, key), (_, fields, _) in records.items() if where == partition}
    assert sum(key.startswith("commits/") for key in mine) >= 7
    for commit_id, fields in commits.items():
        assert reference_format.commit_id(fields) == commit_id
        assert set(fields.get(7, [])) <= commits.keys()
    for key, fields in mine.items():
        if key.startswith("commits/") and one(fields, 5):
            check_table(root, place, one(fields, 5), "metaranges")
        if key.startswith(("branches/", "tags/")):
            assert one(fields, 2) in commits and one(fields, 1) == key.split("/", 1)[1]
    # Uncommitted changes of a branch lie under its token, a deletion without an identity.
    token = one(mine["branches/dev"], 3)
    staged = {key: (fields, value) for (where, key), (_, fields, value) in records.items()
              if where == token}
    assert staged.keys() == {"uncommitted", "part-2/file 2"}
    fields = staged["uncommitted"][0]
    check_entry(root, place, one(fields, 2), one(fields, 3))
    assert staged["part-2/file 2"][0].keys() == {1}
    # What was there is as it was, but for what servers write about themselves, and imports that
    # ended more than a day ago.
    changed = {where + b" " + key for where, key, value in before - set(after)}
    expected = re.compile(
        rb"(auth installation_metadata|usage usage|catalog instances|\S+ imports)/.*")
    assert all(map(expected.match, changed)), changed
