import { describe, expect, it } from "vitest";
import type { Diff, ObjectStats } from "../api/types";
import { comparePaths, mergeChanges } from "./merge-changes";

const object = (path: string): ObjectStats => ({
  path,
  path_type: path.endsWith("/") ? "common_prefix" : "object",
  physical_address: "",
  checksum: "",
  mtime: 0,
});
const diff = (type: Diff["type"], path: string): Diff => ({
  type,
  path,
  path_type: path.endsWith("/") ? "common_prefix" : "object",
});

describe("comparePaths", () => {
  it("orders by the bytes of UTF-8", () => {
    const paths = ["a", "a-", "a/", "a/b", "b", "é", "\uffff", "😀"];
    const shuffled = [...paths].reverse().sort(comparePaths);
    const byBytes = [...paths].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
    expect(shuffled).toEqual(byBytes);
  });
});

describe("mergeChanges", () => {
  it("marks rows and puts removed ones in their places", () => {
    const rows = mergeChanges([object("a"), object("c/"), object("d")], false, [
      diff("changed", "a"),
      diff("removed", "b"),
      diff("prefix_changed", "c/"),
      diff("removed", "z"),
    ]);
    expect(rows.map(({ path, change }) => [path, change])).toEqual([
      ["a", "changed"],
      ["b", "removed"],
      ["c/", "prefix_changed"],
      ["d", undefined],
      ["z", "removed"],
    ]);
    expect(rows[1]?.stats).toBeUndefined();
    expect(rows[2]?.isFolder).toBe(true);
  });

  it("leaves out what lies behind the end of an unfinished listing", () => {
    const rows = mergeChanges([object("a")], true, [diff("removed", "b")]);
    expect(rows.map((row) => row.path)).toEqual(["a"]);
  });

  it("does not show added objects that the listing does not have yet", () => {
    expect(mergeChanges([], false, [diff("added", "new")])).toEqual([]);
  });
});
