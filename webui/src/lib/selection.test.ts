import { expect, it } from "vitest";
import type { ListedRow } from "./merge-changes";
import { toggled, toggledAll, withRange } from "./selection";

const rows: ListedRow[] = ["a", "b", "c", "d"].map((path) => ({ path, isFolder: false, ...(path === "c" && { change: "removed" }) }));
const [a, , c] = rows as [ListedRow, ListedRow, ListedRow, ListedRow];
const none = new Map<string, ListedRow>();

it("takes rows in and out", () => {
  const one = toggled(none, a);
  expect([...one.keys()]).toEqual(["a"]);
  expect(toggled(one, a).size).toBe(0);
  expect(none.size).toBe(0);
});

it("takes ranges in both directions, without what was removed", () => {
  expect([...withRange(none, rows, 1, 3).keys()]).toEqual(["b", "d"]);
  expect([...withRange(none, rows, 3, 1).keys()]).toEqual(["b", "d"]);
  expect(toggled(none, c).size).toBe(0);
});

it("takes all, and none after that", () => {
  const all = toggledAll(none, rows);
  expect([...all.keys()]).toEqual(["a", "b", "d"]);
  expect(toggledAll(all, rows).size).toBe(0);
});
