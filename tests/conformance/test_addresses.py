"""Where addresses of objects lead: imports, staging and links stay in what is allowed, the own
namespace is known as such however it is written, and what is told can be used."""
import hashlib
import pathlib
import urllib.parse

import pytest

import tarn_server


@pytest.fixture(scope="module")
def place(directory):
    """Import sources with names that are hard to write, and with links that lead out."""
    sources = directory / "sources"
    for name in ("plain/a.txt", "plain/100%.txt", "plain/esc%41.txt", "plain/q?x#y.txt",
                 "plain/with space.txt", "plain/ünï.txt"):
        file = sources / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    (directory / "sources-other").mkdir()
    (directory / "sources-other" / "secret").write_text("secret")
    (directory / "outside").mkdir()
    (directory / "outside" / "secret").write_text("secret")
    (sources / "links").mkdir()
    (sources / "links" / "real").write_text("real")
    (sources / "links" / "file").symlink_to(directory / "outside" / "secret")
    (sources / "links" / "folder").symlink_to(directory / "outside")
    (directory / "chosen").symlink_to(directory / "outside")
    return directory


@pytest.fixture(scope="module")
def server(place):
    with tarn_server.Server(tarn_server.program(), place / "addresses",
                            prefixes=[place / "sources", place / "chosen"]) as running:
        running.set_up()
        for name in ("one", "two"):
            running.create_repository(name)
        yield running


def start_import(server, path, kind="common_prefix", expect=(202,), repo="one"):
    return server.api("POST", f"/repositories/{repo}/branches/main/import", {
        "paths": [{"type": kind, "path": path, "destination": "in"}], "commit": {"message": "m"}},
        expect=expect)


def import_error(server, path, kind="common_prefix"):
    """What a finished import says, of a branch without changes; nothing if it went well."""
    server.api("PUT", "/repositories/one/branches/main", {"type": "reset"}, expect=(204,))
    number = start_import(server, path, kind).json["id"]
    status = server.wait_for_import("one", "main", number)
    return status.get("error", {}).get("message")


def stage(server, path, address, repo="one", expect=(201,), size=4):
    return server.api("PUT", f"/repositories/{repo}/branches/main/objects"
                             f"?path={urllib.parse.quote(path)}",
                      {"physical_address": address, "checksum": "c", "size_bytes": size},
                      expect=expect)


def link(server, path, address, repo="one", expect=(200,)):
    return server.api("PUT", f"/repositories/{repo}/branches/main/staging/backing?path={path}",
                      {"staging": {"physical_address": address}, "checksum": "c", "size_bytes": 6},
                      expect=expect)


def read(server, path, repo="one", expect=(200,)):
    return server.api("GET", f"/repositories/{repo}/refs/main/objects"
                             f"?path={urllib.parse.quote(path)}", expect=expect)


def entries(server, repo, prefix):
    return server.api("GET", f"/repositories/{repo}/refs/main/objects/ls"
                             f"?prefix={prefix}&amount=1000").json["results"]


def namespace(server, repo="one"):
    """As a client names its folder, and the folder."""
    server.api("POST", f"/repositories/{repo}/branches/main/objects?path=probe", b"x")
    told = server.api("GET", f"/repositories/{repo}/refs/main/objects/stat?path=probe").json
    return told["physical_address"].rsplit("/data/", 1)[0]


def test_prefixes_end_where_elements_end(server, place):
    path = f"local://{place}/sources-other/"
    assert import_error(server, path) == (
        f"import error: error on ingest: creating object-store walker on path {path}: forbidden")
    secret = path + "secret"
    assert import_error(server, secret, "object").endswith(f"path {secret}: forbidden")
    stage(server, "x", secret, expect=(403, 500))
    link(server, "other-prefix", secret)
    assert read(server, "other-prefix", expect=(400, 403, 500)).body.find(b"secret\n") < 0
    assert b"secret" != read(server, "other-prefix", expect=(400, 403, 500)).body


def test_links_are_not_followed(server, place):
    links = f"local://{place}/sources/links"
    assert import_error(server, links + "/") is None
    assert [entry["path"] for entry in entries(server, "one", "in/")] == ["in/real"]
    for path, kind in ((links + "/folder/", "common_prefix"), (links + "/folder/secret", "object"),
                       (links + "/file", "object")):
        assert import_error(server, path, kind).startswith("import error: error on ingest: open ")
    for number, address in enumerate((links + "/file", links + "/folder/secret")):
        stage(server, f"staged-{number}", address)
        link(server, f"linked-{number}", address)
        for name in (f"staged-{number}", f"linked-{number}"):
            read(server, name, expect=(410,))


