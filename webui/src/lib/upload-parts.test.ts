import { describe, expect, it } from "vitest";
import { ApiError } from "../api/client";
import { type Begun, type Keeper, partBytesOf, type PartTarget, sendInParts } from "./upload-parts";

const file = new Blob(["aabbccddee"]);

function memory(): Keeper & { kept: Begun | null } {
  const keeper = {
    kept: null as Begun | null,
    get: () => keeper.kept && structuredClone(keeper.kept),
    set: (begun: Begun | null) => (keeper.kept = begun && structuredClone(begun)),
  };
  return keeper;
}

/** A store of parts; `fail` says with what a part fails, by its number and how often it was tried. */
function store(fail: (number: number, tried: number) => Error | null = () => null) {
  const parts = new Map<string, string>();
  const calls: string[] = [];
  const tried = new Map<number, number>();
  let begun = 0;
  let known = "";
  const target: PartTarget<string> = {
    begin: () => Promise.resolve((known = `u${++begun}`)),
    send: async (id, number, part, onProgress) => {
      const tries = (tried.get(number) ?? 0) + 1;
      tried.set(number, tries);
      calls.push(`${id}:${number}`);
      const failure = id === known ? fail(number, tries) : new ApiError(404, "no such upload");
      onProgress(1);
      if (failure) throw failure;
      parts.set(`${id}:${number}`, await part.text());
      return `tag ${number}`;
    },
    complete: (id, tags) => {
      if (id !== known) return Promise.reject(new ApiError(404, "no such upload"));
      calls.push(`complete ${id} ${tags.join()}`);
      return Promise.resolve();
    },
    abort: (id) => {
      calls.push(`abort ${id}`);
      return Promise.resolve();
    },
  };
  const forget = () => (known = "");
  return { target: target as PartTarget, parts, calls, forget };
}

const options = { partBytes: 2, pause: () => Promise.resolve() };
const quiet = () => undefined;
const live = () => new AbortController().signal;
const broken = new Error("The connection broke off.");

describe("sendInParts", () => {
  it("sends all parts and puts them together in order", async () => {
    const { target, parts, calls } = store();
    const keeper = memory();
    const progress: number[] = [];
    await sendInParts(file, target, keeper, (sent) => progress.push(sent), live(), options);
    expect([...parts.values()].sort()).toEqual(["aa", "bb", "cc", "dd", "ee"]);
    expect(calls.at(-1)).toBe("complete u1 tag 1,tag 2,tag 3,tag 4,tag 5");
    expect(progress.at(-1)).toBe(10);
    expect(keeper.kept).toBeNull();
  });

  it("tries a part again, and only that", async () => {
    const { target, calls } = store((number, tried) => (number === 3 && tried < 3 ? broken : null));
    await sendInParts(file, target, memory(), quiet, live(), options);
    expect(calls.filter((call) => call === "u1:3")).toHaveLength(3);
    expect(calls.filter((call) => call.startsWith("u1:"))).toHaveLength(7);
  });

  it("does not repeat what was refused", async () => {
    const { target, calls } = store((number) => (number === 2 ? new ApiError(403, "no") : null));
    await expect(sendInParts(file, target, memory(), quiet, live(), options)).rejects.toThrow("no");
    expect(calls.filter((call) => call === "u1:2")).toHaveLength(1);
    expect(calls.some((call) => call.startsWith("complete"))).toBe(false);
  });

  it("goes on where it stopped", async () => {
    let isBroken = true;
    const { target, calls } = store((number) => (isBroken && number === 5 ? broken : null));
    const keeper = memory();
    await expect(sendInParts(file, target, keeper, quiet, live(), options)).rejects.toThrow(broken);
    expect(Object.keys(keeper.kept?.tags ?? {})).toEqual(["1", "2", "3", "4"]);
    isBroken = false;
    calls.length = 0;
    const progress: number[] = [];
    await sendInParts(file, target, keeper, (sent) => progress.push(sent), live(), { ...options, partBytes: 3 });
    expect(calls).toEqual(["u1:5", "complete u1 tag 1,tag 2,tag 3,tag 4,tag 5"]);
    expect(progress[0]).toBe(8);
  });

  it("begins anew where the upload is not known any more", async () => {
    const { target, calls, forget, parts } = store();
    const keeper = memory();
    keeper.set({ id: "u0", partBytes: 2, tags: { 1: "tag 1" } });
    forget();
    await sendInParts(file, target, keeper, quiet, live(), options);
    expect(parts.size).toBe(5);
    expect(calls.at(-1)).toMatch(/^complete u1/);
  });

  it("gives up what is cancelled", async () => {
    const controller = new AbortController();
    const { target, calls } = store((number) => {
      if (number === 2) controller.abort();
      return number === 2 ? broken : null;
    });
    const keeper = memory();
    await expect(sendInParts(file, target, keeper, quiet, controller.signal, options)).rejects.toThrow();
    expect(calls).toContain("abort u1");
    expect(keeper.kept).toBeNull();
  });

  it("sends an empty file as one part", async () => {
    const { target, calls } = store();
    await sendInParts(new Blob([]), target, memory(), quiet, live(), options);
    expect(calls).toEqual(["u1:1", "complete u1 tag 1"]);
  });
});

it("makes larger parts of larger files", () => {
  expect([partBytesOf(1), partBytesOf(100 << 20), partBytesOf(2 ** 40)]).toEqual([16 << 20, 16 << 20, 1049 * 2 ** 20]);
});
