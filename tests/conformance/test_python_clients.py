"""The Python clients of today: the generated one (lakefs-sdk), the high-level one (lakefs), and the
file system of fsspec (lakefs-spec) with pandas and Parquet. Each does a whole tour."""
import os
import re
import subprocess
import sys
import time
import urllib.request

import lakefs
import lakefs_sdk
import lakefs_spec
import pandas
import pytest
from lakefs.client import Client
from lakefs_sdk import models
from lakefs_sdk.client import LakeFSClient
from lakefs_sdk.exceptions import ApiException

import tarn_server

MANY = 2100  # More than two pages.


@pytest.fixture(scope="module")
def server(directory):
    sources = directory / "sources"
    (sources / "deep").mkdir(parents=True)
    (sources / "one.txt").write_text("one")
    (sources / "deep" / "two.txt").write_text("two")
    with tarn_server.Server(tarn_server.program(), directory / "clients", prefixes=[sources],
                            extra="    pre_signed: true\n") as running:
        running.sources = sources
        yield running.set_up()


def fetch(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read()


# The generated client.

@pytest.fixture(scope="module")
def sdk(server):
    return LakeFSClient(configuration=lakefs_sdk.Configuration(
        host=server.url + "/api/v1", username=tarn_server.KEY, password=tarn_server.SECRET))


def refused(status, call, *args, **more):
    with pytest.raises(ApiException) as refusal:
        call(*args, **more)
    assert refusal.value.status == status, refusal.value


def put(sdk, repository, branch, path, text):
    return sdk.objects_api.upload_object(repository, branch, path, content=text.encode())


def commit(sdk, repository, branch, message="m"):
    return sdk.commits_api.commit(repository, branch, models.CommitCreation(message=message))


def new_repository(sdk, name):
    sdk.repositories_api.create_repository(models.RepositoryCreation(
        name=name, storage_namespace=f"local://store/{name}"))
    return name


def test_sdk_repositories(sdk, server):
    name = new_repository(sdk, "sdk-repositories")
    refused(409, new_repository, sdk, name)
    assert sdk.repositories_api.get_repository(name).default_branch == "main"
    assert name in [r.id for r in sdk.repositories_api.list_repositories().results]
    sdk.repositories_api.delete_repository(name)
    refused(404, sdk.repositories_api.get_repository, name)
    config = sdk.config_api.get_config()
    assert config.storage_config.blockstore_type == "local"
    assert sdk.auth_api.get_current_user().user.id == "admin"


def test_sdk_objects(sdk):
    name = new_repository(sdk, "sdk-objects")
    stored = put(sdk, name, "main", "a b/ü.txt", "hello")
    assert (stored.size_bytes, stored.path) == (5, "a b/ü.txt")
    assert sdk.objects_api.get_object(name, "main", "a b/ü.txt") == b"hello"
    assert sdk.objects_api.get_object(name, "main", "a b/ü.txt", range="bytes=1-3") == b"ell"
    sdk.objects_api.head_object(name, "main", "a b/ü.txt")
    shared = sdk.objects_api.stat_object(name, "main", "a b/ü.txt", presign=True)
    assert fetch(shared.physical_address) == b"hello"
    sdk.objects_api.copy_object(name, "main", "copy", models.ObjectCopyCreation(
        src_path="a b/ü.txt"))
    assert sdk.objects_api.get_object(name, "main", "copy") == b"hello"
    sdk.objects_api.delete_object(name, "main", "copy")
    refused(404, sdk.objects_api.stat_object, name, "main", "copy")
    for i in range(MANY):
        put(sdk, name, "main", f"many/{i:05}", str(i))
    seen, after = [], ""
    while True:
        page = sdk.objects_api.list_objects(name, "main", prefix="many/", after=after, amount=1000)
        seen += [item.path for item in page.results]
        if not page.pagination.has_more:
            break
        after = page.pagination.next_offset
    assert seen == [f"many/{i:05}" for i in range(MANY)]
    top = sdk.objects_api.list_objects(name, "main", delimiter="/").results
    assert [(item.path, item.path_type) for item in top] == [
        ("a b/", "common_prefix"), ("many/", "common_prefix")]
    errors = sdk.objects_api.delete_objects(name, "main", models.PathList(
        paths=[f"many/{i:05}" for i in range(1000)]))
    assert not errors.errors
    commit(sdk, name, "main")
    assert len(sdk.objects_api.list_objects(name, "main", prefix="many/00", amount=1000)
               .results) == 0


def test_sdk_versions(sdk):
    name = new_repository(sdk, "sdk-versions")
    put(sdk, name, "main", "base", "1")
    assert [d.path for d in sdk.branches_api.diff_branch(name, "main").results] == ["base"]
    base = commit(sdk, name, "main", "base")
    sdk.branches_api.create_branch(name, models.BranchCreation(name="dev", source="main"))
    put(sdk, name, "dev", "new", "2")
    change = commit(sdk, name, "dev", "new")
    diff = sdk.refs_api.diff_refs(name, "main", "dev").results
    assert [(d.type, d.path) for d in diff] == [("added", "new")]
    merged = sdk.refs_api.merge_into_branch(name, "dev", "main", merge=models.Merge(message="go"))
    found = sdk.commits_api.get_commit(name, merged.reference)
    assert found.parents == [base.id, change.id]
    sdk.tags_api.create_tag(name, models.TagCreation(id="v1", ref="main"))
    assert sdk.tags_api.get_tag(name, "v1").commit_id == merged.reference

    put(sdk, name, "main", "base", "main")
    commit(sdk, name, "main")
    put(sdk, name, "dev", "base", "dev")
    commit(sdk, name, "dev")
    refused(409, sdk.refs_api.merge_into_branch, name, "dev", "main")
    sdk.refs_api.merge_into_branch(name, "dev", "main", merge=models.Merge(strategy="source-wins"))
    assert sdk.objects_api.get_object(name, "main", "base") == b"dev"
    sdk.branches_api.revert_branch(name, "main", models.RevertCreation(ref="main", parent_number=1))
    assert sdk.objects_api.get_object(name, "main", "base") == b"main"
    put(sdk, name, "main", "staged", "x")
    sdk.branches_api.reset_branch(name, "main", models.ResetCreation(type="reset"))
    refused(404, sdk.objects_api.stat_object, name, "main", "staged")
    messages = [c.message for c in sdk.refs_api.log_commits(name, "main").results]
    assert messages[-2:] == ["base", "Repository created"] and "go" in messages
    sdk.branches_api.delete_branch(name, "dev")
    refused(404, sdk.branches_api.get_branch, name, "dev")


def test_sdk_pull_requests(sdk, server):
    name = new_repository(sdk, "sdk-pulls")
    sdk.branches_api.create_branch(name, models.BranchCreation(name="dev", source="main"))
    put(sdk, name, "dev", "new", "2")
    commit(sdk, name, "dev", "new")
    made = sdk.pulls_api.create_pull_request(name, models.PullRequestCreation(
        title="Take it", source_branch="dev", destination_branch="main"))
    # Items of the list have no description, as in the reference, and this client wants one.
    listed = server.api("GET", f"/repositories/{name}/pulls").json["results"]
    assert [p["id"] for p in listed] == [made.id]
    sdk.pulls_api.update_pull_request(name, made.id, models.PullRequestBasic(description="why"))
    merged = sdk.pulls_api.merge_pull_request(name, made.id)
    found = sdk.pulls_api.get_pull_request(name, made.id)
    assert (found.status, found.description) == ("merged", "why")
    assert found.merged_commit_id == merged.reference
    assert sdk.objects_api.get_object(name, "main", "new") == b"2"


def test_sdk_import(sdk, server):
    name = new_repository(sdk, "sdk-import")
    started = sdk.import_api.import_start(name, "main", models.ImportCreation(
        paths=[models.ImportLocation(type="common_prefix", path=f"local://{server.sources}",
                                     destination="in/")],
        commit=models.CommitCreation(message="Take it in")))
    for _ in range(600):
        status = sdk.import_api.import_status(name, "main", started.id)
        if status.completed:
            break
        time.sleep(0.05)
    assert (status.completed, status.ingested_objects) == (True, 2)
    assert sdk.objects_api.get_object(name, "main", "in/deep/two.txt") == b"two"


def test_sdk_presigned_upload(sdk):
    name = new_repository(sdk, "sdk-presigned")
    given = sdk.staging_api.get_physical_address(name, "main", "direct", presign=True)
    request = urllib.request.Request(given.presigned_url, data=b"direct", method="PUT")
    with urllib.request.urlopen(request) as answer:
        tag = answer.headers["ETag"]
    sdk.staging_api.link_physical_address(name, "main", "direct", models.StagingMetadata(
        staging=given, checksum=tag, size_bytes=6))
    assert sdk.objects_api.get_object(name, "main", "direct") == b"direct"
    parts = sdk.experimental_api.create_presign_multipart_upload(name, "main", "parts", parts=2)
    tags = []
    for number, url in enumerate(parts.presigned_urls, 1):
        request = urllib.request.Request(url, data=b"part %d," % number, method="PUT")
        with urllib.request.urlopen(request) as answer:
            tags.append(models.UploadPart(part_number=number, etag=answer.headers["ETag"]))
    done = sdk.experimental_api.complete_presign_multipart_upload(
        name, "main", parts.upload_id, "parts",
        models.CompletePresignMultipartUpload(physical_address=parts.physical_address,
                                              parts=tags))
    assert done.size_bytes == 14
    assert sdk.objects_api.get_object(name, "main", "parts") == b"part 1,part 2,"


# The high-level client.

@pytest.fixture(scope="module")
def client(server):
    return Client(host=server.url, username=tarn_server.KEY, password=tarn_server.SECRET)


@pytest.mark.parametrize("presign", [False, True])
def test_lakefs(client, server, presign):
    name = f"high-level-{presign}".lower()
    repository = lakefs.Repository(name, client=client).create(f"local://store/{name}")
    main = repository.branch("main")
    stored = main.object("dir/räuber x.csv").upload(
        data=b"a,b\n1,2\n", mode="wb", pre_sign=presign, content_type="text/csv",
        metadata={"k": "v"})
    assert (stored.stat().content_type, stored.stat().metadata) == ("text/csv", {"k": "v"})
    with stored.reader(mode="rb", pre_sign=presign) as reader:
        assert reader.read(3) == b"a,b"
        reader.seek(4)
        assert reader.read() == b"1,2\n"
    with main.object("big").writer(mode="wb", pre_sign=presign) as writer:
        for i in range(100):
            writer.write(bytes([i]) * 50_000)
    assert main.object("big").stat().size_bytes == 5_000_000
    assert [d.path for d in main.uncommitted()] == ["big", "dir/räuber x.csv"]
    first = main.commit("first", metadata={"by": "tour"})
    assert first.get_commit().metadata == {"by": "tour"}
    dev = repository.branch("dev").create("main")
    many = 20 if presign else 1100  # The latter is more than a page.
    for i in range(many):
        dev.object(f"many/{i:05}").upload(b"x", pre_sign=presign)
    dev.commit("many")
    assert len(list(dev.objects(prefix="many/"))) == many
    assert {d.type for d in main.diff(dev)} == {"added"}
    merged = dev.merge_into(main)
    assert main.get_commit().id == merged
    for branch, text in ((main, b"main"), (dev, b"dev")):
        branch.object("both").upload(text)
        branch.commit("both")
    with pytest.raises(lakefs.exceptions.ConflictException):
        dev.merge_into(main)
    tag = repository.tag("v1").create("main")
    assert tag.object("both").reader(mode="r").read() == "main"
    main.revert("main")
    assert not main.object("both").exists()
    manager = main.import_data("from elsewhere").prefix(f"local://{server.sources}", "in/")
    assert manager.run().completed
    assert main.object("in/one.txt").reader(mode="r").read() == "one"
    with main.transact(commit_message="together") as transaction:
        transaction.object("t/1").upload(b"1")
        transaction.object("t/2").upload(b"2")
    assert len(list(main.objects(prefix="t/"))) == 2
    main.delete_objects(["t/1", "t/2"])
    main.reset_changes()
    assert main.object("t/1").exists()
    tag.delete()
    dev.delete()
    repository.delete()
    with pytest.raises(lakefs.exceptions.NotFoundException):
        lakefs.Repository(name, client=client).properties


# fsspec.

def test_fsspec_with_parquet(server, sdk):
    name = new_repository(sdk, "fsspec")
    options = {"host": server.url, "username": tarn_server.KEY, "password": tarn_server.SECRET}
    frame = pandas.DataFrame({"n": range(10_000), "text": [f"row {i}" for i in range(10_000)]})
    place = f"lakefs://{name}/main/tables/frame.parquet"
    frame.to_parquet(place, storage_options=options)
    assert pandas.read_parquet(place, storage_options=options).equals(frame)
    columns = pandas.read_parquet(place, columns=["n"], storage_options=options)
    assert columns["n"].sum() == sum(range(10_000))

    files = lakefs_spec.LakeFSFileSystem(**options, use_listings_cache=False)
    root = f"{name}/main"
    assert files.exists(f"{root}/tables/frame.parquet")
    assert [item["name"] for item in files.ls(f"{root}/tables/")] == [
        f"{root}/tables/frame.parquet"]
    with files.open(f"lakefs://{root}/notes.txt", "wb") as out:
        out.write(b"a line\n" * 1000)
    with files.open(f"lakefs://{root}/notes.txt", "rb") as notes:
        notes.seek(7)
        assert notes.read(6) == b"a line"
    files.cp_file(f"{root}/notes.txt", f"{root}/copy.txt")
    assert files.cat_file(f"{root}/copy.txt") == b"a line\n" * 1000
    files.rm_file(f"{root}/notes.txt")
    assert not files.exists(f"{root}/notes.txt")
    commit(sdk, name, "main", "tables")  # A transaction merges, which wants a clean branch.
    with files.transaction(name, "main") as transaction:
        files.pipe_file(f"{name}/{transaction.branch.id}/in-transaction", b"x")
        transaction.commit("From a transaction")
    assert files.cat_file(f"{root}/in-transaction") == b"x"


# Sample data.

@pytest.fixture(scope="module")
def samples(client):
    """A repository to play with, as tutorials make it."""
    return lakefs.Repository("samples", client=client).create(
        "local://store/samples", default_branch="trunk", include_samples=True)


def test_sample_repository(server, samples):
    paths = [item.path for item in samples.ref("trunk").objects()]
    tops = sorted({path.split("/")[0] for path in paths})
    assert tops == ["README.md", "_lakefs_actions", "data", "images", "lakes.parquet", "scripts"]
    images = [path for path in paths if path.startswith("images/")]
    assert len(images) == 29 and sum(path.endswith(".png") for path in images) == 25
    branch = samples.branch("trunk")
    assert list(branch.uncommitted()) == []
    newest = branch.get_commit()
    assert (newest.message, newest.committer, newest.metadata) == ("Add sample data", "admin", {})
    protected = server.api("POST", "/repositories/samples/branches/trunk/objects?path=x", b"x",
                           headers={"Content-Type": "application/octet-stream"}, expect=[403])
    assert protected.message == "cannot write to protected branch"
    rules = server.api("GET", "/repositories/samples/settings/branch_protection").json
    assert rules == [{"pattern": "trunk"}]


def test_sample_lakes(server, samples):
    options = {"host": server.url, "username": tarn_server.KEY, "password": tarn_server.SECRET}
    lakes = pandas.read_parquet(f"lakefs://{samples.id}/trunk/lakes.parquet",
                                storage_options=options)
    assert {name: str(kind) for name, kind in lakes.dtypes.items()} == {
        "Hylak_id": "int64", "Lake_name": "str", "Country": "str", "Depth_m": "float64"}
    assert len(lakes) == 100_000 and lakes["Hylak_id"].is_unique
    assert not lakes.isna().any().any() and lakes["Depth_m"].between(0.01, 420).all()
    countries = lakes["Country"].value_counts()
    assert len(countries) >= 5 and countries["Denmark"] > 100
    danish = pandas.read_parquet(
        f"lakefs://{samples.id}/trunk/lakes.parquet", storage_options=options,
        columns=["Country", "Depth_m"], filters=[("Country", "==", "Denmark")])
    assert len(danish) == countries["Denmark"] and danish["Depth_m"].max() < 40
    assert danish["Depth_m"].sum() == lakes[lakes["Country"] == "Denmark"]["Depth_m"].sum()


def test_sample_files(server, samples):
    """What the tests of lakefs-spec count on."""
    files = lakefs_spec.LakeFSFileSystem(host=server.url, username=tarn_server.KEY,
                                         password=tarn_server.SECRET)
    root = f"{samples.id}/trunk/"
    _, folders, names = next(files.walk(root))
    assert (len(folders), len(names)) == (4, 2)
    assert len(files.find(root + "images")) == 29
    assert files.glob(f"lakefs://{root}**/*.png")
    assert files.du(f"lakefs://{root}", withdirs=True) > 2**20
    assert files.size(f"{root}lakes.parquet") > 2**19
    assert files.isdir(f"{root}data") and files.isfile(f"{root}lakes.parquet")
    assert files.ls(f"{root}data", detail=False) == [f"{root}data/lakes.source.md"]


def test_sample_tutorial(server, samples):
    """What the README of the samples tells its reader to do, works."""
    readme = samples.ref("trunk").object("README.md").reader(mode="r").read()
    blocks = re.findall(r"^```python\n(.*?)^```$", readme, re.M | re.S)
    assert len(blocks) > 5
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks)], capture_output=True, text=True, timeout=120,
        env={**os.environ, "LAKECTL_SERVER_ENDPOINT_URL": server.url,
             "LAKECTL_CREDENTIALS_ACCESS_KEY_ID": tarn_server.KEY,
             "LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY": tarn_server.SECRET})
    assert done.returncode == 0, done.stderr
    assert "100000 lakes again" in done.stdout and "Keep the lakes of Denmark" in done.stdout
    assert "lakes.parquet lacks Country" in done.stdout
    run, = [run for run in server.api("GET", "/repositories/samples/actions/runs").json["results"]
            if run["status"] == "failed"]
    output = server.api("GET", f"/repositories/samples/actions/runs/{run['run_id']}/hooks/"
                        "0000_0000/output").body.decode()
    assert "Depth_m\tDOUBLE\n" in output


def test_sample_action_of_commits(server, samples):
    """Commits on branches of jobs need metadata that says whose they are."""
    branch = samples.branch("etl-lakes").create("trunk")
    branch.object("new").upload(data=b"x")
    commits = "/repositories/samples/branches/etl-lakes/commits"
    for metadata, problem in (
            ({}, "'job' is missing; 'owner' is missing"),
            ({"job": "Lakes!", "owner": "me"}, "'job' is 'Lakes!', which does not fit")):
        answer = server.api("POST", commits, {"message": "m", "metadata": metadata}, expect=[412])
        assert problem in answer.message
    server.api("POST", commits, {"message": "m", "metadata": {"job": "lakes", "owner": "me"}})


def test_sample_data_is_all_or_nothing(server):
    """Where the samples cannot be added, there is no repository."""
    refused_answer = server.api("POST", "/repositories", {
        "name": "frozen", "storage_namespace": "local://store/frozen", "sample_data": True,
        "read_only": True}, expect=[403])
    assert refused_answer.message == "error populating sample repository: read-only repository"
    server.api("GET", "/repositories/frozen", expect=[404])
