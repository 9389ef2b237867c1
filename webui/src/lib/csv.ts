// The first rows of tables as text: comma separated values and lines of JSON.
import { type Cell, formatCell } from "./cells";

export interface TextTable {
  columns: string[];
  rows: Cell[][];
  /** Only the first rows, or what was read ends before the table does. */
  isCut: boolean;
}

const separators = [",", "\t", ";", "|"];

/** What separates the fields, by the first line. */
export function guessSeparator(text: string): string {
  const line = text.slice(0, text.search(/[\r\n]|$/)).replace(/"[^"]*"/g, "");
  const counts = separators.map((separator) => line.split(separator).length);
  return separators[counts.indexOf(Math.max(...counts))] ?? ",";
}

/** Rows of fields; quotes as in RFC 4180. At most `limit` rows. */
export function parseCsv(text: string, separator: string, limit: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let isQuoted = false;
  const endRow = () => {
    row.push(field);
    rows.push(row);
    row = [];
    field = "";
  };
  for (let i = 0; i < text.length && rows.length < limit; i++) {
    const c = text.charAt(i);
    if (isQuoted) {
      if (c !== '"') field += c;
      else if (text[i + 1] === '"') field += text.charAt(++i);
      else isQuoted = false;
    } else if (c === '"' && field === "") isQuoted = true;
    else if (c === separator) {
      row.push(field);
      field = "";
    } else if (c === "\n") endRow();
    else if (c !== "\r" || text[i + 1] !== "\n") field += c;
  }
  if (rows.length < limit && (field !== "" || row.length > 0)) endRow();
  return rows;
}

/** A table whose first row names the columns. `isWhole`: the text is all of the file. */
export function csvTable(text: string, separator: string, limit: number, isWhole: boolean): TextTable {
  const [columns = [], ...rows] = parseCsv(text, separator, limit + 2);
  const isLong = rows.length > limit;
  // The last row of a part may be a part of a row.
  const shown = isLong ? rows.slice(0, limit) : isWhole ? rows : rows.slice(0, -1);
  const width = Math.max(columns.length, ...shown.map((row) => row.length));
  const named = Array.from({ length: width }, (_, index) => columns[index] ?? "");
  return { columns: named, rows: shown, isCut: isLong || !isWhole };
}

/** Whole numbers too long for JavaScript become texts that begin with `mark`, so that no digit is lost. */
export const keepLongNumbers = (json: string, mark = "") =>
  json.replace(/("(?:[^"\\]|\\.)*")|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g, (match, text?: string) => text ?? `"${mark}${match}"`);

/** One object a line; the columns are all the keys that were seen. Throws on a line that is no JSON. */
export function jsonLinesTable(text: string, limit: number, isWhole: boolean): TextTable {
  const lines = text.split("\n");
  if (!isWhole) lines.pop();
  const columns = new Map<string, number>();
  const rows: Cell[][] = [];
  let isLong = false;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    if (rows.length === limit) {
      isLong = true;
      break;
    }
    let value: unknown;
    try {
      value = JSON.parse(keepLongNumbers(line));
    } catch {
      throw new Error(`Line ${index + 1} is not JSON.`);
    }
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    const row: Cell[] = [];
    for (const [key, field] of isObject ? Object.entries(value as object) : [["value", value] as const]) {
      const column = columns.get(key) ?? columns.size;
      columns.set(key, column);
      row[column] = formatCell(field);
    }
    rows.push(row);
  }
  const names = [...columns.keys()];
  return { columns: names, rows: rows.map((row) => names.map((_, index) => row[index] ?? null)), isCut: isLong || !isWhole };
}
