import { describe, expect, it } from "vitest";
import { parseNotebook } from "./notebook";

const notebook = (cells: unknown[], metadata: unknown = {}) => JSON.stringify({ nbformat: 4, metadata, cells });

describe("parseNotebook", () => {
  it("reads cells of all kinds", () => {
    const text = notebook(
      [
        { cell_type: "markdown", source: ["# A\n", "b"] },
        { cell_type: "code", source: "1+1", execution_count: 3, outputs: [] },
        { cell_type: "raw", source: "x" },
      ],
      { kernelspec: { language: "R" } },
    );
    expect(parseNotebook(text)).toEqual({
      language: "r",
      cells: [
        { kind: "markdown", text: "# A\nb" },
        { kind: "code", text: "1+1", count: 3, outputs: [] },
        { kind: "raw", text: "x" },
      ],
    });
  });

  it("chooses the richest form of an output that can be shown", () => {
    const outputs = [
      { output_type: "stream", name: "stderr", text: ["a\n", "b"] },
      { output_type: "error", ename: "E", evalue: "v", traceback: ["\u001b[31mred\u001b[0m", "end"] },
      { output_type: "execute_result", data: { "text/plain": "1", "text/html": ["<b>", "1</b>"] } },
      { output_type: "display_data", data: { "image/png": "iVBO\nRw==", "text/plain": "<Figure>" } },
      { output_type: "display_data", data: { "image/svg+xml": "<svg/>" } },
      { output_type: "display_data", data: { "application/javascript": "alert(1)", "text/plain": "<JS>" } },
    ];
    const [cell] = parseNotebook(notebook([{ cell_type: "code", source: "", execution_count: null, outputs }])).cells;
    expect(cell).toMatchObject({
      count: null,
      outputs: [
        { kind: "text", text: "a\nb", isError: true },
        { kind: "text", text: "red\nend", isError: true },
        { kind: "html", html: "<b>1</b>" },
        { kind: "image", base64: "iVBORw==" },
        { kind: "left-out", what: "image/svg+xml" },
        { kind: "text", text: "<JS>" },
      ],
    });
  });

  it("reads the form before this one", () => {
    const old = { nbformat: 3, worksheets: [{ cells: [
      { cell_type: "heading", level: 2, source: "T" },
      { cell_type: "code", input: "x", prompt_number: 1, outputs: [{ output_type: "pyout", text: "y" }] },
    ] }] };
    expect(parseNotebook(JSON.stringify(old)).cells).toEqual([
      { kind: "markdown", text: "## T" },
      { kind: "code", text: "x", count: 1, outputs: [{ kind: "text", text: "y" }] },
    ]);
  });

  it.each(["[]", "{}", "1", "{", '{"cells": 1}'])("refuses %s", (text) => {
    expect(() => parseNotebook(text)).toThrow();
  });

  it("bears cells and outputs of wrong types", () => {
    expect(parseNotebook(notebook([null, 1, {}, { cell_type: "code", source: 7, outputs: [null, { data: 1 }] }])).cells).toEqual([
      { kind: "raw", text: "" },
      { kind: "code", text: "", count: null, outputs: [{ kind: "left-out", what: "an unknown type" }] },
    ]);
  });
});
