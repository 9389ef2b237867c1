// A listing together with the uncommitted changes of the same folder.
import type { Diff, DiffType, ObjectStats } from "../api/types";

/** Compares as the server sorts: by bytes of UTF-8, which is by code points. */
export function comparePaths(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // Halves of pairs stand for code points above all others.
    const isHighX = x >= 0xd800 && x < 0xe000;
    const isHighY = y >= 0xd800 && y < 0xe000;
    return isHighX === isHighY ? x - y : isHighX ? 1 : -1;
  }
  return a.length - b.length;
}

export interface ListedRow {
  path: string;
  isFolder: boolean;
  /** Absent for folders, and for objects that were removed. */
  stats?: ObjectStats;
  change?: DiffType;
}

/**
 * Rows of a folder in order. Removed objects are no part of the listing: they are put in where they
 * were, unless the listing, which may go on, has not come so far.
 */
export function mergeChanges(listing: ObjectStats[], hasMore: boolean, changes: Diff[]): ListedRow[] {
  const byPath = new Map(changes.map((change) => [change.path, change]));
  const last = listing.at(-1)?.path;
  const rows: ListedRow[] = listing.map((stats) => {
    const change = byPath.get(stats.path)?.type;
    byPath.delete(stats.path);
    const isFolder = stats.path_type === "common_prefix";
    return { path: stats.path, isFolder, ...(!isFolder && { stats }), ...(change && { change }) };
  });
  let isSorted = true;
  for (const { path, path_type, type } of byPath.values()) {
    if (type !== "removed" && type !== "prefix_changed") continue;
    if (hasMore && (last === undefined || comparePaths(path, last) > 0)) continue;
    rows.push({ path, isFolder: path_type === "common_prefix", change: type });
    isSorted = false;
  }
  return isSorted ? rows : rows.sort((a, b) => comparePaths(a.path, b.path));
}
