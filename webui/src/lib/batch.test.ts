import { describe, expect, it } from "vitest";
import type { ObjectStats } from "../api/types";
import { forEach, objectsMost, objectsOf, slices, targetError, targetPath, TooMany } from "./batch";
import type { ListedRow } from "./merge-changes";

const stats = (path: string): ObjectStats => ({ path, path_type: "object", physical_address: "", checksum: "", mtime: 0 });
const folder = (path: string): ListedRow => ({ path, isFolder: true });
const object = (path: string): ListedRow => ({ path, isFolder: false, stats: stats(path) });

async function pathsOf(chosen: ListedRow[], below: Record<string, ObjectStats[][]>) {
  const found: string[] = [];
  // eslint-disable-next-line @typescript-eslint/require-await -- real ones wait
  for await (const { path } of objectsOf(chosen, async function* (name) { yield* below[name] ?? []; })) found.push(path);
  return found;
}

describe("objectsOf", () => {
  it("goes down into folders", async () => {
    const below = { "f/": [[stats("f/1")], [stats("f/2"), stats("f/g/3")]] };
    expect(await pathsOf([object("a"), folder("f/"), folder("empty/")], below)).toEqual(["a", "f/1", "f/2", "f/g/3"]);
  });

  it("ends before it is too much", async () => {
    const page = Array.from({ length: objectsMost }, (_, index) => stats(`f/${index}`));
    await expect(pathsOf([object("a"), folder("f/")], { "f/": [page] })).rejects.toThrow(TooMany);
  });
});

describe("forEach", () => {
  it("does all, some at a time", async () => {
    const done: number[] = [];
    let running = 0;
    let most = 0;
    await forEach(Array.from({ length: 50 }, (_, index) => index), async (item) => {
      most = Math.max(most, ++running);
      await new Promise((go) => setTimeout(go, 1));
      running--;
      done.push(item);
    });
    expect(done.length).toBe(50);
    expect(most).toBe(8);
  });

  it("ends with the first failure and begins nothing after it", async () => {
    let begun = 0;
    await expect(
      forEach(Array.from({ length: 100 }), async () => {
        const mine = ++begun;
        await Promise.resolve();
        if (mine === 3) throw new Error("third");
      }),
    ).rejects.toThrow("third");
    expect(begun).toBeLessThan(20);
  });
});

it("cuts lists into slices", () => {
  expect([...slices([1, 2, 3, 4, 5], 2)]).toEqual([[1, 2], [3, 4], [5]]);
});

describe("targets", () => {
  it("are new paths, for what is below, too", () => {
    expect(targetPath("a/b.txt", "a/b.txt", { path: "c.txt" })).toBe("c.txt");
    expect(targetPath("a/f/x/1", "a/f/", { path: "g/" })).toBe("g/x/1");
    expect(targetPath("a/f/x/1", "a/f/", { folder: "z/" })).toBe("z/f/x/1");
    expect(targetPath("a/b.txt", "a/b.txt", { folder: "" })).toBe("b.txt");
  });

  it("are refused where something would be lost", () => {
    expect(targetError([object("a")], { path: "b" })).toBeNull();
    expect(targetError([folder("f/"), object("a")], { folder: "z/" })).toBeNull();
    expect(targetError([object("a")], { path: "" })).toMatch("needs a path");
    expect(targetError([object("a")], { path: "b/" })).toMatch("does not end");
    expect(targetError([folder("f/")], { path: "g" })).toMatch("ends with a slash");
    expect(targetError([object("a")], { folder: "z" })).toMatch("ends with a slash");
    expect(targetError([object("a")], { folder: "" })).toMatch("there already");
    expect(targetError([folder("f/")], { folder: "f/g/" })).toMatch("into itself");
    expect(targetError([folder("f/g/")], { path: "f/" })).toMatch("over a folder");
  });
});
