import { useMemo } from "react";
import { type Cell, isNumeric } from "../../lib/cells";

interface DataTableProps {
  label: string;
  columns: string[];
  rows: Cell[][];
  /** Below the names of the columns. */
  types?: string[];
}

/** Rows of data with their numbers. Empty texts and missing values look different. */
export function DataTable({ label, columns, rows, types }: DataTableProps) {
  const ends = useMemo(
    () => columns.map((_, column) => (isNumeric(rows.map((row) => row[column] ?? null)) ? "end number" : undefined)),
    [columns, rows],
  );
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
    <div className="data-table" role="region" aria-label={label} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col" className="data-number">
              <span className="hidden">Row</span>
            </th>
            {columns.map((name, column) => (
              <th key={column} scope="col" className={ends[column]}>
                {name || <span className="hidden">Column {column + 1}</span>}
                {types && <span className="data-type">{types[column]}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              <td className="data-number">{index + 1}</td>
              {columns.map((_, column) => {
                const cell = row[column];
                return (
                  <td key={column} className={ends[column]} title={cell && cell.length > 40 ? cell : undefined}>
                    {cell ?? <span className="soft">null</span>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
