import { expect, it } from "vitest";
import { diffColumns } from "./table-diff";

const column = (name: string, type: string) => ({ name, facts: { type } });

it("tells what became of each column, in order", () => {
  const left = [column("gone first", "int"), column("a", "int"), column("b", "int"), column("gone", "text")];
  const right = [column("new", "text"), column("a", "int"), column("b", "text")];
  expect(diffColumns(left, right).map(({ name, type }) => [name, type])).toEqual([
    ["gone first", "removed"],
    ["new", "added"],
    ["a", "same"],
    ["b", "changed"],
    ["gone", "removed"],
  ]);
});

it("knows tables without columns", () => {
  expect(diffColumns([], [])).toEqual([]);
  expect(diffColumns([column("a", "int")], [])).toEqual([{ name: "a", type: "removed", left: { type: "int" }, right: null }]);
});
