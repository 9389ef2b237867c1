import { expect, it } from "vitest";
import { actionName, runTime } from "./action-runs";

it.each([
  ["name: Message check\non:\n", "Message check"],
  ["# first\nname:  'it''s'  # why\n", "it's"],
  ['on: {}\nname: "a \\"b\\""\r\n', 'a "b"'],
  ["hooks:\n  - name: inner\n", "check.yaml"],
  ["name:\n", "check.yaml"],
  ["", "check.yaml"],
])("reads the name from %j", (yaml, name) => {
  expect(actionName(yaml, "_lakefs_actions/check.yaml")).toBe(name);
});

it("tells how long it took", () => {
  const start = "2026-11-22T19:44:55.024884100Z";
  expect(
    ["2026-11-22T19:44:55.024999Z", "2026-11-22T19:44:55.5Z", "2026-11-22T19:44:58.5Z", "2026-11-22T19:47:00Z", "", undefined].map((end) =>
      runTime(start, end),
    ),
  ).toEqual(["1 ms", "476 ms", "3.5 s", "2 min 5 s", "", ""]);
});
