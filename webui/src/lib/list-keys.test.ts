import { expect, it } from "vitest";
import { rowAfterKey } from "./list-keys";

const all = () => true;
const go = (key: string, from: number, canGo: (row: number) => boolean = all) => rowAfterKey(key, from, 100, 20, canGo);

it("moves by a row, by a page and to the ends", () => {
  expect(go("ArrowDown", 3)).toBe(4);
  expect(go("ArrowUp", 3)).toBe(2);
  expect(go("PageDown", 3)).toBe(23);
  expect(go("PageUp", 30)).toBe(10);
  expect(go("Home", 50)).toBe(0);
  expect(go("End", 50)).toBe(99);
});

it("stays within the list", () => {
  expect(go("ArrowUp", 0)).toBeNull();
  expect(go("ArrowDown", 99)).toBeNull();
  expect(go("PageDown", 95)).toBe(99);
  expect(go("PageUp", 5)).toBe(0);
  expect(go("Home", 0)).toBeNull();
  expect(go("End", 99)).toBeNull();
});

it("passes over rows that cannot be gone to", () => {
  expect(go("ArrowDown", 3, (row) => row !== 4)).toBe(5);
  expect(go("End", 3, (row) => row < 98)).toBe(97);
  expect(go("Home", 3, (row) => row > 1)).toBe(2);
  expect(go("PageDown", 90, (row) => row !== 99)).toBe(98);
  expect(go("ArrowDown", 3, () => false)).toBeNull();
});

it("leaves other keys alone", () => {
  expect(go("Enter", 3)).toBeNull();
  expect(go("constructor", 3)).toBeNull();
});
