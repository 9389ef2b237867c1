"""Exports to catalogs are what their readers need: Delta logs are read back by the Python package
deltalake, and each line of a symlink list leads to the object that the lake has there."""
import datetime
import json
import pathlib
import shutil
import tempfile
import urllib.parse

import deltalake
import pyarrow
import pytest

import tarn_server
from test_hooks import Lake

# Prints what an exporter writes: its key, then the content.
WRITER = 'local function write(bucket, key, data) print("FILE " .. key) print(data) end\n'
DELTA_SCRIPT = WRITER + """
local client = require("formats").delta_client(args.key, args.secret)
local exported = require("lakefs/catalogexport/delta_exporter").export_delta_log(
  action, {"t"}, write, client, "_lakefs_tables",
  function(address) return require("strings").replace(address, "local://", "file://", 1) end)
print("PATH " .. exported.t.path)
"""
SYMLINK_SCRIPT = WRITER + """
require("lakefs/catalogexport/symlink_exporter").export_s3(
  {put_object = write}, "_lakefs_tables/t.yaml", action)
"""
ODD = ["plain", "a b", "a/b=c", "50%", "100%25", "x+y", "ü ✓", "it's", None]


@pytest.fixture
def place(directory):
    with tempfile.TemporaryDirectory(dir=directory) as made:
        yield pathlib.Path(made)


@pytest.fixture
def lake(place):
    with tarn_server.Server(tarn_server.program(), place / "server") as server:
        yield Lake(server.set_up())


def put_folder(lake, folder, path):
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            name = urllib.parse.quote(f"{path}/{file.relative_to(folder)}", safe="")
            lake.put("main", name, file.read_bytes())


def export(lake, script, **descriptor):
    """The files that a script writes after a commit, by key, and what else it prints."""
    lake.put("main", "_lakefs_tables/t.yaml", json.dumps({"name": "t", **descriptor}))
    arguments = {"key": tarn_server.KEY, "secret": tarn_server.SECRET}
    lake.put("main", "_lakefs_actions/export.yaml", json.dumps({
        "name": "export", "on": {"post-commit": None}, "hooks": [
            {"id": "hook", "type": "lua", "properties": {"script": script, "args": arguments}}]}))
    lake.commit()
    run = lake.runs(1, "post-commit")[0]
    files, rest, key = {}, [], None
    output = lake.output(run).decode()
    assert run["status"] == "completed", output
    for line in output.splitlines():
        if line.startswith("FILE "):
            key = line[5:]
            files[key] = []
        elif line.startswith("PATH "):
            rest.append(line[5:])
        elif line:
            files[key].append(line)
    return files, rest


def query(table):
    """All rows of a table, in some order, and its columns."""
    rows = pyarrow.table(deltalake.QueryBuilder().register("t", table)
                         .execute("select * from t").read_all())
    return sorted(map(str, rows.to_pylist())), sorted(rows.column_names)


def check_delta(lake, place, source):
    """Exports a table that lies in a local folder, and reads both."""
    put_folder(lake, source, "tables/t")
    files, (path,) = export(lake, DELTA_SCRIPT, type="delta", path="tables/t")
    log = place / "exported" / "_delta_log"
    log.mkdir(parents=True)
    for number, (key, lines) in enumerate(files.items()):
        assert key.endswith(f"/t/_delta_log/{number:020}.json")
        assert path.endswith("/" + key.split("/_delta_log/")[0])
        (log / key.rsplit("/", 1)[1]).write_text("\n".join(lines) + "\n", encoding="utf-8")
    shutil.rmtree(source)  # What is read is in the lake.
    return deltalake.DeltaTable(log.parent), files


def write(folder, mode="append", start=0, **more):
    stamp = datetime.datetime(2026, 1, 2, 3, 4, 5)
    rows = pyarrow.table({"id": list(range(start, start + len(ODD))), "odd": ODD,
                          "stamp": [stamp] * len(ODD), "list": [[1, None]] * len(ODD)})
    deltalake.write_deltalake(folder, rows, mode=mode, partition_by=["odd"], **more)


def test_delta_of_commits(lake, place):
    source = place / "source"
    write(source, name="a table", description="of odd parts")
    write(source, start=100)
    deltalake.DeltaTable(source).delete("id = 101")
    deltalake.DeltaTable(source).update({"id": "id + 1000"}, predicate="id = 3")
    expected = query(deltalake.DeltaTable(source))
    table, files = check_delta(lake, place, source)
    assert query(table) == expected
    assert len(files) == 4
    assert (table.metadata().name, table.metadata().description) == ("a table", "of odd parts")


@pytest.mark.parametrize("is_cleaned", [False, True])
def test_delta_of_a_checkpoint(lake, place, is_cleaned):
    source = place / "source"
    write(source)
    deltalake.DeltaTable(source).delete("id = 1")
    deltalake.DeltaTable(source).create_checkpoint()
    write(source, start=50)
    expected = query(deltalake.DeltaTable(source))
    log = source / "_delta_log"
    if is_cleaned:  # As after the retention of the log; the hint is lost, too.
        for name in ("00000000000000000000.json", "00000000000000000001.json", "_last_checkpoint"):
            (log / name).unlink()
    table, files = check_delta(lake, place, source)
    assert query(table) == expected
    # The checkpoint, its commit and the one after it.
    assert len(files) == (2 if is_cleaned else 3)


def test_delta_with_a_gap(lake, place):
    source = place / "source"
    for start in (0, 10, 20):
        write(source, start=start)
    (source / "_delta_log" / "00000000000000000001.json").unlink()
    put_folder(lake, source, "tables/t")
    with pytest.raises(AssertionError, match="commits of the Delta table are missing"):
        export(lake, DELTA_SCRIPT, type="delta", path="tables/t")


def test_delta_as_somebody_else(lake, place):
    """The key of the client decides what may be read, not who commits."""
    write(place / "source")
    put_folder(lake, place / "source", "tables/t")
    with pytest.raises(AssertionError, match="HTTP 401"):
        export(lake, DELTA_SCRIPT.replace("args.secret", '"wrong"'), type="delta", path="tables/t")


def test_symlinks_lead_to_objects(lake):
    contents = {f"tables/t/kind={kind}/day={day}/part-{part}.csv": f"{kind} {day} {part}"
                for kind in ("a", "b c", "ü") for day in (1, 2) for part in range(3)}
    for path, content in contents.items():
        lake.put("main", urllib.parse.quote(path, safe=""), content.encode())
    files, _ = export(lake, SYMLINK_SCRIPT, type="hive", path="tables/t",
                      partition_columns=["kind", "day"])
    seen = {}
    for key, lines in files.items():
        partition = key.split("/t/", 1)[1].removesuffix("/symlink.txt")
        for line in lines:
            assert line.startswith("local://")
            seen.setdefault(partition, []).append(
                pathlib.Path(line.removeprefix("local://")).read_text(encoding="utf-8"))
    expected = {}
    for path, content in contents.items():
        expected.setdefault(path.removeprefix("tables/t/").rsplit("/", 1)[0], []).append(content)
    assert {key: sorted(lines) for key, lines in seen.items()} == expected
