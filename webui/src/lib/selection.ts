// Rows of a folder that were chosen, by their paths.
import type { ListedRow } from "./merge-changes";

export type Selection = ReadonlyMap<string, ListedRow>;

/** What was removed is not there to be chosen. */
export const canSelect = (row: ListedRow) => row.change !== "removed";

export function toggled(selection: Selection, row: ListedRow): Selection {
  const changed = new Map(selection);
  if (!changed.delete(row.path) && canSelect(row)) changed.set(row.path, row);
  return changed;
}

/** Also what is between two rows, both included. */
export function withRange(selection: Selection, rows: ListedRow[], from: number, to: number): Selection {
  const changed = new Map(selection);
  for (const row of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (canSelect(row)) changed.set(row.path, row);
  }
  return changed;
}

/** All of the rows; none, if all are chosen already. */
export function toggledAll(selection: Selection, rows: ListedRow[]): Selection {
  const all = withRange(selection, rows, 0, rows.length);
  return all.size === selection.size ? new Map() : all;
}
