import { expect, it } from "vitest";
import { matchesGlob } from "./glob";

it("covers names", () => {
  expect(matchesGlob("main", "main")).toBe(true);
  expect(matchesGlob("main", "main2")).toBe(false);
  expect(matchesGlob("rel-*", "rel-1.2")).toBe(true);
  expect(matchesGlob("*", "anything")).toBe(true);
  expect(matchesGlob("v?.0", "v1.0")).toBe(true);
  expect(matchesGlob("v?.0", "v1x0")).toBe(false);
});
