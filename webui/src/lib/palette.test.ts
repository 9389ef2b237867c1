import { describe, expect, it } from "vitest";
import { fit, fitting, meaningOf, placeOf } from "./palette";

describe("fit", () => {
  it("wants each word and likes beginnings", () => {
    expect(fit("Pull Requests", "req pull")).toBeGreaterThan(0);
    expect(fit("Pull Requests", "push")).toBe(0);
    expect(fit("tags", "tag")).toBeGreaterThan(fit("my-tags", "tag"));
    expect(fit("my-tags", "tag")).toBeGreaterThan(fit("hashtags", "tag"));
    expect(fit("a+b (c)", "+b (c")).toBeGreaterThan(0);
    expect(fit("anything", "  ")).toBe(1);
  });

  it("orders what fits", () => {
    const items = ["Settings", "Set-up", "Upload", "reset"].map((title) => ({ title }));
    expect(fitting(items, "set").map(({ title }) => title)).toEqual(["Settings", "Set-up", "reset"]);
    expect(fitting([{ title: "Dark theme", words: "night" }], "night")).toHaveLength(1);
  });
});

it("reads URIs and IDs", () => {
  expect(meaningOf(" lakefs://lake/main/a/b.csv ")).toEqual({ kind: "uri", repository: "lake", ref: "main", path: "a/b.csv" });
  expect(meaningOf("lakefs://lake")).toEqual({ kind: "uri", repository: "lake", ref: "", path: "" });
  expect(meaningOf("deadbeefdeadbeef")).toEqual({ kind: "commit", id: "deadbeefdeadbeef", title: "deadbeefdead" });
  expect(meaningOf("deadbee")).toEqual({ kind: "words" });
});

it("knows where one is", () => {
  expect(placeOf("/repositories/lake/objects", "?ref=dev&path=a/")).toEqual({ repository: "lake", ref: "dev" });
  expect(placeOf("/repositories", "")).toEqual({ repository: null, ref: null });
});
