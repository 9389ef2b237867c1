import { expect, it } from "vitest";
import { rowWindow } from "./row-window";

it("holds what is in sight, wherever one is", () => {
  for (const count of [0, 1, 17, 300, 100_000]) {
    for (let above = -500; above < count * 44 + 500; above += Math.max(37, count)) {
      const { first, end } = rowWindow(above, 800, 44, count);
      const sighted = [Math.floor(above / 44), Math.ceil((above + 800) / 44)].map((row) => Math.max(0, Math.min(row, count)));
      expect(first).toBeLessThanOrEqual(sighted[0] ?? 0);
      expect(end).toBeGreaterThanOrEqual(sighted[1] ?? 0);
      expect(end).toBeLessThanOrEqual(count);
      expect(end - first).toBeLessThan(50);
    }
  }
});

it("stays the same for small steps", () => {
  expect(rowWindow(44 * 80, 800, 44, 1000)).toEqual(rowWindow(44 * 82, 800, 44, 1000));
});

it("shows the end of a list that has become shorter", () => {
  expect(rowWindow(44 * 90_000, 800, 44, 100)).toEqual({ first: 72, end: 100 });
});
