"""The legacy Python client (lakefs-client 1.44): imports with every way to sign in and every
documented answer, and the work around them, on a tree of 50,000 and more files."""
import contextlib
import hashlib
import time
import urllib.parse

import lakefs_client
import pytest
from lakefs_client import models
from lakefs_client.client import LakeFSClient
from lakefs_client.exceptions import (ApiException, NotFoundException, UnauthorizedException)

import tarn_server
import trees

FILES = 52_000
SIGN_INS = ["basic", "jwt", "cookie"]
UNKNOWN_ID = "d9al6h9ksduc3tqtpcag"


def configuration(tarn):
    return lakefs_client.Configuration(host=tarn.url + "/api/v1")


def sign_in(tarn, kind):
    """A client that authenticates in one way only."""
    settings = configuration(tarn)
    if kind == "basic":
        settings.username, settings.password = tarn_server.KEY, tarn_server.SECRET
        return LakeFSClient(settings)
    login = tarn.api("POST", "/auth/login", {"access_key_id": tarn_server.KEY,
                                             "secret_access_key": tarn_server.SECRET}, auth=None)
    if kind == "jwt":
        settings.access_token = login.json["token"]
        return LakeFSClient(settings)
    return LakeFSClient(settings, cookie=login.headers["Set-Cookie"].split(";")[0])


def wrong_sign_in(tarn, kind):
    settings = configuration(tarn)
    if kind == "basic":
        settings.username, settings.password = tarn_server.KEY, "not the secret"
    elif kind == "jwt":
        settings.access_token = "e30.e30.e30"
    cookie = "internal_auth_session=bm90aGluZw==" if kind == "cookie" else None
    return LakeFSClient(settings, cookie=cookie)


@contextlib.contextmanager
def answers(status):
    """The block must be refused with that status."""
    with pytest.raises(ApiException) as refusal:
        yield refusal
    assert refusal.value.status == status, refusal.value


def creation(source, destination="", kind="common_prefix", message="Take it in"):
    location = models.ImportLocation(type=kind, path=f"local://{source}", destination=destination)
    return models.ImportCreation(
        paths=[location],
        commit=models.CommitCreation(message=message, metadata={"source": "a test"}))


@pytest.fixture(scope="module")
def tree(tarn, directory):
    root = directory / "sources" / "large"
    return root, trees.make_tree(root, FILES)


@pytest.fixture(scope="module")
def small_tree(tarn, directory):
    root = directory / "sources" / "small"
    return root, trees.make_tree(root, 3)


@pytest.fixture(params=SIGN_INS)
def client(request, tarn):
    return sign_in(tarn, request.param)


@pytest.fixture(params=SIGN_INS)
def stranger(request, tarn):
    return wrong_sign_in(tarn, request.param)


@pytest.fixture
def repository(request, tarn):
    name = "r-" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:20]
    return tarn.create_repository(name)


def wait(client, repository, import_id, branch="main", seconds=300):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        status = client.import_api.import_status(repository, branch, import_id)
        if status.completed or "error" in status:
            return status
        time.sleep(0.05)
    raise AssertionError(f"the import still runs: {status}")


def list_all(tarn, repository, ref):
    """Paths of all objects; by plain calls, as the client takes a second for a thousand."""
    after, names = "", []
    while True:
        page = tarn.api("GET", f"/repositories/{repository}/refs/{ref}/objects/ls?amount=1000"
                               f"&after={urllib.parse.quote(after)}").json
        names += [entry["path"] for entry in page["results"]]
        if not page["pagination"]["has_more"]:
            return names
        after = page["pagination"]["next_offset"]


def read(client, repository, path):
    """The bytes of an object. The client saves bodies in files that it names after a part of
    Content-Disposition which no lakeFS sends, so it must hand over the response itself."""
    return client.objects_api.get_object(repository, "main", path, _preload_content=False).data


