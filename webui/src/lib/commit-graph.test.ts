import { describe, expect, it } from "vitest";
import { commitGraph, type GraphCommit, type GraphRow } from "./commit-graph";

/** "a:b,c" is the commit a with the parents b and c. */
const log = (...commits: string[]): GraphCommit[] =>
  commits.map((text) => {
    const [id = "", parents = ""] = text.split(":");
    return { id, parents: parents ? parents.split(",") : [] };
  });

/** "lane | upper lines | lower lines" */
const draw = ({ lane, upper, lower }: GraphRow) =>
  [String(lane), ...[upper, lower].map((lines) => lines.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(" "))].join(" | ");

describe("commitGraph", () => {
  it("keeps a line of commits in one lane", () => {
    expect(commitGraph(log("c:b", "b:a", "a")).map(draw)).toEqual(["0 |  | 0", "0 | 0 | 0", "0 | 0 | "]);
  });

  it("opens a lane for a merge and closes it where the branch began", () => {
    const rows = commitGraph(log("m:b,x", "x:a", "b:a", "a"));
    expect(rows.map(draw)).toEqual(["0 |  | 0 0-1", "1 | 0 1 | 0 1", "0 | 0 1 | 1 0", "0 | 0 1-0 | "]);
    expect(rows.map(({ width, isMerge }) => [width, isMerge])).toEqual([[2, true], [2, false], [2, false], [2, false]]);
  });

  it("joins a lane that waits for the same parent already", () => {
    expect(commitGraph(log("m:b,x", "n:c,x", "b:a", "c:a", "x:a", "a")).map(draw)[1]).toBe("2 | 0 1 | 0 1 2 2-1");
  });

  it("uses lanes again", () => {
    const rows = commitGraph(log("m:k,x", "x:k", "k:j,y", "y:j", "j"));
    expect(Math.max(...rows.map(({ width }) => width))).toBe(2);
  });

  it("draws merges of many, a second root and an unknown commit", () => {
    const rows = commitGraph(log("o:a,b,c", "a", "b", "c", "z"));
    expect(rows.map(({ lane }) => lane)).toEqual([0, 0, 1, 2, 0]);
  });

  it("bears a parent that comes before its child", () => {
    expect(commitGraph(log("a", "b:a", "c:b")).map(draw)).toEqual(["0 |  | ", "0 |  | ", "0 |  | "]);
  });

  it("bears a commit with one parent twice, and itself", () => {
    expect(commitGraph(log("m:a,a", "a:a")).map(draw)).toEqual(["0 |  | 0 0", "0 | 0 | "]);
  });

  it("connects what leaves a row with what enters the next, and never changes rows by later ones", () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    const commits = Array.from({ length: 400 }, (_, index) => ({
      id: `${index}`,
      parents: [...new Set(Array.from({ length: random(4) }, () => `${index + 1 + random(12)}`))],
    }));
    const rows = commitGraph(commits);
    for (const [index, row] of rows.entries()) {
      const left = new Set(row.lower.map(({ to }) => to));
      const entered = new Set(rows[index + 1]?.upper.map(({ from }) => from) ?? left);
      expect(entered).toEqual(left);
      expect(row.upper.every(({ from, to }) => to === from || to === row.lane)).toBe(true);
    }
    for (const count of [1, 57, 399]) expect(commitGraph(commits.slice(0, count))).toEqual(rows.slice(0, count));
  });
});
