import { describe, expect, it } from "vitest";
import { branchNameError, repositoryNameError } from "./names";
import { count, formatAge, formatBytes, formatDuration } from "./format";
import { hexLines } from "./hex";

describe("texts", () => {
  it("shows sizes with three digits at most", () => {
    expect([0, 1023, 1024, 15_000, 300_000_000, 2 ** 60].map(formatBytes)).toEqual([
      "0 B", "1023 B", "1.00 KiB", "14.6 KiB", "286 MiB", "1024 PiB",
    ]);
  });

  it("shows ages", () => {
    const now = 1_000_000_000;
    expect([5, 65, 7300, 86_400, 86_400 * 45, 86_400 * 800].map((ago) => formatAge(now - ago, now))).toEqual([
      "just now", "1 minute ago", "2 hours ago", "yesterday", "last month", "2 years ago",
    ]);
  });

  it("counts", () => {
    expect([count(1, "change"), count(3000, "change"), count(2, "branch", "branches")]).toEqual([
      "1 change", "3,000 changes", "2 branches",
    ]);
    expect([5, 125, 7260].map(formatDuration)).toEqual(["5 s", "2 min 5 s", "2 h 1 min"]);
  });

  it("shows bytes", () => {
    expect(hexLines(new TextEncoder().encode("Tarn\n0123456789abc"))).toEqual([
      "00000000  54 61 72 6e 0a 30 31 32 33 34 35 36 37 38 39 61  Tarn.0123456789a",
      "00000010  62 63                                            bc",
    ]);
  });
});

describe("names", () => {
  it("has the server's rules", () => {
    for (const good of ["abc", "a-b", "0ab", "a".repeat(63)]) expect(repositoryNameError(good)).toBeNull();
    for (const bad of ["ab", "-abc", "Abc", "a_b", "a".repeat(64), "a b c"]) expect(repositoryNameError(bad)).not.toBeNull();
    for (const good of ["main", "a-b_C", "_x"]) expect(branchNameError(good)).toBeNull();
    for (const bad of ["", "-a", "a/b", "a b", "a.b"]) expect(branchNameError(bad)).not.toBeNull();
  });
});