def test_import_of_a_large_tree(tarn, client, repository, tree):
    root, names = tree
    answer, status, _ = client.import_api.import_start(
        repository, "main", creation(root, "lake/"), _return_http_data_only=False)
    assert status == 202 and len(answer.id) == 20
    seen = []
    done = None
    for _ in range(6000):
        state, code, _ = client.import_api.import_status(repository, "main", answer.id,
                                                         _return_http_data_only=False)
        assert code == 200
        seen.append(state.ingested_objects)
        if state.completed:
            done = state
            break
        assert "error" not in state, state
        time.sleep(0.05)
    assert done is not None and done.ingested_objects == FILES
    assert seen == sorted(seen), "progress never goes back"
    assert done.commit.message == "Take it in"
    assert done.commit.committer == "admin"
    assert done.commit.metadata["source"] == "a test"
    assert done.metarange_id == done.commit.meta_range_id

    head = client.branches_api.get_branch(repository, "main").commit_id
    assert head == done.commit.id
    assert client.refs_api.log_commits(repository, "main").results[0].id == head
    assert list_all(tarn, repository, "main") == sorted("lake/" + name for name in names)
    for number in (0, 17, FILES - 1):
        path = "lake/" + names[number]
        stats = client.objects_api.stat_object(repository, "main", path)
        assert stats.size_bytes == (root / names[number]).stat().st_size
        assert read(client, repository, path) == (root / names[number]).read_bytes()
    folders = client.objects_api.list_objects(repository, "main", prefix="lake/", delimiter="/")
    assert {e.path_type for e in folders.results} == {"common_prefix"}

    with answers(409):  # It is complete, so there is nothing to cancel.
        client.import_api.import_cancel(repository, "main", answer.id)


def test_cancel(client, repository, tree):
    before = client.branches_api.get_branch(repository, "main").commit_id
    import_id = client.import_api.import_start(repository, "main", creation(tree[0])).id
    _, status, _ = client.import_api.import_cancel(repository, "main", import_id,
                                                   _return_http_data_only=False)
    assert status == 204
    state = client.import_api.import_status(repository, "main", import_id)
    assert not state.completed
    assert state.error.message == "import error: Canceled"
    client.import_api.import_cancel(repository, "main", import_id)  # Again: nothing changes.
    time.sleep(1)
    assert client.branches_api.get_branch(repository, "main").commit_id == before
    assert client.import_api.import_status(repository, "main", import_id).completed is False


def test_start_refusals(tarn, client, repository, small_tree):
    root, _ = small_tree
    with answers(404):
        client.import_api.import_start("no-such-repository", "main", creation(root))
    with answers(404):
        client.import_api.import_start(repository, "no-such-branch", creation(root))
    with answers(400):  # Below the repository's own storage namespace.
        location = models.ImportLocation(type="common_prefix", destination="",
                                         path=f"local://store/{repository}/data")
        client.import_api.import_start(
            repository, "main", models.ImportCreation(
                paths=[location], commit=models.CommitCreation(message="m")))
    body = {"paths": [{"path": "local:///x", "destination": "", "type": "directory"}],
            "commit": {"message": "m"}}
    for broken in (body, {"paths": []}, {"commit": {"message": "m"}}, {}):
        assert tarn.call("POST", f"/api/v1/repositories/{repository}/branches/main/import",
                         broken).status == 400
    with answers(404):
        client.import_api.import_status(repository, "main", UNKNOWN_ID)
    with answers(404):
        client.import_api.import_status("no-such-repository", "main", UNKNOWN_ID)
    with answers(404):
        client.import_api.import_cancel(repository, "main", UNKNOWN_ID)
    with answers(404):
        client.import_api.import_cancel("no-such-repository", "main", UNKNOWN_ID)


def test_strangers_are_refused(tarn, stranger, repository, small_tree):
    root, _ = small_tree
    admin = sign_in(tarn, "basic")
    import_id = admin.import_api.import_start(repository, "main", creation(root)).id
    wait(admin, repository, import_id)
    head = admin.branches_api.get_branch(repository, "main").commit_id
    for refused in (
            lambda: stranger.import_api.import_start(repository, "main", creation(root)),
            lambda: stranger.import_api.import_status(repository, "main", import_id),
            lambda: stranger.import_api.import_cancel(repository, "main", import_id)):
        with pytest.raises(UnauthorizedException) as refusal:
            refused()
        assert refusal.value.status == 401
    assert admin.branches_api.get_branch(repository, "main").commit_id == head


def test_nobody_is_refused(tarn, repository, small_tree):
    nobody = LakeFSClient(configuration(tarn))
    with answers(401):
        nobody.import_api.import_start(repository, "main", creation(small_tree[0]))
    with answers(401):
        nobody.import_api.import_status(repository, "main", UNKNOWN_ID)
    with answers(401):
        nobody.import_api.import_cancel(repository, "main", UNKNOWN_ID)


def test_a_failing_source_is_reported(client, repository, directory):
    before = client.branches_api.get_branch(repository, "main").commit_id
    import_id = client.import_api.import_start(
        repository, "main", creation(directory / "sources" / "nowhere")).id
    state = wait(client, repository, import_id)
    assert not state.completed
    assert state.error.message.startswith("import error: ")
    assert client.branches_api.get_branch(repository, "main").commit_id == before


