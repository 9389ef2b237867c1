import { useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { count, formatNumber } from "../../lib/format";
import { type ColumnChange, type ColumnFacts, diffColumns } from "../../lib/table-diff";
import { Failure, Loading } from "../../ui/states";
import type { ShownObject } from "../preview/bytes";
import { readCsv, readParquet } from "../preview/table-facts";
import { ChangeBadge } from "./change-badge";
import type { ComparedObjects } from "./object-diff";

/** A table by its columns and the number of its rows. */
export interface TableFacts {
  columns: ColumnFacts[];
  rows: number;
  /** There may be more rows: only the beginning was read. */
  isCut: boolean;
}

type Read = (object: ShownObject, signal: AbortSignal) => Promise<TableFacts>;

const empty: TableFacts = { columns: [], rows: 0, isCut: false };

export const CsvDiff = (objects: ComparedObjects) => <TableDiff {...objects} read={readCsv} kind="csv" />;
export const ParquetDiff = (objects: ComparedObjects) => <TableDiff {...objects} read={readParquet} kind="parquet" />;

function useTable(object: ShownObject | null, read: Read, kind: string) {
  const { repository, branch, path } = object ?? {};
  return useQuery({
    queryKey: ["objects", repository, branch, "facts", kind, path],
    queryFn: ({ signal }) => (object && object.size > 0 ? read(object, signal) : empty),
    staleTime: 60_000,
  });
}

/** Columns that came, went or changed, and how many rows there are. */
function TableDiff({ left, right, read, kind }: ComparedObjects & { read: Read; kind: string }) {
  const before = useTable(left, read, kind);
  const after = useTable(right, read, kind);
  const error = before.error ?? after.error;
  if (error) return <Failure error={error} />;
  if (!before.data || !after.data) return <Loading lines={4} />;
  const changes = diffColumns(before.data.columns, after.data.columns);
  const facts = [...new Set([...before.data.columns, ...after.data.columns].flatMap((column) => Object.keys(column.facts)))];
  const rows = ({ rows: number, isCut }: TableFacts) => (isCut ? `more than ${formatNumber(number)}` : formatNumber(number));
  return (
    <>
      <div className="preview-facts">
        <span>
          Rows: <strong>{rows(before.data)}</strong> <ArrowRight size={13} role="img" aria-label="became" /> <strong>{rows(after.data)}</strong>
        </span>
        <span>
          Columns: <strong>{before.data.columns.length}</strong> <ArrowRight size={13} role="img" aria-label="became" />{" "}
          <strong>{after.data.columns.length}</strong>
        </span>
        <span className="soft small">{count(changes.filter(({ type }) => type !== "same").length, "column")} differ</span>
      </div>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
      <div className="data-table" role="region" aria-label="Columns before and after" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">
                <span className="hidden">Change</span>
              </th>
              {facts.map((fact) => (
                <th key={fact} scope="col">
                  {fact}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {changes.map((change) => (
              <tr key={change.name}>
                <th scope="row">{change.name || "(no name)"}</th>
                <td>{change.type !== "same" && <ChangeBadge type={change.type} />}</td>
                {facts.map((fact) => (
                  <Fact key={fact} change={change} fact={fact} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Fact({ change: { type, left, right }, fact }: { change: ColumnChange; fact: string }) {
  const [old, fresh] = [left?.[fact] ?? "–", right?.[fact] ?? "–"];
  if (type !== "changed" || old === fresh) return <td>{right ? fresh : old}</td>;
  return (
    <td>
      <del>{old}</del> <ArrowRight size={13} role="img" aria-label="became" /> <ins>{fresh}</ins>
    </td>
  );
}
