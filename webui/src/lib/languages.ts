// Which language a text is in, for its colours.
import { baseName, extension } from "./paths";

export type Language =
  | "bash" | "cpp" | "css" | "dockerfile" | "go" | "ini" | "java" | "javascript" | "json" | "kotlin" | "lua" | "markdown"
  | "python" | "r" | "ruby" | "rust" | "scala" | "sql" | "typescript" | "xml" | "yaml";

const byExtension: Record<string, Language> = {
  sh: "bash", bash: "bash", env: "bash", c: "cpp", cc: "cpp", cpp: "cpp", h: "cpp", hpp: "cpp", css: "css", go: "go",
  ini: "ini", toml: "ini", conf: "ini", properties: "ini", java: "java", js: "javascript", jsx: "javascript",
  mjs: "javascript", json: "json", geojson: "json", ipynb: "json", jsonl: "json", ndjson: "json", kt: "kotlin", lua: "lua",
  md: "markdown", markdown: "markdown", py: "python", r: "r", rb: "ruby", rs: "rust", scala: "scala", sql: "sql",
  ts: "typescript", tsx: "typescript", xml: "xml", html: "xml", htm: "xml", svg: "xml", yaml: "yaml", yml: "yaml",
};
const byType: Record<string, Language> = {
  "application/json": "json",
  "application/xml": "xml",
  "text/html": "xml",
  "text/x-python": "python",
  "application/yaml": "yaml",
  "application/x-yaml": "yaml",
};

/** null: it has no colours. */
export function languageOf(path: string, contentType = ""): Language | null {
  const name = path.replace(/\.gz$/i, "");
  if (/^dockerfile$/i.test(baseName(name))) return "dockerfile";
  return byExtension[extension(name)] ?? byType[contentType.split(";", 1)[0]?.trim() ?? ""] ?? null;
}

/** By its own name, as notebooks give it. */
export const languageByName = (name: string): Language | null =>
  ({ python: "python", ipython: "python", r: "r", scala: "scala", sql: "sql", javascript: "javascript", typescript: "typescript",
    bash: "bash", java: "java", kotlin: "kotlin", rust: "rust", go: "go", ruby: "ruby", lua: "lua", "c++": "cpp" } as Record<string, Language>)[name] ?? null;
