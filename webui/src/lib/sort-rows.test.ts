import { expect, it } from "vitest";
import type { ListedRow } from "./merge-changes";
import { nextOrder, serverOrder, sortRows } from "./sort-rows";

const object = (path: string, size_bytes: number, mtime: number): ListedRow => ({
  path,
  isFolder: false,
  stats: { path, path_type: "object", physical_address: "", checksum: "", size_bytes, mtime },
});
const rows: ListedRow[] = [object("a", 5, 30), { path: "b/", isFolder: true }, object("c", 9, 10), object("d", 5, 20)];
const paths = (by: "name" | "size" | "time", isDescending: boolean) => sortRows(rows, { by, isDescending }).map(({ path }) => path);

it("sorts by each column, in both directions, folders first", () => {
  expect(paths("name", false)).toEqual(["a", "b/", "c", "d"]);
  expect(paths("name", true)).toEqual(["d", "c", "b/", "a"]);
  expect(paths("size", true)).toEqual(["b/", "c", "a", "d"]);
  expect(paths("size", false)).toEqual(["b/", "a", "d", "c"]);
  expect(paths("time", true)).toEqual(["b/", "a", "d", "c"]);
  expect(rows.map(({ path }) => path)).toEqual(["a", "b/", "c", "d"]);
});

it("begins with the largest and the latest, and turns round", () => {
  expect(nextOrder(serverOrder, "size")).toEqual({ by: "size", isDescending: true });
  expect(nextOrder({ by: "size", isDescending: true }, "size")).toEqual({ by: "size", isDescending: false });
  expect(nextOrder({ by: "size", isDescending: true }, "name")).toEqual(serverOrder);
});
