import { describe, expect, it } from "vitest";
import { diffTexts, foldRows, type Line } from "./text-diff";

const show = (line: Line | null) => line && `${line.number} ${line.pieces.map(({ text, isMarked }) => (isMarked ? `[${text}]` : text)).join("")}`;
const rowsOf = (left: string, right: string) => diffTexts(left, right).rows.map((row) => [row.isSame, show(row.left), show(row.right)]);

describe("diffTexts", () => {
  it("puts lines beside each other and marks the words that changed", () => {
    expect(rowsOf("one\ntwo words here\nthree\n", "one\ntwo other words here\nthree\nfour\n")).toEqual([
      [true, "1 one", "1 one"],
      [false, "2 two words here", "2 two [other ]words here"],
      [true, "3 three", "3 three"],
      [false, null, "4 four"],
    ]);
  });

  it("marks nothing in lines that share nothing", () => {
    expect(rowsOf("alpha beta", "gamma delta")).toEqual([[false, "1 alpha beta", "1 gamma delta"]]);
  });

  it("counts lines, with more on one side than on the other", () => {
    const { added, removed, rows } = diffTexts("a\nb\nc\nz", "x\nz");
    expect([added, removed, rows.length]).toEqual([1, 3, 4]);
    expect(rows[3]?.left?.number).toBe(4);
    expect(rows[3]?.right?.number).toBe(2);
  });

  it("knows empty texts", () => {
    expect(rowsOf("", "")).toEqual([]);
    expect(rowsOf("", "a\n")).toEqual([[false, null, "1 a"]]);
    expect(rowsOf("a", "")).toEqual([[false, "1 a", null]]);
  });

  it("gives up in time on texts that differ all over", () => {
    const text = (seed: number) => Array.from({ length: 20_000 }, (_, index) => `${seed}:${(index * 7919 * seed) % 20_011}`).join("\n");
    const { isRough, added, removed } = diffTexts(text(1), text(2));
    expect([isRough, added, removed]).toEqual([true, 20_000, 20_000]);
  });
});

it("folds what is far from changes", () => {
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
  const sections = foldRows(diffTexts(lines.join("\n"), lines.with(20, "changed").join("\n")).rows);
  expect(sections.map(({ isFolded, rows }) => [isFolded, rows.length])).toEqual([[true, 17], [false, 7], [true, 16]]);
});
