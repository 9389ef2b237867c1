import { expect, it } from "vitest";
import { formatCell, isNumeric } from "./cells";

it.each([
  [null, null],
  [undefined, null],
  ["", ""],
  [0, "0"],
  [false, "false"],
  [12345678901234567890n, "12345678901234567890"],
  [new Date(Date.UTC(2024, 4, 1)), "2024-05-01"],
  [new Date(Date.UTC(2024, 4, 1, 12, 30)), "2024-05-01 12:30:00"],
  [new Date(Date.UTC(2024, 4, 1, 12, 30, 0, 5)), "2024-05-01 12:30:00.005"],
  [new Date(NaN), "not a date"],
  [new Uint8Array([1, 255]), "0x01ff"],
  [new TextEncoder().encode("é"), "é"],
  [{ a: 1n, b: [12345678901234567890n, null], c: new Uint8Array([7]) }, '{"a":1,"b":["12345678901234567890",null],"c":"0x07"}'],
  ["x".repeat(3000), `${"x".repeat(2000)}…`],
])("shows %s", (value, shown) => {
  expect(formatCell(value)).toBe(shown);
});

it("knows columns of numbers", () => {
  for (const column of [["1", "-2.5", null, ""], ["1e-7"], ["1,000"], [".5"]]) expect(isNumeric(column)).toBe(true);
  for (const column of [["1", "x"], [], [null], ["2024-05-01"], ["0x01"]]) expect(isNumeric(column)).toBe(false);
});
