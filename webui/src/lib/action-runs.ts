// Texts of runs of actions.
import { baseName } from "./paths";

/** What a file that defines an action calls it; without a name it goes by that of the file. */
export function actionName(yaml: string, path: string): string {
  const found = /^name:[ \t]*(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)'|([^#\n]*?))[ \t]*(?:#.*)?\r?$/m.exec(yaml);
  const name = found?.[1]?.replace(/\\(.)/g, "$1") ?? found?.[2]?.replaceAll("''", "'") ?? found?.[3] ?? "";
  return name || baseName(path);
}

/** "12 ms", "3.4 s", "2 min 5 s"; "" while it runs or if it never did. */
export function runTime(start: string, end: string | undefined): string {
  const milliseconds = Date.parse(end ?? "") - Date.parse(start);
  if (!(milliseconds >= 0)) return "";
  if (milliseconds < 1000) return `${Math.max(1, Math.round(milliseconds))} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** ISO 8601 as seconds since 1970. */
export const timeOf = (text: string) => Date.parse(text) / 1000;
