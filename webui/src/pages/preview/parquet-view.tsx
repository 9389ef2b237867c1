import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { readBytes } from "../../api/objects";
import type { Cell } from "../../lib/cells";
import { count, formatNumber } from "../../lib/format";
import { openParquet, type ParquetColumn, type ParquetFile } from "../../lib/parquet";
import { baseName } from "../../lib/paths";
import { Failure, Loading } from "../../ui/states";
import { Size } from "../../ui/values";
import { DataTable } from "./data-table";
import type { ViewProps } from "./preview";

const rowsMax = 100;

/** A Parquet file by its footer and first rows, of which only the bytes needed are read. */
export default function ParquetView({ object }: ViewProps) {
  const { repository, branch, path, size } = object;
  const [shown, setShown] = useState<"rows" | "columns">("rows");
  const file = useQuery({
    queryKey: ["objects", repository, branch, "parquet", path],
    queryFn: ({ signal }) => openParquet((start, end) => readBytes(repository, branch, path, start, end, signal), size),
    staleTime: 60_000,
    // It is held together with what was read of the file.
    structuralSharing: false,
  });
  if (file.error) {
    return <Failure error={`It cannot be read as Parquet: ${file.error.message}`} retry={() => void file.refetch()} />;
  }
  if (!file.data) return <Loading lines={10} />;
  const { rows, rowGroups, columns, createdBy, metadata } = file.data;
  return (
    <>
      <div className="preview-facts">
        <span>
          <strong>{formatNumber(rows)}</strong> {rows === 1 ? "row" : "rows"}
        </span>
        <span>
          <strong>{formatNumber(columns.length)}</strong> {columns.length === 1 ? "column" : "columns"}
        </span>
        <span>
          <strong>{formatNumber(rowGroups)}</strong> {rowGroups === 1 ? "row group" : "row groups"}
        </span>
        {createdBy && <span className="soft cut">written by {createdBy}</span>}
        <div className="tabs" role="group" aria-label="Part of the file">
          <button type="button" aria-pressed={shown === "rows"} onClick={() => setShown("rows")}>
            Rows
          </button>
          <button type="button" aria-pressed={shown === "columns"} onClick={() => setShown("columns")}>
            Schema and statistics
          </button>
        </div>
      </div>
      {shown === "rows" ? (
        <Rows object={object} file={file.data} />
      ) : (
        <>
          <Columns columns={columns} label={`Columns of ${baseName(path)}`} />
          {metadata.length > 0 && <Metadata metadata={metadata} />}
        </>
      )}
    </>
  );
}

function Rows({ object, file }: ViewProps & { file: ParquetFile }) {
  const { repository, branch, path } = object;
  const query = useQuery({
    queryKey: ["objects", repository, branch, "parquet-rows", path],
    queryFn: () => file.readRows(rowsMax),
    staleTime: 60_000,
  });
  if (query.error) return <Failure error={`Its rows cannot be read: ${query.error.message}`} retry={() => void query.refetch()} />;
  if (!query.data) return <Loading lines={10} />;
  const { columns, rows, leftOut } = query.data;
  const types = columns.map((name) => file.columns.find((column) => column.name === name)?.type ?? "nested");
  return (
    <>
      <DataTable label={`Rows of ${baseName(path)}`} columns={columns} rows={rows} types={types} />
      <div className="preview-notes">
        {rows.length < file.rows ? `The first ${count(rows.length, "row")}` : count(rows.length, "row")}
        {columns.length < file.topColumns.length && `, the first ${count(columns.length, "column")}`}
        {leftOut.length > 0 && `. Too long to read for a preview: ${leftOut.join(", ")}`}
      </div>
    </>
  );
}

const value = (cell: Cell) => cell ?? <span className="soft">–</span>;

function Columns({ columns, label }: { columns: ParquetColumn[]; label: string }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
    <div className="data-table" role="region" aria-label={label} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            <th scope="col" className="end">
              Nulls
            </th>
            <th scope="col">Least</th>
            <th scope="col">Greatest</th>
            <th scope="col" className="end">
              Size
            </th>
            <th scope="col" className="end">
              Unpacked
            </th>
            <th scope="col">Codec</th>
            <th scope="col">Encodings</th>
          </tr>
        </thead>
        <tbody>
          {columns.map((column) => (
            <tr key={column.name}>
              <th scope="row">{column.name}</th>
              <td>
                {column.type}
                {column.isRequired && <span className="soft"> required</span>}
              </td>
              <td className="end number">{column.nulls === null ? value(null) : formatNumber(column.nulls)}</td>
              <td title={column.min ?? undefined}>{value(column.min)}</td>
              <td title={column.max ?? undefined}>{value(column.max)}</td>
              <td className="end">
                <Size bytes={column.packedBytes} />
              </td>
              <td className="end">
                <Size bytes={column.unpackedBytes} />
              </td>
              <td>{column.codecs.map((codec) => codec.toLowerCase()).join(", ")}</td>
              <td className="soft">{column.encodings.map((encoding) => encoding.toLowerCase()).join(", ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Metadata({ metadata }: Pick<ParquetFile, "metadata">) {
  return (
    <details className="preview-details">
      <summary>Metadata of the file ({metadata.length})</summary>
      <dl className="facts">
        {metadata.map(([key, text]) => (
          <div key={key} className="fact">
            <dt className="break">{key}</dt>
            <dd className="mono small">{text.length > 2000 ? `${text.slice(0, 2000)}…` : text}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
