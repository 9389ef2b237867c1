// JSON as a table that DuckDB reads as comma separated values, since our build of it has no JSON.
import { keepLongNumbers } from "./csv";
import { sqlName, sqlText } from "./sql-text";

export interface JsonTable {
  csv: string;
  /** The query that reads the file of that name which holds `csv`. */
  query: (file: string) => string;
}

type Kind = "none" | "boolean" | "integer" | "huge" | "number" | "text";

// What a missing value is, so that an empty text remains one; and what precedes long whole numbers.
const missing = "\u{E000}";
const long = "\u{E001}";
const integersFrom = 18;
const hugeFrom = 37;
const sqlTypes: Record<Kind, string> = {
  none: "VARCHAR", boolean: "BOOLEAN", integer: "BIGINT", huge: "HUGEINT", number: "DOUBLE", text: "VARCHAR",
};
const numbers: Kind[] = ["integer", "huge", "number"];

function kindOf(value: unknown): Kind {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "number") return Number.isSafeInteger(value) ? "integer" : "number";
  if (typeof value !== "string" || !value.startsWith(long)) return "text";
  const digits = value.replace(/\D/g, "").length;
  return digits <= integersFrom ? "integer" : digits <= hugeFrom ? "huge" : "text";
}

/** What holds values of both. */
function common(a: Kind, b: Kind): Kind {
  if (a === b || b === "none") return a;
  if (a === "none") return b;
  const both = Math.max(numbers.indexOf(a), numbers.indexOf(b));
  return numbers.includes(a) && numbers.includes(b) ? (numbers[both] ?? "text") : "text";
}

const plain = (json: string) => json.replaceAll(new RegExp(`"${long}(-?\\d+)"`, "g"), "$1");

function fieldOf(value: unknown): string {
  if (value === null || value === undefined) return missing;
  const text = typeof value === "string" ? value.replace(long, "") : plain(JSON.stringify(value));
  return `"${text.replaceAll('"', '""')}"`;
}

/** An array is its elements, anything else one row; else there is one JSON in each line. */
function rowsOf(text: string): unknown[] {
  try {
    const whole: unknown = JSON.parse(keepLongNumbers(text, long));
    return Array.isArray(whole) ? whole : [whole];
  } catch (error) {
    const lines = text.split("\n");
    if (lines.filter((line) => line.trim() !== "").length < 2) throw error;
    return lines.flatMap((line, index): unknown[] => {
      if (line.trim() === "") return [];
      try {
        return [JSON.parse(keepLongNumbers(line, long))];
      } catch {
        throw new Error(`Line ${index + 1} is not JSON.`);
      }
    });
  }
}

/** Columns are the keys of the rows; objects and lists within them are texts of JSON. Throws on what is no JSON. */
export function jsonTable(text: string): JsonTable {
  const columns = new Map<string, { index: number; kind: Kind }>();
  const rows: unknown[][] = [];
  for (const value of rowsOf(text)) {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    const row: unknown[] = [];
    for (const [name, field] of isObject ? Object.entries(value) : [["value", value] as const]) {
      const column = columns.get(name) ?? { index: columns.size, kind: "none" };
      column.kind = common(column.kind, kindOf(field));
      columns.set(name, column);
      row[column.index] = field;
    }
    rows.push(row);
  }
  if (columns.size === 0) throw new Error("There are no rows with values in this JSON.");
  const csv = rows.map((row) => Array.from({ length: columns.size }, (_, index) => fieldOf(row[index])).join(",")).join("\n");
  // Names that differ in case only are one for DuckDB.
  const seen = new Set<string>();
  const types = [...columns].map(([name, { kind }]) => {
    let free = name;
    for (let next = 1; seen.has(free.toLowerCase()); next++) free = `${name}_${next}`;
    seen.add(free.toLowerCase());
    return `${sqlName(free)}: ${sqlText(sqlTypes[kind])}`;
  });
  return {
    csv: `${csv}\n`,
    query: (file) =>
      `SELECT * FROM read_csv(${sqlText(file)}, header=false, delim=',', quote='"', escape='"', nullstr=${sqlText(missing)}, columns={${types.join(", ")}})`,
  };
}
