// How an object is shown.
import { extension } from "./paths";

export type Preview =
  | "markdown" | "table" | "json-lines" | "parquet" | "notebook" | "geojson" | "image" | "pdf" | "text" | "binary";

const each = (kind: Preview, names: string) => Object.fromEntries(names.split(" ").map((name) => [name, kind]));

const byExtension: Record<string, Preview> = {
  ...each("markdown", "md markdown"),
  ...each("table", "csv tsv"),
  ...each("json-lines", "jsonl ndjson"),
  ...each("parquet", "parquet"),
  ...each("notebook", "ipynb pynb"),
  ...each("geojson", "geojson"),
  ...each("image", "png jpg jpeg gif webp bmp avif"),
  ...each("pdf", "pdf"),
  ...each(
    "text",
    "txt text log json yaml yml toml ini conf xml html htm svg css js ts tsx jsx py lua sql sh c cc cpp h hpp " +
      "go rs java scala kt rb r cmake dockerfile gitignore properties env",
  ),
};
const byType: Record<string, Preview> = {
  "text/markdown": "markdown",
  "text/csv": "table",
  "text/tab-separated-values": "table",
  "application/jsonl": "json-lines",
  "application/x-ndjson": "json-lines",
  "application/vnd.apache.parquet": "parquet",
  "application/x-ipynb+json": "notebook",
  "application/geo+json": "geojson",
  "application/pdf": "pdf",
  ...Object.fromEntries(
    ["png", "jpeg", "gif", "webp", "bmp", "avif"].map((name): [string, Preview] => [`image/${name}`, "image"]),
  ),
};

/** By the type, else by the name ("a.csv.gz" as "a.csv"). HTML and SVG are text: they are never drawn. */
export function previewOf(path: string, contentType = ""): Preview {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const known = byType[type] ?? byExtension[extension(path.replace(/\.gz$/i, ""))];
  if (known) return known;
  if (type.startsWith("text/") || /^(application\/(json|xml|yaml|toml|javascript)|.*\+(json|xml))$/.test(type)) return "text";
  return "binary";
}

export type Queried = "parquet" | "csv" | "json";

/** As what an object is read where its name stands for a table in SQL; null if it is no table. */
export function queriedAs(path: string): Queried | null {
  const kind = extension(path.replace(/\.gz$/i, ""));
  if (kind === "parquet") return path.toLowerCase().endsWith(kind) ? "parquet" : null;
  if (kind === "csv" || kind === "tsv") return "csv";
  return ["json", "jsonl", "ndjson"].includes(kind) ? "json" : null;
}

/** The type of an image of points by its first bytes; null for everything else, vector images too. */
export function rasterType(bytes: Uint8Array): string | null {
  const text = (start: number, end: number) => String.fromCharCode(...bytes.subarray(start, end));
  if (text(0, 8) === "\x89PNG\r\n\x1a\n") return "image/png";
  if (text(0, 3) === "\xff\xd8\xff") return "image/jpeg";
  if (/^GIF8[79]a/.test(text(0, 6))) return "image/gif";
  if (text(0, 4) === "RIFF" && text(8, 12) === "WEBP") return "image/webp";
  if (text(0, 2) === "BM" && bytes.length >= 26) return "image/bmp";
  if (text(4, 8) === "ftyp" && /^avi[fs]/.test(text(8, 12))) return "image/avif";
  return null;
}
