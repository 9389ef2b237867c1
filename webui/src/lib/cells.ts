// Values of tables as texts.
import { decodeText } from "./text-bytes";

/** What a cell shows: null is no value, which is not the same as an empty text. */
export type Cell = string | null;

const textMax = 2000;

const shorten = (text: string) => (text.length > textMax ? `${text.slice(0, textMax)}…` : text);

/** "2024-05-01", or with its time of day unless that is midnight. All in UTC. */
export function formatDate(date: Date): string {
  if (Number.isNaN(date.getTime())) return "not a date";
  const text = date.toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text.replace("T", " ").replace(/(\.000)?Z$/, "");
}

/** Many writers do not say that their bytes are texts: those that are none are shown in hex. */
function formatBytes(bytes: Uint8Array): string {
  const text = decodeText(bytes, false, true);
  if (text?.encoding === "UTF-8") return shorten(text.text);
  return `0x${hex(bytes)}${bytes.length > textMax / 2 ? "…" : ""}`;
}

const hex = (bytes: Uint8Array) => [...bytes.subarray(0, textMax / 2)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function plain(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
  if (value instanceof Uint8Array) return formatBytes(value);
  if (ArrayBuffer.isView(value)) return [...(value as unknown as Iterable<unknown>)];
  return value;
}

export function formatCell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return shorten(value);
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (value instanceof Date) return formatDate(value);
  if (value instanceof Uint8Array) return formatBytes(value);
  return shorten(JSON.stringify(value, plain));
}

/** Whether all values of a column are numbers, so that it is best set to the right. */
export const isNumeric = (cells: Cell[]) => {
  const values = cells.filter((cell) => cell !== null && cell !== "");
  return values.length > 0 && values.every((cell) => /^[-+]?(\d[\d_,]*)?(\.\d+)?(e[-+]?\d+)?%?$/i.test(cell ?? ""));
};
