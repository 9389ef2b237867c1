import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openParquet, type ReadLimits } from "./parquet";

// Written by pyarrow 26.
const fileBytes = (name: string) => new Uint8Array(readFileSync(new URL(`testing/${name}.parquet`, import.meta.url)));

async function open(bytes: Uint8Array<ArrayBuffer>, limits?: ReadLimits) {
  const reads: [start: number, end: number][] = [];
  const file = await openParquet((start, end) => {
    reads.push([start, end]);
    return Promise.resolve(bytes.slice(start, end).buffer);
  }, bytes.length, limits);
  return { file, reads };
}

describe("openParquet", () => {
  it("tells what the footer says", async () => {
    const { file } = await open(fileBytes("types"));
    expect(file).toMatchObject({ rows: 5, rowGroups: 2 });
    expect(file.createdBy).toMatch(/parquet-cpp-arrow/);
    expect(file.metadata.map(([key]) => key)).toEqual(["ARROW:schema"]);
    expect(file.columns.map(({ name, type, nulls, min, max }) => [name, type, nulls, min, max])).toEqual([
      ["id", "int64", 0, "-5", "1152921504606846976"],
      ["name", "string", 1, "ape", "é"],
      ["price", "decimal(10, 2)", 1, null, null],
      ["when", "timestamp (µs, UTC)", 1, "2020-01-01", "2024-05-01 12:30:00.250"],
      ["day", "date", 0, "2024-05-01", "2024-05-01"],
      ["ok", "boolean", 1, "false", "true"],
      ["ratio", "double", 1, "0.5", "2.5"],
      ["raw", "bytes", 1, null, null],
      ["tags.list.element", "string", 3, "a", "c"],
      ["point.x", "int32", 1, "0", "3"],
      ["point.y", "int32", 2, "0", "2"],
      ["empty", "string", 5, null, null],
      ["late", "int32", 3, "7", "8"],
    ]);
    expect(file.columns[0]).toMatchObject({ isRequired: false, codecs: ["SNAPPY"], encodings: expect.arrayContaining(["PLAIN"]) as unknown });
  });

  it("reads rows over row groups", async () => {
    const { file } = await open(fileBytes("types"));
    const { columns, rows, leftOut } = await file.readRows(4);
    expect(leftOut).toEqual([]);
    expect(columns).toEqual(file.topColumns);
    expect(rows).toEqual([
      ["1", "ape", "1.5", "2024-05-01 12:30:00.250", "2024-05-01", "true", "0.5", "0x00ff", '["a","b"]', '{"x":1,"y":2}', null, null],
      ["2", "bee", "-2.25", null, "2024-05-01", "false", "NaN", "", "[]", null, null, null],
      ["3", null, null, "2020-01-01", "2024-05-01", null, "1", null, null, '{"x":3,"y":null}', null, null],
      ["1152921504606846976", "dog", "3", "2021-01-01", "2024-05-01", "true", "2.5", "a", '["c"]', '{"x":0,"y":0}', null, "7"],
    ]);
  });

  it.each(["zstd", "gzip", "brotli", "lz4"])("unpacks %s", async (codec) => {
    const { file } = await open(fileBytes(codec));
    const { rows } = await file.readRows(1000);
    expect(rows).toHaveLength(300);
    expect(rows[299]).toEqual(["299", "word 5"]);
  });

  it("reads more of a column only if its beginning does not suffice", async () => {
    const bytes = fileBytes("zstd");
    const enough = await open(bytes, { whole: 0, flat: [100, bytes.length], nested: [] });
    expect((await enough.file.readRows(10)).rows[9]).toEqual(["9", "word 2"]);
    const [, ...columns] = enough.reads;
    expect(columns.filter(([start, end]) => end - start === 100)).toHaveLength(2);
    expect(columns.filter(([start, end]) => end - start > 100)).toHaveLength(2);
  });

  it("leaves out what would take too much", async () => {
    const { file, reads } = await open(fileBytes("zstd"), { whole: 0, flat: [10, 100], nested: [] });
    const { rows, leftOut } = await file.readRows(2);
    expect(leftOut).toEqual(["n", "word"]);
    expect(rows).toEqual([[null, null], [null, null]]);
    expect(Math.max(...reads.slice(1).map(([start, end]) => end - start))).toBe(100);
  });

  it("tells of a file that is damaged within", async () => {
    const bytes = fileBytes("zstd");
    bytes.fill(0xff, 4, 60);
    const { file } = await open(bytes);
    await expect(file.readRows(10)).rejects.toThrow();
  });

  it("refuses what is no Parquet file", async () => {
    await expect(open(new TextEncoder().encode("not a table, however long it is"))).rejects.toThrow();
    const cut = fileBytes("types");
    await expect(open(cut.slice(0, cut.length - 20))).rejects.toThrow();
  });
});
