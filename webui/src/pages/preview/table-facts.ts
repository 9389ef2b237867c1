// Tables by their columns and the number of rows: of Parquet files from the footer, of text by reading it.
import { readBytes, readStart } from "../../api/objects";
import { csvTable, guessSeparator } from "../../lib/csv";
import { formatNumber } from "../../lib/format";
import { extension } from "../../lib/paths";
import type { ColumnFacts } from "../../lib/table-diff";
import { decodeText, isGzip, unpackStart } from "../../lib/text-bytes";
import type { ShownObject } from "./bytes";

const textBytes = 4 << 20;
const rowsMax = 1_000_000;

export async function readParquet({ repository, branch, path, size }: ShownObject, signal: AbortSignal) {
  const { openParquet } = await import("../../lib/parquet");
  const { columns, rows } = await openParquet((start, end) => readBytes(repository, branch, path, start, end, signal), size);
  const facts = columns.map(({ name, type, isRequired, nulls, min, max }): ColumnFacts => ({
    name,
    facts: {
      Type: `${type}${isRequired ? " required" : ""}`,
      Nulls: nulls === null ? "–" : formatNumber(nulls),
      Least: min ?? "–",
      Greatest: max ?? "–",
    },
  }));
  return { columns: facts, rows, isCut: false };
}

export async function readCsv({ repository, branch, path }: ShownObject, signal: AbortSignal) {
  const start = await readStart(repository, branch, path, textBytes, signal);
  const { bytes, isWhole } = isGzip(start.bytes) ? await unpackStart(start.bytes, textBytes) : start;
  const decoded = decodeText(bytes, true, isWhole);
  if (!decoded) throw new Error("This is no text.");
  const separator = extension(path.replace(/\.gz$/i, "")) === "tsv" ? "\t" : guessSeparator(decoded.text);
  const table = csvTable(decoded.text, separator, rowsMax, isWhole);
  const columns = table.columns.map((name, index): ColumnFacts => {
    const empty = table.rows.reduce((sum, row) => sum + ((row[index] ?? "") === "" ? 1 : 0), 0);
    return { name, facts: { Empty: formatNumber(empty) } };
  });
  return { columns, rows: table.rows.length, isCut: table.isCut };
}
