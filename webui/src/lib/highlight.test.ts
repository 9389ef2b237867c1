import { expect, it } from "vitest";
import { highlight, type Piece } from "./highlight";
import { languageByName, languageOf } from "./languages";

const textOf = (pieces: Piece[]): string =>
  pieces.map((piece) => (typeof piece === "string" ? piece : textOf(piece.pieces))).join("");

it("marks pieces and loses nothing of the text", () => {
  const text = 'def f(x):\n    return "</code><script>alert(1)</script>"  # <b>\n';
  const pieces = highlight(text, "python");
  expect(textOf(pieces)).toBe(text);
  expect(pieces).toContainEqual({ look: "hljs-keyword", pieces: ["def"] });
});

it("knows languages by names and types", () => {
  expect(["a.py", "a.yml", "x/Dockerfile", "a.json.gz", "a.unknown", "a"].map((path) => languageOf(path))).toEqual([
    "python", "yaml", "dockerfile", "json", null, null,
  ]);
  expect(languageOf("a", "application/json; charset=utf-8")).toBe("json");
  expect([languageByName("ipython"), languageByName("cobol")]).toEqual(["python", null]);
});
