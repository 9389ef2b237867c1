"""Makes the files of this folder with pyarrow 26.0.1 and deltalake 1.6.6: Parquet files of others,
and their rows as lines of JSON, as pyarrow reads them. Their bytes differ from run to run."""
import json
import pathlib
import shutil
import tempfile

import deltalake
import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = pathlib.Path(__file__).parent
STRUCT = pa.struct([("a", pa.int32()), ("b", pa.list_(pa.string()))])
SCHEMA = pa.schema([
    ("number", pa.int64()), pa.field("must", pa.int32(), nullable=False), ("truth", pa.bool_()),
    ("real", pa.float64()), ("small", pa.float32()), ("text", pa.string()), ("fixed", pa.binary(3)),
    ("group", STRUCT), ("list", pa.list_(pa.int32())),
    ("lists", pa.list_(pa.list_(pa.string()))), ("groups", pa.list_(STRUCT)),
    ("map", pa.map_(pa.string(), pa.string())),
    ("deep", pa.struct([("map", pa.map_(pa.string(), pa.list_(pa.int64())))])),
])


def row(i):
    def maybe(every, value):
        return None if i % every == 0 else value
    return {
        "number": maybe(7, i * (1 << 40) - i), "must": i - 50, "truth": maybe(5, i % 3 == 0),
        "real": maybe(4, i / 8), "small": maybe(6, i / 4), "text": maybe(3, f"text {i % 9} ü"),
        "fixed": maybe(8, b"f%02d" % (i % 100)),
        "group": maybe(2, {"a": maybe(3, i), "b": maybe(5, ["x", None, str(i)][:i % 4])}),
        "list": maybe(9, list(range(i % 5))),
        "lists": maybe(10, [maybe(4, ["y"] * (i % 3)), [], [None, "z"]][:i % 4]),
        "groups": maybe(4, [None, {"a": None, "b": None}, {"a": i, "b": ["q"]}][:i % 5]),
        "map": maybe(6, [(f"k{j}", maybe(2 + j, f"v{i}")) for j in range(i % 4)]),
        "deep": maybe(3, {"map": maybe(5, [("one", [i, None]), ("two", None), ("three", [])])}),
    }


def with_maps(value, kind):
    """A value of pyarrow as JSON has it; pyarrow has maps as lists of pairs."""
    if value is None:
        return None
    if pa.types.is_map(kind):
        return {key: with_maps(item, kind.item_type) for key, item in sorted(value)}
    if pa.types.is_list(kind):
        return [with_maps(item, kind.value_type) for item in value]
    if pa.types.is_struct(kind):
        return {field.name: with_maps(value[field.name], field.type) for field in kind}
    return value.decode() if isinstance(value, bytes) else value


def write_rows(name, table):
    kind = pa.struct(list(table.schema))
    lines = [json.dumps(with_maps(each, kind), ensure_ascii=False) for each in table.to_pylist()]
    (FOLDER / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def nested():
    rows = [row(i) for i in range(200)]
    table = pa.Table.from_pylist(rows, SCHEMA)
    write_rows("nested.json", table)
    for name, options in {
            "snappy": {"compression": "snappy"},
            "gzip": {"compression": "gzip", "use_dictionary": False},
            "zstd": {"compression": "zstd", "row_group_size": 77},
            "pages-v2": {"compression": "snappy", "data_page_version": "2.0"},
            "old-lists": {"compression": "none", "use_compliant_nested_type": False},
    }.items():
        pq.write_table(table, FOLDER / f"nested-{name}.parquet", data_page_size=512,
                       write_batch_size=32, store_schema=False, write_statistics=False, **options)


def checkpoint():
    with tempfile.TemporaryDirectory() as folder:
        for i in range(3):
            deltalake.write_deltalake(
                folder, pa.table({"n": [i, i + 1], "part": ["a b", None]}), partition_by=["part"],
                mode="append", name="a table", configuration={"delta.appendOnly": "false"})
        deltalake.DeltaTable(folder).delete("n = 0")
        deltalake.DeltaTable(folder).create_checkpoint()
        file = next(pathlib.Path(folder, "_delta_log").glob("*.checkpoint.parquet"))
        shutil.copy(file, FOLDER / "delta-rs.parquet")
        write_rows("delta-rs.json", pq.read_table(file))


nested()
checkpoint()
