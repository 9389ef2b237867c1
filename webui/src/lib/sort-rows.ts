// The order of the rows of a folder.
import type { ListedRow } from "./merge-changes";

export type SortColumn = "name" | "size" | "time";

export interface Order {
  by: SortColumn;
  isDescending: boolean;
}

/** As the server gives them. */
export const serverOrder: Order = { by: "name", isDescending: false };

const values: Record<"size" | "time", (row: ListedRow) => number> = {
  size: ({ stats }) => stats?.size_bytes ?? 0,
  time: ({ stats }) => stats?.mtime ?? 0,
};

/** What is said to be in an order when a column's head is pressed: first the largest and the latest. */
export const nextOrder = (old: Order, by: SortColumn): Order =>
  old.by === by ? { by, isDescending: !old.isDescending } : { by, isDescending: by !== "name" };

/** `rows` are in the order of the server, which those of the same value keep; what has no value is first. */
export function sortRows(rows: ListedRow[], { by, isDescending }: Order): ListedRow[] {
  if (by === "name") return isDescending ? rows.toReversed() : rows;
  const value = values[by];
  const sign = isDescending ? -1 : 1;
  const [without, having] = [rows.filter(({ stats }) => !stats), rows.filter(({ stats }) => stats)];
  return [...without, ...having.sort((a, b) => sign * (value(a) - value(b)))];
}
