import { useQuery } from "@tanstack/react-query";
import { csvTable, guessSeparator, jsonLinesTable, type TextTable } from "../../lib/csv";
import { count } from "../../lib/format";
import { baseName, extension } from "../../lib/paths";
import { previewOf } from "../../lib/preview";
import { Failure, Loading } from "../../ui/states";
import { textQuery, type TextStart } from "./bytes";
import { DataTable } from "./data-table";
import type { ViewProps } from "./preview";
import { TextView } from "./text-view";

const readBytes = 512 << 10;
const rowsMax = 500;

/** The first rows of comma or tab separated values, or of lines of JSON. */
export function TableView({ object }: ViewProps) {
  const { path, contentType } = object;
  const start = useQuery(textQuery(object, readBytes, true));
  if (start.error) return <Failure error={start.error} retry={() => void start.refetch()} />;
  if (start.data === undefined) return <Loading lines={10} />;
  if (start.data === null) return <p className="soft more">This is no text. Look at its bytes instead.</p>;
  const isJson = previewOf(path, contentType) === "json-lines";
  let table: TextTable;
  try {
    table = isJson ? jsonLinesTable(start.data.text, rowsMax, start.data.isWhole) : csvOf(start.data, path);
  } catch (error) {
    return (
      <>
        <Failure error={error} />
        <TextView object={object} />
      </>
    );
  }
  return (
    <>
      <DataTable label={`Rows of ${baseName(path)}`} columns={table.columns} rows={table.rows} />
      <div className="preview-notes">
        {table.isCut ? `The first ${count(table.rows.length, "row")}` : count(table.rows.length, "row")},{" "}
        {count(table.columns.length, "column")}
      </div>
    </>
  );
}

function csvOf({ text, isWhole }: TextStart, path: string): TextTable {
  const separator = extension(path.replace(/\.gz$/i, "")) === "tsv" ? "\t" : guessSeparator(text);
  return csvTable(text, separator, rowsMax, isWhole);
}
