// What changed between two tables: columns, types, and what is known of their values.

export interface ColumnFacts {
  name: string;
  /** Fact by its name: "type", "nulls". */
  facts: Record<string, string>;
}

export interface ColumnChange {
  name: string;
  type: "added" | "removed" | "changed" | "same";
  left: Record<string, string> | null;
  right: Record<string, string> | null;
}

/** Columns in the order of the second table, those that it has no more behind the ones that they followed. */
export function diffColumns(left: ColumnFacts[], right: ColumnFacts[]): ColumnChange[] {
  const before = new Map(left.map(({ name, facts }) => [name, facts]));
  const after = new Map(right.map(({ name, facts }) => [name, facts]));
  const changes = [...after].map(([name, facts]): ColumnChange => {
    const old = before.get(name) ?? null;
    const isSame = old !== null && Object.entries(facts).every(([fact, value]) => old[fact] === value);
    return { name, type: old === null ? "added" : isSame ? "same" : "changed", left: old, right: facts };
  });
  let previous: string | null = null;
  for (const [name, facts] of before) {
    if (!after.has(name)) {
      const at = previous === null ? 0 : changes.findIndex((change) => change.name === previous) + 1;
      changes.splice(at, 0, { name, type: "removed", left: facts, right: null });
    }
    previous = name;
  }
  return changes;
}
