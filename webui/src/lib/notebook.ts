// Jupyter notebooks (nbformat 3 and 4) as cells to show.

export type Output =
  | { kind: "text"; text: string; isError?: boolean }
  | { kind: "html"; html: string }
  | { kind: "markdown"; text: string }
  /** An image of points as base64; what it is must be checked by its bytes. */
  | { kind: "image"; base64: string }
  | { kind: "left-out"; what: string };

export type NotebookCell =
  | { kind: "markdown"; text: string }
  | { kind: "code"; text: string; count: number | null; outputs: Output[] }
  | { kind: "raw"; text: string };

export interface Notebook {
  language: string;
  cells: NotebookCell[];
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const object = (value: unknown): Json => (isObject(value) ? value : {});
const string = (value: unknown): string => (typeof value === "string" ? value : "");

/** A text that may be given as its lines. */
const joined = (value: unknown): string => (Array.isArray(value) ? value.map(string).join("") : string(value));

/** Without the codes that colour a terminal. */
// eslint-disable-next-line no-control-regex -- ESC is what is looked for
const withoutColours = (text: string) => text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, "");

// The richest form that we show comes first.
function dataOutput(data: Json): Output {
  for (const type of ["image/png", "image/jpeg", "image/gif", "png", "jpeg"]) {
    const base64 = joined(data[type]);
    if (base64) return { kind: "image", base64: base64.replace(/\s/g, "") };
  }
  const html = joined(data["text/html"] ?? data.html);
  if (html) return { kind: "html", html };
  const markdown = joined(data["text/markdown"]);
  if (markdown) return { kind: "markdown", text: markdown };
  const text = joined(data["text/plain"] ?? data.text);
  if (text) return { kind: "text", text: withoutColours(text) };
  if ("application/json" in data) return { kind: "text", text: JSON.stringify(data["application/json"], null, 2) };
  return { kind: "left-out", what: Object.keys(data).find((type) => type.includes("/")) ?? "an unknown type" };
}

function outputOf(output: Json): Output {
  switch (output.output_type) {
    case "stream":
      return { kind: "text", text: withoutColours(joined(output.text)), isError: (output.name ?? output.stream) === "stderr" };
    case "error":
    case "pyerr": {
      const trace = Array.isArray(output.traceback) ? output.traceback.map(string).join("\n") : "";
      const text = trace || `${string(output.ename)}: ${string(output.evalue)}`;
      return { kind: "text", text: withoutColours(text), isError: true };
    }
    default:
      return dataOutput("data" in output ? object(output.data) : output);
  }
}

function cellOf(cell: Json): NotebookCell {
  const text = joined(cell.source ?? cell.input);
  if (cell.cell_type === "markdown") return { kind: "markdown", text };
  if (cell.cell_type === "heading") return { kind: "markdown", text: `${"#".repeat(Number(cell.level) || 1)} ${text}` };
  if (cell.cell_type !== "code") return { kind: "raw", text };
  const count = cell.execution_count ?? cell.prompt_number;
  return { kind: "code", text, count: typeof count === "number" ? count : null, outputs: list(cell.outputs).map(outputOf) };
}

/** Throws on what is no notebook. */
export function parseNotebook(text: string): Notebook {
  const notebook: unknown = JSON.parse(text);
  if (!isObject(notebook)) throw new Error("This is not a notebook.");
  const cells = Array.isArray(notebook.cells)
    ? list(notebook.cells)
    : list(notebook.worksheets).flatMap((sheet) => list(sheet.cells));
  if (cells.length === 0 && !Array.isArray(notebook.cells)) throw new Error("This is not a notebook.");
  const metadata = object(notebook.metadata);
  const language = string(object(metadata.language_info).name) || string(object(metadata.kernelspec).language);
  return { language: language.toLowerCase() || "python", cells: cells.map(cellOf) };
}
