// Keys that move among the rows of a list.

/**
 * The row that a key leads to from the row `from` of `count`; null if the key means nothing there.
 * `page`: rows in sight. Rows that cannot be gone to are passed over.
 */
export function rowAfterKey(key: string, from: number, count: number, page: number, canGo: (row: number) => boolean): number | null {
  const last = count - 1;
  const targets: Record<string, number> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: Math.min(last, from + page),
    PageUp: Math.max(0, from - page),
    Home: 0,
    End: last,
  };
  const target = targets[key];
  if (target === undefined) return null;
  const onward = target > from ? 1 : -1;
  // Beyond what cannot be gone to, else before it.
  for (const step of key === "Home" || key === "End" ? [-onward] : [onward, -onward]) {
    for (let row = target; row >= 0 && row < count; row += step) {
      if (row === from) break;
      if (canGo(row)) return row;
    }
  }
  return null;
}