def test_several_locations_and_objects(tarn, client, repository, small_tree):
    root, names = small_tree
    paths = [models.ImportLocation(type="common_prefix", path=f"local://{root}",
                                   destination="a/"),
             models.ImportLocation(type="common_prefix", path=f"local://{root}",
                                   destination="b/"),
             models.ImportLocation(type="object", path=f"local://{root}/{names[0]}",
                                   destination="one.txt")]
    import_id = client.import_api.import_start(
        repository, "main", models.ImportCreation(
            paths=paths, commit=models.CommitCreation(message=""))).id
    state = wait(client, repository, import_id)
    assert state.completed and state.ingested_objects == 2 * len(names) + 1
    assert state.commit.message == "Import objects"
    wanted = sorted([f"a/{n}" for n in names] + [f"b/{n}" for n in names] + ["one.txt"])
    assert list_all(tarn, repository, "main") == wanted


def test_work_around_an_import(client, repository, small_tree, tmp_path):
    """Upload, commit, branch, diff, merge, read back: one round with the same client."""
    root, names = small_tree
    import_id = client.import_api.import_start(repository, "main", creation(root)).id
    assert wait(client, repository, import_id).completed
    client.branches_api.create_branch(
        repository, models.BranchCreation(name="work", source="main"))
    file = tmp_path / "upload"
    file.write_bytes(b"x" * 100_000)
    with open(file, "rb") as content:
        stats = client.objects_api.upload_object(repository, "work", "new/file", content=content)
    assert stats.checksum == hashlib.md5(file.read_bytes()).hexdigest()
    client.objects_api.delete_object(repository, "work", names[0])
    changes = client.branches_api.diff_branch(repository, "work").results
    assert {(c.type, c.path) for c in changes} == {("added", "new/file"), ("removed", names[0])}
    commit = client.commits_api.commit(repository, "work",
                                       models.CommitCreation(message="change"))
    merged = client.refs_api.merge_into_branch(repository, "work", "main")
    assert merged.reference == client.branches_api.get_branch(repository, "main").commit_id
    assert commit.id in [c.id for c in client.refs_api.log_commits(repository, "main").results]
    assert read(client, repository, "new/file") == file.read_bytes()
    with pytest.raises(NotFoundException):
        client.objects_api.stat_object(repository, "main", names[0])


def test_tour(client, repository, tmp_path):
    """Versions with the same client: conflict, revert, tag, staging by address, delete."""
    def put(branch, path, text):
        (tmp_path / "content").write_text(text)
        with open(tmp_path / "content", "rb") as content:
            client.objects_api.upload_object(repository, branch, path, content=content)

    def commit(branch, message):
        return client.commits_api.commit(repository, branch,
                                         models.CommitCreation(message=message)).id

    put("main", "both", "base")
    commit("main", "base")
    client.branches_api.create_branch(repository, models.BranchCreation(name="dev", source="main"))
    put("dev", "both", "theirs")
    commit("dev", "theirs")
    put("main", "both", "ours")
    ours = commit("main", "ours")
    conflicts = client.refs_api.diff_refs(repository, "main", "dev").results
    assert [(d.path, d.type) for d in conflicts] == [("both", "conflict")]
    with answers(409):
        client.refs_api.merge_into_branch(repository, "dev", "main")
    client.tags_api.create_tag(repository, models.TagCreation(id="v1", ref="main"))
    with answers(409):
        client.tags_api.create_tag(repository, models.TagCreation(id="v1", ref="dev"))
    client.branches_api.revert_branch(repository, "main",
                                      models.RevertCreation(ref=ours, parent_number=0))
    assert read(client, repository, "both") == b"base"
    assert client.tags_api.get_tag(repository, "v1").commit_id == ours
    client.refs_api.merge_into_branch(repository, "dev", "main")
    assert read(client, repository, "both") == b"theirs"

    location = client.staging_api.get_physical_address(repository, "main", "linked")
    assert location.physical_address.startswith("local://")
    put("main", "gone", "x")
    client.branches_api.reset_branch(repository, "main", models.ResetCreation(type="reset"))
    with pytest.raises(NotFoundException):
        client.objects_api.stat_object(repository, "main", "gone")
    errors = client.objects_api.delete_objects(repository, "main",
                                               models.PathList(paths=["both", "absent"]))
    assert not errors.errors
    commit("main", "deleted")
    assert client.objects_api.list_objects(repository, "main").results == []
    client.tags_api.delete_tag(repository, "v1")
    client.branches_api.delete_branch(repository, "dev")
    client.repositories_api.delete_repository(repository)
    with pytest.raises(NotFoundException):
        client.repositories_api.get_repository(repository)