def test_a_link_that_is_made_later(server, place):
    folder = place / "sources" / "later"
    folder.mkdir()
    (folder / "file").write_text("mine")
    assert import_error(server, f"local://{folder}/") is None
    assert read(server, "in/file").body == b"mine"
    (folder / "file").unlink()
    (folder / "file").symlink_to(place / "outside" / "secret")
    read(server, "in/file", expect=(410,))
    (folder / "file").unlink()
    folder.rmdir()
    folder.symlink_to(place / "outside")
    (place / "outside" / "file").write_text("theirs")
    read(server, "in/file", expect=(410,))


def test_a_prefix_may_be_a_link(server, place):
    assert import_error(server, f"local://{place}/chosen/") is None
    assert read(server, "in/secret").body == b"secret"


def test_the_own_namespace_is_no_source(server):
    own = namespace(server)
    path = own[len("local://"):]
    escaped = path.replace("one", "%6fne")
    for source in (own, own + "/", own + "/data/", "LOCAL://" + path + "/", "local://" + escaped,
                   "local://" + escaped + "/data/"):
        answer = start_import(server, source, expect=(400,))
        assert "is prohibited: invalid import source" in answer.message, source
        start_import(server, source.rstrip("/") + "/x", "object", expect=(400,))
    above = start_import(server, own.rsplit("/", 1)[0], expect=(400,))
    assert "contains repository namespace" in above.message
    assert import_error(server, own + "/../one/data/").endswith("bad path traversal blocked")
    start_import(server, namespace(server, "two") + "/data/")  # Another repository's.


def test_staged_addresses_of_the_own_namespace(server):
    """They become relative: a collector of garbage lists objects so."""
    own = namespace(server)
    data = b"bytes!"
    file = pathlib.Path(own[len("local://"):], "data", "by", "hand")
    file.parent.mkdir(parents=True)
    file.write_bytes(data)
    stage(server, "own-staged", f"{own}/data/by/hand", size=len(data))
    link(server, "own-linked", f"{own}/data/by/hand")
    for name in ("own-staged", "own-linked"):
        assert read(server, name).body == data
    prepared = server.api("POST", "/repositories/one/gc/prepare_uncommited", {},
                          expect=(201,)).json["gc_uncommitted_location"]
    assert list(pathlib.Path(prepared[len("local://"):]).iterdir())  # What it holds: versioning.
    for answer in (stage(server, "x", f"{own}/_lakefs/dummy", expect=(400,)),
                   link(server, "x", f"{own}/_lakefs/dummy", expect=(400,))):
        assert answer.message == "address is among the repository's own files: invalid address"
    copied = server.api("POST", "/repositories/one/branches/main/objects/copy?dest_path=copied",
                        {"src_path": "own-staged"}).json
    file.write_bytes(b"others")  # It is not the server's alone, so no copy shares it.
    assert read(server, "copied").body == data, copied


def test_every_address_that_is_told_can_be_staged(server, place):
    assert import_error(server, f"local://{place}/sources/plain/") is None
    server.api("POST", "/repositories/one/branches/main/objects?path=in/uploaded", b"uploaded")
    given = server.api("GET", "/repositories/one/branches/main/staging/backing?path=in/given").json
    pathlib.Path(given["physical_address"][len("local://"):]).parent.mkdir(exist_ok=True)
    pathlib.Path(given["physical_address"][len("local://"):]).write_bytes(b"given!")
    link(server, "in/given", given["physical_address"])
    listed = entries(server, "one", "in/")
    assert len(listed) == 8
    for entry in listed:
        content = read(server, entry["path"]).body
        told = server.api("GET", "/repositories/one/refs/main/objects/stat?path="
                          + urllib.parse.quote(entry["path"])).json["physical_address"]
        assert told == entry["physical_address"]
        for repo in ("one", "two"):
            name = f"again/{entry['path']}"
            staged = stage(server, name, told, repo, size=len(content)).json
            assert staged["physical_address"] == told
            assert read(server, name, repo).body == content, told
            link(server, "linked/" + hashlib.md5(name.encode()).hexdigest(), told, repo,
                 expect=(200, 400))  # A stray percent sign is no URI.


def test_keys_stay_in_the_folder_of_symlink_lists(server):
    own = pathlib.Path(namespace(server, "two")[len("local://"):])

    def files():
        return {str(file.relative_to(own)) for file in own.rglob("*") if file.is_file()}

    keys = ["../../../../_lakefs/x", "../../x", "a/../../../../x", "/abs/x", "a//b/x", "./x",
            "d/..", "%../x"]
    for key in keys:
        server.api("POST", "/repositories/two/branches/main/objects?path="
                   + urllib.parse.quote(key, safe=""), b"x", expect=(201, 400))
    before = files()
    server.api("POST", "/repositories/two/refs/main/symlink", expect=(201,))
    assert files() > before
    assert all(name.startswith("symlinks/two/main/") for name in files() - before)
